//! Seeing to it that an image is there before its container starts.

use std::collections::HashMap;
use std::time::{Duration, Instant, SystemTime};

use skeg_api::core::v1::{Container, Pod, Secret};
use skeg_cri::{DockerConfig, ErrorKind, ImageInfo, ImageService, PullRequest, RegistryAuth};
use tracing::warn;

use crate::pod_api::PodApi;

/// The wait after a pull that failed; it doubles with every further one.
const BACKOFF_FIRST: Duration = Duration::from_secs(10);
/// No wait is longer.
const BACKOFF_MAX: Duration = Duration::from_secs(300);

/// Why an image is not there: reason and message of a waiting container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoImage {
    pub(crate) reason: &'static str,
    pub(crate) message: String,
    /// When to try again.
    pub(crate) again: SystemTime,
}

/// The failed pulls of one pod, by image.
#[derive(Default)]
pub(crate) struct Pulls {
    failed: HashMap<String, (Duration, SystemTime, String)>,
}

impl Pulls {
    /// Whether an image would have to be pulled now.
    pub(crate) async fn needed(&self, images: &dyn ImageService, container: &Container) -> bool {
        container.image_pull_policy != "Never"
            && !matches!(images.image_status(&container.image).await, Ok(Some(_)))
    }

    /// Pulls an image as its policy says, and gives what is known of it.
    ///
    /// # Errors
    /// Why the container must wait.
    pub(crate) async fn ensure(
        &mut self,
        images: &dyn ImageService,
        api: &dyn PodApi,
        pod: &Pod,
        container: &Container,
        secrets: &[Secret],
        now: SystemTime,
    ) -> Result<ImageInfo, NoImage> {
        let image = &container.image;
        let name = Some(container.name.as_str());
        let there = images.image_status(image).await.map_err(|error| NoImage {
            reason: if error.kind() == ErrorKind::InvalidImageName {
                "InvalidImageName"
            } else {
                "ImageInspectError"
            },
            message: error.full(),
            again: now + BACKOFF_FIRST,
        })?;
        match (container.image_pull_policy.as_str(), there) {
            ("Never", None) => {
                let message =
                    format!("Container image \"{image}\" is not present with pull policy of Never");
                api.event(pod, name, "Warning", "ErrImageNeverPull", message.clone());
                return Err(NoImage {
                    reason: "ErrImageNeverPull",
                    message,
                    again: now + BACKOFF_FIRST,
                });
            }
            ("Never" | "IfNotPresent" | "", Some(info)) => {
                let message = format!(
                    "Container image \"{image}\" already present on machine and can be accessed by the pod"
                );
                api.event(pod, name, "Normal", "Pulled", message);
                return Ok(info);
            }
            _ => {}
        }
        if let Some((wait, since, why)) = self.failed.get(image)
            && *since + *wait > now
        {
            api.event(
                pod,
                name,
                "Normal",
                "BackOff",
                format!("Back-off pulling image \"{image}\""),
            );
            return Err(NoImage {
                reason: "ImagePullBackOff",
                message: format!("Back-off pulling image \"{image}\": {why}"),
                again: *since + *wait,
            });
        }
        api.event(
            pod,
            name,
            "Normal",
            "Pulling",
            format!("Pulling image \"{image}\""),
        );
        let request = PullRequest {
            image: image.clone(),
            auth: credentials(image, secrets),
        };
        let began = Instant::now();
        let pulled = images.pull_image(request, None).await;
        let found = match pulled {
            Ok(_) => images.image_status(image).await.ok().flatten(),
            Err(error) => {
                let reason = if error.kind() == ErrorKind::InvalidImageName {
                    "InvalidImageName"
                } else {
                    "ErrImagePull"
                };
                let full = error.full();
                api.event(
                    pod,
                    name,
                    "Warning",
                    "Failed",
                    format!("Failed to pull image \"{image}\": {full}"),
                );
                api.event(pod, name, "Warning", "Failed", format!("Error: {reason}"));
                let wait = self
                    .failed
                    .get(image)
                    .map_or(BACKOFF_FIRST, |(wait, ..)| (*wait * 2).min(BACKOFF_MAX));
                self.failed.insert(image.clone(), (wait, now, full.clone()));
                return Err(NoImage {
                    reason,
                    message: full,
                    again: now + wait,
                });
            }
        };
        self.failed.remove(image);
        match found {
            Some(info) => {
                let size = info.summary.size_bytes;
                let millis = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                let took = skeg_meta::Duration(Duration::from_millis(millis));
                // Nothing waits for another's pull.
                let message = format!(
                    "Successfully pulled image \"{image}\" in {took} ({took} including waiting). Image size: {size} bytes."
                );
                api.event(pod, name, "Normal", "Pulled", message);
                Ok(info)
            }
            None => Err(NoImage {
                reason: "ErrImagePull",
                message: format!("image \"{image}\" vanished after it was pulled"),
                again: now + BACKOFF_FIRST,
            }),
        }
    }
}

/// The credentials that a pod's secrets hold for an image. A secret that
/// cannot be read is passed over, as upstream does.
fn credentials(image: &str, secrets: &[Secret]) -> Vec<RegistryAuth> {
    let held = secrets.iter().filter_map(|secret| {
        let key = match secret.type_.as_str() {
            "kubernetes.io/dockerconfigjson" => ".dockerconfigjson",
            "kubernetes.io/dockercfg" => ".dockercfg",
            _ => return None,
        };
        let config = DockerConfig::parse(&secret.data.get(key)?.0);
        config
            .inspect_err(|why| {
                let (namespace, name) = (&secret.metadata.namespace, &secret.metadata.name);
                warn!(
                    namespace,
                    name, why, "cannot read the credentials of a pull secret"
                );
            })
            .ok()
    });
    held.flat_map(|config| config.lookup(image)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_taken_for_the_right_registry() {
        let config = r#"{"auths":{"https://r.example/v1/":{"auth":"dXNlcjpwYXNz"},"other":{"username":"x"}}}"#;
        let mut secret = Secret {
            type_: "kubernetes.io/dockerconfigjson".into(),
            ..Default::default()
        };
        secret.data.insert(
            ".dockerconfigjson".into(),
            config.as_bytes().to_vec().into(),
        );
        let found = credentials("r.example/app:1", &[secret.clone()]);
        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].username.as_str(), found[0].password.as_str()),
            ("user", "pass")
        );
        assert!(credentials("elsewhere.example/app", &[secret]).is_empty());
    }
}
