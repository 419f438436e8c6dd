//! Reading and writing key material so that a crash leaves the old or the new
//! file, and never a key that others can read.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use rcgen::KeyPair;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::PkiError;

fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> PkiError {
    let path = path.to_owned();
    move |source| PkiError::Io {
        action,
        path,
        source,
    }
}

pub(super) fn create_private_dir(path: &Path) -> Result<(), PkiError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(io("create", path))
}

/// The file's text, or `None` if it is not there.
pub(super) fn read(path: &Path) -> Result<Option<String>, PkiError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io("read", path)(error)),
    }
}

pub(super) fn write_key(path: &Path, pem: &str) -> Result<(), PkiError> {
    replace(path, pem, 0o600)
}

pub(super) fn write_public(path: &Path, pem: &str) -> Result<(), PkiError> {
    replace(path, pem, 0o644)
}

/// Writes beside and renames, so that no reader sees half a file.
pub(super) fn replace(path: &Path, text: &str, mode: u32) -> Result<(), PkiError> {
    let beside = path.with_extension("new");
    let write = || -> std::io::Result<()> {
        let _ = std::fs::remove_file(&beside);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&beside, path)?;
        match path.parent() {
            Some(dir) => File::open(dir)?.sync_all(),
            None => Ok(()),
        }
    };
    write().map_err(io("write", path))
}

pub(super) fn parse_key(path: &Path, pem: &str) -> Result<KeyPair, PkiError> {
    KeyPair::from_pem(pem).map_err(|e| PkiError::Damaged {
        path: path.to_owned(),
        why: e.to_string(),
    })
}

pub(super) fn pem_to_der(path: &Path, pem: &str) -> Result<Vec<u8>, PkiError> {
    CertificateDer::from_pem_slice(pem.as_bytes())
        .map(|der| der.to_vec())
        .map_err(|e| PkiError::Damaged {
            path: path.to_owned(),
            why: e.to_string(),
        })
}
