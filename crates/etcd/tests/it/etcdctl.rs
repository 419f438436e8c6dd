//! etcd's own command line against the embedded store.

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::Duration;

use skeg_store::{LATEST, Store};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

use crate::support::{Faced, tool};

struct Ctl {
    program: PathBuf,
    faced: Faced,
}

impl Ctl {
    async fn start() -> Option<Ctl> {
        let program = tool("etcdctl")?;
        let faced = Faced::in_memory().await;
        Some(Ctl { program, faced })
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command
            .arg(format!("--endpoints=127.0.0.1:{}", self.faced.port))
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    async fn output(&self, args: &[&str]) -> Output {
        let output = self.command(args).output();
        tokio::time::timeout(Duration::from_secs(30), output)
            .await
            .unwrap()
            .unwrap()
    }

    /// What it prints when it succeeds.
    async fn says(&self, args: &[&str]) -> String {
        let output = self.output(args).await;
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "etcdctl {args:?}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What it prints when it fails.
    async fn fails(&self, args: &[&str]) -> String {
        let output = self.output(args).await;
        assert!(!output.status.success(), "etcdctl {args:?} succeeded");
        String::from_utf8(output.stderr).unwrap()
    }

    /// What it prints, given a text to read.
    async fn says_to(&self, args: &[&str], text: &str) -> String {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(text.as_bytes()).await.unwrap();
        drop(stdin);
        let output = tokio::time::timeout(Duration::from_secs(30), child.wait_with_output());
        let output = output.await.unwrap().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "etcdctl {args:?}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_written_and_read() {
    let Some(ctl) = Ctl::start().await else {
        return;
    };
    assert_eq!(ctl.says(&["put", "/a/1", "one"]).await, "OK\n");
    assert_eq!(ctl.says(&["put", "/a/2", "two"]).await, "OK\n");
    assert_eq!(ctl.says(&["get", "/a/1"]).await, "/a/1\none\n");
    let both = ctl.says(&["get", "--prefix", "/a/", "--keys-only"]).await;
    assert_eq!(both, "/a/1\n\n/a/2\n\n");
    let descending = ["get", "--prefix", "/a/", "--order=DESCEND", "--limit=1"];
    assert_eq!(ctl.says(&descending).await, "/a/2\ntwo\n");
    let by_value = [
        "get",
        "--prefix",
        "",
        "--sort-by=VALUE",
        "--print-value-only",
    ];
    assert_eq!(ctl.says(&by_value).await, "one\ntwo\n");
    let counted = ["get", "--prefix", "/", "--count-only", "--write-out=fields"];
    assert!(ctl.says(&counted).await.contains("\"Count\" : 2"));
    let old = ctl.says(&["put", "--prev-kv", "/a/1", "ONE"]).await;
    assert_eq!(old, "OK\n/a/1\none\n");
    assert_eq!(ctl.says(&["get", "--rev=2", "/a/1"]).await, "/a/1\none\n");
    assert_eq!(
        ctl.says(&["del", "--prev-kv", "/a/2"]).await,
        "1\n/a/2\ntwo\n"
    );
    assert_eq!(ctl.says(&["del", "--prefix", "/"]).await, "1\n");
    assert!(
        ctl.fails(&["get", "--rev=99", "/a/1"])
            .await
            .contains("etcdserver: mvcc: required revision is a future revision")
    );
    assert_eq!(ctl.says(&["compact", "4"]).await, "compacted revision 4\n");
    for args in [&["compact", "3"][..], &["get", "--rev=3", "/a/1"]] {
        assert!(
            ctl.fails(args)
                .await
                .contains("etcdserver: mvcc: required revision has been compacted")
        );
    }
    assert!(
        ctl.fails(&["put", "--ignore-value", "/none"])
            .await
            .contains("etcdserver: key not found")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_choose_and_see_themselves() {
    let Some(ctl) = Ctl::start().await else {
        return;
    };
    ctl.says(&["put", "k", "1"]).await;
    let script =
        "mod(\"k\") = \"2\"\nvalue(\"k\") = \"1\"\n\nput k 2\nget k\ndel none\n\nget k\n\n";
    assert_eq!(
        ctl.says_to(&["txn"], script).await,
        "SUCCESS\n\nOK\n\nk\n2\n\n0\n"
    );
    assert_eq!(ctl.says_to(&["txn"], script).await, "FAILURE\n\nk\n2\n");
    let kv = ctl.faced.store.get(b"k", LATEST).await.unwrap().unwrap();
    assert_eq!((kv.create_revision, kv.mod_revision, kv.version), (2, 3, 2));
    let mut twice = ctl.command(&["txn"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = twice.stdin.take().unwrap();
    stdin.write_all(b"\nput k 1\nput k 2\n\n\n").await.unwrap();
    drop(stdin);
    let output = twice.wait_with_output().await.unwrap();
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .contains("etcdserver: duplicate key given in txn request")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn watches_tell_what_happened_and_what_happens() {
    let Some(ctl) = Ctl::start().await else {
        return;
    };
    ctl.says(&["put", "/w/a", "1"]).await;
    let mut child = ctl
        .command(&["watch", "--prefix", "--prev-kv", "--rev=1", "/w/"])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = async || {
        let line = tokio::time::timeout(Duration::from_secs(20), lines.next_line());
        line.await.unwrap().unwrap().unwrap()
    };
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(next().await);
    }
    assert_eq!(seen, ["PUT", "/w/a", "1"]);
    ctl.says(&["put", "/w/a", "2"]).await;
    ctl.says(&["put", "/other", "x"]).await;
    ctl.says(&["del", "/w/a"]).await;
    let mut seen = Vec::new();
    for _ in 0..10 {
        seen.push(next().await);
    }
    assert_eq!(
        seen,
        [
            "PUT", "/w/a", "1", "/w/a", "2", "DELETE", "/w/a", "2", "/w/a", ""
        ]
    );
    ctl.says(&["compact", "4"]).await;
    let compacted = ctl.command(&["watch", "--rev=2", "/w/a"]).output();
    let compacted = tokio::time::timeout(Duration::from_secs(20), compacted);
    let compacted = compacted.await.unwrap().unwrap();
    assert!(
        String::from_utf8_lossy(&compacted.stderr).contains("required revision has been compacted")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn leases_hold_keys() {
    let Some(ctl) = Ctl::start().await else {
        return;
    };
    let granted = ctl.says(&["lease", "grant", "600"]).await;
    let id = granted.split_whitespace().nth(1).unwrap();
    assert!(granted.ends_with("granted with TTL(600s)\n"), "{granted}");
    ctl.says(&["put", &format!("--lease={id}"), "/l", "v"])
        .await;
    let left = ctl.says(&["lease", "timetolive", "--keys", id]).await;
    assert!(left.contains("granted with TTL(600s)") && left.contains("attached keys([/l])"));
    assert!(ctl.says(&["lease", "list"]).await.contains(id));
    let alive = ctl.says(&["lease", "keep-alive", "--once", id]).await;
    assert!(alive.contains("keepalived with TTL(600)"), "{alive}");
    ctl.says(&["lease", "revoke", id]).await;
    assert_eq!(ctl.says(&["get", "/l"]).await, "");
    assert!(
        ctl.fails(&["lease", "revoke", id])
            .await
            .contains("etcdserver: requested lease not found")
    );
    assert!(
        ctl.fails(&["put", "--lease=12345", "/l", "v"])
            .await
            .contains("etcdserver: requested lease not found")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_says_how_it_is() {
    let Some(ctl) = Ctl::start().await else {
        return;
    };
    let status = ctl
        .says(&["endpoint", "status", "--write-out=fields"])
        .await;
    assert!(status.contains("\"Version\" : \"3."), "{status}");
    assert!(
        ctl.says(&["endpoint", "hashkv"])
            .await
            .contains("127.0.0.1")
    );
    let health = ctl.output(&["endpoint", "health"]).await;
    assert!(health.status.success());
    assert!(ctl.says(&["member", "list"]).await.contains("started"));
    assert_eq!(ctl.says(&["alarm", "list"]).await, "");
    assert!(ctl.says(&["defrag"]).await.contains("Finished"));
    let refused = ctl.fails(&["role", "add", "r"]).await;
    assert!(refused.contains("unknown method"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn users_and_other_members_are_refused_as_etcd_does_without_them() {
    let Some(ctl) = Ctl::start().await else {
        return;
    };
    for (args, said) in [
        (&["move-leader", "1234"][..], "bad leader transferee"),
        (&["member", "remove", "1234"], "member not found"),
        (&["auth", "enable", "--command-timeout=1s"], "root user"),
        (&["user", "get", "u"], "user name not found"),
        (&["role", "get", "r"], "role name not found"),
    ] {
        let told = ctl.fails(args).await;
        assert!(told.contains(said), "{args:?}: {told}");
    }
    assert_eq!(ctl.says(&["user", "list"]).await, "");
    // A client that names itself where nobody is asked for that goes on without.
    assert_eq!(ctl.says(&["--user=root:x", "get", "a"]).await, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_is_a_database_of_etcd() {
    let Some(ctl) = Ctl::start().await else {
        return;
    };
    for i in 0..300 {
        let key = format!("/k/{i:04}");
        let value = vec![b'v'; if i == 7 { 9000 } else { 100 }];
        let written = ctl.faced.store.put_if(
            key.as_str().into(),
            value.into(),
            skeg_store::Expect::Absent,
            None,
        );
        written.await.unwrap();
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("snapshot.db");
    ctl.says(&["snapshot", "save", path.to_str().unwrap()])
        .await;
    let file = std::fs::read(&path).unwrap();
    // Whole pages, and the checksum that etcdctl looks for.
    assert_eq!(file.len() % 4096, 32);
    assert_eq!(&file[16..20], &0xED0C_DAED_u32.to_le_bytes());
    let holds = |text: &str| file.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(holds("/k/0000") && holds("/k/0299") && holds("finishedCompactRev"));
}

/// What a page answers, head and all.
async fn page(port: u16, path: &str) -> String {
    let address = ("127.0.0.1", port);
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_store_raises_an_alarm_until_it_is_disarmed() {
    let Some(program) = tool("etcdctl") else {
        return;
    };
    let presented = skeg_etcd::Options {
        quota_bytes: 3000,
        ..skeg_etcd::Options::default()
    };
    let faced = Faced::start(skeg_store::Embedded::in_memory(), presented).await;
    let port = faced.port;
    let ctl = Ctl { program, faced };
    let large = "v".repeat(2000);
    ctl.says(&["put", "a", &large]).await;
    let full = "etcdserver: mvcc: database space exceeded";
    assert!(ctl.fails(&["put", "b", &large]).await.contains(full));
    // There is room for this one, but nobody is to overlook the alarm.
    assert!(ctl.fails(&["put", "small", "x"]).await.contains(full));
    assert!(ctl.fails(&["lease", "grant", "60"]).await.contains(full));
    assert!(
        ctl.says(&["alarm", "list"])
            .await
            .ends_with("alarm:NOSPACE\n")
    );
    assert!(!ctl.output(&["endpoint", "health"]).await.status.success());
    for (path, code) in [
        ("/livez", 200),
        ("/readyz", 200),
        ("/health?exclude=NOSPACE&serializable=true", 200),
        ("/health", 503),
    ] {
        let answer = page(port, path).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {code} ")),
            "{path}: {answer}"
        );
    }
    ctl.says(&["del", "a"]).await;
    ctl.says(&["compact", "3"]).await;
    assert!(ctl.fails(&["put", "small", "x"]).await.contains(full));
    assert!(ctl.says(&["alarm", "disarm"]).await.contains("NOSPACE"));
    assert_eq!(ctl.says(&["alarm", "list"]).await, "");
    ctl.says(&["put", "small", "x"]).await;
    assert!(ctl.output(&["endpoint", "health"]).await.status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_is_answered_on_the_same_port() {
    let faced = Faced::in_memory().await;
    for (path, expect) in [
        ("/health", "{\"health\":\"true\",\"reason\":\"\"}"),
        ("/version", "\"etcdserver\":\"3."),
        ("/metrics", "etcd_server_has_leader 1"),
        ("/readyz", "ok\n"),
        (
            "/readyz?verbose",
            "[+]serializable_read ok\n[+]linearizable_read ok\n\
             [+]non_learner ok\n[+]data_corruption ok\nok\n",
        ),
        ("/livez?verbose", "[+]serializable_read ok\nok\n"),
        ("/readyz/data_corruption", "ok\n"),
        ("/readyz/none", "404"),
        ("/nothing", "404"),
    ] {
        let answer = page(faced.port, path).await;
        assert!(answer.contains(expect), "{path}: {answer}");
    }
    faced.stop().await;
}
