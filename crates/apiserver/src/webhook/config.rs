//! The webhook configurations of the cluster, compiled when they change.

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use skeg_auth::ObjectObserver;
use skeg_meta::labels::Selector;
use skeg_registry::admission::PluginConfiguration;
use skeg_registry::tree;
use skeg_schema::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::WebhookCredentials;
use super::client::ClientConfig;
use super::conditions::Conditions;
use super::matching::{Rule, selector};
use super::review::ReviewVersion;

const GROUP: &str = "admissionregistration.k8s.io";
const MUTATING: &str = "mutatingwebhookconfigurations";
const VALIDATING: &str = "validatingwebhookconfigurations";
/// How long a webhook may take when its configuration does not say.
const DEFAULT_TIMEOUT_SECONDS: i64 = 10;

/// What a webhook is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Fills in.
    Mutating,
    /// Only refuses.
    Validating,
}

impl Phase {
    /// The word of upstream's metrics.
    pub fn metric(self) -> &'static str {
        match self {
            Phase::Mutating => "admit",
            Phase::Validating => "validating",
        }
    }
}

/// One webhook.
pub struct Hook {
    /// The configuration that it stands in.
    pub configuration: String,
    /// Its own name.
    pub name: String,
    /// Tells hooks apart, also those of one name in two configurations.
    pub uid: String,
    /// Where it is, or why that cannot be told.
    pub client: Result<ClientConfig, String>,
    /// What it wants to be asked about.
    pub rules: Vec<Rule>,
    /// A rule also means the other versions of its resources.
    pub equivalent: bool,
    /// Namespaces that it wants.
    pub namespaces: Result<Selector, String>,
    /// Objects that it wants.
    pub objects: Result<Selector, String>,
    /// Further conditions.
    pub conditions: Conditions,
    /// A failed call does not refuse the request.
    pub fails_open: bool,
    /// It may be asked about dry runs.
    pub dry_run: bool,
    /// It is asked again when others changed the object after it.
    pub reinvoked: bool,
    /// How long it may take.
    pub timeout: Duration,
    /// The form of the question; `None`: it knows none of ours.
    pub review: Option<ReviewVersion>,
}

impl Hook {
    fn parse(
        configuration: &str,
        hook: &Value,
        index: usize,
        credentials: Option<&WebhookCredentials>,
    ) -> Self {
        let name = tree::s(hook, "name").to_owned();
        let fails_open = tree::s(hook, "failurePolicy") == "Ignore";
        let seconds = tree::i(hook, "timeoutSeconds").unwrap_or(DEFAULT_TIMEOUT_SECONDS);
        Self {
            uid: format!("{configuration}/{name}/{index}"),
            client: ClientConfig::parse(&hook["clientConfig"])
                .map(|client| client.with_credentials(credentials)),
            rules: Rule::parse_all(hook, "rules"),
            equivalent: tree::s(hook, "matchPolicy") != "Exact",
            namespaces: selector(&hook["namespaceSelector"]),
            objects: selector(&hook["objectSelector"]),
            conditions: Conditions::compile(&hook["matchConditions"], fails_open),
            fails_open,
            dry_run: matches!(tree::s(hook, "sideEffects"), "None" | "NoneOnDryRun"),
            reinvoked: tree::s(hook, "reinvocationPolicy") == "IfNeeded",
            timeout: Duration::from_secs(u64::try_from(seconds).unwrap_or(1).max(1)),
            review: tree::list(hook, "admissionReviewVersions")
                .iter()
                .find_map(|v| ReviewVersion::parse(v.as_str()?)),
            configuration: configuration.to_owned(),
            name,
        }
    }
}

/// Hooks in the order in which they are asked.
pub type Hooks = Arc<Vec<Arc<Hook>>>;

#[derive(Default)]
struct Kind {
    by_configuration: Mutex<BTreeMap<String, Vec<Arc<Hook>>>>,
    all: ArcSwap<Vec<Arc<Hook>>>,
}

impl Kind {
    fn set(&self, name: &str, hooks: Option<Vec<Arc<Hook>>>) {
        let mut known = self.by_configuration.lock();
        match hooks {
            Some(hooks) => known.insert(name.to_owned(), hooks),
            None => known.remove(name),
        };
        // Configurations by name, hooks as they stand in them.
        let all = known.values().flatten().cloned().collect();
        self.all.store(Arc::new(all));
    }
}

/// All configurations. Fed from the watch cache before a write of one is
/// answered, so that it holds from then on.
#[derive(Default)]
pub struct Configurations {
    mutating: Kind,
    validating: Kind,
    off: (bool, bool),
    mutating_credentials: Option<WebhookCredentials>,
    validating_credentials: Option<WebhookCredentials>,
}

impl Configurations {
    /// Mutating or validating webhooks may be switched off as a whole.
    pub fn switched(mutating: bool, validating: bool) -> Self {
        Self {
            off: (!mutating, !validating),
            ..Self::default()
        }
    }

    /// With credentials towards mutating and validating webhooks.
    ///
    /// # Errors
    /// A kubeconfig is of no use.
    pub fn with_credentials(mut self, configuration: &PluginConfiguration) -> Result<Self, String> {
        let read =
            |path: &Option<PathBuf>| path.as_deref().map(WebhookCredentials::read).transpose();
        self.mutating_credentials = read(&configuration.mutating_webhooks)?;
        self.validating_credentials = read(&configuration.validating_webhooks)?;
        Ok(self)
    }

    /// The hooks of a phase.
    pub fn hooks(&self, phase: Phase) -> Hooks {
        match phase {
            Phase::Mutating if self.off.0 => Hooks::default(),
            Phase::Validating if self.off.1 => Hooks::default(),
            Phase::Mutating => self.mutating.all.load_full(),
            Phase::Validating => self.validating.all.load_full(),
        }
    }

    fn kind(&self, resource: &str) -> &Kind {
        match resource {
            MUTATING => &self.mutating,
            _ => &self.validating,
        }
    }
}

impl ObjectObserver for Configurations {
    fn resources(&self) -> &'static [(&'static str, &'static str)] {
        &[(GROUP, MUTATING), (GROUP, VALIDATING)]
    }

    fn upsert(&self, resource: &str, _: &str, name: &str, object: &Value) {
        let credentials = match resource {
            MUTATING => self.mutating_credentials.as_ref(),
            _ => self.validating_credentials.as_ref(),
        };
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        let hooks = tree::list(object, "webhooks")
            .iter()
            .map(|hook| {
                let index = seen.entry(tree::s(hook, "name")).or_default();
                let parsed = Hook::parse(name, hook, *index, credentials);
                *index += 1;
                Arc::new(parsed)
            })
            .collect();
        self.kind(resource).set(name, Some(hooks));
    }

    fn remove(&self, resource: &str, _: &str, name: &str) {
        self.kind(resource).set(name, None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn hooks_in_order_of_configurations() {
        let all = Configurations::default();
        let hook = |name: &str| json!({"name": name, "clientConfig": {"url": "https://h/"}, "timeoutSeconds": 2});
        all.upsert(
            MUTATING,
            "",
            "b",
            &json!({"webhooks": [hook("z"), hook("a"), hook("a")]}),
        );
        all.upsert(MUTATING, "", "a", &json!({"webhooks": [hook("m")]}));
        all.upsert(VALIDATING, "", "a", &json!({"webhooks": [hook("v")]}));
        let uids =
            |phase| -> Vec<String> { all.hooks(phase).iter().map(|h| h.uid.clone()).collect() };
        assert_eq!(uids(Phase::Mutating), ["a/m/0", "b/z/0", "b/a/0", "b/a/1"]);
        assert_eq!(uids(Phase::Validating), ["a/v/0"]);
        all.remove(MUTATING, "", "b");
        assert_eq!(uids(Phase::Mutating), ["a/m/0"]);
    }
}
