//! Kubernetes' libraries.

use std::sync::Arc;

use skeg_cel::{
    Activation, Answer, Authorize, Check, DeclType, Env, EnvOptions, EvalError, User, Val, limits,
};

use crate::check::{env, give, hold, outcome_in};

/// Asked of apiextensions-apiserver 1.37.
#[test]
fn patterns_are_checked_when_they_are_compiled() {
    let words = |at: &str, why: &str| format!("1:{at}: {why}");
    let cases = [
        (
            "'%d'.format([1.5])",
            words(
                "14",
                "error during formatting: decimal clause can only be used on integers, was given double",
            ),
        ),
        (
            "'%b'.format(['x'])",
            words(
                "14",
                "error during formatting: only integers and bools can be formatted as binary, was given string",
            ),
        ),
        (
            "'%x'.format([true])",
            words(
                "14",
                "error during formatting: only integers, byte buffers, and strings can be formatted as hex, was given bool",
            ),
        ),
        (
            "'%d%d'.format([1, 'b'])",
            words(
                "19",
                "error during formatting: decimal clause can only be used on integers, was given string",
            ),
        ),
        (
            "'%s'.format([[1.5, ip('1.2.3.4')]])",
            words(
                "22",
                "error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given net.IP",
            ),
        ),
        ("'%s'.format([])", words("12", "index 0 out of range")),
        (
            "'%s'.format([1, 2])",
            words(
                "12",
                "too many arguments supplied to string.format (expected 1, got 2)",
            ),
        ),
        (
            "'%q'.format([1])",
            words(
                "12",
                "could not parse formatting clause: unrecognized formatting clause \"q\"",
            ),
        ),
        ("'%'.format([1])", words("11", "unexpected end of string")),
    ];
    let cases: Vec<(&str, &str)> = cases.iter().map(|(text, why)| (*text, &**why)).collect();
    give(&cases);
    give(&[
        ("'%s is %d'.format(['x', 3])", r#""x is 3""#),
        ("['%s is %d'.format(['x', 3])]", r#"["x is 3"]"#),
        ("[1, 'a']", "1:5: expected type 'int' but found 'string'"),
    ]);
}

/// Conversions of constants are tried before anything is evaluated.
#[test]
fn constants_are_converted_when_a_program_is_made() {
    for (text, why) in [
        (
            "int('x')",
            Some("type conversion error from 'string' to 'int'"),
        ),
        ("uint(-1)", Some("unsigned integer overflow")),
        (
            "double('abc')",
            Some("type conversion error from 'string' to 'double'"),
        ),
        ("int('12') + int(2.5)", None),
    ] {
        let program = env().compile(text).expect(text);
        let outcome = program.prepare().err().map(|error| error.to_string());
        assert_eq!(outcome.as_deref(), why, "{text}");
    }
}

#[test]
fn strings() {
    give(&[
        ("'tacocat'.charAt(3)", r#""o""#),
        ("'tacocat'.charAt(7)", r#""""#),
        ("'tacocat'.charAt(8)", "error: index out of range: 8"),
        ("'tacocat'.indexOf('ac')", "1"),
        ("'tacocat'.indexOf('a', 3)", "5"),
        ("'tacocat'.indexOf('')", "0"),
        ("'tacocat'.lastIndexOf('at')", "5"),
        ("'tacocat'.lastIndexOf('a', 3)", "1"),
        ("'tacocat'.lastIndexOf('z')", "-1"),
        ("'HeLLo'.lowerAscii() + 'ab'.upperAscii()", r#""helloAB""#),
        ("'a-b-c'.replace('-', '+', 1)", r#""a+b-c""#),
        ("'abc'.split('')", r#"["a","b","c"]"#),
        ("'a,b,c'.split(',', 2)", r#"["a","b,c"]"#),
        ("'a,b'.split(',', 0)", "[]"),
        ("'tacocat'.substring(4)", r#""cat""#),
        ("'tacocat'.substring(0, 4)", r#""taco""#),
        ("'x'.substring(9)", "error: index out of range: 9"),
        (
            "'x'.substring(2, 1)",
            "error: invalid substring range. start: 2, end: 1",
        ),
        ("'  x '.trim()", r#""x""#),
        ("['a', 'b'].join('-')", r#""a-b""#),
        ("strings.quote('a\"b\\n')", r#""\"a\\\"b\\n\"""#),
        (
            "'%s has %d, %x, %b, %o'.format([dyn('a'), 1, 255, 5, 8])",
            r#""a has 1, ff, 101, 10""#,
        ),
        ("'%.2f'.format([1234.567])", r#""1,234.57""#),
        (
            "'%s'.format([[dyn('a'), 1.5, true]])",
            r#""[\"a\", 1.500000, true]""#,
        ),
        ("'%s'.format([{'b': 1, 'a': 2}])", r#""{\"a\":2, \"b\":1}""#),
        (
            "'%d'.format([dyn('a')])",
            "error: error during formatting: decimal clause can only be used on integers, was given string",
        ),
        ("'héé'.size()", "3"),
        (
            "'abc'.startsWith('a') && 'abc'.endsWith('c') && 'abc'.contains('b')",
            "true",
        ),
    ]);
}

#[test]
fn lists_and_sets() {
    hold(&[
        "[1, 2, 2].isSorted()",
        "!['b', 'a'].isSorted()",
        "[1, 2, 3].sum() == 6",
        "[1.5, 2.0].sum() == 3.5",
        "[duration('1s'), duration('2s')].sum() == duration('3s')",
        "[3, 1, 2].min() == 1 && ['b', 'c'].max() == 'c'",
        "[1, 2, 1].indexOf(1) == 0 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(9) == -1",
        "[1, 2, 3].slice(1, 3) == [2, 3]",
        "[[1], [2, 3]].flatten() == [1, 2, 3]",
        "[3, 1, 2].sort() == [1, 2, 3]",
        "[1, 2, 1].distinct() == [1, 2]",
        "[1, 2].reverse() == [2, 1]",
        "lists.range(3) == [0, 1, 2]",
        "[1, 2].includes(2)",
        "sets.contains([1, 2, 3], [2]) && !sets.contains([], [1]) && sets.contains([1], [1, 1])",
        "sets.equivalent([1, 2], [2, 1, 1])",
        "sets.intersects([1, 2], [2]) && !sets.intersects([1], [2])",
    ]);
    give(&[
        ("[].map(x, int(x)).min()", "error: min called on empty list"),
        (
            "[1].slice(0, 2)",
            "error: cannot slice(0, 2), list is length 1",
        ),
        (
            "lists.range(-1)",
            "error: lists.range: size must be non-negative, got -1",
        ),
    ]);
}

#[test]
fn regular_expressions() {
    give(&[
        ("'abc 123 def 45'.find('[0-9]+')", r#""123""#),
        ("'abc'.find('[0-9]+')", r#""""#),
        ("'abc 123 def 45'.findAll('[0-9]+')", r#"["123","45"]"#),
        ("'1 2 3'.findAll('[0-9]', 2)", r#"["1","2"]"#),
        ("matches('xabcx', 'abc')", "true"),
        (
            "'abc'.matches('[' + '')",
            "error: error parsing regexp: missing closing ]: `[`",
        ),
        (
            "'abc'.find('[' + '')",
            "error: Illegal regex: error parsing regexp: missing closing ]: `[`",
        ),
    ]);
}

#[test]
fn urls() {
    hold(&[
        "isURL('https://u:p@host.example:8080/a%20b/?k=v&k=w&l=')",
        "isURL('/just/path') && !isURL('no url here') && !isURL('../up')",
        "url('https://host.example:8080/p').getScheme() == 'https'",
        "url('https://host.example:8080/p').getHost() == 'host.example:8080'",
        "url('https://[::1]:80/').getHostname() == '::1'",
        "url('https://h/a b%20c').getEscapedPath() == '/a%20b%20c'",
        "url('https://h/?k=v&k=w&l=').getQuery()['k'] == ['v', 'w']",
    ]);
    give(&[(
        "url('bad bad')",
        r#"error: URL parse error during conversion from string: parse "bad bad": invalid URI for request"#,
    )]);
}

#[test]
fn quantities() {
    hold(&[
        "isQuantity('1.5Gi') && !isQuantity('1.5 Gi')",
        "quantity('2Ki').asInteger() == 2048",
        "quantity('1500m').asApproximateFloat() == 1.5",
        "!quantity('1500m').isInteger()",
        "quantity('1k').isGreaterThan(quantity('1000m'))",
        "quantity('1Gi').compareTo(quantity('1024Mi')) == 0",
        "quantity('1').add(quantity('500m')).asApproximateFloat() == 1.5",
        "quantity('1Gi').sub(1).asInteger() == 1073741823",
        "quantity('1000m') == quantity('1')",
        "sign(quantity('-1')) == -1",
    ]);
    give(&[(
        "quantity('bad')",
        "error: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    )]);
}

#[test]
fn addresses() {
    hold(&[
        "isIP('1.2.3.4') && !isIP('1.2.3') && isIP('::1') && !isIP('01.2.3.4')",
        "ip('::ffff').family() == 6",
        "ip('127.0.0.1').isLoopback() && ip('fe80::1').isLinkLocalUnicast()",
        "ip('8.8.8.8').isGlobalUnicast() && ip('0.0.0.0').isUnspecified()",
        "!ip.isCanonical('::0:1') && string(ip('2001:DB8::0:1')) == '2001:db8::1'",
        "cidr('10.0.0.0/8').containsIP('10.1.2.3')",
        "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16')",
        "string(cidr('10.1.2.3/8').masked()) == '10.0.0.0/8'",
        "string(cidr('10.1.2.3/8').ip()) == '10.1.2.3'",
        "cidr('10.0.0.0/8').prefixLength() == 8",
        "!isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0') && isCIDR('::/0')",
        "type(ip('1.2.3.4')) == net.IP",
    ]);
    give(&[
        (
            "ip('bad')",
            r#"error: IP Address "bad" parse error during conversion from string: ParseAddr("bad"): unable to parse IP"#,
        ),
        (
            "ip('::ffff:1.2.3.4')",
            r#"error: IPv4-mapped IPv6 address "::ffff:1.2.3.4" is not allowed"#,
        ),
    ]);
}

#[test]
fn versions() {
    hold(&[
        "isSemver('1.2.3') && !isSemver('v1.2.3') && isSemver('v1.2', true)",
        "semver('1.2.3').major() == 1 && semver('v01.2', true).patch() == 0",
        "semver('1.2.3').isLessThan(semver('1.10.0'))",
        "semver('1.0.0-alpha').compareTo(semver('1.0.0')) == -1",
        "semver('1.0.0-alpha.1').isLessThan(semver('1.0.0-alpha.beta'))",
    ]);
    give(&[("semver('1')", "error: No Major.Minor.Patch elements found")]);
}

#[test]
fn formats() {
    hold(&[
        "!format.dns1123Label().validate('ok-1').hasValue()",
        "format.dns1123Label().validate('Bad_').hasValue()",
        "format.named('dns1123Label').hasValue() && !format.named('nothing').hasValue()",
        "format.dns1123LabelPrefix().validate('x-').orValue(['fine']) == ['fine']",
        "format.uuid().validate('x').value()[0] == 'does not match the UUID format'",
        "!format.uuid().validate('123e4567-e89b-12d3-a456-426614174000').hasValue()",
        "format.byte().validate('*').value()[0] == 'invalid base64'",
        "format.date().validate('2020-13-01').value()[0] == 'invalid date'",
        "format.datetime().validate('x').value()[0] == 'invalid datetime'",
        r#"format.uri().validate('http://%zz').value()[0] == 'parse "http://%zz": invalid URL escape "%zz"'"#,
    ]);
}

#[test]
fn versions_gate_functions() {
    let missing = |minor: u16, text: &str| {
        let env = Env::new(EnvOptions::version(minor));
        env.compile(text).is_err()
    };
    for (text, since) in [
        ("'%s'.format(['a'])", 29),
        ("sets.contains([1], [1])", 29),
        ("isIP('::1')", 30),
        ("format.named('x').hasValue()", 31),
        ("[1].all(i, v, true)", 32),
        ("isSemver('1.2.3')", 33),
        ("[1].distinct() == [1]", 34),
        ("[1].includes(1)", 37),
    ] {
        assert!(missing(since - 1, text), "{text} before {since}");
        assert!(!missing(since, text), "{text} since {since}");
    }
    let plain = Env::new(EnvOptions::stored());
    assert!(plain.compile("jsonpatch.escapeKey('a')").is_err());
}

#[test]
fn patches() {
    give(&[
        ("jsonpatch.escapeKey('a/b~c')", r#""a~1b~0c""#),
        (
            "[JSONPatch{op: 'add', path: '/a', value: 1}]",
            r#"[{"op":"add","path":"/a","value":1}]"#,
        ),
        (
            "Object{spec: Object.spec{?a: optional.none(), b: [Object.spec.b{c: 1}]}}",
            r#"{"spec":{"b":[{"c":1}]}}"#,
        ),
        (
            "[JSONPatch{op: 1}]",
            "1:14: expected type of field 'op' is 'string' but provided type is 'int'",
        ),
    ]);
    assert_eq!(
        env()
            .compile("Object{a: 1}")
            .unwrap()
            .result_type()
            .to_string(),
        "Object"
    );
}

struct OnlyList;

impl Authorize for OnlyList {
    fn authorize(&self, check: &Check) -> Answer {
        match (check.verb.as_str(), check.path.as_deref()) {
            ("list", None) if check.resource == "pods" => Answer::Allowed("may list".to_owned()),
            ("get", Some("/healthz")) => Answer::Allowed(String::new()),
            ("watch", _) => Answer::Pending,
            ("fail", _) => Answer::Error("broken".to_owned()),
            _ => Answer::NoOpinion(check.user.name.clone()),
        }
    }
}

#[test]
fn the_authorizer_is_asked() {
    let env = env().declare("authorizer", DeclType::authorizer());
    let user = User {
        name: "alice".to_owned(),
        ..User::default()
    };
    let activation =
        Activation::new().with("authorizer", Val::authorizer(Arc::new(OnlyList), user));
    for (text, expected) in [
        (
            "authorizer.group('').resource('pods').check('list').allowed()",
            "true",
        ),
        (
            "authorizer.group('').resource('pods').check('list').reason()",
            r#""may list""#,
        ),
        (
            "authorizer.group('').resource('pods').namespace('a').check('delete').allowed()",
            "false",
        ),
        ("authorizer.path('/healthz').check('get').allowed()", "true"),
        (
            "authorizer.path(' ').check('get').allowed()",
            "error: path must not be empty",
        ),
        (
            "authorizer.group('').resource('x').check('fail').errored()",
            "true",
        ),
        (
            "authorizer.group('').resource('x').check('fail').error()",
            r#""broken""#,
        ),
        (
            "authorizer.serviceAccount('ns', 'sa').group('').resource('x').check('y').reason()",
            r#""system:serviceaccount:ns:sa""#,
        ),
        (
            "authorizer.serviceAccount('ns', 'S').group('').resource('x').check('y').allowed()",
            "error: Invalid service account name",
        ),
    ] {
        assert_eq!(outcome_in(&env, &activation, text), expected, "{text}");
    }
    let asks = "authorizer.group('').resource('pods').check('watch').allowed() || true";
    let program = env.compile(asks).unwrap();
    let error = program.eval(&activation, limits::PER_CALL).unwrap_err();
    assert!(matches!(error, EvalError::Pending(check) if check.verb == "watch"));
    let thrice = "authorizer.group('').resource('a').check('list').allowed() || authorizer.group('').resource('b').check('list').allowed() || authorizer.group('').resource('c').check('list').allowed()";
    let program = env.compile(thrice).unwrap();
    assert!(
        program
            .eval(&activation, limits::PER_CALL)
            .unwrap_err()
            .is_budget()
    );
}

#[test]
fn devices_are_chosen() {
    use skeg_cel::devices;
    use skeg_schema::json;

    let device = json!({
        "attributes": {
            "family": {"string": "gpu"},
            "other.example.com/cores": {"int": 8},
            "firmware": {"version": "1.2.3"},
        },
        "capacity": {"memory": {"value": "8Gi"}},
    });
    let activation = Activation::new().with("device", devices::device("gpu.example.com", &device));
    for (text, expected) in [
        ("device.driver == 'gpu.example.com'", Some(true)),
        (
            "device.attributes['gpu.example.com'].family == 'gpu'",
            Some(true),
        ),
        (
            "device.attributes['other.example.com'].cores > 7",
            Some(true),
        ),
        (
            "device.attributes['gpu.example.com'].firmware.isLessThan(semver('2.0.0'))",
            Some(true),
        ),
        (
            "device.capacity['gpu.example.com'].memory.compareTo(quantity('4Gi')) >= 0",
            Some(true),
        ),
        (
            "has(device.attributes['nothing.example.com'].x)",
            Some(false),
        ),
        ("device.attributes['nothing.example.com'].x", None),
        (
            "cel.bind(a, device.attributes['gpu.example.com'], a.family == 'gpu')",
            Some(true),
        ),
    ] {
        let program = devices::compile(EnvOptions::stored(), text)
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        assert!(program.estimate().max <= devices::COST_MAX, "{text}");
        let outcome = program.eval(&activation, limits::PER_CALL).ok();
        assert_eq!(outcome.and_then(|o| o.value.as_bool()), expected, "{text}");
    }
    for (text, words) in [
        ("1", "must evaluate to bool or the unknown type, not int"),
        (
            "",
            "compilation failed: ERROR: <input>:1:0: Syntax error: mismatched input '<EOF>' expecting",
        ),
    ] {
        let error = devices::compile(EnvOptions::stored(), text).unwrap_err();
        assert!(error.starts_with(words), "{error}");
        assert!(!error.contains(" | "), "{error}");
    }
}
