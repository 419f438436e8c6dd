use super::*;
use skeg_api::core::v1::PodResourceClaim;
use skeg_api::resource::v1::DeviceTaintSelector;
use skeg_schema::json;

const DRIVER: &str = "gpu.example.com";

fn node(name: &str) -> Node {
    crate::testing::node(name, "4", "8Gi")
}

/// Devices of node a: `devices` is what the slice lists.
fn offered(devices: Value) -> Devices {
    let mut all = Devices::default();
    let slice = json!({"spec": {
        "driver": DRIVER, "nodeName": "a",
        "pool": {"name": "a", "generation": 1, "resourceSliceCount": 1},
        "devices": devices,
    }});
    all.set_slice("a", Some(&slice));
    let class = json!({"spec": {"selectors": [
        {"cel": {"expression": (format!("device.driver == '{DRIVER}'"))}}]}});
    all.set_class("gpu", Some(class));
    all
}

fn claim(all: &mut Devices, name: &str, spec: Value) {
    let claim = json!({
        "metadata": {"name": name, "namespace": "default", "uid": (format!("{name}-uid"))},
        "spec": {"devices": spec},
    });
    all.set_claim(("default".into(), name.into()), Some(claim));
}

fn pod(claims: &[&str]) -> Pod {
    let mut pod = crate::testing::pod("p", "1", "1Mi");
    for name in claims {
        pod.spec.resource_claims.push(PodResourceClaim {
            name: (*name).into(),
            resource_claim_name: Some((*name).into()),
            ..Default::default()
        });
    }
    pod
}

fn wanted(all: &Devices, claims: &[&str]) -> Vec<Wanted> {
    match all.of_pod(&pod(claims)) {
        Claims::Wanted(wanted) => wanted,
        other => panic!("{other:?}"),
    }
}

fn given(all: &Devices, claims: &[&str], on: &str) -> Option<Vec<String>> {
    let found = all.allocate(&wanted(all, claims), &node(on))?;
    Some(
        found
            .iter()
            .flat_map(|(_, allocation)| list(allocation, &["devices", "results"]))
            .map(|r| format!("{}={}", text(r, &["request"]), text(r, &["device"])))
            .collect(),
    )
}

fn exactly(more: Value) -> Value {
    let mut request = json!({"deviceClassName": "gpu", "allocationMode": "ExactCount", "count": 1});
    for (key, value) in more.as_object().cloned().unwrap_or_default() {
        request.as_object_mut().unwrap().insert(key, value);
    }
    json!({"requests": [{"name": "r", "exactly": request}]})
}

fn names(list: &[&str]) -> Option<Vec<String>> {
    Some(list.iter().map(|name| format!("r={name}")).collect())
}

#[test]
fn a_device_of_the_node_is_given_once() {
    let mut all = offered(json!([{"name": "g0"}]));
    claim(&mut all, "c", exactly(json!({})));
    claim(&mut all, "d", exactly(json!({})));
    assert_eq!(given(&all, &["c"], "a"), names(&["g0"]));
    assert_eq!(given(&all, &["c"], "b"), None);
    assert_eq!(given(&all, &["c", "d"], "a"), None);
    let found = all.allocate(&wanted(&all, &["c"]), &node("a")).unwrap();
    assert_eq!(
        found[0].1["nodeSelector"],
        json!({"nodeSelectorTerms": [{"matchFields": [
            {"key": "metadata.name", "operator": "In", "values": ["a"]}]}]})
    );
    all.promise(&found);
    assert_eq!(given(&all, &["d"], "a"), None);
    // Who shares the claim has it.
    assert_eq!(given(&all, &["c"], "a"), names(&["g0"]));
    all.take_back("c-uid");
    assert_eq!(given(&all, &["d"], "a"), names(&["g0"]));
}

#[test]
fn selectors_and_counts_choose() {
    let device = |name: &str, memory: &str, numa: i64| {
        json!({"name": name, "attributes": {"numa": {"int": numa}},
            "capacity": {"memory": {"value": memory}}})
    };
    let mut all = offered(json!([
        device("small", "1Gi", 0),
        device("g1", "8Gi", 1),
        device("g2", "8Gi", 1),
        device("g3", "8Gi", 2)
    ]));
    let big = format!("device.capacity['{DRIVER}'].memory.compareTo(quantity('4Gi')) >= 0");
    let selectors = json!([{"cel": {"expression": big}}]);
    claim(
        &mut all,
        "c",
        exactly(json!({"selectors": selectors.clone()})),
    );
    assert_eq!(given(&all, &["c"], "a"), names(&["g1"]));
    let mut two = exactly(json!({"count": 2}));
    two.set_at(
        &["constraints"],
        json!([{"requests": ["r"], "matchAttribute": (format!("{DRIVER}/numa"))}]),
    );
    claim(&mut all, "two", two.clone());
    assert_eq!(given(&all, &["two"], "a"), names(&["g1", "g2"]));
    two.set_at(
        &["constraints"],
        json!([{"distinctAttribute": (format!("{DRIVER}/numa"))}]),
    );
    claim(&mut all, "apart", two);
    assert_eq!(given(&all, &["apart"], "a"), names(&["small", "g1"]));
    claim(
        &mut all,
        "all",
        exactly(json!({"allocationMode": "All", "selectors": selectors})),
    );
    assert_eq!(given(&all, &["all"], "a"), names(&["g1", "g2", "g3"]));
    claim(&mut all, "many", exactly(json!({"count": 5})));
    assert_eq!(given(&all, &["many"], "a"), None);
}

#[test]
fn the_first_that_can_be_had() {
    let mut all = offered(json!([{"name": "g0"}]));
    let request = |name: &str, count: i64| json!({"name": name, "deviceClassName": "gpu", "allocationMode": "ExactCount", "count": count});
    claim(
        &mut all,
        "c",
        json!({"requests": [{"name": "r", "firstAvailable": [request("two", 2), request("one", 1)]}]}),
    );
    assert_eq!(given(&all, &["c"], "a"), Some(vec!["r/one=g0".to_owned()]));
}

#[test]
fn tainted_devices_must_be_tolerated() {
    let taint = json!([{"key": "k", "value": "v", "effect": "NoSchedule"}]);
    let mut all = offered(json!([{"name": "g0", "taints": taint}]));
    claim(&mut all, "c", exactly(json!({})));
    assert_eq!(given(&all, &["c"], "a"), None);
    let tolerations = json!([{"key": "k", "operator": "Exists"}]);
    claim(&mut all, "d", exactly(json!({"tolerations": tolerations})));
    assert_eq!(given(&all, &["d"], "a"), names(&["g0"]));
    let mut all = offered(json!([{"name": "g0"}]));
    claim(&mut all, "c", exactly(json!({})));
    let mut rule = DeviceTaintRule::default();
    rule.spec.taint.key = "k".to_owned();
    rule.spec.taint.effect = "NoExecute".to_owned();
    all.set_rule("rule", Some(Arc::new(rule.clone())));
    // A rule without a selector is for no device.
    assert_eq!(given(&all, &["c"], "a"), names(&["g0"]));
    rule.spec.device_selector = Some(DeviceTaintSelector {
        driver: Some(DRIVER.to_owned()),
        ..DeviceTaintSelector::default()
    });
    all.set_rule("rule", Some(Arc::new(rule)));
    assert_eq!(given(&all, &["c"], "a"), None);
}

#[test]
fn parts_of_a_device_share_its_counters() {
    let part = |name: &str, amount: &str| {
        json!({"name": name, "consumesCounters": [
            {"counterSet": "whole", "counters": {"memory": {"value": amount}}}]})
    };
    let mut all = offered(json!([
        part("half-0", "4Gi"),
        part("half-1", "4Gi"),
        part("full", "8Gi")
    ]));
    let slice = json!({"spec": {
        "driver": DRIVER, "nodeName": "a",
        "pool": {"name": "a", "generation": 1, "resourceSliceCount": 2},
        "sharedCounters": [{"name": "whole", "counters": {"memory": {"value": "8Gi"}}}],
    }});
    all.set_slice("counters", Some(&slice));
    let devices = json!({"spec": {
        "driver": DRIVER, "nodeName": "a",
        "pool": {"name": "a", "generation": 1, "resourceSliceCount": 2},
        "devices": [part("half-0", "4Gi"), part("half-1", "4Gi"), part("full", "8Gi")],
    }});
    all.set_slice("a", Some(&devices));
    claim(&mut all, "two", exactly(json!({"count": 2})));
    claim(&mut all, "three", exactly(json!({"count": 3})));
    assert_eq!(given(&all, &["two"], "a"), names(&["half-0", "half-1"]));
    assert_eq!(given(&all, &["three"], "a"), None);
}

#[test]
fn a_shared_device_is_given_as_far_as_it_goes() {
    let mut all = offered(json!([{"name": "g0", "allowMultipleAllocations": true,
        "capacity": {"memory": {"value": "8Gi",
            "requestPolicy": {"default": "1Gi", "validRange": {"min": "1Gi", "step": "1Gi"}}}}}]));
    let wants = |amount: &str| exactly(json!({"capacity": {"requests": {"memory": amount}}}));
    claim(&mut all, "c", wants("3500Mi"));
    claim(&mut all, "d", wants("4Gi"));
    claim(&mut all, "e", wants("1Gi"));
    let found = all.allocate(&wanted(&all, &["c"]), &node("a")).unwrap();
    let result = &found[0].1["devices"]["results"][0];
    assert_eq!(result["consumedCapacity"], json!({"memory": "4Gi"}));
    assert_eq!(result["shareID"].as_str().map(str::len), Some(36));
    assert_eq!(given(&all, &["c", "d"], "a").map(|all| all.len()), Some(2));
    assert_eq!(given(&all, &["c", "d", "e"], "a"), None);
    all.promise(&found);
    assert_eq!(given(&all, &["d"], "a"), names(&["g0"]));
    assert_eq!(given(&all, &["d", "e"], "a"), None);
}

#[test]
fn a_claim_that_nobody_uses_is_known() {
    let mut all = offered(json!([{"name": "g0"}]));
    claim(&mut all, "c", exactly(json!({})));
    let found = all.allocate(&wanted(&all, &["c"]), &node("a")).unwrap();
    let key: ClaimKey = ("default".into(), "c".into());
    let mut held = json!({"metadata": {"name": "c", "namespace": "default", "uid": "c-uid"}});
    all.set_claim(key.clone(), Some(held.clone()));
    assert_eq!(all.readiness(&key, "c-uid"), Readiness::Waiting);
    held.set_at(&["status", "allocation"], Value::clone(&found[0].1));
    for (users, expect) in [
        (json!([]), true),
        (
            json!([{"resource": "pods", "name": "p", "uid": "p-uid"}]),
            true,
        ),
        (
            json!([{"resource": "pods", "name": "q", "uid": "q-uid"}]),
            false,
        ),
    ] {
        held.set_at(&["status", "reservedFor"], users);
        all.set_claim(key.clone(), Some(held.clone()));
        assert_eq!(all.idle_claim(&pod(&["c"])).is_some(), expect);
    }
}

#[test]
fn devices_are_made_ready_first() {
    let mut all = offered(json!([{"name": "g0", "bindsToNode": true,
        "bindingConditions": ["Attached"], "bindingFailureConditions": ["Broken"]}]));
    claim(&mut all, "c", exactly(json!({})));
    let found = all.allocate(&wanted(&all, &["c"]), &node("a")).unwrap();
    let key: ClaimKey = ("default".into(), "c".into());
    let mut held = json!({"metadata": {"name": "c", "namespace": "default", "uid": "c-uid"}});
    held.set_at(&["status", "allocation"], Value::clone(&found[0].1));
    let mut check = |conditions: Value, expect: Readiness| {
        held.set_at(
            &["status", "devices"],
            json!([
            {"driver": DRIVER, "pool": "a", "device": "g0", "conditions": conditions}]),
        );
        all.set_claim(key.clone(), Some(held.clone()));
        assert_eq!(all.readiness(&key, "c-uid"), expect);
    };
    check(json!([]), Readiness::Waiting);
    check(
        json!([{"type": "Attached", "status": "False"}]),
        Readiness::Waiting,
    );
    check(
        json!([{"type": "Attached", "status": "True"}]),
        Readiness::Ready,
    );
    let broken = json!([{"type": "Attached", "status": "True"},
        {"type": "Broken", "status": "True", "reason": "R", "message": "no power"}]);
    let words = "device gpu.example.com/a/g0: Broken: no power".to_owned();
    check(broken, Readiness::Failed(words));
}

#[test]
fn old_and_incomplete_pools_give_nothing() {
    let mut all = offered(json!([{"name": "g0"}]));
    let slice = |generation: i64, count: i64, device: &str| {
        json!({"spec": {
            "driver": DRIVER, "nodeName": "a", "devices": [{"name": device}],
            "pool": {"name": "a", "generation": generation, "resourceSliceCount": count},
        }})
    };
    claim(&mut all, "c", exactly(json!({})));
    all.set_slice("b", Some(&slice(2, 1, "new")));
    assert_eq!(given(&all, &["c"], "a"), names(&["new"]));
    all.set_slice("b", Some(&slice(2, 2, "new")));
    assert_eq!(given(&all, &["c"], "a"), None);
}

#[test]
fn what_is_missing_is_told() {
    let mut all = offered(json!([{"name": "g0"}]));
    assert!(matches!(all.of_pod(&pod(&["none"])), Claims::Missing));
    claim(&mut all, "c", exactly(json!({"deviceClassName": "nope"})));
    match all.of_pod(&pod(&["c"])) {
        Claims::Hopeless(why) => assert_eq!(why, "request r: device class nope does not exist"),
        other => panic!("{other:?}"),
    }
}
