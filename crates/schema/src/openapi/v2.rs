//! The one document of OpenAPI v2, made from those of v3: older clients ask for it.

use crate::resources::{RESOURCES, ResourceDesc};
use crate::{Key, Object, Value, json};

/// The document at `/openapi/v2`. Parameters stand where they are used;
/// upstream names the commonest and refers to them.
#[must_use]
pub fn v2_document(served: &dyn Fn(&ResourceDesc) -> bool) -> Value {
    let (mut paths, mut definitions) = (Object::new(), Object::new());
    for path in super::v3_paths(served) {
        let Some(mut document) = super::v3_document(&path, served) else {
            continue;
        };
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            paths.insert(path.clone(), path_item(item));
        }
        let schemas = document
            .at_mut(&["components", "schemas"])
            .map(Value::take)
            .unwrap_or_default();
        let Value::Object(schemas) = schemas else {
            continue;
        };
        for (name, mut schema) in schemas {
            if !definitions.contains_key(&name) {
                definition(&name, &mut schema, served);
                definitions.push(name, schema);
            }
        }
    }
    paths.sort_keys();
    definitions.sort_keys();
    json!({
        "swagger": "2.0",
        "info": {"title": "Kubernetes", "version": "1.37"},
        "paths": paths,
        "definitions": definitions,
        "securityDefinitions": {"BearerToken": {"type": "apiKey", "name": "authorization", "in": "header"}},
        "security": [{"BearerToken": []}],
    })
}

fn definition(name: &str, schema: &mut Value, served: &dyn Fn(&ResourceDesc) -> bool) {
    match name {
        "io.k8s.apimachinery.pkg.api.resource.Quantity" => *schema = json!({"type": "string"}),
        "io.k8s.apimachinery.pkg.util.intstr.IntOrString" => {
            *schema = json!({"type": "string", "format": "int-or-string"});
        }
        _ => {
            convert(schema);
            // What every group has, belongs here to each of them.
            if let Some((_, kind @ ("DeleteOptions" | "WatchEvent"))) = name.rsplit_once('.') {
                let mut kinds = vec![json!({"group": "", "kind": kind, "version": "v1"})];
                for desc in RESOURCES.iter().filter(|desc| served(desc)) {
                    let own = json!({"group": desc.group, "kind": kind, "version": desc.version});
                    if !kinds.contains(&own) {
                        kinds.push(own);
                    }
                }
                if let Some(members) = schema.as_object_mut() {
                    members.insert("x-kubernetes-group-version-kind", kinds);
                }
            }
        }
    }
}

/// References point elsewhere and stand alone, and defaults are left out.
fn convert(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            let wrapped = members
                .get("allOf")
                .and_then(Value::as_array)
                .and_then(|all| all.first())
                .cloned();
            // `default` may also be the name of a property.
            let schema = wrapped.is_some() || matches!(members.get("type"), Some(Value::String(_)));
            if schema {
                members.remove("default");
            }
            if let Some(Value::Object(reference)) = wrapped {
                members.remove("allOf");
                for (key, value) in reference {
                    members.insert(key, value);
                }
            }
            if let Some(Value::String(target)) = members.get_mut("$ref") {
                *target = target.replace("#/components/schemas/", "#/definitions/");
            }
            members.iter_mut().for_each(|(_, member)| convert(member));
        }
        Value::Array(items) => items.iter_mut().for_each(convert),
        _ => {}
    }
}

fn parameters(list: &Value) -> Vec<Value> {
    let flat = |parameter: &Value| {
        let mut out = parameter.as_object().cloned().unwrap_or_default();
        if let Some(Value::Object(schema)) = out.remove("schema") {
            for (key, value) in schema {
                out.insert(key, value);
            }
        }
        Value::Object(out)
    };
    list.as_array().into_iter().flatten().map(flat).collect()
}

/// What stands at a path, from version 3.
#[must_use]
pub fn path_item(item: &Value) -> Value {
    let mut out = Object::new();
    for (method, operation) in item.as_object().into_iter().flatten() {
        if method == "parameters" {
            out.insert("parameters", parameters(operation));
        } else {
            out.insert(method.clone(), self::operation(operation));
        }
    }
    Value::Object(out)
}

/// The media types of a body or an answer, and its schema.
fn media(holder: &Value) -> (Vec<Key>, Option<Value>) {
    let content = holder.get("content").and_then(Value::as_object);
    let types = content
        .into_iter()
        .flat_map(|content| content.keys().cloned())
        .collect();
    let schema = content
        .and_then(|content| content.values().next())
        .and_then(|media| media.get("schema"))
        .cloned();
    (
        types,
        schema.map(|mut schema| {
            convert(&mut schema);
            schema
        }),
    )
}

fn operation(operation: &Value) -> Value {
    let mut out = Object::new();
    let (mut consumes, body) = media(&operation["requestBody"]);
    if consumes.is_empty() {
        consumes.push("*/*".into());
    }
    let names = |types: Vec<Key>| {
        types
            .into_iter()
            .map(|name| Value::from(name.into_owned()))
            .collect::<Vec<_>>()
    };
    out.insert("consumes", names(consumes));
    let (produces, _) = media(&operation["responses"]["200"]);
    out.insert("produces", names(produces));
    out.insert("schemes", vec!["https"]);
    for key in ["tags", "operationId"] {
        out.insert(key, &operation[key]);
    }
    let mut list = parameters(&operation["parameters"]);
    if let Some(schema) = body {
        let mut parameter = Object::new();
        parameter.insert("name", "body");
        parameter.insert("in", "body");
        if operation["requestBody"]["required"] == true {
            parameter.insert("required", true);
        }
        parameter.insert("schema", schema);
        list.insert(0, Value::Object(parameter));
    }
    if !list.is_empty() {
        out.insert("parameters", list);
    }
    let mut responses = Object::new();
    for (code, response) in operation["responses"].as_object().into_iter().flatten() {
        let mut answer = Object::new();
        answer.insert("description", &response["description"]);
        if let Some(schema) = media(response).1 {
            answer.insert("schema", schema);
        }
        responses.insert(code.clone(), answer);
    }
    out.insert("responses", responses);
    for key in ["x-kubernetes-action", "x-kubernetes-group-version-kind"] {
        if let Some(value) = operation.get(key) {
            out.insert(key, value);
        }
    }
    Value::Object(out)
}
