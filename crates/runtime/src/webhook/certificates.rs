//! Where a webhook server's certificates come from.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::RwLock;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use skeg_api::core::v1::Secret;
use skeg_client::{Api, Client, Error};
use skeg_meta::ObjectMeta;
use skeg_schema::ByteString;
use tokio::sync::watch;

use super::WebhookError;
use super::authority::{Authorities, Authority, Lifetimes, Serving};
use crate::clock::{Clock, SystemClock};

/// How often files are looked at.
const FILES: Duration = Duration::from_secs(60);
/// The pause after a failure.
const RETRY: Duration = Duration::from_secs(10);
/// How often a shared Secret is read at least, to hear of another replica's renewal.
const SECRET: Duration = Duration::from_secs(600);

/// Where the certificates of a webhook server come from, and for which names.
pub struct Certificates {
    source: From,
    names: Vec<String>,
    lifetimes: Lifetimes,
    clock: Arc<dyn Clock>,
}

impl std::fmt::Debug for Certificates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificates")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

enum From {
    Memory,
    Secret(Box<Api<Secret>>, String),
    Files {
        certificate: PathBuf,
        key: PathBuf,
        authority: Option<PathBuf>,
    },
}

fn names(names: impl IntoIterator<Item = impl Into<String>>) -> Vec<String> {
    names.into_iter().map(Into::into).collect()
}

impl Certificates {
    fn new(source: From, names: Vec<String>) -> Self {
        Self {
            source,
            names,
            lifetimes: Lifetimes::default(),
            clock: SystemClock::new(),
        }
    }

    /// An authority of this process alone, which ends with it. The names are
    /// those that the API server calls the hook by, such as
    /// `hooks.default.svc`, or addresses.
    #[must_use]
    pub fn in_memory(of: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::new(From::Memory, names(of))
    }

    /// An authority that all replicas share through a Secret. The Secret is
    /// made when it is not there; this needs get, create and update on it.
    #[must_use]
    pub fn in_secret(
        client: Client,
        namespace: impl Into<String>,
        secret: impl Into<String>,
        of: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let api = Box::new(Api::namespaced(client, namespace));
        Self::new(From::Secret(api, secret.into()), names(of))
    }

    /// A certificate and a key that somebody else keeps in files, in PEM. They
    /// are read again within a minute of a change.
    #[must_use]
    pub fn in_files(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> Self {
        Self::new(
            From::Files {
                certificate: certificate.into(),
                key: key.into(),
                authority: None,
            },
            Vec::new(),
        )
    }

    /// The file with the authority of certificates in files, for the
    /// configurations that the server keeps.
    #[must_use]
    pub fn authority_file(mut self, path: impl Into<PathBuf>) -> Self {
        if let From::Files { authority, .. } = &mut self.source {
            *authority = Some(path.into());
        }
        self
    }

    /// How long authorities and certificates live: a year and thirty days
    /// unless said otherwise. Each is renewed after two thirds of its time; a
    /// new authority signs an hour after everybody could hear of it, or a
    /// sixth of its time where that is less.
    #[must_use]
    pub fn lifetimes(mut self, authority: Duration, certificate: Duration) -> Self {
        self.lifetimes = Lifetimes {
            authority,
            serving: certificate,
            settle: self.lifetimes.settle.min(authority / 6),
        };
        self
    }

    /// With another clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The first certificate, and what keeps it fresh.
    pub(super) async fn start(
        self,
    ) -> Result<(Keeper, Resolver, watch::Receiver<Bundle>), WebhookError> {
        let (bundle, bundles) = watch::channel(Bundle::default());
        let mut keeper = Keeper {
            of: self,
            authorities: Authorities::default(),
            signer: 0,
            resolver: Resolver::default(),
            bundle,
            renewal: 0,
        };
        keeper.refresh().await?;
        let resolver = keeper.resolver.clone();
        Ok((keeper, resolver, bundles))
    }
}

/// The authorities that clients are to trust, in PEM; empty while not known.
pub(super) type Bundle = Arc<str>;

/// Hands out the certificate of the day.
#[derive(Clone, Default)]
pub(super) struct Resolver(Arc<RwLock<Option<Arc<CertifiedKey>>>>);

impl std::fmt::Debug for Resolver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Resolver").finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Resolver {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.0.read().clone()
    }
}

/// Renews what is about to end.
pub(super) struct Keeper {
    of: Certificates,
    authorities: Authorities,
    /// Which authority the serving certificate is of.
    signer: i64,
    resolver: Resolver,
    bundle: watch::Sender<Bundle>,
    renewal: i64,
}

impl Keeper {
    /// Runs until it is dropped.
    pub(super) async fn run(mut self) -> std::convert::Infallible {
        let mut failed = false;
        loop {
            let pause = if failed { RETRY } else { self.pause() };
            self.of.clock.sleep(pause).await;
            failed = match self.refresh().await {
                Ok(()) => false,
                Err(error) => {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(%error, cause, "cannot renew the certificates of the webhooks");
                    true
                }
            };
        }
    }

    fn pause(&self) -> Duration {
        let now = self.of.clock.now();
        let due = self
            .authorities
            .next(now, &self.of.lifetimes)
            .min(self.renewal);
        let until = due.saturating_sub(now.as_second()).max(1);
        let until = Duration::from_secs(u64::try_from(until).unwrap_or(1));
        match self.of.source {
            From::Files { .. } => FILES,
            From::Secret(..) => until.min(SECRET),
            From::Memory => until,
        }
    }

    async fn refresh(&mut self) -> Result<(), WebhookError> {
        let now = self.of.clock.now();
        match &self.of.source {
            From::Memory => {
                self.authorities.renew(now, &self.of.lifetimes)?;
            }
            From::Secret(api, name) => {
                self.authorities = shared(api, name, now, &self.of.lifetimes).await?;
            }
            From::Files {
                certificate,
                key,
                authority,
            } => {
                let serving = Serving::from_pem(
                    &read(certificate).await?,
                    &read(key).await?,
                    0,
                    i64::MAX / 2,
                )?;
                let bundle = match authority {
                    Some(path) => read(path).await?,
                    None => String::new(),
                };
                self.take(serving, bundle);
                return Ok(());
            }
        }
        let Some(signer) = self.authorities.signer(now, &self.of.lifetimes) else {
            return Ok(());
        };
        let bundle = self.authorities.bundle();
        if signer.made == self.signer && now.as_second() < self.renewal {
            self.tell(bundle);
            return Ok(());
        }
        let serving = signer.sign(&self.of.names, now, &self.of.lifetimes)?;
        self.signer = signer.made;
        self.renewal = serving.renewal;
        self.take(serving, bundle);
        Ok(())
    }

    fn take(&self, serving: Serving, bundle: String) {
        *self.resolver.0.write() = Some(serving.key);
        self.tell(bundle);
    }

    fn tell(&self, bundle: String) {
        self.bundle.send_if_modified(|known| {
            let new = **known != *bundle;
            if new {
                *known = bundle.into();
            }
            new
        });
    }
}

async fn read(path: &PathBuf) -> Result<String, WebhookError> {
    tokio::fs::read_to_string(path)
        .await
        .map_err(|source| WebhookError::Read {
            path: path.display().to_string(),
            source,
        })
}

/// The authorities in a Secret, renewed there where they need it. Whoever
/// comes first writes; others read what was written.
async fn shared(
    api: &Api<Secret>,
    name: &str,
    now: jiff::Timestamp,
    lifetimes: &Lifetimes,
) -> Result<Authorities, WebhookError> {
    let trouble = |source: Error| WebhookError::Secret {
        secret: format!("{}/{name}", api.namespace().unwrap_or_default()),
        source,
    };
    // Every turn but the last is one that another replica has won.
    let mut turns = 0;
    loop {
        turns += 1;
        let found = api.get_opt(name).await.map_err(trouble)?;
        let mut authorities = found.as_deref().map(from_secret).unwrap_or_default();
        if !authorities.renew(now, lifetimes)? {
            return Ok(authorities);
        }
        let written = match found {
            Some(secret) => {
                let mut secret = (*secret).clone();
                secret.data = to_data(&authorities);
                api.update(secret).await
            }
            None => {
                let secret = Secret {
                    metadata: ObjectMeta::named(api.namespace().unwrap_or_default(), name),
                    data: to_data(&authorities),
                    ..Secret::default()
                };
                api.create(secret).await
            }
        };
        match written {
            Ok(_) => return Ok(authorities),
            Err(error) if turns < 5 && (error.is_conflict() || error.is_already_exists()) => {}
            Err(error) => return Err(trouble(error)),
        }
    }
}

fn to_data(authorities: &Authorities) -> BTreeMap<String, ByteString> {
    let mut data = BTreeMap::from([("ca.crt".to_owned(), ByteString(authorities.bundle().into()))]);
    for authority in &authorities.0 {
        let stem = format!("ca-{}-{}", authority.made, authority.ends);
        data.insert(
            format!("{stem}.crt"),
            ByteString(authority.certificate_pem.clone().into()),
        );
        data.insert(
            format!("{stem}.key"),
            ByteString(authority.key_pem.clone().into()),
        );
    }
    data
}

/// What can be read of a Secret; anything else in it is passed over, and made anew.
fn from_secret(secret: &Secret) -> Authorities {
    let text = |key: &str| {
        let bytes = secret.data.get(key)?;
        String::from_utf8(bytes.0.clone()).ok()
    };
    let mut found = Vec::new();
    for name in secret.data.keys() {
        let Some(stem) = name.strip_suffix(".crt") else {
            continue;
        };
        let times = stem
            .strip_prefix("ca-")
            .and_then(|times| times.split_once('-'));
        let Some((Ok(made), Ok(ends))) = times.map(|(made, ends)| (made.parse(), ends.parse()))
        else {
            continue;
        };
        if let (Some(certificate_pem), Some(key_pem)) = (text(name), text(&format!("{stem}.key"))) {
            found.push(Authority {
                made,
                ends,
                certificate_pem,
                key_pem,
            });
        }
    }
    Authorities(found)
}
