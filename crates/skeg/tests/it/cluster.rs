//! A cluster's life: up, used, down, up again.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Running, StopAtEnd, failure, output, status, success};

/// What the first lines of a foreground process say.
fn banner(running: &mut Running) -> Vec<String> {
    let output = running.child.stdout.take().expect("it is piped");
    BufReader::new(output)
        .lines()
        .take(3)
        .map(|line| line.expect("text"))
        .collect()
}

/// The URL in the first line.
fn url(banner: &[String]) -> String {
    banner[0]
        .rsplit(" · ")
        .next()
        .expect("three parts")
        .to_owned()
}

/// A request without credentials or by token. The answer's body.
fn get(url: &str, path: &str, token: Option<&str>) -> String {
    let (_, port) = url.rsplit_once(':').expect("a port");
    let authorization = token
        .map(|t| format!("Authorization: Bearer {t}\r\n"))
        .unwrap_or_default();
    request(
        port,
        &format!("GET {path} HTTP/1.1\r\nHost: x\r\n{authorization}Connection: close\r\n\r\n"),
    )
}

/// One request over TLS, the certificate unchecked: `openssl` is what every
/// machine with kubectl's tests has.
fn request(port: &str, text: &str) -> String {
    let mut child = Command::new("openssl")
        .args([
            "s_client",
            "-quiet",
            "-connect",
            &format!("127.0.0.1:{port}"),
        ])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("openssl is installed");
    std::io::Write::write_all(child.stdin.as_mut().expect("piped"), text.as_bytes()).expect("open");
    let mut answer = String::new();
    child
        .stdout
        .take()
        .expect("piped")
        .read_to_string(&mut answer)
        .expect("text");
    let _ = child.wait();
    answer
}

#[test]
fn up_used_down_and_up_again() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("d");
    let dir = dir.to_str().unwrap();
    let tokens = temp.path().join("t.csv");
    std::fs::write(&tokens, "admin-token,admin,admin-uid,\"system:masters\"\n").unwrap();
    let tokens = tokens.to_str().unwrap();
    let words = [
        "up",
        "--roles",
        "apiserver",
        "--data-dir",
        dir,
        "--listen",
        "127.0.0.1:0",
        "--token-auth-file",
        tokens,
    ];
    let mut running = Running::start(&words);
    let lines = banner(&mut running);
    assert!(
        lines[0].starts_with("skeg 0.1.0, Kubernetes 1.37 · ready in "),
        "{lines:?}"
    );
    let first = url(&lines);
    assert!(get(&first, "/readyz", None).ends_with("ok"));
    let kubeconfig = std::fs::read_to_string(format!("{dir}/admin.kubeconfig")).unwrap();
    assert!(kubeconfig.contains(&format!("server: {first}\n")));

    let body = "{\"metadata\":{\"name\":\"kept\"},\"data\":{\"k\":\"v\"}}";
    let port = first.rsplit_once(':').unwrap().1;
    let created = request(
        port,
        &format!(
            "POST /api/v1/namespaces/default/configmaps HTTP/1.1\r\nHost: x\r\n\
             Authorization: Bearer admin-token\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        ),
    );
    assert!(created.contains(" 201 "), "{created}");

    // The folder is taken.
    let error = failure(&[
        "up",
        "--no-node",
        "--data-dir",
        dir,
        "--listen",
        "127.0.0.1:0",
    ]);
    assert!(
        error.contains("already runs from") && error.contains("skeg down"),
        "{error}"
    );
    // And so is the port.
    let other = temp.path().join("other");
    let error = failure(&[
        "up",
        "--roles",
        "apiserver",
        "--data-dir",
        other.to_str().unwrap(),
        "--listen",
        &format!("127.0.0.1:{port}"),
    ]);
    assert!(
        error.contains("cannot listen on") && error.contains("remedy"),
        "{error}"
    );

    let took = running.terminate();
    assert!(took < Duration::from_secs(5), "{took:?}");

    let mut running = Running::start(&words);
    let second = url(&banner(&mut running));
    let kept = get(
        &second,
        "/api/v1/namespaces/default/configmaps/kept",
        Some("admin-token"),
    );
    assert!(kept.contains("\"k\":\"v\""), "{kept}");
    running.terminate();
}

#[test]
fn detached() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().to_str().unwrap();
    let _stop = StopAtEnd(temp.path());
    let words = [
        "up",
        "--roles",
        "apiserver",
        "--data-dir",
        dir,
        "--listen",
        "127.0.0.1:0",
    ];
    let told = success(&[&words[..], &["--detach"]].concat());
    assert!(
        told.contains("ready in") && told.contains("admin.kubeconfig"),
        "{told}"
    );
    let report = status(dir);
    assert_eq!(report["running"], true, "{report}");
    assert_eq!(report["ready"], true, "{report}");
    assert!(success(&["status", "--data-dir", dir]).contains("running"));
    assert!(success(&["logs", "--data-dir", dir]).contains("ready"));

    let start = Instant::now();
    assert!(success(&["down", "--data-dir", dir]).contains("stopped"));
    assert!(start.elapsed() < Duration::from_secs(5));
    assert!(success(&["down", "--data-dir", dir]).contains("nothing runs"));
    assert_eq!(status(dir)["running"], false);
    assert!(!output(&["status", "--data-dir", dir]).status.success());
}

#[test]
fn detached_failures_are_told_to_the_caller() {
    let temp = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap().to_string();
    let error = failure(&[
        "up",
        "--roles",
        "apiserver",
        "--data-dir",
        temp.path().to_str().unwrap(),
        "--listen",
        &listen,
        "--detach",
    ]);
    assert!(
        error.contains(&format!("cannot listen on {listen}")),
        "{error}"
    );
    assert!(error.contains("remedy"), "{error}");
}
