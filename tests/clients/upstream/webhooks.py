"""Admission webhooks: who is asked what, in which order, and what becomes of the answers."""

import time

import hooks
import policies
from hooks import Raw, add, denied, patched, replaced, review, said, without
from policies import REGISTRATION, removed
from words import *

SCENARIOS = {}


def hangs(asked):
    time.sleep(3)
    return review(asked, {"allowed": True})


def labelled(asked):
    """Says how often it has been here, by the object."""
    labels = asked["request"]["object"]["metadata"].get("labels") or {}
    count = int(labels.get("seen", "0")) + 1
    return patched(add("/metadata/labels/seen", str(count)))(asked)


ANSWERS = {
    "allows": said(allowed=True),
    "probe": denied(code=418, message="in force"),
    # Refusals.
    "bare": said(allowed=False),
    "empty": denied(),
    "message": denied(message="because"),
    "reason": denied(reason="Because"),
    "both": denied(reason="Because", message="of that"),
    "code": denied(code=404, message="gone"),
    "code-only": denied(code=409),
    "low": denied(code=302, message="moved"),
    "success": denied(status="Success", code=200, message="fine"),
    "details": denied(
        code=422,
        reason="Invalid",
        message="bad",
        details={
            "name": "n",
            "kind": "k",
            "causes": [{"reason": "r", "message": "m", "field": "f"}],
            "retryAfterSeconds": 7,
        },
        metadata={"resourceVersion": "5"},
    ),
    "too-many": denied(code=429, reason="TooManyRequests", message="later", details={"retryAfterSeconds": 3}),
    "unauthorized": denied(code=401, reason="Unauthorized", message="who"),
    "high": denied(code=799, message="high"),
    "allowed-status": said(allowed=True, status={"code": 400, "message": "odd"}),
    # Words beside the answer.
    "warns": said(allowed=True, warnings=["one", "two \"quoted\" \\ é", "", "one", "l" * 300]),
    "warns-denied": said(allowed=False, warnings=["w"], status={"message": "no"}),
    "warns-lines": said(allowed=True, warnings=["a\nb", "c\td"]),
    "warns-much": said(allowed=True, warnings=[f"{n} " + "m" * 250 for n in range(24)]),
    "annotates": said(allowed=True, auditAnnotations={"key": "value", "other": "", "a/b": "c"}),
    # Answers that are none.
    "no-response": without("response"),
    "no-kind": without("kind"),
    "no-version": without("apiVersion"),
    "kind": replaced(kind="Review"),
    "version": replaced(apiVersion="admission.k8s.io/v1beta1"),
    "version-unknown": replaced(apiVersion="admission.k8s.io/v7"),
    "group": replaced(apiVersion="example.com/v1"),
    "other-uid": said(uid="other", allowed=True),
    "no-uid": said(uid="", allowed=True),
    "no-allowed": said(),
    "null-allowed": said(allowed=None),
    "text-allowed": said(allowed="yes"),
    "unknown-members": said(allowed=True, bogus=1),
    "number-warnings": said(allowed=True, warnings=[1]),
    "list": [1, 2],
    "text": "hello",
    "null": None,
    "object": {},
    "status-object": Raw(
        200, '{"kind":"Status","apiVersion":"v1","status":"Failure","message":"m","code":403}'
    ),
    "not-json": Raw(200, "not json"),
    "cut": Raw(200, '{"apiVersion":"admission.k8s.io/v1","kind":"Adm'),
    "nothing": Raw(200, ""),
    "plain": Raw(200, "fine", "text/plain"),
    "yaml": Raw(200, "allowed: true", "application/yaml"),
    "html": Raw(500, "<html>broken</html>", "text/html"),
    "c201": Raw(201, '{"kind":"AdmissionReview"}'),
    "c204": Raw(204, ""),
    "c400": Raw(400, "bad request, says the hook"),
    "c401": Raw(401, "who are you"),
    "c403": Raw(403, "no", "text/plain"),
    "c404": Raw(404, "none such\n", "text/plain"),
    "c409": Raw(409, "conflict"),
    "c413": Raw(413, "large"),
    "c422": Raw(422, "hm"),
    "c429": Raw(429, "slow down"),
    "c500": Raw(500, "oh"),
    "c500-status": Raw(
        500,
        '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"hook says",'
        '"reason":"Because","code":500}',
    ),
    "c502": Raw(502, "gate"),
    "c503": Raw(503, "off", "text/plain"),
    "c504": Raw(504, "late"),
    "hangs": hangs,
    # Patches.
    "adds": patched(add("/spec/s", "added")),
    "labels": patched(add("/metadata/labels/new", "l")),
    "counts": labelled,
    "patch-empty": patched(),
    "patch-same": patched({"op": "replace", "path": "/spec/i", "value": 1}),
    "patch-missing": patched({"op": "replace", "path": "/spec/none", "value": 1}),
    "patch-remove-missing": patched({"op": "remove", "path": "/spec/none"}),
    "patch-test": patched({"op": "test", "path": "/spec/i", "value": 1}, add("/spec/s", "t")),
    "patch-test-fails": patched({"op": "test", "path": "/spec/i", "value": 7}),
    "patch-parents": patched(add("/spec/deep/er/x", 1)),
    "patch-op": patched({"op": "nope", "path": "/spec/i"}),
    "patch-no-path": patched({"op": "add", "value": 1}),
    "patch-no-value": patched({"op": "add", "path": "/spec/s"}),
    "patch-index": patched(add("/spec/l/9", "x")),
    "patch-append": patched(add("/spec/l/-", "x")),
    "patch-copy": patched({"op": "copy", "from": "/spec/i", "path": "/spec/j"}),
    "patch-move": patched({"op": "move", "from": "/spec/i", "path": "/spec/j"}),
    "patch-index-text": patched(add("/spec/l/x", "x")),
    "patch-index-low": patched(add("/spec/l/-9", "x")),
    "patch-into-text": patched(add("/spec/i/x", "x")),
    "patch-add-root": patched(add("", {"a": 1})),
    "patch-slashless": patched(add("spec/i", 1)),
    "patch-remove-index": patched({"op": "remove", "path": "/spec/l/7"}),
    "patch-remove-index-text": patched({"op": "remove", "path": "/spec/l/x"}),
    "patch-remove-parents": patched({"op": "remove", "path": "/spec/deep/x"}),
    "patch-remove-root": patched({"op": "remove", "path": ""}),
    "patch-replace-parents": patched({"op": "replace", "path": "/spec/deep/x", "value": 1}),
    "patch-replace-index": patched({"op": "replace", "path": "/spec/l/7", "value": "x"}),
    "patch-replace-index-text": patched({"op": "replace", "path": "/spec/l/x", "value": "x"}),
    "patch-move-missing": patched({"op": "move", "from": "/spec/none", "path": "/spec/j"}),
    "patch-move-parents": patched({"op": "move", "from": "/spec/deep/x", "path": "/spec/j"}),
    "patch-move-to-parents": patched({"op": "move", "from": "/spec/i", "path": "/spec/deep/x"}),
    "patch-move-no-from": patched({"op": "move", "path": "/spec/j"}),
    "patch-copy-missing": patched({"op": "copy", "from": "/spec/none", "path": "/spec/j"}),
    "patch-copy-parents": patched({"op": "copy", "from": "/spec/deep/x", "path": "/spec/j"}),
    "patch-copy-to-parents": patched({"op": "copy", "from": "/spec/i", "path": "/spec/deep/x"}),
    "patch-copy-index": patched({"op": "copy", "from": "/spec/l/7", "path": "/spec/j"}),
    "patch-copy-no-from": patched({"op": "copy", "path": "/spec/j"}),
    "patch-test-missing": patched({"op": "test", "path": "/spec/none", "value": 1}),
    "patch-test-null": patched({"op": "test", "path": "/spec/none", "value": None}),
    "patch-test-parents": patched({"op": "test", "path": "/spec/deep/x", "value": 1}),
    "patch-test-index": patched({"op": "test", "path": "/spec/l/7", "value": 1}),
    "patch-test-no-value": patched({"op": "test", "path": "/spec/i"}),
    "patch-no-op": patched({"path": "/spec/i", "value": 1}),
    "patch-number-op": patched({"op": 1, "path": "/spec/i", "value": 1}),
    "patch-number-path": patched({"op": "add", "path": 1, "value": 1}),
    "patch-item": said(allowed=True, patchType="JSONPatch", patch="WzFd"),
    "patch-root": patched({"op": "replace", "path": "", "value": {"a": 1}}),
    "patch-kind": patched({"op": "replace", "path": "/kind", "value": "Other"}),
    "patch-name": patched({"op": "replace", "path": "/metadata/name", "value": "other"}),
    "patch-namespace": patched({"op": "replace", "path": "/metadata/namespace", "value": "other"}),
    "patch-uid": patched({"op": "replace", "path": "/metadata/uid", "value": "mine"}),
    "patch-generation": patched(add("/metadata/generation", 77)),
    "patch-managed": patched(add("/metadata/managedFields", [])),
    "patch-type": patched({"op": "replace", "path": "/spec/i", "value": "text"}),
    "patch-unknown": patched(add("/bogus", 1), add("/spec/bogus", 1)),
    "patch-status": patched(add("/status", {"phase": "hooked"})),
    "patch-finalizer": patched(add("/metadata/finalizers", ["bad name"])),
    "patch-float": patched(add("/spec/n", 1.0), add("/spec/m", 1e3), add("/spec/o", 1e21)),
    "patch-not-list": said(allowed=True, patchType="JSONPatch", patch="eyJhIjoxfQ=="),
    "patch-not-json": said(allowed=True, patchType="JSONPatch", patch="bm9wZQ=="),
    "patch-not-base64": said(allowed=True, patchType="JSONPatch", patch="***"),
    "patch-null": said(allowed=True, patchType="JSONPatch", patch="bnVsbA=="),
    "patch-no-type": said(allowed=True, patch="W10="),
    "patch-other-type": said(allowed=True, patch="W10=", patchType="MergePatch"),
    "patch-merge": said(
        allowed=True, patch=hooks.patch_of(add("/spec/s", "x")), patchType="MergePatch"
    ),
    "patch-type-empty": said(allowed=True, patch=hooks.patch_of(add("/spec/s", "x")), patchType=""),
    "type-no-patch": said(allowed=True, patchType="JSONPatch"),
    "patch-denied": said(
        allowed=False, patchType="JSONPatch", patch=hooks.patch_of(add("/spec/s", "no"))
    ),
    "v1beta1-bare": lambda asked: {"response": {"allowed": True}},
    "v1beta1-patch": lambda asked: {
        "response": {"allowed": True, "patch": hooks.patch_of(add("/spec/s", "old"))}
    },
    "v1beta1-uid": lambda asked: {"response": {"uid": "x", "allowed": True}},
}

WIDGETS = [
    {"apiGroups": [G], "apiVersions": ["v1"], "resources": ["widgets"], "operations": ["CREATE", "UPDATE"]}
]


def hook(name, answer=None, rules=None, select=True, **more):
    """A webhook of the objects that carry its name as their label."""
    made = {
        "name": name + ".${ns}.example.com",
        "clientConfig": {"url": "${hooks}/${ns}/" + (answer or name), "caBundle": "${authority}"},
        "rules": rules or WIDGETS,
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "timeoutSeconds": 10,
    }
    if select:
        made["objectSelector"] = {"matchLabels": {"case": name if select is True else select}}
    return {**made, **more}


def configuration(kind, name, webhooks):
    return {
        "do": f"POST {REGISTRATION}/{kind.lower()}webhookconfigurations",
        "body": {"metadata": {"name": "${ns}-" + name}, "webhooks": webhooks},
        "quiet": True,
    }


def case(name, spec=None, label=None, **meta):
    labels = {"case": label or name}
    return obj(name, {"i": 1, "l": ["a"]} if spec is None else spec, {"labels": labels, **meta})


ASKED = {"do": "GET /hooks/${ns}"}
NOTED = {"do": "GET /hooks/${ns}", "quiet": True}


def sc(name, mutating, validating, steps, before=(), after=()):
    """The configuration that is posted last refuses the probes until it is in force."""
    made = [
        configuration("Mutating", "a", mutating),
        configuration("Mutating", "z", [hook("probe-m", "probe")]),
        configuration("Validating", "a", validating),
        configuration("Validating", "z", [hook("probe-v", "probe")]),
    ]
    made = [step for step in made if step["body"]["webhooks"]]
    probes = [
        post(case(probe), "?dryRun=All", until={"code": 418}, timeout=30, quiet=True)
        for probe in ("probe-m", "probe-v")
    ]
    SCENARIOS[name] = scenario(
        [post_crd(policies.C, quiet=True)] + up() + list(before) + made + probes + [NOTED]
        + steps + list(after),
        removed(made) + gone(),
    )


names = list(ANSWERS)
REFUSALS = names[names.index("bare") : names.index("no-response")]
UNUSABLE = names[names.index("no-response") : names.index("adds")]
PATCHES = names[names.index("adds") : names.index("v1beta1-bare")]
sc(
    "hooks-refuse",
    [],
    [hook(n) for n in REFUSALS],
    [post(case(n)) for n in REFUSALS],
)
sc(
    "hooks-refuse-mutating",
    [hook(n) for n in REFUSALS],
    [],
    [post(case(n)) for n in REFUSALS],
)
unusable = [n for n in UNUSABLE if n != "hangs"]
sc(
    "hooks-unusable",
    [],
    [hook(n) for n in unusable] + [hook("hangs", timeoutSeconds=1)],
    [post(case(n)) for n in unusable] + [post(case("hangs"))],
)
sc(
    "hooks-unusable-open",
    [hook(n, failurePolicy="Ignore") for n in unusable],
    [],
    [post(case(n)) for n in unusable],
)
sc("hooks-patch", [hook(n) for n in PATCHES], [], [post(case(n)) for n in PATCHES])
sc(
    "hooks-patch-validating",
    [],
    [hook(n) for n in ("adds", "patch-empty", "patch-no-type", "patch-other-type", "type-no-patch")],
    [post(case(n)) for n in ("adds", "patch-empty", "patch-no-type", "patch-other-type", "type-no-patch")],
)
# --- what is asked, and in which order
V2 = BASE.replace("/v1/", "/v2/")
ALL = [
    {
        "apiGroups": [G],
        "apiVersions": ["*"],
        "resources": ["widgets", "widgets/*"],
        "operations": ["*"],
        "scope": "Namespaced",
    }
]


def rule(**more):
    return [{**WIDGETS[0], **more}]


sc(
    "hooks-asked",
    [hook("mutates", "allows", ALL, select=False)],
    [hook("validates", "allows", ALL, select=False)],
    [
        post(case("a", label="probe")),
        ASKED,
        post(case("a", label="probe")),
        ASKED,
        post({**case("x"), "metadata": {"generateName": "gen-"}}, "?fieldManager=f&dryRun=All"),
        ASKED,
        put(case("a", {"i": 2}), "?fieldManager=g&fieldValidation=Warn"),
        ASKED,
        patch("a", {"spec": {"s": "p"}}),
        ASKED,
        patch("a", [{"op": "add", "path": "/spec/j", "value": 1}], "application/json-patch+json"),
        ASKED,
        apply(case("a", {"s": "q"}), "ap", "&force=true"),
        ASKED,
        apply(case("b", {"s": "q"}), "ap"),
        ASKED,
        apply(case("b", {"s": "q"}), "ap", "&dryRun=All"),
        ASKED,
        put(case("a", {"i": 2}, status=None) | {"status": {"phase": "x"}}, sub="/status"),
        ASKED,
        patch("a/status", {"status": {"phase": "y"}}),
        ASKED,
        patch("none", {"status": {"phase": "y"}}),
        ASKED,
        {"do": f"POST {V2}", "body": obj("v2", {"i": 1}, version="v2")},
        ASKED,
        {"do": f"PATCH {V2}/a", "body": {"spec": {"i": 5}}, "type": "application/merge-patch+json"},
        ASKED,
        {"do": f"DELETE {BASE}/a?dryRun=All&gracePeriodSeconds=5"},
        ASKED,
        {"do": f"DELETE {BASE}/a", "body": {"propagationPolicy": "Orphan", "preconditions": {"uid": "no"}}},
        ASKED,
        patch("a", {"metadata": {"finalizers": ["example.com/f"]}}, quiet=True),
        NOTED,
        {"do": f"DELETE {V2}/a?propagationPolicy=Background"},
        ASKED,
        patch("a", {"metadata": {"finalizers": None}}),
        ASKED,
        {"do": f"DELETE {BASE}/none"},
        ASKED,
        {"do": f"DELETE {BASE}?labelSelector=case"},
        ASKED,
        {"do": f"GET {BASE}/v2"},
        ASKED,
        post(case("u"), user="alice"),
        ASKED,
        post(case("u"), headers={
            "Impersonate-User": "eve", "Impersonate-Uid": "eve-1", "Impersonate-Group": "system:masters",
            "Impersonate-Extra-Scopes": "view",
        }),
        ASKED,
    ],
)
SEEN = [hook(f"count-{n}", "counts", select=False, **more) for n, more in enumerate(
    [{"reinvocationPolicy": "IfNeeded"}, {}, {"reinvocationPolicy": "IfNeeded"}]
)]
sc(
    "hooks-again",
    SEEN + [hook("once", "allows", select=False, reinvocationPolicy="IfNeeded")],
    [hook("last", "allows", select=False)],
    [post(case("a")), ASKED, post(case("b"), "?dryRun=All"), ASKED, patch("a", {"spec": {"s": "x"}}), ASKED],
)
sc(
    "hooks-order",
    [hook("b-adds", "labels", select=False), hook("a-selected", "counts", select=False)
     | {"objectSelector": {"matchLabels": {"new": "l"}}}],
    [
        hook("first", "warns", select="many"),
        hook("second", "annotates", select="many"),
        hook("third", "message", select="many"),
    ],
    [post(case("a")), ASKED, post(case("many")), ASKED],
)
sc(
    "hooks-match",
    [],
    [
        hook("exact", "message", rule(apiVersions=["v2"]), matchPolicy="Exact"),
        hook("equivalent", "message", rule(apiVersions=["v2"]), matchPolicy="Equivalent"),
        hook("equivalent-both", "message", rule(apiVersions=["v2", "v1"])),
        hook("equivalent-open", "allows", rule(apiVersions=["v2"])),
        hook("conditions", "message", matchConditions=[
            {"name": "is-one", "expression": "object.spec.i == 1"},
            {"name": "kind", "expression": "request.kind.version == 'v1'"},
        ]),
        hook("condition-fails", "message", matchConditions=[
            {"name": "fails", "expression": "object.spec.none == 1"}
        ]),
        hook("condition-fails-open", "message", failurePolicy="Ignore", matchConditions=[
            {"name": "fails", "expression": "object.spec.none == 1"}
        ]),
        hook("condition-fails-false", "message", matchConditions=[
            {"name": "fails", "expression": "object.spec.none == 1"},
            {"name": "false", "expression": "object.spec.i == 2"},
        ]),
        hook("condition-fails-twice", "message", matchConditions=[
            {"name": "fails", "expression": "object.spec.none == 1"},
            {"name": "again", "expression": "object.spec.l[7] == 'x'"},
        ]),
        hook("condition-asks", "message", matchConditions=[
            {"name": "may", "expression": "authorizer.group('').resource('pods').namespace('${ns}').check('create').allowed()"}
        ]),
        hook("effects", "message", sideEffects="NoneOnDryRun"),
        hook("scope", "message", rule(scope="Cluster")),
        hook("scope-all", "message", rule(scope="*")),
        hook("groups", "message", rule(apiGroups=["*"], resources=["*"])),
        hook("subs", "message", rule(resources=["*/status"])),
        hook("every", "message", rule(resources=["*/*"])),
        hook("namespaces", "message", namespaceSelector={
            "matchLabels": {"kubernetes.io/metadata.name": "${ns}"}}),
        hook("namespaces-not", "message", namespaceSelector={
            "matchExpressions": [{"key": "kubernetes.io/metadata.name", "operator": "DoesNotExist"}]}),
        hook("old-api", "v1beta1-bare", admissionReviewVersions=["v1beta1"]),
        hook("old-first", "v1beta1-uid", admissionReviewVersions=["v1beta1", "v1"]),
        hook("unknown-first", "message", admissionReviewVersions=["v3", "v1"]),
        hook("updates", "message", rule(operations=["UPDATE"])),
    ],
    [post(case(n)) for n in (
        "exact", "equivalent", "equivalent-both", "equivalent-open", "conditions",
        "condition-fails", "condition-fails-open", "condition-fails-false", "condition-fails-twice",
        "condition-asks", "effects", "scope", "scope-all", "groups", "subs", "every", "namespaces",
        "namespaces-not", "old-api", "old-first", "unknown-first", "updates",
    )]
    + [ASKED, post(case("effects-2", label="effects"), "?dryRun=All"), ASKED]
    + [patch("updates", {"spec": {"i": 2}}), ASKED]
    + [patch("updates", {"metadata": {"labels": None}}), ASKED]
    + [put(obj("subs", {"i": 1}, {"labels": {"case": "subs"}}), sub="/status"), ASKED],
)
sc(
    "hooks-old-mutating",
    [
        hook("old-patch", "v1beta1-patch", admissionReviewVersions=["v1beta1"]),
        hook("condition-fails", "adds", matchConditions=[
            {"name": "fails", "expression": "object.spec.none == 1"}]),
        hook("refused-dry", "adds", sideEffects="NoneOnDryRun"),
        hook("equivalent", "adds", rule(apiVersions=["v2"])),
        hook("deletes", "adds", rule(operations=["DELETE"])),
        hook("deletes-ok", "allows", rule(operations=["DELETE"])),
        hook("deletes-no", "message", rule(operations=["DELETE"])),
        hook("status", "patch-status", rule(resources=["widgets/status"])),
        hook("status-spec", "adds", rule(resources=["widgets/status"])),
    ],
    [],
    [
        post(case("old-patch")),
        post(case("condition-fails")),
        post(case("refused-dry"), "?dryRun=All"),
        post(case("equivalent")),
        post(case("deletes"), quiet=True),
        {"do": f"DELETE {BASE}/deletes"},
        post(case("deletes-ok"), quiet=True),
        {"do": f"DELETE {BASE}/deletes-ok"},
        post(case("deletes-no"), quiet=True),
        {"do": f"DELETE {BASE}/deletes-no"},
        {"do": f"DELETE {BASE}"},
        post(case("status"), quiet=True),
        put(case("status") | {"status": {"phase": "x"}}, sub="/status"),
        post(case("status-spec"), quiet=True),
        patch("status-spec/status", {"status": {"phase": "y"}}),
        ASKED,
    ],
)
