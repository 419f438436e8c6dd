//! What plugins are told (`pluginConfig`).

use std::time::Duration;

use skeg_api::core::v1::{NodeSelector, PreferredSchedulingTerm, TopologySpreadConstraint};

use super::{ConfigError, fields};
use fields::Fields;

/// A share of use and its score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShapePoint {
    /// 0 to 100.
    pub utilization: i64,
    /// 0 to 100 (a configuration says 0 to 10).
    pub score: i64,
}

/// Which nodes are better, by what is left on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FitStrategy {
    /// Those with more left.
    LeastAllocated,
    /// Those with less left.
    MostAllocated,
    /// By this shape, its points by rising use.
    RequestedToCapacityRatio(Vec<ShapePoint>),
}

/// What plugins are told; the default is upstream's.
#[derive(Clone, Debug)]
pub struct Args {
    /// NodeResourcesFit: resources that are not compared with a node's room.
    pub ignored_resources: Vec<String>,
    /// The same, by the part of their names before the slash.
    pub ignored_resource_groups: Vec<String>,
    /// How room is scored.
    pub fit: FitStrategy,
    /// Which resources count for that, with their weights.
    pub fit_resources: Vec<(String, i64)>,
    /// NodeResourcesBalancedAllocation: which resources count.
    pub balanced_resources: Vec<String>,
    /// NodeAffinity: what every pod requires besides.
    pub added_required: Option<NodeSelector>,
    /// NodeAffinity: what every pod wishes besides.
    pub added_preferred: Vec<PreferredSchedulingTerm>,
    /// PodTopologySpread: what holds for pods that say nothing themselves;
    /// `None` is upstream's own choice.
    pub default_constraints: Option<Vec<TopologySpreadConstraint>>,
    /// InterPodAffinity: how much the required affinity of a pod counts as a wish.
    pub hard_pod_affinity_weight: i64,
    /// InterPodAffinity: only the wishes of the pod that comes count.
    pub ignore_wishes_of_others: bool,
    /// DefaultPreemption: so many nodes, in percent and at least, are tried.
    pub candidates: (usize, usize),
    /// VolumeBinding: how good a share of use of storage is, the points by rising use.
    pub volume_shape: Vec<ShapePoint>,
    /// VolumeBinding: how long a pod waits for its volumes.
    pub volume_timeout: Duration,
    /// DynamicResources: how long it waits for devices to be made ready.
    pub device_timeout: Duration,
}

impl Default for Args {
    fn default() -> Self {
        Self {
            ignored_resources: Vec::new(),
            ignored_resource_groups: Vec::new(),
            fit: FitStrategy::LeastAllocated,
            fit_resources: vec![("cpu".to_owned(), 1), ("memory".to_owned(), 1)],
            balanced_resources: vec!["cpu".to_owned(), "memory".to_owned()],
            added_required: None,
            added_preferred: Vec::new(),
            default_constraints: None,
            hard_pod_affinity_weight: 1,
            ignore_wishes_of_others: false,
            candidates: (10, 100),
            volume_shape: vec![
                ShapePoint {
                    utilization: 0,
                    score: 100,
                },
                ShapePoint {
                    utilization: 100,
                    score: 0,
                },
            ],
            volume_timeout: Duration::from_secs(600),
            device_timeout: Duration::from_secs(600),
        }
    }
}

impl Args {
    /// Reads what one plugin is told.
    pub(super) fn read(
        &mut self,
        at: &str,
        plugin: &str,
        mut given: Fields<'_>,
        ignored: &mut Vec<String>,
    ) -> Result<(), ConfigError> {
        given.text("apiVersion")?;
        let kind = given.text("kind")?;
        if let Some(kind) = kind.filter(|kind| *kind != format!("{plugin}Args")) {
            return Err(ConfigError(format!(
                "{at}.args.kind: {kind} is not for {plugin}"
            )));
        }
        match plugin {
            "NodeResourcesFit" => self.fit(&mut given)?,
            "NodeResourcesBalancedAllocation" => {
                self.balanced_resources = resources(&mut given)?
                    .into_iter()
                    .map(|(name, _)| name)
                    .collect();
            }
            "NodeAffinity" => {
                if let Some(mut added) = given.object("addedAffinity")? {
                    let required = "requiredDuringSchedulingIgnoredDuringExecution";
                    self.added_required = added.message(required)?;
                    let preferred = "preferredDuringSchedulingIgnoredDuringExecution";
                    for (at, term) in added.list(preferred)? {
                        self.added_preferred.push(fields::message(&at, term)?);
                    }
                    added.end()?;
                }
            }
            "PodTopologySpread" => self.spread(at, &mut given)?,
            "InterPodAffinity" => {
                if let Some(weight) = given.number("hardPodAffinityWeight", 0, 100)? {
                    self.hard_pod_affinity_weight = weight;
                }
                self.ignore_wishes_of_others = given.flag("ignorePreferredTermsOfExistingPods")?;
            }
            "DefaultPreemption" => {
                let percent = given.number("minCandidateNodesPercentage", 0, 100)?;
                let least = given.number("minCandidateNodesAbsolute", 0, i64::from(i32::MAX))?;
                let number = |given: Option<i64>, default| {
                    given
                        .and_then(|number| usize::try_from(number).ok())
                        .unwrap_or(default)
                };
                self.candidates = (
                    number(percent, self.candidates.0),
                    number(least, self.candidates.1),
                );
            }
            "VolumeBinding" => {
                let seconds = given.number("bindTimeoutSeconds", 0, 24 * 3600)?;
                if let Some(seconds) = seconds {
                    self.volume_timeout = Duration::from_secs(seconds.unsigned_abs());
                }
                let given = points(&mut given)?;
                if !given.is_empty() {
                    self.volume_shape = given;
                }
            }
            "DynamicResources" => {
                if let Some(seconds) = given.seconds("bindingTimeout")? {
                    self.device_timeout = Duration::from_secs_f64(seconds);
                }
                if given.take("filterTimeout").is_some() {
                    ignored.push(format!("{at}.args.filterTimeout"));
                }
            }
            other => {
                return Err(ConfigError(format!("{at}.name: {other} takes no args")));
            }
        }
        given.end()
    }

    fn fit(&mut self, given: &mut Fields<'_>) -> Result<(), ConfigError> {
        self.ignored_resources = given.texts("ignoredResources")?;
        self.ignored_resource_groups = given.texts("ignoredResourceGroups")?;
        let Some(mut strategy) = given.object("scoringStrategy")? else {
            return Ok(());
        };
        let kind = strategy.text("type")?.unwrap_or("LeastAllocated");
        let resources = resources(&mut strategy)?;
        if !resources.is_empty() {
            self.fit_resources = resources;
        }
        let shape = match strategy.object("requestedToCapacityRatio")? {
            Some(ratio) => Some(shape(ratio)?),
            None => None,
        };
        self.fit = match (kind, shape) {
            ("LeastAllocated", _) => FitStrategy::LeastAllocated,
            ("MostAllocated", _) => FitStrategy::MostAllocated,
            ("RequestedToCapacityRatio", Some(shape)) => {
                FitStrategy::RequestedToCapacityRatio(shape)
            }
            (kind, _) => {
                return Err(ConfigError(format!(
                    "{}: {kind:?} needs a shape, or is none of LeastAllocated, MostAllocated and RequestedToCapacityRatio",
                    strategy.at("type")
                )));
            }
        };
        strategy.end()
    }

    fn spread(&mut self, at: &str, given: &mut Fields<'_>) -> Result<(), ConfigError> {
        let mut constraints: Vec<TopologySpreadConstraint> = Vec::new();
        for (at, one) in given.list("defaultConstraints")? {
            let constraint: TopologySpreadConstraint = fields::message(&at, one)?;
            if constraint.label_selector.is_some() {
                return Err(ConfigError(format!(
                    "{at}.labelSelector: Forbidden: constraint must not define a selector, as they deduced for each pod"
                )));
            }
            if constraint.max_skew <= 0 || constraint.topology_key.is_empty() {
                return Err(ConfigError(format!(
                    "{at}: maxSkew must be above 0 and topologyKey must be given"
                )));
            }
            constraints.push(constraint);
        }
        let kind = given.text("defaultingType")?;
        self.default_constraints = match kind {
            Some("List") => Some(constraints),
            None if !constraints.is_empty() => Some(constraints),
            None | Some("System") if constraints.is_empty() => None,
            _ => {
                return Err(ConfigError(format!(
                    "{at}.args.defaultingType: must be List when constraints are given, else List or System"
                )));
            }
        };
        Ok(())
    }

    /// Whether a resource is left out where room is compared.
    #[must_use]
    pub fn ignores(&self, resource: &str) -> bool {
        let group = resource.split_once('/').map(|(group, _)| group);
        self.ignored_resources.iter().any(|name| name == resource)
            || group.is_some_and(|group| {
                self.ignored_resource_groups
                    .iter()
                    .any(|ignored| ignored == group)
            })
    }
}

fn resources(given: &mut Fields<'_>) -> Result<Vec<(String, i64)>, ConfigError> {
    given
        .list("resources")?
        .into_iter()
        .map(|(at, one)| {
            let mut one = Fields::of(at, one)?;
            let name = one.text("name")?.unwrap_or_default().to_owned();
            let weight = one.number("weight", 0, 100)?.filter(|weight| *weight > 0);
            one.end()?;
            Ok((name, weight.unwrap_or(1)))
        })
        .collect()
}

fn shape(mut ratio: Fields<'_>) -> Result<Vec<ShapePoint>, ConfigError> {
    let at = ratio.at("shape");
    let points = points(&mut ratio)?;
    ratio.end()?;
    if points.is_empty() {
        return Err(ConfigError(format!(
            "{at}: must have points whose utilization rises"
        )));
    }
    Ok(points)
}

/// The points of a shape; there may be none.
fn points(given: &mut Fields<'_>) -> Result<Vec<ShapePoint>, ConfigError> {
    let at = given.at("shape");
    let mut points = Vec::new();
    for (at, point) in given.list("shape")? {
        let mut point = Fields::of(at, point)?;
        points.push(ShapePoint {
            utilization: point.number("utilization", 0, 100)?.unwrap_or(0),
            score: point.number("score", 0, 10)?.unwrap_or(0) * 10,
        });
        point.end()?;
    }
    let rising = points
        .windows(2)
        .all(|pair| pair[0].utilization < pair[1].utilization);
    if !rising {
        return Err(ConfigError(format!(
            "{at}: must have points whose utilization rises"
        )));
    }
    Ok(points)
}
