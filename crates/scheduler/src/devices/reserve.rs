//! What was decided, written into the claims.

use skeg_api::core::v1::Pod;
use skeg_api::resource::v1::ResourceClaim;
use skeg_client::{Api, Client, Error, Patch, PatchOptions};
use skeg_meta::Time;
use skeg_schema::{Value, json, message_from_value, message_to_value};

use super::Wanted;

/// Holds a claim while devices are allocated for it.
const FINALIZER: &str = "resource.kubernetes.io/delete-protection";
/// Somebody else may write the claim meanwhile.
const TRIES: usize = 5;

fn api(client: &Client, wanted: &Wanted) -> Api<ResourceClaim> {
    Api::namespaced(client.clone(), wanted.key.0.clone())
}

/// Writes the allocation into a claim that has none, and the pod among those
/// for which it is reserved.
pub(crate) async fn reserve(
    client: &Client,
    pod: &Pod,
    wanted: &Wanted,
    allocation: &Value,
    now: Time,
) -> Result<(), Error> {
    let api = api(client, wanted);
    let mut tries = 0;
    loop {
        tries += 1;
        match attempt(&api, pod, wanted, allocation, now).await {
            Err(error) if error.is_conflict() && tries < TRIES => {}
            outcome => return outcome,
        }
    }
}

async fn attempt(
    api: &Api<ResourceClaim>,
    pod: &Pod,
    wanted: &Wanted,
    allocation: &Value,
    now: Time,
) -> Result<(), Error> {
    let mut claim = api.get(&wanted.key.1).await?;
    let open = claim.status.allocation.is_none();
    if open && !claim.metadata.finalizers.iter().any(|f| f == FINALIZER) {
        let mut held = ResourceClaim::clone(&claim);
        held.metadata.finalizers.push(FINALIZER.into());
        claim = api.update(held).await?;
    }
    let mut tree = message_to_value(&*claim);
    let users = claim.status.reserved_for.iter();
    let ours = users.clone().any(|user| user.uid == pod.metadata.uid);
    if ours && !open {
        return Ok(());
    }
    if open {
        let mut allocation = allocation.clone();
        allocation.set_at(&["allocationTimestamp"], now.to_string());
        tree.set_at(&["status", "allocation"], allocation);
    }
    if !ours {
        let user = json!({
            "resource": "pods",
            "name": pod.metadata.name.as_str(),
            "uid": pod.metadata.uid.as_str(),
        });
        match tree.at_mut(&["status", "reservedFor"]) {
            Some(Value::Array(users)) => users.push(user),
            _ => tree.set_at(&["status", "reservedFor"], vec![user]),
        }
    }
    let mut next = ResourceClaim::default();
    if message_from_value(tree, &mut next).is_ok() {
        api.update_status(next).await?;
    }
    Ok(())
}

/// Takes the devices back from a claim that nobody else uses: they did not
/// become ready.
pub(crate) async fn deallocate(client: &Client, pod: &Pod, wanted: &Wanted) -> Result<(), Error> {
    let api = api(client, wanted);
    let claim = api.get(&wanted.key.1).await?;
    let others = claim.status.reserved_for.iter();
    if claim.metadata.uid != wanted.uid || others.clone().any(|user| user.uid != pod.metadata.uid) {
        return Ok(());
    }
    let mut next = ResourceClaim::clone(&claim);
    next.status = Default::default();
    api.update_status(next).await?;
    Ok(())
}

/// Takes the pod from those for which a claim is reserved.
pub(crate) async fn release(client: &Client, pod: &Pod, wanted: &Wanted) -> Result<(), Error> {
    let patch = Patch::Strategic(json!({
        "metadata": {"uid": wanted.uid.as_str()},
        "status": {"reservedFor": [{"$patch": "delete", "uid": pod.metadata.uid.as_str()}]},
    }));
    let options = PatchOptions::default();
    match api(client, wanted)
        .patch_status(&wanted.key.1, &patch, &options)
        .await
    {
        Err(error) if error.is_not_found() || error.is_conflict() => Ok(()),
        outcome => outcome.map(drop),
    }
}
