"""Mutating admission policies: what they change, and what becomes of those that cannot."""

import parameters
from policies import REGISTRATION, removed, rules
from words import *

SCENARIOS = {}

root = {
    "type": "object",
    "properties": {
        "spec": O(
            i=I,
            n=N,
            b=B,
            s=S,
            l=A(S),
            at=typed(S, "atomic"),
            set=typed(S, "set"),
            lm=keyed(O(k=S, v=S, n=I), "k"),
            m={"type": "object", "additionalProperties": S},
            ma={"type": "object", "additionalProperties": S, "x-kubernetes-map-type": "atomic"},
            o=O(a=S, b=S, c=O(d=S)),
            oa={**O(a=S, b=S), "x-kubernetes-map-type": "atomic"},
            ios={"x-kubernetes-int-or-string": True},
            free={"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            d={"type": "string", "default": "dflt"},
            nul={"type": "string", "nullable": True},
            **{"dash-ed": S, "for": S, "x_y": S},
        ),
        "status": O(phase=S, n=I),
    },
}
C = crd(sch=root, version_extra={"subresources": {"status": {}}})


def applied(expression):
    return {"patchType": "ApplyConfiguration", "applyConfiguration": {"expression": expression}}


def spec_of(text):
    return applied("Object{spec: Object.spec{" + text + "}}")


def listed(expression):
    return {"patchType": "JSONPatch", "jsonPatch": {"expression": expression}}


def op(name, path, value=None, origin=None):
    members = [f"op: '{name}'", f"path: '{path}'"]
    if value is not None:
        members.append(f"value: {value}")
    if origin is not None:
        members.append(f"from: '{origin}'")
    return "JSONPatch{" + ", ".join(members) + "}"


def patches(*operations):
    return listed("[" + ", ".join(operations) + "]")


def policy(name, mutations, constraints=None, **spec):
    constraints = constraints or {
        "resourceRules": rules(["widgets"], ["CREATE", "UPDATE"], resourceNames=[name])
    }
    return {
        "do": f"POST {REGISTRATION}/mutatingadmissionpolicies",
        "body": {
            "metadata": {"name": "${ns}-" + name},
            "spec": {
                "matchConstraints": constraints,
                "failurePolicy": "Fail",
                "reinvocationPolicy": "Never",
                "mutations": mutations,
                **spec,
            },
        },
        "quiet": True,
    }


def binding(name, **spec):
    return {
        "do": f"POST {REGISTRATION}/mutatingadmissionpolicybindings",
        "body": {
            "metadata": {"name": "${ns}-" + name},
            "spec": {"policyName": "${ns}-" + name, **spec},
        },
        "quiet": True,
    }


BODY = {
    "i": 1,
    "s": "s",
    "l": ["a"],
    "at": ["a"],
    "set": ["a", "b"],
    "lm": [{"k": "a", "v": "1"}, {"k": "b", "v": "2"}],
    "m": {"a": "1"},
    "ma": {"a": "1"},
    "o": {"a": "1", "c": {"d": "2"}},
    "oa": {"a": "1"},
    "free": {"a": {"b": [1]}},
}


def sc(name, cases, before=(), after=()):
    """`cases`: name -> (mutations, members of the policy, members of the binding, steps)."""
    made, steps = [], []
    for key, (mutations, spec, bound, asked) in cases.items():
        made += [policy(key, mutations, **spec), binding(key, **bound)]
        steps += [post(obj(key, BODY), "?fieldManager=f")] if asked is None else asked
    last = "probe"
    made += [policy(last, [patches(op("add", "/metadata/labels", "{'in': 'force'}"))]), binding(last)]
    wait = post(
        obj(last), "?dryRun=All", until={"metadata.labels.in": "force"}, timeout=30, quiet=True
    )
    # Upstream's server reads the types of what it changes from the cluster.
    twin = {
        "do": f"POST /cluster{CRDS}",
        "body": C,
        "until": {"code": 409},
        "quiet": True,
    }
    typed_too = {
        "do": f"GET /cluster/openapi/v3/apis/{G}/v1", "until": {"code": 200}, "quiet": True
    }
    SCENARIOS[name] = scenario(
        [post_crd(C, quiet=True)] + up() + [twin, typed_too] + list(before) + made + [wait] + steps
        + list(after),
        removed(made) + gone() + [{"do": f"DELETE /cluster{CRDS}/widgets.{G}"}],
    )


def one(*mutations, bound=None, steps=None, **spec):
    return (list(mutations), spec, bound or {}, steps)


sc(
    "map-apply",
    {
        "scalar": one(spec_of("s: 'changed', i: object.spec.i + 1")),
        "adds": one(spec_of("n: 1.5, b: true, nul: 'x'")),
        "nested": one(spec_of("o: Object.spec.o{b: 'b', c: Object.spec.o.c{d: 'd'}}")),
        "map": one(spec_of("m: {'b': '2'}")),
        "map-atomic": one(spec_of("ma: {'b': '2'}")),
        "struct-atomic": one(spec_of("oa: Object.spec.oa{b: '2'}")),
        "list-atomic": one(spec_of("at: ['b']")),
        "list-plain": one(spec_of("l: ['b']")),
        "list-set": one(spec_of("set: ['b', 'c']")),
        "list-map": one(
            spec_of("lm: [Object.spec.lm{k: 'b', n: 3}, Object.spec.lm{k: 'c', v: 'new'}]")
        ),
        "list-map-no-key": one(spec_of("lm: [Object.spec.lm{v: 'b'}]")),
        "list-map-twice": one(spec_of("lm: [Object.spec.lm{k: 'b'}, Object.spec.lm{k: 'b', v: 'z'}]")),
        "set-twice": one(spec_of("set: ['c', 'c']")),
        "labels": one(
            applied("Object{metadata: Object.metadata{labels: {'a': 'b'}, annotations: {'c': 'd'}}}")
        ),
        "finalizers": one(applied("Object{metadata: Object.metadata{finalizers: ['example.com/x']}}")),
        "rename": one(applied("Object{metadata: Object.metadata{name: 'other'}}")),
        "kind": one(applied("Object{kind: 'Other'}")),
        "unknown": one(applied("Object{bogus: 'x'}")),
        "unknown-deep": one(spec_of("bogus: 'x'")),
        "wrong-type": one(spec_of("i: 'text'")),
        "wrong-type-list": one(spec_of("l: 'text'")),
        "wrong-type-item": one(spec_of("l: [1]")),
        "removed": one(spec_of("?s: optional.none()")),
        "optional": one(spec_of("?s: optional.of('there'), ?n: optional.none()")),
        "dashed": one(spec_of("dash__dash__ed: 'x', x_y: 'y'")),
        "int-string": one(spec_of("ios: '5%'")),
        "int-string-number": one(spec_of("ios: 5")),
        "free-typed": one(spec_of("free: Object.spec.free{x: 1}")),
        "empty": one(applied("Object{}")),
        "empty-spec": one(spec_of("")),
        "names-wrong": one(applied("Object{spec: Object.other{s: 'x'}}")),
        "a-map": one(applied("Object{spec: {'s': 'x'}}")),
        "status": one(applied("Object{status: Object.status{phase: 'x'}}")),
        "default": one(spec_of("d: 'other'")),
        "twice": one(spec_of("i: object.spec.i + 1"), spec_of("i: object.spec.i + 1")),
        "fails": one(spec_of("s: object.spec.none")),
        "fails-open": one(spec_of("s: object.spec.none"), spec_of("i: 7"), failurePolicy="Ignore"),
        "conditional": one(
            applied("object.spec.i == 1 ? Object{spec: Object.spec{s: 'one'}} : Object{}")
        ),
        "variables": one(
            spec_of("s: variables.a + variables.b"),
            variables=[
                {"name": "a", "expression": "'a'"},
                {"name": "b", "expression": "variables.a + object.spec.s"},
            ],
        ),
        "condition": one(
            spec_of("s: 'no'"), matchConditions=[{"name": "c", "expression": "object.spec.i == 2"}]
        ),
        "condition-fails": one(
            spec_of("s: 'no'"), matchConditions=[{"name": "c", "expression": "object.spec.none"}]
        ),
        "condition-fails-open": one(
            spec_of("s: 'no'"),
            matchConditions=[{"name": "c", "expression": "object.spec.none"}],
            failurePolicy="Ignore",
        ),
        "map-keys": one(spec_of("m: {'b/c': '2', 'd.e': '3'}")),
        "mapped": one(spec_of("lm: object.spec.lm.map(x, Object.spec.lm{k: x.k, v: x.v + '!'})")),
        "old": one(
            spec_of("s: oldObject == null ? 'new' : oldObject.spec.s + '+'"),
            steps=[
                post(obj("old", BODY)),
                patch("old", {"spec": {"i": 3}}),
                apply(obj("old", {"i": 4}), q="&force=true"),
                {"do": f"DELETE {BASE}/old"},
            ],
        ),
    },
    after=[get("scalar")],
)
sc(
    "map-patch",
    {
        "add": one(patches(op("add", "/spec/n", "1"), op("add", "/spec/l/-", "'z'"))),
        "add-index": one(patches(op("add", "/spec/l/0", "'z'"))),
        "add-beyond": one(patches(op("add", "/spec/l/5", "'z'"))),
        "add-parents": one(patches(op("add", "/spec/none/x", "'z'"))),
        "replace": one(patches(op("replace", "/spec/i", "9"))),
        "replace-missing": one(patches(op("replace", "/spec/n", "9"))),
        "remove": one(patches(op("remove", "/spec/s"))),
        "remove-missing": one(patches(op("remove", "/spec/n"))),
        "test": one(patches(op("test", "/spec/i", "1"), op("replace", "/spec/i", "2"))),
        "test-fails": one(patches(op("test", "/spec/i", "5"), op("replace", "/spec/i", "2"))),
        "test-fails-open": one(
            patches(op("test", "/spec/i", "5"), op("replace", "/spec/i", "2")),
            failurePolicy="Ignore",
        ),
        "move": one(patches(op("move", "/spec/m/z", origin="/spec/m/a"))),
        "copy": one(patches(op("copy", "/spec/m/z", origin="/spec/m/a"))),
        "copy-missing": one(patches(op("copy", "/spec/m/z", origin="/spec/m/none"))),
        "typed": one(patches(op("add", "/spec/lm/-", "Object.spec.lm{k: 'c', v: '3'}"))),
        "object": one(patches(op("add", "/spec/o", "{'a': 'x'}"))),
        "escaped": one(
            listed(
                "[JSONPatch{op: 'add', path: '/metadata/labels', value: {}},"
                "JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('a.b/c~d'), value: 'x'}]"
            )
        ),
        "escaped-good": one(
            listed(
                "[JSONPatch{op: 'add', path: '/metadata/labels', value: {}},"
                "JSONPatch{op: 'add', path: '/metadata/labels/' + jsonpatch.escapeKey('a.b/c'), value: 'x'}]"
            )
        ),
        "none": one(listed("[]")),
        "no-op": one(listed("[JSONPatch{path: '/spec/i', value: 1}]")),
        "bad-op": one(patches(op("nope", "/spec/i", "1"))),
        "no-value": one(patches(op("add", "/spec/s"))),
        "null-value": one(patches(op("add", "/spec/nul", "null"))),
        "bad-path": one(patches(op("add", "spec/i", "1"))),
        "wrong-type": one(patches(op("replace", "/spec/i", "'text'"))),
        "unknown": one(patches(op("add", "/spec/bogus", "1"), op("add", "/bogus", "1"))),
        "kind": one(patches(op("replace", "/kind", "'Other'"))),
        "name": one(patches(op("replace", "/metadata/name", "'other'"))),
        "fails": one(listed("[JSONPatch{op: 'add', path: '/spec/s', value: object.spec.none}]")),
        "conditional": one(listed("object.spec.i == 2 ? [" + op("remove", "/spec/i") + "] : []")),
        "double": one(patches(op("add", "/spec/n", "1.0"))),
        "duration": one(patches(op("add", "/spec/s", "duration('1s')"))),
        "bytes": one(patches(op("add", "/spec/s", "b'abc'"))),
        "timestamp": one(patches(op("add", "/spec/s", "timestamp('2020-01-01T00:00:00Z')"))),
        "atomic": one(patches(op("replace", "/spec/at", "['x']"))),
        "both": one(patches(op("replace", "/spec/i", "2")), spec_of("s: string(object.spec.i)")),
    },
)
COUNT = spec_of("i: object.spec.i + 1")
AGAIN = {"resourceRules": rules(["widgets"], ["CREATE"], resourceNames=["again"])}
sc(
    "map-again",
    {
        "a-again": one(
            COUNT,
            constraints=AGAIN,
            reinvocationPolicy="IfNeeded",
            steps=[post(obj("again", BODY)), post(obj("again-2", BODY))],
        ),
        "b-never": one(COUNT, constraints=AGAIN, steps=[]),
        "c-again": one(COUNT, constraints=AGAIN, reinvocationPolicy="IfNeeded", steps=[]),
        "param": one(
            spec_of("s: params.data.s"),
            paramKind=parameters.KIND,
            bound={"paramRef": {"name": "p", "parameterNotFoundAction": "Deny"}},
        ),
        "param-missing": one(
            spec_of("s: params.data.s"),
            paramKind=parameters.KIND,
            bound={"paramRef": {"name": "none", "parameterNotFoundAction": "Deny"}},
        ),
        "param-missing-allowed": one(
            spec_of("s: params.data.s"),
            paramKind=parameters.KIND,
            bound={"paramRef": {"name": "none", "parameterNotFoundAction": "Allow"}},
        ),
        "status": one(
            applied("Object{status: Object.status{n: 5}}"),
            constraints={"resourceRules": rules(["widgets/status"], resourceNames=["status"])},
            steps=[
                post(obj("status", BODY), quiet=True),
                put(obj("status", BODY, status={"phase": "p"}), sub="/status"),
                patch("status/status", {"status": {"phase": "q"}}),
            ],
        ),
        "deletes": one(
            COUNT,
            constraints={
                "resourceRules": rules(["widgets"], ["CREATE", "UPDATE"], resourceNames=["deletes"])
            },
            steps=[post(obj("deletes", BODY), quiet=True), {"do": f"DELETE {BASE}/deletes"}],
        ),
        "denied": one(spec_of("s: request.operation + request.userInfo.username")),
    },
    before=[parameters.config_map("p", {"s": "from p"}), parameters.config_map("q", {"s": "from q"})],
)
