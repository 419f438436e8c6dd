//! Which requests a policy or a binding means.

use skeg_meta::labels::Selector;
use skeg_registry::objects::{Gr, Objects};
use skeg_registry::tree;
use skeg_schema::Value;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::webhook::Subject;
use crate::webhook::matching::{Asked, Rule, passes, selector};
use crate::webhook::review::{Gvk, Gvr};

/// `matchConstraints` or `matchResources`.
pub struct Criteria {
    rules: Vec<Rule>,
    excluded: Vec<Rule>,
    equivalent: bool,
    namespaces: Result<Selector, String>,
    objects: Result<Selector, String>,
}

/// How a policy knows a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// The kind in which it wants to see the objects.
    pub kind: Gvk,
    /// The resource that its rule names.
    pub resource: Gvr,
}

/// Things about one request that are fetched once.
#[derive(Default)]
pub struct Fetched {
    namespace: Option<Option<Arc<Value>>>,
}

fn is_namespace(subject: &Subject<'_>) -> bool {
    let resource = &subject.request.resource;
    resource.group.is_empty() && resource.resource == "namespaces"
}

impl Fetched {
    /// The namespace of the request's object; `None` for what is in none.
    pub async fn namespace(&mut self, subject: &Subject<'_>) -> Result<Option<Arc<Value>>> {
        if let Some(found) = &self.namespace {
            return Ok(found.clone());
        }
        let name = subject.request.namespace;
        let found = if name.is_empty() || is_namespace(subject) {
            None
        } else {
            let cached = subject.access.cached(Gr::NAMESPACES, "", name);
            let found = match cached {
                Some(found) => Some(found),
                None => subject.access.get(Gr::NAMESPACES, "", name).await?,
            };
            Some(found.ok_or_else(|| Error::not_found("", "namespaces", name))?)
        };
        self.namespace = Some(found.clone());
        Ok(found)
    }
}

impl Criteria {
    /// Reads them; absent, they mean everything.
    pub fn parse(tree: &Value) -> Self {
        Self {
            rules: Rule::parse_all(tree, "resourceRules"),
            excluded: Rule::parse_all(tree, "excludeResourceRules"),
            equivalent: tree::s(tree, "matchPolicy") != "Exact",
            namespaces: selector(&tree["namespaceSelector"]),
            objects: selector(&tree["objectSelector"]),
        }
    }

    /// Whether and how they mean a request.
    ///
    /// # Errors
    /// A selector makes no sense, or there is no such namespace.
    pub async fn matches(
        &self,
        subject: &Subject<'_>,
        obj: &Value,
        old: Option<&Value>,
        fetched: &mut Fetched,
    ) -> Result<Option<Matched>, String> {
        if let Ok(objects) = &self.objects
            && !objects.is_everything()
        {
            let seen = |object: &Value| !object.is_null() && passes(objects, object);
            if !seen(obj) && !old.is_some_and(seen) {
                return Ok(None);
            }
        }
        if let Ok(namespaces) = &self.namespaces
            && !namespaces.is_everything()
        {
            let labelled = if is_namespace(subject) && subject.request.subresource.is_empty() {
                let object = if obj.is_null() { old } else { Some(obj) };
                object.map(|object| Arc::new(object.clone()))
            } else {
                fetched
                    .namespace(subject)
                    .await
                    .map_err(|error| error.into_status().message)?
            };
            if labelled.is_some_and(|labelled| !passes(namespaces, &labelled)) {
                return Ok(None);
            }
        }
        if self.named(subject, &self.excluded).is_some() {
            return Ok(None);
        }
        let matched = if self.rules.is_empty() {
            Some(Matched {
                kind: subject.request.kind.clone(),
                resource: subject.request.resource.clone(),
            })
        } else {
            self.named(subject, &self.rules)
        };
        if matched.is_some() {
            self.namespaces.as_ref().map_err(Clone::clone)?;
            self.objects.as_ref().map_err(Clone::clone)?;
        }
        Ok(matched)
    }

    /// How a list of rules knows the request.
    fn named(&self, subject: &Subject<'_>, rules: &[Rule]) -> Option<Matched> {
        let request = &subject.request;
        let asked = Asked {
            group: &request.resource.group,
            version: &request.resource.version,
            resource: &request.resource.resource,
            subresource: request.subresource,
            namespaced: subject.served.resource.desc.namespaced,
        };
        let operation = request.operation;
        let means = |asked: &Asked<'_>| {
            rules
                .iter()
                .any(|rule| rule.matches(operation, asked) && rule.names(request.name))
        };
        if means(&asked) {
            return Some(Matched {
                kind: request.kind.clone(),
                resource: request.resource.clone(),
            });
        }
        if !self.equivalent || rules.is_empty() {
            return None;
        }
        subject
            .equivalents()
            .into_iter()
            .find(|(_, resource)| {
                means(&Asked {
                    group: &resource.group,
                    version: &resource.version,
                    resource: &resource.resource,
                    ..asked
                })
            })
            .map(|(kind, resource)| Matched { kind, resource })
    }
}
