//! Between the versions of a custom resource by a conversion webhook.

use bytes::Bytes;
use skeg_meta::SharedObject;
use skeg_registry::custom::Kind;
use skeg_registry::errors::Errs;
use skeg_registry::path::Path;
use skeg_registry::tree;
use skeg_registry::validation::metadata;
use skeg_schema::{Value, json};
use std::time::Duration;

use crate::ApiServer;
use crate::error::{Error, Result};
use crate::served::Served;
use crate::webhook::answer::{self, shown_kind};
use crate::webhook::client::ClientConfig;

/// How long a conversion may take.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Served {
    /// The kind, if its versions are converted by a webhook.
    pub(crate) fn converted_by_webhook(&self) -> Option<&Kind> {
        let kind = self.resource.custom.as_deref()?;
        kind.family.webhook.is_some().then_some(kind)
    }

    /// A stored object as this version shows it.
    ///
    /// # Errors
    /// The webhook that converts it failed.
    pub(crate) async fn viewed(
        &self,
        server: &ApiServer,
        object: &SharedObject,
    ) -> Result<SharedObject> {
        if self.converted_by_webhook().is_none() {
            return Ok(self.view(object));
        }
        let mut all = Box::pin(self.viewed_all(server, vec![object.clone()])).await?;
        all.pop().ok_or_else(lost)
    }

    /// The same for many, with one call of the webhook.
    ///
    /// # Errors
    /// The webhook that converts them failed.
    pub(crate) async fn viewed_all(
        &self,
        server: &ApiServer,
        mut objects: Vec<SharedObject>,
    ) -> Result<Vec<SharedObject>> {
        let Some(kind) = self.converted_by_webhook() else {
            return Ok(self.views(objects));
        };
        let wanted = kind.desc.api_version();
        let others: Vec<usize> = (0..objects.len())
            .filter(|at| objects[*at].gvk().api_version() != wanted)
            .collect();
        if others.is_empty() {
            return Ok(objects);
        }
        let trees: Vec<Value> = others
            .iter()
            .map(|at| (*objects[*at].value()).clone())
            .collect();
        let converted = convert(server, kind, &wanted, trees).await?;
        for (at, mut tree) in others.into_iter().zip(converted) {
            kind.fit(&mut tree);
            objects[at] = SharedObject::from_custom(tree);
        }
        Ok(objects)
    }

    /// The stored bytes of a tree of this version.
    ///
    /// # Errors
    /// The webhook that converts it failed.
    pub(crate) async fn stored_bytes(&self, server: &ApiServer, tree: &mut Value) -> Result<Bytes> {
        let Some(kind) = self.converted_by_webhook() else {
            return Ok(self.encode_for_storage(tree));
        };
        let wanted = kind.family.storage_api_version;
        if tree["apiVersion"].as_str() == Some(wanted) {
            return Ok(self.encode_for_storage(tree));
        }
        let mut tree = Box::pin(convert_one(server, kind, wanted, tree)).await?;
        Ok(self.encode_for_storage(&mut tree))
    }
}

/// Asks the webhook for one object in a version. Cancelling it abandons the call.
///
/// # Errors
/// It cannot be asked, or what it says is of no use.
pub(crate) async fn convert_one(
    server: &ApiServer,
    kind: &Kind,
    wanted: &str,
    object: &Value,
) -> Result<Value> {
    let mut converted = convert(server, kind, wanted, vec![object.clone()]).await?;
    converted.pop().ok_or_else(lost)
}

fn lost() -> Error {
    Error::internal_error("an object was lost by its conversion")
}

/// All versions of a review.
const KNOWN: &[&str] = &["apiextensions.k8s.io/v1", "apiextensions.k8s.io/v1beta1"];

/// Asks the webhook. The objects may be of several versions. Cancelling it
/// abandons the call.
///
/// # Errors
/// It cannot be asked, or what it says is of no use.
async fn convert(
    server: &ApiServer,
    kind: &Kind,
    wanted: &str,
    objects: Vec<Value>,
) -> Result<Vec<Value>> {
    let from = objects
        .first()
        .and_then(|object| object["apiVersion"].as_str())
        .unwrap_or_default()
        .to_owned();
    let about = format!("{from}, Kind={}", kind.desc.kind);
    let failed =
        |why: String| Error::internal(format!("conversion webhook for {about} failed: {why}"));
    let Some(webhook) = kind.family.webhook.as_deref() else {
        return Ok(objects);
    };
    let config = ClientConfig::parse(&webhook["clientConfig"]).map_err(failed)?;
    let version = tree::list(webhook, "conversionReviewVersions")
        .iter()
        .filter_map(Value::as_str)
        .find(|version| matches!(*version, "v1" | "v1beta1"))
        .unwrap_or("v1");
    let api_version = format!("apiextensions.k8s.io/{version}");
    let uid = uuid::Uuid::new_v4().to_string();
    let review = json!({
        "kind": "ConversionReview",
        "apiVersion": api_version.as_str(),
        "request": {
            "uid": uid.as_str(),
            "desiredAPIVersion": wanted,
            "objects": Value::Array(objects.clone()),
        },
    });
    let body = Bytes::from(review.to_string());
    let answer = server
        .inner
        .webhooks
        .client
        .post(&config, body, TIMEOUT)
        .await
        .map_err(|error| failed(error.message))?;
    let answer =
        answer::decode(&answer, &api_version, KNOWN, "ConversionReview").map_err(failed)?;
    let converted = read(&answer, &api_version, &uid).map_err(failed)?;
    if converted.len() != objects.len() {
        return Err(Error::internal(format!(
            "conversion webhook for {about} returned {} objects, expected {}",
            converted.len(),
            objects.len()
        )));
    }
    converted
        .into_iter()
        .zip(&objects)
        .enumerate()
        .map(|(at, (converted, original))| {
            restored(converted, original, wanted).map_err(|wrong| {
                Error::internal(match wrong {
                    Wrong::Nameless(why) => why,
                    Wrong::Kind(why) => format!(
                        "conversion webhook for {about} returned invalid object at index {at}: {why}"
                    ),
                    Wrong::Object(why) => {
                        format!("conversion webhook for {about} returned invalid object: {why}")
                    }
                    Wrong::Metadata(why) => {
                        format!("conversion webhook for {about} returned invalid metadata: {why}")
                    }
                })
            })
        })
        .collect()
}

/// What is wrong with a converted object.
#[derive(Debug, PartialEq, Eq)]
enum Wrong {
    /// It does not say of which kind it is.
    Nameless(String),
    /// It is of another kind or version.
    Kind(String),
    /// It is another object.
    Object(String),
    /// Its labels or annotations are none.
    Metadata(String),
}

/// The objects of an answer.
fn read(answer: &Value, api_version: &str, uid: &str) -> std::result::Result<Vec<Value>, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let given = shown_kind(&text(&answer["apiVersion"]), &text(&answer["kind"]));
    let wanted = shown_kind(api_version, "ConversionReview");
    if given != wanted {
        return Err(format!(
            "expected webhook response of {wanted}, got {given}"
        ));
    }
    let response = &answer["response"];
    if response.is_null() {
        return Err("no response provided".to_owned());
    }
    let found = text(&response["uid"]);
    if found != uid {
        return Err(format!("expected response.uid={uid:?}, got {found:?}"));
    }
    let result = &response["result"];
    let status = text(&result["status"]);
    if status != "Success" {
        let message = text(&result["message"]);
        return Err(if message.is_empty() {
            format!("response.result.status was '{status}', not 'Success'")
        } else {
            message
        });
    }
    Ok(tree::list(response, "convertedObjects").to_vec())
}

/// A converted object with the metadata of the original: a webhook may change
/// labels and annotations only.
fn restored(
    mut converted: Value,
    original: &Value,
    wanted: &str,
) -> std::result::Result<Value, Wrong> {
    let text = |tree: &Value, key: &str| tree[key].as_str().unwrap_or_default().to_owned();
    let kind = text(&converted, "kind");
    if kind.is_empty() {
        let why = format!("Object 'Kind' is missing in '{converted}'");
        return Err(Wrong::Nameless(why));
    }
    let given = text(&converted, "apiVersion");
    if given != wanted {
        return Err(Wrong::Kind(format!(
            "invalid groupVersion (expected {wanted}, received {given})"
        )));
    }
    let expected = text(original, "kind");
    if kind != expected {
        return Err(Wrong::Kind(format!(
            "invalid kind (expected {expected}, received {kind})"
        )));
    }
    let (own, before) = (&converted["metadata"], &original["metadata"]);
    for (field, shown) in [("name", "name"), ("namespace", "namespace"), ("uid", "UID")] {
        let (a, b) = (text(before, field), text(own, field));
        if a != b {
            return Err(Wrong::Object(format!(
                "must have the same {shown}: {a} != {b}"
            )));
        }
    }
    let mut faults = Errs::new();
    let path = Path::root("metadata");
    metadata::labels(&own["labels"], &path.child("labels"), &mut faults);
    metadata::annotations(&own["annotations"], &path.child("annotations"), &mut faults);
    if let [first, ..] = faults.as_slice() {
        return Err(Wrong::Metadata(first.to_string()));
    }
    let mut meta = before.clone();
    for field in ["labels", "annotations"] {
        match own.get(field) {
            Some(value) if !value.is_null() => meta.set_at(&[field], value.clone()),
            _ => {
                meta.remove_at(&[field]);
            }
        }
    }
    converted.set_at(&["metadata"], meta);
    Ok(converted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_checked() {
        let answer = |uid: &str, status: &str, message: &str| {
            json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "ConversionReview",
                "response": {"uid": uid, "result": {"status": status, "message": message},
                    "convertedObjects": [{}]}})
        };
        let check = |answer: &Value| read(answer, "apiextensions.k8s.io/v1", "u").map(|o| o.len());
        assert_eq!(check(&answer("u", "Success", "")), Ok(1));
        assert_eq!(
            check(&answer("x", "Success", "")),
            Err("expected response.uid=\"u\", got \"x\"".to_owned())
        );
        assert_eq!(check(&answer("u", "Failed", "no")), Err("no".to_owned()));
        assert_eq!(
            check(&answer("u", "Failed", "")),
            Err("response.result.status was 'Failed', not 'Success'".to_owned())
        );
        assert!(check(&json!({})).is_err());
    }

    #[test]
    fn metadata_stays() {
        let original = json!({"apiVersion": "x/v1", "kind": "W",
            "metadata": {"name": "a", "uid": "u", "labels": {"old": "1"}, "finalizers": ["f/f"]}});
        let converted = json!({"apiVersion": "x/v2", "kind": "W",
            "metadata": {"name": "a", "uid": "u", "labels": {"new": "1"}}, "spec": {}});
        let made = restored(converted.clone(), &original, "x/v2").expect("fine");
        assert_eq!(made["metadata"]["labels"], json!({"new": "1"}));
        assert_eq!(made["metadata"]["finalizers"][0], "f/f");
        assert!(restored(converted.clone(), &original, "x/v3").is_err());
        let mut renamed = converted;
        renamed.set_at(&["metadata", "name"], "b");
        assert_eq!(
            restored(renamed, &original, "x/v2"),
            Err(Wrong::Object("must have the same name: a != b".to_owned()))
        );
    }
}
