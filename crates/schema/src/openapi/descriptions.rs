//! What users must know of kinds and fields, from a text beside this file.

use std::collections::HashMap;

/// The texts; read whenever a document is made, and not kept.
pub(super) struct Descriptions {
    /// By type; empty field: about the type itself.
    texts: HashMap<(&'static str, &'static str), &'static str>,
}

const FILE: &str = include_str!("descriptions.txt");
/// Stands for every type.
const ANY: &str = "*";

impl Descriptions {
    pub(super) fn read() -> Self {
        let mut texts = HashMap::new();
        for (types, field, text) in lines(FILE) {
            for name in types.split(' ') {
                texts.insert((name, field), text);
            }
        }
        Self { texts }
    }

    /// About a type.
    pub(super) fn of_type(&self, name: &str) -> Option<&'static str> {
        self.texts.get(&(name, "")).copied()
    }

    /// About a field of a type.
    pub(super) fn of_field(&self, name: &str, field: &str) -> Option<&'static str> {
        let own = self.texts.get(&(name, field));
        own.or_else(|| self.texts.get(&(ANY, field))).copied()
    }
}

const COLUMNS: &str = include_str!("columns.txt");

/// What a column of a table shows, by its name; empty where the name says it.
#[must_use]
pub fn column(name: &str) -> &'static str {
    let texts = COLUMNS.lines().filter_map(|line| line.split_once('\t'));
    let mut own = texts.filter(|(column, _)| *column == name);
    own.next().map_or("", |(_, text)| text)
}

/// Every text with the types and the field it is about.
fn lines(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let mut types = "";
    file.lines().filter_map(move |line| {
        if let Some(names) = line.strip_prefix("# ") {
            types = names;
            None
        } else if line.is_empty() || line.starts_with(';') {
            None
        } else if let Some(text) = line.strip_prefix("> ") {
            Some((types, "", text))
        } else {
            let (field, text) = line.split_once(": ")?;
            Some((types, field, text))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TypeId;
    use crate::resources::RESOURCES;

    #[test]
    fn every_text_is_about_something() {
        let mut lost = Vec::new();
        for (types, field, text) in lines(FILE) {
            assert!(text.ends_with(['.', '"', '…']) || text.len() < 40, "{text}");
            let known = types.split(' ').any(|name| {
                name == ANY
                    || TypeId::by_name(name).is_some_and(|ty| {
                        field.is_empty() || ty.desc().fields.iter().any(|f| f.json == field)
                    })
            });
            if !known {
                lost.push(format!("{types} {field}"));
            }
        }
        assert!(lost.is_empty(), "{lost:#?}");
    }

    #[test]
    fn columns_that_there_are_are_described() {
        let known = |name: &str| {
            let mut all = RESOURCES.iter().flat_map(|desc| desc.printer_columns);
            all.any(|column| column.name == name)
        };
        for (name, text) in COLUMNS.lines().filter_map(|line| line.split_once('\t')) {
            assert!(known(name), "{name}");
            assert_eq!(column(name), text);
        }
        assert_eq!(column("Nothing"), "");
    }

    #[test]
    fn every_kind_is_described() {
        let texts = Descriptions::read();
        let missing: Vec<&str> = RESOURCES
            .iter()
            .filter(|desc| desc.served_by_default())
            .map(|desc| desc.ty.desc().name)
            .filter(|name| texts.of_type(name).is_none())
            .collect();
        assert!(missing.is_empty(), "{missing:#?}");
    }

    #[test]
    fn the_most_used_kinds_are_described_field_by_field() {
        let texts = Descriptions::read();
        let mut missing = Vec::new();
        for name in [
            "core/v1.PodSpec",
            "core/v1.Container",
            "core/v1.Probe",
            "core/v1.ServiceSpec",
            "core/v1.ServicePort",
            "core/v1.ConfigMap",
            "core/v1.Secret",
            "core/v1.PersistentVolumeClaimSpec",
            "core/v1.SecurityContext",
            "apps/v1.DeploymentSpec",
            "apps/v1.StatefulSetSpec",
            "apps/v1.DaemonSetSpec",
            "apps/v1.ReplicaSetSpec",
            "batch/v1.JobSpec",
            "batch/v1.CronJobSpec",
            "networking/v1.IngressSpec",
            "networking/v1.NetworkPolicySpec",
            "rbac/v1.PolicyRule",
            "storage/v1.StorageClass",
            "autoscaling/v2.HorizontalPodAutoscalerSpec",
            "policy/v1.PodDisruptionBudgetSpec",
            "meta/v1.ObjectMeta",
        ] {
            let ty = TypeId::by_name(name).expect(name);
            for field in ty.desc().fields {
                if texts.of_field(name, field.json).is_none() {
                    missing.push(format!("{name} {}", field.json));
                }
            }
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }
}
