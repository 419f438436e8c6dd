//! Certificates and keys of all clusters of this process: made once, quickly,
//! and only kept in memory.

use std::sync::{Arc, OnceLock};

use skeg_auth::pki::{Authority, KeyPair, Pki, PkiError, ServerTls, ServingNames, server_config};

use crate::Error;

/// What the clusters of this process share.
pub(crate) struct Shared {
    /// The authority.
    pub(crate) pki: Arc<Pki>,
    /// The same, as who vouches for users.
    pub(crate) authority: Arc<Authority>,
    /// The key that signs tokens of service accounts, as PEM.
    token_key: String,
    /// For listeners.
    pub(crate) tls: Arc<rustls::ServerConfig>,
}

impl Shared {
    /// The authority and the key.
    pub(crate) fn get() -> Result<&'static Shared, Error> {
        static SHARED: OnceLock<Result<Shared, String>> = OnceLock::new();
        SHARED
            .get_or_init(|| Shared::make().map_err(|error| error.to_string()))
            .as_ref()
            .map_err(|why| Error::Certificates(why.clone()))
    }

    fn make() -> Result<Shared, PkiError> {
        // The folder is gone at once; what is in memory is enough.
        let dir = tempfile::tempdir().map_err(|source| PkiError::Io {
            action: "create",
            path: std::env::temp_dir(),
            source,
        })?;
        let pki = Pki::open(dir.path())?;
        let names = ServingNames::api_server("cluster.local");
        let serving = pki.serving("apiserver", &names)?;
        let authority = Authority::from_pem(pki.ca_pem().as_bytes())?;
        let tls = ServerTls {
            client_cas: authority.current().certificates().to_vec(),
            ..ServerTls::default()
        };
        let tls = server_config(&serving, &tls)?;
        // P-256, because an RSA key takes longer to make than a cluster.
        let token_key = KeyPair::generate()?.serialize_pem();
        Ok(Shared {
            pki: Arc::new(pki),
            authority: Arc::new(authority),
            token_key,
            tls: Arc::new(tls),
        })
    }

    /// The key that signs tokens.
    pub(crate) fn token_key(&self) -> Result<KeyPair, Error> {
        KeyPair::from_pem(&self.token_key).map_err(|error| Error::Certificates(error.to_string()))
    }
}
