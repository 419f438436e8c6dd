//! Collecting field errors: every rule adds to one list, so that a client sees
//! all faults at once.

use crate::gates::Features;
use crate::path::Path;
use skeg_meta::{FieldError, FieldErrorKind};
use skeg_schema::Value;

/// The list of faults found so far.
#[derive(Default)]
pub struct Errs {
    list: Vec<FieldError>,
    warnings: Vec<String>,
    features: Features,
}

impl Errs {
    /// No faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// No faults, in a server with these feature gates.
    pub fn under(features: Features) -> Self {
        Self {
            features,
            ..Self::default()
        }
    }

    /// The feature gates that are on: some rules depend on them.
    pub fn features(&self) -> Features {
        self.features
    }

    /// What is to be warned of, whether or not there are faults.
    pub fn warn(&mut self, warnings: impl IntoIterator<Item = String>) {
        self.warnings.extend(warnings);
    }

    /// The warnings so far, taken out.
    pub fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    fn add(&mut self, kind: FieldErrorKind, path: &Path<'_>, bad: Value, detail: String) {
        self.list.push(FieldError {
            kind,
            field: path.to_string(),
            bad_value: bad,
            detail,
        });
    }

    /// What this rule finds comes before all that was found so far.
    pub fn ahead(&mut self, rule: impl FnOnce(&mut Self)) {
        let before = std::mem::take(&mut self.list);
        rule(self);
        self.list.extend(before);
    }

    /// A value must be there.
    pub fn required(&mut self, path: &Path<'_>, detail: impl Into<String>) {
        self.add(FieldErrorKind::Required, path, Value::Null, detail.into());
    }

    /// A value breaks a rule.
    pub fn invalid(&mut self, path: &Path<'_>, bad: impl Into<Value>, detail: impl Into<String>) {
        self.add(FieldErrorKind::Invalid, path, bad.into(), detail.into());
    }

    /// A value is none of the allowed ones.
    pub fn not_supported(&mut self, path: &Path<'_>, bad: impl Into<Value>, allowed: &[&str]) {
        let list: Vec<String> = allowed.iter().map(|a| format!("{a:?}")).collect();
        let detail = if list.is_empty() {
            String::new()
        } else {
            format!("supported values: {}", list.join(", "))
        };
        self.add(FieldErrorKind::NotSupported, path, bad.into(), detail);
    }

    /// A field may not be set (here, now, by this one).
    pub fn forbidden(&mut self, path: &Path<'_>, detail: impl Into<String>) {
        self.add(FieldErrorKind::Forbidden, path, Value::Null, detail.into());
    }

    /// A value occurs twice.
    pub fn duplicate(&mut self, path: &Path<'_>, bad: impl Into<Value>) {
        self.add(FieldErrorKind::Duplicate, path, bad.into(), String::new());
    }

    /// A value refers to something that is not there.
    pub fn not_found(&mut self, path: &Path<'_>, bad: impl Into<Value>) {
        self.add(FieldErrorKind::NotFound, path, bad.into(), String::new());
    }

    /// The same, with words.
    pub fn not_found_detail(
        &mut self,
        path: &Path<'_>,
        bad: impl Into<Value>,
        detail: impl Into<String>,
    ) {
        self.add(FieldErrorKind::NotFound, path, bad.into(), detail.into());
    }

    /// The server could not find out whether a value is good.
    pub fn internal(&mut self, path: &Path<'_>, detail: impl Into<String>) {
        self.add(
            FieldErrorKind::InternalError,
            path,
            Value::Null,
            detail.into(),
        );
    }

    /// More bytes than allowed.
    pub fn too_long(&mut self, path: &Path<'_>, max: usize) {
        self.add(
            FieldErrorKind::TooLong,
            path,
            Value::Null,
            format!("may not be more than {max} bytes"),
        );
    }

    /// More characters than allowed.
    pub fn too_many_characters(&mut self, path: &Path<'_>, max: usize) {
        self.add(
            FieldErrorKind::TooLong,
            path,
            Value::Null,
            format!("may not be more than {max} characters"),
        );
    }

    /// More elements than allowed.
    pub fn too_many(&mut self, path: &Path<'_>, actual: usize, max: usize) {
        let unit = if max == 1 { "item" } else { "items" };
        self.add(
            FieldErrorKind::TooMany,
            path,
            Value::Int(actual as i64),
            format!("must have at most {max} {unit}"),
        );
    }

    /// One Invalid per message.
    pub fn invalid_all(&mut self, path: &Path<'_>, bad: &str, details: Vec<String>) {
        for detail in details {
            self.invalid(path, bad, detail);
        }
    }

    /// A string that must be one of a set; "" is like any other value.
    pub fn one_of(&mut self, path: &Path<'_>, value: &str, allowed: &[&str]) {
        if !allowed.contains(&value) {
            self.not_supported(path, value, allowed);
        }
    }

    /// An integer that may not be negative.
    pub fn non_negative(&mut self, path: &Path<'_>, value: i64) {
        if value < 0 {
            self.invalid(path, value, "must be greater than or equal to 0");
        }
    }

    /// "field is immutable" unless both are the same.
    pub fn immutable(&mut self, path: &Path<'_>, new: &Value, old: &Value) {
        if !crate::tree::same(new, old) {
            self.invalid(path, new.clone(), IMMUTABLE);
        }
    }

    /// How many so far.
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// None so far.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds those of another list.
    pub fn append(&mut self, other: Errs) {
        self.list.extend(other.list);
    }

    /// Adds faults that were found elsewhere.
    pub fn extend(&mut self, faults: impl IntoIterator<Item = FieldError>) {
        self.list.extend(faults);
    }

    /// Keeps those that `keep` takes.
    pub fn retain(&mut self, keep: impl FnMut(&FieldError) -> bool) {
        self.list.retain(keep);
    }

    /// The list so far.
    pub fn as_slice(&self) -> &[FieldError] {
        &self.list
    }

    /// The list itself.
    pub fn into_list(self) -> Vec<FieldError> {
        self.list
    }

    /// The newest fault.
    pub fn last_mut(&mut self) -> Option<&mut FieldError> {
        self.list.last_mut()
    }

    /// Drops the faults from `from` on (a check that found worse elsewhere).
    pub fn truncate(&mut self, from: usize) {
        self.list.truncate(from);
    }
}

/// Upstream's words for a field that may never change.
pub const IMMUTABLE: &str = "field is immutable";

/// A bad value that messages leave out altogether.
pub fn omitted() -> Value {
    FieldError::omitted_value()
}
