//! Long lists, written piece by piece while they are sent.

use bytes::Bytes;
use skeg_meta::SharedObject;
use skeg_schema::envelope::{self, Splice};

/// Bytes that a piece has at least, but for the last one.
const PIECE_LEN: usize = 64 * 1024;
/// Room for the object that makes a piece full.
const PIECE_ROOM: usize = PIECE_LEN + 16 * 1024;

/// The JSON of a list.
pub struct JsonList {
    /// Up to the items.
    head: Vec<u8>,
    /// What begins the JSON of every object, and is told once for the list.
    kind: Vec<u8>,
    items: std::vec::IntoIter<SharedObject>,
    begun: bool,
    done: bool,
}

impl JsonList {
    /// `head` ends with the bracket that opens the items; `kind` is how each
    /// of them begins: `{"kind":"Pod","apiVersion":"v1"`.
    pub fn new(head: Vec<u8>, kind: String, items: Vec<SharedObject>) -> Self {
        Self {
            head,
            kind: kind.into_bytes(),
            items: items.into_iter(),
            begun: false,
            done: false,
        }
    }
}

impl Iterator for JsonList {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if self.done {
            return None;
        }
        let mut out = std::mem::take(&mut self.head);
        while out.len() < PIECE_LEN {
            let Some(object) = self.items.next() else {
                out.extend_from_slice(b"]}\n");
                self.done = true;
                break;
            };
            if out.capacity() < PIECE_LEN {
                out.reserve_exact(PIECE_ROOM - out.len());
            }
            out.extend_from_slice(if self.begun { b",{" } else { b"{" });
            self.begun = true;
            let kind = &*self.kind;
            object.with_json(|json| {
                let rest = match json.strip_prefix(kind) {
                    Some([b',', rest @ ..] | rest) => rest,
                    None => json.get(1..).unwrap_or_default(),
                };
                out.extend_from_slice(rest);
            });
        }
        Some(Bytes::from(out))
    }
}

/// The protobuf of a list.
pub struct ProtobufList {
    head: Vec<u8>,
    items: std::vec::IntoIter<Raw>,
    done: bool,
}

/// An object without its envelope.
enum Raw {
    /// As it is.
    Whole(Bytes),
    /// A part of what is stored, its resource version to be put in.
    Stored(SharedObject),
}

impl Raw {
    fn of(object: SharedObject) -> Option<Self> {
        if object.splice().is_some() {
            return Some(Self::Stored(object));
        }
        let bytes = object.protobuf();
        let raw = envelope::unwrap(&bytes).ok()?.raw;
        Some(Self::Whole(bytes.slice_ref(raw)))
    }

    fn len(&self) -> usize {
        match self {
            Self::Whole(raw) => raw.len(),
            Self::Stored(object) => object.splice().map_or(0, Splice::len),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Whole(raw) => out.extend_from_slice(raw),
            Self::Stored(object) => object.write_spliced(out),
        }
    }
}

impl ProtobufList {
    /// `meta` is the encoded ListMeta.
    pub fn new(api_version: &str, kind: &str, meta: &[u8], items: Vec<SharedObject>) -> Self {
        let mut raw = vec![0x0a];
        varint(meta.len() as u64, &mut raw);
        raw.extend_from_slice(meta);
        let items: Vec<Raw> = items.into_iter().filter_map(Raw::of).collect();
        let rest: usize = items
            .iter()
            .map(|raw| 1 + varint_len(raw.len() as u64) + raw.len())
            .sum();
        Self {
            head: open_envelope(api_version, kind, &raw, raw.len() + rest),
            items: items.into_iter(),
            done: false,
        }
    }
}

impl Iterator for ProtobufList {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        if self.done {
            return None;
        }
        let mut out = std::mem::take(&mut self.head);
        while out.len() < PIECE_LEN {
            let Some(raw) = self.items.next() else {
                // The envelope ends with its two texts, both empty.
                out.extend_from_slice(&[0x1a, 0, 0x22, 0]);
                self.done = true;
                break;
            };
            if out.capacity() < PIECE_LEN {
                out.reserve_exact(PIECE_ROOM - out.len());
            }
            out.push(0x12);
            varint(raw.len() as u64, &mut out);
            raw.write(&mut out);
        }
        Some(Bytes::from(out))
    }
}

/// The beginning of an envelope around `len` bytes of which `raw` are the
/// first.
fn open_envelope(api_version: &str, kind: &str, raw: &[u8], len: usize) -> Vec<u8> {
    let mut meta = Vec::with_capacity(api_version.len() + kind.len() + 8);
    for (tag, text) in [(0x0a, api_version), (0x12, kind)] {
        meta.push(tag);
        varint(text.len() as u64, &mut meta);
        meta.extend_from_slice(text.as_bytes());
    }
    let mut out = Vec::with_capacity(PIECE_ROOM.min(len + meta.len() + 32));
    out.extend_from_slice(b"k8s\0\x0a");
    varint(meta.len() as u64, &mut out);
    out.extend_from_slice(&meta);
    out.push(0x12);
    varint(len as u64, &mut out);
    out.extend_from_slice(raw);
    out
}

/// Appends a number as protobuf writes it.
pub fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push((number as u8) | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn varint_len(number: u64) -> usize {
    (64 - (number | 1).leading_zeros() as usize).div_ceil(7)
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_schema::{TypeId, decode_protobuf, json};

    fn maps(count: usize) -> Vec<SharedObject> {
        let ty = TypeId::by_gvk("", "v1", "ConfigMap").expect("kind");
        (0..count)
            .map(|at| {
                let tree = json!({"kind": "ConfigMap", "apiVersion": "v1",
                    "metadata": {"name": (format!("m{at}"))}, "data": {"k": ("x".repeat(1000))}});
                SharedObject::from_value(tree, ty, 7)
            })
            .collect()
    }

    #[test]
    fn json_in_pieces() {
        for count in [0, 1, 200] {
            let head = b"{\"kind\":\"ConfigMapList\",\"items\":[".to_vec();
            let kind = "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\"".to_owned();
            let pieces: Vec<Bytes> = JsonList::new(head, kind, maps(count)).collect();
            assert_eq!(pieces.len() > 2, count == 200);
            let tree = skeg_schema::decode_json_any(&pieces.concat()).expect("JSON");
            let items = tree["items"].as_array().expect("a list");
            assert_eq!(items.len(), count);
            assert!(items.iter().all(|item| item.get("kind").is_none()));
        }
    }

    #[test]
    fn protobuf_in_pieces() {
        let ty = TypeId::by_gvk("", "v1", "ConfigMapList").expect("kind");
        for count in [0, 1, 200] {
            let bytes = ProtobufList::new("v1", "ConfigMapList", b"", maps(count))
                .collect::<Vec<_>>()
                .concat();
            let unknown = envelope::unwrap(&bytes).expect("an envelope");
            assert_eq!((unknown.api_version, unknown.kind), ("v1", "ConfigMapList"));
            let tree = decode_protobuf(unknown.raw, ty).expect("a list");
            assert_eq!(tree["items"].as_array().map_or(0, Vec::len), count);
        }
    }

    #[test]
    fn lengths_of_numbers() {
        for number in [0, 1, 127, 128, 16_383, 16_384, u64::MAX] {
            let mut out = Vec::new();
            varint(number, &mut out);
            assert_eq!(varint_len(number), out.len(), "{number}");
        }
    }
}
