//! What every namespace is given: the ServiceAccount `default`, and a
//! ConfigMap with the certificates by which pods know the API server.

mod cleaner;
mod tokens;

pub(crate) use cleaner::run as run_token_cleaner;
pub(crate) use tokens::run as run_tokens;

use std::sync::Arc;

use skeg_api::core::v1::{ConfigMap, Namespace, ServiceAccount};
use skeg_client::{Api, Client};
use skeg_meta::Object;
use skeg_runtime::{Controller, Delta, Informer, Next, ObjectName, ReconcileError, WorkQueue};

use crate::Context;

/// The name of the account that pods have without asking for one.
const DEFAULT_ACCOUNT: &str = "default";
/// The name of the ConfigMap with the certificates (KEP-1205).
const ROOT_CA: &str = "kube-root-ca.crt";
const ROOT_CA_KEY: &str = "ca.crt";
const DESCRIPTION_KEY: &str = "kubernetes.io/description";
const DESCRIPTION: &str = "Contains a CA bundle that can be used to verify the kube-apiserver when using internal \
                           endpoints such as the internal service IP or kubernetes.default.svc. No other usage is \
                           guaranteed across distributions of Kubernetes clusters.";

/// Runs the controller of the account `default`.
pub(crate) async fn run_accounts(context: Context) {
    let accounts = context.informers.informer::<ServiceAccount>();
    each_namespace(
        context,
        "serviceaccount-controller",
        accounts,
        DEFAULT_ACCOUNT,
        |client, held, namespace| async move {
            if held.is_some() {
                return Ok(());
            }
            let mut account = ServiceAccount::default();
            account.metadata.name = DEFAULT_ACCOUNT.into();
            account.metadata.namespace.clone_from(&namespace);
            settled(Api::namespaced(client, namespace).create(account).await)
        },
    )
    .await;
}

/// Runs the controller that publishes the certificates of the API server.
pub(crate) async fn run_root_ca(context: Context) {
    let Some(bundle) = context.options.root_ca.clone() else {
        tracing::info!("no root certificates are given, so none are published");
        context.cancel.cancelled().await;
        return;
    };
    let maps = context.informers.informer::<ConfigMap>();
    each_namespace(
        context,
        "root-ca-certificate-publisher",
        maps,
        ROOT_CA,
        move |client, held, namespace| {
            let bundle = bundle.clone();
            async move { publish(client, held, namespace, bundle).await }
        },
    )
    .await;
}

async fn publish(
    client: Client,
    held: Option<Arc<ConfigMap>>,
    namespace: String,
    bundle: String,
) -> Result<(), skeg_client::Error> {
    let api = Api::<ConfigMap>::namespaced(client, namespace.clone());
    let Some(held) = held else {
        let mut map = ConfigMap::default();
        map.metadata.name = ROOT_CA.into();
        map.metadata.namespace = namespace;
        map.metadata
            .annotations
            .insert(DESCRIPTION_KEY.into(), DESCRIPTION.into());
        map.data.insert(ROOT_CA_KEY.into(), bundle);
        return settled(api.create(map).await);
    };
    let described = held
        .metadata
        .annotations
        .get(DESCRIPTION_KEY)
        .is_some_and(|text| text == DESCRIPTION);
    if described && held.data.len() == 1 && held.data.get(ROOT_CA_KEY) == Some(&bundle) {
        return Ok(());
    }
    let mut map = ConfigMap::clone(&held);
    map.metadata
        .annotations
        .insert(DESCRIPTION_KEY.into(), DESCRIPTION.into());
    map.data.clear();
    map.data.insert(ROOT_CA_KEY.into(), bundle);
    api.update(map).await.map(drop)
}

/// What is there already, or cannot be made because its namespace is going, is settled.
fn settled<T>(result: Result<T, skeg_client::Error>) -> Result<(), skeg_client::Error> {
    match result {
        Err(error)
            if error.is_already_exists()
                || error.is_namespace_terminating()
                || error.is_not_found() =>
        {
            Ok(())
        }
        result => result.map(drop),
    }
}

/// Calls `ensure` for each namespace, whenever it or the object of that name in it changes.
async fn each_namespace<K, F, Fut>(
    context: Context,
    component: &'static str,
    objects: Informer<K>,
    name: &'static str,
    ensure: F,
) where
    K: Object,
    F: Fn(Client, Option<Arc<K>>, String) -> Fut + Send + Sync + Clone + 'static,
    Fut: Future<Output = Result<(), skeg_client::Error>> + Send + 'static,
{
    let namespaces = context.informers.informer::<Namespace>();
    let queue: WorkQueue<ObjectName> = context.queue();
    let to = queue.clone();
    namespaces.on_change(move |delta| {
        if !matches!(delta, Delta::Deleted { .. }) {
            to.add(ObjectName::cluster(delta.object().metadata.name.clone()));
        }
    });
    let to = queue.clone();
    objects.on_change(move |delta| {
        let meta = delta.object().meta();
        if meta.name == name {
            to.add(ObjectName::cluster(meta.namespace.clone()));
        }
    });
    namespaces.synced().await;
    objects.synced().await;
    let client = context.client.clone();
    Controller::new(component, queue)
        .run(context.cancel.clone(), move |key: ObjectName| {
            let namespace = namespaces.get("", &key.name);
            let held = objects.get(&key.name, name);
            let (client, ensure) = (client.clone(), ensure.clone());
            async move {
                // A namespace that is going takes nothing new in.
                if namespace
                    .is_some_and(|namespace| namespace.metadata.deletion_timestamp.is_none())
                {
                    ensure(client, held, key.name.clone()).await?;
                }
                Ok::<_, ReconcileError>(Next::Done)
            }
        })
        .await;
}

#[cfg(test)]
mod tests {
    use skeg_runtime::SystemClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    use super::*;

    #[tokio::test]
    async fn a_namespace_has_its_account_also_after_it_was_deleted() {
        let api = FakeApi::new();
        let mut namespace = Namespace::default();
        namespace.metadata.name = "ns".into();
        api.put(&namespace);
        let cancel = CancellationToken::new();
        let context = Context::for_client(api.client(), SystemClock::new(), cancel.clone());
        let running = tokio::spawn(run_accounts(context));
        let there = |api: &FakeApi| api.get::<ServiceAccount>("ns", "default").is_some();
        api.until("the account is made", there).await;
        api.remove::<ServiceAccount>("ns", "default");
        api.until("the account is made again", there).await;
        cancel.cancel();
        running.await.unwrap();
    }

    #[tokio::test]
    async fn certificates_are_published_and_kept() {
        let api = FakeApi::new();
        let mut namespace = Namespace::default();
        namespace.metadata.name = "ns".into();
        api.put(&namespace);
        let publish = |held| publish(api.client(), held, "ns".into(), "PEM".into());
        publish(None).await.unwrap();
        let mut held = ConfigMap::clone(&api.get::<ConfigMap>("ns", ROOT_CA).unwrap());
        assert_eq!(held.data[ROOT_CA_KEY], "PEM");
        held.data.insert("more".into(), "x".into());
        api.put(&held);
        publish(api.get("ns", ROOT_CA)).await.unwrap();
        assert_eq!(api.get::<ConfigMap>("ns", ROOT_CA).unwrap().data.len(), 1);
    }
}
