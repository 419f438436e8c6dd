use super::*;
use skeg_api::core::v1::{
    CSIPersistentVolumeSource, Event, NodeCondition, PersistentVolumeClaimVolumeSource, Taint,
    Volume,
};
use skeg_api::storage::v1::VolumeError;
use skeg_runtime::ManualClock;
use skeg_runtime::testing::FakeApi;
use tokio_util::sync::CancellationToken;

/// A node that uses a volume which no pod needs.
fn stuck(api: &FakeApi) -> Node {
    let mut volume = PersistentVolume {
        metadata: ObjectMeta::named("", "v"),
        ..PersistentVolume::default()
    };
    volume.spec.csi = Some(CSIPersistentVolumeSource {
        driver: "d".into(),
        volume_handle: "h".into(),
        ..CSIPersistentVolumeSource::default()
    });
    api.put(&volume);
    let mut attachment = VolumeAttachment {
        metadata: ObjectMeta::named("", attachment_name("h", "d", "n")),
        ..VolumeAttachment::default()
    };
    attachment.spec.attacher = "d".into();
    attachment.spec.node_name = "n".into();
    attachment.spec.source.persistent_volume_name = Some("v".into());
    api.put(&attachment);
    let mut node = Node {
        metadata: ObjectMeta::named("", "n"),
        ..Node::default()
    };
    node.metadata
        .annotations
        .insert(MANAGED.into(), "true".into());
    node.status.volumes_in_use = vec!["kubernetes.io/csi/d^h".into()];
    node.status.conditions.push(NodeCondition {
        type_: "Ready".into(),
        status: "False".into(),
        ..NodeCondition::default()
    });
    node
}

async fn until_gone(api: &FakeApi, clock: &ManualClock) -> Duration {
    let start = clock.shared().now();
    for _ in 0..1_000_000 {
        if api.all::<VolumeAttachment>().is_empty() {
            let took = clock.shared().now().duration_since(start);
            return Duration::try_from(took).expect("time goes on");
        }
        tokio::task::yield_now().await;
        if clock.sleepers() > 0 {
            clock.advance(Duration::from_secs(1));
        }
    }
    panic!("never");
}

#[tokio::test]
async fn a_node_that_is_ill_loses_its_volumes_in_time() {
    let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
    api.put(&stuck(&api));
    let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
    let running = tokio::spawn(run(context));
    assert!(until_gone(&api, &clock).await >= Duration::from_secs(360));
    cancel.cancel();
    running.await.expect("it ends");
}

#[tokio::test]
async fn a_node_that_is_switched_off_loses_them_at_once() {
    let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
    let mut node = stuck(&api);
    node.spec.taints.push(Taint {
        key: OUT_OF_SERVICE.into(),
        effect: "NoExecute".into(),
        ..Taint::default()
    });
    api.put(&node);
    let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
    let running = tokio::spawn(run(context));
    api.until("it is detached", |api| {
        api.all::<VolumeAttachment>().is_empty()
    })
    .await;
    cancel.cancel();
    running.await.expect("it ends");
}

#[test]
fn attachments_are_named_by_what_they_attach() {
    assert_eq!(
        attachment_name(
            "vol-attach-node-one",
            "attach-node-one.example.com",
            "attach-node-one"
        ),
        "csi-5df9e6526ffdf85e5d291825773231675e473a7c012d69c0c92c145f81c3bff1"
    );
}

/// A node whose volumes are attached for it.
fn managed(api: &FakeApi, name: &str) {
    let mut node = Node {
        metadata: ObjectMeta::named("", name),
        ..Node::default()
    };
    let annotations = &mut node.metadata.annotations;
    annotations.insert(MANAGED.into(), "true".into());
    api.put(&node);
}

/// A pod on a node, with the claim `c`.
fn user(api: &FakeApi, name: &str, node: &str) {
    let mut pod = Pod {
        metadata: ObjectMeta::named("a", name),
        ..Pod::default()
    };
    pod.spec.node_name = node.into();
    pod.spec.volumes.push(Volume {
        name: "v".into(),
        persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
            claim_name: "c".into(),
            ..Default::default()
        }),
        ..Volume::default()
    });
    api.put(&pod);
}

/// The claim `c`, which has the volume `v`.
fn claimed(api: &FakeApi, mode: &str) {
    let mut volume = PersistentVolume {
        metadata: ObjectMeta::named("", "v"),
        ..PersistentVolume::default()
    };
    volume.spec.csi = Some(CSIPersistentVolumeSource {
        driver: "d".into(),
        volume_handle: "h".into(),
        ..CSIPersistentVolumeSource::default()
    });
    volume.spec.access_modes.push(mode.into());
    api.put(&volume);
    let mut claim = PersistentVolumeClaim {
        metadata: ObjectMeta::named("a", "c"),
        ..PersistentVolumeClaim::default()
    };
    claim.spec.volume_name = "v".into();
    claim.status.phase = "Bound".into();
    api.put(&claim);
}

fn nodes_of(api: &FakeApi) -> Vec<String> {
    let all = api.all::<VolumeAttachment>();
    all.iter().map(|one| one.spec.node_name.clone()).collect()
}

fn told(api: &FakeApi, pod: &str) -> Vec<String> {
    let all = api.all::<Event>();
    let of_pod = all.iter().filter(|one| one.involved_object.name == pod);
    of_pod
        .map(|one| format!("{} {}", one.reason, one.message))
        .collect()
}

#[tokio::test]
async fn a_volume_for_one_node_is_at_one_node() {
    let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
    claimed(&api, "ReadWriteOnce");
    for node in ["m1", "m2"] {
        managed(&api, node);
    }
    let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
    let running = tokio::spawn(run(context));
    user(&api, "p1", "m1");
    api.until("it is attached", |api| nodes_of(api) == ["m1"])
        .await;
    user(&api, "p2", "m2");
    api.until("the second one is told", |api| !told(api, "p2").is_empty())
        .await;
    assert_eq!(nodes_of(&api), ["m1"]);
    assert_eq!(
        told(&api, "p2"),
        [
            "FailedAttachVolume Multi-Attach error for volume \"v\" Volume is already used by pod(s) p1"
        ]
    );
    for (error, attached) in [(Some("no way"), false), (None, true)] {
        let attachment = api.all::<VolumeAttachment>().remove(0);
        let mut attachment = VolumeAttachment::clone(&attachment);
        attachment.status.attached = attached;
        attachment.status.attach_error = error.map(|error| VolumeError {
            message: error.into(),
            ..VolumeError::default()
        });
        api.put(&attachment);
        let count = 1 + usize::from(attached);
        api.until("the first one is told", |api| {
            told(api, "p1").len() == count
        })
        .await;
    }
    let mut heard = told(&api, "p1");
    heard.sort();
    assert_eq!(
        heard,
        [
            "FailedAttachVolume AttachVolume.Attach failed for volume \"v\" : no way",
            "SuccessfulAttachVolume AttachVolume.Attach succeeded for volume \"v\" ",
        ]
    );
    api.remove::<Pod>("a", "p1");
    api.until("it goes to who waits", |api| nodes_of(api) == ["m2"])
        .await;
    cancel.cancel();
    running.await.expect("it ends");
}

#[tokio::test]
async fn a_volume_for_many_is_at_many() {
    let (api, clock, cancel) = (FakeApi::new(), ManualClock::new(), CancellationToken::new());
    claimed(&api, "ReadWriteMany");
    for (pod, node) in [("p1", "m1"), ("p2", "m2")] {
        managed(&api, node);
        user(&api, pod, node);
    }
    let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
    let running = tokio::spawn(run(context));
    api.until("it is at both", |api| nodes_of(api).len() == 2)
        .await;
    cancel.cancel();
    running.await.expect("it ends");
}
