//! Files of a volume that change all at once: readers see the old set or the
//! new one and never a mixture. The folder looks as every kubelet makes it:
//! `..data` points to the current set, and each name into `..data`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Component, Path, PathBuf};

/// What points to the current set.
const DATA: &str = "..data";
const DATA_NEXT: &str = "..data_tmp";

/// A file's content and mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    pub(crate) content: Vec<u8>,
    /// Permission bits.
    pub(crate) mode: u32,
    /// Whose it is, when not root's.
    pub(crate) owner: Option<u32>,
}

/// Files by their paths below the volume.
pub(crate) type Payload = BTreeMap<String, File>;

/// Whether a path stays below the volume and does not look like one of ours.
fn proper(path: &str) -> bool {
    let path = Path::new(path);
    let mut components = path.components();
    let first = components.clone().next();
    components.all(|part| matches!(part, Component::Normal(_)))
        && matches!(first, Some(Component::Normal(name)) if !name.to_string_lossy().starts_with(".."))
}

/// Writes a payload, unless the folder holds just that already. Says whether it did.
///
/// # Errors
/// When the folder cannot be written; the old set is in place then.
pub(crate) fn write(folder: &Path, payload: &Payload) -> io::Result<bool> {
    if let Some(path) = payload.keys().find(|path| !proper(path)) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("{path:?} leads out of the volume"),
        ));
    }
    fs::create_dir_all(folder)?;
    let current = fs::read_link(folder.join(DATA)).ok();
    if let Some(current) = &current
        && same(&folder.join(current), payload)?
    {
        return Ok(false);
    }
    let set = new_set(folder)?;
    for (path, file) in payload {
        let target = folder.join(&set).join(path);
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(&target, &file.content)?;
        fs::set_permissions(&target, fs::Permissions::from_mode(file.mode & 0o7777))?;
        if file.owner.is_some() {
            std::os::unix::fs::chown(&target, file.owner, None)?;
        }
    }
    let next = folder.join(DATA_NEXT);
    // What a crash may have left behind.
    drop(fs::remove_file(&next));
    symlink(&set, &next)?;
    fs::rename(&next, folder.join(DATA))?;
    link_names(folder, payload)?;
    if let Some(old) = current {
        fs::remove_dir_all(folder.join(old))?;
    }
    Ok(true)
}

fn new_set(folder: &Path) -> io::Result<PathBuf> {
    loop {
        let name = format!("..{:016x}", fastrand::u64(..));
        match fs::create_dir(folder.join(&name)) {
            Ok(()) => {
                fs::set_permissions(folder.join(&name), fs::Permissions::from_mode(0o755))?;
                return Ok(name.into());
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// Whether a set holds just these files.
fn same(set: &Path, payload: &Payload) -> io::Result<bool> {
    let mut held = BTreeSet::new();
    collect(set, Path::new(""), &mut held)?;
    if held.len() != payload.len() || !payload.keys().all(|path| held.contains(path)) {
        return Ok(false);
    }
    for (path, file) in payload {
        let target = set.join(path);
        if fs::metadata(&target)?.permissions().mode() & 0o7777 != file.mode & 0o7777
            || fs::read(&target)? != file.content
        {
            return Ok(false);
        }
    }
    Ok(true)
}

fn collect(dir: &Path, below: &Path, held: &mut BTreeSet<String>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &path, held)?;
        } else {
            held.insert(path.to_string_lossy().into_owned());
        }
    }
    Ok(())
}

/// Each name at the top is a link into the current set; names that are gone lose theirs.
fn link_names(folder: &Path, payload: &Payload) -> io::Result<()> {
    let names: BTreeSet<&str> = payload
        .keys()
        .filter_map(|path| path.split('/').next())
        .collect();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.starts_with("..")
            && entry.file_type()?.is_symlink()
            && !names.contains(name.as_ref())
        {
            fs::remove_file(entry.path())?;
        }
    }
    for name in names {
        match symlink(Path::new(DATA).join(name), folder.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn payload(files: &[(&str, &str)]) -> Payload {
        files
            .iter()
            .map(|(path, content)| {
                (
                    (*path).to_owned(),
                    File {
                        content: content.as_bytes().to_vec(),
                        mode: 0o640,
                        owner: None,
                    },
                )
            })
            .collect()
    }

    #[test]
    fn sets_replace_each_other_whole() {
        let dir = tempfile::tempdir().unwrap();
        let read = |name: &str| fs::read_to_string(dir.path().join(name)).ok();
        assert!(write(dir.path(), &payload(&[("a", "1"), ("b/c", "2")])).unwrap());
        assert_eq!(
            (read("a"), read("b/c")),
            (Some("1".into()), Some("2".into()))
        );
        assert_eq!(
            fs::metadata(dir.path().join("a"))
                .unwrap()
                .permissions()
                .mode()
                & 0o777,
            0o640
        );
        assert!(
            !write(dir.path(), &payload(&[("a", "1"), ("b/c", "2")])).unwrap(),
            "nothing changed"
        );
        assert!(write(dir.path(), &payload(&[("a", "3")])).unwrap());
        assert_eq!((read("a"), read("b/c")), (Some("3".into()), None));
        let sets = fs::read_dir(dir.path()).unwrap().count();
        assert_eq!(sets, 3, "one set, ..data and a");
    }

    #[test]
    fn paths_stay_below_the_volume() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["../x", "/x", "a/../../x", "..data", ""] {
            assert!(
                write(dir.path(), &payload(&[(path, "1")])).is_err(),
                "{path}"
            );
        }
    }
}
