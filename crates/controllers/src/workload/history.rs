//! ControllerRevisions: which templates there have been.

use std::sync::Arc;

use skeg_api::apps::v1::ControllerRevision;
use skeg_api::core::v1::PodTemplateSpec;
use skeg_client::{Api, Client, DeleteOptions, Error};
use skeg_meta::{Object, ObjectMeta};
use skeg_schema::{StaticMessage, Value, json};

/// What a revision keeps of a template: a patch that puts it back, names in their
/// order, as others compare it byte for byte with what they make of a template.
fn template_data(template: &PodTemplateSpec) -> Value {
    let mut tree = skeg_schema::message_to_value(template);
    skeg_schema::fill(&mut tree, PodTemplateSpec::TYPE);
    if let Some(tree) = tree.as_object_mut() {
        tree.insert("$patch", "replace");
    }
    let mut spec = skeg_schema::Object::new();
    spec.insert("template", tree);
    json!({"spec": Value::Object(spec)}).sorted()
}

/// Sorts revisions, the oldest first.
pub(crate) fn sort_by_revision(revisions: &mut [Arc<ControllerRevision>]) {
    revisions.sort_by(|a, b| {
        let born =
            |revision: &ControllerRevision| revision.metadata.creation_timestamp.map(|time| time.0);
        a.revision
            .cmp(&b.revision)
            .then_with(|| born(a).cmp(&born(b)))
            .then_with(|| a.metadata.name.cmp(&b.metadata.name))
    });
}

/// The number of the next revision after these, which are sorted.
fn next_revision(revisions: &[Arc<ControllerRevision>]) -> i64 {
    revisions.last().map_or(1, |last| last.revision + 1)
}

/// How many revisions are kept beside those in use; all of them by a limit
/// below zero.
pub(crate) fn history_limit(limit: Option<i32>) -> usize {
    usize::try_from(limit.unwrap_or(10)).unwrap_or(usize::MAX)
}

/// Writes revisions.
pub(crate) struct Revisions<'a> {
    pub(crate) client: &'a Client,
}

impl Revisions<'_> {
    fn api(&self, namespace: &str) -> Api<ControllerRevision> {
        Api::namespaced(self.client.clone(), namespace)
    }

    /// Gives a revision another number.
    async fn renumber(
        &self,
        revision: &ControllerRevision,
        number: i64,
    ) -> Result<Arc<ControllerRevision>, Error> {
        if revision.revision == number {
            return Ok(Arc::new(revision.clone()));
        }
        let changed = ControllerRevision {
            revision: number,
            ..revision.clone()
        };
        self.api(&revision.metadata.namespace).update(changed).await
    }

    /// The revision of a template, and how many collisions of names there have
    /// been: one of these, which are sorted, under a new number if it is not the
    /// last, or a new one. `name` makes names, and a label to go with each, of
    /// what the revision keeps and that count.
    pub(crate) async fn of_template<O: Object>(
        &self,
        owner: &O,
        template: &PodTemplateSpec,
        revisions: &[Arc<ControllerRevision>],
        collisions: i32,
        name: impl Fn(&Value, i32) -> (String, Option<(&'static str, String)>),
    ) -> Result<(Arc<ControllerRevision>, i32), Error> {
        let data = template_data(template);
        let number = next_revision(revisions);
        let mut newest = revisions.iter().rev();
        match newest.find(|revision| revision.data == data) {
            Some(equal) if equal.revision + 1 == number => Ok((Arc::clone(equal), collisions)),
            Some(equal) => Ok((self.renumber(equal, number).await?, collisions)),
            None => {
                let meta = owner.meta();
                let mut revision = ControllerRevision {
                    revision: number,
                    ..ControllerRevision::default()
                };
                revision.metadata.namespace.clone_from(&meta.namespace);
                revision.metadata.labels = template.metadata.labels.clone();
                revision.metadata.annotations = meta.annotations.clone();
                revision.metadata.owner_references = vec![owner.controller_reference()];
                let name = |collisions| name(&data, collisions);
                revision.data = data.clone();
                self.create(revision, collisions, name).await
            }
        }
    }

    /// Makes a revision under a name that its content decides. The name being
    /// taken by other content is a collision, which `name` must avoid.
    async fn create(
        &self,
        revision: ControllerRevision,
        mut collisions: i32,
        name: impl Fn(i32) -> (String, Option<(&'static str, String)>),
    ) -> Result<(Arc<ControllerRevision>, i32), Error> {
        let api = self.api(&revision.metadata.namespace);
        loop {
            let mut revision = revision.clone();
            let (full, label) = name(collisions);
            revision.metadata.name = full;
            if let Some((key, value)) = label {
                revision.metadata.labels.insert(key.to_owned(), value);
            }
            let data = revision.data.clone();
            let name = revision.metadata.name.clone();
            match api.create(revision).await {
                Ok(created) => return Ok((created, collisions)),
                Err(error) if error.is_already_exists() => {
                    let there = api.get(&name).await?;
                    if there.data == data {
                        return Ok((there, collisions));
                    }
                    collisions += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Removes some of the revisions.
    pub(crate) async fn remove<'r>(
        &self,
        revisions: impl Iterator<Item = &'r Arc<ControllerRevision>>,
    ) -> Result<(), Error> {
        for revision in revisions {
            self.delete(&revision.metadata).await?;
        }
        Ok(())
    }

    async fn delete(&self, meta: &ObjectMeta) -> Result<(), Error> {
        match self
            .api(&meta.namespace)
            .delete(&meta.name, &DeleteOptions::default())
            .await
        {
            Err(error) if !error.is_not_found() => Err(error),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_api::core::v1::Container;

    /// What a DaemonSet's history is compared with, byte for byte.
    #[test]
    fn a_revision_keeps_names_in_order() {
        let mut template = PodTemplateSpec::default();
        template.metadata.labels.insert("b".into(), "<1>".into());
        template.spec.containers.push(Container {
            name: "c".into(),
            image: "i:1".into(),
            ..Container::default()
        });
        let mut text = Vec::new();
        skeg_schema::encode_json_any(&template_data(&template), &mut text);
        assert_eq!(
            String::from_utf8(text).expect("text"),
            concat!(
                r#"{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"b":"\u003c1\u003e"}},"#,
                r#""spec":{"containers":[{"image":"i:1","name":"c","resources":{}}]}}}}"#
            )
        );
    }
}
