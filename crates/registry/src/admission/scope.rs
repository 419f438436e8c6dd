//! Which writes a plugin is asked about.

use super::Attributes;
use super::times::Step;

/// The writes that a plugin has to do with. It is not asked about others, so
/// that a write costs what the plugins do that mean it.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// It fills in.
    pub admits: bool,
    /// It looks at the final object.
    pub validates: bool,
    /// Groups and plural names of the resources, their subresources included;
    /// empty: all.
    pub resources: &'static [(&'static str, &'static str)],
}

impl Scope {
    /// Every step of every write.
    pub const ALL: Self = Self {
        admits: true,
        validates: true,
        resources: &[],
    };

    /// A plugin of these resources.
    pub const fn of(resources: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            resources,
            ..Self::ALL
        }
    }

    /// A plugin of these resources that does nothing but fill in.
    pub const fn admitting(resources: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            validates: false,
            ..Self::of(resources)
        }
    }

    /// A plugin of these resources that does nothing but look.
    pub const fn validating(resources: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            admits: false,
            ..Self::of(resources)
        }
    }

    pub(super) fn has(&self, step: Step, attrs: &Attributes<'_>) -> bool {
        let steps = match step {
            Step::Admit => self.admits,
            Step::Validate => self.validates,
        };
        let named = |(group, resource): &(&str, &str)| {
            *resource == attrs.desc.resource && *group == attrs.desc.group
        };
        steps && (self.resources.is_empty() || self.resources.iter().any(named))
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Chain, Operation, Warnings};
    use super::*;
    use crate::context::Ctx;
    use crate::objects::{Gr, Objects};
    use async_trait::async_trait;
    use skeg_auth::UserInfo;
    use skeg_meta::{Status, Time};
    use skeg_schema::resources::RESOURCES;
    use skeg_schema::{Value, json};
    use std::sync::Arc;

    /// Whoever asks for an object has something to do.
    struct Nobody;

    #[async_trait]
    impl Objects for Nobody {
        fn cached(&self, gr: Gr, _: &str, _: &str) -> Option<Arc<Value>> {
            panic!("asked for {gr:?}")
        }
        fn cached_list(&self, gr: Gr, _: Option<&str>) -> Vec<Arc<Value>> {
            panic!("asked for {gr:?}")
        }
        async fn get(&self, gr: Gr, _: &str, _: &str) -> Result<Option<Arc<Value>>, Status> {
            panic!("asked for {gr:?}")
        }
        async fn list(&self, gr: Gr, _: Option<&str>) -> Result<Vec<Arc<Value>>, Status> {
            panic!("asked for {gr:?}")
        }
        async fn create(&self, gr: Gr, _: &str, _: Value) -> Result<Value, Status> {
            panic!("asked for {gr:?}")
        }
        async fn update(&self, gr: Gr, _: &str, _: &str, _: Value) -> Result<Value, Status> {
            panic!("asked for {gr:?}")
        }
        async fn delete(
            &self,
            gr: Gr,
            _: &str,
            _: &str,
            _: &Value,
        ) -> Result<Option<Value>, Status> {
            panic!("asked for {gr:?}")
        }
    }

    /// Something in it for every plugin.
    fn tempting() -> Value {
        json!({
            "metadata": {"name": "system-node-critical", "namespace": "n"},
            "spec": {
                "signerName": "kubernetes.io/kube-apiserver-client",
                "containers": [{"name": "c", "image": "i", "securityContext": {"privileged": true}}],
                "runtimeClassName": "r", "priorityClassName": "p", "serviceAccountName": "s",
                "devices": {"requests": [{"exactly": {"adminAccess": true}}]},
                "resources": {"requests": {"storage": "2Gi"}},
            },
            "status": {"nodeInfo": {"kubeletVersion": "v1.1.0"}, "certificate": "c"},
        })
    }

    #[tokio::test]
    async fn who_is_not_asked_has_nothing_to_say() {
        let chain = Chain::new();
        let user = UserInfo::new("system:node:a", &["system:nodes"]);
        let old = json!({"spec": {"resources": {"requests": {"storage": "1Gi"}}}});
        let mut passed = 0;
        for desc in RESOURCES {
            let subresources = ["", "status", "approval", "resize", "ephemeralcontainers"];
            for (subresource, operation) in subresources.iter().flat_map(|subresource| {
                [Operation::Create, Operation::Update, Operation::Delete]
                    .map(|it| (subresource, it))
            }) {
                let attrs = Attributes {
                    ctx: Ctx {
                        user: &user,
                        namespace: "n",
                        name: "system-node-critical",
                        subresource,
                        verb: "update",
                        now: Time::now(),
                        dry_run: false,
                        features: crate::gates::Features::default(),
                        objects: &Nobody,
                    },
                    desc,
                    operation,
                };
                let old = (operation != Operation::Create).then_some(&old);
                for plugin in chain.plugins.iter().chain(&chain.last) {
                    let warnings = Warnings::default();
                    let mut object = tempting();
                    if !plugin.scope().has(Step::Admit, &attrs) {
                        let said = plugin.admit(&attrs, &mut object, old, &warnings).await;
                        assert!(said.is_ok(), "{} of {}", plugin.name(), desc.resource);
                        passed += 1;
                    }
                    if !plugin.scope().has(Step::Validate, &attrs) {
                        let said = plugin.validate(&attrs, &object, old, &warnings).await;
                        assert!(said.is_ok(), "{} of {}", plugin.name(), desc.resource);
                        passed += 1;
                    }
                    assert_eq!(object, tempting(), "{} of {}", plugin.name(), desc.resource);
                    assert!(warnings.into_list().is_empty());
                }
            }
        }
        assert!(passed > 10_000, "{passed}");
    }
}
