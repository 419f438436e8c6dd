//! What OpenAPI tells of custom resources: a document per group and version,
//! made from the definitions when it is asked for.

use skeg_registry::tree::{at, list, s, sp};
use skeg_schema::resources::ResourceDesc;
use skeg_schema::{Object, Value, json, openapi};
use std::sync::Arc;

use super::packed::Packed;

/// One group and version with what is defined in it.
pub struct Part {
    /// `apis/GROUP/VERSION`
    pub path: String,
    /// Changes when what is defined does.
    pub hash: String,
    /// The definitions.
    pub definitions: Vec<(&'static ResourceDesc, Arc<Packed>)>,
}

// The conformance tests look for how these two begin in what `kubectl explain` prints.
const VERSION: &str = "APIVersion defines the version of this form of the object, with its group.";
const METADATA: &str =
    "Standard object's metadata: name, namespace, labels and what else all have.";
const KIND: &str = "The kind of the object.";
const META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.";

/// The name of a kind in documents: the group backwards.
fn schema_name(desc: &ResourceDesc) -> String {
    let mut parts: Vec<&str> = desc.group.split('.').collect();
    parts.reverse();
    format!("{}.{}.{}", parts.join("."), desc.version, desc.kind)
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn gvk(desc: &ResourceDesc, kind: &str) -> Value {
    json!({"group": desc.group, "version": desc.version, "kind": kind})
}

/// The schema as documents show it: metadata spelled out.
fn shown(desc: &ResourceDesc, definition: &Value) -> Value {
    let version = list(at(definition, "spec"), "versions")
        .iter()
        .find(|v| s(v, "name") == desc.version);
    let mut schema = version
        .map(|v| skeg_registry::tree::path(v, &["schema", "openAPIV3Schema"]).clone())
        .unwrap_or_default();
    spell(&mut schema);
    let mut properties = Object::new();
    properties.insert(
        "apiVersion",
        json!({"type": "string", "description": VERSION}),
    );
    properties.insert("kind", json!({"type": "string", "description": KIND}));
    properties.insert(
        "metadata",
        json!({"allOf": [reference(&format!("{META}ObjectMeta"))],
            "description": METADATA}),
    );
    if let Some(own) = schema.get("properties").and_then(Value::as_object) {
        for (name, value) in own.iter() {
            if !properties.contains_key(name) {
                properties.insert(name.clone(), value.clone());
            }
        }
    }
    if !schema.is_object() {
        schema = json!({"type": "object"});
    }
    schema.set_at(&["properties"], properties);
    schema.set_at(
        &["x-kubernetes-group-version-kind"],
        Value::Array(vec![gvk(desc, desc.kind)]),
    );
    tell_selectable(&mut schema, desc, definition);
    schema
}

/// The fields that field selectors may name, where there are any.
fn tell_selectable(schema: &mut Value, desc: &ResourceDesc, definition: &Value) {
    let version = list(at(definition, "spec"), "versions")
        .iter()
        .find(|v| s(v, "name") == desc.version);
    let fields: Vec<Value> = version
        .map_or(&[][..], |v| list(v, "selectableFields"))
        .iter()
        .map(|field| {
            let path = s(field, "jsonPath");
            json!({"fieldPath": path.strip_prefix('.').unwrap_or(path)})
        })
        .collect();
    if !fields.is_empty() {
        schema.set_at(&["x-kubernetes-selectable-fields"], Value::Array(fields));
    }
}

/// Embedded objects have metadata too; an int-or-string says both.
fn spell(schema: &mut Value) {
    let embedded = schema["x-kubernetes-embedded-resource"] == Value::Bool(true);
    let Value::Object(members) = schema else {
        return;
    };
    if embedded {
        let properties = members.entry_or_insert_with("properties", Value::object);
        for (name, text) in [("apiVersion", VERSION), ("kind", KIND)] {
            properties.set_at(&[name], json!({"type": "string", "description": text}));
        }
        let metadata = json!({"allOf": [reference(&format!("{META}ObjectMeta"))]});
        properties.set_at(&["metadata"], metadata);
        let required = members.entry_or_insert_with("required", || Value::Array(Vec::new()));
        if let Value::Array(required) = required {
            for name in ["kind", "apiVersion"] {
                if !required.iter().any(|known| known == name) {
                    required.push(Value::from(name));
                }
            }
        }
    }
    if let Some(Value::Object(properties)) = members.get_mut("properties") {
        properties.iter_mut().for_each(|(_, inner)| spell(inner));
    }
    for field in ["items", "additionalProperties"] {
        if let Some(inner) = members.get_mut(field) {
            spell(inner);
        }
    }
}

fn list_schema(desc: &ResourceDesc, list_kind: &str, item: &str) -> Value {
    json!({
        "type": "object",
        "description": format!("{list_kind} is a list of {}", desc.kind),
        "required": ["items"],
        "properties": {
            "apiVersion": {"type": "string", "description": VERSION},
            "kind": {"type": "string", "description": KIND},
            "items": {"type": "array", "items": reference(item), "description": format!("List of {}.", desc.resource)},
            "metadata": {"allOf": [reference(&format!("{META}ListMeta"))]},
        },
        "x-kubernetes-group-version-kind": [gvk(desc, list_kind)],
    })
}

/// What documents tell of a custom kind: its paths, and its schemas by name.
fn described(desc: &ResourceDesc, definition: &Value) -> Described {
    let name = schema_name(desc);
    let list_kind = match sp(definition, &["status", "acceptedNames", "listKind"]) {
        "" => format!("{}List", desc.kind),
        kind => kind.to_owned(),
    };
    let list_name = format!("{}{list_kind}", name.trim_end_matches(desc.kind));
    let mut list = list_schema(desc, &list_kind, &name);
    tell_selectable(&mut list, desc, definition);
    Described {
        paths: openapi::custom_paths(desc, &name, &list_name),
        list,
        name,
        list_name,
    }
}

struct Described {
    paths: Object,
    name: String,
    list_name: String,
    list: Value,
}

/// What a part adds to the document of version 2: paths and definitions.
pub fn version_2(part: &Part) -> (Object, Object) {
    let (mut paths, mut definitions) = (Object::new(), Object::new());
    for (desc, definition) in &part.definitions {
        let definition = &definition.tree();
        let told = described(desc, definition);
        for (path, item) in &told.paths {
            paths.insert(path.clone(), openapi::v2_path_item(item));
        }
        let mut list = told.list;
        refer(&mut list);
        definitions.insert(told.list_name, list);
        definitions.insert(told.name, shown_in_2(desc, definition));
    }
    (paths, definitions)
}

/// The schema as version 2 shows it. A kind that keeps what it does not know is
/// any object: old clients take everything that is not listed for a fault.
fn shown_in_2(desc: &ResourceDesc, definition: &Value) -> Value {
    let version = list(at(definition, "spec"), "versions")
        .iter()
        .find(|v| s(v, "name") == desc.version);
    let own = version.map_or(&Value::Null, |v| {
        skeg_registry::tree::path(v, &["schema", "openAPIV3Schema"])
    });
    let known = own.is_object()
        && own["x-kubernetes-preserve-unknown-fields"] != true
        && at(definition, "spec")["preserveUnknownFields"] != true;
    if !known {
        let mut open = json!({
            "type": "object",
            "x-kubernetes-group-version-kind": [gvk(desc, desc.kind)],
        });
        tell_selectable(&mut open, desc, definition);
        return open;
    }
    let mut schema = shown(desc, definition);
    plain(&mut schema);
    refer(&mut schema);
    schema
}

/// What version 2 has no word for, or old clients stumble over.
const BEYOND_2: &[&str] = &[
    "allOf", "anyOf", "oneOf", "not", "nullable", "default", "example",
];

/// Takes out of a schema what version 2 cannot say.
fn plain(schema: &mut Value) {
    let reference = schema["allOf"][0].get("$ref").cloned();
    let Value::Object(members) = schema else {
        return;
    };
    let is = |name: &str| members.get(name) == Some(&Value::Bool(true));
    let (nullable, open) = (is("nullable"), is("x-kubernetes-preserve-unknown-fields"));
    members.retain(|name, _| !BEYOND_2.contains(&name));
    if let Some(reference) = reference {
        members.insert("$ref", reference);
        members.remove("type");
        return;
    }
    if nullable {
        members.remove("type");
    }
    if nullable || open {
        members.remove("items");
        members.remove("properties");
    }
    let mut optional: Vec<String> = Vec::new();
    if let Some(Value::Object(properties)) = members.get_mut("properties") {
        for (name, property) in properties.iter_mut() {
            if property["nullable"] == true {
                optional.push(name.to_string());
            }
            plain(property);
        }
    }
    if let Some(Value::Array(required)) = members.get_mut("required") {
        required.retain(|name| !optional.iter().any(|o| name == o.as_str()));
        if required.is_empty() {
            members.remove("required");
        }
    }
    if matches!(members.get("additionalProperties"), Some(Value::Bool(_))) {
        members.remove("additionalProperties");
    }
    for field in ["items", "additionalProperties"] {
        if let Some(inner) = members.get_mut(field) {
            plain(inner);
        }
    }
}

/// References of version 3, standing alone, as version 2 has them.
fn refer(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(reference) = members
                .get("allOf")
                .and_then(|all| all[0].get("$ref"))
                .cloned()
            {
                members.remove("allOf");
                members.insert("$ref", reference);
            }
            if let Some(Value::String(target)) = members.get_mut("$ref") {
                *target = target.replace("#/components/schemas/", "#/definitions/");
            }
            members.iter_mut().for_each(|(_, member)| refer(member));
        }
        Value::Array(items) => items.iter_mut().for_each(refer),
        _ => {}
    }
}

/// The document of a group and version.
pub fn document(part: &Part) -> Value {
    let mut paths = Object::new();
    let mut schemas = Object::new();
    // What documents of built-in kinds say of metadata and scales.
    for path in ["apis/policy/v1", "apis/autoscaling/v1"] {
        let known = openapi::v3_document(path, &|_| true).unwrap_or_default();
        let components = known.at(&["components", "schemas"]).cloned();
        if let Some(Value::Object(components)) = components {
            for (name, schema) in components.iter() {
                let wanted = name.starts_with("io.k8s.apimachinery.")
                    || name.starts_with("io.k8s.api.autoscaling.v1.Scale");
                if wanted && !schemas.contains_key(name) {
                    schemas.insert(name.clone(), schema.clone());
                }
            }
        }
    }
    for (desc, definition) in &part.definitions {
        let definition = &definition.tree();
        let told = described(desc, definition);
        schemas.insert(told.name, shown(desc, definition));
        schemas.insert(told.list_name, told.list);
        for (path, item) in told.paths {
            paths.insert(path, item);
        }
    }
    schemas.insert(format!("{META}Patch"), json!({"type": "object"}));
    schemas.sort_keys();
    paths.sort_keys();
    json!({
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes CRD Swagger", "version": "v0.1.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(schema: Value) -> Part {
        let definition = json!({
            "metadata": {"name": "widgets.example.com"},
            "spec": {"group": "example.com", "scope": "Namespaced",
                "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"},
                "versions": [{"name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
                    "selectableFields": [{"jsonPath": ".spec.a"}],
                    "schema": {"openAPIV3Schema": schema}}]},
            "status": {"acceptedNames": {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"}},
        });
        let rows = skeg_registry::custom::rows(&definition);
        Part {
            path: "apis/example.com/v1".into(),
            hash: "0".into(),
            definitions: vec![(rows[0].desc, Arc::new(Packed::new(&definition)))],
        }
    }

    #[test]
    fn version_2_says_what_it_can() {
        let (paths, definitions) = version_2(&part(json!({
        "type": "object", "required": ["spec"],
        "properties": {"spec": {
            "type": "object", "required": ["a", "n"], "oneOf": [{"required": ["a"]}],
            "properties": {
                "a": {"type": "string", "default": "x", "enum": ["x"]},
                "n": {"type": "array", "nullable": true, "items": {"type": "string"}},
                "p": {"type": "object", "x-kubernetes-preserve-unknown-fields": true,
                    "properties": {"q": {"type": "string"}}},
                "i": {"x-kubernetes-int-or-string": true, "anyOf": [{"type": "integer"}, {"type": "string"}]},
            }}}})));
        let schema = &definitions
            .get("com.example.v1.Widget")
            .expect("it is there")["properties"];
        assert_eq!(
            schema["spec"],
            json!({"type": "object", "required": ["a"], "properties": {
                "a": {"type": "string", "enum": ["x"]},
                "n": {},
                "p": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                "i": {"x-kubernetes-int-or-string": true},
            }})
        );
        assert_eq!(
            schema["metadata"]["$ref"],
            "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
        );
        let path = "/apis/example.com/v1/namespaces/{namespace}/widgets/{name}/status";
        let get = &paths.get(path).expect("a path")["get"];
        assert_eq!(
            get["responses"]["200"]["schema"]["$ref"],
            "#/definitions/com.example.v1.Widget"
        );
        assert_eq!(get["operationId"], "readExampleComV1NamespacedWidgetStatus");
    }

    #[test]
    fn open_kinds_are_any_object_in_version_2() {
        let (_, definitions) = version_2(&part(json!({
            "type": "object", "x-kubernetes-preserve-unknown-fields": true,
            "properties": {"spec": {"type": "object"}}})));
        let schema = definitions
            .get("com.example.v1.Widget")
            .expect("it is there");
        assert_eq!(schema["type"], "object");
        assert!(schema.get("properties").is_none());
        let selectable = json!([{"fieldPath": "spec.a"}]);
        assert_eq!(schema["x-kubernetes-selectable-fields"], selectable);
    }

    #[test]
    fn kinds_are_explained() {
        let part = part(json!({
            "type": "object",
            "properties": {"spec": {"type": "object", "description": "what is wanted"}},
        }));
        let made = document(&part);
        for name in ["com.example.v1.Widget", "com.example.v1.WidgetList"] {
            assert_eq!(
                made["components"]["schemas"][name]["x-kubernetes-selectable-fields"],
                json!([{"fieldPath": "spec.a"}])
            );
        }
        let schema = &made["components"]["schemas"]["com.example.v1.Widget"];
        assert_eq!(
            schema["properties"]["spec"]["description"],
            "what is wanted"
        );
        assert_eq!(
            schema["x-kubernetes-group-version-kind"][0]["kind"],
            "Widget"
        );
        assert!(
            made["components"]["schemas"]
                .get("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta")
                .is_some()
        );
        let path = "/apis/example.com/v1/namespaces/{namespace}/widgets/{name}";
        assert_eq!(made["paths"][path]["get"]["x-kubernetes-action"], "get");
    }
}
