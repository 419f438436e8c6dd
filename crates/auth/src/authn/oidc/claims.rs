//! Single claims of a token, read as upstream reads them, with its words.

use skeg_schema::Value;

use crate::text::quote;

/// A claim; `None` if the token does not make it.
pub(super) fn claim<'c>(claims: &'c Value, name: &str) -> Option<&'c Value> {
    claims.as_object().and_then(|claims| claims.get(name))
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        _ => "number",
    }
}

fn unfit(value: &Value, wanted: &str) -> String {
    let kind = kind_of(value);
    format!("json: cannot unmarshal {kind} into Go value of type {wanted}")
}

/// Claims as expressions see them: all numbers of JSON are doubles, as Go reads them.
pub(super) fn as_doubles(claims: &Value) -> Value {
    match claims {
        Value::Int(number) => Value::Float(*number as f64),
        Value::Array(items) => Value::Array(items.iter().map(as_doubles).collect()),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), as_doubles(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Whether the claims that every token may make are what they must be: a token of
/// which one is not is no token, in go-oidc's words.
pub(super) fn check_registered(claims: &Value) -> Result<(), String> {
    let failed = |why: String| Err(format!("oidc: failed to unmarshal claims: {why}"));
    for name in ["iss", "sub", "nonce", "at_hash"] {
        match claim(claims, name) {
            None | Some(Value::Null | Value::String(_)) => {}
            Some(other) => {
                return failed(format!(
                    "json: cannot unmarshal {} into Go struct field idToken.{name} of type string",
                    kind_of(other)
                ));
            }
        }
    }
    for name in ["exp", "iat", "nbf"] {
        match claim(claims, name) {
            Some(Value::Null) if name != "nbf" => {
                return failed("strconv.ParseFloat: parsing \"\": invalid syntax".to_owned());
            }
            None | Some(Value::Null | Value::Int(_) | Value::Float(_)) => {}
            Some(Value::String(text)) if is_number(text) => {}
            Some(told @ Value::String(_)) => {
                let told = quote(&told.to_string());
                return failed(format!(
                    "json: invalid number literal, trying to unmarshal {told} into Number"
                ));
            }
            Some(other) => return failed(unfit(other, "json.Number")),
        }
    }
    let (names, sources) = (&claims["_claim_names"], &claims["_claim_sources"]);
    match names {
        Value::Null => Ok(()),
        Value::Object(names) => {
            let is_there = |source: &Value| {
                let source = source.as_str().unwrap_or_default();
                sources.get(source).is_some()
            };
            match names.iter().all(|(_, source)| is_there(source)) {
                true => Ok(()),
                false => Err("oidc: source does not exist".to_owned()),
            }
        }
        other => failed(format!(
            "json: cannot unmarshal {} into Go struct field idToken._claim_names of type map[string]string",
            kind_of(other)
        )),
    }
}

/// Whether a text is a number as JSON has it.
fn is_number(text: &str) -> bool {
    let value = skeg_schema::decode_json_any(text.as_bytes());
    matches!(value, Ok(Value::Int(_) | Value::Float(_)))
}

/// A claim that is a text; `null` is the empty one.
pub(super) fn text(claims: &Value, name: &str) -> Result<String, String> {
    match claim(claims, name) {
        None => Err("claim not present".to_owned()),
        Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(other) => Err(unfit(other, "string")),
    }
}

/// A text or a list of them.
pub(super) fn texts(value: &Value) -> Result<Vec<String>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(one) => Ok(vec![one.clone()]),
        Value::Array(many) => many
            .iter()
            .map(|v| match v {
                Value::Null => Some(String::new()),
                v => v.as_str().map(str::to_owned),
            })
            .collect::<Option<_>>()
            .ok_or_else(|| unfit(value, "string")),
        other => Err(unfit(other, "string")),
    }
}

/// An address that the issuer does not vouch for is no name.
pub(super) fn check_email(claims: &Value) -> Result<(), String> {
    match claim(claims, "email_verified") {
        None | Some(Value::Bool(true)) => Ok(()),
        Some(Value::Bool(false) | Value::Null) => Err("oidc: email not verified".to_owned()),
        Some(other) => Err(format!(
            "oidc: parse 'email_verified' claim: {}",
            unfit(other, "bool")
        )),
    }
}

/// A time in seconds since 1970.
pub(super) fn seconds(claims: &Value, name: &str) -> Option<i64> {
    let number;
    let claim = match claim(claims, name)? {
        Value::String(text) => {
            number = skeg_schema::decode_json_any(text.as_bytes()).ok()?;
            &number
        }
        other => other,
    };
    claim.as_i64().or_else(|| claim.as_f64().map(|f| f as i64))
}

/// A time as Go prints it; `None` is its zero.
pub(super) fn printed(seconds: Option<i64>) -> String {
    let zero = "0001-01-01 00:00:00 +0000 UTC".to_owned();
    let Some(seconds) = seconds else {
        return zero;
    };
    jiff::Timestamp::from_second(seconds).map_or_else(
        |_| seconds.to_string(),
        |at| at.strftime("%Y-%m-%d %H:%M:%S +0000 UTC").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use skeg_schema::json;

    use super::*;

    #[test]
    fn expressions_see_doubles() {
        use crate::expr::{Cel, Compiler as _, Wanted};
        let claims = as_doubles(&json!({"num": 1234567, "all": [{"n": 5}]}));
        let check = |text: &str, expect: Option<Value>| {
            let compiled = Cel.compile(text, &["claims"], Wanted::Any).unwrap();
            assert_eq!(
                compiled.evaluate(&[("claims", &claims)]).ok().flatten(),
                expect
            );
        };
        check("string(claims.num)", Some(Value::from("1.234567e+06")));
        check("claims.num - 1", None);
        check("type(claims.all[0].n) == double", Some(Value::Bool(true)));
        check("claims.all[0].n == 5", Some(Value::Bool(true)));
    }

    #[test]
    fn claims_that_every_token_may_make_are_checked() {
        let fine = json!({"iss": "i", "sub": null, "exp": "1764000000", "iat": 1.5, "nbf": null,
                          "_claim_names": {"groups": "a"}, "_claim_sources": {"a": {}}});
        assert_eq!(check_registered(&fine), Ok(()));
        assert_eq!(seconds(&fine, "exp"), Some(1_764_000_000));
        let refused = |claims: Value, words: &str| {
            let told = check_registered(&claims).unwrap_err();
            let told = told.strip_prefix("oidc: failed to unmarshal claims: ");
            assert_eq!(told, Some(words), "{claims}");
        };
        refused(
            json!({"nonce": 5}),
            "json: cannot unmarshal number into Go struct field idToken.nonce of type string",
        );
        refused(
            json!({"nbf": "x"}),
            "json: invalid number literal, trying to unmarshal \"\\\"x\\\"\" into Number",
        );
        refused(
            json!({"iat": null}),
            "strconv.ParseFloat: parsing \"\": invalid syntax",
        );
        refused(
            json!({"exp": []}),
            "json: cannot unmarshal array into Go value of type json.Number",
        );
        let lost = json!({"_claim_names": {"groups": "a"}});
        assert_eq!(
            check_registered(&lost),
            Err("oidc: source does not exist".to_owned())
        );
    }
}
