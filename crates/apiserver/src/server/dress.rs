//! What answers over the network wear besides what they say: headers for
//! browsers, and now and then the wish that the client comes by another way.

use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use regex::Regex;
use skeg_client::Payload;

/// Chances above this would make clients reconnect all the time.
const GOAWAY_CHANCE_MAX: f64 = 0.02;
const METHODS: &str = "POST, GET, OPTIONS, PUT, DELETE, PATCH";
const HEADERS: &str = "Content-Type, Content-Length, Accept-Encoding, X-CSRF-Token, Authorization, X-Requested-With, If-Modified-Since";

/// What every answer over the network is dressed in; by default nothing.
#[derive(Clone, Debug, Default)]
pub struct Dress {
    origins: Vec<Regex>,
    transport_security: Option<HeaderValue>,
    goaway_chance: f64,
}

impl Dress {
    /// Lets scripts of these origins read answers (CORS). Each is a regular
    /// expression that is bound at both ends.
    ///
    /// # Errors
    /// One is no regular expression, or is not bound.
    pub fn allow_origins<S: AsRef<str>>(&mut self, patterns: &[S]) -> Result<(), String> {
        for pattern in patterns {
            let pattern = pattern.as_ref();
            if !pattern.contains('^') && !pattern.contains("//") {
                return Err(format!(
                    "{pattern:?} must be bound to the start of the host's name: by ^ or //"
                ));
            }
            if !pattern.contains('$') && !pattern.contains(':') {
                return Err(format!(
                    "{pattern:?} must be bound to the end of the host's name: by $ or a colon"
                ));
            }
            let regex = Regex::new(pattern).map_err(|why| format!("{pattern:?}: {why}"))?;
            self.origins.push(regex);
        }
        Ok(())
    }

    /// What browsers are told of how to reach the server (HSTS).
    ///
    /// # Errors
    /// A directive is none that there is.
    pub fn transport_security<S: AsRef<str>>(&mut self, directives: &[S]) -> Result<(), String> {
        let known = |directive: &str| {
            let seconds = directive.strip_prefix("max-age=");
            matches!(directive, "includeSubDomains" | "preload")
                || seconds.is_some_and(|s| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()))
        };
        let directives: Vec<&str> = directives.iter().map(AsRef::as_ref).collect();
        if let Some(wrong) = directives.iter().find(|directive| !known(directive)) {
            return Err(format!(
                "{wrong:?} is none of max-age=SECONDS, includeSubDomains, preload"
            ));
        }
        self.transport_security = match directives.as_slice() {
            [] => None,
            some => HeaderValue::from_str(&some.join("; ")).ok(),
        };
        Ok(())
    }

    /// How many of the requests over HTTP/2 end their connection, from 0 to
    /// 0.02: clients then come back through whatever balances load.
    ///
    /// # Errors
    /// The chance is none of these.
    pub fn goaway_chance(&mut self, chance: f64) -> Result<(), String> {
        if !(0.0..=GOAWAY_CHANCE_MAX).contains(&chance) {
            return Err(format!("{chance} is not between 0 and {GOAWAY_CHANCE_MAX}"));
        }
        self.goaway_chance = chance;
        Ok(())
    }

    /// Whether this request is one that ends its connection.
    pub(super) fn says_goaway(&self) -> bool {
        self.goaway_chance > 0.0 && fastrand::f64() < self.goaway_chance
    }

    /// Whether there is anything to wear.
    pub(super) fn is_plain(&self) -> bool {
        self.origins.is_empty() && self.transport_security.is_none()
    }

    /// The headers for a request; with `true`, that is all of the answer.
    pub(super) fn headers(&self, method: &Method, request: &HeaderMap) -> (HeaderMap, bool) {
        let mut out = HeaderMap::new();
        if let Some(directives) = &self.transport_security {
            out.insert(header::STRICT_TRANSPORT_SECURITY, directives.clone());
        }
        let origin = request.get(header::ORIGIN);
        let allowed = origin.filter(|origin| {
            let text = origin.to_str().unwrap_or_default();
            !text.is_empty() && self.origins.iter().any(|regex| regex.is_match(text))
        });
        let Some(origin) = allowed else {
            return (out, false);
        };
        out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, METHODS),
            (header::ACCESS_CONTROL_ALLOW_HEADERS, HEADERS),
            (header::ACCESS_CONTROL_EXPOSE_HEADERS, "Date"),
            (header::ACCESS_CONTROL_ALLOW_CREDENTIALS, "true"),
        ] {
            out.insert(name, HeaderValue::from_static(value));
        }
        (out, method == Method::OPTIONS)
    }
}

/// The answer to a browser that only asks whether it may ask.
pub(super) fn preflight() -> Response<Payload> {
    let mut response = Response::new(Payload::Empty);
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dressed() -> Dress {
        let mut dress = Dress::default();
        dress
            .allow_origins(&["^https://[a-z]+\\.example\\.com$"])
            .expect("bound");
        dress
            .transport_security(&["max-age=5", "preload"])
            .expect("known");
        dress
    }

    #[test]
    fn origins_that_may_read() {
        let check = |origin: &'static str, method: Method, expect: (bool, bool)| {
            let mut request = HeaderMap::new();
            request.insert(header::ORIGIN, HeaderValue::from_static(origin));
            let (headers, all) = dressed().headers(&method, &request);
            let told = headers.get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
            assert_eq!((told.is_some(), all), expect, "{origin}");
            assert_eq!(headers["strict-transport-security"], "max-age=5; preload");
        };
        check("https://ui.example.com", Method::GET, (true, false));
        check("https://ui.example.com", Method::OPTIONS, (true, true));
        check(
            "https://ui.example.com.evil.org",
            Method::GET,
            (false, false),
        );
    }

    #[test]
    fn what_is_not_valid_is_refused() {
        let mut dress = Dress::default();
        assert!(dress.allow_origins(&["example.com$"]).is_err());
        assert!(dress.allow_origins(&["//example.com"]).is_err());
        assert!(dress.allow_origins(&["^(a$"]).is_err());
        assert!(dress.transport_security(&["max-age="]).is_err());
        assert!(dress.goaway_chance(0.5).is_err());
        assert!(dress.is_plain() && !dress.says_goaway());
        assert!(dress.allow_origins(&[r"//example\.com(:|$)"]).is_ok());
    }
}
