//! Places of a schema, as far as merging and ownership go.

use skeg_schema::dynamic::{self, Additional, Kind};
use skeg_schema::{FieldDesc, FieldType, ListType, Omit, TypeId, Value};

/// A place of a schema.
#[derive(Clone, Copy, Debug)]
pub enum Node<'s> {
    /// A struct of the tables.
    Message(TypeId),
    /// A struct of the tables that is taken as one.
    Atomic(TypeId),
    /// What a type of the tables says.
    Type(&'s FieldType),
    /// What a field of the tables says.
    Field(&'s FieldDesc),
    /// What the schema of a custom resource says.
    Custom(&'s dynamic::Node),
    /// A custom object as a whole, or one that is embedded: beside what the
    /// schema says it has a kind and metadata.
    CustomObject(&'s dynamic::Node),
    /// No schema: maps by member, lists as one.
    Free,
    /// Anything, taken as one.
    Opaque,
}

/// How the elements of a list are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListShape {
    /// Not at all: the list is one value.
    Atomic,
    /// By their value.
    Set,
    /// By the members that [`Node::keys`] names.
    Keyed,
}

/// What kind of scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// Text.
    Text,
    /// A number.
    Number,
    /// A truth value.
    Bool,
    /// Any of them.
    Any,
}

/// How a value at a place is merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A leaf.
    Scalar(Scalar),
    /// A struct or a map.
    Map {
        /// Taken as one.
        atomic: bool,
    },
    /// A list.
    List(ListShape),
}

impl Shape {
    /// Whether nothing below is told apart.
    pub fn is_leaf(self) -> bool {
        matches!(
            self,
            Shape::Scalar(_) | Shape::Map { atomic: true } | Shape::List(ListShape::Atomic)
        )
    }
}

fn of_message(id: TypeId) -> Node<'static> {
    if id.desc().atomic {
        Node::Atomic(id)
    } else {
        Node::Message(id)
    }
}

fn of_type<'s>(ty: &'s FieldType) -> Node<'s> {
    match ty {
        FieldType::Message(id) => of_message(*id),
        // Upstream's schema says nothing of these, the two-way types of schemas among them.
        FieldType::RawExtension
        | FieldType::FieldsV1
        | FieldType::Json
        | FieldType::Any
        | FieldType::SchemaOrArray
        | FieldType::SchemaOrBool
        | FieldType::SchemaOrStrings => Node::Opaque,
        other => Node::Type(other),
    }
}

/// What the schema of a custom resource says of a place.
pub fn of_custom(node: &dynamic::Node) -> Node<'_> {
    if node.embedded {
        Node::CustomObject(node)
    } else {
        Node::Custom(node)
    }
}

fn shape_of_custom(node: &dynamic::Node, value: Option<&Value>) -> Shape {
    if node.int_or_string {
        return Shape::Scalar(Scalar::Any);
    }
    match node.kind {
        Kind::Any => free(value),
        Kind::Object => Shape::Map {
            atomic: node.map_atomic,
        },
        Kind::Array => Shape::List(match node.list_type {
            Some(ListType::Set) => ListShape::Set,
            Some(ListType::Map) if !node.list_map_keys.is_empty() => ListShape::Keyed,
            _ => ListShape::Atomic,
        }),
        Kind::String => Shape::Scalar(Scalar::Text),
        Kind::Integer | Kind::Number => Shape::Scalar(Scalar::Number),
        Kind::Boolean => Shape::Scalar(Scalar::Bool),
    }
}

/// What a field of the tables says of the values in it.
pub fn of_field(field: &FieldDesc) -> Node<'_> {
    match &field.ty {
        // The field's own word goes before that of its type.
        FieldType::Message(id) if field.atomic => Node::Atomic(*id),
        FieldType::Message(id) => Node::Message(*id),
        FieldType::List(_) | FieldType::Map(_) => Node::Field(field),
        other => of_type(other),
    }
}

impl<'s> Node<'s> {
    /// How a value here is merged.
    pub fn shape(self, value: Option<&Value>) -> Shape {
        match self {
            Node::Message(_) => Shape::Map { atomic: false },
            Node::Atomic(_) => Shape::Map { atomic: true },
            Node::Field(field) => match &field.ty {
                FieldType::List(inner) if !field.atomic => {
                    Shape::List(match (field.list_type, inner) {
                        (Some(ListType::Set), _) => ListShape::Set,
                        (Some(ListType::Map), FieldType::Message(_)) => ListShape::Keyed,
                        _ => ListShape::Atomic,
                    })
                }
                FieldType::List(_) => Shape::List(ListShape::Atomic),
                _ => Shape::Map {
                    atomic: field.atomic,
                },
            },
            Node::Type(ty) => match ty {
                FieldType::String | FieldType::Bytes => Shape::Scalar(Scalar::Text),
                FieldType::Bool => Shape::Scalar(Scalar::Bool),
                FieldType::Int32 | FieldType::Int64 | FieldType::Double => {
                    Shape::Scalar(Scalar::Number)
                }
                FieldType::Map(_) => Shape::Map { atomic: false },
                FieldType::List(_) | FieldType::Strings => Shape::List(ListShape::Atomic),
                FieldType::Message(id) => Shape::Map {
                    atomic: id.desc().atomic,
                },
                FieldType::Time
                | FieldType::MicroTime
                | FieldType::Quantity
                | FieldType::IntOrString => Shape::Scalar(Scalar::Any),
                _ => free(value),
            },
            Node::Custom(node) | Node::CustomObject(node) => shape_of_custom(node, value),
            Node::Free => free(value),
            Node::Opaque => match free(value) {
                Shape::Map { .. } => Shape::Map { atomic: true },
                other => other,
            },
        }
    }

    /// A declared field.
    pub fn field(self, name: &str) -> Option<Node<'s>> {
        match self {
            Node::Message(id) | Node::Atomic(id) => id.desc().field(name).map(of_field),
            Node::CustomObject(node) => match name {
                "apiVersion" | "kind" => Some(Node::Type(&FieldType::String)),
                "metadata" => TypeId::by_name("meta/v1.ObjectMeta").map(Node::Message),
                _ => node.property(name).map(of_custom),
            },
            Node::Custom(node) => node.property(name).map(of_custom),
            Node::Field(_) | Node::Type(_) | Node::Free | Node::Opaque => None,
        }
    }

    /// The values of a map.
    pub fn values(self) -> Option<Node<'s>> {
        match self {
            Node::Message(_) | Node::Atomic(_) => None,
            Node::Field(FieldDesc {
                ty: FieldType::Map(inner),
                ..
            })
            | Node::Type(FieldType::Map(inner)) => Some(of_type(inner)),
            // An object of which nothing is declared is free.
            Node::Custom(node) | Node::CustomObject(node) => match &node.additional {
                Some(Additional::Node(inner)) => Some(of_custom(inner)),
                Some(Additional::Any) => Some(Node::Free),
                Some(Additional::Nothing) | None => {
                    (node.preserve_unknown || node.properties.is_empty()).then_some(Node::Free)
                }
            },
            Node::Free => Some(Node::Free),
            Node::Opaque => Some(Node::Opaque),
            Node::Field(_) | Node::Type(_) => None,
        }
    }

    /// What stands under a name: a declared field or a member of a map.
    pub fn member(self, name: &str) -> Option<Node<'s>> {
        self.field(name).or_else(|| self.values())
    }

    /// The elements of a list.
    pub fn items(self) -> Node<'s> {
        match self {
            Node::Field(FieldDesc {
                ty: FieldType::List(inner),
                ..
            })
            | Node::Type(FieldType::List(inner)) => of_type(inner),
            Node::Custom(node) | Node::CustomObject(node) => {
                node.items.as_deref().map_or(Node::Free, of_custom)
            }
            _ => Node::Free,
        }
    }

    /// The members that tell the elements of a list apart.
    pub fn keys(self) -> &'s [&'s str] {
        match self {
            Node::Field(field) => field.list_map_keys,
            Node::Custom(node) => &node.list_map_keys,
            _ => &[],
        }
    }

    /// What an absent member of an element stands for when it is a key.
    pub fn key_default(self, key: &str) -> Option<Value> {
        match self.items() {
            Node::Message(id) | Node::Atomic(id) => {
                // The published schema gives what Go never leaves out its zero.
                let field = id.desc().field(key)?;
                field.default_value().or_else(|| {
                    (field.omit == Omit::Never && !field.pointer).then(|| match field.ty {
                        FieldType::Int32 | FieldType::Int64 => Value::Int(0),
                        _ => Value::from(""),
                    })
                })
            }
            Node::Custom(node) | Node::CustomObject(node) => {
                node.property(key)?.default.as_deref().cloned()
            }
            _ => None,
        }
    }
}

fn free(value: Option<&Value>) -> Shape {
    match value {
        Some(Value::Object(_)) => Shape::Map { atomic: false },
        Some(Value::Array(_)) => Shape::List(ListShape::Atomic),
        _ => Shape::Scalar(Scalar::Any),
    }
}
