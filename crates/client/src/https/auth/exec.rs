//! Programs that give credentials (`client.authentication.k8s.io`).

use std::io::IsTerminal;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use parking_lot::Mutex;
use skeg_schema::{Object, Value};
use tokio::io::AsyncReadExt;
use tokio::time::Instant;

use super::renewal::Renewal;
use super::{Grant, expiry, told};
use crate::config::{Compression, Config, ExecPlugin, InteractiveMode, ProxyChoice};
use crate::payload::BoxError;
use crate::telemetry::Recorder;
use crate::tls::Identity;

/// The most that a plugin may write.
const OUTPUT_LEN_MAX: u64 = 1 << 20;
/// How long a plugin may take: a person may have to log in by a browser.
const TIMEOUT: Duration = Duration::from_secs(15 * 60);

pub(in crate::https) struct Exec {
    plugin: ExecPlugin,
    /// `spec.cluster` of what the plugin is told.
    cluster: Option<Value>,
    recorder: Option<Arc<dyn Recorder>>,
    held: Mutex<Held>,
    /// The plugin runs once at a time.
    renewal: Arc<Renewal>,
}

#[derive(Default)]
struct Held {
    grant: Option<Grant>,
    /// When the grant is to be replaced, if it ends.
    replace_at: Option<i64>,
    /// Counts the grants.
    serial: u64,
    /// Which certificate the last grant had, to see whether it is another.
    certificate: Option<(String, String)>,
    identity: Option<(u64, Arc<Identity>)>,
}

impl Held {
    fn valid(&self) -> Option<Grant> {
        let is_over = self.replace_at.is_some_and(|at| expiry::now() >= at);
        self.grant.clone().filter(|_| !is_over)
    }
}

impl Exec {
    pub(super) fn new(plugin: &ExecPlugin, config: &Config) -> Self {
        Self {
            plugin: plugin.clone(),
            cluster: plugin
                .provide_cluster_info
                .then(|| cluster_info(plugin, config)),
            recorder: config.recorder.clone(),
            held: Mutex::default(),
            renewal: Arc::default(),
        }
    }

    pub(super) fn reject(&self, grant: &Grant) {
        let mut held = self.held.lock();
        // Another may have come meanwhile.
        if held.grant.as_ref().is_some_and(|held| is_same(held, grant)) {
            held.grant = None;
        }
    }

    pub(super) async fn grant(self: &Arc<Self>) -> Result<Grant, BoxError> {
        if let Some(grant) = self.held.lock().valid() {
            return Ok(grant);
        }
        let this = Arc::clone(self);
        let work = move || async move { this.renew().await };
        self.renewal.join(work).await
    }

    async fn renew(&self) -> Result<Grant, BoxError> {
        // It may have come since it was looked for.
        if let Some(grant) = self.held.lock().valid() {
            return Ok(grant);
        }
        let begun = Instant::now();
        let ran = tokio::time::timeout(TIMEOUT, self.run())
            .await
            .unwrap_or_else(|_| {
                Err(format!(
                    "gave no credentials within {} minutes",
                    TIMEOUT.as_secs() / 60
                )
                .into())
            });
        told(self.recorder.as_ref(), "exec", begun.elapsed(), ran.is_ok());
        let given = ran.map_err(|error| {
            BoxError::from(format!(
                "exec plugin {:?}: {error}",
                self.plugin.command.display().to_string()
            ))
        })?;
        Ok(self.hold(given))
    }

    fn hold(&self, given: Given) -> Grant {
        let mut held = self.held.lock();
        held.serial += 1;
        held.replace_at = given
            .expires_at
            .map(|ends| expiry::replace_at(expiry::now(), ends));
        if held.certificate != given.certificate {
            held.identity = given
                .identity
                .map(|identity| (held.serial, Arc::new(identity)));
            held.certificate = given.certificate;
        }
        let grant = Grant {
            header: given.header,
            identity: held.identity.clone(),
        };
        held.grant = Some(grant.clone());
        grant
    }

    async fn run(&self) -> Result<Given, BoxError> {
        let has_terminal = std::io::stdin().is_terminal();
        let is_interactive = match self.plugin.interactive_mode {
            InteractiveMode::Never => false,
            InteractiveMode::IfAvailable => has_terminal,
            InteractiveMode::Always if has_terminal => true,
            InteractiveMode::Always => {
                return Err(
                    "it wants to ask a person, but standard input is no terminal; log in at a terminal first".into(),
                );
            }
        };
        let mut command = tokio::process::Command::new(&self.plugin.command);
        command
            .args(&self.plugin.args)
            .envs(self.plugin.env.iter().map(|(name, value)| (name, value)))
            .env("KUBERNETES_EXEC_INFO", self.input(is_interactive))
            .stdin(if is_interactive {
                Stdio::inherit()
            } else {
                Stdio::null()
            })
            .stdout(Stdio::piped())
            // What it tells a person goes where our own words go.
            .stderr(Stdio::inherit())
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| self.not_run(&error))?;
        let mut output = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            stdout
                .take(OUTPUT_LEN_MAX + 1)
                .read_to_end(&mut output)
                .await?;
        }
        if output.len() as u64 > OUTPUT_LEN_MAX {
            return Err("it writes too much".into());
        }
        let status = child.wait().await?;
        if !status.success() {
            return Err(
                format!("it failed ({status}); what it says stands on standard error").into(),
            );
        }
        self.read(&output)
    }

    fn not_run(&self, error: &std::io::Error) -> BoxError {
        let mut text = if error.kind() == std::io::ErrorKind::NotFound {
            "there is no such program; install it, or put its folder on PATH".to_owned()
        } else {
            format!("it cannot be run: {error}")
        };
        if !self.plugin.install_hint.is_empty() {
            text.push_str("\n\n");
            text.push_str(&self.plugin.install_hint);
        }
        text.into()
    }

    /// The `ExecCredential` that the plugin is told.
    fn input(&self, is_interactive: bool) -> String {
        let mut spec = Object::default();
        if let Some(cluster) = &self.cluster {
            spec.insert("cluster", cluster.clone());
        }
        spec.insert("interactive", is_interactive);
        let mut input = Object::default();
        input.insert("kind", "ExecCredential");
        input.insert("apiVersion", self.plugin.version.as_str());
        input.insert("spec", Value::Object(spec));
        Value::Object(input).to_string()
    }

    /// Reads the `ExecCredential` that the plugin gives. No error repeats a
    /// part of it, for it holds secrets.
    fn read(&self, output: &[u8]) -> Result<Given, BoxError> {
        let tree = skeg_schema::decode_json_any(output)
            .or_else(|_| skeg_schema::decode_yaml_any(output))
            .ok()
            .filter(|tree| tree.as_object().is_some())
            .ok_or("what it writes is no ExecCredential in JSON or YAML")?;
        let expected = self.plugin.version.as_str();
        let kind = tree["kind"].as_str().unwrap_or_default();
        let version = tree["apiVersion"].as_str().unwrap_or_default();
        if kind != "ExecCredential" || version != expected {
            // Nothing long can be a version.
            let given: String = version.chars().take(64).collect();
            return Err(format!(
                "the kubeconfig says that it speaks {expected}, but it wrote {given:?}; set exec.apiVersion to what it speaks, or update it"
            )
            .into());
        }
        let status = &tree["status"];
        if status.as_object().is_none() {
            return Err("its ExecCredential has no status".into());
        }
        let text = |key: &str| status[key].as_str().unwrap_or_default();
        let (token, certificate, key) = (
            text("token"),
            text("clientCertificateData"),
            text("clientKeyData"),
        );
        if certificate.is_empty() != key.is_empty() {
            return Err(
                "it gave a certificate without its key, or a key without its certificate".into(),
            );
        }
        if token.is_empty() && certificate.is_empty() {
            return Err("it gave neither a token nor a certificate".into());
        }
        let expires_at = match text("expirationTimestamp") {
            "" => None,
            time => Some(
                skeg_schema::time::parse(time, false)
                    .map_err(|_| "status.expirationTimestamp of its ExecCredential is no time")?
                    .seconds,
            ),
        };
        let identity = if certificate.is_empty() {
            None
        } else {
            Some(Identity::from_pem(certificate.as_bytes(), key.as_bytes())?)
        };
        Ok(Given {
            header: if token.is_empty() {
                None
            } else {
                Grant::bearer(token)?.header
            },
            certificate: identity
                .is_some()
                .then(|| (certificate.to_owned(), key.to_owned())),
            identity,
            expires_at,
        })
    }
}

/// What a plugin gave.
struct Given {
    header: Option<http::HeaderValue>,
    certificate: Option<(String, String)>,
    identity: Option<Identity>,
    expires_at: Option<i64>,
}

fn is_same(one: &Grant, other: &Grant) -> bool {
    one.header == other.header
        && one.identity.as_ref().map(|(serial, _)| serial)
            == other.identity.as_ref().map(|(serial, _)| serial)
}

fn cluster_info(plugin: &ExecPlugin, config: &Config) -> Value {
    let mut cluster = Object::default();
    cluster.insert("server", config.server.as_str());
    if let Some(name) = &config.server_name {
        cluster.insert("tls-server-name", name.as_str());
    }
    if config.insecure {
        cluster.insert("insecure-skip-tls-verify", true);
    }
    let ca = config.ca.clone().or_else(|| {
        // What cannot be read here has been refused before, with its reason.
        config
            .ca_file
            .as_ref()
            .and_then(|file| std::fs::read(file).ok())
    });
    if let Some(ca) = ca {
        let ca = base64::engine::general_purpose::STANDARD.encode(ca);
        cluster.insert("certificate-authority-data", ca);
    }
    if let ProxyChoice::Through(url) = &config.proxy {
        cluster.insert("proxy-url", url.as_written());
    }
    if config.compression == Compression::Never {
        cluster.insert("disable-compression", true);
    }
    let extension = plugin
        .cluster_config
        .as_ref()
        .and_then(|json| skeg_schema::decode_json_any(json.as_bytes()).ok());
    if let Some(extension) = extension {
        cluster.insert("config", extension);
    }
    Value::Object(cluster)
}
