//! Users of a cluster: whoever a test wants to be.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response};
use parking_lot::RwLock;
use skeg_auth::authn::{AuthenticatedUser, AuthnError, TokenAuthenticator};
use skeg_auth::{UserInfo, names};
use skeg_client::{Payload, Transport, TransportError};
use tokio::runtime::Handle;
use tokio_util::task::AbortOnDropHandle;

/// Somebody who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User(pub(crate) UserInfo);

impl User {
    /// A user of this name; like everybody who proves who they are in
    /// `system:authenticated`, and in no other group.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self(UserInfo::new(name, &[]))
    }

    /// May do everything.
    #[must_use]
    pub fn admin() -> Self {
        Self(UserInfo::new("admin", &[names::MASTERS]))
    }

    /// A service account.
    #[must_use]
    pub fn service_account(namespace: &str, name: &str) -> Self {
        Self(UserInfo {
            name: names::service_account(namespace, name),
            groups: names::service_account_groups(namespace),
            ..UserInfo::default()
        })
    }

    /// Nobody in particular.
    #[must_use]
    pub fn anonymous() -> Self {
        Self(UserInfo::anonymous())
    }

    /// As the server knows them once they have proved who they are.
    fn authenticated(&self) -> UserInfo {
        let mut user = self.0.clone();
        let told = [names::AUTHENTICATED, names::UNAUTHENTICATED];
        if user.name != names::ANONYMOUS && !told.iter().any(|group| user.in_group(group)) {
            user.groups.push(names::AUTHENTICATED.to_owned());
        }
        user
    }

    /// Also in this group.
    #[must_use]
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.0.groups.push(group.into());
        self
    }

    /// With a further attribute.
    #[must_use]
    pub fn extra(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.0
            .extra
            .entry(key.into())
            .or_default()
            .push(value.into());
        self
    }
}

/// The tokens that kubeconfigs of a cluster hold.
#[derive(Default)]
pub(crate) struct Tokens {
    known: RwLock<HashMap<String, Arc<UserInfo>>>,
}

impl Tokens {
    /// A token for a user; the same for the same.
    pub(crate) fn issue(&self, user: &User) -> String {
        let authenticated = user.authenticated();
        let mut known = self.known.write();
        if let Some((token, _)) = known.iter().find(|(_, held)| ***held == authenticated) {
            return token.clone();
        }
        let token = format!(
            "testkit-{:016x}{:016x}",
            fastrand::u64(..),
            fastrand::u64(..)
        );
        known.insert(token.clone(), Arc::new(authenticated));
        token
    }
}

/// The authenticator of those tokens.
pub(crate) struct KnownTokens(pub(crate) Arc<Tokens>);

#[async_trait]
impl TokenAuthenticator for KnownTokens {
    async fn authenticate_token(
        &self,
        token: &str,
        audiences: &[String],
    ) -> Result<Option<AuthenticatedUser>, AuthnError> {
        let known = self.0.known.read();
        Ok(known.get(token).map(|user| AuthenticatedUser {
            user: user.clone(),
            audiences: audiences.to_vec(),
        }))
    }
}

/// Carries requests of the test to the cluster's own thread, whatever runtime
/// they come from.
pub(crate) struct Across {
    pub(crate) inner: Arc<dyn Transport>,
    pub(crate) cluster: Handle,
}

impl Transport for Across {
    fn call(
        &self,
        request: Request<Payload>,
    ) -> BoxFuture<'static, Result<Response<Payload>, TransportError>> {
        let answer = self.inner.call(request);
        // Dropping the future gives the request up, here as elsewhere.
        let answer = AbortOnDropHandle::new(self.cluster.spawn(answer));
        async move { answer.await.unwrap_or(Err(TransportError::Stopped)) }.boxed()
    }

    fn in_process(&self) -> bool {
        self.inner.in_process()
    }
}
