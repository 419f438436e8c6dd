//! The configuration of a program in a pod.

use std::path::Path;

use super::{Config, ConfigError, Credentials};

/// How a certificate begins in PEM.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";
const FOLDER: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

pub(super) fn is_here() -> bool {
    std::env::var_os("KUBERNETES_SERVICE_HOST").is_some()
        && Path::new(FOLDER).join("token").exists()
}

pub(super) fn load() -> Result<Config, ConfigError> {
    let variable = |name: &'static str| {
        std::env::var(name)
            .ok()
            .filter(|value| !value.is_empty())
            .ok_or(ConfigError::NotInCluster(name))
    };
    let host = variable("KUBERNETES_SERVICE_HOST")?;
    let port = variable("KUBERNETES_SERVICE_PORT")?;
    from_folder(Path::new(FOLDER), &host, &port)
}

pub(super) fn from_folder(folder: &Path, host: &str, port: &str) -> Result<Config, ConfigError> {
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host.to_owned()
    };
    let mut config = Config::new(format!("https://{host}:{port}"));
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read(&path).map_err(|source| ConfigError::Read { path, source })
    };
    read("token")?;
    let ca = read("ca.crt").map_err(|error| match std::error::Error::source(&error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    });
    let ca = ca.and_then(
        |ca| match String::from_utf8_lossy(&ca).contains(CERTIFICATE) {
            true => Ok(()),
            false => Err("it holds no certificate".to_owned()),
        },
    );
    let ca_file = folder.join("ca.crt");
    match ca {
        Ok(()) => config.ca_file = Some(ca_file),
        Err(problem) => tracing::error!(
            file = %ca_file.display(),
            problem,
            "the cluster's authority cannot be loaded; the system's are taken"
        ),
    }
    config.credentials = Credentials::TokenFile(folder.join("token"));
    if let Ok(namespace) = read("namespace") {
        config.namespace = String::from_utf8_lossy(&namespace).trim().to_owned();
    }
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_kubelet_mounts() {
        let folder = tempfile::tempdir().expect("folder");
        for (name, text) in [
            ("ca.crt", CERTIFICATE),
            ("token", "t"),
            ("namespace", "team\n"),
        ] {
            std::fs::write(folder.path().join(name), text).expect("write");
        }
        let config = from_folder(folder.path(), "fd00::1", "443").expect("config");
        assert_eq!(config.server, "https://[fd00::1]:443");
        assert_eq!(config.namespace, "team");
        assert_eq!(config.ca_file, Some(folder.path().join("ca.crt")));
        assert_eq!(
            config.credentials,
            Credentials::TokenFile(folder.path().join("token"))
        );
        // As client-go's, it goes on with the system's authorities.
        std::fs::write(folder.path().join("ca.crt"), "garbage").expect("write");
        let config = from_folder(folder.path(), "h", "1").expect("config");
        assert_eq!(config.ca_file, None);
        std::fs::remove_file(folder.path().join("ca.crt")).expect("remove");
        let config = from_folder(folder.path(), "h", "1").expect("config");
        assert_eq!(config.ca_file, None);
        std::fs::remove_file(folder.path().join("token")).expect("remove");
        assert!(matches!(
            from_folder(folder.path(), "h", "1"),
            Err(ConfigError::Read { .. })
        ));
    }
}
