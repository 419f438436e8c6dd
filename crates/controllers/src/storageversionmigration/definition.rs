//! What a migration says in the definition of the custom resources that it is
//! about, and that old versions are stored no more (KEP-4192).

use jiff::Timestamp;
use skeg_client::{DynamicApi, Error, Patch, PatchOptions};
use skeg_meta::Time;
use skeg_schema::{Value, json};

use super::NAME;
use crate::{Context, defined};

const MIGRATING: &str = "StorageMigrating";

/// Says that a migration has begun, where there is a definition.
pub(super) async fn begin(
    context: &Context,
    definition: &str,
    migration: &str,
) -> Result<(), Error> {
    let now = context.clock.now();
    update(context, definition, |held| begun(held, migration, now)).await
}

/// Says that a migration has ended, where there is a definition. If that is as it
/// was at the beginning, objects are stored in one version only from now on.
pub(super) async fn end(context: &Context, definition: &str, migrated: bool) -> Result<(), Error> {
    let now = context.clock.now();
    update(context, definition, |held| Some(ended(held, migrated, now))).await
}

async fn update(
    context: &Context,
    name: &str,
    status: impl FnOnce(&Value) -> Option<Value>,
) -> Result<(), Error> {
    let Some(definitions) = defined::definitions() else {
        return Ok(());
    };
    let api = DynamicApi::all(context.client.clone(), definitions);
    let Some(held) = api.get_opt(name).await? else {
        return Ok(());
    };
    let Some(status) = status(&held.value()) else {
        return Ok(());
    };
    // Whoever changes the definition meanwhile makes this a conflict.
    let patch = Patch::Apply(json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": name, "resourceVersion": (held.resource_version())},
        "status": (status),
    }));
    let options = PatchOptions::apply(NAME).force();
    match api.patch_status(name, &patch, &options).await {
        Err(error) if error.is_not_found() => Ok(()),
        result => result.map(drop),
    }
}

/// `None`: the definition says it already, as after a restart.
fn begun(definition: &Value, migration: &str, now: Timestamp) -> Option<Value> {
    let message = format!("Migration {migration} is running");
    let said = migrating(definition).is_some_and(|condition| {
        condition["status"].as_str() == Some("True")
            && condition["message"].as_str() == Some(&message)
    });
    (!said).then(|| {
        let condition = condition(definition, "True", "MigrationRunning", message, now);
        json!({"conditions": [(condition)]})
    })
}

fn ended(definition: &Value, migrated: bool, now: Timestamp) -> Value {
    let before = migrating(definition).map(|condition| &condition["observedGeneration"]);
    let is_same = before == Some(&definition["metadata"]["generation"]);
    let (reason, message) = match (migrated, is_same) {
        (true, true) => (
            "MigrationSucceeded",
            "The migration has succeeded and the stored versions have been updated",
        ),
        (true, false) => (
            "MigrationSucceeded",
            "The migration has succeeded but the stored versions have not been updated due to a generation mismatch",
        ),
        (false, _) => ("MigrationFailed", "The migration has failed"),
    };
    let condition = condition(definition, "False", reason, message.to_owned(), now);
    let mut status = json!({"conditions": [(condition)]});
    let versions = definition["spec"]["versions"].as_array();
    let stored = versions
        .into_iter()
        .flatten()
        .find(|version| version["storage"].as_bool() == Some(true));
    if let Some(version) = stored.filter(|_| migrated && is_same) {
        status.set_at(&["storedVersions"], json!([(version["name"].clone())]));
    }
    status
}

fn migrating(definition: &Value) -> Option<&Value> {
    let mut conditions = definition["status"]["conditions"].as_array()?.iter();
    conditions.find(|condition| condition["type"].as_str() == Some(MIGRATING))
}

fn condition(
    definition: &Value,
    status: &str,
    reason: &str,
    message: String,
    now: Timestamp,
) -> Value {
    json!({
        "type": MIGRATING,
        "status": status,
        "lastTransitionTime": (Time(now).to_string()),
        "reason": reason,
        "message": message,
        "observedGeneration": (definition["metadata"]["generation"].clone()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition with a status put over its own.
    fn with(definition: &Value, status: Value) -> Value {
        let mut out = definition.clone();
        out.set_at(&["status"], status);
        out
    }

    #[test]
    fn old_versions_go_unless_the_definition_has_changed() {
        let now = Timestamp::UNIX_EPOCH;
        let definition = json!({
            "metadata": {"generation": 3},
            "spec": {"versions": [{"name": "v1", "storage": false}, {"name": "v2", "storage": true}]},
        });
        let status = begun(&definition, "m", now).expect("it is said");
        let condition = &status["conditions"][0];
        assert_eq!(condition["status"], "True");
        assert_eq!(condition["reason"], "MigrationRunning");
        assert_eq!(condition["message"], "Migration m is running");
        let mut running = with(&definition, status);
        assert_eq!(begun(&running, "m", now), None);
        assert!(begun(&running, "n", now).is_some());

        let ended_well = ended(&running, true, now);
        assert_eq!(ended_well["storedVersions"], json!(["v2"]));
        assert_eq!(ended_well["conditions"][0]["status"], "False");
        let failed = ended(&running, false, now);
        assert_eq!(failed["storedVersions"], Value::Null);
        assert_eq!(failed["conditions"][0]["reason"], "MigrationFailed");
        running.set_at(&["metadata", "generation"], 4);
        let changed = ended(&running, true, now);
        assert_eq!(changed["storedVersions"], Value::Null);
        assert_eq!(changed["conditions"][0]["observedGeneration"], 4);
    }
}
