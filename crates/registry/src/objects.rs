//! Access to other objects, which the API server implements over its watch
//! caches and its storage. Past authentication, authorization and admission.

use async_trait::async_trait;
use skeg_meta::Status;
use skeg_schema::Value;
use std::sync::Arc;

/// Group and plural name of a resource, e.g. `Gr("apps", "deployments")`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Gr(pub &'static str, pub &'static str);

impl Gr {
    /// Namespaces.
    pub const NAMESPACES: Gr = Gr("", "namespaces");
    /// Pods.
    pub const PODS: Gr = Gr("", "pods");
    /// Services.
    pub const SERVICES: Gr = Gr("", "services");
    /// Service accounts.
    pub const SERVICE_ACCOUNTS: Gr = Gr("", "serviceaccounts");
    /// Secrets.
    pub const SECRETS: Gr = Gr("", "secrets");
    /// Nodes.
    pub const NODES: Gr = Gr("", "nodes");
    /// Limit ranges.
    pub const LIMIT_RANGES: Gr = Gr("", "limitranges");
    /// Resource quotas.
    pub const RESOURCE_QUOTAS: Gr = Gr("", "resourcequotas");
    /// Priority classes.
    pub const PRIORITY_CLASSES: Gr = Gr("scheduling.k8s.io", "priorityclasses");
    /// Runtime classes.
    pub const RUNTIME_CLASSES: Gr = Gr("node.k8s.io", "runtimeclasses");
    /// Storage classes.
    pub const STORAGE_CLASSES: Gr = Gr("storage.k8s.io", "storageclasses");
    /// Ingress classes.
    pub const INGRESS_CLASSES: Gr = Gr("networking.k8s.io", "ingressclasses");
    /// Service IP ranges.
    pub const SERVICE_CIDRS: Gr = Gr("networking.k8s.io", "servicecidrs");
    /// Allocated service IPs.
    pub const IP_ADDRESSES: Gr = Gr("networking.k8s.io", "ipaddresses");
    /// Pod disruption budgets.
    pub const PDBS: Gr = Gr("policy", "poddisruptionbudgets");
    /// Persistent volume claims.
    pub const PVCS: Gr = Gr("", "persistentvolumeclaims");
    /// Roles, cluster roles (escalation checks read them).
    pub const ROLES: Gr = Gr("rbac.authorization.k8s.io", "roles");
    /// Cluster roles.
    pub const CLUSTER_ROLES: Gr = Gr("rbac.authorization.k8s.io", "clusterroles");
}

/// The other objects. `cached` reads are from the watch cache (an informer's
/// guarantees: old by milliseconds) and never await; the others go to storage.
/// Trees are in the default (preferred) version of the resource.
#[async_trait]
pub trait Objects: Send + Sync {
    /// One object from the cache.
    fn cached(&self, gr: Gr, namespace: &str, name: &str) -> Option<Arc<Value>>;

    /// All objects of a namespace (`None`: of all namespaces) from the cache.
    fn cached_list(&self, gr: Gr, namespace: Option<&str>) -> Vec<Arc<Value>>;

    /// One object, as of now.
    async fn get(&self, gr: Gr, namespace: &str, name: &str) -> Result<Option<Arc<Value>>, Status>;

    /// All objects of a namespace (`None`: of all namespaces), as of now.
    async fn list(&self, gr: Gr, namespace: Option<&str>) -> Result<Vec<Arc<Value>>, Status>;

    /// Creates through the kind's strategy, without admission.
    async fn create(&self, gr: Gr, namespace: &str, obj: Value) -> Result<Value, Status>;

    /// Replaces; `metadata.resourceVersion` in the object is the precondition.
    /// `subresource` is empty or e.g. `status`.
    async fn update(
        &self,
        gr: Gr,
        namespace: &str,
        subresource: &str,
        obj: Value,
    ) -> Result<Value, Status>;

    /// Deletes with the kind's own grace rules. `options` is a DeleteOptions
    /// tree (preconditions, gracePeriodSeconds, propagationPolicy, dryRun) or
    /// null. Answers the object, or None when it was not there.
    async fn delete(
        &self,
        gr: Gr,
        namespace: &str,
        name: &str,
        options: &Value,
    ) -> Result<Option<Value>, Status>;
}
