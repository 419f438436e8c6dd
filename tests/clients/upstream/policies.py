"""Validating admission policies: what they look at, what they refuse, and how they say so."""

from words import *

SCENARIOS = {}

REGISTRATION = "/apis/admissionregistration.k8s.io/v1"

free = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
root = {
    "type": "object",
    "properties": {"spec": {**O(i=I, s=S, l=A(S), n=N), **free}, "status": O(phase=S, n=I)},
}
TWO_VERSIONS = [
    {"name": name, "served": True, "storage": name == "v1", "schema": {"openAPIV3Schema": root}}
    | {"subresources": {"status": {}}}
    for name in ("v1", "v2")
]
C = crd(versions=TWO_VERSIONS)


def deny(expression, **more):
    return {"expression": expression, **more}


def says(expression):
    """A validation that fails and says what an expression gives."""
    return {"expression": "false", "messageExpression": expression}


def rules(resources, operations=("*",), **more):
    return [
        {
            "apiGroups": [G],
            "apiVersions": ["v1"],
            "resources": list(resources),
            "operations": list(operations),
            **more,
        }
    ]


def policy(name, validations, constraints=None, operations=("CREATE", "UPDATE"), **spec):
    """A policy of objects whose name is the policy's."""
    resource = {"resourceNames": [name]}
    constraints = constraints or {"resourceRules": rules(["widgets"], operations, **resource)}
    if validations:
        spec["validations"] = validations
    return {
        "do": f"POST {REGISTRATION}/validatingadmissionpolicies",
        "body": {
            "metadata": {"name": "${ns}-" + name},
            "spec": {"matchConstraints": constraints, **spec},
        },
        "quiet": True,
    }


def binding(name, actions=("Deny",), bound=None, **spec):
    return {
        "do": f"POST {REGISTRATION}/validatingadmissionpolicybindings",
        "body": {
            "metadata": {"name": "${ns}-" + (bound or name)},
            "spec": {"policyName": "${ns}-" + name, "validationActions": list(actions), **spec},
        },
        "quiet": True,
    }


def removed(policies):
    """Takes away what has been posted: policies and bindings."""
    paths = [(step["do"].split(" ")[1], step["body"]["metadata"]["name"]) for step in policies]
    return [{"do": f"DELETE {path}/{name}"} for path, name in reversed(paths)]


def in_force(name, code=422):
    """Waits until the last of the policies is known to the server."""
    return post(
        obj(name), "?dryRun=All", until={"code": code}, timeout=30, quiet=True
    )


def sc(name, cases, before=(), after=(), bindings=(), extra=()):
    """`cases`: name of policy and object -> (policy's members, binding's members, steps)."""
    last = "probe"
    made, steps = [], []
    for key, (spec, bound, _) in cases.items():
        made.append(policy(key, **spec))
        if bound is not None:
            made.append(binding(key, **bound))
    made += list(extra)
    made += [policy(last, [deny("false")]), binding(last)]
    for key, (_, _, asked) in cases.items():
        steps += [post(obj(key, {"i": 1}))] if asked is None else asked
    SCENARIOS[name] = scenario(
        [post_crd(C, quiet=True)] + up() + list(before) + made + [in_force(last)] + steps
        + list(after),
        removed(made) + gone(),
    )


def one(validations, bound=None, steps=None, **spec):
    return ({"validations": validations, **spec}, bound or {}, steps)


# --- messages, reasons, actions
sc(
    "vap-messages",
    {
        "plain": one([deny("object.spec.i > 3")]),
        "multiline": one([deny("object.spec.i > 3 &&\n   object.spec.i < 9", message="a")]),
        "untold": one([deny("  object.spec.i > 3  ")]),
        "message": one([deny("object.spec.i > 3", message="too small  ")]),
        "computed": one([deny("false", messageExpression="'i is ' + string(object.spec.i)")]),
        "computed-and-message": one(
            [deny("false", message="m", messageExpression="'i is ' + string(object.spec.i)")]
        ),
        "computed-fails": one(
            [deny("false", message="m", messageExpression="'x ' + object.spec.none")]
        ),
        "computed-fails-alone": one([deny("false", messageExpression="'x ' + object.spec.none")]),
        "computed-empty": one([deny("false", message="m", messageExpression="''")]),
        "computed-blank": one([deny("false", messageExpression="'   '")]),
        "computed-lines": one([deny("false", message="m", messageExpression="'a\\nb'")]),
        "computed-long": one(
            [deny("false", messageExpression="object.spec.s")],
            steps=[post(obj("computed-long", {"s": "x" * 5200}))],
        ),
        "computed-spaces": one([deny("false", messageExpression="'  a  '")]),
        "unauthorized": one([deny("false", message="m", reason="Unauthorized")]),
        "forbidden": one([deny("false", message="m", reason="Forbidden")]),
        "invalid": one([deny("false", message="m", reason="Invalid")]),
        "large": one([deny("false", message="m", reason="RequestEntityTooLarge")]),
        "two": one([deny("true"), deny("object.spec.i == 2"), deny("object.spec.i == 3")]),
        "warn": one([deny("false", message="w")], {"actions": ["Warn"]}),
        "audit": one([deny("false", message="w")], {"actions": ["Audit"]}),
        "warn-audit": one(
            [deny("false", message="w"), deny("false"), deny("object.spec.none")],
            {"actions": ["Warn", "Audit"]},
        ),
        "deny-audit": one([deny("false", message="w")], {"actions": ["Deny", "Audit"]}),
        "warn-lines": one([says("'a b\\\\c \"d\" \u00e9'")], {"actions": ["Warn"]}),
        "warn-long": one(
            [says("object.spec.s")],
            {"actions": ["Warn"]},
            [post(obj("warn-long", {"s": "y" * 4500}))],
        ),
        "no-object": one([deny("object.metadata.name == 'no-object'")]),
    },
)
# --- what goes wrong
FAILING = {
    "missing": "object.spec.none == 1",
    "index": "object.spec.l[5] == 'a'",
    "zero": "1 / (object.spec.i - 1) == 1",
    "overflow": "object.spec.i + 9223372036854775807 > 0",
    "modulo": "object.spec.i % (object.spec.i - 1) == 0",
    "convert": "int(object.spec.s) == 1",
    "duration": "duration(object.spec.s) == duration('1s')",
    "timestamp": "timestamp(object.spec.s) == timestamp('2020-01-01T00:00:00Z')",
    "quantity": "quantity(object.spec.s).isGreaterThan(quantity('1'))",
    "type": "object.spec.s + 1 == 'x'",
    "compare": "object.spec.s > object.spec.i",
    "regex": "'a'.matches(object.spec.bad)",
    "url": "url(object.spec.bad).getHost() == 'a'",
    "ip": "ip(object.spec.s).family() == 4",
    "semver": "semver(object.spec.s).major() == 1",
    "optional": "optional.none().value() == 1",
    "in": "1 in object.spec.s",
    "not-bool": "object.spec.s",
    "exists": "object.spec.l.exists(x, int(x) == 1)",
    "one": "object.spec.l.exists_one(x, int(x) == 1)",
    "map": "object.spec.l.map(x, int(x)).size() == 1",
    "ternary": "object.spec.s ? true : false",
    "or": "object.spec.none == 1 || object.spec.i == 9",
    "and": "object.spec.i == 1 && object.spec.none == 1",
    "substring": "object.spec.s.substring(9) == 'a'",
    "replace": "object.spec.s.replace('a', 'b', 1).charAt(7) == 'a'",
    "format": "'%d'.format([object.spec.s]) == 'a'",
    "min": "[].min() == 1",
    "uint": "uint(object.spec.i - 2) == 1u",
    "base64": "base64.decode(object.spec.s) == b'a'",
    "bytes": "string(b'\\xff') == 'a'",
}
BODY = {"i": 1, "s": "hello", "l": ["a", "b"], "n": 1.5, "bad": "a(", "nothing": None}

sc(
    "vap-errors",
    {name: one([deny(text)], steps=[post(obj(name, BODY), "?dryRun=All")]) for name, text in FAILING.items()},
)
sc(
    "vap-failure-policy",
    {
        "open": one([deny("object.spec.none == 1")], failurePolicy="Ignore"),
        "open-then-deny": one(
            [deny("object.spec.none == 1"), deny("false", message="denied")],
            failurePolicy="Ignore",
        ),
        "closed-and-deny": one([deny("object.spec.none == 1"), deny("false", message="denied")]),
        "error-warned": one([deny("object.spec.none == 1", message="m")], {"actions": ["Warn"]}),
        "error-audited": one([deny("object.spec.none == 1", message="m")], {"actions": ["Audit"]}),
        "condition-false": one(
            [deny("false")], matchConditions=[{"name": "a", "expression": "object.spec.i == 2"}]
        ),
        "condition-true": one(
            [deny("false")], matchConditions=[{"name": "a", "expression": "object.spec.i == 1"}]
        ),
        "condition-error": one(
            [deny("false")], matchConditions=[{"name": "a", "expression": "object.spec.none == 1"}]
        ),
        "condition-error-open": one(
            [deny("false")],
            matchConditions=[{"name": "a", "expression": "object.spec.none == 1"}],
            failurePolicy="Ignore",
        ),
        "condition-error-false": one(
            [deny("false")],
            matchConditions=[
                {"name": "a", "expression": "object.spec.none == 1"},
                {"name": "b", "expression": "false"},
            ],
        ),
        "condition-errors": one(
            [deny("false")],
            matchConditions=[
                {"name": "a", "expression": "object.spec.none == 1"},
                {"name": "b", "expression": "true"},
                {"name": "c", "expression": "object.spec.l[7] == '1'"},
            ],
        ),
        "condition-warn": one(
            [deny("false")],
            {"actions": ["Warn"]},
            matchConditions=[{"name": "a", "expression": "object.spec.none == 1"}],
        ),
        "variables": one(
            [says("variables.b + ' ' + string(variables.c)"), deny("variables.d")],
            variables=[
                {"name": "a", "expression": "object.spec.i"},
                {"name": "b", "expression": "'a is ' + string(variables.a)"},
                {"name": "c", "expression": "variables.a + 1"},
                {"name": "d", "expression": "object.spec.none"},
            ],
        ),
        "variable-fails": one(
            [deny("variables.d == 1")],
            variables=[
                {"name": "c", "expression": "object.spec.none"},
                {"name": "d", "expression": "variables.c + 1"},
            ],
        ),
        "variable-fails-unused": one(
            [deny("variables.c == 1", message="c")],
            variables=[
                {"name": "c", "expression": "2"},
                {"name": "d", "expression": "object.spec.none"},
            ],
        ),
        "variable-twice": one(
            [deny("variables.d == 1"), deny("variables.d == 2")],
            variables=[{"name": "d", "expression": "object.spec.none"}],
        ),
        "variable-has": one(
            [deny("has(variables.d.x)", message="no x"), deny("variables.?d.?y.hasValue()", message="no y")],
            variables=[{"name": "d", "expression": "{'z': 1}"}],
        ),
        "annotations": one(
            None,
            auditAnnotations=[
                {"key": "a", "valueExpression": "'i ' + string(object.spec.i)"},
                {"key": "none", "valueExpression": "null"},
                {"key": "empty", "valueExpression": "''"},
                {"key": "blank", "valueExpression": "'  '"},
                {"key": "picked", "valueExpression": "object.spec.i == 1 ? 'one' : null"},
            ],
        ),
        "annotation-fails": one(
            [deny("true")],
            auditAnnotations=[
                {"key": "a", "valueExpression": "object.spec.none"},
                {"key": "b", "valueExpression": "'b'"},
            ],
        ),
        "annotation-fails-open": one(
            [deny("true")],
            auditAnnotations=[
                {"key": "a", "valueExpression": "object.spec.none"},
                {"key": "b", "valueExpression": "'b'"},
            ],
            failurePolicy="Ignore",
        ),
        "annotation-warned": one(
            [deny("true")],
            {"actions": ["Warn"]},
            auditAnnotations=[{"key": "a", "valueExpression": "object.spec.none"}],
        ),
        "annotation-number": one(
            None, auditAnnotations=[{"key": "a", "valueExpression": "object.spec.i"}]
        ),
        "denied-and-annotated": one(
            [deny("false")],
            auditAnnotations=[{"key": "a", "valueExpression": "'x'"}],
        ),
    },
)
# --- what expressions see
SEEN = {
    "request": "[request.operation, request.kind.group, request.kind.version, request.kind.kind, "
    "request.resource.resource, request.requestKind.kind, request.requestResource.version, "
    "request.name, request.namespace].join(',')",
    "user": "request.userInfo.username + ' ' + request.userInfo.uid + ' ' "
    "+ request.userInfo.groups.join(',') + ' ' + string(has(request.userInfo.extra))",
    "options": "request.options.kind + ' ' + request.options.apiVersion + ' ' "
    "+ string(has(request.options.fieldManager)) + ' ' + string(has(request.options.dryRun))",
    "dry": "string(has(request.dryRun)) + ' ' + string(has(request.dryRun) && request.dryRun)",
    "has": "[has(request.uid), has(request.subResource), has(request.requestSubResource), "
    "has(request.name), has(request.object), has(request.oldObject)].map(x, string(x)).join(',')",
    "old": "string(oldObject == null) + ' ' + string(object == null)",
    "namespace": "namespaceObject.metadata.name + ' ' + namespaceObject.kind + ' ' "
    "+ namespaceObject.metadata.labels['kubernetes.io/metadata.name'] + ' ' "
    "+ string(has(namespaceObject.status.phase)) + string(has(namespaceObject.spec)) "
    "+ string(has(namespaceObject.metadata.managedFields)) + string(has(namespaceObject.metadata.uid))",
    "meta": "object.metadata.name + ' ' + string(has(object.metadata.uid)) + ' ' "
    "+ string(has(object.metadata.creationTimestamp)) + ' ' + string(has(object.metadata.managedFields)) "
    "+ ' ' + string(has(object.metadata.generation)) + ' ' + string(has(object.metadata.resourceVersion)) "
    "+ ' ' + object.metadata.namespace",
    "keys": "object.spec.map(k, k).size() > 0 ? 'some' : 'none'",
}
VALUES = BODY | {"whole": 2.0}
sc(
    "vap-sees",
    {
        name: one(
            [says(text)],
            steps=[post(obj(name, VALUES)), post(obj(name, VALUES), "?dryRun=All&fieldManager=f")],
        )
        for name, text in SEEN.items()
    }
    | {
        "changes": one(
            [says(
                "request.operation + ' ' + string(oldObject == null) + ' ' + string(object == null) "
                "+ ' ' + request.options.kind"
            )],
            steps=[
                post(obj("changes", {"i": 1})),
                patch("changes", {"spec": {"i": 2}}),
                put(obj("changes", {"i": 2})),
                apply(obj("changes", {"s": "2"})),
                apply(obj("changes", {"s": "2"}), q="&dryRun=All"),
                {"do": f"DELETE {BASE}/changes?gracePeriodSeconds=3"},
                {"do": f"DELETE {BASE}"},
                get("changes"),
            ],
            operations=["UPDATE", "DELETE"],
        ),
        "status": one(
            [says(
                "request.operation + ' ' + request.subResource + ' ' + request.requestSubResource "
                "+ ' ' + request.resource.resource + ' ' + object.status.phase"
            )],
            steps=[
                post(obj("status", {"i": 1}), quiet=True),
                put(obj("status", {"i": 1}, status={"phase": "p"}), sub="/status"),
                patch("status/status", {"status": {"phase": "p"}}),
            ],
            constraints={"resourceRules": rules(["widgets/status"], resourceNames=["status"])},
        ),
        "immutable": one(
            [deny("oldObject == null || object.spec.i == oldObject.spec.i", message="is fixed")],
            steps=[
                post(obj("immutable", {"i": 1}), quiet=True),
                patch("immutable", {"spec": {"i": 2}}),
                patch("immutable", {"spec": {"s": "2"}}, quiet=True),
            ],
        ),
    },
)
EVERY = {"resourceRules": rules(["widgets", "widgets/*"])}


def matching(name, **constraints):
    """Objects are meant by a condition, since rules are what is tried."""
    condition = {
        "name": "named",
        "expression": f"(object == null ? oldObject : object).metadata.name == '{name}'",
    }
    merged = {"resourceRules": rules(["widgets"]), **constraints}
    return one([deny("false", message=name)], constraints=merged, matchConditions=[condition])


def bound(name, **match):
    made = matching(name)
    return (made[0], {"matchResources": match}, None)


sc(
    "vap-match",
    {
        name: matching(name, **constraints)
        for name, constraints in {
            "every": {"resourceRules": rules(["*/*"])},
            "star": {"resourceRules": rules(["*"])},
            "sub-only": {"resourceRules": rules(["widgets/status"])},
            "cluster": {"resourceRules": rules(["widgets"], scope="Cluster")},
            "namespaced": {"resourceRules": rules(["widgets"], scope="Namespaced")},
            "updates": {"resourceRules": rules(["widgets"], ["UPDATE", "DELETE"])},
            "version-exact": {
                "resourceRules": rules(["widgets"], apiVersions=["v2"]), "matchPolicy": "Exact"
            },
            "version-equivalent": {
                "resourceRules": rules(["widgets"], apiVersions=["v2"]), "matchPolicy": "Equivalent"
            },
            "version-default": {"resourceRules": rules(["widgets"], apiVersions=["v2"])},
            "version-any": {"resourceRules": rules(["widgets"], apiVersions=["*"])},
            "group-any": {"resourceRules": rules(["widgets"], apiGroups=["*"])},
            "excluded": {"excludeResourceRules": rules(["widgets"])},
            "excluded-update": {"excludeResourceRules": rules(["widgets"], ["UPDATE"])},
            "excluded-name": {
                "excludeResourceRules": rules(["widgets"], resourceNames=["excluded-name"])
            },
            "labelled": {"objectSelector": {"matchLabels": {"a": "b"}}},
            "unlabelled": {
                "objectSelector": {
                    "matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]
                }
            },
            "in-namespace": {
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "${ns}"}}
            },
            "not-in-namespace": {
                "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "other"}}
            },
        }.items()
    }
    | {
        "bound-rules": bound("bound-rules", resourceRules=rules(["widgets"], ["CREATE"])),
        "bound-other": bound("bound-other", resourceRules=rules(["widgets"], ["DELETE"])),
        "bound-version": bound("bound-version", resourceRules=rules(["widgets"], apiVersions=["v2"])),
        "bound-version-exact": bound(
            "bound-version-exact",
            resourceRules=rules(["widgets"], apiVersions=["v2"]),
            matchPolicy="Exact",
        ),
        "bound-label": bound("bound-label", objectSelector={"matchLabels": {"a": "b"}}),
        "bound-excluded": bound("bound-excluded", excludeResourceRules=rules(["widgets"])),
        "bound-namespace": bound(
            "bound-namespace",
            namespaceSelector={"matchLabels": {"kubernetes.io/metadata.name": "other"}},
        ),
        "both-versions": (
            {
                "validations": [
                    says("object.apiVersion + request.kind.version + request.requestKind.version")
                ],
                "constraints": {
                    "resourceRules": rules(["widgets"], apiVersions=["v2"], resourceNames=["both-versions"])
                },
            },
            {},
            None,
        ),
        "not-bound": ({"validations": [deny("false")]}, None, None),
    },
    after=[
        post(obj("labelled", {"i": 1}, {"labels": {"a": "b"}})),
        patch("labelled", {"metadata": {"labels": {"a": "b"}}}),
        patch("unlabelled", {"metadata": {"labels": {"a": "b"}}}),
        post(obj("bound-label", {"i": 1}, {"labels": {"a": "b"}})),
        patch("updates", {"spec": {"i": 2}}),
        {"do": f"DELETE {BASE}/updates"},
        {"do": f"DELETE {BASE}/every?dryRun=All"},
        patch("sub-only/status", {"status": {"phase": "x"}}),
        patch("excluded-update", {"spec": {"i": 2}}),
        {"do": f"POST {BASE.replace('/v1/', '/v2/')}", "body": obj("version-exact", {"i": 1}, version="v2")},
    ],
)
