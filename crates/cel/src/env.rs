//! Environments, and the programs that are made in them.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::ast::{Expr, Id, Kind, op};
use crate::checker::{self, Chosen, Scope};
use crate::constants;
use crate::cost::{self, CostEstimate};
use crate::decl::DeclType;
use crate::error::EvalError;
use crate::eval::{self, Activation};
use crate::functions::Functions;
use crate::parser::{self, Syntax};
use crate::source::{CompileErrors, Source};
use crate::types::Type;
use crate::validate;
use crate::value::Val;

/// What an environment knows.
#[derive(Clone, Copy, Debug)]
pub struct EnvOptions {
    minor: u16,
    mutation: bool,
    bindings: bool,
}

/// The minor version of Kubernetes that this is.
const CURRENT: u16 = 37;

impl EnvOptions {
    /// What expressions that are stored already may use: everything.
    #[must_use]
    pub fn stored() -> Self {
        Self::version(CURRENT)
    }

    /// What new expressions may use: what the version before knows too, so
    /// that a cluster can go back to it.
    #[must_use]
    pub fn new_expressions() -> Self {
        Self::version(CURRENT - 1)
    }

    /// What Kubernetes 1.`minor` knows.
    #[must_use]
    pub fn version(minor: u16) -> Self {
        Self {
            minor,
            mutation: false,
            bindings: false,
        }
    }

    /// `Object{…}`, `JSONPatch{…}` and `jsonpatch.escapeKey` too.
    #[must_use]
    pub fn with_mutation(mut self) -> Self {
        self.mutation = true;
        self
    }

    /// `cel.bind(name, value, expression)` too.
    #[must_use]
    pub fn with_bindings(mut self) -> Self {
        self.bindings = true;
        self
    }
}

/// An environment: declared variables and a version's functions.
#[derive(Clone)]
pub struct Env {
    options: EnvOptions,
    functions: Arc<Functions>,
    variables: HashMap<String, DeclType>,
}

impl Env {
    /// An environment without variables.
    #[must_use]
    pub fn new(options: EnvOptions) -> Self {
        Self {
            options,
            functions: Functions::of(options.minor, options.mutation),
            variables: HashMap::new(),
        }
    }

    /// Declares a variable. Its name may have dots.
    #[must_use]
    pub fn declare(mut self, name: impl Into<String>, decl: DeclType) -> Self {
        self.variables.insert(name.into(), decl);
        self
    }

    /// Reads and checks an expression.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, in cel-go's words.
    pub fn compile(&self, text: &str) -> Result<Program, CompileErrors> {
        let source = Source::new(text);
        let minor = self.options.minor;
        let syntax = Syntax {
            optionals: minor >= 28,
            two_variables: minor >= 32,
            sort_by: minor >= 34,
            bindings: self.options.bindings,
        };
        let (mut expr, count) = parser::parse(&source, syntax)?;
        let scope = Scope {
            functions: &self.functions,
            variables: &self.variables,
            mutation: self.options.mutation,
            mixed: minor >= 29,
        };
        let checked = checker::check(&mut expr, count, &source, &scope)?;
        if minor >= 29 {
            let mut errors = CompileErrors::default();
            validate::validate(&expr, &checked.types, &source, &mut errors);
            if !errors.is_empty() {
                return Err(errors);
            }
        }
        let estimate = cost::estimate(&expr, &checked, &self.functions, &self.variables);
        let result = checked.types.get(expr.id as usize);
        let result = result.cloned().unwrap_or(Type::Dyn);
        let known = constants::fold(&mut expr, &self.functions);
        Ok(Program(Arc::new(Inner {
            text: text.to_owned(),
            result,
            known,
            expr,
            calls: checked.calls,
            functions: self.functions.clone(),
            estimate,
        })))
    }
}

/// A checked expression. Cheap to clone.
#[derive(Clone)]
pub struct Program(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    text: String,
    pub(crate) expr: Expr,
    pub(crate) calls: HashMap<Id, Chosen>,
    result: Type,
    pub(crate) functions: Arc<Functions>,
    estimate: CostEstimate,
    /// What became of its constants.
    known: Result<(), EvalError>,
}

impl fmt::Debug for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Program").field(&self.0.text).finish()
    }
}

/// What an evaluation gives.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    /// The value.
    pub value: Val<'a>,
    /// What it cost.
    pub cost: u64,
}

impl Program {
    /// The expression as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The type of what it evaluates to.
    #[must_use]
    pub fn result_type(&self) -> &Type {
        &self.0.result
    }

    /// What it may cost.
    #[must_use]
    pub fn estimate(&self) -> CostEstimate {
        self.0.estimate
    }

    /// Whether it names a variable.
    #[must_use]
    pub fn uses(&self, variable: &str) -> bool {
        let mut found = false;
        self.0.expr.walk(&mut |expr| {
            found |= matches!(&expr.kind, Kind::Ident(name) if **name == *variable);
        });
        found
    }

    /// Whether it reads this field of a variable anywhere: `claims.email`,
    /// `has(claims.email)`, `claims.?email`, but not `claims["email"]`.
    #[must_use]
    pub fn selects(&self, variable: &str, field: &str) -> bool {
        let is_variable =
            |part: &Expr| matches!(&part.kind, Kind::Ident(name) if **name == *variable);
        let mut found = false;
        self.0.expr.walk(&mut |expr| {
            found |= match &expr.kind {
                Kind::Select {
                    operand,
                    field: read,
                    ..
                } => is_variable(operand) && **read == *field,
                Kind::Call(call) if &*call.function == op::OPT_SELECT => {
                    matches!(
                        call.args.as_slice(),
                        [operand, Expr { kind: Kind::Literal(Val::String(read)), .. }]
                            if is_variable(operand) && **read == *field
                    )
                }
                _ => false,
            };
        });
        found
    }

    /// Tries what can be known before anything is evaluated: conversions of
    /// constants.
    ///
    /// # Errors
    ///
    /// A constant cannot be converted or is no regular expression; the words are upstream's, who says
    /// `program instantiation failed` before them.
    pub fn prepare(&self) -> Result<(), EvalError> {
        self.0.known.clone()
    }

    /// Evaluates it; it may cost as much as `budget`.
    ///
    /// # Errors
    ///
    /// The expression failed, cost too much, or waits for the authorizer.
    pub fn eval<'a>(
        &self,
        activation: &Activation<'a>,
        budget: u64,
    ) -> Result<Outcome<'a>, EvalError> {
        let (value, cost) = self.eval_counted(activation, budget);
        value.map(|value| Outcome { value, cost })
    }

    /// As [`Program::eval`], and what it cost also where it failed.
    pub fn eval_counted<'a>(
        &self,
        activation: &Activation<'a>,
        budget: u64,
    ) -> (Result<Val<'a>, EvalError>, u64) {
        eval::run(&self.0, activation, budget, 0)
    }
}
