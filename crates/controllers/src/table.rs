//! The table of controllers.

use futures::future::BoxFuture;

use crate::context::Context;
use crate::{
    Error, admissionpolicy, bootstrap, certificates, clusterroleaggregation, cronjob, daemonset,
    deployment, devicetainteviction, disruption, endpoints, endpointslicemirroring,
    garbagecollector, horizontalpodautoscaler, job, namespace, nodelifecycle, nodettl,
    persistentvolume, podgc, replicaset, resourceclaim, resourcequota, serviceaccount, servicecidr,
    snapshot, statefulset, storageversionmigration, tainteviction, volumeprotection,
};

/// One controller.
pub struct Row {
    /// Its name, as upstream's `--controllers` knows it.
    pub name: &'static str,
    /// Its service account in `kube-system`; empty: it acts as the client that
    /// reads for all.
    pub account: &'static str,
    /// Starts it. The future ends when the context's token is cancelled.
    pub start: fn(Context) -> BoxFuture<'static, ()>,
}

/// Every controller there is.
///
/// A row is written as
/// `Row { name: "deployment-controller", account: "deployment-controller", start: |context| Box::pin(deployment::run(context)) }`.
pub static CONTROLLERS: &[Row] = &[
    Row {
        name: "endpoints-controller",
        account: "endpoint-controller",
        start: |context| Box::pin(endpoints::run_endpoints(context)),
    },
    Row {
        name: "endpointslice-controller",
        account: "endpointslice-controller",
        start: |context| Box::pin(endpoints::run_slices(context)),
    },
    Row {
        name: "serviceaccount-controller",
        account: "service-account-controller",
        start: |context| Box::pin(serviceaccount::run_accounts(context)),
    },
    Row {
        name: "serviceaccount-token-controller",
        // As upstream's: it makes the credentials of accounts, and has none itself.
        account: "",
        start: |context| Box::pin(serviceaccount::run_tokens(context)),
    },
    Row {
        name: "legacy-serviceaccount-token-cleaner-controller",
        account: "legacy-service-account-token-cleaner",
        start: |context| Box::pin(serviceaccount::run_token_cleaner(context)),
    },
    Row {
        name: "root-ca-certificate-publisher-controller",
        account: "root-ca-cert-publisher",
        start: |context| Box::pin(serviceaccount::run_root_ca(context)),
    },
    Row {
        name: "kube-apiserver-serving-clustertrustbundle-publisher-controller",
        account: "kube-apiserver-serving-clustertrustbundle-publisher",
        start: |context| Box::pin(certificates::run_trust(context)),
    },
    Row {
        name: "podcertificaterequest-cleaner-controller",
        account: "podcertificaterequestcleaner",
        start: |context| Box::pin(certificates::run_pods_cleaner(context)),
    },
    Row {
        name: "namespace-controller",
        account: "namespace-controller",
        start: |context| Box::pin(namespace::run(context)),
    },
    Row {
        name: "snapshot-definitions-controller",
        account: "namespace-controller",
        start: |context| Box::pin(snapshot::run(context)),
    },
    Row {
        name: "endpointslice-mirroring-controller",
        account: "endpointslicemirroring-controller",
        start: |context| Box::pin(endpointslicemirroring::run(context)),
    },
    Row {
        name: "validatingadmissionpolicy-status-controller",
        account: "validatingadmissionpolicy-status-controller",
        start: |context| Box::pin(admissionpolicy::run(context)),
    },
    Row {
        name: "clusterrole-aggregation-controller",
        account: "clusterrole-aggregation-controller",
        start: |context| Box::pin(clusterroleaggregation::run(context)),
    },
    Row {
        name: "pod-garbage-collector-controller",
        account: "pod-garbage-collector",
        start: |context| Box::pin(podgc::run(context)),
    },
    Row {
        name: "node-lifecycle-controller",
        account: "node-controller",
        start: |context| Box::pin(nodelifecycle::run(context)),
    },
    Row {
        name: "taint-eviction-controller",
        account: "node-controller",
        start: |context| Box::pin(tainteviction::run(context)),
    },
    Row {
        name: "device-taint-eviction-controller",
        account: "device-taint-eviction-controller",
        start: |context| Box::pin(devicetainteviction::run(context)),
    },
    Row {
        name: "disruption-controller",
        account: "disruption-controller",
        start: |context| Box::pin(disruption::run(context)),
    },
    Row {
        name: "resourcequota-controller",
        account: "resourcequota-controller",
        start: |context| Box::pin(resourcequota::run(context)),
    },
    Row {
        name: "garbage-collector-controller",
        account: "generic-garbage-collector",
        start: |context| Box::pin(garbagecollector::run(context)),
    },
    Row {
        name: "deployment-controller",
        account: "deployment-controller",
        start: |context| Box::pin(deployment::run(context)),
    },
    Row {
        name: "replicaset-controller",
        account: "replicaset-controller",
        start: |context| Box::pin(replicaset::run(context)),
    },
    Row {
        name: "replicationcontroller-controller",
        account: "replication-controller",
        start: |context| Box::pin(replicaset::run_replication_controllers(context)),
    },
    Row {
        name: "statefulset-controller",
        account: "statefulset-controller",
        start: |context| Box::pin(statefulset::run(context)),
    },
    Row {
        name: "daemonset-controller",
        account: "daemon-set-controller",
        start: |context| Box::pin(daemonset::run(context)),
    },
    Row {
        name: "job-controller",
        account: "job-controller",
        start: |context| Box::pin(job::run(context)),
    },
    Row {
        name: "persistentvolumeclaim-protection-controller",
        account: "pvc-protection-controller",
        start: |context| Box::pin(volumeprotection::run_claims(context)),
    },
    Row {
        name: "persistentvolume-protection-controller",
        account: "pv-protection-controller",
        start: |context| Box::pin(volumeprotection::run_volumes(context)),
    },
    Row {
        name: "volumeattributesclass-protection-controller",
        account: "volumeattributesclass-protection-controller",
        start: |context| Box::pin(volumeprotection::run_classes(context)),
    },
    Row {
        name: "ttl-controller",
        account: "ttl-controller",
        start: |context| Box::pin(nodettl::run(context)),
    },
    Row {
        name: "ttl-after-finished-controller",
        account: "ttl-after-finished-controller",
        start: |context| Box::pin(job::run_ttl(context)),
    },
    Row {
        name: "cronjob-controller",
        account: "cronjob-controller",
        start: |context| Box::pin(cronjob::run(context)),
    },
    Row {
        name: "certificatesigningrequest-signing-controller",
        account: "certificate-controller",
        start: |context| Box::pin(certificates::run_signer(context)),
    },
    Row {
        name: "certificatesigningrequest-approving-controller",
        account: "certificate-controller",
        start: |context| Box::pin(certificates::run_approver(context)),
    },
    Row {
        name: "certificatesigningrequest-cleaner-controller",
        account: "certificate-controller",
        start: |context| Box::pin(certificates::run_cleaner(context)),
    },
    Row {
        name: "bootstrap-signer-controller",
        account: "bootstrap-signer",
        start: |context| Box::pin(bootstrap::run_signer(context)),
    },
    Row {
        name: "token-cleaner-controller",
        account: "token-cleaner",
        start: |context| Box::pin(bootstrap::run_cleaner(context)),
    },
    Row {
        name: "ipaddress-repair-controller",
        account: "service-cidrs-controller",
        start: |context| Box::pin(servicecidr::run_repair(context)),
    },
    Row {
        name: "service-cidr-controller",
        account: "service-cidrs-controller",
        start: |context| Box::pin(servicecidr::run(context)),
    },
    Row {
        name: "storage-version-migrator-controller",
        account: "storage-version-migrator-controller",
        start: |context| Box::pin(storageversionmigration::run(context)),
    },
    Row {
        name: "horizontal-pod-autoscaler-controller",
        account: "horizontal-pod-autoscaler",
        start: |context| Box::pin(horizontalpodautoscaler::run(context)),
    },
    Row {
        name: "persistentvolume-binder-controller",
        account: "persistent-volume-binder",
        start: |context| Box::pin(persistentvolume::run(context)),
    },
    Row {
        name: "persistentvolume-attach-detach-controller",
        account: "attachdetach-controller",
        start: |context| Box::pin(persistentvolume::run_attach_detach(context)),
    },
    Row {
        name: "persistentvolume-expander-controller",
        account: "expand-controller",
        start: |context| Box::pin(persistentvolume::run_expander(context)),
    },
    Row {
        name: "ephemeral-volume-controller",
        account: "ephemeral-volume-controller",
        start: |context| Box::pin(persistentvolume::run_ephemeral(context)),
    },
    Row {
        name: "resourceclaim-controller",
        account: "resource-claim-controller",
        start: |context| Box::pin(resourceclaim::run(context)),
    },
];

/// The controllers that a list of names chooses: `*` is all of them, `-name`
/// takes one away again.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<&'static Row>, Error> {
    for name in names {
        let bare = name.trim_start_matches('-');
        if bare != "*" && CONTROLLERS.iter().all(|row| row.name != bare) {
            return Err(Error::UnknownController(bare.to_owned()));
        }
    }
    let is_chosen = |row: &&Row| {
        let taken_away = names
            .iter()
            .any(|name| name.strip_prefix('-') == Some(row.name));
        !taken_away && names.iter().any(|name| name == "*" || name == row.name)
    };
    Ok(CONTROLLERS.iter().filter(is_chosen).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_choose() {
        let all = chosen(&["*".to_owned()]).expect("all");
        assert_eq!(all.len(), CONTROLLERS.len());
        assert!(chosen(&[]).expect("none").is_empty());
        assert!(
            matches!(chosen(&["-nothing".to_owned()]), Err(Error::UnknownController(name)) if name == "nothing")
        );
        for row in CONTROLLERS {
            let without = chosen(&["*".to_owned(), format!("-{}", row.name)]).expect("all but one");
            assert!(without.iter().all(|other| other.name != row.name));
        }
    }

    #[test]
    fn names_are_unique() {
        let mut names: Vec<_> = CONTROLLERS.iter().map(|row| row.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), CONTROLLERS.len());
    }
}
