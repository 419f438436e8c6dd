//! The versions of a kind, as ownership of fields sees them.

use skeg_schema::{DecodeOptions, Value, decode_json, encode_json, fill};
use std::sync::Arc;

use crate::managed_fields::{self, Node, Versions};
use crate::served::{Served, Table};

/// What a path that is never owned is made of.
type Paths = Vec<&'static [&'static str]>;

/// The versions of a resource that a write may meet.
pub(crate) struct KindVersions<'a> {
    served: &'a Served,
    table: Arc<Table>,
    own: String,
    ignored: Paths,
}

impl<'a> KindVersions<'a> {
    /// For a write to `subresource` (or none).
    pub(crate) fn new(served: &'a Served, table: Arc<Table>, subresource: &str) -> Self {
        let desc = served.resource.desc;
        Self {
            served,
            table,
            own: desc.api_version(),
            ignored: served.resource.strategy.reset_fields(subresource, desc),
        }
    }

    /// The version of requests.
    pub(crate) fn own(&self) -> &str {
        &self.own
    }

    fn of(&self, api_version: &str) -> Option<&Arc<Served>> {
        let (group, version) = api_version.rsplit_once('/').unwrap_or(("", api_version));
        let known = self.served.resource.storage_prefix;
        self.table.iter().find(|s| {
            s.resource.storage_prefix == known
                && s.resource.desc.group == group
                && s.resource.desc.version == version
        })
    }
}

fn of_row(served: &Served) -> Node<'_> {
    match &served.resource.custom {
        Some(kind) => Node::CustomObject(kind.schema()),
        None => Node::Message(served.resource.desc.ty),
    }
}

impl Versions for KindVersions<'_> {
    fn node(&self, api_version: &str) -> Option<Node<'_>> {
        if api_version == self.own {
            return Some(of_row(self.served));
        }
        Some(of_row(self.of(api_version)?))
    }

    fn convert(&self, tree: &Value, from: &str, to: &str) -> Option<Value> {
        let source = self.of(from)?;
        // Upstream's field managers know no way into another group, though the
        // same objects are served there.
        let target = self
            .of(to)
            .filter(|target| target.resource.desc.group == source.resource.desc.group)?;
        if let Some(kind) = &target.resource.custom {
            let mut tree = tree.clone();
            kind.shown(&mut tree);
            return Some(tree);
        }
        let mut bytes = Vec::new();
        encode_json(tree, source.resource.desc.ty, &mut bytes);
        let mut tree = decode_json(&bytes, source.resource.desc.ty, &DecodeOptions::default())
            .ok()?
            .value;
        if let Some(conversion) = source.resource.conversion {
            (conversion.to_storage)(&mut tree);
        }
        target.convert_from_storage(&mut tree);
        fill(&mut tree, target.resource.desc.ty);
        Some(tree)
    }

    fn fits(&self, tree: &Value, api_version: &str) -> bool {
        let Some(served) = self.of(api_version) else {
            return true;
        };
        match &served.resource.custom {
            Some(kind) if kind.family.webhook.is_none() => {
                managed_fields::misfit(tree, Node::CustomObject(kind.schema())).is_none()
            }
            _ => true,
        }
    }

    fn ignored(&self, _: &str) -> &[&'static [&'static str]] {
        &self.ignored
    }
}
