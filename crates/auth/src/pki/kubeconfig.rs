//! The file that tells kubectl where the cluster is and who is asking.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{KeyAndCertificate, PkiError, files};

/// One cluster, one user.
pub struct Kubeconfig<'a> {
    /// The cluster's name in the file.
    pub cluster: &'a str,
    /// `https://…`.
    pub server: &'a str,
    /// The CA that signed the server's certificate.
    pub ca_pem: &'a str,
    /// The user's name in the file.
    pub user: &'a str,
    /// The user's credentials.
    pub client: &'a KeyAndCertificate,
}

impl Kubeconfig<'_> {
    /// The file. Certificates stand inline, each on one unquoted line, so
    /// that shell scripts can cut them out.
    pub fn to_yaml(&self) -> String {
        let Self {
            cluster,
            server,
            user,
            ..
        } = self;
        let ca = STANDARD.encode(self.ca_pem);
        let certificate = STANDARD.encode(&self.client.certificate_pem);
        let key = STANDARD.encode(&self.client.key_pem);
        format!(
            "apiVersion: v1\n\
             kind: Config\n\
             clusters:\n\
             - name: {cluster}\n\
             \x20 cluster:\n\
             \x20   server: {server}\n\
             \x20   certificate-authority-data: {ca}\n\
             users:\n\
             - name: {user}\n\
             \x20 user:\n\
             \x20   client-certificate-data: {certificate}\n\
             \x20   client-key-data: {key}\n\
             contexts:\n\
             - name: {user}@{cluster}\n\
             \x20 context:\n\
             \x20   cluster: {cluster}\n\
             \x20   user: {user}\n\
             current-context: {user}@{cluster}\n"
        )
    }
}

/// Writes the file, readable by its owner only; a reader sees the old or the
/// new one, never half.
///
/// # Errors
/// The file cannot be written.
pub fn write_kubeconfig(path: &Path, config: &Kubeconfig<'_>) -> Result<(), PkiError> {
    let text = config.to_yaml();
    if files::read(path)?.is_some_and(|old| old == text) {
        return Ok(());
    }
    files::replace(path, &text, 0o600)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_on_its_line() {
        let client = KeyAndCertificate {
            certificate_pem: "C".repeat(90),
            key_pem: "K".repeat(90),
        };
        let config = Kubeconfig {
            cluster: "skeg",
            server: "https://127.0.0.1:6443",
            ca_pem: "ca",
            user: "admin",
            client: &client,
        };
        let text = config.to_yaml();
        let line = |key: &str| {
            let line = text
                .lines()
                .find(|l| l.trim_start().starts_with(key))
                .unwrap();
            line.split_once(": ").unwrap().1.to_owned()
        };
        assert_eq!(line("server"), "https://127.0.0.1:6443");
        assert_eq!(
            STANDARD.decode(line("client-key-data")).unwrap(),
            "K".repeat(90).as_bytes()
        );
        assert_eq!(line("certificate-authority-data"), "Y2E=");
        assert_eq!(text.lines().count(), 18);
    }
}
