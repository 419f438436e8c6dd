"""Holds Skeg against kubectl: every one of its commands that needs no container.

Reads KUBECONFIG and the path of kubectl as its argument, prints "ok NAME" or
"FAIL NAME: why" for each check, and ends with 1 when one failed. What needs
containers (logs, exec, attach, cp, port-forward, debug, run -it) is tried by
the end-to-end tests.
"""

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.request

KUBECTL = sys.argv[1]
CHECKS = []
PATIENCE_SECONDS = 30

DEPLOYMENT = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: c
        image: example.com/web:1
        ports: [{containerPort: 80}]
"""

NODE = """
apiVersion: v1
kind: Node
metadata: {name: NAME, labels: {kubernetes.io/hostname: NAME}}
"""

POD = """
apiVersion: v1
kind: Pod
metadata: {name: lone, labels: {app: lone}}
spec:
  containers:
  - {name: c, image: example.com/lone:1}
"""


class Kubectl:
    """kubectl in one namespace."""

    def __init__(self, namespace):
        self.namespace = namespace
        self.folder = tempfile.mkdtemp(prefix="skeg-kubectl-")

    def run(self, *arguments, stdin=None, env=None):
        return subprocess.run(
            [KUBECTL, "--namespace", self.namespace, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            env={**os.environ, "HOME": self.folder, **(env or {})},
        )

    def __call__(self, *arguments, stdin=None, env=None):
        """What it prints; a failure is an error."""
        done = self.run(*arguments, stdin=stdin, env=env)
        if done.returncode != 0:
            raise AssertionError(f"kubectl {' '.join(arguments)}: {done.stderr or done.stdout}")
        return done.stdout

    def refused(self, *arguments, stdin=None):
        """What it complains of; a success is an error."""
        done = self.run(*arguments, stdin=stdin)
        if done.returncode == 0:
            raise AssertionError(f"kubectl {' '.join(arguments)} succeeded: {done.stdout}")
        return done.stderr

    def apply(self, text, *arguments):
        return self("apply", "-f", "-", *arguments, stdin=text)

    def value(self, what, path):
        return self("get", *what.split(), "-o", "jsonpath={" + path + "}")

    def file(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


def check(function):
    CHECKS.append(function)
    return function


def equal(what, got, want):
    if got != want:
        raise AssertionError(f"{what} is {got!r}, want {want!r}")


def holds(text, *wanted):
    for want in wanted:
        if want not in text:
            raise AssertionError(f"{want!r} is not in {text!r}")


@check
def apply_get_and_describe(kubectl):
    holds(kubectl.apply(DEPLOYMENT), "deployment.apps/web created")
    holds(kubectl.apply(DEPLOYMENT), "deployment.apps/web unchanged")
    holds(kubectl.apply(DEPLOYMENT.replace("web:1", "web:2")), "deployment.apps/web configured")
    table = kubectl("get", "deployments", "-o", "wide")
    holds(table, "NAME", "READY", "UP-TO-DATE", "AVAILABLE", "AGE", "CONTAINERS", "IMAGES", "SELECTOR", "example.com/web:2")
    holds(kubectl("describe", "deployment", "web"), "StrategyType:", "25% max unavailable, 25% max surge", "example.com/web:2")
    holds(kubectl("get", "deployment", "web", "-o", "yaml"), "kind: Deployment", "image: example.com/web:2")
    equal("name", kubectl("get", "deploy", "-o", "name"), "deployment.apps/web\n")
    holds(kubectl("get", "all"), "deployment.apps/web", "replicaset.apps/web-", "pod/web-")
    holds(kubectl("get", "deploy", "web", "--show-labels"), "app=web")
    holds(kubectl("get", "deploy", "--sort-by=.metadata.name", "-o", "custom-columns=N:.metadata.name"), "N\nweb\n")


@check
def apply_view_set_and_edit_last_applied(kubectl):
    kubectl.apply(DEPLOYMENT)
    holds(kubectl("apply", "view-last-applied", "deployment", "web"), "image: example.com/web:1")
    path = kubectl.file("web.yaml", DEPLOYMENT.replace("replicas: 2", "replicas: 3"))
    holds(kubectl("apply", "set-last-applied", "-f", path), "configured")
    holds(kubectl("apply", "view-last-applied", "deployment", "web"), "replicas: 3")
    editor = {"KUBE_EDITOR": "sed -i s/web:1/web:9/"}
    holds(kubectl("apply", "edit-last-applied", "deployment", "web", env=editor), "edited")
    holds(kubectl("apply", "view-last-applied", "deployment", "web"), "web:9")


@check
def apply_server_side(kubectl):
    holds(kubectl.apply(DEPLOYMENT, "--server-side"), "deployment.apps/web serverside-applied")
    managers = kubectl("get", "deploy", "web", "-o", "json", "--show-managed-fields")
    holds(managers, '"operation": "Apply"', '"manager": "kubectl"')
    kubectl("apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", "-", stdin=DEPLOYMENT.replace("web:1", "web:2"))
    why = kubectl.refused("apply", "--server-side", "-f", "-", stdin=DEPLOYMENT.replace("web:1", "web:3"))
    holds(why, 'conflict with "other"', ".spec.template.spec.containers")
    holds(kubectl.apply(DEPLOYMENT, "--server-side", "--dry-run=server", "--force-conflicts"), "serverside-applied (server dry run)")


@check
def apply_prune(kubectl):
    one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: one, labels: {set: x}}\n"
    two = one.replace("one", "two")
    kubectl.apply(one + "---\n" + two, "--prune", "-l", "set=x", "--prune-allowlist=core/v1/ConfigMap")
    holds(kubectl.apply(one, "--prune", "-l", "set=x", "--prune-allowlist=core/v1/ConfigMap"), "configmap/two pruned")
    holds(kubectl.refused("get", "configmap", "two"), 'configmaps "two" not found')


@check
def diff(kubectl):
    kubectl.apply(DEPLOYMENT)
    done = kubectl.run("diff", "-f", "-", stdin=DEPLOYMENT.replace("web:1", "web:2"))
    equal("exit code", done.returncode, 1)
    holds(done.stdout, "image: example.com/web:1", "image: example.com/web:2")
    equal("exit code without a difference", kubectl.run("diff", "-f", "-", stdin=DEPLOYMENT).returncode, 0)
    done = kubectl.run("diff", "--server-side", "-f", "-", stdin=DEPLOYMENT.replace("web:1", "web:2"))
    holds(done.stdout + done.stderr, "web:2")


@check
def create_everything(kubectl):
    kubectl("create", "configmap", "c", "--from-literal=a=b")
    equal("data", kubectl.value("configmap c", ".data.a"), "b")
    kubectl("create", "secret", "generic", "s", "--from-literal=a=b")
    equal("data", kubectl.value("secret s", ".data.a"), "Yg==")
    kubectl("create", "secret", "docker-registry", "d", "--docker-server=r", "--docker-username=u", "--docker-password=p")
    kubectl("create", "serviceaccount", "sa")
    equal("token", kubectl("create", "token", "sa", "--duration=10m").count("."), 2)
    kubectl("create", "role", "r", "--verb=get,list", "--resource=pods,deployments.apps/scale")
    kubectl("create", "rolebinding", "rb", "--role=r", f"--serviceaccount={kubectl.namespace}:sa")
    kubectl("create", "deployment", "d", "--image=example.com/x", "--replicas=2", "--port=80")
    kubectl("create", "job", "j", "--image=example.com/x", "--", "true")
    kubectl("create", "cronjob", "cj", "--image=example.com/x", "--schedule=*/5 * * * *", "--", "true")
    kubectl("create", "job", "from", "--from=cronjob/cj")
    equal("owner", kubectl.value("job from", ".metadata.ownerReferences[0].kind"), "CronJob")
    kubectl("create", "service", "clusterip", "svc", "--tcp=80:8080")
    kubectl("create", "service", "nodeport", "np", "--tcp=80:8080")
    kubectl("create", "service", "externalname", "en", "--external-name=example.com")
    kubectl("create", "service", "loadbalancer", "lb", "--tcp=80")
    kubectl("create", "ingress", "i", "--rule=example.com/*=svc:80")
    kubectl("create", "poddisruptionbudget", "pdb", "--selector=app=d", "--min-available=1")
    kubectl("create", "quota", "q", "--hard=pods=90,configmaps=90")
    priority = f"p-{kubectl.namespace}"
    kubectl("create", "priorityclass", priority, "--value=5")
    kubectl("create", "clusterrole", priority, "--verb=get", "--non-resource-url=/x")
    kubectl("create", "clusterrolebinding", priority, f"--clusterrole={priority}", "--user=u")
    kubectl("delete", "priorityclass,clusterrole,clusterrolebinding", priority)
    holds(kubectl.refused("create", "configmap", "c"), 'configmaps "c" already exists')
    holds(kubectl("create", "configmap", "dry", "--dry-run=server"), "created (server dry run)")
    holds(kubectl.refused("get", "configmap", "dry"), "NotFound")


@check
def run_expose_autoscale_and_scale(kubectl):
    kubectl("run", "r", "--image=example.com/x", "--port=80", "--labels=a=b", "--env=A=B")
    holds(kubectl("expose", "pod", "r", "--port=80"), "service/r exposed")
    kubectl.apply(DEPLOYMENT)
    kubectl("expose", "deployment", "web", "--name=web-svc", "--target-port=80", "--port=8080")
    equal("port", kubectl.value("service web-svc", ".spec.ports[0].targetPort"), "80")
    holds(kubectl("autoscale", "deployment", "web", "--min=1", "--max=3", "--cpu=80%"), "autoscaled")
    holds(kubectl("get", "hpa", "web"), "Deployment/web", "1", "3")
    holds(kubectl("scale", "deployment", "web", "--replicas=4", "--current-replicas=2"), "scaled")
    holds(kubectl.refused("scale", "deployment", "web", "--replicas=1", "--current-replicas=2"), "Expected replicas to be 2, was 4")
    equal("replicas", kubectl.value("deployment web", ".spec.replicas"), "4")


@check
def label_annotate_and_patch(kubectl):
    kubectl("create", "configmap", "c", "--from-literal=a=b")
    kubectl("label", "configmap", "c", "x=y")
    holds(kubectl.refused("label", "configmap", "c", "x=z"), "already has a value (y)")
    kubectl("label", "configmap", "c", "x=z", "--overwrite")
    kubectl("label", "configmap", "c", "x-")
    kubectl("annotate", "configmap", "c", "note=well")
    equal("labels", kubectl("label", "--list", "configmap", "c"), "")
    holds(kubectl.refused("label", "configmap", "c", "x=not allowed"), "a valid label must be")
    kubectl("patch", "configmap", "c", "-p", '{"data":{"a":"c"}}')
    kubectl("patch", "configmap", "c", "--type=merge", "-p", '{"data":{"b":"d"}}')
    kubectl("patch", "configmap", "c", "--type=json", "-p", '[{"op":"remove","path":"/data/b"}]')
    equal("data", json.loads(kubectl("get", "configmap", "c", "-o", "json"))["data"], {"a": "c"})
    kubectl.apply(DEPLOYMENT)
    kubectl("patch", "deployment", "web", "--subresource=scale", "--type=merge", "-p", '{"spec":{"replicas":5}}')
    equal("replicas", kubectl.value("deployment web", ".spec.replicas"), "5")


@check
def edit_and_replace(kubectl):
    kubectl("create", "configmap", "c", "--from-literal=a=before")
    kubectl("edit", "configmap", "c", env={"KUBE_EDITOR": "sed -i s/before/after/"})
    equal("data", kubectl.value("configmap c", ".data.a"), "after")
    text = kubectl("get", "configmap", "c", "-o", "yaml")
    path = kubectl.file("c.yaml", text.replace("after", "replaced"))
    holds(kubectl("replace", "-f", path), "configmap/c replaced")
    holds(kubectl.refused("replace", "-f", path), "the object has been modified")
    fresh = kubectl.file("d.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: forced}\n")
    kubectl("replace", "--force", "-f", fresh)
    equal("data", kubectl.value("configmap c", ".data.a"), "forced")


@check
def rollout(kubectl):
    kubectl.apply(DEPLOYMENT)
    kubectl("rollout", "pause", "deployment/web")
    kubectl("set", "image", "deployment/web", "c=example.com/web:2")
    kubectl("rollout", "resume", "deployment/web")
    kubectl("rollout", "restart", "deployment/web")
    kubectl("wait", "--for=jsonpath={.status.observedGeneration}=" + kubectl.value("deployment web", ".metadata.generation"), "deployment/web", "--timeout=20s")
    history = kubectl("rollout", "history", "deployment/web")
    holds(history, "REVISION")
    kubectl("rollout", "undo", "deployment/web")
    holds(kubectl.run("rollout", "status", "deployment/web", "--timeout=1s", "--watch=false").stdout, "Waiting for deployment")


@check
def set_everything(kubectl):
    kubectl.apply(DEPLOYMENT)
    kubectl("set", "env", "deployment/web", "A=B")
    holds(kubectl("set", "env", "deployment/web", "--list"), "A=B")
    kubectl("set", "resources", "deployment/web", "--limits=cpu=200m,memory=512Mi", "--requests=cpu=100m")
    kubectl("create", "serviceaccount", "sa")
    kubectl("set", "serviceaccount", "deployment/web", "sa")
    equal("account", kubectl.value("deployment web", ".spec.template.spec.serviceAccountName"), "sa")
    kubectl("create", "service", "clusterip", "svc", "--tcp=80")
    kubectl("set", "selector", "service/svc", "app=web")
    kubectl("create", "role", "r", "--verb=get", "--resource=pods")
    kubectl("create", "rolebinding", "rb", "--role=r", "--user=a")
    kubectl("set", "subject", "rolebinding/rb", "--user=b")
    equal("subjects", kubectl.value("rolebinding rb", ".subjects[*].name"), "a b")
    kubectl("set", "image", "deployment/web", "c=example.com/web:7")
    equal("image", kubectl.value("deployment web", ".spec.template.spec.containers[0].image"), "example.com/web:7")


@check
def delete_and_wait(kubectl):
    kubectl("create", "configmap", "a")
    kubectl("create", "configmap", "b")
    kubectl("label", "configmap", "a", "b", "go=now")
    holds(kubectl("delete", "configmap", "-l", "go=now"), 'configmap "a" deleted', 'configmap "b" deleted')
    kubectl.apply(POD)
    kubectl("delete", "pod", "lone", "--grace-period=0", "--force")
    kubectl("wait", "--for=delete", "pod/lone", "--timeout=10s")
    kubectl.apply(DEPLOYMENT)
    kubectl("delete", "deployment", "web", "--cascade=orphan")
    holds(kubectl("get", "replicasets", "-o", "name"), "replicaset.apps/web-")
    holds(kubectl.refused("delete", "configmap", "none"), 'configmaps "none" not found')
    kubectl("delete", "configmap", "none", "--ignore-not-found")


@check
def cordon_drain_and_taint(kubectl):
    node = f"n-{kubectl.namespace}"
    kubectl.apply(NODE.replace("NAME", node))
    try:
        holds(kubectl("cordon", node), "cordoned")
        holds(kubectl("get", "node", node), "SchedulingDisabled")
        holds(kubectl("uncordon", node), "uncordoned")
        holds(kubectl("taint", "node", node, "k=v:NoSchedule"), "tainted")
        holds(kubectl("describe", "node", node), "k=v:NoSchedule")
        kubectl("taint", "node", node, "k-")
        holds(kubectl("drain", node, "--ignore-daemonsets", "--timeout=10s"), "drained")
        holds(kubectl.refused("top", "node"), "Metrics API not available")
    finally:
        kubectl("delete", "node", node)


@check
def certificates(kubectl):
    folder = kubectl.folder
    subprocess.run(
        ["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{folder}/k", "-out", f"{folder}/r", "-subj", "/O=dev/CN=eve"],
        check=True, capture_output=True,
    )
    with open(f"{folder}/r", "rb") as file:
        request = base64.b64encode(file.read()).decode()
    for verb, name in (("approve", f"a-{kubectl.namespace}"), ("deny", f"d-{kubectl.namespace}")):
        kubectl.apply(
            "apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\n"
            f"metadata: {{name: {name}}}\nspec:\n  request: {request}\n"
            "  signerName: kubernetes.io/kube-apiserver-client\n  usages: [client auth]\n"
        )
        kubectl("certificate", verb, name)
        want = "Approved" if verb == "approve" else "Denied"
        holds(kubectl("get", "csr", name), want, "kubernetes.io/kube-apiserver-client")
        kubectl("delete", "csr", name)


@check
def who_may_what(kubectl):
    equal("answer", kubectl("auth", "can-i", "create", "pods"), "yes\n")
    equal("answer", kubectl.run("auth", "can-i", "get", "pods", "--as=nobody").stdout, "no\n")
    listed = kubectl("auth", "can-i", "--list", "--as=nobody")
    holds(listed, "selfsubjectreviews.authentication.k8s.io", "Non-Resource URLs")
    holds(kubectl("auth", "whoami"), "Username", "system:masters")
    rules = (
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\n"
        f"metadata: {{name: r, namespace: {kubectl.namespace}}}\n"
        "rules:\n- {apiGroups: [''], resources: [pods], verbs: [get]}\n"
    )
    holds(kubectl("auth", "reconcile", "-f", "-", stdin=rules), "reconciled")


@check
def explain_and_api_resources(kubectl):
    text = kubectl("explain", "deployment.spec.strategy")
    holds(text, "GROUP:      apps", "KIND:       Deployment", "VERSION:    v1", "rollingUpdate", "FIELDS:")
    holds(kubectl("explain", "pod", "--recursive"), "terminationGracePeriodSeconds", "\n    containers")
    holds(kubectl("explain", "horizontalpodautoscaler", "--api-version=autoscaling/v2"), "VERSION:    v2")
    table = kubectl("api-resources")
    holds(table, "NAME", "SHORTNAMES", "configmaps", "cm", "deployments", "apps/v1", "customresourcedefinitions")
    holds(kubectl("api-resources", "-o", "wide", "--api-group=apps"), "create,delete,deletecollection,get,list,patch,update,watch")
    versions = kubectl("api-versions").split()
    for want in ("v1", "apps/v1", "batch/v1", "networking.k8s.io/v1", "resource.k8s.io/v1"):
        if want not in versions:
            raise AssertionError(f"{want} is not in {versions}")
    holds(kubectl("version"), "Server Version: v1.37")
    holds(kubectl("cluster-info"), "Kubernetes control plane", "is running at")
    holds(kubectl("cluster-info", "dump", "--namespaces", kubectl.namespace), '"kind": "PodList"')
    equal("readyz", kubectl("get", "--raw", "/readyz"), "ok")


@check
def offline_commands(kubectl):
    holds(kubectl("config", "view"), "server: https://", "DATA+OMITTED")
    holds(kubectl("config", "current-context"), "\n")
    holds(kubectl("completion", "bash"), "complete")
    holds(kubectl("options"), "--kubeconfig")
    holds(kubectl.run("plugin", "list").stderr, "unable to find any kubectl plugins")
    folder = os.path.join(kubectl.folder, "kustomize")
    os.mkdir(folder)
    kubectl.file("kustomize/web.yaml", DEPLOYMENT)
    kubectl.file("kustomize/kustomization.yaml", "resources: [web.yaml]\nnamePrefix: pre-\n")
    holds(kubectl("kustomize", folder), "name: pre-web")
    holds(kubectl("apply", "-k", folder), "deployment.apps/pre-web created")


@check
def events_and_watch(kubectl):
    kubectl.apply(DEPLOYMENT)
    kubectl("wait", "--for=create", "deployment/web", "--timeout=10s")
    for _ in range(50):
        events = kubectl("events", "--for", "deployment/web")
        if "ScalingReplicaSet" in events:
            break
    holds(events, "ScalingReplicaSet", "Scaled up replica set web-")
    with subprocess.Popen(
        [KUBECTL, "-n", kubectl.namespace, "get", "configmap", "--watch", "--output-watch-events", "--no-headers"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    ) as watching:
        try:
            kubectl("create", "configmap", "late")
            seen = []
            for line in watching.stdout:
                seen.append(line.split()[:2])
                if "late" in line:
                    break
            equal("event", seen[-1], ["ADDED", "late"])
        finally:
            watching.kill()


@check
def a_custom_resource(kubectl):
    group = f"{kubectl.namespace}.example.com"
    definition = f"""
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {{name: widgets.{group}}}
spec:
  group: {group}
  scope: Namespaced
  names: {{plural: widgets, singular: widget, kind: Widget, shortNames: [wd]}}
  versions:
  - name: v1
    served: true
    storage: true
    subresources: {{status: {{}}, scale: {{specReplicasPath: .spec.size, statusReplicasPath: .status.size}}}}
    additionalPrinterColumns: [{{name: Size, type: integer, jsonPath: .spec.size}}]
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {{type: integer, minimum: 1, default: 2, description: How many there are.}}
            x-kubernetes-validations:
            - {{rule: self.size < 10, message: size is below ten}}
          status: {{type: object, properties: {{size: {{type: integer}}}}}}
"""
    try:
        kubectl.apply(definition)
        kubectl("wait", "--for=condition=Established", f"crd/widgets.{group}", "--timeout=10s")
        widget = f"apiVersion: {group}/v1\nkind: Widget\nmetadata: {{name: w}}\nspec: {{}}\n"
        kubectl.apply(widget)
        table = kubectl("get", f"widgets.{group}")
        if not re.search(r"NAME\s+SIZE\nw\s+2\n", table):
            raise AssertionError(table)
        holds(kubectl("explain", "widget.spec", f"--api-version={group}/v1"), "How many there are.")
        kubectl("scale", f"widgets.{group}/w", "--replicas=3")
        equal("size", kubectl.value(f"widgets.{group} w", ".spec.size"), "3")
        holds(kubectl.refused("patch", f"widgets.{group}", "w", "--type=merge", "-p", '{"spec":{"size":11}}'), "size is below ten")
        holds(kubectl.refused("apply", "-f", "-", stdin=widget.replace("{}", "{sise: 3}")), 'unknown field "spec.sise"')
    finally:
        kubectl("delete", "crd", f"widgets.{group}", "--ignore-not-found")


@check
def wrong_manifests(kubectl):
    wrong = {
        "kind: Pod\nmetadata: {name: a}\n": "apiVersion not set",
        "apiVersion: v1\nkind: Pood\nmetadata: {name: a}\n": 'no matches for kind "Pood" in version "v1"',
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: A_B}\n": "a lowercase RFC 1123 subdomain must consist of",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndatta: {}\n": 'unknown field "datta"',
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 1}\n": "cannot unmarshal number",
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: []}\n": "spec.ports: Required value",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: []}\n": "spec.containers: Required value",
        DEPLOYMENT.replace("matchLabels: {app: web}", "matchLabels: {app: other}"): "`selector` does not match template `labels`",
        DEPLOYMENT.replace("replicas: 2", "replicas: -2"): "must be greater than or equal to 0",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a\n": "error converting YAML to JSON",
    }
    for text, want in wrong.items():
        holds(kubectl.refused("apply", "-f", "-", stdin=text), want)


@check
def proxying(kubectl):
    with subprocess.Popen(
        [KUBECTL, "proxy", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as proxy:
        try:
            port = re.search(r":(\d+)", proxy.stdout.readline()).group(1)
            url = f"http://127.0.0.1:{port}/api/v1/namespaces/{kubectl.namespace}"
            with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:
                equal("name", json.load(answer)["metadata"]["name"], kubectl.namespace)
        finally:
            proxy.kill()


def main():
    failed = 0
    for function in CHECKS:
        name = function.__name__.replace("_", "-")
        namespace = f"kubectl-{name}-{os.getpid()}"
        kubectl = Kubectl(namespace)
        try:
            kubectl("create", "namespace", namespace)
            function(kubectl)
            print("ok", name, flush=True)
        except Exception as error:  # one check must not end the others
            failed += 1
            print(f"FAIL {name}:", " ".join(str(error).split()) or repr(error), flush=True)
        finally:
            kubectl.run("delete", "namespace", namespace, "--wait=false")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
