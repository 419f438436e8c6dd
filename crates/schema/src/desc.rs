//! What the tables say of a message type and of its fields.

use std::collections::HashMap;
use std::fmt;
use std::sync::OnceLock;

use crate::Value;
pub(crate) use crate::slots::Slots;
use crate::tables::{ROOTS, TYPES};

/// A message type of the static tables.
///
/// The number is the type's place in the tables of this build; it is never
/// stored or sent.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId(pub u16);

impl fmt::Debug for TypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "TypeId({})",
            TYPES.get(usize::from(self.0)).map_or("?", |desc| desc.name)
        )
    }
}

type ByGvk = HashMap<(&'static str, &'static str, &'static str), TypeId>;

fn by_gvk_index() -> &'static ByGvk {
    static INDEX: OnceLock<ByGvk> = OnceLock::new();
    INDEX.get_or_init(|| {
        ROOTS
            .iter()
            .map(|&id| {
                let desc = TypeId(id).desc();
                ((desc.api_group, desc.version, desc.go), TypeId(id))
            })
            .collect()
    })
}

impl TypeId {
    /// The type of a kind, by its group as it stands in `apiVersion` (empty
    /// for the core group), version and kind.
    ///
    /// Kinds that every group has (`DeleteOptions`, `WatchEvent`, `Status`, …)
    /// are found in any served group.
    #[must_use]
    pub fn by_gvk(group: &str, version: &str, kind: &str) -> Option<TypeId> {
        let index = by_gvk_index();
        if let Some(id) = index.get(&(group, version, kind)) {
            return Some(*id);
        }
        let everywhere = index.get(&("meta.k8s.io", "v1", kind))?;
        everywhere.desc().in_every_group.then_some(*everywhere)
    }

    /// The type with a name such as `core/v1.PodSpec`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<TypeId> {
        static INDEX: OnceLock<HashMap<&'static str, TypeId>> = OnceLock::new();
        let index = INDEX.get_or_init(|| TypeId::all().map(|id| (id.desc().name, id)).collect());
        index.get(name).copied()
    }

    /// Every type of the tables.
    pub fn all() -> impl Iterator<Item = TypeId> {
        (0..TYPES.len())
            .map(|at| TypeId(u16::try_from(at).expect("the tables have fewer than 65,536 types")))
    }

    /// What the tables say of the type.
    #[must_use]
    #[inline]
    pub fn desc(self) -> &'static MessageDesc {
        TYPES[usize::from(self.0)]
    }
}

/// A message type.
#[derive(Debug)]
pub struct MessageDesc {
    /// Group folder, version and Go name: `core/v1.PodSpec`.
    pub name: &'static str,
    /// The type's name alone, which is the kind when [`MessageDesc::root`] is set: `PodSpec`.
    pub go: &'static str,
    /// The group as it stands in `apiVersion`; empty for the core group.
    pub api_group: &'static str,
    /// The version.
    pub version: &'static str,
    /// The name of the protobuf message: `k8s.io.api.core.v1.PodSpec`.
    pub proto_name: &'static str,
    /// Whether this is a registered kind.
    pub root: bool,
    /// Whether the kind is registered in every group (`DeleteOptions`, `WatchEvent`, …).
    pub in_every_group: bool,
    /// Whether `kind` and `apiVersion` are the first two fields.
    pub type_meta: bool,
    /// Whether server-side apply takes the object as one (`structType=atomic`).
    pub atomic: bool,
    /// The fields in the order in which JSON is written; those of inlined structs in their place.
    pub fields: &'static [FieldDesc],
    /// The protobuf layout, by ascending number.
    pub wire: &'static [WireEntry],
    /// Upstream's markers on the type, as written there, without `+`.
    pub markers: &'static [&'static str],
    /// Where the fields stand.
    pub(crate) slots: Slots,
}

impl MessageDesc {
    /// The field with a JSON name, and its place. `hint` is where to look first.
    #[must_use]
    #[inline]
    pub fn find(&'static self, json: &str, hint: usize) -> Option<(usize, &'static FieldDesc)> {
        if let Some(field) = self.fields.get(hint)
            && crate::value::same(field.json, json)
        {
            return Some((hint, field));
        }
        // Members come in the order of the fields more often than not.
        let at = self.slots.find(self.fields, json)?;
        Some((at, &self.fields[at]))
    }

    /// The field with a JSON name.
    #[must_use]
    pub fn field(&'static self, json: &str) -> Option<&'static FieldDesc> {
        self.find(json, 0).map(|(_, field)| field)
    }

    /// The places of the fields in the order of their names.
    #[inline]
    pub fn sorted_places(&'static self) -> impl Iterator<Item = usize> {
        self.slots
            .sorted(self.fields)
            .iter()
            .map(|at| usize::from(*at))
    }

    /// The fields that a typed struct has: all but `kind` and `apiVersion`.
    #[must_use]
    pub fn typed_fields(&'static self) -> &'static [FieldDesc] {
        &self.fields[if self.type_meta { 2 } else { 0 }..]
    }

    /// Whether there is a protobuf form: of kinds that are custom resources
    /// there is none.
    #[must_use]
    pub fn has_protobuf(&self) -> bool {
        !self.wire.is_empty()
    }

    /// `apiVersion` of a registered kind: `v1`, `apps/v1`.
    #[must_use]
    pub fn api_version(&self) -> String {
        // The kinds that every group has stand in v1 when they stand alone.
        if self.api_group.is_empty() || self.in_every_group {
            self.version.to_owned()
        } else {
            format!("{}/{}", self.api_group, self.version)
        }
    }
}

/// One entry of a message's protobuf layout.
#[derive(Debug)]
pub enum WireEntry {
    /// A field: its number and its place in [`MessageDesc::fields`].
    Field(u32, u16),
    /// A struct that JSON inlines and protobuf nests: its number and its own layout,
    /// whose places are those of the outer message's fields.
    Embed(u32, &'static [WireEntry]),
}

/// When JSON leaves a field out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Omit {
    /// Never: a zero value is written.
    Never,
    /// When empty: Go's `omitempty`, under which a struct is never empty.
    Empty,
    /// When zero: Go's `omitzero`.
    Zero,
}

/// How server-side apply merges a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListType {
    /// Replaced as one; also lists that say nothing.
    Atomic,
    /// A set of scalars.
    Set,
    /// Objects told apart by [`FieldDesc::list_map_keys`].
    Map,
}

/// The type of a field or of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// Text.
    String,
    /// A truth value.
    Bool,
    /// 32 bits.
    Int32,
    /// 64 bits.
    Int64,
    /// A float.
    Double,
    /// Bytes; base64 in JSON and in trees.
    Bytes,
    /// Time in whole seconds.
    Time,
    /// Time in microseconds.
    MicroTime,
    /// A quantity.
    Quantity,
    /// A number or text.
    IntOrString,
    /// Any object, kept as its JSON.
    RawExtension,
    /// A set of fields, kept as its JSON.
    FieldsV1,
    /// Any JSON (`apiextensions.k8s.io`).
    Json,
    /// A schema or a list of them.
    SchemaOrArray,
    /// A schema or a truth value.
    SchemaOrBool,
    /// A schema or a list of names.
    SchemaOrStrings,
    /// A list of strings which protobuf wraps into a message of its own.
    Strings,
    /// Any JSON that protobuf does not know (cells of a table).
    Any,
    /// Another message.
    Message(TypeId),
    /// A list.
    List(&'static FieldType),
    /// A map with text keys.
    Map(&'static FieldType),
}

impl FieldType {
    /// The message type of the field, of its elements or of its values.
    #[must_use]
    pub fn message(&self) -> Option<TypeId> {
        match self {
            Self::Message(id) => Some(*id),
            Self::List(inner) | Self::Map(inner) => inner.message(),
            _ => None,
        }
    }
}

/// A field.
#[derive(Clone, Copy, Debug)]
pub struct FieldDesc {
    /// Its name in JSON.
    pub json: &'static str,
    /// Its name in Go, which some of upstream's messages use.
    pub go: &'static str,
    /// The name of its type in Go: `[]v1.Container`, `string`; without the star of a pointer.
    pub go_type: &'static str,
    /// Its protobuf number; 0 where protobuf does not have it.
    pub number: u32,
    /// Its type.
    pub ty: FieldType,
    /// Whether Go has a pointer here, so that absent and zero differ.
    pub pointer: bool,
    /// When JSON leaves it out.
    pub omit: Omit,
    /// Whether the schema requires it.
    pub required: bool,
    /// Strategic merge: `merge`, `replace`, `retainKeys`, joined by commas; else empty.
    pub patch_strategy: &'static str,
    /// Strategic merge: the key that tells list elements apart; else empty.
    pub patch_merge_key: &'static str,
    /// How server-side apply merges a list; `None` where upstream says nothing.
    pub list_type: Option<ListType>,
    /// The keys of a list of [`ListType::Map`].
    pub list_map_keys: &'static [&'static str],
    /// Whether server-side apply takes a map or a struct as one. The field's own
    /// word (`mapType`, `structType`) goes before that of its type, so that
    /// [`MessageDesc::atomic`] need not be asked for a field.
    pub atomic: bool,
    /// Whether the elements are kinds that say so themselves: the server shows
    /// their `kind` and `apiVersion`, which protobuf does not carry.
    pub kinded: bool,
    /// The values an enumerated string may have; empty where any may stand.
    pub enum_values: &'static [&'static str],
    /// The default that the schema declares, as JSON; else empty.
    pub default: &'static str,
    /// Upstream's markers on the field, as written there, without `+`.
    pub markers: &'static [&'static str],
}

impl FieldDesc {
    /// The default that the schema declares.
    #[must_use]
    pub fn default_value(&self) -> Option<Value> {
        serde_json::from_str::<serde_json::Value>(self.default)
            .ok()
            .map(Value::from)
    }

    /// Whether a strategic merge merges the elements or members instead of replacing all.
    #[must_use]
    pub fn merges(&self) -> bool {
        self.patch_strategy.split(',').any(|part| part == "merge")
    }

    /// Whether a strategic merge honours `$retainKeys` here.
    #[must_use]
    pub fn retains_keys(&self) -> bool {
        self.patch_strategy
            .split(',')
            .any(|part| part == "retainKeys")
    }

    // What follows is for the generated tables alone.

    pub(crate) const fn new(
        json: &'static str,
        go: &'static str,
        go_type: &'static str,
        number: u32,
        ty: FieldType,
    ) -> Self {
        Self {
            json,
            go,
            go_type,
            number,
            ty,
            pointer: false,
            omit: Omit::Never,
            required: false,
            patch_strategy: "",
            patch_merge_key: "",
            list_type: None,
            list_map_keys: &[],
            atomic: false,
            kinded: false,
            enum_values: &[],
            default: "",
            markers: &[],
        }
    }

    pub(crate) const fn ptr(mut self) -> Self {
        self.pointer = true;
        self
    }

    pub(crate) const fn oe(mut self) -> Self {
        self.omit = Omit::Empty;
        self
    }

    pub(crate) const fn oz(mut self) -> Self {
        self.omit = Omit::Zero;
        self
    }

    pub(crate) const fn req(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) const fn patch(mut self, strategy: &'static str, key: &'static str) -> Self {
        self.patch_strategy = strategy;
        self.patch_merge_key = key;
        self
    }

    pub(crate) const fn list(mut self, list_type: ListType, keys: &'static [&'static str]) -> Self {
        self.list_type = Some(list_type);
        self.list_map_keys = keys;
        self
    }

    pub(crate) const fn atomic(mut self) -> Self {
        self.atomic = true;
        self
    }

    pub(crate) const fn kinded(mut self) -> Self {
        self.kinded = true;
        self
    }

    pub(crate) const fn one_of(mut self, values: &'static [&'static str]) -> Self {
        self.enum_values = values;
        self
    }

    pub(crate) const fn or(mut self, default: &'static str) -> Self {
        self.default = default;
        self
    }

    pub(crate) const fn marks(mut self, markers: &'static [&'static str]) -> Self {
        self.markers = markers;
        self
    }
}
