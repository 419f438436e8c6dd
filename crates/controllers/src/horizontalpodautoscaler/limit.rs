//! How fast replicas may change.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};
use skeg_api::autoscaling::v2::{HPAScalingPolicy, HPAScalingRules, HorizontalPodAutoscaler};

/// How long a lower recommendation must stand
/// (`--horizontal-pod-autoscaler-downscale-stabilization`).
const DOWN_WINDOW: SignedDuration = SignedDuration::from_mins(5);
/// The longest window that rules may ask for.
const WINDOW_MAX: SignedDuration = SignedDuration::from_mins(60);
/// So many recommendations and changes are remembered at most.
const REMEMBERED: usize = 512;

/// What was recommended and done for one autoscaler.
#[derive(Debug, Default)]
pub(super) struct History {
    recommended: VecDeque<(Timestamp, i32)>,
    /// Changes: positive ones are up.
    changed: VecDeque<(Timestamp, i32)>,
}

/// A condition that says what was decided: type, status, reason, message.
pub(super) type Said = (&'static str, bool, &'static str, &'static str);

impl History {
    pub(super) fn recommend(&mut self, now: Timestamp, replicas: i32) {
        push(&mut self.recommended, now, replicas);
    }

    pub(super) fn change(&mut self, now: Timestamp, by: i32) {
        push(&mut self.changed, now, by);
    }

    fn recommended_within(
        &self,
        window: SignedDuration,
        now: Timestamp,
    ) -> impl Iterator<Item = i32> {
        let recent = self.recommended.iter();
        recent
            .filter(move |(at, _)| *at + window > now)
            .map(|(_, replicas)| *replicas)
    }

    /// What there was when it was looked at for the first time counts as recommended.
    pub(super) fn begin(&mut self, now: Timestamp, replicas: i32) {
        if self.recommended.is_empty() {
            self.recommend(now, replicas);
        }
    }

    /// The replicas at the beginning of a period that ends now.
    fn at_start(&self, current: i32, seconds: i32, now: Timestamp) -> i32 {
        let period = SignedDuration::from_secs(i64::from(seconds));
        let recent = self.changed.iter().filter(|(at, _)| *at + period > now);
        let sum: i32 = recent.map(|(_, by)| *by).sum();
        current - sum
    }
}

fn push(queue: &mut VecDeque<(Timestamp, i32)>, now: Timestamp, value: i32) {
    while queue.len() >= REMEMBERED || queue.front().is_some_and(|(at, _)| *at + WINDOW_MAX < now) {
        queue.pop_front();
    }
    queue.push_back((now, value));
}

/// What becomes of a recommendation.
pub(super) fn limit(
    hpa: &HorizontalPodAutoscaler,
    history: &mut History,
    current: i32,
    wanted: i32,
    min: i32,
    now: Timestamp,
) -> (i32, Vec<Said>) {
    let (up, down) = match &hpa.spec.behavior {
        Some(behavior) => (behavior.scale_up.as_ref(), behavior.scale_down.as_ref()),
        None => (None, None),
    };
    let window = |rules: Option<&HPAScalingRules>, default| {
        rules
            .and_then(|rules| rules.stabilization_window_seconds)
            .map_or(default, |seconds| {
                SignedDuration::from_secs(i64::from(seconds))
            })
    };
    let (up_window, down_window) = (window(up, SignedDuration::ZERO), window(down, DOWN_WINDOW));
    let lowest = history
        .recommended_within(up_window, now)
        .fold(wanted, i32::min);
    let highest = history
        .recommended_within(down_window, now)
        .fold(wanted, i32::max);
    history.recommend(now, wanted);
    // Without rules only going down is slowed.
    let stable = match &hpa.spec.behavior {
        Some(_) => current.max(lowest).min(highest),
        None => highest,
    };
    let down = hpa.spec.behavior.is_none() || wanted < current;
    let mut said = vec![if stable == wanted {
        (
            "AbleToScale",
            true,
            "ReadyForNewScale",
            "recommended size matches current size",
        )
    } else if down {
        (
            "AbleToScale",
            true,
            "ScaleDownStabilized",
            "recent recommendations were higher than current one, applying the highest recent recommendation",
        )
    } else {
        (
            "AbleToScale",
            true,
            "ScaleUpStabilized",
            "recent recommendations were lower than current one, applying the lowest recent recommendation",
        )
    }];
    let (limited, reason) = bound(hpa, history, current, stable, min, now);
    said.push(match reason {
        None => (
            "ScalingLimited",
            false,
            "DesiredWithinRange",
            "the desired count is within the acceptable range",
        ),
        Some((reason, message)) => ("ScalingLimited", true, reason, message),
    });
    (limited, said)
}

type Reason = (&'static str, &'static str);

fn bound(
    hpa: &HorizontalPodAutoscaler,
    history: &History,
    current: i32,
    wanted: i32,
    min: i32,
    now: Timestamp,
) -> (i32, Option<Reason>) {
    const FEW: Reason = (
        "TooFewReplicas",
        "the desired replica count is less than the minimum replica count",
    );
    const MANY: Reason = (
        "TooManyReplicas",
        "the desired replica count is more than the maximum replica count",
    );
    const UP: Reason = (
        "ScaleUpLimit",
        "the desired replica count is increasing faster than the maximum scale rate",
    );
    const DOWN: Reason = (
        "ScaleDownLimit",
        "the desired replica count is decreasing faster than the maximum scale rate",
    );
    let max = hpa.spec.max_replicas;
    let Some(behavior) = &hpa.spec.behavior else {
        let fast = current.saturating_mul(2).max(4);
        let (most, reason) = if max > fast { (fast, UP) } else { (max, MANY) };
        return if wanted < min {
            (min, Some(FEW))
        } else if wanted > most {
            (most, Some(reason))
        } else {
            (wanted, None)
        };
    };
    if wanted > current {
        let most = match &behavior.scale_up {
            Some(rules) => rate(rules, history, current, true, now),
            None => current.saturating_mul(2).max(4),
        };
        let (most, reason) = if most < max {
            (most.max(current), UP)
        } else {
            (max, MANY)
        };
        return if wanted > most {
            (most, Some(reason))
        } else {
            (wanted, None)
        };
    }
    if wanted < current {
        let least = match &behavior.scale_down {
            Some(rules) => rate(rules, history, current, false, now),
            None => 0,
        };
        let (least, reason) = if least > min {
            (least.min(current), DOWN)
        } else {
            (min, FEW)
        };
        return if wanted < least {
            (least, Some(reason))
        } else {
            (wanted, None)
        };
    }
    (wanted, None)
}

/// How far the policies allow to go from here.
fn rate(rules: &HPAScalingRules, history: &History, current: i32, up: bool, now: Timestamp) -> i32 {
    let select = rules.select_policy.as_deref().unwrap_or("Max");
    if select == "Disabled" {
        return current;
    }
    let reach = |policy: &HPAScalingPolicy| {
        let start = history.at_start(current, policy.period_seconds, now);
        let share = f64::from(policy.value) / 100.0;
        match (policy.type_.as_str(), up) {
            ("Pods", true) => start.saturating_add(policy.value),
            ("Pods", false) => start.saturating_sub(policy.value),
            (_, true) => (f64::from(start) * (1.0 + share)).ceil() as i32,
            (_, false) => (f64::from(start) * (1.0 - share)) as i32,
        }
    };
    let reaches = rules.policies.iter().map(reach);
    // The most change is the highest count going up and the lowest going down.
    let highest = (select == "Max") == up;
    let chosen = if highest {
        reaches.max()
    } else {
        reaches.min()
    };
    chosen.unwrap_or(current)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::autoscaling::v2::HorizontalPodAutoscalerBehavior;

    fn hpa(behavior: Option<HorizontalPodAutoscalerBehavior>) -> HorizontalPodAutoscaler {
        let mut hpa = HorizontalPodAutoscaler::default();
        hpa.spec.max_replicas = 10;
        hpa.spec.behavior = behavior;
        hpa
    }

    fn rules(kind: &str, value: i32, window: i32) -> HPAScalingRules {
        HPAScalingRules {
            stabilization_window_seconds: Some(window),
            policies: vec![HPAScalingPolicy {
                type_: kind.to_owned(),
                value,
                period_seconds: 60,
            }],
            ..HPAScalingRules::default()
        }
    }

    #[test]
    fn without_rules() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
        for (current, wanted, expect, reason) in [
            (2, 3, 3, "DesiredWithinRange"),
            (2, 9, 4, "ScaleUpLimit"),
            (6, 20, 10, "TooManyReplicas"),
            (3, 0, 1, "TooFewReplicas"),
        ] {
            let mut history = History::default();
            let (got, said) = limit(&hpa(None), &mut history, current, wanted, 1, now);
            assert_eq!((got, said[1].2), (expect, reason), "{current} to {wanted}");
        }
    }

    #[test]
    fn a_lower_recommendation_must_stand() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
        let mut history = History::default();
        history.recommend(now - SignedDuration::from_mins(1), 6);
        let (got, said) = limit(&hpa(None), &mut history, 6, 2, 1, now);
        assert_eq!((got, said[0].2), (6, "ScaleDownStabilized"));
        let later = now + SignedDuration::from_mins(6);
        let (got, _) = limit(&hpa(None), &mut history, 6, 2, 1, later);
        assert_eq!(got, 2);
    }

    #[test]
    fn policies_bound_the_rate() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
        let behavior = HorizontalPodAutoscalerBehavior {
            scale_up: Some(rules("Pods", 2, 0)),
            scale_down: Some(rules("Percent", 50, 0)),
        };
        let hpa = hpa(Some(behavior));
        let mut history = History::default();
        assert_eq!(limit(&hpa, &mut history, 2, 9, 1, now).0, 4);
        history.change(now, 2);
        assert_eq!(limit(&hpa, &mut history, 4, 9, 1, now).0, 4);
        // Six were there when the period began; three of them may go.
        assert_eq!(limit(&hpa, &mut history, 8, 1, 1, now).0, 3);
    }

    #[test]
    fn what_was_there_at_first_stands_a_while() {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(1);
        let mut history = History::default();
        history.begin(now, 5);
        let (got, said) = limit(&hpa(None), &mut history, 5, 2, 1, now);
        assert_eq!((got, said[0].2), (5, "ScaleDownStabilized"));
        // Somebody else made it smaller: the highest is still applied.
        assert_eq!(limit(&hpa(None), &mut history, 3, 2, 1, now).0, 5);
    }
}
