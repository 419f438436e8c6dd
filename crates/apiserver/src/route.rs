//! From an authorized request to its handler.

use http::{HeaderValue, Method, Response, header};
use skeg_client::Payload;
use skeg_registry::resource::Backing;
use skeg_schema::resources::SubresourceDesc;
use skeg_schema::{Value, encode_json_any, json};
use std::sync::Arc;

use crate::ApiServer;
use crate::call::Req;
use crate::error::{Error, Result};
use crate::health::Endpoint;
use crate::metrics::Gauge;
use crate::negotiate::{self, Format, Transform};
use crate::reply;
use crate::request_info::Verb;
use crate::served::Served;
use crate::verbs;

/// How aggregated discovery says what it is.
const AGGREGATED_TYPE: &str =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
const AGGREGATED_TYPE_PROTOBUF: &str =
    "application/vnd.kubernetes.protobuf;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// Subresources that lead to a node or a workload.
const CONNECTED: &[&str] = &["log", "exec", "attach", "portforward", "proxy"];

fn verb_of_method(method: &Method) -> Option<&'static str> {
    match method.as_str() {
        "GET" => Some("get"),
        "POST" => Some("create"),
        "PUT" => Some("update"),
        "PATCH" => Some("patch"),
        "DELETE" => Some("delete"),
        _ => None,
    }
}

impl ApiServer {
    /// Answers an authorized request.
    pub(crate) async fn dispatch(&self, req: &Req<'_>) -> Result<Response<Payload>> {
        let info = req.info;
        if info.path.starts_with("//") {
            return Err(Error::no_such_path());
        }
        if let Some(service) = self.inner.aggregator.remote_of(info.path) {
            return Box::pin(self.inner.aggregator.pass_on(req, &service)).await;
        }
        if !info.is_resource {
            return Box::pin(self.other_path(req)).await;
        }
        let table = self.inner.table();
        let Some(served) = table.find(&info.group, &info.version, &info.resource) else {
            return Err(if table.has_built_in_group(&info.group) {
                Error::no_such_resource()
            } else {
                Error::no_such_path()
            });
        };
        // A custom resource is not there in another scope than its own.
        let reads = matches!(info.verb, Verb::List | Verb::Watch);
        let cluster_wide = info.depth == 0 && reads;
        let named = info.namespaced_path && !info.namespace.is_empty();
        let scoped = served.resource.desc.namespaced == named;
        if served.resource.custom.is_some()
            && !scoped
            && !(served.resource.desc.namespaced && cluster_wide)
        {
            return Err(Error::no_such_path());
        }
        if info.verb == Verb::Proxy && served.resource.custom.is_none() {
            return Err(Error::no_such_resource());
        }
        if served.resource.custom.is_some() {
            refuse_custom(req, served)?;
            if info.watch_prefix {
                return verbs::watch::watch(req, served).await;
            }
        }
        let outcome = match info.depth {
            // The futures of writes are large: they are not put on the stack.
            0 => Box::pin(self.collection(req, served)).await,
            1 => Box::pin(self.object(req, served)).await,
            _ => Box::pin(self.subresource(req, served)).await,
        };
        // Who found no handler is not warned of it either.
        let handled = !matches!(&outcome, Err(error) if error.code() == 405);
        if let Some(warning) = served.resource.strategy.deprecation().filter(|_| handled) {
            req.warn_first(warning);
            skeg_auth::audit::annotate("k8s.io/deprecated", "true");
            let desc = served.resource.desc;
            self.inner
                .metrics
                .deprecated(desc.group, desc.version, desc.resource);
        }
        outcome
    }

    async fn collection(&self, req: &Req<'_>, served: &Arc<Served>) -> Result<Response<Payload>> {
        let info = req.info;
        let desc = served.resource.desc;
        if info.namespaced_path && !desc.namespaced {
            return Err(Error::no_such_resource());
        }
        let every_namespace = desc.namespaced && !info.namespaced_path;
        if info.watch_prefix && info.method != Method::GET {
            return Err(Error::method_not_allowed());
        }
        let verb = match info.method.as_str() {
            "GET" => "list",
            "HEAD" if served.resource.custom.is_some() => "list",
            "POST" if !every_namespace => "create",
            "DELETE" if !every_namespace => "deletecollection",
            _ => return Err(Error::method_not_allowed()),
        };
        if !desc.has_verb(verb) {
            return Err(Error::method_not_allowed());
        }
        accepted(req, served, verb == "list")?;
        if served.resource.backing == Backing::Virtual {
            return Box::pin(verbs::virtuals::collection(req, served, verb)).await;
        }
        match verb {
            "list" if info.verb == Verb::Watch && desc.has_verb("watch") => {
                verbs::watch::watch(req, served).await
            }
            "list" => verbs::list::list(req, served).await,
            "create" => verbs::create::create(req, served).await,
            _ => Box::pin(verbs::delete::delete_collection(req, served)).await,
        }
    }

    async fn object(&self, req: &Req<'_>, served: &Arc<Served>) -> Result<Response<Payload>> {
        let info = req.info;
        let desc = served.resource.desc;
        let custom = served.resource.custom.is_some();
        if desc.namespaced != info.namespaced_path {
            return Err(Error::no_such_resource());
        }
        if info.watch_prefix && info.method != Method::GET {
            return Err(Error::method_not_allowed());
        }
        let has_objects = ["get", "update", "patch", "delete"]
            .iter()
            .any(|verb| desc.has_verb(verb));
        if !has_objects {
            return Err(Error::no_such_resource());
        }
        let verb = match info.method.as_str() {
            "HEAD" if custom => "get",
            _ => verb_of_method(info.method).ok_or_else(Error::method_not_allowed)?,
        };
        // The name in the path of a create is only looked at for other kinds.
        if (verb == "create" && !custom) || !desc.has_verb(verb) {
            return Err(Error::method_not_allowed());
        }
        if verb == "patch" {
            verbs::patch::check_type(req, served)?;
        }
        accepted(req, served, false)?;
        if served.resource.backing == Backing::Virtual {
            return Box::pin(verbs::virtuals::object(req, served)).await;
        }
        match verb {
            "get" if info.watch_prefix => verbs::watch::watch(req, served).await,
            "get" => verbs::get::get(req, served).await,
            "update" => verbs::update::update(req, served).await,
            "patch" => verbs::patch::patch(req, served).await,
            "create" => verbs::create::create(req, served).await,
            _ => verbs::delete::delete(req, served).await,
        }
    }

    async fn subresource(&self, req: &Req<'_>, served: &Arc<Served>) -> Result<Response<Payload>> {
        let info = req.info;
        let desc = served.resource.desc;
        let Some(sub) = desc.subresource(&info.subresource) else {
            return Err(match served.resource.custom {
                Some(_) => Error::not_found(desc.group, desc.resource, &info.name),
                None => Error::no_such_resource(),
            });
        };
        if desc.namespaced != info.namespaced_path {
            return Err(Error::no_such_resource());
        }
        // What follows the subresource of a custom resource is not looked at.
        if info.depth > 2 && sub.name != "proxy" && served.resource.custom.is_none() {
            return Err(Error::no_such_resource());
        }
        if CONNECTED.contains(&sub.name) {
            let verb = match info.method.as_str() {
                "HEAD" | "OPTIONS" if sub.name == "proxy" => "get",
                _ => verb_of_method(info.method).ok_or_else(Error::method_not_allowed)?,
            };
            if !sub.verbs.contains(&verb) {
                return Err(Error::method_not_allowed());
            }
            return Box::pin(verbs::connect::connect(req, served, sub.name)).await;
        }
        let verb = match info.method.as_str() {
            "HEAD" if served.resource.custom.is_some() => "get",
            _ => verb_of_method(info.method).ok_or_else(Error::method_not_allowed)?,
        };
        if !sub.verbs.contains(&verb) {
            return Err(match served.resource.custom {
                Some(_) => Error::not_supported_on(desc.group, desc.resource, verb),
                None => Error::method_not_allowed(),
            });
        }
        if verb == "patch" {
            verbs::patch::check_type(req, served)?;
        }
        accepted(req, served, false)?;
        self.plain_subresource(req, served, sub, verb).await
    }

    async fn plain_subresource(
        &self,
        req: &Req<'_>,
        served: &Arc<Served>,
        sub: &'static SubresourceDesc,
        verb: &str,
    ) -> Result<Response<Payload>> {
        if sub.name == "scale" {
            return match verb {
                "get" => verbs::scale::get(req, served).await,
                "update" => verbs::scale::update(req, served).await,
                _ => verbs::scale::patch(req, served).await,
            };
        }
        match verb {
            "create" => verbs::virtuals::create_subresource(req, served, sub).await,
            "get" => verbs::get::get(req, served).await,
            "update" => verbs::update::update(req, served).await,
            "patch" => verbs::patch::patch(req, served).await,
            _ => Err(Error::method_not_allowed()),
        }
    }

    async fn other_path(&self, req: &Req<'_>) -> Result<Response<Payload>> {
        let path = req.info.path;
        let trimmed = path.trim_end_matches('/');
        // Only documents of the API are found with a slash behind them too.
        let exact = [
            "/metrics",
            "/openapi/v2",
            "/statusz",
            "/flagz",
            "/debug",
            "/openid",
        ];
        if path.ends_with('/')
            && (exact.iter().any(|head| trimmed.starts_with(head))
                || path.starts_with("/.well-known"))
            && !matches!(trimmed, "/debug/pprof" | "/debug/flags")
        {
            return Err(Error::no_such_path());
        }
        if let Some((endpoint, check)) = Endpoint::parse(path) {
            self.ask_store(endpoint, check, req.query).await;
            let health = &self.inner.health;
            health.ask(endpoint, check, req.query).await;
            let answer = health
                .answer(endpoint, check, req.query)
                .ok_or_else(Error::no_such_path)?;
            let whole = check.is_none() || answer.code != 200;
            let mut response = reply::text(answer.code, answer.text);
            if whole {
                reply::not_to_be_guessed(&mut response);
            }
            return Ok(response);
        }
        if trimmed.starts_with("/version/") {
            return Err(Error::no_such_resource());
        }
        match trimmed {
            "" | "/index.html" => return Ok(self.root()),
            "/version" => {
                only_get(req)?;
                negotiate::check_json_accept(req.headers)?;
                return Ok(pretty(&version()));
            }
            "/metrics" => {
                let text = self.render_metrics(&self.gauges()).await;
                return Ok(reply::metrics(req.headers, text));
            }
            "/metrics/slis" => {
                self.ask_store(Endpoint::Readyz, None, req.query).await;
                let text = self.inner.health.render_slis();
                return Ok(reply::metrics(req.headers, text));
            }
            "/statusz" => {
                only_get(req)?;
                let paths = self.paths();
                return self.inner.pages.statusz(req.headers, &version(), &paths);
            }
            "/flagz" => {
                only_get(req)?;
                return self.inner.pages.flagz(req.headers);
            }
            "/debug/pprof" if !path.ends_with('/') => {
                let mut response = Response::new(Payload::Empty);
                *response.status_mut() = http::StatusCode::FOUND;
                let location = HeaderValue::from_static("/debug/pprof/");
                response.headers_mut().insert(header::LOCATION, location);
                return Ok(response);
            }
            "/debug/api_priority_and_fairness/dump_priority_levels"
            | "/debug/api_priority_and_fairness/dump_queues"
            | "/debug/api_priority_and_fairness/dump_requests" => return self.dump_flow(req),
            "/debug/flags/v" => return crate::zpages::verbosity(req).await,
            "/debug/flags" => return Ok(reply::text(200, crate::zpages::FLAGS)),
            "/debug/pprof" => return Ok(reply::text(200, crate::zpages::PROFILES)),
            "/debug/pprof/cmdline" => {
                let words: Vec<String> = std::env::args().collect();
                return Ok(reply::text(200, words.join("\0")));
            }
            profile if profile.starts_with("/debug/pprof/") => {
                return Ok(reply::plain_error(404, "Unknown profile\n"));
            }
            "/openid/v1/jwks" => return self.key_set(req),
            "/.well-known/openid-configuration" => return self.openid(req),
            _ => {}
        }
        let aggregator = &self.inner.aggregator;
        if let Some(service) = aggregator.openapi_of(trimmed) {
            only_get(req)?;
            return aggregator.pass_on(req, &service).await;
        }
        if let Some(answer) = self.inner.openapi.answer(trimmed, req.query, req.headers) {
            only_get(req)?;
            return match trimmed {
                "/openapi/v3" => answer.map(|index| aggregator.openapi_index(index)),
                _ => answer,
            };
        }
        if trimmed == "/api" || trimmed.starts_with("/api/") || trimmed.starts_with("/apis") {
            return self.discovery(req, trimmed);
        }
        Err(Error::no_such_path())
    }

    /// The state of flow control.
    fn dump_flow(&self, req: &Req<'_>) -> Result<Response<Payload>> {
        let flow = self.inner.flow.as_ref().ok_or_else(Error::no_such_path)?;
        let table = match req.info.path.rsplit('/').next() {
            Some("dump_priority_levels") => flow.control.dump_levels(),
            Some("dump_queues") => flow.control.dump_queues(),
            Some("dump_requests") => {
                let details = req.query.get("includeRequestDetails");
                let details = details.is_some_and(|v| !matches!(v, "0" | "false"));
                flow.control.dump_requests(details)
            }
            _ => return Err(Error::no_such_path()),
        };
        Ok(reply::text(200, table))
    }

    fn discovery(&self, req: &Req<'_>, path: &str) -> Result<Response<Payload>> {
        let discovery = self.inner.discovery();
        let aggregator = &self.inner.aggregator;
        let merged = aggregator.document(&discovery, path);
        let mut parts = path.trim_start_matches('/').split('/');
        let core = parts.next() == Some("api");
        let group = parts.next().filter(|_| !core).unwrap_or_default();
        let is_built_in = self.inner.table().has_built_in_group(group);
        let Some(document) = merged.as_deref().or_else(|| discovery.document(path)) else {
            // A version of a known group that is not served.
            return Err(if is_built_in && path != "/apis" {
                Error::no_such_resource()
            } else {
                Error::no_such_path()
            });
        };
        // The documents of custom resources are told whatever the method.
        if path != "/apis" && is_built_in {
            only_get(req)?;
            // Those of groups are not the router's.
            if core || path.matches('/').count() > 2 {
                negotiate::check_document_accept(req.headers)?;
            }
        }
        let merged = aggregator.aggregated(&discovery, path);
        if let Some(aggregated) = merged.as_deref().or_else(|| discovery.aggregated(path))
            && let Some(format) = wants_aggregated(req)?
        {
            let media_type = match format {
                Format::Protobuf => AGGREGATED_TYPE_PROTOBUF,
                _ => AGGREGATED_TYPE,
            };
            let etag = HeaderValue::from_str(aggregated.etag()).ok();
            let known = req.headers.get(header::IF_NONE_MATCH);
            let mut response = if known.is_some() && known == etag.as_ref() {
                let mut response = Response::new(Payload::Empty);
                *response.status_mut() = http::StatusCode::NOT_MODIFIED;
                response
            } else {
                reply::bytes(200, media_type, aggregated.bytes(format, false))
            };
            if let Some(etag) = etag {
                response.headers_mut().insert(header::ETAG, etag);
            }
            response
                .headers_mut()
                .insert(header::VARY, HeaderValue::from_static("Accept"));
            response
                .headers_mut()
                .insert(header::CACHE_CONTROL, HeaderValue::from_static("public"));
            return Ok(response);
        }
        let wanted = negotiate::negotiate(req.headers, req.query)?;
        if wanted.transform != Transform::None {
            return Err(negotiate::not_acceptable(false));
        }
        let mut body = document.bytes(wanted.format, wanted.pretty).to_vec();
        if wanted.format == Format::Json && !wanted.pretty {
            body.push(b'\n');
        }
        let mut response = reply::bytes(200, wanted.format.media_type(), body);
        if discovery.aggregated(path).is_some() {
            response
                .headers_mut()
                .insert(header::VARY, HeaderValue::from_static("Accept"));
        }
        Ok(response)
    }

    /// The paths at which the server answers.
    fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.inner.discovery().paths().map(str::to_owned).collect();
        paths.extend(self.inner.health.paths());
        paths.extend(
            [
                "/.well-known/openid-configuration",
                "/apis/",
                "/flagz",
                "/metrics",
                "/metrics/slis",
                "/openapi/v2",
                "/openapi/v3",
                "/openapi/v3/",
                "/openid/v1/jwks",
                "/statusz",
                "/version",
            ]
            .map(str::to_owned),
        );
        paths.sort();
        paths
    }

    fn root(&self) -> Response<Payload> {
        pretty(&json!({"paths": self.paths()}))
    }

    fn key_set(&self, req: &Req<'_>) -> Result<Response<Payload>> {
        only_get(req)?;
        let issuer = self.inner.issuer.as_ref().ok_or_else(Error::no_such_path)?;
        let body = issuer.key_set().to_string();
        let response = reply::bytes(200, "application/jwk-set+json", body);
        Ok(kept_by_relying_parties(response))
    }

    fn openid(&self, req: &Req<'_>) -> Result<Response<Payload>> {
        only_get(req)?;
        let issuer = self.inner.issuer.as_ref().ok_or_else(Error::no_such_path)?;
        let address = format!(
            "https://{}:{}/openid/v1/jwks",
            self.inner.options.advertise_address, self.inner.options.advertise_port
        );
        let body = issuer.discovery(&address).to_string();
        let response = reply::bytes(200, negotiate::JSON, body);
        Ok(kept_by_relying_parties(response))
    }

    fn gauges(&self) -> Vec<Gauge> {
        let mut objects = Vec::new();
        for (group, resource, cacher) in self.inner.table().cachers() {
            let (object_count, _) = cacher.counts();
            objects.push((
                format!("group=\"{group}\",resource=\"{resource}\""),
                object_count as f64,
            ));
        }
        let gates = self.inner.options.enablement.gates().map(|(gate, on)| {
            // What is generally available has no stage there.
            let stage = if gate.stage == "GA" { "" } else { gate.stage };
            let labels = format!("name=\"{}\",stage=\"{stage}\"", gate.name);
            (labels, f64::from(u8::from(on)))
        });
        vec![
            Gauge {
                name: "apiserver_resource_objects",
                help: "Objects in the store, by resource.",
                values: objects,
            },
            Gauge {
                name: "kubernetes_feature_enabled",
                help: "Whether a feature gate is on.",
                values: gates.collect(),
            },
        ]
    }
}

/// How long those who check tokens may keep what they were told about the
/// issuer; upstream's hour.
fn kept_by_relying_parties(mut response: Response<Payload>) -> Response<Payload> {
    let hour = HeaderValue::from_static("public, max-age=3600");
    response.headers_mut().insert(header::CACHE_CONTROL, hour);
    response
}

/// The router looks at what is accepted, but not for custom resources.
fn accepted(req: &Req<'_>, served: &Served, collection: bool) -> Result<()> {
    match served.resource.custom {
        Some(_) => Ok(()),
        None => negotiate::check_accept(req.headers, collection),
    }
}

/// What the handler of custom resources refuses in words of its own.
fn refuse_custom(req: &Req<'_>, served: &Served) -> Result<()> {
    let desc = served.resource.desc;
    if req.info.verb == Verb::Proxy {
        let verb = Verb::Proxy.as_str();
        return Err(Error::not_supported_on(desc.group, desc.resource, verb));
    }
    match (req.info.method.as_str(), req.info.depth) {
        _ if req.info.watch_prefix => Ok(()),
        ("PUT" | "PATCH", 0) => Err(Error::bad_request("name must be provided")),
        ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE", _) => Ok(()),
        // What is not there is not there for any method.
        (_, 2..) if desc.subresource(&req.info.subresource).is_none() => {
            Err(Error::not_found(desc.group, desc.resource, &req.info.name))
        }
        _ => Err(Error::not_supported_on(desc.group, desc.resource, "")),
    }
}

fn only_get(req: &Req<'_>) -> Result<()> {
    match req.info.method.as_str() {
        "GET" => Ok(()),
        _ => Err(Error::method_not_allowed()),
    }
}

/// Whether the first form that is asked for and can be given is the
/// aggregated one.
fn wants_aggregated(req: &Req<'_>) -> Result<Option<Format>> {
    let accept = req
        .headers
        .get(header::ACCEPT)
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    for clause in accept.split(',') {
        let mut pieces = clause.split(';').map(str::trim);
        let format = match pieces.next() {
            Some(negotiate::JSON) => Format::Json,
            Some(negotiate::PROTOBUF) => Format::Protobuf,
            _ => continue,
        };
        let params: Vec<&str> = pieces.collect();
        let has = |param: &str| params.contains(&param);
        if has("g=apidiscovery.k8s.io") && has("as=APIGroupDiscoveryList") {
            if has("v=v2") {
                return Ok(Some(format));
            }
            continue;
        }
        return Ok(None);
    }
    Ok(None)
}

fn pretty(value: &Value) -> Response<Payload> {
    let mut compact = Vec::new();
    encode_json_any(value, &mut compact);
    reply::bytes(
        200,
        negotiate::JSON,
        skeg_schema::encode_json_pretty(&compact),
    )
}

fn version() -> Value {
    json!({
        "major": "1",
        "minor": "37",
        "emulationMajor": "1",
        "emulationMinor": "37",
        "minCompatibilityMajor": "1",
        "minCompatibilityMinor": "36",
        "gitVersion": "v1.37.1",
        "gitCommit": option_env!("SKEG_GIT_COMMIT").unwrap_or_default(),
        "gitTreeState": "clean",
        "buildDate": option_env!("SKEG_BUILD_DATE").unwrap_or("1970-01-01T00:00:00Z"),
        "goVersion": "go1.25.0",
        "compiler": "gc",
        "platform": concat!("linux/", "amd64"),
    })
}
