//! Custom kinds: their definitions, and getting a server to serve them.
//!
//! With the feature `derive`, `#[derive(CustomResource)]` makes a kind of the
//! struct of its spec. [`apply`] brings its definition to the server and waits
//! until the kind is served; [`merge`] puts several versions into one definition.
//!
//! ```no_run
//! # async fn run(client: skeg_client::Client, definition: skeg_client::crd::CustomResourceDefinition) -> Result<(), skeg_client::Error> {
//! use skeg_client::crd;
//!
//! let served = crd::apply(&client, definition).await?;
//! println!("{} is served", served.metadata.name);
//! # Ok(())
//! # }
//! ```

mod apply;
mod check;
mod definition;
mod merge;
#[doc(hidden)]
pub mod support;
#[cfg(test)]
mod tests;

pub use apply::{ApplyCrd, CrdError, apply, wait};
pub use check::check;
pub use definition::Definition;
pub use merge::{MergeError, merge, with_conversion_none, with_conversion_webhook};
pub use skeg_api::apiextensions::v1::{CustomResourceDefinition, WebhookClientConfig};
pub use skeg_schema::structural::{IntOrText, JsonSchema, Seen, schema_of};

use skeg_meta::Object;
use skeg_schema::encode_yaml;

/// A definition as a file has it: YAML, without what only a server says.
///
/// ```
/// # use skeg_client::crd::{CustomResourceDefinition, to_yaml};
/// let mut definition = CustomResourceDefinition::default();
/// definition.metadata.name = "foos.example.com".to_owned();
/// assert!(!to_yaml(&definition).contains("status"));
/// ```
#[must_use]
pub fn to_yaml(definition: &CustomResourceDefinition) -> String {
    let mut tree = definition.to_tree();
    tree.remove_at(&["status"]);
    for field in [
        "uid",
        "resourceVersion",
        "generation",
        "creationTimestamp",
        "managedFields",
    ] {
        tree.remove_at(&["metadata", field]);
    }
    encode_yaml(&tree)
}

/// A custom kind whose definition is known: what `#[derive(CustomResource)]` makes.
pub trait CustomResource: Object {
    /// What is wanted.
    type Spec;
    /// What is; `()` for a kind without status.
    type Status;
    /// The definition's name: `foos.example.com`.
    const CRD_NAME: &'static str;

    /// The definition of the kind, with this version only; see [`merge`].
    #[must_use]
    fn crd() -> CustomResourceDefinition;
    /// What is wanted.
    fn spec(&self) -> &Self::Spec;
    /// What is wanted, to be changed.
    fn spec_mut(&mut self) -> &mut Self::Spec;
    /// What is, if anybody has said.
    fn status(&self) -> Option<&Self::Status>;
    /// Says what is. A kind without status takes no note.
    fn set_status(&mut self, status: Option<Self::Status>);
}
