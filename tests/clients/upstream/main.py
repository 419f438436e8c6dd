"""Upstream's own server of custom resources, on our store, beside ours.

    main.py SKEG APIEXTENSIONS-APISERVER POD-SECURITY-WEBHOOK FIELD-MANAGER FOLDER-OF-CORPUS.PY

with KUBECONFIG of a cluster of ours.

k8s.io/apiextensions-apiserver is kube-apiserver's handler of custom resources, and all of its
generic machinery, as a program. It keeps its objects in `skeg etcd`, and asks our cluster who may
do what. Each scenario is played with both; an answer of ours that differs is a failure. So are
the judgements of Pod Security, of which k8s.io/pod-security-admission has a program too, and
patches and texts of built-in kinds, which a small program asks upstream's libraries about.
"""

import argparse
import concurrent.futures
import difflib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import time
import types

import yaml

import audited
import converted
import decisions
import decoded
import definitions
import expressions
import generated
import hooks
import judged
import mutations
import patched
import sequences
import traffic
import values
import webhooks

# What must differ: names in order of appearance, ages, and the words of column descriptions,
# which are our own.
NUMBERED = re.compile(r'\b(rv|uid|ip|port)-[0-9]+(?=\\*")')
REVISION = re.compile(r'(resourceVersion|uid)\\*":\\*"[^"\\]*')
RECORD = re.compile(r"(in record|resource version: 1|not decodable) (?:\([0-9]+\)|revision=[0-9]+)")
AGE = re.compile(r"^[0-9]+s$")
# Upstream numbers the types of `self` by the clock.
SELF_TYPE = re.compile(r"selfType[0-9]+")
# Of several fields, and of several versions, the first is named.
UNDECLARED = re.compile(r"^((?:failed to .*: )?)\S+(?=: field not declared in schema$)")
AT_VERSION = re.compile(r"(?<=object at version )\S+(?=:)")
# In a text: their order hangs on when a second ends.
MANAGED = re.compile(r'(managedFields\\*":\[).*?\](?=,\\*"name)')
# Go ranges over maps in no order, so these come in any.
UNORDERED = re.compile(r"^(causes|warning)$")


def plain(value, key=""):
    if isinstance(value, dict):
        value = {name: plain(member, name) for name, member in value.items()}
        for column in value.get("columnDefinitions") or []:
            column.pop("description", None)
        # It is made of the group's name, which is another in each run.
        value.pop("storageVersionHash", None)
        if isinstance(value.get("details"), dict) and len(value["details"].get("causes", [])) > 1:
            value.pop("message", None)
        return value
    if isinstance(value, list):
        value = [plain(item, key) for item in value]
        if UNORDERED.match(key):
            value.sort(key=lambda item: json.dumps(item, sort_keys=True))
        return value
    if isinstance(value, str):
        if key == "cells" and AGE.match(value):
            return "<age>"
        value = RECORD.sub(r"\1 (<revision>)", REVISION.sub(r"\1", value))
        value = SELF_TYPE.sub("selfType", value)
        value = AT_VERSION.sub("<version>", UNDECLARED.sub(r"\1", value))
        value = MANAGED.sub(r"\1", value)
        if key == "message" and "errors:\n" in value:
            head, _, lines = value.partition("errors:\n")
            value = f"{head}errors:\n" + "\n".join(sorted(lines.split("\n")))
        return value.replace("/registry/apiextensions.kubernetes.io/", "/registry/")
    return value


def comparable(corpus, answer):
    answer = plain(corpus.settled(answer))
    return json.dumps(json.loads(NUMBERED.sub(r"\1", json.dumps(answer))), sort_keys=True)


MODULES = [definitions, values, traffic, generated, sequences, expressions, decisions, mutations, webhooks, converted]
TOKENS = """admin-token,admin,admin-uid,system:masters
alice-token,alice,alice-uid,dev
bob-token,bob,bob-uid
"""


class Side:
    """A connection: custom resources are asked of one server, all else of the cluster, and what
    webhooks were asked of those and what an audit log holds. Paths that begin with `/cluster` are
    the cluster's whatever they name."""

    def __init__(self, own, cluster, hooks, log=""):
        self.own, self.cluster, self.hooks, self.log = own, cluster, hooks, log

    def open(self, method, path, *rest, **more):
        group = path.split("/")[2] if path.startswith("/apis/") else ""
        if path.startswith("/hooks/"):
            asked = self.hooks
        elif path.startswith("/audit/"):
            asked, path = self.hooks, f"{path}?log={self.log}"
        elif group.startswith("ns") or group.startswith("apiextensions.k8s.io"):
            asked = self.own
        else:
            asked, path = self.cluster, path.removeprefix("/cluster")
        return asked.open(method, path, *rest, **more)


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def wait_for(what, probe):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if probe():
                return
        except OSError:
            pass
        time.sleep(0.05)
    sys.exit(f"{what} is not ready after a minute")


def main():
    arguments = argparse.ArgumentParser()
    for name in ("skeg", "server", "webhook", "books", "corpus"):
        arguments.add_argument(name)
    arguments.add_argument("--only", default="", help="scenarios whose names begin so")
    arguments.add_argument("-v", action="store_true", help="every difference, not the first alone")
    a = arguments.parse_args()
    # The player of the recorded conversations is a program: all of it but its start.
    program = pathlib.Path(a.corpus, "corpus.py").read_text()
    corpus = types.ModuleType("corpus")
    exec(program.rsplit("\nmain()", 1)[0], corpus.__dict__)

    kubeconfig = os.environ["KUBECONFIG"]
    config = yaml.safe_load(pathlib.Path(kubeconfig).read_text())
    cluster_url = config["clusters"][0]["cluster"]["server"]

    def connection(url):
        options = dict(server=url, token="admin-token", ca=None, cert=None, key=None)
        return corpus.Connection(types.SimpleNamespace(**options))

    with tempfile.TemporaryDirectory() as folder, Programs(folder) as programs:
        upstream_url = programs.upstream(a.skeg, a.server, kubeconfig)
        audited_url = programs.audited(a.skeg)
        upstream, cluster, ours = map(connection, (upstream_url, cluster_url, audited_url))
        for url, asked in ((upstream_url, upstream), (audited_url, ours)):
            wait_for(url, lambda: asked.open("GET", "/readyz", {}, None)[1].status == 200)
        # Webhooks show the certificate that upstream's server made for itself.
        certificate = [f"{folder}/certs/apiserver.{end}" for end in ("crt", "key")]
        answers = {f"convert-{name}": answer for name, answer in converted.ANSWERS.items()}
        hooked = hooks.Hooks({**webhooks.ANSWERS, **answers}, *certificate)
        asked = connection(hooked.url)
        variables = {"hooks": hooked.url, "authority": hooked.authority}
        theirs = (Side(upstream, cluster, asked, f"{folder}/upstream.audit"), upstream_url)
        alike = 0
        pairs = [
            (MODULES, (Side(cluster, cluster, asked), cluster_url)),
            ([audited], (Side(ours, ours, asked, f"{folder}/skeg.audit"), audited_url)),
        ]
        for modules, own in pairs:
            scenarios = {}
            for module in modules:
                scenarios |= module.SCENARIOS
            scenarios = {n: s for n, s in scenarios.items() if n.startswith(a.only)}
            alike += compare(corpus, (theirs, own), variables, scenarios, a.v)
        if "pods-".startswith(a.only) or a.only.startswith("pods-"):
            judge_url = programs.judge(a.webhook, kubeconfig, certificate)
            judge = connection(judge_url)
            wait_for(judge_url, lambda: judge.open("GET", "/healthz", {}, None)[1].status == 200)
            for name, asked, different in judged.compare(cluster, judge):
                report(name, different, a.v)
                alike += asked - len(different)
        for prefix, module in (("patched-", patched), ("decoded-", decoded)):
            if prefix.startswith(a.only) or a.only.startswith(prefix):
                for name, asked, different in module.compare(ours, a.books, only=a.only):
                    report(name, different, a.v)
                    alike += asked - len(different)
        print(f"note {alike} answers alike")


class Programs:
    """The programs of a run, which end with it."""

    def __init__(self, folder):
        self.folder, self.running = folder, []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.running):
            process.terminate()
            process.wait()

    def start(self, *command):
        log = open(f"{self.folder}/{len(self.running)}.log", "wb")
        self.running.append(subprocess.Popen(command, stdout=log, stderr=log))

    def audit(self, name):
        """The flags of an audit log."""
        policy = f"{self.folder}/policy.yaml"
        pathlib.Path(policy).write_text(json.dumps(audited.POLICY))
        return [f"audit-policy-file={policy}", f"audit-log-path={self.folder}/{name}.audit"]

    def upstream(self, skeg, server, kubeconfig):
        store, port = free_port(), free_port()
        client = f"http://127.0.0.1:{store}"
        urls = [f"--{kind}-client-urls={client}" for kind in ("listen", "advertise")]
        self.start(skeg, "etcd", f"--data-dir={self.folder}/etcd", *urls)
        listening = ("127.0.0.1", store)
        wait_for("skeg etcd", lambda: socket.create_connection(listening).close() is None)
        asked = [f"--{asks}kubeconfig={kubeconfig}" for asks in ("", "authentication-", "authorization-")]
        served = ["--bind-address=127.0.0.1", f"--secure-port={port}", f"--cert-dir={self.folder}/certs"]
        flags = [f"--{flag}" for flag in self.audit("upstream")]
        self.start(server, f"--etcd-servers={client}", *asked, *served, *flags)
        return f"https://127.0.0.1:{port}"

    def judge(self, webhook, kubeconfig, certificate):
        port = free_port()
        shown = [f"--tls-cert-file={certificate[0]}", f"--tls-private-key-file={certificate[1]}"]
        served = ["--bind-address=127.0.0.1", f"--secure-port={port}"]
        self.start(webhook, f"--kubeconfig={kubeconfig}", *served, *shown)
        return f"https://127.0.0.1:{port}"

    def audited(self, skeg):
        port = free_port()
        tokens = f"{self.folder}/tokens.csv"
        pathlib.Path(tokens).write_text(TOKENS)
        flags = [word for flag in self.audit("skeg") for word in ("--kube-apiserver-arg", flag)]
        where = ["--data-dir", f"{self.folder}/skeg", "--listen", f"127.0.0.1:{port}"]
        self.start(skeg, "up", "--roles", "apiserver", *where, "--token-auth-file", tokens, *flags)
        return f"https://127.0.0.1:{port}"


def shown(want, got):
    lines = [json.dumps(json.loads(text), indent=1).splitlines() for text in (want, got)]
    return "\n" + "\n".join(difflib.unified_diff(*lines, "upstream", "ours", lineterm="", n=2))


def report(name, different, verbose):
    if not different:
        print(f"ok {name}", flush=True)
    elif verbose:
        print(f"FAIL {name}: {len(different)} differ")
        print("\n".join(f"    {line}" for line in different), flush=True)
    else:
        print(f"FAIL {name}: {different[0][:3000]} ({len(different)} steps differ)", flush=True)


def compare(corpus, sides, variables, scenarios, verbose):
    def run(scenario, side):
        played = corpus.Run(scenario, *side)
        played.vars |= variables
        return played.all()

    def differences(steps, wanted, given):
        different = []
        for number, (step, want, got) in enumerate(zip(steps, wanted, given)):
            want, got = comparable(corpus, want), comparable(corpus, got)
            if want != got and not generated.left(want, got):
                asked = step.get("do") or step.get("watch") or step.get("events")
                told = shown(want, got) if verbose else f"upstream {want} ours {got}"
                different.append(f"step {number} ({asked}): {told}")
        return different

    def play(item):
        name, scenario = item
        # A definition deleted while upstream still starts its storage is tried again later and
        # later. What upstream itself did not see end says nothing of ours: it is played anew.
        for _ in range(3):
            wanted = run(scenario, sides[0])
            if not any(answer.get("timeout") for answer in wanted):
                break
        given = run(scenario, sides[1])
        return name, len(scenario["steps"]), differences(scenario["steps"], wanted, given)

    alike = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for name, steps, different in pool.map(play, scenarios.items()):
            if different:
                # An answer may race with what a server does behind it: it differs each time, or
                # is told and passed over.
                print(f"note {name} differed, and is played again: {different[0][:300]}")
                name, steps, different = play((name, scenarios[name]))
            alike += steps - len(different)
            report(name, different, verbose)
    return alike


main()
