//! What strategies, hooks and admission plugins know about the request.

use crate::gates::Features;
use crate::objects::Objects;
use skeg_auth::UserInfo;
use skeg_meta::Time;

/// One request, as far as kinds care. Cheap to make; borrows everything.
#[derive(Clone, Copy)]
pub struct Ctx<'a> {
    /// Who asks.
    pub user: &'a UserInfo,
    /// Namespace of the request path; empty for cluster-scoped resources.
    pub namespace: &'a str,
    /// Name in the request path; empty on create.
    pub name: &'a str,
    /// Subresource, or empty.
    pub subresource: &'a str,
    /// The verb that authorizers were asked about: `create`, `update`, `patch`…
    pub verb: &'a str,
    /// Time of the request, from the injected clock.
    pub now: Time,
    /// Nothing may be persisted or kept allocated.
    pub dry_run: bool,
    /// The feature gates that are on.
    pub features: Features,
    /// The other objects.
    pub objects: &'a dyn Objects,
}
