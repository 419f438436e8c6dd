//! Definitions as they are stored: JSON of v1beta1, which says once what all
//! versions have in common.

use skeg_schema::{
    DecodeError, DecodeOptions, TypeId, Value, decode_json, decode_json_any, encode_json,
    encode_json_any, json,
};

/// The type of definitions in the tables.
pub(crate) const NAME: &str = "apiextensions/v1.CustomResourceDefinition";
pub(super) const V1: &str = "apiextensions.k8s.io/v1";
pub(super) const V1BETA1: &str = "apiextensions.k8s.io/v1beta1";

/// What a version says of itself or, where all say the same, the definition of all:
/// the name in a version, the name in the definition.
const SHARED: [(&str, &str); 4] = [
    ("schema", "validation"),
    ("subresources", "subresources"),
    ("additionalPrinterColumns", "additionalPrinterColumns"),
    ("selectableFields", "selectableFields"),
];

/// Members of an object, written one after the other.
struct Members<'a> {
    out: &'a mut Vec<u8>,
    first: bool,
}

impl<'a> Members<'a> {
    fn begin(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, first: true }
    }

    fn key(&mut self, name: &str) -> &mut Vec<u8> {
        if !self.first {
            self.out.push(b',');
        }
        self.first = false;
        self.out.push(b'"');
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    fn plain(&mut self, name: &str, value: &Value) {
        encode_json_any(value, self.key(name));
    }

    /// A message, which stands there even if nothing is in it.
    fn message(&mut self, name: &str, value: &Value, ty: &str) {
        write_message(value, ty, self.key(name));
    }

    fn written(&mut self, name: &str, json: &[u8]) {
        if !json.is_empty() {
            self.key(name).extend_from_slice(json);
        }
    }

    fn end(self) {
        self.out.push(b'}');
    }
}

fn write_message(value: &Value, ty: &str, out: &mut Vec<u8>) {
    let empty = Value::object();
    let value = if value.is_null() { &empty } else { value };
    if let Some(ty) = TypeId::by_name(ty) {
        encode_json(value, ty, out);
    }
}

fn write_list(items: &[Value], out: &mut Vec<u8>, write: impl Fn(&Value, &mut Vec<u8>)) {
    out.push(b'[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(item, out);
    }
    out.push(b']');
}

fn items<'a>(tree: &'a Value, member: &str) -> &'a [Value] {
    tree[member].as_array().map_or(&[], Vec::as_slice)
}

/// JSON of what a version says, empty where it says nothing.
fn written(version: &Value, member: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let said = &version[member];
    match member {
        "additionalPrinterColumns" if !items(version, member).is_empty() => {
            write_list(items(version, member), &mut out, column);
        }
        "selectableFields" if !items(version, member).is_empty() => {
            write_list(items(version, member), &mut out, |field, out| {
                write_message(field, "apiextensions/v1.SelectableField", out);
            });
        }
        "schema" if !said.is_null() => {
            // Defaults and examples lose the order in which they were written.
            write_message(
                &said.sorted(),
                "apiextensions/v1.CustomResourceValidation",
                &mut out,
            );
        }
        "subresources" if !said.is_null() => {
            write_message(
                said,
                "apiextensions/v1.CustomResourceSubresources",
                &mut out,
            );
        }
        _ => {}
    }
    out
}

/// A printed column; the name of its path is spelt otherwise than in v1.
fn column(column: &Value, out: &mut Vec<u8>) {
    let mut members = Members::begin(out);
    let text = |name: &str| Value::from(column[name].as_str().unwrap_or_default());
    members.plain("name", &text("name"));
    members.plain("type", &text("type"));
    for name in ["format", "description"] {
        if text(name) != "" {
            members.plain(name, &text(name));
        }
    }
    match column["priority"].as_i64() {
        None | Some(0) => {}
        Some(priority) => members.plain("priority", &Value::Int(priority)),
    }
    members.plain("JSONPath", &text("jsonPath"));
    members.end();
}

/// The stored JSON of a definition's tree of v1.
pub(super) fn write(tree: &Value) -> Vec<u8> {
    let spec = &tree["spec"];
    let versions = items(spec, "versions");
    // Of each of what can be shared, the JSON of every version; one for all if it
    // is the same everywhere.
    let shared = SHARED.map(|(member, _)| {
        let mut each = versions.iter().map(|version| written(version, member));
        let first = each.next().unwrap_or_default();
        let rest: Vec<Vec<u8>> = each.collect();
        match rest.iter().all(|other| *other == first) {
            true => (first, Vec::new()),
            false => {
                let each: Vec<Vec<u8>> = std::iter::once(first).chain(rest).collect();
                (Vec::new(), each)
            }
        }
    });
    let length = shared.iter().map(|(common, _)| common.len()).sum::<usize>();
    let mut out = Vec::with_capacity(length + 2048);
    let mut all = Members::begin(&mut out);
    all.plain("kind", &Value::from("CustomResourceDefinition"));
    all.plain("apiVersion", &Value::from(V1BETA1));
    all.message("metadata", &tree["metadata"], "meta/v1.ObjectMeta");
    write_spec(spec, &shared, all.key("spec"));
    all.message(
        "status",
        &tree["status"],
        "apiextensions/v1.CustomResourceDefinitionStatus",
    );
    all.end();
    out.push(b'\n');
    out
}

fn write_spec(spec: &Value, shared: &[(Vec<u8>, Vec<Vec<u8>>); 4], out: &mut Vec<u8>) {
    let versions = items(spec, "versions");
    let mut members = Members::begin(out);
    let text = |value: &Value| Value::from(value.as_str().unwrap_or_default());
    members.plain("group", &text(&spec["group"]));
    if let Some(first) = versions.first() {
        members.plain("version", &text(&first["name"]));
    }
    members.message(
        "names",
        &spec["names"],
        "apiextensions/v1.CustomResourceDefinitionNames",
    );
    members.plain("scope", &text(&spec["scope"]));
    let [schema, subresources, columns, fields] = shared;
    members.written("validation", &schema.0);
    members.written("subresources", &subresources.0);
    if !versions.is_empty() {
        let out = members.key("versions");
        out.push(b'[');
        for (at, version) in versions.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            write_version(version, shared, at, out);
        }
        out.push(b']');
    }
    members.written("additionalPrinterColumns", &columns.0);
    members.written("selectableFields", &fields.0);
    let conversion = &spec["conversion"];
    if !conversion.is_null() {
        let mut inner = Members::begin(members.key("conversion"));
        inner.plain("strategy", &text(&conversion["strategy"]));
        let webhook = &conversion["webhook"];
        if !webhook["clientConfig"].is_null() {
            inner.message(
                "webhookClientConfig",
                &webhook["clientConfig"],
                "apiextensions/v1.WebhookClientConfig",
            );
        }
        if !items(webhook, "conversionReviewVersions").is_empty() {
            inner.plain(
                "conversionReviewVersions",
                &webhook["conversionReviewVersions"],
            );
        }
        inner.end();
    }
    let preserved = spec["preserveUnknownFields"].as_bool().unwrap_or(false);
    members.plain("preserveUnknownFields", &Value::Bool(preserved));
    members.end();
}

fn write_version(
    version: &Value,
    shared: &[(Vec<u8>, Vec<Vec<u8>>); 4],
    at: usize,
    out: &mut Vec<u8>,
) {
    let mut members = Members::begin(out);
    let truth = |name: &str| version[name].as_bool().unwrap_or(false);
    let name = version["name"].as_str().unwrap_or_default();
    members.plain("name", &Value::from(name));
    members.plain("served", &Value::Bool(truth("served")));
    members.plain("storage", &Value::Bool(truth("storage")));
    if truth("deprecated") {
        members.plain("deprecated", &Value::Bool(true));
    }
    if version["deprecationWarning"].as_str().is_some() {
        members.plain("deprecationWarning", &version["deprecationWarning"]);
    }
    for ((member, _), (_, each)) in SHARED.iter().zip(shared) {
        if let Some(own) = each.get(at) {
            members.written(member, own);
        }
    }
    members.end();
}

/// The tree of v1 of a definition that is stored as JSON of either version.
///
/// # Errors
/// It is no definition.
pub(super) fn read(bytes: &[u8], ty: TypeId) -> Result<Value, DecodeError> {
    let mut tree = decode_json_any(bytes)?;
    match tree["apiVersion"].as_str() {
        Some(V1) => return Ok(decode_json(bytes, ty, &DecodeOptions::default())?.value),
        Some(V1BETA1) => {}
        other => {
            let found = other.unwrap_or_default();
            let why = format!("definitions are not stored as {found:?}");
            return Err(DecodeError::Type(why));
        }
    }
    tree.set_at(&["apiVersion"], V1);
    if let Some(spec) = tree.get_mut("spec") {
        upgrade(spec);
    }
    // What is stored of old may say nothing of this.
    let names = |tree: &Value| tree["spec"]["versions"].as_array().cloned();
    if items(&tree["status"], "storedVersions").is_empty()
        && let Some(versions) = names(&tree)
        && let Some(stored) = versions.iter().find(|version| version["storage"] == true)
    {
        tree.set_at(
            &["status", "storedVersions"],
            Value::Array(vec![stored["name"].clone()]),
        );
    }
    let mut json = Vec::with_capacity(bytes.len() + 64);
    encode_json_any(&tree, &mut json);
    Ok(decode_json(&json, ty, &DecodeOptions::default())?.value)
}

/// Makes a spec of v1beta1 one of v1, with the defaults of v1beta1.
fn upgrade(spec: &mut Value) {
    let name = spec.remove_at(&["version"]);
    if items(spec, "versions").is_empty()
        && let Some(name) = name
    {
        let only = json!({"name": name, "served": true, "storage": true});
        spec.set_at(&["versions"], Value::Array(vec![only]));
    }
    let mut common = SHARED.map(|(_, member)| spec.remove_at(&[member]));
    common[2].iter_mut().for_each(rename_paths);
    let versions = spec.get_mut("versions").and_then(Value::as_array_mut);
    for version in versions.into_iter().flatten() {
        if let Some(columns) = version.get_mut("additionalPrinterColumns") {
            rename_paths(columns);
        }
        for ((member, _), said) in SHARED.iter().zip(&common) {
            if let Some(said) = said.as_ref().filter(|said| !said.is_null()) {
                version.set_at(&[member], said.clone());
            }
        }
    }
    if spec["conversion"].is_null() {
        spec.set_at(&["conversion"], json!({"strategy": "None"}));
    }
    let config = spec.remove_at(&["conversion", "webhookClientConfig"]);
    let reviews = spec.remove_at(&["conversion", "conversionReviewVersions"]);
    let reviews = reviews.filter(|reviews| reviews.as_array().is_some_and(|all| !all.is_empty()));
    let of_webhook = spec["conversion"]["strategy"] == "Webhook";
    let reviews = reviews.or_else(|| of_webhook.then(|| json!(["v1beta1"])));
    if let Some(mut config) = config.filter(|config| !config.is_null()) {
        if config["service"].is_object() && config["service"]["port"].is_null() {
            config.set_at(&["service", "port"], 443);
        }
        spec.set_at(&["conversion", "webhook", "clientConfig"], config);
    }
    if let Some(reviews) = reviews {
        let path = ["conversion", "webhook", "conversionReviewVersions"];
        spec.set_at(&path, reviews);
    }
    if spec["preserveUnknownFields"].is_null() {
        spec.set_at(&["preserveUnknownFields"], true);
    }
    if spec["scope"].as_str().unwrap_or_default().is_empty() {
        spec.set_at(&["scope"], "Namespaced");
    }
}

fn rename_paths(columns: &mut Value) {
    for column in columns.as_array_mut().into_iter().flatten() {
        if let Some(path) = column.remove_at(&["JSONPath"]) {
            column.set_at(&["jsonPath"], path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ty() -> TypeId {
        TypeId::by_name(NAME).expect("definitions are known")
    }

    fn parsed(json: &str) -> Value {
        let decoded = decode_json(json.as_bytes(), ty(), &DecodeOptions::default());
        decoded.expect("it is a definition").value
    }

    /// What upstream's own codec makes of v1, and what that is when it is read.
    #[track_caller]
    fn check(v1: &str, stored: &str) {
        let tree = parsed(v1);
        assert_eq!(String::from_utf8_lossy(&write(&tree)), stored);
        assert_eq!(read(stored.as_bytes(), ty()).as_ref(), Ok(&tree));
        assert_eq!(read(v1.as_bytes(), ty()).as_ref(), Ok(&tree));
    }

    #[test]
    fn what_all_versions_say_is_stored_once() {
        check(
            include_str!("testdata/alike.v1.json"),
            include_str!("testdata/alike.stored.json"),
        );
    }

    #[test]
    fn what_versions_say_apart_stays_with_them() {
        check(
            include_str!("testdata/apart.v1.json"),
            include_str!("testdata/apart.stored.json"),
        );
        check(
            include_str!("testdata/bare.v1.json"),
            include_str!("testdata/bare.stored.json"),
        );
    }

    #[test]
    fn what_was_stored_of_old_gets_the_defaults_of_then() {
        let stored = br#"{"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1beta1",
            "metadata":{"name":"as.x.io"},"spec":{"group":"x.io","version":"v1","names":{"plural":"as","kind":"A"},
            "conversion":{"strategy":"Webhook","webhookClientConfig":{"service":{"namespace":"n","name":"s"}}}}}"#;
        let tree = read(stored, ty()).expect("it is readable");
        assert_eq!(
            tree["spec"],
            json!({"group": "x.io", "names": {"plural": "as", "kind": "A"}, "scope": "Namespaced",
                "versions": [{"name": "v1", "served": true, "storage": true}],
                "conversion": {"strategy": "Webhook", "webhook": {
                    "clientConfig": {"service": {"namespace": "n", "name": "s", "port": 443}},
                    "conversionReviewVersions": ["v1beta1"]}},
                "preserveUnknownFields": true})
        );
        assert_eq!(tree["status"]["storedVersions"], json!(["v1"]));
        assert!(
            read(
                br#"{"kind":"CustomResourceDefinition","apiVersion":"x/v1"}"#,
                ty()
            )
            .is_err()
        );
    }
}
