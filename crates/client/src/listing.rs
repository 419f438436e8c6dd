//! Lists, decoded item by item while their bytes arrive: what is held of the
//! bytes is never more than one item, one piece of the body, and the few items
//! that other threads decode meanwhile.

use std::sync::Arc;

use bytes::{Buf, BytesMut};
use futures::StreamExt;
use skeg_schema::envelope;

use crate::api::List;
use crate::codec::{self, Decoder, Format, Instead, list_meta_from_protobuf, list_meta_from_tree};
use crate::payload::{BoxError, Payload};
use crate::spread::Items;

/// The longest item, and the most that a list may say beside its items.
const PART_LEN_MAX: usize = 64 << 20;
/// The least that is put behind what was left of the piece before.
const STEP: usize = 512;
const CUT_SHORT: &str = "the list is cut short";

/// Why a list cannot be read.
pub(crate) enum Broken {
    /// Its bytes did not come.
    Body(BoxError),
    /// They are no list.
    Decode(BoxError),
}

/// Reads a list from a body.
pub(crate) async fn read<T: Send + 'static>(
    body: Payload,
    format: Format,
    decoder: Arc<dyn Decoder<T>>,
) -> Result<List<T>, Broken> {
    let mut reader = Reader::new(format, decoder);
    match body {
        Payload::Empty => {}
        Payload::Bytes(bytes) => reader.feed(&bytes).map_err(Broken::Decode)?,
        Payload::Stream(mut stream) => {
            while let Some(piece) = stream.next().await {
                let piece = piece.map_err(Broken::Body)?;
                reader.feed(&piece).map_err(Broken::Decode)?;
                reader.items.caught_up().await.map_err(Broken::Decode)?;
            }
        }
        other => return Err(Broken::Body(format!("unexpected body {other:?}").into())),
    }
    reader.finish().await.map_err(Broken::Decode)
}

/// Takes the bytes of a list as they come.
struct Reader<T> {
    /// What was not taken yet.
    buffer: BytesMut,
    place: Place,
    items: Items<T>,
    /// The list without its items.
    list: List<T>,
}

enum Place {
    Protobuf(Protobuf),
    Json(Json),
}

impl<T: Send + 'static> Reader<T> {
    fn new(format: Format, decoder: Arc<dyn Decoder<T>>) -> Self {
        Self {
            items: Items::new(format, decoder),
            buffer: BytesMut::new(),
            place: match format {
                Format::Protobuf => Place::Protobuf(Protobuf::Signature),
                Format::Json => Place::Json(Json::default()),
            },
            list: List {
                resource_version: String::new(),
                continue_token: None,
                remaining: None,
                items: Vec::new(),
            },
        }
    }

    fn take(
        place: &mut Place,
        bytes: &[u8],
        items: &mut Items<T>,
        list: &mut List<T>,
    ) -> Result<usize, BoxError> {
        match place {
            Place::Protobuf(place) => place.take(bytes, items, list),
            Place::Json(place) => place.take(bytes, items),
        }
    }

    fn feed(&mut self, mut piece: &[u8]) -> Result<(), BoxError> {
        let Self {
            buffer,
            place,
            items,
            list,
        } = self;
        // What was left of the piece before is made whole first; what is whole
        // in this one is read where it is.
        while !buffer.is_empty() && !piece.is_empty() {
            if buffer.len() > PART_LEN_MAX {
                return Err(format!("a part of a list of more than {PART_LEN_MAX} bytes").into());
            }
            // Twice as much each time, so that long parts are not looked at too often.
            let more = piece.len().min(buffer.len().max(STEP));
            let (now, later) = piece.split_at(more);
            buffer.extend_from_slice(now);
            piece = later;
            let taken = Self::take(place, buffer, items, list)?;
            buffer.advance(taken);
        }
        if !piece.is_empty() {
            let taken = Self::take(place, piece, items, list)?;
            buffer.extend_from_slice(piece.get(taken..).unwrap_or_default());
        }
        Ok(())
    }

    async fn finish(self) -> Result<List<T>, BoxError> {
        let mut list = self.list;
        list.items = self.items.finish().await?;
        match self.place {
            Place::Protobuf(place) => place.finish()?,
            Place::Json(place) => place.finish(&mut list)?,
        }
        Ok(list)
    }
}

/// Where a reader is in protobuf.
enum Protobuf {
    Signature,
    /// Among the fields of the envelope, which may be that of a Status.
    Envelope {
        is_status: bool,
    },
    /// Among the fields of the list, of which so many bytes are left.
    List(usize),
    /// Behind the list; what follows does not matter.
    Behind,
}

impl Protobuf {
    /// Takes what is whole; says how many bytes that was.
    fn take<T: Send + 'static>(
        &mut self,
        bytes: &[u8],
        items: &mut Items<T>,
        list: &mut List<T>,
    ) -> Result<usize, BoxError> {
        let mut at = 0;
        loop {
            let rest = bytes.get(at..).unwrap_or_default();
            match self {
                Self::Signature => {
                    let Some(signature) = rest.first_chunk::<4>() else {
                        return Ok(at);
                    };
                    if signature != envelope::MAGIC {
                        return Err("the list is no protobuf".into());
                    }
                    at += signature.len();
                    *self = Self::Envelope { is_status: false };
                }
                Self::Envelope { is_status } => {
                    let Some(field) = Field::at(rest)? else {
                        return Ok(at);
                    };
                    if field.number == 2 && field.wire == 2 && !*is_status {
                        at += field.head;
                        *self = Self::List(field.len);
                        continue;
                    }
                    let Some(body) = rest.get(field.head..field.whole()) else {
                        return Ok(at);
                    };
                    match (field.number, field.wire) {
                        (1, 2) => *is_status = codec::is_type_of_status(body),
                        (2, 2) => {
                            let status = codec::status_from_protobuf(body)?;
                            return Err(Instead(Box::new(status)).into());
                        }
                        _ => {}
                    }
                    at += field.whole();
                }
                Self::List(0) => *self = Self::Behind,
                Self::List(left) => {
                    let Some(field) = Field::at(rest)? else {
                        return Ok(at);
                    };
                    let whole = field.whole();
                    if whole > *left {
                        return Err(CUT_SHORT.into());
                    }
                    let Some(body) = rest.get(field.head..whole) else {
                        return Ok(at);
                    };
                    // Every list is the same message: its metadata, and its items.
                    match (field.number, field.wire) {
                        (1, 2) => list_meta_from_protobuf(body, list)?,
                        (2, 2) => items.push(body)?,
                        _ => {}
                    }
                    *left -= whole;
                    at += whole;
                }
                Self::Behind => return Ok(bytes.len()),
            }
        }
    }

    fn finish(&self) -> Result<(), BoxError> {
        match self {
            Self::List(0) | Self::Behind => Ok(()),
            Self::Signature | Self::Envelope { .. } | Self::List(_) => Err(CUT_SHORT.into()),
        }
    }
}

/// The head of a field of protobuf.
struct Field {
    number: u64,
    wire: u64,
    /// Bytes of tag and length.
    head: usize,
    /// Bytes behind it.
    len: usize,
}

impl Field {
    /// `None`: there is not enough of it yet.
    fn at(bytes: &[u8]) -> Result<Option<Self>, BoxError> {
        let Some((tag, mut head)) = varint(bytes)? else {
            return Ok(None);
        };
        let rest = bytes.get(head..).unwrap_or_default();
        let len = match tag & 7 {
            0 => match varint(rest)? {
                Some((_, len)) => len,
                None => return Ok(None),
            },
            1 => 8,
            5 => 4,
            2 => {
                let Some((len, taken)) = varint(rest)? else {
                    return Ok(None);
                };
                head += taken;
                usize::try_from(len).unwrap_or(usize::MAX)
            }
            other => return Err(format!("protobuf wire type {other}").into()),
        };
        Ok(Some(Self {
            number: tag >> 3,
            wire: tag & 7,
            head,
            len,
        }))
    }

    fn whole(&self) -> usize {
        self.head.saturating_add(self.len)
    }
}

fn varint(bytes: &[u8]) -> Result<Option<(u64, usize)>, BoxError> {
    let mut value = 0u64;
    for (at, &byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f) << (7 * at).min(63);
        if byte & 0x80 == 0 {
            return Ok(Some((value, at + 1)));
        }
    }
    if bytes.len() < 10 {
        Ok(None)
    } else {
        Err("protobuf varint too long".into())
    }
}

/// Where a reader is in JSON. It only looks for quotes, brackets and braces;
/// whether it is JSON is found out by those who decode the parts.
#[derive(Default)]
struct Json {
    /// Bytes of the buffer that were looked at.
    seen: usize,
    depth: usize,
    text: Text,
    /// Where the text begins that is being read.
    text_from: usize,
    /// The last text outside of items was `items`, with nothing but a colon
    /// behind it so far.
    is_items: bool,
    /// It is among the items.
    inside: bool,
    /// Where the item begins that is being read.
    item_from: Option<usize>,
    /// The list without its items.
    rest: Vec<u8>,
    /// What of the buffer is in the rest already.
    rest_from: usize,
}

/// Whether it is in a text.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Text {
    #[default]
    Outside,
    Inside,
    Escaped,
}

impl Json {
    fn take<T: Send + 'static>(
        &mut self,
        bytes: &[u8],
        items: &mut Items<T>,
    ) -> Result<usize, BoxError> {
        let mut at = self.seen;
        while let Some(&byte) = bytes.get(at) {
            match self.text {
                Text::Escaped => self.text = Text::Inside,
                Text::Inside => match byte {
                    b'\\' => self.text = Text::Escaped,
                    b'"' => {
                        self.text = Text::Outside;
                        let text = bytes.get(self.text_from..at).unwrap_or_default();
                        self.is_items = self.depth == 1 && text == b"items";
                    }
                    _ => {}
                },
                Text::Outside => match byte {
                    b'"' => {
                        self.text = Text::Inside;
                        self.text_from = at + 1;
                    }
                    b'{' | b'[' => {
                        if self.inside && self.depth == 2 && self.item_from.is_none() {
                            self.item_from = Some(at);
                        }
                        if byte == b'[' && self.is_items && self.depth == 1 {
                            self.inside = true;
                            self.keep(bytes, at + 1)?;
                        }
                        self.is_items = false;
                        self.depth += 1;
                    }
                    b'}' | b']' => {
                        self.depth = self.depth.checked_sub(1).ok_or(CUT_SHORT)?;
                        if let (2, Some(from)) = (self.depth, self.item_from) {
                            let item = bytes.get(from..=at).unwrap_or_default();
                            items.push(item)?;
                            self.item_from = None;
                        }
                        if self.inside && self.depth == 1 {
                            self.inside = false;
                            self.rest_from = at;
                        }
                    }
                    b':' | b' ' | b'\n' | b'\r' | b'\t' => {}
                    b',' => self.is_items = false,
                    _ if self.inside && self.item_from.is_none() => {
                        return Err("an item is no object".into());
                    }
                    _ => self.is_items = false,
                },
            }
            at += 1;
        }
        if !self.inside {
            self.keep(bytes, at)?;
        }
        // A text that goes on in the next piece may be the name of the items.
        let needed = match (self.item_from, self.text) {
            (Some(from), _) => from,
            (None, Text::Outside) => at,
            (None, _) => self.text_from,
        };
        self.seen = at - needed;
        self.rest_from = at - needed;
        self.text_from = self.text_from.saturating_sub(needed);
        self.item_from = self.item_from.map(|_| 0);
        Ok(needed)
    }

    /// Puts what stands before a place into the rest.
    fn keep(&mut self, bytes: &[u8], to: usize) -> Result<(), BoxError> {
        let part = bytes.get(self.rest_from..to).unwrap_or_default();
        if self.rest.len() + part.len() > PART_LEN_MAX {
            return Err(
                format!("a list of more than {PART_LEN_MAX} bytes beside its items").into(),
            );
        }
        self.rest.extend_from_slice(part);
        self.rest_from = to;
        Ok(())
    }

    fn finish<T>(&self, list: &mut List<T>) -> Result<(), BoxError> {
        if self.depth != 0 || self.text != Text::Outside {
            return Err(CUT_SHORT.into());
        }
        list_meta_from_tree(codec::tree_of(&self.rest)?, list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::Typed;
    use bytes::Bytes;
    use futures::{FutureExt, stream};
    use skeg_api::core::v1::ConfigMap;
    use skeg_meta::Object as _;
    use skeg_schema::{TypeId, Value, encode_json, encode_protobuf, json};

    fn tree(count: usize) -> Value {
        let items: Vec<Value> = (0..count)
            .map(|at| {
                json!({"metadata": {"name": (format!("m-{at}")), "labels": {"items": "[{\\\""}},
                    "data": {"items": "]}\\", "k": ("x".repeat(at * 7))}})
            })
            .collect();
        json!({"kind": "ConfigMapList", "apiVersion": "v1",
            "metadata": {"resourceVersion": "42", "continue": "items", "remainingItemCount": 5},
            "items": (Value::Array(items))})
    }

    fn bytes(tree: &Value, format: Format) -> Vec<u8> {
        let ty = TypeId::by_gvk("", "v1", "ConfigMapList").expect("a kind");
        let mut out = Vec::new();
        match format {
            Format::Json => encode_json(tree, ty, &mut out),
            Format::Protobuf => {
                let mut raw = Vec::new();
                encode_protobuf(tree, ty, &mut raw);
                out = envelope::wrap("v1", "ConfigMapList", &raw);
            }
        }
        out
    }

    fn read_by(bytes: &[u8], len: usize, format: Format) -> Result<List<Arc<ConfigMap>>, BoxError> {
        let mut reader = Reader::new(format, Arc::new(Typed::<ConfigMap>::new()));
        let mut held_max = 0;
        for piece in bytes.chunks(len) {
            reader.feed(piece)?;
            held_max = held_max.max(reader.buffer.len());
        }
        assert!(held_max < 1000, "{held_max} bytes are held");
        let list = reader.finish().now_or_never();
        list.expect("outside of a runtime, nothing is waited for")
    }

    /// In a runtime of several threads, with more than one of them decodes.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn long_lists_come_in_order() {
        const COUNT: usize = 600;
        for format in [Format::Json, Format::Protobuf] {
            let mut bytes = bytes(&tree(COUNT), format);
            assert!(bytes.len() > 1 << 20);
            for len in [1000, 100_000] {
                let pieces: Vec<_> = bytes.chunks(len).map(Bytes::copy_from_slice).collect();
                let body = Payload::Stream(stream::iter(pieces.into_iter().map(Ok)).boxed());
                let list = read(body, format, Arc::new(Typed::<ConfigMap>::new())).await;
                let list = list.ok().expect("a list");
                let names: Vec<&str> = list
                    .items
                    .iter()
                    .map(|m: &Arc<ConfigMap>| &*m.meta().name)
                    .collect();
                let expected: Vec<String> = (0..COUNT).map(|at| format!("m-{at}")).collect();
                assert_eq!(names, expected);
                assert_eq!(list.resource_version, "42");
            }
            // One of the items that others decode is none.
            let name = b"m-550".as_slice();
            let at = bytes.windows(name.len()).position(|part| part == name);
            let at = at.expect("the name");
            match format {
                Format::Json => bytes.splice(at - 1..at - 1, *b"x").for_each(drop),
                Format::Protobuf => bytes[at - 1] = 0xff,
            }
            let body = Payload::Stream(stream::iter([Ok(bytes.into())]).boxed());
            let decoder: Arc<dyn Decoder> = Arc::new(Typed::<ConfigMap>::new());
            let list = read(body, format, decoder).await;
            assert!(matches!(list, Err(Broken::Decode(_))));
        }
    }

    #[test]
    fn cut_anywhere() {
        for format in [Format::Json, Format::Protobuf] {
            for count in [0, 1, 20] {
                let tree = tree(count);
                let bytes = bytes(&tree, format);
                for len in [1, 2, 3, 7, 64, 1 << 20] {
                    let list = read_by(&bytes, len, format).expect("a list");
                    assert_eq!(list.resource_version, "42");
                    assert_eq!(list.continue_token.as_deref(), Some("items"));
                    assert_eq!(list.remaining, Some(5));
                    assert_eq!(list.items.len(), count);
                    for (at, item) in list.items.iter().enumerate() {
                        let map: &ConfigMap = item;
                        assert_eq!(map.meta().name, format!("m-{at}"));
                        assert_eq!(map.data["k"].len(), at * 7);
                        assert_eq!(map.data["items"], "]}\\");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_cut_short_is_no_list() {
        for format in [Format::Json, Format::Protobuf] {
            let bytes = bytes(&tree(3), format);
            for end in [0, 5, bytes.len() / 2, bytes.len() - 8] {
                assert!(read_by(&bytes[..end], 16, format).is_err(), "{end}");
            }
        }
        assert!(read_by(b"{\"items\":[1]}", 4, Format::Json).is_err());
        assert!(read_by(b"{\"items\":[[]]}", 4, Format::Json).is_err());
        assert!(read_by(b"]", 4, Format::Json).is_err());
        assert!(
            read_by(
                b"k8s\0\x12\x05\xff\xff\xff\xff\xff\xff",
                4,
                Format::Protobuf
            )
            .is_err()
        );
    }

    #[test]
    fn no_items_at_all() {
        for text in [
            "{\"items\":null}",
            "{}",
            "{\"x\":{\"items\":[{}]},\"metadata\":{}}",
        ] {
            let list = read_by(text.as_bytes(), 3, Format::Json).expect("a list");
            assert!(list.items.is_empty());
        }
    }
}
