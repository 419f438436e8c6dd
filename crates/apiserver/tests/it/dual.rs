//! Services of two families.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::support::{Answer, Server};

const SERVICES: &str = "/api/v1/namespaces/default/services";
const ADDRESSES: &str = "/apis/networking.k8s.io/v1/ipaddresses";
const MERGE: &str = "merge-patch+json";
const FOUR: &str = "10.0.0.0/16";
const SIX: &str = "2001:db8:1::/112";

async fn server(ranges: &[&str]) -> Server {
    let options = skeg_apiserver::Options {
        service_cidr: ranges.join(","),
        ..Default::default()
    };
    Server::start_with(options).await
}

async fn send(server: &Server, name: &str, spec: &Value) -> Answer {
    let mut spec = spec.clone();
    if spec["type"] != "ExternalName" {
        spec["ports"] = json!([{"port": 80}]);
    }
    let body = json!({"metadata": {"name": name}, "spec": spec});
    server.send(&format!("POST {SERVICES}"), body).await
}

async fn patch(server: &Server, name: &str, spec: Value) -> Answer {
    let body = json!({"spec": spec});
    server
        .patch(&format!("{SERVICES}/{name}"), MERGE, body)
        .await
}

/// Policy, families and the families of the addresses of a service: `Prefer [4, 6] [4, 6]`.
fn shape(service: &Value) -> String {
    let spec = &service["spec"];
    let list = |name: &str| spec[name].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let families: Vec<String> = list("ipFamilies")
        .iter()
        .map(|family| text(family).replace("IPv", ""))
        .collect();
    let ips = list("clusterIPs");
    assert_eq!(spec["clusterIP"], ips.first().cloned().unwrap_or_default());
    let ips: Vec<&str> = ips
        .iter()
        .map(|ip| match text(ip).as_str() {
            "None" => "None",
            ip if ip.contains(':') => "6",
            ip if ip.contains('.') => "4",
            _ => "?",
        })
        .collect();
    let policy = text(&spec["ipFamilyPolicy"])
        .replace("DualStack", "")
        .replace("Stack", "");
    format!("{policy} [{}] [{}]", families.join(" "), ips.join(" "))
}

/// The names of the IPAddress objects of a service.
async fn addresses(server: &Server, name: &str) -> Vec<String> {
    let all = server.get(ADDRESSES).await.expect(200);
    let all = all["items"].as_array().unwrap().clone();
    let own = all
        .iter()
        .filter(|one| one["spec"]["parentRef"]["name"] == name);
    own.map(|one| one["metadata"]["name"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn new_services_have_the_families_that_they_ask_for() {
    let selector = json!({"a": "b"});
    let spec = |policy: &str, families: &[&str], ips: &[&str]| {
        let mut spec = json!({"selector": selector});
        if !policy.is_empty() {
            spec["ipFamilyPolicy"] = json!(policy);
        }
        if !families.is_empty() {
            spec["ipFamilies"] = json!(families);
        }
        if let Some(first) = ips.first() {
            spec["clusterIP"] = json!(first);
            spec["clusterIPs"] = json!(ips);
        }
        spec
    };
    let (single, prefer, require) = ("SingleStack", "PreferDualStack", "RequireDualStack");
    let (four, six) = ("IPv4", "IPv6");
    let (ip4, ip6) = ("10.0.0.9", "2001:db8:1::9");
    let no_dual = "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services";
    // On a cluster of IPv4, of IPv6, of both, and of both the other way round.
    let cases: &[(Value, [&str; 4])] = &[
        (
            spec("", &[], &[]),
            [
                "Single [4] [4]",
                "Single [6] [6]",
                "Single [4] [4]",
                "Single [6] [6]",
            ],
        ),
        (
            spec(single, &[], &[]),
            [
                "Single [4] [4]",
                "Single [6] [6]",
                "Single [4] [4]",
                "Single [6] [6]",
            ],
        ),
        (
            spec(prefer, &[], &[]),
            [
                "Prefer [4] [4]",
                "Prefer [6] [6]",
                "Prefer [4 6] [4 6]",
                "Prefer [6 4] [6 4]",
            ],
        ),
        (
            spec(require, &[], &[]),
            [
                no_dual,
                no_dual,
                "Require [4 6] [4 6]",
                "Require [6 4] [6 4]",
            ],
        ),
        (
            spec("", &[six], &[]),
            [
                "spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster",
                "Single [6] [6]",
                "Single [6] [6]",
                "Single [6] [6]",
            ],
        ),
        (
            spec(prefer, &[four], &[]),
            [
                "Prefer [4] [4]",
                "spec.ipFamilies[0]: Invalid value: \"IPv4\": not configured on this cluster",
                "Prefer [4 6] [4 6]",
                "Prefer [4 6] [4 6]",
            ],
        ),
        (
            spec(require, &[six, four], &[]),
            [
                "[spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services, spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster]",
                "[spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services, spec.ipFamilies[1]: Invalid value: \"IPv4\": not configured on this cluster]",
                "Require [6 4] [6 4]",
                "Require [6 4] [6 4]",
            ],
        ),
        (
            spec("", &[four, six], &[]),
            ["spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified";
                4],
        ),
        (
            spec("", &[], &[ip4, ip6]),
            [
                "[spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified, spec.clusterIPs[1]: Invalid value: [\"10.0.0.9\",\"2001:db8:1::9\"]: IPv6 is not configured on this cluster]",
                "[spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified, spec.clusterIPs[0]: Invalid value: [\"10.0.0.9\",\"2001:db8:1::9\"]: IPv4 is not configured on this cluster]",
                "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
                "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified",
            ],
        ),
        (
            spec(prefer, &[], &[ip6]),
            [
                "spec.clusterIPs[0]: Invalid value: [\"2001:db8:1::9\"]: IPv6 is not configured on this cluster",
                "Prefer [6] [6]",
                "Prefer [6 4] [6 4]",
                "Prefer [6 4] [6 4]",
            ],
        ),
        (
            spec(prefer, &[four, six], &[ip4]),
            [
                "spec.ipFamilies[1]: Invalid value: \"IPv6\": not configured on this cluster",
                "spec.ipFamilies[0]: Invalid value: \"IPv4\": not configured on this cluster",
                "Prefer [4 6] [4 6]",
                "Prefer [4 6] [4 6]",
            ],
        ),
        (
            spec(require, &[], &[ip6, ip4]),
            [
                "spec.clusterIPs[0]: Invalid value: [\"2001:db8:1::9\",\"10.0.0.9\"]: IPv6 is not configured on this cluster",
                "spec.clusterIPs[1]: Invalid value: [\"2001:db8:1::9\",\"10.0.0.9\"]: IPv4 is not configured on this cluster",
                "Require [6 4] [6 4]",
                "Require [6 4] [6 4]",
            ],
        ),
        (
            spec(prefer, &[], &["None"]),
            [
                "Prefer [4] [None]",
                "Prefer [6] [None]",
                "Prefer [4 6] [None]",
                "Prefer [6 4] [None]",
            ],
        ),
        (
            spec(require, &[], &["None"]),
            [
                no_dual,
                no_dual,
                "Require [4 6] [None]",
                "Require [6 4] [None]",
            ],
        ),
        (
            json!({"clusterIP": "None"}),
            [
                "Require [4 6] [None]",
                "Require [6 4] [None]",
                "Require [4 6] [None]",
                "Require [6 4] [None]",
            ],
        ),
        (
            json!({"clusterIP": "None", "ipFamilies": ["IPv6"], "ipFamilyPolicy": "SingleStack"}),
            ["Single [6] [None]"; 4],
        ),
        (
            json!({"type": "ExternalName", "externalName": "a.b"}),
            [" [] []"; 4],
        ),
        (
            json!({"type": "LoadBalancer", "ipFamilyPolicy": "PreferDualStack"}),
            [
                "Prefer [4] [4]",
                "Prefer [6] [6]",
                "Prefer [4 6] [4 6]",
                "Prefer [6 4] [6 4]",
            ],
        ),
    ];
    let clusters = [&[FOUR][..], &[SIX], &[FOUR, SIX], &[SIX, FOUR]];
    for (n, ranges) in clusters.into_iter().enumerate() {
        let server = server(ranges).await;
        for (spec, expect) in cases {
            let answer = send(&server, "s", spec).await;
            if answer.code == 201 {
                let made = answer.json();
                assert_eq!(shape(&made), expect[n], "{ranges:?} {spec}");
                let own = made["spec"]["clusterIPs"].as_array().cloned();
                let mut own: Vec<String> = own
                    .unwrap_or_default()
                    .iter()
                    .map(|ip| ip.as_str().unwrap().to_owned())
                    .filter(|ip| ip != "None")
                    .collect();
                own.sort_unstable();
                assert_eq!(addresses(&server, "s").await, own);
                server
                    .delete(&format!("{SERVICES}/s"), json!({}))
                    .await
                    .expect(200);
                assert_eq!(addresses(&server, "s").await, [""; 0]);
            } else {
                let said = answer.refused(422, "Invalid");
                let words = format!("Service \"s\" is invalid: {}", expect[n]);
                assert_eq!(said, words, "{ranges:?} {spec}");
            }
        }
    }
}

#[tokio::test]
async fn a_service_gets_a_second_family_and_loses_it_again() {
    let server = server(&[FOUR, SIX]).await;
    let check = async |name: &str, change: Value, expect: &str| {
        let answer = patch(&server, name, change.clone()).await;
        if answer.code == 200 {
            assert_eq!(shape(&answer.json()), expect, "{change}");
            let count = answer.json()["spec"]["clusterIPs"]
                .as_array()
                .map_or(0, Vec::len);
            assert_eq!(addresses(&server, name).await.len(), count, "{change}");
        } else {
            let said = answer.refused(422, "Invalid");
            assert_eq!(said, format!("Service \"{name}\" is invalid: {expect}"));
        }
    };
    let make = async |name: &str, spec: Value| {
        send(&server, name, &spec).await.expect(201);
    };
    let own = "10.0.0.77";
    let select = json!({"a": "b"});
    make("s", json!({"selector": select, "clusterIP": own})).await;
    // To two families by policy alone, to the families by name, and by an address.
    let prefer = json!({"ipFamilyPolicy": "PreferDualStack"});
    check("s", prefer.clone(), "Prefer [4 6] [4 6]").await;
    let keeps = "spec.ipFamilyPolicy: Invalid value: \"PreferDualStack\": must be 'SingleStack' to release the secondary IP family";
    check("s", json!({"ipFamilies": ["IPv4"]}), keeps).await;
    let keeps = "spec.ipFamilyPolicy: Invalid value: \"PreferDualStack\": must be 'SingleStack' to release the secondary cluster IP";
    check("s", json!({"clusterIPs": [own]}), keeps).await;
    let single = json!({"ipFamilyPolicy": "SingleStack"});
    check("s", single.clone(), "Single [4] [4]").await;
    let also = json!({"ipFamilyPolicy": "RequireDualStack", "ipFamilies": ["IPv4", "IPv6"],
        "clusterIPs": [own, "2001:db8:1::77"]});
    check("s", also.clone(), "Require [4 6] [4 6]").await;
    assert_eq!(addresses(&server, "s").await, [own, "2001:db8:1::77"]);
    let fewer =
        json!({"ipFamilyPolicy": "SingleStack", "ipFamilies": ["IPv4"], "clusterIPs": [own]});
    check("s", fewer, "Single [4] [4]").await;
    // What was let go of is free.
    let named =
        |second: &str| json!({"ipFamilyPolicy": "PreferDualStack", "clusterIPs": [own, second]});
    make(
        "t",
        json!({"clusterIPs": ["2001:db8:1::77"], "clusterIP": "2001:db8:1::77"}),
    )
    .await;
    let taken = "spec.clusterIPs: Invalid value: [\"10.0.0.77\",\"2001:db8:1::77\"]: failed to allocate IP 2001:db8:1::77: provided IP is already allocated";
    check("s", named("2001:db8:1::77"), taken).await;
    let outside = "spec.clusterIPs: Invalid value: [\"10.0.0.77\",\"2001:db8:2::1\"]: failed to allocate IP 2001:db8:2::1: the provided network does not match the current range";
    check("s", named("2001:db8:2::1"), outside).await;
    let same = "spec.clusterIPs: Invalid value: [\"10.0.0.77\",\"10.0.0.78\"]: may specify no more than one IP for each IP family";
    check("s", named("10.0.0.78"), same).await;
    check("s", named("2001:db8:1::78"), "Prefer [4 6] [4 6]").await;
    // Neither the order nor the first may change.
    let turned = json!({"ipFamilies": ["IPv6", "IPv4"]});
    let message = patch(&server, "s", turned).await.refused(422, "Invalid");
    assert!(
        message.contains("expected an IPv6 value as indicated by `ipFamilies[0]`"),
        "{message}"
    );
    // Another type has no addresses, and gets both again.
    let away =
        json!({"type": "ExternalName", "externalName": "a.b", "ports": null, "selector": null});
    check("s", away, " [] []").await;
    let back = json!({"type": "NodePort", "externalName": null, "ports": [{"port": 80}], "ipFamilyPolicy": "RequireDualStack",
        "ipFamilies": ["IPv6"]});
    check("s", back, "Require [6 4] [6 4]").await;
    check("s", single, "Single [6] [6]").await;

    // A service without addresses has families all the same.
    let headless = json!({"clusterIP": "None", "selector": select});
    send(&server, "h", &headless).await.expect(201);
    let policies = |policy: &str| json!({"ipFamilyPolicy": policy});
    for (policy, expect) in [
        ("PreferDualStack", "Prefer [4 6] [None]"),
        ("SingleStack", "Single [4] [None]"),
        ("RequireDualStack", "Require [4 6] [None]"),
    ] {
        let answer = patch(&server, "h", policies(policy)).await.expect(200);
        assert_eq!(shape(&answer), expect);
    }
}

#[tokio::test]
async fn the_default_range_is_said_to_be_ready_again() {
    let server = server(&[FOUR, SIX]).await;
    let path = "/apis/networking.k8s.io/v1/servicecidrs/kubernetes";
    let unsaid = json!({"status": {"conditions": null}});
    let status = format!("{path}/status");
    server.patch(&status, MERGE, unsaid).await.expect(200);
    server.api.restore().await.unwrap();
    let now = server.get(path).await.expect(200);
    let condition = &now["status"]["conditions"][0];
    assert_eq!(
        condition["message"],
        "Kubernetes default Service CIDR is ready"
    );
    assert_eq!(condition["status"], "True");
}

#[tokio::test]
async fn a_dry_run_takes_no_second_address() {
    let server = server(&[FOUR, SIX]).await;
    send(&server, "s", &json!({"selector": {"a": "b"}}))
        .await
        .expect(201);
    let first = addresses(&server, "s").await;
    let body = json!({"spec": {"ipFamilyPolicy": "RequireDualStack"}});
    let path = format!("{SERVICES}/s?dryRun=All");
    for _ in 0..2 {
        let dry = server.patch(&path, MERGE, body.clone()).await.expect(200);
        assert_eq!(shape(&dry), "Require [4 6] [4 6]");
        assert_eq!(addresses(&server, "s").await, first);
    }
}

#[tokio::test]
async fn a_cluster_comes_to_have_two_families_and_loses_one() {
    let store: Arc<dyn skeg_store::Store> = Arc::new(skeg_store::Embedded::in_memory());
    let start = async |ranges: &[&str]| {
        let options = skeg_apiserver::Options {
            service_cidr: ranges.join(","),
            ..Default::default()
        };
        Server::start_over(store.clone(), options).await
    };
    let cidrs = async |server: &Server| {
        let path = "/apis/networking.k8s.io/v1/servicecidrs/kubernetes";
        server.get(path).await.expect(200)["spec"]["cidrs"].clone()
    };
    let prefer = json!({"selector": {"a": "b"}, "ipFamilyPolicy": "PreferDualStack"});
    let one = start(&[FOUR]).await;
    assert_eq!(cidrs(&one).await, json!([FOUR]));
    let made = send(&one, "old", &prefer).await.expect(201);
    assert_eq!(shape(&made), "Prefer [4] [4]");
    drop(one);

    let both = start(&[FOUR, SIX]).await;
    assert_eq!(cidrs(&both).await, json!([FOUR, SIX]));
    // What prefers two families stays as it is until someone says more.
    let label = json!({"metadata": {"labels": {"a": "b"}}});
    let path = format!("{SERVICES}/old");
    let kept = both.patch(&path, MERGE, label.clone()).await.expect(200);
    assert_eq!(shape(&kept), "Prefer [4] [4]");
    let more = patch(&both, "old", json!({"ipFamilyPolicy": "RequireDualStack"})).await;
    assert_eq!(shape(&more.expect(200)), "Require [4 6] [4 6]");
    let made = send(&both, "new", &prefer).await.expect(201);
    assert_eq!(shape(&made), "Prefer [4 6] [4 6]");
    let own = both
        .get(&format!("{SERVICES}/kubernetes"))
        .await
        .expect(200);
    assert_eq!(shape(&own), "Single [4] [4]");
    drop(both);

    let one = start(&[FOUR]).await;
    assert_eq!(cidrs(&one).await, json!([FOUR, SIX]));
    one.api.restore().await.unwrap();
    let events = one.get("/api/v1/namespaces/default/events").await;
    let events = events.expect(200);
    let events: Vec<&Value> = events["items"].as_array().unwrap().iter().collect();
    let [event] = events.as_slice() else {
        panic!("{events:?}");
    };
    assert_eq!(
        event["message"],
        "The default ServiceCIDR [10.0.0.0/16 2001:db8:1::/112] does not match the controller flag configurations [10.0.0.0/16]"
    );
    assert_eq!(event["involvedObject"]["name"], "kubernetes");
    let path = format!("{SERVICES}/new");
    let kept = one.patch(&path, MERGE, label.clone()).await.expect(200);
    assert_eq!(shape(&kept), "Prefer [4 6] [4 6]");
    let refused = one.patch(&format!("{SERVICES}/old"), MERGE, label).await;
    assert_eq!(
        refused.refused(422, "Invalid"),
        "Service \"old\" is invalid: [spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services, spec.ipFamilies[1]: Invalid value: \"IPv6\": not configured on this cluster]"
    );
    let fewer = patch(&one, "old", json!({"ipFamilyPolicy": "SingleStack"})).await;
    assert_eq!(shape(&fewer.expect(200)), "Single [4] [4]");
    assert_eq!(addresses(&one, "old").await.len(), 1);
}
