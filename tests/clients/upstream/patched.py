"""Patches of built-in kinds, drawn at random: our server beside upstream's libraries, which merge
strategically, apply, and keep the books of managers. What they make of a patch is sent to ours as
an update, which has to answer as the patch itself does."""

import copy
import json
import os
import random
import subprocess

from kinds import BODIES, KEYS

SEED = os.environ.get("UPSTREAM_SEED", "37")
NAMESPACE = "patched"
# What the server makes of other fields.
DERIVED = ["serviceAccount", "tolerations", "podCIDRs", "sessionAffinityConfig", "deprecated.daemonset.template.generation"]
# Kinds that admission or a strategy adds fields to.
ADDED_TO = ["pod", "job", "service", "persistentvolume", "persistentvolumeclaim", "node", "volumeattributesclass", "serviceaccount"]
WORDS = ["x", "y", "http", "10.0.0.7", "5", "", "None", "a-b"]


def changed(dice, value, odd):
    """A scalar in the place of another."""
    if dice.random() < odd:
        return dice.choice([None, "", 0, True, {}, [], "bogus", -1, 1.5, {"a": 1}])
    if dice.random() < 0.65:
        return value
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return max(0, value + dice.choice([-1, 1, 7]))
    return dice.choice(WORDS) if dice.random() < 0.6 else value


def part(dice, node, field="", odd=0.01, share=0.6):
    """Some of an object, some of it changed."""
    if isinstance(node, dict):
        keys = KEYS.get(field, [])
        made = {}
        for key, value in node.items():
            if key in keys or dice.random() < share:
                kept = key in keys and dice.random() < 0.9
                made[key] = value if kept else part(dice, value, key, odd, share)
                if key in keys and made[key] == "":
                    made[key] = "z"
        return made
    if isinstance(node, list):
        if dice.random() < odd:
            return dice.choice([[], None, [None], "x", {}, [[]], ["x", "x"], [{}]])
        kept = [part(dice, one, field, odd, share if field in KEYS else 0.95) for one in node if dice.random() < 0.75]
        if kept and dice.random() < 0.08:
            kept.append(copy.deepcopy(dice.choice(kept)))
        if dice.random() < 0.1:
            dice.shuffle(kept)
        return kept
    return changed(dice, node, odd)


def directives(dice, node, whole, field=""):
    """A strategic patch of a part: with what only such patches have."""
    if isinstance(node, dict):
        for key, value in list(node.items()):
            directives(dice, value, whole.get(key) if isinstance(whole, dict) else None, key)
            if dice.random() < 0.04:
                node[key] = None
            named = KEYS.get(key)
            if isinstance(value, list) and dice.random() < 0.2:
                known = whole.get(key) if isinstance(whole, dict) else None
                known = known if isinstance(known, list) else value
                order = [({named[0]: one.get(named[0])} if named and isinstance(one, dict) else one) for one in known + value]
                dice.shuffle(order)
                # Beside deletions upstream's order of what is not named is that of memory used twice.
                deletes = any(isinstance(one, dict) and "$patch" in one for one in value)
                node[f"$setElementOrder/{key}"] = order if deletes else order[: dice.choice([0, 1, 2, 9])]
            if isinstance(value, list) and value and not isinstance(value[0], dict) and dice.random() < 0.4:
                # Beside a list that names it: which of them is obeyed first is as Go's maps have it.
                node[f"$deleteFromPrimitiveList/{key}"] = value[:1]
                del node[key]
        if dice.random() < 0.04:
            node["$patch"] = dice.choice(["replace", "delete", "merge", "bogus"])
        if dice.random() < 0.04:
            node["$retainKeys"] = dice.choice([list(node), [], list(node)[:1], ["zz"], "x"])
    elif isinstance(node, list):
        for one in node:
            known = KEYS.get(field, [])
            same = [w for w in whole or [] if isinstance(one, dict) and isinstance(w, dict) and all(w.get(k) == one.get(k) for k in known[:1])]
            directives(dice, one, same[0] if same else None, field)
        if field in KEYS and dice.random() < 0.15 and isinstance(whole, list) and whole:
            gone = dice.choice(whole)
            if isinstance(gone, dict):
                key = KEYS[field][0]
                node.append({"$patch": dice.choice(["delete"] * 4 + ["replace", "merge"]), key: gone.get(key)})
        if dice.random() < 0.03:
            node.append({"$patch": dice.choice(["replace", "replace", "delete", "bogus"])})
    return node


class Books:
    """Upstream's libraries, asked a line at a time."""

    def __init__(self, program):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait()


class Drawn:
    def __init__(self, server, books, kind, dice):
        self.server, self.books, self.dice = server, books, dice
        self.kind, (self.folder, self.body) = kind, BODIES[kind]
        self.folder = self.folder.replace("NS", NAMESPACE)
        self.path = f"{self.folder}/{self.body['metadata']['name']}"
        self.different, self.asked = [], 0

    def send(self, method, path, body=None, kind="application/json"):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Accept": "application/json", "Content-Type": kind}
        opened, answer = self.server.open(method, path, headers, data)
        found = json.loads(answer.read())
        opened.close()
        return answer.status, found

    def differs(self, what, sent, want, got):
        self.different.append(f"{self.kind} {what} {json.dumps(sent)}\n      upstream {want}\n      ours     {got}")

    def compare(self, what, sent, want, got):
        self.asked += 1
        if want != got:
            self.differs(what, sent, *apart(want, got))

    def refused(self, what, sent, error, code, got, **question):
        """Upstream's panics are its own; of several faults, Go's maps show one or another."""
        told = lines(got.get("message", "") if code >= 400 else f"{code}")
        for _ in range(20):
            if lines(error) == told or error.startswith("panic: "):
                break
            error = self.books.ask(sent=sent, **question).get("error", "")
        else:
            error = error or "nothing"
        if not error.startswith("panic: "):
            self.compare(what, sent, lines(error), told)

    def strategic(self, live):
        patch = {k: part(self.dice, v, k) for k, v in self.body.items() if k not in ("apiVersion", "kind", "metadata")}
        if self.dice.random() < 0.5:
            patch["metadata"] = part(self.dice, {k: v for k, v in live["metadata"].items() if k in ("labels", "annotations", "finalizers", "ownerReferences")})
        directives(self.dice, patch, live)
        code, got = self.send("PATCH", f"{self.path}?dryRun=All", patch, "application/strategic-merge-patch+json")
        want = self.books.ask(do="strategic", live=live, sent=patch)
        if "error" in want:
            self.refused("strategic", patch, want["error"], code, got, do="strategic", live=live)
            return
        updated, answer = self.send("PUT", f"{self.path}?dryRun=All", want["object"])
        if updated == 400 and code in (400, 422):
            return
        self.compare("strategic", patch, (updated, bare(answer)), (code, bare(got)))

    def apply(self, live):
        dice = self.dice
        config = {"apiVersion": self.body["apiVersion"], "kind": self.body["kind"], "metadata": {"name": self.body["metadata"]["name"]}}
        share = dice.choice([0.3, 0.6, 0.85])
        config |= {k: part(dice, v, k, 0.006, share) for k, v in self.body.items() if k not in config}
        if dice.random() < 0.5:
            config["metadata"] |= part(dice, {k: v for k, v in self.body["metadata"].items() if k != "name"})
        manager, force = dice.choice(["m1", "m2", "m3"]), dice.random() < 0.5
        query = f"?fieldManager={manager}" + ("&force=true" if force else "")
        path = self.path
        if dice.random() < 0.2:
            # One that is not there yet.
            config["metadata"]["name"] = self.fresh()
            live = self.bare_kind()
            path, query = f"{self.folder}/{self.fresh()}", query + "&dryRun=All"
        code, got = self.send("PATCH", path + query, config, "application/apply-patch+yaml")
        want = self.books.ask(do="apply", live=live, sent=config, manager=manager, force=force)
        if "status" in want:
            self.compare("apply", config, without_order(want["status"]), without_order(got))
        elif "error" in want:
            self.refused("apply", config, want["error"], code, got, do="apply", live=live, manager=manager, force=force)
        elif code >= 400 and path != self.path:
            created, answer = self.send("POST", f"{self.folder}?dryRun=All", want["object"])
            self.compare("apply", config, (created, bare(answer)), (code, bare(got)))
        elif code >= 400:
            updated, answer = self.send("PUT", f"{self.path}?dryRun=All", want["object"])
            self.compare("apply", config, (updated, bare(answer)), (code, bare(got)))
        else:
            self.compare("apply, books", config, managers(want["object"]), managers(got))
            # A service's strategy takes fields away that do not go with its type.
            if self.kind != "service":
                self.compare("apply, object", config, [], lacking(bare(own(want["object"])), bare(own(got))))

    def fresh(self):
        return self.body["metadata"]["name"].replace("it", "fresh").replace("d.ex", "fresh.ex")

    def bare_kind(self):
        return {"apiVersion": self.body["apiVersion"], "kind": self.body["kind"], "metadata": {}}

    def created(self, made):
        """The books of a new object. What admission and allocation add is nobody's."""
        if self.kind in ADDED_TO:
            return
        sent = copy.deepcopy(made)
        books = sent["metadata"].pop("managedFields")
        want = self.books.ask(do="update", live=self.bare_kind(), sent=sent, manager="made")
        self.compare("create, books", {}, managers(want.get("object", want)), managers({"metadata": {"managedFields": books}}))

    def update(self, live):
        dice = self.dice
        made = copy.deepcopy(live)
        for key in self.body:
            if key not in ("apiVersion", "kind", "metadata"):
                made[key] = part(dice, live.get(key, self.body[key]), key, 0, 0.9)
        manager = dice.choice(["m1", "m2", "u1"])
        code, got = self.send("PUT", f"{self.path}?fieldManager={manager}", made)
        if code >= 400 or self.kind == "service":
            return
        sent = copy.deepcopy(got)
        sent["metadata"]["managedFields"] = live["metadata"].get("managedFields")
        want = self.books.ask(do="update", live=live, sent=sent, manager=manager)
        self.compare("update, books", {}, managers(want.get("object", want)), managers(got))


def short(answer):
    """An object without what the server decides."""
    made = copy.deepcopy(answer)
    made.pop("status", None)
    for key in ("managedFields", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "selfLink", "uid", "resourceVersion"):
        made["metadata"].pop(key, None)
    return made


def bare(answer):
    """An object without its books, or what a refusal says."""
    if answer.get("kind") == "Status":
        return {key: answer.get(key) for key in ("code", "reason", "message")}
    made = copy.deepcopy(answer)
    for key in ("managedFields", "resourceVersion", "generation", "creationTimestamp", "uid"):
        made["metadata"].pop(key, None)
    return made


def managers(answer):
    entries = [{k: v for k, v in one.items() if k != "time"} for one in answer.get("metadata", {}).get("managedFields") or []]
    return sorted(json.dumps(one, sort_keys=True) for one in entries)


def lines(text):
    """Faults, one a line, in an order of our own."""
    return sorted(text.replace("errors:", "").split("\n"))


def without_order(status):
    """A refusal as it is shown; conflicts of several managers come in no order."""
    return {key: status.get(key) for key in ("code", "reason", "message")}


def own(answer):
    """An object without the finalizers and taints that admission adds."""
    made = copy.deepcopy(answer)
    for where, key in ((made["metadata"], "finalizers"), (made.get("spec", {}), "taints")):
        where[key] = [one for one in where.get(key) or [] if "kubernetes.io/" not in str(one)]
    return made


def lacking(want, got, path=""):
    """Where an answer has not what was merged."""
    if isinstance(want, dict):
        if not isinstance(got, dict):
            return [path] if want else []
        return [found for key, value in want.items() if value is not None and key not in DERIVED for found in lacking(value, got.get(key), f"{path}.{key}")]
    if isinstance(want, list) and isinstance(got, list) and len(want) == len(got):
        return [found for number, (a, b) in enumerate(zip(want, got)) for found in lacking(a, b, f"{path}[{number}]")]
    return [] if want == got or not want else [f"{path}: {want} {got}"]


def apart(want, got):
    """What two answers say, as short as it shows that they differ."""
    a, b = (json.dumps(one, sort_keys=True) for one in (want, got))
    start = next((n for n, (x, y) in enumerate(zip(a, b)) if x != y), 0)
    start = max(0, start - 120)
    return a[start : start + 400], b[start : start + 400]


def namespace(server):
    made = json.dumps({"metadata": {"name": NAMESPACE}}).encode()
    opened, answer = server.open("POST", "/api/v1/namespaces", {"Content-Type": "application/json"}, made)
    answer.read()
    opened.close()


def compare(server, program, count=25, only=""):
    """Yields a name, how much was asked, and what differs, of each kind."""
    books = Books(program)
    namespace(server)
    for kind in BODIES:
        # The server itself writes the status of flow schemas, at any time.
        if not f"patched-{kind}".startswith(only) or kind == "flowschema":
            continue
        drawn = Drawn(server, books, kind, random.Random(f"{SEED} {kind}"))
        if kind == "pod":
            drawn.send("POST", f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts", {"metadata": {"name": "default"}})
        code, made = drawn.send("POST", f"{drawn.folder}?fieldManager=made", drawn.body)
        if code != 201:
            drawn.differs("made", {}, 201, made.get("message"))
        else:
            drawn.created(made)
        for _ in range(count if code == 201 else 0):
            live = drawn.send("GET", drawn.path)[1]
            drawn.dice.choice([drawn.strategic] * 3 + [drawn.apply] * 3 + [drawn.update])(live)
        drawn.send("PATCH", drawn.path, {"metadata": {"finalizers": None}}, "application/merge-patch+json")
        drawn.send("DELETE", f"{drawn.path}?gracePeriodSeconds=0&propagationPolicy=Background")
        yield f"patched-{kind}", drawn.asked, drawn.different
    books.end()
