//! Rules of API services, migrations and trust bundles.

use super::{metadata, names};
use crate::errors::{Errs, IMMUTABLE};
use crate::path::Path;
use crate::tree::{self, at, has, i, list, s};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use skeg_schema::Value;

/// The name of an APIService, and the start of one that was made.
fn api_service_names(obj: &Value, errs: &mut Errs) {
    let (meta, spec) = (at(obj, "metadata"), at(obj, "spec"));
    let wanted = format!("{}.{}", s(spec, "version"), s(spec, "group"));
    let path = Path::root("metadata");
    for field in ["generateName", "name"] {
        let name = s(meta, field);
        // What is wrong with any name is told alone.
        let is_plain = !name.is_empty() && names::path_segment(name, false).is_empty();
        if name != wanted && is_plain {
            let why = format!("must be `spec.version+\".\"+spec.group`: {wanted:?}");
            errs.invalid(&path.child(field), name, why);
        }
    }
}

/// A new APIService.
pub fn api_service(obj: &Value, errs: &mut Errs) {
    errs.ahead(|errs| api_service_names(obj, errs));
    api_service_spec(obj, errs);
}

// The metadata of what changes is looked at three times, whatever changes in
// it, and upstream tells what it finds each time.
fn meta_again(new: &Value, old: &Value, errs: &mut Errs) {
    let (meta, before) = (at(new, "metadata"), at(old, "metadata"));
    let path = Path::root("metadata");
    metadata::attached(meta, &path, errs);
    metadata::object_meta_update(meta, before, &path, errs);
    metadata::attached(meta, &path, errs);
}

/// A changed APIService: as one that changes, and as a new one.
pub fn api_service_update(new: &Value, old: &Value, errs: &mut Errs) {
    meta_again(new, old, errs);
    api_service_names(new, errs);
    metadata::attached(at(new, "metadata"), &Path::root("metadata"), errs);
    api_service_spec(new, errs);
}

fn api_service_spec(obj: &Value, errs: &mut Errs) {
    let spec = at(obj, "spec");
    let path = Path::root("spec");
    let (group, version) = (s(spec, "group"), s(spec, "version"));
    if group.is_empty() && version != "v1" {
        errs.required(
            &path.child("group"),
            "only v1 may have an empty group and it better be legacy kube",
        );
    }
    if !group.is_empty() {
        errs.invalid_all(
            &path.child("group"),
            group,
            names::dns1123_subdomain(group, false),
        );
    }
    errs.invalid_all(
        &path.child("version"),
        version,
        names::dns1035_label(version, false),
    );
    for (f, max) in [("groupPriorityMinimum", 20_000), ("versionPriority", 1000)] {
        let n = tree::i0(spec, f);
        if n <= 0 || n > max {
            errs.invalid(
                &path.child(f),
                n,
                format!("must be positive and less than {max}"),
            );
        }
    }
    let bundle = s(spec, "caBundle");
    let insecure = tree::b(spec, "insecureSkipTLSVerify");
    let i_path = path.child("insecureSkipTLSVerify");
    if !has(spec, "service") {
        if !bundle.is_empty() {
            let padding = bundle.bytes().rev().take_while(|b| *b == b'=').count();
            let size = bundle.len() / 4 * 3 - padding;
            errs.invalid(
                &path.child("caBundle"),
                format!("{size} bytes"),
                "local APIServices may not have a caBundle",
            );
        }
        if insecure {
            errs.invalid(
                &i_path,
                true,
                "local APIServices may not have insecureSkipTLSVerify",
            );
        }
        return;
    }
    let service = at(spec, "service");
    let s_path = path.child("service");
    for f in ["namespace", "name"] {
        if s(service, f).is_empty() {
            errs.required(&s_path.child(f), "");
        }
    }
    if let Some(port) = i(service, "port")
        && !(1..=65535).contains(&port)
    {
        errs.invalid(
            &s_path.child("port"),
            port,
            "port is not valid: must be between 1 and 65535, inclusive",
        );
    }
    if insecure && !bundle.is_empty() {
        errs.invalid(&i_path, true, "may not be true if caBundle is present");
    }
}

/// What has become of an APIService.
pub fn api_service_status(obj: &Value, old: &Value, errs: &mut Errs) {
    meta_again(obj, old, errs);
    let path = Path::root("status");
    let path = path.child("conditions");
    for (n, c) in tree::list(at(obj, "status"), "conditions")
        .iter()
        .enumerate()
    {
        errs.one_of(
            &path.index(n).child("status"),
            s(c, "status"),
            &["True", "False", "Unknown"],
        );
    }
}

/// A migration of stored objects.
pub fn migration(obj: &Value, errs: &mut Errs) {
    let path = Path::root("spec");
    let path = path.child("resource");
    let wanted = tree::path(obj, &["spec", "resource"]);
    let (group, resource) = (s(wanted, "group"), s(wanted, "resource"));
    if resource.is_empty() {
        errs.required(&path.child("resource"), "resource is required to be set");
    } else {
        errs.invalid_all(
            &path.child("resource"),
            resource,
            names::dns1035_label(resource, false),
        );
    }
    if !group.is_empty() {
        errs.invalid_all(
            &path.child("group"),
            group,
            names::dns1123_subdomain(group, false),
        );
    }
}

/// What the status of a migration says by itself.
pub fn migration_status(obj: &Value, errs: &mut Errs) {
    let path = Path::root("status");
    let status = at(obj, "status");
    let version = s(status, "resourceVersion");
    let well_formed =
        !version.starts_with('0') && version.bytes().all(|byte| byte.is_ascii_digit());
    if !well_formed {
        errs.invalid(
            &path.child("resourceVersion"),
            version,
            format!("resource version is not well formed: {version}"),
        );
    }
    let conditions = list(status, "conditions");
    super::policy::conditions(conditions, &path.child("conditions"), errs);
}

/// A migration succeeds or fails, for good.
pub fn migration_outcome(new: &Value, old: &Value, errs: &mut Errs) {
    let has = |obj: &Value, kind: &str| {
        list(at(obj, "status"), "conditions")
            .iter()
            .any(|c| s(c, "type") == kind && s(c, "status") == "True")
    };
    let conditions = list(at(new, "status"), "conditions").iter();
    let shown: Value = conditions
        .map(|c| crate::dump::json(c, "meta/v1.Condition"))
        .collect();
    let path = Path::root("status");
    let path = path.child("conditions");
    if has(new, "Succeeded") && has(new, "Failed") {
        let words = "Both success and failed conditions cannot be true at the same time";
        errs.invalid(&path, shown.clone(), words);
    }
    for (kind, shown_kind) in [("Succeeded", "Success"), ("Failed", "Failed")] {
        if has(old, kind) && !has(new, kind) {
            let words = format!("{shown_kind} condition cannot be set to false once it is true");
            errs.invalid(&path, shown.clone(), words);
        }
    }
}

/// A new bundle of trust anchors.
pub fn trust_bundle(obj: &Value, errs: &mut Errs) {
    named_bundle(obj, errs);
    anchors(obj, errs);
}

// Its name and signer.
fn named_bundle(obj: &Value, errs: &mut Errs) {
    let signer = tree::sp(obj, &["spec", "signerName"]);
    let name = tree::name_of(obj);
    let n_path = Path::root("metadata");
    let n_path = n_path.child("name");
    if signer.is_empty() {
        if name.contains(':') {
            errs.invalid(
                &n_path,
                name,
                "ClusterTrustBundle without signer name must not have \":\" in its name",
            );
        } else {
            errs.invalid_all(&n_path, name, names::dns1123_subdomain(name, false));
        }
        return;
    }
    let prefix = format!("{}:", signer.replace('/', ":"));
    match name.strip_prefix(&prefix) {
        Some(rest) => errs.invalid_all(&n_path, name, names::dns1123_subdomain(rest, false)),
        None => errs.invalid(
            &n_path,
            name,
            format!(
                "ClusterTrustBundle for signerName {signer} must be named with prefix {prefix}"
            ),
        ),
    }
    super::certificates::signer_name(signer, &Path::root("spec").child("signerName"), errs);
}

/// A changed bundle keeps its signer.
pub fn trust_bundle_update(new: &Value, old: &Value, errs: &mut Errs) {
    named_bundle(new, errs);
    let text = |v: &Value| tree::sp(v, &["spec", "trustBundle"]).to_owned();
    if text(new) != text(old) {
        anchors(new, errs);
    }
    let signer = |v: &Value| tree::sp(v, &["spec", "signerName"]).to_owned();
    if signer(new) != signer(old) {
        errs.invalid(
            &Path::root("spec").child("signerName"),
            signer(new),
            IMMUTABLE,
        );
    }
}

// The certificates of a bundle: PEM blocks of the right type, each only once.
fn anchors(obj: &Value, errs: &mut Errs) {
    let path = Path::root("spec");
    let path = path.child("trustBundle");
    let text = tree::sp(obj, &["spec", "trustBundle"]);
    if text.len() > BUNDLE_MAX {
        errs.too_long(&path, BUNDLE_MAX);
        return;
    }
    let mut bad = |words: String| errs.invalid(&path, "<value omitted>", words);
    let blocks = pem_blocks(text);
    let fault = |block: &Block| {
        if block.label != "CERTIFICATE" {
            return Some(format!("has bad block type: {}", block.label));
        }
        if block.headers {
            return Some("has PEM block headers".to_owned());
        }
        let der = STANDARD.decode(&block.body).unwrap_or_default();
        match x509_parser::parse_x509_certificate(&der) {
            Err(_) => Some("does not parse as X.509".to_owned()),
            Ok((_, certificate)) if !certificate.is_ca() => {
                Some("does not have the CA bit set".to_owned())
            }
            Ok(_) => None,
        }
    };
    let faults: Vec<String> = blocks
        .iter()
        .enumerate()
        .filter_map(|(n, block)| Some(format!("entry {n} {}", fault(block)?)))
        .collect();
    // Of what is malformed it is not told how often it is there.
    if !faults.is_empty() {
        faults.into_iter().for_each(bad);
        return;
    }
    if blocks.is_empty() {
        bad("at least one trust anchor must be provided".into());
    }
    for (n, block) in blocks.iter().enumerate() {
        let alike: Vec<usize> = (0..blocks.len())
            .filter(|other| blocks[*other].body == block.body)
            .collect();
        if alike.len() > 1 && alike[0] == n {
            let indices: Vec<String> = alike.iter().map(ToString::to_string).collect();
            bad(format!(
                "duplicate trust anchor (indices [{}])",
                indices.join(" ")
            ));
        }
    }
}

/// The longest bundle, in bytes.
const BUNDLE_MAX: usize = 1 << 20;

/// A PEM block.
pub(crate) struct Block {
    /// What it says it is.
    pub(crate) label: String,
    /// It has headers.
    pub(crate) headers: bool,
    /// Its bytes, in base64.
    pub(crate) body: String,
}

/// The PEM blocks of a text.
pub(crate) fn pem_blocks(text: &str) -> Vec<Block> {
    let mut out = Vec::new();
    let mut open: Option<Block> = None;
    for line in text.lines().map(str::trim) {
        if let Some(label) = line
            .strip_prefix("-----BEGIN ")
            .and_then(|l| l.strip_suffix("-----"))
        {
            open = Some(Block {
                label: label.to_owned(),
                headers: false,
                body: String::new(),
            });
        } else if line.starts_with("-----END ") {
            out.extend(open.take());
        } else if let Some(block) = &mut open {
            if line.contains(':') {
                block.headers = true;
            } else {
                block.body.push_str(line);
            }
        }
    }
    out
}
