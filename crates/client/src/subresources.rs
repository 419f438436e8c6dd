//! Subresources whose kind is another than the object's.

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use http::Method;
use skeg_api::authentication::v1::TokenRequest;
use skeg_api::autoscaling::v1::Scale;
use skeg_api::certificates::v1::CertificateSigningRequest;
use skeg_api::core::v1::{Binding, Namespace, Pod, ServiceAccount};
use skeg_api::policy::v1::Eviction;
use skeg_meta::{Object, Status};

use bytes::Bytes;

use crate::api::{Api, shared, typed};
use crate::codec::{Answer, Typed};
use crate::error::Error;
use crate::options::{CreateOptions, LogOptions, PatchOptions, UpdateOptions};
use crate::patch::Patch;
use crate::payload::{BoxError, Payload};
use crate::retry::RetryPolicy;

impl<K: Object> Api<K> {
    /// Creates something at a subresource of an object.
    ///
    /// # Errors
    /// As for every request.
    pub async fn create_subresource<R: Object>(
        &self,
        name: &str,
        subresource: &str,
        object: impl Into<Arc<R>>,
        options: &CreateOptions,
    ) -> Result<Arc<R>, Error> {
        let decoder = Typed::<R>::new();
        typed(
            &self
                .core
                .send_object(
                    Method::POST,
                    name,
                    Some(subresource),
                    shared(object),
                    options,
                    &decoder,
                )
                .await?,
        )
    }

    /// Gets a subresource.
    ///
    /// # Errors
    /// As for every request.
    pub async fn get_subresource<R: Object>(
        &self,
        name: &str,
        subresource: &str,
    ) -> Result<Arc<R>, Error> {
        typed(
            &self
                .core
                .get_subresource(name, subresource, &Typed::<R>::new())
                .await?,
        )
    }

    /// Replaces a subresource.
    ///
    /// # Errors
    /// As for every request.
    pub async fn update_subresource<R: Object>(
        &self,
        name: &str,
        subresource: &str,
        object: impl Into<Arc<R>>,
        options: &UpdateOptions,
    ) -> Result<Arc<R>, Error> {
        let decoder = Typed::<R>::new();
        typed(
            &self
                .core
                .send_object(
                    Method::PUT,
                    name,
                    Some(subresource),
                    shared(object),
                    options,
                    &decoder,
                )
                .await?,
        )
    }

    /// Changes a subresource.
    ///
    /// # Errors
    /// As for every request.
    pub async fn patch_subresource<R: Object>(
        &self,
        name: &str,
        subresource: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<Arc<R>, Error> {
        typed(
            &self
                .core
                .patch(name, Some(subresource), patch, options, &Typed::<R>::new())
                .await?,
        )
    }

    /// How many there are and should be, for kinds that can be scaled.
    ///
    /// # Errors
    /// As for every request.
    pub async fn get_scale(&self, name: &str) -> Result<Arc<Scale>, Error> {
        self.get_subresource(name, "scale").await
    }

    /// Says how many there should be.
    ///
    /// # Errors
    /// As for every request.
    pub async fn update_scale(
        &self,
        name: &str,
        scale: impl Into<Arc<Scale>>,
    ) -> Result<Arc<Scale>, Error> {
        self.update_subresource(name, "scale", scale, &UpdateOptions::default())
            .await
    }

    /// Changes how many there should be.
    ///
    /// # Errors
    /// As for every request.
    pub async fn patch_scale(
        &self,
        name: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<Arc<Scale>, Error> {
        self.patch_subresource(name, "scale", patch, options).await
    }

    /// Sends something to a subresource that answers with a Status.
    async fn post_for_status<R: Object>(
        &self,
        name: &str,
        subresource: &str,
        object: impl Into<Arc<R>>,
        options: &CreateOptions,
    ) -> Result<Box<Status>, Error> {
        let decoder = Typed::<R>::new();
        let answer = self
            .core
            .send_for_answer(
                Method::POST,
                name,
                Some(subresource),
                shared(object),
                options,
                &decoder,
            )
            .await?;
        Ok(match answer {
            Answer::Status(status) => status,
            Answer::Object(_) => Box::new(Status {
                status: "Success".to_owned(),
                ..Status::default()
            }),
        })
    }
}

/// A log as it comes.
pub type LogStream = BoxStream<'static, Result<Bytes, BoxError>>;

impl Api<Pod> {
    /// Asks for a pod to go, unless a disruption budget forbids it.
    ///
    /// # Errors
    /// `is_too_many_requests()` when a budget forbids it now; else as for every request.
    pub async fn evict(&self, name: &str, eviction: Eviction) -> Result<Box<Status>, Error> {
        // A budget's refusal is an answer; asking again in its stead would hide it.
        let mut once = self.clone();
        once.core.client = once.core.client.with_retry(RetryPolicy::none());
        once.post_for_status(name, "eviction", eviction, &CreateOptions::default())
            .await
    }

    /// Binds a pod to a node.
    ///
    /// # Errors
    /// `is_conflict()` when the pod is bound already; else as for every request.
    pub async fn bind(&self, name: &str, binding: Binding) -> Result<(), Error> {
        self.post_for_status(name, "binding", binding, &CreateOptions::default())
            .await?;
        Ok(())
    }

    /// The log of a container, as it comes.
    ///
    /// # Errors
    /// As for every request. What ends a log that has begun comes in the stream.
    pub async fn log_stream(&self, name: &str, options: &LogOptions) -> Result<LogStream, Error> {
        match self.core.stream(name, "log", options).await? {
            Payload::Stream(stream) => Ok(stream),
            Payload::Bytes(bytes) => Ok(stream::iter([Ok(bytes)]).boxed()),
            Payload::Empty => Ok(stream::empty().boxed()),
            other => Err(Error::decode(name, format!("a log cannot be {other:?}"))),
        }
    }

    /// The log of a container up to now.
    ///
    /// # Errors
    /// As for every request, and when the log breaks off.
    pub async fn logs(&self, name: &str, options: &LogOptions) -> Result<String, Error> {
        /// A log that is kept in memory is at most so long.
        const LOG_LEN_MAX: usize = 256 << 20;
        let body = Payload::Stream(self.log_stream(name, options).await?);
        let bytes = crate::client::collect(body, LOG_LEN_MAX)
            .await
            .map_err(|source| Error::Body {
                target: format!("the log of pod {name}"),
                source,
            })?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Replaces the ephemeral containers of a pod; those there must stay.
    ///
    /// # Errors
    /// As for every request.
    pub async fn update_ephemeral_containers(
        &self,
        pod: impl Into<Arc<Pod>>,
    ) -> Result<Arc<Pod>, Error> {
        self.update_part("ephemeralcontainers", pod).await
    }

    /// Changes the resources of a running pod.
    ///
    /// # Errors
    /// As for every request.
    pub async fn update_resize(&self, pod: impl Into<Arc<Pod>>) -> Result<Arc<Pod>, Error> {
        self.update_part("resize", pod).await
    }
}

impl Api<ServiceAccount> {
    /// Asks for a token of a service account.
    ///
    /// # Errors
    /// As for every request.
    pub async fn create_token(
        &self,
        name: &str,
        request: TokenRequest,
    ) -> Result<Arc<TokenRequest>, Error> {
        self.create_subresource(name, "token", request, &CreateOptions::default())
            .await
    }
}

impl Api<Namespace> {
    /// Replaces the finalizers in a namespace's spec.
    ///
    /// # Errors
    /// As for every request.
    pub async fn finalize(
        &self,
        namespace: impl Into<Arc<Namespace>>,
    ) -> Result<Arc<Namespace>, Error> {
        self.update_part("finalize", namespace).await
    }
}

impl Api<CertificateSigningRequest> {
    /// Replaces the conditions that approve or deny a request.
    ///
    /// # Errors
    /// As for every request.
    pub async fn update_approval(
        &self,
        request: impl Into<Arc<CertificateSigningRequest>>,
    ) -> Result<Arc<CertificateSigningRequest>, Error> {
        self.update_part("approval", request).await
    }
}
