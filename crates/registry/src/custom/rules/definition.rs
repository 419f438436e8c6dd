//! Rules of definitions: whether they compile, what they cost at most.

use super::{Rules, field_path};
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{at, list, s, sorted_pairs};
use skeg_cel::{DeclType, Env, EnvOptions, limits};
use skeg_meta::FieldError;
use skeg_schema::dynamic::{CelRule, Kind, Node};
use skeg_schema::{ListType, Value, json};
use std::hash::{Hash, Hasher};

const VALIDATIONS: &str = "x-kubernetes-validations";
const REASONS: &[&str] = &[
    "FieldValueDuplicate",
    "FieldValueForbidden",
    "FieldValueInvalid",
    "FieldValueRequired",
];
/// Fields that no structural schema has.
const NOT_STRUCTURAL: &[&str] = &[
    "id",
    "$schema",
    "$ref",
    "patternProperties",
    "dependencies",
    "definitions",
];
const COMPOSITIONS: &[&str] = &["allOf", "oneOf", "anyOf"];
/// Rules that are named when all together cost too much.
const NAMED_MAX: usize = 4;
/// Those are named that cost at least this share of what all may.
const NAMED_SHARE: u64 = 100;

/// Faults of a default under the rules of its schema.
pub fn check_default(default: &Value, node: &Node, path: &str) -> Vec<FieldError> {
    let Some(rules) = Rules::compile(node, false) else {
        return Vec::new();
    };
    // As an update from itself, so that rules about changes have their say too.
    let mut found = rules.evaluate_all(default, Some(default), node);
    if found.is_empty() {
        found = rules.evaluate_all(default, None, node);
    }
    for error in &mut found {
        error.field = match error.field.as_str() {
            "<nil>" => path.to_owned(),
            below => format!("{path}.{below}"),
        };
    }
    found
}

/// All rules of a schema; `errs` holds what is wrong with the schema beside
/// them. Only those of a structural one are compiled.
pub fn check(
    schema: &Value,
    old: Option<&Value>,
    structural: bool,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    if !mentioned(schema) {
        return;
    }
    let node = Node::compile(schema);
    let mut known = Vec::new();
    if let Some(old) = old {
        collect(old, &mut known);
    }
    let mut walk = Walk {
        structural,
        faults: errs.as_slice().iter().map(|e| e.field.clone()).collect(),
        known,
        found: Errs::new(),
        total: 0,
        dear: Vec::new(),
    };
    let place = Place {
        root: true,
        times: Some(1),
        uncorrelated: None,
    };
    let mut own = Errs::new();
    walk.node(schema, &node, &place, path, &mut own);
    errs.append(own);
    if let Some(words) = limits::exceeds(
        "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema",
        walk.total,
        limits::TOTAL_ESTIMATE_MAX,
    ) {
        walk.dear.sort_by_key(|(cost, _)| std::cmp::Reverse(*cost));
        walk.dear.truncate(NAMED_MAX);
        for (_, place) in &walk.dear {
            walk.found.extend([FieldError::forbidden(
                place,
                "contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema",
            )]);
        }
        walk.found.forbidden(path, words);
    }
    errs.append(walk.found);
}

/// Whether a schema has rules anywhere, also where none may be.
fn mentioned(schema: &Value) -> bool {
    !list(schema, VALIDATIONS).is_empty()
        || crate::tree::pairs(at(schema, "properties")).any(|(_, inner)| mentioned(inner))
        || ["items", "additionalProperties", "not"]
            .into_iter()
            .map(|field| at(schema, field))
            .any(|inner| inner.is_object() && mentioned(inner))
        || COMPOSITIONS
            .iter()
            .any(|field| list(schema, field).iter().any(mentioned))
}

/// What the type of `self` is called in messages: upstream puts a number behind
/// its name that is another each time.
fn type_name(path: &Path<'_>) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    path.to_string().hash(&mut hasher);
    format!("selfType{}", hasher.finish() % 1_000_000_000)
}

// Expressions that are stored already may use what only later versions have.
fn collect(schema: &Value, out: &mut Vec<String>) {
    for rule in list(schema, VALIDATIONS) {
        out.push(s(rule, "rule").to_owned());
        out.push(s(rule, "messageExpression").to_owned());
    }
    for (_, property) in crate::tree::pairs(at(schema, "properties")) {
        collect(property, out);
    }
    for field in ["items", "additionalProperties"] {
        if at(schema, field).is_object() {
            collect(at(schema, field), out);
        }
    }
}

#[derive(Clone)]
struct Place {
    root: bool,
    /// How often a rule here can be evaluated; `None`: as often as a request
    /// has room for.
    times: Option<u64>,
    /// The list within which old and new cannot be told to be the same.
    uncorrelated: Option<String>,
}

impl Place {
    fn within(&self, max: Option<i64>) -> Option<u64> {
        let max = u64::try_from(max?).unwrap_or(0);
        Some(limits::times(self.times?, max))
    }
}

struct Walk {
    structural: bool,
    /// Where the schema itself is wrong: rules at these places and above are
    /// not compiled.
    faults: Vec<String>,
    known: Vec<String>,
    found: Errs,
    total: u64,
    dear: Vec<(u64, String)>,
}

/// The fewest bytes that JSON of a schema takes.
fn least(node: &Node) -> u64 {
    match node.kind {
        Kind::Boolean => 4,
        Kind::String | Kind::Array => 2,
        Kind::Object => {
            let required = node.rules.iter().flat_map(|rules| rules.required.iter());
            required
                .filter_map(|name| Some((name, node.property(name)?)))
                .filter(|(_, property)| property.default.is_none())
                .fold(2, |sum, (name, property)| {
                    sum + name.len() as u64 + least(property) + 4
                })
        }
        Kind::Integer | Kind::Number | Kind::Any => 1,
    }
}

impl Walk {
    fn node(
        &mut self,
        schema: &Value,
        node: &Node,
        place: &Place,
        path: &Path<'_>,
        errs: &mut Errs,
    ) {
        let rules = node.rules.as_deref();
        if let Some(inner) = node.additional_node() {
            let below = Place {
                root: false,
                times: place.within(rules.and_then(|r| r.max_properties)),
                uncorrelated: place.uncorrelated.clone(),
            };
            let at_path = path.child("additionalProperties");
            self.node(
                at(schema, "additionalProperties"),
                inner,
                &below,
                &at_path,
                errs,
            );
        }
        let properties = path.child("properties");
        let mut below = Place {
            root: false,
            ..place.clone()
        };
        // Members of atomic maps have earlier selves too; of types to come nothing is known.
        let known = matches!(
            s(schema, "x-kubernetes-map-type"),
            "" | "granular" | "atomic"
        );
        if !known && below.uncorrelated.is_none() {
            below.uncorrelated = Some(path.to_string());
        }
        for (name, property) in sorted_pairs(at(schema, "properties")) {
            if let Some(inner) = node.property(name) {
                self.node(property, inner, &below, &properties.key(name), errs);
            }
        }
        branches(schema, path, errs);
        if let Some(inner) = node.items.as_deref() {
            let mut below = Place {
                root: false,
                times: place.within(rules.and_then(|r| r.max_items)),
                uncorrelated: place.uncorrelated.clone(),
            };
            if node.list_type != Some(ListType::Map) && below.uncorrelated.is_none() {
                below.uncorrelated = Some(path.to_string());
            }
            self.node(
                at(schema, "items"),
                inner,
                &below,
                &path.child("items"),
                errs,
            );
        }
        if node.validations.is_empty() {
            return;
        }
        let before = errs.len();
        let all = path.child(VALIDATIONS);
        plain_all(schema, node, &all, errs);
        let new = errs.as_slice().iter().skip(before);
        self.faults.extend(new.map(|e| e.field.clone()));
        let here = path.to_string();
        if !self.structural || self.faults.iter().any(|fault| fault.starts_with(&here)) {
            return;
        }
        let name = type_name(path);
        let Some(decl) = DeclType::from_schema(node, place.root || node.embedded, &name) else {
            return;
        };
        for (n, rule) in node.validations.iter().enumerate() {
            self.compiled(rule, node, &decl, place, &all.index(n));
        }
    }

    fn compiled(
        &mut self,
        rule: &CelRule,
        node: &Node,
        decl: &DeclType,
        place: &Place,
        path: &Path<'_>,
    ) {
        let known = self.known.clone();
        let env = |text: &str| {
            let options = if known.iter().any(|known| known == text) {
                EnvOptions::stored()
            } else {
                EnvOptions::new_expressions()
            };
            let old = match rule.optional_old_self {
                Some(true) => DeclType::optional(decl.clone()),
                _ => decl.clone(),
            };
            Env::new(options)
                .declare("self", decl.clone())
                .declare("oldSelf", old)
        };
        let shown = json!({
            "Rule": rule.rule.as_str(),
            "Message": rule.message.as_str(),
            "MessageExpression": rule.message_expression.as_str(),
            "Reason": if rule.reason.is_empty() { Value::Null } else { Value::from(rule.reason.as_str()) },
            "FieldPath": rule.field_path.as_str(),
            "OptionalOldSelf": rule.optional_old_self.map_or(Value::Null, Value::Bool),
        });
        let times = place
            .times
            .unwrap_or_else(|| limits::MAX_REQUEST_BYTES / (least(node) + 1));
        let r_path = path.child("rule");
        let mut uses_old = false;
        let mut judges = false;
        match env(&rule.rule).compile(&rule.rule) {
            Err(why) => {
                self.found
                    .invalid(&r_path, shown.clone(), format!("compilation failed: {why}"))
            }
            Ok(program) => {
                let is_bool = program.result_type().to_string() == "bool";
                if let Some(why) = is_bool.then(|| program.prepare().err()).flatten() {
                    let words = format!("program instantiation failed: {why}");
                    self.found.invalid(&r_path, shown.clone(), words);
                } else if is_bool {
                    judges = true;
                    let cost = limits::times(program.estimate().max, times);
                    if let Some(words) =
                        limits::exceeds("estimated rule cost", cost, limits::RULE_ESTIMATE_MAX)
                    {
                        self.found.forbidden(&r_path, words);
                    }
                    self.observe(cost, &r_path);
                    uses_old = program.uses("oldSelf");
                } else {
                    self.found.invalid(
                        &r_path,
                        shown.clone(),
                        "cel expression must evaluate to a bool",
                    );
                }
            }
        }
        // Nobody is told anything by a rule that judges nothing.
        let expression = rule.message_expression.trim();
        if judges && !expression.is_empty() {
            let m_path = path.child("messageExpression");
            match env(expression).compile(expression) {
                Err(why) => self.found.invalid(
                    &m_path,
                    shown,
                    format!("messageExpression compilation failed: {why}"),
                ),
                Ok(program) if program.result_type().to_string() != "string" => {
                    self.found.invalid(
                        &m_path,
                        shown,
                        "messageExpression must evaluate to a string",
                    );
                }
                Ok(program) => match program.prepare() {
                    Err(why) => {
                        let words = format!("messageExpression instantiation failed: {why}");
                        self.found.invalid(&m_path, shown, words);
                    }
                    Ok(()) => {
                        // However many values may break a rule.
                        let cost = program.estimate().max;
                        if let Some(words) = limits::exceeds(
                            "estimated messageExpression cost",
                            cost,
                            limits::RULE_ESTIMATE_MAX,
                        ) {
                            self.found.forbidden(&m_path, words);
                        }
                        self.observe(cost, &m_path);
                    }
                },
            }
        }
        if uses_old {
            if let Some(list) = &place.uncorrelated {
                self.found.invalid(
                    &r_path,
                    rule.rule.as_str(),
                    format!("oldSelf cannot be used on the uncorrelatable portion of the schema within {list}"),
                );
            }
        } else if let Some(set) = rule.optional_old_self {
            self.found.invalid(
                &path.child("optionalOldSelf"),
                set,
                "may not be set if oldSelf is not used in rule",
            );
        }
    }

    fn observe(&mut self, cost: u64, path: &Path<'_>) {
        self.total = self.total.saturating_add(cost);
        if cost >= limits::TOTAL_ESTIMATE_MAX / NAMED_SHARE {
            self.dear.push((cost, path.to_string()));
        }
    }
}

fn at_index(schema: &Value, n: usize) -> &Value {
    list(schema, VALIDATIONS)
        .get(n)
        .unwrap_or(&crate::tree::NULL)
}

// Rules in logical compositions, where none may be: told of all the same.
fn branches(schema: &Value, path: &Path<'_>, errs: &mut Errs) {
    if at(schema, "not").is_object() {
        branch(at(schema, "not"), &path.child("not"), errs);
    }
    for field in COMPOSITIONS {
        let place = path.child(field);
        for (n, one) in list(schema, field).iter().enumerate() {
            branch(one, &place.index(n), errs);
        }
    }
}

fn branch(schema: &Value, path: &Path<'_>, errs: &mut Errs) {
    if !mentioned(schema) {
        return;
    }
    let below = |field: &str, errs: &mut Errs| {
        if at(schema, field).is_object() {
            branch(at(schema, field), &path.child(field), errs);
        }
    };
    below("additionalProperties", errs);
    let properties = path.child("properties");
    for (name, property) in sorted_pairs(at(schema, "properties")) {
        branch(property, &properties.key(name), errs);
    }
    branches(schema, path, errs);
    below("items", errs);
    let node = Node::compile(schema);
    plain_all(schema, &node, &path.child(VALIDATIONS), errs);
}

/// Whether upstream can make a structural schema of this one, whatever else is wrong with it
/// (apiserver/schema/convert.go). Of any other it cannot tell which paths lead somewhere.
fn is_structural(schema: &Value) -> bool {
    let said = |field: &&str| !crate::tree::is_zero(at(schema, field));
    if !schema.is_object() {
        return true;
    }
    !NOT_STRUCTURAL.iter().any(said)
        && at(schema, "additionalItems").is_null()
        && at(schema, "x-kubernetes-preserve-unknown-fields") != &Value::Bool(false)
        && !at(schema, "items").is_array()
        && crate::tree::pairs(at(schema, "properties")).all(|(_, inner)| is_structural(inner))
        && ["items", "additionalProperties", "not"]
            .into_iter()
            .all(|field| is_structural(at(schema, field)))
        && COMPOSITIONS
            .iter()
            .all(|field| list(schema, field).iter().all(is_structural))
}

fn plain_all(schema: &Value, node: &Node, path: &Path<'_>, errs: &mut Errs) {
    for (n, rule) in node.validations.iter().enumerate() {
        plain(schema, n, rule, node, &path.index(n), errs);
    }
}

// What can be said of a rule without compiling it.
fn plain(schema: &Value, n: usize, rule: &CelRule, node: &Node, path: &Path<'_>, errs: &mut Errs) {
    let given = at_index(schema, n);
    let lines = |text: &str| text.contains(['\n', '\r']);
    let message = rule.message.trim();
    if rule.rule.trim().is_empty() {
        errs.required(&path.child("rule"), "rule is not specified");
    } else if !rule.message.is_empty() && message.is_empty() {
        errs.invalid(
            &path.child("message"),
            rule.message.as_str(),
            "must be non-empty if specified",
        );
    } else if lines(message) {
        errs.invalid(
            &path.child("message"),
            rule.message.as_str(),
            "must not contain line breaks",
        );
    } else if lines(rule.rule.trim()) && message.is_empty() {
        errs.required(
            &path.child("message"),
            "message must be specified if rule contains line breaks",
        );
    }
    if !rule.message_expression.is_empty() && rule.message_expression.trim().is_empty() {
        errs.required(
            &path.child("messageExpression"),
            "messageExpression must be non-empty if specified",
        );
    }
    if given.get("reason").is_some_and(|reason| !reason.is_null()) {
        errs.one_of(&path.child("reason"), &rule.reason, REASONS);
    }
    let f_path = path.child("fieldPath");
    let field = rule.field_path.as_str();
    if field.is_empty() {
        return;
    }
    if field.trim().is_empty() {
        errs.invalid(&f_path, field, "must be non-empty if specified");
    }
    if lines(field) {
        errs.invalid(&f_path, field, "must not contain line breaks");
    }
    if field_path::shown(field, node).is_none() && is_structural(schema) {
        errs.invalid(&f_path, field, "must be a valid path");
    }
}
