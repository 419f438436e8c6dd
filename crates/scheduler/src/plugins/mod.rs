//! What decides on a node: one table of plugins, in the order in which they filter.

mod affinity;
mod features;
mod interpod;
mod ports;
mod resources;
mod spread;
mod taints;

use std::sync::Arc;

use skeg_api::core::v1::{Node, Pod};

use crate::config::Profile;
use crate::devices::{Claims, Devices};
use crate::resources::PodRequest;
use crate::snapshot::{HostPort, NodeInfo, Snapshot};
use crate::volumes::{self, PodVolumes, Volumes};
use interpod::InterPod;
use spread::Spread;

pub use affinity::matches_required;
pub(crate) use affinity::{required_names, selector_matches};
pub(crate) use interpod::Terms;
pub(crate) use resources::of_shape;

/// The highest score that a plugin gives before its weight counts.
pub const SCORE_MAX: i64 = 100;

/// A pod that is to be placed, with what every node is asked about.
#[derive(Debug)]
pub struct Candidate<'a> {
    /// The pod.
    pub pod: &'a Pod,
    /// How it is scheduled.
    pub profile: &'a Profile,
    /// What it asks for.
    pub request: PodRequest,
    /// Which ports of the host it takes.
    pub ports: Vec<HostPort>,
    /// What devices there are, and what the pod's claims want of them.
    pub(crate) devices: Arc<Devices>,
    pub(crate) claims: Claims,
    /// What volumes there are, and what the pod's claims say of them.
    pub(crate) known_volumes: Arc<Volumes>,
    pub(crate) volumes: PodVolumes,
    /// The features that a node must declare to have.
    features: Vec<&'static str>,
    inter_pod: InterPod,
    spread: Spread,
    /// The images that the pod wants, with the share of nodes that have each.
    images: Vec<(String, f64)>,
}

impl<'a> Candidate<'a> {
    /// Reads what is needed of a pod, and of the pods that are there, once for
    /// all nodes.
    #[must_use]
    pub fn new(profile: &'a Profile, pod: &'a Pod, snapshot: &Snapshot) -> Self {
        Self {
            pod,
            profile,
            request: PodRequest::of(pod),
            ports: HostPort::of(pod),
            known_volumes: snapshot.volumes().clone(),
            volumes: snapshot.volumes().of_pod(pod, snapshot),
            claims: snapshot.devices().of_pod(pod),
            devices: snapshot.devices().clone(),
            features: features::of(pod),
            inter_pod: InterPod::new(&profile.args, pod, snapshot),
            spread: Spread::new(&profile.args, pod, snapshot),
            images: Vec::new(),
        }
    }

    /// Makes ready for scores, now that it is known which nodes can take the pod.
    pub(crate) fn compare(&mut self, snapshot: &Snapshot, fitting: &[(&str, &NodeInfo, &Node)]) {
        self.spread.compare(self.pod, snapshot, fitting);
        self.images = resources::images(self.pod, snapshot);
    }
}

/// Why a node cannot take a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// Upstream's words, one a fault; each counts by itself in the message.
    pub reasons: Vec<String>,
    /// Whether taking other pods away could help.
    pub resolvable: bool,
}

impl Rejection {
    pub(crate) fn unresolvable(reason: &str) -> Self {
        Self {
            reasons: vec![reason.to_owned()],
            resolvable: false,
        }
    }

    /// Turned down before it was looked at.
    pub(crate) fn by_plugins(plugin: &str) -> Self {
        Self::unresolvable(&format!("node(s) didn't satisfy plugin(s) [{plugin}]"))
    }

    pub(crate) fn resolvable(reason: &str) -> Self {
        Self {
            resolvable: true,
            ..Self::unresolvable(reason)
        }
    }
}

type Filter = fn(&Candidate<'_>, &NodeInfo, &Node) -> Option<Rejection>;
/// A raw score; larger is better unless the plugin's scale turns it round.
type Score = fn(&Candidate<'_>, &NodeInfo, &Node) -> i64;

/// How raw scores become 0 to [`SCORE_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// They are that already.
    AsIs,
    /// The largest becomes [`SCORE_MAX`].
    ByLargest,
    /// The largest becomes 0, none becomes [`SCORE_MAX`].
    Reversed,
    /// The smallest becomes 0, the largest [`SCORE_MAX`]; equals become 0.
    Between,
    /// The smallest becomes [`SCORE_MAX`], larger ones less in proportion; what
    /// is below 0 is not compared and becomes 0.
    Even,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Plugin {
    /// Upstream's name.
    pub name: &'static str,
    /// Says whether a node can take a pod.
    pub filter: Option<Filter>,
    /// Says how well, with the weight it counts and its scale.
    pub score: Option<(Score, i64, Scale)>,
}

/// The plugins with upstream's default weights, in the order in which a node is asked.
pub const PLUGINS: &[Plugin] = &[
    Plugin {
        name: "NodeUnschedulable",
        filter: Some(taints::unschedulable),
        score: None,
    },
    Plugin {
        name: "NodeName",
        filter: Some(affinity::node_name),
        score: None,
    },
    Plugin {
        name: "TaintToleration",
        filter: Some(taints::filter),
        score: Some((taints::score, 3, Scale::Reversed)),
    },
    Plugin {
        name: "NodeAffinity",
        filter: Some(affinity::filter),
        score: Some((affinity::score, 2, Scale::ByLargest)),
    },
    Plugin {
        name: "NodePorts",
        filter: Some(ports::filter),
        score: None,
    },
    Plugin {
        name: "NodeResourcesFit",
        filter: Some(resources::filter),
        score: Some((resources::score, 1, Scale::AsIs)),
    },
    Plugin {
        name: "VolumeRestrictions",
        filter: Some(volumes::restrictions),
        score: None,
    },
    Plugin {
        name: "NodeVolumeLimits",
        filter: Some(volumes::limits),
        score: None,
    },
    Plugin {
        name: "VolumeBinding",
        filter: Some(volumes::binding),
        score: Some((volumes::score, 1, Scale::AsIs)),
    },
    Plugin {
        name: "VolumeZone",
        filter: Some(volumes::zone),
        score: None,
    },
    Plugin {
        name: "PodTopologySpread",
        filter: Some(spread::filter),
        score: Some((spread::score, 2, Scale::Even)),
    },
    Plugin {
        name: "InterPodAffinity",
        filter: Some(interpod::filter),
        score: Some((interpod::score, 2, Scale::Between)),
    },
    Plugin {
        name: "DynamicResources",
        filter: Some(crate::devices::filter),
        score: None,
    },
    Plugin {
        name: "NodeDeclaredFeatures",
        filter: Some(features::filter),
        score: None,
    },
    Plugin {
        name: "NodeResourcesBalancedAllocation",
        filter: None,
        score: Some((resources::balanced, 1, Scale::AsIs)),
    },
    Plugin {
        name: "ImageLocality",
        filter: None,
        score: Some((resources::image_locality, 1, Scale::AsIs)),
    },
];
