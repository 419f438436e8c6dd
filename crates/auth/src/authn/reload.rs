//! Issuers of tokens by a file that is read again when it changes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use parking_lot::RwLock;
use tokio_util::sync::CancellationToken;

use super::oidc::{
    Anonymous, AuthenticationConfiguration, ConfigurationError, Figures, Issuer, OidcTokens,
};
use super::{AuthenticatedUser, AuthnError, TokenAuthenticator, TokenUnion};
use crate::expr::Compiler;
use crate::metrics::Text;
use crate::text::aggregate;

/// How often the file is looked at.
const LOOK_INTERVAL: Duration = Duration::from_secs(10);
/// Bytes of the file.
const FILE_LEN_MAX: u64 = 4 * 1024 * 1024;

/// The issuers that a file names.
pub struct ReloadedIssuers {
    path: PathBuf,
    audiences: Vec<String>,
    own_issuers: Vec<String>,
    anonymous: Option<Anonymous>,
    cel: Arc<dyn Compiler>,
    figures: Arc<Figures>,
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

fn union(members: Vec<Arc<OidcTokens>>) -> TokenUnion {
    let members = members
        .into_iter()
        .map(|tokens| tokens as Arc<dyn TokenAuthenticator>);
    TokenUnion::new(members.collect())
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
        let this = Self {
            path: path.to_owned(),
            audiences,
            own_issuers,
            anonymous: configuration.anonymous.clone(),
            cel,
            figures: Arc::default(),
            current: RwLock::new((content, Arc::new(TokenUnion::new(Vec::new())))),
        };
        let members = this.authenticators(issuers)?;
        this.current.write().1 = Arc::new(union(members));
        Ok((Arc::new(this), configuration))
    }

    fn authenticators(
        &self,
        issuers: Vec<Issuer>,
    ) -> Result<Vec<Arc<OidcTokens>>, ConfigurationError> {
        let audiences = &self.audiences;
        issuers
            .into_iter()
            .map(|issuer| OidcTokens::counted(issuer, audiences.clone(), self.figures.clone()))
            .map(|tokens| tokens.map(Arc::new))
            .collect()
    }

    /// Reads the file again if it has changed. `true`: it has, and is used.
    ///
    /// # Errors
    /// It is not valid, or one of its issuers cannot be found; what was in use
    /// before stays so.
    pub async fn look(&self) -> Result<bool, ConfigurationError> {
        let content = read(&self.path)?;
        if self.current.read().0 == content {
            return Ok(false);
        }
        let parsed = AuthenticationConfiguration::parse(&content, &self.own_issuers, &*self.cel)?;
        if parsed.anonymous != self.anonymous {
            return Err(ConfigurationError(
                "anonymous: cannot change while the server runs: restart it".to_owned(),
            ));
        }
        let urls: Vec<String> = parsed.issuers.iter().map(|i| i.url().to_owned()).collect();
        let members = self.authenticators(parsed.issuers)?;
        let checks = members.iter().map(|tokens| tokens.check());
        let faults: Vec<String> = futures::future::join_all(checks)
            .await
            .into_iter()
            .filter_map(Result::err)
            .collect();
        if !faults.is_empty() {
            return Err(ConfigurationError(aggregate(&faults)));
        }
        *self.current.write() = (content, Arc::new(union(members)));
        self.figures.retain(&urls);
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
                match this.look().await {
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

    fn render(&self, out: &mut Text) {
        self.figures.render(out);
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

    #[tokio::test]
    async fn a_file_is_read_again_and_a_broken_one_is_not_used() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("authn.yaml");
        let head = "apiVersion: apiserver.config.k8s.io/v1\nkind: AuthenticationConfiguration\n";
        std::fs::write(&path, head).unwrap();
        let (issuers, read) =
            ReloadedIssuers::open(&path, vec![], vec![], Arc::new(Nothing)).unwrap();
        assert_eq!(read.anonymous, None);
        assert_eq!(issuers.look().await, Ok(false));
        std::fs::write(&path, format!("{head}anonymous: {{enabled: true}}\n")).unwrap();
        let error = issuers.look().await.unwrap_err().0;
        assert_eq!(
            error,
            "anonymous: cannot change while the server runs: restart it"
        );
        let more = format!("{head}jwt: []\n");
        std::fs::write(&path, &more).unwrap();
        assert_eq!(issuers.look().await, Ok(true));
        // Nobody listens there: what was in use stays, and is looked at again.
        let jwt = "jwt:\n- issuer: {url: 'https://127.0.0.1:1', audiences: [x]}\n  claimMappings: {username: {claim: sub, prefix: ''}}\n";
        std::fs::write(&path, format!("{head}{jwt}")).unwrap();
        for _ in 0..2 {
            let error = issuers.look().await.unwrap_err().0;
            let expect = "oidc: authenticator for issuer \"https://127.0.0.1:1\" is not healthy: ";
            assert!(error.starts_with(expect), "{error}");
            assert_eq!(issuers.current.read().0, more.as_bytes());
        }
        std::fs::write(&path, "kind: Nonsense").unwrap();
        assert!(issuers.look().await.is_err());
        assert_eq!(issuers.current.read().0, more.as_bytes());
    }
}
