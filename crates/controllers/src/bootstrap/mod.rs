//! Bootstrap tokens: the public facts of the cluster are signed with them, and
//! expired ones removed.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use skeg_api::core::v1::{ConfigMap, Secret};
use skeg_client::{Api, DeleteOptions};
use skeg_runtime::{Controller, Delta, Informer, Next, ObjectName, ReconcileError};

use crate::Context;
use crate::workload::unless_gone;

const TYPE: &str = "type=bootstrap.kubernetes.io/token";
const SYSTEM: &str = "kube-system";
const PUBLIC: &str = "kube-public";
const CLUSTER_INFO: &str = "cluster-info";
const KUBECONFIG: &str = "kubeconfig";
const SIGNATURE: &str = "jws-kubeconfig-";
const NAME_PREFIX: &str = "bootstrap-token-";

/// How often an expiry is looked at again at the latest.
const PAUSE_MAX: Duration = Duration::from_secs(24 * 3600);

fn tokens(context: &Context) -> Informer<Secret> {
    context.informers.selected("", TYPE)
}

/// Runs the controller that signs the ConfigMap `cluster-info`.
pub(crate) async fn run_signer(context: Context) {
    let tokens = tokens(&context);
    let fields = format!("metadata.name={CLUSTER_INFO}");
    let maps: Informer<ConfigMap> = context.informers.selected("", &fields);
    let queue = context.queue::<ObjectName>();
    let name = ObjectName::new(PUBLIC, CLUSTER_INFO);
    let (to, what) = (queue.clone(), name.clone());
    tokens.on_change(move |delta| {
        if delta.object().metadata.namespace == SYSTEM {
            to.add(what.clone());
        }
    });
    let to = queue.clone();
    maps.on_change(move |delta| {
        if delta.object().metadata.namespace == PUBLIC && !matches!(delta, Delta::Deleted { .. }) {
            to.add(name.clone());
        }
    });
    tokens.synced().await;
    maps.synced().await;
    let cancel = context.cancel.clone();
    Controller::new("bootstrap-signer-controller", queue)
        .run(cancel, move |name| {
            let signed = maps.store().get(&name).and_then(|map| {
                signed(&map, &tokens.store().in_namespace(SYSTEM)).map(|data| {
                    let mut map = ConfigMap::clone(&map);
                    map.data = data;
                    map
                })
            });
            let api = Api::<ConfigMap>::namespaced(context.client.clone(), PUBLIC);
            async move {
                let Some(map) = signed else {
                    return Ok(Next::Done);
                };
                unless_gone(
                    api.update(map)
                        .await
                        .map(|_| Next::Done)
                        .map_err(Into::into),
                )
            }
        })
        .await;
}

/// The data with a signature for each token that may sign, if it has others now.
fn signed<S: std::ops::Deref<Target = Secret>>(
    map: &ConfigMap,
    tokens: &[S],
) -> Option<BTreeMap<String, String>> {
    let content = map.data.get(KUBECONFIG)?;
    let mut data = map.data.clone();
    data.retain(|key, _| !key.starts_with(SIGNATURE));
    for token in tokens {
        if let Some((id, secret)) = signing_token(token) {
            data.insert(format!("{SIGNATURE}{id}"), signature(content, id, secret));
        }
    }
    (data != map.data).then_some(data)
}

/// The id and the secret of a token that may sign.
fn signing_token(secret: &Secret) -> Option<(&str, &str)> {
    let text = |key: &str| std::str::from_utf8(secret.data.get(key)?).ok();
    let is_word = |word: &str, len: usize| {
        word.len() == len
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    let (id, key) = (text("token-id")?, text("token-secret")?);
    let is_token = secret.metadata.name.strip_prefix(NAME_PREFIX) == Some(id)
        && is_word(id, 6)
        && is_word(key, 16)
        && !secret.metadata.is_deleting();
    (is_token && text("usage-bootstrap-signing") == Some("true")).then_some((id, key))
}

/// A JSON web signature of the content, without the content.
fn signature(content: &str, id: &str, secret: &str) -> String {
    let header = URL_SAFE_NO_PAD.encode(format!("{{\"alg\":\"HS256\",\"kid\":\"{id}\"}}"));
    let body = URL_SAFE_NO_PAD.encode(content);
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{header}.{body}").as_bytes());
    format!("{header}..{}", URL_SAFE_NO_PAD.encode(tag.as_ref()))
}

/// Runs the controller that removes expired tokens.
pub(crate) async fn run_cleaner(context: Context) {
    let tokens = tokens(&context);
    let queue = context.queue::<ObjectName>();
    let to = queue.clone();
    tokens.on_change(move |delta| {
        let token = delta.object();
        if token.metadata.namespace == SYSTEM && !matches!(delta, Delta::Deleted { .. }) {
            to.add(ObjectName::of(&token.metadata));
        }
    });
    tokens.synced().await;
    let cancel = context.cancel.clone();
    Controller::new("token-cleaner-controller", queue)
        .run(cancel, move |name| {
            let (token, context) = (tokens.store().get(&name), context.clone());
            async move {
                match token {
                    Some(token) => unless_gone(clean(&context, &token).await),
                    None => Ok(Next::Done),
                }
            }
        })
        .await;
}

async fn clean(context: &Context, token: &Secret) -> Result<Next, ReconcileError> {
    let Some(expires) = expiration(token) else {
        return Ok(Next::Done);
    };
    let now = context.clock.now();
    if expires > now {
        let wait = Duration::try_from(expires.duration_since(now)).unwrap_or(PAUSE_MAX);
        return Ok(Next::After(wait.min(PAUSE_MAX)));
    }
    let api = Api::<Secret>::namespaced(context.client.clone(), SYSTEM);
    let options = DeleteOptions::default().uid(&*token.metadata.uid);
    api.delete(&token.metadata.name, &options).await?;
    Ok(Next::Done)
}

/// When a token ends. One whose expiry cannot be read has ended already.
fn expiration(token: &Secret) -> Option<Timestamp> {
    let bytes = token.data.get("expiration").filter(|b| !b.is_empty())?;
    let read = std::str::from_utf8(bytes).ok().and_then(|t| t.parse().ok());
    Some(read.unwrap_or(Timestamp::UNIX_EPOCH))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::{ByteString, ObjectMeta};
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    fn token(id: &str, fields: &[(&str, &str)]) -> Secret {
        let mut secret = Secret {
            metadata: ObjectMeta::named(SYSTEM, format!("{NAME_PREFIX}{id}")),
            type_: "bootstrap.kubernetes.io/token".to_owned(),
            ..Secret::default()
        };
        let common = [("token-id", id), ("token-secret", "0123456789abcdef")];
        for (key, value) in common.iter().chain(fields) {
            secret
                .data
                .insert((*key).to_owned(), ByteString::from(*value));
        }
        secret
    }

    #[test]
    fn only_tokens_that_may_sign_do() {
        let mut map = ConfigMap::default();
        map.data.insert(KUBECONFIG.to_owned(), "hello".to_owned());
        map.data
            .insert(format!("{SIGNATURE}gone00"), "x".to_owned());
        let may = [("usage-bootstrap-signing", "true")];
        let tokens = [
            token("abcsgn", &may),
            token("abcnot", &[]),
            token("NOTOK1", &may),
        ];
        let tokens: Vec<&Secret> = tokens.iter().collect();
        let data = signed(&map, &tokens).expect("it changes");
        assert_eq!(data.len(), 2);
        assert_eq!(
            data[&format!("{SIGNATURE}abcsgn")],
            "eyJhbGciOiJIUzI1NiIsImtpZCI6ImFiY3NnbiJ9..szpGrUyzFQh_sY4Vgi-Cc9MLEZqUJEZos2YPtCHm7-0"
        );
        map.data = data;
        assert_eq!(signed(&map, &tokens), None);
    }

    #[tokio::test]
    async fn expired_tokens_go() {
        let (api, cancel, clock) = (FakeApi::new(), CancellationToken::new(), ManualClock::new());
        let later = clock.shared().now() + jiff::SignedDuration::from_hours(1);
        api.put(&token("abcdef", &[("expiration", "2001-01-01T00:00:00Z")]));
        api.put(&token("ghijkl", &[("expiration", &later.to_string())]));
        api.put(&token("mnopqr", &[]));
        let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
        let running = tokio::spawn(run_cleaner(context));
        let has = |api: &FakeApi, id: &str| {
            api.get::<Secret>(SYSTEM, &format!("{NAME_PREFIX}{id}"))
                .is_some()
        };
        api.until("the expired one goes", |api| !has(api, "abcdef"))
            .await;
        assert!(has(&api, "ghijkl") && has(&api, "mnopqr"));
        cancel.cancel();
        running.await.expect("it ends");
    }
}
