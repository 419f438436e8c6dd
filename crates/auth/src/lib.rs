//! Authentication and authorization of a Kubernetes API server.
//!
//! Who is asking ([`authn`]), whether they may ([`authz`]), as whom they want
//! to act ([`impersonation`]), the tokens that service accounts are given
//! ([`token`]) and the certificates that all of it rests on ([`pki`]).
//!
//! Must not know: how objects are stored or served. Roles, bindings, pods and
//! volumes are handed in as trees through [`ObjectObserver`]; service accounts
//! and what their tokens are bound to are asked for through
//! [`token::TokenLookup`].

pub mod assemble;
pub mod audit;
pub mod authn;
pub mod authz;
pub mod expr;
pub mod flow;
pub mod impersonation;
pub mod metrics;
pub mod pki;
pub mod token;

mod jwt;
mod shape;
mod text;
mod user;
pub mod webhook;

pub use authn::{AuthenticatedUser, Authenticator, AuthnError, RequestHead};
pub use authz::{Attributes, Authorization, Authorizer, Decision};
pub use user::UserInfo;
pub use user::names;

use skeg_schema::Value;

/// Something that follows objects of the cluster: the role index and the node
/// graph. The API server calls it for each listed object and each watch event
/// of the resources it names, in the order of events of each object.
pub trait ObjectObserver: Send + Sync {
    /// The (group, resource) pairs to be followed.
    fn resources(&self) -> &'static [(&'static str, &'static str)];

    /// `object` is the newest version of the object of this name.
    fn upsert(&self, resource: &str, namespace: &str, name: &str, object: &Value);

    /// The object is gone.
    fn remove(&self, resource: &str, namespace: &str, name: &str);
}

/// The role index seen as the receiver of roles and bindings.
pub use ObjectObserver as RbacSource;
