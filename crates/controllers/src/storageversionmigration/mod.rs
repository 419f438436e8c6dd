//! Migrations of stored objects: every object of a resource is written once
//! more, so that the store holds it as this server writes it.

mod definition;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use skeg_api::storagemigration::v1::StorageVersionMigration;
use skeg_client::{Api, ApiResource, DynamicApi, Error, ListOptions, Patch};
use skeg_meta::{Condition, Time};
use skeg_runtime::{Next, ReconcileError};
use skeg_schema::json;

use crate::each::look_after;
use crate::{Context, served};

const NAME: &str = "storage-version-migrator-controller";
const RUNNING: &str = "Running";
const SUCCEEDED: &str = "Succeeded";
const FAILED: &str = "Failed";
/// So long the server may take to tell of a new resource.
const UNKNOWN_FOR: SignedDuration = SignedDuration::from_secs(60);
/// How often it is asked then.
const LOOK: Duration = Duration::from_secs(5);
/// Objects in a page of the list.
const PAGE: u32 = 500;

/// Runs the controller of migrations. One at a time: each reads everything.
pub(crate) async fn run(context: Context) {
    let waits = |migration: &StorageVersionMigration| !is_over(migration);
    look_after(&context, NAME, 1, waits, |context, migration| async move {
        migrate(&context, migration).await
    })
    .await;
}

fn is_over(migration: &StorageVersionMigration) -> bool {
    has(migration, SUCCEEDED) || has(migration, FAILED)
}

fn has(migration: &StorageVersionMigration, kind: &str) -> bool {
    let mut all = migration.status.conditions.iter();
    all.any(|c| c.type_ == kind && c.status == "True")
}

async fn migrate(
    context: &Context,
    migration: Arc<StorageVersionMigration>,
) -> Result<Next, ReconcileError> {
    let what = &migration.spec.resource;
    let definition = format!("{}.{}", what.resource, what.group);
    let Some(resource) = find(context, &what.group, &what.resource).await? else {
        let made = migration.metadata.creation_timestamp;
        if made.is_some_and(|made| context.clock.now() < made.0 + UNKNOWN_FOR) {
            return Ok(Next::After(LOOK));
        }
        let message = "resource not found".to_owned();
        finish(context, &migration, FAILED, message).await?;
        return Ok(Next::Done);
    };
    let api = DynamicApi::all(context.client.clone(), resource);
    let mut migration = migration;
    if migration.status.resource_version.is_empty() {
        let list = api.list(&ListOptions::default().limit(1)).await?;
        let mut next = StorageVersionMigration::clone(&migration);
        next.status.resource_version = list.resource_version.clone();
        migration = status(context, next).await?;
    }
    if !has(&migration, RUNNING) {
        let mut next = StorageVersionMigration::clone(&migration);
        set(context, &mut next, RUNNING, "True", String::new());
        migration = status(context, next).await?;
    }
    definition::begin(context, &definition, &migration.metadata.name).await?;
    match rewrite(context, &api).await {
        Ok(()) => {
            definition::end(context, &definition, true).await?;
            finish(context, &migration, SUCCEEDED, String::new()).await?;
        }
        Err(error) if error.is_transient() => return Err(error.into()),
        Err(error) => {
            definition::end(context, &definition, false).await?;
            let message = format!("migration failed: {error}");
            finish(context, &migration, FAILED, message).await?;
        }
    }
    Ok(Next::Done)
}

async fn find(context: &Context, group: &str, plural: &str) -> Result<Option<ApiResource>, Error> {
    let client = &context.client;
    let versions = served::versions(client, group).await?;
    let found = served::find(client, group, versions, |known| {
        known.resource.plural == plural && known.has_verb("list")
    });
    Ok(found.await?.map(|found| found.resource))
}

/// Changes nothing of each object: where the store holds it in another form, it
/// is written.
async fn rewrite(context: &Context, api: &DynamicApi) -> Result<(), Error> {
    let mut options = ListOptions::default().limit(PAGE);
    loop {
        let page = api.list(&options).await?;
        for object in &page.items {
            let one = if api.resource().namespaced {
                let namespace = object.namespace().to_owned();
                DynamicApi::namespaced(context.client.clone(), api.resource().clone(), namespace)
            } else {
                api.clone()
            };
            let patch = Patch::Merge(json!({
                "metadata": {"resourceVersion": object.resource_version()},
            }));
            match one.patch(object.name(), &patch, &Default::default()).await {
                // It has gone, or somebody else has written it.
                Err(error) if error.is_not_found() || error.is_conflict() => {}
                result => drop(result?),
            }
        }
        let Some(token) = page.continue_token.filter(|token| !token.is_empty()) else {
            return Ok(());
        };
        options = options.continue_from(token);
    }
}

async fn finish(
    context: &Context,
    migration: &StorageVersionMigration,
    kind: &str,
    message: String,
) -> Result<(), Error> {
    let mut next = migration.clone();
    set(context, &mut next, RUNNING, "False", String::new());
    set(context, &mut next, kind, "True", message);
    status(context, next).await?;
    Ok(())
}

async fn status(
    context: &Context,
    next: StorageVersionMigration,
) -> Result<Arc<StorageVersionMigration>, Error> {
    let api = Api::<StorageVersionMigration>::all(context.client.clone());
    api.update_status(next).await
}

fn set(
    context: &Context,
    migration: &mut StorageVersionMigration,
    kind: &str,
    status: &str,
    message: String,
) {
    let reason = match kind {
        RUNNING => "StorageVersionMigrationInProgress",
        SUCCEEDED => "StorageVersionMigrationSucceeded",
        _ => "StorageVersionMigrationFailed",
    };
    let conditions = &mut migration.status.conditions;
    conditions.retain(|known| known.type_ != kind || known.status == status);
    if conditions.iter().all(|known| known.type_ != kind) {
        conditions.push(Condition {
            type_: kind.to_owned(),
            status: status.to_owned(),
            reason: reason.to_owned(),
            message,
            last_transition_time: Some(Time(context.clock.now())),
            ..Condition::default()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::ObjectMeta;
    use skeg_runtime::ManualClock;
    use skeg_runtime::testing::FakeApi;
    use tokio_util::sync::CancellationToken;

    #[test]
    fn conditions_are_exchanged() {
        let api = FakeApi::new();
        let context = Context::for_client(
            api.client(),
            ManualClock::new().shared(),
            CancellationToken::new(),
        );
        let mut migration = StorageVersionMigration {
            metadata: ObjectMeta::named("", "m"),
            ..StorageVersionMigration::default()
        };
        set(&context, &mut migration, RUNNING, "True", String::new());
        assert!(has(&migration, RUNNING) && !is_over(&migration));
        set(&context, &mut migration, RUNNING, "False", String::new());
        set(&context, &mut migration, SUCCEEDED, "True", String::new());
        assert!(!has(&migration, RUNNING) && is_over(&migration));
        assert_eq!(migration.status.conditions.len(), 2);
    }
}
