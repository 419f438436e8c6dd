//! Subresources: parts of an object with an address of their own.
//!
//! What a kind has is known to the compiler: `Api<ConfigMap>` has no status and
//! no scale, and only `Api<Pod>` has logs.
//!
//! ```compile_fail
//! # async fn f(client: skeg_client::Client) {
//! use skeg_api::core::v1::ConfigMap;
//! use skeg_client::Api;
//! Api::<ConfigMap>::namespaced(client, "default").get_scale("a").await;
//! # }
//! ```

mod dynamic;
mod eviction;
mod proxy;
mod scale;

use std::sync::Arc;

use futures::stream::{self, BoxStream, StreamExt};
use http::Method;
use skeg_api::authentication::v1::TokenRequest;
use skeg_api::certificates::v1::{CertificateSigningRequest, CertificateSigningRequestCondition};
use skeg_api::core::v1::{Binding, Namespace, Node, ObjectReference, Pod, ServiceAccount};
use skeg_meta::{Object, Status, Time};

use bytes::Bytes;

use crate::api::{Api, shared};
use crate::codec::{Answer, Typed};
use crate::error::Error;
use crate::options::{CreateOptions, LogOptions, PatchOptions, UpdateOptions};
use crate::patch::Patch;
use crate::payload::{BoxError, Payload};

pub use eviction::{EvictOptions, Evicted};
pub use proxy::{ProxyAnswer, ProxyRequest};
pub use skeg_meta::{HasProxy, HasScale, HasStatus};

impl<K: HasStatus> Api<K> {
    /// Replaces an object's status by that of this one.
    ///
    /// # Errors
    /// As [`Api::update`].
    pub async fn update_status(&self, object: impl Into<Arc<K>>) -> Result<Arc<K>, Error> {
        self.update_part("status", object).await
    }

    /// Changes an object's status.
    ///
    /// # Errors
    /// As [`Api::patch`].
    pub async fn patch_status(
        &self,
        name: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<Arc<K>, Error> {
        self.patch_part(name, "status", patch, options).await
    }

    /// Gets an object by way of its status, for callers that may see only that.
    ///
    /// # Errors
    /// As [`Api::get`].
    pub async fn get_status(&self, name: &str) -> Result<Arc<K>, Error> {
        self.get_subresource(name, "status").await
    }
}

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
        let (core, object) = (&self.core, object.into());
        core.send_subresource(Method::POST, name, subresource, object, options)
            .await
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
        self.core.get_subresource(name, subresource).await
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
        let (core, object) = (&self.core, object.into());
        core.send_subresource(Method::PUT, name, subresource, object, options)
            .await
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
        let core = &self.core;
        core.patch_subresource(name, subresource, patch, options)
            .await
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
    /// Binds a pod to a node, by the node's name.
    ///
    /// # Errors
    /// As [`Api::bind`].
    pub async fn bind_to_node(&self, name: &str, node: &str) -> Result<(), Error> {
        let mut binding = Binding {
            target: ObjectReference {
                kind: Node::GVK.kind.into_owned(),
                name: node.to_owned(),
                ..ObjectReference::default()
            },
            ..Binding::default()
        };
        binding.metadata.name = name.to_owned();
        self.bind(name, binding).await
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
    /// As for every request; options that contradict each other are not sent.
    /// What ends a log that has begun comes in the stream.
    pub async fn log_stream(&self, name: &str, options: &LogOptions) -> Result<LogStream, Error> {
        self.core.allowed(options.check(), Some(name))?;
        match self.core.stream(name, "log", options).await? {
            Payload::Stream(stream) => Ok(stream),
            Payload::Bytes(bytes) => Ok(stream::iter([Ok(bytes)]).boxed()),
            Payload::Empty => Ok(stream::empty().boxed()),
            other => Err(Error::decode(name, format!("a log cannot be {other:?}"))),
        }
    }

    /// The log of a container up to now. What is not followed may take no
    /// longer than other requests ([`Client::with_timeout`](crate::Client::with_timeout)).
    ///
    /// # Errors
    /// As for every request, and when the log breaks off.
    pub async fn logs(&self, name: &str, options: &LogOptions) -> Result<String, Error> {
        /// A log that is kept in memory is at most so long.
        const LOG_LEN_MAX: usize = 256 << 20;
        let target = format!("the log of pod {name}");
        let read = async {
            let body = Payload::Stream(self.log_stream(name, options).await?);
            let bytes = crate::client::collect(body, LOG_LEN_MAX)
                .await
                .map_err(|source| Error::Body {
                    target: target.clone(),
                    source,
                })?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        if options.follow {
            return read.await;
        }
        self.core.client.bounded(&target, read).await
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

    /// Changes the resources of a running pod.
    ///
    /// # Errors
    /// As [`Api::patch`].
    pub async fn patch_resize(
        &self,
        name: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<Arc<Pod>, Error> {
        self.patch_part(name, "resize", patch, options).await
    }

    /// Changes the ephemeral containers of a pod, say by a strategic merge
    /// patch with one more.
    ///
    /// # Errors
    /// As [`Api::patch`].
    pub async fn patch_ephemeral_containers(
        &self,
        name: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<Arc<Pod>, Error> {
        self.patch_part(name, "ephemeralcontainers", patch, options)
            .await
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

    /// Approves a request, as far as the caller may.
    ///
    /// # Errors
    /// As for every request; it has been denied.
    pub async fn approve(
        &self,
        name: &str,
        reason: &str,
        message: &str,
    ) -> Result<Arc<CertificateSigningRequest>, Error> {
        self.judge(name, "Approved", reason, message).await
    }

    /// Denies a request, as far as the caller may.
    ///
    /// # Errors
    /// As for every request; it has been approved.
    pub async fn deny(
        &self,
        name: &str,
        reason: &str,
        message: &str,
    ) -> Result<Arc<CertificateSigningRequest>, Error> {
        self.judge(name, "Denied", reason, message).await
    }

    async fn judge(
        &self,
        name: &str,
        verdict: &str,
        reason: &str,
        message: &str,
    ) -> Result<Arc<CertificateSigningRequest>, Error> {
        let decided = |request: &mut CertificateSigningRequest| {
            let conditions = &mut request.status.conditions;
            if conditions.iter().any(|c| c.type_ == verdict) {
                return;
            }
            conditions.push(CertificateSigningRequestCondition {
                type_: verdict.to_owned(),
                status: "True".to_owned(),
                reason: reason.to_owned(),
                message: message.to_owned(),
                last_update_time: Some(Time::now()),
                ..CertificateSigningRequestCondition::default()
            });
        };
        self.modify_part(name, "approval", decided).await
    }

    /// Changes the conditions that approve or deny a request.
    ///
    /// # Errors
    /// As [`Api::patch`].
    pub async fn patch_approval(
        &self,
        name: &str,
        patch: &Patch,
        options: &PatchOptions,
    ) -> Result<Arc<CertificateSigningRequest>, Error> {
        self.patch_part(name, "approval", patch, options).await
    }
}
