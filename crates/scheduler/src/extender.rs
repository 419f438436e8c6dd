//! Other programs that have a say: which nodes can take a pod, which is
//! better, who must go, and how the pod is bound (upstream's
//! `extender/v1` over HTTP).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use skeg_api::core::v1::{Container, Pod};
use skeg_client::{Client, Config, Error};
use skeg_schema::{Message, Object, Value, json, message_to_value};

use crate::config::ExtenderConfig;
use crate::plugins::{Rejection, SCORE_MAX};
use crate::preempt::Way;
use crate::snapshot::Snapshot;

/// The highest score that an extender gives.
const EXTENDER_SCORE_MAX: i64 = 10;

/// An extender, ready to be asked.
pub(crate) struct Extender {
    pub(crate) config: ExtenderConfig,
    client: Client,
}

/// What an extender says of nodes.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    pub(crate) fitting: Vec<String>,
    pub(crate) rejections: Vec<(String, Rejection)>,
}

fn text(path: &str) -> Option<std::path::PathBuf> {
    (!path.is_empty()).then(|| path.into())
}

fn bytes(data: &[u8]) -> Option<Vec<u8>> {
    (!data.is_empty()).then(|| data.to_vec())
}

impl Extender {
    /// # Errors
    /// Its address or its certificates cannot be used.
    pub(crate) fn new(config: ExtenderConfig) -> Result<Self, Error> {
        let prefix = config.url_prefix.trim_end_matches('/');
        let tls = config.tls.clone().unwrap_or_default();
        let client = Client::from_config(&Config {
            ca: bytes(&tls.ca_data),
            ca_file: text(&tls.ca_file),
            client_certificate: bytes(&tls.cert_data),
            client_certificate_file: text(&tls.cert_file),
            client_key: bytes(&tls.key_data),
            client_key_file: text(&tls.key_file),
            server_name: (!tls.server_name.is_empty()).then(|| tls.server_name.clone()),
            insecure: tls.insecure,
            timeout: Some(config.timeout),
            ..Config::new(prefix)
        })?;
        Ok(Self {
            client: client.with_retry(skeg_client::RetryPolicy::none()),
            config,
        })
    }

    /// Whether it is asked about a pod: it minds every pod, or one of the
    /// resources that the pod names.
    pub(crate) fn minds(&self, pod: &Pod) -> bool {
        let managed = &self.config.managed;
        let names = |container: &Container| {
            let resources = &container.resources;
            managed.iter().any(|managed| {
                resources.requests.contains_key(&managed.name)
                    || resources.limits.contains_key(&managed.name)
            })
        };
        managed.is_empty()
            || pod.spec.containers.iter().any(names)
            || pod.spec.init_containers.iter().any(names)
    }

    async fn ask(&self, verb: &str, body: &Value) -> Result<Value, String> {
        let failed = |why: &str| {
            let url = &self.config.url_prefix;
            format!("extender {url:?} failed at {verb}: {why}")
        };
        let answer = self.client.post_json(&format!("/{verb}"), body).await;
        answer.map_err(|error| failed(&error.to_string()))
    }

    fn args(&self, pod: &Pod, snapshot: &Snapshot, nodes: &[String]) -> Value {
        let mut args = json!({"pod": (of_kind("v1", "Pod", pod))});
        if self.config.node_cache_capable {
            args.set_at(&["nodenames"], names(nodes));
        } else {
            let items = nodes.iter().filter_map(|name| {
                let node = snapshot.node(name)?.node.as_deref()?;
                Some(message_to_value(node))
            });
            let items: Vec<Value> = items.collect();
            let list =
                json!({"kind": "NodeList", "apiVersion": "v1", "metadata": {}, "items": items});
            args.set_at(&["nodes"], list);
        }
        args
    }

    /// Which of the nodes can take a pod.
    pub(crate) async fn filter(
        &self,
        pod: &Pod,
        snapshot: &Snapshot,
        nodes: &[String],
    ) -> Result<Verdict, String> {
        let args = self.args(pod, snapshot, nodes);
        let answer = self.ask(&self.config.filter_verb, &args).await?;
        if let Some(error) = said(&answer) {
            return Err(error);
        }
        let known: Vec<&str> = match answer.get("nodenames").and_then(Value::as_array) {
            Some(names) if self.config.node_cache_capable => {
                names.iter().filter_map(Value::as_str).collect()
            }
            _ => answer
                .at(&["nodes", "items"])
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|node| node.at(&["metadata", "name"])?.as_str())
                .collect(),
        };
        if let Some(strange) = known
            .iter()
            .find(|name| nodes.iter().all(|node| node != *name))
        {
            let url = &self.config.url_prefix;
            return Err(format!(
                "extender {url:?} claims a filtered node {strange:?} which is not found in the input node list"
            ));
        }
        let mut out = Verdict::default();
        let mut reject = |key: &str, resolvable: bool| {
            let all = answer.get(key).and_then(Value::as_object);
            for (node, why) in all.into_iter().flat_map(Object::iter) {
                let rejection = Rejection {
                    reasons: vec![why.as_str().unwrap_or_default().to_owned()],
                    resolvable,
                };
                if !out.rejections.iter().any(|(known, _)| *known == **node) {
                    out.rejections.push((node.to_string(), rejection));
                }
            }
        };
        reject("failedAndUnresolvableNodes", false);
        reject("failedNodes", true);
        let stays = |node: &&String| known.contains(&node.as_str());
        out.fitting = nodes.iter().filter(stays).cloned().collect();
        for node in nodes.iter().filter(|node| !stays(node)) {
            if !out.rejections.iter().any(|(known, _)| known == node) {
                out.rejections.push((
                    node.clone(),
                    Rejection::resolvable("node(s) were turned down by an extender"),
                ));
            }
        }
        Ok(out)
    }

    /// How good each node is, weighed.
    pub(crate) async fn prioritize(
        &self,
        pod: &Pod,
        snapshot: &Snapshot,
        nodes: &[String],
    ) -> Result<HashMap<String, i64>, String> {
        let args = self.args(pod, snapshot, nodes);
        let answer = self.ask(&self.config.prioritize_verb, &args).await?;
        let scores = answer.as_array().into_iter().flatten();
        let scores = scores.filter_map(|one| {
            let host = one.get("host")?.as_str()?.to_owned();
            let score = one.get("score")?.as_i64()?.clamp(0, EXTENDER_SCORE_MAX);
            Some((
                host,
                score * self.config.weight * (SCORE_MAX / EXTENDER_SCORE_MAX),
            ))
        });
        Ok(scores.collect())
    }

    /// Which of the ways to make room are left.
    pub(crate) async fn preempt(&self, pod: &Pod, ways: Vec<Way>) -> Result<Vec<Way>, String> {
        let mut victims = Object::new();
        for way in &ways {
            let pods = way
                .victims
                .iter()
                .map(|victim| match self.config.node_cache_capable {
                    true => json!({"uid": (victim.metadata.uid.as_str())}),
                    false => of_kind("v1", "Pod", &**victim),
                });
            let pods: Vec<Value> = pods.collect();
            let violations = i64::try_from(way.violations).unwrap_or(i64::MAX);
            victims.insert(
                way.node.clone(),
                json!({"pods": pods, "numPDBViolations": violations}),
            );
        }
        let key = match self.config.node_cache_capable {
            true => "nodeNameToMetaVictims",
            false => "nodeNameToVictims",
        };
        let mut args = json!({"pod": (of_kind("v1", "Pod", pod))});
        args.set_at(&[key], Value::Object(victims));
        let answer = self.ask(&self.config.preempt_verb, &args).await?;
        let left = answer
            .get("nodeNameToMetaVictims")
            .and_then(Value::as_object);
        let left: BTreeMap<&str, &Value> = left
            .into_iter()
            .flat_map(Object::iter)
            .map(|(node, victims)| (&**node, victims))
            .collect();
        let ways = ways.into_iter().filter_map(|mut way| {
            let said = left.get(way.node.as_str())?;
            let uids: Vec<&str> = said
                .get("pods")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(|pod| pod.get("uid")?.as_str())
                .collect();
            way.victims
                .retain(|victim| uids.contains(&victim.metadata.uid.as_str()));
            let violations = said.get("numPDBViolations").and_then(Value::as_i64);
            way.violations = violations.map_or(0, |n| usize::try_from(n).unwrap_or(0));
            Some(way)
        });
        Ok(ways.collect())
    }

    /// Binds a pod.
    pub(crate) async fn bind(&self, pod: &Pod, node: &str) -> Result<(), String> {
        let args = json!({
            "podName": (pod.metadata.name.as_str()),
            "podNamespace": (pod.metadata.namespace.as_str()),
            "podUID": (pod.metadata.uid.as_str()),
            "node": node,
        });
        let answer = self.ask(&self.config.bind_verb, &args).await?;
        said(&answer).map_or(Ok(()), Err)
    }
}

fn said(answer: &Value) -> Option<String> {
    let error = answer.get("error")?.as_str()?;
    (!error.is_empty()).then(|| error.to_owned())
}

fn names(all: &[String]) -> Value {
    Value::Array(all.iter().map(|name| name.as_str().into()).collect())
}

fn of_kind(version: &str, kind: &str, object: &dyn Message) -> Value {
    let mut value = message_to_value(object);
    value.set_at(&["apiVersion"], version);
    value.set_at(&["kind"], kind);
    value
}

/// The extenders that are to be asked about a pod.
pub(crate) fn that_mind(all: &[Arc<Extender>], pod: &Pod) -> Vec<Arc<Extender>> {
    let minds = |extender: &&Arc<Extender>| extender.minds(pod);
    all.iter().filter(minds).cloned().collect()
}
