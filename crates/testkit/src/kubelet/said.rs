//! What a fake kubelet tells of a pod, in the words of upstream's.

use std::collections::HashMap;

use parking_lot::Mutex;
use skeg_api::core::v1::Pod;
use skeg_runtime::{EventApi, EventRecorder, EventType, reference};

use super::Inner;

/// The component that a kubelet's events name.
const COMPONENT: &str = "kubelet";

/// Something that is to be told of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// The container that it is about; `None`: the pod.
    pub(crate) container: Option<String>,
    pub(crate) kind: EventType,
    pub(crate) reason: &'static str,
    pub(crate) message: String,
}

impl Said {
    pub(crate) fn well(container: Option<&str>, reason: &'static str, message: String) -> Self {
        Self {
            container: container.map(str::to_owned),
            kind: EventType::Normal,
            reason,
            message,
        }
    }

    pub(crate) fn warns(container: Option<&str>, reason: &'static str, message: String) -> Self {
        Self {
            kind: EventType::Warning,
            ..Self::well(container, reason, message)
        }
    }
}

/// A recorder a node, made when it first has something to tell.
#[derive(Default)]
pub(super) struct Recorders(Mutex<HashMap<String, EventRecorder>>);

impl Inner {
    /// Tells what has happened to a pod.
    pub(super) fn tell(&self, pod: &Pod, said: Vec<Said>) {
        if said.is_empty() {
            return;
        }
        let node = pod.spec.node_name.as_str();
        let recorder = {
            let mut recorders = self.recorders.0.lock();
            let held = recorders.entry(node.to_owned()).or_insert_with(|| {
                EventRecorder::start(
                    self.client(node),
                    EventApi::Core,
                    COMPONENT,
                    node,
                    self.clock.clone(),
                    self.cancel.clone(),
                )
            });
            held.clone()
        };
        for said in said {
            let mut about = reference(pod);
            if let Some(name) = &said.container {
                about.field_path = format!("spec.containers{{{name}}}");
            }
            recorder.event_about(about, said.kind, said.reason, said.message);
        }
    }
}
