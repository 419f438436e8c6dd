//! What a request to the kubelet asks for, and how its connection goes on.

use http::{HeaderMap, Request, Response, StatusCode, Uri, header};
use percent_encoding::percent_decode_str;
use skeg_meta::Time;

use super::streams::Wanted;
use super::{Body, ContainerTarget, LogOptions, Problem, SPDY, full};

pub(super) type Target = ContainerTarget;

/// A call of the kubelet's API.
#[derive(Debug)]
pub(super) enum Call {
    Health,
    Pods,
    /// What node and containers use.
    Resources,
    Logs {
        target: Target,
        options: LogOptions,
    },
    Exec {
        target: Target,
        wanted: Wanted,
        command: Vec<String>,
    },
    Attach {
        target: Target,
        wanted: Wanted,
    },
    PortForward {
        namespace: String,
        pod: String,
    },
}

impl Call {
    /// Reads a call from path and query, as kubelets know them.
    pub(super) fn parse(uri: &Uri) -> Result<Self, Problem> {
        let parts: Vec<String> = uri
            .path()
            .split('/')
            .skip(1)
            .map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned())
            .collect();
        let query = Query::parse(uri.query().unwrap_or_default());
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let target = |namespace: &str, pod: &str, uid: Option<&str>, container: &str| Target {
            namespace: namespace.to_owned(),
            pod: pod.to_owned(),
            uid: uid.map(ToOwned::to_owned),
            container: container.to_owned(),
        };
        match parts.as_slice() {
            ["healthz"] => Ok(Self::Health),
            ["pods" | "pods/"] => Ok(Self::Pods),
            ["metrics", "resource"] => Ok(Self::Resources),
            ["containerLogs", namespace, pod, container] => Ok(Self::Logs {
                target: target(namespace, pod, None, container),
                options: query.log_options()?,
            }),
            ["exec", namespace, pod, rest @ .., container] if rest.len() <= 1 => {
                let command = query.all("command");
                if command.is_empty() {
                    return Err(Problem::new(
                        StatusCode::BAD_REQUEST,
                        "you must specify a command",
                    ));
                }
                let target = target(namespace, pod, rest.first().copied(), container);
                Ok(Self::Exec {
                    target,
                    wanted: query.wanted()?,
                    command,
                })
            }
            ["attach", namespace, pod, rest @ .., container] if rest.len() <= 1 => {
                let target = target(namespace, pod, rest.first().copied(), container);
                Ok(Self::Attach {
                    target,
                    wanted: query.wanted()?,
                })
            }
            ["portForward", namespace, pod] | ["portForward", namespace, pod, _] => {
                Ok(Self::PortForward {
                    namespace: (*namespace).to_owned(),
                    pod: (*pod).to_owned(),
                })
            }
            _ => Err(Problem::new(StatusCode::NOT_FOUND, "404 page not found\n")),
        }
    }

    /// The subresource of the node that must be allowed (KEP-2862).
    pub(super) fn subresource(&self) -> &'static str {
        match self {
            Self::Health => "healthz",
            Self::Pods => "pods",
            Self::Resources => "metrics",
            Self::Logs { .. }
            | Self::Exec { .. }
            | Self::Attach { .. }
            | Self::PortForward { .. } => "proxy",
        }
    }
}

struct Query(Vec<(String, String)>);

impl Query {
    fn parse(text: &str) -> Self {
        let decode = |text: &str| {
            percent_decode_str(&text.replace('+', " "))
                .decode_utf8_lossy()
                .into_owned()
        };
        Self(
            text.split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
                .map(|(name, value)| (decode(name), decode(value)))
                .collect(),
        )
    }

    fn all(&self, name: &str) -> Vec<String> {
        self.0
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, value)| value.clone())
            .collect()
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    fn flag(&self, names: &[&str]) -> bool {
        names
            .iter()
            .any(|name| matches!(self.get(name), Some("1" | "true")))
    }

    /// Both ways in which streams are asked for: the kubelet's and the API server's.
    fn wanted(&self) -> Result<Wanted, Problem> {
        let wanted = Wanted {
            stdin: self.flag(&["input", "stdin"]),
            stdout: self.flag(&["output", "stdout"]),
            stderr: self.flag(&["error", "stderr"]),
            tty: self.flag(&["tty"]),
        };
        if !wanted.stdin && !wanted.stdout && !wanted.stderr {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "you must specify at least 1 of stdin, stdout, stderr",
            ));
        }
        Ok(wanted)
    }

    fn number(&self, name: &str) -> Result<Option<u64>, Problem> {
        match self.get(name) {
            None | Some("") => Ok(None),
            Some(text) => text.parse().map(Some).map_err(|_| {
                Problem::new(
                    StatusCode::BAD_REQUEST,
                    format!("{name}: {text:?} is not a number of 0 or more"),
                )
            }),
        }
    }

    fn log_options(&self) -> Result<LogOptions, Problem> {
        let since = match (self.number("sinceSeconds")?, self.get("sinceTime")) {
            (Some(seconds), _) => {
                let before = jiff::Timestamp::now()
                    .checked_sub(std::time::Duration::from_secs(seconds))
                    .unwrap_or(jiff::Timestamp::UNIX_EPOCH);
                Some(Time::from(before))
            }
            (None, Some(text)) if !text.is_empty() => Some(text.parse().map_err(|_| {
                Problem::new(
                    StatusCode::BAD_REQUEST,
                    format!("sinceTime: {text:?} is not an RFC 3339 time"),
                )
            })?),
            _ => None,
        };
        Ok(LogOptions {
            follow: self.flag(&["follow"]),
            previous: self.flag(&["previous"]),
            since,
            timestamps: self.flag(&["timestamps"]),
            tail_lines: self.number("tailLines")?,
            limit_bytes: self.number("limitBytes")?,
            stream: match self.get("stream") {
                Some("Stdout") => Some("stdout"),
                Some("Stderr") => Some("stderr"),
                _ => None,
            },
        })
    }
}

/// What a connection becomes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    WebSocket { accept: String, chosen: String },
    Spdy { chosen: Option<String> },
}

impl Protocol {
    /// The answer that switches protocols.
    pub(super) fn switching(&self) -> Response<Body> {
        let response = Response::builder()
            .status(StatusCode::SWITCHING_PROTOCOLS)
            .header(header::CONNECTION, "Upgrade");
        let response = match self {
            Self::WebSocket { accept, chosen } => {
                let response = response
                    .header(header::UPGRADE, "websocket")
                    .header(header::SEC_WEBSOCKET_ACCEPT, accept);
                if chosen.is_empty() {
                    response
                } else {
                    response.header(header::SEC_WEBSOCKET_PROTOCOL, chosen)
                }
            }
            Self::Spdy { chosen } => {
                let response = response.header(header::UPGRADE, SPDY);
                match chosen {
                    Some(chosen) => response.header("X-Stream-Protocol-Version", chosen),
                    None => response,
                }
            }
        };
        response
            .body(full(""))
            .expect("every header value is taken from a valid request or from constants")
    }
}

fn listed<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
}

/// Decides how a connection goes on.
///
/// # Errors
/// When the request is no upgrade, or to nothing that is spoken here.
pub(super) fn upgrade<B>(
    request: &Request<B>,
    websocket: &[&str],
    spdy: &str,
) -> Result<Protocol, Problem> {
    let headers = request.headers();
    let asked =
        |protocol: &str| listed(headers, "upgrade").any(|name| name.eq_ignore_ascii_case(protocol));
    if asked("websocket") {
        let key = headers
            .get(header::SEC_WEBSOCKET_KEY)
            .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "Sec-WebSocket-Key is missing"))?;
        let chosen = websocket
            .iter()
            .find(|known| {
                let mut offered = listed(headers, "sec-websocket-protocol").peekable();
                if known.is_empty() {
                    // What is spoken with who names nothing.
                    return offered.peek().is_none();
                }
                offered.any(|offered| offered == **known)
            })
            .ok_or_else(|| {
                Problem::new(
                    StatusCode::BAD_REQUEST,
                    format!(
                        "none of the offered subprotocols is spoken; spoken are {}",
                        websocket.join(", ").trim_end_matches(", ")
                    ),
                )
            })?;
        let accept = tokio_tungstenite::tungstenite::handshake::derive_accept_key(key.as_bytes());
        return Ok(Protocol::WebSocket {
            accept,
            chosen: (*chosen).to_owned(),
        });
    }
    if asked(SPDY) {
        let mut offered = listed(headers, "x-stream-protocol-version").peekable();
        if offered.peek().is_none() {
            return Ok(Protocol::Spdy { chosen: None });
        }
        if offered.any(|protocol| protocol == spdy) {
            return Ok(Protocol::Spdy {
                chosen: Some(spdy.to_owned()),
            });
        }
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            format!("unable to negotiate protocol: the server supports {spdy}"),
        ));
    }
    Err(Problem::new(
        StatusCode::BAD_REQUEST,
        "Upgrade request required",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(uri: &str) -> Result<Call, Problem> {
        Call::parse(&uri.parse().unwrap())
    }

    #[test]
    fn calls_are_read() {
        let Ok(Call::Exec {
            target,
            wanted,
            command,
        }) = parse("/exec/ns/pod/c?command=echo&command=a+b&output=1&tty=1")
        else {
            panic!("not an exec")
        };
        assert_eq!(
            (target.pod.as_str(), target.container.as_str(), target.uid),
            ("pod", "c", None)
        );
        assert_eq!(command, ["echo", "a b"]);
        assert_eq!(
            wanted,
            Wanted {
                stdin: false,
                stdout: true,
                stderr: false,
                tty: true
            }
        );
        assert!(
            matches!(parse("/exec/ns/pod/uid/c?command=a&stdout=true"), Ok(Call::Exec { target, .. }) if target.uid.as_deref() == Some("uid"))
        );
        assert_eq!(
            parse("/exec/ns/pod/c?command=a").unwrap_err().code,
            StatusCode::BAD_REQUEST
        );
        assert_eq!(
            parse("/exec/ns/pod/c?output=1").unwrap_err().code,
            StatusCode::BAD_REQUEST
        );
        assert_eq!(
            parse("/containerLogs/ns/p/c?tailLines=-1")
                .unwrap_err()
                .code,
            StatusCode::BAD_REQUEST
        );
        assert_eq!(parse("/nothing").unwrap_err().code, StatusCode::NOT_FOUND);
    }

    #[test]
    fn upgrades_are_negotiated() {
        let request = |headers: &[(&str, &str)]| {
            let mut request = Request::builder();
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            upgrade(
                &request.body(()).unwrap(),
                &["v5.channel.k8s.io"],
                "v4.channel.k8s.io",
            )
        };
        assert_eq!(request(&[]).unwrap_err().code, StatusCode::BAD_REQUEST);
        let socket = request(&[
            ("upgrade", "websocket"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
            (
                "sec-websocket-protocol",
                "v6.channel.k8s.io, v5.channel.k8s.io",
            ),
        ])
        .unwrap();
        // The key and the answer are the example of RFC 6455, section 1.3.
        let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=".to_owned();
        assert_eq!(
            socket,
            Protocol::WebSocket {
                accept,
                chosen: "v5.channel.k8s.io".into()
            }
        );
        let spdy = request(&[
            ("upgrade", "SPDY/3.1"),
            ("x-stream-protocol-version", "v4.channel.k8s.io"),
        ]);
        assert_eq!(
            spdy.unwrap(),
            Protocol::Spdy {
                chosen: Some("v4.channel.k8s.io".into())
            }
        );
    }
}
