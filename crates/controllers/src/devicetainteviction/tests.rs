use jiff::{SignedDuration, Timestamp};
use skeg_api::core::v1::{Event, PodResourceClaim};
use skeg_api::resource::v1::{
    AllocationResult, Device, DeviceRequestAllocationResult, DeviceTaint, DeviceTaintSelector,
    DeviceToleration, ResourceClaimConsumerReference,
};
use skeg_meta::{ObjectMeta, Time};
use skeg_runtime::ManualClock;
use skeg_runtime::testing::FakeApi;
use tokio_util::sync::CancellationToken;

use super::*;

const DRIVER: &str = "gpu.example.com";

/// So many seconds after the clock of the tests began.
pub(super) fn at(seconds: i64) -> Timestamp {
    ManualClock::new().shared().now() + SignedDuration::from_secs(seconds)
}

fn taint(effect: &str) -> DeviceTaint {
    DeviceTaint {
        key: "broken".to_owned(),
        effect: effect.to_owned(),
        time_added: Some(Time(at(0))),
        ..DeviceTaint::default()
    }
}

/// A slice with one device, which has a taint.
pub(super) fn slice(generation: i64, effect: &str) -> ResourceSlice {
    let mut slice = ResourceSlice {
        metadata: ObjectMeta::named("", format!("s{generation}")),
        ..ResourceSlice::default()
    };
    slice.spec.driver = DRIVER.to_owned();
    slice.spec.pool.name = "n".to_owned();
    slice.spec.pool.generation = generation;
    slice.spec.devices = vec![Device {
        name: "g".to_owned(),
        taints: vec![taint(effect)],
        ..Device::default()
    }];
    slice
}

/// A claim that has that device, for a pod.
pub(super) fn claim(name: &str, pod: &str) -> ResourceClaim {
    let mut claim = ResourceClaim {
        metadata: ObjectMeta::named("ns", name),
        ..ResourceClaim::default()
    };
    let mut allocation = AllocationResult::default();
    allocation
        .devices
        .results
        .push(DeviceRequestAllocationResult {
            driver: DRIVER.to_owned(),
            pool: "n".to_owned(),
            device: "g".to_owned(),
            ..DeviceRequestAllocationResult::default()
        });
    claim.status.allocation = Some(allocation);
    claim
        .status
        .reserved_for
        .push(ResourceClaimConsumerReference {
            resource: "pods".to_owned(),
            name: pod.to_owned(),
            uid: format!("uid-of-{pod}"),
            ..ResourceClaimConsumerReference::default()
        });
    claim
}

/// A pod on a node that uses a claim.
pub(super) fn pod(name: &str, claim: &str) -> Pod {
    let mut pod = Pod {
        metadata: ObjectMeta::named("ns", name),
        ..Pod::default()
    };
    pod.metadata.uid = format!("uid-of-{name}");
    pod.metadata.finalizers = vec!["example.com/hold".into()];
    pod.spec.node_name = "n".into();
    pod.spec.resource_claims.push(PodResourceClaim {
        name: "d".to_owned(),
        resource_claim_name: Some(claim.to_owned()),
        ..PodResourceClaim::default()
    });
    pod
}

/// A rule for all devices of the driver.
pub(super) fn rule(name: &str, effect: &str) -> DeviceTaintRule {
    let mut rule = DeviceTaintRule {
        metadata: ObjectMeta::named("", name),
        ..DeviceTaintRule::default()
    };
    rule.metadata.uid = format!("uid-of-{name}");
    rule.spec.taint = taint(effect);
    rule.spec.device_selector = Some(DeviceTaintSelector {
        driver: Some(DRIVER.to_owned()),
        ..DeviceTaintSelector::default()
    });
    rule
}

fn going(api: &FakeApi, name: &str) -> bool {
    api.get::<Pod>("ns", name)
        .is_some_and(|pod| pod.metadata.is_deleting())
}

/// The reason and message of a rule's condition.
fn said(api: &FakeApi, name: &str) -> Option<(String, String)> {
    let rule = api.get::<DeviceTaintRule>("", name)?;
    let condition = rule.status.conditions.first()?;
    Some((condition.reason.clone(), condition.message.clone()))
}

/// A controller that runs over these facts.
struct Running {
    api: FakeApi,
    clock: ManualClock,
    cancel: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Running {
    fn new(api: FakeApi) -> Self {
        let (clock, cancel) = (ManualClock::new(), CancellationToken::new());
        let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
        let task = tokio::spawn(run(context));
        Self {
            api,
            clock,
            cancel,
            task,
        }
    }

    async fn advance(&self, seconds: u64) {
        while self.clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        self.clock.advance(Duration::from_secs(seconds));
    }

    async fn end(self) {
        self.cancel.cancel();
        self.task.await.expect("it ends");
    }
}

#[tokio::test]
async fn pods_of_tainted_devices_go_when_their_time_is_over() {
    let api = FakeApi::new();
    let mut tolerant = claim("tolerant", "later");
    let allocation = tolerant.status.allocation.as_mut().expect("it has one");
    allocation.devices.results[0].tolerations = vec![DeviceToleration {
        operator: "Exists".to_owned(),
        effect: NO_EXECUTE.to_owned(),
        toleration_seconds: Some(20),
        ..DeviceToleration::default()
    }];
    api.put(&tolerant);
    api.put(&claim("c", "now"));
    api.put(&pod("now", "c"));
    api.put(&pod("later", "tolerant"));
    api.put(&slice(1, "NoSchedule"));
    let running = Running::new(api);
    let api = &running.api;
    api.put(&slice(1, NO_EXECUTE));
    api.until("the one that does not tolerate it goes", |api| {
        going(api, "now")
    })
    .await;
    let now = api.get::<Pod>("ns", "now").expect("it is held");
    let condition = &now.status.conditions[0];
    assert_eq!(condition.type_, "DisruptionTarget");
    assert_eq!(condition.reason, TAINTED.reason);
    assert_eq!(condition.message, TAINTED.message);
    api.until("an event tells it", |api| {
        let mut events = api.all::<Event>().into_iter();
        events.any(|one| one.reason == REASON && one.message == "Marking for deletion")
    })
    .await;
    assert!(!going(api, "later"));
    running.advance(20).await;
    running
        .api
        .until("the one that tolerated it for a while goes", |api| {
            going(api, "later")
        })
        .await;
    running.end().await;
}

#[tokio::test]
async fn what_a_rule_does_stands_in_its_status() {
    let api = FakeApi::new();
    api.put(&claim("c", "p"));
    api.put(&pod("p", "c"));
    api.put(&slice(1, "NoSchedule"));
    api.put(&rule("would", "None"));
    let running = Running::new(api);
    let api = &running.api;
    api.until("what would be is said", |api| said(api, "would").is_some())
        .await;
    let (reason, message) = said(api, "would").expect("it is said");
    assert_eq!(reason, "NoEffect");
    let begins = "1 published device selected. 1 allocated device selected. 1 pod would be evicted";
    assert!(message.starts_with(begins), "{message}");
    assert!(!going(api, "p"));

    api.put(&rule("r", NO_EXECUTE));
    api.until("the pod goes", |api| going(api, "p")).await;
    api.until("the rule is told of", |api| said(api, "r").is_some())
        .await;
    api.until("the cache knows", |_| running.clock.sleepers() > 0)
        .await;
    while said(api, "r").is_none_or(|(reason, _)| reason != "Completed") {
        running.advance(1).await;
        tokio::task::yield_now().await;
    }
    let (_, message) = said(api, "r").expect("it is said");
    assert_eq!(message, "1 pod evicted since starting the controller.");
    running.end().await;
}

#[tokio::test]
async fn a_pod_stays_when_the_taint_goes_in_time() {
    let api = FakeApi::new();
    let mut later = slice(1, NO_EXECUTE);
    later.spec.devices[0].taints[0].time_added = Some(Time(at(30)));
    api.put(&claim("c", "p"));
    api.put(&pod("p", "c"));
    api.put(&later);
    let running = Running::new(api);
    while running.clock.sleepers() == 0 {
        tokio::task::yield_now().await;
    }
    running.api.remove::<ResourceSlice>("", "s1");
    running
        .api
        .until("it is told that it stays", |api| {
            let mut events = api.all::<Event>().into_iter();
            events.any(|one| one.message == "Cancelling deletion")
        })
        .await;
    assert!(!going(&running.api, "p"));
    running.end().await;
}
