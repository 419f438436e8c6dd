//! What the server would refuse in a definition, told before the request.
//!
//! CEL rules are not looked at, nor are defaults beyond their type: the server
//! has the last word. In a test, `skeg_testkit::check_definition` has it.

use std::collections::BTreeSet;

use skeg_api::apiextensions::v1::{
    CustomResourceConversion, CustomResourceDefinition, CustomResourceDefinitionVersion,
    CustomResourceSubresourceScale,
};
use skeg_meta::{FieldError, FieldPath, names};
use skeg_schema::{Object, Value};

/// Everything that is wrong with a definition, worded as the server would.
///
/// ```
/// use skeg_client::crd::{CustomResourceDefinition, check};
/// let errors = check(&CustomResourceDefinition::default());
/// assert!(errors.iter().any(|error| error.to_string() == "spec.group: Required value"));
/// ```
#[must_use]
pub fn check(definition: &CustomResourceDefinition) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let spec = &definition.spec;
    let path = FieldPath::new("spec");
    let expected = format!("{}.{}", spec.names.plural, spec.group);
    if definition.metadata.name != expected {
        errors.push(FieldError::invalid(
            FieldPath::new("metadata").child("name"),
            definition.metadata.name.as_str(),
            "must be spec.names.plural+\".\"+spec.group",
        ));
    }
    group(definition, &path, &mut errors);
    kind_names(definition, &path.child("names"), &mut errors);
    if !matches!(spec.scope.as_str(), "Cluster" | "Namespaced") {
        errors.push(FieldError::not_supported(
            path.child("scope"),
            spec.scope.as_str(),
            &["Cluster", "Namespaced"],
        ));
    }
    versions(&spec.versions, &path.child("versions"), &mut errors);
    if let Some(conversion) = &spec.conversion {
        check_conversion(conversion, &path.child("conversion"), &mut errors);
    }
    errors
}

fn group(definition: &CustomResourceDefinition, path: &FieldPath, errors: &mut Vec<FieldError>) {
    let group = definition.spec.group.as_str();
    let at = path.child("group");
    if group.is_empty() {
        errors.push(FieldError::required(&at, ""));
        return;
    }
    for words in names::dns1123_subdomain(group) {
        errors.push(FieldError::invalid(&at, group, words));
    }
    if !group.contains('.') {
        errors.push(FieldError::invalid(
            &at,
            group,
            "should be a domain with at least one dot",
        ));
    }
    let guarded = ["k8s.io", "kubernetes.io"]
        .iter()
        .any(|domain| group == *domain || group.ends_with(&format!(".{domain}")));
    const APPROVED: &str = "api-approved.kubernetes.io";
    if guarded && !definition.metadata.annotations.contains_key(APPROVED) {
        errors.push(FieldError::required(
            FieldPath::new("metadata").child("annotations").key(APPROVED),
            "protected groups must have approval annotation \"api-approved.kubernetes.io\", see https://github.com/kubernetes/enhancements/pull/1111",
        ));
    }
}

fn kind_names(
    definition: &CustomResourceDefinition,
    path: &FieldPath,
    errors: &mut Vec<FieldError>,
) {
    let said = &definition.spec.names;
    let mut label = |at: FieldPath, text: &str, lower: &str| {
        if text.is_empty() {
            errors.push(FieldError::required(at, ""));
            return;
        }
        for words in names::dns1035_label(lower) {
            errors.push(FieldError::invalid(&at, text, words));
        }
    };
    label(path.child("plural"), &said.plural, &said.plural);
    if !said.singular.is_empty() {
        label(path.child("singular"), &said.singular, &said.singular);
    }
    label(path.child("kind"), &said.kind, &said.kind.to_lowercase());
    for (list, name) in [
        (&said.short_names, "shortNames"),
        (&said.categories, "categories"),
    ] {
        for (at, text) in list.iter().enumerate() {
            label(path.child(name).index(at), text, text);
        }
    }
    if !said.kind.is_empty() && said.kind == said.list_kind {
        errors.push(FieldError::invalid(
            path.child("listKind"),
            said.list_kind.as_str(),
            "kind and listKind may not be the same",
        ));
    }
}

fn versions(
    versions: &[CustomResourceDefinitionVersion],
    path: &FieldPath,
    errors: &mut Vec<FieldError>,
) {
    let mut seen = BTreeSet::new();
    for (at, version) in versions.iter().enumerate() {
        let path = path.index(at);
        for words in names::dns1035_label(&version.name) {
            errors.push(FieldError::invalid(
                path.child("name"),
                version.name.as_str(),
                words,
            ));
        }
        if !seen.insert(version.name.as_str()) {
            errors.push(FieldError::invalid(
                path.child("name"),
                version.name.as_str(),
                "must be unique",
            ));
        }
        check_version(version, &path, errors);
    }
    let stored = versions.iter().filter(|version| version.storage).count();
    if stored != 1 {
        errors.push(FieldError::invalid(
            path,
            i64::try_from(versions.len()).unwrap_or(i64::MAX),
            "must have exactly one version marked as storage version",
        ));
    }
    if versions.is_empty() {
        errors.push(FieldError::required(path, "at least one version is needed"));
    }
}

fn check_version(
    version: &CustomResourceDefinitionVersion,
    path: &FieldPath,
    errors: &mut Vec<FieldError>,
) {
    let at = path.child("schema").child("openAPIV3Schema");
    let schema = version
        .schema
        .as_ref()
        .and_then(|schema| schema.open_apiv3_schema.as_ref());
    let tree = schema.map_or(Value::Null, |schema| skeg_schema::message_to_value(schema));
    if tree.is_null() {
        errors.push(FieldError::required(&at, "schemas are required"));
    } else {
        if tree["type"] != "object" {
            errors.push(FieldError::invalid(
                at.child("type"),
                tree["type"].as_str().unwrap_or_default(),
                "must be object at the root",
            ));
        }
        node(&tree, &at, true, errors);
    }
    if !version.deprecated && version.deprecation_warning.is_some() {
        errors.push(FieldError::invalid(
            path.child("deprecationWarning"),
            version.deprecation_warning.clone().unwrap_or_default(),
            "can only be set for deprecated versions",
        ));
    }
    let subresources = version.subresources.as_ref();
    if let Some(scale) = subresources.and_then(|subresources| subresources.scale.as_ref()) {
        check_scale(scale, &path.child("subresources").child("scale"), errors);
    }
    for (at, column) in version.additional_printer_columns.iter().enumerate() {
        let path = path.child("additionalPrinterColumns").index(at);
        if column.name.is_empty() {
            errors.push(FieldError::required(path.child("name"), ""));
        }
        let types = ["boolean", "date", "integer", "number", "string"];
        if !types.contains(&column.type_.as_str()) {
            errors.push(FieldError::not_supported(
                path.child("type"),
                column.type_.as_str(),
                &types,
            ));
        }
        json_path(&column.json_path, &path.child("jsonPath"), errors);
    }
    if version.selectable_fields.len() > 8 {
        errors.push(FieldError::too_many(
            path.child("selectableFields"),
            version.selectable_fields.len(),
            8,
        ));
    }
    for (at, field) in version.selectable_fields.iter().enumerate() {
        let path = path.child("selectableFields").index(at).child("jsonPath");
        json_path(&field.json_path, &path, errors);
        selectable(&tree, &field.json_path, &path, errors);
    }
}

fn json_path(text: &str, path: &FieldPath, errors: &mut Vec<FieldError>) {
    if text.is_empty() {
        errors.push(FieldError::required(path, ""));
    } else if !text.starts_with('.') {
        errors.push(FieldError::invalid(
            path,
            text,
            "must be a simple json path starting with .",
        ));
    }
}

fn selectable(schema: &Value, text: &str, path: &FieldPath, errors: &mut Vec<FieldError>) {
    let mut here = schema;
    for name in text.split('.').skip(1) {
        here = &here["properties"][name];
    }
    match here["type"].as_str() {
        Some("string" | "boolean" | "integer") => {}
        Some(_) => errors.push(FieldError::invalid(
            path,
            text,
            "must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.",
        )),
        None => errors.push(FieldError::invalid(
            path,
            text,
            "is an invalid path: does not refer to a valid field",
        )),
    }
}

fn check_scale(
    scale: &CustomResourceSubresourceScale,
    path: &FieldPath,
    errors: &mut Vec<FieldError>,
) {
    let selector = scale.label_selector_path.as_deref().unwrap_or_default();
    let under_either = [".spec.", ".status."];
    for (name, text, under) in [
        (
            "specReplicasPath",
            scale.spec_replicas_path.as_str(),
            &[".spec."][..],
        ),
        (
            "statusReplicasPath",
            scale.status_replicas_path.as_str(),
            &[".status."][..],
        ),
        ("labelSelectorPath", selector, &under_either[..]),
    ] {
        if text.is_empty() {
            if name != "labelSelectorPath" {
                errors.push(FieldError::required(path.child(name), ""));
            }
        } else if !under.iter().any(|under| text.starts_with(under)) {
            errors.push(FieldError::invalid(
                path.child(name),
                text,
                format!(
                    "should be a json path under {}",
                    under
                        .join(" or ")
                        .replace(". or", " or")
                        .trim_end_matches('.')
                ),
            ));
        }
    }
}

fn check_conversion(
    conversion: &CustomResourceConversion,
    path: &FieldPath,
    errors: &mut Vec<FieldError>,
) {
    match (conversion.strategy.as_str(), &conversion.webhook) {
        ("Webhook", None) => errors.push(FieldError::required(
            path.child("webhook").child("clientConfig"),
            "required when strategy is set to \"Webhook\"",
        )),
        ("Webhook", Some(webhook)) => {
            let path = path.child("webhook");
            match &webhook.client_config {
                None => errors.push(FieldError::required(
                    path.child("clientConfig"),
                    "required when strategy is set to \"Webhook\"",
                )),
                Some(config) if config.url.is_some() == config.service.is_some() => {
                    errors.push(FieldError::required(
                        path.child("clientConfig"),
                        "exactly one of url or service is required",
                    ));
                }
                Some(_) => {}
            }
            let reviews = &webhook.conversion_review_versions;
            if !reviews
                .iter()
                .any(|version| version == "v1" || version == "v1beta1")
            {
                errors.push(FieldError::required(
                    path.child("conversionReviewVersions"),
                    "must include at least one of v1, v1beta1",
                ));
            }
        }
        ("None", None) => {}
        ("None", Some(_)) => errors.push(FieldError::forbidden(
            path.child("webhook"),
            "should not be set when strategy is not set to \"Webhook\"",
        )),
        (other, _) => errors.push(FieldError::not_supported(
            path.child("strategy"),
            other,
            &["None", "Webhook"],
        )),
    }
}

/// A schema outside of `allOf` and the like.
fn node(schema: &Value, path: &FieldPath, root: bool, errors: &mut Vec<FieldError>) {
    let ty = schema["type"].as_str().unwrap_or_default();
    let preserve = schema["x-kubernetes-preserve-unknown-fields"] == true;
    let either = schema["x-kubernetes-int-or-string"] == true;
    if ty.is_empty() && !preserve && !either && !root {
        errors.push(FieldError::required(
            path.child("type"),
            "must not be empty for specified object fields",
        ));
    }
    if ty == "array" && schema["items"].as_object().is_none_or(Object::is_empty) {
        errors.push(FieldError::required(
            path.child("items"),
            "must be specified",
        ));
    }
    if !schema["$ref"].is_null() {
        errors.push(FieldError::forbidden(
            path.child("$ref"),
            "$ref is not supported",
        ));
    }
    if schema["uniqueItems"] == true {
        errors.push(FieldError::forbidden(
            path.child("uniqueItems"),
            "uniqueItems cannot be set to true since the runtime complexity becomes quadratic",
        ));
    }
    let properties = schema["properties"].as_object();
    let additional = &schema["additionalProperties"];
    if properties.is_some_and(|properties| !properties.is_empty()) && !additional.is_null() {
        errors.push(FieldError::forbidden(
            path.child("additionalProperties"),
            "additionalProperties and properties are mutual exclusive",
        ));
    }
    list(schema, path, errors);
    default(schema, ty, path, errors);
    for (name, property) in properties.into_iter().flat_map(Object::iter) {
        node(property, &path.child("properties").key(name), false, errors);
    }
    for name in ["items", "additionalProperties"] {
        if schema[name].as_object().is_some() {
            node(&schema[name], &path.child(name), false, errors);
        }
    }
    for name in ["allOf", "anyOf", "oneOf"] {
        for (at, inner) in schema[name].as_array().into_iter().flatten().enumerate() {
            branch(inner, &path.child(name).index(at), errors);
        }
    }
    if schema["not"].as_object().is_some() {
        branch(&schema["not"], &path.child("not"), errors);
    }
}

/// A schema within `allOf` and the like: it says what must hold, and nothing
/// of the structure.
fn branch(schema: &Value, path: &FieldPath, errors: &mut Vec<FieldError>) {
    for name in [
        "description",
        "type",
        "default",
        "additionalProperties",
        "nullable",
        "title",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
    ] {
        let said = &schema[name];
        let plain = said.is_null() || *said == false || said.as_str() == Some("");
        // How an int-or-string says what it is.
        if !plain && name != "type" {
            errors.push(FieldError::forbidden(
                path.child(name),
                "must be undefined to be structural",
            ));
        }
    }
    for (name, property) in schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(Object::iter)
    {
        branch(property, &path.child("properties").key(name), errors);
    }
}

fn list(schema: &Value, path: &FieldPath, errors: &mut Vec<FieldError>) {
    let keys = schema["x-kubernetes-list-map-keys"].as_array();
    let at = path.child("x-kubernetes-list-map-keys");
    let items = &schema["items"];
    match schema["x-kubernetes-list-type"].as_str() {
        Some("map") => {
            let required = items["required"].as_array();
            if keys.is_none_or(Vec::is_empty) {
                errors.push(FieldError::required(
                    &at,
                    "must not be empty if x-kubernetes-list-type is map",
                ));
            }
            for (index, key) in keys.into_iter().flatten().enumerate() {
                let name = key.as_str().unwrap_or_default();
                let property = &items["properties"][name];
                if property.is_null() {
                    errors.push(FieldError::invalid(
                        at.index(index),
                        name,
                        "entries must all be names of item properties",
                    ));
                } else if property["default"].is_null()
                    && !required.is_some_and(|required| required.contains(key))
                {
                    errors.push(FieldError::required(
                        path.child("items").child("properties").key(name).child("default"),
                        "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property",
                    ));
                }
            }
        }
        Some("set") => {
            let atomic = items["x-kubernetes-map-type"] == "atomic"
                || items["x-kubernetes-list-type"] == "atomic";
            if matches!(items["type"].as_str(), Some("object" | "array")) && !atomic {
                errors.push(FieldError::forbidden(
                    path.child("items"),
                    "items of a set must be scalars, or be atomic",
                ));
            }
        }
        _ if keys.is_some_and(|keys| !keys.is_empty()) => errors.push(FieldError::forbidden(
            at,
            "must be undefined unless x-kubernetes-list-type is map",
        )),
        _ => {}
    }
}

fn default(schema: &Value, ty: &str, path: &FieldPath, errors: &mut Vec<FieldError>) {
    let Some(default) = schema.get("default") else {
        return;
    };
    let fits = match ty {
        _ if default.is_null() => schema["nullable"] == true,
        "object" => default.as_object().is_some(),
        "array" => default.as_array().is_some(),
        "string" => default.as_str().is_some(),
        "boolean" => default.as_bool().is_some(),
        "integer" => default.as_i64().is_some(),
        "number" => default.as_f64().is_some(),
        _ => true,
    };
    if !fits {
        errors.push(FieldError::invalid(
            path.child("default"),
            default.clone(),
            format!("must be of type {ty}"),
        ));
    }
}
