"""Validating policies together, what they cost, and whom they ask about permissions."""

import parameters
from parameters import config_map
from policies import BODY, binding, deny, one, policy, sc, says
from words import *
import policies

SCENARIOS = policies.SCENARIOS
POD = "authorizer.group('').resource('pods').namespace('${ns}')"
CHECKS = {
    "allowed": POD + ".check('create')",
    "group": "authorizer.group('apps').resource('deployments').check('delete')",
    "sub": POD + ".subresource('log').name('x').check('get')",
    "path": "authorizer.path('/version').check('get')",
    "path-other": "authorizer.path('/secret').check('get')",
    "own": "authorizer.requestResource.check('custom-verb')",
    "account": "authorizer.serviceAccount('${ns}', 'robot').group('').resource('pods').check('get')",
    "field": POD + ".fieldSelector('spec.nodeName=n').check('list')",
    "label": POD + ".labelSelector('a in (b, c)').check('list')",
    "label-bad": POD + ".labelSelector('a in (b').check('list')",
    "field-bad": POD + ".fieldSelector('nonsense').check('list')",
}


def checked(check):
    return {
        "validations": [
            {
                # A message knows no authorizer: the key that is missed tells the answer.
                "expression": "{'none': true}[variables.told]",
            }
        ],
        "variables": [
            {
                "name": "told",
                "expression": f"[{check}].map(a, string(a.allowed()) + '|' + a.reason() + '|' "
                "+ string(a.errored()) + '|' + a.error())[0]",
            }
        ],
    }


def grant(name, user, rules):
    rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/${ns}"
    return [
        {
            "do": f"POST {rbac}/roles",
            "body": {"metadata": {"name": name}, "rules": rules},
            "quiet": True,
        },
        {
            "do": f"POST {rbac}/rolebindings",
            "body": {
                "metadata": {"name": name},
                "roleRef": {
                    "apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name
                },
                "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": user}],
            },
            "quiet": True,
        },
    ]


MAY = [
    {"apiGroups": [G], "resources": ["widgets"], "verbs": ["*"]},
    {"apiGroups": [""], "resources": ["pods"], "verbs": ["create"]},
]
sc(
    "vap-authorizer",
    {
        name: (
            checked(check),
            {},
            [post(obj(name, BODY)), post(obj(name, BODY), user="carol")],
        )
        for name, check in CHECKS.items()
    },
    before=grant("carol", "carol", MAY)
    + [
        post(obj("may", BODY), "?dryRun=All", user="carol", until={"code": 201}, timeout=20, quiet=True)
    ],
)
LARGE = {"s": "a" * 100000, "l": ["b" * 50] * 200, "i": 1}
sc(
    "vap-costs",
    {
        name: one(
            [deny(text)], steps=[post(obj(name, LARGE), "?dryRun=All&fieldManager=f")], **spec
        )
        for name, (text, spec) in {
            "contains": ("object.spec.s.contains('" + "b" * 2000 + "')", {}),
            "list": (
                "object.spec.l.all(a, object.spec.l.all(b, object.spec.l.all(c, a + b + c != '')))",
                {},
            ),
            "list-open": (
                "object.spec.l.all(a, object.spec.l.all(b, object.spec.l.all(c, a + b + c != '')))",
                {"failurePolicy": "Ignore"},
            ),
            "matches": (
                "object.spec.l.all(a, object.spec.s.matches('" + "(ab?)*" * 40 + "'))", {}
            ),
        }.items()
    }
    | {
        "spent": one(
            [deny("object.spec.l.all(a, !object.spec.s.contains('" + "b" * 60 + "'))")] * 12,
            steps=[post(obj("spent", LARGE), "?dryRun=All&fieldManager=f")],
        ),
        "condition": one(
            [deny("true")],
            matchConditions=[
                {
                    "name": "costly",
                    "expression": "object.spec.l.all(a, !object.spec.s.contains('" + "b" * 600 + "'))",
                }
            ],
            steps=[post(obj("condition", LARGE), "?dryRun=All&fieldManager=f")],
        ),
    },
)


def shared(name, validations, **spec):
    """A policy of the objects named `shared`."""
    rules = policies.rules(["widgets"], ["CREATE"], resourceNames=["shared"])
    return policy(name, validations, constraints={"resourceRules": rules}, **spec)


sc(
    "vap-together",
    {
        "bound": one([says("'max ' + params.data.max")], {"paramRef": {"name": "low", "parameterNotFoundAction": "Deny"}}, [], paramKind=parameters.KIND),
    },
    before=[config_map("low", {"max": "1"}), config_map("high", {"max": "9"})],
    extra=[
        binding("bound", ["Warn"], "bound-2", paramRef={"name": "high", "parameterNotFoundAction": "Deny"}),
        shared("w1", [deny("false", message="one"), deny("false", message="two")]),
        binding("w1", ["Warn"]),
        shared("w2", [deny("object.spec.none")]),
        binding("w2", ["Warn"]),
        shared("w3", [deny("false", message="refused")]),
        binding("w3", ["Deny"]),
        binding("w3", ["Warn"], "w3-too"),
    ],
    after=[post(obj("shared", {"i": 1})), post(obj("bound", {"i": 1}))],
)
