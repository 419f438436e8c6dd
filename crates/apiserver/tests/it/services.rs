//! Addresses, families and node ports of services that change.

use serde_json::{Value, json};

use crate::support::Server;

const SERVICES: &str = "/api/v1/namespaces/default/services";
const MERGE: &str = "merge-patch+json";

async fn made(server: &Server, spec: Value) -> Value {
    let body = json!({"metadata": {"name": "s"}, "spec": spec});
    server
        .send(&format!("POST {SERVICES}"), body)
        .await
        .expect(201)
}

async fn changed(server: &Server, spec: Value) -> crate::support::Answer {
    let body = json!({"spec": spec});
    server.patch(&format!("{SERVICES}/s"), MERGE, body).await
}

/// The node ports of a service.
fn numbers(service: &Value) -> Vec<i64> {
    let ports = service["spec"]["ports"].as_array().unwrap();
    ports
        .iter()
        .map(|p| p["nodePort"].as_i64().unwrap_or_default())
        .collect()
}

#[tokio::test]
async fn families_of_services_without_address_and_selector_come_and_go() {
    let server = Server::start().await;
    let first = made(
        &server,
        json!({"clusterIP": "None", "ports": [{"port": 80}]}),
    )
    .await;
    assert_eq!(first["spec"]["ipFamilies"], json!(["IPv4", "IPv6"]));
    assert_eq!(first["spec"]["ipFamilyPolicy"], "RequireDualStack");

    let none =
        json!({"metadata": {"name": "n"}, "spec": {"ipFamilyPolicy": "", "ports": [{"port": 80}]}});
    let none = server.send(&format!("POST {SERVICES}"), none).await;
    assert!(
        none.refused(422, "Invalid")
            .contains("spec.ipFamilyPolicy: Unsupported value")
    );

    let fewer = changed(&server, json!({"ipFamilies": ["IPv4"]})).await;
    assert_eq!(
        fewer.refused(422, "Invalid"),
        "Service \"s\" is invalid: spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": must be 'SingleStack' to release the secondary IP family"
    );
    let selecting = changed(&server, json!({"selector": {"a": "b"}})).await;
    assert_eq!(
        selecting.refused(422, "Invalid"),
        "Service \"s\" is invalid: [spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services, spec.ipFamilies[1]: Invalid value: \"IPv6\": not configured on this cluster]"
    );
    let single = changed(&server, json!({"ipFamilyPolicy": "SingleStack"}))
        .await
        .expect(200);
    assert_eq!(single["spec"]["ipFamilies"], json!(["IPv4"]));
    let selecting = changed(&server, json!({"selector": {"a": "b"}}))
        .await
        .expect(200);
    assert_eq!(selecting["spec"]["clusterIPs"], json!(["None"]));
    let dual = changed(&server, json!({"ipFamilyPolicy": "PreferDualStack"}))
        .await
        .expect(200);
    assert_eq!(dual["spec"]["ipFamilies"], json!(["IPv4"]));
}

#[tokio::test]
async fn ports_of_one_number_share_a_node_port_at_first() {
    let server = Server::start().await;
    let both = json!([{"name": "a", "port": 80}, {"name": "b", "port": 80, "protocol": "UDP"},
        {"name": "c", "port": 81}]);
    let first = made(&server, json!({"type": "NodePort", "ports": both})).await;
    let was = numbers(&first);
    assert!(
        was[0] == was[1] && was[0] != was[2] && was[2] != 0,
        "{was:?}"
    );

    let mut ports = first["spec"]["ports"].clone();
    ports[1]["nodePort"] = json!(0);
    ports[1]["port"] = json!(81);
    let later = changed(&server, json!({"ports": ports})).await.expect(200);
    let now = numbers(&later);
    assert!(
        now[0] == was[0] && now[2] == was[2] && !was.contains(&now[1]),
        "{now:?}"
    );
}

#[tokio::test]
async fn node_ports_stay_with_the_names_of_ports() {
    let server = Server::start().await;
    let both = json!([{"name": "a", "port": 80}, {"name": "b", "port": 81}]);
    let first = made(&server, json!({"type": "NodePort", "ports": both})).await;
    let was = numbers(&first);
    let moved = json!({"ports": [{"name": "b", "port": 90, "protocol": "UDP"},
        {"name": "c", "port": 80, "protocol": "TCP"}]});
    let later = changed(&server, moved).await.expect(200);
    let now = numbers(&later);
    assert!(now[0] == was[1] && !was.contains(&now[1]), "{now:?}");
}

#[tokio::test]
async fn a_node_port_is_given_twice_to_two_protocols_only() {
    let server = Server::start().await;
    made(
        &server,
        json!({"type": "NodePort", "ports": [{"name": "a", "port": 80}]}),
    )
    .await;
    let ports = |second: &str| {
        json!({"ports": [{"name": "a", "port": 80, "protocol": "TCP", "nodePort": 31001},
            {"name": "b", "port": 81, "protocol": second, "nodePort": 31001}]})
    };
    let udp = changed(&server, ports("UDP")).await.expect(200);
    assert_eq!(numbers(&udp), [31001, 31001]);
    let twice = changed(&server, ports("TCP")).await.expect(500);
    assert_eq!(twice["message"], "duplicate nodePort: {TCP 31001}");
    assert_eq!(twice.get("reason"), None);
    let gone = changed(&server, json!({"type": "ClusterIP"}))
        .await
        .expect(200);
    assert_eq!(numbers(&gone), [0, 0]);
    let taken = json!({"metadata": {"name": "t"}, "spec": {"type": "NodePort",
        "ports": [{"port": 80, "nodePort": 31001}]}});
    server
        .send(&format!("POST {SERVICES}"), taken)
        .await
        .expect(201);
}

#[tokio::test]
async fn two_ports_of_one_number_and_protocol_are_told_as_two_faults() {
    let server = Server::start().await;
    let body = json!({"metadata": {"name": "s"}, "spec": {"type": "NodePort",
        "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 80}]}});
    let refused = server.send(&format!("POST {SERVICES}"), body).await;
    let message = refused.refused(422, "Invalid");
    assert!(
        message.contains("spec.ports[1]: Duplicate value")
            && message.contains("spec.ports[1].nodePort: Duplicate value"),
        "{message}"
    );
}

#[tokio::test]
async fn a_dry_run_takes_no_address_and_no_port() {
    let server = Server::start().await;
    let spec = json!({"type": "NodePort", "clusterIP": "10.96.0.77",
        "ports": [{"port": 80, "nodePort": 31007}]});
    let body = json!({"metadata": {"name": "s"}, "spec": spec});
    for query in ["?dryRun=All", "?dryRun=All", ""] {
        server
            .send(&format!("POST {SERVICES}{query}"), body.clone())
            .await
            .expect(201);
    }
    // What nobody asked for is shown as upstream shows it, and is nobody's.
    let spec = json!({"type": "LoadBalancer", "externalTrafficPolicy": "Local",
        "ports": [{"name": "a", "port": 80}, {"name": "b", "port": 81}]});
    let any = json!({"metadata": {"name": "t"}, "spec": spec});
    for _ in 0..2 {
        let line = format!("POST {SERVICES}?dryRun=All");
        let shown = server.send(&line, any.clone()).await.expect(201);
        assert_eq!(shown["spec"]["clusterIPs"], json!(["10.96.0.0"]));
        assert_eq!(numbers(&shown), [32769, 32770]);
        assert_eq!(shown["spec"]["healthCheckNodePort"], 32771);
    }
    let dry = async |spec: Value| {
        let line = format!("POST {SERVICES}?dryRun=All");
        let body = json!({"metadata": {"name": "t"}, "spec": spec});
        server.send(&line, body).await
    };
    // An address is judged by its range alone.
    let port = json!([{"port": 80}]);
    let had = dry(json!({"clusterIP": "10.96.0.77", "ports": port})).await;
    had.expect(201);
    let outside = dry(json!({"clusterIP": "10.1.0.77", "ports": port})).await;
    outside.refused(422, "Invalid");
    let ports = json!([{"port": 80, "nodePort": 31007}]);
    let had = dry(json!({"type": "NodePort", "ports": ports})).await;
    had.refused(422, "Invalid");
    let other = json!({"spec": {"ports": [{"port": 80, "nodePort": 31008}]}});
    for query in ["?dryRun=All", "?dryRun=All", ""] {
        let path = format!("{SERVICES}/s{query}");
        let changed = server.patch(&path, MERGE, other.clone()).await.expect(200);
        assert_eq!(numbers(&changed), [31008]);
    }
    let taken = json!({"metadata": {"name": "t"}, "spec": {"type": "NodePort",
        "ports": [{"port": 80, "nodePort": 31008}]}});
    let refused = server.send(&format!("POST {SERVICES}"), taken).await;
    assert!(
        refused
            .refused(422, "Invalid")
            .contains("provided port is already allocated")
    );
}

#[tokio::test]
async fn the_servers_own_service_and_range_come_back() {
    let server = Server::start().await;
    let service = format!("{SERVICES}/kubernetes");
    let cidr = "/apis/networking.k8s.io/v1/servicecidrs/kubernetes";
    for path in [service.as_str(), cidr] {
        let mut was = server.get(path).await.expect(200);
        server.delete(path, json!({})).await.expect(200);
        let free = json!({"metadata": {"finalizers": null}});
        server.patch(path, MERGE, free).await;
        server.get(path).await.expect(404);
        server.api.restore().await.unwrap();
        let mut now = server.get(path).await.expect(200);
        for meta in [&mut was["metadata"], &mut now["metadata"]] {
            let name = meta["name"].clone();
            *meta = json!({"name": name});
        }
        assert_eq!(was["spec"], now["spec"]);
    }
}

/// Who goes away while the store writes leaves the ports to the service that is stored.
#[tokio::test]
async fn ports_stay_taken_when_nobody_waits_for_the_answer() {
    // A store that takes its time.
    let dir = tempfile::tempdir().unwrap();
    let store = skeg_store::Embedded::open(dir.path(), skeg_store::Options::default()).unwrap();
    let options = skeg_apiserver::Options::default();
    let server = Server::start_over(std::sync::Arc::new(store), options).await;
    let body = |name: String, port: i64| {
        json!({"metadata": {"name": name}, "spec": {"type": "NodePort",
            "ports": [{"port": 80, "nodePort": port}]}})
    };
    let line = format!("POST {SERVICES}");
    let mut stored = 0;
    for round in 0..20 {
        let port = 31100 + round;
        let name = format!("left-{round}");
        {
            let asked = server.send(&line, body(name.clone(), port));
            let mut asked = std::pin::pin!(asked);
            // As far as it gets at once, which is to the store.
            assert!(futures::poll!(&mut asked).is_pending());
        }
        let path = format!("{SERVICES}/{name}");
        for _ in 0..1000 {
            if server.get(&path).await.code == 200 {
                stored += 1;
                let again = server
                    .send(&line, body(format!("more-{round}"), port))
                    .await;
                let message = again.refused(422, "Invalid");
                assert!(message.contains("already allocated"), "{message}");
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    assert!(stored > 0, "no write was under way when its request ended");
}

#[tokio::test]
async fn a_name_elsewhere_has_no_traffic_policy() {
    let server = Server::start().await;
    let spec = json!({"type": "ExternalName", "externalName": "a.b",
        "internalTrafficPolicy": "Local"});
    let service = made(&server, spec).await;
    assert_eq!(service["spec"].get("internalTrafficPolicy"), None);
    let odd = json!({"internalTrafficPolicy": "Nowhere"});
    changed(&server, odd).await.refused(422, "Invalid");
}

#[tokio::test]
async fn where_a_load_balancer_is_reached_may_be_odd() {
    let server = Server::start().await;
    made(
        &server,
        json!({"type": "LoadBalancer", "ports": [{"port": 80}]}),
    )
    .await;
    let status = json!({"status": {"loadBalancer": {"ingress": [
        {"ip": "1.2.3.4"}, {"ip": "FE80::00"}]}}});
    let path = format!("{SERVICES}/s/status");
    let told = server.patch(&path, MERGE, status).await;
    told.expect(200);
    assert_eq!(
        told.header("warning"),
        "299 - \"status.loadBalancer.ingress[1]: IPv6 address \\\"FE80::00\\\" should be in RFC 5952 canonical format (\\\"fe80::\\\")\""
    );
}
