//! Pods on their nodes that are to have other resources.

use super::quota::pod_requests;
use super::{Attributes, Operation, Plugin, Scope, Warnings};
use crate::objects::Gr;
use crate::tree::{self, at, list, s};
use async_trait::async_trait;
use skeg_meta::{Quantity, Status, StatusCause, StatusDetails};
use skeg_schema::Value;
use skeg_schema::go::quote;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The node of a pod that is changed; None for one that has none yet.
async fn node_of(attrs: &Attributes<'_>, pod: &Value) -> Result<Option<Arc<Value>>, Status> {
    let name = tree::sp(pod, &["spec", "nodeName"]);
    if attrs.operation != Operation::Update || name.is_empty() {
        return Ok(None);
    }
    match attrs.ctx.objects.get(Gr::NODES, "", name).await? {
        Some(node) => Ok(Some(node)),
        None => Err(attrs.forbidden(pod, format_args!("node {} not found", quote(name)))),
    }
}

/// PodResizeValidator: what a pod is resized to must be there on its node.
pub struct PodResizeValidator;

#[async_trait]
impl Plugin for PodResizeValidator {
    fn name(&self) -> &'static str {
        "PodResizeValidator"
    }

    fn scope(&self) -> Scope {
        Scope::validating(&[("", "pods")])
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        pod: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let generation = |pod: &Value| tree::i0(at(pod, "metadata"), "generation");
        let unchanged = old.is_some_and(|old| generation(old) == generation(pod));
        if attrs.ctx.subresource != "resize" || unchanged {
            return Ok(());
        }
        let Some(node) = node_of(attrs, pod).await? else {
            return Ok(());
        };
        let refused = |words: String, reason: &str| {
            let mut status = attrs.forbidden(pod, words);
            let details = status.details.get_or_insert_with(StatusDetails::default);
            details.causes = vec![StatusCause {
                reason: reason.to_owned(),
                ..StatusCause::default()
            }];
            Err(status)
        };
        if let Some(os) = tree::label(&node, "kubernetes.io/os").filter(|os| *os != "linux") {
            let name = quote(tree::name_of(&node));
            let words = format!(
                "pod resize is only supported on linux nodes, node {name} is {}",
                quote(os)
            );
            return refused(words, "UnsupportedPlatform");
        }
        let wanted = pod_requests(at(pod, "spec"));
        let has = tree::path(&node, &["status", "allocatable"]);
        let amount = |name: &str| -> Quantity {
            let text = at(has, name).as_str();
            text.and_then(|text| text.parse().ok()).unwrap_or_default()
        };
        type Unit = fn(&Quantity) -> i64;
        let units: [(&str, Unit); 2] =
            [("cpu", Quantity::milli_value), ("memory", Quantity::value)];
        let short: Vec<String> = units
            .iter()
            .filter_map(|(name, unit)| {
                let (wanted, has) = (unit(wanted.get(*name)?), unit(&amount(name)));
                (wanted > has).then(|| format!("{name}, requested: {wanted}, allocatable: {has}"))
            })
            .collect();
        if short.is_empty() {
            return Ok(());
        }
        let words = format!(
            "node didn't have enough allocatable resources: {}",
            short.join("; ")
        );
        refused(words, "NodeCapacity")
    }
}

/// NodeDeclaredFeatureValidator: what a change of a pod takes, its node must declare.
pub struct NodeDeclaredFeatureValidator;

#[async_trait]
impl Plugin for NodeDeclaredFeatureValidator {
    fn name(&self) -> &'static str {
        "NodeDeclaredFeatureValidator"
    }

    fn scope(&self) -> Scope {
        Scope::validating(&[("", "pods")])
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        pod: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let Some(old) = old.filter(|_| matches!(attrs.ctx.subresource, "" | "resize")) else {
            return Ok(());
        };
        let needed = needed(at(pod, "spec"), at(old, "spec"));
        if needed.is_empty() {
            return Ok(());
        }
        let Some(node) = node_of(attrs, pod).await? else {
            return Ok(());
        };
        let declared = list(at(&node, "status"), "declaredFeatures");
        let is_declared = |feature: &&str| declared.iter().any(|one| one.as_str() == Some(feature));
        let missing: Vec<&str> = needed
            .into_iter()
            .filter(|feature| !is_declared(feature))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let words = format!(
            "pod update requires features {} which are not available on node {}",
            missing.join(", "),
            quote(tree::name_of(&node))
        );
        Err(attrs.forbidden(pod, words))
    }
}

/// The features that a change takes (`k8s.io/component-helpers/nodedeclaredfeatures`).
fn needed(new: &Value, old: &Value) -> BTreeSet<&'static str> {
    let mut out = BTreeSet::new();
    if !tree::same(at(new, "resources"), at(old, "resources")) {
        out.insert("InPlacePodLevelResourcesVerticalScaling");
    }
    let before = list(old, "initContainers");
    for container in list(new, "initContainers") {
        let was = before
            .iter()
            .find(|was| s(was, "name") == s(container, "name"));
        let resources = |of: &Value| at(of, "resources").clone();
        if s(container, "restartPolicy") != "Always"
            && was.is_some_and(|was| !tree::same(&resources(was), &resources(container)))
        {
            out.insert("InPlacePodVerticalScalingInitContainers");
        }
    }
    out
}
