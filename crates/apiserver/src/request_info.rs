//! What a request is about, read from method and path without allocating.

use percent_encoding::percent_decode_str;
use std::borrow::Cow;

use crate::query::Query;

/// The verb of a request, as authorization and metrics name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// One object.
    Get,
    /// A collection.
    List,
    /// Changes of a collection.
    Watch,
    /// A new object (POST).
    Create,
    /// A whole object (PUT).
    Update,
    /// A change of an object.
    Patch,
    /// One object goes.
    Delete,
    /// All objects of a collection go.
    DeleteCollection,
    /// The old `/proxy/` prefix.
    Proxy,
    /// A method that stands for no verb.
    Other,
}

impl Verb {
    /// Its name in rules and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Verb::Get => "get",
            Verb::List => "list",
            Verb::Watch => "watch",
            Verb::Create => "create",
            Verb::Update => "update",
            Verb::Patch => "patch",
            Verb::Delete => "delete",
            Verb::DeleteCollection => "deletecollection",
            Verb::Proxy => "proxy",
            Verb::Other => "",
        }
    }

    /// Whether it changes nothing.
    pub fn reads(self) -> bool {
        matches!(self, Verb::Get | Verb::List | Verb::Watch)
    }
}

/// What a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestInfo<'a> {
    /// Below `/api/V/…` or `/apis/G/V/…`.
    pub is_resource: bool,
    /// The path as it came, without query.
    pub raw_path: &'a str,
    /// The same with its escapes read.
    pub path: &'a str,
    /// Verb of a resource request; of others, the method in lower case is
    /// what rules name ([`RequestInfo::verb_name`]).
    pub verb: Verb,
    /// HTTP method.
    pub method: &'a http::Method,
    /// API group; empty for the core group.
    pub group: Cow<'a, str>,
    /// API version.
    pub version: Cow<'a, str>,
    /// Namespace, or empty.
    pub namespace: Cow<'a, str>,
    /// Plural resource name.
    pub resource: Cow<'a, str>,
    /// Subresource, or empty.
    pub subresource: Cow<'a, str>,
    /// Object name, or empty. For a list or watch restricted to one name by a
    /// field selector, that name.
    pub name: Cow<'a, str>,
    /// Number of segments after the resource (0: collection).
    pub depth: usize,
    /// The name came from the path (not from a field selector).
    pub name_in_path: bool,
    /// The resource was found behind `namespaces/NAME/`.
    pub namespaced_path: bool,
    /// Below the deprecated `/watch/` prefix.
    pub watch_prefix: bool,
    /// A prefix that stands for a verb, with nothing behind it.
    pub undetermined: bool,
}

/// A path with its escapes read, as it is routed: what is escaped parts segments too.
pub fn decoded(path: &str) -> Cow<'_, str> {
    if path.contains('%') {
        percent_decode_str(path).decode_utf8_lossy()
    } else {
        Cow::Borrowed(path)
    }
}

impl<'a> RequestInfo<'a> {
    /// Reads method, path (as it came, and [`decoded`]) and query.
    pub fn parse(
        method: &'a http::Method,
        raw_path: &'a str,
        path: &'a str,
        query: &Query,
    ) -> Self {
        let mut info = RequestInfo {
            is_resource: false,
            raw_path,
            path,
            verb: Verb::Other,
            method,
            group: Cow::Borrowed(""),
            version: Cow::Borrowed(""),
            namespace: Cow::Borrowed(""),
            resource: Cow::Borrowed(""),
            subresource: Cow::Borrowed(""),
            name: Cow::Borrowed(""),
            depth: 0,
            name_in_path: false,
            namespaced_path: false,
            watch_prefix: false,
            undetermined: false,
        };
        let trimmed = path.trim_matches('/');
        // One byte more than the separators that any known path has: a proxied
        // path may be longer, and its tail is not looked at.
        let mut parts: [&str; 9] = [""; 9];
        let mut count = 0;
        for part in trimmed.splitn(9, '/') {
            parts[count] = part;
            count += 1;
        }
        let mut rest = &parts[..count];
        if rest.len() < 3 {
            return info;
        }
        match rest[0] {
            "api" => rest = &rest[1..],
            "apis" => {
                if rest.len() < 4 {
                    return info;
                }
                info.group = Cow::Borrowed(rest[1]);
                rest = &rest[2..];
            }
            _ => return info,
        }
        info.is_resource = true;
        info.version = Cow::Borrowed(rest[0]);
        rest = &rest[1..];
        info.verb = match method.as_str() {
            "POST" => Verb::Create,
            "GET" | "HEAD" => Verb::Get,
            "PUT" => Verb::Update,
            "PATCH" => Verb::Patch,
            "DELETE" => Verb::Delete,
            _ => Verb::Other,
        };
        if let Some(verb) = prefixed(rest[0]) {
            if rest.len() == 1 {
                info.undetermined = true;
                return info;
            }
            info.verb = verb;
            info.watch_prefix = verb == Verb::Watch;
            rest = &rest[1..];
        }
        if rest[0] == "namespaces" && rest.len() > 1 {
            info.namespace = Cow::Borrowed(rest[1]);
            if rest.len() > 2 && rest[2] != "status" && rest[2] != "finalize" {
                rest = &rest[2..];
                info.namespaced_path = true;
            }
        }
        info.resource = Cow::Borrowed(rest[0]);
        info.depth = rest.len() - 1;
        if rest.len() >= 2 {
            info.name = Cow::Borrowed(rest[1]);
            info.name_in_path = true;
        }
        // Behind the old prefix of proxies follows a path at the other end.
        if rest.len() >= 3 && info.verb != Verb::Proxy {
            info.subresource = Cow::Borrowed(rest[2]);
        }
        if info.name.is_empty() && info.verb == Verb::Get && info.depth == 0 {
            info.verb = if query.is_watch() {
                Verb::Watch
            } else {
                Verb::List
            };
        }
        if !info.name_in_path
            && matches!(info.verb, Verb::List | Verb::Watch)
            && let Some(name) = query.get("fieldSelector").and_then(exact_name)
        {
            info.name = Cow::Owned(name.to_owned());
        }
        if info.name.is_empty() && info.verb == Verb::Delete {
            info.verb = Verb::DeleteCollection;
        }
        info
    }

    /// The verb as rules name it.
    pub fn verb_name(&self) -> Cow<'static, str> {
        if self.is_resource && self.verb != Verb::Other {
            Cow::Borrowed(self.verb.as_str())
        } else if self.is_resource {
            Cow::Borrowed("")
        } else {
            Cow::Owned(self.method.as_str().to_ascii_lowercase())
        }
    }

    /// The part of the path after the subresource, for proxies, with its
    /// leading slash; as it came.
    pub fn tail(&self) -> &'a str {
        let mut slashes = 0;
        let skip = match (self.group.is_empty(), self.namespaced_path) {
            (true, true) => 7,
            (true, false) => 5,
            (false, true) => 8,
            (false, false) => 6,
        };
        for (at, byte) in self.raw_path.bytes().enumerate() {
            if byte == b'/' {
                slashes += 1;
                if slashes == skip + 1 {
                    return &self.raw_path[at..];
                }
            }
        }
        ""
    }
}

/// The verb that the first segment of a path stands for, in the old form.
fn prefixed(segment: &str) -> Option<Verb> {
    match segment {
        "watch" => Some(Verb::Watch),
        "proxy" => Some(Verb::Proxy),
        _ => None,
    }
}

/// The name that a field selector pins down, if it does and it is a name that
/// a path could carry.
fn exact_name(selector: &str) -> Option<&str> {
    selector.split(',').find_map(|term| {
        let (label, value) = term.split_once('=')?;
        if label.ends_with('!') || label != "metadata.name" {
            return None;
        }
        let value = value.strip_prefix('=').unwrap_or(value);
        let fine =
            !value.is_empty() && value != "." && value != ".." && !value.contains(['/', '%', '\\']);
        fine.then_some(value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Method;

    fn check(method: Method, target: &str, expect: &str) {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = Query::parse(query);
        let read = decoded(path);
        let i = RequestInfo::parse(&method, path, &read, &query);
        let got = if i.is_resource {
            format!(
                "{} {}/{} {}/{}/{} ns={}",
                i.verb_name(),
                i.group,
                i.version,
                i.resource,
                i.name,
                i.subresource,
                i.namespace
            )
        } else {
            format!("{} non-resource", i.verb_name())
        };
        assert_eq!(got, expect, "{target}");
    }

    #[test]
    fn paths_are_understood() {
        check(Method::GET, "/healthz", "get non-resource");
        check(Method::GET, "/api/v1", "get non-resource");
        check(Method::GET, "/apis/apps/v1", "get non-resource");
        check(Method::GET, "/api/v1/pods", "list /v1 pods// ns=");
        check(
            Method::GET,
            "/api/v1/namespaces/a/pods/b",
            "get /v1 pods/b/ ns=a",
        );
        check(
            Method::GET,
            "/api/v1/namespaces/a/pods/b/log",
            "get /v1 pods/b/log ns=a",
        );
        check(
            Method::GET,
            "/api/v1/namespaces/a",
            "get /v1 namespaces/a/ ns=a",
        );
        check(
            Method::PUT,
            "/api/v1/namespaces/a/finalize",
            "update /v1 namespaces/a/finalize ns=a",
        );
        check(
            Method::DELETE,
            "/apis/apps/v1/namespaces/a/deployments",
            "deletecollection apps/v1 deployments// ns=a",
        );
        check(Method::GET, "/api/v1/pods?watch=1", "watch /v1 pods// ns=");
        check(
            Method::GET,
            "/api/v1/pods?watch=false",
            "list /v1 pods// ns=",
        );
        check(
            Method::GET,
            "/api/v1/namespaces/a/pods?fieldSelector=metadata.name%3Db",
            "list /v1 pods/b/ ns=a",
        );
        check(
            Method::GET,
            "/api/v1/watch/namespaces/a/pods",
            "watch /v1 pods// ns=a",
        );
        check(
            Method::GET,
            "/api/v1/proxy/namespaces/a/pods/b/status/x",
            "proxy /v1 pods/b/ ns=a",
        );
        check(
            Method::GET,
            "/api/v1/namespaces/a/configmaps/x%3Ay%20z/",
            "get /v1 configmaps/x:y z/ ns=a",
        );
        check(
            Method::GET,
            "/api/v1/namespaces/a/configmaps/x%2Fstatus",
            "get /v1 configmaps/x/status ns=a",
        );
    }

    #[test]
    fn tails_of_proxies() {
        let query = Query::parse("");
        let check = |path: &str, expect: &str| {
            let m = Method::GET;
            assert_eq!(
                RequestInfo::parse(&m, path, path, &query).tail(),
                expect,
                "{path}"
            );
        };
        check("/api/v1/namespaces/a/pods/b/proxy/x/y", "/x/y");
        check("/api/v1/namespaces/a/pods/b/proxy", "");
        check("/api/v1/namespaces/a/pods/b/proxy/", "/");
        check("/api/v1/nodes/n/proxy/metrics", "/metrics");
    }
}
