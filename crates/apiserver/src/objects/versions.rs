//! The versions of a kind, as ownership of fields sees them.

use parking_lot::Mutex;
use skeg_schema::{DecodeOptions, Value, decode_json, encode_json, fill};
use std::sync::Arc;

use crate::ApiServer;
use crate::custom::convert;
use crate::error::Result;
use crate::managed_fields::{self, Node, Versions};
use crate::served::{Served, Table};

/// What a path that is never owned is made of.
type Paths = Vec<&'static [&'static str]>;

/// What a webhook made of trees, and what it is asked for: who looks at
/// versions does not wait, so that what is not there yet is noted, and looked
/// for again when it is.
#[derive(Default)]
struct Converted {
    known: Vec<Conversion>,
    wanted: Vec<(Value, String)>,
}

struct Conversion {
    from: Value,
    to: String,
    made: Value,
}

/// The versions of a resource that a write may meet.
pub(crate) struct KindVersions<'a> {
    served: &'a Served,
    table: Arc<Table>,
    own: String,
    ignored: Paths,
    converted: Mutex<Converted>,
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
            converted: Mutex::default(),
        }
    }

    /// Whether a webhook is to be asked before what was made is of use.
    pub(crate) fn is_wanting(&self) -> bool {
        !self.converted.lock().wanted.is_empty()
    }

    /// Has the webhook make what was not there; says whether there was any
    /// such, so that the work is to be done again. Cancelling it abandons the
    /// call.
    ///
    /// # Errors
    /// The webhook failed.
    pub(crate) async fn satisfy(&self, server: &ApiServer) -> Result<bool> {
        let wanted = std::mem::take(&mut self.converted.lock().wanted);
        let any = !wanted.is_empty();
        let Some(kind) = self.served.converted_by_webhook() else {
            return Ok(any);
        };
        for (from, to) in wanted {
            let made = convert::convert_one(server, kind, &to, &from).await?;
            self.converted
                .lock()
                .known
                .push(Conversion { from, to, made });
        }
        Ok(any)
    }

    /// What the webhook made of a tree, if it was asked already.
    fn by_webhook(&self, tree: &Value, to: &str) -> Option<Value> {
        let mut converted = self.converted.lock();
        let found = converted
            .known
            .iter()
            .find(|known| known.to == to && known.from == *tree);
        if let Some(found) = found {
            return Some(found.made.clone());
        }
        converted.wanted.push((tree.clone(), to.to_owned()));
        None
    }

    /// A tree of one version in another, which may be of another group that
    /// serves the same objects; `None` where there is no such version, or a
    /// webhook has to be asked first.
    pub(crate) fn convert_anywhere(&self, tree: &Value, from: &str, to: &str) -> Option<Value> {
        let source = self.of(from)?;
        let target = self.of(to)?;
        if let Some(kind) = &target.resource.custom {
            // What is empty on the way to an object is of any version.
            if kind.family.webhook.is_some() && !tree["metadata"].is_null() {
                return self.by_webhook(tree, to);
            }
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
        // Upstream's field managers know no way into another group, though the
        // same objects are served there.
        let group = |api_version| self.of(api_version).map(|s| s.resource.desc.group);
        if group(from)? != group(to)? {
            return None;
        }
        let named_only = |s: &Arc<Served>| match &s.resource.custom {
            Some(kind) => kind.family.webhook.is_none(),
            None => false,
        };
        if self.of(to).is_some_and(named_only) {
            // Nothing is lost on the way, nor is there any default.
            let mut tree = tree.clone();
            if tree.get("apiVersion").is_some() {
                tree.set_at(&["apiVersion"], to);
            }
            return Some(tree);
        }
        self.convert_anywhere(tree, from, to)
    }

    fn knows(&self, api_version: &str) -> bool {
        let custom = self.served.resource.custom.as_ref();
        custom.is_none_or(|kind| kind.family.schema(api_version).is_some())
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
