//! What upstream's environment was seen to answer where nothing is written of it.

use skeg_cel::{Activation, DeclType, Env, EnvOptions, Val, limits};
use skeg_schema::{Value, json};

fn spec() -> DeclType {
    DeclType::object(
        "Spec",
        vec![
            ("n".to_owned(), DeclType::int()),
            ("s".to_owned(), DeclType::string()),
            ("b".to_owned(), DeclType::bool()),
            ("nothing".to_owned(), DeclType::string()),
            ("l".to_owned(), DeclType::list(DeclType::int())),
            ("m".to_owned(), DeclType::map(DeclType::int())),
        ],
    )
}

fn value() -> Value {
    json!({"n": 3, "s": "abc", "b": true, "nothing": null, "l": [3, 1, 2, -7], "m": {"k": 7}})
}

/// The value or the words of a failure, and what it cost.
fn ask(text: &str) -> (String, u64) {
    let (decl, value) = (spec(), value());
    let env = Env::new(EnvOptions::stored()).declare("self", decl.clone());
    let program = env
        .compile(text)
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    if let Err(error) = program.prepare() {
        return (format!("program: {error}"), 0);
    }
    let activation = Activation::new().with("self", Val::tree(&value, Some(&decl)));
    let (given, cost) = program.eval_counted(&activation, limits::PER_CALL);
    let shown = match given {
        Ok(value) => value
            .to_value()
            .map_or_else(|| format!("{value:?}"), |tree| tree.to_string()),
        Err(error) => format!("error: {error}"),
    };
    (shown, cost)
}

fn answers(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(ask(text).0, *expected, "{text}");
    }
}

#[test]
fn costs() {
    for (text, expected) in [
        // Constants are free, also lists, maps and conversions of them.
        ("[[1], [2]]", 0),
        ("{}", 0),
        ("[int('1'), 2]", 0),
        ("[1, self.n]", 12),
        ("self.n in [1, 2, 3]", 2),
        ("{'a': 1}.a", 2),
        ("[1, 2][?0]", 2),
        ("dyn(self.n) == 3", 4),
        // A field that may be there costs something where it is.
        ("self.?n", 2),
        ("self.?nothing", 1),
        ("self.?n.orValue(2)", 2),
        ("self.?nothing.orValue('x')", 1),
        // The way to a side of a condition is free.
        ("self.b ? self.n : 2", 3),
        ("self.b ? self.n + 1 : 2", 5),
        ("false ? 1 : self.n", 1),
        // Loops.
        ("self.l.all(x, x > 0)", 23),
        ("self.l.exists(x, x > 100)", 27),
        ("self.l.exists(x, true)", 10),
        ("self.l.filter(x, true)", 55),
        ("self.l.filter(x, false)", 3),
        ("self.l.map(x, 1)", 11),
        ("self.l.exists_one(x, x == 1)", 14),
        ("optional.of(1).optMap(x, x)", 6),
        // Lists that are made of lists.
        ("self.l.slice(0, 0)", 13),
        ("self.l.slice(0, 4)", 17),
        ("self.l.reverse()", 17),
        ("self.l.distinct()", 45),
        ("self.l.sort()", 45),
        ("lists.range(5)", 16),
        // Texts cost a twentieth more to put in order.
        ("[self.s, self.s, self.s, self.s].sort()", 62),
        // What is made on the way costs one more to be looked into.
        ("dyn(self.m).k", 5),
        ("dyn(self.l)[0]", 5),
        ("[self.s][0]", 14),
        ("self.l.map(x, x)[0]", 57),
        ("(self.b ? self.m : self.m).k", 4),
        // What is not there costs nothing.
        ("optional.of(self.m).x", 4),
        ("self.?m[?'x']", 2),
        // What a name stands for is asked for only where the name is used.
        ("optional.of(self.n).optMap(x, 1)", 5),
        ("optional.of(self.n).optMap(x, x)", 10),
    ] {
        assert_eq!(ask(text).1, expected, "{text}");
    }
}

#[test]
fn fields_that_are_null_are_not_there() {
    answers(&[
        ("has(self.nothing)", "false"),
        ("self.nothing", "error: no such key: nothing"),
        ("self.?nothing.hasValue()", "false"),
        ("type(self) == type({})", "true"),
    ]);
}

#[test]
fn times_to_the_end_of_the_last_year() {
    answers(&[
        (
            "string(timestamp('9999-12-31T23:59:59.999999999Z'))",
            r#""9999-12-31T23:59:59.999999999Z""#,
        ),
        ("timestamp('9999-12-31T23:59:59Z').getDate()", "31"),
        ("int(timestamp('9999-12-31T23:59:59Z'))", "253402300799"),
        (
            "string(timestamp('2024-01-01T00:00:00-03:30'))",
            r#""2024-01-01T00:00:00-03:30""#,
        ),
        ("timestamp('2024-01-01T00:00:00+01:00').getHours()", "23"),
        (
            "timestamp('2024-01-01T00:00:00+01:00') == timestamp('2023-12-31T23:00:00Z')",
            "true",
        ),
        (
            "string(timestamp('2024-01-01T0:00:00,12345678901Z'))",
            r#""2024-01-01T00:00:00.123456789Z""#,
        ),
        (
            "timestamp(dyn('2024-01-01t00:00:00z'))",
            "program: type conversion error from 'string' to 'google.protobuf.Timestamp'",
        ),
        (
            "timestamp('9999-12-31T23:59:59Z') + duration('1s')",
            "error: timestamp overflow",
        ),
    ]);
}

#[test]
fn numbers_as_text() {
    answers(&[
        ("string(1234567.0)", r#""1.234567e+06""#),
        ("string(999999.5)", r#""999999.5""#),
        ("string(0.00001)", r#""1e-05""#),
        ("'%s'.format([1000000.0])", r#""1e+06""#),
        ("'%.1f'.format([-0.0])", r#""0.0""#),
        ("'%e'.format([1.5])", r#""1.500000×10⁰⁰""#),
    ]);
}

#[test]
fn calls_that_nothing_takes() {
    answers(&[
        ("dyn([]) % dyn(1)", "error: no such overload: _%_"),
        ("dyn(1) + dyn('a')", "error: no such overload"),
        ("null < null", "error: no such overload: _<_"),
        (
            "dyn(self.n).lowerAscii()",
            "error: no such overload: lowerAscii(int)",
        ),
        ("size(dyn(self.n))", "error: no such overload: size"),
        ("bool(dyn(1))", "program: no such overload: bool(int)"),
        ("dyn(self.n).x", "error: no such key: x"),
        ("dyn(self.n)[0]", "error: no such key: 0"),
        (
            "dyn(self.l).x",
            "error: unsupported index type 'string' in list",
        ),
        (
            "self.s.find('[')",
            "program: error parsing regexp: missing closing ]: `[`",
        ),
    ]);
}

#[test]
fn one_complaint_for_a_list() {
    let words = |text: &str| {
        let env = Env::new(EnvOptions::stored());
        env.compile(text).unwrap_err().to_string()
    };
    assert_eq!(
        words("['a', 1.5, true]"),
        "ERROR: <input>:1:7: expected type 'string' but found 'double'\n | ['a', 1.5, true]\n | ......^"
    );
    assert!(words("'%e'.format([1])").contains("scientific clause can only be used on doubles"));
    assert!(words("'%.'.format([1])").contains("could not find end of precision specifier"));
}

#[test]
fn texts_that_are_no_address() {
    let ip = |text: &str, why: &str| {
        let shown = skeg_schema::go::quote(text);
        let expected = format!(
            "error: IP Address {shown} parse error during conversion from string: ParseAddr({shown}): {why}"
        );
        assert_eq!(ask(&format!("ip(dyn('{text}'))")).0, expected);
    };
    let digit = "each colon-separated field must have at least one digit";
    for (text, why) in [
        ("", "unable to parse IP"),
        ("%eth0", "missing IPv6 address"),
        ("fe80::1%", "zone must be a non-empty string"),
        ("1.2.3", "IPv4 address too short"),
        ("1.2.3.4.5", "IPv4 address too long"),
        ("1.02.3.4", "IPv4 field has octet with leading zero"),
        ("1.2.3.256", "IPv4 field has value >255"),
        (
            "1.2.3.",
            r#"IPv4 field must have at least one digit (at ".")"#,
        ),
        ("1.2.3.4:80", r#"unexpected character (at ":80")"#),
        ("::1/128", r#"unexpected character, want colon (at "/128")"#),
        (
            "12345::",
            r#"each group must have 4 or less digits (at "12345::")"#,
        ),
        ("1::2::3", r#"multiple :: in address (at ":3")"#),
        (
            "1:",
            r#"colon must be followed by more characters (at ":")"#,
        ),
        ("1:2:3:4:5:6:7", "address string too short"),
        (
            "1:2:3:4:5:6:7:8:9",
            r#"trailing garbage after address (at "9")"#,
        ),
        (
            "1:2:3:4:5:6:7:8::",
            "the :: must expand to at least one field of zeros",
        ),
        (
            "1:1.2.3.4",
            r#"embedded IPv4 address must replace the final 2 fields of the address (at "1.2.3.4")"#,
        ),
        ("::1.2.3", "IPv4 address too short"),
    ] {
        ip(text, why);
    }
    ip("g::", &format!(r#"{digit} (at "g::")"#));
    ip("[::1]", &format!(r#"{digit} (at "[::1]")"#));
    answers(&[
        (
            "cidr('10.0.0.0/8').containsIP(self.s)",
            "error: no such overload",
        ),
        (
            "cidr(dyn('fe80::1%eth0/64'))",
            r#"error: network address parse error during conversion from string: network address parse error during conversion from string: netip.ParsePrefix("fe80::1%eth0/64"): IPv6 zones cannot be present in a prefix"#,
        ),
        (
            "cidr(dyn('::ffff:1.2.3.4/96'))",
            r#"error: network address parse error during conversion from string: IPv4-mapped IPv6 address "::ffff:1.2.3.4/96" is not allowed"#,
        ),
    ]);
}

#[test]
fn quantities_that_are_whole_numbers() {
    for (text, expected) in [
        ("10Ti", "true"),
        ("100Ti", "false"),
        ("1Pi", "false"),
        ("1.5Gi", "false"),
        ("1.5k", "true"),
        ("1000m", "false"),
        ("1.0", "false"),
        ("100000000000000000", "true"),
        ("1000000000000000000", "false"),
        ("-5Ki", "true"),
        ("1e3", "true"),
        ("1E", "true"),
    ] {
        let asked = ask(&format!("quantity('{text}').isInteger()")).0;
        assert_eq!(asked, expected, "{text}");
    }
    answers(&[
        ("quantity('1k').add(quantity('1Ki')).asInteger()", "2024"),
        (
            "quantity('500m').add(quantity('500m')).asInteger()",
            "error: cannot convert value to integer",
        ),
        ("quantity('1').add(1) == quantity('2')", "true"),
        (
            "quantity('2') == quantity('1').add(1)",
            "error: no such overload",
        ),
    ]);
}

#[test]
fn names_numbers_and_zones() {
    answers(&[
        (
            "format.dns1123Label().validate('a.b').value()",
            r#"["must not contain dots"]"#,
        ),
        (
            "semver('1..3')",
            r#"error: strconv.ParseUint: parsing "": invalid syntax"#,
        ),
        ("semver('1.2.3-')", "error: Prerelease is empty"),
        (
            "double(dyn('1e400'))",
            "program: type conversion error from 'string' to 'double'",
        ),
        ("'%.2e'.format([-0.0])", r#""0.000000×10⁰⁰""#),
        ("'%e'.format([double('-Infinity')])", r#""    -∞""#),
        (
            "'%s'.format([b'\\xff'])",
            r#"error: error during formatting: could not convert argument "invalid UTF-8 in bytes, cannot convert to string" to string"#,
        ),
        ("isURL('*') && isURL('http://<h>/')", "true"),
        ("timestamp('2024-01-01T12:00:00Z').getHours('+01:60')", "14"),
        ("timestamp('2024-01-01T12:00:00Z').getHours('Local')", "12"),
        (
            "timestamp('2024-01-01T12:00:00Z').getHours('utc')",
            "error: unknown time zone utc",
        ),
        (
            "timestamp('2024-01-01T12:00:00Z').getHours('../UTC')",
            "error: time: invalid location name",
        ),
    ]);
    assert_eq!(ask("--1").1, 0);
    let env = Env::new(EnvOptions::stored());
    let words = env
        .compile("timestamp(253402300800)")
        .unwrap_err()
        .to_string();
    assert!(
        words.contains("1:11: invalid timestamp argument"),
        "{words}"
    );
}

#[test]
fn what_has_no_order_and_what_comes_twice() {
    answers(&[
        ("[1.0, double('NaN')].max() == 1.0", "true"),
        ("[double('NaN'), 1.0].min() == 1.0", "false"),
        ("[2.0, double('NaN'), 1.0].isSorted()", "true"),
        ("{self.s: 1, 'abc': 2}", r#"{"abc":2}"#),
        ("ip('::1') == dyn(1)", "error: no such overload"),
        ("ip('::1') == dyn(null)", "false"),
        ("dyn(1) == ip('::1')", "false"),
        ("-dyn(2u)", "error: no such overload: -_"),
        ("size(dyn(duration('1s')))", "error: no such overload"),
        ("url('http://h/a?x=1#f').getQuery()", r#"{"x":["1"]}"#),
        ("url('http://h/a#f?x=1').getEscapedPath()", r#""/a""#),
        ("isURL('http://h#f') || isURL('http://h/#%zz')", "false"),
    ]);
}

#[test]
fn lists_are_known_by_their_first_item() {
    answers(&[
        (
            "[dyn('a'), dyn(1)].sum()",
            "error: no such overload: sum(list)",
        ),
        ("[null].min()", "error: no such overload: min(list)"),
        (
            "[dyn(1), dyn('a')].join()",
            "error: no such overload: join(list)",
        ),
        (
            "dyn([dyn([]), dyn(1)]).sort()",
            "error: list elements must be comparable",
        ),
        (
            "dyn([dyn(1), dyn('a')]).sort()",
            "error: list elements must have the same type",
        ),
        ("dyn([]).sum()", "0"),
        (
            "self.l[dyn('a')]",
            "error: unsupported index type 'string' in list",
        ),
        (
            "self.l[dyn(0.5)]",
            "error: unsupported index value 0.5 in list",
        ),
    ]);
}

#[test]
fn calls_on_what_does_not_fit() {
    for (text, expected) in [
        (
            "dyn(1).exists(x, x)",
            "got 'types.Int', expected iterable type",
        ),
        (
            "dyn('x').map(x, x)",
            "got 'types.String', expected iterable type",
        ),
        (
            "dyn(1).all(i, x, true)",
            "unsupported comprehension range type: types.Int",
        ),
        ("dyn(1).contains('a')", "no such overload"),
        ("dyn(1).findAll('a', 1)", "no such overload"),
        ("dyn(1).orValue(1)", "no such overload"),
        ("dyn(1).sort()", "no such overload: sort"),
        ("dyn('x').sort()", "no such overload"),
        ("dyn(1).flatten()", "no such overload: int.flatten()"),
        (
            "dyn({'a': 1}).flatten()",
            "no such overload: map(dyn, dyn).flatten()",
        ),
    ] {
        assert_eq!(ask(text).0, format!("error: {expected}"), "{text}");
    }
}
