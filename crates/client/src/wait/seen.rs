//! What a wait has seen last, for whoever gives it up.

use std::sync::Arc;

use parking_lot::Mutex;
use skeg_meta::SharedObject;
use skeg_schema::Value;

use super::WaitError;

tokio::task_local! {
    /// What the waits within a bound have seen.
    static SEEN: Arc<Mutex<Option<Seen>>>;
}

struct Seen {
    target: String,
    object: Option<SharedObject>,
}

/// Keeps what was seen, if a bound is set.
pub(super) fn note(target: impl FnOnce() -> String, object: Option<&SharedObject>) {
    // Without a bound nobody asks.
    let _ = SEEN.try_with(|seen| {
        *seen.lock() = Some(Seen {
            target: target(),
            object: object.cloned(),
        });
    });
}

/// Gives up a piece of work when something else ends first, and says what was seen
/// until then.
pub(crate) async fn unless<T>(
    work: impl Future<Output = Result<T, WaitError>>,
    over: impl Future<Output = ()>,
    seconds: u64,
) -> Result<T, WaitError> {
    let seen = Arc::new(Mutex::new(None));
    tokio::select! {
        biased;
        done = SEEN.scope(Arc::clone(&seen), work) => done,
        () = over => {
            let last = seen.lock().take().map(|seen| seen.tell());
            Err(WaitError::Timeout { seconds, last })
        }
    }
}

impl Seen {
    fn tell(&self) -> String {
        let state = match &self.object {
            None => "is not there".to_owned(),
            Some(object) => state(&object.value()),
        };
        format!("{} {state}", self.target)
    }
}

fn text<'a>(tree: &'a Value, path: &[&str]) -> Option<&'a str> {
    let text = tree.at(path)?.as_str()?;
    Some(text).filter(|text| !text.is_empty())
}

fn elements<'a>(tree: &'a Value, path: &[&str]) -> impl Iterator<Item = &'a Value> {
    let list = tree.at(path).and_then(Value::as_array);
    list.into_iter().flatten()
}

/// What keeps an object from being as it should, as far as objects of any kind tell it.
fn state(tree: &Value) -> String {
    let mut parts = Vec::new();
    if tree.at(&["metadata", "deletionTimestamp"]).is_some() {
        let finalizers = elements(tree, &["metadata", "finalizers"]);
        let left: Vec<&str> = finalizers.filter_map(Value::as_str).collect();
        parts.push(match left.is_empty() {
            true => "is being deleted".to_owned(),
            false => format!("is being deleted, and kept by {}", left.join(", ")),
        });
    }
    if let Some(phase) = text(tree, &["status", "phase"]) {
        parts.push(format!("is {phase}"));
    }
    for condition in elements(tree, &["status", "conditions"]) {
        let of = |field| text(condition, &[field]);
        let (Some(kind), Some(status)) = (of("type"), of("status")) else {
            continue;
        };
        parts.push(match (of("reason"), of("message")) {
            _ if status == "True" => format!("{kind} is True"),
            (Some(reason), Some(message)) => format!("{kind} is {status} ({reason}: {message})"),
            (Some(why), None) | (None, Some(why)) => format!("{kind} is {status} ({why})"),
            (None, None) => format!("{kind} is {status}"),
        });
    }
    for list in ["initContainerStatuses", "containerStatuses"] {
        for container in elements(tree, &["status", list]) {
            let reason = text(container, &["state", "waiting", "reason"]);
            if let (Some(name), Some(reason)) = (text(container, &["name"]), reason) {
                parts.push(format!("container {name} waits ({reason})"));
            }
        }
    }
    if parts.is_empty() {
        return "is there, and tells nothing of its state".to_owned();
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use skeg_schema::json;

    use super::*;

    #[test]
    fn states_are_told_by_what_objects_of_any_kind_have() {
        let pod = json!({"status": {
            "phase": "Pending",
            "conditions": [
                {"type": "PodScheduled", "status": "True"},
                {"type": "Ready", "status": "False", "reason": "ContainersNotReady",
                 "message": "containers with unready status: [app]"},
                {"type": "Odd", "status": "Unknown"},
                {"status": "True"},
            ],
            "containerStatuses": [
                {"name": "app", "state": {"waiting": {"reason": "ImagePullBackOff"}}},
                {"name": "other", "state": {"running": {}}},
            ],
        }});
        assert_eq!(
            state(&pod),
            "is Pending; PodScheduled is True; Ready is False (ContainersNotReady: containers with \
             unready status: [app]); Odd is Unknown; container app waits (ImagePullBackOff)"
        );
        let ending = json!({"metadata": {
            "deletionTimestamp": "2026-01-01T00:00:00Z", "finalizers": ["a/b", "c/d"],
        }});
        assert_eq!(state(&ending), "is being deleted, and kept by a/b, c/d");
        let plain = json!({"status": {"conditions": "odd"}});
        assert_eq!(state(&plain), "is there, and tells nothing of its state");
    }
}
