//! Which objects a list or watch is about.

use skeg_meta::{SharedObject, labels};
use skeg_registry::strategy::Strategy;
use std::sync::Arc;

use super::{Change, Event};

/// One term of a field selector.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldTerm {
    /// The field, as the kind knows it.
    pub label: String,
    /// The value to compare with.
    pub value: String,
    /// It must be equal (else: must not).
    pub equal: bool,
}

/// Namespace and selectors of a list or watch.
#[derive(Clone, Default)]
pub struct Filter {
    /// Only this namespace.
    pub namespace: Option<String>,
    /// Only these labels.
    pub labels: Option<labels::Selector>,
    /// Only these fields.
    pub fields: Vec<FieldTerm>,
    /// Reads the fields of the kind; needed for other fields than name and
    /// namespace.
    pub strategy: Option<Arc<dyn Strategy>>,
}

impl Filter {
    /// Whether the selectors let everything pass.
    pub fn selects_all(&self) -> bool {
        self.labels.is_none() && self.fields.is_empty()
    }

    /// The one name that can pass, if there is one.
    pub fn exact_name(&self) -> Option<&str> {
        self.fields
            .iter()
            .find(|term| term.equal && term.label == "metadata.name")
            .map(|term| term.value.as_str())
    }

    /// Takes out what is asked of fields that a conversion may change, for the
    /// objects as they are served; name and namespace stay.
    pub fn take_converted(&mut self) -> Option<Self> {
        let all = std::mem::take(&mut self.fields).into_iter();
        let (kept, taken): (Vec<_>, Vec<_>) =
            all.partition(|term| matches!(&*term.label, "metadata.name" | "metadata.namespace"));
        self.fields = kept;
        (!taken.is_empty()).then(|| Self {
            fields: taken,
            strategy: self.strategy.clone(),
            ..Self::default()
        })
    }

    /// Whether both let the same pass.
    pub fn same(&self, other: &Self) -> bool {
        let strategy = match (&self.strategy, &other.strategy) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b),
            (None, None) => true,
            _ => false,
        };
        strategy
            && self.namespace == other.namespace
            && self.labels == other.labels
            && self.fields == other.fields
    }

    /// Whether an object belongs to what is asked for.
    pub fn matches(&self, object: &SharedObject) -> bool {
        if self
            .namespace
            .as_deref()
            .is_some_and(|ns| ns != object.namespace())
        {
            return false;
        }
        if self
            .labels
            .as_ref()
            .is_some_and(|selector| !selector.matches(object.labels()))
        {
            return false;
        }
        let mut own: Option<Arc<[(&'static str, String)]>> = None;
        self.fields.iter().all(|term| {
            let equal = match term.label.as_str() {
                "metadata.name" => object.name() == term.value,
                "metadata.namespace" => object.namespace() == term.value,
                label => {
                    let own = own.get_or_insert_with(|| match &self.strategy {
                        Some(strategy) => {
                            let reader = Arc::as_ptr(strategy).cast::<()>().addr();
                            object.fields(reader, |tree| strategy.selectable_fields(tree))
                        }
                        None => Arc::default(),
                    });
                    let value = own
                        .iter()
                        .find(|(l, _)| *l == label)
                        .map(|(_, v)| v.as_str());
                    value.unwrap_or_default() == term.value
                }
            };
            equal == term.equal
        })
    }

    /// What a change looks like through this filter; `None`: nothing.
    pub fn see(&self, event: &Event) -> Option<Change> {
        let before = event.prev.as_ref().is_some_and(|prev| self.matches(prev));
        let after = !event.deleted && self.matches(&event.object);
        match (before, after) {
            (false, false) => None,
            (false, true) => Some(Change::Added),
            (true, true) => Some(Change::Modified),
            (true, false) => Some(Change::Deleted),
        }
    }
}
