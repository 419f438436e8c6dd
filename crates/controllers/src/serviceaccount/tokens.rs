//! Secrets of type `kubernetes.io/service-account-token` that name an account are
//! given its token; they go with the account.

use std::sync::Arc;

use skeg_api::core::v1::{Secret, ServiceAccount};
use skeg_auth::token::{ObjectRef, TokenIssuer};
use skeg_client::{Api, Client, DeleteOptions};
use skeg_runtime::{Controller, Delta, Informer, Next, ObjectName, ReconcileError, WorkQueue};

use crate::Context;

pub(super) const TOKEN_SECRET: &str = "kubernetes.io/service-account-token";
pub(super) const ACCOUNT_NAME: &str = "kubernetes.io/service-account.name";
pub(super) const ACCOUNT_UID: &str = "kubernetes.io/service-account.uid";
const TOKEN_KEY: &str = "token";
const CA_KEY: &str = "ca.crt";
const NAMESPACE_KEY: &str = "namespace";
/// Writes that lose a race are tried again so often before the queue does it.
const TRIES: usize = 5;

/// The account that a Secret names, if it holds tokens.
pub(super) fn account_of(secret: &Secret) -> Option<&str> {
    let name = secret.metadata.annotations.get(ACCOUNT_NAME)?;
    (secret.type_ == TOKEN_SECRET && !name.is_empty()).then_some(name)
}

/// Whether this is the account that the Secret was made for.
pub(super) fn belongs(secret: &Secret, account: &ServiceAccount) -> bool {
    secret
        .metadata
        .annotations
        .get(ACCOUNT_UID)
        .is_none_or(|uid| uid.is_empty() || *uid == account.metadata.uid)
}

/// What a Secret lacks; `None`: nothing.
fn filled(
    secret: &Secret,
    account: &ServiceAccount,
    root_ca: Option<&str>,
    sign: impl FnOnce() -> Option<String>,
) -> Option<Secret> {
    let held = |key: &str| secret.data.get(key).map_or(&[][..], |held| held);
    let namespace = secret.metadata.namespace.as_bytes();
    let lacks_ca = root_ca.is_some_and(|ca| held(CA_KEY) != ca.as_bytes());
    let lacks_namespace = held(NAMESPACE_KEY) != namespace;
    let lacks_token = held(TOKEN_KEY).is_empty();
    if !lacks_ca && !lacks_namespace && !lacks_token {
        return None;
    }
    let mut out = secret.clone();
    let mut put = |key: &str, value: &[u8]| {
        out.data.insert(key.to_owned(), value.to_vec().into());
    };
    if let Some(ca) = root_ca.filter(|_| lacks_ca) {
        put(CA_KEY, ca.as_bytes());
    }
    if lacks_namespace {
        put(NAMESPACE_KEY, namespace);
    }
    if lacks_token {
        put(TOKEN_KEY, sign()?.as_bytes());
    }
    let annotations = &mut out.metadata.annotations;
    annotations.insert(ACCOUNT_NAME.into(), account.metadata.name.clone());
    annotations.insert(ACCOUNT_UID.into(), account.metadata.uid.clone());
    Some(out)
}

/// Runs the controller.
pub(crate) async fn run(context: Context) {
    let Some(issuer) = context.options.token_issuer.clone() else {
        tracing::info!("no key for tokens is given, so none are put into Secrets");
        context.cancel.cancelled().await;
        return;
    };
    let secrets = context
        .informers
        .selected::<Secret>("", &format!("type={TOKEN_SECRET}"));
    let accounts = context.informers.informer::<ServiceAccount>();
    let queue: WorkQueue<ObjectName> = context.queue();
    let to = queue.clone();
    secrets.on_change(move |delta| {
        let secret = delta.object();
        if account_of(secret).is_some() {
            to.add(name_of(secret));
        }
    });
    let (to, known) = (queue.clone(), secrets.clone());
    accounts.on_change(move |delta| {
        if matches!(delta, Delta::Updated { .. }) {
            return;
        }
        let account = delta.object();
        for secret in known.store().in_namespace(&account.metadata.namespace) {
            if account_of(&secret) == Some(&account.metadata.name) {
                to.add(name_of(&secret));
            }
        }
    });
    secrets.synced().await;
    accounts.synced().await;
    let work = Tokens {
        client: context.client.clone(),
        secrets,
        accounts,
        issuer,
        root_ca: context.options.root_ca.clone(),
    };
    let work = Arc::new(work);
    Controller::new("tokens-controller", queue)
        .run(context.cancel.clone(), move |key: ObjectName| {
            let work = work.clone();
            async move {
                work.reconcile(&key).await?;
                Ok::<_, ReconcileError>(Next::Done)
            }
        })
        .await;
}

fn name_of(secret: &Secret) -> ObjectName {
    ObjectName::new(
        secret.metadata.namespace.clone(),
        secret.metadata.name.clone(),
    )
}

struct Tokens {
    client: Client,
    secrets: Informer<Secret>,
    accounts: Informer<ServiceAccount>,
    issuer: Arc<TokenIssuer>,
    root_ca: Option<String>,
}

impl Tokens {
    async fn reconcile(&self, key: &ObjectName) -> Result<(), skeg_client::Error> {
        let Some(secret) = self.secrets.get(&key.namespace, &key.name) else {
            return self.unlist(key).await;
        };
        let Some(name) = account_of(&secret) else {
            return Ok(());
        };
        let account = match self.accounts.get(&key.namespace, name) {
            Some(account) if belongs(&secret, &account) => Some(account),
            // It may have been made just now.
            _ => Api::<ServiceAccount>::namespaced(self.client.clone(), key.namespace.clone())
                .get_opt(name)
                .await?
                .filter(|account| belongs(&secret, account)),
        };
        match account {
            Some(account) => self.fill(&secret, &account).await,
            None => self.delete(&secret).await,
        }
    }

    async fn delete(&self, secret: &Secret) -> Result<(), skeg_client::Error> {
        let options = DeleteOptions {
            uid: secret.metadata.uid.clone(),
            ..DeleteOptions::default()
        };
        let namespace = secret.metadata.namespace.clone();
        let secrets = Api::<Secret>::namespaced(self.client.clone(), namespace);
        match secrets.delete(&secret.metadata.name, &options).await {
            Err(error) if error.is_not_found() || error.is_conflict() => Ok(()),
            result => result.map(drop),
        }
    }

    async fn fill(
        &self,
        secret: &Secret,
        account: &ServiceAccount,
    ) -> Result<(), skeg_client::Error> {
        let meta = &secret.metadata;
        let reference = ObjectRef {
            name: account.metadata.name.clone(),
            uid: account.metadata.uid.clone(),
        };
        let fill = |secret: &Secret| {
            filled(secret, account, self.root_ca.as_deref(), || {
                let signed = self
                    .issuer
                    .issue_legacy(&meta.namespace, &reference, &meta.name);
                signed
                    .inspect_err(|error| tracing::warn!(%error, "a Secret gets no token"))
                    .ok()
            })
        };
        if fill(secret).is_none() {
            return Ok(());
        }
        let secrets = Api::<Secret>::namespaced(self.client.clone(), meta.namespace.clone());
        // What the cache has may be old: a token is not replaced by another.
        let Some(live) = secrets.get_opt(&meta.name).await? else {
            return Ok(());
        };
        if live.metadata.uid != meta.uid {
            return Ok(());
        }
        match fill(&live) {
            None => Ok(()),
            Some(next) => match secrets.update(next).await {
                // Whoever was faster is seen by the next event.
                Err(error) if error.is_conflict() || error.is_not_found() => Ok(()),
                result => result.map(drop),
            },
        }
    }

    /// Takes a Secret that is gone out of the lists of accounts.
    async fn unlist(&self, key: &ObjectName) -> Result<(), skeg_client::Error> {
        let lists = |account: &ServiceAccount| account.secrets.iter().any(|s| s.name == key.name);
        let namespace = key.namespace.clone();
        let accounts = Api::<ServiceAccount>::namespaced(self.client.clone(), namespace);
        for account in self.accounts.store().in_namespace(&key.namespace) {
            if !lists(&account) {
                continue;
            }
            for _ in 0..TRIES {
                let Some(live) = accounts.get_opt(&account.metadata.name).await? else {
                    break;
                };
                if !lists(&live) {
                    break;
                }
                let mut next = ServiceAccount::clone(&live);
                next.secrets.retain(|secret| secret.name != key.name);
                match accounts.update(next).await {
                    Err(error) if error.is_conflict() => {}
                    result => {
                        result?;
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use skeg_api::core::v1::ObjectReference;
    use skeg_meta::Object;
    use skeg_runtime::SystemClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    use super::*;

    fn named<K: Object + Default>(name: &str, uid: &str) -> K {
        let mut out = K::default();
        out.meta_mut().namespace = "ns".into();
        out.meta_mut().name = name.into();
        out.meta_mut().uid = uid.into();
        out
    }

    fn secret(name: &str) -> Secret {
        let mut secret: Secret = named(name, name);
        secret.type_ = TOKEN_SECRET.into();
        let annotations = &mut secret.metadata.annotations;
        annotations.insert(ACCOUNT_NAME.into(), "robot".into());
        secret
    }

    #[test]
    fn what_is_there_is_left_alone() {
        let account: ServiceAccount = named("robot", "u1");
        let sign = || Some("signed".to_owned());
        let first = filled(&secret("s"), &account, Some("PEM"), sign).unwrap();
        assert_eq!(first.data[TOKEN_KEY].0, b"signed");
        assert_eq!(first.data[CA_KEY].0, b"PEM");
        assert_eq!(first.data[NAMESPACE_KEY].0, b"ns");
        assert_eq!(first.metadata.annotations[ACCOUNT_UID], "u1");
        assert!(filled(&first, &account, Some("PEM"), || None).is_none());
        let renewed = filled(&first, &account, Some("NEW"), || None).unwrap();
        assert_eq!(renewed.data[TOKEN_KEY].0, b"signed");
        assert_eq!(renewed.data[CA_KEY].0, b"NEW");
    }

    #[tokio::test]
    async fn secrets_come_and_go_with_their_account() {
        let api = FakeApi::new();
        let mut account: ServiceAccount = named("robot", "u1");
        account.secrets.push(ObjectReference {
            name: "s".into(),
            ..ObjectReference::default()
        });
        api.put(&account);
        api.put(&secret("s"));
        let cancel = CancellationToken::new();
        let mut context = Context::for_client(api.client(), SystemClock::new(), cancel.clone());
        let key = skeg_auth::pki::KeyPair::generate().unwrap();
        let clock = skeg_auth::token::system_clock();
        let issuer = TokenIssuer::new("https://i", vec!["api".into()], key, clock).unwrap();
        let mut options = crate::Options::clone(&context.options);
        options.token_issuer = Some(Arc::new(issuer));
        context.options = Arc::new(options);
        let running = tokio::spawn(run(context));
        api.until("the Secret has a token", |api| {
            api.get::<Secret>("ns", "s")
                .is_some_and(|secret| secret.data.contains_key(TOKEN_KEY))
        })
        .await;
        api.remove::<Secret>("ns", "s");
        api.until("the account does not list it", |api| {
            api.get::<ServiceAccount>("ns", "robot")
                .is_some_and(|account| account.secrets.is_empty())
        })
        .await;
        api.put(&secret("t"));
        api.until("another one has a token", |api| {
            api.get::<Secret>("ns", "t")
                .is_some_and(|secret| secret.data.contains_key(TOKEN_KEY))
        })
        .await;
        api.remove::<ServiceAccount>("ns", "robot");
        api.until("it goes with the account", |api| {
            api.get::<Secret>("ns", "t").is_none()
        })
        .await;
        cancel.cancel();
        running.await.unwrap();
    }
}
