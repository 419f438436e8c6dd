//! `skeg envtest`: a folder from which controller-runtime's envtest, and
//! whatever else starts kube-apiserver and etcd by name, starts this program.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde_json::json;

use crate::cli::{EnvtestArgs, Format};
use crate::failure::{Failure, OrFail};
use crate::upstream::beside;

/// The names by which this program is called there.
const OWN: [&str; 2] = ["kube-apiserver", "etcd"];
const KUBECTL: &str = "kubectl";

/// Writes the folder and says how to use it.
///
/// # Errors
/// It cannot be written, or holds other programs by these names.
pub fn run(args: &EnvtestArgs) -> Result<()> {
    let dir = std::path::absolute(&args.dir).unwrap_or_else(|_| args.dir.clone());
    let remedy = "give a folder that can be written";
    std::fs::create_dir_all(&dir).or_fail(format!("cannot make {}", dir.display()), remedy)?;
    let controllers = controllers(&args.with_controllers)?;
    let program = std::env::current_exe().or_fail("cannot find this program's own file", "")?;
    let mut written = Vec::new();
    for name in OWN {
        link(&program, &dir.join(name))?;
        written.push(name);
    }
    if let Some(kubectl) = on_path(KUBECTL, &dir) {
        link(&kubectl, &dir.join(KUBECTL))?;
        written.push(KUBECTL);
    }
    beside::write(&dir, &controllers).or_fail(
        format!("cannot write {}", dir.join(beside::FILE).display()),
        remedy,
    )?;
    match args.output.output {
        Format::Json => {
            super::print_json(&json!({"dir": dir, "programs": written, "controllers": controllers}))
        }
        Format::Text => {
            println!("wrote  {} in {}", written.join(", "), dir.display());
            if !written.contains(&KUBECTL) {
                println!("       kubectl is not on PATH; only tests that call it need it");
            }
            if !controllers.is_empty() {
                println!(
                    "       kube-apiserver there runs controllers: {}",
                    controllers.join(", ")
                );
            }
            println!("next   export KUBEBUILDER_ASSETS={}", dir.display());
        }
    }
    Ok(())
}

/// Short names of controllers, and what they stand for.
const SHORT: [(&str, &[&str]); 3] = [
    ("all", &["*"]),
    ("gc", &["garbage-collector-controller"]),
    ("namespace", &["namespace-controller"]),
];

/// The controllers that names stand for.
fn controllers(names: &[String]) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for name in names {
        match SHORT.iter().find(|(short, _)| short == name) {
            Some((_, full)) => found.extend(full.iter().map(ToString::to_string)),
            None => {
                let bare = name.trim_start_matches('-');
                let mut rows = skeg_controllers::CONTROLLERS.iter();
                if !rows.any(|row| row.name == bare) {
                    let known: Vec<&str> = skeg_controllers::CONTROLLERS
                        .iter()
                        .map(|row| row.name)
                        .collect();
                    bail!(Failure::new(
                        format!("no controller is called {name:?}"),
                        format!("give all, gc, namespace or one of {}", known.join(", ")),
                    ));
                }
                found.push(name.clone());
            }
        }
    }
    Ok(found)
}

/// Makes a link, or turns one that is there. A file that is no link is left alone.
fn link(to: &Path, at: &Path) -> Result<()> {
    match std::fs::symlink_metadata(at) {
        Ok(found) if !found.is_symlink() => bail!(Failure::new(
            format!("{} is there, and is no link", at.display()),
            "give another folder, or remove that program",
        )),
        Ok(_) => {
            let _ = std::fs::remove_file(at);
        }
        Err(_) => {}
    }
    std::os::unix::fs::symlink(to, at).or_fail(
        format!("cannot link {}", at.display()),
        "give a folder that can be written, on a file system with links",
    )
}

/// The first program of this name on PATH that is not in `except`.
fn on_path(name: &str, except: &Path) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?)
        .filter(|folder| folder != except)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_of_controllers() {
        let names = |text: &str| -> Vec<String> { text.split(',').map(str::to_owned).collect() };
        let found = controllers(&names("gc,namespace,-cronjob-controller")).unwrap();
        let expect = "garbage-collector-controller,namespace-controller,-cronjob-controller";
        assert_eq!(found, names(expect));
        assert_eq!(controllers(&names("all")).unwrap(), ["*"]);
        let said = controllers(&names("kubelet")).unwrap_err().to_string();
        assert!(
            said.contains("no controller is called \"kubelet\""),
            "{said}"
        );
    }

    #[test]
    fn links_are_made_and_turned_and_files_are_left_alone() {
        let temp = tempfile::tempdir().unwrap();
        let at = temp.path().join("etcd");
        link(Path::new("/a"), &at).unwrap();
        link(Path::new("/b"), &at).unwrap();
        assert_eq!(std::fs::read_link(&at).unwrap(), Path::new("/b"));
        std::fs::remove_file(&at).unwrap();
        std::fs::write(&at, "a real one").unwrap();
        let said = link(Path::new("/a"), &at).unwrap_err().to_string();
        assert!(said.contains("is there, and is no link"), "{said}");
    }
}
