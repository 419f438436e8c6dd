//! An object in the bytes in which it came over the wire.

use std::sync::OnceLock;

use skeg_schema::envelope::{self, Names};
use skeg_schema::{TypeId, Value};

use crate::{GroupVersionKind, ObjectError, SharedObject};

/// Protobuf without its envelope, and where in it the object's names are.
pub(crate) struct Wire {
    raw: Box<[u8]>,
    ty: TypeId,
    gvk: &'static GroupVersionKind,
    name: Span,
    namespace: Span,
    uid: Span,
    resource_version: Span,
    /// For who asks for more than the typed struct.
    whole: OnceLock<SharedObject>,
}

/// A part of the bytes, which is UTF-8.
#[derive(Clone, Copy)]
struct Span {
    from: u32,
    len: u32,
}

impl Span {
    fn of(text: &str, raw: &[u8]) -> Self {
        // No object is larger than the frames and lists it comes in, and those are bounded.
        let short = |number: usize| u32::try_from(number).unwrap_or_default();
        if text.is_empty() {
            return Self { from: 0, len: 0 };
        }
        Self {
            from: short(text.as_ptr().addr().saturating_sub(raw.as_ptr().addr())),
            len: short(text.len()),
        }
    }
}

impl Wire {
    pub(crate) fn new(
        raw: &[u8],
        ty: TypeId,
        gvk: &'static GroupVersionKind,
    ) -> Result<Self, ObjectError> {
        let Names {
            name,
            namespace,
            uid,
            resource_version,
        } = envelope::names(raw, ty)?;
        let span = |text| Span::of(text, raw);
        Ok(Self {
            name: span(name),
            namespace: span(namespace),
            uid: span(uid),
            resource_version: span(resource_version),
            raw: raw.into(),
            ty,
            gvk,
            whole: OnceLock::new(),
        })
    }

    fn text(&self, span: Span) -> &str {
        let from = span.from as usize;
        self.raw
            .get(from..from + span.len as usize)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }

    pub(crate) fn name(&self) -> &str {
        self.text(self.name)
    }

    pub(crate) fn namespace(&self) -> &str {
        self.text(self.namespace)
    }

    pub(crate) fn uid(&self) -> &str {
        self.text(self.uid)
    }

    pub(crate) fn resource_version(&self) -> &str {
        self.text(self.resource_version)
    }

    pub(crate) fn raw(&self) -> &[u8] {
        &self.raw
    }

    pub(crate) fn ty(&self) -> TypeId {
        self.ty
    }

    pub(crate) fn gvk(&self) -> &'static GroupVersionKind {
        self.gvk
    }

    fn tree(&self) -> Value {
        // An empty object where the bytes are broken, as of other objects.
        match skeg_schema::decode_protobuf(&self.raw, self.ty) {
            Ok(mut tree) => {
                skeg_schema::restore_kinds(&mut tree, self.ty);
                tree
            }
            Err(_) => Value::object(),
        }
    }

    /// The tree, unless it is there already.
    pub(crate) fn tree_once(&self) -> Option<Value> {
        self.whole.get().is_none().then(|| self.tree())
    }

    /// All forms.
    pub(crate) fn whole(&self) -> &SharedObject {
        self.whole
            .get_or_init(|| SharedObject::from_tree(self.tree()))
    }
}
