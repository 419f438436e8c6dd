"""Texts of built-in kinds, drawn at random with what does not fit: our decoder beside upstream's."""

import copy
import json
import random

from generated import as_json, as_yaml
from kinds import BODIES
from patched import NAMESPACE, SEED, Books, lacking, namespace, own, short

# What may stand where something else is due.
ODD = [
    None, True, False, 0, 1, -1, 7, 2147483648, 4294967296, 9223372036854775807, 1.5, 2.0, 1e3, 1e30, "", "x", "1", "1.5",
    "true", " 1", "100m", "1Gi", "5.", "1e", [], [None], ["x"], [1], [[]], [{}], {}, {"a": 1}, {"a": None}, {"": "x"},
    "2024-01-02T03:04:05Z", "2024-01-02T03:04:05.678Z", "2024-01-02T03:04:05+02:00", "2024-01-02 03:04:05",
    "2024-13-02T03:04:05Z", "2024-01-02T03:04:05", "2024-01-02T3:04:05Z", "aGk=", "aGk", "aGk\n", "5%", "50", "Ünï", "a\u0000b",
]
# Numbers as JSON may write them and Python does not.
WRITTEN = ["1E3", "1.0e2", "-0", "1e-1", "12345678901234567890", "0.1e1", "1.0", "-1.50"]
# Fields that bodies have none of.
MORE = {
    "metadata": {
        "creationTimestamp": "2024-01-02T03:04:05Z", "deletionGracePeriodSeconds": 1, "generation": 5, "selfLink": "x",
        "managedFields": [{"manager": "a", "operation": "Update", "apiVersion": "v1", "time": "2024-01-02T03:04:05Z"}],
    },
}


def places(node, path=()):
    """All paths of a tree."""
    yield path
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in inner:
        yield from places(value, path + (key,))


def at(node, path):
    for key in path:
        node = node[key]
    return node


def spoilt(dice, body):
    """A body with a few values that do not fit, and fields that nobody knows."""
    made = copy.deepcopy(body)
    if dice.random() < 0.3:
        made["metadata"] |= {k: v for k, v in MORE["metadata"].items() if dice.random() < 0.5}
    for _ in range(dice.choice([0, 1, 1, 1, 2, 3])):
        known = [path for path in places(made) if path and path not in (("apiVersion",), ("kind",), ("metadata",), ("metadata", "name"))]
        path = dice.choice(known)
        where = at(made, path[:-1])
        match dice.choice(["odd"] * 6 + ["drop", "unknown", "case", "null"]):
            case "odd":
                where[path[-1]] = copy.deepcopy(dice.choice(ODD))
            case "null":
                where[path[-1]] = None
            case "drop":
                del where[path[-1]]
            case "unknown" if isinstance(where, dict):
                where[dice.choice(["unknown", "a.b", "x y", "$patch", "é"])] = dice.choice(ODD)
            case "case" if isinstance(where, dict):
                where[str(path[-1]).capitalize()] = where.pop(path[-1])
    return made


def text(dice, made):
    """JSON or YAML, sometimes with members that stand twice."""
    share = dice.choice([0, 0, 0, 0.03])
    if dice.random() < 0.75:
        written = as_json(dice, made, share)
        if dice.random() < 0.1:
            numbers = written.replace(":1,", f":{dice.choice(WRITTEN)},", 1)
            written = numbers
        return written, "application/json"
    return as_yaml(dice, made, share=share), "application/yaml"


def compare(server, program, count=30, only=""):
    """Yields a name, how much was asked, and what differs, of each kind."""
    books = Books(program)
    namespace(server)
    for kind, (folder, body) in BODIES.items():
        if not f"decoded-{kind}".startswith(only):
            continue
        dice = random.Random(f"{SEED} decoded {kind}")
        asked, different = 0, []
        path = folder.replace("NS", NAMESPACE) + "?dryRun=All&fieldValidation=Strict"
        for number in range(count):
            made = spoilt(dice, body)
            made["metadata"]["name"] = f"d{number}"
            written, media = text(dice, made)
            opened, answer = server.open("POST", path, {"Content-Type": media, "Accept": "application/json"}, written.encode())
            got = json.loads(answer.read())
            opened.close()
            want = books.ask(do="decode", text=written, type=media)
            asked += 1
            if "error" in want:
                version = made["apiVersion"].split("/")[-1]
                expected = f'{body["kind"]} in version "{version}" cannot be handled as a {body["kind"]}: {want["error"]}'
                found = got.get("message", "")
                if got.get("code") != 400 or found != expected:
                    different.append(f"{written}\n      upstream {expected}\n      ours     {got.get('code')} {found}")
            elif got.get("code") == 400:
                different.append(f"{written}\n      upstream takes it\n      ours     {got.get('message')}")
            elif got.get("kind") != "Status":
                missing = lacking(short(want["object"]), own(got))
                if missing:
                    different.append(f"{written}\n      {missing}")
        yield f"decoded-{kind}", asked, different
    books.end()
