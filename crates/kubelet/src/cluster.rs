//! The API as the kubelet uses it: what volumes and containers are made from,
//! and what a pod's worker has to say.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use skeg_api::authentication::v1::{BoundObjectReference, TokenRequest, TokenRequestSpec};
use skeg_api::core::v1::{
    ConfigMap, ObjectReference, Pod, PodStatus, Secret, Service, ServiceAccount,
};
use skeg_api::node::v1::RuntimeClass;
use skeg_client::{Api, Client, DeleteOptions, Patch, PatchOptions};
use skeg_runtime::{EventRecorder, EventType, Informer};
use skeg_schema::{Value, json};

use crate::allocation;
use crate::pod_api::PodApi;
use crate::volumes::{Source, Token};

/// A token is renewed when this share of its life is over, in percent.
const RENEW_PERCENT: u32 = 80;
/// A token is renewed after this time however long it lives (upstream's `maxTTL`).
const RENEW_AFTER_MAX: Duration = Duration::from_secs(24 * 3600);

pub(crate) struct Cluster {
    pub(crate) client: Client,
    pub(crate) recorder: EventRecorder,
    pub(crate) services: Informer<Service>,
}

impl Cluster {
    fn api<K: skeg_meta::Object>(&self, namespace: &str) -> Api<K> {
        Api::namespaced(self.client.clone(), namespace)
    }
}

#[async_trait]
impl Source for Cluster {
    async fn config_map(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Option<Arc<ConfigMap>>, String> {
        self.api(namespace)
            .get_opt(name)
            .await
            .map_err(|error| error.chain())
    }

    async fn secret(&self, namespace: &str, name: &str) -> Result<Option<Arc<Secret>>, String> {
        self.api(namespace)
            .get_opt(name)
            .await
            .map_err(|error| error.chain())
    }

    async fn services(&self, pod: &Pod) -> Result<Vec<Arc<Service>>, String> {
        self.services.synced().await;
        let mut found: Vec<Arc<Service>> = self
            .services
            .get("default", "kubernetes")
            .into_iter()
            .collect();
        if pod.spec.enable_service_links != Some(false) {
            let namespace = &pod.metadata.namespace;
            let others = self.services.store().in_namespace(namespace);
            found.extend(others.into_iter().filter(|service| {
                !(service.metadata.name == "kubernetes" && service.metadata.namespace == "default")
            }));
        }
        Ok(found)
    }

    async fn runtime_handler(&self, class: &str) -> Result<String, String> {
        let classes = Api::<RuntimeClass>::all(self.client.clone());
        let found = classes.get(class).await.map_err(|error| error.chain())?;
        Ok(found.handler.clone())
    }

    async fn token(
        &self,
        pod: &Pod,
        audience: &str,
        expiration_seconds: i64,
    ) -> Result<Token, String> {
        let request = TokenRequest {
            spec: TokenRequestSpec {
                audiences: if audience.is_empty() {
                    vec![]
                } else {
                    vec![audience.to_owned()]
                },
                expiration_seconds: Some(expiration_seconds),
                bound_object_ref: Some(BoundObjectReference {
                    kind: "Pod".into(),
                    api_version: "v1".into(),
                    name: pod.metadata.name.clone(),
                    uid: pod.metadata.uid.clone(),
                }),
                ..Default::default()
            },
            ..Default::default()
        };
        let accounts = self.api::<ServiceAccount>(&pod.metadata.namespace);
        let asked = SystemTime::now();
        let answer = accounts
            .create_token(&pod.spec.service_account_name, request)
            .await
            .map_err(|error| format!("failed to fetch token: {}", error.chain()))?;
        // What was asked for may have been shortened.
        let granted = answer.spec.expiration_seconds.unwrap_or(expiration_seconds);
        let lifetime = Duration::from_secs(u64::try_from(granted).unwrap_or(0));
        Ok(Token {
            token: answer.status.token.clone(),
            renew_at: asked + (lifetime * RENEW_PERCENT / 100).min(RENEW_AFTER_MAX),
        })
    }
}

#[async_trait]
impl PodApi for Cluster {
    async fn write_status(&self, pod: &Pod, status: &PodStatus) -> Result<(), String> {
        let api = self.api::<Pod>(&pod.metadata.namespace);
        let patch = Patch::Strategic(status_patch(pod, status));
        match api
            .patch_status(&pod.metadata.name, &patch, &PatchOptions::default())
            .await
        {
            Ok(_) => Ok(()),
            // It is gone, or another pod has taken its name: nobody wants this status.
            Err(error) if error.is_not_found() || error.is_conflict() => Ok(()),
            Err(error) => Err(error.chain()),
        }
    }

    async fn remove(&self, pod: &Pod) -> Result<(), String> {
        let api = self.api::<Pod>(&pod.metadata.namespace);
        let options = DeleteOptions::now().uid(pod.metadata.uid.as_str());
        match api.delete(&pod.metadata.name, &options).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_not_found() || error.is_conflict() => Ok(()),
            Err(error) => Err(error.chain()),
        }
    }

    fn event(
        &self,
        pod: &Pod,
        container: Option<&str>,
        kind: &'static str,
        reason: &'static str,
        message: String,
    ) {
        let mut about = ObjectReference {
            api_version: "v1".into(),
            kind: "Pod".into(),
            namespace: pod.metadata.namespace.clone(),
            name: pod.metadata.name.clone(),
            uid: pod.metadata.uid.clone(),
            resource_version: pod.metadata.resource_version.clone(),
            ..Default::default()
        };
        if let Some(name) = container {
            let list = crate::containers::list_of(pod, name);
            let field = list.map_or("containers", crate::containers::List::field);
            about.field_path = format!("spec.{field}{{{name}}}");
        }
        let kind = if kind == "Warning" {
            EventType::Warning
        } else {
            EventType::Normal
        };
        self.recorder.event_about(about, kind, reason, message);
    }
}

/// The kubelet's part of a status: conditions of others stay, addresses are
/// replaced whole.
fn status_patch(pod: &Pod, status: &PodStatus) -> Value {
    let mut tree = skeg_schema::message_to_value(status);
    if let Some(members) = tree.as_object_mut() {
        // Not the kubelet's to write.
        for other in [
            "nominatedNodeName",
            "qosClass",
            "resize",
            "resourceClaimStatuses",
        ] {
            members.remove(other);
        }
        // What is absent from the new status must not stay from the old one.
        for text in ["message", "reason"] {
            members.entry_or_insert_with(text, || Value::Null);
        }
        if let Some(Value::Array(conditions)) = members.get_mut("conditions") {
            for condition in conditions {
                if let Some(condition) = condition.as_object_mut() {
                    for text in ["message", "reason"] {
                        condition.entry_or_insert_with(text, || Value::Null);
                    }
                    condition.insert("lastProbeTime", Value::Null);
                }
            }
        }
        // A pod that asks for nothing is never resized.
        if allocation::asks(pod)
            && let Some(Value::Array(conditions)) = members.get_mut("conditions")
        {
            for resize in ["PodResizePending", "PodResizeInProgress"] {
                if !conditions.iter().any(|held| held["type"] == resize) {
                    conditions.push(json!({"$patch": "delete", "type": resize}));
                }
            }
        }
        for list in ["podIPs", "hostIPs"] {
            if let Some(Value::Array(items)) = members.get_mut(list) {
                items.push(json!({"$patch": "replace"}));
            }
        }
    }
    json!({"metadata": {"uid": pod.metadata.uid.to_string()}, "status": tree})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_leaves_what_others_write() {
        let mut pod = Pod::default();
        pod.metadata.uid = "u".into();
        let mut status = PodStatus {
            phase: "Running".into(),
            qos_class: "BestEffort".into(),
            ..Default::default()
        };
        status.pod_ips = vec![skeg_api::core::v1::PodIP {
            ip: "10.0.0.1".into(),
        }];
        let patch = status_patch(&pod, &status);
        assert_eq!(patch["metadata"]["uid"], json!("u"));
        assert_eq!(patch["status"].get("qosClass"), None);
        assert_eq!(patch["status"]["message"], Value::Null);
        assert_eq!(
            patch["status"]["podIPs"],
            json!([{"ip": "10.0.0.1"}, {"$patch": "replace"}])
        );
    }

    #[test]
    fn a_resize_that_is_over_is_told_no_more() {
        let text =
            r#"{"spec": {"containers": [{"name": "c", "resources": {"limits": {"cpu": "1"}}}]}}"#;
        let pod: Pod = serde_json::from_str(text).unwrap();
        let conditions = r#"{"conditions": [{"type": "PodResizePending", "status": "True"}]}"#;
        let status: PodStatus = serde_json::from_str(conditions).unwrap();
        let patch = status_patch(&pod, &status);
        assert_eq!(
            patch["status"]["conditions"][1],
            json!({"$patch": "delete", "type": "PodResizeInProgress"})
        );
        assert_eq!(patch["status"]["conditions"].as_array().unwrap().len(), 2);
    }
}
