//! What is declared of variables: their types, fields and sizes.

use std::fmt;
use std::sync::Arc;

use skeg_schema::{FieldType, TypeId, Value};

use crate::escape::escape;
use crate::limits::MAX_REQUEST_BYTES;
use crate::types::Type;

/// The declared type of a variable or of a part of it, with what bounds its
/// size. Cheap to clone.
#[derive(Clone)]
pub struct DeclType(Arc<Decl>);

struct Decl {
    shape: Shape,
    /// The most elements, characters or bytes that a value has.
    max_elements: u64,
    /// The fewest bytes that a value takes as JSON.
    min_bytes: u64,
}

/// What a declared type is.
#[derive(Clone)]
pub(crate) enum Shape {
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    Timestamp,
    /// A day, which is a point in time.
    Date,
    Duration,
    List(DeclType, ListKind),
    Map(DeclType),
    Object(ObjectDecl),
    Message(TypeId),
    Optional(DeclType),
    /// A type that a library makes.
    Library(Type),
    /// A message that takes any field, all of them dynamic.
    Open(Arc<str>),
}

/// How two lists are compared and added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ListKind {
    /// In order.
    #[default]
    Atomic,
    /// As a set.
    Set,
    /// By these members of the items.
    Map(Vec<String>),
}

#[derive(Clone)]
pub(crate) struct ObjectDecl {
    name: Arc<str>,
    fields: Arc<[(String, FieldDecl)]>,
}

/// A field of an object: its type and its name in JSON.
#[derive(Clone, Debug)]
pub(crate) struct FieldDecl {
    pub(crate) json: String,
    pub(crate) decl: DeclType,
}

impl fmt::Debug for DeclType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeclType({})", self.to_type())
    }
}

const MIN_STRING: u64 = 2;

impl DeclType {
    fn new(shape: Shape, max_elements: u64, min_bytes: u64) -> Self {
        Self(Arc::new(Decl {
            shape,
            max_elements,
            min_bytes,
        }))
    }

    /// Anything.
    #[must_use]
    pub fn dynamic() -> Self {
        Self::new(Shape::Dyn, 0, 1)
    }

    /// `null`.
    #[must_use]
    pub fn null() -> Self {
        Self::new(Shape::Null, 0, 4)
    }

    /// A truth value.
    #[must_use]
    pub fn bool() -> Self {
        Self::new(Shape::Bool, 0, 4)
    }

    /// A whole number.
    #[must_use]
    pub fn int() -> Self {
        Self::new(Shape::Int, 0, 1)
    }

    /// A whole number that is not negative.
    #[must_use]
    pub fn uint() -> Self {
        Self::new(Shape::Uint, 0, 1)
    }

    /// A number; whole ones are read as floats too.
    #[must_use]
    pub fn double() -> Self {
        Self::new(Shape::Double, 0, 1)
    }

    /// Text.
    #[must_use]
    pub fn string() -> Self {
        Self::new(Shape::String, 0, MIN_STRING)
    }

    /// Bytes; base64 in the tree.
    #[must_use]
    pub fn bytes() -> Self {
        Self::new(Shape::Bytes, 0, MIN_STRING)
    }

    /// A point in time; RFC 3339 in the tree.
    #[must_use]
    pub fn timestamp() -> Self {
        Self::new(Shape::Timestamp, 0, 12)
    }

    /// A length of time; Go's form (`1h30m`) in the tree.
    #[must_use]
    pub fn duration() -> Self {
        Self::new(Shape::Duration, 0, 3)
    }

    /// A number or text.
    #[must_use]
    pub fn int_or_string() -> Self {
        Self::new(Shape::Dyn, MAX_REQUEST_BYTES - 2, 1)
    }

    /// A quantity of a library, not the text of one.
    #[must_use]
    pub fn quantity() -> Self {
        Self::library(Type::named("kubernetes.Quantity"))
    }

    /// The variable `authorizer`.
    #[must_use]
    pub fn authorizer() -> Self {
        Self::library(Type::named("kubernetes.authorization.Authorizer"))
    }

    /// The variable `authorizer.requestResource`.
    #[must_use]
    pub fn resource_check() -> Self {
        Self::library(Type::named("kubernetes.authorization.ResourceCheck"))
    }

    /// A type that an expression was found to have.
    #[must_use]
    pub fn of_type(of: Type) -> Self {
        match of {
            Type::Dyn => Self::dynamic(),
            Type::Struct(_, Some(decl)) => decl,
            other => Self::library(other),
        }
    }

    fn library(of: Type) -> Self {
        Self::new(Shape::Library(of), 0, 8)
    }

    /// A list.
    #[must_use]
    pub fn list(item: DeclType) -> Self {
        let max = (MAX_REQUEST_BYTES - 2) / (item.0.min_bytes + 1);
        Self::new(Shape::List(item, ListKind::Atomic), max, 2)
    }

    /// A list that is compared in its own way.
    #[must_use]
    pub fn list_of_kind(item: DeclType, kind: ListKind) -> Self {
        let max = (MAX_REQUEST_BYTES - 2) / (item.0.min_bytes + 1);
        Self::new(Shape::List(item, kind), max, 2)
    }

    /// A map with text keys.
    #[must_use]
    pub fn map(value: DeclType) -> Self {
        let max = (MAX_REQUEST_BYTES - 2) / (value.0.min_bytes + 6);
        Self::new(Shape::Map(value), max, 2)
    }

    /// An object with declared fields, whose names in JSON are identifiers.
    #[must_use]
    pub fn object(name: &str, fields: Vec<(String, DeclType)>) -> Self {
        Self::with_fields(name, fields, |json| Some(json.to_owned()))
    }

    /// The same with names that are escaped as those of custom resources are.
    /// Fields whose names cannot be written as identifiers are left out.
    #[must_use]
    pub fn escaped_object(name: &str, fields: Vec<(String, DeclType)>) -> Self {
        Self::with_fields(name, fields, escape)
    }

    fn with_fields(
        name: &str,
        fields: Vec<(String, DeclType)>,
        ident: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let fields = fields
            .into_iter()
            .filter_map(|(json, decl)| Some((ident(&json)?, FieldDecl { json, decl })))
            .collect();
        let object = ObjectDecl {
            name: name.into(),
            fields,
        };
        Self::new(Shape::Object(object), 0, 2)
    }

    /// An object whose fields are named as they stand: those of Kubernetes' own
    /// variables, which are not escaped (`request.namespace`).
    #[must_use]
    pub fn plain_object(name: &str, fields: Vec<(String, DeclType)>) -> Self {
        let fields = fields
            .into_iter()
            .map(|(json, decl)| (json.clone(), FieldDecl { json, decl }))
            .collect();
        let object = ObjectDecl {
            name: name.into(),
            fields,
        };
        Self::new(Shape::Object(object), 0, 2)
    }

    /// A message of the static tables.
    #[must_use]
    pub fn message(id: TypeId) -> Self {
        Self::new(Shape::Message(id), 0, 2)
    }

    /// A value that may be there.
    #[must_use]
    pub fn optional(inner: DeclType) -> Self {
        Self::new(Shape::Optional(inner), 0, 1)
    }

    /// A message that takes any field.
    pub(crate) fn open(name: &str) -> Self {
        Self::new(Shape::Open(name.into()), 0, 2)
    }

    /// The same with a bound on its elements, characters or bytes.
    #[must_use]
    pub fn with_max(self, max_elements: u64) -> Self {
        Self::new(self.0.shape.clone(), max_elements, self.0.min_bytes)
    }

    fn with_min_bytes(self, min_bytes: u64) -> Self {
        Self::new(self.0.shape.clone(), self.0.max_elements, min_bytes)
    }

    /// The most elements, characters or bytes of a value.
    #[must_use]
    pub fn max_elements(&self) -> u64 {
        self.0.max_elements
    }

    pub(crate) fn shape(&self) -> &Shape {
        &self.0.shape
    }

    /// Whether a value is an object or a map.
    #[must_use]
    pub fn is_object(&self) -> bool {
        matches!(self.0.shape, Shape::Object(_) | Shape::Message(_))
    }

    /// The type that the checker works with.
    #[must_use]
    pub fn to_type(&self) -> Type {
        match &self.0.shape {
            Shape::Dyn => Type::Dyn,
            Shape::Null => Type::Null,
            Shape::Bool => Type::Bool,
            Shape::Int => Type::Int,
            Shape::Uint => Type::Uint,
            Shape::Double => Type::Double,
            Shape::String => Type::String,
            Shape::Bytes => Type::Bytes,
            Shape::Timestamp | Shape::Date => Type::Timestamp,
            Shape::Duration => Type::Duration,
            Shape::List(item, _) => Type::list(item.to_type()),
            Shape::Map(value) => Type::map(Type::String, value.to_type()),
            Shape::Object(object) => Type::Struct(object.name.clone(), Some(self.clone())),
            Shape::Message(id) => Type::Struct(id.desc().name.into(), Some(self.clone())),
            Shape::Optional(inner) => Type::optional(inner.to_type()),
            Shape::Library(of) => of.clone(),
            Shape::Open(name) => Type::Struct(name.clone(), Some(self.clone())),
        }
    }

    /// A declared field, by its name as an identifier.
    pub(crate) fn field(&self, ident: &str) -> Option<DeclType> {
        match &self.0.shape {
            Shape::Object(object) => object.field(ident).map(|(_, field)| field.decl.clone()),
            Shape::Message(id) => {
                let name = crate::escape::unescape(ident)?;
                Some(of_field_type(&id.desc().field(&name)?.ty))
            }
            Shape::Open(_) => Some(Self::dynamic()),
            Shape::Optional(inner) => inner.field(ident),
            _ => None,
        }
    }

    /// A field of an object whose fields are written down, by its identifier.
    pub(crate) fn object_field(&self, ident: &str) -> Option<(&str, &FieldDecl)> {
        match &self.0.shape {
            Shape::Object(object) => object.field(ident),
            _ => None,
        }
    }

    /// The same by its name in JSON.
    pub(crate) fn json_field(&self, json: &str) -> Option<(&str, &FieldDecl)> {
        match &self.0.shape {
            Shape::Object(object) => object
                .fields
                .iter()
                .find(|(_, field)| field.json == json)
                .map(|(ident, field)| (&**ident, field)),
            _ => None,
        }
    }

    /// The type of a list's items or of a map's values.
    pub(crate) fn element(&self) -> Option<&DeclType> {
        match &self.0.shape {
            Shape::List(item, _) => Some(item),
            Shape::Map(value) => Some(value),
            Shape::Optional(inner) => inner.element(),
            _ => None,
        }
    }
}

impl ObjectDecl {
    fn field(&self, ident: &str) -> Option<(&str, &FieldDecl)> {
        self.fields
            .iter()
            .find(|(name, _)| name == ident)
            .map(|(ident, field)| (&**ident, field))
    }
}

/// The declared type of a field of the static tables.
fn of_field_type(ty: &FieldType) -> DeclType {
    let text = || DeclType::string().with_max(MAX_REQUEST_BYTES - 2);
    match ty {
        FieldType::String => text(),
        FieldType::Bool => DeclType::bool(),
        FieldType::Int32 | FieldType::Int64 => DeclType::int(),
        FieldType::Double => DeclType::double(),
        FieldType::Bytes => DeclType::bytes().with_max(MAX_REQUEST_BYTES - 2),
        FieldType::Time | FieldType::MicroTime => DeclType::timestamp().with_max(32),
        FieldType::IntOrString => DeclType::int_or_string(),
        FieldType::Strings => DeclType::list(text()),
        FieldType::Quantity
        | FieldType::RawExtension
        | FieldType::FieldsV1
        | FieldType::Json
        | FieldType::SchemaOrArray
        | FieldType::SchemaOrBool
        | FieldType::SchemaOrStrings
        | FieldType::Any => DeclType::dynamic(),
        FieldType::Message(id) => DeclType::message(*id),
        FieldType::List(item) => DeclType::list(of_field_type(item)),
        FieldType::Map(value) => DeclType::map(of_field_type(value)),
    }
}

/// A node of a structural schema, as declared types are made from it. Custom
/// resources implement it for theirs.
pub trait StructuralSchema {
    /// `type`; empty where there is none.
    fn type_name(&self) -> &str;
    /// `format`; empty where there is none.
    fn format(&self) -> &str;
    /// Calls `see` with each of `properties`.
    fn for_each_property(&self, see: &mut dyn FnMut(&str, &dyn StructuralSchema));
    /// `items`.
    fn items(&self) -> Option<&dyn StructuralSchema>;
    /// `additionalProperties`, where it is a schema.
    fn additional_properties(&self) -> Option<&dyn StructuralSchema>;
    /// `x-kubernetes-int-or-string`.
    fn is_int_or_string(&self) -> bool;
    /// `x-kubernetes-embedded-resource`.
    fn is_embedded_resource(&self) -> bool;
    /// `maxLength`.
    fn max_length(&self) -> Option<i64>;
    /// `maxItems`.
    fn max_items(&self) -> Option<i64>;
    /// `maxProperties`.
    fn max_properties(&self) -> Option<i64>;
    /// `enum`.
    fn enum_values(&self) -> &[Value];
    /// Whether `required` names a property.
    fn is_required(&self, property: &str) -> bool;
    /// Whether there is a `default`.
    fn has_default(&self) -> bool;
    /// `x-kubernetes-list-type` and its keys.
    fn list_kind(&self) -> ListKind;
}

/// Names of objects are at most so long, unless a schema says less.
const NAME_LEN_MAX: i64 = 253;

/// What the schema of a root says of the fields that each root has.
#[derive(Default)]
struct RootMeta {
    /// How many of them it declares, of the right type.
    declared: usize,
    /// `maxLength` of `name` and `generateName`.
    max_lengths: [Option<i64>; 2],
}

impl RootMeta {
    fn of(schema: &dyn StructuralSchema) -> Self {
        let mut seen = Self::default();
        schema.for_each_property(&mut |property, part| match property {
            "apiVersion" | "kind" if part.type_name() == "string" => seen.declared += 1,
            "metadata" => {
                let is_object = part.type_name() == "object";
                part.for_each_property(&mut |property, part| {
                    let at = match property {
                        "name" => 0,
                        "generateName" => 1,
                        _ => return,
                    };
                    seen.max_lengths[at] = part.max_length();
                    if is_object && part.type_name() == "string" {
                        seen.declared += 1;
                    }
                });
            }
            _ => {}
        });
        seen
    }

    /// Whether all of them are declared, so that the schema holds as it is.
    fn is_whole(&self) -> bool {
        self.declared == 4
    }
}

fn bound(max: i64) -> u64 {
    u64::try_from(max).unwrap_or(0)
}

/// How long a text of a schema can be.
fn text_length(schema: &dyn StructuralSchema) -> u64 {
    match schema.max_length() {
        // maxLength counts code points, which take up to four bytes.
        Some(max) => bound(max).saturating_mul(4),
        None => MAX_REQUEST_BYTES - 2,
    }
}

impl DeclType {
    /// The declared type of a structural schema; `None` where rules cannot see
    /// it. `is_root` is whether it is the root of a resource, also of an
    /// embedded one: those have `apiVersion`, `kind` and `metadata`. `name` is
    /// what the type is called in messages.
    #[must_use]
    pub fn from_schema(
        schema: &dyn StructuralSchema,
        is_root: bool,
        name: &str,
    ) -> Option<DeclType> {
        if schema.is_int_or_string() {
            return Some(Self::dynamic().with_max(text_length(schema)));
        }
        match schema.type_name() {
            "array" => {
                let items = schema.items()?;
                let item = Self::from_schema(
                    items,
                    items.is_embedded_resource(),
                    &format!("{name}.@idx"),
                )?;
                let list = Self::list_of_kind(item, schema.list_kind());
                Some(match schema.max_items() {
                    Some(max) => list.with_max(bound(max)),
                    None => list,
                })
            }
            "object" => Self::object_from_schema(schema, is_root, name),
            "string" => Some(match schema.format() {
                "byte" => Self::bytes().with_max(match schema.max_length() {
                    Some(max) => bound(max),
                    None => MAX_REQUEST_BYTES - 2,
                }),
                "duration" => Self::duration().with_max(32),
                "date" => Self::new(Shape::Date, 12, 12),
                "date-time" => Self::new(Shape::Timestamp, 32, 21),
                _ => {
                    let longest = schema
                        .enum_values()
                        .iter()
                        .filter_map(Value::as_str)
                        .map(|text| text.len() as u64)
                        .max();
                    let max = match (schema.max_length(), longest) {
                        (None, Some(longest)) => longest,
                        _ => text_length(schema),
                    };
                    Self::string().with_max(max)
                }
            }),
            "boolean" => Some(Self::bool()),
            "number" => Some(Self::double()),
            "integer" => Some(Self::int()),
            _ => None,
        }
    }

    fn object_from_schema(
        schema: &dyn StructuralSchema,
        is_root: bool,
        name: &str,
    ) -> Option<DeclType> {
        if let Some(additional) = schema.additional_properties()
            && !is_root
        {
            let value = Self::from_schema(
                additional,
                additional.is_embedded_resource(),
                &format!("{name}.@elem"),
            )?;
            let map = Self::map(value);
            return Some(match schema.max_properties() {
                Some(max) => map.with_max(bound(max)),
                None => map,
            });
        }
        let mut fields: Vec<(String, DeclType)> = Vec::new();
        let mut min_bytes = 2;
        let mut add = |property: &str, part: &dyn StructuralSchema| {
            let escaped = escape(property).unwrap_or_default();
            let part_name = format!("{name}.{escaped}");
            let Some(decl) = Self::from_schema(part, part.is_embedded_resource(), &part_name)
            else {
                return;
            };
            if schema.is_required(property) && !part.has_default() {
                min_bytes += property.len() as u64 + decl.0.min_bytes + 4;
            }
            fields.push((property.to_owned(), decl));
        };
        schema.for_each_property(&mut add);
        let root = RootMeta::of(schema);
        if is_root && !root.is_whole() {
            let text = || Self::string().with_max(MAX_REQUEST_BYTES - 2);
            fields.retain(|(json, _)| !matches!(&**json, "apiVersion" | "kind" | "metadata"));
            fields.push(("apiVersion".to_owned(), text()));
            fields.push(("kind".to_owned(), text()));
            let name_of = |declared: Option<i64>, max: i64| {
                let max = declared.map_or(max, |declared| declared.min(max));
                Self::string().with_max(bound(max).saturating_mul(4))
            };
            let [own, prefix] = root.max_lengths;
            let metadata = Self::object(
                &format!("{name}.metadata"),
                vec![
                    ("name".to_owned(), name_of(own, NAME_LEN_MAX)),
                    // At least one byte is added to it.
                    ("generateName".to_owned(), name_of(prefix, NAME_LEN_MAX - 1)),
                ],
            );
            fields.push(("metadata".to_owned(), metadata));
        }
        Some(Self::escaped_object(name, fields).with_min_bytes(min_bytes))
    }
}
