//! `/healthz`, `/livez` and `/readyz`: named checks, one by one or together.

use parking_lot::RwLock;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::query::Query;

/// Tells what is wrong, if anything.
pub type CheckFn = dyn Fn() -> Result<(), String> + Send + Sync;

struct Check {
    name: String,
    live: bool,
    run: Arc<CheckFn>,
}

/// The checks of one server.
#[derive(Default)]
pub struct Health {
    checks: RwLock<Vec<Check>>,
}

/// The endpoint that was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `/healthz`: as livez, kept for old clients.
    Healthz,
    /// `/livez`: restarting would help.
    Livez,
    /// `/readyz`: may be sent requests.
    Readyz,
}

impl Endpoint {
    /// Splits `/readyz/etcd` into endpoint and check.
    pub fn parse(path: &str) -> Option<(Endpoint, Option<&str>)> {
        let trimmed = path.strip_prefix('/')?.trim_end_matches('/');
        let (first, check) = match trimmed.split_once('/') {
            Some((first, check)) => (first, Some(check)),
            None => (trimmed, None),
        };
        let endpoint = match first {
            "healthz" => Endpoint::Healthz,
            "livez" => Endpoint::Livez,
            "readyz" => Endpoint::Readyz,
            _ => return None,
        };
        Some((endpoint, check))
    }

    fn name(self) -> &'static str {
        match self {
            Endpoint::Healthz => "healthz",
            Endpoint::Livez => "livez",
            Endpoint::Readyz => "readyz",
        }
    }
}

/// Code and text of an answer.
#[derive(Debug, PartialEq, Eq)]
pub struct HealthAnswer {
    /// HTTP code.
    pub code: u16,
    /// Body.
    pub text: String,
}

impl Health {
    /// Adds a check. `live`: it counts for liveness too, not only for
    /// readiness.
    pub fn add(&self, name: &str, live: bool, run: Arc<CheckFn>) {
        self.checks.write().push(Check {
            name: name.to_owned(),
            live,
            run,
        });
    }

    /// The paths at which it answers.
    pub(crate) fn paths(&self) -> Vec<String> {
        let checks = self.checks.read();
        let mut paths = Vec::new();
        for endpoint in [Endpoint::Healthz, Endpoint::Livez, Endpoint::Readyz] {
            let folder = format!("/{}", endpoint.name());
            let counted = checks
                .iter()
                .filter(|c| c.live || endpoint == Endpoint::Readyz);
            paths.extend(counted.map(|check| format!("{folder}/{}", check.name)));
            paths.push(folder);
        }
        paths
    }

    /// Answers a request; `None`: there is no such check.
    pub fn answer(
        &self,
        endpoint: Endpoint,
        check: Option<&str>,
        query: &Query,
    ) -> Option<HealthAnswer> {
        let checks = self.checks.read();
        let mut counted = checks
            .iter()
            .filter(|c| c.live || endpoint == Endpoint::Readyz);
        if let Some(name) = check {
            let check = counted.find(|c| c.name == name)?;
            return Some(match (check.run)() {
                Ok(()) => HealthAnswer {
                    code: 200,
                    text: "ok".to_owned(),
                },
                Err(e) => HealthAnswer {
                    code: 500,
                    text: format!("internal server error: {e}\n"),
                },
            });
        }
        let mut text = String::new();
        let mut failed = Vec::new();
        let mut unknown: Vec<&str> = query.all("exclude").collect();
        for check in counted {
            if unknown.contains(&check.name.as_str()) {
                unknown.retain(|name| *name != check.name);
                let _ = writeln!(text, "[+]{} excluded: ok", check.name);
                continue;
            }
            match (check.run)() {
                Ok(()) => {
                    let _ = writeln!(text, "[+]{} ok", check.name);
                }
                Err(_) => {
                    let _ = writeln!(text, "[-]{} failed: reason withheld", check.name);
                    failed.push(check.name.clone());
                }
            }
        }
        if !unknown.is_empty() {
            let list: Vec<String> = unknown.iter().map(|n| crate::go::quote(n)).collect();
            let _ = writeln!(
                text,
                "warn: some health checks cannot be excluded: no matches for {}",
                list.join(",")
            );
        }
        let name = endpoint.name();
        if !failed.is_empty() {
            let _ = writeln!(text, "{name} check failed");
            return Some(HealthAnswer { code: 500, text });
        }
        if query.first("verbose").is_some() {
            let _ = writeln!(text, "{name} check passed");
            return Some(HealthAnswer { code: 200, text });
        }
        Some(HealthAnswer {
            code: 200,
            text: "ok".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_alone_and_together() {
        let health = Health::default();
        health.add("ping", true, Arc::new(|| Ok(())));
        health.add("boot", false, Arc::new(|| Err("not yet".to_owned())));
        let ask = |path: &str, query: &str| {
            let (endpoint, check) = Endpoint::parse(path).expect("a health path");
            health
                .answer(endpoint, check, &Query::parse(query))
                .map(|a| (a.code, a.text))
        };
        assert_eq!(ask("/livez", ""), Some((200, "ok".to_owned())));
        assert_eq!(
            ask("/readyz", ""),
            Some((
                500,
                "[+]ping ok\n[-]boot failed: reason withheld\nreadyz check failed\n".to_owned()
            ))
        );
        assert_eq!(ask("/readyz", "exclude=boot"), Some((200, "ok".to_owned())));
        assert_eq!(ask("/readyz/ping", ""), Some((200, "ok".to_owned())));
        assert_eq!(ask("/livez/boot", ""), None);
        assert_eq!(
            ask("/livez", "verbose"),
            Some((200, "[+]ping ok\nlivez check passed\n".to_owned()))
        );
        assert_eq!(Endpoint::parse("/nothing"), None);
    }
}
