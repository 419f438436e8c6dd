//! Which proxy stands between us and a server.

use std::fmt;
use std::net::IpAddr;

use http::Uri;
use percent_encoding::percent_decode_str;

use super::ConfigError;

/// Which proxy stands between us and the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyChoice {
    /// The one that `HTTPS_PROXY` or `HTTP_PROXY` names for the server, unless
    /// `NO_PROXY` excepts it. Loopback addresses are never reached through a proxy.
    #[default]
    Environment,
    /// None, whatever the environment says.
    Direct,
    /// This one.
    Through(ProxyUrl),
}

/// How a proxy is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyScheme {
    /// HTTP, with CONNECT for servers that speak TLS.
    Http,
    /// The same over TLS.
    Https,
    /// SOCKS 5. Names are resolved by the proxy, as Go has it.
    Socks5,
}

/// A proxy: `http://`, `https://`, `socks5://` or `socks5h://`, perhaps with a
/// name and a password.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl {
    /// How it is spoken to.
    pub scheme: ProxyScheme,
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Name and password, if it wants them.
    pub credentials: Option<(String, String)>,
    text: String,
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.scheme {
            ProxyScheme::Http => "http",
            ProxyScheme::Https => "https",
            ProxyScheme::Socks5 => "socks5",
        };
        let host = &self.host;
        if host.contains(':') {
            write!(f, "{scheme}://[{host}]:{}", self.port)
        } else {
            write!(f, "{scheme}://{host}:{}", self.port)
        }
    }
}

impl ProxyUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// It is none, or of another scheme.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        // Whatever is wrong: the URL may hold a password and is not repeated.
        let invalid = |message: &dyn fmt::Display| ConfigError::invalid("proxy-url", message);
        let (scheme, rest) = text
            .split_once("://")
            .ok_or_else(|| invalid(&"no scheme; write it as http://HOST:PORT"))?;
        let (scheme, default_port) = match scheme.to_ascii_lowercase().as_str() {
            "http" => (ProxyScheme::Http, 80),
            "https" => (ProxyScheme::Https, 443),
            "socks5" | "socks5h" => (ProxyScheme::Socks5, 1080),
            other => {
                return Err(invalid(&format_args!(
                    "unsupported scheme {other:?}, must be http, https, or socks5"
                )));
            }
        };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let (user, authority) = match authority.rsplit_once('@') {
            Some((user, authority)) => (Some(user), authority),
            None => (None, authority),
        };
        let uri: Uri = format!("http://{authority}/")
            .parse()
            .map_err(|_| invalid(&"its host or port is malformed"))?;
        let host = uri.host().unwrap_or_default();
        if host.is_empty() {
            return Err(invalid(&"no host"));
        }
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let credentials = user.map(|user| {
            let (name, password) = user.split_once(':').unwrap_or((user, ""));
            (decode(name), decode(password))
        });
        Ok(Self {
            scheme,
            host: bare(host).to_owned(),
            port: uri.port_u16().unwrap_or(default_port),
            credentials,
            text: text.to_owned(),
        })
    }

    /// The URL as it was written, with its password.
    #[must_use]
    pub fn as_written(&self) -> &str {
        &self.text
    }
}

/// A host as it stands in a URL, without the brackets of an IPv6 address.
pub(crate) fn bare(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host)
}

/// The proxy that the environment names for a server, by the rules of Go.
pub(crate) fn of_environment(
    https: bool,
    host: &str,
    port: u16,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<ProxyUrl>, ConfigError> {
    let either = |upper: &'static str, lower: &'static str| {
        let set = |name: &'static str| variable(name).filter(|value| !value.is_empty());
        set(upper)
            .map(|value| (upper, value))
            .or_else(|| set(lower).map(|value| (lower, value)))
    };
    let named = if https {
        either("HTTPS_PROXY", "https_proxy")
    } else {
        // In a CGI program HTTP_PROXY is what a request's header said.
        either("HTTP_PROXY", "http_proxy").filter(|_| variable("REQUEST_METHOD").is_none())
    };
    let Some((name, url)) = named else {
        return Ok(None);
    };
    let except = either("NO_PROXY", "no_proxy").map(|(_, value)| value);
    if !is_proxied(host, port, except.as_deref().unwrap_or_default()) {
        return Ok(None);
    }
    let parsed = if url.contains("://") {
        ProxyUrl::parse(&url)
    } else {
        ProxyUrl::parse(&format!("http://{url}"))
    };
    parsed.map(Some).map_err(|error| match error {
        ConfigError::Invalid { message, .. } => ConfigError::invalid(name, message),
        error => error,
    })
}

/// Whether a host is on this machine.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_end_matches('.');
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Whether `NO_PROXY` lets a proxy be used.
fn is_proxied(host: &str, port: u16, except: &str) -> bool {
    if is_loopback(host) {
        return false;
    }
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let ip = host.parse::<IpAddr>().ok();
    !except
        .split(',')
        .map(|entry| entry.trim().to_ascii_lowercase())
        .filter(|entry| !entry.is_empty())
        .any(|entry| excepts(&entry, &host, ip, port))
}

fn excepts(entry: &str, host: &str, ip: Option<IpAddr>, port: u16) -> bool {
    if entry == "*" {
        return true;
    }
    if let Ok(net) = entry.parse::<ipnet::IpNet>() {
        return ip.is_some_and(|ip| net.contains(&ip));
    }
    // An address or a name, perhaps with a port; a bare IPv6 address has colons too.
    let (entry, only_port) = match entry.rsplit_once(':') {
        Some((name, number)) if entry.parse::<IpAddr>().is_err() => match number.parse::<u16>() {
            Ok(number) => (name, Some(number)),
            Err(_) => return false,
        },
        _ => (entry, None),
    };
    if only_port.is_some_and(|only| only != port) {
        return false;
    }
    let entry = bare(entry);
    if let Ok(except) = entry.parse::<IpAddr>() {
        return ip == Some(except);
    }
    let entry = entry
        .strip_prefix('*')
        .filter(|rest| rest.starts_with('.'))
        .unwrap_or(entry);
    if let Some(domain) = entry.strip_prefix('.') {
        return host
            .strip_suffix(domain)
            .is_some_and(|rest| rest.ends_with('.'));
    }
    host == entry
        || host
            .strip_suffix(entry)
            .is_some_and(|rest| rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_proxies() {
        let check = |text: &str, expect: (ProxyScheme, &str, u16, Option<(&str, &str)>)| {
            let url = ProxyUrl::parse(text).expect(text);
            let credentials = url
                .credentials
                .as_ref()
                .map(|(a, b)| (a.as_str(), b.as_str()));
            assert_eq!(
                (url.scheme, url.host.as_str(), url.port, credentials),
                expect,
                "{text}"
            );
        };
        check("http://p", (ProxyScheme::Http, "p", 80, None));
        check("https://p:8443/", (ProxyScheme::Https, "p", 8443, None));
        check(
            "socks5h://me:s%40fe@[::1]:9",
            (ProxyScheme::Socks5, "::1", 9, Some(("me", "s@fe"))),
        );
        let refusal = |text: &str| ProxyUrl::parse(text).expect_err(text).to_string();
        assert_eq!(
            refusal("ftp://me:secret@p"),
            r#"proxy-url: unsupported scheme "ftp", must be http, https, or socks5"#
        );
        assert_eq!(
            refusal("http://me:secret@"),
            "proxy-url: its host or port is malformed"
        );
        assert_eq!(
            refusal("p:80"),
            "proxy-url: no scheme; write it as http://HOST:PORT"
        );
        let url = ProxyUrl::parse("http://me:secret@p:3128").expect("url");
        assert_eq!(format!("{url:?}"), "http://p:3128");
    }

    #[test]
    fn exceptions_by_the_rules_of_go() {
        let check = |host: &str, except: &str, expect: bool| {
            assert_eq!(
                is_proxied(host, 6443, except),
                expect,
                "{host} except {except}"
            );
        };
        check("api.example.com", "", true);
        check("localhost", "", false);
        check("127.0.0.1", "", false);
        check("::1", "", false);
        check("api.example.com", "*", false);
        check("api.example.com", "example.com", false);
        check("API.example.com.", "x, Example.com", false);
        check("example.com", ".example.com", true);
        check("api.example.com", ".example.com", false);
        check("api.example.com", "*.example.com", false);
        check("badexample.com", "example.com", true);
        check("api.example.com", "example.com:443", true);
        check("api.example.com", "example.com:6443", false);
        check("10.1.2.3", "10.0.0.0/8", false);
        check("11.1.2.3", "10.0.0.0/8", true);
        check("10.1.2.3", "10.1.2.3:6443", false);
        check("fd00::1", "fd00::1", false);
        check("fd00::1", "[fd00::1]:6443", false);
        check("fd00::1", "[fd00::1]:443", true);
    }

    #[test]
    fn the_environment_names_one_for_each_scheme() {
        let environment = |name: &str| match name {
            "https_proxy" => Some("proxy:3128".to_owned()),
            "HTTP_PROXY" => Some("http://plain".to_owned()),
            "no_proxy" => Some("inner".to_owned()),
            _ => None,
        };
        let found = |https, host| {
            of_environment(https, host, 443, environment)
                .expect("proxy")
                .map(|url| url.to_string())
        };
        assert_eq!(found(true, "api").as_deref(), Some("http://proxy:3128"));
        assert_eq!(found(false, "api").as_deref(), Some("http://plain:80"));
        assert_eq!(found(true, "inner"), None);
        let broken = |_: &str| Some("gopher://x".to_owned());
        let error = of_environment(true, "api", 443, broken).expect_err("a scheme nobody speaks");
        assert!(
            error.to_string().starts_with("HTTPS_PROXY: unsupported"),
            "{error}"
        );
    }
}
