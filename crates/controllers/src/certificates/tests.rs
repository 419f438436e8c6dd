use super::*;
use crate::Context;
use skeg_runtime::ManualClock;
use skeg_runtime::testing::FakeApi;
use tokio_util::sync::CancellationToken;

fn asked(common_name: &str, organization: &str) -> CertificateRequest {
    CertificateRequest {
        common_name: common_name.to_owned(),
        organizations: vec![organization.to_owned()],
        ..CertificateRequest::default()
    }
}

fn usages(all: &[&str]) -> Vec<String> {
    all.iter().map(|usage| (*usage).to_owned()).collect()
}

#[test]
fn kubelets_ask_for_little() {
    let node = asked("system:node:a", "system:nodes");
    let named = CertificateRequest {
        dns_names: vec!["a".to_owned()],
        ..node.clone()
    };
    let client = ["client auth", "digital signature", "key encipherment"];
    for (request, used, expect) in [
        (&node, &client[..], None),
        (&node, &client[..2], None),
        (
            &node,
            &client[..1],
            Some("usages did not match [client auth digital signature key encipherment]"),
        ),
        (
            &named,
            &client[..],
            Some("DNS subjectAltNames are not allowed"),
        ),
        (
            &asked("system:node:a", "other"),
            &client[..],
            Some("subject organization is not system:nodes"),
        ),
        (
            &asked("a", "system:nodes"),
            &client[..],
            Some("subject common name does not begin with system:node: "),
        ),
    ] {
        let fault = kubelet_client_fault(request, &usages(used));
        assert_eq!(fault.as_deref(), expect, "{used:?}");
    }
    let serving = usages(&["digital signature", "server auth"]);
    assert_eq!(kubelet_serving_fault(&named, &serving), None);
    assert_eq!(
        kubelet_serving_fault(&node, &serving).as_deref(),
        Some("DNS or IP subjectAltName is required")
    );
}

#[test]
fn clients_are_told_which_usage_is_wrong() {
    let request = asked("carol", "dev");
    for (used, expect) in [
        (&["client auth"][..], None),
        (
            &["server auth"],
            Some("invalid usage for client certificate: server auth"),
        ),
        (
            &["digital signature"],
            Some("missing required usage for client certificate: client auth"),
        ),
    ] {
        let fault = sign::client_fault(&request, &usages(used));
        assert_eq!(fault.as_deref(), expect);
    }
}

#[test]
fn lifetimes_have_bounds() {
    for (asked, expect) in [(None, 365 * 86_400), (Some(1), 600), (Some(3600), 3600)] {
        assert_eq!(sign::lifetime(asked).as_secs(), expect);
    }
}

#[tokio::test]
async fn old_requests_go() {
    let (api, cancel, clock) = (FakeApi::new(), CancellationToken::new(), ManualClock::new());
    let mut denied = CertificateSigningRequest::default();
    denied.metadata.name = "denied".to_owned();
    denied.metadata.creation_timestamp = Some(Time(clock.shared().now()));
    let mut pending = denied.clone();
    pending.metadata.name = "pending".to_owned();
    denied.status.conditions.push(new_condition(
        "Denied",
        "ByHand",
        String::new(),
        clock.shared().now(),
    ));
    api.put(&denied);
    api.put(&pending);
    let context = Context::for_client(api.client(), clock.shared(), cancel.clone());
    let running = tokio::spawn(run_cleaner(context));
    let has = |api: &FakeApi, name: &str| api.get::<CertificateSigningRequest>("", name).is_some();
    let mut hours = 0;
    while has(&api, "denied") {
        while clock.sleepers() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(std::time::Duration::from_secs(3600));
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        hours += 1;
        assert!(hours < 10, "it never goes");
    }
    assert!(has(&api, "pending"));
    cancel.cancel();
    running.await.expect("it ends");
}
