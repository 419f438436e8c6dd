//! Rules of CustomResourceDefinitions, in upstream's order. What all versions
//! have alike, messages name once, at the top: `spec.validation…`.

mod defaults;
mod schema;
mod structure;

pub use schema::{sets_of_trees, unknown_formats};

use super::names;
use crate::custom::approval::{self, Approval};
use crate::errors::Errs;
use crate::path::Path;
use crate::tree::{self, at, b, has, list, s, sp};
use crate::validation::metadata;
use skeg_schema::dynamic::{Kind, Node};
use skeg_schema::{Object, Value};

/// Selectable fields of a version.
const SELECTABLE_MAX: usize = 8;
/// Bytes of a deprecation warning.
const WARNING_MAX: usize = 256;
const COLUMN_TYPES: &[&str] = &["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS: &[&str] = &[
    "byte",
    "date",
    "date-time",
    "double",
    "float",
    "int32",
    "int64",
    "password",
];

/// Why the schemas of a definition are not structural; `None` if they are.
pub fn not_structural(obj: &Value) -> Option<String> {
    let mut errs = Errs::new();
    let spec = Path::root("spec");
    if b(at(obj, "spec"), "preserveUnknownFields") {
        errs.invalid(&spec.child("preserveUnknownFields"), true, "must be false");
    }
    let versions = spec.child("versions");
    for (n, version) in list(at(obj, "spec"), "versions").iter().enumerate() {
        let schema = tree::path(version, &["schema", "openAPIV3Schema"]);
        if schema.is_object() {
            let version = versions.index(n);
            let place = version.child("schema");
            structure::check(schema, &place.child("openAPIV3Schema"), &mut errs);
        }
    }
    let mut texts: Vec<String> = errs.into_list().iter().map(ToString::to_string).collect();
    texts.sort();
    texts.dedup();
    match texts.len() {
        0 => None,
        1 => texts.pop(),
        _ => Some(format!("[{}]", texts.join(", "))),
    }
}

/// A new definition.
pub fn create(obj: &Value, errs: &mut Errs) {
    let names = tree::path(obj, &["spec", "names"]);
    let wanted = format!("{}.{}", s(names, "plural"), sp(obj, &["spec", "group"]));
    // That there is none is told by the rules of all objects.
    if !tree::name_of(obj).is_empty() && tree::name_of(obj) != wanted {
        let meta = Path::root("metadata");
        errs.invalid(
            &meta.child("name"),
            tree::name_of(obj),
            "must be spec.names.plural+\".\"+spec.group",
        );
    }
    spec(at(obj, "spec"), None, errs);
    accepted_names(obj, errs);
    stored_versions(obj, errs);
    approved(obj, None, errs);
    preserves(obj, None, errs);
}

/// A changed definition.
pub fn update(new: &Value, old: &Value, errs: &mut Errs) {
    meta_again(new, old, errs);
    spec(at(new, "spec"), Some(at(old, "spec")), errs);
    let path = Path::root("spec");
    let (spec, before) = (at(new, "spec"), at(old, "spec"));
    let established = list(at(old, "status"), "conditions")
        .iter()
        .any(|c| s(c, "type") == "Established" && s(c, "status") == "True");
    let names = path.child("names");
    if established {
        errs.immutable(&path.child("scope"), at(spec, "scope"), at(before, "scope"));
        errs.immutable(
            &names.child("kind"),
            tree::path(spec, &["names", "kind"]),
            tree::path(before, &["names", "kind"]),
        );
    }
    errs.immutable(&path.child("group"), at(spec, "group"), at(before, "group"));
    errs.immutable(
        &names.child("plural"),
        tree::path(spec, &["names", "plural"]),
        tree::path(before, &["names", "plural"]),
    );
    let bundle =
        |spec: &Value| sp(spec, &["conversion", "webhook", "clientConfig", "caBundle"]).to_owned();
    if established && !super::webhooks::is_broken_bundle(&bundle(before)) {
        let place = path.child("conversion");
        let place = place.child("webhookClientConfig");
        super::webhooks::ca_bundle(&bundle(spec), &place.child("caBundle"), errs);
    }
    accepted_names(new, errs);
    // Of what is going nothing will be stored any more.
    if !tree::is_deleting(new) {
        stored_versions(new, errs);
    }
    approved(new, Some(old), errs);
    preserves(new, Some(old), errs);
}

// Upstream looks at the metadata of a changed definition once more than at that
// of others, and tells what is found each time.
fn meta_again(new: &Value, old: &Value, errs: &mut Errs) {
    let (meta, before) = (at(new, "metadata"), at(old, "metadata"));
    let path = Path::root("metadata");
    metadata::object_meta_update(meta, before, &path, errs);
    metadata::attached(meta, &path, errs);
    metadata::attached(meta, &path, errs);
}

/// A changed status.
pub fn status(new: &Value, old: &Value, errs: &mut Errs) {
    meta_again(new, old, errs);
    accepted_names(new, errs);
}

fn accepted_names(obj: &Value, errs: &mut Errs) {
    let path = Path::root("status");
    let names = tree::path(obj, &["status", "acceptedNames"]);
    check_names(names, &path.child("acceptedNames"), errs);
}

fn stored_versions(obj: &Value, errs: &mut Errs) {
    let path = Path::root("status");
    let path = path.child("storedVersions");
    let stored = list(at(obj, "status"), "storedVersions");
    if stored.is_empty() {
        errs.invalid(&path, Value::Null, "must have at least one stored version");
        return;
    }
    let versions = list(at(obj, "spec"), "versions");
    // A name that stands twice is met by the first of its versions.
    let mut unmet: Vec<&Value> = stored.iter().collect();
    for version in versions {
        let name = at(version, "name");
        let met = unmet.contains(&name);
        if b(version, "storage") && !met {
            let words = format!("must have the storage version {}", s(version, "name"));
            errs.invalid(&path, Value::Array(stored.to_vec()), words);
        }
        unmet.retain(|other| *other != name);
    }
    for (n, name) in stored.iter().enumerate() {
        if versions.iter().any(|v| at(v, "name") == name) {
            continue;
        }
        let name = name.as_str().unwrap_or_default();
        errs.invalid(
            &path.index(n),
            name,
            format!("missing from spec.versions; {name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in {name} and removes {name} from status.storedVersions"),
        );
    }
}

fn approved(new: &Value, old: Option<&Value>, errs: &mut Errs) {
    if !crate::custom::is_protected(sp(new, &["spec", "group"])) {
        return;
    }
    let (state, text) = approval::read(new);
    if let Some(old) = old {
        let before = approval::read(old).0;
        if std::mem::discriminant(&before) == std::mem::discriminant(&state) {
            return;
        }
    }
    let meta = Path::root("metadata");
    let annotations = meta.child("annotations");
    let path = annotations.key(approval::ANNOTATION);
    let (_, _, why) = approval::approval(new);
    match state {
        Approval::Invalid => errs.invalid(&path, text, why),
        Approval::Missing => errs.required(&path, why),
        Approval::Bypassed | Approval::Approved => {}
    }
}

fn preserves(new: &Value, old: Option<&Value>, errs: &mut Errs) {
    let on = |obj: &Value| b(at(obj, "spec"), "preserveUnknownFields");
    if on(new) && !old.is_some_and(on) {
        errs.invalid(
            &Path::root("spec").child("preserveUnknownFields"),
            true,
            "cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead",
        );
    }
}

/// Whether all versions say the same here, so that messages name it once.
fn alike(versions: &[Value], field: &str) -> bool {
    versions
        .windows(2)
        .all(|pair| at(&pair[0], field) == at(&pair[1], field))
}

fn joined(errs: &mut Errs, path: &Path<'_>, value: &str, found: Vec<String>) {
    if !found.is_empty() {
        errs.invalid(path, value, found.join(","));
    }
}

fn spec(spec: &Value, old: Option<&Value>, errs: &mut Errs) {
    let path = Path::root("spec");
    let group = s(spec, "group");
    let place = path.child("group");
    if group.is_empty() {
        errs.required(&place, "");
    } else {
        let found = names::dns1123_subdomain(group, false);
        if found.is_empty() && !group.contains('.') {
            errs.invalid(&place, group, "should be a domain with at least one dot");
        }
        joined(errs, &place, group, found);
    }
    match s(spec, "scope") {
        "" => errs.required(&path.child("scope"), ""),
        scope => errs.one_of(&path.child("scope"), scope, &["Cluster", "Namespaced"]),
    }
    let versions = list(spec, "versions");
    let all = path.child("versions");
    for (n, version) in versions.iter().enumerate() {
        if !tree::path(version, &["schema", "openAPIV3Schema"]).is_object() {
            let place = all.index(n);
            let place = place.child("schema");
            errs.required(&place.child("openAPIV3Schema"), "");
        }
    }
    let loose = b(spec, "preserveUnknownFields");
    let mut schemas = versions
        .iter()
        .map(|v| tree::path(v, &["schema", "openAPIV3Schema"]));
    if loose && schemas.any(has_default) {
        errs.invalid(
            &path.child("preserveUnknownFields"),
            true,
            "must be false in order to use defaults in the schema",
        );
    }
    let same = |field: &str| alike(versions, field);
    let tops = Tops {
        schema: same("schema"),
        subresources: same("subresources"),
        columns: same("additionalPrinterColumns"),
        selectable: same("selectableFields"),
        status: versions
            .iter()
            .any(|v| has(at(v, "subresources"), "status")),
    };
    for (n, version) in versions.iter().enumerate() {
        let place = all.index(n);
        let name = s(version, "name");
        joined(
            errs,
            &place.child("name"),
            name,
            names::dns1035_label(name, false),
        );
        deprecation(version, &place, errs);
        let before = old.and_then(|old| {
            list(old, "versions")
                .iter()
                .find(|v| at(v, "name") == at(version, "name"))
        });
        parts(version, before, &tops, false, &place, errs);
    }
    let names_of: Vec<&str> = versions.iter().map(|v| s(v, "name")).collect();
    let dump = || {
        if has(spec, "versions") {
            Value::Array(versions.iter().map(|v| go_version(v, &tops)).collect())
        } else {
            Value::Null
        }
    };
    if names_of
        .iter()
        .enumerate()
        .any(|(n, name)| names_of[..n].contains(name))
    {
        errs.invalid(&all, dump(), "must contain unique version names");
    }
    if versions.iter().filter(|v| b(v, "storage")).count() != 1 {
        errs.invalid(
            &all,
            dump(),
            "must have exactly one version marked as storage version",
        );
    }
    if let Some(first) = names_of.first().filter(|name| !name.is_empty()) {
        joined(
            errs,
            &path.child("version"),
            first,
            names::dns1035_label(first, false),
        );
    }
    let wanted = at(spec, "names");
    let place = path.child("names");
    for field in ["plural", "singular", "kind", "listKind"] {
        if s(wanted, field).is_empty() {
            errs.required(&place.child(field), "");
        }
    }
    check_names(wanted, &place, errs);
    if let Some(first) = versions.first() {
        let before = old.and_then(|old| list(old, "versions").first());
        parts(first, before, &tops, true, &path, errs);
    }
    let conversion_path = path.child("conversion");
    let strategy = sp(spec, &["conversion", "strategy"]);
    if loose && has(spec, "conversion") && strategy != "None" {
        errs.invalid(
            &conversion_path.child("strategy"),
            strategy,
            "must be None if spec.preserveUnknownFields is true",
        );
    }
    conversion(at(spec, "conversion"), &conversion_path, errs);
}

fn has_default(schema: &Value) -> bool {
    has(schema, "default")
        || tree::pairs(at(schema, "properties")).any(|(_, inner)| has_default(inner))
        || ["items", "additionalProperties", "not"]
            .iter()
            .any(|field| at(schema, field).is_object() && has_default(at(schema, field)))
        || ["allOf", "anyOf", "oneOf"]
            .iter()
            .any(|field| list(schema, field).iter().any(has_default))
}

/// Which parts all versions have alike.
struct Tops {
    schema: bool,
    subresources: bool,
    columns: bool,
    selectable: bool,
    /// Some version has a status of its own.
    status: bool,
}

// The parts of a version that stand at the top (`top`) or in it.
fn parts(
    version: &Value,
    before: Option<&Value>,
    tops: &Tops,
    top: bool,
    path: &Path<'_>,
    errs: &mut Errs,
) {
    let status = if top {
        tops.status
    } else {
        has(at(version, "subresources"), "status")
    };
    let schema = tree::path(version, &["schema", "openAPIV3Schema"]);
    if tops.schema == top && schema.is_object() {
        let place = path.child(if top { "validation" } else { "schema" });
        let old = before.map(|v| tree::path(v, &["schema", "openAPIV3Schema"]));
        // What is stored already and did not change stays.
        if old != Some(schema) {
            schema::check(schema, old, status, &place, errs);
        }
    }
    if tops.subresources == top {
        subresources(
            at(version, "subresources"),
            &path.child("subresources"),
            errs,
        );
    }
    if tops.columns == top {
        let place = path.child("additionalPrinterColumns");
        for (n, c) in list(version, "additionalPrinterColumns").iter().enumerate() {
            column(c, &place.index(n), errs);
        }
    }
    let fields = list(version, "selectableFields");
    if tops.selectable == top && !fields.is_empty() {
        let place = path.child("selectableFields");
        match (tops.schema == top && schema.is_object(), top) {
            (true, _) => selectable(fields, schema, &place, errs),
            (false, true) => errs.invalid(
                &place,
                "",
                "may only be set when validations.schema is included",
            ),
            (false, false) => errs.invalid(
                &place,
                "",
                "may only be set when `version.schema.openAPIV3Schema` is not included",
            ),
        }
    }
}

fn go_version(version: &Value, tops: &Tops) -> Value {
    let kept = |top: bool, field: &str| {
        if top {
            Value::Null
        } else {
            at(version, field).clone()
        }
    };
    let mut out = Object::new();
    out.insert("Name", s(version, "name"));
    out.insert("Served", b(version, "served"));
    out.insert("Storage", b(version, "storage"));
    out.insert("Deprecated", b(version, "deprecated"));
    out.insert(
        "DeprecationWarning",
        at(version, "deprecationWarning").clone(),
    );
    out.insert("Schema", kept(tops.schema, "schema"));
    out.insert("Subresources", kept(tops.subresources, "subresources"));
    out.insert(
        "AdditionalPrinterColumns",
        kept(tops.columns, "additionalPrinterColumns"),
    );
    out.insert(
        "SelectableFields",
        kept(tops.selectable, "selectableFields"),
    );
    Value::Object(out)
}

fn deprecation(version: &Value, path: &Path<'_>, errs: &mut Errs) {
    let Some(text) = at(version, "deprecationWarning").as_str() else {
        return;
    };
    let path = path.child("deprecationWarning");
    if !b(version, "deprecated") {
        errs.invalid(&path, text, "can only be set for deprecated versions");
        return;
    }
    if text.len() > WARNING_MAX {
        errs.invalid(
            &path,
            text,
            format!("must be <= {WARNING_MAX} characters long"),
        );
    }
    if text.is_empty() {
        errs.invalid(&path, text, "must not be an empty string");
    }
    let unseen = text
        .char_indices()
        .find(|(_, c)| !skeg_schema::go::is_printed(*c));
    if let Some((n, _)) = unseen {
        errs.invalid(
            &path,
            text,
            format!("must only contain printable UTF-8 characters; non-printable character found at index {n}"),
        );
    }
}

fn check_names(given: &Value, path: &Path<'_>, errs: &mut Errs) {
    for field in ["plural", "singular"] {
        let name = s(given, field);
        if !name.is_empty() {
            joined(
                errs,
                &path.child(field),
                name,
                names::dns1035_label(name, false),
            );
        }
    }
    for field in ["kind", "listKind"] {
        let name = s(given, field);
        let found = names::dns1035_label(&name.to_lowercase(), false);
        if !name.is_empty() && !found.is_empty() {
            errs.invalid(
                &path.child(field),
                name,
                format!(
                    "may have mixed case, but should otherwise match: {}",
                    found.join(",")
                ),
            );
        }
    }
    let each = |field: &'static str, errs: &mut Errs| {
        let place = path.child(field);
        for (n, name) in list(given, field).iter().enumerate() {
            let name = name.as_str().unwrap_or_default();
            joined(
                errs,
                &place.index(n),
                name,
                names::dns1035_label(name, false),
            );
        }
    };
    each("shortNames", errs);
    let kind = s(given, "kind");
    if !kind.is_empty() && kind == s(given, "listKind") {
        errs.invalid(
            &path.child("listKind"),
            kind,
            "kind and listKind may not be the same",
        );
    }
    each("categories", errs);
}

fn simple_path(text: &str, path: &Path<'_>, errs: &mut Errs) -> bool {
    if text.starts_with('.') {
        return true;
    }
    errs.invalid(path, text, "must be a simple json path starting with .");
    false
}

fn column(given: &Value, path: &Path<'_>, errs: &mut Errs) {
    if s(given, "name").is_empty() {
        errs.required(&path.child("name"), "");
    }
    let ty = s(given, "type");
    let words = format!("must be one of {}", COLUMN_TYPES.join(","));
    if ty.is_empty() {
        errs.required(&path.child("type"), words);
    } else if !COLUMN_TYPES.contains(&ty) {
        errs.invalid(&path.child("type"), ty, words);
    }
    let format = s(given, "format");
    if !format.is_empty() && !COLUMN_FORMATS.contains(&format) {
        let words = format!("must be one of {}", COLUMN_FORMATS.join(","));
        errs.invalid(&path.child("format"), format, words);
    }
    let place = path.child("JSONPath");
    match s(given, "jsonPath") {
        "" => errs.required(&place, ""),
        text => {
            simple_path(text, &place, errs);
        }
    }
}

fn subresources(given: &Value, path: &Path<'_>, errs: &mut Errs) {
    let scale = at(given, "scale");
    if !scale.is_object() {
        return;
    }
    let path = path.child("scale");
    for (field, root, words) in [
        (
            "specReplicasPath",
            ".spec.",
            "should be a json path under .spec",
        ),
        (
            "statusReplicasPath",
            ".status.",
            "should be a json path under .status",
        ),
    ] {
        let place = path.child(field);
        match s(scale, field) {
            "" => errs.required(&place, ""),
            text => {
                if simple_path(text, &place, errs) && !text.starts_with(root) {
                    errs.invalid(&place, text, words);
                }
            }
        }
    }
    let text = s(scale, "labelSelectorPath");
    let place = path.child("labelSelectorPath");
    if !text.is_empty()
        && simple_path(text, &place, errs)
        && !text.starts_with(".spec.")
        && !text.starts_with(".status.")
    {
        errs.invalid(
            &place,
            text,
            "should be a json path under either .spec or .status",
        );
    }
}

/// The names of a path such as `.spec.x`, and the field it leads to; or why it
/// leads nowhere.
fn declared<'n, 't>(schema: &'n Node, path: &'t str) -> Result<(Vec<&'t str>, &'n Node), String> {
    const NOWHERE: &str = "does not refer to a valid field";
    let mut names = Vec::new();
    let mut node = schema;
    let mut rest = path;
    while !rest.is_empty() {
        if rest.starts_with('[') {
            return Err("array notation is not allowed".to_owned());
        }
        let end = |text: &str| text.find(['.', '[', ']']).unwrap_or(text.len());
        let Some(after) = rest.strip_prefix('.') else {
            let token = &rest[..end(rest).max(1)];
            return Err(format!("expected [ or . but got: {token}"));
        };
        if after.is_empty() {
            return Err("unexpected end of JSON path".to_owned());
        }
        let name = &after[..end(after)];
        node = if !node.properties.is_empty() {
            node.property(name).ok_or(NOWHERE)?
        } else {
            node.additional_node().ok_or(NOWHERE)?
        };
        names.push(name);
        rest = &after[name.len()..];
    }
    Ok((names, node))
}

fn selectable(fields: &[Value], schema: &Value, path: &Path<'_>, errs: &mut Errs) {
    let node = Node::compile(schema);
    let mut seen: Vec<Vec<&str>> = Vec::new();
    for (n, field) in fields.iter().enumerate() {
        let place = path.index(n);
        let place = place.child("jsonPath");
        let text = s(field, "jsonPath");
        if text.is_empty() {
            errs.required(&place, "");
            continue;
        }
        let (names, found) = match declared(&node, text) {
            Ok(found) => found,
            Err(why) => {
                errs.invalid(&place, text, format!("is an invalid path: {why}"));
                continue;
            }
        };
        if names.first() == Some(&"metadata") {
            errs.invalid(&place, text, "must not point to fields in metadata");
        }
        if !matches!(found.kind, Kind::String | Kind::Boolean | Kind::Integer) {
            errs.invalid(
                &place,
                text,
                "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.",
            );
        }
        if seen.contains(&names) {
            errs.duplicate(&place, text);
        } else {
            seen.push(names);
        }
    }
    if seen.len() > SELECTABLE_MAX {
        errs.too_many(path, seen.len(), SELECTABLE_MAX);
    }
}

fn conversion(given: &Value, path: &Path<'_>, errs: &mut Errs) {
    if !given.is_object() {
        return;
    }
    let strategy = s(given, "strategy");
    match strategy {
        "" => errs.required(&path.child("strategy"), ""),
        _ => errs.one_of(&path.child("strategy"), strategy, &["None", "Webhook"]),
    }
    let webhook = at(given, "webhook");
    let config = at(webhook, "clientConfig");
    let versions = list(webhook, "conversionReviewVersions");
    let c_path = path.child("webhookClientConfig");
    let v_path = path.child("conversionReviewVersions");
    if strategy != "Webhook" {
        const WORDS: &str = "should not be set when strategy is not set to Webhook";
        if config.is_object() {
            errs.forbidden(&c_path, WORDS);
        }
        if !versions.is_empty() {
            errs.forbidden(&v_path, WORDS);
        }
        return;
    }
    if !config.is_object() {
        errs.required(&c_path, "required when strategy is set to Webhook");
    } else if has(config, "url") == has(config, "service") {
        errs.required(&c_path, "exactly one of url or service is required");
    } else {
        super::webhooks::client_target(config, &c_path, errs);
    }
    review_versions(versions, &v_path, errs);
}

fn review_versions(versions: &[Value], path: &Path<'_>, errs: &mut Errs) {
    if versions.is_empty() {
        errs.required(path, "");
        return;
    }
    for (n, version) in versions.iter().enumerate() {
        let name = version.as_str().unwrap_or_default();
        if versions[..n].contains(version) {
            errs.invalid(&path.index(n), name, "duplicate version");
            continue;
        }
        errs.invalid_all(&path.index(n), name, names::dns1035_label(name, false));
    }
    let known = |v: &Value| matches!(v.as_str(), Some("v1" | "v1beta1"));
    if !versions.iter().any(known) {
        errs.invalid(
            path,
            Value::Array(versions.to_vec()),
            "must include at least one of v1, v1beta1",
        );
    }
}
