"""Definitions whose versions a webhook converts."""

import copy

import policies
from hooks import Raw
from words import *

SCENARIOS = {}


def converting(change=None, answer=None, **more):
    """Converts: version two calls `size` what version one calls `i`."""

    def convert(asked):
        request = asked["request"]
        wanted = request["desiredAPIVersion"]
        done = []
        for given in request["objects"]:
            given = copy.deepcopy(given)
            given["apiVersion"] = wanted
            spec = given.get("spec")
            if isinstance(spec, dict):
                old, new = ("i", "size") if wanted.endswith("/v2") else ("size", "i")
                if old in spec:
                    spec[new] = spec.pop(old)
            done.append(given)
        response = {
            "uid": request["uid"],
            "convertedObjects": done,
            "result": {"status": "Success"},
        }
        whole = {"apiVersion": asked["apiVersion"], "kind": asked["kind"], "response": response}
        if change:
            change(whole, response, done)
        return whole

    return convert


def each(change):
    def all_of(whole, response, done):
        for given in done:
            change(given)

    return converting(all_of)


def response(**members):
    return converting(lambda whole, response, done: response.update(members))


def whole(**members):
    return converting(lambda whole, response, done: whole.update(members))


ANSWERS = {
    "good": converting(),
    "fewer": converting(lambda whole, response, done: done.clear()),
    "more": converting(lambda whole, response, done: done.append(copy.deepcopy(done[0]))),
    "null-objects": response(convertedObjects=None),
    "name": each(lambda given: given["metadata"].update(name="other")),
    "namespace": each(lambda given: given["metadata"].update(namespace="other")),
    "uid": each(lambda given: given["metadata"].update(uid="other")),
    "labels": each(lambda given: given["metadata"].update(labels={"converted": "yes"})),
    "annotations": each(lambda given: given["metadata"].update(annotations={"converted": "yes"})),
    "labels-bad": each(lambda given: given["metadata"].update(labels={"a b": "c"})),
    "labels-null": each(lambda given: given["metadata"].update(labels=None)),
    "finalizers": each(lambda given: given["metadata"].update(finalizers=["example.com/x"])),
    "owner": each(lambda given: given["metadata"].update(ownerReferences=[])),
    "generation": each(lambda given: given["metadata"].update(generation=99)),
    "created": each(lambda given: given["metadata"].update(creationTimestamp=None)),
    "revision": each(lambda given: given["metadata"].update(resourceVersion="1")),
    "managed": each(lambda given: given["metadata"].pop("managedFields", None)),
    "no-metadata": each(lambda given: given.pop("metadata")),
    "meta-text": each(lambda given: given.update(metadata="x")),
    "kind": each(lambda given: given.update(kind="Other")),
    "version": each(lambda given: given.update(apiVersion=given["apiVersion"][:-1] + "9")),
    "group": each(lambda given: given.update(apiVersion="other/v2")),
    "typed-wrong": each(lambda given: given.update(spec={"size": "text", "i": "text"})),
    "unknown": each(lambda given: given.update(bogus=1)),
    "uid-other": response(uid="other"),
    "uid-none": response(uid=""),
    "failure": response(result={"status": "Failure", "message": "cannot", "reason": "Because"}),
    "failure-bare": response(result={"status": "Failure"}),
    "failure-code": response(
        result={"status": "Failure", "message": "cannot", "code": 422, "reason": "Invalid"}
    ),
    "no-status": response(result={}),
    "no-result": converting(lambda whole, response, done: response.pop("result")),
    "other-status": response(result={"status": "Maybe", "message": "m"}),
    "no-response": converting(lambda whole, response, done: whole.pop("response")),
    "review-kind": whole(kind="Review"),
    "review-version": whole(apiVersion="apiextensions.k8s.io/v1beta1"),
    "review-unknown": whole(apiVersion="apiextensions.k8s.io/v9"),
    "review-none": converting(lambda whole, response, done: whole.pop("apiVersion")),
    "text": Raw(200, "hello"),
    "empty": Raw(200, "{}"),
    "c404": Raw(404, "none such"),
    "c500": Raw(500, "oh"),
    "c403": Raw(403, '{"kind":"Status","apiVersion":"v1","status":"Failure","message":"m","reason":"Forbidden","code":403}'),
}


def converter(answer, reviews=("v1",)):
    return {
        "strategy": "Webhook",
        "webhook": {
            "conversionReviewVersions": list(reviews),
            "clientConfig": {"url": "${hooks}/${ns}/convert-" + answer, "caBundle": "${authority}"},
        },
    }


def version(name, field, **more):
    schema = {
        "type": "object",
        "properties": {"spec": O(**{field: I, "s": S}), "status": O(phase=S)},
    }
    return {
        "name": name,
        "served": True,
        "storage": name == "v1",
        "schema": {"openAPIV3Schema": schema},
        "subresources": {"status": {}},
        **more,
    }


def definition(answer, reviews=("v1",), plural="widgets", kind="Widget"):
    versions = [version("v1", "i"), version("v2", "size")]
    return crd(
        versions=versions, conversion=converter(answer, reviews), plural=plural, kind=kind
    )


V2 = BASE.replace("/v1/", "/v2/")


def sc(name, answer, steps):
    SCENARIOS[name] = scenario(
        [post_crd(definition(answer), quiet=True)]
        + up()
        + [{"do": f"GET {V2}", "until": {"code": 200}, "timeout": 20, "quiet": True}]
        + steps,
        gone(),
    )


def two(name, spec=None, **k):
    return obj(name, {"size": 2} if spec is None else spec, version="v2", **k)


FIELDS = "?fieldManager=f"
sc(
    "convert",
    "good",
    [
        post(obj("a", {"i": 1}), FIELDS),
        get("a"),
        get("a", base=V2),
        post(two("b"), FIELDS, base=V2),
        get("b"),
        get("", base=V2),
        get("", base=V2, accept="application/json;as=Table;v=v1;g=meta.k8s.io", quiet=True),
        put(two("b", {"size": 3}), FIELDS, base=V2),
        patch("b", {"spec": {"size": 4}}, base=V2),
        patch("b", {"spec": {"i": 5}}),
        get("b", base=V2),
        apply(two("c", {"size": 5}), "one", base=V2),
        apply(obj("c", {"i": 5, "s": "x"}), "two"),
        apply(obj("c", {"i": 6}), "two"),
        get("c", base=V2),
        apply(two("c", {"size": 7}), "one", "&force=true", base=V2),
        get("c"),
        put(two("c", {"size": 7}) | {"status": {"phase": "p"}}, FIELDS, sub="/status", base=V2),
        patch("c/status", {"status": {"phase": "q"}}, base=V2),
        get("c/status", base=V2),
        post(two("d", {"size": "x"}), base=V2),
        post(two("d", {"i": 1}), base=V2),
        post(two("d", {"i": 1}), "?fieldValidation=Strict", base=V2),
        {"do": f"DELETE {V2}/b?dryRun=All"},
        {"do": f"DELETE {V2}/b"},
        {"do": f"DELETE {V2}/none"},
        {"do": f"DELETE {V2}"},
        get("", base=V2),
    ],
)
sc(
    "convert-watch",
    "good",
    [
        {"watch": "one", "path": f"{BASE}?watch=1"},
        {"watch": "two", "path": f"{V2}?watch=1"},
        post(obj("a", {"i": 1}), quiet=True),
        {"events": "one", "count": 1},
        {"events": "two", "count": 1},
        patch("a", {"spec": {"size": 4}}, base=V2, quiet=True),
        {"events": "one", "count": 1},
        {"events": "two", "count": 1},
        {"do": f"DELETE {V2}/a", "quiet": True},
        {"events": "one", "count": 1},
        {"events": "two", "count": 1},
    ],
)


def chosen(asked):
    """As the first object's annotation says."""
    names = [each["metadata"].get("annotations", {}).get("answer") for each in asked["request"]["objects"]]
    name = next((name for name in names if name in ANSWERS), "good")
    answer = ANSWERS[name]
    return answer(asked) if callable(answer) else answer


def told(name):
    return {"annotations": {"answer": name}}


wrong = [name for name in ANSWERS if name != "good"]
sc(
    "convert-read-wrong",
    "chosen",
    [
        step
        for name in wrong
        for step in (
            post(obj(name, {"i": 1}, told(name)), quiet=True),
            get(name, base=V2),
        )
    ],
)
sc(
    "convert-write-wrong",
    "chosen",
    [post(two(name, meta=told(name)), FIELDS, base=V2) for name in wrong],
)
SCENARIOS["convert-asked"] = scenario(
    [
        post_crd(definition("good", ("v3", "v1")), quiet=True),
        *up(),
        post(obj("a", {"i": 1}), FIELDS, quiet=True),
        get("a", base=V2),
        put(two("a", {"size": 4}), FIELDS, base=V2),
        post(two("b", {"size": 5}), FIELDS, base=V2),
    ]
)


def stored(name):
    """The definition with another version to store."""
    versions = [version("v1", "i"), version("v2", "size")]
    for each in versions:
        each["storage"] = each["name"] == name
    return patch(
        f"widgets.{G}", {"spec": {"versions": versions}}, base=CRDS,
        ignore=["metadata.managedFields", "status.conditions"],
    )


sc(
    "convert-stored",
    "good",
    [
        post(obj("a", {"i": 1}), FIELDS),
        get("a", base=V2),
        stored("v2"),
        post(
            two("probe", {"size": 5}), "?dryRun=All", base=V2, until={"code": 201}, quiet=True
        ),
        patch("a", {"spec": {"size": 6}}, base=V2),
        get("a"),
        {"do": f"GET {CRDS}/widgets.{G}", "only": ["status.storedVersions"]},
        patch(f"widgets.{G}/status", {"status": {"storedVersions": ["v2"]}}, base=CRDS,
              only=["status.storedVersions", "message"]),
        patch(f"widgets.{G}/status", {"status": {"storedVersions": ["v1"]}}, base=CRDS,
              only=["status.storedVersions", "message"]),
        patch(f"widgets.{G}/status", {"status": {"storedVersions": []}}, base=CRDS,
              only=["status.storedVersions", "message"]),
    ],
)
ANSWERS["chosen"] = chosen
