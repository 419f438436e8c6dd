//! The decision itself: a pure function of a snapshot and a pod.

use std::collections::BTreeMap;

use skeg_api::core::v1::{Node, Pod};

use crate::config::Profile;
use crate::devices::Claims;
use crate::plugins::{Candidate, Rejection, SCORE_MAX, Scale};
use crate::snapshot::{NodeInfo, Snapshot};
use crate::volumes::PodVolumes;

/// What came of a pod.
#[derive(Clone, Debug)]
pub enum Decision {
    /// It goes to this node.
    Place(String),
    /// No node can take it.
    Unschedulable(Unschedulable),
}

/// Why no node can take a pod.
#[derive(Clone, Debug)]
pub struct Unschedulable {
    /// Upstream's names of the plugins that turned it down: what they look at
    /// must change before it is worth another try.
    pub plugins: Vec<&'static str>,
    /// Why each node cannot.
    pub rejections: Vec<(String, Rejection)>,
    /// Why none needs to be asked.
    pub before: Option<String>,
}

impl Unschedulable {
    /// Upstream's FailedScheduling message, without what became of preemption.
    #[must_use]
    pub fn message(&self) -> String {
        if self.rejections.is_empty() {
            return "no nodes available to schedule pods".into();
        }
        if let Some(why) = &self.before {
            return format!("0/{} nodes are available: {why}.", self.rejections.len());
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, rejection) in &self.rejections {
            for reason in &rejection.reasons {
                *counts.entry(reason).or_default() += 1;
            }
        }
        format!(
            "0/{} nodes are available: {}.",
            self.rejections.len(),
            count(counts)
        )
    }
}

/// What decides beside the pod and the nodes.
pub struct Turn<'t> {
    /// The node with which to begin, by its place among all. Where there are
    /// many nodes and enough of them can take the pod, the others are not looked
    /// at; the next pod's turn begins behind those that were.
    pub from: &'t mut usize,
    /// Of n equally good nodes chooses one by a number below n.
    pub pick: &'t mut dyn FnMut(usize) -> usize,
}

/// Fewer nodes than these are all looked at (upstream's `minFeasibleNodesToFind`).
const ENOUGH_MIN: usize = 100;
/// Where nobody says it, a smaller share of more nodes is enough, down to this.
const PERCENT_MIN: usize = 5;

/// How many nodes that can take a pod are enough, by the share that the profile
/// names or the number of nodes.
fn enough(profile: &Profile, nodes: usize) -> usize {
    let percent = match profile.percent {
        0 => 50_usize.saturating_sub(nodes / 125).max(PERCENT_MIN),
        percent => percent,
    };
    (nodes * percent / 100).clamp(ENOUGH_MIN, nodes.max(ENOUGH_MIN))
}

/// Finds the best node for a pod.
///
/// `promised` is the snapshot with those pods in place for which room has been
/// made; a node must be able to take the pod with them and without. A node on
/// which room was made for this pod itself is taken at once if it fits.
pub fn schedule(
    profile: &Profile,
    snapshot: &Snapshot,
    promised: Option<&Snapshot>,
    pod: &Pod,
    turn: Turn<'_>,
) -> Decision {
    let mut candidate = Candidate::new(profile, pod, snapshot);
    let found = match find(&candidate, snapshot, promised, turn.from) {
        Ok(found) => found,
        Err(why) => return Decision::Unschedulable(why),
    };
    let totals = rank(&mut candidate, snapshot, &found.fitting);
    let chosen = best(&totals, turn.pick);
    Decision::Place(found.fitting[chosen].to_owned())
}

/// One of the largest.
pub(crate) fn best(totals: &[i64], pick: &mut dyn FnMut(usize) -> usize) -> usize {
    let best = totals.iter().max().copied().unwrap_or(0);
    let equals: Vec<usize> = (0..totals.len()).filter(|&at| totals[at] == best).collect();
    equals[pick(equals.len()).min(equals.len() - 1)]
}

/// The nodes that can take a pod, and why others cannot.
pub(crate) struct Found<'s> {
    /// At least one; only the one on which room was made for the pod, if that fits.
    pub(crate) fitting: Vec<&'s str>,
    pub(crate) rejections: Vec<(&'s str, Rejection)>,
    pub(crate) plugins: Vec<&'static str>,
}

/// Finds nodes that can take a pod: all of them, or as many as are enough where
/// there are many, those from `from` on first.
pub(crate) fn find<'s>(
    candidate: &Candidate<'_>,
    snapshot: &'s Snapshot,
    promised: Option<&Snapshot>,
    from: &mut usize,
) -> Result<Found<'s>, Unschedulable> {
    let (pod, profile) = (candidate.pod, candidate.profile);
    if let Some((plugin, why)) = hopeless(candidate) {
        let rejections = snapshot
            .nodes()
            .map(|(name, ..)| (name.to_owned(), Rejection::unresolvable(why)));
        return Err(Unschedulable {
            plugins: vec![plugin],
            rejections: rejections.collect(),
            before: Some(why.to_owned()),
        });
    }
    let second = promised.map(|promised| (promised, Candidate::new(profile, pod, promised)));
    let reject = |name: &str, info: &NodeInfo, node: &Node| {
        rejection(candidate, info, node).or_else(|| {
            let (promised, candidate) = second.as_ref()?;
            rejection(candidate, promised.node(name)?, node)
        })
    };
    let names = crate::plugins::required_names(pod).filter(|_| profile.filters_by("NodeAffinity"));
    let is_named = |name: &str| {
        let names = names.as_ref();
        names.is_none_or(|names| names.contains(&name))
    };
    let mut search = Search::default();
    let nominated = pod.status.nominated_node_name.as_str();
    if let Some((name, info, node)) = snapshot.present(nominated)
        && is_named(name)
        && reject(name, info, node).is_none()
    {
        search.fitting.push(name);
        return Ok(search.found());
    }
    match &names {
        Some(names) => {
            let mut names = names.clone();
            names.sort_unstable();
            names.dedup();
            let named = names.into_iter().filter_map(|name| snapshot.present(name));
            search.ask(named, usize::MAX, reject);
        }
        None => {
            let all = snapshot.nodes().count();
            let start = *from % all.max(1);
            let nodes = snapshot.nodes().skip(start);
            let nodes = nodes.chain(snapshot.nodes().take(start));
            search.ask(nodes, enough(profile, all), reject);
            *from = (start + search.asked) % all.max(1);
        }
    }
    if !search.fitting.is_empty() {
        return Ok(search.found());
    }
    let mut rejections = search.rejections;
    if names.is_some() {
        let others = snapshot.nodes().filter(|(name, ..)| !is_named(name));
        let before = rejections.len();
        rejections.extend(others.map(|(name, ..)| (name, Rejection::by_plugins("NodeAffinity"))));
        if rejections.len() > before && !search.plugins.contains(&"NodeAffinity") {
            search.plugins.push("NodeAffinity");
        }
    }
    rejections.sort_by_key(|(name, _)| *name);
    Err(Unschedulable {
        plugins: search.plugins,
        rejections: owned(rejections),
        before: None,
    })
}

pub(crate) fn owned(rejections: Vec<(&str, Rejection)>) -> Vec<(String, Rejection)> {
    let rejections = rejections.into_iter();
    rejections
        .map(|(name, rejection)| (name.to_owned(), rejection))
        .collect()
}

/// A search for nodes under way.
#[derive(Default)]
struct Search<'s> {
    asked: usize,
    fitting: Vec<&'s str>,
    rejections: Vec<(&'s str, Rejection)>,
    plugins: Vec<&'static str>,
}

impl<'s> Search<'s> {
    fn ask(
        &mut self,
        nodes: impl Iterator<Item = (&'s str, &'s NodeInfo, &'s Node)>,
        enough: usize,
        reject: impl Fn(&str, &NodeInfo, &Node) -> Option<(&'static str, Rejection)>,
    ) {
        for (name, info, node) in nodes {
            if self.fitting.len() >= enough {
                return;
            }
            self.asked += 1;
            match reject(name, info, node) {
                Some((plugin, rejection)) => {
                    if !self.plugins.contains(&plugin) {
                        self.plugins.push(plugin);
                    }
                    self.rejections.push((name, rejection));
                }
                None => self.fitting.push(name),
            }
        }
    }

    fn found(self) -> Found<'s> {
        Found {
            fitting: self.fitting,
            rejections: self.rejections,
            plugins: self.plugins,
        }
    }
}

/// Why no node needs to be asked, with the plugin that says so.
fn hopeless<'c>(candidate: &'c Candidate<'_>) -> Option<(&'static str, &'c str)> {
    let by = |plugin: &&'static str| candidate.profile.filters_by(plugin);
    let names = crate::plugins::required_names(candidate.pod);
    if by(&"NodeAffinity") && names.is_some_and(|names| names.is_empty()) {
        return Some(("NodeAffinity", "pod affinity terms conflict"));
    }
    match (&candidate.volumes, &candidate.claims) {
        (PodVolumes::Hopeless(plugin, why), _) if by(plugin) => Some((plugin, why)),
        (_, Claims::Hopeless(why)) if by(&"DynamicResources") => Some(("DynamicResources", why)),
        _ => None,
    }
}

/// Why one node cannot take a pod, if it cannot.
pub(crate) fn fits(
    profile: &Profile,
    snapshot: &Snapshot,
    pod: &Pod,
    name: &str,
) -> Option<Rejection> {
    let info = snapshot.node(name)?;
    let node = info.node.as_deref()?;
    let candidate = Candidate::new(profile, pod, snapshot);
    rejection(&candidate, info, node).map(|(_, rejection)| rejection)
}

/// The first plugin that turns a node down, and why.
fn rejection(
    candidate: &Candidate<'_>,
    info: &NodeInfo,
    node: &Node,
) -> Option<(&'static str, Rejection)> {
    candidate
        .profile
        .filters
        .iter()
        .find_map(|plugin| Some((plugin.name, plugin.filter?(candidate, info, node)?)))
}

/// How good each of the nodes is that can take a pod.
pub(crate) fn rank(
    candidate: &mut Candidate<'_>,
    snapshot: &Snapshot,
    fitting: &[&str],
) -> Vec<i64> {
    let mut totals = vec![0; fitting.len()];
    if fitting.len() < 2 {
        return totals;
    }
    let nodes: Vec<(&str, &NodeInfo, &Node)> = fitting
        .iter()
        .filter_map(|name| {
            let info = snapshot.node(name)?;
            Some((*name, info, info.node.as_deref()?))
        })
        .collect();
    candidate.compare(snapshot, &nodes);
    for (plugin, weight) in &candidate.profile.scores {
        let Some((score, _, scale)) = plugin.score else {
            continue;
        };
        let raw: Vec<i64> = nodes
            .iter()
            .map(|(_, info, node)| score(candidate, info, node))
            .collect();
        for (total, one) in totals.iter_mut().zip(scaled(&raw, scale)) {
            *total += weight * one;
        }
    }
    totals
}

/// Raw scores of all nodes as 0 to [`SCORE_MAX`].
fn scaled(raw: &[i64], scale: Scale) -> impl Iterator<Item = i64> {
    let largest = raw.iter().max().copied().unwrap_or(0);
    let smallest = raw.iter().min().copied().unwrap_or(0);
    let compared = raw.iter().filter(|raw| **raw >= 0);
    let least_compared = compared.min().copied().unwrap_or(0);
    raw.iter().map(move |&raw| match scale {
        Scale::AsIs => raw,
        Scale::ByLargest if largest == 0 => 0,
        Scale::ByLargest => raw * SCORE_MAX / largest,
        Scale::Reversed if largest == 0 => SCORE_MAX,
        Scale::Reversed => SCORE_MAX - raw * SCORE_MAX / largest,
        Scale::Between if largest == smallest => 0,
        Scale::Between => (raw - smallest) * SCORE_MAX / (largest - smallest),
        Scale::Even if raw < 0 => 0,
        Scale::Even if largest <= 0 => SCORE_MAX,
        Scale::Even => (largest + least_compared - raw) * SCORE_MAX / largest,
    })
}

/// Reasons with how often each was given, in the order of kube-scheduler.
pub(crate) fn count(counts: BTreeMap<&str, usize>) -> String {
    let mut parts: Vec<String> = counts
        .into_iter()
        .map(|(reason, count)| format!("{count} {reason}"))
        .collect();
    parts.sort();
    parts.join(", ")
}

#[cfg(test)]
mod tests;
