//! Subresources that lead to a node or a workload.

use http::{Method, Response, StatusCode};
use skeg_auth::webhook::of_other_server;
use skeg_client::Payload;
use skeg_meta::{FieldError, FieldErrorKind, GroupKind, Status};
use skeg_registry::objects::{Gr, Objects};
use skeg_schema::{Value, json};
use std::sync::Arc;

use super::access;
use crate::call::Req;
use crate::error::{Error, Result};
use crate::proxy::{self, Call, NodeStream, NodeTarget};
use crate::query::Query;
use crate::served::Served;
use crate::webhook::dial::{Peer, Place, Trust};
use crate::wsstream;

const ENDPOINT_SLICES: Gr = Gr("discovery.k8s.io", "endpointslices");
/// The label that ties a slice to its service.
const SERVICE_LABEL: &str = "kubernetes.io/service-name";

/// Goes on to wherever the subresource leads.
pub async fn connect(req: &Req<'_>, served: &Arc<Served>, sub: &str) -> Result<Response<Payload>> {
    let call = Call::of(sub);
    if call != Some(Call::Log) {
        ask_webhooks(req, served, sub).await?;
    }
    match call {
        Some(call) => call_pod(req, served, call).await,
        None => proxy_to(req, served).await,
    }
}

/// Webhooks may refuse a connection; they see what is asked of it.
async fn ask_webhooks(req: &Req<'_>, served: &Served, sub: &str) -> Result<()> {
    let access = access(req);
    let mut cx = super::write_cx(req, &access, false, None);
    let options = connect_options(req, served.resource.desc.kind, sub);
    let asked = crate::admit::connect(served, &mut cx, &options).await;
    req.warn_all(std::mem::take(&mut cx.warnings));
    asked
}

fn connect_options(req: &Req<'_>, kind: &str, sub: &str) -> Value {
    let (word, flags): (&str, &[&str]) = match sub {
        "exec" => ("Exec", &["stdin", "stdout", "stderr", "tty"]),
        "attach" => ("Attach", &["stdin", "stdout", "stderr", "tty"]),
        "portforward" => ("PortForward", &[]),
        _ => ("Proxy", &[]),
    };
    let mut out = json!({"kind": format!("{kind}{word}Options"), "apiVersion": "v1"});
    for flag in flags {
        if req.query.flag(flag) {
            out.set_at(&[flag], true);
        }
    }
    if let Some(container) = req.query.get("container") {
        out.set_at(&["container"], container);
    }
    let all = |key: &str| -> Vec<Value> { req.query.all(key).map(Value::from).collect() };
    match sub {
        "exec" => {
            out.set_at(&["command"], Value::Array(all("command")));
        }
        "portforward" => {
            let ports = req.query.all("ports").filter_map(|p| p.parse::<i64>().ok());
            out.set_at(&["ports"], Value::Array(ports.map(Value::from).collect()));
        }
        "proxy" => {
            out.set_at(&["path"], req.info.tail());
        }
        _ => {}
    }
    out
}

async fn find(req: &Req<'_>, served: &Served, name: &str) -> Result<Arc<Value>> {
    let found =
        crate::objects::read::get(req.server, served, &req.info.namespace, name, "").await?;
    Ok(found.value())
}

fn names(pod: &Value, list: &str) -> Vec<String> {
    pod["spec"][list]
        .as_array()
        .map(|items| {
            items
                .iter()
                .filter_map(|c| c["name"].as_str())
                .map(str::to_owned)
                .collect()
        })
        .unwrap_or_default()
}

/// The container that a request is about.
fn container(pod: &Value, asked: &str) -> Result<String> {
    let name = pod["metadata"]["name"].as_str().unwrap_or_default();
    let main = names(pod, "containers");
    let init = names(pod, "initContainers");
    if !asked.is_empty() {
        let ephemeral = names(pod, "ephemeralContainers");
        if [&main, &init, &ephemeral]
            .iter()
            .any(|list| list.iter().any(|n| n == asked))
        {
            return Ok(asked.to_owned());
        }
        return Err(Error::bad_request(format!(
            "container {asked} is not valid for pod {name}"
        )));
    }
    match main.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(Error::bad_request(format!(
            "a container name must be specified for pod {name}"
        ))),
        many => {
            let mut text = format!(
                "a container name must be specified for pod {name}, choose one of: [{}]",
                many.join(" ")
            );
            if !init.is_empty() {
                text.push_str(&format!(
                    " or one of the init containers: [{}]",
                    init.join(" ")
                ));
            }
            Err(Error::bad_request(text))
        }
    }
}

/// Rules of PodLogOptions.
fn check_log_options(req: &Req<'_>) -> Result<()> {
    let errors = log_option_faults(req.query)?;
    if errors.is_empty() {
        return Ok(());
    }
    let kind = GroupKind::new("", "PodLogOptions");
    Err(Status::invalid(&kind, &req.info.name, errors).into())
}

/// What is wrong with them. What cannot be read at all is an error of its own.
fn log_option_faults(query: &Query) -> Result<Vec<FieldError>> {
    let mut errors = Vec::new();
    let mut check = |key: &str, min: i64, words: &str| -> Result<()> {
        // One without a value is no number either.
        let Some(text) = query.first(key) else {
            return Ok(());
        };
        let number = crate::query::parse_int(text).map_err(Error::bad_request)?;
        if number < min {
            errors.push(FieldError {
                kind: FieldErrorKind::Invalid,
                field: key.to_owned(),
                bad_value: Value::from(number),
                detail: words.to_owned(),
            });
        }
        Ok(())
    };
    check("tailLines", 0, "must be greater than or equal to 0")?;
    check("limitBytes", 1, "must be greater than 0")?;
    let since_time = query.first("sinceTime");
    if let Some(text) = since_time
        && !matches!(text, "" | "null")
    {
        skeg_schema::time::parse(text, false).map_err(Error::bad_request)?;
    }
    let both = since_time.is_some() && query.first("sinceSeconds").is_some();
    let least = if both { i64::MIN } else { 1 };
    check("sinceSeconds", least, "must be greater than 0")?;
    if both {
        errors.push(FieldError {
            kind: FieldErrorKind::Forbidden,
            // A path without a name prints so.
            field: "[]".to_owned(),
            bad_value: Value::Null,
            detail: "at most one of `sinceTime` or `sinceSeconds` may be specified".to_owned(),
        });
    }
    if query.get("stream").is_some() {
        errors.push(FieldError {
            kind: FieldErrorKind::Forbidden,
            field: "stream".to_owned(),
            bad_value: Value::Null,
            detail: "may not be specified".to_owned(),
        });
    }
    Ok(errors)
}

async fn call_pod(req: &Req<'_>, served: &Arc<Served>, call: Call) -> Result<Response<Payload>> {
    let info = req.info;
    if call == Call::Log {
        check_log_options(req)?;
    }
    let pod = find(req, served, &info.name).await?;
    let container = match call {
        Call::PortForward => String::new(),
        _ => container(&pod, req.query.get("container").unwrap_or_default())?,
    };
    let node = pod["spec"]["nodeName"].as_str().unwrap_or_default();
    if node.is_empty() {
        if call == Call::Log {
            // There is nothing to tell yet.
            let mut response = Response::new(Payload::Empty);
            *response.status_mut() = StatusCode::NO_CONTENT;
            return Ok(response);
        }
        return Err(Error::bad_request(format!(
            "pod {} does not have a host assigned",
            info.name
        )));
    }
    let path = proxy::node_call(call, &info.namespace, &info.name, &container, req.query);
    let target = target_of(req, node)?;
    let socket = call == Call::Log && wsstream::is_asked(req.headers);
    let mut response = to_node(req, &target, &path, info.method.clone(), !socket).await?;
    if socket && response.status() == StatusCode::OK {
        return match response.into_body() {
            Payload::Stream(pieces) => wsstream::bytes(req, pieces),
            Payload::Bytes(bytes) => {
                let pieces = futures::stream::iter([Ok(bytes)]);
                wsstream::bytes(req, futures::StreamExt::boxed(pieces))
            }
            _ => wsstream::bytes(req, futures::StreamExt::boxed(futures::stream::empty())),
        };
    }
    if call == Call::Log && response.status().as_u16() >= 400 {
        let code = response.status().as_u16();
        let text = text_of(response.into_body()).await;
        // What the kubelet says reaches the user as the server's own word.
        return Err(match code {
            400 => Error::bad_request(text),
            500 => Error::internal_error(text),
            code => {
                let (reason, message) = of_other_server(code, &text);
                // Without a verb, as upstream tells it.
                let message = format!("{message} ( pods/log {})", info.name);
                let mut error = Error::simple(code, reason, message);
                error.set_details("", "pods/log", &info.name);
                error
            }
        });
    }
    if call == Call::Log && response.status() == StatusCode::OK {
        response.headers_mut().insert(
            http::header::CONTENT_TYPE,
            http::HeaderValue::from_static("text/plain"),
        );
    }
    Ok(response)
}

/// How much of what a kubelet says of a failure is told.
const FAILURE_BYTES_MAX: usize = 2048;

async fn text_of(body: Payload) -> String {
    let mut text = Vec::new();
    match body {
        Payload::Bytes(bytes) => text.extend_from_slice(&bytes),
        Payload::Stream(mut pieces) => {
            while text.len() < FAILURE_BYTES_MAX
                && let Some(Ok(piece)) = futures::StreamExt::next(&mut pieces).await
            {
                text.extend_from_slice(&piece);
            }
        }
        _ => {}
    }
    text.truncate(FAILURE_BYTES_MAX);
    String::from_utf8_lossy(&text).trim_end().to_owned()
}

fn target_of(req: &Req<'_>, node: &str) -> Result<NodeTarget> {
    let access = access(req);
    let found = access
        .cached(Gr::NODES, "", node)
        .ok_or_else(|| Error::not_found("", "nodes", node))?;
    proxy::node_address(&found).ok_or_else(|| {
        Error::internal_error(format!(
            "no preferred addresses found; known addresses: [] of node {node}"
        ))
    })
}

async fn to_node(
    req: &Req<'_>,
    target: &NodeTarget,
    path: &str,
    method: Method,
    may_switch: bool,
) -> Result<Response<Payload>> {
    let connector = req.server.inner.connector.as_ref().ok_or_else(|| {
        Error::simple(
            503,
            "ServiceUnavailable",
            "this server has no way to reach kubelets",
        )
    })?;
    let stream = connector.connect(target).await.map_err(|error| {
        Error::internal_error(format!(
            "error dialing backend: dial tcp {}:{}: {error}",
            target.host, target.port
        ))
    })?;
    let host = format!("{}:{}", target.host, target.port);
    proxy::forward(
        stream,
        method,
        path,
        &host,
        &req.forwarded_headers(),
        req.take_body(),
        may_switch.then(|| req.take_upgrade()).flatten(),
    )
    .await
}

/// The path behind the proxy, with the query.
fn onward_path(req: &Req<'_>) -> String {
    let tail = match req.info.tail() {
        "" => "/",
        tail => tail,
    };
    match req.uri.query() {
        Some(query) if !query.is_empty() => format!("{tail}?{query}"),
        _ => tail.to_owned(),
    }
}

async fn proxy_to(req: &Req<'_>, served: &Arc<Served>) -> Result<Response<Payload>> {
    let info = req.info;
    let Some(workload) = proxy::workload(&info.name) else {
        let what = served.resource.desc.singular;
        return Err(Error::bad_request(format!(
            "invalid {what} request {:?}",
            info.name
        )));
    };
    let service = served.resource.desc.namespaced && served.resource.strategy.hooks().is_some();
    let tree = match find(req, served, workload.name).await {
        Err(error) if service && error.is_not_found() => {
            return Err(no_endpoints(workload.name));
        }
        found => found?,
    };
    let is_pod = tree.at(&["spec", "containers"]).is_some();
    let direct = match (served.resource.desc.namespaced, is_pod) {
        (false, _) => None,
        (true, true) => Some(pod_address(&tree, workload.port)?),
        (true, false) => Some(service_address(req, &tree, workload.port)?),
    };
    // Relative links need the final slash.
    if info.tail().is_empty() && matches!(info.method.as_str(), "GET" | "HEAD") {
        let mut response = Response::new(Payload::Empty);
        *response.status_mut() = StatusCode::MOVED_PERMANENTLY;
        let location = match req.uri.query() {
            Some(query) => format!("{}/?{query}", info.raw_path),
            None => format!("{}/", info.raw_path),
        };
        if let Ok(value) = http::HeaderValue::from_str(&location) {
            response.headers_mut().insert(http::header::LOCATION, value);
        }
        return Ok(response);
    }
    let path = onward_path(req);
    let Some((host, port)) = direct else {
        let mut target = target_of(req, workload.name)?;
        if let Ok(port) = workload.port.parse() {
            target.port = port;
        }
        return to_node(req, &target, &path, info.method.clone(), true).await;
    };
    let authority = if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    };
    let stream = reach(req, &host, port, workload.scheme == "https")
        .await
        .map_err(|why| {
            Error::simple(
                503,
                "ServiceUnavailable",
                format!("error trying to reach service: {why}"),
            )
        })?;
    let prefix = info
        .raw_path
        .strip_suffix(info.tail())
        .unwrap_or(info.raw_path);
    let rewriter = proxy::Rewriter::new(prefix, &authority);
    let mut headers = req.forwarded_headers();
    rewriter.forwarded(&mut headers, info.tail());
    let answer = proxy::forward(
        stream,
        info.method.clone(),
        &path,
        &authority,
        &headers,
        req.take_body(),
        req.take_upgrade(),
    )
    .await?;
    Ok(rewriter.answer(answer))
}

/// A connection to a workload. Certificates of workloads are not looked at:
/// nobody says what they should be.
async fn reach(
    req: &Req<'_>,
    host: &str,
    port: u16,
    https: bool,
) -> Result<Box<dyn NodeStream>, String> {
    if https {
        let peer = Peer {
            place: Place::Host {
                name: host.to_owned(),
                port,
            },
            trust: Trust::Anyone,
            identified: false,
            user: None,
        };
        let stream = req.server.inner.aggregator.dial(&peer).await?;
        return Ok(Box::new(stream));
    }
    match tokio::net::TcpStream::connect((host, port)).await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => Err(format!(
            "dial tcp {host}:{port}: connect: connection refused"
        )),
        Err(error) => Err(format!("dial tcp {host}:{port}: {error}")),
    }
}

/// Loopback and link-local addresses are the machine's own: nobody is let
/// through to them.
fn allowed(ip: &str) -> bool {
    ip.parse::<std::net::IpAddr>().is_ok_and(|ip| match ip {
        std::net::IpAddr::V4(v4) => !v4.is_loopback() && !v4.is_link_local() && !v4.is_multicast(),
        std::net::IpAddr::V6(v6) => {
            !v6.is_loopback() && !v6.is_multicast() && (v6.segments()[0] & 0xffc0) != 0xfe80
        }
    })
}

fn pod_address(pod: &Value, port: &str) -> Result<(String, u16)> {
    let ip = pod["status"]["podIP"].as_str().unwrap_or_default();
    if !allowed(ip) {
        return Err(Error::bad_request("address not allowed"));
    }
    let declared = || {
        pod["spec"]["containers"]
            .as_array()
            .into_iter()
            .flatten()
            .find_map(|c| {
                c["ports"].as_array()?.iter().find_map(|p| {
                    let fits = port.is_empty() || p["name"].as_str() == Some(port);
                    if fits {
                        p["containerPort"].as_i64()
                    } else {
                        None
                    }
                })
            })
    };
    let number = port
        .parse::<u16>()
        .ok()
        .or_else(|| declared().and_then(|n| u16::try_from(n).ok()))
        .unwrap_or(80);
    Ok((ip.to_owned(), number))
}

fn service_address(req: &Req<'_>, service: &Value, port: &str) -> Result<(String, u16)> {
    let access = access(req);
    let slices = access.cached_list(ENDPOINT_SLICES, Some(&req.info.namespace));
    let name = service["metadata"]["name"].as_str().unwrap_or_default();
    let own = slices
        .iter()
        .map(|slice| &**slice)
        .filter(|s| s["metadata"]["labels"][SERVICE_LABEL].as_str() == Some(name));
    let found = proxy::endpoint_of_service(service, own, port);
    match found {
        Some((ip, port)) if allowed(&ip) => Ok((ip, port)),
        Some(_) => Err(Error::bad_request("address not allowed")),
        None => Err(no_endpoints(name)),
    }
}

fn no_endpoints(service: &str) -> Error {
    Error::simple(
        503,
        "ServiceUnavailable",
        format!(
            "no endpoints available for service {}",
            crate::go::quote(service)
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_logs() {
        let check = |query: &str, expect: &[&str]| {
            let faults = log_option_faults(&Query::parse(query)).unwrap();
            let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
            assert_eq!(told, expect, "{query}");
        };
        check("tailLines=0&limitBytes=1&sinceSeconds=1&sinceTime", &[BOTH]);
        check(
            "sinceSeconds=0",
            &["sinceSeconds: Invalid value: 0: must be greater than 0"],
        );
        check("sinceSeconds=-1&sinceTime=2026-01-02T03:04:05Z", &[BOTH]);
        check(
            "stream=All&tailLines=-1",
            &[
                "tailLines: Invalid value: -1: must be greater than or equal to 0",
                "stream: Forbidden: may not be specified",
            ],
        );
        for query in ["tailLines=x", "tailLines=", "sinceTime=x"] {
            let refused = log_option_faults(&Query::parse(query));
            assert!(
                matches!(&refused, Err(Error::Status(s)) if s.code == 400),
                "{query}: {refused:?}"
            );
        }
    }

    const BOTH: &str =
        "[]: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified";
}
