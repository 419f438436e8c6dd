//! Objects from files and texts.

use std::path::{Path, PathBuf};
use std::time::Duration;

use skeg_client::{ApiResource, Client, DynamicApi, Patch, PatchOptions, WatchOptions};
use skeg_meta::SharedObject;
use skeg_schema::Value;

use crate::cluster::Cluster;
use crate::error::Error;

/// How long a definition may take until its resource is served.
const ESTABLISHED: Duration = Duration::from_secs(30);
const MANAGER: &str = "test";

/// Documents that come first, because others need them.
fn rank(tree: &Value) -> u8 {
    match tree["kind"].as_str() {
        Some("Namespace") => 0,
        Some("CustomResourceDefinition") => 1,
        _ => 2,
    }
}

/// The documents of a text: YAML or JSON, lists opened up.
fn documents(text: &str, origin: &str) -> Result<Vec<Value>, Error> {
    let wrong = |why: String| Error::Manifest {
        origin: origin.to_owned(),
        why,
    };
    let mut found = Vec::new();
    let mut part = String::new();
    let mut parts = Vec::new();
    for line in text.lines() {
        if line.trim_end() == "---" || line.starts_with("--- ") {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push_str(line);
            part.push('\n');
        }
    }
    parts.push(part);
    for part in parts {
        let has_content = part.lines().any(|line| {
            let line = line.trim();
            !line.is_empty() && !line.starts_with('#')
        });
        if !has_content {
            continue;
        }
        let mut tree = skeg_schema::decode_yaml_any(part.as_bytes())
            .map_err(|error| wrong(error.to_string()))?;
        let is_list = tree["kind"]
            .as_str()
            .is_some_and(|kind| kind.ends_with("List"));
        match tree.get_mut("items").map(Value::take) {
            Some(Value::Array(items)) if is_list => found.extend(items),
            _ => found.push(tree),
        }
    }
    for tree in &found {
        for field in ["apiVersion", "kind"] {
            if tree[field].as_str().is_none() {
                return Err(wrong(format!("a document has no {field}")));
            }
        }
    }
    Ok(found)
}

fn files(path: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if !path.is_dir() {
        found.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    entries.sort();
    for entry in entries {
        let suffix = entry.extension().and_then(|suffix| suffix.to_str());
        if entry.is_dir() {
            files(&entry, found)?;
        } else if matches!(suffix, Some("yaml" | "yml" | "json")) {
            found.push(entry);
        }
    }
    Ok(())
}

impl Cluster {
    /// Applies the files of a folder and those in it, or one file: namespaces
    /// and definitions of custom resources first, until they are served.
    ///
    /// # Errors
    /// A file cannot be read or is no manifest, or the server refuses an object.
    pub async fn load(&self, path: impl AsRef<Path>) -> Result<Vec<SharedObject>, Error> {
        let path = path.as_ref();
        let failed = |path: &Path, source| Error::File {
            action: "read",
            path: path.to_owned(),
            source,
        };
        let mut found = Vec::new();
        files(path, &mut found).map_err(|source| failed(path, source))?;
        let mut all = Vec::new();
        for file in found {
            let text = std::fs::read_to_string(&file).map_err(|source| failed(&file, source))?;
            all.extend(documents(&text, &file.display().to_string())?);
        }
        self.apply_all(all).await
    }

    /// Applies the documents of a text, as [`Cluster::load`] does.
    ///
    /// # Errors
    /// It is no manifest, or the server refuses an object.
    pub async fn apply(&self, yaml: &str) -> Result<Vec<SharedObject>, Error> {
        self.apply_all(documents(yaml, "the manifest")?).await
    }

    async fn apply_all(&self, mut all: Vec<Value>) -> Result<Vec<SharedObject>, Error> {
        all.sort_by_key(rank);
        let client = self.client();
        let mut applied = Vec::new();
        for tree in all {
            applied.push(apply_one(&client, tree).await?);
        }
        Ok(applied)
    }
}

async fn apply_one(client: &Client, tree: Value) -> Result<SharedObject, Error> {
    let text = |path: &[&str]| {
        let found = tree.at(path).and_then(Value::as_str);
        found.unwrap_or_default().to_owned()
    };
    let (api_version, kind) = (text(&["apiVersion"]), text(&["kind"]));
    let (name, namespace) = (
        text(&["metadata", "name"]),
        text(&["metadata", "namespace"]),
    );
    let failed = |source| Error::Request {
        action: format!("apply {kind} {name:?}"),
        source,
    };
    let resource = resource_of(client, &api_version, &kind).await?;
    let api = match (resource.namespaced, namespace.as_str()) {
        (false, _) => DynamicApi::all(client.clone(), resource),
        (true, "") => DynamicApi::namespaced(client.clone(), resource, "default"),
        (true, namespace) => DynamicApi::namespaced(client.clone(), resource, namespace),
    };
    let options = PatchOptions {
        field_manager: MANAGER.into(),
        force: true,
        ..PatchOptions::default()
    };
    let applied = api.patch(&name, &Patch::Apply(tree), &options).await;
    let applied = applied.map_err(failed)?;
    if kind == "CustomResourceDefinition" {
        established(&api, &name).await?;
    }
    Ok(applied)
}

/// The resource of a kind: built in, or as the server tells.
pub(crate) async fn resource_of(
    client: &Client,
    api_version: &str,
    kind: &str,
) -> Result<ApiResource, Error> {
    let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
    if let Some(found) = ApiResource::built_in(group, version, kind) {
        return Ok(found);
    }
    let resources = client
        .resources(group, version)
        .await
        .map_err(|source| Error::Request {
            action: format!("find out about {api_version}"),
            source,
        })?;
    let found = resources
        .into_iter()
        .find(|found| found.resource.kind == kind);
    found
        .map(|found| found.resource)
        .ok_or_else(|| Error::Manifest {
            origin: api_version.to_owned(),
            why: format!("the server has no kind {kind}"),
        })
}

/// Waits until a definition's resource is served.
async fn established(api: &DynamicApi, name: &str) -> Result<(), Error> {
    use futures::StreamExt;
    let failed = |source| Error::Request {
        action: format!("wait for the definition {name:?}"),
        source,
    };
    let is_established = |object: &SharedObject| {
        let tree = object.value();
        tree.at(&["status", "conditions"])
            .and_then(Value::as_array)
            .is_some_and(|conditions| {
                conditions.iter().any(|condition| {
                    condition["type"].as_str() == Some("Established")
                        && condition["status"].as_str() == Some("True")
                })
            })
    };
    let wait = async {
        let found = api.get(name).await.map_err(failed)?;
        if is_established(&found) {
            return Ok(());
        }
        let options = WatchOptions::from_version(found.resource_version())
            .fields(format!("metadata.name={name}"));
        let mut events = api.watch(&options).await.map_err(failed)?;
        while let Some(event) = events.next().await {
            let event = event.map_err(failed)?;
            if event.object().is_some_and(&is_established) {
                return Ok(());
            }
        }
        Ok(())
    };
    match tokio::time::timeout(ESTABLISHED, wait).await {
        Ok(result) => result,
        Err(_) => Err(Error::Manifest {
            origin: name.to_owned(),
            why: "its resource is not served; see the conditions of the definition".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_found() {
        let text = "# a comment\n---\napiVersion: v1\nkind: Namespace\n---\n\n---\napiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Pod}\n- {apiVersion: v1, kind: Secret}\n";
        let found = documents(text, "t").unwrap();
        let kinds: Vec<_> = found
            .iter()
            .map(|tree| tree["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["Namespace", "Pod", "Secret"]);
        let wrong = documents("kind: Pod\n", "t").unwrap_err().to_string();
        assert_eq!(wrong, "t: a document has no apiVersion");
    }
}
