//! Tells aggregated servers whose certificates to believe, and how we say who
//! asks. Several API servers may write it, each with what it knows, and what an
//! authority signed before it was replaced is good for a while: what is there
//! is added to, and what has expired is taken out (upstream's
//! clusterauthenticationtrust).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use skeg_auth::pki::{Authority, certificate_ends};
use skeg_registry::objects::Gr;
use skeg_registry::objects::Objects;
use skeg_registry::tree;
use skeg_schema::{Object, Value, json};
use std::time::{Duration, SystemTime};

use crate::ApiServer;

/// Where aggregated servers read it.
const AUTHENTICATION: &str = "extension-apiserver-authentication";
const CONFIG_MAPS: Gr = Gr("", "configmaps");
const SYSTEM: &str = "kube-system";
/// Clocks differ: so long after its end a certificate is kept.
const SLACK: Duration = Duration::from_secs(300);
/// Characters of a line of PEM.
const PEM_WIDTH: usize = 64;

/// Writes it anew whenever an authority is exchanged for another, until the
/// server ends.
pub async fn follow_authorities(server: ApiServer) {
    let options = &server.inner.options;
    let mut clients = options.client_ca.changes();
    let nobody = Authority::default();
    let proxies = options.request_header.as_ref();
    let mut proxies = proxies.map_or(&nobody, |proxies| &*proxies.ca).changes();
    let cancel = server.inner.cancel.clone();
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            Ok(()) = clients.changed() => {}
            Ok(()) = proxies.changed() => {}
        }
        publish_authentication(&server).await;
    }
}

/// Writes it, unless it is there already.
pub async fn publish_authentication(server: &ApiServer) {
    let access = server.own_access();
    let known = access.get(CONFIG_MAPS, SYSTEM, AUTHENTICATION).await;
    let known = known.ok().flatten();
    let data = wanted(server, known.as_ref().map_or(&Value::Null, |k| &k["data"]));
    if data.is_empty() {
        return;
    }
    let data = Value::Object(data);
    let written = match known {
        Some(known) if known["data"] == data => return,
        Some(known) => {
            let mut changed = (*known).clone();
            changed.set_at(&["data"], data);
            access.update(CONFIG_MAPS, SYSTEM, "", changed).await
        }
        None => {
            let object = json!({
                "apiVersion": "v1",
                "kind": "ConfigMap",
                "metadata": {"name": AUTHENTICATION, "namespace": SYSTEM},
                "data": data,
            });
            access.create(CONFIG_MAPS, SYSTEM, object).await
        }
    };
    if let Err(status) = written {
        tracing::warn!(
            error = status.message,
            "aggregated servers cannot learn whom to believe"
        );
    }
}

fn wanted(server: &ApiServer, known: &Value) -> Object {
    let options = &server.inner.options;
    let mut data = Object::new();
    let mut authorities = |key: &'static str, authority: &Authority| {
        let all = together(tree::s(known, key), authority.current().pem());
        if !all.is_empty() {
            data.insert(key, all);
        }
    };
    authorities("client-ca-file", &options.client_ca);
    let Some(proxies) = &options.request_header else {
        return data;
    };
    authorities("requestheader-client-ca-file", &proxies.ca);
    for (key, names) in [
        ("requestheader-allowed-names", &proxies.allowed_names),
        (
            "requestheader-extra-headers-prefix",
            &proxies.extra_prefixes,
        ),
        ("requestheader-group-headers", &proxies.group_headers),
        ("requestheader-uid-headers", &proxies.uid_headers),
        ("requestheader-username-headers", &proxies.username_headers),
    ] {
        let mut all: Vec<String> = serde_json::from_str(tree::s(known, key)).unwrap_or_default();
        all.extend(names.iter().cloned());
        let mut list: Vec<Value> = Vec::new();
        for name in all {
            let name = Value::from(name);
            if !list.contains(&name) {
                list.push(name);
            }
        }
        if !list.is_empty() || key != "requestheader-uid-headers" {
            data.insert(key, Value::Array(list).to_string());
        }
    }
    data
}

/// The certificates of both texts, each once, without those that have ended.
fn together(known: &str, ours: &[u8]) -> String {
    let oldest = SystemTime::now().checked_sub(SLACK);
    let mut seen: Vec<CertificateDer<'static>> = Vec::new();
    let mut out = String::new();
    for pem in [known.as_bytes(), ours] {
        for certificate in CertificateDer::pem_slice_iter(pem).filter_map(Result::ok) {
            let mut text = "-----BEGIN CERTIFICATE-----\n".to_owned();
            for (index, character) in STANDARD.encode(&certificate).chars().enumerate() {
                if index > 0 && index % PEM_WIDTH == 0 {
                    text.push('\n');
                }
                text.push(character);
            }
            text.push_str("\n-----END CERTIFICATE-----\n");
            let ends = certificate_ends(text.as_bytes());
            let is_over = ends.zip(oldest).is_some_and(|(ends, oldest)| ends < oldest);
            if !is_over && !seen.contains(&certificate) {
                out.push_str(&text);
                seen.push(certificate);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_auth::pki::Pki;

    #[test]
    fn authorities_are_added_to_those_that_are_known() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, other) = (
            Pki::open(one.path()).unwrap(),
            Pki::open(other.path()).unwrap(),
        );
        let (one, other) = (one.ca_pem(), other.ca_pem());
        assert_eq!(together("", one.as_bytes()), one);
        let both = format!("{one}{other}");
        assert_eq!(together(one, other.as_bytes()), both);
        assert_eq!(together(&both, one.as_bytes()), both);
        let noted = format!("# mine\n{one}");
        assert_eq!(together("nonsense", noted.as_bytes()), one);
        assert_eq!(together("", b""), "");
    }
}
