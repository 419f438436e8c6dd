//! The bytes that a webhook answers, read as upstream reads them.

use skeg_schema::{Value, decode_json_any, decode_yaml_any};

use crate::decode::{form_of, not_named};

/// `GROUP/VERSION, Kind=KIND` of what an answer says that it is.
pub(crate) fn shown_kind(api_version: &str, kind: &str) -> String {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    format!("{group}/{version}, Kind={kind}")
}

/// A review as a tree: JSON, or YAML where it does not begin as an object.
///
/// `wanted` is its version, and `known` are all versions of its group.
///
/// # Errors
/// Upstream's words for what cannot be read, or is another kind of object.
pub(crate) fn decode(
    bytes: &[u8],
    wanted: &str,
    known: &[&str],
    kind: &str,
) -> Result<Value, String> {
    let unread = |error: String| format!("couldn't get version/kind; json parse error: {error}");
    let tree = if bytes.trim_ascii_start().starts_with(b"{") {
        decode_json_any(bytes).map_err(|error| unread(error.to_string()))?
    } else {
        decode_yaml_any(bytes).map_err(|error| unread(error.to_string()))?
    };
    if let Some(why) = not_named(&tree) {
        return Err(why);
    }
    let text = |key: &str| tree[key].as_str().unwrap_or_default();
    let (given, named) = (text("apiVersion"), text("kind"));
    if given.is_empty() || named.is_empty() || (given == wanted && named == kind) {
        // Whether it names itself is for who asked.
        return Ok(tree);
    }
    let version = |name: &str| name.rsplit('/').next().unwrap_or_default().to_owned();
    let is_known = (known.contains(&given) && named == kind) || (given, named) == ("v1", "Status");
    Err(if is_known {
        let (given, wanted) = (version(given), version(wanted));
        format!("converting ({given}.{named}) to ({wanted}.{kind}): unknown conversion")
    } else {
        format!(
            "no kind {} is registered for version {} in scheme \"pkg/runtime/scheme.go:111\"",
            crate::go::quote(named),
            crate::go::quote(given)
        )
    })
}

/// Upstream's words for a member that is not of its type.
///
/// # Errors
/// It is there, and is not what `fits` wants.
pub(crate) fn typed(
    value: &Value,
    path: &str,
    ty: &str,
    fits: impl Fn(&Value) -> bool,
) -> Result<(), String> {
    match form_of(value) {
        Some(form) if !fits(value) => Err(format!(
            "json: cannot unmarshal {form} into Go struct field {path} of type {ty}"
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_review() {
        let check = |bytes: &[u8], expect: &str| {
            let known = ["a.io/v1", "a.io/v1beta1"];
            let got = decode(bytes, "a.io/v1", &known, "Review");
            assert_eq!(got.expect_err("refused"), expect);
        };
        let named = "into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }";
        let parse = "couldn't get version/kind; json parse error: json: cannot unmarshal";
        check(b"fine", &format!("{parse} string {named}"));
        check(b"[1]", &format!("{parse} array {named}"));
        check(
            br#"{"apiVersion":"a.io/v1beta1","kind":"Review"}"#,
            "converting (v1beta1.Review) to (v1.Review): unknown conversion",
        );
        check(
            br#"{"apiVersion":"v1","kind":"Status"}"#,
            "converting (v1.Status) to (v1.Review): unknown conversion",
        );
        check(
            br#"{"apiVersion":"a.io/v2","kind":"Review"}"#,
            "no kind \"Review\" is registered for version \"a.io/v2\" in scheme \"pkg/runtime/scheme.go:111\"",
        );
        assert!(decode(b"allowed: true", "a.io/v1", &[], "Review").is_ok());
    }
}
