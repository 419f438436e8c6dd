//! Several versions in one definition.

use skeg_api::apiextensions::v1::{
    CustomResourceConversion, CustomResourceDefinition, WebhookClientConfig, WebhookConversion,
};
use skeg_meta::FieldError;

use super::check;

/// Why definitions cannot be one.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MergeError {
    /// There is none.
    #[error("there is no definition to merge")]
    Nothing,
    /// A definition has more than its one version, or none.
    #[error("{name} has {versions} versions; merge takes definitions of one version each")]
    NotOneVersion {
        /// The definition's name.
        name: String,
        /// How many it has.
        versions: usize,
    },
    /// Two are not of the same kind.
    #[error(
        "{field} is {one:?} in {one_version} and {other:?} in {other_version}; it must be the same in every version"
    )]
    Differs {
        /// What differs.
        field: &'static str,
        /// In the first version.
        one: String,
        /// The first version.
        one_version: String,
        /// In another.
        other: String,
        /// That version.
        other_version: String,
    },
    /// Two versions have one name.
    #[error("the version {0} is there twice")]
    Twice(String),
    /// The version to be stored is none of them.
    #[error("the stored version is to be {stored}, which is none of {}", .versions.join(", "))]
    NotStored {
        /// What was asked for.
        stored: String,
        /// What there is.
        versions: Vec<String>,
    },
    /// The server would refuse the result.
    #[error("{}", skeg_meta::join_errors(.0))]
    Invalid(Vec<FieldError>),
}

/// Makes one definition of several of one version each. `stored` is the
/// version that objects are stored in, whatever the definitions say.
///
/// Labels, annotations, short names and categories are those of all.
///
/// ```
/// # use skeg_client::crd::{Definition, merge};
/// # fn crd(version: &'static str) -> skeg_client::crd::CustomResourceDefinition {
/// #     Definition { group: "example.com", version, kind: "Foo", plural: "foos", singular: "foo",
/// #         list_kind: "FooList", namespaced: true, short_names: &[], categories: &[], served: true,
/// #         storage: true, deprecated: None, description: "", labels: &[], annotations: &[],
/// #         spec: skeg_schema::json!({"type": "object"}), status: None, scale: None, columns: vec![],
/// #         selectable: &[], rules: vec![] }.build()
/// # }
/// let both = merge([crd("v1"), crd("v2")], "v2")?;
/// assert_eq!(both.spec.versions.len(), 2);
/// assert!(!both.spec.versions[0].storage && both.spec.versions[1].storage);
/// # Ok::<(), skeg_client::crd::MergeError>(())
/// ```
///
/// # Errors
/// They are not versions of one kind, or the server would refuse the result.
pub fn merge(
    definitions: impl IntoIterator<Item = CustomResourceDefinition>,
    stored: &str,
) -> Result<CustomResourceDefinition, MergeError> {
    let mut definitions = definitions.into_iter();
    let mut whole = definitions.next().ok_or(MergeError::Nothing)?;
    one_version(&whole)?;
    for other in definitions {
        one_version(&other)?;
        same(&whole, &other)?;
        add(&mut whole, other)?;
    }
    let versions = &mut whole.spec.versions;
    if !versions.iter().any(|version| version.name == stored) {
        return Err(MergeError::NotStored {
            stored: stored.to_owned(),
            versions: versions
                .iter()
                .map(|version| version.name.clone())
                .collect(),
        });
    }
    for version in versions {
        version.storage = version.name == stored;
    }
    let errors = check(&whole);
    if errors.is_empty() {
        Ok(whole)
    } else {
        Err(MergeError::Invalid(errors))
    }
}

fn one_version(definition: &CustomResourceDefinition) -> Result<(), MergeError> {
    match definition.spec.versions.len() {
        1 => Ok(()),
        versions => Err(MergeError::NotOneVersion {
            name: definition.metadata.name.clone(),
            versions,
        }),
    }
}

fn version_name(definition: &CustomResourceDefinition) -> String {
    definition
        .spec
        .versions
        .first()
        .map(|version| version.name.clone())
        .unwrap_or_default()
}

fn same(
    one: &CustomResourceDefinition,
    other: &CustomResourceDefinition,
) -> Result<(), MergeError> {
    let (a, b) = (&one.spec, &other.spec);
    for (field, one_says, other_says) in [
        ("the group", &a.group, &b.group),
        ("the kind", &a.names.kind, &b.names.kind),
        ("the plural", &a.names.plural, &b.names.plural),
        ("the singular", &a.names.singular, &b.names.singular),
        ("the kind of lists", &a.names.list_kind, &b.names.list_kind),
        ("the scope", &a.scope, &b.scope),
    ] {
        if one_says != other_says {
            return Err(MergeError::Differs {
                field,
                one: one_says.clone(),
                one_version: version_name(one),
                other: other_says.clone(),
                other_version: version_name(other),
            });
        }
    }
    Ok(())
}

fn add(
    whole: &mut CustomResourceDefinition,
    other: CustomResourceDefinition,
) -> Result<(), MergeError> {
    for version in other.spec.versions {
        if whole
            .spec
            .versions
            .iter()
            .any(|present| present.name == version.name)
        {
            return Err(MergeError::Twice(version.name));
        }
        whole.spec.versions.push(version);
    }
    let lists = [
        (
            &mut whole.spec.names.short_names,
            other.spec.names.short_names,
        ),
        (
            &mut whole.spec.names.categories,
            other.spec.names.categories,
        ),
    ];
    for (all, more) in lists {
        for name in more {
            if !all.contains(&name) {
                all.push(name);
            }
        }
    }
    whole.metadata.labels.extend(other.metadata.labels);
    whole
        .metadata
        .annotations
        .extend(other.metadata.annotations);
    if whole.spec.conversion.is_none() {
        whole.spec.conversion = other.spec.conversion;
    }
    Ok(())
}

/// The definition, whose versions differ in `apiVersion` alone.
#[must_use]
pub fn with_conversion_none(mut definition: CustomResourceDefinition) -> CustomResourceDefinition {
    definition.spec.conversion = Some(CustomResourceConversion {
        strategy: "None".to_owned(),
        ..CustomResourceConversion::default()
    });
    definition
}

/// The definition, whose versions a webhook converts.
#[must_use]
pub fn with_conversion_webhook(
    mut definition: CustomResourceDefinition,
    client_config: WebhookClientConfig,
) -> CustomResourceDefinition {
    definition.spec.conversion = Some(CustomResourceConversion {
        strategy: "Webhook".to_owned(),
        webhook: Some(WebhookConversion {
            client_config: Some(client_config),
            conversion_review_versions: vec!["v1".to_owned()],
        }),
    });
    definition
}
