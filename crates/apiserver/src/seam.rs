//! Where a test kit takes hold of a server: its time, and every request on its
//! way in. A server that nobody holds asks the machine for the time, and takes
//! requests straight.

use std::sync::Arc;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use http::{Request, Response};
use skeg_auth::UserInfo;
use skeg_client::Payload;
use skeg_meta::Time;

use crate::ApiServer;
use crate::core::Inner;

/// Sees every request before the server does, whichever way it came, and every
/// answer after it.
pub trait Interceptor: Send + Sync + 'static {
    /// Answers a request: by [`ApiServer::answer`], or without it.
    fn intercept<'a>(
        &'a self,
        server: &'a ApiServer,
        request: Request<Payload>,
    ) -> BoxFuture<'a, Response<Payload>>;
}

/// Extension of an answer on its way to an [`Interceptor`]: who asked.
#[derive(Clone, Debug)]
pub struct Asker(pub Arc<UserInfo>);

/// Extension of an answer: it never arrives, because the connection is cut.
#[derive(Clone, Copy, Debug)]
pub struct Severed;

/// In the extensions of an answer to nobody known: HTTP/2 is costly, and such a
/// client does not keep its connection (upstream's
/// `UnauthenticatedHTTP2DOSMitigation`, after CVE-2023-44487).
#[derive(Clone, Copy, Debug)]
pub(crate) struct LastOfConnection;

impl Inner {
    /// The time of day.
    pub(crate) fn now(&self) -> Time {
        match &self.clock {
            None => Time::now(),
            Some(clock) => {
                let millis = i64::try_from(clock.unix_millis()).unwrap_or(i64::MAX);
                jiff::Timestamp::from_millisecond(millis).map_or_else(|_| Time::now(), Time)
            }
        }
    }

    /// Time since some fixed point.
    pub(crate) fn monotonic(&self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        match &self.clock {
            None => START.elapsed(),
            Some(clock) => clock.monotonic(),
        }
    }
}

impl ApiServer {
    /// The time of day, as the server knows it.
    pub(crate) fn now(&self) -> Time {
        self.inner.now()
    }

    /// Answers one request.
    pub async fn call(&self, request: Request<Payload>) -> Response<Payload> {
        match &self.inner.interceptor {
            None => self.answer(request).await,
            Some(interceptor) => interceptor.intercept(self, request).await,
        }
    }
}
