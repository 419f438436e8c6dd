//! The definitions of snapshot.storage.k8s.io: volume snapshots are custom
//! resources that every cluster of ours has from its start. Whoever installs
//! their own definitions over them is welcome to: what is there stays.

use std::time::Duration;

use skeg_client::{Client, CreateOptions, DynamicApi, Error};
use skeg_schema::Value;

use crate::{Context, defined};

/// How long after a failure it is tried again.
const RETRY: Duration = Duration::from_secs(5);

const DEFINITIONS: [&str; 3] = [
    include_str!("volumesnapshotclasses.json"),
    include_str!("volumesnapshotcontents.json"),
    include_str!("volumesnapshots.json"),
];

fn parsed() -> Vec<Value> {
    DEFINITIONS
        .iter()
        .filter_map(|text| skeg_schema::decode_json_any(text.as_bytes()).ok())
        .collect()
}

/// Makes the definitions that are not there.
pub(crate) async fn run(context: Context) {
    // No service account of upstream's may make definitions: the process itself does.
    let client = context.informers.client().clone();
    for definition in parsed() {
        loop {
            match ensure(&client, &definition).await {
                Ok(()) => break,
                Err(error) => {
                    tracing::warn!(%error, "cannot make the definition of a snapshot kind");
                }
            }
            tokio::select! {
                () = context.cancel.cancelled() => return,
                () = context.clock.sleep(RETRY) => {}
            }
        }
    }
    context.cancel.cancelled().await;
}

async fn ensure(client: &Client, definition: &Value) -> Result<(), Error> {
    let Some(resource) = defined::definitions() else {
        return Ok(());
    };
    let api = DynamicApi::all(client.clone(), resource);
    let name = definition["metadata"]["name"].as_str().unwrap_or_default();
    if api.get_opt(name).await?.is_some() {
        return Ok(());
    }
    let made = api
        .create(definition.clone(), &CreateOptions::default())
        .await;
    match made {
        Err(error) if error.is_already_exists() => Ok(()),
        other => other.map(drop),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_definitions_are_whole() {
        let names: Vec<String> = super::parsed()
            .iter()
            .filter_map(|d| d["metadata"]["name"].as_str().map(str::to_owned))
            .collect();
        assert_eq!(
            names,
            [
                "volumesnapshotclasses.snapshot.storage.k8s.io",
                "volumesnapshotcontents.snapshot.storage.k8s.io",
                "volumesnapshots.snapshot.storage.k8s.io",
            ]
        );
    }
}
