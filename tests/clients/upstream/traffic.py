"""Requests of all kinds about objects: applied, patched, listed, watched, and refused."""

from words import *

SCENARIOS = {}
LT = typed
M = keyed
sch = O(
    s=S,
    i=I,
    o=O(a=S, b=S),
    at={"type": "object", "properties": {"a": S, "b": S}, "x-kubernetes-map-type": "atomic"},
    m={"type": "object", "additionalProperties": S},
    ma={"type": "object", "additionalProperties": S, "x-kubernetes-map-type": "atomic"},
    mo={"type": "object", "additionalProperties": O(x=S, y=S)},
    l=A(S),
    la=LT(S, "atomic"),
    ls=LT(S, "set"),
    li=LT(I, "set"),
    lm=M(O(k=S, v=S, n=O(p=S, q=S), in_=LT(S, "set")), "k"),
    lm2=M(O(k=S, p={"type": "integer"}, v=S), "k", "p"),
    nest=M(O(k=S, sub=M(O(k=S, v=S), "k")), "k"),
    pres={"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    d={"type": "string", "default": "dflt"},
    do={
        "type": "object",
        "default": {},
        "properties": {"x": {"type": "integer", "default": 7}, "y": I},
    },
    ios={"x-kubernetes-int-or-string": True},
    nul={"type": "string", "nullable": True},
    emb={
        "type": "object",
        "x-kubernetes-embedded-resource": True,
        "x-kubernetes-preserve-unknown-fields": True,
    },
)
root = {
    "type": "object",
    "properties": {
        "spec": sch,
        "status": O(phase=S, conds=M(O(type=S, status=S), "type")),
        "extra": S,
    },
}
C = crd(
    sch=root,
    version_extra={
        "subresources": {
            "status": {},
            "scale": {"specReplicasPath": ".spec.i", "statusReplicasPath": ".status.n"},
        }
    },
)
C2 = crd(
    sch={
        "type": "object",
        "properties": {
            "spec": sch,
            "status": {
                "type": "object",
                "properties": {
                    "phase": S,
                    "n": I,
                    "sel": S,
                    "conds": M(O(type=S, status=S), "type"),
                },
            },
            "extra": S,
        },
    },
    version_extra={
        "subresources": {
            "status": {},
            "scale": {
                "specReplicasPath": ".spec.i",
                "statusReplicasPath": ".status.n",
                "labelSelectorPath": ".status.sel",
            },
        }
    },
)


def sc(name, steps):
    SCENARIOS[name] = scenario([post_crd(C2, quiet=True)] + up() + steps)


W = lambda spec, **k: obj("a", spec, **k)
sc(
    "apply-basic",
    [
        apply(
            W(
                {
                    "s": "1",
                    "o": {"a": "x"},
                    "m": {"k": "v"},
                    "ls": ["a", "b"],
                    "lm": [{"k": "a", "v": "1"}],
                    "l": ["x"],
                }
            ),
            "m1",
        ),
        apply(
            W(
                {
                    "s": "1",
                    "o": {"b": "y"},
                    "m": {"k2": "v"},
                    "ls": ["b", "c"],
                    "lm": [{"k": "a", "n": {"p": "1"}}, {"k": "b"}],
                }
            ),
            "m2",
        ),
        get("a"),
        apply(W({"s": "2"}), "m2"),
        apply(W({"s": "2"}), "m2", "&force=true"),
        apply(W({"o": {"a": "z"}, "l": ["y"], "lm": [{"k": "a", "v": "2"}]}), "m3"),
        apply(W({"o": {"a": "z"}, "l": ["y"], "lm": [{"k": "a", "v": "2"}]}), "m3", "&force=true"),
        apply(W({}), "m1"),
        apply(obj("a"), "m2"),
        apply(W({"lm": []}), "m3"),
        get("a"),
        apply(W({"s": "9"}), "m3", "&dryRun=All&force=true"),
        get("a"),
    ],
)
sc(
    "apply-errors",
    [
        apply(W({"lm": [{"v": "x"}]})),
        apply(W({"lm": [{"k": "a"}, {"k": "a"}]})),
        apply(W({"ls": ["a", "a"]})),
        apply(W({"lm2": [{"k": "a"}]})),
        apply(W({"lm2": [{"k": "a", "p": 1}, {"k": "a", "p": 1}]})),
        apply(W({"unknown": 1})),
        apply(W({"unknown": 1}), "m1", "&fieldValidation=Strict"),
        apply(W({"unknown": 1}), "m1", "&fieldValidation=Warn"),
        apply(W({"s": 1})),
        apply(W({"s": None})),
        apply(W({"lm": None})),
        apply(W({"lm": "x"})),
        apply(W({"lm": [None]})),
        apply(W({"lm": ["x"]})),
        apply(W({"o": []})),
        apply(W({"m": {"a": 1}})),
        apply(
            {"apiVersion": f"{G}/v1", "kind": "Widget", "metadata": {"name": "b"}, "spec": {}},
            base=BASE.replace("/widgets", "/widgets"),
        ),
        {
            "do": f"PATCH {BASE}/a?fieldManager=m",
            "raw": "{",
            "type": "application/apply-patch+yaml",
        },
        {
            "do": f"PATCH {BASE}/a?fieldManager=m",
            "raw": "- a",
            "type": "application/apply-patch+yaml",
        },
        {"do": f"PATCH {BASE}/a?fieldManager=m", "raw": "", "type": "application/apply-patch+yaml"},
        {
            "do": f"PATCH {BASE}/a?fieldManager=m",
            "raw": "a: b\na: c",
            "type": "application/apply-patch+yaml",
        },
        {"do": f"PATCH {BASE}/a", "body": W({}), "type": "application/apply-patch+yaml"},
        {
            "do": f"PATCH {BASE}/a?fieldManager=m",
            "body": {"kind": "Widget", "metadata": {"name": "a"}},
            "type": "application/apply-patch+yaml",
        },
        {
            "do": f"PATCH {BASE}/a?fieldManager=m",
            "body": {"apiVersion": f"{G}/v1", "metadata": {"name": "a"}},
            "type": "application/apply-patch+yaml",
        },
        {
            "do": f"PATCH {BASE}/a?fieldManager=m",
            "body": {"apiVersion": f"{G}/v2", "kind": "Widget", "metadata": {"name": "a"}},
            "type": "application/apply-patch+yaml",
        },
        {
            "do": f"PATCH {BASE}/a?fieldManager=m",
            "body": {"apiVersion": f"{G}/v1", "kind": "Other", "metadata": {"name": "a"}},
            "type": "application/apply-patch+yaml",
        },
        {
            "do": f"PATCH {BASE}/a?fieldManager=m",
            "body": {"apiVersion": f"{G}/v1", "kind": "Widget", "metadata": {"name": "b"}},
            "type": "application/apply-patch+yaml",
        },
        {
            "do": f"PATCH {BASE}/a?fieldManager=m",
            "body": {
                "apiVersion": f"{G}/v1",
                "kind": "Widget",
                "metadata": {"name": "a", "namespace": "other"},
            },
            "type": "application/apply-patch+yaml",
        },
        {
            "do": f"PATCH {BASE}/a?fieldManager=m",
            "body": {"apiVersion": f"{G}/v1", "kind": "Widget"},
            "type": "application/apply-patch+yaml",
        },
        apply(obj("a", {}, {"managedFields": []})),
        apply(obj("a", {}, {"managedFields": [{}]})),
        apply(
            obj(
                "a",
                {},
                {
                    "managedFields": [
                        {
                            "manager": "x",
                            "operation": "Apply",
                            "apiVersion": f"{G}/v1",
                            "fieldsType": "FieldsV1",
                            "fieldsV1": {},
                        }
                    ]
                },
            )
        ),
        apply(obj("a", {}, {"uid": "nope"})),
        apply(obj("a", {}, {"resourceVersion": "1"})),
        apply(obj("a", {}, {"resourceVersion": "x"})),
        apply(obj("new", {}, {"uid": "123"})),
        apply(obj("new2", {}, {"resourceVersion": "5"})),
        apply(W({"s": "x"}), "m" * 200),
        apply(W({"s": "x"}), "m", "&force=maybe"),
        {
            "do": f"PATCH {BASE}/a?force=true",
            "body": {"spec": {}},
            "type": "application/merge-patch+json",
        },
        apply(W({"s": "x"}), "m", "&dryRun=Some"),
        apply(obj("a", {}, {"generateName": "x-"})),
        apply(obj("UP", {})),
    ],
)
sc(
    "apply-nest",
    [
        apply(W({"nest": [{"k": "a", "sub": [{"k": "1", "v": "x"}, {"k": "2", "v": "y"}]}]}), "m1"),
        apply(
            W(
                {
                    "nest": [
                        {"k": "a", "sub": [{"k": "2", "v": "y"}, {"k": "3", "v": "z"}]},
                        {"k": "b"},
                    ]
                }
            ),
            "m2",
        ),
        apply(W({"nest": [{"k": "a", "sub": [{"k": "1", "v": "x"}]}]}), "m1"),
        apply(W({"nest": [{"k": "a", "sub": [{"k": "2", "v": "CHANGED"}]}]}), "m1"),
        apply(W({"nest": [{"k": "a", "sub": [{"k": "2", "v": "CHANGED"}]}]}), "m1", "&force=true"),
        apply(W({"nest": []}), "m2"),
        apply(W({"nest": []}), "m1"),
        get("a"),
    ],
)
sc(
    "apply-atomic",
    [
        apply(
            W(
                {
                    "at": {"a": "1", "b": "2"},
                    "ma": {"x": "1"},
                    "la": ["1"],
                    "emb": {"apiVersion": "v1", "kind": "K", "z": 1},
                    "pres": {"q": {"w": [1, 2]}},
                }
            ),
            "m1",
        ),
        apply(W({"at": {"a": "1"}, "ma": {"y": "1"}, "la": ["1", "2"]}), "m2"),
        apply(W({"at": {"a": "1", "b": "2"}, "pres": {"q": {"w": [1, 2], "e": 1}}}), "m2"),
        apply(W({"pres": {"q": {"w": [3]}}}), "m2"),
        apply(W({"emb": {"apiVersion": "v1", "kind": "K", "z": 2}}), "m2"),
        apply(W({"ma": None, "at": {}}), "m1"),
        apply(W({"ios": 1, "nul": None}), "m1"),
        apply(W({"ios": "1", "nul": "x"}), "m1"),
        get("a"),
    ],
)
sc(
    "apply-update-mix",
    [
        post(W({"s": "1", "lm": [{"k": "a", "v": "1"}]}), "?fieldManager=creator"),
        apply(W({"lm": [{"k": "a", "v": "2"}]}), "m1"),
        apply(W({"lm": [{"k": "a", "v": "2"}]}), "m1", "&force=true"),
        patch("a", {"spec": {"s": "2"}}, q="?fieldManager=patcher"),
        patch("a", {"spec": {"s": "2"}}, q="?fieldManager=patcher2"),
        patch("a", {"spec": {"s": None}}, q="?fieldManager=patcher"),
        patch(
            "a",
            [{"op": "add", "path": "/spec/lm/-", "value": {"k": "b"}}],
            "application/json-patch+json",
            "?fieldManager=jp",
        ),
        patch("a", {"spec": {"lm": None}}, q="?fieldManager=x"),
        put(W({"s": "3", "m": {"a": "b"}}), "?fieldManager=putter"),
        patch("a", {"metadata": {"managedFields": None}}),
        patch("a", {"metadata": {"managedFields": [{}]}}, q="?fieldManager=re"),
        patch("a", {"spec": {"i": 1}}, q="?fieldManager=re"),
        put(obj("a", {"s": "4"}, {"managedFields": []}), "?fieldManager=p"),
        get("a"),
    ],
)
sc(
    "apply-status",
    [
        apply(W({"s": "1"}, status={"phase": "x"}), "m1"),
        apply(
            W({"s": "z"}, status={"phase": "x", "conds": [{"type": "A", "status": "True"}]}),
            "ctl",
            sub="/status",
        ),
        apply(W({"s": "2"}), "m1"),
        patch(
            "a",
            {
                "status": {"phase": "y"},
                "spec": {"s": "no"},
                "metadata": {"labels": {"l": "1"}, "finalizers": ["a/b"]},
            },
            base=BASE,
            q="/status?fieldManager=st",
        ),
        put(W({"s": "q"}, status={"phase": "p"}), "?fieldManager=pp", sub="/status"),
        get("a", "/status"),
        apply(W({}, status={}), "ctl", sub="/status"),
        get("a"),
        get("a", "/scale"),
        patch("a", {"spec": {"replicas": 3}}, q="/scale?fieldManager=sc"),
        patch("a", {"spec": {"replicas": -1}}, q="/scale"),
        {
            "do": f"PUT {BASE}/a/scale",
            "body": {
                "apiVersion": "autoscaling/v1",
                "kind": "Scale",
                "metadata": {"name": "a"},
                "spec": {"replicas": 5},
            },
        },
        {
            "do": f"PUT {BASE}/a/scale",
            "body": {
                "apiVersion": "autoscaling/v1",
                "kind": "Scale",
                "metadata": {"name": "b"},
                "spec": {"replicas": 5},
            },
        },
        # Alone, upstream's server cannot book who wrote a scale; kube-apiserver does.
        get("a", ignore=["metadata.managedFields"]),
    ],
)
jp = lambda *ops, **k: patch("a", list(ops), "application/json-patch+json", **k)
op = lambda o, p, **k: {"op": o, "path": p, **k}
sc(
    "json-patch",
    [
        post(W({"s": "1", "l": ["a", "b"], "m": {"a/b": "1", "c~d": "2"}})),
        jp(op("test", "/spec/s", value="1"), op("replace", "/spec/s", value="2")),
        jp(op("test", "/spec/s", value="9")),
        jp(op("test", "/spec/nope", value=1)),
        jp(op("remove", "/spec/nope")),
        jp(op("replace", "/spec/nope", value=1)),
        jp(op("add", "/spec/nope/deep", value=1)),
        jp(op("add", "/spec/l/1", value="x")),
        jp(op("add", "/spec/l/9", value="x")),
        jp(op("add", "/spec/l/-1", value="x")),
        jp(op("remove", "/spec/l/-1")),
        jp(op("remove", "/spec/m/a~1b")),
        jp(op("copy", "/spec/o", **{"from": "/spec/m"})),
        jp(op("move", "/spec/nul", **{"from": "/spec/s"})),
        jp(op("move", "/spec/s", **{"from": "/spec/zzz"})),
        jp(op("bogus", "/spec/s")),
        jp({"op": "add"}),
        jp({"path": "/spec/s", "value": 1}),
        jp(op("add", "spec/s", value="x")),
        jp(op("add", "", value={})),
        jp(op("replace", "/metadata/name", value="b")),
        jp(op("replace", "/metadata/uid", value="b")),
        jp(op("replace", "/kind", value="X")),
        jp(op("replace", "/apiVersion", value="X/v9")),
        jp(op("remove", "/metadata/resourceVersion")),
        jp(op("replace", "/metadata/resourceVersion", value="1")),
        jp(op("test", "/metadata/labels", value=None)),
        jp(op("add", "/metadata/labels/x", value="y")),
        jp(op("add", "/metadata/labels", value={"x": "y"})),
        jp(op("add", "/spec/i", value="str")),
        jp(),
        {"do": f"PATCH {BASE}/a", "raw": "{}", "type": "application/json-patch+json"},
        {"do": f"PATCH {BASE}/a", "raw": "[", "type": "application/json-patch+json"},
        {"do": f"PATCH {BASE}/a", "raw": "[1]", "type": "application/json-patch+json"},
        {"do": f"PATCH {BASE}/a", "body": {}, "type": "application/strategic-merge-patch+json"},
        {"do": f"PATCH {BASE}/a", "body": {}, "type": "application/json"},
        {"do": f"PATCH {BASE}/a", "body": {}, "type": "text/plain"},
        {"do": f"PATCH {BASE}/nope", "body": {}, "type": "application/merge-patch+json"},
        {"do": f"PATCH {BASE}/a", "raw": "[]", "type": "application/merge-patch+json"},
        {"do": f"PATCH {BASE}/a", "raw": "null", "type": "application/merge-patch+json"},
        {"do": f"PATCH {BASE}/a", "raw": '"x"', "type": "application/merge-patch+json"},
        {"do": f"PATCH {BASE}/a", "raw": '{"a":', "type": "application/merge-patch+json"},
        patch("a", {"metadata": None}),
        patch("a", {"metadata": {"name": None}}),
        patch("a", {"metadata": {"labels": "x"}}),
        patch("a", {"spec": "x"}),
        patch("a", {"kind": None}),
        patch(
            "a",
            {
                "metadata": {
                    "generation": 99,
                    "creationTimestamp": None,
                    "selfLink": "x",
                    "deletionTimestamp": "2020-01-01T00:00:00Z",
                }
            },
        ),
        patch(
            "a",
            {
                "metadata": {
                    "annotations": {"a b": "c"},
                    "labels": {"x": "y z"},
                    "finalizers": ["Bad Fin"],
                    "ownerReferences": [{"name": "x"}],
                }
            },
        ),
        get("a"),
    ],
)
sc(
    "metadata",
    [
        post(obj("a", {}, {"labels": {"-x": "y"}})),
        post(obj("a", {}, {"annotations": {"UP/x/y": "1"}})),
        post(obj("a", {}, {"finalizers": ["x", "y/z", "orphan", "foregroundDeletion"]})),
        post(
            obj(
                "b",
                {},
                {
                    "ownerReferences": [
                        {
                            "apiVersion": "v1",
                            "kind": "Pod",
                            "name": "x",
                            "uid": "u",
                            "controller": True,
                        },
                        {
                            "apiVersion": "v1",
                            "kind": "Pod",
                            "name": "y",
                            "uid": "u2",
                            "controller": True,
                        },
                    ]
                },
            )
        ),
        post(
            obj(
                "b",
                {},
                {"ownerReferences": [{"apiVersion": "", "kind": "", "name": "", "uid": ""}]},
            )
        ),
        post(
            obj(
                "b",
                {},
                {
                    "ownerReferences": [
                        {"apiVersion": "v1", "kind": "Event", "name": "x", "uid": "u"}
                    ]
                },
            )
        ),
        post(obj("b", {}, {"generateName": "g-"})),
        post(
            {"apiVersion": f"{G}/v1", "kind": "Widget", "metadata": {"generateName": "g-"}},
            only=["kind", "metadata.generateName"],
        ),
        post({"apiVersion": f"{G}/v1", "kind": "Widget", "metadata": {}}),
        post({"apiVersion": f"{G}/v1", "kind": "Widget"}),
        post({"apiVersion": f"{G}/v1", "kind": "Widget", "metadata": {"name": 1}}),
        post({"apiVersion": f"{G}/v1", "kind": "Widget", "metadata": "x"}),
        post(
            {
                "apiVersion": f"{G}/v1",
                "kind": "Widget",
                "metadata": {"name": "x", "labels": {"a": 1}},
            }
        ),
        post(
            {
                "apiVersion": f"{G}/v1",
                "kind": "Widget",
                "metadata": {"name": "x", "labels": {"a": None}},
            }
        ),
        post(
            {
                "apiVersion": f"{G}/v1",
                "kind": "Widget",
                "metadata": {"name": "y", "creationTimestamp": "x"},
            }
        ),
        post(
            {
                "apiVersion": f"{G}/v1",
                "kind": "Widget",
                "metadata": {
                    "name": "z",
                    "deletionGracePeriodSeconds": 5,
                    "generation": 7,
                    "uid": "abc",
                    "selfLink": "/x",
                },
            }
        ),
        post(obj("q", {}, {"bogus": 1})),
        post(obj("q2", {}, {"bogus": 1}), "?fieldValidation=Strict"),
        post(obj("r", {}, {"resourceVersion": "5"})),
        post(obj("n", {}, {"namespace": "other"})),
        post({"kind": "Widget", "metadata": {"name": "k"}}),
        post({"apiVersion": f"{G}/v1", "metadata": {"name": "k"}}),
        post({"apiVersion": f"{G}/v2", "kind": "Widget", "metadata": {"name": "k"}}),
        post({"apiVersion": f"{G}/v1", "kind": "Gadget", "metadata": {"name": "k"}}),
        post([]),
        {"do": f"POST {BASE}", "raw": "{"},
        {"do": f"POST {BASE}", "raw": ""},
        {
            "do": f"POST {BASE}",
            "raw": '{"apiVersion":"x","kind":"y","kind":"z","metadata":{"name":"a","name":"b"}}',
        },
        {
            "do": f"POST {BASE}?fieldValidation=Strict",
            "raw": '{"apiVersion":"${ns}.example.com/v1","kind":"Widget","metadata":{"name":"dup","name":"dup2"},"spec":{"s":"a","s":"b","zz":1,"o":{"q":1}}}',
        },
        {"do": f"POST {BASE}?fieldValidation=Nope", "body": obj("nope")},
        post(obj("x" * 254)),
        post(obj("a.b-c")),
        post(obj("a_b")),
        post(obj("a", {"s": "x"}), "?dryRun=All&dryRun=All"),
        post(obj("a", {}), "?dryRun="),
        post(obj("long", {}, {"annotations": {"a": "x" * 270000}})),
        put(obj("new", {"s": "x"})),
        put(obj("a.b-c", {"s": "x"}, {"resourceVersion": "1"})),
        put(obj("a.b-c", {"s": "x"}, {"uid": "zzz"})),
        put(obj("other", {}), base=BASE, sub=""),
        {"do": f"PUT {BASE}/a.b-c", "body": obj("zzz")},
        {
            "do": f"PUT {BASE}/a.b-c",
            "body": {"apiVersion": f"{G}/v1", "kind": "Widget", "metadata": {}},
        },
        put(obj("a.b-c", {"s": "y"}, {"generateName": "z-", "labels": {"k": "v"}})),
        {"do": f"DELETE {BASE}/a.b-c", "body": {"preconditions": {"uid": "zz"}}},
        {"do": f"DELETE {BASE}/a.b-c", "body": {"preconditions": {"resourceVersion": "1"}}},
        {"do": f"DELETE {BASE}/a.b-c", "body": {"propagationPolicy": "Nope"}},
        {
            "do": f"DELETE {BASE}/a.b-c",
            "body": {"orphanDependents": True, "propagationPolicy": "Orphan"},
        },
        {
            "do": f"DELETE {BASE}/a.b-c",
            "body": {"gracePeriodSeconds": -1, "kind": "DeleteOptions", "apiVersion": "v1"},
        },
        {"do": f"DELETE {BASE}/gone"},
        {"do": f"DELETE {BASE}?labelSelector=a%3D%3D%3Db"},
        {"do": f"DELETE {BASE}?dryRun=All"},
        {"do": f"DELETE {BASE}"},
        get(),
    ],
)
T = "application/json;as=Table;g=meta.k8s.io;v=v1"
PO = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
PL = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
mk = [
    post(
        obj(f"o{i}", {"s": f"{i}", "i": i}, {"labels": {"n": str(i % 2)}}),
        quiet=True,
        **({"save": {"rv": "metadata.resourceVersion"}} if i == 3 else {}),
    )
    for i in range(6)
]
q = lambda s, **k: get("", s, **k)
sc(
    "list",
    mk
    + [
        q("?limit=2", save={"c": "metadata.continue"}),
        q("?limit=2&continue=${c}", save={"c2": "metadata.continue"}),
        q("?limit=2&continue=${c2}"),
        q("?continue=${c}&resourceVersion=5"),
        q("?continue=${c}&resourceVersion=0"),
        q("?continue=zzz"),
        q("?continue=${c}&resourceVersionMatch=Exact"),
        q("?limit=-1"),
        q("?limit=x"),
        q("?limit=2&resourceVersion=0"),
        q(
            "?limit=2&resourceVersion=${rv}&resourceVersionMatch=Exact",
            save={"cx": "metadata.continue"},
        ),
        q("?limit=9&continue=${cx}"),
        q("?resourceVersion=${rv}&resourceVersionMatch=Exact"),
        q("?resourceVersion=${rv}&resourceVersionMatch=NotOlderThan", only=["kind"]),
        q("?resourceVersionMatch=Exact"),
        q("?resourceVersion=0&resourceVersionMatch=Exact"),
        q("?resourceVersion=0&resourceVersionMatch=NotOlderThan", only=["kind"]),
        q("?resourceVersion=5&resourceVersionMatch=Bogus"),
        q("?resourceVersion=abc"),
        q("?resourceVersion=999999999", ignore=["message", "details.causes", "details"]),
        q("?labelSelector=n%3D1&limit=2"),
        q("?labelSelector=n+in+(0),n!=1"),
        q("?labelSelector=!n"),
        q("?labelSelector=n+in+("),
        q("?labelSelector=a+b"),
        q("?fieldSelector=metadata.name%3Do1"),
        q("?fieldSelector=metadata.name!%3Do1,metadata.namespace%3D${ns}"),
        q("?fieldSelector=spec.s%3D1"),
        q("?fieldSelector=bad"),
        q("?fieldSelector=metadata.name%3Do1,metadata.name%3Do2"),
        q("?sendInitialEvents=true"),
        q("?timeoutSeconds=x"),
        q("", accept=T),
        q("?includeObject=None", accept=T),
        q("?includeObject=Object&limit=1", accept=T),
        q("?includeObject=Bogus", accept=T),
        q("?limit=1", accept=PL),
        q("", accept=PO),
        get("o1", accept=PO),
        get("o1", accept=T),
        get("o1", accept="application/yaml"),
        get("o1", accept="application/vnd.kubernetes.protobuf"),
        get("o1", accept="application/vnd.kubernetes.protobuf,application/json"),
        get("o1", accept="text/plain"),
        get("o1", accept="application/json;as=Table;g=meta.k8s.io;v=v9"),
        get("o1", accept="application/json;stream=watch"),
        get("o1", "?resourceVersion=0", only=["kind"]),
        get("o1", "?resourceVersion=1", only=["kind", "message"]),
        get("o1", "?pretty=true"),
        {"do": f"POST {BASE}", "accept": T, "body": obj("t1")},
        {"do": f"DELETE {BASE}/t1", "accept": PO},
        {"do": f"GET /apis/{G}/v1/widgets?limit=1"},
        {"do": f"GET /apis/{G}/v1/namespaces/none/widgets"},
        {"do": f"POST /apis/{G}/v1/widgets", "body": obj("zz")},
        {"do": f"GET /apis/{G}/v1"},
        {"do": f"GET /apis/{G}/v1/nope"},
        {"do": f"GET /apis/{G}/v1/namespaces/${{ns}}/widgets/a/nope"},
        {"do": f"OPTIONS {BASE}"},
        {"do": f"HEAD {BASE}/o1"},
        {"do": f"POST {BASE}/o1", "body": obj("o1")},
        {"do": f"TRACE {BASE}/o1"},
        {"do": f"PUT {BASE}", "body": obj("o1")},
    ],
)
sc(
    "watch",
    mk
    + [
        {"watch": "w", "path": f"{BASE}?watch=1&resourceVersion=${{rv}}"},
        {"watch": "l", "path": f"{BASE}?watch=1&resourceVersion=${{rv}}&labelSelector=n%3D1"},
        {"watch": "f", "path": f"{BASE}?watch=1&fieldSelector=metadata.name%3Do5"},
        {
            "watch": "t",
            "path": f"{BASE}?watch=1&resourceVersion=${{rv}}",
            "accept": T + ";stream=watch",
        },
        {
            "watch": "si",
            "path": f"{BASE}?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true",
        },
        patch("o4", {"metadata": {"labels": {"n": "1"}}}, quiet=True),
        patch("o5", {"metadata": {"labels": {"n": "0"}}}, quiet=True),
        {"do": f"DELETE {BASE}/o5", "quiet": True},
        {"events": "w", "count": 5},
        {"events": "l", "count": 3},
        {"events": "f", "count": 3},
        {"events": "t", "count": 5},
        {"events": "si", "count": 8},
        {"watch": "e1", "path": f"{BASE}?watch=1&resourceVersion=abc"},
        {"events": "e1", "count": 1},
        {"watch": "e2", "path": f"{BASE}?watch=1&sendInitialEvents=true"},
        {"events": "e2", "count": 1},
        {"watch": "e3", "path": f"{BASE}?watch=1&resourceVersionMatch=Exact&resourceVersion=5"},
        {"events": "e3", "count": 1},
        {"watch": "e4", "path": f"{BASE}?watch=1&resourceVersion=1"},
        {"events": "e4", "count": 1, "timeout": 3},
        {"watch": "e5", "path": f"{BASE}?watch=1&timeoutSeconds=1&resourceVersion=0"},
        {"events": "e5", "count": 6, "closed": True, "timeout": 6},
        {"watch": "e6", "path": f"{BASE}/o1?watch=1"},
        {"events": "e6", "count": 1, "timeout": 3},
        {"watch": "e7", "path": f"{BASE}?watch=1&limit=2&continue=x"},
        {"events": "e7", "count": 1, "timeout": 3},
        {"watch": "e8", "path": f"{BASE}?watch=yes"},
        {"events": "e8", "count": 1, "timeout": 2},
    ],
)
