//! Real containers through the engine.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use skeg_cri::{
    AttachRequest, ContainerState, ErrorKind, EventKind, ExecRequest, Mount, Namespace,
    RuntimeService as _, SandboxState, SeccompProfile, TerminalSize, engine::Engine,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Rig, command, log_text, next, shell, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_container_runs_and_ends() {
    let Some(rig) = Rig::new().await else { return };
    let mut events = rig.engine.events();
    let sandbox = rig.sandbox().await;
    let id = rig
        .start(&sandbox, shell("echo out; echo err >&2; hostname; exit 3"))
        .await;
    let status = rig.ended(&id).await;
    assert_eq!(
        (status.exit_code, status.reason.as_str()),
        (Some(3), "Error")
    );
    let mut lines: Vec<_> = log_text(&status).lines().map(str::to_owned).collect();
    lines.sort();
    assert_eq!(lines, ["err", "host0", "out"]);
    let kinds = [
        EventKind::SandboxStarted,
        EventKind::ContainerCreated,
        EventKind::ContainerStarted,
        EventKind::ContainerStopped,
    ];
    for kind in kinds {
        assert_eq!(next(&mut events).await.kind, kind);
    }
    rig.engine.stop_sandbox(&sandbox).await.unwrap();
    let state = rig.engine.sandbox_status(&sandbox).await.unwrap().state;
    assert_eq!(state, SandboxState::NotReady);
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_container_sees_only_its_own() {
    let Some(rig) = Rig::new().await else { return };
    let script = "echo pid $$; ls /; cat /proc/1/comm; ls /dev; cat /proc/net/dev | grep -c :; \
        touch /proc/sys/kernel/x 2>/dev/null || echo ro; cat /proc/kcore 2>/dev/null | wc -c; \
        ls /sys/firmware | wc -l; id; pwd; echo $HOME";
    let (status, log) = rig.run(script).await;
    assert_eq!(status.exit_code, Some(0), "{log}");
    assert!(log.starts_with("pid 1\nbin\ndev\netc\n"), "{log}");
    for line in [
        "ro",
        "null",
        "ptmx",
        "shm",
        "uid=0(root) gid=0(root) groups=0(root)",
        "/root",
    ] {
        assert!(
            log.lines().any(|found| found == line),
            "{line} not in {log}"
        );
    }
    // Nothing of the machine: one link, an empty kcore, an empty firmware folder.
    assert!(log.contains("\n1\nro\n0\n0\n"), "{log}");
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn users_capabilities_and_privileges() {
    let Some(rig) = Rig::new().await else { return };
    let show = "id; grep -v -c x /dev/null; grep '^Cap' /proc/self/status; \
        grep '^NoNewPrivs' /proc/self/status; grep '^Seccomp:' /proc/self/status";
    let (_, log) = rig.run(show).await;
    assert!(log.contains("CapEff:\t00000000a80425fb"), "{log}");
    assert!(log.contains("CapInh:\t0000000000000000"), "{log}");
    assert!(
        log.contains("NoNewPrivs:\t0") && log.contains("Seccomp:\t0"),
        "{log}"
    );
    let (_, log) = rig
        .run_with(show, |config| {
            config.security.run_as_user = Some(1000);
            config.security.run_as_group = Some(3000);
            config.security.supplemental_groups = vec![2000];
            config.security.no_new_privileges = true;
            config.security.seccomp = SeccompProfile::RuntimeDefault;
            config.security.capabilities.drop = vec!["ALL".into()];
            config.security.capabilities.add = vec!["NET_BIND_SERVICE".into()];
        })
        .await;
    assert!(log.contains("uid=1000 gid=3000 groups=2000,3000"), "{log}");
    assert!(log.contains("CapEff:\t0000000000000000"), "{log}");
    assert!(log.contains("CapBnd:\t0000000000000400"), "{log}");
    assert!(
        log.contains("NoNewPrivs:\t1") && log.contains("Seccomp:\t2"),
        "{log}"
    );
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seccomp_fails_closed() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let profile = rig.folder.path().join("profile.json");
    std::fs::write(&profile, r#"{"defaultAction": "SCMP_ACT_WHAT"}"#).unwrap();
    for path in [profile, "/no/such/profile".into()] {
        let mut config = shell("true");
        config.security.seccomp = SeccompProfile::Localhost(path);
        let error = rig
            .engine
            .create_container(&sandbox, config)
            .await
            .unwrap_err();
        assert!(
            error.to_string().starts_with("cannot load seccomp profile"),
            "{error}"
        );
    }
    let profile = rig.folder.path().join("no-mkdir.json");
    let text = r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1}]}"#;
    std::fs::write(&profile, text).unwrap();
    let (_, log) = rig
        .run_with(
            "mkdir /x || echo refused; touch /y && echo made",
            |config| {
                config.security.seccomp = SeccompProfile::Localhost(profile);
            },
        )
        .await;
    assert!(log.contains("refused\nmade\n"), "{log}");
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mounts_and_read_only_roots() {
    let Some(rig) = Rig::new().await else { return };
    let volume = rig.folder.path().join("volume");
    std::fs::create_dir(&volume).unwrap();
    std::fs::write(volume.join("a"), "content\n").unwrap();
    let mount = |host: &Path, container: &str, read_only| Mount {
        container_path: container.into(),
        host_path: host.into(),
        read_only,
        ..Mount::default()
    };
    let script = "cat /data/a; echo new > /data/b; cat /etc/conf; echo x > /ro/c; \
        echo x > /file; touch /dev/shm/ok && echo shm";
    let (_, log) = rig
        .run_with(script, |config| {
            config.mounts = vec![
                mount(&volume, "/data", false),
                mount(&volume, "/ro", true),
                mount(&volume.join("a"), "/etc/conf", true),
            ];
            config.security.read_only_rootfs = true;
        })
        .await;
    assert!(log.contains("content\n") && log.contains("shm\n"), "{log}");
    assert!(log.contains("/ro/c: Read-only file system"), "{log}");
    assert!(log.contains("/file: Read-only file system"), "{log}");
    assert_eq!(std::fs::read_to_string(volume.join("b")).unwrap(), "new\n");
    // The machine's own mount table knows nothing of all this.
    let mounts = std::fs::read_to_string("/proc/self/mountinfo").unwrap();
    assert!(
        !mounts.contains(&*rig.folder.path().to_string_lossy()),
        "{mounts}"
    );
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_mounted_below_is_read_only_where_that_is_wanted() {
    let Some(rig) = Rig::new().await else { return };
    let volume = rig.folder.path().join("volume");
    let below = volume.join("below");
    std::fs::create_dir_all(&below).unwrap();
    let none = None::<&str>;
    let flags = nix::mount::MsFlags::empty();
    nix::mount::mount(Some("tmpfs"), &below, Some("tmpfs"), flags, none).unwrap();
    let script =
        "echo x > /itself/a; echo x > /itself/below/b && echo written; echo x > /all/below/c";
    let (_, log) = rig
        .run_with(script, |config| {
            let mount = |container: &str, recursive_read_only| Mount {
                container_path: container.into(),
                host_path: volume.clone(),
                read_only: true,
                recursive_read_only,
                ..Mount::default()
            };
            config.mounts = vec![mount("/itself", false), mount("/all", true)];
        })
        .await;
    nix::mount::umount2(&below, nix::mount::MntFlags::MNT_DETACH).unwrap();
    for refused in ["/itself/a", "/all/below/c"] {
        let words = format!("{refused}: Read-only file system");
        assert!(log.contains(&words), "{log}");
    }
    assert!(log.contains("written"), "{log}");
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_that_cannot_start_say_why() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    for (words, expect) in [
        (
            &["nosuch"][..],
            "exec: \"nosuch\": executable file not found in $PATH",
        ),
        (&["/nosuch"], "exec: \"/nosuch\": no such file or directory"),
        (&["/etc"], "exec: \"/etc\": is a directory"),
        (&["/etc/passwd"], "exec: \"/etc/passwd\": permission denied"),
    ] {
        let id = rig
            .engine
            .create_container(&sandbox, command(words))
            .await
            .unwrap();
        let error = rig.engine.start_container(&id).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StartFailed);
        assert!(error.to_string().ends_with(expect), "{error}");
        let status = rig.ended(&id).await;
        assert_eq!(
            (status.exit_code, status.reason.as_str()),
            (Some(128), "StartError")
        );
    }
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exec_runs_programs_with_streams() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let id = rig.start(&sandbox, command(&["sleep", "infinity"])).await;
    let words = |text: &str| vec!["sh".to_owned(), "-c".to_owned(), text.to_owned()];
    let result = rig
        .engine
        .exec_sync(&id, &words("echo out; echo err >&2; exit 4"), None)
        .await
        .unwrap();
    assert_eq!(
        (result.stdout, result.stderr),
        (b"out\n".to_vec(), b"err\n".to_vec())
    );
    assert_eq!(result.exit_code, 4);
    let error = rig
        .engine
        .exec_sync(&id, &["nosuch".to_owned()], None)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("executable file not found in $PATH"),
        "{error}"
    );
    let sleep = words("sleep 1000");
    let slow = rig
        .engine
        .exec_sync(&id, &sleep, Some(Duration::from_millis(100)));
    assert_eq!(slow.await.unwrap_err().kind(), ErrorKind::Timeout);
    // The program that took too long is gone, and only that.
    loop {
        let ps = rig
            .engine
            .exec_sync(&id, &["ps".to_owned()], None)
            .await
            .unwrap();
        if !String::from_utf8_lossy(&ps.stdout).contains("1000") {
            break;
        }
    }
    let request = ExecRequest {
        command: vec!["cat".into()],
        stdin: true,
        stdout: true,
        ..ExecRequest::default()
    };
    let mut session = rig.engine.exec(&id, request).await.unwrap();
    let mut stdin = session.stdin.take().unwrap();
    stdin.write_all(b"through and through").await.unwrap();
    stdin.shutdown().await.unwrap();
    let mut text = String::new();
    session
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .await
        .unwrap();
    assert_eq!(
        (text.as_str(), session.exit.await.unwrap()),
        ("through and through", 0)
    );
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exec_has_terminals() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let id = rig.start(&sandbox, command(&["sleep", "infinity"])).await;
    let request = ExecRequest {
        command: vec!["sh".into()],
        stdin: true,
        stdout: true,
        tty: true,
        size: Some(TerminalSize {
            width: 80,
            height: 24,
        }),
        ..ExecRequest::default()
    };
    let mut session = rig.engine.exec(&id, request).await.unwrap();
    let size = TerminalSize {
        width: 100,
        height: 50,
    };
    session.resize.as_ref().unwrap().send(size).await.unwrap();
    let mut stdin = session.stdin.take().unwrap();
    stdin
        .write_all(b"tty\necho sum $((40+2))\nexit 6\n")
        .await
        .unwrap();
    let mut text = String::new();
    session
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .await
        .unwrap();
    assert!(
        text.contains("/dev/pts/0") && text.contains("sum 42"),
        "{text}"
    );
    assert_eq!(session.exit.await.unwrap(), 6);
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attach_joins_a_containers_streams() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let mut config = shell("read x; echo got $x; cat; exit 5");
    config.stdin = true;
    config.stdin_once = true;
    let id = rig.start(&sandbox, config).await;
    let request = AttachRequest {
        stdin: true,
        stdout: true,
        stderr: true,
        ..AttachRequest::default()
    };
    let mut session = rig.engine.attach(&id, request).await.unwrap();
    let mut stdin = session.stdin.take().unwrap();
    stdin.write_all(b"hello\nmore\n").await.unwrap();
    stdin.shutdown().await.unwrap();
    let mut text = String::new();
    session
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .await
        .unwrap();
    assert_eq!(
        (text.as_str(), session.exit.await.unwrap()),
        ("got hello\nmore\n", 0)
    );
    let status = rig.ended(&id).await;
    assert_eq!(log_text(&status), "got hello\nmore\n");
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attach_to_a_terminal() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let mut config = command(&["sh"]);
    (config.stdin, config.tty) = (true, true);
    let id = rig.start(&sandbox, config).await;
    let request = AttachRequest {
        stdin: true,
        stdout: true,
        tty: true,
        ..AttachRequest::default()
    };
    let mut session = rig.engine.attach(&id, request).await.unwrap();
    let mut stdin = session.stdin.take().unwrap();
    stdin.write_all(b"tty; exit 7\n").await.unwrap();
    let mut text = String::new();
    session
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut text)
        .await
        .unwrap();
    assert!(text.contains("/dev/pts/0"), "{text}");
    assert_eq!(session.exit.await.unwrap(), 0);
    assert_eq!(rig.ended(&id).await.exit_code, Some(7));
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ports_are_forwarded() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let id = rig
        .start(&sandbox, command(&["tcp-echo", "--port", "7000"]))
        .await;
    let log = rig.engine.container_status(&id).await.unwrap().log_path;
    until(|| std::fs::read_to_string(&log).is_ok_and(|text| text.contains("listens"))).await;
    let mut stream = rig.engine.port_forward(&sandbox, 7000).await.unwrap();
    stream.write_all(b"ping").await.unwrap();
    let mut answer = [0; 4];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"ping");
    let error = rig.engine.port_forward(&sandbox, 7001).await.err().unwrap();
    assert!(error.to_string().contains("7001"), "{error}");
    // Nobody listens on the machine itself.
    assert!(
        tokio::net::TcpStream::connect("127.0.0.1:7000")
            .await
            .is_err()
    );
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn containers_outlive_the_engine() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let runs = rig.start(&sandbox, command(&["sleep", "infinity"])).await;
    let mut config = shell("read x; exit 9");
    config.stdin = true;
    let ends = rig.start(&sandbox, config).await;
    let Rig {
        engine,
        config,
        folder,
        ..
    } = rig;
    let pid = engine.container_status(&ends).await.unwrap().pid.unwrap();
    let before = engine.container_status(&runs).await.unwrap();
    drop(engine);
    // While no engine is there, one of them ends.
    let pid = rustix::process::Pid::from_raw(pid as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
    until(|| rustix::process::test_kill_process(pid).is_err()).await;
    let engine = Engine::open(config.clone()).await.unwrap();
    let after = engine.container_status(&runs).await.unwrap();
    assert_eq!(
        (after.pid, after.state),
        (before.pid, ContainerState::Running)
    );
    let status = engine.container_status(&ends).await.unwrap();
    assert_eq!(
        (status.state, status.exit_code),
        (ContainerState::Exited, Some(137))
    );
    assert_eq!(
        engine.sandbox_status(&sandbox).await.unwrap().state,
        SandboxState::Ready
    );
    let result = engine
        .exec_sync(&runs, &["hostname".to_owned()], None)
        .await
        .unwrap();
    assert_eq!(result.stdout, b"host0\n");
    engine.remove_everything().await.unwrap();
    drop(folder);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dead_shim_takes_its_pod_along() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let id = rig.start(&sandbox, command(&["sleep", "infinity"])).await;
    let pid = rig.engine.container_status(&id).await.unwrap().pid.unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let parent = stat
        .lines()
        .find_map(|line| line.strip_prefix("PPid:\t"))
        .unwrap();
    let shim = rustix::process::Pid::from_raw(parent.parse().unwrap()).unwrap();
    rustix::process::kill_process(shim, rustix::process::Signal::KILL).unwrap();
    let status = rig.ended(&id).await;
    assert_eq!(status.reason, "ContainerStatusUnknown");
    let state = rig.engine.sandbox_status(&sandbox).await.unwrap().state;
    assert_eq!(state, SandboxState::NotReady);
    until(|| !Path::new(&format!("/proc/{pid}")).exists()).await;
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pods_share_what_they_are_told_to() {
    let Some(rig) = Rig::new().await else { return };
    let mut config = rig.sandbox_config();
    config.security.namespaces.pid = Namespace::Pod;
    config.sysctls = [("net.ipv4.ip_unprivileged_port_start".into(), "0".into())].into();
    let sandbox = rig.engine.run_sandbox(config).await.unwrap();
    let one = rig
        .start(&sandbox, shell("touch /dev/shm/mark; tcp-echo --port 7"))
        .await;
    let log = rig.engine.container_status(&one).await.unwrap().log_path;
    until(|| std::fs::read_to_string(&log).is_ok_and(|text| text.contains("listens"))).await;
    let mut config = shell(
        "ls /dev/shm; ps | grep tcp-echo | wc -l; cat /proc/1/cmdline; echo; cat /proc/sys/net/ipv4/ip_unprivileged_port_start",
    );
    config.metadata.name = "second".into();
    config.log_path = "second/0.log".into();
    let two = rig.start(&sandbox, config).await;
    let status = rig.ended(&two).await;
    let text = log_text(&status);
    assert!(text.contains("\npause\0"), "{text:?}");
    assert!(
        text.starts_with("mark\n") && !text.contains("\n0\n0\n"),
        "{text}"
    );
    assert!(text.ends_with("0\n"), "{text}");
    rig.finish().await;
    // A pod on the machine's network and processes sees the machine.
    let Some(rig) = Rig::new().await else { return };
    let mut config = rig.sandbox_config();
    config.security.namespaces.pid = Namespace::Node;
    config.security.namespaces.network = Namespace::Node;
    let sandbox = rig.engine.run_sandbox(config).await.unwrap();
    let id = rig.start(&sandbox, shell("hostname; echo $$")).await;
    let text = log_text(&rig.ended(&id).await);
    let machine = rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned();
    assert!(
        text.starts_with(&format!("{machine}\n")) && !text.ends_with("\n1\n"),
        "{text}"
    );
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limits_are_set_and_changed() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let mut config = command(&["sleep", "infinity"]);
    config.resources.memory_limit_bytes = Some(64 << 20);
    config.resources.cpu_shares = Some(512);
    config.resources.cpu_quota_us = Some(50_000);
    config.resources.cpu_period_us = Some(100_000);
    let id = rig.start(&sandbox, config).await;
    let stats = rig.engine.container_stats(&id).await.unwrap();
    assert_eq!(stats.memory_limit_bytes, Some(64 << 20));
    // The process and its threads.
    assert!((1..=2).contains(&stats.pids), "{stats:?}");
    assert!(
        stats.memory_working_set_bytes > 0 && stats.cpu_usage_nanos > 0,
        "{stats:?}"
    );
    let change = skeg_cri::Resources {
        memory_limit_bytes: Some(96 << 20),
        ..skeg_cri::Resources::default()
    };
    rig.engine
        .update_container_resources(&id, change)
        .await
        .unwrap();
    let stats = rig.engine.container_stats(&id).await.unwrap();
    assert_eq!(stats.memory_limit_bytes, Some(96 << 20));
    let status = rig.engine.container_status(&id).await.unwrap();
    assert_eq!(status.resources.memory_limit_bytes, Some(96 << 20));
    assert_eq!(status.resources.cpu_shares, Some(512));
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_left_behind() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let id = rig.start(&sandbox, command(&["sleep", "infinity"])).await;
    rig.engine.remove_container(&id).await.unwrap();
    assert!(
        rig.engine
            .container_status(&id)
            .await
            .unwrap_err()
            .is_not_found()
    );
    rig.start(&sandbox, command(&["sleep", "infinity"])).await;
    rig.engine.remove_sandbox(&sandbox).await.unwrap();
    // A second time is no error.
    rig.engine.remove_sandbox(&sandbox).await.unwrap();
    rig.engine.remove_container(&id).await.unwrap();
    let root = rig.config.cgroup_root();
    rig.engine.remove_everything().await.unwrap();
    let pods = rig.config.state_dir.join("pods");
    assert_eq!(std::fs::read_dir(pods).unwrap().count(), 0);
    let left = std::fs::read_dir("/sys/fs/cgroup")
        .unwrap()
        .flatten()
        .filter(|entry| {
            entry.path().join(&root).exists() || entry.file_name().to_string_lossy() == root
        });
    assert_eq!(left.count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_gives_up_on_a_sandbox_leaves_no_shim() {
    let Some(rig) = Rig::new().await else { return };
    for millis in 0..15 {
        // It is given up at any moment of its making.
        let made = rig.engine.run_sandbox(rig.sandbox_config());
        drop(tokio::time::timeout(Duration::from_millis(2 * millis), made).await);
    }
    rig.engine.remove_everything().await.unwrap();
    let folder = rig.folder.path().to_string_lossy().into_owned();
    let left: Vec<String> = std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("cmdline")).ok())
        .filter(|line| line.starts_with("skeg-shim") && line.contains(&folder))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_container_can_write_the_program_that_started_it() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let id = rig.start(&sandbox, command(&["sleep", "infinity"])).await;
    let pid = rig.engine.container_status(&id).await.unwrap().pid.unwrap();
    let stat = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let shim = stat
        .lines()
        .find_map(|line| line.strip_prefix("PPid:\t"))
        .unwrap();
    let exe = format!("/proc/{shim}/exe");
    let error = std::fs::OpenOptions::new()
        .write(true)
        .truncate(true)
        .open(exe)
        .unwrap_err();
    // On a writable mount it would be "text file busy", and possible once nobody runs it.
    assert_eq!(
        error.kind(),
        std::io::ErrorKind::ReadOnlyFilesystem,
        "{error}"
    );
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn layers_are_copied_where_they_cannot_be_merged() {
    let Some(rig) = Rig::with(|config| config.copy_layers = true).await else {
        return;
    };
    let (status, log) = rig
        .run("echo x > /new; ls /; cat /new; ls -l /bin/sh")
        .await;
    assert_eq!(status.exit_code, Some(0));
    assert!(
        log.contains("new\n") && log.contains("/bin/sh -> toolbox\n"),
        "{log}"
    );
    // The next container does not see it.
    let (_, log) = rig.run("ls /").await;
    assert!(!log.contains("new\n"), "{log}");
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_of_the_toolbox_serve_and_fetch() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let server = rig
        .start(&sandbox, command(&["http-echo", "--port", "80", "--quiet"]))
        .await;
    let log = rig.engine.container_status(&server).await.unwrap().log_path;
    until(|| std::fs::read_to_string(&log).is_ok_and(|text| text.contains("listens"))).await;
    let script = "wget -qO- http://127.0.0.1/some/path?q | grep -v peer; \
        curl -s -X POST -d data localhost/body; echo; \
        curl -sf http://127.0.0.1/status/503 || echo code $?";
    let mut config = shell(script);
    config.metadata.name = "client".into();
    config.log_path = "client/0.log".into();
    let hosts = rig.folder.path().join("hosts");
    std::fs::write(&hosts, "127.0.0.1 localhost\n").unwrap();
    config.mounts = vec![Mount {
        container_path: "/etc/hosts".into(),
        host_path: hosts,
        ..Mount::default()
    }];
    let client = rig.start(&sandbox, config).await;
    let text = log_text(&rig.ended(&client).await);
    assert!(
        text.starts_with("hostname: host0\nmethod: GET\npath: /some/path?q\n"),
        "{text}"
    );
    for line in [
        "data",
        "curl: http://127.0.0.1/status/503: the server answered 503",
        "code 22",
    ] {
        assert!(
            text.lines().any(|found| found == line),
            "{line} not in {text}"
        );
    }
    rig.engine
        .stop_container(&server, Duration::from_secs(30))
        .await
        .unwrap();
    assert_eq!(
        rig.engine
            .container_status(&server)
            .await
            .unwrap()
            .exit_code,
        Some(0)
    );
    rig.finish().await;
}

/// Not a test of the machine's speed, but of gross mistakes: the figures go to the output.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn starts_are_quick_and_shims_small() {
    let Some(rig) = Rig::new().await else { return };
    let warm = rig.run("true").await;
    assert_eq!(warm.0.exit_code, Some(0));
    let mut times = Vec::new();
    let mut last = None;
    for _ in 0..20 {
        let begin = Instant::now();
        let sandbox = rig.sandbox().await;
        let id = rig.start(&sandbox, command(&["sleep", "infinity"])).await;
        times.push(begin.elapsed());
        last = Some(id);
    }
    times.sort();
    let pid = rig
        .engine
        .container_status(&last.unwrap())
        .await
        .unwrap()
        .pid
        .unwrap();
    let field = |pid: u32, file: &str, name: &str| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/{file}")).unwrap();
        text.lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let shim = field(pid, "status", "PPid:").parse().unwrap();
    println!(
        "sandbox and container: p50 {:?}, most {:?}",
        times[10], times[19]
    );
    println!(
        "shim: RSS {}, of it own {}, PSS {}",
        field(shim, "status", "VmRSS:"),
        field(shim, "status", "RssAnon:"),
        field(shim, "smaps_rollup", "Pss:"),
    );
    assert!(times[10] < Duration::from_secs(1));
    let begin = Instant::now();
    let all = (0..30).map(|_| async {
        let begin = Instant::now();
        let sandbox = rig.sandbox().await;
        rig.start(&sandbox, command(&["sleep", "infinity"])).await;
        begin.elapsed()
    });
    let mut times = futures::future::join_all(all).await;
    times.sort();
    println!(
        "30 at once: p50 {:?}, most {:?}, all {:?}",
        times[15],
        times[29],
        begin.elapsed()
    );
    rig.finish().await;
}
