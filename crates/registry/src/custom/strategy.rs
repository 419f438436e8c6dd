//! What sets custom resources apart from other kinds.

use super::{Kind, embedded, lists, validate};
use crate::context::Ctx;
use crate::errors::Errs;
use crate::generic::{generation, keep, set_generation};
use crate::path::Path;
use crate::strategy::{FieldLabels, Refusal, ScalePaths, Strategy};
use crate::tree::{self, s};
use crate::validation::metadata;
use skeg_meta::FieldErrorKind;
use skeg_schema::resources::ResourceDesc;
use skeg_schema::{Value, dynamic};

/// Everything but metadata is the same.
fn same_content(new: &Value, old: &Value) -> bool {
    let (Some(new), Some(old)) = (new.as_object(), old.as_object()) else {
        return new == old;
    };
    let rest = |name: &str| name != "metadata";
    let names = |o: &skeg_schema::Object| o.keys().filter(|k| rest(k)).count();
    names(new) == names(old)
        && new
            .iter()
            .filter(|(name, _)| rest(name))
            .all(|(name, value)| old.get(name) == Some(value))
}

/// What of an object is held to the schema.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// All of it.
    Whole,
    /// What its status subresource writes; the rest is as it was.
    Status,
}

impl Kind {
    fn check_type(&self, obj: &Value, errs: &mut Errs) -> bool {
        let before = errs.len();
        if s(obj, "kind") != self.desc.kind {
            let words = format!("must be {}", self.desc.kind);
            errs.invalid(&Path::root("kind"), s(obj, "kind"), words);
        }
        let api_version = self.desc.api_version();
        if s(obj, "apiVersion") != api_version {
            let words = format!("must be {api_version}");
            errs.invalid(&Path::root("apiVersion"), s(obj, "apiVersion"), words);
        }
        errs.len() == before
    }

    fn check_scale(&self, obj: &Value, part: Part, errs: &mut Errs) {
        let Some(paths) = &self.scale else { return };
        let spec = (part == Part::Whole).then_some(paths.spec_replicas);
        for path in spec.into_iter().chain([paths.status_replicas]) {
            let name = format!(".{}", path.join("."));
            let place = Path::root(&name);
            if let Some(why) = unreached(obj, path) {
                errs.invalid(&place, 0, format!("{name} accessor error: {why}"));
                continue;
            }
            let count = tree::path(obj, path);
            match count {
                Value::Null => {}
                Value::Int(n) if *n < 0 => {
                    errs.invalid(&place, *n, "should be a non-negative integer");
                }
                Value::Int(n) if *n > i64::from(i32::MAX) => {
                    let words = format!("should be less than or equal to {}", i32::MAX);
                    errs.invalid(&place, *n, words);
                }
                Value::Int(_) => {}
                other => errs.invalid(
                    &place,
                    0,
                    format!("{name} accessor error: {}", other_type(other, "int64")),
                ),
            }
        }
        let selector = tree::path(obj, paths.selector);
        if !paths.selector.is_empty() && !selector.is_null() && !selector.is_string() {
            let name = format!(".{}", paths.selector.join("."));
            errs.invalid(
                &Path::root(&name),
                "",
                format!("{name} accessor error: {}", other_type(selector, "string")),
            );
        }
    }

    fn check_schema(&self, new: &Value, old: Option<&Value>, part: Part, errs: &mut Errs) {
        if part == Part::Whole {
            errs.extend(validate::validate(new, &self.schema, old, ""));
        } else if let Some(schema) = self.schema.property("status")
            && let Some(status) = new.get("status")
        {
            let before = old.and_then(|old| old.get("status"));
            errs.extend(validate::validate(status, schema, before, "status"));
        }
    }

    fn check(&self, new: &Value, old: Option<&Value>, part: Part, errs: &mut Errs) {
        // Upstream looks at what is attached to metadata with each comparison of
        // old and new, of which its validator of custom resources makes another.
        // Where the server found nothing there is nothing to repeat.
        let meta = tree::at(new, "metadata");
        let path = Path::root("metadata");
        let repeated = old.filter(|_| !errs.is_empty());
        if repeated.is_some() {
            metadata::attached(meta, &path, errs);
        }
        if !self.check_type(new, errs) {
            return;
        }
        if let Some(old) = repeated {
            metadata::object_meta_update(meta, tree::at(old, "metadata"), &path, errs);
            metadata::attached(meta, &path, errs);
        }
        self.check_schema(new, old, part, errs);
        self.check_scale(new, part, errs);
        let mut found = Vec::new();
        if part == Part::Whole {
            embedded::validate(new, &self.schema, false, "", &mut found);
        }
        let mut before = Vec::new();
        if let Some(old) = old {
            lists::duplicates(old, &self.schema, "", &mut before);
        }
        // A list that was wrong already may stay so.
        if before.is_empty() {
            lists::duplicates(new, &self.schema, "", &mut found);
        }
        errs.extend(found);
        let Some(rules) = self.rules() else { return };
        if blocked(errs) {
            errs.invalid(
                &Path::NIL,
                Value::Null,
                "some validation rules were not checked because the object was invalid; correct the existing errors to complete validation",
            );
            return;
        }
        let found = rules.evaluate(new, old, &self.schema);
        errs.warn(found.warnings);
        errs.extend(found.errors);
    }

    fn rules(&self) -> Option<&super::rules::Rules> {
        self.rules
            .get_or_init(|| super::rules::Rules::compile(&self.schema, true))
            .as_ref()
    }

    fn finalizer_warnings(&self, obj: &Value, old: Option<&Value>) -> Vec<String> {
        let all = |obj: &Value| -> Vec<String> {
            tree::list(tree::at(obj, "metadata"), "finalizers")
                .iter()
                .filter_map(|f| f.as_str().map(str::to_owned))
                .collect()
        };
        let before = old.map(all).unwrap_or_default();
        all(obj)
            .into_iter()
            .filter(|f| {
                !f.contains('/')
                    && !matches!(f.as_str(), "kubernetes" | "orphan" | "foregroundDeletion")
                    && !before.contains(f)
            })
            .map(|f| {
                format!("metadata.finalizers: {f:?}: prefer a domain-qualified finalizer name to avoid accidental conflicts with other finalizer writers")
            })
            .collect()
    }
}

/// Whether rules would only repeat what is wrong already.
fn blocked(errs: &Errs) -> bool {
    errs.as_slice().iter().any(|error| {
        matches!(
            error.kind,
            FieldErrorKind::NotSupported
                | FieldErrorKind::Required
                | FieldErrorKind::TooLong
                | FieldErrorKind::TooMany
                | FieldErrorKind::TypeInvalid
        )
    })
}

// Why a path does not lead on: something on the way is no object.
fn unreached(obj: &Value, path: &[&str]) -> Option<String> {
    let mut here = obj;
    for name in path {
        if !here.is_object() && !here.is_null() {
            return Some(other_type(here, "map[string]interface{}"));
        }
        here = tree::at(here, name);
    }
    None
}

fn other_type(value: &Value, wanted: &str) -> String {
    let shown = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    format!(
        "{shown} is of the type {}, expected {wanted}",
        go_type(value)
    )
}

fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int64",
        Value::Float(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

impl Strategy for Kind {
    fn default(&self, obj: &mut Value) {
        dynamic::apply_defaults(obj, &self.schema);
    }

    fn prepare_for_create(&self, _ctx: &Ctx<'_>, obj: &mut Value) {
        if self.status {
            tree::remove(obj, "status");
        }
        set_generation(obj, 1);
    }

    fn prepare_for_update(&self, _ctx: &Ctx<'_>, new: &mut Value, old: &Value) {
        if self.status {
            keep(new, old, "status");
        }
        if !same_content(new, old) {
            set_generation(new, generation(old) + 1);
        }
    }

    fn validate(&self, _ctx: &Ctx<'_>, obj: &Value, errs: &mut Errs) {
        self.check(obj, None, Part::Whole, errs);
    }

    fn validate_update(&self, _ctx: &Ctx<'_>, new: &Value, old: &Value, errs: &mut Errs) {
        self.check(new, Some(old), Part::Whole, errs);
    }

    fn warnings_on_create(&self, _ctx: &Ctx<'_>, obj: &Value) -> Vec<String> {
        self.finalizer_warnings(obj, None)
    }

    fn warnings_on_update(&self, _ctx: &Ctx<'_>, new: &Value, old: &Value) -> Vec<String> {
        self.finalizer_warnings(new, Some(old))
    }

    fn allow_unconditional_update(&self) -> bool {
        false
    }

    // Only the status is taken; what is booked of who wrote it stays.
    fn prepare_for_status_update(&self, _ctx: &Ctx<'_>, new: &mut Value, old: &Value) {
        let mut kept = old.clone();
        tree::copy(&mut kept, new, "status");
        let meta = tree::at(new, "metadata").clone();
        let to = tree::obj_mut(&mut kept, "metadata");
        for field in ["managedFields", "resourceVersion"] {
            tree::copy(to, &meta, field);
        }
        *new = kept;
    }

    fn validate_status_update(&self, _ctx: &Ctx<'_>, new: &Value, old: &Value, errs: &mut Errs) {
        self.check(new, Some(old), Part::Status, errs);
    }

    fn selectable_fields(&self, obj: &Value) -> Vec<(&'static str, String)> {
        self.selectable
            .iter()
            .map(|(label, path)| {
                let text = match path.find(obj).first() {
                    Some(Value::String(text)) => text.clone(),
                    Some(value @ (Value::Int(_) | Value::Bool(_))) => value.to_string(),
                    _ => String::new(),
                };
                (*label, text)
            })
            .collect()
    }

    fn field_labels(&self) -> FieldLabels {
        FieldLabels {
            extra: self.labels,
            aliases: &[],
            refusal: Refusal::NotSupported,
            no_namespace: !self.desc.namespaced,
        }
    }

    fn scale(&self) -> Option<&ScalePaths> {
        self.scale.as_ref()
    }

    fn reset_fields(&self, subresource: &str, _: &ResourceDesc) -> Vec<&'static [&'static str]> {
        match subresource {
            "status" => vec![&["f:metadata"], &["f:spec"]],
            "" if self.status => vec![&["f:status"]],
            _ => Vec::new(),
        }
    }

    fn deprecation(&self) -> Option<&'static str> {
        self.deprecation
    }
}

#[cfg(test)]
mod tests {
    use super::Part;
    use crate::custom;
    use crate::errors::Errs;
    use skeg_schema::{Value, json};

    fn faults(schema: &Value, new: &Value, old: &Value) -> Vec<String> {
        let definition = json!({
            "metadata": {"name": "widgets.example.com"},
            "spec": {"group": "example.com", "scope": "Namespaced", "versions": [{
                "name": "v1", "served": true, "storage": true,
                "schema": {"openAPIV3Schema": schema.clone()},
                "subresources": {"status": {}, "scale": {"specReplicasPath": ".spec.n", "statusReplicasPath": ".status.n"}},
            }]},
            "status": {"acceptedNames": {"plural": "widgets", "kind": "Widget"}},
        });
        let rows = custom::rows(&definition);
        let mut errs = Errs::new();
        let kind = rows[0].custom.as_ref().expect("a custom resource");
        kind.check(new, Some(old), Part::Status, &mut errs);
        errs.as_slice().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn status_is_looked_at_alone() {
        let embedded = json!({"type": "object", "x-kubernetes-embedded-resource": true});
        let schema = json!({"type": "object", "required": ["spec"], "properties": {
            "spec": {"type": "object", "properties": {"n": {"type": "integer"}, "in": embedded}},
            "status": {"type": "object", "required": ["n"], "properties": {
                "n": {"type": "integer", "maximum": 10}, "kind": {"type": "string", "maxLength": 1}}},
        }});
        let widget = |rest: Value| {
            let mut made = json!({"apiVersion": "example.com/v1", "kind": "Widget",
                "metadata": {"name": "a", "namespace": "default"}});
            for name in ["spec", "status"] {
                if let Some(value) = rest.get(name) {
                    made.set_at(&[name], value.clone());
                }
            }
            made
        };
        let check = |new: Value, old: Value, wanted: &[&str]| {
            assert_eq!(faults(&schema, &widget(new), &widget(old)), wanted);
        };
        check(json!({"status": {"n": 1}}), json!({}), &[]);
        check(json!({}), json!({}), &[]);
        check(
            json!({"status": {"n": 15}}),
            json!({}),
            &["status.n: Invalid value: 15: n in body should be less than or equal to 10"],
        );
        check(
            json!({"status": {}}),
            json!({}),
            &["status.n: Required value"],
        );
        check(
            json!({"status": {"n": -1, "kind": "ab"}}),
            json!({"status": {"n": 1, "kind": "ab"}}),
            &[
                "status.kind: Too long: may not be more than 1 byte",
                ".status.n: Invalid value: -1: should be a non-negative integer",
            ],
        );
        let spec = json!({"n": -1, "in": {}});
        check(
            json!({"spec": spec.clone(), "status": {"n": 15}}),
            json!({"spec": spec, "status": {"n": 15}}),
            &[],
        );
    }
}
