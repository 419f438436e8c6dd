//! Whether devices that were given to a claim are ready for its pods (KEP-5007).

use skeg_schema::Value;

use super::{ClaimKey, Devices, list, text};

/// How far the devices of a claim are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// All that was waited for is there.
    Ready,
    /// Not yet.
    Waiting,
    /// It will not be, with words why.
    Failed(String),
}

impl Devices {
    /// How far the devices of a claim are.
    pub(crate) fn readiness(&self, key: &ClaimKey, uid: &str) -> Readiness {
        let Some(claim) = self.claims.get(key) else {
            return Readiness::Failed(format!("resourceclaim \"{}\" is gone", key.1));
        };
        if text(claim, &["metadata", "uid"]) != uid {
            return Readiness::Failed(format!("resourceclaim \"{}\" is another one", key.1));
        }
        if claim.at(&["status", "allocation"]).is_none() {
            // What was written is not heard of yet.
            return Readiness::Waiting;
        }
        let mut all = Readiness::Ready;
        for result in list(claim, &["status", "allocation", "devices", "results"]) {
            match of_device(claim, result) {
                Readiness::Ready => {}
                Readiness::Waiting => all = Readiness::Waiting,
                failed @ Readiness::Failed(_) => return failed,
            }
        }
        all
    }
}

fn of_device(claim: &Value, result: &Value) -> Readiness {
    let wanted = list(result, &["bindingConditions"]);
    if wanted.is_empty() {
        return Readiness::Ready;
    }
    let same = |device: &&Value| {
        ["driver", "pool", "device", "shareID"]
            .iter()
            .all(|key| text(device, &[key]) == text(result, &[key]))
    };
    let device = list(claim, &["status", "devices"]).iter().find(same);
    let conditions = device.map_or(&[][..], |device| list(device, &["conditions"]));
    let holds = |kind: &Value| {
        conditions.iter().find(|condition| {
            Some(text(condition, &["type"])) == kind.as_str()
                && text(condition, &["status"]) == "True"
        })
    };
    let failure = list(result, &["bindingFailureConditions"])
        .iter()
        .find_map(holds);
    if let Some(failure) = failure {
        let of = |key: &str| text(result, &[key]);
        return Readiness::Failed(format!(
            "device {}/{}/{}: {}: {}",
            of("driver"),
            of("pool"),
            of("device"),
            text(failure, &["type"]),
            text(failure, &["message"])
        ));
    }
    if wanted.iter().all(|kind| holds(kind).is_some()) {
        Readiness::Ready
    } else {
        Readiness::Waiting
    }
}
