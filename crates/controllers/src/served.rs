//! What the server says it serves, custom resources among it.

use skeg_client::{Client, DiscoveredResource, Error};

/// The versions of a group that are served, the preferred one first.
pub(crate) async fn versions(client: &Client, group: &str) -> Result<Vec<String>, Error> {
    let mut groups = client.groups().await?.into_iter();
    let served = groups.find(|known| known.name == group);
    Ok(served.map(|group| group.versions).unwrap_or_default())
}

/// The first resource of a group that is wanted, in these versions in their
/// order. Versions that are not served have none.
pub(crate) async fn find(
    client: &Client,
    group: &str,
    versions: impl IntoIterator<Item = String>,
    wanted: impl Fn(&DiscoveredResource) -> bool,
) -> Result<Option<DiscoveredResource>, Error> {
    for version in versions {
        let known = match client.resources(group, &version).await {
            Err(error) if error.is_not_found() => continue,
            known => known?,
        };
        if let Some(found) = known.into_iter().find(&wanted) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
