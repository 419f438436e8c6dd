//! The scheduler's configuration (`kubescheduler.config.k8s.io/v1`): profiles,
//! what their plugins are told, back-off, extenders.

mod args;
mod extender;
mod fields;
mod profile;

use std::sync::Arc;
use std::time::Duration;

use skeg_schema::{DecodeOptions, Value};

pub use args::{Args, FitStrategy, ShapePoint};
pub use extender::{ExtenderConfig, TlsConfig};
pub use profile::Profile;

use fields::Fields;

use crate::queue::{BACKOFF_FIRST, BACKOFF_MAX};

const GROUP_VERSION: &str = "kubescheduler.config.k8s.io/v1";
const KIND: &str = "KubeSchedulerConfiguration";
/// The larger back-off that a configuration may ask for.
const BACKOFF_SECONDS_MAX: i64 = 24 * 3600;

/// Why a configuration cannot be used: what is wrong, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub(crate) String);

/// How the scheduler works.
#[derive(Clone, Debug)]
pub struct Configuration {
    /// What pods may name as their scheduler; at least one.
    pub profiles: Vec<Arc<Profile>>,
    /// Other programs that have a say, in the order in which they are asked.
    pub extenders: Vec<ExtenderConfig>,
    /// The first wait after a failed attempt.
    pub backoff_first: Duration,
    /// No wait is longer.
    pub backoff_max: Duration,
    /// Settings of upstream's that have no meaning here, by their paths.
    pub ignored: Vec<String>,
}

impl Default for Configuration {
    fn default() -> Self {
        Self {
            profiles: vec![Arc::new(Profile::default())],
            extenders: Vec::new(),
            backoff_first: BACKOFF_FIRST,
            backoff_max: BACKOFF_MAX,
            ignored: Vec::new(),
        }
    }
}

impl Configuration {
    /// Reads a configuration file, YAML or JSON.
    ///
    /// # Errors
    /// It cannot be read, says something unknown, or contradicts itself.
    pub fn parse(text: &[u8]) -> Result<Self, ConfigError> {
        let options = DecodeOptions::strict();
        let decoded = skeg_schema::decode_yaml(text, None, &options)
            .map_err(|error| ConfigError(error.to_string()))?;
        if let Some(twice) = decoded.duplicates.first() {
            return Err(ConfigError(twice.clone()));
        }
        Self::from_value(&decoded.value)
    }

    fn from_value(value: &Value) -> Result<Self, ConfigError> {
        let mut fields = Fields::of("", value)?;
        let (version, kind) = (fields.text("apiVersion")?, fields.text("kind")?);
        if version != Some(GROUP_VERSION) || kind != Some(KIND) {
            return Err(ConfigError(format!(
                "a configuration is a {KIND} of {GROUP_VERSION}"
            )));
        }
        let mut out = Self {
            profiles: Vec::new(),
            ..Self::default()
        };
        let seconds = |number: i64| Duration::from_secs(number.unsigned_abs());
        if let Some(first) = fields.number("podInitialBackoffSeconds", 1, BACKOFF_SECONDS_MAX)? {
            out.backoff_first = seconds(first);
        }
        if let Some(most) = fields.number("podMaxBackoffSeconds", 1, BACKOFF_SECONDS_MAX)? {
            out.backoff_max = seconds(most);
        }
        if out.backoff_max < out.backoff_first {
            let words = "podMaxBackoffSeconds: must not be less than podInitialBackoffSeconds";
            return Err(ConfigError(words.to_owned()));
        }
        let percent = fields.percent()?.unwrap_or(0);
        for (at, profile) in fields.list("profiles")? {
            let profile = Profile::parse(&at, profile, percent, &mut out.ignored)?;
            if out.profiles.iter().any(|known| known.name == profile.name) {
                return Err(ConfigError(format!(
                    "{at}.schedulerName: Duplicate value: {:?}",
                    profile.name
                )));
            }
            out.profiles.push(Arc::new(profile));
        }
        if out.profiles.is_empty() {
            out.profiles.push(Arc::new(Profile {
                percent,
                ..Profile::default()
            }));
        }
        for (at, extender) in fields.list("extenders")? {
            out.extenders.push(ExtenderConfig::parse(&at, extender)?);
        }
        if out.extenders.iter().filter(|one| one.binds()).count() > 1 {
            let words = "extenders: only one of them may have a bindVerb";
            return Err(ConfigError(words.to_owned()));
        }
        out.leave_to_extenders();
        // One process has one client and no lease of its own.
        for key in [
            "parallelism",
            "leaderElection",
            "clientConnection",
            "enableProfiling",
            "enableContentionProfiling",
            "delayCacheUntilActive",
        ] {
            if fields.take(key).is_some() {
                out.ignored.push(key.to_owned());
            }
        }
        fields.end()?;
        Ok(out)
    }

    /// Resources that only an extender minds are not compared with a node's room.
    fn leave_to_extenders(&mut self) {
        let names: Vec<String> = self
            .extenders
            .iter()
            .flat_map(|extender| &extender.managed)
            .filter(|managed| managed.ignored)
            .map(|managed| managed.name.clone())
            .collect();
        for profile in &mut self.profiles {
            let ignored = &mut Arc::make_mut(profile).args.ignored_resources;
            ignored.extend(names.iter().cloned());
        }
    }

    /// The profile that a pod asks for, if it is one of ours.
    #[must_use]
    pub fn profile(&self, scheduler_name: &str) -> Option<&Arc<Profile>> {
        let mut all = self.profiles.iter();
        all.find(|profile| profile.name == scheduler_name)
    }
}

#[cfg(test)]
mod tests;
