"""The words in which scenarios are written: definitions, objects, and requests about them.

The format of a step is that of the recorded conversations (see corpus.py)."""

G = "${ns}.example.com"
CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"


def schema(spec=None, **root):
    s = {"type": "object", "properties": {}}
    if spec is not None:
        s["properties"]["spec"] = spec
    s.update(root)
    return s


def crd(
    spec=None,
    sch=None,
    plural="widgets",
    kind="Widget",
    group=G,
    scope="Namespaced",
    versions=None,
    version_extra=None,
    **spec_extra,
):
    v = {
        "name": "v1",
        "served": True,
        "storage": True,
        "schema": {"openAPIV3Schema": sch or schema(spec)},
    }
    v.update(version_extra or {})
    s = {
        "group": group,
        "scope": scope,
        "names": {
            "plural": plural,
            "singular": kind.lower(),
            "kind": kind,
            "listKind": kind + "List",
        },
        "versions": versions or [v],
    }
    s.update(spec_extra)
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": s,
    }


def post_crd(c, **k):
    return {"do": f"POST {CRDS}?fieldManager=corpus", "body": c, **k}


def up(plural="widgets", group=G, version="v1", scope="Namespaced"):
    base = (
        f"/apis/{group}/{version}/"
        + ("namespaces/${ns}/" if scope == "Namespaced" else "")
        + plural
    )
    return [
        {
            "do": f"GET {CRDS}/{plural}.{group}",
            "until": {
                "status.conditions.1.type": "Established",
                "status.conditions.1.status": "True",
            },
            "timeout": 8,
            "quiet": True,
        },
        {"do": f"GET {base}", "until": {"code": 200}, "timeout": 8, "quiet": True},
    ]


def gone(plural="widgets", group=G):
    return [{"do": f"DELETE {CRDS}/{plural}.{group}"}]


BASE = f"/apis/{G}/v1/namespaces/${{ns}}/widgets"


def obj(name="a", spec=None, meta=None, kind="Widget", version="v1", **k):
    o = {"apiVersion": f"{G}/{version}", "kind": kind, "metadata": {"name": name, **(meta or {})}}
    if spec is not None:
        o["spec"] = spec
    o.update(k)
    return o


def post(o, q="", base=BASE, **k):
    return {"do": f"POST {base}{q}", "body": o, **k}


def put(o, q="", base=BASE, sub="", **k):
    return {"do": f"PUT {base}/{o['metadata']['name']}{sub}{q}", "body": o, **k}


def get(name="", q="", base=BASE, **k):
    return {"do": f"GET {base}" + (f"/{name}" if name else "") + q, **k}


def patch(name, body, type="application/merge-patch+json", q="", base=BASE, **k):
    return {"do": f"PATCH {base}/{name}{q}", "body": body, "type": type, **k}


def apply(o, manager="m1", q="", base=BASE, sub="", **k):
    return {
        "do": f"PATCH {base}/{o['metadata']['name']}{sub}?fieldManager={manager}{q}",
        "body": o,
        "type": "application/apply-patch+yaml",
        **k,
    }


# Types of schemas.
S = {"type": "string"}
I = {"type": "integer"}
N = {"type": "number"}
B = {"type": "boolean"}


def O(**properties):
    return {"type": "object", "properties": properties}


def A(items, **more):
    return {"type": "array", "items": items, **more}


def typed(items, kind, **more):
    """A list of type atomic, set or map."""
    return A(items, **{"x-kubernetes-list-type": kind, **more})


def keyed(item, *keys):
    """A list of type map."""
    return typed(
        {**item, "required": list(keys)}, "map", **{"x-kubernetes-list-map-keys": list(keys)}
    )


def scenario(steps, cleanup=None):
    return {"steps": steps, "finally": gone() if cleanup is None else cleanup}
