//! Requests from inside the process: the same filters, no sockets, nothing
//! encoded.

use futures::FutureExt;
use futures::future::BoxFuture;
use http::{Request, Response, StatusCode};
use skeg_auth::UserInfo;
use skeg_auth::names;
use skeg_client::{
    AssertedUser, InProcess, Payload, Transport, TransportError, UpgradeOffer, Upgraded, is_upgrade,
};

use crate::ApiServer;
use crate::seam::Severed;

/// How many bytes wait within the process on a connection that has switched protocols.
const UPGRADED_LEN_MAX: usize = 64 << 10;

/// A transport for one component.
pub(crate) struct Loopback {
    server: ApiServer,
    user: AssertedUser,
}

impl Loopback {
    pub(crate) fn new(server: ApiServer, mut user: UserInfo) -> Self {
        if !user.in_group(names::AUTHENTICATED) && user.name != names::ANONYMOUS {
            user.groups.push(names::AUTHENTICATED.to_owned());
        }
        let user = AssertedUser {
            name: user.name,
            uid: user.uid,
            groups: user.groups,
            extra: user.extra,
        };
        Self { server, user }
    }
}

impl Transport for Loopback {
    fn call(
        &self,
        mut request: Request<Payload>,
    ) -> BoxFuture<'static, Result<Response<Payload>, TransportError>> {
        request.extensions_mut().insert(InProcess);
        request.extensions_mut().insert(self.user.clone());
        let server = self.server.clone();
        let offered = is_upgrade(request.headers()).then(|| {
            let (ours, theirs) = Upgraded::pair(UPGRADED_LEN_MAX);
            request.extensions_mut().insert(UpgradeOffer::new(theirs));
            ours
        });
        async move {
            let mut response = server.call(request).await;
            if response.extensions().get::<Severed>().is_some() {
                return Err(TransportError::Lost {
                    server: "the server".to_owned(),
                    source: "the connection was cut".into(),
                });
            }
            if let Some(ours) = offered
                && response.status() == StatusCode::SWITCHING_PROTOCOLS
            {
                *response.body_mut() = Payload::Upgraded(ours);
            }
            Ok(response)
        }
        .boxed()
    }

    fn in_process(&self) -> bool {
        true
    }
}
