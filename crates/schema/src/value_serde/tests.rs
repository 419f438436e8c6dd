//! There and back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::*;
use crate::json;

#[derive(Debug, Serialize, Deserialize, PartialEq)]
enum Shape {
    Dot,
    Circle(f64),
    Rect { w: u32, h: u32 },
    Line(i8, i8),
}

#[derive(Debug, Serialize, Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "camelCase")]
enum Tagged {
    File { path: String },
    Nothing,
}

#[derive(Debug, Serialize, Deserialize, PartialEq)]
#[serde(rename_all = "camelCase")]
struct Everything {
    shapes: Vec<Shape>,
    tagged: Vec<Tagged>,
    by_number: BTreeMap<u16, bool>,
    pair: (String, Option<i64>),
    letter: char,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
    unit: (),
}

fn everything() -> Everything {
    Everything {
        shapes: vec![
            Shape::Dot,
            Shape::Circle(1.5),
            Shape::Rect { w: 1, h: 2 },
            Shape::Line(-1, 1),
        ],
        tagged: vec![
            Tagged::File {
                path: "/a".to_owned(),
            },
            Tagged::Nothing,
        ],
        by_number: BTreeMap::from([(80, true)]),
        pair: ("a".to_owned(), None),
        letter: 'ß',
        rest: BTreeMap::from([("more".to_owned(), json!({"a": [1, 2.5, null]}))]),
        unit: (),
    }
}

#[test]
fn structs_become_trees_and_structs_again() {
    let tree = serialize_value(&everything()).expect("a tree");
    assert_eq!(
        tree,
        json!({
            "shapes": ["Dot", {"Circle": 1.5}, {"Rect": {"w": 1, "h": 2}}, {"Line": [-1, 1]}],
            "tagged": [{"kind": "file", "path": "/a"}, {"kind": "nothing"}],
            "byNumber": {"80": true}, "pair": ["a", null], "letter": "ß",
            "more": {"a": [1, 2.5, null]}, "unit": null,
        })
    );
    // The same as by way of text.
    let text: Value = serde_json::to_value(everything()).expect("JSON").into();
    assert_eq!(text, tree);
    assert_eq!(
        deserialize_value::<Everything>(tree).expect("a struct"),
        everything()
    );
}

#[test]
fn errors_name_the_field() {
    fn check<T: DeserializeOwned + fmt::Debug>(tree: Value, expect: &str) {
        let error = deserialize_value::<T>(tree).expect_err("does not fit");
        assert_eq!(error.to_string(), expect);
    }
    check::<BTreeMap<String, Vec<Shape>>>(
        json!({"a": ["Dot", {"Rect": {"w": "x", "h": 2}}]}),
        "a[1].Rect.w: invalid type: string \"x\", expected u32",
    );
    check::<Vec<Shape>>(
        json!(["Oval"]),
        "[0]: unknown variant `Oval`, expected one of `Dot`, `Circle`, `Rect`, `Line`",
    );
    check::<Vec<Shape>>(
        json!([3]),
        "[0]: invalid type: integer `3`, expected a name, or an object with one member",
    );
    check::<(i32, i32)>(json!([1, 2, 3]), "1 items too many");
    check::<Vec<Shape>>(
        json!([{"Dot": 1}]),
        "[0].Dot: invalid type: integer `1`, expected no data",
    );
    let maps = BTreeMap::from([(vec![1], 1)]);
    assert_eq!(
        serialize_value(&maps).expect_err("no such key").to_string(),
        "the key of a map must be a text"
    );
}

#[test]
fn numbers_beyond_the_tree_become_floats() {
    assert_eq!(
        serialize_value(&u64::MAX),
        Ok(Value::Float(u64::MAX as f64))
    );
    assert_eq!(serialize_value(&f64::NAN), Ok(Value::Null));
    assert_eq!(deserialize_value::<f64>(json!(3)), Ok(3.0));
}
