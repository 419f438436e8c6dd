//! `/healthz`, `/livez` and `/readyz`: named checks, one by one or together.

use futures::future::{BoxFuture, join_all};
use parking_lot::RwLock;
use skeg_auth::metrics::{Counter, Family, Text};
use std::fmt::Write as _;
use std::sync::Arc;

use crate::query::Query;

/// Tells what is wrong, if anything.
pub type CheckFn = dyn Fn() -> Result<(), String> + Send + Sync;

/// Finds out what a check then tells.
pub type AskFn = dyn Fn() -> BoxFuture<'static, ()> + Send + Sync;

/// The endpoints for which a check counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// All of them.
    Everywhere,
    /// All but `/readyz`.
    Alive,
    /// `/readyz`.
    Ready,
    /// All but `/livez`.
    Sound,
}

impl Place {
    fn holds(self, endpoint: Endpoint) -> bool {
        match self {
            Place::Everywhere => true,
            Place::Alive => endpoint != Endpoint::Readyz,
            Place::Ready => endpoint == Endpoint::Readyz,
            Place::Sound => endpoint != Endpoint::Livez,
        }
    }
}

struct Check {
    name: String,
    place: Place,
    /// Runs to its end before the check is asked.
    ask: Option<Arc<AskFn>>,
    run: Arc<CheckFn>,
}

/// The checks of one server.
#[derive(Default)]
pub struct Health {
    checks: RwLock<Vec<Check>>,
    /// How often each was well or not, by name, endpoint and outcome.
    outcomes: Family<(String, &'static str, &'static str), Counter>,
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
        let path = path.strip_prefix('/')?;
        let (first, check) = match path.split_once('/') {
            Some((first, check)) => (first, Some(check)),
            None => (path, None),
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
        let place = if live {
            Place::Everywhere
        } else {
            Place::Ready
        };
        self.add_at(name, place, run);
    }

    /// Adds a check that counts for these endpoints.
    pub(crate) fn add_at(&self, name: &str, place: Place, run: Arc<CheckFn>) {
        self.checks.write().push(Check {
            name: name.to_owned(),
            place,
            ask: None,
            run,
        });
    }

    /// Adds a check of something outside this process: whether that is well
    /// does not depend on a restart of this one, so it counts for all but
    /// `/livez`. `ask` finds out, if that is needed, before `run` tells. It is told
    /// behind what is said of the store.
    pub fn add_outside(&self, name: &str, ask: Arc<AskFn>, run: Arc<CheckFn>) {
        let mut checks = self.checks.write();
        let store = checks
            .iter()
            .rposition(|check| check.name.starts_with("etcd"));
        let at = store.map_or(checks.len(), |at| at + 1);
        let name = name.to_owned();
        checks.insert(
            at,
            Check {
                name,
                place: Place::Sound,
                ask: Some(ask),
                run,
            },
        );
    }

    /// Finds out what the checks of an endpoint, or one of them, will tell.
    pub async fn ask(&self, endpoint: Endpoint, check: Option<&str>, query: &Query) {
        let asked: Vec<_> = {
            let excluded: Vec<&str> = query.all("exclude").collect();
            let checks = self.checks.read();
            let counted = checks.iter().filter(|c| {
                c.place.holds(endpoint)
                    && match check {
                        Some(name) => c.name == name,
                        None => !excluded.contains(&c.name.as_str()),
                    }
            });
            counted
                .filter_map(|c| c.ask.as_ref().map(|ask| ask()))
                .collect()
        };
        join_all(asked).await;
    }

    fn run(&self, check: &Check, endpoint: &'static str) -> Result<(), String> {
        let outcome = (check.run)();
        let word = if outcome.is_ok() { "success" } else { "error" };
        self.outcomes
            .get(&(check.name.clone(), endpoint, word), Counter::default)
            .inc();
        outcome
    }

    /// The text of `/metrics/slis`: every check as it is now, and how often it
    /// was asked.
    pub(crate) fn render_slis(&self) -> String {
        let mut out = Text::default();
        let name = "kubernetes_healthcheck";
        let help = "Whether a check is well (1) or not (0).";
        out.head(name, "gauge", "STABLE", help);
        for check in self.checks.read().iter() {
            for endpoint in [Endpoint::Healthz, Endpoint::Livez, Endpoint::Readyz] {
                if check.place.holds(endpoint) {
                    let well = self.run(check, endpoint.name()).is_ok();
                    let labels = [("name", check.name.as_str()), ("type", endpoint.name())];
                    out.sample(name, &labels, f64::from(u8::from(well)));
                }
            }
        }
        let name = "kubernetes_healthchecks_total";
        out.head(name, "counter", "STABLE", "Outcomes of checks.");
        for ((check, endpoint, status), count) in self.outcomes.all() {
            let labels = [
                ("name", check.as_str()),
                ("status", status),
                ("type", endpoint),
            ];
            out.sample(name, &labels, count.get() as f64);
        }
        out.finish()
    }

    /// The paths at which it answers.
    pub(crate) fn paths(&self) -> Vec<String> {
        let checks = self.checks.read();
        let mut paths = Vec::new();
        for endpoint in [Endpoint::Healthz, Endpoint::Livez, Endpoint::Readyz] {
            let folder = format!("/{}", endpoint.name());
            let counted = checks.iter().filter(|c| c.place.holds(endpoint));
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
        let mut counted = checks.iter().filter(|c| c.place.holds(endpoint));
        if let Some(name) = check {
            let check = counted.find(|c| c.name == name)?;
            return Some(match self.run(check, endpoint.name()) {
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
            match self.run(check, endpoint.name()) {
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

    #[tokio::test]
    async fn what_is_outside_is_asked_before_it_is_told() {
        let health = Health::default();
        let well = Arc::new(std::sync::atomic::AtomicBool::new(true));
        let (asked, told) = (well.clone(), well.clone());
        let ask: Arc<AskFn> = Arc::new(move || {
            let asked = asked.clone();
            Box::pin(async move { asked.store(false, std::sync::atomic::Ordering::Relaxed) })
        });
        let run = move || match told.load(std::sync::atomic::Ordering::Relaxed) {
            true => Ok(()),
            false => Err("away".to_owned()),
        };
        for name in ["etcd", "etcd-readiness", "poststarthook/x"] {
            health.add(name, true, Arc::new(|| Ok(())));
        }
        health.add_outside("kms-providers", ask, Arc::new(run));
        let query = Query::parse("verbose&exclude=kms-providers");
        let all = health
            .answer(Endpoint::Readyz, None, &query)
            .expect("an answer");
        let place = |name: &str| all.text.find(name);
        assert!(
            place("etcd-readiness") < place("kms-providers"),
            "{}",
            all.text
        );
        assert!(
            place("kms-providers") < place("poststarthook/x"),
            "{}",
            all.text
        );
        let answer = async |path: &str, query: &str| {
            let (endpoint, check) = Endpoint::parse(path).expect("a health path");
            let query = Query::parse(query);
            health.ask(endpoint, check, &query).await;
            health.answer(endpoint, check, &query).map(|a| a.code)
        };
        assert_eq!(answer("/livez", "").await, Some(200));
        assert_eq!(answer("/livez/kms-providers", "").await, None);
        assert_eq!(answer("/readyz", "exclude=kms-providers").await, Some(200));
        assert!(well.load(std::sync::atomic::Ordering::Relaxed));
        assert_eq!(answer("/healthz/kms-providers", "").await, Some(500));
        assert_eq!(answer("/readyz", "").await, Some(500));
    }

    #[test]
    fn checks_alone_and_together() {
        let health = Health::default();
        health.add("ping", true, Arc::new(|| Ok(())));
        health.add("boot", false, Arc::new(|| Err("not yet".to_owned())));
        health.add_at("alive", Place::Alive, Arc::new(|| Ok(())));
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
        assert_eq!(ask("/readyz/alive", ""), None);
        assert_eq!(
            ask("/livez", "verbose"),
            Some((
                200,
                "[+]ping ok\n[+]alive ok\nlivez check passed\n".to_owned()
            ))
        );
        assert_eq!(Endpoint::parse("/nothing"), None);
        let text = health.render_slis();
        assert!(text.contains("kubernetes_healthcheck{name=\"boot\",type=\"readyz\"} 0\n"));
        assert!(text.contains("kubernetes_healthcheck{name=\"ping\",type=\"livez\"} 1\n"));
        let asked =
            "kubernetes_healthchecks_total{name=\"boot\",status=\"error\",type=\"readyz\"} 2\n";
        assert!(text.contains(asked), "{text}");
    }
}
