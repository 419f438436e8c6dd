//! Programs that give credentials (`client.authentication.k8s.io`).

use std::fmt;
use std::path::{Path, PathBuf};

use skeg_schema::{Object, Value};

use super::ConfigError;

/// The version of the messages between us and a plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExecVersion {
    /// `client.authentication.k8s.io/v1`.
    V1,
    /// `client.authentication.k8s.io/v1beta1`.
    V1Beta1,
}

impl ExecVersion {
    /// As it stands in a kubeconfig.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            ExecVersion::V1 => "client.authentication.k8s.io/v1",
            ExecVersion::V1Beta1 => "client.authentication.k8s.io/v1beta1",
        }
    }

    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "client.authentication.k8s.io/v1" => Ok(ExecVersion::V1),
            "client.authentication.k8s.io/v1beta1" => Ok(ExecVersion::V1Beta1),
            "client.authentication.k8s.io/v1alpha1" => Err(
                "exec.apiVersion: client.authentication.k8s.io/v1alpha1 was removed from Kubernetes in 1.24; update the plugin and write the kubeconfig anew (for EKS: aws eks update-kubeconfig)"
                    .to_owned(),
            ),
            "" => Err("exec.apiVersion is missing; it is client.authentication.k8s.io/v1 or v1beta1".to_owned()),
            other => Err(format!(
                "exec.apiVersion: {other:?} is not known; use client.authentication.k8s.io/v1 or v1beta1"
            )),
        }
    }
}

/// Whether a plugin may ask the person at the terminal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum InteractiveMode {
    /// It never gets our standard input.
    Never,
    /// It gets our standard input if that is a terminal.
    #[default]
    IfAvailable,
    /// It cannot work without a terminal.
    Always,
}

impl InteractiveMode {
    /// As it stands in a kubeconfig.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            InteractiveMode::Never => "Never",
            InteractiveMode::IfAvailable => "IfAvailable",
            InteractiveMode::Always => "Always",
        }
    }
}

/// A program that gives tokens or certificates: `aws eks get-token`,
/// `gke-gcloud-auth-plugin`, `kubelogin` and the like.
#[derive(Clone, PartialEq, Eq)]
pub struct ExecPlugin {
    /// The version of its messages.
    pub version: ExecVersion,
    /// The program: a name to be found on `PATH`, or a path.
    pub command: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
    /// Variables beside those of our own environment.
    pub env: Vec<(String, String)>,
    /// What to tell a person who does not have the program, or empty.
    pub install_hint: String,
    /// Whether it is told about the cluster.
    pub provide_cluster_info: bool,
    /// Whether it may ask the person at the terminal.
    pub interactive_mode: InteractiveMode,
    /// What the cluster's `client.authentication.k8s.io/exec` extension holds
    /// for it, as JSON.
    pub cluster_config: Option<String>,
}

impl fmt::Debug for ExecPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Arguments and variables may hold secrets.
        write!(f, "Exec({})", self.command.display())
    }
}

impl ExecPlugin {
    /// This program, with version v1 and no access to the terminal.
    #[must_use]
    pub fn new(command: impl Into<PathBuf>) -> Self {
        Self {
            version: ExecVersion::V1,
            command: command.into(),
            args: Vec::new(),
            env: Vec::new(),
            install_hint: String::new(),
            provide_cluster_info: false,
            interactive_mode: InteractiveMode::Never,
            cluster_config: None,
        }
    }

    /// From the `exec` of a kubeconfig's user. Relative paths go out from `folder`.
    pub(super) fn from_value(exec: &Value, user: &str, folder: &Path) -> Result<Self, ConfigError> {
        let invalid = |message: String| ConfigError::invalid(format!("user {user:?}"), message);
        let text = |key: &str| exec[key].as_str().unwrap_or_default();
        let version = ExecVersion::parse(text("apiVersion")).map_err(invalid)?;
        let command = text("command");
        if command.is_empty() {
            return Err(invalid(
                "exec.command is missing; it names the program to run".to_owned(),
            ));
        }
        let interactive_mode = match text("interactiveMode") {
            "Never" => InteractiveMode::Never,
            "IfAvailable" => InteractiveMode::IfAvailable,
            "Always" => InteractiveMode::Always,
            "" if version == ExecVersion::V1Beta1 => InteractiveMode::IfAvailable,
            "" => {
                return Err(invalid(
                    "exec.interactiveMode is missing, which v1 wants; write Never, IfAvailable or Always"
                        .to_owned(),
                ));
            }
            other => {
                return Err(invalid(format!(
                    "exec.interactiveMode: {other:?} is none of Never, IfAvailable and Always"
                )));
            }
        };
        let list = |key: &str| exec[key].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut env = Vec::new();
        for (at, variable) in list("env").iter().enumerate() {
            let name = variable["name"].as_str().unwrap_or_default();
            if name.is_empty() {
                return Err(invalid(format!("exec.env[{at}].name is missing")));
            }
            let value = variable["value"].as_str().unwrap_or_default();
            env.push((name.to_owned(), value.to_owned()));
        }
        let args = list("args")
            .iter()
            .enumerate()
            .map(|(at, arg)| {
                arg.as_str()
                    .map(str::to_owned)
                    .ok_or_else(|| invalid(format!("exec.args[{at}] is no string; quote it")))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            version,
            command: if command.contains(std::path::MAIN_SEPARATOR) {
                folder.join(command)
            } else {
                command.into()
            },
            args,
            env,
            install_hint: text("installHint").to_owned(),
            provide_cluster_info: exec["provideClusterInfo"].as_bool().unwrap_or_default(),
            interactive_mode,
            cluster_config: None,
        })
    }

    /// The `exec` of a kubeconfig's user.
    pub(super) fn to_value(&self) -> Value {
        let strings = |items: &[String]| {
            Value::Array(
                items
                    .iter()
                    .map(|item| Value::from(item.as_str()))
                    .collect(),
            )
        };
        let mut exec = Object::default();
        exec.insert("apiVersion", Value::from(self.version.as_str()));
        exec.insert(
            "command",
            Value::from(self.command.to_string_lossy().into_owned()),
        );
        if !self.args.is_empty() {
            exec.insert("args", strings(&self.args));
        }
        if !self.env.is_empty() {
            let variable = |(name, value): &(String, String)| {
                let mut variable = Object::default();
                variable.insert("name", Value::from(name.as_str()));
                variable.insert("value", Value::from(value.as_str()));
                Value::Object(variable)
            };
            exec.insert("env", Value::Array(self.env.iter().map(variable).collect()));
        }
        if !self.install_hint.is_empty() {
            exec.insert("installHint", Value::from(self.install_hint.as_str()));
        }
        exec.insert(
            "interactiveMode",
            Value::from(self.interactive_mode.as_str()),
        );
        exec.insert("provideClusterInfo", Value::Bool(self.provide_cluster_info));
        Value::Object(exec)
    }
}
