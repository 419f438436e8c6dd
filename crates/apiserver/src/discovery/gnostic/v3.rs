//! Documents of OpenAPI v3 in protobuf: the messages of `openapi.v3`, as the tables
//! below have their numbers.

use skeg_schema::{Object, Value};

use super::{Message, members};

/// The media type.
pub const MEDIA_TYPE: &str = "application/com.github.proto-openapi.spec.v3.v1.0+protobuf";
/// The same with a sign that media types may not have, as older clients write it.
pub const OLD_MEDIA_TYPE: &str = "application/com.github.proto-openapi.spec.v3@v1.0+protobuf";

/// How a member is written.
enum Form {
    Text,
    Texts,
    Flag,
    /// A floating-point number.
    Number,
    /// A whole number.
    Count,
    /// Values as YAML.
    Anys,
    /// A `DefaultType`: what is no scalar is written empty.
    Scalar,
    One(&'static Kind),
    Many(&'static Kind),
    /// One, in a list of its own (`ItemsItem`).
    Listed(&'static Kind),
    /// One, or whether there may be any (`AdditionalPropertiesItem`).
    OneOrFlag(&'static Kind),
    /// By their names, in a message that has nothing else.
    Named(&'static Kind),
    /// Lists of scopes by the names of schemes.
    Requirements,
}

type Field = (u32, &'static str, Form);

/// A message.
struct Kind {
    /// In the order of their numbers.
    fields: &'static [Field],
    /// What stands beside the fields and is no extension, by its name.
    others: Option<(u32, &'static Kind)>,
    /// The number of what begins with `x-`; zero, if that has no place.
    extensions: u32,
    /// Whether a reference may stand in its place: it is one of two then.
    may_refer: bool,
}

const fn kind(fields: &'static [Field], extensions: u32) -> Kind {
    Kind {
        fields,
        others: None,
        extensions,
        may_refer: false,
    }
}

const fn or_reference(fields: &'static [Field], extensions: u32) -> Kind {
    Kind {
        may_refer: true,
        ..kind(fields, extensions)
    }
}

const fn by_name(fields: &'static [Field], others: (u32, &'static Kind), extensions: u32) -> Kind {
    Kind {
        others: Some(others),
        ..kind(fields, extensions)
    }
}

use Form::{
    Anys, Count, Flag, Listed, Many, Named, Number, One, OneOrFlag, Requirements, Scalar, Text,
    Texts,
};

static DOCUMENT: Kind = kind(
    &[
        (1, "openapi", Text),
        (2, "info", One(&INFO)),
        (4, "paths", One(&PATHS)),
        (5, "components", One(&COMPONENTS)),
        (6, "security", Requirements),
        (8, "externalDocs", One(&EXTERNAL_DOCS)),
    ],
    9,
);

static INFO: Kind = kind(
    &[
        (1, "title", Text),
        (2, "description", Text),
        (6, "version", Text),
    ],
    7,
);

static EXTERNAL_DOCS: Kind = kind(&[(1, "description", Text), (2, "url", Text)], 3);

static PATHS: Kind = by_name(&[], (1, &PATH_ITEM), 2);

static PATH_ITEM: Kind = kind(
    &[
        (1, "$ref", Text),
        (2, "summary", Text),
        (3, "description", Text),
        (4, "get", One(&OPERATION)),
        (5, "put", One(&OPERATION)),
        (6, "post", One(&OPERATION)),
        (7, "delete", One(&OPERATION)),
        (8, "options", One(&OPERATION)),
        (9, "head", One(&OPERATION)),
        (10, "patch", One(&OPERATION)),
        (11, "trace", One(&OPERATION)),
        (13, "parameters", Many(&PARAMETER)),
    ],
    14,
);

static OPERATION: Kind = kind(
    &[
        (1, "tags", Texts),
        (2, "summary", Text),
        (3, "description", Text),
        (4, "externalDocs", One(&EXTERNAL_DOCS)),
        (5, "operationId", Text),
        (6, "parameters", Many(&PARAMETER)),
        (7, "requestBody", One(&REQUEST_BODY)),
        (8, "responses", One(&RESPONSES)),
        (10, "deprecated", Flag),
        (11, "security", Requirements),
    ],
    13,
);

static PARAMETER: Kind = or_reference(
    &[
        (1, "name", Text),
        (2, "in", Text),
        (3, "description", Text),
        (4, "required", Flag),
        (5, "deprecated", Flag),
        (6, "allowEmptyValue", Flag),
        (7, "style", Text),
        (8, "explode", Flag),
        (9, "allowReserved", Flag),
        (10, "schema", One(&SCHEMA)),
        (13, "content", Named(&MEDIA)),
    ],
    14,
);

static REQUEST_BODY: Kind = or_reference(
    &[
        (1, "description", Text),
        (2, "content", Named(&MEDIA)),
        (3, "required", Flag),
    ],
    4,
);

static RESPONSES: Kind = by_name(&[(1, "default", One(&RESPONSE))], (2, &RESPONSE), 3);

static RESPONSE: Kind = or_reference(
    &[(1, "description", Text), (3, "content", Named(&MEDIA))],
    5,
);

static MEDIA: Kind = kind(&[(1, "schema", One(&SCHEMA))], 5);

static COMPONENTS: Kind = kind(
    &[
        (1, "schemas", Named(&SCHEMA)),
        (2, "responses", Named(&RESPONSE)),
        (3, "parameters", Named(&PARAMETER)),
        (5, "requestBodies", Named(&REQUEST_BODY)),
        (7, "securitySchemes", Named(&SECURITY_SCHEME)),
    ],
    10,
);

static SECURITY_SCHEME: Kind = or_reference(
    &[
        (1, "type", Text),
        (2, "description", Text),
        (3, "name", Text),
        (4, "in", Text),
        (5, "scheme", Text),
        (6, "bearerFormat", Text),
        (8, "openIdConnectUrl", Text),
    ],
    9,
);

static SCHEMA: Kind = or_reference(&SCHEMA_FIELDS, 36);
/// A schema where no reference may be.
static BARE_SCHEMA: Kind = kind(&SCHEMA_FIELDS, 36);

static SCHEMA_FIELDS: [Field; 32] = [
    (1, "nullable", Flag),
    (3, "readOnly", Flag),
    (4, "writeOnly", Flag),
    (6, "externalDocs", One(&EXTERNAL_DOCS)),
    (8, "deprecated", Flag),
    (9, "title", Text),
    (10, "multipleOf", Number),
    (11, "maximum", Number),
    (12, "exclusiveMaximum", Flag),
    (13, "minimum", Number),
    (14, "exclusiveMinimum", Flag),
    (15, "maxLength", Count),
    (16, "minLength", Count),
    (17, "pattern", Text),
    (18, "maxItems", Count),
    (19, "minItems", Count),
    (20, "uniqueItems", Flag),
    (21, "maxProperties", Count),
    (22, "minProperties", Count),
    (23, "required", Texts),
    (24, "enum", Anys),
    (25, "type", Text),
    (26, "allOf", Many(&SCHEMA)),
    (27, "oneOf", Many(&SCHEMA)),
    (28, "anyOf", Many(&SCHEMA)),
    (29, "not", One(&BARE_SCHEMA)),
    (30, "items", Listed(&SCHEMA)),
    (31, "properties", Named(&SCHEMA)),
    (32, "additionalProperties", OneOrFlag(&SCHEMA)),
    (33, "default", Scalar),
    (34, "description", Text),
    (35, "format", Text),
];

/// A document.
pub fn document(document: &Object) -> Vec<u8> {
    message(&DOCUMENT, document).0
}

fn message(kind: &Kind, object: &Object) -> Message {
    if !kind.may_refer {
        return plain(kind, object);
    }
    let mut out = Message::default();
    if object.contains_key("$ref") {
        let mut reference = Message::default();
        for (number, name) in [(1, "$ref"), (2, "summary"), (3, "description")] {
            reference.text(number, object.get(name));
        }
        out.message(2, reference);
    } else {
        out.message(1, plain(kind, object));
    }
    out
}

fn plain(kind: &Kind, object: &Object) -> Message {
    let mut out = Message::default();
    for (number, name, form) in kind.fields {
        if let Some(value) = object.get(name) {
            field(&mut out, *number, form, value);
        }
    }
    if let Some((number, of)) = kind.others {
        let is_field = |name: &str| kind.fields.iter().any(|(_, known, _)| *known == name);
        for (name, value) in super::objects(object) {
            if !is_field(name) && !name.starts_with("x-") {
                out.named(number, name, message(of, value));
            }
        }
    }
    if kind.extensions > 0 {
        out.extensions(kind.extensions, object);
    }
    out
}

fn field(out: &mut Message, number: u32, form: &Form, value: &Value) {
    let present = Some(value);
    match form {
        Text => out.text(number, present),
        Texts => out.texts(number, present),
        Flag => out.flag(number, present),
        Number => out.number(number, present),
        Count => out.count(number, present),
        Anys => {
            for item in value.as_array().into_iter().flatten() {
                out.any(number, Some(item));
            }
        }
        Scalar => out.message(number, scalar(value)),
        One(of) => {
            if let Some(object) = value.as_object() {
                out.message(number, message(of, object));
            }
        }
        Many(of) => {
            let items = value.as_array().into_iter().flatten();
            for object in items.filter_map(Value::as_object) {
                out.message(number, message(of, object));
            }
        }
        Listed(of) => {
            if let Some(object) = value.as_object() {
                let mut list = Message::default();
                list.message(1, message(of, object));
                out.message(number, list);
            }
        }
        OneOrFlag(of) => {
            let mut inner = Message::default();
            match value {
                Value::Object(object) => inner.message(1, message(of, object)),
                Value::Bool(flag) => inner.present_flag(2, *flag),
                _ => return,
            }
            out.message(number, inner);
        }
        Named(of) => {
            let mut list = Message::default();
            for (name, object) in members(present) {
                list.named(1, name, message(of, object));
            }
            out.message(number, list);
        }
        Requirements => {
            for requirement in value.as_array().into_iter().flatten() {
                out.message(number, super::security_requirement(requirement));
            }
        }
    }
}

fn scalar(value: &Value) -> Message {
    let mut out = Message::default();
    match value {
        Value::Bool(flag) => out.present_flag(2, *flag),
        Value::String(_) => out.text(3, Some(value)),
        number => out.number(1, Some(number)),
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::json;

    fn schema(value: Value) -> Vec<u8> {
        let object = value.as_object().cloned().expect("an object");
        message(&SCHEMA, &object).0
    }

    #[test]
    fn schemas_and_references_are_told_apart() {
        assert_eq!(schema(json!({"$ref": "a"})), [0x12, 3, 0x0a, 1, b'a']);
        // type has the number 25
        let text = [&[0x0a, 9, 0xca, 0x01, 6][..], b"string"].concat();
        assert_eq!(schema(json!({"type": "string"})), text);
        let items = [
            &[0x0a, 14, 0xf2, 0x01, 11, 0x0a, 9][..],
            &[0x0a, 7, 0xca, 0x01, 4],
            b"null",
        ];
        assert_eq!(schema(json!({"items": {"type": "null"}})), items.concat());
    }

    #[test]
    fn a_default_is_a_scalar_or_empty() {
        assert_eq!(schema(json!({"default": {}})), [0x0a, 3, 0x8a, 0x02, 0]);
        assert_eq!(
            schema(json!({"default": false})),
            [0x0a, 5, 0x8a, 0x02, 2, 0x10, 0]
        );
        let one = [&[0x0a, 12, 0x8a, 0x02, 9, 0x09][..], &1.0_f64.to_le_bytes()].concat();
        assert_eq!(schema(json!({"default": 1})), one);
    }

    #[test]
    fn responses_have_a_default_beside_those_by_code() {
        let responses = json!({"default": {"description": "d"}, "200": {"description": "OK"}});
        let object = responses.as_object().cloned().expect("an object");
        let default = [&[0x0a, 5, 0x0a, 3, 0x0a, 1][..], b"d"].concat();
        let ok = [
            &[0x12, 13, 0x0a, 3][..],
            b"200",
            &[0x12, 6, 0x0a, 4, 0x0a, 2],
            b"OK",
        ]
        .concat();
        assert_eq!(message(&RESPONSES, &object).0, [default, ok].concat());
    }
}
