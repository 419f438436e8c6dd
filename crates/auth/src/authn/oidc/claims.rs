//! Single claims of a token, read as upstream reads them, with its words.

use skeg_schema::Value;

/// A claim; `None` if the token does not make it.
pub(super) fn claim<'c>(claims: &'c Value, name: &str) -> Option<&'c Value> {
    claims.as_object().and_then(|claims| claims.get(name))
}

fn unfit(value: &Value, wanted: &str) -> String {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        _ => "number",
    };
    format!("json: cannot unmarshal {kind} into Go value of type {wanted}")
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
    let claim = claim(claims, name)?;
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
