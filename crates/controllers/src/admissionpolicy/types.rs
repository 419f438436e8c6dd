//! The types that policies name: those of the API itself, and those that are
//! defined in the cluster. The latter are read as every client may read them,
//! from discovery and OpenAPI (as upstream's controller does): its account has
//! no right to see definitions, and aggregated servers have none.

use std::collections::BTreeSet;

use skeg_api::admissionregistration::v1::ValidatingAdmissionPolicy;
use skeg_cel::DeclType;
use skeg_client::Client;
use skeg_client::openapi::OpenApi;
use skeg_schema::dynamic::Node;
use skeg_schema::resources::RESOURCES;
use skeg_schema::{Object, TypeId, Value, json};

/// More types of one policy are not looked at.
const TYPES_MAX: usize = 10;

/// More groups and versions that are not the API's own are not read: a policy
/// with more could not have them looked at.
const FOREIGN_MAX: usize = TYPES_MAX + 1;

/// A kind that a policy's rules name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
}

/// A group and version that are not the API's own.
struct Foreign {
    group: String,
    version: String,
    /// Plural names and kinds.
    resources: Vec<(String, String)>,
    /// The schemas of its OpenAPI document.
    schemas: Value,
}

/// Where types are found.
#[derive(Default)]
pub(super) struct Known {
    foreign: Vec<Foreign>,
}

/// The schema with the schemas that it refers to in their places; one that
/// stands within itself is any object there.
fn resolved<'s>(schema: &'s Value, all: &'s Value, within: &mut Vec<&'s str>) -> Value {
    const PREFIX: &str = "#/components/schemas/";
    // What has more to say than the reference wraps it.
    let wrapped = match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([one]) => one,
        _ => schema,
    };
    if let Some(name) = wrapped["$ref"].as_str() {
        let name = name.strip_prefix(PREFIX).unwrap_or(name);
        if within.contains(&name) {
            return json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
        }
        within.push(name);
        let found = resolved(&all[name], all, within);
        within.pop();
        return found;
    }
    let mut out = schema.clone();
    for part in ["items", "additionalProperties"] {
        if schema[part].is_object() {
            out.set_at(&[part], resolved(&schema[part], all, within));
        }
    }
    if let Some(properties) = schema["properties"].as_object() {
        let found = properties
            .iter()
            .map(|(name, part)| (name.clone(), resolved(part, all, within)));
        let found: Object = found.collect();
        out.set_at(&["properties"], Value::Object(found));
    }
    out
}

/// Whether a schema is that of a kind.
fn is_of(schema: &Value, group: &str, version: &str, kind: &str) -> bool {
    let kinds = schema["x-kubernetes-group-version-kind"].as_array();
    kinds.into_iter().flatten().any(|named| {
        named["group"] == *group && named["version"] == *version && named["kind"] == *kind
    })
}

/// The type of a custom resource: what its schema declares, and what every
/// object has.
fn custom_type(schema: &Value) -> DeclType {
    const OWN: [&str; 3] = ["apiVersion", "kind", "metadata"];
    let node = Node::compile(schema);
    let mut fields = vec![
        (OWN[0].to_owned(), DeclType::string()),
        (OWN[1].to_owned(), DeclType::string()),
    ];
    if let Some(meta) = TypeId::by_name("meta/v1.ObjectMeta") {
        fields.push((OWN[2].to_owned(), DeclType::message(meta)));
    }
    for (name, part) in &node.properties {
        if OWN.contains(&&**name) {
            continue;
        }
        let path = format!("object.{name}");
        if let Some(decl) = DeclType::from_schema(part, part.embedded, &path) {
            fields.push(((**name).to_owned(), decl));
        }
    }
    DeclType::escaped_object("object", fields)
}

/// Whether the API itself has a group and version.
fn is_own(group: &str, version: &str) -> bool {
    let mut all = RESOURCES.iter();
    all.any(|desc| desc.group == group && desc.version == version)
}

/// The groups and versions that a policy names and the API itself does not
/// have.
fn foreign(policy: &ValidatingAdmissionPolicy) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let of_params = policy.spec.param_kind.as_ref();
    if let Some((group, version)) = of_params.and_then(|kind| kind.api_version.rsplit_once('/')) {
        found.insert((group.to_owned(), version.to_owned()));
    }
    let constraints = policy.spec.match_constraints.iter();
    for rule in constraints.flat_map(|constraints| &constraints.resource_rules) {
        for group in &rule.api_groups {
            for version in &rule.api_versions {
                found.insert((group.clone(), version.clone()));
            }
        }
    }
    found.retain(|(group, version)| {
        !group.contains('*') && !version.contains('*') && !is_own(group, version)
    });
    found
}

impl Known {
    #[cfg(test)]
    pub(super) fn of(
        group: &str,
        version: &str,
        resources: &[(&str, &str)],
        document: &Value,
    ) -> Self {
        let resources = resources.iter();
        let resources = resources.map(|(plural, kind)| ((*plural).to_owned(), (*kind).to_owned()));
        Self {
            foreign: vec![Foreign {
                group: group.to_owned(),
                version: version.to_owned(),
                resources: resources.collect(),
                schemas: document["components"]["schemas"].clone(),
            }],
        }
    }

    /// What a policy may need. What cannot be read is not known: the types of
    /// a policy are looked at to warn, and do not keep its status from it.
    /// Cancelling it abandons the requests.
    pub(super) async fn for_policy(client: &Client, policy: &ValidatingAdmissionPolicy) -> Self {
        let openapi = OpenApi::new(client.clone());
        let mut known = Self::default();
        for (group, version) in foreign(policy).into_iter().take(FOREIGN_MAX) {
            let read = async {
                let listed = client.resources(&group, &version).await?;
                let name = format!("apis/{group}/{version}");
                Ok::<_, skeg_client::Error>((listed, openapi.document(&name).await?))
            };
            match read.await {
                Ok((listed, document)) => known.foreign.push(Foreign {
                    group,
                    version,
                    resources: listed
                        .into_iter()
                        .map(|one| {
                            (
                                one.resource.plural.to_string(),
                                one.resource.kind.to_string(),
                            )
                        })
                        .collect(),
                    schemas: document
                        .map(|document| document["components"]["schemas"].clone())
                        .unwrap_or_default(),
                }),
                Err(error) if error.is_not_found() => {}
                Err(error) => tracing::debug!(%group, %version, %error, "types are not known"),
            }
        }
        known
    }

    /// The kinds that the rules name one by one.
    pub(super) fn kinds(&self, policy: &ValidatingAdmissionPolicy) -> BTreeSet<Named> {
        let mut found = BTreeSet::new();
        let Some(constraints) = &policy.spec.match_constraints else {
            return found;
        };
        let own = RESOURCES
            .iter()
            .map(|desc| (desc.group, desc.version, desc.resource, desc.kind));
        let custom = self.foreign.iter().flat_map(|foreign| {
            let (group, version) = (&*foreign.group, &*foreign.version);
            let named = foreign.resources.iter();
            named.map(move |(plural, kind)| (group, version, &**plural, &**kind))
        });
        let all: Vec<(&str, &str, &str, &str)> = own.chain(custom).collect();
        for rule in &constraints.resource_rules {
            let open = |names: &[String]| names.iter().any(|name| name.contains('*'));
            if open(&rule.api_groups) || open(&rule.api_versions) {
                continue;
            }
            let has = |names: &[String], name: &str| names.iter().any(|known| known == name);
            let mut count = 0;
            for (group, version, resource, kind) in &all {
                let named = has(&rule.api_groups, group)
                    && has(&rule.api_versions, version)
                    && has(&rule.resources, resource);
                if !named {
                    continue;
                }
                found.insert(Named {
                    group: (*group).to_owned(),
                    version: (*version).to_owned(),
                    kind: (*kind).to_owned(),
                });
                count += 1;
                if count == TYPES_MAX {
                    return found;
                }
            }
        }
        found
    }

    /// The type of a kind.
    pub(super) fn type_of(&self, group: &str, version: &str, kind: &str) -> Option<DeclType> {
        if let Some(ty) = TypeId::by_gvk(group, version, kind) {
            return Some(DeclType::message(ty));
        }
        let foreign = self
            .foreign
            .iter()
            .find(|foreign| foreign.group == group && foreign.version == version)?;
        let schemas = foreign.schemas.as_object()?;
        let (_, schema) = schemas
            .iter()
            .find(|(_, schema)| is_of(schema, group, version, kind))?;
        let schema = resolved(schema, &foreign.schemas, &mut Vec::new());
        Some(custom_type(&schema))
    }
}
