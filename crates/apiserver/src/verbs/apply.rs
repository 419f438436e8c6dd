//! Server-side apply: PATCH with `application/apply-patch+yaml`.

use http::Response;
use skeg_client::Payload;
use skeg_schema::{DecodeError, DecodeOptions, Decoded, Value, decode_json_free, decode_yaml};

use super::{access, check_name, match_namespace, write_cx};
use crate::call::Req;
use crate::decode;
use crate::error::{Error, Result};

use crate::negotiate;
use crate::objects;
use crate::options::{FieldValidation, WriteOptions};
use crate::reply;
use crate::served::Served;

/// What is applied, as it was sent.
pub struct Config {
    tree: Result<Value>,
    complaints: Vec<String>,
}

impl Config {
    /// Reads a body; what is wrong with it is told when it is used.
    pub fn read(bytes: &[u8]) -> Self {
        let decoded = match decoded(bytes) {
            Ok(decoded) => decoded,
            Err(error) => {
                let text = match &error {
                    DecodeError::TooLarge { .. } => error.to_string(),
                    other => {
                        let why = other.to_string();
                        let why = yaml_error(&why);
                        // What looks like JSON is not turned into it first.
                        let json = bytes.trim_ascii_start().starts_with(b"{");
                        match json {
                            true => format!(
                                "error decoding patch: error converting YAML to JSON: {why}"
                            ),
                            false => format!("error encoding patch: {why}"),
                        }
                    }
                };
                return Self {
                    tree: Err(Error::bad_request(text)),
                    complaints: Vec::new(),
                };
            }
        };
        let tree = match decoded.value {
            Value::Null => Ok(Value::object()),
            tree @ Value::Object(_) => Ok(tree),
            other => {
                let what = match &other {
                    Value::Array(_) => "array",
                    Value::String(_) => "string",
                    Value::Bool(_) => "bool",
                    _ => "number",
                };
                Err(Error::bad_request(format!(
                    "error decoding patch: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {what} into Go value of type map[string]interface {{}}"
                )))
            }
        };
        Self {
            tree,
            complaints: decoded.complaints,
        }
    }

    /// The tree.
    ///
    /// # Errors
    /// The body is none.
    pub fn tree(&self) -> Result<&Value> {
        self.tree.as_ref().map_err(Clone::clone)
    }

    /// Warns of or refuses what the request asks about.
    ///
    /// # Errors
    /// A key stands twice, and the request does not want that.
    pub fn complain(&self, req: &Req<'_>, options: &WriteOptions) -> Result<()> {
        if options.field_validation == FieldValidation::Strict && !self.complaints.is_empty() {
            return Err(Error::bad_request(format!(
                "error strict decoding patch: error converting YAML to JSON: {}",
                self.complaints.join(", ")
            )));
        }
        decode::complain(
            req,
            self.complaints.clone(),
            options.field_validation,
            |text| Error::bad_request(text.to_owned()),
        )
    }
}

fn decoded(bytes: &[u8]) -> std::result::Result<Decoded, DecodeError> {
    // JSON is YAML too, and most send it. What the two read differently, or
    // complain of in other words, is left to the parser of YAML.
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n');
    let surrogates = |pair: &[u8]| matches!(pair, [b'\\', b'u', b'd' | b'D']);
    if bytes.first() == Some(&b'{')
        && bytes.iter().all(plain)
        && !bytes.windows(3).any(surrogates)
        && let Ok(decoded) = decode_json_free(bytes)
        && decoded.complaints.is_empty()
        && is_whole(&decoded.value)
    {
        return Ok(decoded);
    }
    decode_yaml(bytes, None, &DecodeOptions::strict())
}

/// Whether there is no number in it but whole ones.
fn is_whole(value: &Value) -> bool {
    match value {
        Value::Float(_) => false,
        Value::Array(items) => items.iter().all(is_whole),
        Value::Object(members) => members.values().all(is_whole),
        _ => true,
    }
}

/// The parser's own words.
fn yaml_error(text: &str) -> &str {
    text.find("yaml: ").map_or(text, |at| &text[at..])
}

/// Applies to an object, or makes it.
pub async fn apply(req: &Req<'_>, served: &Served) -> Result<Response<Payload>> {
    let wanted = negotiate::for_kind(req, served)?;
    let bytes = req.read_body().await?;
    let options = WriteOptions::read_apply(req.query)?;
    let config = Config::read(&bytes);
    if let Ok(tree) = config.tree() {
        skeg_auth::audit::request_patch(tree);
    }
    let access = access(req);
    let mut cx = write_cx(req, &access, options.dry_run, None);
    let desc = served.resource.desc;
    let mut after = |obj: &mut Value| {
        config.complain(req, &options)?;
        match_namespace(desc.namespaced, &req.info.namespace, obj)?;
        check_name(obj, desc.namespaced, &req.info.namespace, &req.info.name)
    };
    let applying = objects::apply::Applying {
        config: config.tree(),
        manager: &options.field_manager,
        force: options.force,
        after: &mut after,
    };
    let written = objects::apply::apply(served, &mut cx, applying).await;
    req.warn_all(std::mem::take(&mut cx.warnings));
    let written = written?;
    let code = if written.created { 201 } else { 200 };
    reply::object(req, served, wanted, code, &written.object)
}
