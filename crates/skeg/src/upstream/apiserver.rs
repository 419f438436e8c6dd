//! `kube-apiserver`: the API server alone, by upstream's flags. All that it
//! keeps is in the store; certificates are those that it is given.

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use skeg_apiserver::{ApiServer, Options};
use skeg_auth::assemble::AuthnOptions;
use skeg_auth::pki::{KeyAndCertificate, KeyPair, Pki, ServingNames};
use skeg_auth::token::{TokenIssuer, VerifyingKey, system_clock};
use skeg_auth::{UserInfo, names};
use skeg_client::Client;
use skeg_etcd::ClientFiles;
use tracing::{info, warn};

use super::beside;
use super::choices::authority;
use super::settings::{Pair, Settings, Storage};
use super::tls_files::{TlsFiles, TlsSources, read_pair};
use super::{flags, table};
use crate::failure::{Failure, OrFail, render};
use crate::logging;
use crate::supervisor::{Stage, Supervisor};
use crate::up::connector::{ConnectorOptions, KubeletConnector};
use crate::up::parts::{self, Shared};
use crate::up::published::Publisher;
use crate::up::server::{self, EncryptionFile, Parts};
use crate::up::{cluster, prefix, runtime, store};

const PROGRAM: &str = "kube-apiserver";
const ABOUT: &str = "The Kubernetes API server as Skeg has it, by kube-apiserver's own flags.";
/// The version of the API, as `--version` tells it.
const KUBERNETES: &str = "v1.37.1";
/// The domain under which services are named in a certificate made here.
const CLUSTER_DOMAIN: &str = "cluster.local";

/// Runs the program.
pub fn main(args: Vec<OsString>) -> ExitCode {
    let args: Vec<String> = args
        .into_iter()
        .map(|arg| arg.to_string_lossy().into_owned())
        .collect();
    let read = flags::parse(table::FLAGS, &args).and_then(|mut given| {
        if given.help {
            print!("{}", flags::help(PROGRAM, ABOUT, table::FLAGS));
            return Ok(None);
        }
        if given.version {
            println!("Kubernetes {KUBERNETES}");
            return Ok(None);
        }
        let settings = Settings::new(&mut given)?;
        Ok(Some((settings, given.warnings)))
    });
    match read {
        Ok(None) => ExitCode::SUCCESS,
        Ok(Some((settings, warnings))) => run(&settings, &warnings),
        Err(why) => {
            for line in why.lines() {
                eprintln!("Error: {line}");
            }
            eprintln!("`{PROGRAM} --help` lists every flag");
            ExitCode::FAILURE
        }
    }
}

fn run(settings: &Settings, warnings: &[String]) -> ExitCode {
    let level = logging::level_of(settings.verbosity);
    logging::to_stderr_as(level, settings.log_format);
    for warning in warnings {
        warn!("{warning}");
    }
    let outcome = runtime().and_then(|runtime| {
        let outcome = runtime.block_on(serve(settings));
        runtime.shutdown_timeout(Duration::from_millis(300));
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprint!("{}", render(&error));
            ExitCode::FAILURE
        }
    }
}

async fn serve(settings: &Settings) -> Result<()> {
    let stop = cluster::asked_to_end()?;
    tokio::pin!(stop);
    let mut supervisor = Supervisor::new();
    let outcome = tokio::select! {
        started = start(settings, &supervisor) => started.map(Some),
        () = &mut stop => Ok(None),
    };
    let outcome = match outcome {
        Ok(Some(())) => supervisor.wait(stop).await,
        Ok(None) => Ok(()),
        Err(error) => Err(error),
    };
    outcome.and(supervisor.shut_down().await)
}

async fn start(settings: &Settings, supervisor: &Supervisor) -> Result<()> {
    let advertised = settings.advertise_address;
    let (serving, serving_files) = match &settings.serving {
        Some(pair) => (read_pair(pair)?, pair.clone()),
        None => serving_in(settings, &advertised.to_string())?,
    };
    let client_authority = match &settings.client_ca_file {
        Some(path) => Arc::new(authority(path, "client-ca-file").map_err(no_authority)?),
        None => Arc::default(),
    };
    let clients = (client_authority.clone(), settings.client_ca_file.clone());
    let tls = TlsFiles::new(TlsSources {
        serving,
        serving_files: Some(serving_files),
        by_name: settings.by_name.clone(),
        authorities: [clients]
            .into_iter()
            .chain(settings.choices.proxies())
            .collect(),
        rules: settings.tls.clone(),
    })?;
    let listener = server::bind(settings.listen, tls.configs(), "--secure-port PORT").await?;
    let address = listener.local_addr()?;
    let store = match &settings.storage {
        Storage::Folder(path) => store::embedded(path.clone(), supervisor).await?,
        Storage::Etcd {
            endpoints,
            ca,
            identity,
        } => {
            let tls = ca.as_ref().map(|ca| ClientFiles {
                ca: ca.clone(),
                identity: identity
                    .as_ref()
                    .map(|pair| (pair.certificate.clone(), pair.key.clone())),
            });
            store::etcd(endpoints, tls, settings.etcd_history, supervisor).await?
        }
    };
    let store = prefix::wrap(store, &settings.etcd_prefix);
    let shared = matches!(settings.storage, Storage::Etcd { .. }).then(|| Arc::clone(&store));
    let issuer = token_issuer(settings)?;
    let connector = KubeletConnector::new(ConnectorOptions {
        client: settings
            .kubelet_client
            .as_ref()
            .map(read_pair)
            .transpose()?,
        authorities: match &settings.kubelet_ca {
            Some(path) => {
                let flag = "kubelet-certificate-authority";
                let authority = authority(path, flag).map_err(no_authority)?.current();
                let certificates = authority.certificates().iter();
                certificates.map(|der| der.to_vec()).collect()
            }
            None => Vec::new(),
        },
        only_node: None,
    })?;
    let mut options = Options {
        service_cidr: settings.service_cidr.to_string(),
        advertise_address: advertised,
        advertise_port: address.port(),
        service_account_issuer: settings.issuers[0].clone(),
        storage_prefix: prefix::of(&settings.etcd_prefix),
        ..Options::default()
    };
    options.client_ca = client_authority.clone();
    settings.choices.fill(&mut options);
    supervisor.await_requests(options.request_timeout);
    parts::tell_of_queues(&mut options);
    let encryption = settings.encryption_provider_config.as_ref();
    let api = server::start(
        Parts {
            store,
            encryption: encryption.map(|path| EncryptionFile {
                path: path.clone(),
                reloads: settings.choices.encryption_reloads,
            }),
            issuer,
            authn: AuthnOptions {
                audiences: settings.audiences.clone(),
                client_authority,
                ..settings.choices.authn.clone()
            },
            authz: settings.choices.authz.clone(),
            connector: Arc::new(connector),
            options,
        },
        supervisor.token(Stage::ApiServer),
    )
    .await?;
    api.bootstrap().await.or_fail(
        "cannot make the objects that every cluster begins with",
        "see the log; the store must be writable",
    )?;
    info!(%address, version = KUBERNETES, "serving securely");
    let served = api.clone();
    let token = supervisor.token(Stage::Listeners);
    let follows = tls.follow(token.clone());
    supervisor.spawn(Stage::Listeners, "the API server's certificates", async {
        follows.await;
        anyhow::Ok(())
    });
    supervisor.spawn(Stage::Listeners, "the API server's listener", async move {
        listener.serve(served, token).await;
        anyhow::Ok(())
    });
    if settings.publishes_endpoints {
        let user = UserInfo::new(names::API_SERVER, &[names::MASTERS]);
        let client = Client::new(api.transport(user)).with_user_agent(PROGRAM);
        let shared = shared;
        let address = (advertised, address.port()).into();
        if let Some(mut publisher) = Publisher::new(client, address, shared) {
            if let Err(error) = publisher.publish().await {
                warn!(
                    error = format!("{error:#}"),
                    "cannot say where pods reach the API server"
                );
            }
            publisher.spawn(supervisor);
        }
    }
    start_controllers(settings, &api, supervisor);
    Ok(())
}

/// Starts the controllers that `skeg envtest` was asked for: what starts the
/// API server there knows of none.
fn start_controllers(settings: &Settings, api: &ApiServer, supervisor: &Supervisor) {
    let program = std::env::args_os().next().unwrap_or_default();
    let chosen = beside::controllers(Path::new(&program));
    if chosen.is_empty() {
        return;
    }
    info!(
        controllers = chosen.join(","),
        "controllers run beside the API server"
    );
    let reader = Client::new(api.transport(UserInfo::new(names::API_SERVER, &[names::MASTERS])));
    let token = supervisor.token(Stage::Controllers);
    let shared = Shared::new(reader, supervisor);
    let server = api.clone();
    let options = skeg_controllers::Options {
        controllers: chosen,
        client_for: Some(Arc::new(move |account: &str| {
            Client::new(server.transport(parts::controller_user(account)))
        })),
        root_ca: settings
            .client_ca_file
            .as_ref()
            .and_then(|path| read(path).ok()),
        informers: Some(shared.informers),
        clock: shared.clock,
        metrics: Some(parts::queues().clone()),
        ..skeg_controllers::Options::default()
    };
    let user = UserInfo::new(names::CONTROLLER_MANAGER, &[names::MASTERS]);
    let client = Client::new(api.transport(user));
    supervisor.spawn(Stage::Controllers, "the controllers", async move {
        skeg_controllers::run(client, options, token).await?;
        anyhow::Ok(())
    });
}

pub fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).or_fail(
        format!("cannot read {}", path.display()),
        "check the path and the file's owner",
    )
}

/// apiserver.crt and apiserver.key of `--cert-dir`, made if they are not there.
fn serving_in(settings: &Settings, advertised: &str) -> Result<(KeyAndCertificate, Pair)> {
    let dir = &settings.cert_dir;
    let pair = Pair {
        certificate: dir.join("apiserver.crt"),
        key: dir.join("apiserver.key"),
    };
    if pair.certificate.exists() && pair.key.exists() {
        return Ok((read_pair(&pair)?, pair));
    }
    let mut names = ServingNames::api_server(CLUSTER_DOMAIN);
    names.add(&settings.listen.ip().to_string());
    names.add(advertised);
    names.add(&settings.service_cidr.primary.first().to_string());
    if let Some(name) = &settings.external_hostname {
        names.add(name);
    }
    let remedy =
        "give a folder that can be written: --cert-dir DIR, or a certificate: --tls-cert-file";
    let what = || format!("cannot make a certificate in {}", dir.display());
    let pki = Pki::open(dir).or_fail(what(), remedy)?;
    let made = pki.serving("apiserver", &names).or_fail(what(), remedy)?;
    Ok((made, pair))
}

fn no_authority(why: String) -> Failure {
    Failure::new(why, "give CAs as PEM")
}

fn token_issuer(settings: &Settings) -> Result<Arc<TokenIssuer>> {
    let path = &settings.signing_key;
    let what = || format!("cannot sign tokens by {}", path.display());
    let remedy = "give a key of RSA (2048 bits or more), P-256 or P-384 as PEM: --service-account-signing-key-file";
    let key = KeyPair::from_pem(&read(path)?).or_fail(what(), remedy)?;
    let mut issuer = TokenIssuer::new(
        settings.issuers[0].clone(),
        settings.audiences.clone(),
        key,
        system_clock(),
    )
    .or_fail(what(), remedy)?
    .with_further_issuers(settings.issuers[1..].to_vec())
    .with_extended_tokens(settings.extended_tokens);
    if let Some(longest) = settings.token_expiration_max {
        issuer = issuer.with_expiration_max(i64::try_from(longest.as_secs()).unwrap_or(i64::MAX));
    }
    if !settings.service_account_keys.is_empty() {
        let mut keys = Vec::new();
        for path in &settings.service_account_keys {
            let found = VerifyingKey::from_pem(&read(path)?).or_fail(
                format!("cannot use the keys in {}", path.display()),
                "give public keys, private keys or certificates as PEM: --service-account-key-file",
            )?;
            keys.extend(found);
        }
        issuer = issuer.with_keys(keys);
    }
    Ok(Arc::new(issuer))
}
