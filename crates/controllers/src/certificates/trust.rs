//! The certificates by which the API server is known, as a ClusterTrustBundle
//! for pods to mount (KEP-3257).

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use skeg_api::certificates::v1::ClusterTrustBundle;
use skeg_client::{Api, DeleteOptions};
use skeg_meta::ObjectMeta;
use skeg_runtime::{Controller, Informer, Next, ObjectName, ReconcileError};

use crate::Context;
use crate::workload::unless_gone;

const NAME: &str = "kube-apiserver-serving-clustertrustbundle-publisher-controller";
const SIGNER: &str = "kubernetes.io/kube-apiserver-serving";
/// So many bytes of a bundle's hash stand in its name.
const HASH_LEN: usize = 12;

/// Runs the controller. Without root certificates there is nothing to publish.
pub(crate) async fn run(context: Context) {
    let Some(root_ca) = context.options.root_ca.clone() else {
        return context.cancel.cancelled().await;
    };
    let fields = format!("spec.signerName={SIGNER}");
    let bundles: Informer<ClusterTrustBundle> = context.informers.selected("", &fields);
    let wanted = Arc::new(bundle(&root_ca));
    let queue = context.queue::<ObjectName>();
    let name = ObjectName::of(&wanted.metadata);
    let (to, what) = (queue.clone(), name.clone());
    bundles.on_change(move |_| to.add(what.clone()));
    bundles.synced().await;
    queue.add(name);
    let cancel = context.cancel.clone();
    Controller::new(NAME, queue)
        .run(cancel, move |_| {
            let (context, wanted) = (context.clone(), Arc::clone(&wanted));
            let held = bundles.store().list();
            async move { unless_gone(publish(&context, &wanted, &held).await) }
        })
        .await;
}

fn bundle(root_ca: &str) -> ClusterTrustBundle {
    let hash = digest(&SHA256, root_ca.as_bytes());
    let hash: String = hash.as_ref()[..HASH_LEN]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let name = format!("{}:{hash}", SIGNER.replace('/', ":"));
    let mut bundle = ClusterTrustBundle {
        metadata: ObjectMeta::named("", name),
        ..ClusterTrustBundle::default()
    };
    bundle.spec.signer_name = SIGNER.to_owned();
    bundle.spec.trust_bundle = root_ca.to_owned();
    bundle
}

/// Makes the signer's bundles this one alone.
async fn publish(
    context: &Context,
    wanted: &ClusterTrustBundle,
    held: &[Arc<ClusterTrustBundle>],
) -> Result<Next, ReconcileError> {
    let api = Api::<ClusterTrustBundle>::all(context.client.clone());
    let name = &wanted.metadata.name;
    match held.iter().find(|one| one.metadata.name == *name) {
        Some(one) if one.spec == wanted.spec => {}
        Some(one) => {
            let mut next = ClusterTrustBundle::clone(one);
            next.spec = wanted.spec.clone();
            api.update(next).await?;
        }
        None => match api.create(wanted.clone()).await {
            Err(error) if error.is_already_exists() => {}
            result => drop(result?),
        },
    }
    for old in held.iter().filter(|one| one.metadata.name != *name) {
        match api
            .delete(&old.metadata.name, &DeleteOptions::default())
            .await
        {
            Err(error) if error.is_not_found() => {}
            result => drop(result?),
        }
    }
    Ok(Next::Done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    #[tokio::test]
    async fn the_signer_has_one_bundle() {
        let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
        api.put(&bundle("OLD"));
        let context = Context::for_client(api.client(), clock.shared(), cancel);
        let wanted = bundle("NEW");
        assert!(
            wanted
                .metadata
                .name
                .starts_with("kubernetes.io:kube-apiserver-serving:")
        );
        let held = api.all::<ClusterTrustBundle>();
        publish(&context, &wanted, &held).await.expect("it is made");
        let held = api.all::<ClusterTrustBundle>();
        let told: Vec<_> = held.iter().map(|one| &*one.spec.trust_bundle).collect();
        assert_eq!(told, ["NEW"]);
        let mut spoiled = ClusterTrustBundle::clone(&held[0]);
        spoiled.spec.trust_bundle = "OTHER".to_owned();
        api.put(&spoiled);
        let held = api.all::<ClusterTrustBundle>();
        publish(&context, &wanted, &held)
            .await
            .expect("it is put right");
        let held = api.all::<ClusterTrustBundle>();
        assert_eq!(held[0].spec.trust_bundle, "NEW");
    }
}
