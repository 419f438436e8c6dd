"""Holds Skeg against the Python client that scripts and operators use.

Reads KUBECONFIG, prints "ok NAME" or "FAIL NAME: why" for each check, and ends
with 1 when one failed.
"""

import sys
import threading
import traceback

from kubernetes import client, config, dynamic, watch
from kubernetes.client.rest import ApiException

CHECKS = []


def check(function):
    CHECKS.append(function)
    return function


def equal(what, got, want):
    if got != want:
        raise AssertionError(f"{what} is {got!r}, want {want!r}")


def refused(status, call, *args, **options):
    """Expects `call` to be answered with an error of this HTTP status."""
    try:
        call(*args, **options)
    except ApiException as error:
        equal("status", error.status, status)
        return error
    raise AssertionError(f"the call succeeded, want {status}")


def config_map(name, labels=None, **data):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels=labels), data=data)


@check
def crud(ns):
    core = client.CoreV1Api()
    made = core.create_namespaced_config_map(ns, config_map("one", a="ä"))
    equal("data", core.read_namespaced_config_map("one", ns).data, {"a": "ä"})
    made.data["b"] = "2"
    written = core.replace_namespaced_config_map("one", ns, made)
    refused(409, core.replace_namespaced_config_map, "one", ns, made)
    equal("data", written.data, {"a": "ä", "b": "2"})
    refused(409, core.create_namespaced_config_map, ns, config_map("one"))
    core.delete_namespaced_config_map("one", ns)
    refused(404, core.read_namespaced_config_map, "one", ns)


@check
def patches(ns):
    apps = client.AppsV1Api()
    labels = {"app": "web"}
    container = client.V1Container(name="web", image="example.com/web:1")
    apps.create_namespaced_deployment(
        ns,
        client.V1Deployment(
            metadata=client.V1ObjectMeta(name="web"),
            spec=client.V1DeploymentSpec(
                replicas=0,
                selector=client.V1LabelSelector(match_labels=labels),
                template=client.V1PodTemplateSpec(
                    metadata=client.V1ObjectMeta(labels=labels), spec=client.V1PodSpec(containers=[container])
                ),
            ),
        ),
    )
    strategic = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "example.com/web:2"}]}}}}
    web = apps.patch_namespaced_deployment("web", ns, strategic)
    equal("image", web.spec.template.spec.containers[0].image, "example.com/web:2")
    web = apps.patch_namespaced_deployment("web", ns, [{"op": "replace", "path": "/spec/replicas", "value": 0}])
    equal("replicas", web.spec.replicas, 0)
    scale = apps.patch_namespaced_deployment_scale("web", ns, {"spec": {"replicas": 2}})
    equal("scale", scale.spec.replicas, 2)
    # Pods are admitted only when their account exists, which comes soon after the namespace.
    core = client.CoreV1Api()
    accounts = watch.Watch()
    for event in accounts.stream(core.list_namespaced_service_account, ns, timeout_seconds=20):
        if event["object"].metadata.name == "default":
            accounts.stop()
    body = {"spec": {"containers": []}}
    refused(422, client.CoreV1Api().create_namespaced_pod, ns, {"metadata": {"name": "p"}, **body})


@check
def watching(ns):
    core = client.CoreV1Api()
    version = core.list_namespaced_config_map(ns).metadata.resource_version
    watcher = watch.Watch()

    def write():
        core.create_namespaced_config_map(ns, config_map("seen", a="1"))
        core.patch_namespaced_config_map("seen", ns, {"data": {"a": "2"}})
        core.delete_namespaced_config_map("seen", ns)

    writer = threading.Thread(target=write)
    writer.start()
    kinds = []
    for event in watcher.stream(core.list_namespaced_config_map, ns, resource_version=version, timeout_seconds=20):
        if event["object"].metadata.name != "seen":
            continue
        kinds.append(event["type"])
        if event["type"] == "DELETED":
            watcher.stop()
    writer.join()
    equal("events", kinds, ["ADDED", "MODIFIED", "DELETED"])


@check
def pages(ns):
    core = client.CoreV1Api()
    for index in range(7):
        core.create_namespaced_config_map(ns, config_map(f"cm-{index}", labels={"page": "yes"}))
    names, token = [], None
    while True:
        page = core.list_namespaced_config_map(ns, limit=3, _continue=token, label_selector="page=yes")
        names += [item.metadata.name for item in page.items]
        token = page.metadata._continue
        if not token:
            break
    equal("names", names, [f"cm-{index}" for index in range(7)])


@check
def dynamic_client(ns):
    dynamic_api = dynamic.DynamicClient(client.ApiClient())
    maps = dynamic_api.resources.get(api_version="v1", kind="ConfigMap")
    maps.create(body={"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}, "data": {"a": "1"}}, namespace=ns)
    equal("data", maps.get(name="one", namespace=ns).data.a, "1")
    maps.delete(name="one", namespace=ns)


@check
def dynamic_apply(ns):
    dynamic_api = dynamic.DynamicClient(client.ApiClient())
    maps = dynamic_api.resources.get(api_version="v1", kind="ConfigMap")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one"}, "data": {"b": "2"}}
    applied = dynamic_api.server_side_apply(maps, body=body, name="one", namespace=ns, field_manager="python")
    equal("data", applied.data.to_dict(), {"b": "2"})


@check
def discovery(_):
    equal("version", client.VersionApi().get_code().git_version.split(".")[:2], ["v1", "37"])
    groups = {group.name for group in client.ApisApi().get_api_versions().groups}
    for group in ("apps", "batch", "rbac.authorization.k8s.io", "coordination.k8s.io"):
        equal(f"{group} among the groups", group in groups, True)
    names = {resource.name for resource in client.CoreV1Api().get_api_resources().resources}
    equal("pods/log among the resources", "pods/log" in names, True)


@check
def token(ns):
    core = client.CoreV1Api()
    core.create_namespaced_service_account(ns, client.V1ServiceAccount(metadata=client.V1ObjectMeta(name="robot")))
    request = client.AuthenticationV1TokenRequest(spec=client.V1TokenRequestSpec(audiences=[]))
    made = core.create_namespaced_service_account_token("robot", ns, request)
    settings = client.Configuration.get_default_copy()
    settings.cert_file = settings.key_file = None
    settings.api_key = {"authorization": "Bearer " + made.status.token}
    with client.ApiClient(settings) as robot:
        review = client.AuthenticationV1Api(robot).create_self_subject_review(client.V1SelfSubjectReview())
        equal("name", review.status.user_info.username, f"system:serviceaccount:{ns}:robot")
        refused(403, client.CoreV1Api(robot).list_namespaced_secret, ns)


def main():
    config.load_kube_config()
    failed = 0
    for function in CHECKS:
        name = function.__name__.replace("_", "-")
        try:
            made = client.CoreV1Api().create_namespace(
                client.V1Namespace(metadata=client.V1ObjectMeta(generate_name=f"py-{name}-"))
            )
            function(made.metadata.name)
            print("ok", name, flush=True)
        except Exception as error:  # one check must not end the others
            failed += 1
            print(f"FAIL {name}:", " ".join(str(error).split()) or traceback.format_exc(), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
