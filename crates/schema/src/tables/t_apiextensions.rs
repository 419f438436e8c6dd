// Written by `cargo xtask codegen` from crates/schema/facts. Do not edit.
#[allow(clippy::wildcard_imports)]
use crate::desc::{
    FieldDesc, FieldType::*, ListType, MessageDesc, Slots, TypeId, WireEntry::Field,
};

const fn f(
    json: &'static str,
    go: &'static str,
    go_type: &'static str,
    number: u32,
    ty: crate::FieldType,
) -> FieldDesc {
    FieldDesc::new(json, go, go_type, number, ty)
}

pub(super) static T112: MessageDesc = MessageDesc {
    name: "apiextensions/v1.ConversionRequest",
    go: "ConversionRequest",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.ConversionRequest",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("uid", "UID", "types.UID", 1, String).req(),
        f(
            "desiredAPIVersion",
            "DesiredAPIVersion",
            "string",
            2,
            String,
        )
        .req(),
        f(
            "objects",
            "Objects",
            "[]runtime.RawExtension",
            3,
            List(&RawExtension),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T113: MessageDesc = MessageDesc {
    name: "apiextensions/v1.ConversionResponse",
    go: "ConversionResponse",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.ConversionResponse",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("uid", "UID", "types.UID", 1, String).req(),
        f(
            "convertedObjects",
            "ConvertedObjects",
            "[]runtime.RawExtension",
            2,
            List(&RawExtension),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f("result", "Result", "v1.Status", 3, Message(TypeId(633))).req(),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T114: MessageDesc = MessageDesc {
    name: "apiextensions/v1.ConversionReview",
    go: "ConversionReview",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.ConversionReview",
    root: true,
    in_every_group: false,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f(
            "request",
            "Request",
            "v1.ConversionRequest",
            1,
            Message(TypeId(112)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "response",
            "Response",
            "v1.ConversionResponse",
            2,
            Message(TypeId(113)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.16"],
    slots: Slots::new(),
};
pub(super) static T115: MessageDesc = MessageDesc {
    name: "apiextensions/v1.CustomResourceColumnDefinition",
    go: "CustomResourceColumnDefinition",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceColumnDefinition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("type", "Type", "string", 2, String).req(),
        f("format", "Format", "string", 3, String)
            .oe()
            .marks(&["optional"]),
        f("description", "Description", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f("priority", "Priority", "int32", 5, Int32)
            .oe()
            .marks(&["optional"]),
        f("jsonPath", "JSONPath", "string", 6, String).req(),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T116: MessageDesc = MessageDesc {
    name: "apiextensions/v1.CustomResourceConversion",
    go: "CustomResourceConversion",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceConversion",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "strategy",
            "Strategy",
            "v1.ConversionStrategyType",
            1,
            String,
        )
        .req(),
        f(
            "webhook",
            "Webhook",
            "v1.WebhookConversion",
            2,
            Message(TypeId(134)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T117: MessageDesc = MessageDesc {
    name: "apiextensions/v1.CustomResourceDefinition",
    go: "CustomResourceDefinition",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinition",
    root: true,
    in_every_group: false,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f(
            "metadata",
            "ObjectMeta",
            "v1.ObjectMeta",
            1,
            Message(TypeId(624)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "spec",
            "Spec",
            "v1.CustomResourceDefinitionSpec",
            2,
            Message(TypeId(121)),
        )
        .req(),
        f(
            "status",
            "Status",
            "v1.CustomResourceDefinitionStatus",
            3,
            Message(TypeId(122)),
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 2), Field(2, 3), Field(3, 4)],
    markers: &[
        "genclient",
        "genclient:nonNamespaced",
        "k8s:prerelease-lifecycle-gen:introduced=1.16",
    ],
    slots: Slots::new(),
};
pub(super) static T118: MessageDesc = MessageDesc {
    name: "apiextensions/v1.CustomResourceDefinitionCondition",
    go: "CustomResourceDefinitionCondition",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionCondition",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "type",
            "Type",
            "v1.CustomResourceDefinitionConditionType",
            1,
            String,
        )
        .req(),
        f("status", "Status", "v1.ConditionStatus", 2, String).req(),
        f(
            "lastTransitionTime",
            "LastTransitionTime",
            "v1.Time",
            3,
            Time,
        )
        .oe()
        .marks(&["optional"]),
        f("reason", "Reason", "string", 4, String)
            .oe()
            .marks(&["optional"]),
        f("message", "Message", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            6,
            Int64,
        )
        .oe()
        .marks(&["featureGate=CRDObservedGenerationTracking", "optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T119: MessageDesc = MessageDesc {
    name: "apiextensions/v1.CustomResourceDefinitionList",
    go: "CustomResourceDefinitionList",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionList",
    root: true,
    in_every_group: false,
    type_meta: true,
    atomic: false,
    fields: &[
        f("kind", "Kind", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f("apiVersion", "APIVersion", "string", 0, String)
            .oe()
            .marks(&["optional"]),
        f(
            "metadata",
            "ListMeta",
            "v1.ListMeta",
            1,
            Message(TypeId(621)),
        )
        .oe()
        .marks(&["optional"]),
        f(
            "items",
            "Items",
            "[]v1.CustomResourceDefinition",
            2,
            List(&Message(TypeId(117))),
        )
        .req(),
    ],
    wire: &[Field(1, 2), Field(2, 3)],
    markers: &["k8s:prerelease-lifecycle-gen:introduced=1.16"],
    slots: Slots::new(),
};
pub(super) static T120: MessageDesc = MessageDesc {
    name: "apiextensions/v1.CustomResourceDefinitionNames",
    go: "CustomResourceDefinitionNames",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionNames",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("plural", "Plural", "string", 1, String).req(),
        f("singular", "Singular", "string", 2, String)
            .oe()
            .marks(&["optional"]),
        f("shortNames", "ShortNames", "[]string", 3, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
        f("kind", "Kind", "string", 4, String).req(),
        f("listKind", "ListKind", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f("categories", "Categories", "[]string", 6, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["optional", "listType=atomic"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T121: MessageDesc = MessageDesc {
    name: "apiextensions/v1.CustomResourceDefinitionSpec",
    go: "CustomResourceDefinitionSpec",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionSpec",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("group", "Group", "string", 1, String).req(),
        f(
            "names",
            "Names",
            "v1.CustomResourceDefinitionNames",
            3,
            Message(TypeId(120)),
        )
        .req(),
        f("scope", "Scope", "v1.ResourceScope", 4, String).req(),
        f(
            "versions",
            "Versions",
            "[]v1.CustomResourceDefinitionVersion",
            7,
            List(&Message(TypeId(123))),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "conversion",
            "Conversion",
            "v1.CustomResourceConversion",
            9,
            Message(TypeId(116)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "preserveUnknownFields",
            "PreserveUnknownFields",
            "bool",
            10,
            Bool,
        )
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(3, 1),
        Field(4, 2),
        Field(7, 3),
        Field(9, 4),
        Field(10, 5),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T122: MessageDesc = MessageDesc {
    name: "apiextensions/v1.CustomResourceDefinitionStatus",
    go: "CustomResourceDefinitionStatus",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "conditions",
            "Conditions",
            "[]v1.CustomResourceDefinitionCondition",
            1,
            List(&Message(TypeId(118))),
        )
        .list(ListType::Map, &["type"])
        .marks(&["optional", "listType=map", "listMapKey=type"]),
        f(
            "acceptedNames",
            "AcceptedNames",
            "v1.CustomResourceDefinitionNames",
            2,
            Message(TypeId(120)),
        )
        .marks(&["optional"]),
        f(
            "storedVersions",
            "StoredVersions",
            "[]string",
            3,
            List(&String),
        )
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "observedGeneration",
            "ObservedGeneration",
            "int64",
            4,
            Int64,
        )
        .oe()
        .marks(&["featureGate=CRDObservedGenerationTracking", "optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T123: MessageDesc = MessageDesc {
    name: "apiextensions/v1.CustomResourceDefinitionVersion",
    go: "CustomResourceDefinitionVersion",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceDefinitionVersion",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("name", "Name", "string", 1, String).req(),
        f("served", "Served", "bool", 2, Bool).req(),
        f("storage", "Storage", "bool", 3, Bool).req(),
        f("deprecated", "Deprecated", "bool", 7, Bool)
            .oe()
            .marks(&["optional"]),
        f(
            "deprecationWarning",
            "DeprecationWarning",
            "string",
            8,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "schema",
            "Schema",
            "v1.CustomResourceValidation",
            4,
            Message(TypeId(127)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "subresources",
            "Subresources",
            "v1.CustomResourceSubresources",
            5,
            Message(TypeId(126)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "additionalPrinterColumns",
            "AdditionalPrinterColumns",
            "[]v1.CustomResourceColumnDefinition",
            6,
            List(&Message(TypeId(115))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f(
            "selectableFields",
            "SelectableFields",
            "[]v1.SelectableField",
            9,
            List(&Message(TypeId(130))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&[
            "featureGate=CustomResourceFieldSelectors",
            "optional",
            "listType=atomic",
        ]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 5),
        Field(5, 6),
        Field(6, 7),
        Field(7, 3),
        Field(8, 4),
        Field(9, 8),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T124: MessageDesc = MessageDesc {
    name: "apiextensions/v1.CustomResourceSubresourceScale",
    go: "CustomResourceSubresourceScale",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceScale",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("specReplicasPath", "SpecReplicasPath", "string", 1, String).req(),
        f(
            "statusReplicasPath",
            "StatusReplicasPath",
            "string",
            2,
            String,
        )
        .req(),
        f(
            "labelSelectorPath",
            "LabelSelectorPath",
            "string",
            3,
            String,
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T125: MessageDesc = MessageDesc {
    name: "apiextensions/v1.CustomResourceSubresourceStatus",
    go: "CustomResourceSubresourceStatus",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresourceStatus",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[],
    wire: &[],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T126: MessageDesc = MessageDesc {
    name: "apiextensions/v1.CustomResourceSubresources",
    go: "CustomResourceSubresources",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceSubresources",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "status",
            "Status",
            "v1.CustomResourceSubresourceStatus",
            1,
            Message(TypeId(125)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "scale",
            "Scale",
            "v1.CustomResourceSubresourceScale",
            2,
            Message(TypeId(124)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T127: MessageDesc = MessageDesc {
    name: "apiextensions/v1.CustomResourceValidation",
    go: "CustomResourceValidation",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.CustomResourceValidation",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f(
        "openAPIV3Schema",
        "OpenAPIV3Schema",
        "v1.JSONSchemaProps",
        1,
        Message(TypeId(129)),
    )
    .ptr()
    .oe()
    .marks(&["optional"])],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T128: MessageDesc = MessageDesc {
    name: "apiextensions/v1.ExternalDocumentation",
    go: "ExternalDocumentation",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.ExternalDocumentation",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("description", "Description", "string", 1, String).oe(),
        f("url", "URL", "string", 2, String).oe(),
    ],
    wire: &[Field(1, 0), Field(2, 1)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T129: MessageDesc = MessageDesc {
    name: "apiextensions/v1.JSONSchemaProps",
    go: "JSONSchemaProps",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("id", "ID", "string", 1, String).oe(),
        f("$schema", "Schema", "v1.JSONSchemaURL", 2, String).oe(),
        f("$ref", "Ref", "string", 3, String).ptr().oe(),
        f("description", "Description", "string", 4, String).oe(),
        f("type", "Type", "string", 5, String).oe(),
        f("format", "Format", "string", 6, String).oe(),
        f("title", "Title", "string", 7, String).oe(),
        f("default", "Default", "v1.JSON", 8, Json).ptr().oe(),
        f("maximum", "Maximum", "float64", 9, Double).ptr().oe(),
        f("exclusiveMaximum", "ExclusiveMaximum", "bool", 10, Bool).oe(),
        f("minimum", "Minimum", "float64", 11, Double).ptr().oe(),
        f("exclusiveMinimum", "ExclusiveMinimum", "bool", 12, Bool).oe(),
        f("maxLength", "MaxLength", "int64", 13, Int64).ptr().oe(),
        f("minLength", "MinLength", "int64", 14, Int64).ptr().oe(),
        f("pattern", "Pattern", "string", 15, String).oe(),
        f("maxItems", "MaxItems", "int64", 16, Int64).ptr().oe(),
        f("minItems", "MinItems", "int64", 17, Int64).ptr().oe(),
        f("uniqueItems", "UniqueItems", "bool", 18, Bool).oe(),
        f("multipleOf", "MultipleOf", "float64", 19, Double)
            .ptr()
            .oe(),
        f("enum", "Enum", "[]v1.JSON", 20, List(&Json))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f("maxProperties", "MaxProperties", "int64", 21, Int64)
            .ptr()
            .oe(),
        f("minProperties", "MinProperties", "int64", 22, Int64)
            .ptr()
            .oe(),
        f("required", "Required", "[]string", 23, List(&String))
            .oe()
            .list(ListType::Atomic, &[])
            .marks(&["listType=atomic"]),
        f(
            "items",
            "Items",
            "v1.JSONSchemaPropsOrArray",
            24,
            SchemaOrArray,
        )
        .ptr()
        .oe(),
        f(
            "allOf",
            "AllOf",
            "[]v1.JSONSchemaProps",
            25,
            List(&Message(TypeId(129))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "oneOf",
            "OneOf",
            "[]v1.JSONSchemaProps",
            26,
            List(&Message(TypeId(129))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f(
            "anyOf",
            "AnyOf",
            "[]v1.JSONSchemaProps",
            27,
            List(&Message(TypeId(129))),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
        f("not", "Not", "v1.JSONSchemaProps", 28, Message(TypeId(129)))
            .ptr()
            .oe(),
        f(
            "properties",
            "Properties",
            "map[string]v1.JSONSchemaProps",
            29,
            Map(&Message(TypeId(129))),
        )
        .oe(),
        f(
            "additionalProperties",
            "AdditionalProperties",
            "v1.JSONSchemaPropsOrBool",
            30,
            SchemaOrBool,
        )
        .ptr()
        .oe(),
        f(
            "patternProperties",
            "PatternProperties",
            "map[string]v1.JSONSchemaProps",
            31,
            Map(&Message(TypeId(129))),
        )
        .oe(),
        f(
            "dependencies",
            "Dependencies",
            "v1.JSONSchemaDependencies",
            32,
            Map(&SchemaOrStrings),
        )
        .oe(),
        f(
            "additionalItems",
            "AdditionalItems",
            "v1.JSONSchemaPropsOrBool",
            33,
            SchemaOrBool,
        )
        .ptr()
        .oe(),
        f(
            "definitions",
            "Definitions",
            "v1.JSONSchemaDefinitions",
            34,
            Map(&Message(TypeId(129))),
        )
        .oe(),
        f(
            "externalDocs",
            "ExternalDocs",
            "v1.ExternalDocumentation",
            35,
            Message(TypeId(128)),
        )
        .ptr()
        .oe(),
        f("example", "Example", "v1.JSON", 36, Json).ptr().oe(),
        f("nullable", "Nullable", "bool", 37, Bool).oe(),
        f(
            "x-kubernetes-preserve-unknown-fields",
            "XPreserveUnknownFields",
            "bool",
            38,
            Bool,
        )
        .ptr()
        .oe(),
        f(
            "x-kubernetes-embedded-resource",
            "XEmbeddedResource",
            "bool",
            39,
            Bool,
        )
        .oe(),
        f(
            "x-kubernetes-int-or-string",
            "XIntOrString",
            "bool",
            40,
            Bool,
        )
        .oe(),
        f(
            "x-kubernetes-list-map-keys",
            "XListMapKeys",
            "[]string",
            41,
            List(&String),
        )
        .oe()
        .list(ListType::Atomic, &[])
        .marks(&["optional", "listType=atomic"]),
        f("x-kubernetes-list-type", "XListType", "string", 42, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("x-kubernetes-map-type", "XMapType", "string", 43, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "x-kubernetes-validations",
            "XValidations",
            "v1.ValidationRules",
            44,
            List(&Message(TypeId(132))),
        )
        .oe()
        .patch("merge", "rule")
        .list(ListType::Map, &["rule"])
        .marks(&[
            "patchMergeKey=rule",
            "patchStrategy=merge",
            "listType=map",
            "listMapKey=rule",
        ]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
        Field(7, 6),
        Field(8, 7),
        Field(9, 8),
        Field(10, 9),
        Field(11, 10),
        Field(12, 11),
        Field(13, 12),
        Field(14, 13),
        Field(15, 14),
        Field(16, 15),
        Field(17, 16),
        Field(18, 17),
        Field(19, 18),
        Field(20, 19),
        Field(21, 20),
        Field(22, 21),
        Field(23, 22),
        Field(24, 23),
        Field(25, 24),
        Field(26, 25),
        Field(27, 26),
        Field(28, 27),
        Field(29, 28),
        Field(30, 29),
        Field(31, 30),
        Field(32, 31),
        Field(33, 32),
        Field(34, 33),
        Field(35, 34),
        Field(36, 35),
        Field(37, 36),
        Field(38, 37),
        Field(39, 38),
        Field(40, 39),
        Field(41, 40),
        Field(42, 41),
        Field(43, 42),
        Field(44, 43),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T130: MessageDesc = MessageDesc {
    name: "apiextensions/v1.SelectableField",
    go: "SelectableField",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.SelectableField",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[f("jsonPath", "JSONPath", "string", 1, String).req()],
    wire: &[Field(1, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T131: MessageDesc = MessageDesc {
    name: "apiextensions/v1.ServiceReference",
    go: "ServiceReference",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.ServiceReference",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("namespace", "Namespace", "string", 1, String).req(),
        f("name", "Name", "string", 2, String).req(),
        f("path", "Path", "string", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f("port", "Port", "int32", 4, Int32)
            .ptr()
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 0), Field(2, 1), Field(3, 2), Field(4, 3)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T132: MessageDesc = MessageDesc {
    name: "apiextensions/v1.ValidationRule",
    go: "ValidationRule",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.ValidationRule",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("rule", "Rule", "string", 1, String).req(),
        f("message", "Message", "string", 2, String).oe(),
        f(
            "messageExpression",
            "MessageExpression",
            "string",
            3,
            String,
        )
        .oe()
        .marks(&["optional"]),
        f("reason", "Reason", "v1.FieldValueErrorReason", 4, String)
            .ptr()
            .oe()
            .one_of(&[
                "FieldValueDuplicate",
                "FieldValueForbidden",
                "FieldValueInvalid",
                "FieldValueRequired",
            ])
            .marks(&["optional"]),
        f("fieldPath", "FieldPath", "string", 5, String)
            .oe()
            .marks(&["optional"]),
        f("optionalOldSelf", "OptionalOldSelf", "bool", 6, Bool)
            .ptr()
            .oe()
            .marks(&["featureGate=CRDValidationRatcheting", "optional"]),
    ],
    wire: &[
        Field(1, 0),
        Field(2, 1),
        Field(3, 2),
        Field(4, 3),
        Field(5, 4),
        Field(6, 5),
    ],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T133: MessageDesc = MessageDesc {
    name: "apiextensions/v1.WebhookClientConfig",
    go: "WebhookClientConfig",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.WebhookClientConfig",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f("url", "URL", "string", 3, String)
            .ptr()
            .oe()
            .marks(&["optional"]),
        f(
            "service",
            "Service",
            "v1.ServiceReference",
            1,
            Message(TypeId(131)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f("caBundle", "CABundle", "[]uint8", 2, Bytes)
            .oe()
            .marks(&["optional"]),
    ],
    wire: &[Field(1, 1), Field(2, 2), Field(3, 0)],
    markers: &[],
    slots: Slots::new(),
};
pub(super) static T134: MessageDesc = MessageDesc {
    name: "apiextensions/v1.WebhookConversion",
    go: "WebhookConversion",
    api_group: "apiextensions.k8s.io",
    version: "v1",
    proto_name: "k8s.io.apiextensions_apiserver.pkg.apis.apiextensions.v1.WebhookConversion",
    root: false,
    in_every_group: false,
    type_meta: false,
    atomic: false,
    fields: &[
        f(
            "clientConfig",
            "ClientConfig",
            "v1.WebhookClientConfig",
            2,
            Message(TypeId(133)),
        )
        .ptr()
        .oe()
        .marks(&["optional"]),
        f(
            "conversionReviewVersions",
            "ConversionReviewVersions",
            "[]string",
            3,
            List(&String),
        )
        .req()
        .list(ListType::Atomic, &[])
        .marks(&["listType=atomic"]),
    ],
    wire: &[Field(2, 0), Field(3, 1)],
    markers: &[],
    slots: Slots::new(),
};
