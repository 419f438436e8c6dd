"""Upstream's own server of custom resources, on our store, beside ours.

    main.py SKEG APIEXTENSIONS-APISERVER FOLDER-OF-CORPUS.PY      with KUBECONFIG of a cluster of ours

k8s.io/apiextensions-apiserver is kube-apiserver's handler of custom resources, and all of its
generic machinery, as a program. It keeps its objects in `skeg etcd`, and asks our cluster who may
do what. Each scenario is played with both; an answer of ours that differs is a failure.
"""

import argparse
import concurrent.futures
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

import definitions
import traffic
import values

# What must differ: names in order of appearance, ages, and the words of column descriptions,
# which are our own.
NUMBERED = re.compile(r'"(rv|uid|ip|port)-[0-9]+"')
REVISION = re.compile(r'(resourceVersion|uid)\\*":\\*"[^"\\]*')
RECORD = re.compile(r"(in record|resource version: 1) \([0-9]+\)")
AGE = re.compile(r"^[0-9]+s$")
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
        return value.replace("/registry/apiextensions.kubernetes.io/", "/registry/")
    return value


def comparable(corpus, answer):
    answer = plain(corpus.settled(answer))
    return json.dumps(json.loads(NUMBERED.sub(r'"\1"', json.dumps(answer))), sort_keys=True)


class Both:
    """A connection: custom resources are asked of upstream's server, all else of the cluster."""

    def __init__(self, cluster, upstream):
        self.cluster, self.upstream = cluster, upstream

    def open(self, method, path, *rest, **more):
        group = path.split("/")[2] if path.startswith("/apis/") else ""
        own = group.startswith("ns") or group.startswith("apiextensions.k8s.io")
        return (self.upstream if own else self.cluster).open(method, path, *rest, **more)


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
    for name in ("skeg", "server", "corpus"):
        arguments.add_argument(name)
    a = arguments.parse_args()
    # The player of the recorded conversations is a program: all of it but its start.
    program = pathlib.Path(a.corpus, "corpus.py").read_text()
    corpus = types.ModuleType("corpus")
    exec(program.rsplit("\nmain()", 1)[0], corpus.__dict__)

    kubeconfig = os.environ["KUBECONFIG"]
    config = yaml.safe_load(pathlib.Path(kubeconfig).read_text())
    cluster_url = config["clusters"][0]["cluster"]["server"]
    store, port = free_port(), free_port()
    upstream_url = f"https://127.0.0.1:{port}"

    def connection(url):
        options = dict(server=url, token="admin-token", ca=None, cert=None, key=None)
        return corpus.Connection(types.SimpleNamespace(**options))

    with tempfile.TemporaryDirectory() as folder:
        client = f"http://127.0.0.1:{store}"
        commands = [
            [a.skeg, "etcd", "--data-dir", f"{folder}/etcd", "--listen-client-urls", client]
            + ["--advertise-client-urls", client],
            [a.server, "--etcd-servers", client, "--kubeconfig", kubeconfig]
            + ["--authentication-kubeconfig", kubeconfig, "--authorization-kubeconfig", kubeconfig]
            + ["--bind-address", "127.0.0.1", "--secure-port", str(port)]
            + ["--cert-dir", f"{folder}/certs"],
        ]
        running = []
        try:
            for number, command in enumerate(commands):
                log = open(f"{folder}/{number}.log", "wb")
                running.append(subprocess.Popen(command, stdout=log, stderr=log))
                if number == 0:
                    socket_of = ("127.0.0.1", store)
                    wait_for(
                        "skeg etcd", lambda: socket.create_connection(socket_of).close() is None
                    )
            upstream, cluster = connection(upstream_url), connection(cluster_url)
            wait_for(
                "upstream's server",
                lambda: upstream.open("GET", "/readyz", {}, None)[1].status == 200,
            )
            compare(corpus, Both(cluster, upstream), upstream_url, cluster, cluster_url)
        finally:
            for process in reversed(running):
                process.terminate()
                process.wait()


def compare(corpus, both, upstream_url, cluster, cluster_url):
    def play(item):
        name, scenario = item
        # A definition deleted while upstream still starts its storage is tried again later and
        # later. What upstream itself did not see end says nothing of ours: it is played anew.
        for _ in range(3):
            wanted = corpus.Run(scenario, both, upstream_url).all()
            if not any(answer.get("timeout") for answer in wanted):
                break
        given = corpus.Run(scenario, cluster, cluster_url).all()
        return name, scenario["steps"], wanted, given

    scenarios = {**definitions.SCENARIOS, **values.SCENARIOS, **traffic.SCENARIOS}
    alike = 0
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for name, steps, wanted, given in pool.map(play, scenarios.items()):
            different = []
            for number, (want, got) in enumerate(zip(wanted, given)):
                want, got = comparable(corpus, want), comparable(corpus, got)
                if want == got:
                    alike += 1
                else:
                    step = steps[number]
                    asked = step.get("do") or step.get("watch") or step.get("events")
                    different.append(f"step {number} ({asked}): upstream {want} ours {got}")
            if different:
                print(f"FAIL {name}: {different[0][:3000]} ({len(different)} steps differ)")
            else:
                print(f"ok {name}")
    print(f"note {alike} answers alike")


main()
