//! The configuration of a program in a pod.

use std::path::Path;

use super::{Config, ConfigError, Credentials};

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
    read("ca.crt")?;
    config.ca_file = Some(folder.join("ca.crt"));
    read("token")?;
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
        for (name, text) in [("ca.crt", "ca"), ("token", "t"), ("namespace", "team\n")] {
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
        std::fs::remove_file(folder.path().join("token")).expect("remove");
        assert!(matches!(
            from_folder(folder.path(), "h", "1"),
            Err(ConfigError::Read { .. })
        ));
    }
}
