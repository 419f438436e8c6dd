//! Who may approve and sign certificate requests, and for which subjects.

use super::{Attributes, Operation, Plugin, Scope, Warnings};
use crate::tree::{self, at, list, s};
use crate::validation::certificates;
use async_trait::async_trait;
use skeg_auth::Authorizer;
use skeg_auth::authz;
use skeg_meta::{FieldError, GroupKind, Status};
use skeg_schema::Value;
use std::sync::{Arc, OnceLock};

const GROUP: &str = "certificates.k8s.io";
const RESOURCE: &str = "certificatesigningrequests";
const POD_REQUESTS: &str = "podcertificaterequests";

/// The authorizer, once the server has one. Until then the plugins that need
/// it refuse.
pub type SharedAuthorizer = Arc<OnceLock<Arc<dyn Authorizer>>>;

// May the user do this to requests for this signer, or for all of its domain?
async fn permitted(
    authorizer: &SharedAuthorizer,
    attrs: &Attributes<'_>,
    verb: &str,
    signer: &str,
) -> bool {
    let Some(authorizer) = authorizer.get() else {
        return false;
    };
    let domain = signer.split('/').next().unwrap_or("");
    for name in [signer, &format!("{domain}/*")] {
        let asked = authz::Attributes::resource(attrs.ctx.user, verb, GROUP, "signers");
        let asked = authz::Attributes {
            version: "*",
            name,
            ..asked
        };
        if authorizer.authorize(&asked).await.allowed() {
            return true;
        }
    }
    false
}

fn is_update_of(attrs: &Attributes<'_>, subresource: &str) -> bool {
    attrs.desc.group == GROUP
        && attrs.desc.resource == RESOURCE
        && attrs.ctx.subresource == subresource
        && attrs.operation == Operation::Update
}

/// CertificateApproval: approving needs the verb `approve` on the signer.
pub struct CertificateApproval(pub SharedAuthorizer);

#[async_trait]
impl Plugin for CertificateApproval {
    fn name(&self) -> &'static str {
        "CertificateApproval"
    }

    fn scope(&self) -> Scope {
        Scope::validating(&[(GROUP, RESOURCE)])
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if !is_update_of(attrs, "approval") {
            return Ok(());
        }
        let signer = tree::sp(old.unwrap_or(obj), &["spec", "signerName"]);
        if permitted(&self.0, attrs, "approve", signer).await {
            return Ok(());
        }
        Err(attrs.forbidden(
            obj,
            format!("user not permitted to approve requests with signerName {signer:?}"),
        ))
    }
}

/// ClusterTrustBundleAttest: a bundle for a signer needs the verb `attest` on it.
pub struct ClusterTrustBundleAttest(pub SharedAuthorizer);

#[async_trait]
impl Plugin for ClusterTrustBundleAttest {
    fn name(&self) -> &'static str {
        "ClusterTrustBundleAttest"
    }

    fn scope(&self) -> Scope {
        Scope::validating(&[(GROUP, "clustertrustbundles")])
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        if !attrs.is(GROUP, "clustertrustbundles") || attrs.operation == Operation::Delete {
            return Ok(());
        }
        let signer = tree::sp(obj, &["spec", "signerName"]);
        // Who changes nothing attests nothing.
        let unchanged = old.is_some_and(|old| tree::same(at(obj, "spec"), at(old, "spec")));
        if signer.is_empty() || unchanged {
            return Ok(());
        }
        if permitted(&self.0, attrs, "attest", signer).await {
            return Ok(());
        }
        Err(attrs.forbidden(
            obj,
            format!("user not permitted to attest for signerName {signer:?}"),
        ))
    }
}

/// CertificateSigning: signing needs the verb `sign` on the signer.
pub struct CertificateSigning(pub SharedAuthorizer);

#[async_trait]
impl Plugin for CertificateSigning {
    fn name(&self) -> &'static str {
        "CertificateSigning"
    }

    fn scope(&self) -> Scope {
        Scope::validating(&[(GROUP, RESOURCE), (GROUP, POD_REQUESTS)])
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        let Some(old) = old else {
            return Ok(());
        };
        if !is_update_of(attrs, "status") {
            return self.of_pod(attrs, obj, old).await;
        }
        let certificate = |v: &Value| tree::sp(v, &["status", "certificate"]).to_owned();
        let failed = |v: &Value| {
            list(at(v, "status"), "conditions")
                .iter()
                .filter(|c| s(c, "type") == "Failed")
                .count()
        };
        if certificate(obj) == certificate(old) && failed(obj) == failed(old) {
            return Ok(());
        }
        let signer = tree::sp(old, &["spec", "signerName"]);
        if permitted(&self.0, attrs, "sign", signer).await {
            return Ok(());
        }
        Err(attrs.forbidden(
            obj,
            format!("user not permitted to sign requests with signerName {signer:?}"),
        ))
    }
}

impl CertificateSigning {
    /// Answers to pods are signed too. Upstream finds that when it validates them, so
    /// the object is invalid.
    async fn of_pod(&self, attrs: &Attributes<'_>, obj: &Value, old: &Value) -> Result<(), Status> {
        let answers = attrs.desc.group == GROUP
            && attrs.desc.resource == POD_REQUESTS
            && attrs.ctx.subresource == "status";
        if !answers || tree::same(at(obj, "status"), at(old, "status")) {
            return Ok(());
        }
        let signer = tree::sp(old, &["spec", "signerName"]);
        if permitted(&self.0, attrs, "sign", signer).await {
            return Ok(());
        }
        let words = format!(
            "User {:?} is not permitted to \"sign\" for signer {signer:?}",
            attrs.ctx.user.name
        );
        Err(Status::invalid(
            &GroupKind::new(GROUP, "PodCertificateRequest"),
            tree::name_of(obj),
            vec![FieldError::forbidden("spec.signerName", words)],
        ))
    }
}

/// CertificateSubjectRestriction: nobody gets a client certificate of the
/// masters.
pub struct CertificateSubjectRestriction;

#[async_trait]
impl Plugin for CertificateSubjectRestriction {
    fn name(&self) -> &'static str {
        "CertificateSubjectRestriction"
    }

    fn scope(&self) -> Scope {
        Scope::validating(&[(GROUP, RESOURCE)])
    }

    async fn validate(
        &self,
        attrs: &Attributes<'_>,
        obj: &Value,
        _old: Option<&Value>,
        _warnings: &Warnings,
    ) -> Result<(), Status> {
        const SIGNER: &str = "kubernetes.io/kube-apiserver-client";
        const MASTERS: &str = "system:masters";
        if !attrs.is(GROUP, RESOURCE) || attrs.operation != Operation::Create {
            return Ok(());
        }
        let signer = tree::sp(obj, &["spec", "signerName"]);
        if signer == SIGNER
            && certificates::organizations(obj)
                .iter()
                .any(|o| o == MASTERS)
        {
            return Err(attrs.forbidden(
                obj,
                format!("use of {SIGNER} signer with {MASTERS} group is not allowed"),
            ));
        }
        Ok(())
    }
}
