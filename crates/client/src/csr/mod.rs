//! Certificates from the cluster: make a key, ask, have it approved, wait.
//!
//! ```no_run
//! # async fn f(client: skeg_client::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use std::time::Duration;
//! use skeg_client::csr::CertificateRequest;
//! let pending = CertificateRequest::client("jane")
//!     .organization("dev")
//!     .lifetime(Duration::from_secs(3600))
//!     .submit(&client, "jane-laptop")
//!     .await?;
//! pending.approve("asked for in person").await?;
//! let identity = pending.issued().await?;
//! println!("{}", identity.certificate_pem);
//! # Ok(()) }
//! ```

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair, SanType};
use skeg_api::certificates::v1::CertificateSigningRequest;

use crate::api::Api;
use crate::client::Client;
use crate::error::Error;
use crate::wait::{ObjectWatch, WaitError};

/// Signs client certificates for the API server.
const CLIENT_SIGNER: &str = "kubernetes.io/kube-apiserver-client";

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CsrError {
    /// The key or the request could not be made.
    #[error("cannot make a certificate request")]
    Make(#[source] rcgen::Error),
    /// The cluster was not told.
    #[error("cannot submit certificate request {name}")]
    Submit {
        /// The request's name.
        name: String,
        /// Why not.
        #[source]
        source: Error,
    },
    /// The certificate could not be waited for.
    #[error("cannot wait for certificate request {name}")]
    Wait {
        /// The request's name.
        name: String,
        /// Why not.
        #[source]
        source: WaitError,
    },
    /// Somebody has denied it, the signer has failed, or the request is gone.
    #[error("certificate request {name}: {message}")]
    Refused {
        /// The request's name.
        name: String,
        /// Why.
        message: String,
    },
}

/// A certificate that is to be asked for.
#[derive(Clone, Debug)]
pub struct CertificateRequest {
    signer: String,
    usages: Vec<String>,
    common_name: String,
    organizations: Vec<String>,
    names: Vec<String>,
    addresses: Vec<IpAddr>,
    lifetime: Option<Duration>,
}

impl CertificateRequest {
    /// Of any signer.
    #[must_use]
    pub fn new(signer: impl Into<String>, common_name: impl Into<String>) -> Self {
        Self {
            signer: signer.into(),
            usages: vec!["digital signature".to_owned()],
            common_name: common_name.into(),
            organizations: Vec::new(),
            names: Vec::new(),
            addresses: Vec::new(),
            lifetime: None,
        }
    }

    /// By which a user of this name is known to the API server.
    #[must_use]
    pub fn client(user: impl Into<String>) -> Self {
        Self::new(CLIENT_SIGNER, user).usage("client auth")
    }

    /// With an organization: a group of the user's. May be said several times.
    #[must_use]
    pub fn organization(mut self, organization: impl Into<String>) -> Self {
        self.organizations.push(organization.into());
        self
    }

    /// For a server of this name. May be said several times.
    #[must_use]
    pub fn dns_name(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// For a server at this address. May be said several times.
    #[must_use]
    pub fn address(mut self, address: IpAddr) -> Self {
        self.addresses.push(address);
        self
    }

    /// With a further usage (`server auth`).
    #[must_use]
    pub fn usage(mut self, usage: impl Into<String>) -> Self {
        self.usages.push(usage.into());
        self
    }

    /// Valid for about so long; signers give at least 10 minutes.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// A fresh key (ECDSA P-256) and the request for it, both in PEM.
    fn make(&self) -> Result<(String, String), rcgen::Error> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(self.names.clone())?;
        let addresses = self.addresses.iter().copied().map(SanType::IpAddress);
        params.subject_alt_names.extend(addresses);
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, self.common_name.as_str());
        for organization in &self.organizations {
            name.push(DnType::OrganizationName, organization.as_str());
        }
        params.distinguished_name = name;
        let request = params.serialize_request(&key)?.pem()?;
        Ok((key.serialize_pem(), request))
    }

    /// Makes a key and asks the cluster for its certificate, under this name.
    /// The key never leaves the process.
    ///
    /// # Errors
    /// See [`CsrError`].
    pub async fn submit(&self, client: &Client, name: &str) -> Result<Pending, CsrError> {
        let (key_pem, request) = self.make().map_err(CsrError::Make)?;
        let mut csr = CertificateSigningRequest::default();
        csr.metadata.name = name.to_owned();
        csr.spec.request = request.into_bytes().into();
        csr.spec.signer_name.clone_from(&self.signer);
        csr.spec.usages.clone_from(&self.usages);
        let seconds = self.lifetime.map(|lifetime| lifetime.as_secs());
        csr.spec.expiration_seconds =
            seconds.map(|seconds| i32::try_from(seconds).unwrap_or(i32::MAX));
        let requests: Api<CertificateSigningRequest> = Api::all(client.clone());
        requests
            .create(csr)
            .await
            .map_err(|source| CsrError::Submit {
                name: name.to_owned(),
                source,
            })?;
        Ok(Pending {
            requests,
            name: name.to_owned(),
            key_pem,
        })
    }
}

/// A request that waits for its certificate.
pub struct Pending {
    requests: Api<CertificateSigningRequest>,
    name: String,
    key_pem: String,
}

/// Without the key.
impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Pending {
    /// The request's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Approves the request, where the caller may.
    ///
    /// # Errors
    /// As for every request.
    pub async fn approve(&self, message: &str) -> Result<(), Error> {
        self.requests
            .approve(&self.name, "Approved", message)
            .await?;
        Ok(())
    }

    /// Denies the request, where the caller may.
    ///
    /// # Errors
    /// As for every request; it has been approved.
    pub async fn deny(&self, message: &str) -> Result<(), Error> {
        self.requests.deny(&self.name, "Denied", message).await?;
        Ok(())
    }

    /// Waits for the certificate. See [`tokio::time::timeout`] for a bound.
    ///
    /// # Errors
    /// See [`CsrError`].
    pub async fn issued(self) -> Result<Issued, CsrError> {
        let refused = |message: String| CsrError::Refused {
            name: self.name.clone(),
            message,
        };
        let mut watch = ObjectWatch::new(&self.requests, &self.name);
        loop {
            let request = watch.next().await.map_err(|source| CsrError::Wait {
                name: self.name.clone(),
                source,
            })?;
            let Some(request) = request else {
                return Err(refused("it does not exist any more".to_owned()));
            };
            let status = &request.status;
            if !status.certificate.is_empty() {
                return Ok(Issued {
                    certificate_pem: String::from_utf8_lossy(&status.certificate).into_owned(),
                    key_pem: self.key_pem,
                });
            }
            let bad = status
                .conditions
                .iter()
                .find(|condition| matches!(condition.type_.as_str(), "Denied" | "Failed"));
            if let Some(bad) = bad {
                let kind = bad.type_.to_lowercase();
                return Err(refused(format!("{kind}: {} {}", bad.reason, bad.message)));
            }
        }
    }
}

/// A certificate and its key.
#[derive(Clone)]
pub struct Issued {
    /// The certificate and what leads to its root, in PEM.
    pub certificate_pem: String,
    /// The key, in PEM (PKCS#8).
    pub key_pem: String,
}

/// Without the key.
impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issued")
            .field("certificate_pem", &self.certificate_pem)
            .finish_non_exhaustive()
    }
}
