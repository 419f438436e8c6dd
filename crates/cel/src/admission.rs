//! The CEL expressions of admission: what they may name, and how they are
//! compiled, for those who check them when they are written and for those who
//! evaluate them.

use crate::{DeclType, Env, EnvOptions, Program, Type};

/// What an expression is to evaluate to.
#[derive(Clone, Debug, PartialEq)]
pub enum Wanted {
    /// Anything.
    Any,
    /// A truth value.
    Bool,
    /// Text.
    Text,
    /// Text or nothing.
    TextOrNull,
    /// What is merged into an object.
    Object,
    /// A JSON patch.
    Patch,
}

impl Wanted {
    fn types(&self) -> Vec<Type> {
        match self {
            Self::Any => Vec::new(),
            Self::Bool => vec![Type::Bool],
            Self::Text => vec![Type::String],
            Self::TextOrNull => vec![Type::String, Type::Null],
            Self::Object => vec![Type::Struct("Object".into(), None)],
            Self::Patch => vec![Type::list(Type::Struct("JSONPatch".into(), None))],
        }
    }

    fn check(&self, program: &Program) -> Result<(), String> {
        let types = self.types();
        let found = program.result_type();
        if types.is_empty() || types.contains(found) {
            return Ok(());
        }
        let names: Vec<String> = types.iter().map(Type::result_name).collect();
        let found = found.result_name();
        Err(match names.as_slice() {
            [one] => format!("must evaluate to {one} but got {found}"),
            many => format!(
                "must evaluate to one of [{}] but got {found}",
                many.join(" ")
            ),
        })
    }
}

fn fields(parts: &[(&str, DeclType)]) -> Vec<(String, DeclType)> {
    parts
        .iter()
        .map(|(name, decl)| ((*name).to_owned(), decl.clone()))
        .collect()
}

/// The type of `request`.
pub fn request_type() -> DeclType {
    let text = DeclType::string;
    let three = |name: &str, last: &str| {
        DeclType::object(
            name,
            fields(&[("group", text()), ("version", text()), (last, text())]),
        )
    };
    let kind = || three("kubernetes.GroupVersionKind", "kind");
    let resource = || three("kubernetes.GroupVersionResource", "resource");
    let user = DeclType::object(
        "kubernetes.UserInfo",
        fields(&[
            ("username", text()),
            ("uid", text()),
            ("groups", DeclType::list(text())),
            ("extra", DeclType::map(DeclType::list(text()))),
        ]),
    );
    DeclType::object(
        "kubernetes.AdmissionRequest",
        fields(&[
            ("kind", kind()),
            ("resource", resource()),
            ("subResource", text()),
            ("requestKind", kind()),
            ("requestResource", resource()),
            ("requestSubResource", text()),
            ("name", text()),
            ("namespace", text()),
            ("operation", text()),
            ("userInfo", user),
            ("dryRun", DeclType::bool()),
            ("options", DeclType::dynamic()),
        ]),
    )
}

/// The type of `namespaceObject`.
pub fn namespace_type() -> DeclType {
    let text = DeclType::string;
    let condition = DeclType::object(
        "kubernetes.NamespaceCondition",
        fields(&[
            ("status", text()),
            ("type", text()),
            ("lastTransitionTime", DeclType::timestamp()),
            ("message", text()),
            ("reason", text()),
        ]),
    );
    let metadata = DeclType::object(
        "kubernetes.NamespaceMetadata",
        fields(&[
            ("name", text()),
            ("generateName", text()),
            ("namespace", text()),
            ("labels", DeclType::map(text())),
            ("annotations", DeclType::map(text())),
            ("UID", text()),
            ("creationTimestamp", DeclType::timestamp()),
            ("deletionGracePeriodSeconds", DeclType::int()),
            ("deletionTimestamp", DeclType::timestamp()),
            ("generation", DeclType::int()),
            ("resourceVersion", text()),
            ("finalizers", DeclType::list(text())),
        ]),
    );
    let spec = DeclType::object(
        "kubernetes.NamespaceSpec",
        fields(&[("finalizers", DeclType::list(text()))]),
    );
    let status = DeclType::object(
        "kubernetes.NamespaceStatus",
        fields(&[("conditions", DeclType::list(condition)), ("phase", text())]),
    );
    DeclType::object(
        "kubernetes.Namespace",
        fields(&[("metadata", metadata), ("spec", spec), ("status", status)]),
    )
}

/// What `object` and `oldObject`, and `params`, are declared as.
#[derive(Clone, Default)]
pub struct Types {
    /// `object` and `oldObject`; anything where it is not given.
    pub object: Option<DeclType>,
    /// `params`; anything where it is not given.
    pub params: Option<DeclType>,
}

/// Compiles the expressions of one policy or webhook.
pub struct Compiler {
    options: EnvOptions,
    has_params: bool,
    types: Types,
    composed: bool,
    variables: Vec<(String, DeclType)>,
}

impl Compiler {
    /// For expressions that see `params` or not.
    pub fn new(options: EnvOptions, has_params: bool) -> Self {
        Self {
            options,
            has_params,
            types: Types::default(),
            composed: false,
            variables: Vec::new(),
        }
    }

    /// The same over objects of declared types.
    #[must_use]
    pub fn with_types(mut self, types: Types) -> Self {
        self.types = types;
        self
    }

    /// The same with `variables`.
    #[must_use]
    pub fn composed(mut self) -> Self {
        self.composed = true;
        self
    }

    /// What expressions may name.
    pub fn env(&self, has_authorizer: bool) -> Env {
        let anything = DeclType::dynamic;
        let object = self.types.object.clone().unwrap_or_else(anything);
        let mut env = Env::new(self.options)
            .declare("object", object.clone())
            .declare("oldObject", object)
            .declare("request", request_type())
            .declare("namespaceObject", namespace_type());
        if self.has_params {
            let params = self.types.params.clone().unwrap_or_else(anything);
            env = env.declare("params", params);
        }
        if has_authorizer {
            env = env
                .declare("authorizer", DeclType::authorizer())
                .declare("authorizer.requestResource", DeclType::resource_check());
        }
        if self.composed {
            let variables = DeclType::object("kubernetes.variables", self.variables.clone());
            env = env.declare("variables", variables);
        }
        env
    }

    /// Compiles an expression, or says what is wrong with it.
    ///
    /// # Errors
    ///
    /// Upstream's words.
    pub fn compile(
        &self,
        expression: &str,
        has_authorizer: bool,
        wanted: &Wanted,
    ) -> Result<Program, String> {
        let program = self
            .env(has_authorizer)
            .compile(expression)
            .map_err(|errors| format!("compilation failed: {errors}"))?;
        wanted.check(&program)?;
        program
            .prepare()
            .map_err(|error| format!("program instantiation failed: {error}"))?;
        Ok(program)
    }

    /// Compiles a variable, which those after it see. One that does not
    /// compile is seen as anything.
    ///
    /// # Errors
    ///
    /// Upstream's words.
    pub fn add_variable(&mut self, name: &str, expression: &str) -> Result<Program, String> {
        let compiled = self.compile(expression, true, &Wanted::Any);
        let ty = compiled.as_ref().map_or(DeclType::dynamic(), |program| {
            DeclType::of_type(program.result_type().clone())
        });
        self.variables.retain(|(held, _)| held != name);
        self.variables.push((name.to_owned(), ty));
        compiled
    }
}
