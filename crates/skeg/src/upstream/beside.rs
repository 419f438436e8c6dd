//! What stands beside the link by which this program was called: the choices of
//! `skeg envtest`, which whoever starts `kube-apiserver` there cannot make.

use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tracing::warn;

/// The file.
pub const FILE: &str = "skeg-envtest.json";

/// Writes which controllers run beside the API server; none takes the file away.
///
/// # Errors
/// The folder cannot be written.
pub fn write(dir: &Path, controllers: &[String]) -> io::Result<()> {
    let path = dir.join(FILE);
    if controllers.is_empty() {
        return match std::fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
    }
    std::fs::write(path, format!("{:#}\n", json!({"controllers": controllers})))
}

/// The controllers that run beside an API server that was called by `program`.
pub fn controllers(program: &Path) -> Vec<String> {
    let Some(path) = folder(program).map(|dir| dir.join(FILE)) else {
        return Vec::new();
    };
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Vec::new();
    };
    match serde_json::from_str::<Value>(&text) {
        Ok(tree) => names(&tree),
        Err(error) => {
            warn!(path = %path.display(), %error, "not understood, so no controllers run");
            Vec::new()
        }
    }
}

fn names(tree: &Value) -> Vec<String> {
    let list = tree["controllers"].as_array();
    let names = list.into_iter().flatten().filter_map(Value::as_str);
    names.map(str::to_owned).collect()
}

/// The folder of the link, not of what it leads to. A program that was found on
/// PATH was called by its bare name.
fn folder(program: &Path) -> Option<PathBuf> {
    let parent = program.parent()?;
    if !parent.as_os_str().is_empty() {
        return Some(parent.to_owned());
    }
    std::env::split_paths(&std::env::var_os("PATH")?).find(|dir| dir.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_kept_beside_the_link() {
        let temp = tempfile::tempdir().unwrap();
        let link = temp.path().join("kube-apiserver");
        assert!(controllers(&link).is_empty());
        let wanted = ["namespace-controller".to_owned()];
        write(temp.path(), &wanted).unwrap();
        assert_eq!(controllers(&link), wanted);
        write(temp.path(), &[]).unwrap();
        assert!(controllers(&link).is_empty());
        write(temp.path(), &[]).unwrap();
    }
}
