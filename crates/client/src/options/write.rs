//! Options of what writes: create, update, patch.

use super::{Query, QueryOptions, Refused};

/// What the server does about fields that it does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldValidation {
    /// Drops them.
    Ignore,
    /// Drops them and warns.
    Warn,
    /// Refuses the request.
    Strict,
}

impl FieldValidation {
    fn as_str(self) -> &'static str {
        match self {
            FieldValidation::Ignore => "Ignore",
            FieldValidation::Warn => "Warn",
            FieldValidation::Strict => "Strict",
        }
    }
}

/// What every write may say of itself: whether it is a dry run, its manager's
/// name, and what about unknown fields.
fn write_common(
    query: &mut Query,
    dry_run: bool,
    manager: &str,
    validation: Option<FieldValidation>,
) {
    if dry_run {
        query.push("dryRun", "All");
    }
    query.push_text("fieldManager", manager);
    if let Some(validation) = validation {
        query.push("fieldValidation", validation.as_str());
    }
}

/// What the server takes as a manager's name.
fn check_manager(name: &str) -> Refused {
    const LEN_MAX: usize = 128;
    if name.chars().count() > LEN_MAX {
        return Err("a field manager's name has at most 128 characters: choose a shorter one");
    }
    if name.chars().any(char::is_control) {
        return Err("a field manager's name holds printable characters only: leave the others out");
    }
    Ok(())
}

/// Options of create.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateOptions {
    /// Go through everything but the write.
    pub dry_run: bool,
    /// The name under which the fields are owned; the program's name otherwise.
    pub field_manager: String,
    /// What about fields that the server does not know.
    pub field_validation: Option<FieldValidation>,
}

impl CreateOptions {
    /// Goes through everything but the write.
    #[must_use]
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Owns the fields under this name.
    #[must_use]
    pub fn manager(mut self, name: impl Into<String>) -> Self {
        self.field_manager = name.into();
        self
    }

    /// What about fields that the server does not know.
    #[must_use]
    pub fn field_validation(mut self, validation: FieldValidation) -> Self {
        self.field_validation = Some(validation);
        self
    }

    /// Whether the options go together.
    pub(crate) fn check(&self) -> Refused {
        check_manager(&self.field_manager)
    }
}

impl QueryOptions for CreateOptions {
    fn write(&self, query: &mut Query) {
        let (manager, validation) = (&self.field_manager, self.field_validation);
        write_common(query, self.dry_run, manager, validation);
    }
}

/// Options of update.
pub type UpdateOptions = CreateOptions;

/// Options of patch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatchOptions {
    /// Go through everything but the write.
    pub dry_run: bool,
    /// The name under which the fields are owned; an apply must have one.
    pub field_manager: String,
    /// What about fields that the server does not know.
    pub field_validation: Option<FieldValidation>,
    /// Take fields from other managers; for apply only.
    pub force: bool,
}

impl PatchOptions {
    /// For an apply under this manager's name.
    #[must_use]
    pub fn apply(manager: impl Into<String>) -> Self {
        Self {
            field_manager: manager.into(),
            ..Self::default()
        }
    }

    /// Takes fields from other managers.
    #[must_use]
    pub fn force(mut self) -> Self {
        self.force = true;
        self
    }

    /// Goes through everything but the write.
    #[must_use]
    pub fn dry_run(mut self) -> Self {
        self.dry_run = true;
        self
    }

    /// Owns the fields under this name.
    #[must_use]
    pub fn manager(mut self, name: impl Into<String>) -> Self {
        self.field_manager = name.into();
        self
    }

    /// What about fields that the server does not know.
    #[must_use]
    pub fn field_validation(mut self, validation: FieldValidation) -> Self {
        self.field_validation = Some(validation);
        self
    }

    /// Whether the options go together, and with the patch.
    pub(crate) fn check(&self, is_apply: bool) -> Refused {
        if is_apply && self.field_manager.is_empty() {
            return Err("an apply must name its field manager: use PatchOptions::apply(name)");
        }
        if self.force && !is_apply {
            return Err("only an apply can be forced: leave force off, or send Patch::Apply");
        }
        check_manager(&self.field_manager)
    }
}

impl QueryOptions for PatchOptions {
    fn write(&self, query: &mut Query) {
        let (manager, validation) = (&self.field_manager, self.field_validation);
        write_common(query, self.dry_run, manager, validation);
        query.push_flag("force", self.force);
    }
}
