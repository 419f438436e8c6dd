"""Requests drawn at random: rules, schemas, values, texts, options and applies that nobody
thought of. The same seed draws the same; UPSTREAM_SEED chooses another."""

import copy
import json
import os
import random

from words import *

SEED = os.environ.get("UPSTREAM_SEED", "37")
SCENARIOS = {}

# What differs and is left, by words of upstream's answer or of ours.
LEFT = {
    "associative list without keys has an element": "sets of maps are applied to, and booked",
    "some values were omitted": "Go's maps come in no order",
    "closed connection": "upstream's handler panicked",
    "internal error: interface conversion": "an error among elements, upstream's mistake",
    "invalid qualifier type": "names of Go's types",
    '"body": {"apiVersion": "${ns}.example.com/v1", "kind": "Widget"}': "shown empty: a dry run whose last finalizer goes",
}


def left(want, got):
    """Why a difference is left; None: it is not."""
    return next((why for words, why in LEFT.items() if words in want or words in got), None)


def drawn_to(scenarios):
    """The decorator of a module: runs a function for each of so many scenarios, with dice of its own.

    It gives steps, or steps and those that clean up."""

    def drawn(name, count):
        def made(steps):
            for number in range(count):
                title = f"generated-{name}-{number}"
                played = steps(random.Random(f"{SEED} {title}"))
                scenarios[title] = scenario(*played) if isinstance(played, tuple) else scenario(played)
            return steps

        return made

    return drawn


drawn = drawn_to(SCENARIOS)


def tried(definition):
    return {"do": f"POST {CRDS}?dryRun=All", "body": definition}


RULES = """self == oldSelf
self.size() < 5
self
true
self.a == "x"
has(self.a)
self > 1
oldSelf.hasValue() || self == "x"
self.all(x, x == "a")
self.exists(x, x > 0)
self ==
bogus(self)
self.startsWith("a")
self.all(x, self.all(y, x == y))
1
self.map(x, x).size() > 0
duration(self) > duration("1s")
self.matches("[")
self.matches("a+")
self.metadata.name == "a"
self.isSorted()
quantity(self).isGreaterThan(quantity("1"))
self.contains("x") && self.contains("y")
!(self in ["a","b"])
dyn(self) == 1
cidr(self).containsIP("10.0.0.1")
self.a.b.c
string(self) == "1"
type(self) == string
size(self) < 3""".split("\n") + ["", "   "]
EXPRESSIONS = ['"a"', "self", "1", '"a" + "b"', "self.a", '" "', "bad(", "oldSelf"]
REASONS = ["FieldValueInvalid", "FieldValueForbidden", "FieldValueRequired", "Bad", ""]
PATHS = [".a", "a", ".b.c", "", ".zz", ".a[0]", "['a']", ".", "..a", ".m.x", ".m['x']"]


def rule(dice):
    made = {"rule": dice.choice(RULES)}
    for field, share, words in [
        ("message", 0.3, ["m", "", "  ", "a\nb"]),
        ("messageExpression", 0.25, EXPRESSIONS),
        ("reason", 0.3, REASONS),
        ("fieldPath", 0.3, PATHS),
        ("optionalOldSelf", 0.2, [True, False]),
    ]:
        if dice.random() < share:
            made[field] = dice.choice(words)
    return made


RULED = [
    S,
    I,
    B,
    A(S),
    typed(S, "set"),
    A(I, maxItems=5),
    {"type": "object", "additionalProperties": S},
    O(a=S, b=I, l=A(S), m={"type": "object", "additionalProperties": O(x=S)}),
    {"x-kubernetes-int-or-string": True},
    {"type": "string", "format": "date-time"},
    {"type": "string", "maxLength": 10},
    keyed(O(a=S, b=I), "a"),
    {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    A(A(A(S))),
]
PLACES = [
    lambda node: node,
    lambda node: A(node),
    lambda node: A(node, maxItems=3),
    lambda node: {"type": "object", "additionalProperties": node},
    lambda node: keyed(O(k=S, v=node), "k"),
    lambda node: {"type": "object", "properties": {"a": S}, "not": {"properties": {"a": node}}},
]


@drawn("rules", 3)
def rules(dice):
    steps = []
    for _ in range(40):
        node = copy.deepcopy(dice.choice(RULED))
        node["x-kubernetes-validations"] = [rule(dice) for _ in range(dice.choice([1, 1, 2]))]
        steps.append(tried(crd(O(f=dice.choice(PLACES)(node)))))
    return steps


# Keywords by type: those that fit it, so that most of what is drawn may be stored.
KEYWORDS = {
    "string": {
        "format": ["date", "date-time", "byte", "uuid", "ipv4", "cidr", "duration", "bogus"],
        "minLength": [0, 1, 5],
        "maxLength": [0, 2, 10],
        "pattern": ["^a+$", "a{2}", "[", "(?=x)"],
        "enum": [["a", "b"], ["a"]],
    },
    "integer": {
        "minimum": [0, 1, -1.5, 1000000],
        "maximum": [0, 5, 7.5, 1000000],
        "multipleOf": [2, 0, -1, 1000000],
        "format": ["int32", "int64", "date"],
    },
    "number": {"minimum": [0, 10], "maximum": [5, 1000000], "format": ["float", "double"]},
    "boolean": {"format": ["date"]},
    "object": {"minProperties": [0, 1], "maxProperties": [0, 2], "required": [["a"], ["zz"]]},
    "array": {
        "minItems": [0, 1],
        "maxItems": [0, 2, 5],
        "x-kubernetes-list-type": ["atomic", "set", "bad"],
    },
}
WILD = {
    "type": ["bad", "null"],
    "uniqueItems": [True],
    "nullable": [True, False],
    "$ref": ["#/x"],
    "id": ["x"],
    "x-kubernetes-preserve-unknown-fields": [True, False],
    "x-kubernetes-int-or-string": [True],
    "x-kubernetes-list-map-keys": [["a"], ["a", "b"]],
    "x-kubernetes-map-type": ["atomic", "granular", "bad"],
    "x-kubernetes-embedded-resource": [True],
}


def drawn_schema(dice, depth=0, wild=0.0):
    """A schema of a few levels; `wild` is the share of nodes with a keyword of another type."""
    kinds = ["string", "integer", "number", "boolean", "object", "array"]
    kind = dice.choice(kinds if depth < 3 else kinds[:4])
    node = {"type": kind}
    known = KEYWORDS[kind]
    for keyword in dice.sample(list(known), min(len(known), dice.choice([0, 1, 1, 2]))):
        node[keyword] = copy.deepcopy(dice.choice(known[keyword]))
    if dice.random() < wild:
        keyword = dice.choice(list(WILD))
        node[keyword] = copy.deepcopy(dice.choice(WILD[keyword]))
    if kind == "array":
        node["items"] = drawn_schema(dice, depth + 1, wild)
    if kind == "object":
        names = dice.sample("abcdm", dice.randint(1, 3))
        node["properties"] = {name: drawn_schema(dice, depth + 1, wild) for name in names}
    if depth < 2 and dice.random() < 0.15:
        branch = dice.choice([{"required": ["a"]}, {"enum": ["a"]}, {"minimum": 2}])
        node[dice.choice(["anyOf", "oneOf", "allOf"])] = [branch, {"not": {"pattern": "^a"}}]
    if dice.random() < wild:
        node["x-kubernetes-validations"] = [rule(dice)]
    return node


@drawn("schemas", 3)
def schemas(dice):
    return [tried(crd(drawn_schema(dice, wild=0.12))) for _ in range(40)]


ODD = [None, "x", "", 1, 0, -3, 1.5, 2000000, 2000000.5, 2**53 + 1, 2**63, [], ["a"], {}, True]
ODD += [{"a": "x"}, {"a": 1, "b": "x"}, "2020-01-01", "10.0.0.1", "a@b.c", {"zz": 1}]


def fitting(dice, node, odd=0.2):
    """A value that may fit a schema."""
    if dice.random() < odd:
        return dice.choice(ODD)
    match node.get("type"):
        case "string":
            return dice.choice(["a", "aa", "x", "abcdefghijkl", "2020-01-01", "10.0.0.0/8"])
        case "integer":
            return dice.choice([0, 1, 2, 3, 5, 1000, 2000000])
        case "number":
            return dice.choice([0, 1, 0.5, 10, 2000000.5])
        case "boolean":
            return dice.random() < 0.5
        case "array":
            return [fitting(dice, node["items"], odd) for _ in range(dice.choice([0, 1, 2, 3]))]
        case "object":
            made = {
                name: fitting(dice, inner, odd)
                for name, inner in node["properties"].items()
                if dice.random() < 0.75
            }
            return made | ({"unk": {"b": 1}} if dice.random() < 0.1 else {})


def shown_whole(node):
    """Whether both servers take a schema, and hold numbers of it to bounds alike."""
    text = json.dumps(node)
    refused = ['"["', "(?=", '"bad"', '"set"']
    return not any(words in text for words in refused)


@drawn("values", 3)
def values(dice):
    fields = {}
    while len(fields) < 12:
        node = drawn_schema(dice, 1)
        if shown_whole(node):
            fields[f"f{len(fields)}"] = node
    steps = [post_crd(crd(O(**fields)), quiet=True)] + up()
    for name, node in fields.items():
        for _ in range(4):
            query = dice.choice(["?dryRun=All", "?dryRun=All&fieldValidation=Strict"])
            steps.append(post(obj("x", {name: fitting(dice, node)}), query))
    return steps


FULL = {
    "s": "x",
    "i": 1,
    "o": {"a": "x", "b": "y"},
    "m": {"k": "v"},
    "l": ["a"],
    "ls": ["a", "b"],
    "lm": [{"k": "a", "v": "x"}, {"k": "b"}],
    "pres": {"q": {"w": 1}},
}
SPEC = O(
    s=S,
    i=I,
    o=O(a=S, b=S),
    at={**O(a=S, b=S), "x-kubernetes-map-type": "atomic"},
    m={"type": "object", "additionalProperties": S},
    l=A(S),
    ls=typed(S, "set"),
    lm=keyed(O(k=S, v=S), "k"),
    pres={"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    d={"type": "string", "default": "dflt"},
)


def as_json(dice, value, share=0.06):
    """Text with fields that stand twice, or are not known."""
    if isinstance(value, dict):
        members = []
        for name, inner in value.items():
            for _ in range(1 + (dice.random() < share)):
                members.append(f"{json.dumps(name)}:{as_json(dice, inner, share)}")
        if dice.random() < share:
            members.append(dice.choice(['"unk":1', '"unk":{"a":1,"a":2}', '"bad field":[{}]']))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list):
        return "[" + ",".join(as_json(dice, inner, share) for inner in value) + "]"
    return json.dumps(value)


def as_yaml(dice, value, depth=0, share=0.06):
    pad = "  " * depth
    if isinstance(value, dict) and value:
        lines = []
        for name, inner in value.items():
            for _ in range(1 + (dice.random() < share)):
                below = isinstance(inner, (dict, list)) and inner
                text = as_yaml(dice, inner, depth + 1 if below else 0, share)
                lines.append(f"{pad}{name or repr(name)}:" + (f"\n{text}" if below else f" {text}"))
        if dice.random() < share:
            lines.append(pad + "unk: 1")
        return "\n".join(lines)
    if isinstance(value, list) and value:
        items = (as_yaml(dice, inner, depth + 1, share) for inner in value)
        return "\n".join(f"{pad}-\n{item}" for item in items)
    return pad + json.dumps(value)


@drawn("texts", 2)
def texts(dice):
    steps = [post_crd(crd(SPEC), quiet=True)] + up() + [post(obj("fv", FULL), quiet=True)]
    for _ in range(40):
        spec = {name: FULL[name] for name in dice.sample(list(FULL), 4)}
        meta = dice.choice([{}, {"labels": {"a": "b"}}])
        checks = dice.choice(["", "Strict", "Warn", "Ignore"])
        query = f"?dryRun=All&fieldValidation={checks}"
        write, form = dice.choice([as_json, as_yaml]), "application/json"
        if write is as_yaml:
            form = "application/yaml"
        asked = dice.choice([f"POST {BASE}", f"PUT {BASE}/fv"])
        name = "fv" if asked.startswith("PUT") else "new"
        text = write(dice, obj(name, spec, meta))
        steps.append({"do": asked + query, "raw": text, "type": form})
        patched = as_json(dice, {"spec": spec, "metadata": meta})
        merge = {"raw": patched, "type": "application/merge-patch+json"}
        steps.append({"do": f"PATCH {BASE}/fv?dryRun=All&fieldValidation=Ignore", **merge})
    return steps


OPTIONS = {
    "limit": ["0", "1", "2", "-1", "x", ""],
    "resourceVersion": ["", "0", "x", "-1"],
    "resourceVersionMatch": ["", "Exact", "NotOlderThan", "x"],
    "continue": ["", "x", "${c}"],
    "labelSelector": ["", "n%3D1", "n", "!n", "n+in+(1,2)", "("],
    "fieldSelector": ["", "metadata.name%3Da1", "x%3Dy", "metadata.name!%3Da1"],
    "timeoutSeconds": ["1", "0", "x"],
    "sendInitialEvents": ["true", "false"],
    "allowWatchBookmarks": ["true", "x"],
    "pretty": ["1"],
    "timeout": ["1s", "x"],
}
FORMS = ["application/json", "application/yaml", "application/yaml;stream=watch", "text/plain"]


@drawn("options", 2)
def options(dice):
    steps = [post_crd(crd(SPEC), quiet=True)] + up()
    for n in range(4):
        steps.append(post(obj(f"a{n}", {"s": str(n)}, {"labels": {"n": str(n)}}), quiet=True))
    steps.append(get("", "?limit=2", save={"c": "metadata.continue"}, quiet=True))
    for _ in range(60):
        names = dice.sample(list(OPTIONS), dice.choice([1, 2, 2, 3, 4]))
        query = "&".join(f"{name}={dice.choice(OPTIONS[name])}" for name in names)
        steps.append(get("", f"?{query}", accept=dice.choice(FORMS)))
    return steps


def drawn_value(dice, node):
    """A value that fits, of few, so that writers meet."""
    if node.get("x-kubernetes-preserve-unknown-fields"):
        return dice.choice([{"q": 1}, {"q": {"w": [1, 2]}}, {"q": {"w": [3]}}, {}])
    match node["type"]:
        case "string":
            return dice.choice("xy")
        case "integer":
            return dice.choice([1, 2])
        case "array":
            count = dice.choice([0, 1, 2])
            if "properties" in node["items"]:
                return [{"k": k, "v": dice.choice("xy")} for k in dice.sample("xyz", count)]
            return dice.sample(["x", "y", "z"], count)
    inner = node.get("properties") or {"k1": S, "k2": S}
    return {name: dice.choice("xy") for name in inner if dice.random() < 0.6}


@drawn("applies", 3)
def applies(dice):
    steps = [post_crd(crd(SPEC), quiet=True)] + up()
    for _ in range(40):
        names = dice.sample(list(SPEC["properties"]), dice.randint(0, 4))
        spec = {name: drawn_value(dice, SPEC["properties"][name]) for name in names}
        manager = dice.choice(["m1", "m2", "m3"])
        kind = dice.random()
        if kind < 0.65:
            steps.append(apply(obj("a", spec), manager, dice.choice(["", "&force=true"])))
        elif kind < 0.75:
            steps.append(put(obj("a", spec), f"?fieldManager={manager}"))
        elif kind < 0.9:
            steps.append(patch("a", {"spec": spec}, q=f"?fieldManager={manager}"))
        elif kind < 0.95:
            steps.append(patch("a", {"metadata": {"managedFields": [{}]}}))
        else:
            steps.append({"do": f"DELETE {BASE}/a"})
    return steps
