//! Encryption of the store by a configuration file, which may be read again
//! while the server runs; key services are asked now and then how they are.

mod figures;
mod file;
mod kms;
mod operations;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use aws_lc_rs::digest::{SHA256, digest};
use parking_lot::Mutex;
use skeg_apiserver::{ApiServer, AskFn, Options};
use skeg_store::Store;
use skeg_store::encryption::{Encrypted, Kms, Observer, Provider, Rule};
use tokio_util::sync::CancellationToken;

use self::figures::Figures;
use self::operations::Operations;
use crate::failure::{Failure, OrFail};

pub use file::resource_of;

/// How often the file is looked at, and an ailing service asked.
const LOOK_INTERVAL: Duration = Duration::from_secs(10);
/// How often a service that is well is asked: its key may have changed.
const PROBE_INTERVAL: Duration = Duration::from_secs(60);
/// A word of a service that is older than this is asked for anew when somebody
/// looks at the health of the server.
const WELL_MAX_AGE: Duration = Duration::from_secs(20);
const AILING_MAX_AGE: Duration = Duration::from_secs(3);
/// How long the start, and a new configuration, wait for services to be well.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// Between two questions while waiting.
const WAIT_STEP: Duration = Duration::from_millis(100);
/// The check of all services, as upstream names it where none speaks the first
/// version of the protocol.
const CHECK: &str = "kms-providers";
/// Bytes of the file.
const FILE_LEN_MAX: u64 = 4 << 20;

/// The encryption of a store.
pub struct Encryption {
    store: Arc<Encrypted>,
    path: PathBuf,
    /// Whether the file is read again.
    reloads: bool,
    services: Mutex<Vec<Arc<Kms>>>,
    calls: Arc<kms::Calls>,
    figures: Figures,
    /// Digest of what was read last, whether it could be used or not.
    seen: Mutex<String>,
    /// Held while services are asked because somebody wants to know.
    asking: tokio::sync::Mutex<()>,
}

fn hash(bytes: &[u8]) -> String {
    let digest = digest(&SHA256, bytes);
    let hex: String = digest.as_ref().iter().map(|b| format!("{b:02x}")).collect();
    format!("sha256:{hex}")
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    if std::fs::metadata(path)?.len() > FILE_LEN_MAX {
        return Err(std::io::Error::other("the file is too long"));
    }
    std::fs::read(path)
}

fn services_of(rules: &[Rule]) -> Vec<Arc<Kms>> {
    let providers = rules.iter().flat_map(|rule| &rule.providers);
    let services = providers.filter_map(|provider| match provider {
        Provider::Kms(kms) => Some(kms.clone()),
        _ => None,
    });
    services.collect()
}

/// Asks all that are to be asked; whether all are well.
async fn probe(services: &[Arc<Kms>], is_due: impl Fn(&Kms) -> bool) -> Result<(), String> {
    let mut faults = Vec::new();
    for kms in services {
        let result = if is_due(kms) {
            kms.probe().await
        } else {
            kms.last().map_or(Ok(()), |(result, _)| result)
        };
        faults.extend(result.err());
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults.join("; "))
    }
}

async fn until_well(services: &[Arc<Kms>]) -> Result<(), String> {
    let end = tokio::time::Instant::now() + WAIT_MAX;
    loop {
        match probe(services, |_| true).await {
            Err(why) if tokio::time::Instant::now() > end => return Err(why),
            Err(_) => tokio::time::sleep(WAIT_STEP).await,
            Ok(()) => return Ok(()),
        }
    }
}

impl Encryption {
    /// Encrypts what goes into `store` as `file` describes. Waits some seconds
    /// for key services; if one is not well then, the server starts all the same
    /// and its health says so.
    ///
    /// # Errors
    /// The file cannot be read, or says what cannot be done.
    pub async fn open(store: Arc<dyn Store>, file: &Path, reloads: bool) -> Result<Arc<Self>> {
        let what = || format!("cannot use the encryption configuration {}", file.display());
        let text = read(file).or_fail(what(), "check --encryption-provider-config")?;
        let calls: Arc<kms::Calls> = Arc::default();
        let rules = file::parse(&text, &|settings| kms::connect(settings, calls.clone()));
        let rules = rules.map_err(|faults| {
            anyhow::anyhow!(file::all(&faults)).context(Failure::new(
                what(),
                "see \"Encrypting Confidential Data at Rest\" in the Kubernetes documentation",
            ))
        })?;
        let operations: Arc<Operations> = Arc::default();
        let counted = operations.clone();
        let observer: Observer = Arc::new(move |seen| counted.observe(seen));
        let encrypted = Encrypted::observed(store, &rules, resource_of(), Some(observer))
            .or_fail(what(), "give keys of 32 bytes, in base64")?;
        let services = services_of(&rules);
        if let Err(why) = until_well(&services).await {
            tracing::warn!(why, "a key management service is not well");
        }
        let seen = hash(&text);
        Ok(Arc::new(Encryption {
            store: Arc::new(encrypted),
            path: file.to_owned(),
            reloads,
            services: Mutex::new(services),
            calls,
            figures: Figures::new(&seen, operations),
            seen: Mutex::new(seen),
            asking: tokio::sync::Mutex::default(),
        }))
    }

    /// The store whose values are encrypted.
    pub fn store(&self) -> Arc<dyn Store> {
        self.store.clone()
    }

    /// Puts its figures into those of the server.
    pub fn fill(self: &Arc<Self>, options: &mut Options) {
        let this = self.clone();
        let more = move || {
            let services = this.services.lock().clone();
            this.figures.render(&services, &this.calls)
        };
        options
            .more_metrics
            .push(skeg_apiserver::MoreMetrics(Arc::new(more)));
    }

    /// Adds the health of the services to the server's, and keeps up with them
    /// and the file until `cancel`.
    pub fn follow(self: &Arc<Self>, server: &ApiServer, cancel: CancellationToken) {
        if self.reloads || !self.services.lock().is_empty() {
            let (asked, told) = (self.clone(), self.clone());
            let ask: Arc<AskFn> = Arc::new(move || {
                let asked = asked.clone();
                Box::pin(async move { asked.ask().await })
            });
            let run = move || told.health();
            server.health().add_outside(CHECK, ask, Arc::new(run));
        }
        if self.reloads || !self.services.lock().is_empty() {
            let this = self.clone();
            tokio::spawn(async move { this.run(cancel).await });
        }
    }

    /// Asks the services whose last word is not fresh.
    async fn ask(&self) {
        let services = self.services.lock().clone();
        // Who waited for others here finds fresh words.
        let _one = self.asking.lock().await;
        let due = |kms: &Kms| is_due(kms, WELL_MAX_AGE, AILING_MAX_AGE);
        if let Err(why) = probe(&services, due).await {
            tracing::debug!(why, "a key management service is not well");
        }
    }

    /// What was last known.
    fn health(&self) -> Result<(), String> {
        let services = self.services.lock().clone();
        let mut faults = Vec::new();
        for (index, kms) in services.iter().enumerate() {
            let why = match kms.last() {
                Some((Ok(()), _)) => continue,
                Some((Err(why), _)) => why,
                None => format!("KMS provider {} was not asked yet", kms.name()),
            };
            faults.push(format!("kms-provider-{index}: {why}"));
        }
        match faults.as_slice() {
            [] => Ok(()),
            [one] => Err(one.clone()),
            many => Err(format!("[{}]", many.join(", "))),
        }
    }

    async fn run(self: Arc<Self>, cancel: CancellationToken) {
        loop {
            let services = self.services.lock().clone();
            let all_well = services
                .iter()
                .all(|kms| matches!(kms.last(), Some((Ok(()), _))));
            let pause = if self.reloads || !all_well {
                LOOK_INTERVAL
            } else {
                PROBE_INTERVAL
            };
            tokio::select! {
                () = cancel.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
            // Timers are not exact.
            let due = |kms: &Kms| is_due(kms, PROBE_INTERVAL - WAIT_STEP, AILING_MAX_AGE);
            if let Err(why) = probe(&services, due).await {
                tracing::warn!(why, "a key management service is not well");
            }
            if self.reloads {
                self.look().await;
            }
        }
    }

    /// Reads the file again if it has changed. What cannot be used changes
    /// nothing.
    async fn look(&self) {
        let outcome = match read(&self.path) {
            Ok(text) => {
                let now = hash(&text);
                if *self.seen.lock() == now {
                    return;
                }
                self.adopt(&text, &now).await
            }
            Err(error) => Err(error.to_string()),
        };
        match outcome {
            Ok(()) => tracing::info!("the encryption configuration was read again"),
            Err(why) => {
                self.figures.failed();
                tracing::warn!(why, "the encryption configuration stays as it was");
            }
        }
    }

    async fn adopt(&self, text: &[u8], hash: &str) -> Result<(), String> {
        let rules = file::parse(text, &|settings| kms::connect(settings, self.calls.clone()));
        let rules = rules.map_err(|faults| file::all(&faults))?;
        let services = services_of(&rules);
        until_well(&services).await?;
        self.store
            .replace(&rules)
            .map_err(|error| error.to_string())?;
        *self.services.lock() = services;
        *self.seen.lock() = hash.to_owned();
        self.figures.reloaded(hash);
        Ok(())
    }
}

fn is_due(kms: &Kms, well: Duration, ailing: Duration) -> bool {
    match kms.last() {
        None => true,
        Some((Ok(()), age)) => age >= well,
        Some((Err(_), age)) => age >= ailing,
    }
}
