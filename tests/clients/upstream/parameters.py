"""Validating policies with parameters."""

import policies
from policies import deny, says, sc
from words import *

SCENARIOS = policies.SCENARIOS
CONFIG_MAPS = "/api/v1/namespaces/${ns}/configmaps"


def config_map(name, data, labels=None):
    return {
        "do": f"POST {CONFIG_MAPS}",
        "body": {"metadata": {"name": name, "labels": labels or {}}, "data": data},
        "quiet": True,
    }


KIND = {"apiVersion": "v1", "kind": "ConfigMap"}


def limited(ref, expression="object.spec.i < int(params.data.max)", actions=("Deny",), **spec):
    ref = {"parameterNotFoundAction": "Deny", **ref}
    return (
        {
            "validations": [deny(expression, messageExpression="'max is ' + params.data.max")],
            "paramKind": KIND,
            **spec,
        },
        {"paramRef": ref, "actions": list(actions)},
        None,
    )


sc(
    "vap-params",
    {
        "named": limited({"name": "low"}),
        "named-high": limited({"name": "high"}),
        "named-elsewhere": limited({"name": "low", "namespace": "default"}),
        "named-here": limited({"name": "low", "namespace": "${ns}"}),
        "none-denied": limited({"name": "none"}),
        "none-allowed": limited({"name": "none", "parameterNotFoundAction": "Allow"}),
        "none-warned": limited({"name": "none"}, actions=["Warn"]),
        "none-open": limited({"name": "none"}, failurePolicy="Ignore"),
        "selected": limited({"selector": {"matchLabels": {"set": "a"}}}),
        "selected-none": limited({"selector": {"matchLabels": {"set": "zzz"}}}),
        "selected-none-allowed": limited(
            {"selector": {"matchLabels": {"set": "zzz"}}, "parameterNotFoundAction": "Allow"}
        ),
        "broken": limited({"name": "broken"}),
        "kind-unknown": limited({"name": "low"}, paramKind={"apiVersion": "v1", "kind": "Nothing"}),
        "group-unknown": limited({"name": "low"}, paramKind={"apiVersion": "no.such/v1", "kind": "X"}),
        "cluster-kind": limited(
            {"name": "default"},
            "params.metadata.name == object.metadata.name",
            paramKind={"apiVersion": "v1", "kind": "Namespace"},
        ),
        "cluster-kind-namespaced": limited(
            {"name": "default", "namespace": "x"},
            "params.metadata.name == object.metadata.name",
            paramKind={"apiVersion": "v1", "kind": "Namespace"},
        ),
        "no-ref": (
            {"validations": [says("params == null ? 'null' : 'some'")], "paramKind": KIND},
            {},
            None,
        ),
        "condition": limited(
            {"name": "low"},
            matchConditions=[{"name": "p", "expression": "params.data.max == '1'"}],
        ),
        "condition-false": limited(
            {"name": "low"},
            matchConditions=[{"name": "p", "expression": "params.data.max == '2'"}],
        ),
        "see": (
            {
                "validations": [says("params.kind + params.apiVersion + params.metadata.name")],
                "paramKind": KIND,
            },
            {"paramRef": {"name": "low", "parameterNotFoundAction": "Deny"}},
            None,
        ),
    },
    before=[
        config_map("low", {"max": "1"}, {"set": "a"}),
        config_map("high", {"max": "100"}, {"set": "a"}),
        config_map("broken", {"other": "x"}),
    ],
)
