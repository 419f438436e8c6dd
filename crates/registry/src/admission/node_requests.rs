//! NodeRestriction: tokens and certificates that a kubelet asks for in the name of
//! its pods. It gets those only that a pod of its own mounts, or that somebody
//! allowed it by a verb made for that.

use super::node_restriction::{Asker, MIRROR};
use crate::objects::Gr;
use crate::tree::{self, at, has, list, s, sp};
use skeg_auth::authz;
use skeg_meta::{GroupResource, Status};
use skeg_schema::Value;
use skeg_schema::go::quote as quoted;
use std::sync::Arc;

const CSI_DRIVERS: Gr = Gr("storage.k8s.io", "csidrivers");
const VOLUMES: Gr = Gr("", "persistentvolumes");

/// Volume plugins that CSI drivers took over, and these.
const MIGRATED: &[(&str, &str)] = &[
    ("awsElasticBlockStore", "ebs.csi.aws.com"),
    ("gcePersistentDisk", "pd.csi.storage.gke.io"),
    ("azureDisk", "disk.csi.azure.com"),
    ("azureFile", "file.csi.azure.com"),
    ("cinder", "cinder.csi.openstack.org"),
    ("vsphereVolume", "csi.vsphere.vmware.com"),
    ("portworxVolume", "pxd.portworx.com"),
];

fn driver_of(source: &Value) -> Option<&str> {
    if has(source, "csi") {
        return Some(s(at(source, "csi"), "driver"));
    }
    let migrated = MIGRATED.iter().find(|(plugin, _)| has(source, plugin));
    migrated.map(|(_, driver)| *driver)
}

fn sources(pod: &Value) -> impl Iterator<Item = &Value> {
    list(at(pod, "spec"), "volumes")
        .iter()
        .flat_map(|volume| list(at(volume, "projected"), "sources"))
}

/// What upstream's caches answer for what they do not have.
fn missing(gr: Gr, name: &str) -> Status {
    let singular = gr.1.strip_suffix('s').unwrap_or(gr.1);
    Status::not_found(&GroupResource::new(gr.0, singular), name)
}

impl Asker<'_> {
    async fn found(&self, gr: Gr, namespace: &str, name: &str) -> Result<Arc<Value>, Status> {
        let found = self.attrs.ctx.objects.get(gr, namespace, name).await?;
        found.ok_or_else(|| missing(gr, name))
    }

    /// What the kubelet asks about, which it may be told again later.
    async fn named(
        &self,
        obj: &Value,
        gr: Gr,
        what: &str,
        (namespace, name): (&str, &str),
    ) -> Result<Arc<Value>, Status> {
        let shown = if namespace.is_empty() {
            name.to_owned()
        } else {
            format!("{namespace}/{name}")
        };
        let words = |error: &Status| {
            format!(
                "while retrieving {what} {} named in the PodCertificateRequest: {}",
                quoted(&shown),
                error.message
            )
        };
        match self.found(gr, namespace, name).await {
            Ok(found) => Ok(found),
            Err(error) if error.code == 404 => Err(Status::plain_error(words(&error))),
            Err(error) => Err(self.refuse(obj, words(&error))),
        }
    }

    async fn allowed(&self, verb: &str, group: &str, resource: &str, name: &str) -> bool {
        let Some(authorizer) = self.authorizer.get() else {
            return false;
        };
        let asked = authz::Attributes::resource(self.attrs.ctx.user, verb, group, resource);
        let asked = authz::Attributes {
            version: "v1",
            namespace: self.attrs.namespace(),
            name,
            ..asked
        };
        authorizer.authorize(&asked).await.allowed()
    }

    /// A token is for a pod of this node and for whom that pod mounts one.
    pub(super) async fn token(&self, obj: &Value) -> Result<(), Status> {
        let bound = tree::path(obj, &["spec", "boundObjectRef"]);
        let of_pod = s(bound, "kind") == "Pod" && s(bound, "apiVersion") == "v1";
        if !of_pod || s(bound, "name").is_empty() {
            return Err(self.refuse(obj, "node requested token not bound to a pod"));
        }
        if s(bound, "uid").is_empty() {
            return Err(self.refuse(obj, "node requested token with a pod binding without a uid"));
        }
        let pod = self
            .found(Gr::PODS, self.attrs.namespace(), s(bound, "name"))
            .await?;
        if sp(&pod, &["metadata", "uid"]) != s(bound, "uid") {
            return Err(self.refuse(
                obj,
                format!(
                    "the UID in the bound object reference ({}) does not match the UID in record. The object might have been deleted and then recreated",
                    s(bound, "uid")
                ),
            ));
        }
        if sp(&pod, &["spec", "nodeName"]) != self.node {
            return Err(self.refuse(
                obj,
                "node requested token bound to a pod scheduled on a different node",
            ));
        }
        self.audience(obj, &pod).await
    }

    async fn audience(&self, obj: &Value, pod: &Value) -> Result<(), Status> {
        let audience = match list(at(obj, "spec"), "audiences") {
            [] => "",
            [one] => one.as_str().unwrap_or_default(),
            _ => return Err(self.refuse(obj, "node may only request 0 or 1 audiences")),
        };
        let shown = quoted(audience);
        match self.mounts_audience(pod, audience).await {
            Ok(true) => return Ok(()),
            Ok(false) => {}
            Err(why) => {
                return Err(self.refuse(obj, format!("error validating audience {shown}: {why}")));
            }
        }
        const VERB: &str = "request-serviceaccounts-token-audience";
        if self.allowed(VERB, "", audience, self.attrs.ctx.name).await {
            return Ok(());
        }
        Err(self.refuse(
            obj,
            format!(
                "audience {shown} not found in pod spec volume, {} is not authorized to request tokens for this audience",
                self.attrs.ctx.user.name
            ),
        ))
    }

    /// Whether a volume of the pod has a token for the audience, or one of a driver that
    /// wants to be given one.
    async fn mounts_audience(&self, pod: &Value, audience: &str) -> Result<bool, String> {
        let mut errors: Vec<String> = Vec::new();
        for volume in list(at(pod, "spec"), "volumes") {
            let projected = list(at(volume, "projected"), "sources");
            if projected.iter().any(|source| {
                has(source, "serviceAccountToken")
                    && s(at(source, "serviceAccountToken"), "audience") == audience
            }) {
                return Ok(true);
            }
            match self.driver_wants(pod, volume, audience).await {
                Ok(true) => return Ok(true),
                Ok(false) => {}
                Err(error) if errors.contains(&error.message) => {}
                Err(error) => errors.push(error.message),
            }
        }
        match errors.len() {
            0 => Ok(false),
            1 => Err(errors.concat()),
            _ => Err(format!("[{}]", errors.join(", "))),
        }
    }

    async fn driver_wants(
        &self,
        pod: &Value,
        volume: &Value,
        audience: &str,
    ) -> Result<bool, Status> {
        let claimed;
        let claim = if has(at(volume, "ephemeral"), "volumeClaimTemplate") {
            claimed = format!("{}-{}", tree::name_of(pod), s(volume, "name"));
            &*claimed
        } else {
            s(at(volume, "persistentVolumeClaim"), "claimName")
        };
        let persistent;
        let source = if claim.is_empty() {
            volume
        } else {
            let namespace = tree::namespace_of(pod);
            let claim = self.found(Gr::PVCS, namespace, claim).await?;
            let name = sp(&claim, &["spec", "volumeName"]);
            persistent = self.found(VOLUMES, "", name).await?;
            at(&persistent, "spec")
        };
        let driver = match driver_of(source) {
            None | Some("") => return Ok(false),
            Some(name) => self.found(CSI_DRIVERS, "", name).await?,
        };
        let wanted = list(at(&driver, "spec"), "tokenRequests");
        Ok(wanted.iter().any(|ask| s(ask, "audience") == audience))
    }

    /// A certificate is for a pod of this node as it is now, and from a signer by whom that
    /// pod mounts one. What may be only late to be seen here is no 403.
    pub(super) async fn certificate(&self, obj: &Value) -> Result<(), Status> {
        let spec = at(obj, "spec");
        let namespace = self.attrs.namespace();
        let node_name = s(spec, "nodeName");
        let pod_name = s(spec, "podName");
        let shown = quoted(&format!("{namespace}/{pod_name}"));
        if node_name != self.node {
            return Err(self.refuse(
                obj,
                format!(
                    "PodCertificateRequest.Spec.NodeName={}, which is not the requesting node {}",
                    quoted(node_name),
                    quoted(self.node)
                ),
            ));
        }
        let node = self.named(obj, Gr::NODES, "node", ("", node_name)).await?;
        let uid_of = |found: &Value| sp(found, &["metadata", "uid"]).to_owned();
        let (asked, own) = (s(spec, "nodeUID"), uid_of(&node));
        if asked != own {
            return Err(Status::plain_error(format!(
                "PodCertificateRequest for pod {shown} names node UID {}, inconsistent with the running node ({})",
                quoted(asked),
                quoted(&own)
            )));
        }
        let pod = self
            .named(obj, Gr::PODS, "pod", (namespace, pod_name))
            .await?;
        let (asked, own) = (s(spec, "podUID"), uid_of(&pod));
        if asked != own {
            return Err(Status::plain_error(format!(
                "PodCertificateRequest for pod {shown} contains pod UID ({}) which differs from running pod {}",
                quoted(asked),
                quoted(&own)
            )));
        }
        if sp(&pod, &["spec", "nodeName"]) != node_name {
            return Err(self.refuse(
                obj,
                format!(
                    "pod {shown} is not running on node {} named in the PodCertificateRequest",
                    quoted(node_name)
                ),
            ));
        }
        if tree::annotation(&pod, MIRROR).is_some() {
            return Err(self.refuse(obj, format!("pod {shown} is a mirror pod")));
        }
        let (asked, own) = (
            s(spec, "serviceAccountName"),
            sp(&pod, &["spec", "serviceAccountName"]),
        );
        if asked != own {
            return Err(self.refuse(
                obj,
                format!(
                    "PodCertificateRequest for pod {shown} contains serviceAccountName ({}) that differs from running pod ({})",
                    quoted(asked),
                    quoted(own)
                ),
            ));
        }
        let account = self
            .named(
                obj,
                Gr::SERVICE_ACCOUNTS,
                "service account",
                (namespace, own),
            )
            .await?;
        let (asked, own) = (s(spec, "serviceAccountUID"), uid_of(&account));
        if asked != own {
            return Err(Status::plain_error(format!(
                "PodCertificateRequest for pod {shown} names service account UID {}, which differs from the running service account ({})",
                quoted(asked),
                quoted(&own)
            )));
        }
        self.signer(obj, &pod).await
    }

    async fn signer(&self, obj: &Value, pod: &Value) -> Result<(), Status> {
        let spec = at(obj, "spec");
        let signer = s(spec, "signerName");
        let mounted = sources(pod).any(|source| {
            has(source, "podCertificate") && s(at(source, "podCertificate"), "signerName") == signer
        });
        const VERB: &str = "request-serviceaccounts-podcertificate-signer";
        // A slash would begin a subresource.
        let resource = signer.replace('/', ":");
        let account = s(spec, "serviceAccountName");
        if mounted
            || self
                .allowed(VERB, "certificates.k8s.io", &resource, account)
                .await
        {
            return Ok(());
        }
        Err(self.refuse(
            obj,
            format!(
                "pod {} does not mount a podCertificate projected volume for signer {}",
                quoted(&format!(
                    "{}/{}",
                    self.attrs.namespace(),
                    s(spec, "podName")
                )),
                quoted(signer)
            ),
        ))
    }
}
