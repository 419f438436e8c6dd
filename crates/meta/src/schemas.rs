//! Structural schemas of the types that the tables do not have as messages.

use skeg_schema::structural::{JsonSchema, Seen, build};
use skeg_schema::{Value, json};

use crate::{Duration, FieldsV1, IntOrString, MicroTime, Time};

macro_rules! schemas {
    ($($ty:ty => $schema:expr;)*) => {$(
        impl JsonSchema for $ty {
            fn json_schema(_: &mut Seen) -> Value {
                $schema
            }
        }
    )*};
}

schemas! {
    Time => json!({"type": "string", "format": "date-time"});
    MicroTime => json!({"type": "string", "format": "date-time"});
    Duration => json!({"type": "string"});
    IntOrString => build::int_or_string();
    FieldsV1 => build::any_object();
}
