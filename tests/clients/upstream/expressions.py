"""Expressions drawn at random, most of them of fitting types: what the compiler of rules says
of them, and what they give when policies ask them."""

import re

from generated import drawn_to
from policies import binding, deny, in_force, policy, removed
from words import *

SCENARIOS = {}
drawn = drawn_to(SCENARIOS)

# By type: what may be written in its place. A hole names the type of what goes into it.
WRITTEN = {
    "int": """0; 1; 3; -2; 7; 100; 9223372036854775807; {int} + {int}; {int} - {int}; {int} * {int}; {int} / {int}
        {int} % {int}; -({int}); size({string}); {string}.size(); size({ints}); {strings}.size(); {map}.size()
        int({string}); int({double}); int({uint}); int({timestamp}); int('12'); {ints}[{int}]; {ints}[0]; {map}['a']
        {map}[{string}]; {string}.indexOf({string}); {string}.indexOf({string}, {int}); {string}.lastIndexOf({string})
        {timestamp}.getFullYear(); {timestamp}.getHours('America/New_York'); {timestamp}.getDayOfWeek()
        {timestamp}.getMonth('-08:00'); {timestamp}.getDate(); {timestamp}.getDayOfYear(); {duration}.getSeconds()
        {duration}.getMilliseconds(); {duration}.getHours(); {bool} ? {int} : {int}; {ints}.sum(); {ints}.min()
        {ints}.max(); {ints}.indexOf({int}); {quantity}.asInteger(); {quantity}.sign()
        {quantity}.compareTo({quantity}); {optional}.orValue({int}); {optional}.value(); {ip}.family()
        {cidr}.prefixLength(); {semver}.major(); {semver}.compareTo({semver}); {bytes}.size()
        {map}.?a.orValue({int}); {strings}.indexOf({string}); {strings}.lastIndexOf({string})""",
    "uint": """0u; 1u; 5u; uint({int}); {uint} + {uint}; {uint} - {uint}; {uint} * {uint}; {uint} / {uint}
        uint({double}); uint('7'); {bool} ? {uint} : {uint}""",
    "double": """0.0; 1.5; -2.25; 1e10; 1e-7; 123456789.0; 1e21; {double} + {double}; {double} - {double}
        {double} * {double}; {double} / {double}; double({int}); double({string}); double('2.5'); double({uint})
        {quantity}.asApproximateFloat(); {bool} ? {double} : {double}; double('NaN'); double('Infinity')""",
    "string": """''; 'a'; 'b'; 'ab'; 'abcabc'; '10'; '1.5'; 'Ünï'; '\\\\n'; "it's"; r'\\\\d'; {string} + {string}; string({int})
        string({double}); string({bool}); string({uint}); string({timestamp}); string({duration}); {strings}[{int}]
        {string}.charAt({int}); {string}.lowerAscii(); {string}.upperAscii(); {string}.trim()
        {string}.substring({int}); {string}.substring({int}, {int}); {string}.replace({string}, {string})
        {string}.replace({string}, {string}, {int}); {strings}.join(','); {strings}.join(); {string}.find('[a-b]+')
        '%s'.format([{any}]); '%d-%s'.format([{int}, {any}]); '%.2f|%e'.format([{double}, {double}])
        '%x %X %o %b'.format([{int}, {int}, {int}, {int}]); {url}.getHost(); {url}.getHostname(); {url}.getPort()
        {url}.getEscapedPath(); {url}.getScheme(); string({ip}); string({cidr}); string({cidr}.ip())
        {bool} ? {string} : {string}; {string}.split('')[{int}]; string({bytes}); {string}.reverse()
        strings.quote({string}); string({cidr}.masked()); {optstring}.orValue({string}); {strings}.min()""",
    "bool": """true; false; {int} == {int}; {int} < {int}; {int} >= {int}; {int} < {double}; {double} > {double}
        {uint} <= {int}; {string} == {string}; {string} < {string}; {int} in {ints}; {string} in {strings}
        {string} in {map}; {bool} && {bool}; {bool} || {bool}; !({bool}); {ints}.all(x, x > {int})
        {ints}.exists(x, x == {int}); {ints}.exists_one(x, x == {int}); {strings}.all(x, x.startsWith({string}))
        {map}.all(k, k != {string}); {map}.exists(k, v, v > {int} && k != ''); {ints}.all(i, v, i <= v)
        {strings}.existsOne(i, v, v == {string}); {string}.matches('^a+$'); {string}.matches({string})
        {string}.startsWith({string}); {string}.endsWith({string}); {string}.contains({string}); {ints}.isSorted()
        {strings}.isSorted(); isURL({string}); isIP({string}); isCIDR('10.0.0.0/8'); isQuantity({string})
        isSemver({string}); isQuantity('1Gi'); {quantity}.isGreaterThan({quantity}); {quantity}.isInteger()
        {cidr}.containsIP({ip}); {cidr}.containsIP('10.1.2.3'); {cidr}.containsCIDR({cidr}); {ip}.isLoopback()
        {ip}.isUnspecified(); ip.isCanonical('::FFFF:1'); {semver}.isLessThan({semver}); {optional}.hasValue()
        {timestamp} < {timestamp}; {duration} > {duration}; type({any}) == int; type({int}) == type({any})
        {ints} == {ints}; {map} == {map}; {quantity} == {quantity}; {any} == {any}; dyn({any}) == {any}
        sets.contains({ints}, {ints}); sets.intersects({strings}, {strings}); sets.equivalent({ints}, {ints})
        !format.dns1123Label().validate({string}).hasValue(); format.named('uuid').hasValue(); {bytes} == {bytes}
        {any} != null; bool('true'); bool({string}); {semver} == {semver}; {ip} == {ip}; {url} == {url}""",
    "ints": """[]; [1]; [3, 1, 2]; [{int}, {int}]; {ints} + {ints}; {ints}.map(x, x + {int}); {ints}.filter(x, x > {int})
        {strings}.map(s, s.size()); {ints}.slice({int}, {int}); {ints}.transformList(i, v, i * v); [[{int}], {ints}].flatten()
        {map}.map(k, {map}[k]).sort(); {map}.transformList(k, v, v).sort(); {ints}.map(x, x > {int}, x * 2); {ints}.distinct()
        {ints}.sort(); lists.range({int}); {ints}.reverse(); {bool} ? {ints} : {ints}; [?{optional}, {int}]""",
    "strings": """[]; ['a', 'b']; [{string}]; {string}.split(','); {string}.split({string}); {string}.split('', 2)
        {strings} + {strings}; {strings}.map(s, s + {string}); {strings}.filter(s, s != {string}); {map}.map(k, k).sort()
        {string}.findAll('[a-z]'); {string}.findAll('.', {int}); {ints}.map(x, string(x)); {strings}.distinct()""",
    "map": """{}; {'a': 1}; {'b': {int}}; {{string}: {int}}; {'a': {int}, 'b': 2}; {map}.transformMap(k, v, v + {int})
        {map}.transformMap(k, v, v > {int}, v); {?'a': {optional}}; {strings}.transformMap(i, s, i)
        {map}.transformMapEntry(k, v, {k + 'x': v})""",
    "optional": """optional.none(); optional.of({int}); {ints}[?{int}]; {map}[?{string}]; {map}.?b; optional.ofNonZeroValue({int})
        {optional}.or({optional}); {optional}.optMap(x, x + {int}); {optional}.optFlatMap(x, optional.of(x))""",
    "optstring": """optional.none(); optional.of({string}); {strings}[?{int}]; optional.ofNonZeroValue({string}); {optstring}.or({optstring})
        {strings}.first(); {strings}.last()""",
    "bytes": "b'a'; b'\\\\xff'; bytes({string}); {bytes} + {bytes}",
    "timestamp": """timestamp('2024-02-29T12:30:15.25Z'); timestamp('1999-12-31T23:59:59-05:00'); timestamp({int})
        timestamp({string}); {timestamp} + {duration}; {timestamp} - {duration}""",
    "duration": """duration('1h30m'); duration('1.5s'); duration('-3ms'); duration({string}); {duration} + {duration}
        {duration} - {duration}; {timestamp} - {timestamp}""",
    "quantity": """quantity('1'); quantity('1.5Gi'); quantity('200m'); quantity('-3k'); quantity({string})
        {quantity}.add({quantity}); {quantity}.sub({int}); {quantity}.sub({quantity}); {quantity}.add({int})""",
    "url": "url('https://u@example.com:80/a/b?x=1&y=%20#f'); url('/a'); url({string}); url('http://[::1]:8080')",
    "ip": "ip('10.1.2.3'); ip('::1'); ip('fe80::1'); ip({string}); {cidr}.ip(); ip('127.0.0.1')",
    "cidr": "cidr('10.0.0.0/8'); cidr('2001:db8::/32'); cidr('10.1.2.3/16'); cidr({string}); {cidr}.masked()",
    "semver": "semver('1.2.3'); semver('1.2.3-rc.1+b'); semver({string}); semver('v1.2', true); semver('01.2.3')",
    "null": "null",
    "type": "int; type({any}); string; list; map",
}
WRITTEN = {kind: [one.strip() for one in re.split("[;\n]", text)] for kind, text in WRITTEN.items()}
PLAIN = {kind: [one for one in known if not re.search(r"\{[a-z]+\}", one)] for kind, known in WRITTEN.items()}
# What a spec holds, by type.
HELD = {
    "int": ["i"], "double": ["n"], "string": ["s", "t"], "bool": ["b"], "ints": ["li"], "strings": ["ls"],
    "map": ["m"], "timestamp": ["d"], "duration": ["u"], "any": ["x", "o", "o.p", "none"], "quantity": [],
}
BOUNDED = {
    "i": I, "n": N, "s": {**S, "maxLength": 20}, "t": S, "b": B, "li": A(I, maxItems=10),
    "ls": A({**S, "maxLength": 10}, maxItems=10),
    "m": {"type": "object", "additionalProperties": I, "maxProperties": 5},
    "d": {**S, "format": "date-time"}, "u": {**S, "format": "duration"},
    "x": {"x-kubernetes-int-or-string": True}, "o": O(p=I, q=S, l=A(S)),
}
ANY = {"x-kubernetes-preserve-unknown-fields": True, "type": "object"}


def drawn_expression(dice, root, kind="bool", depth=3, odd=0.04):
    """An expression about the members of `root`; `odd` is the share of holes with another type."""
    if dice.random() < odd:
        kind = dice.choice(list(WRITTEN))
    if kind == "any":
        if dice.random() < 0.3:
            return f"{root}.{dice.choice(HELD['any'])}"
        kind = dice.choice(list(WRITTEN))
    if HELD.get(kind) and depth < 3 and dice.random() < (0.3 if depth > 0 else 0.6):
        return f"{root}.{dice.choice(HELD[kind])}"
    known = WRITTEN[kind] if depth > 0 else PLAIN[kind]
    made = dice.choice(known)
    return re.sub(
        r"\{([a-z]+)\}",
        lambda hole: drawn_expression(dice, root, hole[1], depth - 1, odd) if hole[1] in WRITTEN or hole[1] == "any" else hole[0],
        made,
    )


def shows(dice, root):
    """An expression, and one that writes what it gives."""
    kind = dice.choice(list(WRITTEN))
    made = drawn_expression(dice, root, kind)
    match kind:
        case "int" | "uint" | "double" | "string" | "bool" | "timestamp" | "duration" | "ip" | "cidr":
            return made, f"string({made})"
        case "optional" | "optstring":
            return made, f"string({made}.hasValue())"
        case "quantity":
            return made, f"string({made}.asApproximateFloat())"
        case "semver":
            return made, f"string({made}.minor())"
        case "url":
            return made, f"{made}.getEscapedPath()"
        case _:
            return made, f"'%s'.format([{made}])"


def drawn_spec(dice):
    spec = {
        "i": dice.choice([0, 1, -5, 12]), "n": dice.choice([1.5, 2, -0.25]),
        "s": dice.choice(["", "a", "a,b", "10", "Äb"]), "t": dice.choice(["abc", "1h", "10.0.0.1"]), "b": dice.choice([True, False]),
        "li": dice.choice([[], [1], [3, 2, 2]]), "ls": dice.choice([[], ["a"], ["b", "a", "b"]]),
        "m": dice.choice([{}, {"a": 1}, {"a": 2, "c": 3}]), "d": "2024-05-06T07:08:09Z", "u": "90s",
        "x": dice.choice([1, "5"]), "o": {"p": 1, "q": "z", "l": ["k"]},
    }
    return {field: value for field, value in spec.items() if dice.random() < 0.93}


@drawn("expressions", 3)
def compiled(dice):
    """Rules of definitions: types and costs."""
    steps = []
    for _ in range(50):
        rule = {"rule": drawn_expression(dice, "self")}
        if dice.random() < 0.3:
            rule["messageExpression"] = drawn_expression(dice, "self", "string")
        spec = O(**BOUNDED) | {"x-kubernetes-validations": [rule]}
        steps.append({"do": f"POST {CRDS}?dryRun=All", "body": crd(spec)})
    return steps


@drawn("evaluated", 2)
def evaluated(dice):
    """What policies find in objects whose types nobody told them."""
    made, asked = [], []
    for number in range(40):
        name = f"p{number}"
        expression, text = shows(dice, "object.spec")
        checked = deny(f"{text} == 'no such thing'", messageExpression=text)
        made += [policy(name, [checked]), binding(name)]
        asked += [post(obj(name, drawn_spec(dice)), "?dryRun=All") for _ in range(2)]
    made += [policy("probe", [deny("false")]), binding("probe")]
    steps = [post_crd(crd(ANY), quiet=True)] + up() + made + [in_force("probe")] + asked
    return steps, removed(made) + gone()
