//! The condition `Available` of APIServices that others answer.

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use http::Request;
use skeg_auth::UserInfo;
use skeg_meta::{SharedObject, Time};
use skeg_registry::objects::Objects;
use skeg_registry::tree;
use skeg_schema::{Value, json};
use std::sync::Arc;
use std::time::Duration;

use super::proxy::identity_headers;
use super::registered::is_available;
use super::{APISERVICES, ApiService};
use crate::ApiServer;
use crate::cache::{Begin, Cacher, Delivery, Filter, Subscription};
use crate::go;
use crate::server::ReplyBody;
use crate::webhook::dial::{Peer, Place};

/// How often servers are looked at when nothing is known to have changed.
const RECHECK: Duration = Duration::from_secs(30);
/// How soon after a failed look the next one comes; doubled each time.
const RETRY_MIN: Duration = Duration::from_millis(500);
/// How long an answer to such a look may take.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);
/// What is said when it took longer.
const TIMED_OUT: &str =
    "context deadline exceeded (Client.Timeout exceeded while awaiting headers)";
/// Requests at once in one look: one good answer is enough.
const PROBES: usize = 5;
/// Looks at a time.
const PROBES_MAX: usize = 16;

/// What a look found.
#[derive(Debug, PartialEq, Eq)]
struct Finding {
    available: bool,
    reason: &'static str,
    message: String,
}

fn unavailable(reason: &'static str, message: String) -> Finding {
    Finding {
        available: false,
        reason,
        message,
    }
}

/// What services and slices alone tell: `Err` is a verdict.
fn reachable(service: Option<&Value>, slices: &[Arc<Value>], place: &Place) -> Result<(), Finding> {
    let Place::Service {
        namespace,
        name,
        port,
    } = place
    else {
        return Ok(());
    };
    let quoted = go::quote(namespace);
    let Some(service) = service else {
        return Err(unavailable(
            "ServiceNotFound",
            format!("service/{name} in {quoted} is not present"),
        ));
    };
    if !matches!(tree::sp(service, &["spec", "type"]), "" | "ClusterIP") {
        return Ok(());
    }
    let wanted = tree::list(&service["spec"], "ports")
        .iter()
        .find(|p| tree::i0(p, "port") == i64::from(*port));
    let Some(wanted) = wanted else {
        return Err(unavailable(
            "ServicePortError",
            format!("service/{name} in {quoted} is not listening on port {port}"),
        ));
    };
    if slices.is_empty() {
        return Err(unavailable(
            "EndpointsNotFound",
            format!("cannot find endpointslices for service/{name} in {quoted}"),
        ));
    }
    let port_name = tree::s(wanted, "name");
    let ready = slices.iter().any(|slice| {
        let has_port = tree::list(slice, "ports")
            .iter()
            .any(|p| tree::s(p, "name") == port_name && tree::has(p, "port"));
        has_port
            && tree::list(slice, "endpoints")
                .iter()
                .any(|e| e["conditions"]["ready"].as_bool().unwrap_or(true))
    });
    if ready {
        return Ok(());
    }
    Err(unavailable(
        "MissingEndpoints",
        format!(
            "endpointslices for service/{name} in {quoted} have no addresses with port name {}",
            go::quote(port_name)
        ),
    ))
}

/// Looks at one server.
async fn look(server: &ApiServer, service: &ApiService, peer: &Peer) -> Finding {
    let resolver = server.inner.aggregator.dialer.resolver();
    if let Place::Service {
        namespace, name, ..
    } = &peer.place
    {
        let found = resolver.service(namespace, name).map(|s| s.value());
        let slices: Vec<Arc<Value>> = resolver
            .slices(namespace, name)
            .iter()
            .map(SharedObject::value)
            .collect();
        if let Err(finding) = reachable(found.as_deref(), &slices, &peer.place) {
            return finding;
        }
    }
    let failed = |why: String| unavailable("FailedDiscoveryCheck", why);
    let url = match resolver.routed(&peer.place) {
        Ok(host) => format!("https://{host}/apis/{}/{}", service.group, service.version),
        Err(why) => return failed(why),
    };
    let mut probes: FuturesUnordered<_> = (0..PROBES).map(|_| probe(server, peer, &url)).collect();
    let mut last = String::new();
    while let Some(answer) = probes.next().await {
        match answer {
            Ok(()) => {
                return Finding {
                    available: true,
                    reason: "Passed",
                    message: "all checks passed".to_owned(),
                };
            }
            Err(why) => last = why,
        }
    }
    failed(format!("failing or missing response from {url}: {last}"))
}

async fn probe(server: &ApiServer, peer: &Peer, url: &str) -> Result<(), String> {
    let mut request = Request::new(ReplyBody::Empty);
    *request.uri_mut() = url.parse().map_err(|_| "not a URL".to_owned())?;
    let user = UserInfo {
        name: "system:kube-aggregator".to_owned(),
        groups: vec!["system:masters".to_owned()],
        ..UserInfo::default()
    };
    identity_headers(request.headers_mut(), &user);
    let get = || format!("Get {}", go::quote(url));
    let asked = server.inner.aggregator.dialer.request(peer, request);
    let response = tokio::time::timeout(PROBE_TIMEOUT, asked)
        .await
        .map_err(|_| format!("{}: {TIMED_OUT}", get()))?
        .map_err(|why| format!("{}: {why}", get()))?;
    let code = response.status().as_u16();
    if (200..300).contains(&code) {
        return Ok(());
    }
    Err(format!("bad status from {url}: {code}"))
}

/// Looks at one server and writes down what was found. Whether it is to be
/// looked at again soon.
async fn check(server: &ApiServer, service: &ApiService) -> bool {
    let Some(peer) = &service.remote else {
        return false;
    };
    let finding = look(server, service, peer).await;
    let again = finding.reason == "FailedDiscoveryCheck";
    let access = server.own_access();
    let Ok(Some(live)) = access.get(APISERVICES, "", &service.name).await else {
        return false;
    };
    let Some(changed) = with_condition(&live, &finding, server.now()) else {
        return again;
    };
    match access.update(APISERVICES, "", "status", changed).await {
        Ok(_) => {
            if !finding.available && is_available(&live) {
                server.inner.aggregator.lost(&service.name, finding.reason);
            }
            again
        }
        Err(status) if status.code == 404 => false,
        // Somebody else was first: their change brings us back.
        Err(_) => true,
    }
}

/// The object with the condition; `None`: it says so already.
fn with_condition(live: &Value, finding: &Finding, now: Time) -> Option<Value> {
    let status = if finding.available { "True" } else { "False" };
    let conditions = tree::list(&live["status"], "conditions");
    let known = conditions
        .iter()
        .find(|c| tree::s(c, "type") == "Available");
    let mut since = now.to_string();
    if let Some(known) = known
        && tree::s(known, "status") == status
    {
        if tree::s(known, "reason") == finding.reason
            && tree::s(known, "message") == finding.message
        {
            return None;
        }
        tree::s(known, "lastTransitionTime").clone_into(&mut since);
    }
    let condition = json!({
        "type": "Available",
        "status": status,
        "lastTransitionTime": since,
        "reason": finding.reason,
        "message": finding.message.as_str(),
    });
    let mut all: Vec<Value> = conditions
        .iter()
        .filter(|c| tree::s(c, "type") != "Available")
        .cloned()
        .collect();
    all.push(condition);
    let mut out = live.clone();
    out.set_at(&["status", "conditions"], Value::Array(all));
    Some(out)
}

/// What happens to services and their slices, followed only while some server
/// depends on it.
struct Surroundings {
    followed: Vec<Subscription>,
}

impl Surroundings {
    fn follow(server: &ApiServer) -> Self {
        let table = server.inner.table();
        let cachers = [("", "services"), ("discovery.k8s.io", "endpointslices")]
            .into_iter()
            .filter_map(|(group, resource)| {
                let served = table.find_any(group, resource)?;
                let cacher: Arc<Cacher> = served.cacher.clone()?;
                cacher
                    .subscribe(&served.prefix(), Filter::default(), Begin::State, false)
                    .ok()
            });
        let mut followed: Vec<Subscription> = cachers.collect();
        for subscription in &mut followed {
            // What is there already is read from the cache.
            subscription.initial = Vec::new();
        }
        Self { followed }
    }

    /// The namespace of the next change; `None`: they must be followed anew.
    async fn next(&mut self) -> Option<String> {
        loop {
            let mut waiting: FuturesUnordered<_> = self
                .followed
                .iter_mut()
                .map(|subscription| subscription.receiver.recv())
                .collect();
            match waiting.next().await {
                Some(Some(Delivery::Change(_, event))) => {
                    return Some(event.object.namespace().to_owned());
                }
                Some(Some(Delivery::Bookmark(_))) => {}
                Some(None) => return None,
                // There is nothing to follow.
                None => std::future::pending().await,
            }
        }
    }
}

/// Looks at all of them. Whether any is to be looked at again soon.
async fn check_all(server: &ApiServer, remotes: &[Arc<ApiService>]) -> bool {
    let mut again = false;
    for some in remotes.chunks(PROBES_MAX) {
        let mut looks = Vec::with_capacity(some.len());
        for service in some {
            looks.push(check(server, service));
        }
        again |= futures::future::join_all(looks).await.contains(&true);
    }
    again
}

/// Keeps the conditions up to date until the server ends.
pub async fn run(server: ApiServer) {
    let cancel = server.inner.cancel.clone();
    let inner = server.inner.clone();
    let registered = &inner.aggregator.registered;
    let mut changes = registered.changes();
    let mut surroundings: Option<Surroundings> = None;
    let mut retry = RETRY_MIN;
    loop {
        changes.mark_unchanged();
        let remotes = registered.remotes();
        let mut wait = None;
        if remotes.is_empty() {
            surroundings = None;
        } else {
            if surroundings.is_none() {
                surroundings = Some(Surroundings::follow(&server));
            }
            let again = tokio::select! {
                () = cancel.cancelled() => return,
                again = check_all(&server, &remotes) => again,
            };
            retry = if again {
                (retry * 2).min(RECHECK)
            } else {
                RETRY_MIN
            };
            wait = Some(if again { retry } else { RECHECK });
        }
        let pause = async {
            match wait {
                Some(wait) => tokio::time::sleep(wait).await,
                None => std::future::pending().await,
            }
        };
        tokio::pin!(pause);
        loop {
            let relevant = tokio::select! {
                () = cancel.cancelled() => return,
                Ok(()) = changes.changed() => true,
                () = &mut pause => true,
                namespace = next(&mut surroundings) => match namespace {
                    Some(namespace) => concerns(&remotes, &namespace),
                    None => {
                        surroundings = None;
                        true
                    }
                },
            };
            if relevant {
                break;
            }
        }
    }
}

async fn next(surroundings: &mut Option<Surroundings>) -> Option<String> {
    match surroundings {
        Some(surroundings) => surroundings.next().await,
        None => std::future::pending().await,
    }
}

fn concerns(remotes: &[Arc<ApiService>], changed: &str) -> bool {
    remotes.iter().any(|service| {
        matches!(
            service.remote.as_ref().map(|peer| &peer.place),
            Some(Place::Service { namespace, .. }) if namespace == changed
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_services_and_slices_tell() {
        let place = Place::Service {
            namespace: "ns".to_owned(),
            name: "s".to_owned(),
            port: 443,
        };
        let check = |service: Option<Value>, slices: Vec<Value>, expect: &str| {
            let slices: Vec<Arc<Value>> = slices.into_iter().map(Arc::new).collect();
            let got = match reachable(service.as_ref(), &slices, &place) {
                Ok(()) => String::new(),
                Err(finding) => format!("{}: {}", finding.reason, finding.message),
            };
            assert_eq!(got, expect);
        };
        let service = |port: i64| json!({"spec": {"type": "ClusterIP", "ports": [{"port": port}]}});
        check(
            None,
            vec![],
            "ServiceNotFound: service/s in \"ns\" is not present",
        );
        check(
            Some(service(80)),
            vec![],
            "ServicePortError: service/s in \"ns\" is not listening on port 443",
        );
        check(
            Some(service(443)),
            vec![],
            "EndpointsNotFound: cannot find endpointslices for service/s in \"ns\"",
        );
        check(
            Some(service(443)),
            vec![json!({"ports": [{"port": 1}], "endpoints": []})],
            "MissingEndpoints: endpointslices for service/s in \"ns\" have no addresses with port name \"\"",
        );
        check(
            Some(service(443)),
            vec![json!({"ports": [{"port": 1}], "endpoints": [{"addresses": ["10.0.0.1"]}]})],
            "",
        );
    }

    #[test]
    fn conditions_keep_their_time() {
        let finding = unavailable("R", "m".to_owned());
        let first = with_condition(&json!({}), &finding, Time::now()).expect("a change");
        assert_eq!(with_condition(&first, &finding, Time::now()), None);
        let mut older = first;
        if let Some(all) = older
            .at_mut(&["status", "conditions"])
            .and_then(Value::as_array_mut)
        {
            all[0].set_at(&["lastTransitionTime"], "2020-01-01T00:00:00Z");
        }
        let other = unavailable("S", "m".to_owned());
        let changed = with_condition(&older, &other, Time::now()).expect("a change");
        assert_eq!(
            changed["status"]["conditions"][0]["lastTransitionTime"].as_str(),
            Some("2020-01-01T00:00:00Z")
        );
    }
}
