//! Label and field selectors of a request, resolved against the kind.

use skeg_meta::{fields, labels};

use crate::cache::{FieldTerm, Filter};
use crate::error::{Error, Result};
use crate::served::Served;

/// Makes the filter of a list, watch or deletecollection.
pub fn filter(
    served: &Served,
    namespace: &str,
    label_selector: &str,
    field_selector: &str,
    name: Option<&str>,
) -> Result<Filter> {
    let labels = if label_selector.is_empty() {
        None
    } else {
        Some(
            labels::Selector::parse(label_selector)
                .map_err(|e| Error::bad_request(e.to_string()))?,
        )
    };
    let mut terms = Vec::new();
    if !field_selector.is_empty() {
        let selector = fields::Selector::parse(field_selector)
            .map_err(|e| Error::bad_request(e.to_string()))?;
        let known = served.resource.strategy.field_labels();
        for requirement in selector.requirements() {
            let label = known
                .resolve(&requirement.field)
                .map_err(Error::bad_request)?;
            terms.push(FieldTerm {
                label: label.to_owned(),
                value: requirement.value.clone(),
                equal: requirement.is_equal(),
            });
        }
    }
    if let Some(name) = name.filter(|n| !n.is_empty()) {
        terms.push(FieldTerm {
            label: "metadata.name".to_owned(),
            value: name.to_owned(),
            equal: true,
        });
    }
    let namespace = if served.resource.desc.namespaced && !namespace.is_empty() {
        Some(namespace.to_owned())
    } else {
        None
    };
    Ok(Filter {
        namespace,
        labels,
        fields: terms,
        strategy: Some(served.resource.strategy.clone()),
    })
}
