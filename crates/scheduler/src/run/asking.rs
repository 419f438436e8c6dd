//! Decisions in which extenders have a say. They are asked while nothing else
//! is decided, and with nothing locked.

use std::sync::Arc;

use skeg_api::core::v1::Pod;

use super::{Deed, Scheduler};
use crate::config::Profile;
use crate::devices::Claims;
use crate::extender::Extender;
use crate::plugins::{Candidate, Rejection};
use crate::preempt::{Preemption, Trouble, candidates, choose};
use crate::queue::EXTENDER;
use crate::schedule::{Unschedulable, best, find, owned, rank};
use crate::snapshot::Snapshot;

/// What came of asking which nodes can take a pod.
enum Asked {
    Fitting(Vec<String>),
    None(Unschedulable),
}

impl Scheduler {
    /// Decides on a pod as [`Scheduler::decide`] does, and asks these extenders.
    pub(super) async fn decide_asking(
        &self,
        pod: &Arc<Pod>,
        profile: &Profile,
        asked: &[Arc<Extender>],
    ) -> Deed {
        let (snapshot, promised, mut from) = {
            let state = self.state.lock();
            (state.snapshot.clone(), state.promised(pod), state.from)
        };
        let claims = snapshot.devices().of_pod(pod);
        if matches!(claims, Claims::Missing) {
            return Deed::Hold;
        }
        let first = {
            let candidate = Candidate::new(profile, pod, &snapshot);
            find(&candidate, &snapshot, promised.as_ref(), &mut from).map(|found| {
                let names = found.fitting.iter().map(|name| (*name).to_owned());
                (names.collect(), owned(found.rejections), found.plugins)
            })
        };
        self.state.lock().from = from;
        let outcome = match first {
            Ok((fitting, rejections, plugins)) => {
                ask_for_nodes(pod, &snapshot, asked, fitting, rejections, plugins).await
            }
            Err(why) => Ok(Asked::None(why)),
        };
        match outcome {
            Err(message) => Deed::Fail(message),
            Ok(Asked::Fitting(fitting)) => {
                let node = best_of(profile, pod, &snapshot, asked, &fitting).await;
                let mut state = self.state.lock();
                self.place(&mut state, pod, &claims, node)
            }
            Ok(Asked::None(why)) => {
                let found = if why.rejections.is_empty() || !profile.preempts {
                    None
                } else {
                    let trouble = Trouble {
                        profile,
                        snapshot: &snapshot,
                        promised: promised.as_ref(),
                        pod,
                        rejections: &why.rejections,
                        budgets: &self.budgets.store().list(),
                    };
                    Some(make_room(&trouble, asked).await)
                };
                let mut state = self.state.lock();
                self.wait(&mut state, pod, &why, found)
            }
        }
    }
}

async fn ask_for_nodes(
    pod: &Pod,
    snapshot: &Snapshot,
    asked: &[Arc<Extender>],
    mut fitting: Vec<String>,
    mut rejections: Vec<(String, Rejection)>,
    mut plugins: Vec<&'static str>,
) -> Result<Asked, String> {
    for extender in asked {
        if fitting.is_empty() {
            break;
        }
        if extender.config.filter_verb.is_empty() {
            continue;
        }
        match extender.filter(pod, snapshot, &fitting).await {
            Ok(verdict) => {
                fitting = verdict.fitting;
                rejections.extend(verdict.rejections);
            }
            Err(error) if extender.config.ignorable => {
                tracing::warn!(error, "an extender is left out");
            }
            Err(error) => return Err(error),
        }
    }
    if !fitting.is_empty() {
        return Ok(Asked::Fitting(fitting));
    }
    plugins.push(EXTENDER);
    Ok(Asked::None(Unschedulable {
        plugins,
        rejections,
        before: None,
    }))
}

async fn best_of(
    profile: &Profile,
    pod: &Pod,
    snapshot: &Snapshot,
    asked: &[Arc<Extender>],
    fitting: &[String],
) -> String {
    let mut totals = {
        let names: Vec<&str> = fitting.iter().map(String::as_str).collect();
        let mut candidate = Candidate::new(profile, pod, snapshot);
        rank(&mut candidate, snapshot, &names)
    };
    if fitting.len() > 1 {
        for extender in asked {
            if extender.config.prioritize_verb.is_empty() {
                continue;
            }
            // Without its scores those of the others decide.
            match extender.prioritize(pod, snapshot, fitting).await {
                Ok(scores) => {
                    for (total, name) in totals.iter_mut().zip(fitting) {
                        *total += scores.get(name).copied().unwrap_or(0);
                    }
                }
                Err(error) => tracing::warn!(error, "an extender gives no scores"),
            }
        }
    }
    let mut pick = |n: usize| fastrand::usize(..n.max(1));
    fitting[best(&totals, &mut pick)].clone()
}

async fn make_room(trouble: &Trouble<'_>, asked: &[Arc<Extender>]) -> Result<Preemption, String> {
    let mut ways = candidates(trouble)?;
    for extender in asked {
        if extender.config.preempt_verb.is_empty() || ways.is_empty() {
            continue;
        }
        ways = match extender.preempt(trouble.pod, ways.clone()).await {
            Ok(left) => left,
            Err(error) if extender.config.ignorable => {
                tracing::warn!(error, "an extender is left out");
                ways
            }
            Err(error) => return Err(error),
        };
    }
    if ways.is_empty() {
        return Err("no candidate node for preemption is left by the extenders.".to_owned());
    }
    Ok(choose(ways))
}
