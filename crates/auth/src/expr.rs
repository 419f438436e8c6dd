//! Expressions in configuration files (CEL): compiled once, evaluated over
//! trees.

use std::borrow::Cow;
use std::sync::Arc;

use skeg_cel::{Activation, DeclType, Env, EnvOptions, Program, Val, limits};
use skeg_schema::Value;

/// A compiled expression.
pub trait Expression: Send + Sync {
    /// Its value, given those of the variables it was compiled with; `None`:
    /// one that JSON has not, such as an optional value.
    ///
    /// # Errors
    /// It cannot be evaluated, in upstream's words.
    fn evaluate(&self, variables: &[(&str, &Value)]) -> Result<Option<Value>, String>;

    /// Whether it reads a field of a variable: `claims.email`.
    fn selects(&self, variable: &str, field: &str) -> bool;
}

/// What the value of an expression must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A truth value.
    Bool,
    /// The same, told with what it is instead.
    BoolNamed,
    /// Anything: it is looked at when it is there.
    Any,
}

/// Compiles expressions.
pub trait Compiler: Send + Sync {
    /// Compiles `text`, in which the names in `variables` are known.
    ///
    /// # Errors
    /// It is not valid or not of the wanted type, in the engine's words.
    fn compile(
        &self,
        text: &str,
        variables: &[&str],
        wanted: Wanted,
    ) -> Result<Arc<dyn Expression>, String>;
}

/// The engine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cel;

fn texts() -> DeclType {
    DeclType::list(DeclType::string())
}

fn object(name: &str, fields: &[(&str, DeclType)]) -> DeclType {
    let fields = fields
        .iter()
        .map(|(name, ty)| ((*name).to_owned(), ty.clone()))
        .collect();
    DeclType::plain_object(name, fields)
}

/// The types of the variables that configuration files may name.
fn type_of(variable: &str) -> Option<DeclType> {
    let text = DeclType::string;
    let extra = || DeclType::map(texts());
    Some(match variable {
        "claims" => DeclType::map(DeclType::dynamic()),
        "user" => object(
            "kubernetes.UserInfo",
            &[
                ("username", text()),
                ("uid", text()),
                ("groups", texts()),
                ("extra", extra()),
            ],
        ),
        "request" => {
            let names = [
                "namespace",
                "verb",
                "group",
                "version",
                "resource",
                "subresource",
                "name",
            ];
            let mut fields: Vec<(&str, DeclType)> =
                names.iter().map(|name| (*name, text())).collect();
            let requirement = object(
                "kubernetes.SelectorRequirement",
                &[("key", text()), ("operator", text()), ("values", texts())],
            );
            let selector = object(
                "kubernetes.SelectorAttributes",
                &[
                    ("rawSelector", text()),
                    ("requirements", DeclType::list(requirement)),
                ],
            );
            fields.push(("fieldSelector", selector.clone()));
            fields.push(("labelSelector", selector));
            object(
                "kubernetes.SubjectAccessReviewSpec",
                &[
                    ("user", text()),
                    ("groups", texts()),
                    ("uid", text()),
                    ("extra", extra()),
                    (
                        "resourceAttributes",
                        object("kubernetes.ResourceAttributes", &fields),
                    ),
                    (
                        "nonResourceAttributes",
                        object(
                            "kubernetes.NonResourceAttributes",
                            &[("path", text()), ("verb", text())],
                        ),
                    ),
                ],
            )
        }
        _ => return None,
    })
}

struct Compiled {
    text: String,
    program: Program,
    types: Vec<(String, DeclType)>,
}

impl Compiler for Cel {
    fn compile(
        &self,
        text: &str,
        variables: &[&str],
        wanted: Wanted,
    ) -> Result<Arc<dyn Expression>, String> {
        let mut env = Env::new(EnvOptions::new_expressions());
        let mut types = Vec::new();
        for variable in variables {
            let ty = type_of(variable).ok_or_else(|| format!("no variable {variable:?}"))?;
            env = env.declare(*variable, ty.clone());
            types.push(((*variable).to_owned(), ty));
        }
        let program = env
            .compile(text)
            .map_err(|e| format!("compilation failed: {e}"))?;
        let result = program.result_type().to_string();
        match wanted {
            Wanted::Bool if result != "bool" => return Err("must evaluate to bool".to_owned()),
            Wanted::BoolNamed if result != "bool" => {
                return Err(format!("must evaluate to bool but got {result}"));
            }
            _ => {}
        }
        Ok(Arc::new(Compiled {
            text: text.to_owned(),
            program,
            types,
        }))
    }
}

/// The same tree, in which what the text names in its escaped form is found by that:
/// `claims.kubernetes__dot__io` is the claim `kubernetes.io`.
fn with_escaped(value: &Value, text: &str) -> Value {
    match value {
        Value::Object(members) => {
            let mut out = skeg_schema::Object::new();
            for (name, member) in members.iter() {
                out.insert(name.clone(), with_escaped(member, text));
            }
            for (name, member) in members.iter() {
                let escaped = skeg_cel::escape(name)
                    .filter(|escaped| **escaped != **name && text.contains(&**escaped));
                if let Some(escaped) = escaped {
                    out.insert(escaped, with_escaped(member, text));
                }
            }
            Value::Object(out)
        }
        Value::Array(items) => items.iter().map(|item| with_escaped(item, text)).collect(),
        other => other.clone(),
    }
}

impl Expression for Compiled {
    fn evaluate(&self, variables: &[(&str, &Value)]) -> Result<Option<Value>, String> {
        let escapes = self.text.contains("__");
        let given: Vec<(&str, Cow<'_, Value>)> = variables
            .iter()
            .map(|(name, value)| match escapes {
                true => (*name, Cow::Owned(with_escaped(value, &self.text))),
                false => (*name, Cow::Borrowed(*value)),
            })
            .collect();
        let mut activation = Activation::new();
        for (name, ty) in &self.types {
            if let Some((_, value)) = given.iter().find(|(given, _)| given == name) {
                activation = activation.with(name.as_str(), Val::tree(value, Some(ty)));
            }
        }
        let outcome = self
            .program
            .eval(&activation, limits::PER_CALL)
            .map_err(|e| format!("expression '{}' resulted in error: {e}", self.text))?;
        Ok(match outcome.value {
            // As JSON they would be texts, or nothing: they are not.
            Val::Optional(_) | Val::Bytes(_) | Val::Timestamp(_) | Val::Duration(_) => None,
            value => value.to_value(),
        })
    }

    fn selects(&self, variable: &str, field: &str) -> bool {
        self.program.selects(variable, field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn what_expressions_read() {
        let check = |text: &str, expect: bool| {
            let compiled = Cel.compile(text, &["claims"], Wanted::Bool).unwrap();
            assert_eq!(compiled.selects("claims", "email"), expect, "{text}");
        };
        check("claims.email == 'a'", true);
        check("has(claims.email)", true);
        check("claims.?email.orValue('') == 'a'", true);
        check("[claims.email].exists(m, m == 'a')", true);
        check("{'k': claims.email.x}.size() == 1", true);
        check("claims.email_verified == true", false);
        check("claims['email'] == 'a'", false);
        check("claims.address.email == 'a'", false);
    }

    #[test]
    fn expressions_over_the_variables_of_configuration_files() {
        let check = |text: &str, variable: &str, wanted, value: Value, expect: Value| {
            let compiled = Cel
                .compile(text, &[variable], wanted)
                .unwrap_or_else(|e| panic!("{text}: {e}"));
            assert_eq!(
                compiled.evaluate(&[(variable, &value)]),
                Ok(Some(expect)),
                "{text}"
            );
        };
        let claims = json!({"sub": "ann", "roles": ["a", "b"], "aud": "x"});
        check(
            "'x:' + claims.sub",
            "claims",
            Wanted::Any,
            claims.clone(),
            json!("x:ann"),
        );
        check(
            "claims.roles",
            "claims",
            Wanted::Any,
            claims.clone(),
            json!(["a", "b"]),
        );
        check(
            "has(claims.nope) ? false : claims.sub == 'ann'",
            "claims",
            Wanted::Bool,
            claims,
            json!(true),
        );
        check(
            "!user.username.startsWith('system:') && user.groups.all(g, g != 'x')",
            "user",
            Wanted::Bool,
            json!({"username": "ann", "uid": "", "groups": ["a"], "extra": {}}),
            json!(true),
        );
        check(
            "has(request.resourceAttributes) && request.resourceAttributes.namespace != 'kube-system'",
            "request",
            Wanted::Bool,
            json!({"user": "a", "resourceAttributes": {"namespace": "x", "verb": "get"}}),
            json!(true),
        );
        // What a mapping gives is looked at when it is there.
        for (text, expect) in [
            ("1 + 1", Ok(Some(json!(2)))),
            ("claims.?baz", Ok(None)),
            (
                "claims.baz",
                Err("expression 'claims.baz' resulted in error: no such key: baz".to_owned()),
            ),
        ] {
            let compiled = Cel.compile(text, &["claims"], Wanted::Any).unwrap();
            let claims = json!({"sub": "ann"});
            assert_eq!(compiled.evaluate(&[("claims", &claims)]), expect, "{text}");
        }
        let fails = |text: &str, variable: &str, expect: &str| {
            let error = Cel.compile(text, &[variable], Wanted::Bool).err().unwrap();
            assert!(error.contains(expect), "{error}");
        };
        fails("user.nope == ''", "user", "undefined field 'nope'");
        fails("user.username", "user", "must evaluate to bool");
        fails("claims.", "claims", "compilation failed");
    }

    #[test]
    fn claims_are_found_by_their_escaped_names() {
        let claims = skeg_schema::json!({
            "kubernetes.io": {"pod-name": "p", "plain": "x"},
            "list": [{"a/b": "c"}],
        });
        let find = |text: &str| {
            let compiled = Cel.compile(text, &["claims"], Wanted::Any).unwrap();
            compiled.evaluate(&[("claims", &claims)]).unwrap()
        };
        assert_eq!(
            find("claims.kubernetes__dot__io.pod__dash__name"),
            Some("p".into())
        );
        assert_eq!(find("claims.list[0].a__slash__b"), Some("c".into()));
        assert_eq!(find("claims['kubernetes.io'].plain"), Some("x".into()));
        assert_eq!(find("size(claims)"), Some(Value::Int(2)));
    }
}
