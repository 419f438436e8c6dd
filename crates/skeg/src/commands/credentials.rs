//! Credentials for `skeg image pull`: from the command line, or from where
//! Docker and Podman keep what `login` was told.

use std::io::{IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Result, bail};
use serde_json::Value;
use skeg_cri::{DockerConfig, RegistryAuth};

use crate::cli::PullArgs;
use crate::failure::{Failure, OrFail};

/// A password is not longer.
const PASSWORD_LEN_MAX: u64 = 64 * 1024;

/// What to try for an image, in order; nothing means an anonymous pull.
///
/// # Errors
/// A file that was named cannot be read, or standard input holds no password.
pub fn find(args: &PullArgs) -> Result<Vec<RegistryAuth>> {
    if let Some(username) = &args.username {
        return Ok(vec![RegistryAuth {
            username: username.clone(),
            password: password()?,
            ..RegistryAuth::default()
        }]);
    }
    let file = match &args.auth_file {
        Some(named) => Some(named.clone()),
        None => usual_files(|name| std::env::var_os(name).map(PathBuf::from))
            .into_iter()
            .find(|file| file.is_file()),
    };
    match file {
        Some(file) => of_file(&file, &args.image),
        None => Ok(Vec::new()),
    }
}

fn password() -> Result<String> {
    let mut password = String::new();
    if std::io::stdin().is_terminal() {
        bail!(Failure::new(
            "standard input is a terminal",
            "skeg image pull --username USER --password-stdin IMAGE < FILE",
        ));
    }
    std::io::stdin()
        .take(PASSWORD_LEN_MAX)
        .read_to_string(&mut password)
        .or_fail("cannot read the password from standard input", "")?;
    let password = password.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!(Failure::new(
            "standard input holds no password",
            "skeg image pull --username USER --password-stdin IMAGE < FILE",
        ));
    }
    Ok(password.to_owned())
}

/// Where Podman and Docker keep their credentials, in the order of looking.
fn usual_files(variable: impl Fn(&str) -> Option<PathBuf>) -> Vec<PathBuf> {
    let podman = variable("XDG_RUNTIME_DIR").map(|dir| dir.join("containers/auth.json"));
    let docker = variable("DOCKER_CONFIG").or_else(|| Some(variable("HOME")?.join(".docker")));
    let docker = docker.map(|dir| dir.join("config.json"));
    let files = [variable("REGISTRY_AUTH_FILE"), podman, docker];
    files.into_iter().flatten().collect()
}

fn of_file(file: &Path, image: &str) -> Result<Vec<RegistryAuth>> {
    let what = || format!("cannot use the credentials in {}", file.display());
    let bytes = std::fs::read(file).or_fail(what(), "--auth-file FILE names another")?;
    let config = DockerConfig::parse(&bytes).map_err(|why| {
        anyhow::anyhow!(why).context(Failure::new(what(), "mend the file, or log in again"))
    })?;
    let mut found = config.lookup(image);
    if let Some((name, server)) = config.helper(image) {
        found.extend(ask_helper(name, &server)?);
    }
    Ok(found)
}

/// Asks a credential helper, by the protocol of docker-credential-helpers.
fn ask_helper(name: &str, server: &str) -> Result<Option<RegistryAuth>> {
    let program = format!("docker-credential-{name}");
    let what = format!("cannot ask {program} for credentials");
    let remedy = "install it, or give --username and --password-stdin";
    let mut child = Command::new(&program)
        .arg("get")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .or_fail(what.clone(), remedy)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A helper that does not read will answer nothing of use either.
        let _ = writeln!(stdin, "{server}");
    }
    let output = child.wait_with_output().or_fail(what.clone(), remedy)?;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        if said.contains("credentials not found") {
            return Ok(None);
        }
        bail!(Failure::new(
            format!("{program} has no credentials for {server}: {}", said.trim()),
            remedy
        ));
    }
    let answer: Value = serde_json::from_slice(&output.stdout).or_fail(what, remedy)?;
    let text = |key: &str| answer[key].as_str().unwrap_or_default().to_owned();
    let (username, secret) = (text("Username"), text("Secret"));
    let mut auth = RegistryAuth::default();
    if username == "<token>" {
        auth.identity_token = secret;
    } else {
        auth.username = username;
        auth.password = secret;
    }
    Ok(Some(auth))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_podman_and_docker_are_looked_for() {
        let files = |set: &[(&str, &str)]| {
            let set: std::collections::HashMap<_, _> = set.iter().copied().collect();
            usual_files(|name| set.get(name).map(PathBuf::from))
        };
        assert_eq!(
            files(&[("HOME", "/root"), ("XDG_RUNTIME_DIR", "/run/user/0")]),
            [
                PathBuf::from("/run/user/0/containers/auth.json"),
                PathBuf::from("/root/.docker/config.json")
            ]
        );
        assert_eq!(
            files(&[
                ("HOME", "/root"),
                ("DOCKER_CONFIG", "/d"),
                ("REGISTRY_AUTH_FILE", "/a")
            ]),
            [PathBuf::from("/a"), PathBuf::from("/d/config.json")]
        );
        assert!(files(&[]).is_empty());
    }

    #[test]
    fn a_file_that_cannot_be_read_is_named() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join("config.json");
        std::fs::write(&file, "{").unwrap();
        let said = of_file(&file, "r.example/a").unwrap_err().to_string();
        assert_eq!(
            said,
            format!("cannot use the credentials in {}", file.display())
        );
    }
}
