//! A profile: which plugins decide, with which weight, under which name.

use skeg_schema::Value;

use super::args::Args;
use super::{ConfigError, fields::Fields};
use crate::plugins::{PLUGINS, Plugin};

/// Plugins of upstream that are built in elsewhere than in the table: the
/// queue, the binding, and making room.
const OTHERS: &[&str] = &[
    "SchedulingGates",
    "PrioritySort",
    "DefaultPreemption",
    "DefaultBinder",
    "GangScheduling",
];
/// Those that cannot be switched off: nothing else does their work.
const NEEDED: &[(&str, &str)] = &[("PrioritySort", "queueSort"), ("DefaultBinder", "bind")];
const POINTS: &[&str] = &[
    "preEnqueue",
    "queueSort",
    "preFilter",
    "filter",
    "postFilter",
    "preScore",
    "score",
    "reserve",
    "permit",
    "preBind",
    "bind",
    "postBind",
    "multiPoint",
];

/// How pods are scheduled that name this profile.
#[derive(Clone, Debug)]
pub struct Profile {
    /// What pods name as their scheduler.
    pub name: String,
    /// What plugins are told.
    pub args: Args,
    pub(crate) filters: Vec<&'static Plugin>,
    /// With their weights.
    pub(crate) scores: Vec<(&'static Plugin, i64)>,
    /// Whether less important pods may have to go.
    pub(crate) preempts: bool,
    /// Whether gates hold pods back.
    pub(crate) gates: bool,
    /// Which share of the nodes is enough to find; 0 goes by their number.
    pub(crate) percent: usize,
}

impl Default for Profile {
    fn default() -> Self {
        Self {
            name: crate::run::NAME.to_owned(),
            args: Args::default(),
            filters: PLUGINS
                .iter()
                .filter(|plugin| plugin.filter.is_some())
                .collect(),
            scores: PLUGINS
                .iter()
                .filter_map(|plugin| Some((plugin, plugin.score?.1)))
                .collect(),
            preempts: true,
            gates: true,
            percent: 0,
        }
    }
}

/// A set of plugins: by name, with a weight where one is given.
#[derive(Debug, Default)]
struct Set {
    enabled: Vec<(String, Option<i64>)>,
    disabled: Vec<String>,
}

impl Set {
    fn parse(mut fields: Fields<'_>) -> Result<Self, ConfigError> {
        let mut out = Self::default();
        for (at, plugin) in fields.list("enabled")? {
            let mut plugin = Fields::of(at.clone(), plugin)?;
            let name = known(&at, plugin.text("name")?, false)?;
            let weight = plugin.number("weight", 0, i64::from(i32::MAX))?;
            plugin.end()?;
            if out.enabled.iter().any(|(other, _)| *other == name) {
                return Err(ConfigError(format!("{at}.name: Duplicate value: {name:?}")));
            }
            out.enabled
                .push((name, weight.filter(|weight| *weight > 0)));
        }
        for (at, plugin) in fields.list("disabled")? {
            let mut plugin = Fields::of(at.clone(), plugin)?;
            let name = known(&at, plugin.text("name")?, true)?;
            plugin.number("weight", 0, i64::from(i32::MAX))?;
            plugin.end()?;
            out.disabled.push(name);
        }
        fields.end()?;
        Ok(out)
    }

    fn disables(&self, name: &str) -> bool {
        self.disabled
            .iter()
            .any(|other| other == name || other == "*")
    }

    fn enables(&self, name: &str) -> bool {
        self.enabled.iter().any(|(other, _)| other == name)
    }

    fn weight(&self, name: &str) -> Option<i64> {
        let mut all = self.enabled.iter();
        all.find(|(other, _)| other == name)?.1
    }
}

fn known(at: &str, name: Option<&str>, star: bool) -> Result<String, ConfigError> {
    let name = name.unwrap_or_default();
    let is_known = PLUGINS.iter().any(|plugin| plugin.name == name)
        || OTHERS.contains(&name)
        || star && name == "*";
    if is_known {
        Ok(name.to_owned())
    } else {
        Err(ConfigError(format!(
            "{at}.name: plugin {name:?} does not exist"
        )))
    }
}

/// The sets of a profile, by their point.
struct Sets(Vec<(&'static str, Set)>);

impl Sets {
    fn parse(mut fields: Fields<'_>) -> Result<Self, ConfigError> {
        let mut out = Vec::new();
        for point in POINTS {
            if let Some(set) = fields.object(point)? {
                out.push((*point, Set::parse(set)?));
            }
        }
        fields.end()?;
        Ok(Self(out))
    }

    fn of(&self, point: &str) -> Option<&Set> {
        let mut all = self.0.iter();
        all.find(|(name, _)| *name == point).map(|(_, set)| set)
    }

    /// Whether a plugin works at these points; the points themselves count more
    /// than what is said of all of them.
    fn has(&self, plugin: &str, points: &[&str]) -> bool {
        let at = |holds: &dyn Fn(&Set) -> bool| {
            points.iter().filter_map(|point| self.of(point)).any(holds)
        };
        if at(&|set| set.enables(plugin)) {
            return true;
        }
        if at(&|set| set.disables(plugin)) {
            return false;
        }
        self.of("multiPoint")
            .is_none_or(|all| all.enables(plugin) || !all.disables(plugin))
    }

    /// The plugins of a point: those named at it in the order named, behind
    /// those that are there by default.
    fn order(&self, points: &[&str], works: impl Fn(&Plugin) -> bool) -> Vec<&'static Plugin> {
        let named = |name: &str| {
            let mut at = 0;
            for point in points.iter().chain(&["multiPoint"]) {
                for (other, _) in self.of(point).map_or(&[][..], |set| &set.enabled) {
                    at += 1;
                    if other == name {
                        return at;
                    }
                }
            }
            0
        };
        let mut out: Vec<&'static Plugin> = PLUGINS
            .iter()
            .filter(|plugin| works(plugin) && self.has(plugin.name, points))
            .collect();
        let moved = |name: &str| {
            // Named after all were taken away: the order is that of the names.
            let starred = points
                .iter()
                .chain(&["multiPoint"])
                .filter_map(|point| self.of(point))
                .any(|set| set.disables(name));
            if starred { named(name) } else { 0 }
        };
        out.sort_by_key(|plugin| moved(plugin.name));
        out
    }

    fn weight(&self, plugin: &Plugin) -> Option<i64> {
        let given = ["score", "multiPoint"]
            .iter()
            .filter_map(|point| self.of(point)?.weight(plugin.name))
            .next();
        given.or(plugin.score.map(|(_, weight, _)| weight))
    }
}

impl Profile {
    pub(super) fn parse(
        at: &str,
        value: &Value,
        percent: usize,
        ignored: &mut Vec<String>,
    ) -> Result<Self, ConfigError> {
        let mut fields = Fields::of(at, value)?;
        let name = fields.text("schedulerName")?.unwrap_or(crate::run::NAME);
        let percent = fields.percent()?.unwrap_or(percent);
        let sets = match fields.object("plugins")? {
            Some(plugins) => Sets::parse(plugins)?,
            None => Sets(Vec::new()),
        };
        for (name, point) in NEEDED {
            if !sets.has(name, &[point]) {
                return Err(ConfigError(format!(
                    "{at}.plugins: {name} cannot be disabled: nothing else does its work"
                )));
            }
        }
        let mut args = Args::default();
        let mut told: Vec<&str> = Vec::new();
        for (at, config) in fields.list("pluginConfig")? {
            let mut config = Fields::of(at.clone(), config)?;
            let plugin = config.text("name")?.unwrap_or_default();
            if told.contains(&plugin) {
                return Err(ConfigError(format!(
                    "{at}: repeated config for plugin {plugin}"
                )));
            }
            told.push(plugin);
            let given = config.object("args")?;
            config.end()?;
            if let Some(given) = given {
                args.read(&at, plugin, given, ignored)?;
            }
        }
        fields.end()?;
        let scores = sets
            .order(&["preScore", "score"], |plugin| plugin.score.is_some())
            .into_iter()
            .filter_map(|plugin| Some((plugin, sets.weight(plugin)?)))
            .collect();
        Ok(Self {
            name: name.to_owned(),
            args,
            filters: sets.order(&["preFilter", "filter"], |plugin| plugin.filter.is_some()),
            scores,
            preempts: sets.has("DefaultPreemption", &["postFilter"]),
            gates: sets.has("SchedulingGates", &["preEnqueue"]),
            percent,
        })
    }

    /// Whether a plugin says which nodes can take a pod.
    #[must_use]
    pub fn filters_by(&self, plugin: &str) -> bool {
        self.filters.iter().any(|own| own.name == plugin)
    }
}
