//! The OpenAPI documents against kube-apiserver's.

use std::io::Read as _;
use std::path::Path;

use skeg_schema::resources::ResourceDesc;
use skeg_schema::{Value, openapi};

fn recorded() -> Vec<(String, Value)> {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/openapi.tar.zst");
    let file = std::fs::File::open(packed).unwrap();
    let mut archive = tar::Archive::new(zstd::Decoder::new(file).unwrap());
    let mut documents = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().into_owned();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Some(name) = name.strip_suffix(".json") else {
            continue;
        };
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        documents.push((
            name.to_owned(),
            skeg_schema::decode_json_any(&bytes).unwrap(),
        ));
    }
    documents
}

/// `apis.apps.v1` as `apis/apps/v1`.
fn path_of(name: &str) -> String {
    let (root, rest) = name.split_once('.').unwrap_or((name, ""));
    if rest.is_empty() {
        return root.to_owned();
    }
    let versioned = rest.rsplit_once('.').filter(|(_, last)| {
        last.starts_with('v') && last[1..].starts_with(|c: char| c.is_ascii_digit())
    });
    match (root, versioned) {
        ("apis", Some((group, version))) => format!("apis/{group}/{version}"),
        _ => format!("{root}/{rest}"),
    }
}

/// The same without descriptions, which are our own.
fn bare(mut value: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(members) => {
                members.retain(|key, held| key != "description" || held.as_str().is_none());
                members.iter_mut().for_each(|(_, held)| strip(held));
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut value);
    value
}

/// The first place where two trees part.
fn first_difference(got: &Value, expect: &Value) -> String {
    if let (Some(left), Some(right)) = (got.as_object(), expect.as_object()) {
        for (key, value) in right {
            match left.get(key) {
                Some(held) if held == value => {}
                Some(held) => return format!(".{key}{}", first_difference(held, value)),
                None => return format!(" lacks {key}: {value}"),
            }
        }
        for (key, value) in left {
            if right.get(key).is_none() {
                return format!(" has {key}: {value} in excess");
            }
        }
    }
    format!("\n  got    {got}\n  expect {expect}")
}

fn compare(name: &str, what: &str, got: &Value, expect: &Value, wrong: &mut Vec<String>) {
    let (Some(left), Some(right)) = (got.as_object(), expect.as_object()) else {
        wrong.push(format!("{name}: no {what}"));
        return;
    };
    for (key, value) in right {
        match left.get(key) {
            None => wrong.push(format!("{name} {what} lacks {key}")),
            Some(held) if held != value => wrong.push(format!(
                "{name} {what} {key}{}",
                first_difference(held, value)
            )),
            Some(_) => {}
        }
    }
    for (key, _) in left {
        if right.get(key).is_none() {
            wrong.push(format!("{name} {what} has {key} in excess"));
        }
    }
}

#[test]
fn documents_are_upstreams() {
    let served = |desc: &ResourceDesc| desc.served_by_default();
    let paths = openapi::v3_paths(&served);
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (name, expect) in recorded() {
        let path = path_of(&name);
        if !paths.contains(&path) {
            assert!(
                ["v2", "v3-index", "openid.v1.jwks", "."].contains(&name.as_str())
                    || name.starts_with(".well"),
                "no {path}"
            );
            continue;
        }
        compared += 1;
        let document = bare(openapi::v3_document(&path, &served).unwrap());
        compare(
            &name,
            "path",
            &document["paths"],
            &expect["paths"],
            &mut wrong,
        );
        compare(
            &name,
            "schema",
            document.at(&["components", "schemas"]).unwrap(),
            expect.at(&["components", "schemas"]).unwrap(),
            &mut wrong,
        );
    }
    // Upstream wraps a reference only where there is a description, which is not in the tables.
    wrong.retain(|line| !line.contains("JSONSchemaProps.properties.example"));
    assert!(compared > 40, "only {compared} documents");
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn definitions_of_v2_are_upstreams() {
    let served = |desc: &ResourceDesc| desc.served_by_default();
    let document = bare(openapi::v2_document(&served));
    let (_, expect) = recorded()
        .into_iter()
        .find(|(name, _)| name == "v2")
        .unwrap();
    let mut wrong = Vec::new();
    let (got, held) = (
        document["definitions"].as_object().unwrap(),
        expect["definitions"].as_object().unwrap(),
    );
    for (name, schema) in got {
        // These name also groups that are registered but not served.
        if name.ends_with("DeleteOptions") || name.ends_with("WatchEvent") {
            continue;
        }
        match held.get(name) {
            None => wrong.push(format!("{name} in excess")),
            Some(expect) if expect != schema => {
                wrong.push(format!("{name}{}", first_difference(schema, expect)))
            }
            Some(_) => {}
        }
    }
    let paths = document["paths"].as_object().unwrap();
    for (path, item) in expect["paths"].as_object().unwrap() {
        // Not of the tables.
        if path.starts_with("/.well-known")
            || path.starts_with("/openid")
            || path.starts_with("/logs")
        {
            continue;
        }
        let Some(got) = paths.get(path) else {
            wrong.push(format!("no {path}"));
            continue;
        };
        for (method, operation) in item.as_object().unwrap() {
            if method != "parameters" && got[&**method]["operationId"] != operation["operationId"] {
                wrong.push(format!(
                    "{method} {path}: {}",
                    got[&**method]["operationId"]
                ));
            }
            if method != "parameters" && got[&**method]["responses"] != operation["responses"] {
                let difference =
                    first_difference(&got[&**method]["responses"], &operation["responses"]);
                wrong.push(format!("{method} {path} answers{difference}"));
            }
        }
    }
    assert!(got.len() > 500, "only {} definitions", got.len());
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_index_names_every_document() {
    let served = |desc: &ResourceDesc| desc.served_by_default();
    let index = openapi::v3_index(&served);
    let address = index["paths"]["apis/apps/v1"]["serverRelativeURL"]
        .as_str()
        .unwrap();
    assert_eq!(
        address,
        format!(
            "/openapi/v3/apis/apps/v1?hash={}",
            openapi::v3_hash("apis/apps/v1", &served)
        )
    );
    let all = openapi::v3_hash("apis/apps/v1", &|_| true);
    assert!(!address.ends_with(&all));
    assert!(openapi::v3_document("apis/nothing/v1", &served).is_none());
}
