//! Conditions of any kind: pods', nodes', deployments' and everybody else's are
//! structs of their own with the same fields.

use crate::{Condition, Time};

/// One condition of a kind that has conditions.
pub trait ConditionFields: Clone {
    /// Its type: `Ready`.
    fn type_name(&self) -> &str;
    /// `True`, `False` or `Unknown`.
    fn status(&self) -> &str;
    /// Why, in one word.
    fn reason(&self) -> &str;
    /// Why, for people.
    fn message(&self) -> &str;
    /// When the status last became another one.
    fn transitioned(&self) -> Option<Time>;
    /// Says when the status last became another one.
    fn set_transitioned(&mut self, at: Option<Time>);
}

/// Implements [`ConditionFields`] for structs with the fields `type_`, `status`,
/// `reason`, `message` and `last_transition_time`.
#[macro_export]
macro_rules! condition {
    ($($name:ty),* $(,)?) => {
        $(impl $crate::conditions::ConditionFields for $name {
            fn type_name(&self) -> &str {
                &self.type_
            }
            fn status(&self) -> &str {
                &self.status
            }
            fn reason(&self) -> &str {
                &self.reason
            }
            fn message(&self) -> &str {
                &self.message
            }
            fn transitioned(&self) -> ::std::option::Option<$crate::Time> {
                self.last_transition_time
            }
            fn set_transitioned(&mut self, at: ::std::option::Option<$crate::Time>) {
                self.last_transition_time = at;
            }
        })*
    };
}

condition!(Condition);

impl Condition {
    /// A condition that holds, does not, or of which nobody knows.
    #[must_use]
    pub fn new(type_: &str, holds: Option<bool>, reason: &str, message: impl Into<String>) -> Self {
        Self {
            type_: type_.to_owned(),
            status: match holds {
                Some(true) => "True",
                Some(false) => "False",
                None => "Unknown",
            }
            .to_owned(),
            reason: reason.to_owned(),
            message: message.into(),
            ..Self::default()
        }
    }
}

/// What can be asked of a list of conditions.
///
/// ```
/// use skeg_meta::conditions::{Conditions, SetCondition};
/// use skeg_meta::{Condition, Time};
///
/// let mut conditions = Vec::new();
/// let (early, late) = (Time::default(), Time::now());
/// assert!(conditions.set(Condition::new("Ready", Some(false), "Starting", ""), early));
/// assert!(conditions.set(Condition::new("Ready", Some(false), "StillStarting", ""), late));
/// assert_eq!(conditions.find("Ready").unwrap().last_transition_time, Some(early));
/// assert!(conditions.is_false("Ready") && !conditions.is_true("Ready"));
/// ```
pub trait Conditions<C> {
    /// The condition of a type.
    fn find(&self, type_name: &str) -> Option<&C>;
    /// Whether there is such a condition and its status is `True`.
    fn is_true(&self, type_name: &str) -> bool;
    /// Whether there is such a condition and its status is `False`.
    fn is_false(&self, type_name: &str) -> bool;
}

impl<C: ConditionFields> Conditions<C> for [C] {
    fn find(&self, type_name: &str) -> Option<&C> {
        self.iter()
            .find(|condition| condition.type_name() == type_name)
    }

    fn is_true(&self, type_name: &str) -> bool {
        self.find(type_name)
            .is_some_and(|condition| condition.status() == "True")
    }

    fn is_false(&self, type_name: &str) -> bool {
        self.find(type_name)
            .is_some_and(|condition| condition.status() == "False")
    }
}

/// What can be done to a list of conditions.
pub trait SetCondition<C> {
    /// Puts a condition in, or in the place of the one of its type. The time of
    /// the last transition is the condition's own if it says one, else `now`;
    /// but it stays as it was when the status is the same. Tells whether
    /// anything is different now.
    fn set(&mut self, condition: C, now: Time) -> bool;
    /// Takes the condition of a type out. Tells whether there was one.
    fn remove_type(&mut self, type_name: &str) -> bool;
}

impl<C: ConditionFields + PartialEq> SetCondition<C> for Vec<C> {
    fn set(&mut self, mut condition: C, now: Time) -> bool {
        let place = self
            .iter_mut()
            .find(|have| have.type_name() == condition.type_name());
        let same = place
            .as_ref()
            .filter(|have| have.status() == condition.status())
            .and_then(|have| have.transitioned());
        let at = same.or(condition.transitioned()).unwrap_or(now);
        condition.set_transitioned(Some(at));
        match place {
            Some(have) if *have == condition => false,
            Some(have) => {
                *have = condition;
                true
            }
            None => {
                self.push(condition);
                true
            }
        }
    }

    fn remove_type(&mut self, type_name: &str) -> bool {
        let had = self.len();
        self.retain(|condition| condition.type_name() != type_name);
        self.len() < had
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time(jiff::Timestamp::from_second(second).unwrap())
    }

    #[test]
    fn only_a_new_status_is_a_transition() {
        let mut list = Vec::new();
        let ready = |holds, reason| Condition::new("Ready", holds, reason, "");
        assert!(list.set(ready(None, "New"), at(1)));
        assert!(!list.set(ready(None, "New"), at(2)));
        assert!(list.set(ready(None, "Other"), at(3)));
        assert_eq!(list[0].last_transition_time, Some(at(1)));
        assert!(list.set(ready(Some(true), "Other"), at(4)));
        assert_eq!(list[0].last_transition_time, Some(at(4)));
        assert!(list.is_true("Ready"));
        let mut told = ready(Some(false), "Told");
        told.last_transition_time = Some(at(9));
        assert!(list.set(told, at(5)));
        assert_eq!(list[0].last_transition_time, Some(at(9)));
        assert!(list.set(Condition::new("Else", Some(true), "", ""), at(6)));
        assert!(list.remove_type("Ready") && !list.remove_type("Ready"));
        assert_eq!(list.len(), 1);
    }
}
