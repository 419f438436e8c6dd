//! Tables of rules: an object, a change to it, and what is said of that.

use skeg_registry::errors::Errs;
use skeg_registry::validation::declared;
use skeg_schema::Value;

/// The rules of a new object, or of one that is there already.
pub type Rules = fn(&Value, Option<&Value>, &mut Errs);

/// What rules say, each fault as a message shows it.
pub fn faults(rules: impl FnOnce(&mut Errs)) -> Vec<String> {
    let mut errs = Errs::new();
    rules(&mut errs);
    errs.into_list().iter().map(ToString::to_string).collect()
}

/// Lays `change` over `base`: objects merge, null removes, all else replaces.
pub fn merged(base: &Value, change: &Value) -> Value {
    let (Value::Object(_), Value::Object(over)) = (base, change) else {
        return change.clone();
    };
    let mut out = base.clone();
    for (k, v) in over.iter() {
        let now = merged(out.get(k).unwrap_or(&Value::Null), v);
        if let Value::Object(o) = &mut out {
            if now.is_null() {
                o.remove(k);
            } else {
                o.insert(k.clone(), now);
            }
        }
    }
    out
}

/// What rules and the declarations of the type say.
pub fn with_declared(rules: Rules, obj: &Value, old: Option<&Value>) -> Vec<String> {
    faults(|errs| {
        rules(obj, old, errs);
        declared::check(obj, old, errs);
    })
}

/// That each fault begins as expected.
pub fn alike(found: &[String], expect: &[&str], what: &Value) {
    let same =
        found.len() == expect.len() && found.iter().zip(expect).all(|(f, e)| f.starts_with(e));
    assert!(same, "{what}\nfound {found:#?}\nexpected {expect:#?}");
}

/// Each change makes a new object with faults that begin like this; what the
/// markers of the type declare counts too.
pub fn check(rules: Rules, base: &Value, rows: &[(Value, &[&str])]) {
    let found = with_declared(rules, base, None);
    assert_eq!(found, Vec::<String>::new(), "the base");
    for (change, expect) in rows {
        let found = with_declared(rules, &merged(base, change), None);
        alike(&found, expect, change);
    }
}

/// Each change is made to an object that is there.
pub fn check_update(rules: Rules, old: &Value, rows: &[(Value, &[&str])]) {
    for (change, expect) in rows {
        let found = with_declared(rules, &merged(old, change), Some(old));
        alike(&found, expect, change);
    }
}
