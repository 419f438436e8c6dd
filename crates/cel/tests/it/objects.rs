//! Objects of a schema: how they are compared, and what their fields are called.

use skeg_cel::{Activation, DeclType, Env, EnvOptions, ListKind, Val};
use skeg_schema::{Value, json};

use crate::check::outcome_in;

fn decl() -> DeclType {
    let item = DeclType::escaped_object(
        "Item",
        vec![
            ("namespace".to_owned(), DeclType::string()),
            ("a-b".to_owned(), DeclType::int()),
            ("at".to_owned(), DeclType::timestamp()),
            ("ratio".to_owned(), DeclType::double()),
            ("raw".to_owned(), DeclType::bytes()),
            (
                "set".to_owned(),
                DeclType::list_of_kind(DeclType::string(), ListKind::Set),
            ),
            ("none".to_owned(), DeclType::string()),
        ],
    );
    DeclType::escaped_object(
        "Spec",
        vec![
            ("items".to_owned(), DeclType::list(item)),
            ("labels".to_owned(), DeclType::map(DeclType::string())),
        ],
    )
}

fn check(items: &Value, cases: &[(&str, &str)]) {
    let (decl, value) = (decl(), json!({"items": items, "labels": {"k": "v"}}));
    let env = Env::new(EnvOptions::stored()).declare("self", decl.clone());
    let activation = Activation::new().with("self", Val::tree(&value, Some(&decl)));
    for (text, expected) in cases {
        assert_eq!(outcome_in(&env, &activation, text), *expected, "{text}");
    }
}

#[test]
fn objects_are_compared_field_by_field() {
    check(
        &json!([
            {"namespace": "n", "a-b": 1},
            {"at": "2020-01-01T00:00:00Z", "ratio": 1},
            {"at": "2020-01-01T01:00:00+01:00", "ratio": 1.0},
            {"set": ["a", "b"]},
            {"set": ["b", "a"]},
            {"raw": "_-8="},
            {"none": null},
        ]),
        &[
            ("self == self", "true"),
            ("self.items[0] == self.items[0]", "true"),
            ("self.items[0] != self.items[0]", "false"),
            ("self.items[1] == self.items[2]", "true"),
            ("self.items[3] == self.items[4]", "true"),
            ("self.items[3] == self.items[5]", "false"),
            ("self.items[5].raw == b'\\xff\\xef'", "true"),
            ("self.items[6] == self.items[6]", "true"),
            ("self.items[1] in self.items", "true"),
            (
                "self.items[0] == dyn({'namespace': dyn('n'), 'a-b': dyn(1)})",
                "true",
            ),
        ],
    );
}

#[test]
fn objects_beside_something_else_are_not_compared() {
    let no = "error: no such overload";
    check(
        &json!([{"namespace": "n"}]),
        &[
            ("self.items[0] == dyn(1)", no),
            ("self.labels == dyn('k')", no),
            ("self.items == dyn({})", no),
            ("self.items[0] != dyn(1)", "true"),
            ("self.items[0] == dyn(null)", "false"),
            ("dyn(1) == self.items[0]", "false"),
            ("dyn(1) in [dyn(self.items[0])]", "false"),
        ],
    );
}

#[test]
fn fields_are_called_by_their_identifiers() {
    check(
        &json!([{"a-b": 1, "namespace": "n", "other": 2}]),
        &[
            ("self.items[0].namespace", r#""n""#),
            ("self.items[0].__namespace__", r#""n""#),
            ("has(self.items[0].namespace)", "true"),
            ("self.items[0].?namespace.orValue('')", r#""n""#),
            ("self.items[0].package", "1:14: undefined field 'package'"),
            ("dyn(self.items[0])['a-b']", "1"),
            (
                "dyn(self.items[0]).map(k, k)",
                r#"["a__dash__b","__namespace__",null]"#,
            ),
        ],
    );
}

#[test]
fn bytes_are_written_with_the_alphabet_of_urls() {
    check(
        &json!([{"raw": "/+8="}]),
        &[(
            "self.items[0].raw",
            "error: Invalid byte formatted string /+8=: illegal base64 data at input byte 0",
        )],
    );
}

#[test]
fn sets_and_maps_stay_what_they_are_when_they_grow() {
    let pair = DeclType::escaped_object(
        "Pair",
        vec![
            ("k".to_owned(), DeclType::string()),
            ("v".to_owned(), DeclType::int()),
        ],
    );
    let map = ListKind::Map(vec!["k".to_owned()]);
    let lists = DeclType::list_of_kind(DeclType::list(DeclType::string()), ListKind::Set);
    let decl = DeclType::escaped_object(
        "Spec",
        vec![
            (
                "set".to_owned(),
                DeclType::list_of_kind(DeclType::string(), ListKind::Set),
            ),
            ("pairs".to_owned(), DeclType::list_of_kind(pair, map)),
            ("lists".to_owned(), lists),
        ],
    );
    let value = json!({
        "set": ["a", "b"],
        "pairs": [{"k": "x", "v": 1}, {"k": "y", "v": 2}],
        "lists": [["a"]],
    });
    let env = Env::new(EnvOptions::stored()).declare("self", decl.clone());
    let activation = Activation::new().with("self", Val::tree(&value, Some(&decl)));
    for (text, expected) in [
        ("self.set + [\"c\"] == [\"c\", \"b\", \"a\"]", "true"),
        (
            "self.set + [\"c\"] + [\"c\", \"a\"] == [\"c\", \"b\", \"a\"]",
            "true",
        ),
        ("[\"c\"] + self.set == [\"c\", \"b\", \"a\"]", "false"),
        ("size(self.set + [\"c\"] + [\"c\"])", "3"),
        (
            "self.pairs + [self.pairs[1]] == [self.pairs[1], self.pairs[0]]",
            "true",
        ),
        ("size(self.pairs + [self.pairs[1]] + [self.pairs[0]])", "2"),
        (
            "self.lists == self.lists",
            "error: listSet operations are only supported on lists of scalar values",
        ),
        (
            "size(self.lists + [[\"b\"]])",
            "error: listSet operations are only supported on lists of scalar values",
        ),
    ] {
        assert_eq!(outcome_in(&env, &activation, text), expected, "{text}");
    }
}
