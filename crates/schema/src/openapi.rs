//! OpenAPI v3 and v2, written from the tables: what `kubectl explain`, `apply` and
//! `create` look into.

mod descriptions;
mod paths;
mod schemas;
mod v2;

use std::collections::BTreeSet;

pub use descriptions::column as column_description;
pub use v2::{path_item as v2_path_item, v2_document};

use crate::resources::{RESOURCES, ResourceDesc};
use crate::{Object, TypeId, Value, json};

/// The documents there are, as in the index: `api`, `api/v1`, `apis/apps/v1`, …
/// for the resources that `served` takes.
#[must_use]
pub fn v3_paths(served: &dyn Fn(&ResourceDesc) -> bool) -> Vec<String> {
    let mut paths = BTreeSet::from(["api".to_owned(), "apis".to_owned(), "version".to_owned()]);
    for desc in RESOURCES.iter().filter(|desc| served(desc)) {
        if desc.group.is_empty() {
            paths.insert(format!("api/{}", desc.version));
        } else {
            paths.insert(format!("apis/{}", desc.group));
            paths.insert(format!("apis/{}/{}", desc.group, desc.version));
        }
    }
    paths.into_iter().collect()
}

/// The index at `/openapi/v3`: each document's address, whose hash changes when
/// what is served or the version of the tables does.
#[must_use]
pub fn v3_index(served: &dyn Fn(&ResourceDesc) -> bool) -> Value {
    let mut paths = Object::new();
    for path in v3_paths(served) {
        let address = format!("/openapi/v3/{path}?hash={}", v3_hash(&path, served));
        paths.insert(path, json!({"serverRelativeURL": address}));
    }
    json!({"paths": paths})
}

/// The hash of a document, as [`v3_index`] tells it.
#[must_use]
pub fn v3_hash(path: &str, served: &dyn Fn(&ResourceDesc) -> bool) -> String {
    // FNV-1a over what the document is made from.
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    let mut add = |text: &str| {
        for byte in text.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    add(env!("CARGO_PKG_VERSION"));
    add(path);
    for desc in RESOURCES.iter().filter(|desc| served(desc)) {
        add(desc.group);
        add(desc.version);
        add(desc.resource);
    }
    format!("{hash:016X}")
}

/// The document at one of [`v3_paths`], as a tree; `None` where there is none.
#[must_use]
pub fn v3_document(path: &str, served: &dyn Fn(&ResourceDesc) -> bool) -> Option<Value> {
    let mut writer = paths::Writer::default();
    match path.split('/').collect::<Vec<_>>().as_slice() {
        ["api"] => writer.discovery("/api/", "core", "getCoreAPIVersions", "APIVersions"),
        ["apis"] => writer.discovery("/apis/", "apis", "getAPIVersions", "APIGroupList"),
        ["version"] => return Some(document(version_paths(), version_schemas())),
        ["apis", group] => {
            RESOURCES
                .iter()
                .find(|desc| desc.group == *group && served(desc))?;
            let names = paths::Names::new(group, "");
            let operation = format!("get{}APIGroup", names.prefix);
            writer.discovery(
                &format!("/apis/{group}/"),
                &names.tag,
                &operation,
                "APIGroup",
            );
        }
        ["api", version] => group_version(&mut writer, "", version, served)?,
        ["apis", group, version] => group_version(&mut writer, group, version, served)?,
        _ => return None,
    }
    let paths::Writer {
        paths,
        types,
        patches,
        ..
    } = writer;
    let group_version = path
        .strip_prefix("apis/")
        .and_then(|rest| rest.split_once('/'));
    let mut schemas = schemas::schemas(&types, group_version);
    if patches {
        schemas.insert(
            "io.k8s.apimachinery.pkg.apis.meta.v1.Patch",
            json!({"type": "object"}),
        );
    }
    schemas.sort_keys();
    Some(document(paths, schemas))
}

fn group_version(
    writer: &mut paths::Writer,
    group: &str,
    version: &str,
    served: &dyn Fn(&ResourceDesc) -> bool,
) -> Option<()> {
    let mut any = false;
    for desc in RESOURCES
        .iter()
        .filter(|desc| desc.group == group && desc.version == version && served(desc))
    {
        if !any {
            let names = paths::Names::new(group, version);
            let operation = format!("get{}APIResources", names.prefix);
            writer.discovery(&names.root, &names.tag, &operation, "APIResourceList");
        }
        any = true;
        writer.resource(desc);
    }
    any.then_some(())
}

/// The paths of a custom kind, as documents of version 3 have them; `object` and
/// `list` name its schemas.
#[must_use]
pub fn custom_paths(desc: &ResourceDesc, object: &str, list: &str) -> Object {
    let mut writer = paths::Writer {
        custom: Some(paths::Custom {
            object: object.to_owned(),
            list: list.to_owned(),
        }),
        ..paths::Writer::default()
    };
    writer.resource(desc);
    writer.paths
}

fn document(paths: Object, schemas: Object) -> Value {
    json!({
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "1.37"},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"BearerToken": {"type": "apiKey", "name": "authorization", "in": "header"}},
        },
    })
}

const VERSION_INFO: &str = "io.k8s.apimachinery.pkg.version.Info";

fn version_paths() -> Object {
    let schema = json!({"$ref": format!("#/components/schemas/{VERSION_INFO}")});
    let content = Object::from_iter([("application/json".into(), json!({"schema": schema}))]);
    let operation = json!({
        "tags": ["version"],
        "operationId": "getCodeVersion",
        "responses": {"200": paths::response("200", content), "401": paths::refused()},
    });
    [("/version/".into(), json!({"get": operation}))]
        .into_iter()
        .collect()
}

fn version_schemas() -> Object {
    let required = [
        "major",
        "minor",
        "gitVersion",
        "gitCommit",
        "gitTreeState",
        "buildDate",
        "goVersion",
        "compiler",
        "platform",
    ];
    let optional = [
        "emulationMajor",
        "emulationMinor",
        "minCompatibilityMajor",
        "minCompatibilityMinor",
    ];
    let mut properties = Object::new();
    for name in required {
        properties.insert(name, json!({"type": "string", "default": ""}));
    }
    for name in optional {
        properties.insert(name, json!({"type": "string"}));
    }
    properties.sort_keys();
    let schema = json!({"type": "object", "required": required.to_vec(), "properties": properties});
    [(VERSION_INFO.into(), schema)].into_iter().collect()
}

/// The name of a type in documents: `io.k8s.api.core.v1.Pod`.
#[must_use]
pub fn schema_name(ty: TypeId) -> String {
    let desc = ty.desc();
    // Backwards by dots up to the group, which protobuf spells with underscores.
    let rest = desc
        .proto_name
        .strip_prefix("k8s.io.")
        .unwrap_or(desc.proto_name);
    format!(
        "io.k8s.{}",
        rest.replace("apiextensions_apiserver", "apiextensions-apiserver")
            .replace("kube_aggregator", "kube-aggregator")
    )
}
