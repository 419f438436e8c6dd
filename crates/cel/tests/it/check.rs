//! One way to check them all.

use skeg_cel::{Activation, Env, EnvOptions, Val, limits};

/// An environment that knows everything.
pub fn env() -> Env {
    Env::new(EnvOptions::stored().with_mutation())
}

/// What an expression evaluates to: `true`, or the error.
pub fn outcome(text: &str) -> String {
    outcome_in(&env(), &Activation::new(), text)
}

/// The same with variables.
pub fn outcome_in(env: &Env, activation: &Activation<'_>, text: &str) -> String {
    let program = match env.compile(text) {
        Ok(program) => program,
        Err(errors) => {
            let first = &errors.errors()[0];
            return format!("{}:{}: {}", first.line, first.column + 1, first.message);
        }
    };
    match program.eval(activation, limits::PER_CALL) {
        Ok(outcome) => shown(&outcome.value),
        Err(error) => format!("error: {error}"),
    }
}

/// A value, as tests write it.
pub fn shown(value: &Val<'_>) -> String {
    match value {
        Val::Uint(value) => format!("{value}u"),
        Val::Optional(Some(value)) => format!("some({})", shown(value)),
        Val::Optional(None) => "none".to_owned(),
        value => value
            .to_value()
            .map_or_else(|| format!("{value:?}"), |value| value.to_string()),
    }
}

/// Checks that expressions evaluate to `true`.
pub fn hold(cases: &[&str]) {
    for case in cases {
        assert_eq!(outcome(case), "true", "{case}");
    }
}

/// Checks what expressions evaluate to.
pub fn give(cases: &[(&str, &str)]) {
    for (case, expected) in cases {
        assert_eq!(outcome(case), *expected, "{case}");
    }
}
