//! Bodies of requests about custom resources.

use skeg_registry::custom::Kind;
use skeg_schema::{DecodeError, DecodeOptions, Value, decode_json_free, decode_yaml};

use crate::call::Req;
use crate::decode::{self, not_named, summary};
use crate::error::{Error, Result};
use crate::go;
use crate::negotiate::{self, Format};
use crate::options::FieldValidation;
use crate::verbs::patch::unfit;

fn unrecognized(kind: &Kind, why: &str, body: &[u8]) -> Error {
    Error::bad_request(format!(
        "the object provided is unrecognized (must be of type {}): {why} ({})",
        kind.desc.kind,
        summary(body)
    ))
}

fn cannot_be_handled(kind: &Kind, why: &str) -> Error {
    Error::bad_request(format!(
        "{} in version {} cannot be handled as a {}: {why}",
        kind.desc.kind,
        go::quote(kind.desc.version),
        kind.desc.kind
    ))
}

/// Reads the body of a create or update: unknown fields are taken out, defaults
/// filled in.
///
/// # Errors
/// It is no such object.
pub async fn read(req: &Req<'_>, kind: &Kind, validation: FieldValidation) -> Result<Value> {
    if let Some(object) = req.take_object() {
        let mut tree = (*object.value()).clone();
        kind.admit_body(&mut tree)
            .map_err(|why| cannot_be_handled(kind, &why))?;
        return Ok(tree);
    }
    let format = negotiate::body_format(req.headers);
    let bytes = req.read_body().await?;
    let format = format?;
    let decoded = match format {
        Format::Yaml => decode_yaml(&bytes, None, &DecodeOptions::strict()),
        Format::Json => decode_json_free(&bytes),
        Format::Protobuf => return Err(unsupported()),
    };
    let decoded = decoded.map_err(|error| match error {
        DecodeError::Syntax(why) => {
            let why = format!("couldn't get version/kind; json parse error: {why}");
            unrecognized(kind, &why, &bytes)
        }
        DecodeError::Type(why) => cannot_be_handled(kind, &why),
        other => unrecognized(kind, &other.to_string(), &bytes),
    })?;
    let (tree, mut complaints) = (decoded.value, decoded.complaints);
    if let Err(error) = check(kind, &tree, &bytes) {
        // What stands twice is told of bodies of other kinds too.
        if validation == FieldValidation::Warn {
            complaints.iter().for_each(|complaint| req.warn(complaint));
        }
        return Err(error);
    }
    let (tree, unknown) = of_tree(kind, tree)?;
    complaints.extend(unknown);
    decode::complain(req, complaints, validation, |text| {
        cannot_be_handled(kind, text)
    })?;
    Ok(tree)
}

fn unsupported() -> Error {
    Error::simple(
        415,
        "UnsupportedMediaType",
        "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml",
    )
}

/// What a body says of itself: it must name a kind, and the version of the
/// request.
fn check(kind: &Kind, tree: &Value, bytes: &[u8]) -> Result<()> {
    if let Some(why) = not_named(tree) {
        return Err(unrecognized(kind, &why, bytes));
    }
    require_fit(kind, tree, bytes)
}

/// The same for a tree that is an object.
fn require_fit(kind: &Kind, tree: &Value, bytes: &[u8]) -> Result<()> {
    if tree["kind"].as_str().unwrap_or_default().is_empty() {
        let why = format!(
            "Object 'Kind' is missing in '{}'",
            String::from_utf8_lossy(bytes)
        );
        return Err(unrecognized(kind, &why, bytes));
    }
    let given = tree["apiVersion"].as_str().unwrap_or_default();
    let wanted = kind.desc.api_version();
    if given.matches('/').count() > 1 {
        let why = format!("unexpected GroupVersion string: {given}");
        return Err(unrecognized(kind, &why, bytes));
    }
    if given != wanted {
        return Err(Error::bad_request(format!(
            "the API version in the data ({given}) does not match the expected API version ({wanted})"
        )));
    }
    Ok(())
}

/// The outcome of a patch, brought into form, and what to complain of. Whether
/// it is still of the version is seen when it is validated.
///
/// # Errors
/// It is no such object any more; `shown` is its text.
pub fn of_patch(kind: &Kind, mut tree: Value, shown: &str) -> Result<(Value, Vec<String>)> {
    for field in ["apiVersion", "kind"] {
        if let Some(form) = decode::form_of(&tree[field]).filter(|form| *form != "string") {
            let why = format!(
                "couldn't get version/kind; json parse error: json: cannot unmarshal {form} into Go struct field .{field} of type string"
            );
            return Err(unfit(shown.to_owned(), &why));
        }
    }
    if tree["kind"].as_str().unwrap_or_default().is_empty() {
        let why = format!("Object 'Kind' is missing in '{shown}'");
        return Err(unfit(shown.to_owned(), &why));
    }
    match tree["apiVersion"].as_str().unwrap_or_default() {
        "" => {
            return Err(Error::internal_error(
                "Object 'apiVersion' is missing in 'object has no apiVersion field'",
            ));
        }
        version if version.matches('/').count() > 1 => {
            let why = format!("unexpected GroupVersion string: {version}");
            return Err(unfit(shown.to_owned(), &why));
        }
        _ => {}
    }
    let unknown = kind
        .admit_body(&mut tree)
        .map_err(|why| unfit(shown.to_owned(), &why))?;
    // Of what is no object of the kind any more, that alone is told.
    let own = tree["kind"].as_str() == Some(kind.desc.kind)
        && tree["apiVersion"].as_str() == Some(&*kind.desc.api_version());
    let unknown = if own {
        unknown_fields(&unknown)
    } else {
        Vec::new()
    };
    Ok((tree, unknown))
}

/// What server-side apply came to, brought into form.
///
/// # Errors
/// Metadata that does not fit.
pub fn of_applied(kind: &Kind, mut tree: Value) -> Result<Value> {
    kind.admit_applied(&mut tree)
        .map_err(|why| cannot_be_handled(kind, &why))?;
    Ok(tree)
}

/// A tree brought into the form of its kind, and what to complain of.
///
/// # Errors
/// Metadata that does not fit.
fn of_tree(kind: &Kind, mut tree: Value) -> Result<(Value, Vec<String>)> {
    let unknown = kind
        .admit_body(&mut tree)
        .map_err(|why| cannot_be_handled(kind, &why))?;
    Ok((tree, unknown_fields(&unknown)))
}

fn unknown_fields(paths: &[String]) -> Vec<String> {
    // What is in a name stands as it is between the quotes.
    let worded = |path: &String| format!("unknown field \"{path}\"");
    paths.iter().map(worded).collect()
}
