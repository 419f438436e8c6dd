//! Admission: what is filled in and refused by looking beyond the object. The
//! plugins that upstream has on by default and that need neither webhooks nor
//! CEL, in upstream's order.

mod attributes;
mod certificates;
mod choice;
mod configuration;
mod devices;
mod event_rate;
mod image_policy;
mod lifecycle;
mod limits;
mod node_requests;
mod node_restriction;
mod nodes;
mod optional;
mod owners;
mod placing;
mod pod_security;
mod pods;
mod quota;
mod references;
mod resize;
mod scope;
mod service_account;
mod skew;
mod storage;
mod times;

pub use attributes::{Attributes, Operation};
pub use choice::ChoiceError;
pub use configuration::{
    EventLimit, EventLimitType, ImagePolicy, LimitedResource, PluginConfiguration,
};
pub use pod_security::PodSecurityDefaults;
pub use scope::Scope;

use async_trait::async_trait;
use parking_lot::Mutex;
use skeg_auth::Authorizer;
use skeg_auth::metrics::Text;
use skeg_meta::Status;
use skeg_schema::Value;
use std::sync::Arc;
use times::Step;

/// One rule of admission. `admit` may change the object, `validate` sees its
/// final form; both may refuse.
#[async_trait]
pub trait Plugin: Send + Sync {
    /// Upstream's name of it.
    fn name(&self) -> &'static str;

    /// What it is asked about.
    fn scope(&self) -> Scope {
        Scope::ALL
    }

    /// May fill in and refuse.
    async fn admit(
        &self,
        _attrs: &Attributes<'_>,
        _obj: &mut Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        Ok(())
    }

    /// May refuse. On delete `obj` is null.
    async fn validate(
        &self,
        _attrs: &Attributes<'_>,
        _obj: &Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        Ok(())
    }

    /// Adds metrics of its own.
    fn render(&self, _out: &mut Text) {}
}

/// Texts for `Warning` headers, collected on the way.
#[derive(Default)]
pub struct Warnings(Mutex<Vec<String>>);

impl Warnings {
    /// Adds one.
    pub fn add(&self, text: impl Into<String>) {
        self.0.lock().push(text.into());
    }

    fn into_list(self) -> Vec<String> {
        self.0.into_inner()
    }
}

/// The plugins in order.
pub struct Chain {
    plugins: Vec<Box<dyn Plugin>>,
    /// Those that look when nobody else can refuse any more.
    last: Vec<Box<dyn Plugin>>,
    authorizer: certificates::SharedAuthorizer,
    configuration: PluginConfiguration,
    times: times::Times,
    /// Names of plugins that were switched off.
    off: std::collections::BTreeSet<String>,
}

impl Default for Chain {
    fn default() -> Self {
        Self::new()
    }
}

impl Chain {
    /// The plugins that are on by default.
    pub fn new() -> Self {
        let authorizer = certificates::SharedAuthorizer::default();
        Self {
            plugins: vec![
                Box::new(lifecycle::NamespaceLifecycle),
                Box::new(limits::LimitRanger),
                Box::new(service_account::ServiceAccount),
                Box::new(nodes::TaintNodesByCondition),
                Box::new(skew::NodeVersionSkew),
                Box::new(pod_security::PodSecurity::default()),
                Box::new(pods::Priority),
                Box::new(pods::DefaultTolerationSeconds),
                Box::new(storage::StorageObjectInUseProtection),
                Box::new(pods::RuntimeClass),
                Box::new(certificates::CertificateApproval(authorizer.clone())),
                Box::new(certificates::CertificateSigning(authorizer.clone())),
                Box::new(certificates::ClusterTrustBundleAttest(authorizer.clone())),
                Box::new(certificates::CertificateSubjectRestriction),
                Box::new(storage::DefaultIngressClass),
                Box::new(storage::DefaultStorageClass),
                Box::new(storage::PersistentVolumeClaimResize),
                Box::new(devices::DeviceAccess(authorizer.clone())),
                Box::new(resize::NodeDeclaredFeatureValidator),
                Box::new(resize::PodResizeValidator),
            ],
            last: vec![Box::new(quota::ResourceQuota::default())],
            authorizer,
            configuration: PluginConfiguration::default(),
            times: times::Times::default(),
            off: std::collections::BTreeSet::new(),
        }
    }

    /// Tells the plugins what the server's configuration says; before
    /// [`Chain::choose`].
    #[must_use]
    pub fn configured(mut self, configuration: &PluginConfiguration) -> Self {
        for plugin in self.plugins.iter_mut().chain(&mut self.last) {
            match plugin.name() {
                "PodSecurity" => {
                    let defaults = configuration.pod_security.clone();
                    *plugin = Box::new(pod_security::PodSecurity::new(defaults));
                }
                "ResourceQuota" => {
                    let limited = configuration.limited_resources.clone();
                    *plugin = Box::new(quota::ResourceQuota { limited });
                }
                _ => {}
            }
        }
        self.configuration = configuration.clone();
        self
    }

    /// Says who decides about the verbs that plugins ask for (`approve` and
    /// `sign` on signers). Without it they are refused. Only the first counts.
    pub fn set_authorizer(&self, authorizer: Arc<dyn Authorizer>) {
        if self.authorizer.set(authorizer).is_err() {
            tracing::warn!("admission has an authorizer already");
        }
    }

    /// Takes the times of a round that begins after `before` plugins.
    fn watch(&self, before: usize, step: Step, attrs: &Attributes<'_>) -> times::Round<'_> {
        self.times
            .start(|| self.names(), before, step, attrs.operation)
    }

    /// Lets every plugin fill in, in order. Answers warnings, or the refusal of
    /// the first that refuses.
    pub async fn admit(
        &self,
        attrs: &Attributes<'_>,
        obj: &mut Value,
        old: Option<&Value>,
    ) -> Result<Vec<String>, Status> {
        let warnings = Warnings::default();
        let mut watch = self.watch(0, Step::Admit, attrs);
        for plugin in &self.plugins {
            if !plugin.scope().has(Step::Admit, attrs) {
                watch.pass();
                continue;
            }
            let outcome = plugin.admit(attrs, obj, old, &warnings).await;
            watch.lap(outcome.is_err());
            outcome?;
        }
        Ok(warnings.into_list())
    }

    /// Lets every plugin look at the final object, in order. On delete `obj` is
    /// null and `old` the object.
    pub async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
    ) -> Result<Vec<String>, Status> {
        let warnings = Warnings::default();
        let mut watch = self.watch(0, Step::Validate, attrs);
        for plugin in &self.plugins {
            if !plugin.scope().has(Step::Validate, attrs) {
                watch.pass();
                continue;
            }
            let outcome = plugin.validate(attrs, obj, old, &warnings).await;
            watch.lap(outcome.is_err());
            outcome?;
        }
        Ok(warnings.into_list())
    }

    /// Lets those look that come after policies and webhooks.
    pub async fn validate_last(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
    ) -> Result<Vec<String>, Status> {
        let warnings = Warnings::default();
        let mut watch = self.watch(self.plugins.len(), Step::Validate, attrs);
        for plugin in &self.last {
            let outcome = plugin.validate(attrs, obj, old, &warnings).await;
            watch.lap(outcome.is_err());
            outcome?;
        }
        Ok(warnings.into_list())
    }

    /// Adds how long each plugin took, and what it tells itself.
    pub fn render(&self, out: &mut Text) {
        self.times.render(out);
        for plugin in self.plugins.iter().chain(&self.last) {
            plugin.render(out);
        }
    }

    /// The names of the plugins, in order.
    pub fn names(&self) -> Vec<&'static str> {
        self.plugins
            .iter()
            .chain(&self.last)
            .map(|p| p.name())
            .collect()
    }
}
