"""Sequences of requests drawn at random about objects of drawn schemas: applies by several managers
and in several versions, patches, metadata, deletions, watches. The same seed draws the same."""

import copy
import json

from generated import FULL, SPEC, drawn_to
from words import *

SCENARIOS = {}
drawn = drawn_to(SCENARIOS)

SCALARS = [S, I, B, {"type": "string", "nullable": True}, {"type": "string", "default": "d"}]
KEYED = {
    "k": S,
    "p": I,
    "q": {"type": "string", "default": "TCP"},
}


def structure(dice, depth=0):
    """A structural schema with lists and maps of all types, and defaults."""
    kinds = ["scalar"] if depth > 3 else ["scalar", "object", "map", "set", "keyed", "list", "any"]
    match dice.choice(kinds):
        case "scalar":
            return copy.deepcopy(dice.choice(SCALARS))
        case "object":
            names = dice.sample("abcde", dice.randint(1, 3))
            node = O(**{name: structure(dice, depth + 1) for name in names})
            if dice.random() < 0.2:
                node["x-kubernetes-map-type"] = "atomic"
            elif dice.random() < 0.2:
                node["default"] = {}
            return node
        case "map":
            return {"type": "object", "additionalProperties": structure(dice, depth + 1)}
        case "set":
            return typed(copy.deepcopy(dice.choice([S, I])), "set")
        case "keyed":
            keys = dice.choice([["k"], ["k", "p"], ["k", "q"], ["p", "q"]])
            item = O(**{key: copy.deepcopy(KEYED[key]) for key in keys})
            for name in dice.sample("vwx", dice.randint(0, 2)):
                item["properties"][name] = structure(dice, depth + 2)
            required = [key for key in keys if "default" not in KEYED[key]]
            more = {"x-kubernetes-list-map-keys": keys, "nullable": False}
            return typed({**item, "required": required}, "map", **more)
        case "list":
            return A(structure(dice, depth + 1))
    return {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def member(dice, node, odd):
    """A value of few that fits; seldom one that does not, or null."""
    if dice.random() < odd:
        return dice.choice([None, "x", 1, [], {}, [None], {"a": None}])
    if node.get("x-kubernetes-preserve-unknown-fields"):
        return dice.choice([{}, {"q": 1}, {"q": {"w": [1, {"e": None}]}}, {"q": [1, 2]}])
    match node["type"]:
        case "string":
            return dice.choice("xy")
        case "integer":
            return dice.choice([1, 2])
        case "boolean":
            return dice.random() < 0.5
        case "array":
            return elements(dice, node, odd)
    if "additionalProperties" in node:
        inner = node["additionalProperties"]
        return {name: member(dice, inner, odd) for name in dice.sample("klm", dice.randint(0, 2))}
    inner = node["properties"]
    return {name: member(dice, inner[name], odd) for name in inner if dice.random() < 0.6}


def elements(dice, node, odd):
    count, inner = dice.choice([0, 1, 1, 2, 3]), node["items"]
    made = [member(dice, inner, odd) for _ in range(count)]
    kind = node.get("x-kubernetes-list-type")
    if kind == "map":
        keys = node["x-kubernetes-list-map-keys"]
        for item in made:
            for key in keys:
                if isinstance(item, dict) and (key != "q" or dice.random() < 0.4):
                    item[key] = dice.choice([1, 2]) if key == "p" else dice.choice("xy")
    if kind and dice.random() < 0.9:
        told = {json.dumps([i.get(k) for k in node["x-kubernetes-list-map-keys"]]
                           if kind == "map" and isinstance(i, dict) else i): i for i in made}
        made = list(told.values())
    return made


def fields(dice, count):
    return {f"f{n}": structure(dice) for n in range(count)}


def some(dice, known, odd=0.0):
    names = dice.sample(list(known), dice.randint(0, min(4, len(known))))
    return {name: member(dice, known[name], odd) for name in names}


def pointer(dice, value, path=""):
    """A path into a value, or a little beside it."""
    while isinstance(value, (dict, list)) and value and dice.random() < 0.75:
        if isinstance(value, dict):
            name = dice.choice(list(value))
            path, value = f"{path}/{name}", value[name]
        else:
            at = dice.randrange(len(value))
            path, value = f"{path}/{at}", value[at]
    return path + dice.choice([""] * 6 + ["/zz", "/-", "/0", "/", "/-1", "/01", "/a~1b", "~"])


def json_patch(dice, spec, asked=""):
    operations = []
    whole = {"spec": spec, "metadata": {"name": "a", "labels": {"a": "b"}}}
    for _ in range(dice.randint(1, 3)):
        made = {"op": dice.choice(["add", "add", "replace", "remove", "test", "move", "copy"])}
        made["path"] = pointer(dice, whole)
        if made["op"] in ("move", "copy"):
            made["from"] = pointer(dice, whole)
        elif made["op"] != "remove":
            made["value"] = dice.choice(["x", 1, None, {}, [], ["x"], {"a": "x"}, 1.5, True])
        if dice.random() < 0.05:
            del made[dice.choice(list(made))]
        if dice.random() < 0.03:
            made["op"] = dice.choice(["Add", "", "bogus"])
        operations.append(made)
    return patch("a", operations, "application/json-patch+json", asked)


NAMES = ["a", "a.b", "A", "a_b", "-a", "a" * 254, "", "a/b", "..", "a b", "0", "ä"]
KEYS = ["a", "a/b", "A.b/c_d", "/a", "a/", "a b", "x" * 64, "a/b/c", ""]
OWNER = {"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "u"}


def metadata(dice):
    meta = {}
    for field, share, draw in [
        ("labels", 0.3, lambda: {dice.choice(KEYS): dice.choice(["", "b", "-", "b c", "x" * 64])}),
        ("annotations", 0.3, lambda: {dice.choice(KEYS): dice.choice(["", "b", "c d"])}),
        ("finalizers", 0.3, lambda: dice.sample(["a/b", "b", "a/b", "/x", "foregroundDeletion", "orphan", "kubernetes", "x y/z"], 2)),
        ("generateName", 0.1, lambda: dice.choice(["g-", "G", "a.", ""])),
        ("namespace", 0.1, lambda: dice.choice(["${ns}", "other", "", "A"])),
        ("resourceVersion", 0.1, lambda: dice.choice(["", "0", "1", "x"])),
        ("uid", 0.1, lambda: dice.choice(["", "x"])),
        ("generation", 0.1, lambda: dice.choice([0, -1, 7])),
        ("creationTimestamp", 0.1, lambda: dice.choice([None, "2020-01-01T00:00:00Z", "x"])),
        ("deletionTimestamp", 0.1, lambda: dice.choice([None, "2020-01-01T00:00:00Z"])),
        ("deletionGracePeriodSeconds", 0.1, lambda: dice.choice([0, 5, -1])),
        ("selfLink", 0.05, lambda: "/x"),
        ("managedFields", 0.1, lambda: [managed_entry(dice) for _ in range(dice.randint(0, 2))]),
        ("ownerReferences", 0.3, lambda: [owner(dice) for _ in range(dice.randint(0, 2))]),
        ("unknown", 0.05, lambda: 1),
    ]:
        if dice.random() < share:
            meta[field] = draw()
    return meta


def owner(dice):
    made = dict(OWNER)
    for field, values in {
        "apiVersion": ["", "v1", "a/b/c", "events.k8s.io/v1"],
        "kind": ["", "Event", "Pod"],
        "name": ["", "p", "q"],
        "uid": ["", "u", "v"],
        "controller": [True, False, None],
        "blockOwnerDeletion": [True, None],
    }.items():
        if dice.random() < 0.3:
            made[field] = dice.choice(values)
    return made


def managed_entry(dice):
    made = {
        "manager": dice.choice(["m1", "m2", "", "x" * 129]),
        "operation": dice.choice(["Apply", "Update", "Bogus", ""]),
        "apiVersion": dice.choice([f"{G}/v1", "v1", "", "a/b/c"]),
        "time": dice.choice(["2020-01-01T00:00:00Z", None]),
        "fieldsType": dice.choice(["FieldsV1", "FieldsV1", "FieldsV2", ""]),
        "fieldsV1": dice.choice([{"f:spec": {"f:s": {}}}, {}, None, {"x:y": {}}, {"f:spec": 1}]),
        "subresource": dice.choice(["", "status"]),
    }
    return {name: value for name, value in made.items() if dice.random() < 0.85}


def deletion(dice):
    """Options that ask nothing of a garbage collector: ours looks after one of the servers only."""
    body = {}
    for field, values in {
        "kind": ["DeleteOptions", "Bogus"],
        "apiVersion": ["v1", "meta.k8s.io/v1", f"{G}/v1", "x"],
        "propagationPolicy": ["Background", "Bogus", ""],
        "orphanDependents": [False],
        "gracePeriodSeconds": [0, 1, -1, 30],
        "preconditions": [{"uid": "x"}, {"resourceVersion": "1"}, {}, {"uid": "${uid}"}],
        "dryRun": [["All"], [], ["Bogus"], ["All", "All"]],
        "ignoreStoreReadErrorWithClusterBreakingPotential": [True, False],
        "unknown": [1],
    }.items():
        if dice.random() < 0.2:
            body[field] = dice.choice(values)
    query = []
    for field, values in {
        "propagationPolicy": ["Background", "x"],
        "gracePeriodSeconds": ["0", "5", "-1", "x"],
        "dryRun": ["All", "x"],
        "orphanDependents": ["false", "x"],
        "pretty": ["true"],
    }.items():
        if dice.random() < 0.12:
            query.append(f"{field}={dice.choice(values)}")
    return body, ("?" + "&".join(query)) if query else ""


@drawn("structures", 3)
def structures(dice):
    """Applies, updates and patches of one object by several managers."""
    known = fields(dice, 8)
    status = {"status": O(**copy.deepcopy(known))}
    root = schema(O(**known))
    root["properties"] |= status
    definition = crd(sch=root, version_extra={"subresources": {"status": {}}})
    steps = [post_crd(definition, quiet=True)] + up()
    for _ in range(45):
        spec = some(dice, known, dice.choice([0, 0, 0, 0.05]))
        manager = dice.choice(["m1", "m2", "m3"])
        asked = f"?fieldManager={manager}"
        more = {"status": some(dice, known)} if dice.random() < 0.3 else {}
        sub = dice.choice(["", "", "", "/status"])
        match dice.choice(["apply"] * 6 + ["put", "merge", "merge", "json", "delete"]):
            case "apply":
                force = dice.choice(["", "&force=true"])
                steps.append(apply(obj("a", spec, **more), manager, force, sub=sub))
            case "put":
                steps.append(put(obj("a", spec, **more), asked, sub=sub))
            case "merge":
                steps.append(patch(f"a{sub}", {"spec": spec, **more}, q=asked))
            case "json":
                steps.append(json_patch(dice, spec, asked))
            case "delete":
                if dice.random() < 0.3:
                    steps.append({"do": f"DELETE {BASE}/a"})
                steps.append(get("a"))
    return steps


@drawn("json-patches", 1)
def json_patches(dice):
    steps = [post_crd(crd(SPEC), quiet=True)] + up()
    steps.append(post(obj("a", FULL, {"labels": {"a": "b"}}), quiet=True))
    for _ in range(60):
        step = json_patch(dice, FULL, dice.choice(["?dryRun=All", "?fieldManager=m"]))
        steps.append(step)
        if "dryRun" not in step["do"]:
            steps.append(put(obj("a", FULL, {"labels": {"a": "b"}}), quiet=True))
    return steps


@drawn("metadata", 2)
def metadatas(dice):
    steps = [post_crd(crd(SPEC), quiet=True)] + up()
    steps.append(post(obj("a", FULL, {"labels": {"a": "b"}}), quiet=True))
    for _ in range(50):
        meta = metadata(dice)
        name = dice.choice(NAMES) if dice.random() < 0.3 else "a"
        match dice.choice(["post", "put", "put", "merge", "merge", "apply"]):
            case "post":
                made = obj(name if dice.random() < 0.8 else "new", {"s": "x"}, meta)
                made["metadata"].pop("resourceVersion", None)
                steps.append(post(made, "?dryRun=All"))
            case "put":
                made = obj("a", FULL, meta)
                made["metadata"]["name"] = name
                steps.append({"do": f"PUT {BASE}/a?dryRun=All", "body": made})
            case "merge":
                steps.append(patch("a", {"metadata": meta}, q="?dryRun=All"))
            case "apply":
                steps.append(apply(obj("a", {"s": "x"}, meta), q="&dryRun=All&force=true"))
    return steps


@drawn("deletions", 2)
def deletions(dice):
    steps = [post_crd(crd(SPEC), quiet=True)] + up()
    for _ in range(14):
        finalizers = dice.choice([{}, {}, {"finalizers": ["a/b"]}, {"finalizers": ["a/b", "c/d"]}])
        steps.append(post(obj("a", {"s": "x"}, finalizers), save={"uid": "metadata.uid"}))
        for _ in range(dice.randint(1, 2)):
            body, query = deletion(dice)
            step = {"do": f"DELETE {BASE}/a{query}"}
            if body or dice.random() < 0.3:
                step["body"] = body
            steps += [step, get("a")]
        steps.append(patch("a", {"metadata": {"finalizers": dice.choice([["a/b"], [], None])}}))
        steps.append(patch("a", {"metadata": {"finalizers": None}}, quiet=True))
        steps.append({"do": f"DELETE {BASE}/a", "quiet": True})
    for number in range(4):
        steps.append(post(obj(f"n{number}", {"s": "x"}, {"labels": {"n": str(number % 2)}}), quiet=True))
    for _ in range(8):
        body, query = deletion(dice)
        selector = dice.choice(["labelSelector=n%3D1", "fieldSelector=metadata.name%3Dn0", "labelSelector=x+in+()", "limit=1", ""])
        query = f"{query}&{selector}" if query else f"?{selector}"
        steps.append({"do": f"DELETE {BASE}{query}", "body": body, "sort": True})
    return steps


@drawn("watches", 2)
def watches(dice):
    """What watches with selectors are told of drawn writes."""
    fields = [{"jsonPath": ".spec.s"}, {"jsonPath": ".spec.i"}]
    definition = crd(SPEC, version_extra={"selectableFields": fields})
    steps = [post_crd(definition, quiet=True)] + up()
    steps.append(get("", save={"rv": "metadata.resourceVersion"}, quiet=True))
    selectors = dice.sample([
        "", "labelSelector=n%3D1", "labelSelector=n", "labelSelector=!n", "labelSelector=n+in+(1,2)",
        "labelSelector=n!%3D1", "fieldSelector=metadata.name%3Da", "fieldSelector=spec.s%3Dx",
        "fieldSelector=spec.s!%3Dx", "fieldSelector=spec.i%3D1,spec.s%3Dx", "labelSelector=n%3E1",
        "fieldSelector=spec.i%3D1&labelSelector=n",
    ], 5)
    for number, selector in enumerate(selectors):
        # Watches with tables lend each other what they wrote, headers or not: one has them.
        made = "Table" if number == 0 else dice.choice(["", "", "PartialObjectMetadata"])
        form = f"application/json;as={made};g=meta.k8s.io;v=v1,application/json" if made else ""
        watch = {"watch": f"w{number}", "path": f"{BASE}?watch=1&resourceVersion=${{rv}}&{selector}"}
        steps.append(watch | ({"accept": form} if form else {}))
    for _ in range(25):
        name = dice.choice("ab")
        labels = {"labels": {"n": dice.choice(["1", "2", None, "x"])}}
        spec = {"s": dice.choice(["x", "y", None]), "i": dice.choice([1, 2, None])}
        body = obj(name, spec, labels)
        match dice.choice(["post", "merge", "merge", "apply", "delete"]):
            case "post":
                made = copy.deepcopy(body)
                made["metadata"]["labels"] = {k: v for k, v in labels["labels"].items() if v}
                made["spec"] = {k: v for k, v in spec.items() if v is not None}
                steps.append(post(made, quiet=True))
            case "merge":
                steps.append(patch(name, {"metadata": labels, "spec": spec}, quiet=True))
            case "apply":
                steps.append(apply(obj(name, {"s": "x"}), q="&force=true", quiet=True))
            case "delete":
                steps.append({"do": f"DELETE {BASE}/{name}", "quiet": True})
    for name in "cd":
        steps.append(post(obj(name, {"s": "x", "i": 1}, {"labels": {"n": "1"}}), quiet=True))
        steps.append({"do": f"DELETE {BASE}/{name}", "quiet": True})
    for number in range(len(selectors)):
        steps.append({"events": f"w{number}", "count": 60, "timeout": 0.5})
    for selector in selectors:
        steps.append(get("", f"?{selector}"))
    return steps



FORMS = ["application/json", "*/*", "application/*", "application/yaml", "text/html", "",
         "application/vnd.kubernetes.protobuf", "application/cbor", "application/json;q=0.5"]
AS = ["", ";as=Table;g=meta.k8s.io;v=v1", ";as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
      ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", ";as=Table;v=v1beta1;g=meta.k8s.io",
      ";as=Table;g=x;v=v1", ";as=Bogus;g=meta.k8s.io;v=v1", ";as=Table", ";pretty=1", ";stream=watch",
      ";profile=x", ";charset=utf-8"]
TYPES = ["application/json", "application/yaml", "application/json; charset=utf-8", "text/plain", "",
         "application/vnd.kubernetes.protobuf", "application/merge-patch+json", "application/json-patch+json",
         "application/strategic-merge-patch+json", "application/apply-patch+yaml", "application/apply-patch+cbor",
         "bogus", "application/json;", "application/x-yaml"]


@drawn("forms", 1)
def forms(dice):
    steps = [post_crd(crd(SPEC), quiet=True)] + up() + [post(obj("a", {"s": "x"}), quiet=True)]
    for _ in range(60):
        accept = ",".join(dice.choice(FORMS) + dice.choice(AS) for _ in range(dice.choice([1, 1, 2, 3])))
        headers = {"accept": accept}
        body = json.dumps(obj("a", {"s": "y"}))
        match dice.choice(["get", "list", "post", "put", "patch", "delete"]):
            case "get":
                steps.append(get("a", dice.choice(["", "?includeObject=Object", "?pretty=true"]), **headers))
            case "list":
                steps.append(get("", dice.choice(["", "?includeObject=None", "?limit=1"]), **headers))
            case "post":
                steps.append({"do": f"POST {BASE}?dryRun=All", "raw": body.replace('"a"', '"b"'), "type": dice.choice(TYPES), **headers})
            case "put":
                steps.append({"do": f"PUT {BASE}/a?dryRun=All", "raw": body, "type": dice.choice(TYPES), **headers})
            case "patch":
                query = dice.choice(["?dryRun=All", "?dryRun=All&fieldManager=m&force=true", "?dryRun=All&force=true"])
                steps.append({"do": f"PATCH {BASE}/a{query}", "raw": body, "type": dice.choice(TYPES), **headers})
            case "delete":
                steps.append({"do": f"DELETE {BASE}/a?dryRun=All", "raw": dice.choice(["", "{}", "x", "[]", '{"kind":"DeleteOptions","apiVersion":"v1"}']), "type": dice.choice(TYPES), **headers})
    return steps


@drawn("versions", 2)
def versions(dice):
    """Applies in several versions of one object, whose schemas differ."""
    shared = fields(dice, 4)
    made = []
    each = {}
    for number, name in enumerate(["v1", "v2", "v1beta1"]):
        each[name] = copy.deepcopy(shared) | {f"own{number}": structure(dice)}
        if dice.random() < 0.5:
            each[name].pop(dice.choice(list(shared)))
        made.append({
            "name": name,
            "served": True,
            "storage": name == "v1",
            "schema": {"openAPIV3Schema": schema(O(**each[name]))},
        })
    steps = [post_crd(crd(versions=made), quiet=True)] + up() + up(version="v2")
    for _ in range(40):
        version = dice.choice(list(each))
        base = f"/apis/{G}/{version}/namespaces/${{ns}}/widgets"
        body = obj("a", some(dice, each[version]), version=version)
        manager = dice.choice(["m1", "m2"])
        match dice.choice(["apply"] * 5 + ["put", "merge", "get"]):
            case "apply":
                steps.append(apply(body, manager, dice.choice(["", "&force=true"]), base))
            case "put":
                steps.append(put(body, f"?fieldManager={manager}", base))
            case "merge":
                steps.append(patch("a", {"spec": body["spec"]}, q=f"?fieldManager={manager}", base=base))
            case "get":
                steps.append(get("a", base=base))
    return steps
