"""What both servers write of requests into their audit logs, by one policy.

Names are the same on both sides, since the policy speaks of them: a cluster of our own keeps its
objects beside the one that all other scenarios use."""

import policies
import webhooks
from policies import REGISTRATION
from words import crd, obj

SCENARIOS = {}
GROUP = "ns-audited.example.com"
WIDGETS = {"group": GROUP, "resources": ["widgets"]}


def rule(level, **more):
    return {"level": level, **more}


POLICY = {
    "apiVersion": "audit.k8s.io/v1",
    "kind": "Policy",
    "omitManagedFields": True,
    "rules": [
        rule("None", users=["bob"]),
        rule("Metadata", nonResourceURLs=["/livez", "/apis*"], omitStages=["RequestReceived"]),
        rule("Request", userGroups=["dev"], resources=[WIDGETS]),
        rule("None", namespaces=["audit-none"]),
        rule("Metadata", namespaces=["audit-metadata"], resources=[{"group": GROUP}]),
        rule("Request", namespaces=["audit-request"], omitManagedFields=False),
        rule("RequestResponse", resources=[{"group": GROUP, "resources": ["widgets/status"]}]),
        rule(
            "Metadata",
            resources=[{"group": GROUP, "resources": ["widgets"], "resourceNames": ["named"]}],
            omitStages=["RequestReceived", "ResponseComplete"],
        ),
        rule("None", verbs=["list"], resources=[WIDGETS]),
        rule(
            "RequestResponse",
            resources=[{"group": GROUP, "resources": ["*"]}],
            omitManagedFields=False,
            verbs=["patch"],
        ),
        rule("RequestResponse", resources=[WIDGETS]),
        rule("Metadata", resources=[{"group": "apiextensions.k8s.io"}], verbs=["create"]),
        rule("Metadata", resources=[{"group": "apiextensions.k8s.io"}], verbs=["patch"]),
    ],
}


def base(namespace, version="v1"):
    return f"/apis/{GROUP}/{version}/namespaces/{namespace}/widgets"


def widget(name, spec=None, **more):
    made = obj(name, {"i": 1} if spec is None else spec, **more)
    return {**made, "apiVersion": f"{GROUP}/v1"}


def add(namespace):
    return {
        "do": "POST /api/v1/namespaces",
        "body": {"metadata": {"name": namespace}},
        "quiet": True,
    }


NAMESPACES = ["audit-none", "audit-metadata", "audit-request", "audit-all"]
HERE = base("audit-all")
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"
ALICE = {"Authorization": "Bearer alice-token"}
BOB = {"Authorization": "Bearer bob-token"}
requests = [
    {"do": f"GET /apis/{GROUP}/v1"},
    {"do": f"GET {HERE}", "anonymous": True},
    {"do": f"GET {HERE}/x", "headers": ALICE},
    {"do": f"POST {HERE}", "headers": ALICE, "body": widget("x")},
    {"do": f"GET {HERE}/x", "headers": BOB},
    {"do": f"GET {HERE}/x", "headers": {"Authorization": "Bearer wrong"}},
    {"do": f"GET {HERE}/x", "headers": {"Authorization": "Basic d3Jvbmc6eA=="}},
]
for namespace in NAMESPACES:
    there = base(namespace)
    requests += [
        {"do": f"POST {there}?fieldManager=m", "body": widget("a")},
        {"do": f"GET {there}/a"},
        {"do": f"PUT {there}/a", "body": widget("a", {"i": 2})},
        {"do": f"PATCH {there}/a", "body": {"spec": {"s": "x"}}, "type": MERGE},
        {"do": f"DELETE {there}/a"},
    ]
requests += [
    {"do": f"GET {HERE}"},
    {"do": f"GET {HERE}?watch=1&timeoutSeconds=1&fieldSelector=metadata.name=zz"},
    {"do": f"GET /apis/{GROUP}/v1/widgets"},
    {"do": f"POST {HERE}", "body": widget("named")},
    {"do": f"GET {HERE}/named"},
    {"do": f"PATCH {HERE}/named", "body": {"spec": {"s": "x"}}, "type": MERGE},
    {"do": f"POST {HERE}?dryRun=All&fieldValidation=Strict", "body": widget("b", {"zzz": 1})},
    {"do": f"POST {HERE}?dryRun=All", "body": widget("b", {"i": "text"})},
    {"do": f"POST {HERE}?pretty=1", "body": widget("gen") | {"metadata": {"generateName": "g-"}}},
    {"do": f"POST {HERE}", "body": widget("b")},
    {"do": f"POST {HERE}", "body": widget("b")},
    {"do": f"POST {HERE}", "raw": "{nonsense"},
    {"do": f"POST {HERE}", "raw": "a: b", "type": "text/plain"},
    {"do": f"GET {HERE}/b", "accept": "application/yaml"},
    {"do": f"GET {HERE}/b", "accept": "application/json;as=Table;v=v1;g=meta.k8s.io"},
    {"do": f"GET {HERE}/b", "accept": "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"},
    {"do": f"PATCH {HERE}/b?fieldManager=x&force=true", "body": widget("b"), "type": APPLY},
    {
        "do": f"PATCH {HERE}/b",
        "body": [{"op": "replace", "path": "/spec/i", "value": 9}],
        "type": "application/json-patch+json",
    },
    {"do": f"PATCH {HERE}/b", "body": {"spec": {"i": "text"}}, "type": MERGE},
    {"do": f"PATCH {HERE}/b", "body": {}, "type": "application/strategic-merge-patch+json"},
    {"do": f"PATCH {HERE}/b/status", "body": {"status": {"phase": "x"}}, "type": MERGE},
    {"do": f"PUT {HERE}/b/status", "body": widget("b", status={"phase": "y"})},
    {"do": f"GET {HERE}/b/status"},
    {"do": f"GET {HERE}/b/nothing"},
    {"do": f"GET {HERE}/none"},
    {"do": f"PUT {HERE}/b", "body": widget("c")},
    {"do": f"DELETE {HERE}/b?dryRun=All", "body": {"propagationPolicy": "Orphan"}},
    {"do": f"DELETE {HERE}/b?gracePeriodSeconds=0"},
    {"do": f"DELETE {HERE}/none"},
    {"do": f"DELETE {HERE}?labelSelector=a=b"},
    {"do": f"PUT {HERE}", "body": widget("b")},
    {"do": f"GET {HERE}/denied"},
    {"do": f"POST {HERE}", "body": widget("denied")},
    {"do": f"POST {HERE}", "body": widget("audited")},
    {"do": f"POST {HERE}", "body": widget("annotated")},
    {"do": f"POST {HERE}", "body": widget("hooked")},
    {"do": f"POST {HERE}", "body": widget("opened")},
    {"do": f"POST {base('audit-metadata')}", "body": widget("hooked")},
    {"do": f"POST {base('audit-none')}", "body": widget("hooked")},
]
EVENTS = 130


def policy(name, actions, **spec):
    rules = [
        {
            "apiGroups": [GROUP],
            "apiVersions": ["*"],
            "resources": ["widgets"],
            "operations": ["CREATE"],
            "resourceNames": [name],
        }
    ]
    return [
        {
            "do": f"POST {REGISTRATION}/validatingadmissionpolicies",
            "body": {
                "metadata": {"name": f"twin-{name}"},
                "spec": {"matchConstraints": {"resourceRules": rules}, **spec},
            },
            "quiet": True,
        },
        {
            "do": f"POST {REGISTRATION}/validatingadmissionpolicybindings",
            "body": {
                "metadata": {"name": f"twin-{name}"},
                "spec": {"policyName": f"twin-{name}", "validationActions": actions},
            },
            "quiet": True,
        },
    ]


def hook(name, answer, **more):
    rules = [
        {
            "apiGroups": [GROUP],
            "apiVersions": ["*"],
            "resources": ["widgets"],
            "operations": ["CREATE"],
        }
    ]
    named = [{"name": "named", "expression": f"object.metadata.name == '{name}'"}]
    made = webhooks.hook(name, answer, rules, select=False, matchConditions=named, **more)
    made["name"] = f"{answer}.{name}.example.com"
    made["clientConfig"]["url"] = "${hooks}/audit/" + answer
    return made


FAILS = [{"expression": "false", "message": "m"}]
made = (
    policy("denied", ["Deny"], validations=FAILS)
    + policy("audited", ["Audit", "Warn"], validations=FAILS * 2)
    + policy(
        "annotated",
        ["Deny"],
        auditAnnotations=[
            {"key": "one", "valueExpression": "'is ' + string(object.spec.i)"},
            {"key": "none", "valueExpression": "null"},
            {"key": "long", "valueExpression": "'" + "l" * 12000 + "'"},
        ],
    )
    + [
        {
            "do": f"POST {REGISTRATION}/mutatingwebhookconfigurations",
            "body": {
                "metadata": {"name": "twin"},
                "webhooks": [
                    hook("hooked", "adds"),
                    hook("hooked", "allows"),
                    hook("hooked", "annotates"),
                    hook("opened", "c500", failurePolicy="Ignore"),
                ],
            },
            "quiet": True,
        },
        {
            "do": f"POST {REGISTRATION}/validatingwebhookconfigurations",
            "body": {
                "metadata": {"name": "twin"},
                "webhooks": [
                    hook("hooked", "annotates"),
                    hook("opened", "c404", failurePolicy="Ignore"),
                    hook("probe", "probe"),
                ],
            },
            "quiet": True,
        },
    ]
    + policy("probe-p", ["Deny"], validations=FAILS)
)
probes = [
    {
        "do": f"POST {HERE}?dryRun=All",
        "body": widget(name),
        "until": {"code": code},
        "timeout": 30,
        "quiet": True,
    }
    for name, code in (("probe", 418), ("probe-p", 422))
]
for number, step in enumerate(requests):
    step["headers"] = {"Audit-ID": f"twin-{number:03}", **step.get("headers", {})}
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
definition = crd(
    sch=policies.root, group=GROUP, version_extra={"subresources": {"status": {}}}
)
SCENARIOS["audit"] = {
    "namespace": False,
    "steps": [add(namespace) for namespace in NAMESPACES]
    + [
        {"do": f"POST {CRDS}", "body": definition, "headers": {"Audit-ID": "twin-crd"}, "quiet": True},
        {"do": f"GET {HERE}", "until": {"code": 200}, "timeout": 20, "quiet": True},
    ]
    + made
    + probes
    + requests
    + [
        {"do": f"PATCH {CRDS}/widgets.{GROUP}", "body": {"metadata": {"labels": {"a": "b"}}},
         "type": MERGE, "headers": {"Audit-ID": "twin-patch"}, "quiet": True},
        {"do": f"GET /audit/{EVENTS}"},
    ],
    "finally": policies.removed(made)
    + [{"do": f"DELETE {CRDS}/widgets.{GROUP}"}]
    + [{"do": f"DELETE /api/v1/namespaces/{namespace}"} for namespace in NAMESPACES],
}
