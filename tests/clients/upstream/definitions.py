"""Definitions of custom resources that are refused, or warned of."""

import copy

from words import *

SCENARIOS = {}
# --- definitions refused: schemas
bad = {
    "no-type": {"properties": {"a": S}},
    "type-bogus": {"type": "objekt"},
    "array-no-items": {"type": "array"},
    "items-array": {"type": "array", "items": [S]},
    "nullable-no-type": {"nullable": True},
    "props-and-additional": {"type": "object", "properties": {"a": S}, "additionalProperties": S},
    "additional-false": {"type": "object", "additionalProperties": False},
    "unique": A(S, uniqueItems=True),
    "ref": {"type": "object", "$ref": "#/x"},
    "id": {"type": "object", "id": "x"},
    "schemakw": {"type": "object", "$schema": "http://x"},
    "deps": {"type": "object", "dependencies": {"a": ["b"]}},
    "defs": {"type": "object", "definitions": {"a": S}},
    "patternprops": {"type": "object", "patternProperties": {"a": S}},
    "additionalItems": A(S, additionalItems=True),
    "bad-pattern": {"type": "string", "pattern": "("},
    "bad-format": {"type": "string", "format": "nope"},
    "neg-len": {"type": "string", "minLength": -1},
    "min-gt-max": {"type": "integer", "minimum": 5, "maximum": 1},
    "multipleof-0": {"type": "integer", "multipleOf": 0},
    "multipleof-neg": {"type": "number", "multipleOf": -1.5},
    "enum-dup": {"type": "string", "enum": ["a", "a"]},
    "enum-wrong-type": {"type": "string", "enum": [1]},
    "enum-empty": {"type": "string", "enum": []},
    "default-wrong": {"type": "string", "default": 1},
    "default-not-pruned": {"type": "object", "properties": {"a": S}, "default": {"b": 1}},
    "default-invalid": {"type": "string", "minLength": 5, "default": "a"},
    "default-null": {"type": "string", "default": None},
    "default-null-nullable": {"type": "string", "nullable": True, "default": None},
    "lt-bogus": A(S, **{"x-kubernetes-list-type": "bag"}),
    "lt-on-object": {"type": "object", "x-kubernetes-list-type": "set"},
    "set-of-atomicless-objects": A(O(a=S), **{"x-kubernetes-list-type": "set"}),
    "map-no-keys": A(O(a=S), **{"x-kubernetes-list-type": "map"}),
    "map-key-missing": A(
        O(a=S), **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["b"]}
    ),
    "map-key-object": A(
        {**O(a=O(b=S)), "required": ["a"]},
        **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a"]},
    ),
    "map-key-optional": A(
        O(a=S), **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a"]}
    ),
    "map-key-dup": A(
        {**O(a=S), "required": ["a"]},
        **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a", "a"]},
    ),
    "map-of-scalars": A(
        S, **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a"]}
    ),
    "keys-without-map": A(S, **{"x-kubernetes-list-map-keys": ["a"]}),
    "set-nullable": A({"type": "string", "nullable": True}, **{"x-kubernetes-list-type": "set"}),
    "map-nullable": A(
        {**O(a=S), "required": ["a"], "nullable": True},
        **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a"]},
    ),
    "mt-bogus": {"type": "object", "x-kubernetes-map-type": "deep"},
    "mt-on-string": {"type": "string", "x-kubernetes-map-type": "atomic"},
    "ios-and-type": {"type": "string", "x-kubernetes-int-or-string": True},
    "ios-anyof": {
        "x-kubernetes-int-or-string": True,
        "anyOf": [{"type": "integer"}, {"type": "string"}],
    },
    "ios-anyof-3": {
        "x-kubernetes-int-or-string": True,
        "anyOf": [{"type": "integer"}, {"type": "boolean"}],
    },
    "ios-embedded": {"x-kubernetes-int-or-string": True, "x-kubernetes-embedded-resource": True},
    "embedded-no-props": {"type": "object", "x-kubernetes-embedded-resource": True},
    "embedded-preserve": {
        "type": "object",
        "x-kubernetes-embedded-resource": True,
        "x-kubernetes-preserve-unknown-fields": True,
    },
    "embedded-array": {"type": "array", "items": S, "x-kubernetes-embedded-resource": True},
    "preserve-false": {"type": "object", "x-kubernetes-preserve-unknown-fields": False},
    "preserve-string": {"type": "string", "x-kubernetes-preserve-unknown-fields": True},
    "allof-type": {"type": "object", "allOf": [{"type": "object"}]},
    "anyof-props": {"type": "object", "anyOf": [{"properties": {"a": {"minimum": 1}}}]},
    "not-desc": {"type": "object", "properties": {"a": I}, "not": {"description": "x"}},
    "anyof-default": {
        "type": "object",
        "properties": {"a": I},
        "anyOf": [{"properties": {"a": {"default": 1}}}],
    },
    "anyof-nullable": {
        "type": "object",
        "properties": {"a": I},
        "anyOf": [{"properties": {"a": {"nullable": True}}}],
    },
    "anyof-title": {
        "type": "object",
        "properties": {"a": I},
        "oneOf": [{"properties": {"a": {"title": "x"}}}],
    },
    "anyof-xk": {
        "type": "object",
        "properties": {"a": I},
        "anyOf": [{"properties": {"a": {"x-kubernetes-preserve-unknown-fields": True}}}],
    },
    "anyof-additional": {
        "type": "object",
        "properties": {"a": I},
        "anyOf": [{"additionalProperties": {"type": "string"}}],
    },
    "allof-items": {
        "type": "object",
        "properties": {"a": A(I)},
        "allOf": [{"properties": {"a": {"items": {"minimum": 1}}}}],
    },
    "required-dup": {"type": "object", "properties": {"a": S}, "required": ["a", "a"]},
    "required-unknown": {"type": "object", "properties": {"a": S}, "required": ["b"]},
    "int-format": {"type": "integer", "format": "int64", "minimum": 1.5},
    "excl": {"type": "integer", "minimum": 1, "exclusiveMinimum": True},
    "excl-alone": {"type": "integer", "exclusiveMinimum": True},
    "maxprops-neg": {"type": "object", "maxProperties": -2},
    "minitems-neg": A(S, minItems=-1),
    "rule-empty": {"type": "object", "x-kubernetes-validations": [{"rule": ""}]},
    "rule-bad": {
        "type": "object",
        "properties": {"a": S},
        "x-kubernetes-validations": [{"rule": "self.b == 1"}],
    },
    "rule-type": {
        "type": "object",
        "properties": {"a": S},
        "x-kubernetes-validations": [{"rule": "self.a"}],
    },
    "rule-newline-nomsg": {
        "type": "object",
        "properties": {"a": S},
        "x-kubernetes-validations": [{"rule": 'self.a\n== "x"'}],
    },
    "rule-msg-newline": {
        "type": "object",
        "properties": {"a": S},
        "x-kubernetes-validations": [{"rule": "true", "message": "a\nb"}],
    },
    "rule-msg-blank": {
        "type": "object",
        "x-kubernetes-validations": [{"rule": "true", "message": "  "}],
    },
    "rule-msgexpr-bad": {
        "type": "object",
        "properties": {"a": S},
        "x-kubernetes-validations": [{"rule": "true", "messageExpression": "self.a + 1"}],
    },
    "rule-msgexpr-type": {
        "type": "object",
        "properties": {"a": I},
        "x-kubernetes-validations": [{"rule": "true", "messageExpression": "self.a"}],
    },
    "rule-msgexpr-blank": {
        "type": "object",
        "x-kubernetes-validations": [{"rule": "true", "messageExpression": " "}],
    },
    "rule-reason": {
        "type": "object",
        "x-kubernetes-validations": [{"rule": "true", "reason": "Nope"}],
    },
    "rule-fieldpath": {
        "type": "object",
        "properties": {"a": S},
        "x-kubernetes-validations": [{"rule": "true", "fieldPath": ".b"}],
    },
    "rule-fieldpath2": {
        "type": "object",
        "properties": {"a": A(S)},
        "x-kubernetes-validations": [{"rule": "true", "fieldPath": ".a[0]"}],
    },
    "rule-fieldpath3": {
        "type": "object",
        "properties": {"a": S},
        "x-kubernetes-validations": [{"rule": "true", "fieldPath": "a"}],
    },
    "rule-fieldpath4": {
        "type": "object",
        "additionalProperties": S,
        "x-kubernetes-validations": [{"rule": "true", "fieldPath": "['x.y']"}],
    },
    "rule-optold": {
        "type": "object",
        "x-kubernetes-validations": [{"rule": "true", "optionalOldSelf": True}],
    },
    "rule-optold-used": {
        "type": "object",
        "properties": {"a": S},
        "x-kubernetes-validations": [
            {"rule": "!oldSelf.hasValue() || oldSelf.value().a == self.a", "optionalOldSelf": True}
        ],
    },
    "rule-old-in-set": A(
        {"type": "string", "x-kubernetes-validations": [{"rule": "self == oldSelf"}]}
    ),
    "rule-cost": A(
        {"type": "string", "x-kubernetes-validations": [{"rule": 'self.matches("a*b*c*")'}]}
    ),
    "rule-cost2": A(
        A(A({"type": "string"})),
        **{
            "x-kubernetes-validations": [
                {"rule": 'self.all(x, x.all(y, y.all(z, z.contains("aaaaaaaaaaaaaaaa"))))'}
            ]
        },
    ),
    "rule-on-preserve": {
        "type": "object",
        "x-kubernetes-preserve-unknown-fields": True,
        "x-kubernetes-validations": [{"rule": "self.a == 1"}],
    },
}
names = list(bad)
for chunk in range(0, len(names), 10):
    steps = []
    for n in names[chunk : chunk + 10]:
        steps.append(post_crd(crd(O(f=bad[n]))))
        steps.append({"do": f"DELETE {CRDS}/widgets.{G}", "quiet": True})
        steps.append(
            {"do": f"GET {CRDS}/widgets.{G}", "until": {"code": 404}, "timeout": 40, "quiet": True}
        )
    SCENARIOS[f"schemas-{chunk // 10}"] = scenario(steps)
# root
roots = {
    "root-string": {"type": "string"},
    "root-meta-prop": {
        "type": "object",
        "properties": {
            "metadata": {
                "type": "object",
                "properties": {"name": {"type": "string", "pattern": "^a"}},
            }
        },
    },
    "root-meta-labels": {
        "type": "object",
        "properties": {
            "metadata": {"type": "object", "properties": {"labels": {"type": "object"}}}
        },
    },
    "root-meta-string": {"type": "object", "properties": {"metadata": S}},
    "root-kind": {"type": "object", "properties": {"kind": {"type": "string", "enum": ["A"]}}},
    "root-apiversion-int": {"type": "object", "properties": {"apiVersion": I}},
    "root-preserve": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    "root-embedded": {"type": "object", "x-kubernetes-embedded-resource": True},
    "root-nullable": {"type": "object", "nullable": True},
    "root-rule-meta": {
        "type": "object",
        "x-kubernetes-validations": [{"rule": "self.metadata.name.startsWith('a')"}],
    },
    "root-rule-ns": {
        "type": "object",
        "x-kubernetes-validations": [{"rule": "self.metadata.namespace == 'a'"}],
    },
    "root-additional": {"type": "object", "additionalProperties": S},
    "root-default": {"type": "object", "default": {}},
    "root-meta-default": {
        "type": "object",
        "properties": {"metadata": {"type": "object", "default": {"name": "x"}}},
    },
}
steps = []
for n, r in roots.items():
    steps += [
        post_crd(crd(sch=r)),
        {"do": f"DELETE {CRDS}/widgets.{G}", "quiet": True},
        {"do": f"GET {CRDS}/widgets.{G}", "until": {"code": 404}, "timeout": 40, "quiet": True},
    ]
SCENARIOS["schema-root"] = scenario(steps)


# --- definitions refused: the rest
def c(f):
    x = crd(O(a=S, replicas=I, sel=S))
    f(x)
    return x


def V(x):
    return x["spec"]["versions"][0]


muts = [
    lambda x: x["metadata"].update(name="other"),
    lambda x: x["spec"].update(group="nodots"),
    lambda x: x["spec"].update(group="UP.example.com"),
    lambda x: x["spec"].update(group=""),
    lambda x: x["spec"].update(scope="Global"),
    lambda x: x["spec"].pop("scope"),
    lambda x: x["spec"].pop("names"),
    lambda x: x["spec"]["names"].update(plural="Widgets"),
    lambda x: x["spec"]["names"].update(singular="Bad_"),
    lambda x: x["spec"]["names"].update(kind="wid-get_"),
    lambda x: x["spec"]["names"].update(listKind="Widget"),
    lambda x: x["spec"]["names"].pop("kind"),
    lambda x: x["spec"]["names"].update(shortNames=["W", "w", "w"]),
    lambda x: x["spec"]["names"].update(categories=["All", "all"]),
    lambda x: x["spec"]["names"].pop("listKind"),
    lambda x: x["spec"]["names"].pop("singular"),
    lambda x: x["spec"].update(versions=[]),
    lambda x: x["spec"].pop("versions"),
    lambda x: V(x).update(name="1v"),
    lambda x: V(x).update(name="v1.0"),
    lambda x: V(x).update(storage=False),
    lambda x: V(x).pop("schema"),
    lambda x: V(x).update(served=False),
    lambda x: V(x).pop("served"),
    lambda x: x["spec"]["versions"].append(copy.deepcopy(V(x))),
    lambda x: x["spec"]["versions"].append({**copy.deepcopy(V(x)), "name": "v2"}),
    lambda x: V(x).update(deprecationWarning="w"),
    lambda x: V(x).update(deprecated=True, deprecationWarning="x" * 300),
    lambda x: V(x).update(deprecated=True, deprecationWarning=""),
    lambda x: V(x).update(deprecated=True, deprecationWarning="a\nb"),
    lambda x: x["spec"].update(preserveUnknownFields=True),
    lambda x: x["spec"].update(conversion={"strategy": "Webhook"}),
    lambda x: x["spec"].update(conversion={"strategy": "Nope"}),
    lambda x: x["spec"].update(
        conversion={
            "strategy": "None",
            "webhook": {"conversionReviewVersions": ["v1"], "clientConfig": {"url": "https://x"}},
        }
    ),
    lambda x: x["spec"].update(
        conversion={
            "strategy": "Webhook",
            "webhook": {"conversionReviewVersions": [], "clientConfig": {"url": "http://x"}},
        }
    ),
    lambda x: x["spec"].update(
        conversion={
            "strategy": "Webhook",
            "webhook": {
                "conversionReviewVersions": ["v2", "V_"],
                "clientConfig": {
                    "url": "https://x?y=1",
                    "service": {"name": "a", "namespace": "b", "port": 70000, "path": "a//b"},
                },
            },
        }
    ),
    lambda x: x["spec"].update(
        conversion={
            "strategy": "Webhook",
            "webhook": {"conversionReviewVersions": ["v1"], "clientConfig": {}},
        }
    ),
    lambda x: x["spec"].update(
        conversion={
            "strategy": "Webhook",
            "webhook": {
                "conversionReviewVersions": ["v1"],
                "clientConfig": {"service": {"name": "", "namespace": ""}, "caBundle": "bm9wZQ=="},
            },
        }
    ),
    lambda x: x["spec"].update(
        conversion={
            "strategy": "Webhook",
            "webhook": {"conversionReviewVersions": ["v2"], "clientConfig": {"url": "https://a/b"}},
        }
    ),
    lambda x: V(x).update(
        additionalPrinterColumns=[{"name": "", "type": "string", "jsonPath": ".a"}]
    ),
    lambda x: V(x).update(
        additionalPrinterColumns=[{"name": "A", "type": "str", "jsonPath": ".a"}]
    ),
    lambda x: V(x).update(
        additionalPrinterColumns=[{"name": "A", "type": "string", "jsonPath": "a"}]
    ),
    lambda x: V(x).update(
        additionalPrinterColumns=[{"name": "A", "type": "string", "jsonPath": ".a["}]
    ),
    lambda x: V(x).update(
        additionalPrinterColumns=[
            {"name": "A", "type": "string", "format": "bogus", "jsonPath": ".a"}
        ]
    ),
    lambda x: V(x).update(
        additionalPrinterColumns=[
            {
                "name": "A",
                "type": "integer",
                "format": "int32",
                "jsonPath": ".spec.a",
                "priority": 3,
            }
        ]
    ),
    lambda x: V(x).update(additionalPrinterColumns=[{"name": "A", "type": "string"}]),
    lambda x: V(x).update(additionalPrinterColumns=[]),
    lambda x: V(x).update(selectableFields=[{"jsonPath": ".spec.a"}, {"jsonPath": ".spec.a"}]),
    lambda x: V(x).update(selectableFields=[{"jsonPath": ".spec.nope"}]),
    lambda x: V(x).update(selectableFields=[{"jsonPath": "spec.a"}]),
    lambda x: V(x).update(selectableFields=[{"jsonPath": ".metadata.name"}]),
    lambda x: V(x).update(selectableFields=[{"jsonPath": ".spec"}]),
    lambda x: V(x).update(selectableFields=[{"jsonPath": ""}]),
    lambda x: V(x).update(selectableFields=[{"jsonPath": ".spec.a[0]"}]),
    lambda x: V(x).update(selectableFields=[{"jsonPath": ".spec.a"}] * 9),
    lambda x: V(x).update(selectableFields=[]),
    lambda x: V(x).update(selectableFields=[{"jsonPath": '.spec["a"]'}]),
    lambda x: V(x).update(subresources={"scale": {}}),
    lambda x: V(x).update(
        subresources={
            "scale": {
                "specReplicasPath": ".spec.replicas",
                "statusReplicasPath": ".status.replicas",
            }
        }
    ),
    lambda x: V(x).update(
        subresources={
            "scale": {"specReplicasPath": "spec.replicas", "statusReplicasPath": ".spec.r"}
        }
    ),
    lambda x: V(x).update(
        subresources={
            "scale": {
                "specReplicasPath": ".spec.a[0]",
                "statusReplicasPath": ".status",
                "labelSelectorPath": ".meta.x",
            }
        }
    ),
    lambda x: V(x).update(
        subresources={
            "status": {},
            "scale": {
                "specReplicasPath": ".spec.replicas",
                "statusReplicasPath": ".status.replicas",
                "labelSelectorPath": ".spec.sel",
            },
        }
    ),
    lambda x: x["spec"].update(unknown=1),
    lambda x: V(x).update(schema={"openAPIV3Schema": None}),
    lambda x: x.update(
        status={
            "conditions": [],
            "acceptedNames": {"plural": "a", "kind": "b"},
            "storedVersions": ["v9"],
        }
    ),
    lambda x: x["metadata"].update(annotations={"api-approved.kubernetes.io": "nope"}),
    lambda x: (x["spec"].update(group="x.k8s.io"), x["metadata"].update(name="widgets.x.k8s.io")),
    lambda x: (
        x["spec"].update(group="x.k8s.io"),
        x["metadata"].update(
            name="widgets.x.k8s.io", annotations={"api-approved.kubernetes.io": "bogus"}
        ),
    ),
]
for chunk in range(0, len(muts), 10):
    steps = []
    for m in muts[chunk : chunk + 10]:
        steps += [
            post_crd(c(m)),
            {"do": f"DELETE {CRDS}/widgets.{G}", "quiet": True},
            {"do": f"GET {CRDS}/widgets.{G}", "until": {"code": 404}, "timeout": 40, "quiet": True},
        ]
    SCENARIOS[f"definitions-{chunk // 10}"] = scenario(
        steps, gone() + [{"do": f"DELETE {CRDS}/widgets.x.k8s.io"}]
    )
