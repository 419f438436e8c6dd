//! The kubelet's paths for logs, exec, attach and port-forward.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::query::Query;

/// What is asked of a kubelet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// The output of a container so far, and on.
    Log,
    /// A new process in a container.
    Exec,
    /// The process of a container.
    Attach,
    /// Ports of a pod.
    PortForward,
}

impl Call {
    /// By the subresource's name.
    pub fn of(subresource: &str) -> Option<Self> {
        match subresource {
            "log" => Some(Call::Log),
            "exec" => Some(Call::Exec),
            "attach" => Some(Call::Attach),
            "portforward" => Some(Call::PortForward),
            _ => None,
        }
    }
}

fn escape(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

/// Path and query of the kubelet's API for a call about a pod.
pub fn node_call(call: Call, namespace: &str, pod: &str, container: &str, query: &Query) -> String {
    let mut out = match call {
        Call::Log => format!("/containerLogs/{namespace}/{pod}/{container}"),
        Call::Exec => format!("/exec/{namespace}/{pod}/{container}"),
        Call::Attach => format!("/attach/{namespace}/{pod}/{container}"),
        Call::PortForward => format!("/portForward/{namespace}/{pod}"),
    };
    let mut mark = '?';
    let mut add = |out: &mut String, key: &str, value: &str| {
        out.push(mark);
        mark = '&';
        out.push_str(key);
        out.push('=');
        out.push_str(&escape(value));
    };
    match call {
        Call::Log => {
            for key in [
                "follow",
                "previous",
                "timestamps",
                "sinceSeconds",
                "sinceTime",
                "tailLines",
                "limitBytes",
                "stream",
            ] {
                if let Some(value) = query.get(key) {
                    add(&mut out, key, value);
                }
            }
        }
        Call::Exec | Call::Attach => {
            let stdout = query.first("stdout").is_none() || query.flag("stdout");
            let stderr = query.first("stderr").is_none() || query.flag("stderr");
            let flags = [
                ("input", query.flag("stdin")),
                ("output", stdout),
                ("error", stderr && !query.flag("tty")),
                ("tty", query.flag("tty")),
            ];
            for (key, set) in flags {
                if set {
                    add(&mut out, key, "1");
                }
            }
            if call == Call::Exec {
                for part in query.all("command") {
                    add(&mut out, "command", part);
                }
            }
        }
        Call::PortForward => {
            for key in ["port", "ports"] {
                for port in query.all(key) {
                    add(&mut out, "port", port);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubelet_paths() {
        let q = Query::parse(
            "command=sh&command=-c&command=a%20b&stdin=true&stdout=true&tty=true&container=c",
        );
        assert_eq!(
            node_call(Call::Exec, "ns", "p", "c", &q),
            "/exec/ns/p/c?input=1&output=1&tty=1&command=sh&command=%2Dc&command=a%20b"
        );
        let q = Query::parse("follow=true&tailLines=5");
        assert_eq!(
            node_call(Call::Log, "ns", "p", "c", &q),
            "/containerLogs/ns/p/c?follow=true&tailLines=5"
        );
    }
}
