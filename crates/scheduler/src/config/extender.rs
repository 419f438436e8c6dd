//! Other programs that have a say (`extenders`).

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use skeg_schema::Value;

use super::{ConfigError, fields::Fields};

/// A resource that an extender minds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Managed {
    /// Its name.
    pub name: String,
    /// The scheduler does not compare it with a node's room.
    pub ignored: bool,
}

/// How an extender that speaks TLS is trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TlsConfig {
    /// Its certificate is not looked at.
    pub insecure: bool,
    /// The name that its certificate must have.
    pub server_name: String,
    /// Files of the client's certificate and key, and of the authority.
    pub cert_file: String,
    /// See there.
    pub key_file: String,
    /// See there.
    pub ca_file: String,
    /// The same as PEM.
    pub cert_data: Vec<u8>,
    /// See there.
    pub key_data: Vec<u8>,
    /// See there.
    pub ca_data: Vec<u8>,
}

/// An extender: where it is, and what it is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtenderConfig {
    /// Where it is; verbs are put behind it.
    pub url_prefix: String,
    /// What is asked of it; empty is nothing.
    pub filter_verb: String,
    /// See there.
    pub prioritize_verb: String,
    /// See there.
    pub preempt_verb: String,
    /// See there.
    pub bind_verb: String,
    /// How much its scores count.
    pub weight: i64,
    /// It is asked over TLS.
    pub tls: Option<TlsConfig>,
    /// How long an answer may take.
    pub timeout: Duration,
    /// It knows nodes and is sent names only.
    pub node_cache_capable: bool,
    /// It is asked about pods that want one of these; none means every pod.
    pub managed: Vec<Managed>,
    /// Without its answer scheduling goes on.
    pub ignorable: bool,
}

impl ExtenderConfig {
    pub(super) fn parse(at: &str, value: &Value) -> Result<Self, ConfigError> {
        let mut fields = Fields::of(at, value)?;
        let mut text = |key: &str| -> Result<String, ConfigError> {
            Ok(fields.text(key)?.unwrap_or_default().to_owned())
        };
        let mut out = Self {
            url_prefix: text("urlPrefix")?,
            filter_verb: text("filterVerb")?,
            prioritize_verb: text("prioritizeVerb")?,
            preempt_verb: text("preemptVerb")?,
            bind_verb: text("bindVerb")?,
            ..Self::default()
        };
        out.weight = fields
            .number("weight", 0, i64::from(i32::MAX))?
            .unwrap_or(1);
        if !out.prioritize_verb.is_empty() && out.weight == 0 {
            return Err(ConfigError(format!(
                "{at}.weight: must have a positive weight applied to it"
            )));
        }
        if out.url_prefix.is_empty() {
            return Err(ConfigError(format!("{at}.urlPrefix: must be given")));
        }
        let seconds = fields.seconds("httpTimeout")?.unwrap_or(5.0);
        out.timeout = Duration::from_secs_f64(seconds.clamp(0.001, 600.0));
        out.node_cache_capable = fields.flag("nodeCacheCapable")?;
        out.ignorable = fields.flag("ignorable")?;
        let https = fields.flag("enableHTTPS")?;
        if let Some(tls) = fields.object("tlsConfig")? {
            out.tls = Some(tls_config(tls)?);
        } else if https {
            out.tls = Some(TlsConfig {
                insecure: true,
                ..TlsConfig::default()
            });
        }
        for (at, one) in fields.list("managedResources")? {
            let mut one = Fields::of(at, one)?;
            out.managed.push(Managed {
                name: one.text("name")?.unwrap_or_default().to_owned(),
                ignored: one.flag("ignoredByScheduler")?,
            });
            one.end()?;
        }
        fields.end()?;
        Ok(out)
    }

    /// Whether it binds pods.
    #[must_use]
    pub fn binds(&self) -> bool {
        !self.bind_verb.is_empty()
    }
}

fn tls_config(mut fields: Fields<'_>) -> Result<TlsConfig, ConfigError> {
    let insecure = fields.flag("insecure")?;
    let mut text = |key: &str| -> Result<String, ConfigError> {
        Ok(fields.text(key)?.unwrap_or_default().to_owned())
    };
    let mut out = TlsConfig {
        insecure,
        server_name: text("serverName")?,
        cert_file: text("certFile")?,
        key_file: text("keyFile")?,
        ca_file: text("caFile")?,
        ..TlsConfig::default()
    };
    for (key, into) in [
        ("certData", &mut out.cert_data),
        ("keyData", &mut out.key_data),
        ("caData", &mut out.ca_data),
    ] {
        let at = fields.at(key);
        let given = fields.text(key)?.unwrap_or_default();
        *into = STANDARD
            .decode(given)
            .map_err(|_| ConfigError(format!("{at}: must be base64")))?;
    }
    fields.end()?;
    Ok(out)
}
