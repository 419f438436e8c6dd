//! `/statusz` and `/flagz` (KEP-4827, KEP-4828): what this server is and how it
//! was started, for people who look for a fault.

use http::{HeaderMap, Response, header};
use skeg_client::Payload;
use skeg_meta::Time;
use skeg_schema::{Value, encode_json_any, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::OnceLock;
use std::time::Instant;

use crate::call::Req;
use crate::error::{Error, Result};
use crate::reply;

/// What stands at the head of both pages.
const WARNING: &str = "Warning: this page is for people; its form may change at any time.";
const NAME: &str = "kube-apiserver";
const API_VERSION: &str = "config.k8s.io/v1beta1";

/// `/debug/pprof/`: which profiles there are. Go's do not exist here.
pub const PROFILES: &str = "Profiles:\ncmdline: the command line of this process\n";

/// `/debug/flags/`: which flags can be changed while it runs.
pub const FLAGS: &str = "Flags:\nv: how much is logged, by a PUT with a number\n";

/// Changes how much is logged.
pub type SetVerbosity = fn(i64) -> std::result::Result<(), String>;

static VERBOSITY: OnceLock<SetVerbosity> = OnceLock::new();

/// Has `/debug/flags/v` change how much is logged. Of several calls the first
/// counts: a process has one log.
pub fn on_verbosity(set: SetVerbosity) {
    let _ = VERBOSITY.set(set);
}

/// `/debug/flags/v`
pub(crate) async fn verbosity(req: &Req<'_>) -> Result<Response<Payload>> {
    if req.info.method != http::Method::PUT {
        return Ok(reply::text(406, "unsupported http method"));
    }
    let Some(set) = VERBOSITY.get() else {
        return Err(Error::no_such_path());
    };
    let body = req.read_body().await?;
    let text = String::from_utf8_lossy(&body);
    let outcome = text
        .parse()
        .map_err(|_| {
            format!(
                "strconv.ParseInt: parsing {}: invalid syntax",
                crate::go::quote(&text)
            )
        })
        .and_then(*set);
    Ok(match outcome {
        Ok(()) => reply::text(
            200,
            format!("successfully set klog.logging.verbosity to {text}"),
        ),
        Err(why) => reply::text(
            400,
            format!("failed set klog.logging.verbosity {text}: {why}"),
        ),
    })
}

/// What the pages tell.
pub struct Pages {
    started: Time,
    since: Instant,
    flags: BTreeMap<String, String>,
}

/// The wanted form of a page.
#[derive(Debug, PartialEq, Eq)]
enum Form {
    Text,
    Json,
}

/// Reads the Accept header; `kind` is that of the page's object.
fn form(headers: &HeaderMap, kind: &str) -> Result<Form> {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    if accept.is_empty() {
        return Ok(Form::Text);
    }
    for clause in accept.split(',') {
        let mut pieces = clause.split(';').map(str::trim);
        let media_type = pieces.next().unwrap_or_default();
        let params: Vec<&str> = pieces.collect();
        match media_type {
            "text/plain" | "text/*" | "*/*" => return Ok(Form::Text),
            "application/json" => {
                let wanted = [
                    "g=config.k8s.io".to_owned(),
                    "v=v1beta1".to_owned(),
                    format!("as={kind}"),
                ];
                if wanted.iter().all(|param| params.contains(&param.as_str())) {
                    return Ok(Form::Json);
                }
            }
            _ => {}
        }
    }
    Err(Error::simple(
        406,
        "NotAcceptable",
        "only the following media types are accepted: application/json, application/yaml, text/plain",
    ))
}

fn page(
    name: &str,
    headers: &HeaderMap,
    kind: &str,
    rest: impl FnOnce() -> (String, Value),
) -> Result<Response<Payload>> {
    let form = form(headers, kind)?;
    let (text, mut tree) = rest();
    if form == Form::Text {
        return Ok(reply::text(
            200,
            format!("\n{NAME} {name}\n{WARNING}\n\n{text}"),
        ));
    }
    tree.set_at(&["kind"], kind);
    tree.set_at(&["apiVersion"], API_VERSION);
    tree.set_at(&["metadata", "name"], NAME);
    let mut out = Vec::new();
    encode_json_any(&tree, &mut out);
    Ok(reply::bytes(200, "application/json", out))
}

impl Pages {
    /// For a server that starts now. Flags must hold no secrets.
    pub fn new(flags: &[(String, String)]) -> Self {
        Self {
            started: Time::now(),
            since: Instant::now(),
            flags: flags.iter().cloned().collect(),
        }
    }

    /// `/statusz`; `version` is what `/version` answers, `paths` are those at
    /// which the server answers.
    pub fn statusz(
        &self,
        headers: &HeaderMap,
        version: &Value,
        paths: &[String],
    ) -> Result<Response<Payload>> {
        page("statusz", headers, "Statusz", || {
            let up = self.since.elapsed().as_secs();
            let told = |key: &str| version[key].as_str().unwrap_or_default().to_owned();
            let binary = told("gitVersion").trim_start_matches('v').to_owned();
            let emulated = format!("{}.{}", told("emulationMajor"), told("emulationMinor"));
            let mut text = String::new();
            let _ = write!(
                text,
                "Started: {}\nUp: {} hr {:02} min {:02} sec\nGo version: {}\nBinary version: {binary}\nEmulation version: {emulated}\nPaths: {}\n",
                self.started,
                up / 3600,
                up / 60 % 60,
                up % 60,
                told("goVersion"),
                paths.join(" "),
            );
            let paths = paths.iter().map(|p| Value::from(p.as_str())).collect();
            let tree = json!({
                "startTime": self.started.to_string(),
                "uptimeSeconds": i64::try_from(up).unwrap_or(i64::MAX),
                "goVersion": told("goVersion"),
                "binaryVersion": binary,
                "emulationVersion": emulated,
                "paths": Value::Array(paths),
            });
            (text, tree)
        })
    }

    /// `/flagz`
    pub fn flagz(&self, headers: &HeaderMap) -> Result<Response<Payload>> {
        page("flagz", headers, "Flagz", || {
            let mut text = String::new();
            let mut flags = Value::object();
            for (name, value) in &self.flags {
                let _ = writeln!(text, "{name}={value}");
                if let Some(flags) = flags.as_object_mut() {
                    flags.insert(name.clone(), value.as_str());
                }
            }
            (text, json!({"flags": flags}))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn forms() {
        let check = |accept: &'static str, expect: Option<Form>| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(form(&headers, "Statusz").ok(), expect, "{accept}");
        };
        check("*/*", Some(Form::Text));
        check("application/json", None);
        check(
            "application/json;as=Statusz;v=v1beta1;g=config.k8s.io",
            Some(Form::Json),
        );
    }

    #[test]
    fn flags_are_listed() {
        let pages = Pages::new(&[("v".to_owned(), "2".to_owned())]);
        let answer = pages.flagz(&HeaderMap::new()).expect("a page");
        let Payload::Bytes(bytes) = answer.into_body() else {
            panic!("no bytes");
        };
        assert!(String::from_utf8_lossy(&bytes).ends_with("\nv=2\n"));
    }
}
