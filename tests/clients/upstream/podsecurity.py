"""Pods of all sorts, for each control of Pod Security, and the policies by which they are judged."""

import copy

RESTRICTED = {
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "a",
            "image": "x",
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
            },
        }
    ],
}
LEVELS = ["baseline", "restricted"]
# Of those in which a control came, or changed.
VERSIONS = ["v1.0", "v1.8", "v1.19", "v1.22", "v1.25", "v1.31", "v1.34", "latest"]

PODS = {}


def pod(name, change=None):
    spec = copy.deepcopy(RESTRICTED)
    if change:
        change(spec)
    PODS[name] = (spec, None)


def merged(into, more):
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merged(into[key], value)
        elif value is None:
            into.pop(key, None)
        else:
            into[key] = value


def whole(name, **more):
    """The pod's spec changes."""
    pod(name, lambda spec: merged(spec, copy.deepcopy(more)))


def inside(name, **security):
    """A container's security context: of the only one, of one of two, of one that starts first."""

    def only(spec):
        if security.get("procMount") == "Unmasked":
            spec["hostUsers"] = False
        merged(spec["containers"][0]["securityContext"], copy.deepcopy(security))

    def second(spec):
        other = copy.deepcopy(spec["containers"][0])
        other["name"] = "b"
        merged(other["securityContext"], copy.deepcopy(security))
        spec["containers"].append(other)
        if security.get("procMount") == "Unmasked":
            spec["hostUsers"] = False

    def initial(spec):
        other = copy.deepcopy(spec["containers"][0])
        other["name"] = "i"
        merged(other["securityContext"], copy.deepcopy(security))
        spec["initContainers"] = [other]
        if security.get("procMount") == "Unmasked":
            spec["hostUsers"] = False
        merged(spec["containers"][0]["securityContext"], copy.deepcopy(security))

    pod(name, only)
    pod(f"{name}-second", second)
    pod(f"{name}-both", initial)


def context(name, **security):
    """The pod's security context."""
    whole(name, securityContext=security)


pod("good")
whole("bare", securityContext=None)
pod("bare-container", lambda spec: spec["containers"][0].pop("securityContext"))
pod("bare-all", lambda spec: (spec.pop("securityContext"), spec["containers"][0].pop("securityContext")))
for name in ("hostNetwork", "hostPID", "hostIPC"):
    whole(name.lower(), **{name: True})
whole("hosts", hostNetwork=True, hostPID=True, hostIPC=True)
inside("privileged", privileged=True, allowPrivilegeEscalation=None)
inside("escalation", allowPrivilegeEscalation=True)
inside("escalation-unset", allowPrivilegeEscalation=None)
for name, capabilities in {
    "none": {"drop": None},
    "some": {"drop": ["NET_RAW"]},
    "add-net": {"add": ["NET_ADMIN"]},
    "add-bind": {"add": ["NET_BIND_SERVICE"]},
    "add-chown": {"add": ["CHOWN"]},
    "add-many": {"add": ["SYS_TIME", "CHOWN", "NET_ADMIN", "NET_BIND_SERVICE"]},
    "add-all": {"add": ["ALL"]},
    "lower": {"drop": ["all"]},
    "prefixed": {"add": ["CAP_CHOWN"]},
    "drop-more": {"drop": ["NET_RAW", "ALL"]},
}.items():
    inside(f"capabilities-{name}", capabilities=capabilities)
inside("capabilities-unset", capabilities=None)
for kind in ("Unconfined", "RuntimeDefault", "Localhost"):
    more = {"localhostProfile": "x"} if kind == "Localhost" else {}
    inside(f"seccomp-{kind.lower()}", seccompProfile={"type": kind, **more})
    context(f"seccomp-pod-{kind.lower()}", seccompProfile={"type": kind, **more})
    inside(f"apparmor-{kind.lower()}", appArmorProfile={"type": kind, **more})
    context(f"apparmor-pod-{kind.lower()}", appArmorProfile={"type": kind, **more})
context("seccomp-unset", seccompProfile=None)
pod(
    "seccomp-containers",
    lambda spec: (
        spec["securityContext"].pop("seccompProfile"),
        spec["containers"][0]["securityContext"].update(seccompProfile={"type": "RuntimeDefault"}),
    ),
)
PROFILES = ["runtime/default", "unconfined", "localhost/x"]
APPARMOR = "container.apparmor.security.beta.kubernetes.io/a"
SECCOMP = {
    "pod": "seccomp.security.alpha.kubernetes.io/pod",
    "container": "container.seccomp.security.alpha.kubernetes.io/a",
}
for number, value in enumerate([*PROFILES, ""]):
    PODS[f"apparmor-annotated-{number}"] = (RESTRICTED, {APPARMOR: value})
for number, value in enumerate([*PROFILES, "docker/default"]):
    for where, key in SECCOMP.items():
        spec = copy.deepcopy(RESTRICTED)
        spec["securityContext"].pop("seccompProfile")
        PODS[f"seccomp-annotated-{where}-{number}"] = (spec, {key: value})
for name, options in {
    "type": {"type": "container_t"},
    "type-init": {"type": "container_init_t"},
    "type-kvm": {"type": "container_kvm_t"},
    "type-engine": {"type": "container_engine_t"},
    "type-other": {"type": "spc_t"},
    "user": {"user": "system_u"},
    "role": {"role": "system_r"},
    "level": {"level": "s0:c1,c2"},
    "all": {"type": "other_t", "user": "u", "role": "r", "level": "s0"},
}.items():
    inside(f"selinux-{name}", seLinuxOptions=options)
    context(f"selinux-pod-{name}", seLinuxOptions=options)
inside("proc-default", procMount="Default")
inside("proc-unmasked", procMount="Unmasked")
for name in (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
    "kernel.msgmax",
):
    context(f"sysctl-{name.replace('_', '-')}", sysctls=[{"name": name, "value": "1"}])
context(
    "sysctls",
    sysctls=[{"name": n, "value": "1"} for n in ("kernel.msgmax", "kernel.sem", "net.ipv4.tcp_rmem")],
)
for number in (0, 1000):
    inside(f"user-{number}", runAsUser=number)
    context(f"user-pod-{number}", runAsUser=number)
for value in (True, False):
    inside(f"non-root-{value}".lower(), runAsNonRoot=value)
    context(f"non-root-pod-{value}".lower(), runAsNonRoot=value)
context("non-root-unset", runAsNonRoot=None)
pod(
    "non-root-containers",
    lambda spec: (
        spec["securityContext"].pop("runAsNonRoot"),
        spec["containers"][0]["securityContext"].update(runAsNonRoot=True),
    ),
)
inside("windows-host", windowsOptions={"hostProcess": False})
whole("windows-host-true", hostNetwork=True, securityContext={"windowsOptions": {"hostProcess": True}})
whole("users", hostUsers=False)
whole("users-relaxed", hostUsers=False, securityContext={"runAsNonRoot": False, "runAsUser": 0})
pod(
    "windows",
    lambda spec: (
        spec.update(os={"name": "windows"}),
        spec["securityContext"].pop("seccompProfile"),
        spec["containers"][0].pop("securityContext"),
    ),
)
whole("linux", os={"name": "linux"})


def port(number, host=0, **more):
    return {"containerPort": number, "hostPort": host, "protocol": "TCP", **more}


def with_ports(*ports):
    return lambda spec: spec["containers"][0].update(ports=list(ports))


pod("port", with_ports(port(80)))
pod("port-host", with_ports(port(80, 8080)))
pod("port-hosts", with_ports(port(80, 8080), port(81, 8081), port(82)))


def probed(where, handler):
    def change(spec):
        spec["containers"][0][where] = handler

    return change


GET = {"httpGet": {"port": 80, "host": "10.0.0.1"}}
TCP = {"tcpSocket": {"port": 80, "host": "example.com"}}
for name, handler in {"http": GET, "tcp": TCP, "plain": {"httpGet": {"port": 80}}}.items():
    pod(f"probe-{name}", probed("livenessProbe", handler))
    pod(f"ready-{name}", probed("readinessProbe", handler))
    pod(f"startup-{name}", probed("startupProbe", handler))
    pod(f"start-{name}", probed("lifecycle", {"postStart": handler}))
    pod(f"stop-{name}", probed("lifecycle", {"preStop": handler}))
for name, source in {
    "empty": {"emptyDir": {}},
    "host": {"hostPath": {"path": "/x"}},
    "config": {"configMap": {"name": "x"}},
    "secret": {"secret": {"secretName": "x"}},
    "claim": {"persistentVolumeClaim": {"claimName": "x"}},
    "projected": {"projected": {"sources": []}},
    "downward": {"downwardAPI": {"items": []}},
    "ephemeral": {
        "ephemeral": {
            "volumeClaimTemplate": {
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "resources": {"requests": {"storage": "1Gi"}},
                }
            }
        }
    },
    "csi": {"csi": {"driver": "x.example.com"}},
    "image": {"image": {"reference": "x"}},
    "nfs": {"nfs": {"server": "x", "path": "/x"}},
    "iscsi": {"iscsi": {"targetPortal": "1.2.3.4", "iqn": "iqn.2000-01.com.example:x", "lun": 0}},
    "glusterfs": {"glusterfs": {"endpoints": "x", "path": "x"}},
    "rbd": {"rbd": {"monitors": ["x"], "image": "x"}},
    "cephfs": {"cephfs": {"monitors": ["x"]}},
    "gce": {"gcePersistentDisk": {"pdName": "x"}},
    "aws": {"awsElasticBlockStore": {"volumeID": "x"}},
    "fc": {"fc": {"targetWWNs": ["x"], "lun": 1}},
    "flex": {"flexVolume": {"driver": "x/y"}},
    "cinder": {"cinder": {"volumeID": "x"}},
    "azure-file": {"azureFile": {"secretName": "x", "shareName": "x"}},
    "vsphere": {"vsphereVolume": {"volumePath": "x"}},
    "flocker": {"flocker": {"datasetName": "x"}},
    "portworx": {"portworxVolume": {"volumeID": "x"}},
    "scaleio": {"scaleIO": {"gateway": "x", "system": "x", "volumeName": "x", "secretRef": {"name": "x"}}},
    "git": {"gitRepo": {"repository": "x"}},
}.items():
    whole(f"volume-{name}", volumes=[{"name": "v", **source}])
whole(
    "volumes",
    volumes=[
        {"name": "one", "hostPath": {"path": "/a"}},
        {"name": "two", "nfs": {"server": "x", "path": "/x"}},
        {"name": "three", "emptyDir": {}},
        {"name": "four", "hostPath": {"path": "/b"}},
        {"name": "five", "flexVolume": {"driver": "x/y"}},
    ],
)
whole("everything", hostNetwork=True, hostPID=True, volumes=[{"name": "v", "hostPath": {"path": "/"}}])
merged(PODS["everything"][0]["containers"][0]["securityContext"], {"privileged": True, "capabilities": {"add": ["SYS_ADMIN"]}, "allowPrivilegeEscalation": None})

# Labels of namespaces: right, and wrong.
BEFORE = [{}, {"enforce": "baseline"}, {"enforce": "restricted", "enforce-version": "v1.24"}]
LABELS = [{}, {"other": "x"}, {"enforce-versions": "x"}]
for level in ("privileged", "baseline", "restricted"):
    for mode in ("enforce", "warn", "audit"):
        LABELS.append({mode: level})
        for version in ("v1.0", "v1.24", "latest", "v1.99"):
            LABELS.append({mode: level, f"{mode}-version": version})
for wrong in ("", "x", "Restricted", "none"):
    LABELS += [{"enforce": wrong}, {"warn": wrong, "audit": wrong}]
for odd in ("", "1.24", "v1", "v1.x", "v2.1", "v1.01", "v1.24.1", "LATEST", "v1.-1", "v1.99999999999"):
    LABELS += [
        {"enforce": "baseline", "enforce-version": odd},
        {"audit-version": odd, "warn-version": odd},
    ]


def debugger(security):
    """A container that joins a pod, as it is after defaults."""
    container = {
        "name": "debugger",
        "image": "x",
        "imagePullPolicy": "Always",
        "resources": {},
        "securityContext": security,
        "terminationMessagePath": "/dev/termination-log",
        "terminationMessagePolicy": "File",
    }
    return {"spec": {"ephemeralContainers": [container]}}


HARDENED = RESTRICTED["containers"][0]["securityContext"]
# A name, the subresource, and what is merged into the pod.
CHANGES = [
    ("labels", "", {"metadata": {"labels": {"x": "y"}}}),
    ("finalizers", "", {"metadata": {"finalizers": ["example.com/x"]}}),
    ("seccomp of the pod", "", {"metadata": {"annotations": {SECCOMP["pod"]: "unconfined"}}}),
    ("seccomp of a container", "", {"metadata": {"annotations": {SECCOMP["container"]: "unconfined"}}}),
    ("deadline", "", {"spec": {"activeDeadlineSeconds": 5}}),
    ("status", "status", {"status": {"message": "x"}}),
    ("debugger", "ephemeralcontainers", debugger(None)),
    ("good debugger", "ephemeralcontainers", debugger(HARDENED)),
    ("mighty debugger", "ephemeralcontainers", debugger({"privileged": True})),
]
