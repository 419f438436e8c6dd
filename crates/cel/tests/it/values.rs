//! Values that are parts of trees.

use skeg_cel::{Activation, DeclType, Env, EnvOptions, ListKind, Val};
use skeg_schema::{TypeId, Value, json};

use crate::check::outcome_in;

fn check(decl: &DeclType, value: &Value, cases: &[(&str, &str)]) {
    let env = Env::new(EnvOptions::stored()).declare("self", decl.clone());
    let activation = Activation::new().with("self", Val::tree(value, Some(decl)));
    for (text, expected) in cases {
        assert_eq!(outcome_in(&env, &activation, text), *expected, "{text}");
    }
}

#[test]
fn declared_trees_have_their_types() {
    let decl = DeclType::escaped_object(
        "Spec",
        vec![
            ("at".to_owned(), DeclType::timestamp()),
            ("wait".to_owned(), DeclType::duration()),
            ("ratio".to_owned(), DeclType::double()),
            ("raw".to_owned(), DeclType::bytes()),
            ("port".to_owned(), DeclType::int_or_string()),
            ("labels".to_owned(), DeclType::map(DeclType::string())),
            ("namespace".to_owned(), DeclType::string()),
            ("a-b".to_owned(), DeclType::int()),
            (
                "set".to_owned(),
                DeclType::list_of_kind(DeclType::int(), ListKind::Set),
            ),
            (
                "keyed".to_owned(),
                DeclType::list_of_kind(
                    DeclType::object(
                        "Item",
                        vec![
                            ("k".to_owned(), DeclType::string()),
                            ("v".to_owned(), DeclType::int()),
                        ],
                    ),
                    ListKind::Map(vec!["k".to_owned()]),
                ),
            ),
        ],
    );
    let value = json!({
        "at": "2020-01-02T03:04:05Z", "wait": "90s", "ratio": 2, "raw": "YQ==", "port": "http",
        "labels": {"a": "b"}, "namespace": "x", "a-b": 1, "set": [1, 2],
        "keyed": [{"k": "a", "v": 1}, {"k": "b", "v": 2}],
    });
    check(
        &decl,
        &value,
        &[
            ("self.at.getFullYear()", "2020"),
            ("self.wait == duration('1m30s')", "true"),
            ("self.ratio / 4.0", "0.5"),
            ("self.raw == b'a'", "true"),
            ("type(self.port) == string && self.port == 'http'", "true"),
            ("self.labels['a'] + self.labels.a", r#""bb""#),
            ("self.__namespace__ == 'x' && self.a__dash__b == 1", "true"),
            ("self.set == [2, 1]", "true"),
            ("[2, 1] == self.set", "false"),
            ("(self.set + [2, 3]).size()", "3"),
            ("self.keyed.exists(i, i.k == 'b' && i.v == 2)", "true"),
            ("has(self.at) && !has(self.labels.b)", "true"),
            ("self.labels.b", "error: no such key: b"),
            ("self.labels.?b.orValue('none')", r#""none""#),
        ],
    );
}

#[test]
fn messages_of_the_tables_are_declared() {
    let pod = DeclType::message(TypeId::by_gvk("", "v1", "Pod").unwrap());
    let value = json!({
        "metadata": {"name": "a", "creationTimestamp": "2020-01-02T03:04:05Z"},
        "spec": {"containers": [{"name": "c", "image": "i"}], "terminationGracePeriodSeconds": 5},
    });
    check(
        &pod,
        &value,
        &[
            ("self.spec.containers.all(c, c.image == 'i')", "true"),
            ("self.metadata.creationTimestamp.getFullYear()", "2020"),
            ("self.spec.terminationGracePeriodSeconds > 4", "true"),
            ("has(self.spec.nodeName)", "false"),
            ("self.spec.nope", "1:10: undefined field 'nope'"),
            (
                "self.spec.containers == 'x'",
                "1:22: found no matching overload for '_==_' applied to '(list(core/v1.Container), string)'",
            ),
        ],
    );
}

#[test]
fn computed_variables_are_computed_once_and_when_asked_for() {
    let env = Env::new(EnvOptions::stored())
        .declare("object", DeclType::dynamic())
        .declare(
            "variables",
            DeclType::object(
                "variables",
                vec![
                    ("n".to_owned(), DeclType::int()),
                    ("bad".to_owned(), DeclType::bool()),
                ],
            ),
        );
    let value = json!({"items": [1, 2, 3]});
    let n = env.compile("object.items.size()").unwrap();
    let bad = env.compile("object.nope == 1").unwrap();
    let activation = Activation::new()
        .with("object", Val::tree(&value, None))
        .with_computed("n", n)
        .with_computed("bad", bad);
    for (text, expected) in [
        ("variables.n == 3 && variables.n + 1 == 4", "true"),
        ("true || variables.bad", "true"),
        (
            "variables.bad",
            r#"error: composited variable "bad" fails to evaluate: no such key: nope"#,
        ),
    ] {
        assert_eq!(outcome_in(&env, &activation, text), expected, "{text}");
    }
}
