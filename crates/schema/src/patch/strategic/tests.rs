use super::*;
use crate::json;

#[derive(Clone, Copy)]
enum Toy {
    Root,
    Item,
}

impl PatchSchema for Toy {
    fn field(&self, name: &str) -> Option<FieldMeta<Toy>> {
        let meta = |merge, merge_key, inner| {
            Some(FieldMeta {
                merge,
                replace: name == "whole",
                merge_key,
                retain_keys: false,
                inner,
            })
        };
        match (self, name) {
            (Toy::Root, "items") => meta(true, "name", Some(Toy::Item)),
            (Toy::Root, "set") => meta(true, "", None),
            (Toy::Root, "plain" | "whole") => meta(false, "", None),
            (Toy::Item, "ports") => meta(true, "port", Some(Toy::Item)),
            _ => None,
        }
    }
}

fn check(original: Value, patch: Value, expect: std::result::Result<Value, &str>) {
    let got = apply(original, patch.clone(), Toy::Root).map_err(|e| e.to_string());
    assert_eq!(got, expect.map_err(str::to_owned), "{patch}");
}

fn items() -> Value {
    json!({"items": [{"name": "a", "v": 1}, {"name": "b", "v": 2}]})
}

#[test]
fn lists_merge_by_key() {
    check(
        items(),
        json!({"items": [{"name": "b", "v": 9}]}),
        Ok(json!({"items": [{"name": "a", "v": 1}, {"name": "b", "v": 9}]})),
    );
    check(
        items(),
        json!({"items": [{"name": "c"}]}),
        Ok(json!({"items": [{"name": "c"}, {"name": "a", "v": 1}, {"name": "b", "v": 2}]})),
    );
    check(
        items(),
        json!({"items": [{"name": "b", "$patch": "delete"}]}),
        Ok(json!({"items": [{"name": "a", "v": 1}]})),
    );
    check(
        items(),
        json!({"items": [{"$patch": "replace"}, {"name": "z"}]}),
        Ok(json!({"items": [{"name": "z"}]})),
    );
    check(items(), json!({"items": []}), Ok(items()));
    for (order, ty) in [
        (json!(null), "%!s(<nil>)"),
        (json!({}), "map[string]interface {}"),
        (json!(5), "int64"),
    ] {
        let mut patch = Value::object();
        patch.set_at(&["$setElementOrder/items"], order);
        let words = format!("expected a []interface {{}}, but received a {ty}");
        check(items(), patch, Err(&words));
    }
    check(
        items(),
        json!({"items": [{"v": 7}]}),
        Err("map: map[v:7] does not contain declared merge key: name"),
    );
}

#[test]
fn scalars_merge_as_sets() {
    let doc = || json!({"set": ["x", "y"]});
    check(
        doc(),
        json!({"set": ["z"]}),
        Ok(json!({"set": ["z", "x", "y"]})),
    );
    check(doc(), json!({"set": ["x"]}), Ok(doc()));
    check(
        doc(),
        json!({"$deleteFromPrimitiveList/set": ["y"]}),
        Ok(json!({"set": ["x"]})),
    );
    check(
        doc(),
        json!({"$setElementOrder/set": ["z", "y", "x"], "set": ["z"]}),
        Ok(json!({"set": ["z", "y", "x"]})),
    );
    check(
        doc(),
        json!({"$setElementOrder/set": ["q"], "set": ["p"]}),
        Err("The order in patch list:\n[p]\n doesn't match $setElementOrder list:\n[q]\n"),
    );
}

#[test]
fn directives_in_maps() {
    let doc = || json!({"m": {"a": 1, "b": 2}, "plain": [1, 2]});
    check(
        doc(),
        json!({"m": {"$patch": "replace", "c": 3}}),
        Ok(json!({"m": {"c": 3}, "plain": [1, 2]})),
    );
    check(
        doc(),
        json!({"m": {"$retainKeys": ["a"], "a": 5}}),
        Ok(json!({"m": {"a": 5}, "plain": [1, 2]})),
    );
    check(
        doc(),
        json!({"m": {"$retainKeys": ["a"], "b": 5}}),
        Err("invalid patch format of retainKeys"),
    );
    check(
        doc(),
        json!({"m": {"$patch": "frob"}}),
        Err("unknown patch type: frob in map: map[$patch:frob]"),
    );
    check(
        doc(),
        json!({"plain": [3], "m": null}),
        Ok(json!({"plain": [3]})),
    );
    check(
        json!({"whole": {"a": 1}}),
        json!({"whole": {"b": 2}}),
        Ok(json!({"whole": {"b": 2}})),
    );
}

#[test]
fn lists_of_one_type() {
    check(
        json!({"set": ["a", "b"]}),
        json!({"set": [{}]}),
        Err("list element types are not identical: [[a b] [map[]]]"),
    );
    check(
        json!({"set": ["a"]}),
        json!({"$deleteFromPrimitiveList/set": [null]}),
        Err("list element types are not identical: [[a] [<nil>]]"),
    );
    check(
        json!({"whole": {}, "items": [{"name": "a"}]}),
        json!({"items": [{"name": "a", "$patch": 1}]}),
        Err("unknown patch type: %!s(int64=1) in map: map[$patch:1 name:a]"),
    );
}

#[test]
fn order_directive_reorders() {
    check(
        items(),
        json!({"$setElementOrder/items": [{"name": "b"}, {"name": "a"}]}),
        Ok(json!({"items": [{"name": "b", "v": 2}, {"name": "a", "v": 1}]})),
    );
}

#[test]
fn a_replaced_list_keeps_the_order_of_the_patch() {
    check(
        items(),
        json!({"items": [{"name": "b", "v": 3}, {"name": "a"}, {"$patch": "replace"}]}),
        Ok(json!({"items": [{"name": "b", "v": 3}, {"name": "a"}]})),
    );
}

#[test]
fn an_empty_order_names_none() {
    check(
        items(),
        json!({"$setElementOrder/items": [], "items": [{"name": "c"}, {"name": "d"}]}),
        Ok(
            json!({"items": [{"name": "a", "v": 1}, {"name": "b", "v": 2}, {"name": "d"}, {"name": "c"}]}),
        ),
    );
    check(
        json!({"set": []}),
        json!({"$setElementOrder/set": ["a"], "set": []}),
        Err("no elements in any of the given slices"),
    );
    check(
        items(),
        json!({"$setElementOrder/items": [{"name": "a"}], "items": [{"v": 1}]}),
        Err("map: map[v:1] does not contain declared merge key: name"),
    );
    check(
        json!({"plain": [{"a": 1}]}),
        json!({"$setElementOrder/plain": [], "plain": []}),
        Err("map: map[a:1] does not contain declared merge key: "),
    );
    check(
        items(),
        json!({"$setElementOrder/items": [{"name": "a"}, []]}),
        Err("value for key 1 is not a map"),
    );
    check(
        json!({"set": ["a"]}),
        json!({"set": [["a"]]}),
        Err("list element types are not identical: [[a] [[a]]]"),
    );
    check(
        json!({"set": []}),
        json!({"set": [["a"]]}),
        Err("lists of lists are not supported"),
    );
}

#[test]
fn what_is_taken_over() {
    // Where there was nothing, nulls and whatever has a directive are left out.
    check(
        json!({}),
        json!({"a": {"$patch": "merge", "b": 1}, "c": {"d": null, "e": [{"$patch": "replace", "f": 1}, {"g": null}]}}),
        Ok(json!({"c": {"e": [{}]}})),
    );
    // New elements of a list, and what is replaced, come as they were sent.
    check(
        items(),
        json!({"items": [{"name": null, "v": 1}]}),
        Ok(
            json!({"items": [{"name": null, "v": 1}, {"name": "a", "v": 1}, {"name": "b", "v": 2}]}),
        ),
    );
    check(
        json!({"whole": {"a": 1}}),
        json!({"whole": {"$patch": "delete", "b": 2}}),
        Ok(json!({"whole": {"$patch": "delete", "b": 2}})),
    );
}
