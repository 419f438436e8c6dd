//! Certificates that a cluster signs for its users.

use std::path::Path;
use std::time::Duration;

use skeg_client::csr::{CertificateRequest, CsrError};
use skeg_client::{Client, Credentials, Kubeconfig};
use skeg_testkit::{Cluster, User};

#[tokio::test]
async fn a_certificate_is_asked_for_approved_and_used() {
    let cluster = Cluster::start().await.unwrap();
    let client = cluster.client();
    let request = CertificateRequest::client("jane")
        .organization("dev")
        .lifetime(Duration::from_secs(3600));
    let pending = request.submit(&client, "jane-laptop").await.unwrap();
    assert_eq!(pending.name(), "jane-laptop");
    pending.approve("asked for in person").await.unwrap();
    let issued = tokio::time::timeout(Duration::from_secs(30), pending.issued());
    let issued = issued.await.expect("signed in time").unwrap();
    assert!(!format!("{issued:?}").contains("PRIVATE"));

    // Nothing but the certificate says who this is.
    let text = cluster.kubeconfig_text(&User::admin()).await.unwrap();
    let kubeconfig = Kubeconfig::parse(text.as_bytes(), Path::new("/")).unwrap();
    let mut config = kubeconfig.config(None).unwrap();
    config.credentials = Credentials::None;
    config.client_certificate = Some(issued.certificate_pem.into_bytes());
    config.client_key = Some(issued.key_pem.into_bytes());
    let jane = Client::from_config(&config).unwrap();
    let me = jane.who_am_i().await.unwrap();
    assert_eq!(me.username, "jane");
    assert!(me.groups.contains(&"dev".to_owned()), "{:?}", me.groups);
}

#[tokio::test]
async fn a_request_that_is_denied_gives_none() {
    let cluster = Cluster::start().await.unwrap();
    let client = cluster.client();
    let request = CertificateRequest::client("mallory");
    let pending = request.submit(&client, "mallory").await.unwrap();
    pending.deny("nobody knows them").await.unwrap();
    let issued = tokio::time::timeout(Duration::from_secs(30), pending.issued());
    let refused = issued.await.expect("denied in time").unwrap_err();
    assert!(matches!(refused, CsrError::Refused { .. }));
    let text = refused.to_string();
    assert!(
        text.contains("denied") && text.contains("nobody knows them"),
        "{text}"
    );

    // A name is given once.
    let again = request.submit(&client, "mallory").await.unwrap_err();
    assert!(matches!(&again, CsrError::Submit { source, .. } if source.is_already_exists()));
}
