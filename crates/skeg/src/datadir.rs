//! The folder that holds a cluster: what lies where, which process has it,
//! and the id that everything outside the folder is named after.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Result;
use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, Flock, FlockArg};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{AccessFlags, Pid, faccessat};
use serde_json::{Value, json};

use crate::failure::{Failure, OrFail};

/// A cluster's folder.
#[derive(Clone, Debug)]
pub struct DataDir {
    root: PathBuf,
}

/// The exclusive right to the folder. It ends with the process, however it ends.
pub struct DataDirLock {
    file: Flock<File>,
}

/// A process that holds the folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// Its process id.
    pub pid: i32,
    /// What it wrote down when it was ready; null before.
    pub facts: Value,
}

impl DataDir {
    /// Names the folder; touches nothing.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Keys and certificates.
    pub fn pki(&self) -> PathBuf {
        self.root.join("pki")
    }

    /// The store.
    pub fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// The administrator's kubeconfig.
    pub fn admin_kubeconfig(&self) -> PathBuf {
        self.root.join("admin.kubeconfig")
    }

    /// Logs of a detached process.
    pub fn log_file(&self) -> PathBuf {
        self.root.join("logs").join("skeg.log")
    }

    fn lock_file(&self) -> PathBuf {
        self.root.join("skeg.lock")
    }

    /// Makes the folder.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn create(&self) -> Result<()> {
        let path = self.root.display();
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o711)
            .create(&self.root)
            .or_fail(
                format!("cannot make the data folder {path}"),
                "run as root, or choose a folder of your own: --data-dir DIR",
            )?;
        // Found out now, and not by a half-made cluster; without a file that roles of the same
        // folder could take away from each other.
        let may = AccessFlags::W_OK | AccessFlags::X_OK;
        faccessat(AT_FDCWD, &self.root, may, AtFlags::AT_EACCESS).or_fail(
            format!("cannot write to the data folder {path}"),
            "run as root, or choose a folder of your own: --data-dir DIR",
        )
    }

    /// Takes the folder for this process.
    ///
    /// # Errors
    /// Another process has it.
    pub fn lock(&self) -> Result<DataDirLock> {
        let path = self.lock_file();
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .mode(0o644)
            .open(&path)
            .or_fail(
                format!("cannot open {}", path.display()),
                "run as the user who made the data folder, or as root",
            )?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(file) => {
                let mut lock = DataDirLock { file };
                lock.write(&Value::Null)?;
                Ok(lock)
            }
            Err((_, Errno::EWOULDBLOCK)) => {
                let who = match self.instance()? {
                    Some(instance) => format!(" (process {})", instance.pid),
                    None => String::new(),
                };
                Err(Failure::new(
                    format!("a cluster already runs from {}{who}", self.root.display()),
                    "see `skeg status`; stop it by `skeg down`; for a second cluster give it its own\n\
                     --data-dir, --listen, --service-cidr and --pod-cidr",
                )
                .into())
            }
            Err((_, errno)) => Err(errno).or_fail(
                format!("cannot lock {}", path.display()),
                "the data folder must be on a file system with locks (not on an old NFS)",
            ),
        }
    }

    /// The process that holds the folder, if any.
    ///
    /// # Errors
    /// The lock file is there and cannot be read.
    pub fn instance(&self) -> Result<Option<Instance>> {
        let path = self.lock_file();
        let mut file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).or_fail(
                    format!("cannot read {}", path.display()),
                    "run as the user who started the cluster, or as root",
                );
            }
        };
        let mut text = String::new();
        let _ = file.read_to_string(&mut text);
        match Flock::lock(file, FlockArg::LockSharedNonblock) {
            Ok(_) => Ok(None),
            Err(_) => {
                let facts: Value = serde_json::from_str(&text).unwrap_or_default();
                let pid = facts.get("pid").and_then(Value::as_i64).unwrap_or_default();
                let pid = i32::try_from(pid).unwrap_or_default();
                Ok(Some(Instance { pid, facts }))
            }
        }
    }

    /// Asks the process that holds the folder to end, and waits until it has.
    ///
    /// # Errors
    /// It may not be signalled, or has not ended in time.
    pub fn stop_instance(&self, patience: Duration) -> Result<bool> {
        let Some(instance) = self.instance()? else {
            return Ok(false);
        };
        if instance.pid <= 1 {
            return Err(Failure::new(
                "the cluster is just starting or its lock file is damaged",
                "try again in a moment",
            )
            .into());
        }
        kill(Pid::from_raw(instance.pid), Signal::SIGTERM).or_fail(
            format!("cannot stop process {}", instance.pid),
            "run as the user who started the cluster, or as root",
        )?;
        let start = Instant::now();
        while self.instance()?.is_some_and(|now| now.pid == instance.pid) {
            if start.elapsed() > patience {
                return Err(Failure::new(
                    format!(
                        "process {} has not ended in {} s",
                        instance.pid,
                        patience.as_secs()
                    ),
                    format!(
                        "see `skeg logs`; `kill -9 {}` ends it, nothing acknowledged is lost",
                        instance.pid
                    ),
                )
                .into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(true)
    }

    /// The id of this instance: eight hex digits, made once. Bridges, nft
    /// tables, cgroups and namespaces are named after it.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub fn instance_id(&self) -> Result<String> {
        let path = self.root.join("instance-id");
        let id = match std::fs::read_to_string(&path) {
            Ok(text) => text.trim().to_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                self.make_instance_id(&path).or_fail(
                    format!("cannot write {}", path.display()),
                    "check that the disk is not full",
                )?
            }
            Err(error) => return Err(error).or_fail(format!("cannot read {}", path.display()), ""),
        };
        if id.len() == 8 && id.bytes().all(|c| c.is_ascii_hexdigit()) {
            return Ok(id);
        }
        Err(Failure::new(
            format!("{} is damaged", path.display()),
            "write the eight hex digits back that name this cluster's bridge (`ip link`), or remove it",
        )
        .into())
    }

    /// The id of roles that start at the same time is the first one's that comes this far.
    fn make_instance_id(&self, path: &Path) -> std::io::Result<String> {
        let id = uuid::Uuid::new_v4().simple().to_string()[..8].to_owned();
        let whole = self.root.join(format!("instance-id.{id}"));
        std::fs::write(&whole, format!("{id}\n"))?;
        let linked = std::fs::hard_link(&whole, path);
        std::fs::remove_file(&whole)?;
        match linked {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                Ok(std::fs::read_to_string(path)?.trim().to_owned())
            }
            linked => linked.map(|()| id),
        }
    }
}

impl DataDirLock {
    /// Writes down facts about this process for `skeg status`.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, facts: &Value) -> Result<()> {
        let mut all = json!({"pid": std::process::id()});
        for (key, value) in facts.as_object().into_iter().flatten() {
            all[key] = value.clone();
        }
        let file = &mut *self.file;
        let write = |file: &mut File| {
            file.set_len(0)?;
            file.rewind()?;
            file.write_all(all.to_string().as_bytes())
        };
        write(file).or_fail(
            "cannot write the lock file",
            "check that the disk is not full",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_process_at_a_time() {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::new(temp.path().join("a/b"));
        dir.create().unwrap();
        assert_eq!(dir.instance().unwrap(), None);
        let mut lock = dir.lock().unwrap();
        lock.write(&json!({"listen": "127.0.0.1:1"})).unwrap();
        let instance = dir.instance().unwrap().unwrap();
        assert_eq!(instance.pid, i32::try_from(std::process::id()).unwrap());
        assert_eq!(instance.facts["listen"], "127.0.0.1:1");
        let error = dir.lock().err().unwrap();
        assert!(
            error.to_string().starts_with("a cluster already runs from"),
            "{error}"
        );
        drop(lock);
        assert_eq!(dir.instance().unwrap(), None);
        dir.lock().unwrap();
    }

    #[test]
    fn roles_that_start_together_share_the_folder_and_its_id() {
        let temp = tempfile::tempdir().unwrap();
        for round in 0..50 {
            let dir = DataDir::new(temp.path().join(round.to_string()));
            let ids = std::thread::scope(|scope| {
                let start = || {
                    dir.create().unwrap();
                    dir.instance_id().unwrap()
                };
                let roles: Vec<_> = (0..4).map(|_| scope.spawn(start)).collect();
                let ids = roles.into_iter().map(|role| role.join().unwrap());
                ids.collect::<std::collections::BTreeSet<_>>()
            });
            assert_eq!(ids.len(), 1, "{ids:?}");
            let files = std::fs::read_dir(dir.root()).unwrap().count();
            assert_eq!(files, 1, "nothing but the id is left");
        }
    }

    #[test]
    fn the_id_stays() {
        let temp = tempfile::tempdir().unwrap();
        let dir = DataDir::new(temp.path());
        let id = dir.instance_id().unwrap();
        assert_eq!(id.len(), 8);
        assert_eq!(dir.instance_id().unwrap(), id);
        std::fs::write(temp.path().join("instance-id"), "../x").unwrap();
        assert!(dir.instance_id().is_err());
    }
}
