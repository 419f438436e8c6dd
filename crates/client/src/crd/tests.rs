//! Derived kinds, their definitions, and what is refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use skeg_api::core::v1::PodTemplateSpec;
use skeg_derive::{CustomResource, JsonSchema};
use skeg_meta::{IntOrString, Object as _, Quantity, SharedObject};
use skeg_schema::{Value, json};

use super::*;

/// A website.
#[derive(Clone, Debug, Serialize, Deserialize, CustomResource, JsonSchema, PartialEq)]
#[serde(rename_all = "camelCase")]
#[crd(
    group = "example.com", version = "v1", kind = "Website", namespaced, status = WebsiteStatus,
    short_names = ["web"], categories = ["all"], crate = "crate", derive(PartialEq),
    scale(spec_replicas = ".spec.replicas", status_replicas = ".status.replicas"),
    column(name = "Replicas", type = "integer", json_path = ".spec.replicas"),
    selectable = ".spec.host", rule = "self.metadata.name != 'www'"
)]
#[schema(
    crate = "crate",
    rule(
        rule = "self.replicas <= 10",
        message = "too many",
        field_path = ".replicas"
    )
)]
struct WebsiteSpec {
    /// How many.
    #[schema(min = 0, max = 100, default = 1)]
    replicas: i32,
    #[schema(min_length = 3, pattern = "^[a-z.]+$")]
    host: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(list_map_keys = ["name"], max_items = 5)]
    paths: Vec<PathSpec>,
    #[serde(default)]
    #[schema(values(max_length = 10))]
    labels: BTreeMap<String, String>,
    port: Option<IntOrString>,
    memory: Option<Quantity>,
    #[serde(default = "colour")]
    colour: Colour,
    source: Source,
    template: Option<PodTemplateSpec>,
    #[schema(skip)]
    #[serde(skip)]
    scratch: u8,
    #[serde(flatten)]
    more: More,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, PartialEq)]
#[schema(crate = "crate")]
struct More {
    extra: Option<Value>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, PartialEq)]
#[schema(crate = "crate")]
struct PathSpec {
    name: String,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(rename_all = "kebab-case")]
#[schema(crate = "crate")]
enum Colour {
    DarkRed,
    Blue,
}

fn colour() -> Colour {
    Colour::Blue
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, PartialEq)]
#[serde(tag = "type", rename_all = "camelCase")]
#[schema(crate = "crate")]
enum Source {
    Git { url: String },
    Empty,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema, PartialEq)]
#[schema(crate = "crate")]
struct WebsiteStatus {
    replicas: i32,
}

fn website() -> Website {
    let spec = WebsiteSpec {
        replicas: 2,
        host: "example.org".to_owned(),
        paths: vec![PathSpec {
            name: "a".to_owned(),
        }],
        labels: BTreeMap::new(),
        port: None,
        memory: Some("1Gi".parse().expect("a quantity")),
        colour: Colour::DarkRed,
        source: Source::Git {
            url: "u".to_owned(),
        },
        template: None,
        scratch: 0,
        more: More {
            extra: Some(json!({"a": 1})),
        },
    };
    Website::new("site", spec).within("n")
}

#[test]
fn a_kind_goes_into_a_tree_and_back() {
    let mut site = website();
    site.set_status(Some(WebsiteStatus { replicas: 1 }));
    let tree = site.to_tree();
    assert_eq!(
        tree,
        json!({
            "apiVersion": "example.com/v1", "kind": "Website",
            "metadata": {"name": "site", "namespace": "n"},
            "spec": {"replicas": 2, "host": "example.org", "paths": [{"name": "a"}], "labels": {}, "port": null,
                "memory": "1Gi", "colour": "dark-red", "source": {"type": "git", "url": "u"}, "template": null, "extra": {"a": 1}},
            "status": {"replicas": 1},
        })
    );
    assert_eq!(Website::from_tree(tree).expect("a website"), site);
    let text = serde_json::to_string(&site).expect("JSON");
    assert_eq!(
        serde_json::from_str::<Website>(&text).expect("a website"),
        site
    );
    assert_eq!(Website::CRD_NAME, "websites.example.com");
    assert_eq!(site.controller_reference().kind, "Website");
}

#[test]
fn a_part_of_a_custom_kind_can_be_owned() {
    use crate::apply::Apply;

    // `host` must be there, and is another's.
    let tree = json!({
        "apiVersion": "example.com/v1", "kind": "Website",
        "metadata": {"name": "site", "labels": {"a": "b"}}, "spec": {"replicas": 3},
    });
    let config = Apply::<Website>::new("site").label("a", "b");
    config.check().expect("metadata alone");
    let config = config.set("spec.replicas", 3).expect("one field");
    assert_eq!(config.into_tree().expect("a part"), tree);
    Apply::<Website>::from_tree(tree).expect("a part from a file");
    let wrong = Apply::<Website>::new("site").set("spec.replicas", "many");
    wrong.expect_err("not a number");
}

#[test]
fn an_object_that_does_not_fit_says_where() {
    for (tree, expect) in [
        (
            json!({"spec": {"replicas": "x"}}),
            "spec.replicas: invalid type: string \"x\", expected i32",
        ),
        (json!({}), "spec: missing field `replicas`"),
        (
            json!({"metadata": {"name": 1}}),
            "metadata.name: not a string",
        ),
        (json!(3), "invalid type: integer `3`, expected a map"),
    ] {
        let error = Website::from_tree(tree).expect_err("does not fit");
        let cause = std::error::Error::source(&error)
            .expect("a cause")
            .to_string();
        assert_eq!(cause, expect);
    }
}

#[test]
fn the_definition_says_it_all() {
    let crd = Website::crd();
    assert_eq!(check(&crd), []);
    let tree = crd.to_tree();
    assert_eq!(
        tree["spec"]["names"],
        json!({"plural": "websites", "singular": "website", "shortNames": ["web"], "kind": "Website", "listKind": "WebsiteList", "categories": ["all"]})
    );
    let version = &tree["spec"]["versions"][0];
    assert_eq!(
        version["subresources"],
        json!({"status": {}, "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"}})
    );
    let schema = &version["schema"]["openAPIV3Schema"];
    assert_eq!(schema["description"], "A website.");
    assert_eq!(
        schema["x-kubernetes-validations"],
        json!([{"rule": "self.metadata.name != 'www'"}])
    );
    let spec = &schema["properties"]["spec"];
    assert_eq!(
        spec["x-kubernetes-validations"],
        json!([{"rule": "self.replicas <= 10", "message": "too many", "fieldPath": ".replicas"}])
    );
    // What has a default or is optional need not be said.
    assert_eq!(spec["required"], json!(["host", "source"]));
    let properties = &spec["properties"];
    assert_eq!(
        properties["replicas"],
        json!({"description": "How many.", "type": "integer", "format": "int32", "minimum": 0, "maximum": 100, "default": 1})
    );
    assert_eq!(
        properties["labels"]["additionalProperties"]["maxLength"],
        json!(10)
    );
    assert_eq!(
        properties["paths"]["x-kubernetes-list-map-keys"],
        json!(["name"])
    );
    assert_eq!(
        properties["port"],
        json!({"nullable": true, "x-kubernetes-int-or-string": true})
    );
    assert_eq!(
        properties["colour"],
        json!({"type": "string", "enum": ["dark-red", "blue"], "default": "blue"})
    );
    assert_eq!(
        properties["source"]["properties"]["type"]["enum"],
        json!(["git", "empty"])
    );
    assert_eq!(
        properties["extra"]["x-kubernetes-preserve-unknown-fields"],
        json!(true)
    );
    assert!(properties["scratch"].is_null());
    assert_eq!(
        properties["template"]["properties"]["spec"]["properties"]["containers"]["x-kubernetes-list-type"],
        "map"
    );
}

fn plain(version: &'static str, kind: &'static str) -> CustomResourceDefinition {
    Definition {
        group: "example.com",
        version,
        kind,
        plural: "foos",
        singular: "foo",
        list_kind: "FooList",
        namespaced: true,
        short_names: &[],
        categories: &[],
        served: true,
        storage: true,
        deprecated: None,
        description: "",
        labels: &[],
        annotations: &[],
        spec: json!({"type": "object"}),
        status: None,
        scale: None,
        columns: vec![],
        selectable: &[],
        rules: vec![],
    }
    .build()
}

#[test]
fn versions_become_one_definition() {
    let both = merge([plain("v1", "Foo"), plain("v2", "Foo")], "v1").expect("one kind");
    let stored: Vec<_> = both
        .spec
        .versions
        .iter()
        .map(|version| version.storage)
        .collect();
    assert_eq!(stored, [true, false]);
    for (definitions, stored, expect) in [
        (vec![], "v1", "there is no definition to merge"),
        (
            vec![plain("v1", "Foo"), plain("v1", "Foo")],
            "v1",
            "the version v1 is there twice",
        ),
        (
            vec![plain("v1", "Foo"), plain("v2", "Bar")],
            "v1",
            "the kind is \"Foo\" in v1 and \"Bar\" in v2; it must be the same in every version",
        ),
        (
            vec![plain("v1", "Foo")],
            "v3",
            "the stored version is to be v3, which is none of v1",
        ),
    ] {
        let error = merge(definitions, stored).expect_err("refused");
        assert_eq!(error.to_string(), expect);
    }
}

#[test]
fn what_the_server_would_refuse_is_refused() {
    fn refused(change: impl FnOnce(&mut Value), expect: &[&str]) {
        let mut tree = plain("v1", "Foo").to_tree();
        change(&mut tree);
        let crd = CustomResourceDefinition::from_tree(tree).expect("a definition");
        let errors: Vec<_> = check(&crd).iter().map(ToString::to_string).collect();
        assert_eq!(errors, expect);
    }
    fn spec(tree: &mut Value) -> &mut Value {
        tree.at_mut(&["spec", "versions"])
            .and_then(|versions| versions.as_array_mut()?.first_mut())
            .and_then(|version| {
                version.at_mut(&["schema", "openAPIV3Schema", "properties", "spec"])
            })
            .expect("a schema")
    }
    refused(|_| {}, &[]);
    refused(
        |tree| tree.set_at(&["metadata", "name"], "x"),
        &["metadata.name: Invalid value: \"x\": must be spec.names.plural+\".\"+spec.group"],
    );
    refused(
        |tree| tree.set_at(&["spec", "scope"], "World"),
        &[
            "spec.scope: Unsupported value: \"World\": supported values: \"Cluster\", \"Namespaced\"",
        ],
    );
    let at = "spec.versions[0].schema.openAPIV3Schema.properties[spec]";
    refused(
        |tree| *spec(tree) = json!({"type": "object", "properties": {"a": {"description": "x"}}}),
        &[&format!(
            "{at}.properties[a].type: Required value: must not be empty for specified object fields"
        )],
    );
    refused(
        |tree| *spec(tree) = json!({"type": "array"}),
        &[&format!("{at}.items: Required value: must be specified")],
    );
    refused(
        |tree| *spec(tree) = json!({"type": "integer", "default": "x"}),
        &[&format!(
            "{at}.default: Invalid value: \"x\": must be of type integer"
        )],
    );
    refused(
        |tree| {
            *spec(tree) = json!({"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["a"],
            "items": {"type": "object", "properties": {"a": {"type": "string"}}}});
        },
        &[&format!(
            "{at}.items.properties[a].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
        )],
    );
    refused(
        |tree| tree.set_at(&["spec", "conversion"], json!({"strategy": "Webhook"})),
        &[
            "spec.conversion.webhook.clientConfig: Required value: required when strategy is set to \"Webhook\"",
        ],
    );
}

/// A bookmark has no spec, which the kind must have.
#[test]
fn a_bookmark_need_not_fit_the_kind() {
    use crate::api::WatchEvent;
    use crate::codec::{Decoder, Format, Packed, Typed, decode_event};

    fn check<T>(decoder: &dyn Decoder<T>) {
        let frame = br#"{"type": "BOOKMARK", "object": {"apiVersion": "example.com/v1", "kind": "Website",
            "metadata": {"resourceVersion": "8", "annotations": {"k8s.io/initial-events-end": "true"}}}}"#;
        match decode_event(frame, Format::Json, decoder) {
            Ok(WatchEvent::Bookmark {
                resource_version,
                initial_events_end,
            }) => assert_eq!((&*resource_version, initial_events_end), ("8", true)),
            Ok(_) => panic!("it is a bookmark"),
            Err(error) => panic!("{error}"),
        }
        let frame = br#"{"type": "ADDED", "object": {"apiVersion": "example.com/v1", "kind": "Website", "metadata": {}}}"#;
        assert!(decode_event(frame, Format::Json, decoder).is_err());
    }
    check::<SharedObject>(&Packed::<Website>::new());
    check::<SharedObject>(&Typed::<Website>::new());
    check::<Arc<Website>>(&Typed::<Website>::new());
}

#[derive(Clone, Debug, Serialize, Deserialize, CustomResource, JsonSchema, PartialEq)]
#[crd(
    group = "example.com",
    version = "v1",
    kind = "Holder",
    crate = "crate"
)]
#[schema(crate = "crate")]
struct HolderSpec {
    #[schema(embedded_resource)]
    any: Value,
    #[schema(embedded_resource)]
    maybe: Option<Value>,
    workers: std::num::NonZeroU8,
    shift: std::num::NonZeroI32,
    pause: std::time::Duration,
}

#[test]
fn embedded_resources_durations_and_numbers_that_are_not_zero() {
    let definition = Holder::crd();
    assert_eq!(check(&definition), []);
    let tree = skeg_schema::message_to_value(&definition);
    let path = ["spec", "versions"];
    let version = &tree.at(&path).and_then(Value::as_array).unwrap()[0];
    let spec = &version["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let properties = &spec["properties"];
    for field in ["any", "maybe"] {
        let schema = &properties[field];
        assert_eq!(schema["type"], "object", "{field}");
        assert_eq!(schema["x-kubernetes-embedded-resource"], true);
        assert_eq!(schema["x-kubernetes-preserve-unknown-fields"], true);
    }
    assert_eq!(properties["workers"]["minimum"], 1);
    assert_eq!(properties["shift"]["not"], json!({"enum": [0]}));
    assert_eq!(properties["pause"]["properties"]["secs"]["minimum"], 0);
    let pause = skeg_schema::serialize_value(&std::time::Duration::from_millis(1500));
    assert_eq!(pause.unwrap(), json!({"secs": 1, "nanos": 500_000_000}));
}

/// How something is reached.
///
/// In one way or another.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schema(crate = "crate")]
struct Way {
    name: String,
    #[serde(flatten)]
    by: By,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schema(crate = "crate")]
enum By {
    Host(String),
    Port(u16),
}

#[test]
fn an_enum_among_fields_asks_for_one_of_its_variants() {
    let schema = schema_of::<Way>();
    assert_eq!(
        schema["oneOf"],
        json!([{"required": ["host"]}, {"required": ["port"]}])
    );
    assert_eq!(
        schema["description"],
        "How something is reached.\n\nIn one way or another."
    );
}

#[test]
fn a_file_has_nothing_that_only_a_server_says() {
    let text = to_yaml(&Website::crd());
    assert!(
        text.starts_with("apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n")
    );
    assert!(!text.contains("\nstatus:") && !text.contains("\n  creationTimestamp:"));
}
