//! Estimates and the budget.

use skeg_cel::{Activation, DeclType, Env, EnvOptions, Val, limits};
use skeg_schema::dynamic::Node;
use skeg_schema::json;

fn spec() -> DeclType {
    let text = |max: u64| DeclType::string().with_max(max);
    DeclType::object(
        "Spec",
        vec![
            ("s".to_owned(), text(10)),
            ("n".to_owned(), DeclType::int()),
            ("l".to_owned(), DeclType::list(text(10)).with_max(10)),
            ("open".to_owned(), DeclType::list(DeclType::string())),
        ],
    )
}

fn estimate(text: &str) -> (u64, u64) {
    let env = Env::new(EnvOptions::stored()).declare("self", spec());
    let estimate = env.compile(text).unwrap().estimate();
    (estimate.min, estimate.max)
}

#[test]
fn estimates_follow_bounds() {
    for (text, expected) in [
        ("true", (0, 0)),
        ("self.n == 1", (2, 2)),
        ("has(self.n)", (1, 1)),
        ("self.s.startsWith('abc')", (3, 3)),
        ("self.s == 'a'", (3, 3)),
        ("self.s.contains('a')", (2, 3)),
        ("self.l.all(x, x == 'a')", (3, 43)),
        ("self.s.matches('^a+$')", (3, 4)),
        ("[1, 2]", (10, 10)),
        ("dyn(self.n) == 1", (3, 3)),
    ] {
        let (min, max) = estimate(text);
        assert!(
            min <= expected.0 && max >= expected.0,
            "{text}: {min}..{max}"
        );
        assert!(max <= expected.1 * 4 + 4, "{text}: {min}..{max}");
    }
    let bounded = estimate("self.l.all(x, self.l.all(y, x == y))").1;
    assert!(bounded < limits::RULE_ESTIMATE_MAX, "{bounded}");
    let unbounded = estimate("self.open.all(x, self.open.all(y, x == y))").1;
    let words = limits::exceeds("estimated rule cost", unbounded, limits::RULE_ESTIMATE_MAX);
    assert!(
        words
            .unwrap()
            .starts_with("estimated rule cost exceeds budget by factor of more than 100x (try")
    );
    assert_eq!(limits::exceeds("x", 1, 1), None);
    assert!(limits::exceeds("x", 31, 10).unwrap().contains("of 3.1x ("));
    assert!(
        limits::exceeds("x", 12, 10)
            .unwrap()
            .contains("of 1.200000x (")
    );
}

#[test]
fn evaluation_ends_when_the_budget_is_spent() {
    let decl = spec();
    let env = Env::new(EnvOptions::stored()).declare("self", decl.clone());
    let items: Vec<_> = (0..1000).map(|n| json!(format!("item-{n}"))).collect();
    let value = json!({"open": items});
    let activation = Activation::new().with("self", Val::tree(&value, Some(&decl)));
    let program = env
        .compile("self.open.all(x, self.open.all(y, x.size() == y.size() || true))")
        .unwrap();
    let error = program.eval(&activation, limits::PER_CALL).unwrap_err();
    assert!(error.is_budget());
    assert_eq!(
        error.to_string(),
        "operation cancelled: actual cost limit exceeded"
    );
    let once = env
        .compile("self.open.all(x, x.startsWith('item'))")
        .unwrap();
    let outcome = once.eval(&activation, limits::PER_CALL).unwrap();
    assert!(
        outcome.cost >= 2000 && outcome.cost < 10_000,
        "{}",
        outcome.cost
    );
}

#[test]
fn names_of_objects_are_bounded() {
    let estimate = |metadata: &skeg_schema::Value, text: &str| {
        let schema = json!({"type": "object", "properties": {
            "apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": metadata.clone(),
        }});
        let node = Node::compile(&schema);
        let decl = DeclType::from_schema(&node, true, "self").unwrap();
        let env = Env::new(EnvOptions::stored()).declare("self", decl);
        env.compile(text).unwrap().estimate().max
    };
    let none = json!({"type": "object"});
    let short =
        json!({"type": "object", "properties": {"name": {"type": "string", "maxLength": 10}}});
    let both = json!({"type": "object", "properties": {
        "name": {"type": "string", "maxLength": 1000}, "generateName": {"type": "string"},
    }});
    let name = "self.metadata.name.contains('a')";
    let prefix = "self.metadata.generateName.contains('a')";
    // A tenth of four bytes for each of 253, 252 and ten code points, after two steps.
    assert_eq!(estimate(&none, name), 3 + 102);
    assert_eq!(estimate(&none, prefix), 3 + 101);
    assert_eq!(estimate(&short, name), 3 + 4);
    // Who declares all that a root has says how long it is, too.
    assert_eq!(estimate(&both, name), 3 + 400);
}
