"""A server of webhooks: it answers as its path asks, and keeps what it was asked."""

import base64
import http.server
import json
import ssl
import threading
import time
import urllib.parse


def patch_of(*operations):
    return base64.b64encode(json.dumps(list(operations)).encode()).decode()


def add(path, value):
    return {"op": "add", "path": path, "value": value}


def review(asked, response, **more):
    response = {"uid": asked["request"]["uid"], **response}
    return {"apiVersion": asked["apiVersion"], "kind": asked["kind"], "response": response, **more}


def patched(*operations):
    return lambda asked: review(
        asked, {"allowed": True, "patchType": "JSONPatch", "patch": patch_of(*operations)}
    )


def said(**response):
    return lambda asked: review(asked, response)


def denied(**status):
    return said(allowed=False, status=status)


def without(*members):
    def answer(asked):
        whole = review(asked, {"allowed": True})
        return {key: value for key, value in whole.items() if key not in members}

    return answer


def replaced(**members):
    return lambda asked: review(asked, {"allowed": True}, **members)


def audited(log, count):
    """The events of the requests that name themselves, by request and time: their last stage may
    be written after the answer, so `count` of them are waited for."""
    end = time.monotonic() + 5
    while True:
        with open(log) as file:
            lines = [line for line in file if line.endswith("\n") and '"auditID":"twin-' in line]
        if len(lines) >= count or time.monotonic() > end:
            events = [json.loads(line) for line in lines]
            return sorted(events, key=lambda event: event["auditID"])
        time.sleep(0.05)


class Raw:
    """An answer that is no review."""

    def __init__(self, code, body, content_type="application/json", **headers):
        self.code, self.body, self.type, self.headers = code, body, content_type, headers


class Hooks:
    """Webhooks under `/NAMESPACE/ANSWER/…`; what they were asked under `/NAMESPACE`."""

    def __init__(self, answers, certificate, key):
        self.answers, self.seen, self.lock = answers, {}, threading.Lock()
        hooks = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                path = urllib.parse.urlsplit(self.path)
                _, namespace, name, *_ = path.path.split("/") + [""]
                asked = json.loads(body)
                hooks.note(namespace, self, asked)
                answer = hooks.answers[name]
                answer = answer(asked) if callable(answer) else answer
                self.answer(answer)

            def answer(self, answer):
                if not isinstance(answer, Raw):
                    answer = Raw(200, json.dumps(answer, separators=(",", ":")))
                body = answer.body.encode()
                self.send_response(answer.code)
                self.send_header("content-type", answer.type)
                self.send_header("content-length", str(len(body)))
                for name, value in answer.headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    # Who asked did not wait.
                    self.close_connection = True

            def do_GET(self):
                path = urllib.parse.urlsplit(self.path)
                if path.path.startswith("/audit/"):
                    count = int(path.path.split("/")[2])
                    events = audited(urllib.parse.parse_qs(path.query)["log"][0], count)
                    self.answer({"items": events})
                    return
                self.answer({"items": hooks.taken(path.path.split("/")[2])})

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(
            self.server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.port = self.server.server_address[1]
        self.url = f"https://127.0.0.1:{self.port}"
        with open(certificate, "rb") as file:
            self.authority = base64.b64encode(file.read()).decode()
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def note(self, namespace, handler, asked):
        headers = {
            name: handler.headers.get(name) for name in ("accept", "content-type", "user-agent")
        }
        with self.lock:
            entry = {"path": handler.path, "headers": headers, "asked": asked}
            self.seen.setdefault(namespace, []).append(entry)

    def taken(self, namespace):
        """What was asked since the last time; validating webhooks are asked in any order."""
        with self.lock:
            seen = self.seen.pop(namespace, [])
        return sorted(seen, key=lambda entry: entry["path"])
