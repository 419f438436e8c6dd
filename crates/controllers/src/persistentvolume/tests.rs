use super::*;
use skeg_meta::ObjectMeta;
use skeg_runtime::ManualClock;
use skeg_runtime::testing::FakeApi;
use tokio_util::sync::CancellationToken;

fn volume(name: &str) -> PersistentVolume {
    let mut volume = PersistentVolume {
        metadata: ObjectMeta::named("", name),
        ..PersistentVolume::default()
    };
    let size = "1Gi".parse().expect("a quantity");
    volume.spec.capacity.insert("storage".to_owned(), size);
    volume.spec.access_modes.push("ReadWriteOnce".to_owned());
    volume.spec.persistent_volume_reclaim_policy = "Retain".to_owned();
    volume
}

fn claim(name: &str) -> PersistentVolumeClaim {
    let mut claim = PersistentVolumeClaim {
        metadata: ObjectMeta::named("a", name),
        ..PersistentVolumeClaim::default()
    };
    let size = "1Gi".parse().expect("a quantity");
    claim
        .spec
        .resources
        .requests
        .insert("storage".to_owned(), size);
    claim.spec.access_modes.push("ReadWriteOnce".to_owned());
    claim.spec.storage_class_name = Some(String::new());
    claim
}

#[tokio::test]
async fn a_claim_is_bound_and_its_volume_given_back() {
    let (api, cancel, clock) = (FakeApi::new(), CancellationToken::new(), ManualClock::new());
    api.put(&volume("v"));
    api.put(&claim("first"));
    let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
    let running = tokio::spawn(run(context));
    let phase = |api: &FakeApi, name: &str| {
        let claim = api.get::<PersistentVolumeClaim>("a", name);
        claim
            .map(|claim| claim.status.phase.clone())
            .unwrap_or_default()
    };
    let of_volume = |api: &FakeApi| {
        let volume = api.get::<PersistentVolume>("", "v");
        volume
            .map(|volume| volume.status.phase.clone())
            .unwrap_or_default()
    };
    api.until("it is bound", |api| phase(api, "first") == "Bound")
        .await;
    assert_eq!(of_volume(&api), "Bound");
    let second = claim("second");
    api.put(&second);
    api.until("nothing is left", |api| phase(api, "second") == "Pending")
        .await;
    api.remove::<PersistentVolumeClaim>("a", "first");
    api.until("it is released", |api| of_volume(api) == "Released")
        .await;
    assert_eq!(phase(&api, "second"), "Pending");
    cancel.cancel();
    running.await.expect("it ends");
}
