use super::*;

#[tokio::test]
async fn who_watches_a_cache_that_has_ended_is_told_at_once() {
    let store = Arc::new(skeg_store::Embedded::in_memory());
    let cacher = Cacher::new(
        "/registry/configmaps/".to_owned(),
        store,
        Box::new(|_| None),
        Vec::new(),
        Arc::new(|| {}),
    );
    let cancel = CancellationToken::new();
    cacher.start(cancel.clone()).await.expect("starts");
    let subscribe = || {
        cacher
            .subscribe("/registry/", Filter::default(), Begin::State, false)
            .unwrap_or_else(|_| panic!("a state is there"))
    };
    let mut early = subscribe();
    cancel.cancel();
    assert!(early.receiver.recv().await.is_none());
    let mut late = subscribe();
    assert!(late.receiver.recv().await.is_none());
}
