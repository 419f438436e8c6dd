"""Objects that do not hold to their schema, and changes of such as were let through before."""

from words import *

SCENARIOS = {}
# values against a schema of everything
sch = O(
    s=S,
    i=I,
    n=N,
    b=B,
    i32={"type": "integer", "format": "int32"},
    i64={"type": "integer", "format": "int64"},
    f32={"type": "number", "format": "float"},
    dbl={"type": "number", "format": "double"},
    min={"type": "integer", "minimum": 2, "maximum": 9},
    exmin={
        "type": "number",
        "minimum": 2,
        "exclusiveMinimum": True,
        "maximum": 9,
        "exclusiveMaximum": True,
    },
    mul={"type": "integer", "multipleOf": 3},
    mulf={"type": "number", "multipleOf": 0.1},
    len={"type": "string", "minLength": 2, "maxLength": 4},
    pat={"type": "string", "pattern": "^[a-c]+$"},
    enum={"type": "string", "enum": ["x", "y"]},
    enumi={"type": "integer", "enum": [1, 2]},
    enumo={"type": "object", "x-kubernetes-preserve-unknown-fields": True, "enum": [{"a": 1}]},
    arr=A(S, minItems=1, maxItems=3),
    set=A(S, **{"x-kubernetes-list-type": "set"}),
    seti=A(I, **{"x-kubernetes-list-type": "set"}),
    mp=A(
        {**O(k=S, l={"type": "integer", "default": 1}, v=S), "required": ["k"]},
        **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k", "l"]},
    ),
    atomset=A(
        {"type": "object", "properties": {"a": S, "b": I}, "x-kubernetes-map-type": "atomic"},
        **{"x-kubernetes-list-type": "set"},
    ),
    m={"type": "object", "additionalProperties": I, "minProperties": 1, "maxProperties": 2},
    mo={"type": "object", "additionalProperties": {**O(a=S), "required": ["a"]}},
    req={**O(a=S, b=S), "required": ["a", "b"]},
    any={
        "type": "object",
        "properties": {"a": I, "b": S},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    one={
        "type": "object",
        "properties": {"a": I, "b": S},
        "oneOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    alls={
        "type": "object",
        "properties": {"a": I},
        "allOf": [{"required": ["a"]}, {"properties": {"a": {"minimum": 3}}}],
    },
    no={"type": "object", "properties": {"a": I}, "not": {"required": ["a"]}},
    ios={"x-kubernetes-int-or-string": True},
    iosm={
        "x-kubernetes-int-or-string": True,
        "maximum": 5,
        "maxLength": 2,
        "anyOf": [{"type": "integer"}, {"type": "string"}],
    },
    nul={"type": "string", "nullable": True},
    pres={"type": "object", "x-kubernetes-preserve-unknown-fields": True, "properties": {"k": I}},
    emb={
        "type": "object",
        "x-kubernetes-embedded-resource": True,
        "x-kubernetes-preserve-unknown-fields": True,
    },
    embt={"type": "object", "x-kubernetes-embedded-resource": True, "properties": {"spec": O(x=I)}},
    free={"x-kubernetes-preserve-unknown-fields": True},
    dep=O(a=O(b=A(O(c=A(O(d=I)))))),
)
for f in [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "cidr",
    "mac",
    "uuid",
    "uuid3",
    "uuid4",
    "uuid5",
    "uri",
    "byte",
    "password",
    "isbn",
    "isbn10",
    "isbn13",
    "creditcard",
    "ssn",
    "hexcolor",
    "rgbcolor",
    "bsonobjectid",
    "k8s-short-name",
    "k8s-long-name",
    "datetime",
]:
    sch["properties"]["f_" + f.replace("-", "_")] = {"type": "string", "format": f}
vals = [
    {"s": 1},
    {"s": None},
    {"s": ["a"]},
    {"i": "1"},
    {"i": 1.5},
    {"i": 1e3},
    {"i": True},
    {"n": "x"},
    {"n": 1},
    {"b": "true"},
    {"b": 0},
    {"i32": 2147483648},
    {"i32": -2147483649},
    {"i64": 9223372036854775807},
    {"f32": 1e39},
    {"dbl": 1e300},
    {"min": 1},
    {"min": 10},
    {"exmin": 2},
    {"exmin": 9},
    {"exmin": 9.5},
    {"mul": 4},
    {"mul": 9},
    {"mulf": 0.3},
    {"mulf": 0.25},
    {"len": "a"},
    {"len": "abcde"},
    {"len": "éé"},
    {"pat": "xyz"},
    {"pat": ""},
    {"enum": "z"},
    {"enum": 1},
    {"enumi": 3},
    {"enumo": {"a": 2}},
    {"enumo": {"a": 1}},
    {"arr": []},
    {"arr": ["a", "b", "c", "d"]},
    {"arr": [1, "a", None]},
    {"arr": "a"},
    {"set": ["a", "b", "a", "a"]},
    {"seti": [1, 1]},
    {"mp": [{"k": "a"}, {"k": "a", "l": 1}]},
    {"mp": [{"l": 1}]},
    {"mp": [{"k": "a", "l": 2}, {"k": "a"}]},
    {"mp": ["x"]},
    {"atomset": [{"a": "x", "b": 1}, {"b": 1, "a": "x"}]},
    {"m": {}},
    {"m": {"a": 1, "b": 2, "c": 3}},
    {"m": {"a": "x"}},
    {"mo": {"x": {}, "y": {"a": 1}}},
    {"mo": {"a.b/c": {}}},
    {"req": {}},
    {"req": {"a": "x"}},
    {"any": {}},
    {"any": {"a": "x"}},
    {"one": {"a": 1, "b": "x"}},
    {"one": {}},
    {"alls": {"a": 1}},
    {"alls": {}},
    {"no": {"a": 1}},
    {"ios": True},
    {"ios": 1.5},
    {"ios": "5%"},
    {"iosm": 9},
    {"iosm": "abc"},
    {"nul": None},
    {"pres": {"k": "x", "z": [1, {"a": None}]}},
    {"emb": {}},
    {"emb": {"apiVersion": "v1", "kind": "X"}},
    {
        "emb": {
            "apiVersion": "a/b/c",
            "kind": "X_",
            "metadata": {"name": "UP", "labels": {"a b": "c"}},
        }
    },
    {
        "embt": {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "x", "creationTimestamp": None, "bogus": 1},
            "spec": {"x": 1, "y": 2},
            "other": 1,
        }
    },
    {"free": [1, "a", {}]},
    {"free": None},
    {"dep": {"a": {"b": [{"c": [{"d": "x"}, {"d": 1}]}, {"c": [{"d": None}]}]}}},
    {"s": 1, "i": "x", "arr": [], "enum": "q", "req": {}},
    {"zzz": 1, "yyy": {"a": 1}},
]
fm = {
    "date": ["2020-01-01", "2020-13-01", "x"],
    "date-time": [
        "2020-01-01T00:00:00Z",
        "2020-01-01",
        "2020-01-01T00:00:00.123456789+01:00",
        "2020-01-01t00:00:00z",
    ],
    "duration": ["1h", "1d", "5", "P1D", "1 week", "-3s"],
    "email": ["a@b.c", "a", '"a b"@c.d'],
    "hostname": ["a.b", "a_b", "-a", "A.B.", "a" * 64],
    "ipv4": ["1.2.3.4", "1.2.3", "01.2.3.4", "::1"],
    "ipv6": ["::1", "1.2.3.4", "fe80::1%eth0"],
    "cidr": ["10.0.0.0/8", "10.0.0.0", "10.0.0.1/33"],
    "mac": ["00:11:22:33:44:55", "00-11-22-33-44-55", "00:11"],
    "uuid": ["123e4567-e89b-12d3-a456-426614174000", "123e4567e89b12d3a456426614174000", "x"],
    "uuid3": ["6fa459ea-ee8a-3ca4-894e-db77e160355e", "123e4567-e89b-12d3-a456-426614174000"],
    "uuid4": ["16fd2706-8baf-433b-82eb-8c7fada847da", "6fa459ea-ee8a-3ca4-894e-db77e160355e"],
    "uuid5": ["886313e1-3b8a-5372-9b90-0c9aee199e5d", "x"],
    "uri": ["http://a/b", "a", "/x/y", "http://[::1", "://x"],
    "byte": ["YWJj", "YWJ", "a-_="],
    "password": ["x"],
    "isbn": ["978-0-306-40615-7", "0-306-40615-2", "1"],
    "isbn10": ["0306406152", "0306406153"],
    "isbn13": ["9780306406157", "x"],
    "creditcard": ["4111111111111111", "4111111111111112", "4111-1111-1111-1111"],
    "ssn": ["123-45-6789", "123456789"],
    "hexcolor": ["#fff", "fff", "#ffff"],
    "rgbcolor": ["rgb(1,2,3)", "rgb(300,2,3)"],
    "bsonobjectid": ["507f1f77bcf86cd799439011", "x"],
    "k8s-short-name": ["abc", "A.b"],
    "k8s-long-name": ["a.b", "A"],
    "datetime": ["2020-01-01T00:00:00Z", "x"],
}
for f, vs in fm.items():
    for v in vs:
        vals.append({"f_" + f.replace("-", "_"): v})
for chunk in range(0, len(vals), 40):
    st = [post_crd(crd(sch), quiet=True)] + up()
    for n, v in enumerate(vals[chunk : chunk + 40]):
        st.append(post(obj(f"o{chunk+n}", v)))
    SCENARIOS[f"values-{chunk // 40}"] = scenario(st)
st = [post_crd(crd(sch), quiet=True)] + up()
for n, v in enumerate(vals[:76]):
    st.append(post(obj(f"o{n}", v), "?fieldValidation=Strict", only=["message", "details", "spec"]))
SCENARIOS["values-strict"] = scenario(st)
# updates, ratcheting
r = O(
    a={"type": "string", "maxLength": 3},
    l=A({"type": "string", "maxLength": 2}),
    m=A(
        {**O(k=S, v={"type": "integer", "maximum": 5}), "required": ["k"]},
        **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"]},
    ),
    r={"type": "string", "x-kubernetes-validations": [{"rule": "self.startsWith('a')"}]},
    imm={
        "type": "string",
        "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "is immutable"}],
    },
    req=O(x=S),
)
loose = O(
    a=S,
    l=A(S),
    m=A(
        {**O(k=S, v=I), "required": ["k"]},
        **{"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"]},
    ),
    r=S,
    imm=S,
    req=O(x=S),
)
st = [post_crd(crd(loose), quiet=True)] + up()
big = {
    "a": "toolong",
    "l": ["long", "x"],
    "m": [{"k": "a", "v": 9}, {"k": "b", "v": 1}],
    "r": "bad",
    "imm": "one",
    "req": {},
}
st += [
    post(obj("a", big)),
    patch(
        "widgets." + G,
        {
            "spec": {
                "versions": [
                    {
                        "name": "v1",
                        "served": True,
                        "storage": True,
                        "schema": {
                            "openAPIV3Schema": schema(
                                {
                                    **r,
                                    "properties": {
                                        **r["properties"],
                                        "req": {**O(x=S), "required": ["x"]},
                                    },
                                }
                            )
                        },
                    }
                ]
            }
        },
        base=CRDS,
        quiet=True,
    ),
    {
        "do": f"POST {BASE}?dryRun=All",
        "body": obj("probe", {"a": "toolong"}),
        "until": {"code": 422},
        "timeout": 10,
        "quiet": True,
    },
    patch("a", {"metadata": {"labels": {"x": "y"}}}),
    patch("a", {"spec": {"a": "other-long"}}),
    patch("a", {"spec": {"l": ["long", "y"]}}),
    patch("a", {"spec": {"l": ["x", "long"]}}),
    patch("a", {"spec": {"m": [{"k": "b", "v": 1}, {"k": "a", "v": 9}]}}),
    patch("a", {"spec": {"m": [{"k": "a", "v": 8}]}}),
    patch("a", {"spec": {"r": "worse"}}),
    patch("a", {"spec": {"imm": "two"}}),
    patch("a", {"spec": {"imm": None}}),
    patch("a", {"spec": {"req": {"y": 1}}}),
    patch("a", {"spec": None}),
    put(obj("a", big)),
    get("a"),
]
SCENARIOS["ratchet"] = scenario(st)
