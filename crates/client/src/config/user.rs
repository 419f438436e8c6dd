//! The users of kubeconfigs.

use skeg_schema::{Object, Value};

use super::kubeconfig::Entry;
use super::oidc::TokenKeeper;
use super::{Config, ConfigError, Credentials, ExecPlugin, Impersonation, OidcLogin, OidcTokens};

/// Where a cluster keeps what its exec plugin is told.
const EXEC_EXTENSION: &str = "client.authentication.k8s.io/exec";

/// Makes a configuration that of a user. `cluster` is the cluster's entry.
pub(super) fn apply(user: &Entry, cluster: &Entry, config: &mut Config) -> Result<(), ConfigError> {
    let invalid = |message: &str| ConfigError::invalid(format!("user {:?}", user.name()), message);
    (config.client_certificate, config.client_certificate_file) =
        user.data_or_file("client-certificate-data", "client-certificate")?;
    (config.client_key, config.client_key_file) =
        user.data_or_file("client-key-data", "client-key")?;
    let has_token = !user.text("token").is_empty() || !user.text("tokenFile").is_empty();
    let has_name = !user.text("username").is_empty();
    let exec = user.value().get("exec").filter(|exec| !exec.is_null());
    let provider = user
        .value()
        .get("auth-provider")
        .filter(|provider| !provider.is_null());
    if has_token && has_name {
        return Err(invalid(
            "it has both a token and a username; remove one of them",
        ));
    }
    if exec.is_some() && provider.is_some() {
        return Err(invalid(
            "it has both exec and auth-provider; remove auth-provider",
        ));
    }
    // As client-go: the token file wins over the token, and both over plugins.
    config.credentials = if !user.text("tokenFile").is_empty() {
        Credentials::TokenFile(user.folder().join(user.text("tokenFile")))
    } else if has_token {
        Credentials::Token(user.text("token").to_owned())
    } else if has_name {
        Credentials::Basic {
            username: user.text("username").to_owned(),
            password: user.text("password").to_owned(),
        }
    } else if let Some(exec) = exec {
        let mut plugin = ExecPlugin::from_value(exec, user.name(), user.folder())?;
        plugin.cluster_config = cluster
            .extension(EXEC_EXTENSION)
            .map(|extension| extension.to_string());
        Credentials::Exec(Box::new(plugin))
    } else if let Some(provider) = provider {
        auth_provider(user, provider)?
    } else {
        Credentials::None
    };
    impersonation(user, config)
}

fn impersonation(user: &Entry, config: &mut Config) -> Result<(), ConfigError> {
    let texts = |value: &Value| -> Vec<String> {
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        items
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect()
    };
    let groups = texts(&user.value()["as-groups"]);
    let extra: Vec<_> = user.value()["as-user-extra"]
        .as_object()
        .map(|extra| {
            extra
                .iter()
                .map(|(key, value)| (key.to_string(), texts(value)))
                .collect()
        })
        .unwrap_or_default();
    let uid = user.text("as-uid");
    if user.text("as").is_empty() {
        if !groups.is_empty() || !extra.is_empty() || !uid.is_empty() {
            return Err(ConfigError::invalid(
                format!("user {:?}", user.name()),
                "as-groups, as-uid and as-user-extra need a user; add `as`",
            ));
        }
        return Ok(());
    }
    config.impersonation = Some(Impersonation {
        user: user.text("as").to_owned(),
        uid: uid.to_owned(),
        groups,
        extra,
    });
    Ok(())
}

/// `auth-provider`: of all that there once were, oidc alone is left.
fn auth_provider(user: &Entry, provider: &Value) -> Result<Credentials, ConfigError> {
    let name = provider["name"].as_str().unwrap_or_default();
    let advice = match name {
        "oidc" => return oidc(user, &provider["config"]),
        "gcp" => {
            "install gke-gcloud-auth-plugin and run `gcloud container clusters get-credentials CLUSTER`"
        }
        "azure" => "install kubelogin and run `kubelogin convert-kubeconfig`",
        _ => "use an exec plugin, a token or a certificate",
    };
    Err(ConfigError::invalid(
        format!("user {:?}", user.name()),
        format_args!("auth-provider {name:?} was removed from Kubernetes in 1.26; {advice}"),
    ))
}

fn oidc(user: &Entry, config: &Value) -> Result<Credentials, ConfigError> {
    let text = |key: &str| config[key].as_str().unwrap_or_default().to_owned();
    let provider = Entry::new(
        user.name(),
        config.clone(),
        user.folder().to_owned(),
        user.file().cloned(),
    );
    for (field, value) in [
        ("idp-issuer-url", text("idp-issuer-url")),
        ("client-id", text("client-id")),
    ] {
        if value.is_empty() {
            return Err(ConfigError::invalid(
                format!("user {:?}", user.name()),
                format_args!("auth-provider.config.{field} is missing"),
            ));
        }
    }
    let (ca, ca_file) = provider.data_or_file(
        "idp-certificate-authority-data",
        "idp-certificate-authority",
    )?;
    // As client-go: new tokens go into the file from which the old ones are.
    let keeper = user.file().map(|file| {
        let (file, name) = (file.clone(), user.name().to_owned());
        TokenKeeper::new(move |tokens| {
            let kept = super::KubeconfigFile::change(&file, |kubeconfig| {
                keep(kubeconfig.user_mut(&name), tokens);
            });
            if let Err(error) = kept {
                tracing::warn!(%error, user = name, "new tokens are not kept");
            }
        })
    });
    Ok(Credentials::Oidc(Box::new(OidcLogin {
        issuer: text("idp-issuer-url"),
        client_id: text("client-id"),
        client_secret: text("client-secret"),
        tokens: OidcTokens {
            id_token: text("id-token"),
            refresh_token: text("refresh-token"),
        },
        scopes: text("extra-scopes")
            .split(',')
            .filter(|scope| !scope.is_empty())
            .map(str::to_owned)
            .collect(),
        ca,
        ca_file,
        keeper,
    })))
}

fn keep(user: &mut Object, tokens: &OidcTokens) {
    let Some(config) = user
        .get_mut("auth-provider")
        .and_then(|provider| provider.get_mut("config"))
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    config.insert("id-token", Value::from(tokens.id_token.as_str()));
    config.insert("refresh-token", Value::from(tokens.refresh_token.as_str()));
}
