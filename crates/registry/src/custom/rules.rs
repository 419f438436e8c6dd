//! `x-kubernetes-validations`: rules in CEL, checked where definitions are
//! written and evaluated where objects are (KEP-2876).

mod definition;
mod field_path;

pub use definition::{check as check_definition, check_default};

use super::validate::{correlated, type_name, unchanged};
use skeg_cel::{Activation, DeclType, Env, EnvOptions, Program, Val, limits};
use skeg_meta::{FieldError, FieldErrorKind};
use skeg_schema::Value;
use skeg_schema::dynamic::{CelRule, Node};

/// Bytes of a message that an expression makes.
const MESSAGE_MAX: usize = 5 * 1024;

/// One compiled rule.
struct Rule {
    source: CelRule,
    program: Result<Program, String>,
    message: Option<Program>,
    uses_old: bool,
    /// Where its faults are, below its own place.
    field: String,
}

impl Rule {
    fn name(&self) -> &str {
        match self.source.message.trim() {
            "" => self.source.rule.trim(),
            message => message,
        }
    }

    fn default_message(&self) -> String {
        match self.source.message.trim() {
            "" => format!("failed rule: {}", self.source.rule.trim()),
            message => message.to_owned(),
        }
    }
}

/// The rules of a schema and of what is below it.
pub struct Rules {
    decl: Option<DeclType>,
    rules: Vec<Rule>,
    properties: Vec<(Box<str>, Rules)>,
    additional: Option<Box<Rules>>,
    items: Option<Box<Rules>>,
}

/// What an evaluation found.
#[derive(Default)]
pub struct Findings {
    /// Faults.
    pub errors: Vec<FieldError>,
    /// Faults of what was so before and has not changed.
    pub warnings: Vec<String>,
}

fn compile(decl: &DeclType, source: &CelRule, node: &Node) -> Rule {
    let old = match source.optional_old_self {
        Some(true) => DeclType::optional(decl.clone()),
        _ => decl.clone(),
    };
    let env = || {
        Env::new(EnvOptions::stored())
            .declare("self", decl.clone())
            .declare("oldSelf", old.clone())
    };
    let program = env()
        .compile(&source.rule)
        .map_err(|errors| errors.to_string());
    let message = match source.message_expression.trim() {
        "" => None,
        text => env().compile(text).ok(),
    };
    Rule {
        uses_old: program.as_ref().is_ok_and(|p| p.uses("oldSelf")),
        source: source.clone(),
        field: field_path::shown(&source.field_path, node).unwrap_or_default(),
        program,
        message,
    }
}

impl Rules {
    /// Compiles the rules of a schema; `None` where it has none.
    pub fn compile(node: &Node, root: bool) -> Option<Self> {
        if !node.has_validations() {
            return None;
        }
        let decl = (!node.validations.is_empty())
            .then(|| DeclType::from_schema(node, root || node.embedded, "self"))
            .flatten();
        let rules = decl.as_ref().map_or_else(Vec::new, |decl| {
            node.validations
                .iter()
                .map(|source| compile(decl, source, node))
                .collect()
        });
        Some(Self {
            rules,
            decl,
            properties: node
                .properties
                .iter()
                .filter_map(|(name, inner)| Some((name.clone(), Self::compile(inner, false)?)))
                .collect(),
            additional: node
                .additional_node()
                .and_then(|inner| Self::compile(inner, false))
                .map(Box::new),
            items: node
                .items
                .as_deref()
                .and_then(|inner| Self::compile(inner, false))
                .map(Box::new),
        })
    }

    /// Evaluates them on an object; `old` is what stood there before.
    pub fn evaluate(&self, value: &Value, old: Option<&Value>, node: &Node) -> Findings {
        self.run(value, old, node, true)
    }

    /// The same, but what was so before is a fault too.
    pub fn evaluate_all(&self, value: &Value, old: Option<&Value>, node: &Node) -> Vec<FieldError> {
        self.run(value, old, node, false).errors
    }

    fn run(&self, value: &Value, old: Option<&Value>, node: &Node, ratchets: bool) -> Findings {
        let mut run = Run {
            left: limits::PER_VALIDATION,
            over: false,
            ratchets,
            found: Findings::default(),
        };
        let place = Place { value, old, node };
        run.walk(self, place, None, "");
        run.found
    }
}

/// A value, what stood there before, and its schema.
#[derive(Clone, Copy)]
struct Place<'v> {
    value: &'v Value,
    old: Option<&'v Value>,
    node: &'v Node,
}

impl Place<'_> {
    fn unchanged(self) -> bool {
        self.old
            .is_some_and(|old| unchanged(self.value, old, self.node))
    }
}

struct Run {
    left: u64,
    over: bool,
    /// What was so before is only warned of.
    ratchets: bool,
    found: Findings,
}

fn child(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

impl Run {
    /// `around`: the nearest place above of which it is known what stood there.
    fn walk(&mut self, rules: &Rules, place: Place<'_>, around: Option<Place<'_>>, path: &str) {
        let Place { value, old, node } = place;
        if self.over {
            return;
        }
        if value.is_null() && node.nullable {
            return;
        }
        // Elements that cannot be told apart have not changed when their list has not.
        let held = match path {
            "apiVersion" | "kind" => None,
            _ if old.is_some() => Some(place),
            _ => around,
        };
        self.here(rules, place, held, path);
        match value {
            Value::Object(members) => {
                if let (Some(inner), Some(schema)) = (&rules.additional, node.additional_node()) {
                    for (name, member) in members.iter() {
                        if node.property(name).is_none() {
                            let below = Place {
                                value: member,
                                old: old.and_then(|o| o.get(name)),
                                node: schema,
                            };
                            self.walk(inner, below, held, &format!("{path}[{name}]"));
                        }
                    }
                }
                for (name, inner) in &rules.properties {
                    if let (Some(member), Some(schema)) = (members.get(name), node.property(name)) {
                        let below = Place {
                            value: member,
                            old: old.and_then(|o| o.get(name)),
                            node: schema,
                        };
                        self.walk(inner, below, held, &child(path, name));
                    }
                }
            }
            Value::Array(items) => {
                if let (Some(inner), Some(schema)) = (&rules.items, node.items.as_deref()) {
                    for (at, item) in items.iter().enumerate() {
                        let below = Place {
                            value: item,
                            old: correlated(node, old, item),
                            node: schema,
                        };
                        self.walk(inner, below, held, &format!("{path}[{at}]"));
                    }
                }
            }
            _ => {}
        }
    }

    fn tell(&mut self, path: &str, value: &Value, detail: String) {
        let field = if path.is_empty() { "<nil>" } else { path };
        self.found
            .errors
            .push(FieldError::invalid(field, type_name(value), detail));
    }

    fn here(&mut self, rules: &Rules, place: Place<'_>, held: Option<Place<'_>>, path: &str) {
        let Place { value, old, .. } = place;
        let Some(decl) = &rules.decl else { return };
        for rule in &rules.rules {
            if self.over {
                return;
            }
            let program = match &rule.program {
                Ok(program) => program,
                Err(why) => {
                    self.tell(
                        path,
                        value,
                        format!("rule compile error: compilation failed: {why}"),
                    );
                    continue;
                }
            };
            let optional = rule.source.optional_old_self == Some(true);
            // A rule about a change asks for something that changes.
            if rule.uses_old && old.is_none() && !optional {
                continue;
            }
            let this = Val::tree(value, Some(decl));
            let before = old.map(|old| Val::tree(old, Some(decl)));
            let mut activation = Activation::new().with("self", this);
            if optional {
                activation = activation.with("oldSelf", before.map_or_else(Val::none, Val::some));
            } else if let Some(before) = before {
                activation = activation.with("oldSelf", before);
            }
            let (outcome, cost) = program.eval_counted(&activation, limits::PER_CALL);
            if cost > self.left {
                self.tell(
                    path,
                    value,
                    "validation failed due to running out of cost budget, no further validation rules will be run".to_owned(),
                );
                self.over = true;
                return;
            }
            self.left -= cost;
            match outcome {
                Ok(result) if result.as_bool() == Some(true) => {}
                Ok(_) => self.failed(rule, &activation, value, held, path),
                Err(error) => self.broken(rule, &error, value, path),
            }
        }
    }

    fn broken(&mut self, rule: &Rule, error: &skeg_cel::EvalError, value: &Value, path: &str) {
        let name = rule.name();
        if error.is_budget() {
            self.tell(
                path,
                value,
                format!("'{error}': no further validation rules will be run due to call cost exceeds limit for rule: {name}"),
            );
            self.over = true;
        } else if error.to_string().starts_with("no such overload") {
            self.tell(
                path,
                value,
                format!("'{error}': call arguments did not match a supported operator, function or macro signature for rule: {name}"),
            );
        } else {
            self.tell(path, value, format!("{error} evaluating rule: {name}"));
        }
    }

    fn failed(
        &mut self,
        rule: &Rule,
        activation: &Activation<'_>,
        value: &Value,
        held: Option<Place<'_>>,
        path: &str,
    ) {
        let mut message = rule.default_message();
        if let Some(expression) = &rule.message {
            let (outcome, cost) = expression.eval_counted(activation, limits::PER_CALL);
            self.left = self.left.saturating_sub(cost);
            if let Ok(made) = outcome
                && let Some(text) = made.as_str()
            {
                let text = text.trim();
                if !text.is_empty() && !text.contains(['\n', '\r']) && text.len() <= MESSAGE_MAX {
                    message = text.to_owned();
                }
            }
        }
        let field = match rule.field.as_str() {
            "" if path.is_empty() => "<nil>".to_owned(),
            "" => path.to_owned(),
            below => child(path, below),
        };
        let kind = match rule.source.reason.as_str() {
            "FieldValueForbidden" => FieldErrorKind::Forbidden,
            "FieldValueRequired" => FieldErrorKind::Required,
            "FieldValueDuplicate" => FieldErrorKind::Duplicate,
            _ => FieldErrorKind::Invalid,
        };
        // Upstream shows scalars only, and those only where the rule stands.
        let scalar = !matches!(value, Value::Object(_) | Value::Array(_));
        let shown = if scalar {
            value.clone()
        } else {
            FieldError::omitted_value()
        };
        if kind == FieldErrorKind::Duplicate {
            message.clear();
        }
        let error = FieldError::new(kind, field, shown, message);
        if self.ratchets && !rule.uses_old && held.is_some_and(Place::unchanged) {
            self.found.warnings.push(error.to_string());
        } else {
            self.found.errors.push(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn what_has_not_changed_may_break_a_rule() {
        let list = |kind: &str| {
            json!({"type": "array", "x-kubernetes-list-type": kind, "x-kubernetes-list-map-keys": ["k"],
                "items": {"type": "object", "x-kubernetes-validations": [{"rule": "self.n < 3"}],
                    "properties": {"k": {"type": "string"}, "n": {"type": "integer"}}}})
        };
        let node = Node::compile(&json!({"type": "object",
            "properties": {"plain": list("atomic"), "map": list("map")}}));
        let rules = Rules::compile(&node, true).expect("there are rules");
        let check = |new: Value, old: Value, wanted: (usize, usize)| {
            let found = rules.evaluate(&new, Some(&old), &node);
            assert_eq!((found.errors.len(), found.warnings.len()), wanted, "{new}");
        };
        let (a, b) = (json!({"k": "a", "n": 5}), json!({"k": "b", "n": 1}));
        let pair = |one: &Value, other: &Value| json!([one.clone(), other.clone()]);
        for kind in ["plain", "map"] {
            let same = json!({ (kind): pair(&a, &b) });
            check(same.clone(), same, (0, 1));
        }
        let of = |kind: &'static str, one, other| json!({ (kind): pair(one, other) });
        check(of("map", &b, &a), of("map", &a, &b), (0, 1));
        check(of("plain", &b, &a), of("plain", &a, &b), (1, 0));
        check(
            json!({"map": [{"k": "a", "n": 6}]}),
            of("map", &a, &b),
            (1, 0),
        );
    }
}
