//! The guarantees of watches, held against the kit's own server.

use skeg_testkit::guarantees::{Effort, check_server};
use skeg_testkit::{Cluster, Fault, Rule, User};

#[tokio::test]
async fn watches_keep_what_is_promised() {
    let cluster = Cluster::builder().only_api_server().start().await.unwrap();
    for client in [
        cluster.client(),
        cluster.https_client(&User::admin()).await.unwrap(),
    ] {
        let report = check_server(&client, "default", Effort::default())
            .await
            .unwrap();
        report.assert_kept();
        assert_eq!(report.writes, 16 * 22);
        assert!(report.events > report.writes * 4, "{report:?}");
        assert!(report.resumed > 10, "{report:?}");
    }
}

#[tokio::test]
async fn watches_that_break_off_are_resumed() {
    let cluster = Cluster::builder()
        .only_api_server()
        .seed(7)
        .start()
        .await
        .unwrap();
    let dropped = Rule::new(Fault::DroppedWatch { after: 5 }).probability(0.7);
    cluster.faults().inject(dropped);
    let report = check_server(&cluster.client(), "default", Effort::default())
        .await
        .unwrap();
    report.assert_kept();
    assert!(report.resumed > 20, "{report:?}");
}
