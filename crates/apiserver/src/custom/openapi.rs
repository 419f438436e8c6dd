//! What OpenAPI tells of custom resources: a document per group and version,
//! made from the definitions when it is asked for.

use skeg_registry::tree::{at, list, s, sp};
use skeg_schema::resources::ResourceDesc;
use skeg_schema::{Object, Value, json, openapi};
use std::sync::Arc;

/// One group and version with what is defined in it.
pub struct Part {
    /// `apis/GROUP/VERSION`
    pub path: String,
    /// Changes when what is defined does.
    pub hash: String,
    /// The definitions.
    pub definitions: Vec<(&'static ResourceDesc, Arc<Value>)>,
}

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
        json!({"type": "string", "description": "The version of this form of the object, with its group."}),
    );
    properties.insert(
        "kind",
        json!({"type": "string", "description": "The kind of the object."}),
    );
    properties.insert(
        "metadata",
        json!({"allOf": [reference(&format!("{META}ObjectMeta"))],
            "description": "What every object has: name, namespace, labels and so on."}),
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
    schema
}

/// Embedded objects have metadata too; an int-or-string says both.
fn spell(schema: &mut Value) {
    let embedded = schema["x-kubernetes-embedded-resource"] == Value::Bool(true);
    let Value::Object(members) = schema else {
        return;
    };
    if embedded && let Some(Value::Object(properties)) = members.get_mut("properties") {
        properties.insert(
            "metadata",
            json!({"allOf": [reference(&format!("{META}ObjectMeta"))]}),
        );
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
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "items": {"type": "array", "items": reference(item)},
            "metadata": {"allOf": [reference(&format!("{META}ListMeta"))]},
        },
        "x-kubernetes-group-version-kind": [gvk(desc, list_kind)],
    })
}

struct Operations<'a> {
    desc: &'a ResourceDesc,
    tag: String,
    id: String,
}

impl Operations<'_> {
    fn content(schema: &Value) -> Value {
        json!({"application/json": {"schema": schema.clone()}, "application/yaml": {"schema": schema.clone()}})
    }

    fn one(
        &self,
        action: &str,
        id: String,
        kind: Value,
        answer: &Value,
        body: Option<Value>,
    ) -> Value {
        let mut out = Object::new();
        out.insert("tags", json!([self.tag.as_str()]));
        out.insert("operationId", id);
        if let Some(body) = body {
            out.insert("requestBody", body);
        }
        out.insert(
            "responses",
            json!({"200": {"description": "OK", "content": Self::content(answer)}, "401": {"description": "Unauthorized"}}),
        );
        out.insert("x-kubernetes-action", action);
        out.insert("x-kubernetes-group-version-kind", kind);
        Value::Object(out)
    }

    fn object(&self, schema: &str, status: &str, kind: Value) -> Object {
        let (own, space) = (reference(schema), self.space());
        let body = json!({"content": Self::content(&own), "required": true});
        let patches = json!({"content": {
            "application/apply-patch+yaml": {"schema": reference(&format!("{META}Patch"))},
            "application/json-patch+json": {"schema": reference(&format!("{META}Patch"))},
            "application/merge-patch+json": {"schema": reference(&format!("{META}Patch"))},
        }, "required": true});
        let mut out = Object::new();
        let id = |verb: &str| format!("{verb}{}{space}{}{status}", self.id, self.desc.kind);
        out.insert("get", self.one("get", id("read"), kind.clone(), &own, None));
        out.insert(
            "put",
            self.one("put", id("replace"), kind.clone(), &own, Some(body)),
        );
        out.insert(
            "patch",
            self.one("patch", id("patch"), kind, &own, Some(patches)),
        );
        out
    }

    fn space(&self) -> &'static str {
        if self.desc.namespaced {
            "Namespaced"
        } else {
            ""
        }
    }

    fn parameters(&self, named: bool) -> Value {
        let one = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string", "uniqueItems": true}});
        let mut out = Vec::new();
        if named {
            out.push(one("name"));
        }
        if self.desc.namespaced {
            out.push(one("namespace"));
        }
        Value::Array(out)
    }

    fn paths(&self, schema: &str, lists: &str, out: &mut Object) {
        let desc = self.desc;
        let root = format!("/apis/{}/{}", desc.group, desc.version);
        let base = if desc.namespaced {
            format!("{root}/namespaces/{{namespace}}/{}", desc.resource)
        } else {
            format!("{root}/{}", desc.resource)
        };
        let kind = gvk(desc, desc.kind);
        let (own, many) = (reference(schema), reference(lists));
        let status = reference(&format!("{META}Status"));
        let space = self.space();
        let id = |verb: &str| format!("{verb}{}{space}{}", self.id, desc.kind);
        let body = json!({"content": Self::content(&own), "required": true});
        let mut collection = Object::new();
        collection.insert(
            "get",
            self.one("list", id("list"), kind.clone(), &many, None),
        );
        collection.insert(
            "post",
            self.one("post", id("create"), kind.clone(), &own, Some(body)),
        );
        collection.insert(
            "delete",
            self.one(
                "deletecollection",
                id("deleteCollection"),
                kind.clone(),
                &status,
                None,
            ),
        );
        collection.insert("parameters", self.parameters(false));
        out.insert(base.clone(), collection);
        let mut object = self.object(schema, "", kind.clone());
        object.insert(
            "delete",
            self.one("delete", id("delete"), kind.clone(), &status, None),
        );
        object.insert("parameters", self.parameters(true));
        out.insert(format!("{base}/{{name}}"), object);
        for sub in desc.subresources {
            let (schema, kind) = match sub.name {
                "scale" => (
                    "io.k8s.api.autoscaling.v1.Scale".to_owned(),
                    json!({"group": "autoscaling", "version": "v1", "kind": "Scale"}),
                ),
                _ => (schema.to_owned(), kind.clone()),
            };
            let named = if sub.name == "scale" {
                "Scale"
            } else {
                "Status"
            };
            let mut item = self.object(&schema, named, kind);
            item.insert("parameters", self.parameters(true));
            out.insert(format!("{base}/{{name}}/{}", sub.name), item);
        }
        if desc.namespaced {
            let id = format!("list{}{}ForAllNamespaces", self.id, desc.kind);
            let get = self.one("list", id, kind, &many, None);
            out.insert(format!("{root}/{}", desc.resource), json!({"get": get}));
        }
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + chars.as_str()
    })
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
        let name = schema_name(desc);
        let list_kind = match sp(definition, &["status", "acceptedNames", "listKind"]) {
            "" => format!("{}List", desc.kind),
            kind => kind.to_owned(),
        };
        let lists = format!("{}{list_kind}", name.trim_end_matches(desc.kind));
        schemas.insert(name.clone(), shown(desc, definition));
        schemas.insert(lists.clone(), list_schema(desc, &list_kind, &name));
        let camel: String = desc.group.split('.').map(capital).collect();
        let operations = Operations {
            desc,
            tag: format!("{}_{}", camel_small(desc.group), desc.version),
            id: format!("{camel}{}", capital(desc.version)),
        };
        operations.paths(&name, &lists, &mut paths);
    }
    schemas.sort_keys();
    paths.sort_keys();
    json!({
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes CRD Swagger", "version": "v0.1.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    })
}

fn camel_small(group: &str) -> String {
    let mut parts = group.split('.');
    let first = parts.next().unwrap_or_default().to_owned();
    first + &parts.map(capital).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_explained() {
        let definition = json!({
            "metadata": {"name": "widgets.example.com"},
            "spec": {"group": "example.com", "scope": "Namespaced",
                "names": {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"},
                "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
                    "type": "object", "properties": {"spec": {"type": "object", "description": "what is wanted"}}}}}]},
            "status": {"acceptedNames": {"plural": "widgets", "singular": "widget", "kind": "Widget", "listKind": "WidgetList"}},
        });
        let rows = skeg_registry::custom::rows(&definition);
        let part = Part {
            path: "apis/example.com/v1".into(),
            hash: "0".into(),
            definitions: vec![(rows[0].desc, Arc::new(definition))],
        };
        let made = document(&part);
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
