//! Bringing a definition to the server.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use skeg_meta::{FieldError, Object as _};
use skeg_schema::Value;

use super::{CustomResourceDefinition, check};
use crate::api::{Api, WatchEvent};
use crate::client::Client;
use crate::error::Error;
use crate::options::{PatchOptions, WatchOptions};
use crate::patch::Patch;

/// Why a definition is not served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CrdError {
    /// The server would refuse it; it was not sent.
    #[error("{name} is not valid: {}", skeg_meta::join_errors(.errors))]
    Invalid {
        /// The definition's name.
        name: String,
        /// What is wrong.
        errors: Vec<FieldError>,
    },
    /// It cannot be applied.
    #[error("cannot apply {name}")]
    Apply {
        /// The definition's name.
        name: String,
        /// Why not.
        source: Error,
    },
    /// Whether it is served cannot be told.
    #[error("cannot watch {name}")]
    Watch {
        /// The definition's name.
        name: String,
        /// Why not.
        source: Error,
    },
    /// Another definition has one of its names.
    #[error("{name} is not accepted: {reason}: {message}")]
    NotAccepted {
        /// The definition's name.
        name: String,
        /// The server's reason (`PluralConflict`).
        reason: String,
        /// Its words.
        message: String,
    },
    /// It is gone, or was never there.
    #[error("{name} does not exist")]
    Gone {
        /// The definition's name.
        name: String,
    },
    /// It took too long.
    #[error("{name} is not served within {} s", .patience.as_secs())]
    Timeout {
        /// The definition's name.
        name: String,
        /// How long was waited.
        patience: Duration,
    },
}

impl From<CrdError> for Error {
    fn from(error: CrdError) -> Self {
        match error {
            CrdError::Apply { source, .. } | CrdError::Watch { source, .. } => source,
            other => Error::Request {
                target: "customresourcedefinitions".to_owned(),
                message: other.to_string(),
            },
        }
    }
}

/// How a definition is applied.
#[derive(Clone, Debug)]
pub struct ApplyCrd {
    /// None for that of the client.
    manager: Option<String>,
    force: bool,
    patience: Duration,
}

impl Default for ApplyCrd {
    fn default() -> Self {
        Self {
            manager: None,
            force: true,
            patience: Duration::from_secs(30),
        }
    }
}

impl ApplyCrd {
    /// By the client's field manager, whatever others have said, waiting for half
    /// a minute at most.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// In the name of this field manager.
    #[must_use]
    pub fn manager(mut self, manager: impl Into<String>) -> Self {
        self.manager = Some(manager.into());
        self
    }

    /// Whether to take over fields that others have set.
    #[must_use]
    pub fn force(mut self, force: bool) -> Self {
        self.force = force;
        self
    }

    /// Waits so long at most.
    #[must_use]
    pub fn within(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Applies a definition, and waits until its kind is served.
    ///
    /// Dropping the future stops waiting; what was applied stays.
    ///
    /// # Errors
    /// The definition is not valid, is refused, has names that others have, or
    /// is not served in time.
    pub async fn apply(
        &self,
        client: &Client,
        definition: CustomResourceDefinition,
    ) -> Result<Arc<CustomResourceDefinition>, CrdError> {
        let name = definition.metadata.name.clone();
        let errors = check(&definition);
        if !errors.is_empty() {
            return Err(CrdError::Invalid { name, errors });
        }
        let api: Api<CustomResourceDefinition> = Api::all(client.clone());
        let mut options = PatchOptions::default();
        let manager = self.manager.as_deref();
        options.field_manager = manager.unwrap_or(client.field_manager()).to_owned();
        options.force = self.force;
        let applied = api
            .patch(&name, &Patch::Apply(intent(&definition)), &options)
            .await
            .map_err(|source| CrdError::Apply {
                name: name.clone(),
                source,
            })?;
        until_served(&api, applied, self.patience).await
    }
}

/// What is applied: the definition without what the server says of it.
fn intent(definition: &CustomResourceDefinition) -> Value {
    let mut tree = definition.to_tree();
    if let Some(members) = tree.as_object_mut() {
        members.remove("status");
    }
    for said in [
        "managedFields",
        "resourceVersion",
        "uid",
        "creationTimestamp",
        "generation",
    ] {
        tree.remove_at(&["metadata", said]);
    }
    tree
}

/// Applies a definition and waits until its kind is served; see [`ApplyCrd`]
/// for other ways to do so.
///
/// # Errors
/// As [`ApplyCrd::apply`].
pub async fn apply(
    client: &Client,
    definition: CustomResourceDefinition,
) -> Result<Arc<CustomResourceDefinition>, CrdError> {
    ApplyCrd::new().apply(client, definition).await
}

/// Waits until the kind of a definition is served.
///
/// # Errors
/// There is no such definition, its names are not accepted, or it takes longer.
pub async fn wait(
    client: &Client,
    name: &str,
    patience: Duration,
) -> Result<Arc<CustomResourceDefinition>, CrdError> {
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    let now = get(&api, name).await?;
    until_served(&api, now, patience).await
}

async fn get(
    api: &Api<CustomResourceDefinition>,
    name: &str,
) -> Result<Arc<CustomResourceDefinition>, CrdError> {
    match api.get_opt(name).await {
        Ok(Some(definition)) => Ok(definition),
        Ok(None) => Err(CrdError::Gone {
            name: name.to_owned(),
        }),
        Err(source) => Err(CrdError::Watch {
            name: name.to_owned(),
            source,
        }),
    }
}

/// Whether the kind is served, so far as can be told yet.
fn served(definition: &CustomResourceDefinition) -> Result<bool, CrdError> {
    let condition = |ty: &str| {
        definition
            .status
            .conditions
            .iter()
            .find(|condition| condition.type_ == ty)
    };
    if let Some(names) = condition("NamesAccepted").filter(|names| names.status == "False") {
        return Err(CrdError::NotAccepted {
            name: definition.metadata.name.clone(),
            reason: names.reason.clone(),
            message: names.message.clone(),
        });
    }
    Ok(condition("Established").is_some_and(|condition| condition.status == "True"))
}

async fn until_served(
    api: &Api<CustomResourceDefinition>,
    now: Arc<CustomResourceDefinition>,
    patience: Duration,
) -> Result<Arc<CustomResourceDefinition>, CrdError> {
    let name = now.metadata.name.clone();
    match tokio::time::timeout(patience, follow(api, now)).await {
        Ok(done) => done,
        Err(_) => Err(CrdError::Timeout { name, patience }),
    }
}

async fn follow(
    api: &Api<CustomResourceDefinition>,
    mut now: Arc<CustomResourceDefinition>,
) -> Result<Arc<CustomResourceDefinition>, CrdError> {
    let name = now.metadata.name.clone();
    loop {
        if served(&now)? {
            return Ok(now);
        }
        let options = WatchOptions::from_version(now.metadata.resource_version.as_str())
            .fields(format!("metadata.name={name}"));
        let mut events = match api.watch(&options).await {
            Ok(events) => events,
            Err(error) if error.is_expired() => {
                now = get(api, &name).await?;
                continue;
            }
            Err(source) => return Err(CrdError::Watch { name, source }),
        };
        while let Some(event) = events.next().await {
            match event {
                Ok(WatchEvent::Added(object) | WatchEvent::Modified(object)) => {
                    if served(&object)? {
                        return Ok(object);
                    }
                }
                Ok(WatchEvent::Deleted(_)) => return Err(CrdError::Gone { name }),
                Ok(WatchEvent::Bookmark { .. }) => {}
                Ok(WatchEvent::Error(_)) | Err(_) => break,
            }
        }
        // The watch has ended: its place may be gone too.
        now = get(api, &name).await?;
    }
}
