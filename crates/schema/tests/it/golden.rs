//! Every registered kind, filled, empty and sparse, as upstream's serializers
//! of Kubernetes 1.37.1 wrote it: both encodings must come out byte for byte.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::OnceLock;

use skeg_schema::{
    DecodeOptions, TypeId, decode_json, decode_protobuf, encode_json, encode_protobuf, envelope,
    protobuf_to_json,
};

/// One object in both encodings.
#[derive(Clone, Default)]
pub struct Pair {
    pub json: Vec<u8>,
    pub proto: Vec<u8>,
}

/// All pairs by name: `apps.v1.Deployment`, `core.v1.Pod.zero`.
pub fn pairs() -> &'static BTreeMap<String, Pair> {
    static PAIRS: OnceLock<BTreeMap<String, Pair>> = OnceLock::new();
    PAIRS.get_or_init(|| {
        let packed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/data/golden.tar.zst");
        let file = std::fs::File::open(&packed)
            .unwrap_or_else(|error| panic!("{}: {error}", packed.display()));
        let mut archive = tar::Archive::new(zstd::Decoder::new(file).unwrap());
        let mut pairs: BTreeMap<String, Pair> = BTreeMap::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let path = entry.path().unwrap().into_owned();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            if let Some(name) = name.strip_suffix(".json") {
                pairs.entry(name.to_owned()).or_default().json = compact(&bytes);
            } else if let Some(name) = name.strip_suffix(".pb") {
                pairs.entry(name.to_owned()).or_default().proto = bytes;
            }
        }
        assert!(pairs.len() > 400, "only {} pairs", pairs.len());
        pairs
    })
}

/// Takes out the white space between tokens.
fn compact(pretty: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pretty.len());
    let (mut inside, mut escaped) = (false, false);
    for &byte in pretty {
        if inside {
            out.push(byte);
            inside = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if !byte.is_ascii_whitespace() {
            out.push(byte);
            inside = byte == b'"';
        }
    }
    out
}

/// The type of a pair, from its name: `apps.v1.Deployment`, `core.v1.Pod.zero`.
pub fn type_of(name: &str) -> TypeId {
    let bare = name.trim_end_matches(".zero").trim_end_matches(".sparse");
    let (group_version, kind) = bare.rsplit_once('.').unwrap();
    let (group, version) = group_version.rsplit_once('.').unwrap();
    let group = if group == "core" { "" } else { group };
    TypeId::by_gvk(group, version, kind).unwrap_or_else(|| panic!("no type for {name}"))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Where two texts part.
fn difference(name: &str, what: &str, got: &[u8], expect: &[u8]) -> Option<String> {
    if got == expect {
        return None;
    }
    let at = got.iter().zip(expect).take_while(|(a, b)| a == b).count();
    let from = at.saturating_sub(60);
    let cut = |bytes: &[u8]| lossy(&bytes[from.min(bytes.len())..(at + 60).min(bytes.len())]);
    Some(format!(
        "{name} {what} at {at}:\n  got    …{}\n  expect …{}",
        cut(got),
        cut(expect)
    ))
}

/// Sparse objects lose nulls of times and raw values when they are read from
/// JSON, upstream too; so does the filled CustomResourceDefinition.
fn changes_on_the_way(name: &str) -> bool {
    name.ends_with(".sparse") || name.contains("CustomResourceDefinition")
}

#[test]
fn protobuf_to_json_and_back() {
    let mut wrong = Vec::new();
    for (name, pair) in pairs() {
        if pair.proto.is_empty() {
            continue;
        }
        let ty = type_of(name);
        let unknown = envelope::unwrap(&pair.proto).unwrap();
        let value = match decode_protobuf(unknown.raw, ty) {
            Ok(value) => value,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        let mut json = Vec::new();
        encode_json(&value, ty, &mut json);
        wrong.extend(difference(name, "protobuf to JSON", &json, &pair.json));
        let type_meta = Some((unknown.api_version, unknown.kind));
        let mut straight = Vec::new();
        protobuf_to_json(unknown.raw, ty, type_meta, &mut straight).unwrap();
        wrong.extend(difference(
            name,
            "protobuf straight to JSON",
            &straight,
            &pair.json,
        ));
        let mut proto = Vec::new();
        encode_protobuf(&value, ty, &mut proto);
        let whole = envelope::wrap(unknown.api_version, unknown.kind, &proto);
        wrong.extend(difference(
            name,
            "protobuf to protobuf",
            &whole,
            &pair.proto,
        ));
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn json_to_protobuf_and_back() {
    let mut wrong = Vec::new();
    for (name, pair) in pairs() {
        let ty = type_of(name);
        let decoded = match decode_json(&pair.json, ty, &DecodeOptions::strict()) {
            Ok(decoded) => decoded,
            Err(error) => {
                wrong.push(format!("{name}: {error}"));
                continue;
            }
        };
        if !decoded.complaints.is_empty() {
            wrong.push(format!("{name}: {:?}", decoded.complaints));
        }
        if changes_on_the_way(name) {
            continue;
        }
        let mut json = Vec::new();
        encode_json(&decoded.value, ty, &mut json);
        wrong.extend(difference(name, "JSON to JSON", &json, &pair.json));
        if pair.proto.is_empty() {
            continue;
        }
        let mut proto = Vec::new();
        encode_protobuf(&decoded.value, ty, &mut proto);
        let unknown = envelope::unwrap(&pair.proto).unwrap();
        wrong.extend(difference(name, "JSON to protobuf", &proto, unknown.raw));
        assert_eq!(
            decode_protobuf(unknown.raw, ty).as_ref(),
            Ok(&decoded.value),
            "{name}: the trees differ"
        );
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn filled_trees_are_what_json_shows() {
    for (name, pair) in pairs() {
        if changes_on_the_way(name) {
            continue;
        }
        let ty = type_of(name);
        let mut value = decode_json(&pair.json, ty, &DecodeOptions::default())
            .unwrap()
            .value;
        skeg_schema::fill(&mut value, ty);
        let mut json = Vec::new();
        skeg_schema::encode_json_any(&value, &mut json);
        if let Some(difference) = difference(name, "filled", &json, &pair.json) {
            // Maps are sorted only by the encoder that knows of them.
            let (left, right) = (
                skeg_schema::decode_json_any(&json),
                skeg_schema::decode_json_any(&pair.json),
            );
            assert_eq!(left, right, "{difference}");
        }
    }
}
