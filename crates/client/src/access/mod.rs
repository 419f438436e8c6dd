//! Who may do what, and who is who.
//!
//! ```no_run
//! # async fn f(client: skeg_client::Client) -> Result<(), skeg_client::Error> {
//! use skeg_api::core::v1::Pod;
//! use skeg_client::access::Can;
//! if !client.can_i(Can::of::<Pod>("delete").namespace("prod").name("web-0")).await? {
//!     println!("not allowed");
//! }
//! let bob = Can::get_path("/metrics").by("bob").group("dev");
//! let decision = client.can(bob).await?;
//! println!("{} {}", decision.allowed, decision.reason);
//! # Ok(()) }
//! ```

mod can;

use std::sync::Arc;
use std::time::Duration;

use skeg_api::authentication::v1::{
    BoundObjectReference, SelfSubjectReview, TokenRequest, TokenReview, UserInfo,
};
use skeg_api::authorization::v1::{
    LocalSubjectAccessReview, NonResourceRule, ResourceRule, SelfSubjectAccessReview,
    SelfSubjectRulesReview, SubjectAccessReview, SubjectAccessReviewStatus,
};
use skeg_api::core::v1::ServiceAccount;
use skeg_meta::{Object, Time};

use crate::api::Api;
use crate::client::Client;
use crate::error::Error;

pub use can::Can;

/// Whether a request would be let through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// It would.
    pub allowed: bool,
    /// It would certainly not, whatever other authorizers say.
    pub denied: bool,
    /// Why, as far as the server says.
    pub reason: String,
    /// What went wrong while deciding; the decision stands all the same.
    pub evaluation_error: String,
}

impl From<&SubjectAccessReviewStatus> for Decision {
    fn from(status: &SubjectAccessReviewStatus) -> Self {
        Self {
            allowed: status.allowed,
            denied: status.denied,
            reason: status.reason.clone(),
            evaluation_error: status.evaluation_error.clone(),
        }
    }
}

/// What a caller may do in a namespace, as far as the server can tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// About resources.
    pub resources: Vec<ResourceRule>,
    /// About other paths.
    pub paths: Vec<NonResourceRule>,
    /// The server cannot tell everything: an authorizer does not list its rules.
    pub incomplete: bool,
    /// What went wrong while looking.
    pub evaluation_error: String,
}

/// Whom a token belongs to.
#[derive(Clone, Debug, PartialEq)]
pub enum TokenOwner {
    /// The token is valid.
    User {
        /// The user.
        user: UserInfo,
        /// Which of the audiences that were asked for the token is good for.
        audiences: Vec<String>,
    },
    /// The token is not valid.
    Nobody {
        /// Why, as far as the server says.
        error: String,
    },
}

/// A token of a service account that is asked for.
#[derive(Clone, Debug, Default)]
pub struct TokenFor {
    audiences: Vec<String>,
    lifetime: Option<Duration>,
    bound_to: Option<BoundObjectReference>,
}

impl TokenFor {
    /// For the API server, for as long as it sees fit.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// For this audience; may be said several times.
    #[must_use]
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audiences.push(audience.into());
        self
    }

    /// Valid for about so long; servers give at least 10 minutes.
    #[must_use]
    pub fn lifetime(mut self, lifetime: Duration) -> Self {
        self.lifetime = Some(lifetime);
        self
    }

    /// Valid no longer than this object exists: a pod, a secret or a node.
    #[must_use]
    pub fn bound_to<K: Object>(mut self, object: &K) -> Self {
        self.bound_to = Some(BoundObjectReference {
            kind: K::GVK.kind.into_owned(),
            api_version: K::GVK.api_version(),
            name: object.meta().name.clone(),
            uid: object.meta().uid.clone(),
        });
        self
    }
}

/// A token of a service account.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    /// The token.
    pub token: String,
    /// When it expires.
    pub expires: Option<Time>,
}

/// Without the token.
impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token")
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Whether the caller may do something. See [`Client::can`] for another user.
    ///
    /// # Errors
    /// As for every request; the question is about another user.
    pub async fn can_i(&self, what: Can) -> Result<bool, Error> {
        if what.is_of_another() {
            return Err(Error::Request {
                target: "selfsubjectaccessreviews".to_owned(),
                message: "the question is about another user; ask with `can`".to_owned(),
            });
        }
        Ok(self.can(what).await?.allowed)
    }

    /// Whether somebody may do something: the caller, or the user that the question names.
    ///
    /// # Errors
    /// As for every request; asking about others needs a permission of its own.
    pub async fn can(&self, what: Can) -> Result<Decision, Error> {
        if !what.is_of_another() {
            let review = SelfSubjectAccessReview {
                spec: what.into_self(),
                ..SelfSubjectAccessReview::default()
            };
            let review = self.review(review).await?;
            return Ok((&review.status).into());
        }
        let review = SubjectAccessReview {
            spec: what.into_subject(),
            ..SubjectAccessReview::default()
        };
        let review = self.review(review).await?;
        Ok((&review.status).into())
    }

    /// The same, asked by one who may ask about others in one namespace only.
    ///
    /// # Errors
    /// As for every request; the question is not about a namespace.
    pub async fn can_within(&self, namespace: &str, what: Can) -> Result<Decision, Error> {
        let mut spec = what.into_subject();
        let Some(attributes) = &mut spec.resource_attributes else {
            return Err(Error::Request {
                target: "localsubjectaccessreviews".to_owned(),
                message: "a path is in no namespace".to_owned(),
            });
        };
        namespace.clone_into(&mut attributes.namespace);
        let mut review = LocalSubjectAccessReview {
            spec,
            ..LocalSubjectAccessReview::default()
        };
        namespace.clone_into(&mut review.metadata.namespace);
        let api = Api::namespaced(self.clone(), namespace);
        let review: Arc<LocalSubjectAccessReview> = api.create(review).await?;
        Ok((&review.status).into())
    }

    /// What the caller may do in a namespace.
    ///
    /// # Errors
    /// As for every request.
    pub async fn my_rules(&self, namespace: &str) -> Result<Rules, Error> {
        let mut review = SelfSubjectRulesReview::default();
        namespace.clone_into(&mut review.spec.namespace);
        let status = self.review(review).await?.status.clone();
        Ok(Rules {
            resources: status.resource_rules,
            paths: status.non_resource_rules,
            incomplete: status.incomplete,
            evaluation_error: status.evaluation_error,
        })
    }

    /// Who the caller is, as the server sees it.
    ///
    /// # Errors
    /// As for every request.
    pub async fn who_am_i(&self) -> Result<UserInfo, Error> {
        let review = self.review(SelfSubjectReview::default()).await?;
        Ok(review.status.user_info.clone())
    }

    /// Whom a token belongs to. Without audiences, it must be good for the API server.
    ///
    /// # Errors
    /// As for every request. That a token is not valid is an answer.
    pub async fn whose_token(
        &self,
        token: impl Into<String>,
        audiences: &[&str],
    ) -> Result<TokenOwner, Error> {
        let mut review = TokenReview::default();
        review.spec.token = token.into();
        review.spec.audiences = audiences.iter().map(ToString::to_string).collect();
        let status = self.review(review).await?.status.clone();
        Ok(if status.authenticated {
            TokenOwner::User {
                user: status.user,
                audiences: status.audiences,
            }
        } else {
            TokenOwner::Nobody {
                error: status.error,
            }
        })
    }

    async fn review<K: Object>(&self, review: K) -> Result<Arc<K>, Error> {
        Api::all(self.clone()).create(review).await
    }
}

impl Api<ServiceAccount> {
    /// A fresh token of a service account.
    ///
    /// # Errors
    /// `is_not_found()`, `is_forbidden()`; else as for every request.
    pub async fn token(&self, name: &str, wanted: &TokenFor) -> Result<Token, Error> {
        let mut request = TokenRequest::default();
        request.spec.audiences.clone_from(&wanted.audiences);
        request.spec.bound_object_ref.clone_from(&wanted.bound_to);
        let seconds = wanted.lifetime.map(|lifetime| lifetime.as_secs());
        request.spec.expiration_seconds =
            seconds.map(|seconds| i64::try_from(seconds).unwrap_or(i64::MAX));
        let given = self.create_token(name, request).await?;
        Ok(Token {
            token: given.status.token.clone(),
            expires: given.status.expiration_timestamp,
        })
    }
}
