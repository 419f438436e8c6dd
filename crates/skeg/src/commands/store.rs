//! `skeg store backup|restore|move|check|compact`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand, ValueEnum};
use skeg_etcd::{ClientFiles, Etcd, EtcdOptions};
use skeg_store::dump::{self, Dump};
use skeg_store::{Error, Store};

use crate::cli::DataDirArgs;
use crate::datadir::DataDir;
use crate::failure::{Failure, OrFail};

/// `skeg store …`.
#[derive(Subcommand, Debug)]
pub enum StoreCommand {
    /// Write everything that the store holds into a file; the cluster may run
    #[command(
        after_help = "Examples:\n  sudo skeg store backup /backup/today.skeg\n  \
        sudo skeg store backup --format etcd /backup/today.db    for etcdutl snapshot restore"
    )]
    Backup {
        /// The file, which is replaced if it is there
        file: PathBuf,
        /// How the file is written
        #[arg(long, value_enum, default_value_t = Format::Skeg)]
        format: Format,
        #[command(flatten)]
        store: StoreArgs,
    },
    /// Make a store of a backup, in a data folder that has none
    #[command(
        after_help = "Example:\n  sudo skeg store restore /backup/today.skeg --data-dir /var/lib/skeg"
    )]
    Restore {
        /// What `skeg store backup` wrote
        file: PathBuf,
        #[command(flatten)]
        data_dir: DataDirArgs,
    },
    /// Move everything into another store: between data folders and etcds
    #[command(
        after_help = "Stop the API servers of the cluster first. Revisions are kept in a folder; in an etcd they\n\
        go on from where they were.\n\nExamples:\n  \
        skeg store move --from /var/lib/skeg --to http://10.0.0.5:2379\n  \
        skeg store move --from https://10.0.0.5:2379 --etcd-cafile ca.crt --to /var/lib/skeg"
    )]
    Move {
        /// A data folder, or URLs of an etcd joined by commas
        #[arg(long, value_name = "PLACE")]
        from: String,
        /// A data folder, or URLs of an etcd; it must be empty
        #[arg(long, value_name = "PLACE")]
        to: String,
        #[command(flatten)]
        files: EtcdFiles,
    },
    /// Read every file of the store, or a backup, and tell what is damaged
    #[command(
        after_help = "Examples:\n  sudo skeg store check\n  skeg store check --file /backup/today.skeg"
    )]
    Check {
        /// A backup in place of the data folder
        #[arg(long, value_name = "FILE", conflicts_with = "data_dir")]
        file: Option<PathBuf>,
        #[command(flatten)]
        data_dir: DataDirArgs,
    },
    /// Give up history, and its space on the disk
    #[command(
        after_help = "The embedded store must not be in use; it compacts itself while it runs.\n\n\
        Examples:\n  sudo skeg down && sudo skeg store compact\n  \
        skeg store compact --etcd-servers http://10.0.0.5:2379"
    )]
    Compact {
        #[command(flatten)]
        store: StoreArgs,
    },
}

/// How a backup is written.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq)]
pub enum Format {
    /// For `skeg store restore`; every block has a checksum
    Skeg,
    /// A snapshot of etcd, for `etcdutl snapshot restore`
    Etcd,
}

/// A store: that of a data folder, or an etcd.
#[derive(Args, Debug, Clone)]
pub struct StoreArgs {
    #[command(flatten)]
    pub data_dir: DataDirArgs,

    /// An etcd in place of the data folder: URLs joined by commas
    #[arg(long, value_name = "URLS", conflicts_with = "data_dir")]
    pub etcd_servers: Option<String>,

    #[command(flatten)]
    pub files: EtcdFiles,
}

/// What https to an etcd needs.
#[derive(Args, Debug, Clone)]
pub struct EtcdFiles {
    /// CA of etcd's certificates
    #[arg(long, value_name = "FILE")]
    pub etcd_cafile: Option<PathBuf>,

    /// Certificate shown to etcd
    #[arg(long, value_name = "FILE", requires = "etcd_keyfile")]
    pub etcd_certfile: Option<PathBuf>,

    /// Key of --etcd-certfile
    #[arg(long, value_name = "FILE", requires = "etcd_certfile")]
    pub etcd_keyfile: Option<PathBuf>,
}

/// Where a store is.
#[derive(Debug)]
enum Place {
    /// The embedded store's own folder.
    Folder(PathBuf),
    Etcd(EtcdOptions),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Folder(dir) => dir.display().fmt(f),
            Place::Etcd(options) => f.write_str(&options.endpoints.join(",")),
        }
    }
}

impl Place {
    fn etcd(urls: &str, files: &EtcdFiles) -> Place {
        let identity = files.etcd_certfile.clone().zip(files.etcd_keyfile.clone());
        Place::Etcd(EtcdOptions {
            endpoints: urls.split(',').map(str::to_owned).collect(),
            tls: files
                .etcd_cafile
                .clone()
                .map(|ca| ClientFiles { ca, identity }),
            ..EtcdOptions::default()
        })
    }

    fn parse(text: &str, files: &EtcdFiles) -> Place {
        if text.contains("://") {
            Place::etcd(text, files)
        } else {
            Place::Folder(DataDir::new(Path::new(text)).store())
        }
    }

    fn of(args: &StoreArgs) -> Place {
        match &args.etcd_servers {
            Some(urls) => Place::etcd(urls, &args.files),
            None => Place::Folder(DataDir::new(args.data_dir.path()).store()),
        }
    }

    async fn dump(&self) -> Result<Dump> {
        match self {
            Place::Folder(dir) => of_folder(dir),
            Place::Etcd(options) => {
                let store = connect(options).await?;
                Dump::of_store(&store).await.context("read the etcd")
            }
        }
    }
}

async fn connect(options: &EtcdOptions) -> Result<Etcd> {
    Etcd::connect(options).await.or_fail(
        format!("cannot use the etcd at {}", options.endpoints.join(",")),
        "check that it runs there: etcdctl --endpoints URL endpoint health",
    )
}

fn of_folder(dir: &Path) -> Result<Dump> {
    Dump::of_folder(dir).map_err(|error| explain(error, format!("cannot read {}", dir.display())))
}

/// What, why, and what to do about it.
fn explain(error: Error, what: String) -> anyhow::Error {
    let (why, remedy) = match error {
        Error::Corrupt {
            file,
            offset,
            what,
            remedy,
        } => {
            let why = format!("{} is damaged at byte {offset}: {what}", file.display());
            (anyhow::Error::msg(why), remedy)
        }
        Error::Locked { .. } => (
            error.into(),
            "`skeg down` stops the process that has it".to_owned(),
        ),
        error => (error.into(), "check the path and its owner".to_owned()),
    };
    why.context(Failure::new(what, remedy))
}

/// Runs the command.
///
/// # Errors
/// Something cannot be read, written or reached, or is damaged.
pub fn run(command: StoreCommand) -> Result<()> {
    crate::logging::to_stderr("warn");
    crate::up::runtime()?.block_on(work(command))
}

async fn work(command: StoreCommand) -> Result<()> {
    match command {
        StoreCommand::Backup {
            file,
            format,
            store,
        } => backup(&Place::of(&store), &file, format).await,
        StoreCommand::Restore { file, data_dir } => restore(&file, &data_dir.path()),
        StoreCommand::Move { from, to, files } => {
            move_all(&Place::parse(&from, &files), &Place::parse(&to, &files)).await
        }
        StoreCommand::Check { file, data_dir } => check(file, &data_dir.path()),
        StoreCommand::Compact { store } => compact(&Place::of(&store)).await,
    }
}

async fn backup(place: &Place, file: &Path, format: Format) -> Result<()> {
    let began = Instant::now();
    let dump = place.dump().await?;
    let what = || format!("cannot write {}", file.display());
    let remedy = "check the folder, its owner and the space on its disk";
    let bytes = match format {
        Format::Skeg => dump.write_file(file).or_fail(what(), remedy)?,
        Format::Etcd => {
            write_private(file, &skeg_etcd::snapshot_file(&dump)).or_fail(what(), remedy)?
        }
    };
    println!(
        "{}: {} keys at revision {}, {bytes} bytes, in {} ms",
        file.display(),
        dump.kvs.len(),
        dump.revision,
        began.elapsed().as_millis()
    );
    Ok(())
}

/// Writes a file that only its owner reads; it gets its name when it is whole.
fn write_private(path: &Path, content: &[u8]) -> std::io::Result<u64> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;

    let mut temporary = path.as_os_str().to_owned();
    temporary.push(".tmp");
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    Ok(content.len() as u64)
}

fn restore(file: &Path, data_dir: &Path) -> Result<()> {
    let dump = Dump::read_file(file)
        .map_err(|error| explain(error, format!("cannot read the backup {}", file.display())))?;
    let dir = DataDir::new(data_dir).store();
    dump.restore_into(&dir).or_fail(
        format!("cannot make a store in {}", dir.display()),
        "take a data folder without a store, or move the old one away",
    )?;
    println!(
        "{}: {} keys at revision {}",
        dir.display(),
        dump.kvs.len(),
        dump.revision
    );
    Ok(())
}

async fn move_all(from: &Place, to: &Place) -> Result<()> {
    if let Place::Folder(dir) = from
        && dump::is_in_use(dir)
    {
        bail!(Failure::new(
            format!("{from} is in use, and what is written meanwhile would be lost"),
            "stop the cluster first: skeg down"
        ));
    }
    let dump = from.dump().await?;
    let remedy = "the target must be empty";
    let reached = match to {
        Place::Folder(dir) => {
            dump.restore_into(dir)
                .or_fail(format!("cannot make a store in {to}"), remedy)?;
            dump.revision
        }
        Place::Etcd(options) => {
            let store = connect(options).await?;
            dump.replay_into(&store)
                .await
                .or_fail(format!("cannot write into {to}"), remedy)?
        }
    };
    println!(
        "moved {} keys of revision {} from {from} to {to}, which is at revision {reached}",
        dump.kvs.len(),
        dump.revision
    );
    Ok(())
}

fn check(file: Option<PathBuf>, data_dir: &Path) -> Result<()> {
    let (place, dump) = match file {
        Some(file) => {
            let read = Dump::read_file(&file)
                .map_err(|error| explain(error, format!("{} is no good backup", file.display())))?;
            (file, read)
        }
        None => {
            let dir = DataDir::new(data_dir).store();
            let read = of_folder(&dir)?;
            (dir, read)
        }
    };
    let bytes: usize = dump
        .kvs
        .iter()
        .map(|kv| kv.key.len() + kv.value.len())
        .sum();
    println!(
        "{}: whole; {} keys of {bytes} bytes and {} leases at revision {}",
        place.display(),
        dump.kvs.len(),
        dump.leases.len(),
        dump.revision
    );
    Ok(())
}

async fn compact(place: &Place) -> Result<()> {
    match place {
        Place::Folder(dir) => {
            let done = dump::compact_folder(dir)
                .map_err(|error| explain(error, format!("cannot compact {place}")))?;
            println!(
                "{place}: compacted to revision {}, {} bytes were {}",
                done.revision, done.bytes_after, done.bytes_before
            );
        }
        Place::Etcd(options) => {
            let store = connect(options).await?;
            let revision = store.current_revision().await?;
            match store.compact(revision).await {
                Ok(()) | Err(Error::Compacted { .. }) => {}
                Err(error) => return Err(explain(error, format!("cannot compact {place}"))),
            }
            println!("{place}: compacted to revision {revision}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_store::{Embedded, Expect, Options};

    #[tokio::test(flavor = "multi_thread")]
    async fn a_store_is_backed_up_checked_restored_and_compacted() {
        let temporary = tempfile::tempdir().unwrap();
        let (one, two) = (temporary.path().join("one"), temporary.path().join("two"));
        let file = temporary.path().join("backup");
        let store = Embedded::open(one.join("store"), Options::default()).unwrap();
        for i in 0..10 {
            let key = format!("/registry/x/{i}");
            let written = store.put_if(key.as_str().into(), "v".into(), Expect::Any, None);
            written.await.unwrap();
        }
        let place = Place::Folder(one.join("store"));
        // While it is in use; moving needs it at rest.
        backup(&place, &file, Format::Skeg).await.unwrap();
        backup(&place, &temporary.path().join("db"), Format::Etcd)
            .await
            .unwrap();
        let busy = move_all(&place, &Place::Folder(two.join("store"))).await;
        assert!(busy.unwrap_err().to_string().contains("in use"));
        assert!(compact(&place).await.is_err());
        drop(store);
        check(None, &one).unwrap();
        check(Some(file.clone()), &one).unwrap();
        restore(&file, &two).unwrap();
        assert_eq!(
            of_folder(&two.join("store")).unwrap().kvs,
            of_folder(&one.join("store")).unwrap().kvs
        );
        assert!(restore(&file, &two).is_err());
        compact(&place).await.unwrap();
        let three = Place::Folder(temporary.path().join("three/store"));
        move_all(&place, &three).await.unwrap();

        let mut bytes = std::fs::read(&file).unwrap();
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        std::fs::write(&file, bytes).unwrap();
        let damaged = format!("{:#}", check(Some(file), &one).unwrap_err());
        assert!(damaged.contains("at byte"), "{damaged}");
    }

    #[test]
    fn places_are_folders_or_urls() {
        let files = EtcdFiles {
            etcd_cafile: None,
            etcd_certfile: None,
            etcd_keyfile: None,
        };
        assert_eq!(Place::parse("/d", &files).to_string(), "/d/store");
        let etcd = Place::parse("http://a:1,http://b:1", &files);
        assert_eq!(etcd.to_string(), "http://a:1,http://b:1");
        assert!(matches!(etcd, Place::Etcd(options) if options.endpoints.len() == 2));
    }
}
