//! Options of apply, and the calls that apply.

use std::sync::Arc;

use skeg_meta::Object;

use super::config::{Apply, ApplyError};
use crate::api::Api;
use crate::error::Error;
use crate::options::{FieldValidation, PatchOptions};

/// Options of apply: who applies, and how. A manager's name alone will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyOptions(PatchOptions);

impl ApplyOptions {
    /// Under this manager's name: everything that it applied before to the
    /// object and no longer says is taken away.
    #[must_use]
    pub fn manager(manager: impl Into<String>) -> Self {
        Self(PatchOptions::apply(manager))
    }

    /// Takes fields from other managers instead of failing; what a controller
    /// should do with the fields that it is there for.
    #[must_use]
    pub fn force(self) -> Self {
        Self(self.0.force())
    }

    /// Goes through everything but the write.
    #[must_use]
    pub fn dry_run(self) -> Self {
        Self(self.0.dry_run())
    }

    /// What about fields that the server does not know.
    #[must_use]
    pub fn field_validation(self, validation: FieldValidation) -> Self {
        Self(self.0.field_validation(validation))
    }

    /// The same as options of a patch.
    #[must_use]
    pub fn to_patch_options(&self) -> PatchOptions {
        self.0.clone()
    }
}

impl From<&str> for ApplyOptions {
    fn from(manager: &str) -> Self {
        Self::manager(manager)
    }
}

impl From<String> for ApplyOptions {
    fn from(manager: String) -> Self {
        Self::manager(manager)
    }
}

fn wrong<K: Object>(error: &ApplyError) -> Error {
    Error::Request {
        target: format!("apply of a {}", K::GVK.kind),
        message: error.to_string(),
    }
}

impl<K: Object> Api<K> {
    /// Applies a configuration: creates the object, or changes it so that it
    /// holds what the configuration says. The options are a manager's name, or
    /// [`ApplyOptions`].
    ///
    /// # Errors
    /// `is_conflict()` when other managers own some of the fields, which
    /// [`Error::apply_conflicts`] names; [`ApplyOptions::force`] takes them.
    /// A configuration that does not fit the kind is not sent.
    ///
    /// ```no_run
    /// use skeg_api::core::v1::ConfigMap;
    /// use skeg_client::{Api, ApplyOptions, Client, Config, Error, apply};
    ///
    /// # async fn f(client: Client) -> Result<(), Error> {
    /// let api: Api<ConfigMap> = Api::namespaced(client, "shop");
    /// let config = apply!(ConfigMap, "settings", { data: { "colour": "green" } });
    /// api.apply(&config, "my-controller").await?;
    /// api.apply(&config, ApplyOptions::manager("my-controller").force()).await?;
    /// # Ok(()) }
    /// ```
    pub async fn apply(
        &self,
        config: &Apply<K>,
        options: impl Into<ApplyOptions> + Send,
    ) -> Result<Arc<K>, Error> {
        self.apply_part(None, config, options.into()).await
    }

    /// Applies a configuration to the object's status.
    ///
    /// # Errors
    /// As [`Api::apply`].
    pub async fn apply_status(
        &self,
        config: &Apply<K>,
        options: impl Into<ApplyOptions> + Send,
    ) -> Result<Arc<K>, Error> {
        self.apply_part(Some("status"), config, options.into())
            .await
    }

    async fn apply_part(
        &self,
        subresource: Option<&str>,
        config: &Apply<K>,
        options: ApplyOptions,
    ) -> Result<Arc<K>, Error> {
        let patch = config.patch().map_err(|error| wrong::<K>(&error))?;
        let options = options.to_patch_options();
        let namespace = config
            .tree()
            .at(&["metadata", "namespace"])
            .and_then(skeg_schema::Value::as_str)
            .unwrap_or_default();
        let mut scope = self.core.clone();
        if scope.namespace.is_none() && !namespace.is_empty() {
            scope.namespace = Some(namespace.to_owned());
        }
        let object = scope
            .patch(
                config.name(),
                subresource,
                &patch,
                &options,
                &*scope.decoder,
            )
            .await?;
        crate::api::typed(&object)
    }
}
