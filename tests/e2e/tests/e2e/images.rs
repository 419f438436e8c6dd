//! Images from a registry that wants to know who asks.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use anyhow::{Context, Result, ensure};
use serde_json::json;
use skeg_e2e::{Cluster, can_run_containers, eventually, skeg};

const USER: &str = "ana";
const PASSWORD: &str = "open sesame";
/// The line of `htpasswd -B` for the two above.
const HTPASSWD: &str = "ana:$2a$05$TVu1petpkdD.1JCX6bFxWe.Uxe531fVmpUHWOXPsJ/su5BQkviy8u\n";

/// Debian's registry with one image, under two tags.
struct Registry {
    child: Child,
    host: String,
    _dir: tempfile::TempDir,
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Registry {
    fn start() -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let data = dir.path().join("data");
        store_image(&data, dir.path())?;
        fs::write(dir.path().join("htpasswd"), HTPASSWD)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let host = format!("127.0.0.1:{port}");
        let config = dir.path().join("config.yml");
        let text = json!({
            "version": 0.1,
            "log": {"level": "error", "accesslog": {"disabled": true}},
            "storage": {"filesystem": {"rootdirectory": data}},
            "http": {"addr": host},
            "auth": {"htpasswd": {"realm": "test", "path": dir.path().join("htpasswd")}},
        });
        fs::write(&config, text.to_string())?;
        let child = Command::new("docker-registry")
            .arg("serve")
            .arg(&config)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("docker-registry does not start (apt-get install docker-registry)")?;
        let registry = Self {
            child,
            host,
            _dir: dir,
        };
        eventually("the registry listens", || {
            Ok(TcpStream::connect(&registry.host).map(drop)?)
        })?;
        Ok(registry)
    }
}

/// Writes an image as the registry keeps it: a layer with one file, the
/// configuration, the manifest, and the tags `1` and `2` of `team/app`.
fn store_image(data: &Path, work: &Path) -> Result<()> {
    let registry = data.join("docker/registry/v2");
    let repository = registry.join("repositories/team/app");
    let blob = |bytes: &[u8]| -> Result<String> {
        let digest = sha256(bytes)?;
        let dir = registry
            .join("blobs/sha256")
            .join(&digest[..2])
            .join(&digest);
        fs::create_dir_all(&dir)?;
        fs::write(dir.join("data"), bytes)?;
        Ok(digest)
    };
    let link = |at: String, digest: &str| -> Result<()> {
        let dir = repository.join(at);
        fs::create_dir_all(&dir)?;
        Ok(fs::write(dir.join("link"), format!("sha256:{digest}"))?)
    };
    fs::write(work.join("hello"), "hello\n")?;
    let tar = Command::new("tar")
        .args(["-C", &work.to_string_lossy(), "-cf", "-", "hello"])
        .output()?;
    ensure!(tar.status.success(), "tar failed");
    let layer = blob(&tar.stdout)?;
    let config = json!({
        "architecture": if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" },
        "os": "linux",
        "config": {"Cmd": ["/hello"]},
        "rootfs": {"type": "layers", "diff_ids": [format!("sha256:{layer}")]},
    })
    .to_string();
    let config_digest = blob(config.as_bytes())?;
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": format!("sha256:{config_digest}"),
            "size": config.len(),
        },
        "layers": [{
            "mediaType": "application/vnd.oci.image.layer.v1.tar",
            "digest": format!("sha256:{layer}"),
            "size": tar.stdout.len(),
        }],
    })
    .to_string();
    let manifest = blob(manifest.as_bytes())?;
    for digest in [&layer, &config_digest] {
        link(format!("_layers/sha256/{digest}"), digest)?;
    }
    link(format!("_manifests/revisions/sha256/{manifest}"), &manifest)?;
    for tag in ["1", "2"] {
        link(format!("_manifests/tags/{tag}/current"), &manifest)?;
        link(
            format!("_manifests/tags/{tag}/index/sha256/{manifest}"),
            &manifest,
        )?;
    }
    Ok(())
}

fn sha256(bytes: &[u8]) -> Result<String> {
    let mut child = Command::new("sha256sum")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    child.stdin.take().context("no input")?.write_all(bytes)?;
    let output = child.wait_with_output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text
        .split_whitespace()
        .next()
        .context("no digest")?
        .to_owned())
}

/// `skeg image pull` with an input, and without the credentials of whoever runs the test.
fn pull(cluster: &Cluster, args: &[&str], input: &str) -> Result<Output> {
    let mut child = Command::new(skeg())
        .args(["image", "pull", "--data-dir"])
        .arg(cluster.data())
        .args(args)
        .env_remove("REGISTRY_AUTH_FILE")
        .env_remove("XDG_RUNTIME_DIR")
        .env("DOCKER_CONFIG", cluster.dir.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // A command that refuses before it reads has closed its input.
    let _ = child
        .stdin
        .take()
        .context("no input")?
        .write_all(input.as_bytes());
    Ok(child.wait_with_output()?)
}

#[test]
fn a_registry_that_wants_credentials_gets_them() -> Result<()> {
    if !can_run_containers() {
        return Ok(());
    }
    let registry = Registry::start()?;
    let image = format!("{}/team/app:1", registry.host);
    let cluster = Cluster::with_node()?;

    let said = pull(&cluster, &[&image], "")?;
    let text = String::from_utf8_lossy(&said.stderr).into_owned();
    ensure!(!said.status.success(), "an anonymous pull succeeded");
    ensure!(
        text.contains("--username"),
        "no word of credentials: {text}"
    );
    let said = pull(
        &cluster,
        &["--username", USER, "--password-stdin", &image],
        "wrong\n",
    )?;
    ensure!(!said.status.success(), "a wrong password did it");

    let input = format!("{PASSWORD}\n");
    let said = pull(
        &cluster,
        &["--username", USER, "--password-stdin", &image],
        &input,
    )?;
    ensure!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    let list = cluster.skeg(&["image", "list"])?;
    ensure!(list.contains(&image), "{list}");
    cluster.skeg(&["image", "remove", &image])?;

    // As `docker login` leaves it, for the team's part of the registry only.
    let key = format!("{}/team", registry.host);
    let file = json!({"auths": {key: {"username": USER, "password": PASSWORD}}});
    fs::write(cluster.dir.path().join("config.json"), file.to_string())?;
    let said = pull(&cluster, &[&image], "")?;
    ensure!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );

    // And a pod by its pull secret. The image has no program: that it was pulled is enough.
    cluster.kubectl(&[
        "create",
        "secret",
        "docker-registry",
        "team",
        &format!("--docker-server={}", registry.host),
        &format!("--docker-username={USER}"),
        &format!("--docker-password={PASSWORD}"),
    ])?;
    let second = format!("{}/team/app:2", registry.host);
    cluster.apply(&format!(
        r#"
apiVersion: v1
kind: Pod
metadata: {{name: puller}}
spec:
  imagePullSecrets: [{{name: team}}]
  terminationGracePeriodSeconds: 0
  containers: [{{name: c, image: "{second}"}}]
"#
    ))?;
    eventually("the pod's image is pulled", || {
        let events = cluster.kubectl(&["get", "events", "-o", "jsonpath={.items[*].message}"])?;
        let pulled = format!("Successfully pulled image \"{second}\"");
        ensure!(events.contains(&pulled), "{events}");
        Ok(())
    })?;
    Ok(())
}
