//! The fake keeps the promises of the traits, as far as a kubelet leans on them.

use std::time::Duration;

use skeg_cri::{
    ContainerConfig, ContainerMetadata, ContainerState, ErrorKind, EventKind, ImageService as _,
    PullRequest, RuntimeService as _, SandboxConfig, SandboxMetadata, SandboxState, fake::Fake,
};

async fn started(fake: &Fake, name: &str) -> (skeg_cri::SandboxId, skeg_cri::ContainerId) {
    let pull = PullRequest {
        image: "app:1".into(),
        ..Default::default()
    };
    fake.pull_image(pull, None).await.unwrap();
    let metadata = SandboxMetadata {
        name: "p".into(),
        uid: "u1".into(),
        ..Default::default()
    };
    let config = SandboxConfig {
        metadata,
        ..Default::default()
    };
    let sandbox = fake.run_sandbox(config).await.unwrap();
    let metadata = ContainerMetadata {
        name: name.into(),
        attempt: 0,
    };
    let config = ContainerConfig {
        metadata,
        image: "app:1".into(),
        ..Default::default()
    };
    let container = fake.create_container(&sandbox, config).await.unwrap();
    fake.start_container(&container).await.unwrap();
    (sandbox, container)
}

#[tokio::test]
async fn a_container_lives_and_dies_with_events() {
    let fake = Fake::new();
    let mut events = fake.events();
    let (sandbox, container) = started(&fake, "app").await;
    fake.exit(&container, 3);
    let status = fake.container_status(&container).await.unwrap();
    assert_eq!(
        (status.state, status.exit_code),
        (ContainerState::Exited, Some(3))
    );
    fake.stop_sandbox(&sandbox).await.unwrap();
    let mut kinds = Vec::new();
    while let Ok(event) = events.try_recv() {
        assert_eq!(event.pod_uid, "u1");
        kinds.push(event.kind);
    }
    assert_eq!(
        kinds,
        [
            EventKind::SandboxStarted,
            EventKind::ContainerCreated,
            EventKind::ContainerStarted,
            EventKind::ContainerStopped,
            EventKind::SandboxStopped
        ]
    );
    let status = fake.sandbox_status(&sandbox).await.unwrap();
    assert_eq!(status.state, SandboxState::NotReady);
}

#[tokio::test(start_paused = true)]
async fn a_stubborn_container_is_killed_after_its_grace() {
    let fake = Fake::new();
    fake.ignore_stop_signal("app");
    let (_, container) = started(&fake, "app").await;
    let before = tokio::time::Instant::now();
    fake.stop_container(&container, Duration::from_secs(30))
        .await
        .unwrap();
    assert_eq!(before.elapsed(), Duration::from_secs(30));
    assert_eq!(fake.container("u1", "app").unwrap().exit_code, Some(137));
}

#[tokio::test]
async fn failures_are_set_up_by_method_and_image() {
    let fake = Fake::new();
    fake.fail_next("run_sandbox", ErrorKind::Network, "no addresses left");
    let error = fake
        .run_sandbox(SandboxConfig::default())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (ErrorKind::Network, "no addresses left".into())
    );
    fake.run_sandbox(SandboxConfig::default()).await.unwrap();
    fake.fail_pull("x", ErrorKind::Unauthorized, "denied");
    let pull = PullRequest {
        image: "x".into(),
        ..Default::default()
    };
    let error = fake.pull_image(pull, None).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unauthorized);
}
