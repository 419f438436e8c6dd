//! Tokens in Secrets that were made for accounts in former times and that nobody
//! has used for a year are marked as invalid, and deleted a year later (KEP-2799).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use skeg_api::core::v1::{ConfigMap, Pod, Secret, ServiceAccount};
use skeg_auth::authn::{INVALID_SINCE, LAST_USED};
use skeg_client::{Api, Client, DeleteOptions, Patch, PatchOptions};
use skeg_runtime::Informer;
use skeg_schema::{Value, json};

use super::tokens::{TOKEN_SECRET, account_of, belongs};
use crate::Context;

/// The ConfigMap that says since when uses are written down.
const TRACKING: &str = "kube-apiserver-legacy-service-account-token-tracking";
const TRACKING_KEY: &str = "since";
const NAMESPACE: &str = "kube-system";
/// How often Secrets are looked through.
const INTERVAL: Duration = Duration::from_secs(24 * 3600);
/// How long nobody has to use a token.
const UNUSED: SignedDuration = SignedDuration::from_hours(365 * 24);
const DAY: SignedDuration = SignedDuration::from_hours(24);
const DATE: &str = "%Y-%m-%d";

/// Runs the controller.
pub(crate) async fn run(context: Context) {
    let secrets = context
        .informers
        .selected::<Secret>("", &format!("type={TOKEN_SECRET}"));
    let accounts = context.informers.informer::<ServiceAccount>();
    let pods = context.informers.informer::<Pod>();
    secrets.synced().await;
    accounts.synced().await;
    pods.synced().await;
    loop {
        let now = context.clock.now();
        let cleaner = Cleaner {
            client: &context.client,
            secrets: &secrets,
            accounts: &accounts,
            pods: &pods,
            now,
        };
        if let Err(error) = cleaner.clean().await {
            tracing::warn!(%error, "unused tokens cannot be cleaned up");
        }
        tokio::select! {
            () = context.cancel.cancelled() => return,
            () = context.clock.sleep(INTERVAL) => {}
        }
    }
}

fn is_date(text: &str) -> bool {
    jiff::civil::Date::strptime(DATE, text).is_ok() && text.len() == 10
}

fn date(time: Timestamp) -> String {
    time.strftime(DATE).to_string()
}

/// What is to be done with a Secret.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Keep,
    Mark,
    Delete,
}

/// `is_listed`: it was made for the account that it belongs to; `is_mounted`: a
/// pod uses it.
fn verdict(secret: &Secret, is_listed: bool, is_mounted: bool, now: Timestamp) -> Verdict {
    let since = now - UNUSED;
    let day = date(since);
    let meta = &secret.metadata;
    let is_new = meta
        .creation_timestamp
        .is_none_or(|created| created.0 >= since);
    if secret.type_ != TOKEN_SECRET || is_new || meta.deletion_timestamp.is_some() {
        return Verdict::Keep;
    }
    // What has no day of use was not used since uses are written down.
    if let Some(used) = meta.labels.get(LAST_USED)
        && (!is_date(used) || *used >= day)
    {
        return Verdict::Keep;
    }
    if !is_listed || is_mounted {
        return Verdict::Keep;
    }
    match meta.labels.get(INVALID_SINCE) {
        Some(marked) if is_date(marked) && *marked < day => Verdict::Delete,
        Some(marked) if is_date(marked) => Verdict::Keep,
        _ => Verdict::Mark,
    }
}

/// The Secrets that a pod mounts or reads.
fn secrets_of(pod: &Pod, out: &mut BTreeSet<String>) {
    let tree = skeg_schema::message_to_value(pod);
    let mut left = vec![&tree["spec"]];
    while let Some(value) = left.pop() {
        match value {
            Value::Array(items) => left.extend(items),
            Value::Object(fields) => {
                for (key, value) in fields.iter() {
                    let name = match &**key {
                        "secretName" => value.as_str(),
                        "secretRef" | "secretKeyRef" | "secret" => value["name"].as_str(),
                        "imagePullSecrets" => {
                            let names = value.as_array().into_iter().flatten();
                            out.extend(
                                names
                                    .filter_map(|one| one["name"].as_str())
                                    .map(str::to_owned),
                            );
                            None
                        }
                        _ => None,
                    };
                    out.extend(name.map(str::to_owned));
                    left.push(value);
                }
            }
            _ => {}
        }
    }
}

struct Cleaner<'a> {
    client: &'a Client,
    secrets: &'a Informer<Secret>,
    accounts: &'a Informer<ServiceAccount>,
    pods: &'a Informer<Pod>,
    now: Timestamp,
}

impl Cleaner<'_> {
    /// Whether uses have been written down for long enough.
    async fn knows(&self) -> Result<bool, skeg_client::Error> {
        let maps = Api::<ConfigMap>::namespaced(self.client.clone(), NAMESPACE);
        let Some(map) = maps.get_opt(TRACKING).await? else {
            return Ok(false);
        };
        let since = map.data.get(TRACKING_KEY).map_or("", String::as_str);
        let Ok(since) = format!("{since}T00:00:00Z").parse::<Timestamp>() else {
            return Ok(false);
        };
        Ok(self.now >= since + DAY + UNUSED)
    }

    async fn clean(&self) -> Result<(), skeg_client::Error> {
        if !self.knows().await? {
            return Ok(());
        }
        for secret in self.secrets.store().filtered(|s| s.type_ == TOKEN_SECRET) {
            match self.judge(&secret) {
                Verdict::Keep => {}
                Verdict::Mark => self.mark(&secret).await?,
                Verdict::Delete => self.delete(&secret).await?,
            }
        }
        Ok(())
    }

    fn judge(&self, secret: &Arc<Secret>) -> Verdict {
        let (namespace, name) = (&secret.metadata.namespace, &secret.metadata.name);
        let account = account_of(secret).and_then(|of| self.accounts.get(namespace, of));
        let account = account.filter(|account| belongs(secret, account));
        let is_listed = account.is_some_and(|a| a.secrets.iter().any(|s| s.name == *name));
        if verdict(secret, is_listed, false, self.now) == Verdict::Keep {
            return Verdict::Keep;
        }
        let mut used = BTreeSet::new();
        for pod in self.pods.store().in_namespace(namespace) {
            secrets_of(&pod, &mut used);
        }
        verdict(secret, is_listed, used.contains(name), self.now)
    }

    async fn mark(&self, secret: &Secret) -> Result<(), skeg_client::Error> {
        let meta = &secret.metadata;
        let mut labels = json!({});
        labels.set_at(&[INVALID_SINCE], date(self.now));
        let patch = json!({"metadata": {"uid": meta.uid.clone(), "labels": labels}});
        let secrets = Api::<Secret>::namespaced(self.client.clone(), meta.namespace.clone());
        let patched = secrets
            .patch(&meta.name, &Patch::Merge(patch), &PatchOptions::default())
            .await;
        settled(patched)
    }

    async fn delete(&self, secret: &Secret) -> Result<(), skeg_client::Error> {
        let meta = &secret.metadata;
        let options = DeleteOptions {
            resource_version: meta.resource_version.clone(),
            ..DeleteOptions::default()
        };
        let secrets = Api::<Secret>::namespaced(self.client.clone(), meta.namespace.clone());
        settled(secrets.delete(&meta.name, &options).await)
    }
}

/// What is gone or has changed is looked at again another day.
fn settled<T>(result: Result<T, skeg_client::Error>) -> Result<(), skeg_client::Error> {
    match result {
        Err(error) if error.is_not_found() || error.is_conflict() => Ok(()),
        result => result.map(drop),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(
        created: &str,
        labels: &[(&str, &str)],
        (is_listed, is_mounted): (bool, bool),
        expect: Verdict,
    ) {
        let mut secret = Secret {
            type_: TOKEN_SECRET.to_owned(),
            ..Secret::default()
        };
        let created = format!("{created}T12:00:00Z").parse().unwrap();
        secret.metadata.creation_timestamp = Some(created);
        for (key, value) in labels {
            let labels = &mut secret.metadata.labels;
            labels.insert((*key).to_owned(), (*value).to_owned());
        }
        let now = "2026-11-21T10:00:00Z".parse().unwrap();
        assert_eq!(
            verdict(&secret, is_listed, is_mounted, now),
            expect,
            "{labels:?}"
        );
    }

    #[test]
    fn who_is_not_used_for_a_year_is_marked_and_then_deleted() {
        let unused = (true, false);
        check("2020-01-01", &[], unused, Verdict::Mark);
        check("2026-01-01", &[], unused, Verdict::Keep);
        check("2020-01-01", &[], (false, false), Verdict::Keep);
        check("2020-01-01", &[], (true, true), Verdict::Keep);
        check(
            "2020-01-01",
            &[(LAST_USED, "2026-02-01")],
            unused,
            Verdict::Keep,
        );
        check(
            "2020-01-01",
            &[(LAST_USED, "nonsense")],
            unused,
            Verdict::Keep,
        );
        check(
            "2020-01-01",
            &[(LAST_USED, "2025-02-01")],
            unused,
            Verdict::Mark,
        );
        check("2020-01-01", &[(INVALID_SINCE, "x")], unused, Verdict::Mark);
        check(
            "2020-01-01",
            &[(INVALID_SINCE, "2026-05-05")],
            unused,
            Verdict::Keep,
        );
        check(
            "2020-01-01",
            &[(INVALID_SINCE, "2025-05-05")],
            unused,
            Verdict::Delete,
        );
    }

    #[test]
    fn pods_use_secrets() {
        let tree = json!({"spec": {
            "imagePullSecrets": [{"name": "a"}],
            "volumes": [{"name": "v", "secret": {"secretName": "b"}}],
            "containers": [{"name": "c", "envFrom": [{"secretRef": {"name": "d"}}]}],
        }});
        let mut pod = Pod::default();
        skeg_schema::message_from_value(tree, &mut pod).unwrap();
        let mut used = BTreeSet::new();
        secrets_of(&pod, &mut used);
        let used: Vec<&str> = used.iter().map(String::as_str).collect();
        assert_eq!(used, ["a", "b", "d"]);
    }
}
