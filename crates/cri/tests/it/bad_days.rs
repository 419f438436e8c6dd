//! Containers that behave badly.

use std::time::{Duration, Instant};

use skeg_cri::engine::Engine;
use skeg_cri::{ContainerState, RuntimeService as _};

use crate::support::{Rig, command, shell, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_forks_without_end_is_harmless() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let mut config = command(&["fork-bomb"]);
    config.resources.pids_limit = Some(64);
    let id = rig.start(&sandbox, config).await;
    let mut most = 0;
    let end = Instant::now() + Duration::from_secs(30);
    while most < 64 {
        assert!(Instant::now() < end, "only {most} processes");
        most = most.max(rig.engine.container_stats(&id).await.unwrap().pids);
        tokio::task::yield_now().await;
    }
    assert_eq!(most, 64);
    // Others in the pod go on, and the end of it is quick.
    let mut config = shell("echo alive");
    config.metadata.name = "other".into();
    let other = rig.start(&sandbox, config).await;
    assert_eq!(rig.ended(&other).await.exit_code, Some(0));
    let begin = Instant::now();
    rig.engine
        .stop_container(&id, Duration::ZERO)
        .await
        .unwrap();
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert_eq!(
        rig.engine.container_status(&id).await.unwrap().exit_code,
        Some(137)
    );
    assert_eq!(rig.engine.container_stats(&id).await.unwrap().pids, 0);
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fork_bomb_in_a_shared_process_space_ends_too() {
    let Some(rig) = Rig::new().await else { return };
    let mut config = rig.sandbox_config();
    config.security.namespaces.pid = skeg_cri::Namespace::Pod;
    let sandbox = rig.engine.run_sandbox(config).await.unwrap();
    let mut config = command(&["fork-bomb"]);
    config.resources.pids_limit = Some(64);
    let id = rig.start(&sandbox, config).await;
    rig.engine
        .stop_container(&id, Duration::ZERO)
        .await
        .unwrap();
    assert_eq!(
        rig.engine.container_status(&id).await.unwrap().state,
        ContainerState::Exited
    );
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_default_limit_of_processes_holds() {
    let Some(rig) = Rig::with(|config| config.default_pids_limit = 8).await else {
        return;
    };
    let script = "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 5 & done; echo done";
    let (_, log) = rig.run(script).await;
    assert!(log.contains("Resource temporarily unavailable"), "{log}");
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_eats_its_memory_is_killed() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let mut config = command(&["eat-memory", "512M"]);
    config.resources.memory_limit_bytes = Some(32 << 20);
    let id = rig.start(&sandbox, config).await;
    let status = rig.ended(&id).await;
    assert_eq!(status.reason, "OOMKilled", "{status:?}");
    assert_eq!((status.exit_code, status.signal), (Some(137), Some(9)));
    // A child's death for want of memory shows, though the first process ended by itself.
    let mut config = shell("eat-memory 512M; exit 1");
    config.metadata.name = "child".into();
    config.resources.memory_limit_bytes = Some(32 << 20);
    let id = rig.start(&sandbox, config).await;
    let status = rig.ended(&id).await;
    assert_eq!(
        (status.reason.as_str(), status.exit_code),
        ("OOMKilled", Some(1))
    );
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_fills_its_log_fills_only_so_much() {
    let small = |config: &mut skeg_cri::engine::EngineConfig| {
        config.log_bytes_max = 256 << 10;
        config.log_files_max = 3;
    };
    let Some(rig) = Rig::with(small).await else {
        return;
    };
    let sandbox = rig.sandbox().await;
    let id = rig.start(&sandbox, command(&["flood", "8M"])).await;
    let status = rig.ended(&id).await;
    assert_eq!(status.exit_code, Some(0));
    let folder = status.log_path.parent().unwrap();
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().flatten().collect();
    files.sort_by_key(|file| file.file_name());
    let names: Vec<_> = files
        .iter()
        .map(|f| f.file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, ["0.log", "0.log.1", "0.log.2"]);
    assert!(
        files
            .iter()
            .all(|file| file.metadata().unwrap().len() <= 256 << 10)
    );
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_ignores_term_is_killed_after_its_grace() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let id = rig.start(&sandbox, command(&["signal", "--ignore"])).await;
    let log = rig.engine.container_status(&id).await.unwrap().log_path;
    let said = |text: &str| std::fs::read_to_string(&log).is_ok_and(|log| log.contains(text));
    until(|| said("waiting")).await;
    let begin = Instant::now();
    rig.engine
        .stop_container(&id, Duration::from_secs(1))
        .await
        .unwrap();
    assert!(begin.elapsed() >= Duration::from_secs(1));
    let status = rig.engine.container_status(&id).await.unwrap();
    assert_eq!((status.exit_code, status.signal), (Some(137), Some(9)));
    assert!(said("got SIGTERM"));
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_ends_by_term_is_not_waited_for() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let script = "trap 'echo bye; exit 7' TERM; echo ready; while true; do sleep 10; done";
    let id = rig.start(&sandbox, shell(script)).await;
    let log = rig.engine.container_status(&id).await.unwrap().log_path;
    until(|| std::fs::read_to_string(&log).is_ok_and(|log| log.contains("ready"))).await;
    let begin = Instant::now();
    rig.engine
        .stop_container(&id, Duration::from_secs(30))
        .await
        .unwrap();
    assert!(begin.elapsed() < Duration::from_secs(10));
    assert_eq!(
        rig.engine.container_status(&id).await.unwrap().exit_code,
        Some(7)
    );
    // The signal that the container asks for.
    let mut config = command(&["signal", "--exit-code", "4"]);
    config.metadata.name = "other".into();
    config.log_path = "other/0.log".into();
    config.stop_signal = Some("SIGQUIT".into());
    let id = rig.start(&sandbox, config).await;
    let log = rig.engine.container_status(&id).await.unwrap().log_path;
    until(|| std::fs::read_to_string(&log).is_ok_and(|log| log.contains("waiting"))).await;
    rig.engine
        .stop_container(&id, Duration::from_secs(30))
        .await
        .unwrap();
    assert_eq!(
        rig.engine.container_status(&id).await.unwrap().exit_code,
        Some(4)
    );
    assert!(
        std::fs::read_to_string(&log)
            .unwrap()
            .contains("got SIGQUIT")
    );
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shorter_stop_shortens_a_longer_one() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let id = rig.start(&sandbox, command(&["signal", "--ignore"])).await;
    let (engine, begin) = (rig.engine.clone(), Instant::now());
    let (long_id, short_id) = (id.clone(), id);
    let long = tokio::spawn(async move {
        engine
            .stop_container(&long_id, Duration::from_secs(600))
            .await
    });
    rig.engine
        .stop_container(&short_id, Duration::from_millis(100))
        .await
        .unwrap();
    long.await.unwrap().unwrap();
    assert!(begin.elapsed() < Duration::from_secs(60));
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_toolbox_ends_by_term_as_first_process_too() {
    let Some(rig) = Rig::new().await else { return };
    let sandbox = rig.sandbox().await;
    let loops = "echo ready; while true; do sleep 1000; done";
    let waits = "echo ready; cat /dev/zero > /dev/null; echo x";
    for (at, script) in [loops, waits, "echo ready; sleep 1000"]
        .into_iter()
        .enumerate()
    {
        let mut config = shell(script);
        config.metadata.name = format!("c{at}");
        config.log_path = format!("c{at}/0.log").into();
        let id = rig.start(&sandbox, config).await;
        let log = rig.engine.container_status(&id).await.unwrap().log_path;
        until(|| std::fs::read_to_string(&log).is_ok_and(|log| log.contains("ready"))).await;
        let grace = Duration::from_secs(120);
        let begin = Instant::now();
        rig.engine.stop_container(&id, grace).await.unwrap();
        assert!(begin.elapsed() < grace / 2, "{script}");
        let code = rig.engine.container_status(&id).await.unwrap().exit_code;
        assert_eq!(code, Some(143), "{script}");
    }
    rig.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sandbox_that_was_never_finished_is_removed_by_the_next_run() {
    let Some(rig) = Rig::new().await else { return };
    let (whole, half) = (rig.sandbox().await, rig.sandbox().await);
    // As it was written before the pod had its network.
    let folder = rig.config.state_dir.join("pods").join(half.as_str());
    let file = folder.join("sandbox.json");
    let record = std::fs::read_to_string(&file).unwrap();
    let before = record.replace("\"finished\":true", "\"finished\":false");
    assert_ne!(before, record);
    std::fs::write(&file, before).unwrap();

    let next = Engine::open(rig.config.clone()).await.unwrap();
    let left = next
        .list_sandboxes(&skeg_cri::SandboxFilter::default())
        .await
        .unwrap();
    let left: Vec<_> = left.into_iter().map(|sandbox| sandbox.id).collect();
    assert_eq!(left, [whole]);
    assert!(!folder.exists(), "its folder is left");
    next.remove_everything().await.unwrap();
}
