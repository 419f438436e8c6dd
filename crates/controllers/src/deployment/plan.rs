//! What a Deployment needs next, worked out without IO. The decisions and
//! their order are those of the Deployment controller upstream.

use std::collections::HashSet;

use jiff::Timestamp;
use skeg_api::apps::v1::{Deployment, ReplicaSet};
use skeg_meta::{Object, ObjectMeta};

use super::status::{plan_rollout_status, plan_status};
use super::util::{
    DESIRED_REPLICAS, PROGRESSING, REVISION, ROLLBACK_TO, TEMPLATE_HASH, annotate, condition,
    fraction, is_complete, is_rolling, max_surge, max_unavailable, new_condition, note_replicas,
    number, progress_deadline, replicas, revision, same_template, set_condition, total, wanted,
};
use crate::workload::template_hash;

/// What is known.
pub(super) struct Snapshot<'a> {
    pub(super) deployment: &'a Deployment,
    /// The sets that are the Deployment's.
    pub(super) sets: Vec<ReplicaSet>,
    /// The uids of those sets that have a pod which has not ended.
    pub(super) running: HashSet<String>,
    pub(super) now: Timestamp,
}

/// One write.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Action {
    Create(Box<ReplicaSet>),
    Update {
        set: Box<ReplicaSet>,
        event: Option<String>,
    },
    Delete(Box<ObjectMeta>),
}

/// The writes, in order, and the Deployment as it should then be (its status
/// and its annotations).
pub(super) struct Plan {
    pub(super) actions: Vec<Action>,
    pub(super) deployment: Deployment,
}

/// Works out what to do.
pub(super) fn plan(snapshot: Snapshot<'_>) -> Plan {
    let mut work = Work {
        before: snapshot.deployment,
        deployment: snapshot.deployment.clone(),
        sets: snapshot.sets,
        running: snapshot.running,
        newest: None,
        now: snapshot.now,
        actions: Vec::new(),
    };
    work.sets.sort_by(older_first);
    work.run();
    Plan {
        actions: work.actions,
        deployment: work.deployment,
    }
}

/// What a set is called: of a Deployment's long name so much is left that the
/// hash has room.
fn set_name(deployment: &str, hash: &str) -> String {
    /// The longest name of an object.
    const LEN_MAX: usize = 253;
    let room = LEN_MAX.saturating_sub(1 + hash.len());
    format!("{}-{hash}", deployment.get(..room).unwrap_or(deployment))
}

fn born(set: &ReplicaSet) -> Option<Timestamp> {
    set.metadata.creation_timestamp.map(|time| time.0)
}

fn older_first(a: &ReplicaSet, b: &ReplicaSet) -> std::cmp::Ordering {
    // A set that is yet to be created has no time and is the youngest.
    let key = |set: &ReplicaSet| born(set).unwrap_or(Timestamp::MAX);
    key(a)
        .cmp(&key(b))
        .then_with(|| a.metadata.name.cmp(&b.metadata.name))
}

pub(super) struct Work<'a> {
    /// As it was.
    pub(super) before: &'a Deployment,
    /// As it is to be.
    pub(super) deployment: Deployment,
    /// As they are to be.
    pub(super) sets: Vec<ReplicaSet>,
    running: HashSet<String>,
    /// Which of them has the Deployment's template.
    pub(super) newest: Option<usize>,
    pub(super) now: Timestamp,
    actions: Vec<Action>,
}

impl Work<'_> {
    fn run(&mut self) {
        let spec = &self.before.spec;
        self.newest = self
            .sets
            .iter()
            .position(|set| same_template(&set.spec.template, &spec.template));
        if self.before.metadata.is_deleting() {
            self.sync_newest(false);
            return plan_status(self);
        }
        self.check_paused();
        self.sync_newest(false);
        if spec.paused || self.is_scaling() {
            self.scale();
            // A rollback may want what would be removed.
            if spec.paused && !self.before.metadata.annotations.contains_key(ROLLBACK_TO) {
                self.clean_up();
            }
            return plan_status(self);
        }
        if is_rolling(self.before) {
            self.sync_newest(true);
            let moved = self.grow_newest() || self.shrink_old();
            if !moved && is_complete(&self.deployment, &self.before.status) {
                self.clean_up();
            }
        } else {
            self.recreate();
        }
        plan_rollout_status(self);
    }

    fn old(&self) -> impl Iterator<Item = usize> + use<> {
        let newest = self.newest;
        (0..self.sets.len()).filter(move |&at| Some(at) != newest)
    }

    fn check_paused(&mut self) {
        if progress_deadline(self.before).is_none() {
            return;
        }
        let reason = condition(&self.deployment.status, PROGRESSING)
            .map(|condition| condition.reason.clone());
        if reason.as_deref() == Some("ProgressDeadlineExceeded") {
            return;
        }
        let noted = reason.as_deref() == Some("DeploymentPaused");
        let (reason, message) = match (self.before.spec.paused, noted) {
            (true, false) => ("DeploymentPaused", "Deployment is paused"),
            (false, true) => ("DeploymentResumed", "Deployment is resumed"),
            _ => return,
        };
        set_condition(
            &mut self.deployment.status,
            new_condition(PROGRESSING, "Unknown", reason, message, self.now),
        );
    }

    /// Brings annotations and revision of the newest set up to date, and makes it if need be.
    fn sync_newest(&mut self, create: bool) {
        let next = self
            .old()
            .map(|at| revision(&self.sets[at]))
            .max()
            .unwrap_or(0)
            + 1;
        match self.newest {
            Some(at) => {
                let min_ready = self.before.spec.min_ready_seconds;
                let set = &mut self.sets[at];
                let changed =
                    annotate(set, self.before, next) | (set.spec.min_ready_seconds != min_ready);
                set.spec.min_ready_seconds = min_ready;
                if changed {
                    let set = Box::new(set.clone());
                    self.actions.push(Action::Update { set, event: None });
                    // Upstream leaves the rest to the next round, and there will be one.
                    return;
                }
                let (name, number) = (set.metadata.name.clone(), revision(set));
                self.note_revision(number);
                if progress_deadline(self.before).is_some()
                    && condition(&self.deployment.status, PROGRESSING).is_none()
                {
                    let message = format!("Found new replica set \"{name}\"");
                    let found =
                        new_condition(PROGRESSING, "True", "FoundNewReplicaSet", message, self.now);
                    set_condition(&mut self.deployment.status, found);
                }
            }
            None if create => self.create_newest(next),
            None => {}
        }
    }

    fn note_revision(&mut self, revision: i64) {
        self.deployment
            .metadata
            .annotations
            .insert(REVISION.to_owned(), revision.to_string());
    }

    fn create_newest(&mut self, revision: i64) {
        let owner = self.before;
        let hash = template_hash(&owner.spec.template, owner.status.collision_count);
        let mut template = owner.spec.template.clone();
        template
            .metadata
            .labels
            .insert(TEMPLATE_HASH.to_owned(), hash.clone());
        let mut selector = owner.spec.selector.clone().unwrap_or_default();
        selector
            .match_labels
            .insert(TEMPLATE_HASH.to_owned(), hash.clone());
        let mut set = ReplicaSet {
            metadata: ObjectMeta::named(
                &*owner.metadata.namespace,
                set_name(&owner.metadata.name, &hash),
            ),
            ..ReplicaSet::default()
        };
        set.metadata.labels = template.metadata.labels.clone();
        set.metadata.owner_references = vec![owner.controller_reference()];
        set.spec.min_ready_seconds = owner.spec.min_ready_seconds;
        set.spec.selector = Some(selector);
        set.spec.template = template;
        set.spec.replicas = Some(0);
        set.spec.replicas = Some(self.newest_replicas(&set));
        note_replicas(&mut set, owner);
        annotate(&mut set, owner, revision);
        if progress_deadline(owner).is_some() {
            let message = format!("Created new replica set \"{}\"", set.metadata.name);
            let created = new_condition(
                PROGRESSING,
                "True",
                "NewReplicaSetCreated",
                message,
                self.now,
            );
            set_condition(&mut self.deployment.status, created);
        }
        self.note_revision(revision);
        self.actions.push(Action::Create(Box::new(set.clone())));
        self.newest = Some(self.sets.len());
        self.sets.push(set);
    }

    /// How many pods the newest set may have by now.
    fn newest_replicas(&self, newest: &ReplicaSet) -> i32 {
        let wanted = wanted(self.before);
        if !is_rolling(self.before) {
            return wanted;
        }
        let there = total(&self.sets);
        let most = wanted + max_surge(self.before);
        if there >= most {
            return replicas(newest);
        }
        replicas(newest) + (most - there).min(wanted - replicas(newest))
    }

    /// Gives a set another size and notes on it the size of the whole; whether the size is news.
    fn resize(&mut self, at: usize, size: i32) -> bool {
        let set = &mut self.sets[at];
        let old = replicas(set);
        let noted = note_replicas(set, self.before);
        if old == size && !noted {
            return false;
        }
        set.spec.replicas = Some(size);
        let event = (old != size).then(|| {
            let direction = if old < size { "up" } else { "down" };
            format!(
                "Scaled {direction} replica set {} from {old} to {size}",
                set.metadata.name
            )
        });
        self.actions.push(Action::Update {
            set: Box::new(set.clone()),
            event,
        });
        old != size
    }

    fn resize_if_differs(&mut self, at: usize, size: i32) -> bool {
        replicas(&self.sets[at]) != size && self.resize(at, size)
    }

    /// Whether the Deployment has been given another size since its sets were last looked at.
    fn is_scaling(&self) -> bool {
        let wanted = wanted(self.before);
        let active = self.sets.iter().filter(|set| replicas(set) > 0);
        active
            .filter_map(|set| number(set, DESIRED_REPLICAS))
            .any(|desired| desired != wanted)
    }

    /// Spreads a new size over the sets in proportion to theirs.
    fn scale(&mut self) {
        let size = wanted(self.before);
        let active: Vec<usize> = (0..self.sets.len())
            .filter(|&at| replicas(&self.sets[at]) > 0)
            .collect();
        let sole = match active[..] {
            // Without any, the newest or else the youngest one counts.
            [] => self.newest.or_else(|| {
                (0..self.sets.len()).max_by(|&a, &b| older_first(&self.sets[a], &self.sets[b]))
            }),
            [one] => Some(one),
            _ => None,
        };
        if let Some(at) = sole {
            self.resize_if_differs(at, size);
            return;
        }
        if active.is_empty() {
            return;
        }
        if self.newest.is_some_and(|at| self.is_saturated(at)) {
            let newest = self.newest;
            for at in active.into_iter().filter(|&at| Some(at) != newest) {
                self.resize_if_differs(at, 0);
            }
            return;
        }
        if is_rolling(self.before) {
            self.scale_in_proportion(active);
        }
    }

    fn is_saturated(&self, at: usize) -> bool {
        let (set, size) = (&self.sets[at], wanted(self.before));
        replicas(set) == size
            && number(set, DESIRED_REPLICAS) == Some(size)
            && set.status.available_replicas == size
    }

    fn scale_in_proportion(&mut self, mut active: Vec<usize>) {
        let size = wanted(self.before);
        let allowed = if size > 0 {
            size + max_surge(self.before)
        } else {
            0
        };
        let change = allowed
            - active
                .iter()
                .map(|&at| replicas(&self.sets[at]))
                .sum::<i32>();
        active.sort_by(|&a, &b| {
            let (a, b) = (&self.sets[a], &self.sets[b]);
            let by_age = if change > 0 {
                older_first(b, a)
            } else {
                older_first(a, b)
            };
            replicas(b).cmp(&replicas(a)).then(by_age)
        });
        let mut changed = 0;
        let mut sizes = Vec::with_capacity(active.len());
        for &at in &active {
            let set = &self.sets[at];
            let part = if change == changed || change == 0 {
                0
            } else if change > 0 {
                fraction(set, self.before).min(change - changed)
            } else {
                fraction(set, self.before).max(change - changed)
            };
            changed += part;
            sizes.push(replicas(set) + part);
        }
        if let Some(first) = sizes.first_mut() {
            *first = (*first + change - changed).max(0);
        }
        for (at, size) in active.into_iter().zip(sizes) {
            self.resize(at, size);
        }
    }

    /// Lets the newest set grow as far as the surge allows.
    fn grow_newest(&mut self) -> bool {
        let Some(at) = self.newest else { return false };
        let (size, there) = (wanted(self.before), replicas(&self.sets[at]));
        let target = if there >= size {
            size
        } else {
            self.newest_replicas(&self.sets[at])
        };
        self.resize_if_differs(at, target)
    }

    /// Lets the old sets shrink as far as availability allows.
    fn shrink_old(&mut self) -> bool {
        let mut old: Vec<usize> = self
            .old()
            .filter(|&at| replicas(&self.sets[at]) > 0)
            .collect();
        if old.is_empty() {
            return false;
        }
        old.sort_by(|&a, &b| older_first(&self.sets[a], &self.sets[b]));
        let newest = self.newest.map(|at| &self.sets[at]);
        let available_min = wanted(self.before) - max_unavailable(self.before);
        let unavailable = newest.map_or(0, |set| replicas(set) - set.status.available_replicas);
        let most = total(&self.sets) - available_min - unavailable;
        if most <= 0 {
            return false;
        }
        // Pods that do not work anyway go first.
        let mut gone = 0;
        for &at in &old {
            let (size, available) = (
                replicas(&self.sets[at]),
                self.sets[at].status.available_replicas,
            );
            if gone < most && size > available {
                let count = (most - gone).min(size - available);
                gone += count;
                self.resize_if_differs(at, size - count);
            }
        }
        let available: i32 = self
            .sets
            .iter()
            .map(|set| set.status.available_replicas)
            .sum();
        let spare = available - available_min;
        let mut taken = 0;
        for at in old {
            let size = replicas(&self.sets[at]);
            if taken < spare && size > 0 {
                let count = size.min(spare - taken);
                taken += count;
                self.resize_if_differs(at, size - count);
            }
        }
        gone + taken > 0
    }

    /// Removes all old pods before it makes any new one.
    fn recreate(&mut self) {
        let mut scaled = false;
        for at in self.old() {
            scaled |= self.resize_if_differs(at, 0);
        }
        if scaled || self.old_pods_run() {
            return;
        }
        self.sync_newest(true);
        if let Some(at) = self.newest {
            let size = wanted(self.before);
            self.resize_if_differs(at, size);
        }
        if is_complete(&self.deployment, &self.before.status) {
            self.clean_up();
        }
    }

    fn old_pods_run(&self) -> bool {
        let newest = self.newest.map(|at| &*self.sets[at].metadata.uid);
        self.old().any(|at| self.sets[at].status.replicas > 0)
            || self.running.iter().any(|uid| Some(&**uid) != newest)
    }

    /// Removes the oldest of the sets that are beyond the history's limit and do nothing.
    fn clean_up(&mut self) {
        let Some(limit) = self
            .before
            .spec
            .revision_history_limit
            .filter(|&limit| limit != i32::MAX)
        else {
            return;
        };
        let mut old: Vec<usize> = self
            .old()
            .filter(|&at| !self.sets[at].metadata.is_deleting())
            .collect();
        let surplus = old
            .len()
            .saturating_sub(usize::try_from(limit).unwrap_or(0));
        old.sort_by(|&a, &b| {
            let (a, b) = (&self.sets[a], &self.sets[b]);
            revision(a)
                .cmp(&revision(b))
                .then_with(|| older_first(a, b))
        });
        for at in old.into_iter().take(surplus) {
            let set = &self.sets[at];
            let observed = set.metadata.generation <= set.status.observed_generation;
            if set.status.replicas == 0 && replicas(set) == 0 && observed {
                self.actions
                    .push(Action::Delete(Box::new(set.metadata.clone())));
            }
        }
    }
}
