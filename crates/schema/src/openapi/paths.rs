//! The paths of resources and the operations on them.

use std::collections::BTreeSet;

use super::schema_name;
use crate::resources::{ResourceDesc, SubresourceDesc};
use crate::{FieldType, Key, Object, TypeId, Value, json};

/// What the documents call a group version.
pub(super) struct Names {
    /// `CoreV1`, `RbacAuthorizationV1`.
    pub prefix: String,
    /// `core_v1`, `rbacAuthorization_v1`.
    pub tag: String,
    /// `/api/v1/`, `/apis/apps/v1/`.
    pub root: String,
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_ascii_uppercase().to_string() + chars.as_str()
    })
}

impl Names {
    pub(super) fn new(group: &str, version: &str) -> Self {
        let bare = if group.is_empty() {
            "core"
        } else {
            group.trim_end_matches(".k8s.io")
        };
        let camel: String = bare.split('.').map(capital).collect();
        let small: String = bare
            .split('.')
            .enumerate()
            .map(|(at, part)| {
                if at == 0 {
                    part.to_owned()
                } else {
                    capital(part)
                }
            })
            .collect();
        Self {
            prefix: format!("{camel}{}", capital(version)),
            tag: if version.is_empty() {
                small
            } else {
                format!("{small}_{version}")
            },
            root: if group.is_empty() {
                format!("/api/{version}/")
            } else {
                format!("/apis/{group}/{version}/")
            },
        }
    }
}

type Parameter = (&'static str, &'static str, &'static str);

const LIST: &[Parameter] = &[
    ("allowWatchBookmarks", "query", "boolean"),
    ("continue", "query", "string"),
    ("fieldSelector", "query", "string"),
    ("labelSelector", "query", "string"),
    ("limit", "query", "integer"),
    ("resourceVersion", "query", "string"),
    ("resourceVersionMatch", "query", "string"),
    ("sendInitialEvents", "query", "boolean"),
    ("shardSelector", "query", "string"),
    ("timeoutSeconds", "query", "integer"),
    ("watch", "query", "boolean"),
];

const WRITE: &[Parameter] = &[
    ("dryRun", "query", "string"),
    ("fieldManager", "query", "string"),
    ("fieldValidation", "query", "string"),
];

const DELETE: &[Parameter] = &[
    ("dryRun", "query", "string"),
    ("gracePeriodSeconds", "query", "integer"),
    (
        "ignoreStoreReadErrorWithClusterBreakingPotential",
        "query",
        "boolean",
    ),
    ("orphanDependents", "query", "boolean"),
    ("propagationPolicy", "query", "string"),
];

const FORMS: &[&str] = &[
    "application/json",
    "application/vnd.kubernetes.protobuf",
    "application/yaml",
];
const CUSTOM_FORMS: &[&str] = &["application/json", "application/yaml"];
const CUSTOM_PATCHES: &[&str] = &[
    "application/apply-patch+yaml",
    "application/json-patch+json",
    "application/merge-patch+json",
];
const STREAMS: &[&str] = &[
    "application/json;stream=watch",
    "application/vnd.kubernetes.protobuf;stream=watch",
];

const PATCHES: &[&str] = &[
    "application/apply-patch+yaml",
    "application/json-patch+json",
    "application/merge-patch+json",
    "application/strategic-merge-patch+json",
];

/// An operation while it is written.
struct Operation {
    method: &'static str,
    id: String,
    action: &'static str,
    kind: (String, String, String),
    parameters: Vec<Parameter>,
    body: Option<(Object, bool)>,
    responses: Vec<(&'static str, Object)>,
}

/// Collects paths and the types that they name.
#[derive(Default)]
pub(super) struct Writer {
    pub paths: Object,
    pub types: BTreeSet<TypeId>,
    /// Whether an operation patches.
    pub patches: bool,
    /// The schemas of a custom kind, whose operations take fewer forms.
    pub custom: Option<Custom>,
}

/// The schemas that paths of a custom kind refer to.
pub(super) struct Custom {
    /// One object.
    pub object: String,
    /// A list of them.
    pub list: String,
}

fn content(forms: &[&str], schema: &Value) -> Object {
    let mut forms: Vec<&str> = forms.to_vec();
    forms.sort_unstable();
    forms
        .into_iter()
        .map(|form| (Key::Owned(form.to_owned()), json!({"schema": schema})))
        .collect()
}

fn parameter((name, place, ty): Parameter) -> Value {
    let mut out = Object::new();
    out.insert("name", name);
    out.insert("in", place);
    if place == "path" {
        out.insert("required", true);
    }
    out.insert("schema", json!({"type": ty, "uniqueItems": true}));
    Value::Object(out)
}

/// An answer with this code; a document without its description is no valid one.
pub(super) fn response(code: &str, content: Object) -> Value {
    let words = match code {
        "201" => "Created",
        "202" => "Accepted",
        _ => "OK",
    };
    json!({"description": words, "content": content})
}

/// The answer to who is nobody.
pub(super) fn refused() -> Value {
    json!({"description": "Unauthorized"})
}

impl Writer {
    fn reference(&mut self, ty: TypeId) -> Value {
        self.types.insert(ty);
        json!({"$ref": format!("#/components/schemas/{}", schema_name(ty))})
    }

    /// The schemas of a kind and of its list, if it is listed.
    fn schemas_of(&mut self, desc: &ResourceDesc) -> (Value, Option<Value>) {
        match &self.custom {
            Some(custom) => {
                let one = |name: &str| json!({"$ref": format!("#/components/schemas/{name}")});
                (one(&custom.object), Some(one(&custom.list)))
            }
            None => {
                let list = desc.list_ty.filter(|_| desc.has_verb("list"));
                (self.reference(desc.ty), list.map(|ty| self.reference(ty)))
            }
        }
    }

    fn forms(&self) -> &'static [&'static str] {
        match self.custom {
            Some(_) => CUSTOM_FORMS,
            None => FORMS,
        }
    }

    /// The forms of what is sent.
    fn taken(&self) -> &'static [&'static str] {
        match self.custom {
            Some(_) => CUSTOM_FORMS,
            None => &["*/*"],
        }
    }

    fn meta(&mut self, name: &str) -> Value {
        let ty =
            TypeId::by_name(&format!("meta/v1.{name}")).expect("the tables have the types of meta");
        self.reference(ty)
    }

    /// A path at which clients learn what there is.
    pub(super) fn discovery(&mut self, path: &str, tag: &str, id: &str, ty: &str) {
        let schema = self.meta(ty);
        let operation = json!({
            "tags": [tag], "operationId": id,
            "responses": {
                "200": response("200", content(FORMS, &schema)),
                "401": refused(),
            },
        });
        self.paths
            .insert(path.to_owned(), json!({"get": operation}));
    }

    /// Writes a path; parameters that all its operations share stand at the path.
    fn path(
        &mut self,
        path: &str,
        tag: &str,
        mut operations: Vec<Operation>,
        around: &[Parameter],
    ) {
        if operations.is_empty() {
            return;
        }
        for operation in &mut operations {
            operation.parameters.extend_from_slice(around);
            operation.parameters.sort_unstable();
        }
        let shared: Vec<Parameter> = operations[0]
            .parameters
            .iter()
            .filter(|parameter| {
                operations
                    .iter()
                    .all(|operation| operation.parameters.contains(parameter))
            })
            .copied()
            .collect();
        let mut item = Object::new();
        for operation in operations {
            let mut out = Object::new();
            out.insert("tags", vec![tag]);
            out.insert("operationId", operation.id);
            let own: Vec<Value> = operation
                .parameters
                .into_iter()
                .filter(|one| !shared.contains(one))
                .map(parameter)
                .collect();
            if !own.is_empty() {
                out.insert("parameters", own);
            }
            if let Some((content, required)) = operation.body {
                let mut body = Object::new();
                body.insert("content", content);
                if required {
                    body.insert("required", true);
                }
                out.insert("requestBody", body);
            }
            let mut responses = Object::new();
            for (code, content) in operation.responses {
                responses.insert(code, response(code, content));
            }
            responses.insert("401", refused());
            out.insert("responses", responses);
            out.insert("x-kubernetes-action", operation.action);
            let (group, version, kind) = operation.kind;
            out.insert(
                "x-kubernetes-group-version-kind",
                json!({"group": group, "version": version, "kind": kind}),
            );
            item.insert(operation.method, out);
        }
        if !shared.is_empty() {
            item.insert(
                "parameters",
                shared.into_iter().map(parameter).collect::<Vec<_>>(),
            );
        }
        self.paths.insert(path.to_owned(), item);
    }

    /// An operation without parameters or body.
    fn operation(
        &mut self,
        method: &'static str,
        action: &'static str,
        id: String,
        kind: (&str, &str, &str),
        codes: &[&'static str],
        answer: Object,
    ) -> Operation {
        Operation {
            method,
            id,
            action,
            kind: (kind.0.to_owned(), kind.1.to_owned(), kind.2.to_owned()),
            parameters: Vec::new(),
            body: None,
            responses: codes.iter().map(|code| (*code, answer.clone())).collect(),
        }
    }

    /// All paths of a resource.
    pub(super) fn resource(&mut self, desc: &ResourceDesc) {
        let names = Names::new(desc.group, desc.version);
        let (prefix, kind) = (&names.prefix, desc.kind);
        let gvk = (desc.group, desc.version, kind);
        let within = if desc.namespaced { "Namespaced" } else { "" };
        let place = if desc.namespaced {
            "namespaces/{namespace}/"
        } else {
            ""
        };
        let around: Vec<Parameter> = [
            ("namespace", "path", "string"),
            ("pretty", "query", "string"),
        ]
        .into_iter()
        .filter(|(name, ..)| desc.namespaced || *name != "namespace")
        .collect();
        let mut named = around.clone();
        named.push(("name", "path", "string"));
        let (object, list) = self.schemas_of(desc);
        let streams = match self.custom {
            Some(_) => &[],
            None => STREAMS,
        };
        let both: Vec<&str> = self.forms().iter().chain(streams).copied().collect();

        let mut operations = Vec::new();
        let list = list.map(|schema| content(&both, &schema));
        if let Some(list) = &list {
            let id = format!("list{prefix}{within}{kind}");
            let mut operation = self.operation("get", "list", id, gvk, &["200"], list.clone());
            operation.parameters = LIST.to_vec();
            operations.push(operation);
        }
        if desc.has_verb("create") {
            let id = format!("create{prefix}{within}{kind}");
            operations.push(self.write("post", id, gvk, &["200", "201", "202"], &object));
        }
        if desc.has_verb("deletecollection") {
            let id = format!("delete{prefix}Collection{within}{kind}");
            let status = self.meta("Status");
            let mut operation = self.operation(
                "delete",
                "deletecollection",
                id,
                gvk,
                &["200"],
                content(self.forms(), &status),
            );
            operation.parameters = DELETE.to_vec();
            operation.parameters.extend(
                LIST.iter()
                    .filter(|(name, ..)| !matches!(*name, "watch" | "allowWatchBookmarks")),
            );
            operation.body = Some((content(self.taken(), &self.meta("DeleteOptions")), false));
            operations.push(operation);
        }
        let base = format!("{}{place}{}", names.root, desc.resource);
        self.path(&base, &names.tag, operations, &around);
        if let Some(list) = list.filter(|_| desc.namespaced) {
            let id = format!("list{prefix}{kind}ForAllNamespaces");
            let mut operation = self.operation("get", "list", id, gvk, &["200"], list);
            operation.parameters = LIST.to_vec();
            let pretty = [("pretty", "query", "string")];
            self.path(
                &format!("{}{}", names.root, desc.resource),
                &names.tag,
                vec![operation],
                &pretty,
            );
        }
        self.object(desc, &names, &format!("{base}/{{name}}"), &named, &object);
        if desc.has_verb("watch") && self.custom.is_none() {
            self.watches(desc, &names, place, within, &around, &both);
        }
        for sub in desc.subresources {
            self.subresource(
                desc,
                sub,
                &names,
                &format!("{base}/{{name}}/{}", sub.name),
                &named,
            );
        }
    }

    fn write(
        &mut self,
        method: &'static str,
        id: String,
        kind: (&str, &str, &str),
        codes: &[&'static str],
        schema: &Value,
    ) -> Operation {
        let mut operation = self.operation(
            method,
            method,
            id,
            kind,
            codes,
            content(self.forms(), schema),
        );
        operation.parameters = WRITE.to_vec();
        operation.body = Some((content(self.taken(), schema), true));
        operation
    }

    fn patch(&mut self, id: String, kind: (&str, &str, &str), schema: &Value) -> Operation {
        self.patches = true;
        let patch =
            json!({"$ref": "#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.Patch"});
        let mut operation = self.operation(
            "patch",
            "patch",
            id,
            kind,
            &["200", "201"],
            content(self.forms(), schema),
        );
        operation.parameters = WRITE.to_vec();
        operation.parameters.push(("force", "query", "boolean"));
        let patches = match self.custom {
            Some(_) => CUSTOM_PATCHES,
            None => PATCHES,
        };
        operation.body = Some((content(patches, &patch), true));
        operation
    }

    fn object(
        &mut self,
        desc: &ResourceDesc,
        names: &Names,
        path: &str,
        named: &[Parameter],
        object: &Value,
    ) {
        let (prefix, kind) = (&names.prefix, desc.kind);
        let gvk = (desc.group, desc.version, kind);
        let within = if desc.namespaced { "Namespaced" } else { "" };
        let mut operations = Vec::new();
        if desc.has_verb("get") {
            let id = format!("read{prefix}{within}{kind}");
            operations.push(self.operation(
                "get",
                "get",
                id,
                gvk,
                &["200"],
                content(self.forms(), object),
            ));
        }
        if desc.has_verb("update") {
            let id = format!("replace{prefix}{within}{kind}");
            operations.push(self.write("put", id, gvk, &["200", "201"], object));
        }
        if desc.has_verb("delete") {
            let id = format!("delete{prefix}{within}{kind}");
            let answer = if desc.returns_deleted {
                object.clone()
            } else {
                self.meta("Status")
            };
            let mut operation = self.operation(
                "delete",
                "delete",
                id,
                gvk,
                &["200", "202"],
                content(self.forms(), &answer),
            );
            operation.parameters = DELETE.to_vec();
            operation.body = Some((content(self.taken(), &self.meta("DeleteOptions")), false));
            operations.push(operation);
        }
        if desc.has_verb("patch") {
            let id = format!("patch{prefix}{within}{kind}");
            operations.push(self.patch(id, gvk, object));
        }
        self.path(path, &names.tag, operations, named);
    }

    fn watches(
        &mut self,
        desc: &ResourceDesc,
        names: &Names,
        place: &str,
        within: &str,
        around: &[Parameter],
        both: &[&str],
    ) {
        let (prefix, kind) = (&names.prefix, desc.kind);
        let gvk = (desc.group, desc.version, kind);
        let schema = self.meta("WatchEvent");
        let events = content(both, &schema);
        let (root, resource) = (&names.root, desc.resource);
        let mut all = vec![
            (
                format!("{root}watch/{place}{resource}"),
                "watchlist",
                format!("watch{prefix}{within}{kind}List"),
                around.to_vec(),
            ),
            (
                format!("{root}watch/{place}{resource}/{{name}}"),
                "watch",
                format!("watch{prefix}{within}{kind}"),
                {
                    let mut named = around.to_vec();
                    named.push(("name", "path", "string"));
                    named
                },
            ),
        ];
        if desc.namespaced {
            let id = format!("watch{prefix}{kind}ListForAllNamespaces");
            all.push((
                format!("{root}watch/{resource}"),
                "watchlist",
                id,
                vec![("pretty", "query", "string")],
            ));
        }
        if !desc.has_verb("get") {
            all.remove(1);
        }
        for (path, action, id, around) in all {
            let mut operation = self.operation("get", action, id, gvk, &["200"], events.clone());
            operation.parameters = LIST.to_vec();
            self.path(&path, &names.tag, vec![operation], &around);
        }
    }

    fn subresource(
        &mut self,
        desc: &ResourceDesc,
        sub: &SubresourceDesc,
        names: &Names,
        path: &str,
        named: &[Parameter],
    ) {
        // A custom kind's status has the kind's own schema.
        let status = self.custom.is_some() && sub.name == "status";
        let own = status.then(|| self.schemas_of(desc).0);
        let Some(ty) = sub.ty.or(status.then_some(desc.ty)) else {
            return;
        };
        let within = if desc.namespaced { "Namespaced" } else { "" };
        let kind = (sub.group, sub.version, sub.kind);
        let name = format!("{}{within}{}{}", names.prefix, desc.kind, capital(sub.name));
        // What connects takes its options as parameters and answers anything.
        let options = TypeId::by_gvk(
            desc.group,
            desc.version,
            &format!("{}{}Options", desc.kind, capital(sub.name)),
        );
        if sub.kind.ends_with("Options") {
            return self.connect(
                sub,
                names,
                path,
                named,
                ty,
                &format!("{within}{}{}", desc.kind, capital(sub.name)),
            );
        }
        let schema = own.unwrap_or_else(|| self.reference(ty));
        let mut operations = Vec::new();
        for verb in ["get", "update", "create", "patch"] {
            if !sub.verbs.contains(&verb) {
                continue;
            }
            operations.push(match verb {
                "get" => match options {
                    Some(options) => {
                        let text = json!({"type": "string"});
                        let forms: Vec<&str> =
                            FORMS.iter().copied().chain(["text/plain"]).collect();
                        let mut operation = self.operation(
                            "get",
                            "get",
                            format!("read{name}"),
                            kind,
                            &["200"],
                            content(&forms, &text),
                        );
                        operation.parameters = option_parameters(options);
                        operation
                    }
                    None => self.operation(
                        "get",
                        "get",
                        format!("read{name}"),
                        kind,
                        &["200"],
                        content(self.forms(), &schema),
                    ),
                },
                "update" => self.write(
                    "put",
                    format!("replace{name}"),
                    kind,
                    &["200", "201"],
                    &schema,
                ),
                "create" => self.write(
                    "post",
                    format!("create{name}"),
                    kind,
                    &["200", "201", "202"],
                    &schema,
                ),
                _ => self.patch(format!("patch{name}"), kind, &schema),
            });
        }
        self.path(path, &names.tag, operations, named);
    }

    fn connect(
        &mut self,
        sub: &SubresourceDesc,
        names: &Names,
        path: &str,
        named: &[Parameter],
        options: TypeId,
        what: &str,
    ) {
        let kind = (sub.group, sub.version, sub.kind);
        let named: Vec<Parameter> = named
            .iter()
            .filter(|(name, ..)| *name != "pretty")
            .copied()
            .collect();
        let text = json!({"type": "string"});
        let proxies = sub.verbs.contains(&"delete");
        for deep in [false, true] {
            if deep && !proxies {
                continue;
            }
            let methods: &[(&'static str, &str)] = if proxies {
                &[
                    ("get", "Get"),
                    ("put", "Put"),
                    ("post", "Post"),
                    ("delete", "Delete"),
                    ("options", "Options"),
                    ("head", "Head"),
                    ("patch", "Patch"),
                ]
            } else {
                &[("get", "Get"), ("post", "Post")]
            };
            let mut operations = Vec::new();
            for (method, word) in methods {
                let id = format!(
                    "connect{}{word}{what}{}",
                    names.prefix,
                    if deep { "WithPath" } else { "" }
                );
                let mut operation = self.operation(
                    method,
                    "connect",
                    id,
                    kind,
                    &["200"],
                    content(&["*/*"], &text),
                );
                operation.parameters = option_parameters(options);
                if deep {
                    operation.parameters.push(("path", "path", "string"));
                }
                operations.push(operation);
            }
            let path = if deep {
                format!("{path}/{{path}}")
            } else {
                path.to_owned()
            };
            self.path(&path, &names.tag, operations, &named);
        }
    }
}

/// The fields of an options type as parameters.
fn option_parameters(options: TypeId) -> Vec<Parameter> {
    let fields = options.desc().typed_fields();
    fields
        .iter()
        // A time is a struct to Go, and those are no parameters.
        .filter(|field| field.ty != FieldType::Time)
        .map(|field| {
            let ty = match field.ty {
                FieldType::Bool => "boolean",
                FieldType::Int32 | FieldType::Int64 => "integer",
                FieldType::List(FieldType::Int32) => "integer",
                _ => "string",
            };
            (field.json, "query", ty)
        })
        .collect()
}
