//! What a request is about: verb, resource, object and who asks.

use std::fmt;

use http::header::USER_AGENT;
use skeg_client::{AssertedUser, Payload};

/// A request in the words of the API.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `apply`, `delete`,
    /// `deletecollection`; the method in small letters where no resource is
    /// asked for.
    pub verb: &'static str,
    /// The API group; empty for the core one.
    pub group: String,
    /// The version.
    pub version: String,
    /// The plural; empty where no resource is asked for.
    pub resource: String,
    /// `status`, `scale`, …; or empty.
    pub subresource: String,
    /// The namespace, or empty.
    pub namespace: String,
    /// The object's name, or empty.
    pub name: String,
    /// The program that asks, as it calls itself.
    pub agent: String,
    /// Who asks, as far as is known before the server has looked.
    pub user: String,
    /// The path.
    pub path: String,
}

fn method(of: &http::Method) -> &'static str {
    match of.as_str() {
        "GET" => "get",
        "HEAD" => "head",
        "POST" => "post",
        "PUT" => "put",
        "PATCH" => "patch",
        "DELETE" => "delete",
        _ => "other",
    }
}

impl About {
    /// Reads a request's head.
    #[must_use]
    pub fn of(request: &http::Request<Payload>) -> Self {
        let header = |name| {
            let value = request.headers().get(name);
            value.and_then(|value: &http::HeaderValue| value.to_str().ok())
        };
        let path = request.uri().path();
        let mut about = About {
            verb: method(request.method()),
            agent: header(USER_AGENT).unwrap_or_default().to_owned(),
            user: request
                .extensions()
                .get::<AssertedUser>()
                .map(|user| user.name.clone())
                .unwrap_or_default(),
            path: path.to_owned(),
            ..About::default()
        };
        let mut parts = path.trim_matches('/').split('/');
        match parts.next() {
            Some("api") => {}
            Some("apis") => match parts.next() {
                Some(group) => group.clone_into(&mut about.group),
                None => return about,
            },
            _ => return about,
        }
        let (Some(version), Some(first)) = (parts.next(), parts.next()) else {
            return about;
        };
        version.clone_into(&mut about.version);
        let rest: Vec<&str> = parts.collect();
        let (resource, rest) = match (first, rest.as_slice()) {
            // A namespace itself is a resource too.
            ("namespaces", [namespace, resource, rest @ ..])
                if !matches!(*resource, "status" | "finalize") =>
            {
                (*namespace).clone_into(&mut about.namespace);
                (*resource, rest)
            }
            (resource, rest) => (resource, rest),
        };
        resource.clone_into(&mut about.resource);
        if let Some(name) = rest.first() {
            (*name).clone_into(&mut about.name);
        }
        about.subresource = rest.get(1..).unwrap_or_default().join("/");
        let query = request.uri().query().unwrap_or_default();
        let watches = query
            .split('&')
            .any(|part| matches!(part, "watch" | "watch=" | "watch=1" | "watch=true"));
        let content = header(http::header::CONTENT_TYPE).unwrap_or_default();
        about.verb = match (about.verb, about.name.is_empty()) {
            ("get", _) if watches => "watch",
            ("get", true) => "list",
            ("post", _) => "create",
            ("put", _) => "update",
            ("patch", _) if content.starts_with("application/apply-patch") => "apply",
            ("delete", true) => "deletecollection",
            (other, _) => other,
        };
        about
    }

    /// Whether the request may change something.
    #[must_use]
    pub fn writes(&self) -> bool {
        !matches!(self.verb, "get" | "list" | "watch" | "head" | "other")
    }

    /// `pods/status`, `deployments.apps`.
    #[must_use]
    pub fn resource_text(&self) -> String {
        let mut text = self.resource.clone();
        if !self.group.is_empty() {
            text = format!("{text}.{}", self.group);
        }
        if !self.subresource.is_empty() {
            text = format!("{text}/{}", self.subresource);
        }
        text
    }

    /// The program's name, without version and system.
    #[must_use]
    pub fn program(&self) -> &str {
        let word = self.agent.split([' ', '/']).next().unwrap_or_default();
        if word.is_empty() { "unknown" } else { word }
    }
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.resource.is_empty() {
            return write!(f, "{} {}", self.verb, self.path);
        }
        write!(f, "{} {}", self.verb, self.resource_text())?;
        match (self.namespace.as_str(), self.name.as_str()) {
            ("", "") => Ok(()),
            ("", name) => write!(f, " {name}"),
            (namespace, "") => write!(f, " in {namespace}"),
            (namespace, name) => write!(f, " {namespace}/{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expect: &str) {
        let (method, path) = line.split_once(' ').unwrap();
        let request = http::Request::builder()
            .method(method)
            .uri(path)
            .body(Payload::Empty)
            .unwrap();
        assert_eq!(About::of(&request).to_string(), expect, "{line}");
    }

    #[test]
    fn requests_are_read() {
        check("GET /api/v1/pods?watch=true", "watch pods");
        check("GET /api/v1/namespaces/a/pods", "list pods in a");
        check("GET /api/v1/namespaces/a", "get namespaces a");
        check(
            "PUT /api/v1/namespaces/a/finalize",
            "update namespaces/finalize a",
        );
        check(
            "PUT /apis/apps/v1/namespaces/a/deployments/d/scale",
            "update deployments.apps/scale a/d",
        );
        check("DELETE /api/v1/nodes", "deletecollection nodes");
        check("GET /healthz", "get /healthz");
    }
}
