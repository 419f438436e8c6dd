//! Literals, operators, macros and conversions.

use crate::check::{give, hold};

#[test]
fn literals() {
    give(&[
        ("1", "1"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("0x1F", "31"),
        ("-0x1", "-1"),
        ("1u", "1u"),
        ("0xFFu", "255u"),
        ("1.5", "1.5"),
        (".5e1 == 5.0", "true"),
        ("1e3 == 1000.0", "true"),
        ("'a\\x41\\101\\u0041\\U00000041\\n'", r#""aAAAA\n""#),
        ("\"it's\"", r#""it's""#),
        ("'''a'b\nc'''", r#""a'b\nc""#),
        ("r'a\\n'", r#""a\\n""#),
        ("R\"\"\"a\"\\\"\"\"", r#""a\"\\""#),
        ("b'\\xff\\377'", r#""//8=""#),
        ("B\"é\"", r#""w6k=""#),
        ("br'\\x'", r#""XHg=""#),
        ("[1, 2,]", "[1,2]"),
        ("{'a': 1,}", r#"{"a":1}"#),
        ("null", "null"),
        ("// note\n1", "1"),
        ("9223372036854775808", "1:1: invalid int literal"),
        ("18446744073709551616u", "1:1: invalid uint literal"),
        ("1e999", "1:1: invalid double literal"),
    ]);
}

#[test]
fn arithmetic() {
    give(&[
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("7 / 2", "3"),
        ("-7 % 3", "-1"),
        ("7u / 2u", "3u"),
        ("1.0 / 0.0 > 1e300", "true"),
        ("9223372036854775807 + 1", "error: integer overflow"),
        ("-9223372036854775808 - 1", "error: integer overflow"),
        ("-(-9223372036854775808)", "error: integer overflow"),
        ("-9223372036854775808 / -1", "error: integer overflow"),
        ("0u - 1u", "error: unsigned integer overflow"),
        ("1 / 0", "error: division by zero"),
        ("1 % 0", "error: modulus by zero"),
        ("5 - 3 - 1", "1"),
        ("--1", "1"),
        ("!!true", "true"),
        ("'a' + 'b'", r#""ab""#),
        ("b'a' + b'b'", r#""YWI=""#),
        ("[1] + [2, 3]", "[1,2,3]"),
    ]);
}

#[test]
fn equality_and_order() {
    hold(&[
        "1 == 1",
        "dyn(1) == dyn(1.0)",
        "dyn(1) == 1u",
        "dyn(1u) != 2.5",
        "1 < 1.5",
        "2u > 1",
        "-1 < 0u",
        "dyn(9007199254740993) != 9007199254740992.0",
        "[1, 2] == [1, 2]",
        "dyn([1, 2]) == [1.0, 2.0]",
        "{'a': 1, 'b': 2} == {'b': 2, 'a': 1}",
        "dyn('a') != 1",
        "null == null",
        "'a' < 'b'",
        "b'a' < b'b'",
        "false < true",
        "duration('1s') < duration('1m')",
        "timestamp('2020-01-01T00:00:00Z') < timestamp('2020-01-01T00:00:00.5Z')",
        "double('NaN') != double('NaN')",
        "1 in [1, 2]",
        "!(3 in [1, 2])",
        "'a' in {'a': 1}",
        "type(1) == int && type('') == string && type(null) == null_type",
        "type(type(1)) == type",
        "type([]) == list && type({}) == map && type(1.0) == double && type(b'') == bytes",
        "type(timestamp('2020-01-01T00:00:00Z')) == google.protobuf.Timestamp",
    ]);
    give(&[
        (
            "1 == 'a'",
            "1:3: found no matching overload for '_==_' applied to '(int, string)'",
        ),
        ("dyn(1) < dyn('a')", "error: no such overload"),
    ]);
}

#[test]
fn logic_absorbs_errors() {
    hold(&[
        "true || 1 / 0 == 1",
        "1 / 0 == 1 || true",
        "!(false && 1 / 0 == 1)",
        "!(1 / 0 == 1 && false)",
        "true ? true : 1 / 0 == 1",
        "[1, 0].exists(x, 1 / x == 1)",
        "[0, 1].exists(x, 1 / x == 1)",
        "![0, 2].all(x, 4 / x == 1)",
        "{'a': 1}.all(k, k == 'a')",
        "{'a': 1}.exists(k, k == 'a')",
        "[1, 2, 3].exists_one(x, x == 2)",
        "![2, 2].existsOne(x, x == 2)",
    ]);
    give(&[
        ("false || 1 / 0 == 1", "error: division by zero"),
        ("1 / 0 == 1 && true", "error: division by zero"),
        ("[0, 2].all(x, 4 / x == 2)", "error: division by zero"),
        (
            "[0, 2].exists_one(x, 4 / x == 2)",
            "error: division by zero",
        ),
    ]);
}

#[test]
fn macros() {
    give(&[
        ("[1, 2, 3].map(x, x * 2)", "[2,4,6]"),
        ("[1, 2, 3].map(x, x > 1, x * 2)", "[4,6]"),
        ("[1, 2, 3].filter(x, x > 1)", "[2,3]"),
        ("{'a': 1}.map(k, k)", r#"["a"]"#),
        ("[[1, 2], [3]].map(l, l.map(x, x + 1))", "[[2,3],[4]]"),
        ("has({'a': 1}.a)", "true"),
        ("has({'a': 1}.b)", "false"),
        ("has(1)", "1:5: invalid argument to has() macro"),
        ("[1].map(1, 2)", "1:9: argument is not an identifier"),
        ("[1].all(x.y, true)", "1:10: argument must be a simple name"),
        ("[5, 6].transformList(i, v, i + v)", "[5,7]"),
        ("[5, 6].transformList(i, v, i > 0, v)", "[6]"),
        ("{'a': 1}.transformMap(k, v, v + 1)", r#"{"a":2}"#),
        (
            "['a', 'b'].transformMapEntry(i, v, {v: i})",
            r#"{"a":0,"b":1}"#,
        ),
        (
            "['a', 'a'].transformMapEntry(i, v, {v: i})",
            "error: insert failed: key a already exists",
        ),
        ("[1, 2].all(i, v, v == i + 1)", "true"),
        ("{'a': 1}.exists(k, v, k == 'a' && v == 1)", "true"),
        ("[1].all(i, i, true)", "1:12: duplicate variable name: i"),
        ("[3, 1, 2].sortBy(x, -x)", "[3,2,1]"),
    ]);
}

#[test]
fn selection_and_index() {
    give(&[
        ("{'a': {'b': 1}}.a.b", "1"),
        ("{'a': 1}['a']", "1"),
        (
            "{1: 'x', 2u: 'y'}[dyn(1.0)]",
            "1:10: expected type 'int' but found 'uint'",
        ),
        ("{1: 'x'}[1]", r#""x""#),
        ("[1, 2][1]", "2"),
        ("[1, 2][2]", "error: index out of bounds: 2"),
        ("[1, 2][-1]", "error: index out of bounds: -1"),
        ("{'a': 1}.b", "error: no such key: b"),
        ("{'a.b/c': 1}.`a.b/c`", "1"),
        ("{'a': 1}['b']", "error: no such key: b"),
        // Of constants the last one stays; others are refused.
        ("{'a': 1, 'a': 2}", r#"{"a":2}"#),
        ("{'a': 1, 'a': [1][0]}", r#"{"a":1}"#),
    ]);
    hold(&["'a'.size() == size('a')", "[1][0] == 1"]);
}

#[test]
fn optionals() {
    give(&[
        ("{'a': 1}.?a", "some(1)"),
        ("{'a': 1}.?b", "none"),
        ("{'a': {'b': 2}}.?a.b", "some(2)"),
        ("{'a': {}}.?a.?b.?c", "none"),
        ("{'a': 1}[?'a'].orValue(5)", "1"),
        ("[1][?3].orValue(5)", "5"),
        ("optional.of(1).value()", "1"),
        (
            "optional.none().value()",
            "error: optional.none() dereference",
        ),
        ("optional.ofNonZeroValue(0)", "none"),
        ("optional.of(1).or(optional.of(2))", "some(1)"),
        ("optional.none().or(optional.of(2))", "some(2)"),
        ("optional.of(1).orValue(1 / 0)", "1"),
        ("optional.of(1).optMap(x, x + 1)", "some(2)"),
        ("optional.none().optMap(x, x)", "none"),
        (
            "optional.of(1).optFlatMap(x, optional.of(x + 1))",
            "some(2)",
        ),
        ("[?optional.of(1), ?optional.none()]", "[1]"),
        (
            "{?'a': optional.of(1), ?'b': optional.none()}",
            r#"{"a":1}"#,
        ),
        ("[1, 2].first()", "some(1)"),
        ("[1, 2].last()", "some(2)"),
        ("[].first()", "none"),
        ("[optional.of(1), optional.none()].unwrapOpt()", "[1]"),
        ("has(optional.of({'a': 1}).a)", "true"),
        ("type(optional.none()) == optional_type", "true"),
    ]);
}

#[test]
fn conversions() {
    give(&[
        ("int('12')", "12"),
        ("int('+12')", "12"),
        ("int(1.9)", "1"),
        ("int(1e30)", "error: integer overflow"),
        (
            "int('x')",
            "error: type conversion error from 'string' to 'int'",
        ),
        ("int(timestamp('1970-01-01T00:01:00Z'))", "60"),
        ("int(2u)", "2"),
        ("uint(1)", "1u"),
        ("uint(-1)", "error: unsigned integer overflow"),
        ("double('1.5')", "1.5"),
        ("double(2) == 2.0", "true"),
        ("string(1.0)", r#""1""#),
        ("string(1e25)", r#""1e+25""#),
        ("string(0.00001)", r#""1e-05""#),
        ("string(1.25)", r#""1.25""#),
        ("string(true)", r#""true""#),
        ("string(b'abc')", r#""abc""#),
        (
            "string(b'\\xff')",
            "error: invalid UTF-8 in bytes, cannot convert to string",
        ),
        ("string(duration('1h30m'))", r#""5400s""#),
        (
            "string(timestamp('2020-01-01T01:00:00+01:00'))",
            r#""2020-01-01T01:00:00+01:00""#,
        ),
        ("bool('true')", "true"),
        (
            "bool('maybe')",
            "error: type conversion error from 'string' to 'bool'",
        ),
        ("bytes('a')", r#""YQ==""#),
        (
            "duration('x' + '')",
            "error: type conversion error from 'string' to 'google.protobuf.Duration'",
        ),
        ("duration('x')", "1:10: invalid duration argument"),
        ("timestamp('x')", "1:11: invalid timestamp argument"),
        ("'a'.matches('[')", "1:13: invalid matches argument"),
        ("string(timestamp(0))", r#""1970-01-01T00:00:00Z""#),
    ]);
}

#[test]
fn times() {
    give(&[
        (
            "timestamp('2024-02-29T12:34:56.789Z').getFullYear()",
            "2024",
        ),
        ("timestamp('2024-02-29T12:34:56.789Z').getMonth()", "1"),
        ("timestamp('2024-02-29T12:34:56.789Z').getDate()", "29"),
        (
            "timestamp('2024-02-29T12:34:56.789Z').getDayOfMonth()",
            "28",
        ),
        ("timestamp('2024-02-29T12:34:56.789Z').getDayOfYear()", "59"),
        ("timestamp('2024-02-29T12:34:56.789Z').getDayOfWeek()", "4"),
        ("timestamp('2024-02-29T12:34:56.789Z').getHours()", "12"),
        (
            "timestamp('2024-02-29T12:34:56.789Z').getHours('-02:30')",
            "10",
        ),
        ("timestamp('2024-02-29T12:34:56.789Z').getMinutes()", "34"),
        ("timestamp('2024-02-29T12:34:56.789Z').getSeconds()", "56"),
        (
            "timestamp('2024-02-29T12:34:56.789Z').getMilliseconds()",
            "789",
        ),
        ("duration('90m').getHours()", "1"),
        ("duration('90m').getMinutes()", "90"),
        ("duration('1.5s').getMilliseconds()", "1500"),
        (
            "timestamp('2020-01-01T00:00:00Z') + duration('1h') == timestamp('2020-01-01T01:00:00Z')",
            "true",
        ),
        (
            "timestamp('2020-01-01T01:00:00Z') - timestamp('2020-01-01T00:00:00Z') == duration('1h')",
            "true",
        ),
        (
            "timestamp('9999-12-31T23:59:59Z') + duration('48h')",
            "error: timestamp overflow",
        ),
    ]);
}
