//! The checks of a server's health, by upstream's names.

use std::sync::Arc;

use crate::ApiServer;
use crate::ask_store::{AskStore, Asked, HEALTH, READINESS};
use crate::health::{CheckFn, Place};

/// What upstream must have for it to have a hook.
#[derive(Clone, Copy)]
enum With {
    /// Nothing more.
    Always,
    /// A group that is served.
    Group(&'static str),
    /// Priority and fairness.
    Flow,
}

/// What upstream does after its start, in the order in which it tells of it.
/// Where ours does such a thing, [`ApiServer::bootstrap`] does it (the first
/// objects of each kind) or waits for it (services of the API, caches); what
/// it need not do is done when the server has started.
const HOOKS: &[(&str, With)] = &[
    ("start-apiserver-admission-initializer", With::Always),
    ("generic-apiserver-start-informers", With::Always),
    ("priority-and-fairness-config-consumer", With::Flow),
    ("priority-and-fairness-filter", With::Flow),
    ("storage-object-count-tracker-hook", With::Always),
    ("start-apiextensions-informers", With::Always),
    ("start-apiextensions-controllers", With::Always),
    ("crd-informer-synced", With::Always),
    ("start-system-namespaces-controller", With::Always),
    ("peer-endpoint-reconciler-controller", With::Always),
    ("start-cluster-authentication-info-controller", With::Always),
    (
        "start-kube-apiserver-identity-lease-controller",
        With::Always,
    ),
    (
        "start-kube-apiserver-identity-lease-garbage-collector",
        With::Always,
    ),
    ("storage-readiness", With::Always),
    ("start-legacy-token-tracking-controller", With::Always),
    ("start-service-ip-repair-controllers", With::Always),
    (
        "rbac/bootstrap-roles",
        With::Group("rbac.authorization.k8s.io"),
    ),
    (
        "scheduling/bootstrap-system-priority-classes",
        With::Group("scheduling.k8s.io"),
    ),
    (
        "priority-and-fairness-config-producer",
        With::Group("flowcontrol.apiserver.k8s.io"),
    ),
    ("bootstrap-controller", With::Always),
    ("start-kubernetes-service-cidr-controller", With::Always),
    ("aggregator-reload-proxy-client-cert", With::Always),
    ("start-kube-aggregator-informers", With::Always),
    ("apiservice-status-local-available-controller", With::Always),
    (
        "apiservice-status-remote-available-controller",
        With::Always,
    ),
    ("apiservice-registration-controller", With::Always),
    ("apiservice-discovery-controller", With::Always),
    ("kube-apiserver-autoregistration", With::Always),
    // The check of what this hook began comes behind it.
    (AUTOREGISTER, With::Always),
    ("apiservice-openapi-controller", With::Always),
    ("apiservice-openapiv3-controller", With::Always),
];
/// Whether each group version has its APIService.
const AUTOREGISTER: &str = "autoregister-completion";

impl ApiServer {
    /// Adds the checks that every server has.
    pub(crate) fn add_checks(&self) {
        let health = &self.inner.health;
        health.add("ping", true, Arc::new(|| Ok(())));
        health.add("log", true, Arc::new(|| Ok(())));
        // Nothing in this process is asked by way of a certificate.
        health.add_at(
            "loopback-serving-certificate",
            Place::Alive,
            Arc::new(|| Ok(())),
        );
        health.add(HEALTH, true, self.store_check(|asked| &asked.health));
        health.add(READINESS, false, self.store_check(|asked| &asked.readiness));
        // Caches were filled before there was a server to ask.
        health.add("informer-sync", false, Arc::new(|| Ok(())));
        let finished = self.check(|server| match server.ready() {
            true => Ok(()),
            false => Err("not finished".to_owned()),
        });
        for (name, with) in HOOKS {
            let is_there = match with {
                With::Always => true,
                With::Group(group) => self.inner.table().has_built_in_group(group),
                With::Flow => self.inner.flow.is_some(),
            };
            if *name == AUTOREGISTER {
                health.add(name, true, self.check(ApiServer::autoregistered));
            } else if is_there {
                health.add(&format!("poststarthook/{name}"), true, finished.clone());
            }
        }
        let cancel = self.inner.cancel.clone();
        let stays = move || match cancel.is_cancelled() {
            true => Err("process is shutting down".to_owned()),
            false => Ok(()),
        };
        health.add("shutdown", false, Arc::new(stays));
    }

    /// How the store is, which one over the network was asked before.
    fn store_check(&self, of: fn(&AskStore) -> &Asked) -> Arc<CheckFn> {
        let inner = Arc::downgrade(&self.inner);
        Arc::new(move || {
            let Some(inner) = inner.upgrade() else {
                return Err("not finished".to_owned());
            };
            match inner.store.status().now() {
                Ok(Ok(status)) => status.failing.map_or(Ok(()), Err),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => of(&inner.asked).last(),
            }
        })
    }

    /// A check of the server, which does not keep it alive.
    fn check(&self, run: fn(&ApiServer) -> Result<(), String>) -> Arc<CheckFn> {
        let inner = Arc::downgrade(&self.inner);
        Arc::new(move || match inner.upgrade() {
            Some(inner) => run(&ApiServer { inner }),
            None => Err("not finished".to_owned()),
        })
    }
}
