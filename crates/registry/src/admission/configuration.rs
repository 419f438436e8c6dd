//! What plugins are told by `--admission-control-config-file`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use skeg_schema::Value;

use super::PodSecurityDefaults;
use crate::tree::{self, at, list, s};

/// The configurations of the plugins that take one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PluginConfiguration {
    /// PodSecurity: what holds where namespaces say nothing.
    pub pod_security: PodSecurityDefaults,
    /// EventRateLimit: none is no configuration.
    pub event_limits: Vec<EventLimit>,
    /// ImagePolicyWebhook.
    pub image_policy: Option<ImagePolicy>,
    /// ResourceQuota: what must not be used without a quota for it.
    pub limited_resources: Vec<LimitedResource>,
    /// PodNodeSelector: selectors by namespace, and `clusterDefaultNodeSelector`.
    pub node_selectors: BTreeMap<String, String>,
    /// PodTolerationRestriction: what namespaces that say nothing give their pods.
    pub default_tolerations: Vec<Value>,
    /// And what they allow; empty is everything.
    pub allowed_tolerations: Vec<Value>,
    /// MutatingAdmissionWebhook: the kubeconfig with credentials towards webhooks.
    pub mutating_webhooks: Option<PathBuf>,
    /// ValidatingAdmissionWebhook: the same.
    pub validating_webhooks: Option<PathBuf>,
}

/// Whose events are counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventLimitType {
    /// All events.
    Server,
    /// Those of a namespace.
    Namespace,
    /// Those of a user.
    User,
    /// Those of a source about an object.
    SourceAndObject,
}

impl EventLimitType {
    /// As it is written in files and messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Server => "Server",
            Self::Namespace => "Namespace",
            Self::User => "User",
            Self::SourceAndObject => "SourceAndObject",
        }
    }
}

/// A limit of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventLimit {
    /// What is counted together.
    pub limit_type: EventLimitType,
    /// So many a second for long.
    pub qps: u32,
    /// So many at once.
    pub burst: u32,
    /// How many counts are kept.
    pub cache_size: usize,
}

/// How image reviews are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImagePolicy {
    /// Where.
    pub kubeconfig: PathBuf,
    /// How long a yes holds.
    pub allow_ttl: Duration,
    /// How long a no holds.
    pub deny_ttl: Duration,
    /// The first pause between tries.
    pub retry_backoff: Duration,
    /// What holds when nobody answers.
    pub default_allow: bool,
}

/// A resource of which nothing is used unless a quota covers it.
#[derive(Clone, Debug, PartialEq)]
pub struct LimitedResource {
    /// The group.
    pub group: String,
    /// The plural.
    pub resource: String,
    /// Parts of the names under which quotas count it.
    pub contains: Vec<String>,
    /// Scopes, as in a quota's `scopeSelector`.
    pub scopes: Vec<Value>,
}

/// How long a cache of counts is unless told otherwise.
const COUNTS_LEN: i64 = 4096;
/// No file may have more kept.
const COUNTS_LEN_MAX: i64 = 1 << 20;

impl PluginConfiguration {
    /// Takes the configuration of the plugin `name`; relative paths in it begin
    /// at `folder`. Plugins that take none are not an error: what is off may have
    /// one too.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn set(&mut self, name: &str, value: &Value, folder: &Path) -> Result<(), String> {
        let set = match name {
            "PodSecurity" => {
                PodSecurityDefaults::from_value(value).map(|read| self.pod_security = read)
            }
            "EventRateLimit" => event_limits(value).map(|read| self.event_limits = read),
            "ImagePolicyWebhook" => {
                image_policy(value, folder).map(|read| self.image_policy = Some(read))
            }
            "ResourceQuota" => limited(value).map(|read| self.limited_resources = read),
            "PodNodeSelector" => {
                let all = at(value, "podNodeSelectorPluginConfig");
                let all = tree::pairs(all).map(|(ns, text)| match text.as_str() {
                    Some(text) => Ok((ns.to_owned(), text.to_owned())),
                    None => Err(format!(
                        "podNodeSelectorPluginConfig.{ns}: must be a string"
                    )),
                });
                all.collect::<Result<_, _>>()
                    .map(|read| self.node_selectors = read)
            }
            "PodTolerationRestriction" => {
                self.default_tolerations = list(value, "default").to_vec();
                self.allowed_tolerations = list(value, "whitelist").to_vec();
                kind(
                    value,
                    "podtolerationrestriction.admission.k8s.io/",
                    "Configuration",
                )
            }
            "MutatingAdmissionWebhook" => {
                webhooks(value, folder).map(|read| self.mutating_webhooks = read)
            }
            "ValidatingAdmissionWebhook" => {
                webhooks(value, folder).map(|read| self.validating_webhooks = read)
            }
            _ => Ok(()),
        };
        set.map_err(|why| format!("the configuration of {name}: {why}"))
    }
}

fn kind(value: &Value, group: &str, expect: &str) -> Result<(), String> {
    let (version, kind) = (s(value, "apiVersion"), s(value, "kind"));
    if kind != expect || !version.starts_with(group) {
        return Err(format!("{version:?}, {kind:?} is no {expect} of {group}"));
    }
    Ok(())
}

fn event_limits(value: &Value) -> Result<Vec<EventLimit>, String> {
    kind(value, "eventratelimit.admission.k8s.io/", "Configuration")?;
    let limits = list(value, "limits");
    if limits.is_empty() {
        return Err("limits: must not be empty".to_owned());
    }
    let mut out: Vec<EventLimit> = Vec::new();
    for (index, limit) in limits.iter().enumerate() {
        let limit_type = match s(limit, "type") {
            "Server" => EventLimitType::Server,
            "Namespace" => EventLimitType::Namespace,
            "User" => EventLimitType::User,
            "SourceAndObject" => EventLimitType::SourceAndObject,
            other => return Err(format!("limits[{index}].type: unsupported value {other:?}")),
        };
        if out.iter().any(|known| known.limit_type == limit_type) {
            return Err(format!("limits[{index}].type: duplicate value"));
        }
        let positive = |key: &str| match tree::i(limit, key) {
            Some(given) if given > 0 => u32::try_from(given).ok(),
            _ => None,
        };
        let must = |key: &str| {
            positive(key).ok_or_else(|| format!("limits[{index}].{key}: must be positive"))
        };
        let cache_size = match tree::i(limit, "cacheSize") {
            None | Some(0) => COUNTS_LEN,
            Some(given) if (0..=COUNTS_LEN_MAX).contains(&given) => given,
            Some(_) => return Err(format!("limits[{index}].cacheSize: must not be negative")),
        };
        out.push(EventLimit {
            limit_type,
            qps: must("qps")?,
            burst: must("burst")?,
            cache_size: usize::try_from(cache_size).unwrap_or(1),
        });
    }
    Ok(out)
}

/// `given` in units of `unit`: 0 is the default, -1 is none at all.
fn span(
    value: &Value,
    key: &str,
    unit: Duration,
    (least, most): (Duration, Duration),
    default: Duration,
) -> Result<Duration, String> {
    let given = match tree::i(value, key) {
        None | Some(0) => return Ok(default),
        Some(-1) => return Ok(Duration::ZERO),
        Some(given) => given,
    };
    let times = u32::try_from(given).unwrap_or(0);
    match unit.checked_mul(times) {
        Some(span) if (least..=most).contains(&span) => Ok(span),
        _ => Err(format!(
            "imagePolicy.{key}: valid value is between {least:?} and {most:?}, got {given}"
        )),
    }
}

fn image_policy(value: &Value, folder: &Path) -> Result<ImagePolicy, String> {
    let value = at(value, "imagePolicy");
    let file = s(value, "kubeConfigFile");
    if file.is_empty() {
        return Err("imagePolicy.kubeConfigFile: is required".to_owned());
    }
    let second = Duration::from_secs(1);
    let ttl = (second, Duration::from_secs(30 * 60));
    let milli = Duration::from_millis(1);
    let five_minutes = Duration::from_secs(300);
    Ok(ImagePolicy {
        kubeconfig: folder.join(file),
        allow_ttl: span(value, "allowTTL", second, ttl, five_minutes)?,
        deny_ttl: span(value, "denyTTL", second, ttl, Duration::from_secs(30))?,
        retry_backoff: span(
            value,
            "retryBackoff",
            milli,
            (milli, five_minutes),
            Duration::from_millis(500),
        )?,
        default_allow: tree::b(value, "defaultAllow"),
    })
}

fn limited(value: &Value) -> Result<Vec<LimitedResource>, String> {
    if !s(value, "apiVersion").starts_with("apiserver.config.k8s.io/") {
        let group = "resourcequota.admission.k8s.io/";
        kind(value, group, "Configuration")?;
    } else if s(value, "kind") != "ResourceQuotaConfiguration" {
        return Err(format!(
            "{:?} is no ResourceQuotaConfiguration",
            s(value, "kind")
        ));
    }
    let all = list(value, "limitedResources").iter().enumerate();
    all.map(|(index, limited)| {
        let resource = s(limited, "resource");
        if resource.is_empty() {
            return Err(format!("limitedResources[{index}].resource: is required"));
        }
        let contains = list(limited, "matchContains").iter();
        Ok(LimitedResource {
            group: s(limited, "apiGroup").to_owned(),
            resource: resource.to_owned(),
            contains: contains
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            scopes: list(limited, "matchScopes").to_vec(),
        })
    })
    .collect()
}

fn webhooks(value: &Value, folder: &Path) -> Result<Option<PathBuf>, String> {
    let (version, kind) = (s(value, "apiVersion"), s(value, "kind"));
    let known = match version {
        "apiserver.config.k8s.io/v1" => kind == "WebhookAdmissionConfiguration",
        "apiserver.config.k8s.io/v1alpha1" => kind == "WebhookAdmission",
        _ => false,
    };
    if !known {
        return Err(format!(
            "{version:?}, {kind:?} is no WebhookAdmissionConfiguration of apiserver.config.k8s.io/v1"
        ));
    }
    let file = s(value, "kubeConfigFile");
    Ok((!file.is_empty()).then(|| folder.join(file)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn set(name: &str, value: Value) -> Result<PluginConfiguration, String> {
        let mut out = PluginConfiguration::default();
        out.set(name, &value, Path::new("/etc/k"))?;
        Ok(out)
    }

    #[test]
    fn what_is_well_is_read() {
        let limits = json!({"apiVersion": "eventratelimit.admission.k8s.io/v1alpha1", "kind": "Configuration", "limits": [{"type": "Namespace", "qps": 5, "burst": 10, "cacheSize": 7}]});
        let read = set("EventRateLimit", limits).unwrap().event_limits;
        assert_eq!((read[0].qps, read[0].burst, read[0].cache_size), (5, 10, 7));
        let images =
            json!({"imagePolicy": {"kubeConfigFile": "k.yaml", "allowTTL": 50, "denyTTL": -1}});
        let read = set("ImagePolicyWebhook", images)
            .unwrap()
            .image_policy
            .unwrap();
        assert_eq!(read.kubeconfig, Path::new("/etc/k/k.yaml"));
        assert_eq!(read.allow_ttl, Duration::from_secs(50));
        assert_eq!(read.deny_ttl, Duration::ZERO);
        assert_eq!(read.retry_backoff, Duration::from_millis(500));
        let quota = json!({"apiVersion": "apiserver.config.k8s.io/v1", "kind": "ResourceQuotaConfiguration", "limitedResources": [{"resource": "pods", "matchContains": ["cpu"]}]});
        let read = set("ResourceQuota", quota).unwrap().limited_resources;
        assert_eq!(read[0].contains, ["cpu"]);
        let hooks = json!({"apiVersion": "apiserver.config.k8s.io/v1", "kind": "WebhookAdmissionConfiguration", "kubeConfigFile": "/a"});
        let read = set("ValidatingAdmissionWebhook", hooks).unwrap();
        assert_eq!(read.validating_webhooks.as_deref(), Some(Path::new("/a")));
        assert!(set("Nosuch", Value::Null).is_ok());
    }

    #[test]
    fn what_is_wrong_is_told() {
        let check = |name: &str, value: Value, expect: &str| {
            let told = set(name, value).unwrap_err();
            assert!(told.contains(expect), "{told}");
        };
        let head = |rest: Value| {
            let mut out = json!({"apiVersion": "eventratelimit.admission.k8s.io/v1alpha1", "kind": "Configuration"});
            tree::set(&mut out, "limits", rest);
            out
        };
        check("EventRateLimit", head(json!([])), "must not be empty");
        check(
            "EventRateLimit",
            head(json!([{"type": "X"}])),
            "limits[0].type",
        );
        check(
            "EventRateLimit",
            head(json!([{"type": "Server", "qps": 0, "burst": 1}])),
            "limits[0].qps: must be positive",
        );
        check("EventRateLimit", json!({}), "is no Configuration");
        check("ImagePolicyWebhook", json!({}), "kubeConfigFile");
        check(
            "ImagePolicyWebhook",
            json!({"imagePolicy": {"kubeConfigFile": "a", "allowTTL": 100_000}}),
            "valid value is between 1s and 1800s, got 100000",
        );
        check(
            "MutatingAdmissionWebhook",
            json!({"kind": "x"}),
            "is no Webhook",
        );
    }
}
