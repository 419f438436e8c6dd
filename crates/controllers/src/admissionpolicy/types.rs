//! The types that policies name: those of the API itself, and those that are
//! defined in the cluster.

use std::collections::BTreeSet;

use skeg_api::admissionregistration::v1::ValidatingAdmissionPolicy;
use skeg_cel::DeclType;
use skeg_client::{Client, DynamicApi, Error, ListOptions};
use skeg_schema::dynamic::Node;
use skeg_schema::resources::RESOURCES;
use skeg_schema::{TypeId, Value};

use crate::defined;

/// More types of one policy are not looked at.
const TYPES_MAX: usize = 10;

/// A kind that a policy's rules name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) group: String,
    pub(super) version: String,
    pub(super) kind: String,
}

/// Where types are found.
#[derive(Default)]
pub(super) struct Known {
    /// CustomResourceDefinitions.
    definitions: Vec<Value>,
}

fn text<'v>(value: &'v Value, path: &[&str]) -> &'v str {
    value.at(path).and_then(Value::as_str).unwrap_or_default()
}

/// The served versions of a definition: name and schema.
fn versions(definition: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let all = definition
        .at(&["spec", "versions"])
        .and_then(Value::as_array);
    all.into_iter()
        .flatten()
        .filter(|version| version["served"] == Value::Bool(true))
        .map(|version| {
            let name = version["name"].as_str().unwrap_or_default();
            (name, &version["schema"]["openAPIV3Schema"])
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

impl Known {
    #[cfg(test)]
    pub(super) fn of(definitions: Vec<Value>) -> Self {
        Self { definitions }
    }

    /// What a policy may need: the definitions of the cluster only if it names
    /// a group that is not the API's own.
    pub(super) async fn for_policy(
        client: &Client,
        policy: &ValidatingAdmissionPolicy,
    ) -> Result<Self, Error> {
        let rules = policy.spec.match_constraints.iter();
        let rules = rules.flat_map(|constraints| &constraints.resource_rules);
        let mut groups = rules.flat_map(|rule| rule.api_groups.iter().map(String::as_str));
        let params = policy.spec.param_kind.as_ref();
        let of_params = params.and_then(|kind| kind.api_version.rsplit_once('/'));
        let own = |group: &str| RESOURCES.iter().any(|desc| desc.group == group);
        let foreign = groups.any(|group| group != "*" && !own(group))
            || of_params.is_some_and(|(group, _)| !own(group));
        let Some(resource) = defined::definitions().filter(|_| foreign) else {
            return Ok(Self::default());
        };
        let list = DynamicApi::all(client.clone(), resource)
            .list_shared(&ListOptions::default())
            .await?;
        let definitions = list.items.iter().map(|item| (*item.value()).clone());
        Ok(Self {
            definitions: definitions.collect(),
        })
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
        let custom = self.definitions.iter().flat_map(|definition| {
            let of = |path: &[&str]| text(definition, path);
            let group = of(&["spec", "group"]);
            let (plural, kind) = (
                of(&["spec", "names", "plural"]),
                of(&["spec", "names", "kind"]),
            );
            versions(definition).map(move |(version, _)| (group, version, plural, kind))
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
        let definition = self.definitions.iter().find(|definition| {
            text(definition, &["spec", "group"]) == group
                && text(definition, &["spec", "names", "kind"]) == kind
        })?;
        let (_, schema) = versions(definition).find(|(name, _)| *name == version)?;
        Some(custom_type(schema))
    }
}
