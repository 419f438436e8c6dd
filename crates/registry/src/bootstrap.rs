//! Objects that exist in every cluster without anyone's doing. The API server
//! creates those that are missing at start, and brings the RBAC defaults up to
//! date.

use crate::tree::{self, set};
use skeg_meta::Time;
use skeg_schema::Value;
use std::net::IpAddr;

/// What the objects depend on.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// The first address of the service range.
    pub kubernetes_ip: IpAddr,
    /// The service ranges, as text: the one of the default family first.
    pub service_cidrs: Vec<String>,
    /// The API server's own port.
    pub secure_port: u16,
    /// The time of the first start.
    pub now: Time,
}

/// An object and how it is made.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    /// The object.
    pub object: Value,
    /// The field manager of its creation.
    pub manager: &'static str,
    /// What to do when it is there already.
    pub existing: Existing,
}

/// What to do with an object that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Users may change it.
    Keep,
    /// RBAC defaults: rules and subjects that are missing are added, unless the
    /// object says `rbac.authorization.kubernetes.io/autoupdate: "false"`.
    Reconcile,
}

macro_rules! files {
    ($($name:literal, $manager:expr, $existing:ident;)*) => {
        &[$(($name, include_str!(concat!("../data/bootstrap/", $name, ".jsonl")), $manager, Existing::$existing)),*]
    };
}

const APISERVER: &str = "kube-apiserver";
const FLOW: &str = "api-priority-and-fairness-config-producer-v1";

/// In the order of creation: namespaces before what lies in them.
static FILES: &[(&str, &str, &str, Existing)] = files! {
    "Namespace", APISERVER, Keep;
    "ConfigMap", APISERVER, Keep;
    "PriorityClass", APISERVER, Keep;
    "ServiceCIDR", APISERVER, Keep;
    "Service", APISERVER, Keep;
    "ClusterRole", APISERVER, Reconcile;
    "ClusterRoleBinding", APISERVER, Reconcile;
    "Role", APISERVER, Reconcile;
    "RoleBinding", APISERVER, Reconcile;
    "PriorityLevelConfiguration", FLOW, Keep;
    "FlowSchema", FLOW, Keep;
    "APIService", APISERVER, Keep;
};

/// The bootstrap objects of the kinds that are asked for, in the order of creation.
pub fn objects(parameters: &Parameters, kinds: impl Fn(&str) -> bool) -> Vec<Bootstrap> {
    let mut out = Vec::new();
    for (_, text, manager, existing) in FILES.iter().filter(|file| kinds(file.0)) {
        for line in text.lines().filter(|l| !l.is_empty()) {
            let mut object = skeg_schema::decode_json_any(line.as_bytes())
                .expect("the packed objects are JSON (a test reads them all)");
            fill(&mut object, parameters);
            out.push(Bootstrap {
                object,
                manager,
                existing: *existing,
            });
        }
    }
    out
}

fn fill(v: &mut Value, p: &Parameters) {
    let now = p.now.to_string();
    times(v, &now);
    match tree::s(v, "kind") {
        // The day since which uses of tokens in Secrets are written down.
        "ConfigMap" => {
            let day = now.split('T').next().unwrap_or_default();
            set(tree::obj_mut(v, "data"), "since", day);
        }
        "ServiceCIDR" => {
            let spec = tree::obj_mut(v, "spec");
            set(spec, "cidrs", p.service_cidrs.clone());
        }
        "Service" => {
            let ip = p.kubernetes_ip.to_string();
            let spec = tree::obj_mut(v, "spec");
            set(spec, "clusterIP", ip.as_str());
            set(spec, "clusterIPs", vec![ip.as_str()]);
            let family = if p.kubernetes_ip.is_ipv4() {
                "IPv4"
            } else {
                "IPv6"
            };
            set(spec, "ipFamilies", vec![family]);
            for port in tree::list_mut(spec, "ports") {
                set(port, "targetPort", i64::from(p.secure_port));
            }
        }
        _ => {}
    }
}

fn times(v: &mut Value, now: &str) {
    match v {
        Value::String(s) if s == "TIME" => now.clone_into(s),
        Value::Array(items) => items.iter_mut().for_each(|i| times(i, now)),
        Value::Object(o) => o.iter_mut().for_each(|(_, v)| times(v, now)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_objects_are_there_and_filled() {
        let all = objects(
            &Parameters {
                kubernetes_ip: "10.1.0.1".parse().unwrap(),
                service_cidrs: vec!["10.1.0.0/16".into()],
                secure_port: 6443,
                now: Time::now(),
            },
            |_| true,
        );
        assert!(all.len() > 150, "{}", all.len());
        let text: String = all.iter().map(|b| b.object.to_string()).collect();
        assert!(!text.contains("\"TIME\"") && !text.contains("SECURE_PORT"));
        assert!(!text.contains("\"DATE\"") && text.contains("{\"since\":\"20"));
        assert!(text.contains("\"clusterIP\":\"10.1.0.1\""));
        assert!(all[0].object["kind"] == "Namespace");
    }
}
