//! The resources that CustomResourceDefinitions define.

use skeg_client::{ApiResource, Client, DynamicApi, Error, ListOptions};
use skeg_schema::Value;

/// The resource of the definitions themselves.
pub(crate) fn definitions() -> Option<ApiResource> {
    ApiResource::built_in("apiextensions.k8s.io", "v1", "CustomResourceDefinition")
}

/// The served versions of what a definition defines, the stored one first;
/// none before its names are accepted.
pub(crate) fn versions(definition: &Value) -> Vec<ApiResource> {
    let text = |path: &[&str]| {
        definition
            .at(path)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let conditions = definition.at(&["status", "conditions"]);
    let established = conditions
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .any(|c| c["type"] == "Established" && c["status"] == "True");
    if !established {
        return Vec::new();
    }
    let versions = definition.at(&["spec", "versions"]);
    let mut served: Vec<&Value> = versions
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter(|version| version["served"] == Value::Bool(true))
        .collect();
    served.sort_by_key(|version| version["storage"] != Value::Bool(true));
    served
        .into_iter()
        .map(|version| ApiResource {
            group: text(&["spec", "group"]).into(),
            version: version["name"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
                .into(),
            plural: text(&["status", "acceptedNames", "plural"]).into(),
            kind: text(&["status", "acceptedNames", "kind"]).into(),
            namespaced: text(&["spec", "scope"]) == "Namespaced",
        })
        .collect()
}

/// Every custom resource that is served now, each in one version.
pub(crate) async fn all(client: &Client) -> Result<Vec<ApiResource>, Error> {
    let Some(resource) = definitions() else {
        return Ok(Vec::new());
    };
    let list = DynamicApi::all(client.clone(), resource)
        .list_shared(&ListOptions::default())
        .await?;
    Ok(list
        .items
        .iter()
        .filter_map(|definition| versions(&definition.value()).into_iter().next())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    #[test]
    fn what_is_served() {
        let mut definition = json!({
            "spec": {"group": "x.io", "scope": "Namespaced", "versions": [
                {"name": "v1beta1", "served": true, "storage": false},
                {"name": "v1", "served": true, "storage": true},
                {"name": "v2", "served": false, "storage": false},
            ]},
            "status": {"acceptedNames": {"plural": "ws", "kind": "W"}, "conditions": []},
        });
        assert!(versions(&definition).is_empty());
        let established = json!([{"type": "Established", "status": "True"}]);
        definition.set_at(&["status", "conditions"], established);
        let found: Vec<String> = versions(&definition)
            .iter()
            .map(ApiResource::api_version)
            .collect();
        assert_eq!(found, ["x.io/v1", "x.io/v1beta1"]);
    }
}
