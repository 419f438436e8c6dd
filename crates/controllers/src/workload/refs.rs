//! Whose objects are whose: a controller adopts orphans that its selector
//! matches and lets go of what no longer matches.

use std::sync::Arc;

use skeg_client::{Api, Client, Error, Patch, PatchOptions};
use skeg_meta::labels::Selector;
use skeg_meta::{Object, ObjectMeta, OwnerReference};
use skeg_schema::{Value, json};

/// What is to be done about a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// It is the controller's, and stays so.
    Keep,
    /// It is nobody's and matches.
    Adopt,
    /// It is the controller's and no longer matches.
    Release,
    /// It is not the controller's business.
    Ignore,
}

/// Decides about one candidate.
pub(crate) fn plan_claims(
    owner: &ObjectMeta,
    selector: &Selector,
    candidate: &ObjectMeta,
) -> Claim {
    let matches = selector.matches(&candidate.labels);
    match candidate.controller() {
        Some(reference) if reference.uid != owner.uid => Claim::Ignore,
        Some(_) if matches => Claim::Keep,
        Some(_) if owner.is_deleting() => Claim::Ignore,
        Some(_) => Claim::Release,
        None if !matches || owner.is_deleting() || candidate.is_deleting() => Claim::Ignore,
        None if owner.namespace != candidate.namespace => Claim::Ignore,
        None => Claim::Adopt,
    }
}

/// Adopts and releases on behalf of one controller's object.
pub(crate) struct Claims<'a, O> {
    pub(crate) client: &'a Client,
    pub(crate) owner: &'a O,
    pub(crate) reference: OwnerReference,
    /// A finalizer that adopted objects are given.
    pub(crate) finalizer: Option<&'static str>,
}

impl<'a, O: Object> Claims<'a, O> {
    /// For this object.
    pub(crate) fn new(client: &'a Client, owner: &'a O) -> Self {
        Self {
            client,
            owner,
            reference: owner.controller_reference(),
            finalizer: None,
        }
    }

    /// Those of the candidates that are the controller's, after adopting and releasing.
    pub(crate) async fn claim<K: Object>(
        &self,
        selector: &Selector,
        candidates: impl IntoIterator<Item = Arc<K>>,
        eligible: impl Fn(&K) -> bool,
    ) -> Result<Vec<Arc<K>>, Error> {
        let mut claimed = Vec::new();
        let mut failure = None;
        let mut may_adopt = None;
        for candidate in candidates {
            let outcome = match plan_claims(self.owner.meta(), selector, candidate.meta()) {
                Claim::Keep => Ok(Some(candidate)),
                Claim::Adopt if eligible(&candidate) => {
                    let allowed = match may_adopt {
                        Some(allowed) => allowed,
                        None => *may_adopt.insert(self.may_adopt().await?),
                    };
                    if allowed {
                        self.adopt(&*candidate).await
                    } else {
                        Ok(None)
                    }
                }
                Claim::Release => self.release(&*candidate).await.map(|()| None),
                Claim::Adopt | Claim::Ignore => Ok(None),
            };
            match outcome {
                Ok(candidate) => claimed.extend(candidate),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        failure.map_or(Ok(claimed), Err)
    }

    /// Looks at the controller's object itself, not at the cache: an object that
    /// has been deleted meanwhile must adopt nothing.
    async fn may_adopt(&self) -> Result<bool, Error> {
        let meta = self.owner.meta();
        let fresh = Api::<O>::namespaced(self.client.clone(), &*meta.namespace)
            .get_opt(&meta.name)
            .await?;
        Ok(fresh.is_some_and(|fresh| fresh.meta().uid == meta.uid && !fresh.meta().is_deleting()))
    }

    async fn adopt<K: Object>(&self, object: &K) -> Result<Option<Arc<K>>, Error> {
        let mut metadata = json!({"uid": object.meta().uid.clone()});
        let reference = skeg_schema::message_to_value(&self.reference);
        if let Some(metadata) = metadata.as_object_mut() {
            metadata.insert("ownerReferences", Value::Array(vec![reference]));
            if let Some(finalizer) = self.finalizer {
                metadata.insert("finalizers", Value::Array(vec![finalizer.into()]));
            }
        }
        let outcome = self.patch(object, metadata).await;
        match outcome {
            Ok(object) => Ok(Some(object)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn release<K: Object>(&self, object: &K) -> Result<(), Error> {
        let mut metadata = json!({
            "uid": object.meta().uid.clone(),
            "ownerReferences": [{"$patch": "delete", "uid": self.reference.uid.clone()}],
        });
        if let (Some(finalizer), Some(metadata)) = (self.finalizer, metadata.as_object_mut()) {
            metadata.insert(
                "$deleteFromPrimitiveList/finalizers",
                Value::Array(vec![finalizer.into()]),
            );
        }
        match self.patch(object, metadata).await {
            Ok(_) => Ok(()),
            // Gone, or no longer ours: both are what was wanted.
            Err(error) if error.is_not_found() || error.is_invalid() => Ok(()),
            Err(error) => Err(error),
        }
    }

    async fn patch<K: Object>(&self, object: &K, metadata: Value) -> Result<Arc<K>, Error> {
        let api = Api::<K>::namespaced(self.client.clone(), &*object.meta().namespace);
        let mut body = skeg_schema::Object::new();
        body.insert("metadata", metadata);
        api.patch(
            &object.meta().name,
            &Patch::Strategic(Value::Object(body)),
            &PatchOptions::default(),
        )
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_claims_what() {
        let owner = |deleting: bool| ObjectMeta {
            uid: "me".to_owned(),
            deletion_timestamp: deleting.then(skeg_meta::Time::now),
            ..ObjectMeta::default()
        };
        let candidate = |controller: Option<&str>, app: &str| ObjectMeta {
            labels: [("app".to_owned(), app.to_owned())].into(),
            owner_references: controller
                .map(|uid| OwnerReference {
                    uid: uid.to_owned(),
                    controller: Some(true),
                    ..OwnerReference::default()
                })
                .into_iter()
                .collect(),
            ..ObjectMeta::default()
        };
        let selector = Selector::parse("app=web").expect("a selector");
        let check = |deleting: bool, controller: Option<&str>, app: &str, expect: Claim| {
            assert_eq!(
                plan_claims(&owner(deleting), &selector, &candidate(controller, app)),
                expect
            );
        };
        check(false, Some("me"), "web", Claim::Keep);
        check(false, Some("me"), "db", Claim::Release);
        check(true, Some("me"), "db", Claim::Ignore);
        check(false, Some("other"), "web", Claim::Ignore);
        check(false, None, "web", Claim::Adopt);
        check(false, None, "db", Claim::Ignore);
        check(true, None, "web", Claim::Ignore);
    }
}
