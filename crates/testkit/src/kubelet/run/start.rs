//! What comes before a container runs: volumes, the image, its environment.

use std::time::Duration;

use super::{Now, Run, State, doubled};
use crate::kubelet::said::Said;

/// How long a failed pull is shown before its back-off is.
const PULL_SHOWN: Duration = Duration::from_secs(1);
const NO_IMAGE: &str = "the script says that the image cannot be pulled";

impl Run {
    /// Whether the pod's volumes are there.
    pub(super) fn has_volumes(&mut self, index: usize) -> bool {
        if self.lacks.mount.is_none() || self.has_started() {
            return true;
        }
        if let State::Waiting { until, .. } = &mut self.containers[index].state {
            *until = Duration::MAX;
        }
        false
    }

    /// Whether the image is there; pulls it if it is time to.
    pub(super) fn pull(&mut self, index: usize, now: Now) -> bool {
        let container = &mut self.containers[index];
        let (name, image) = (container.name.clone(), container.image.clone());
        let name = Some(name.as_str());
        let good_at = self.script.pull_fails.map_or(Duration::ZERO, |pause| {
            self.came.since.saturating_add(pause)
        });
        let failed =
            matches!(&container.state, State::Waiting { reason, .. } if *reason == "ErrImagePull");
        if failed {
            let pause = doubled(container.failed_pulls);
            container.state = State::Waiting {
                reason: "ImagePullBackOff",
                message: format!("Back-off pulling image {image:?}: ErrImagePull: {NO_IMAGE}"),
                until: now.since.saturating_add(pause).saturating_sub(PULL_SHOWN),
            };
            let text = format!("Back-off pulling image {image:?}");
            self.said.push(Said::well(name, "BackOff", text));
            let text = "Error: ImagePullBackOff".to_owned();
            self.said.push(Said::warns(name, "Failed", text));
            return false;
        }
        if good_at <= now.since {
            return true;
        }
        container.failed_pulls += 1;
        container.state = State::Waiting {
            reason: "ErrImagePull",
            message: NO_IMAGE.to_owned(),
            until: now.since.saturating_add(PULL_SHOWN),
        };
        let text = format!("Pulling image {image:?}");
        self.said.push(Said::well(name, "Pulling", text));
        let text = format!("Failed to pull image {image:?}: {NO_IMAGE}");
        self.said.push(Said::warns(name, "Failed", text));
        let text = "Error: ErrImagePull".to_owned();
        self.said.push(Said::warns(name, "Failed", text));
        false
    }

    /// Whether what the container's variables refer to is there.
    pub(super) fn has_environment(&mut self, index: usize) -> bool {
        let container = &mut self.containers[index];
        let why = self.lacks.environment.get(&container.name).cloned();
        let new = container.lacks != why;
        container.lacks.clone_from(&why);
        let Some(why) = why else {
            return true;
        };
        if new {
            let name = Some(container.name.as_str());
            let text = format!("Error: {why}");
            self.said.push(Said::warns(name, "Failed", text));
        }
        container.state = State::Waiting {
            reason: "CreateContainerConfigError",
            message: why,
            until: Duration::MAX,
        };
        false
    }

    pub(super) fn start(&mut self, index: usize, now: Now) {
        let container = &mut self.containers[index];
        let act = self.script.act(&container.name, container.runs);
        if let State::Ended(ended) = &container.state {
            container.last = Some(ended.clone());
        }
        if container.runs > 0 {
            container.previous_log = Some(std::mem::take(&mut container.log));
        }
        let lines = self.script.logs.iter();
        container
            .log
            .extend(lines.map(|line| (now.day, line.clone())));
        container.runs += 1;
        container.unhealthy_at = container.probed_after.and_then(|after| {
            let fails = act.ready_after.is_none_or(|ready| ready > after);
            fails.then(|| now.since.saturating_add(after))
        });
        container.state = State::Running { since: now, act };
        let (name, image) = (container.name.clone(), &container.image);
        let name = Some(name.as_str());
        if container.pulls {
            let text = format!("Pulling image {image:?}");
            self.said.push(Said::well(name, "Pulling", text));
            let text = format!(
                "Successfully pulled image {image:?} in 0s (0s including waiting). Image size: 0 bytes."
            );
            self.said.push(Said::well(name, "Pulled", text));
        } else {
            let text = format!(
                "Container image {image:?} already present on machine and can be accessed by the pod"
            );
            self.said.push(Said::well(name, "Pulled", text));
        }
        let text = "Container created".to_owned();
        self.said.push(Said::well(name, "Created", text));
        let text = "Container started".to_owned();
        self.said.push(Said::well(name, "Started", text));
    }
}
