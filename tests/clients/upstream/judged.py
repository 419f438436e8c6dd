"""Pod Security beside upstream's own program of it, a webhook: what each says of pods, of what has
a template of them, and of namespaces that change their level.

The webhook reads our cluster, and is asked as an API server would ask it. Our server is asked to do
the same without keeping it; its refusals and warnings must be the webhook's."""

import copy
import json
import time

import podsecurity

LABEL = "pod-security.kubernetes.io/"
JSON = {"Content-Type": "application/json", "Accept": "application/json"}
KINDS = {
    "namespaces": ("", "v1", "Namespace"),
    "pods": ("", "v1", "Pod"),
    "podtemplates": ("", "v1", "PodTemplate"),
    "replicationcontrollers": ("", "v1", "ReplicationController"),
    "deployments": ("apps", "v1", "Deployment"),
    "replicasets": ("apps", "v1", "ReplicaSet"),
    "statefulsets": ("apps", "v1", "StatefulSet"),
    "daemonsets": ("apps", "v1", "DaemonSet"),
    "jobs": ("batch", "v1", "Job"),
    "cronjobs": ("batch", "v1", "CronJob"),
}
# What namespaces of each name ask for.
NAMESPACES = {
    "enforce": {"enforce": "restricted"},
    "enforce-old": {"enforce": "baseline", "enforce-version": "v1.20"},
    "warn": {"warn": "restricted", "warn-version": "v1.24"},
    "audit": {"audit": "restricted"},
    "both": {"enforce": "baseline", "warn": "restricted"},
    "less": {"enforce": "restricted", "warn": "baseline"},
    "versions": {"enforce-version": "v1.24", "warn-version": "v1.25"},
    "warn-version": {"enforce": "restricted", "warn-version": "v1.18"},
    "open-warn": {"enforce": "restricted", "warn": "privileged"},
    "future": {"enforce": "restricted", "enforce-version": "v1.99"},
    "two": {"enforce": "baseline", "enforce-version": "v1.0", "warn": "baseline"},
}


class Twins:
    def __init__(self, cluster, webhook):
        self.cluster, self.webhook = cluster, webhook
        self.different, self.asked = [], 0

    def send(self, method, path, body=None, to=None):
        data = None if body is None else json.dumps(body).encode()
        opened, answer = (to or self.cluster).open(method, path, dict(JSON), data)
        found = json.loads(answer.read())
        opened.close()
        warnings = answer.headers.get_all("Warning") or []
        # `299 - "text"`
        return found, [json.loads(text.split(" ", 2)[2]) for text in warnings]

    def namespace(self, name, **labels):
        labels = {LABEL + key: value for key, value in labels.items()}
        self.send("POST", "/api/v1/namespaces", {"metadata": {"name": name, "labels": labels}})
        account = {"metadata": {"name": "default"}}
        self.send("POST", f"/api/v1/namespaces/{name}/serviceaccounts", account)

    def upstream(self, resource, namespace, name, given, operation="CREATE", old=None, sub=""):
        group, version, kind = KINDS[resource]
        kinds = {"group": group, "version": version, "kind": kind}
        resources = {"group": group, "version": version, "resource": resource}
        request = {
            "uid": "x",
            "kind": kinds,
            "resource": resources,
            "requestKind": kinds,
            "requestResource": resources,
            "name": name,
            "namespace": namespace,
            "operation": operation,
            "subResource": sub,
            "userInfo": {"username": "admin"},
            "object": given,
            "oldObject": old,
        }
        review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview"}
        answer, _ = self.send("POST", "/", {**review, "request": request}, self.webhook)
        response = answer["response"]
        refused = None if response["allowed"] else told(response["status"])
        return refused, response.get("warnings") or []

    def ours(self, method, path, given):
        body, warnings = self.send(method, f"{path}?dryRun=All", given)
        # Those of deprecated fields and annotations are not Pod Security's.
        warnings = [text for text in warnings if not text.startswith(("metadata.", "spec."))]
        return told(body) if body["kind"] == "Status" else None, warnings

    def compare(self, what, want, got):
        self.asked += 1
        if want != got:
            self.different.append(f"{what}: upstream {want} ours {got}")

    def result(self, name):
        found = name, self.asked, self.different
        self.different, self.asked = [], 0
        return found


def told(status):
    return [status.get(key) for key in ("code", "reason", "message")]


def folder(resource, namespace):
    group, version, _ = KINDS[resource]
    root = f"/apis/{group}/{version}" if group else f"/api/{version}"
    return f"{root}/namespaces/{namespace}/{resource}"


def made_of(resource, name, spec, annotations=None):
    group, version, kind = KINDS[resource]
    metadata = {"name": name}
    head = {"apiVersion": f"{group}/{version}".strip("/"), "kind": kind, "metadata": metadata}
    if resource == "pods":
        metadata["annotations"] = annotations
        return {**head, "spec": spec}
    labels = {"a": "b"}
    template = {"metadata": {"labels": labels}, "spec": copy.deepcopy(spec)}
    if resource == "podtemplates":
        return {**head, "template": template}
    whole = {"template": template}
    if resource in ("jobs", "cronjobs"):
        template["spec"]["restartPolicy"] = "Never"
    elif resource == "replicationcontrollers":
        whole |= {"selector": labels, "replicas": 0}
    else:
        whole["selector"] = {"matchLabels": labels}
    if resource in ("deployments", "replicasets", "statefulsets"):
        whole["replicas"] = 0
    if resource == "cronjobs":
        whole = {"schedule": "* * * * *", "jobTemplate": {"spec": whole}}
    return {**head, "spec": whole}


def compare(cluster, webhook):
    """Yields a name, how much was asked, and what differs, of each part."""
    twins = Twins(cluster, webhook)
    twins.namespace("ps-free")
    for name, labels in NAMESPACES.items():
        twins.namespace(f"ps-{name}", **labels)
    policies = [(level, version) for level in podsecurity.LEVELS for version in podsecurity.VERSIONS]
    for level, version in policies:
        twins.namespace(of_policy(level, version), **{"warn": level, "warn-version": version})
    twins.namespace("ps-last", enforce="restricted")
    bare = podsecurity.PODS["bare-all"][0]
    # The webhook hears of namespaces in the order in which they were made.
    end = time.monotonic() + 30
    while twins.upstream("pods", "ps-last", "x", made_of("pods", "x", bare))[0] is None:
        if time.monotonic() > end:
            raise TimeoutError("the webhook knows nothing of the namespaces")
        time.sleep(0.05)
    yield from all_pods(twins, policies)
    yield all_kinds(twins)
    yield all_namespaces(twins)
    yield all_updates(twins)
    for name in ("free", "last", "changes", *NAMESPACES):
        twins.send("DELETE", f"/api/v1/namespaces/ps-{name}")
    for policy in policies:
        twins.send("DELETE", f"/api/v1/namespaces/{of_policy(*policy)}")


def of_policy(level, version):
    return f"ps-{level}-{version.replace('.', '-')}"


def all_pods(twins, policies):
    """Every pod, judged by each level and version."""
    pods = []
    for name, (spec, annotations) in podsecurity.PODS.items():
        given = made_of("pods", name, spec, annotations)
        made, _ = twins.send("POST", f"{folder('pods', 'ps-free')}?dryRun=All", given)
        if made["kind"] != "Pod":
            raise ValueError(f"{name}: {made['message']}")
        pods.append((name, given, made))
    for level, version in policies:
        namespace = of_policy(level, version)
        for name, given, made in pods:
            want = twins.upstream("pods", namespace, name, made)
            got = twins.ours("POST", folder("pods", namespace), given)
            twins.compare(name, want, got)
        yield twins.result(f"pods-{level}-{version}")


def all_kinds(twins):
    """Whatever has a template, in namespaces that enforce, warn and audit."""
    for resource in KINDS:
        if resource == "namespaces":
            continue
        for pod in ("good", "bare-all", "hosts", "everything"):
            given = made_of(resource, "w", podsecurity.PODS[pod][0])
            made, _ = twins.send("POST", f"{folder(resource, 'ps-free')}?dryRun=All", given)
            if made["kind"] == "Status":
                raise ValueError(f"{resource} {pod}: {made['message']}")
            for name in NAMESPACES:
                namespace = f"ps-{name}"
                want = twins.upstream(resource, namespace, "w", made)
                got = twins.ours("POST", folder(resource, namespace), given)
                twins.compare(f"{resource} {pod} {name}", want, got)
    return twins.result("pods-kinds")


CHANGING = "/api/v1/namespaces/ps-changes"


def labelled(labels):
    own = {LABEL + key: value for key, value in labels.items()}
    return {"kubernetes.io/metadata.name": "ps-changes", **own}


def relabelled(twins, labels):
    """The namespace, after it was given these labels."""
    now, _ = twins.send("GET", CHANGING)
    now["metadata"]["labels"] = labelled(labels)
    del now["metadata"]["resourceVersion"]
    return twins.send("PUT", CHANGING, now)[0]


def all_namespaces(twins):
    """Labels right and wrong, and levels that pods of the namespace do not meet."""
    twins.namespace("ps-changes")
    for name, pod in {"good": "good", "bare": "bare-all", "second": "bare-all", "host": "hosts"}.items():
        given = made_of("pods", name, podsecurity.PODS[pod][0])
        made, _ = twins.send("POST", folder("pods", "ps-changes"), given)
        if made["kind"] != "Pod":
            raise ValueError(f"{name}: {made['message']}")
    for before in podsecurity.BEFORE:
        old = relabelled(twins, before)
        for labels in podsecurity.LABELS:
            new = copy.deepcopy(old)
            new["metadata"]["labels"] = labelled(labels)
            del new["metadata"]["resourceVersion"]
            want = twins.upstream("namespaces", "ps-changes", "ps-changes", new, "UPDATE", old)
            twins.compare(f"{before} {labels}", want, twins.ours("PUT", CHANGING, new))
    for labels in podsecurity.LABELS:
        metadata = {"name": "ps-new", "labels": {LABEL + key: value for key, value in labels.items()}}
        new = {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}
        want = twins.upstream("namespaces", "ps-new", "ps-new", new)
        twins.compare(f"new {labels}", want, twins.ours("POST", "/api/v1/namespaces", new))
    return twins.result("pods-namespaces")


def all_updates(twins):
    """Changes of pods that are there already: only some are judged."""
    for labels in ({"enforce": "baseline"}, {"enforce": "restricted"}, {"warn": "restricted"}):
        relabelled(twins, labels)
        for name in ("good", "bare", "host"):
            path = f"{folder('pods', 'ps-changes')}/{name}"
            old, _ = twins.send("GET", path)
            for what, sub, change in podsecurity.CHANGES:
                new = copy.deepcopy(old)
                del new["metadata"]["resourceVersion"]
                podsecurity.merged(new, copy.deepcopy(change))
                want = twins.upstream("pods", "ps-changes", name, new, "UPDATE", old, sub)
                got = twins.ours("PUT", f"{path}/{sub}".rstrip("/"), new)
                twins.compare(f"{labels} {name} {what}", want, got)
    return twins.result("pods-updates")
