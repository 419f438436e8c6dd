//! Documents of OpenAPI in protobuf: the messages of gnostic, which has one set of
//! them for each version of OpenAPI.

pub mod v2;
pub mod v3;

use skeg_schema::{Object, Value};

/// The key and length of a nested message.
pub fn head(number: u32, len: usize, out: &mut Vec<u8>) {
    varint(u64::from(number << 3 | 2), out);
    varint(len as u64, out);
}

/// A message that is being written.
#[derive(Default)]
struct Message(Vec<u8>);

fn varint(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push((number as u8) | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

impl Message {
    fn bytes(&mut self, number: u32, bytes: &[u8]) {
        varint(u64::from(number << 3 | 2), &mut self.0);
        varint(bytes.len() as u64, &mut self.0);
        self.0.extend_from_slice(bytes);
    }

    fn message(&mut self, number: u32, message: Message) {
        self.bytes(number, &message.0);
    }

    /// A text, if it is there.
    fn text(&mut self, number: u32, value: Option<&Value>) {
        if let Some(text) = value.and_then(Value::as_str) {
            self.bytes(number, text.as_bytes());
        }
    }

    fn texts(&mut self, number: u32, value: Option<&Value>) {
        for item in value.and_then(Value::as_array).into_iter().flatten() {
            self.text(number, Some(item));
        }
    }

    fn flag(&mut self, number: u32, value: Option<&Value>) {
        if value.and_then(Value::as_bool) == Some(true) {
            varint(u64::from(number << 3), &mut self.0);
            self.0.push(1);
        }
    }

    /// A flag that says something also where it is false.
    fn present_flag(&mut self, number: u32, value: bool) {
        varint(u64::from(number << 3), &mut self.0);
        self.0.push(u8::from(value));
    }

    /// A floating-point number, if it is there.
    fn number(&mut self, number: u32, value: Option<&Value>) {
        if let Some(value) = value.and_then(Value::as_f64) {
            varint(u64::from(number << 3 | 1), &mut self.0);
            self.0.extend_from_slice(&value.to_bits().to_le_bytes());
        }
    }

    /// A whole number, if it is there.
    fn count(&mut self, number: u32, value: Option<&Value>) {
        if let Some(value) = value.and_then(Value::as_i64) {
            varint(u64::from(number << 3), &mut self.0);
            varint(value as u64, &mut self.0);
        }
    }

    /// Any value, as YAML.
    fn any(&mut self, number: u32, value: Option<&Value>) {
        if let Some(value) = value {
            self.message(number, any(value));
        }
    }

    /// A pair of a map: its name and the message of its value.
    fn named(&mut self, number: u32, name: &str, value: Message) {
        let mut pair = Message::default();
        pair.bytes(1, name.as_bytes());
        pair.message(2, value);
        self.message(number, pair);
    }

    /// What begins with `x-`.
    fn extensions(&mut self, number: u32, object: &Object) {
        for (name, value) in object.iter().filter(|(name, _)| name.starts_with("x-")) {
            self.named(number, name, any(value));
        }
    }
}

fn any(value: &Value) -> Message {
    let mut out = Message::default();
    out.bytes(2, skeg_schema::encode_yaml(value).as_bytes());
    out
}

fn objects(object: &Object) -> impl Iterator<Item = (&str, &Object)> {
    object
        .iter()
        .filter_map(|(name, value)| Some((&**name, value.as_object()?)))
}

fn members(value: Option<&Value>) -> impl Iterator<Item = (&str, &Object)> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(objects)
}

fn security_requirement(requirement: &Value) -> Message {
    let mut out = Message::default();
    for (name, scopes) in requirement.as_object().into_iter().flat_map(Object::iter) {
        let mut list = Message::default();
        list.texts(1, Some(scopes));
        out.named(1, name, list);
    }
    out
}
