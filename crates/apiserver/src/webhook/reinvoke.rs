//! Who is asked a second time, because the object changed after it was asked.

use skeg_schema::Value;
use std::collections::BTreeSet;

/// The state of one request's mutating admission.
#[derive(Default)]
pub struct Reinvocation {
    second: bool,
    wanted: bool,
    invoked: BTreeSet<String>,
    due: BTreeSet<String>,
    /// The object as the webhooks left it.
    left: Option<Value>,
}

impl Reinvocation {
    /// Whether the plugins are asked again.
    pub fn is_second_round(&self) -> bool {
        self.second
    }

    /// Ends a round. Whether there is to be another one; there are two at most.
    pub fn another(&mut self) -> bool {
        let another = self.wanted && !self.second;
        self.second = another;
        another
    }

    /// The webhooks begin.
    pub(super) fn enter(&mut self, obj: &Value) {
        if self.second && self.left.as_ref().is_some_and(|left| left != obj) {
            self.all_due();
        }
    }

    /// The webhooks are through.
    pub(super) fn leave(&mut self, obj: &Value) {
        self.left = Some(obj.clone());
    }

    /// A webhook changed the object.
    pub fn changed(&mut self) {
        self.all_due();
        self.wanted = true;
    }

    /// The policies are through, and a mutation of theirs was applied: though it
    /// changed nothing, and though nobody came after it, those that want to be
    /// asked again are (upstream's dispatcher of mutating policies calls the
    /// object dirty). Nobody is made due for it in the second round.
    pub fn applied(&mut self) {
        if !self.second {
            self.changed();
        }
    }

    /// A webhook that wants to be asked again was asked.
    pub fn invoked(&mut self, uid: &str) {
        self.invoked.insert(uid.to_owned());
    }

    /// Whether a webhook is asked in the second round.
    pub fn is_due(&self, uid: &str) -> bool {
        self.due.contains(uid)
    }

    fn all_due(&mut self) {
        self.due.append(&mut self.invoked);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn those_before_a_change_come_again() {
        let mut state = Reinvocation::default();
        let obj = json!({});
        state.enter(&obj);
        state.invoked("first");
        state.changed();
        state.invoked("second");
        state.leave(&obj);
        assert!(state.another());
        state.enter(&obj);
        assert!(state.is_due("first") && !state.is_due("second"));
        assert!(!state.another(), "never a third round");
    }

    #[test]
    fn the_last_policy_comes_again_once() {
        let mut state = Reinvocation::default();
        state.invoked("policy");
        state.applied();
        state.enter(&json!({}));
        state.invoked("hook");
        state.leave(&json!({}));
        assert!(state.another());
        assert!(state.is_due("policy") && !state.is_due("hook"));
        state.invoked("policy");
        state.applied();
        state.enter(&json!({}));
        assert!(!state.is_due("hook"), "it saw all there is");
        assert!(!state.another());
    }

    #[test]
    fn plugins_that_change_something_make_all_due() {
        let mut state = Reinvocation::default();
        state.enter(&json!({}));
        state.invoked("a");
        state.leave(&json!({}));
        state.changed();
        assert!(state.another());
        state.enter(&json!({"x": 1}));
        assert!(state.is_due("a"));
    }
}
