use skeg_schema::json;

use super::*;

fn store() -> Value {
    json!({
        "name": "jsonpath",
        "book": [
            {"category": "reference", "author": "Nigel Rees", "price": 8.95},
            {"category": "fiction", "author": "Evelyn Waugh", "price": 12.99, "tags": ["a", "b"]},
            {"category": "fiction", "author": "Herman Melville", "price": 8},
        ],
        "labels": {"app": "web", "k8s.io/x": "y", "z": {"b": 1, "a": "<"}},
        "nothing": null,
        "empty": [],
        "on": true,
    })
}

#[test]
fn templates_are_rendered_as_kubectl_renders_them() {
    let store = store();
    let check = |template: &str, expect: &str| {
        let path = JsonPath::parse(template).unwrap_or_else(|error| panic!("{template}: {error}"));
        let text = path
            .render(&store)
            .unwrap_or_else(|error| panic!("{template}: {error}"));
        assert_eq!(text, expect, "{template}");
    };
    check("hello jsonpath", "hello jsonpath");
    check("hello {.name}", "hello jsonpath");
    check("{$.name} {@.name}", "jsonpath jsonpath");
    check(r#"{"{"}{'}'}{"\t\u0041\""}"#, "{}\tA\"");
    check("{.book[0].price}", "8.95");
    check("{.book[*].price}", "8.95 12.99 8");
    check("{.book[-1].author}", "Herman Melville");
    check("{.book[0:2].category}", "reference fiction");
    check("{.book[::2].author}", "Nigel Rees Herman Melville");
    check("{.book[-2:].price}", "12.99 8");
    check("{.book[0,2].price}", "8.95 8");
    check("{.book[0]['author','price']}", "Nigel Rees 8.95");
    check("{['name']}", "jsonpath");
    check(r"{.labels.k8s\.io/x} {.labels['k8s\.io/x']}", "y y");
    check(
        r#"{.book[?(@.category=="fiction")].author}"#,
        "Evelyn Waugh Herman Melville",
    );
    check("{.book[?(@.price<10)].price}", "8.95 8");
    check("{.book[?(@.price >= 8.95)].price}", "8.95 12.99");
    check("{.book[?(@.price!=8)].price}", "8.95 12.99");
    check("{.book[?(@.tags)].author}", "Evelyn Waugh");
    check("{.book[?(@.tags[5])].author}", "");
    check(r#"{.book[?(@.author=="a)b")].author}"#, "");
    check("{..price}", "8.95 12.99 8");
    check("{.book[1].tags.*}", "a b");
    check(
        r#"{range .book[*]}{.author}{" "}{range ['category']}{@}{end}{"\n"}{end}!"#,
        "Nigel Rees reference\nEvelyn Waugh fiction\nHerman Melville fiction\n!",
    );
    check("{range .empty[*]}{.x}{end}end", "end");
    check("{.nothing} {.on} {1} {1.5} {true}", "null true 1 1.5 true");
    check("{.labels.z}", r#"{"a":"\u003c","b":1}"#);
    check("{.book[1].tags}", r#"["a","b"]"#);
    check("", "");
}

#[test]
fn what_is_wrong_is_told() {
    let store = store();
    let check = |template: &str, expect: &str| {
        let path = JsonPath::parse(template);
        let outcome = path.and_then(|path| path.render(&store));
        assert_eq!(outcome, Err(JsonPathError(expect.to_owned())), "{template}");
    };
    check("{.none}", "none is not found");
    check("{.book[3]}", "array index out of bounds: index 3, length 3");
    check(
        "{.book[-4]}",
        "array index out of bounds: index -1, length 3",
    );
    check(
        "{.book[0:5]}",
        "array index out of bounds: index 4, length 3",
    );
    check(
        "{.book[2:1]}",
        "starting index 2 is greater than ending index 1",
    );
    check("{.book[0:2:0]}", "step must be > 0");
    check("{.name[0]}", "string is not array or slice");
    check("{.name", "unclosed action");
    check("{.book[0}", "unterminated array");
    check("{.book[x]}", "invalid array index x");
    check("{.book[-]}", "array index - is not a number");
    check("{.book[?(@.price]}", "unterminated filter");
    check("{.book[?(@.price)}", "unclosed array expect ]");
    check("{.book[?(@.price=1)]}", "unrecognized filter operator =");
    check("{.book[?(@.price==)]}", "nothing stands after ==");
    check(
        "{.book[?(@.price==\"x\")]}",
        "incompatible types for comparison",
    );
    check("{.book[?(@.tags==\"x\")]}", "tags is not found");
    check(
        "{.name[?(@.a)]}",
        "jsonpath is not array or slice and cannot be filtered",
    );
    check("{....x}", "invalid multiple recursive descent");
    check("{\"x}", "unterminated quoted string");
    check("{end}", "not in range, nothing to end");
    check("{range .book[*]}", "a range has no end");
    check("{hello}", "unrecognized identifier hello");
    check("{1.2.3}", "cannot parse number 1.2.3");
    check("{*}", "unrecognized character in action: U+002A '*'");
    let lenient = JsonPath::parse("[{.none.deeper}{.book[?(@.tags==\"x\")].price}]").unwrap();
    let refused = lenient.clone().allow_missing().render(&store);
    assert_eq!(
        refused,
        Err(JsonPathError("invalid type for comparison".into()))
    );
    let lenient = JsonPath::parse("[{.none.deeper[*].x}]")
        .unwrap()
        .allow_missing();
    assert_eq!(lenient.render(&store).unwrap(), "[]");
}

#[test]
fn paths_are_read_with_and_without_braces() {
    let store = store();
    for path in ["name", ".name", "{name}", "{.name}"] {
        let path = JsonPath::parse_relaxed(path).unwrap();
        assert_eq!(path.render(&store).unwrap(), "jsonpath");
    }
    let found = JsonPath::parse_relaxed("book[1].tags[*]")
        .unwrap()
        .find(&store);
    assert_eq!(found.unwrap(), [[Value::from("a"), Value::from("b")]]);
    for path in ["{.name", "name}", "{{.name}}", "{}{.name}"] {
        assert!(JsonPath::parse_relaxed(path).is_err(), "{path}");
    }
}
