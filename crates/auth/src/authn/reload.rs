//! Issuers of tokens by a file that is read again when it changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::RwLock;
use tokio_util::sync::CancellationToken;

use super::oidc::{AuthenticationConfiguration, ConfigurationError, Issuer, OidcTokens};
use super::{AuthenticatedUser, AuthnError, TokenAuthenticator, TokenUnion};
use crate::expr::Compiler;

/// How often the file is looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(10);
/// Bytes of the file.
const FILE_LEN_MAX: u64 = 4 * 1024 * 1024;

/// The issuers that a file names.
pub struct ReloadedIssuers {
    path: PathBuf,
    audiences: Vec<String>,
    own_issuers: Vec<String>,
    cel: Arc<dyn Compiler>,
    current: RwLock<(Vec<u8>, Arc<TokenUnion>)>,
}

fn read(path: &Path) -> Result<Vec<u8>, ConfigurationError> {
    let wrong =
        |e: std::io::Error| ConfigurationError(format!("cannot read {}: {e}", path.display()));
    if std::fs::metadata(path).map_err(wrong)?.len() > FILE_LEN_MAX {
        return Err(ConfigurationError(format!(
            "{} is too long",
            path.display()
        )));
    }
    std::fs::read(path).map_err(wrong)
}

/// Authenticators of all issuers.
pub(crate) fn union(
    issuers: Vec<Issuer>,
    audiences: &[String],
) -> Result<TokenUnion, ConfigurationError> {
    let members = issuers
        .into_iter()
        .map(|issuer| {
            let tokens = OidcTokens::new(issuer, audiences.to_vec())?;
            Ok(Arc::new(tokens) as Arc<dyn TokenAuthenticator>)
        })
        .collect::<Result<Vec<_>, ConfigurationError>>()?;
    Ok(TokenUnion::new(members))
}

impl ReloadedIssuers {
    /// Reads the file; also what it says of anonymous requests, which does not
    /// change later.
    ///
    /// # Errors
    /// It cannot be read or is not valid.
    pub fn open(
        path: &Path,
        audiences: Vec<String>,
        own_issuers: Vec<String>,
        cel: Arc<dyn Compiler>,
    ) -> Result<(Arc<Self>, AuthenticationConfiguration), ConfigurationError> {
        let content = read(path)?;
        let mut configuration = AuthenticationConfiguration::parse(&content, &own_issuers, &*cel)?;
        let issuers = std::mem::take(&mut configuration.issuers);
        let members = union(issuers, &audiences)?;
        let this = Arc::new(Self {
            path: path.to_owned(),
            audiences,
            own_issuers,
            cel,
            current: RwLock::new((content, Arc::new(members))),
        });
        Ok((this, configuration))
    }

    /// Reads the file again if it has changed. `true`: it has, and is used.
    ///
    /// # Errors
    /// It is not valid; what was valid before stays in use.
    pub fn look(&self) -> Result<bool, ConfigurationError> {
        let content = read(&self.path)?;
        if self.current.read().0 == content {
            return Ok(false);
        }
        let parsed = AuthenticationConfiguration::parse(&content, &self.own_issuers, &*self.cel)?;
        let members = union(parsed.issuers, &self.audiences)?;
        *self.current.write() = (content, Arc::new(members));
        Ok(true)
    }

    /// Follows the file until `cancel`.
    pub fn follow(self: &Arc<Self>, cancel: CancellationToken) {
        let this = self.clone();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = cancel.cancelled() => return,
                    () = tokio::time::sleep(LOOK_INTERVAL) => {}
                }
                match this.look() {
                    Ok(false) => {}
                    Ok(true) => tracing::info!("the authentication configuration was read again"),
                    Err(error) => {
                        tracing::warn!(%error, "the authentication configuration stays as it was");
                    }
                }
            }
        });
    }
}

#[async_trait]
impl TokenAuthenticator for ReloadedIssuers {
    async fn authenticate_token(
        &self,
        token: &str,
        audiences: &[String],
    ) -> Result<Option<AuthenticatedUser>, AuthnError> {
        let members = self.current.read().1.clone();
        members.authenticate_token(token, audiences).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::{Expression, Wanted};

    struct Nothing;

    impl Compiler for Nothing {
        fn compile(&self, _: &str, _: &[&str], _: Wanted) -> Result<Arc<dyn Expression>, String> {
            Err("no expressions".to_owned())
        }
    }

    #[test]
    fn a_file_is_read_again_and_a_broken_one_is_not_used() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("authn.yaml");
        let head = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n";
        std::fs::write(&path, head).unwrap();
        let (issuers, read) =
            ReloadedIssuers::open(&path, vec![], vec![], Arc::new(Nothing)).unwrap();
        assert_eq!(read.anonymous, None);
        assert_eq!(issuers.look(), Ok(false));
        let jwt = "jwt:\n- issuer: {url: 'https://a.example', audiences: [x]}\n  claimMappings: {username: {claim: sub, prefix: ''}}\n";
        std::fs::write(&path, format!("{head}{jwt}")).unwrap();
        assert_eq!(issuers.look(), Ok(true));
        std::fs::write(&path, "kind: Nonsense").unwrap();
        assert!(issuers.look().is_err());
        assert!(!issuers.current.read().0.is_empty());
    }
}
