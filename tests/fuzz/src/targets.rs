//! What is fed with bad bytes.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use skeg_cel::{Activation, DeclType, Env, EnvOptions, Val, limits};
use skeg_client::Kubeconfig;
use skeg_meta::{ContinueToken, MicroTime, Quantity, Time, fields, labels};
use skeg_schema::{
    DecodeOptions, TypeId, decode_json, decode_json_any, decode_protobuf, decode_yaml,
    decode_yaml_documents, encode_json, encode_protobuf, encode_yaml, envelope,
};

use crate::server;

/// An input that says the same thing over and over.
pub struct Pattern {
    pub opening: &'static str,
    pub repeated: &'static str,
    pub closing: &'static str,
}

/// Something that takes bytes.
pub struct Target {
    pub name: &'static str,
    /// Takes them; an error is a broken promise, not a refusal of the input.
    pub run: fn(&[u8]) -> Result<(), String>,
    pub patterns: &'static [Pattern],
    seeds: Vec<Vec<u8>>,
}

impl Target {
    /// The files of its corpus.
    pub fn seeds(&self) -> &[Vec<u8>] {
        &self.seeds
    }
}

const fn repeat(opening: &'static str, repeated: &'static str, closing: &'static str) -> Pattern {
    Pattern {
        opening,
        repeated,
        closing,
    }
}

const JSON: &[Pattern] = &[
    repeat("", "[", ""),
    repeat("", "{\"a\":", ""),
    repeat("[0", ",0", "]"),
    repeat("{\"a\":0", ",\"a\":0", "}"),
    repeat("{\"spec\":{\"containers\":[{}", ",{}", "]}}"),
    repeat("\"", "\\u00e9", "\""),
    repeat("", "9", ""),
];

const YAML: &[Pattern] = &[
    repeat("", "[", ""),
    repeat("", "- ", ""),
    repeat("", "a: 1\n", ""),
    repeat("a: &a [x]\nb: [*a", ", *a", "]\n"),
    repeat("", "---\n", ""),
    repeat("a: |\n", "  x\n", ""),
    repeat("a: \"", "\\n", "\"\n"),
    repeat("", "? ", ""),
    repeat("", "!!str ", ""),
    repeat("", "{a: ", ""),
    repeat("", "#\n", ""),
];

const SELECTORS: &[Pattern] = &[
    repeat("a", ",a", ""),
    repeat("a in (b", ",b", ")"),
    repeat("a=b", ",a=b", ""),
    repeat("", "!", ""),
    repeat("", "(", ""),
];

type Row = (
    &'static str,
    fn(&[u8]) -> Result<(), String>,
    &'static [Pattern],
);

/// All there are.
const TARGETS: &[Row] = &[
    ("json", json, JSON),
    ("yaml", yaml, YAML),
    (
        "protobuf",
        protobuf,
        &[repeat("", "\n\0", ""), repeat("", "\u{8}\u{7f}", "")],
    ),
    ("label-selector", label_selector, SELECTORS),
    ("field-selector", field_selector, SELECTORS),
    ("continue-token", continue_token, &[repeat("", "e", "")]),
    (
        "scalars",
        scalars,
        &[
            repeat("", "9", ""),
            repeat("0.", "0", "1"),
            repeat("1e", "9", ""),
        ],
    ),
    (
        "cel",
        cel,
        &[
            repeat("", "(", ""),
            repeat("1", "+1", ""),
            repeat("", "!", "true"),
            repeat("self", ".a", ""),
            repeat("[", "1,", "1]"),
            repeat("true", " || true", ""),
            repeat("true ? ", "true ? 1 : ", "2"),
            repeat("\"", "\\u00e9", "\""),
        ],
    ),
    (
        "kubeconfig",
        kubeconfig,
        &[repeat("clusters:\n", "- name: a\n", "")],
    ),
    (
        "json-patch",
        server::json_patch,
        &[
            repeat(
                "[",
                "{\"op\":\"add\",\"path\":\"/data/a\",\"value\":\"b\"},",
                "{}]",
            ),
            repeat("[{\"op\":\"add\",\"path\":\"", "/data", "\",\"value\":1}]"),
        ],
    ),
    ("merge-patch", server::merge_patch, JSON),
    (
        "strategic-patch",
        server::strategic_patch,
        &[
            repeat(
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"c\"}",
                ",{\"name\":\"c\"}",
                "]}}}}",
            ),
            repeat(
                "{\"spec\":{\"template\":{\"spec\":{\"$setElementOrder/containers\":[{\"name\":\"c\"}",
                ",{\"name\":\"c\"}",
                "]}}}}",
            ),
        ],
    ),
    ("apply-patch", server::apply_patch, YAML),
    (
        "field-sets",
        server::field_sets,
        &[repeat("{\"f:data\":{\"f:a\":{}", ",\"f:a\":{}", "}}")],
    ),
    ("custom-resource-definition", server::definition, JSON),
];

/// All there are, with their corpora.
pub fn all() -> Result<Vec<Target>> {
    TARGETS
        .iter()
        .map(|&(name, run, patterns)| {
            Ok(Target {
                name,
                run,
                patterns,
                seeds: seeds(name)?,
            })
        })
        .collect()
}

/// The folder of corpora in the repository.
fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn seeds(name: &str) -> Result<Vec<Vec<u8>>> {
    let folder = corpora().join(name);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .with_context(|| format!("read {}", folder.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    // The same seed makes the same run, whatever order the folder is read in.
    files.sort();
    ensure!(!files.is_empty(), "{} is empty", folder.display());
    files
        .iter()
        .map(|file| std::fs::read(file).with_context(|| format!("read {}", file.display())))
        .collect()
}

/// A type that the input chooses by its own bytes, so that all have their turn.
fn chosen_type(input: &[u8]) -> TypeId {
    let sum = input.iter().fold(0usize, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(*byte as usize)
    });
    let all: Vec<TypeId> = TypeId::all().collect();
    all[sum % all.len()]
}

/// The type that a body names, else one of all.
fn named_type(value: &skeg_schema::Value, input: &[u8]) -> TypeId {
    let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let api_version = text("apiVersion");
    let (group, version) = api_version
        .split_once('/')
        .unwrap_or(("", api_version.as_str()));
    TypeId::by_gvk(group, version, &text("kind")).unwrap_or_else(|| chosen_type(input))
}

/// What was decoded can be encoded, in both forms, and is then the same.
fn comes_back(value: &skeg_schema::Value, ty: TypeId) -> Result<(), String> {
    let mut json = Vec::new();
    encode_json(value, ty, &mut json);
    let again = decode_json(&json, ty, &DecodeOptions::default())
        .map_err(|error| format!("our own JSON is refused: {error}"))?;
    let mut first = Vec::new();
    encode_protobuf(value, ty, &mut first);
    let mut second = Vec::new();
    encode_protobuf(&again.value, ty, &mut second);
    if first != second {
        return Err(format!(
            "{} changes on its way through JSON",
            ty.desc().name
        ));
    }
    decode_protobuf(&first, ty)
        .map(drop)
        .map_err(|error| format!("our own protobuf is refused: {error}"))
}

fn json(input: &[u8]) -> Result<(), String> {
    let any = decode_json_any(input);
    let ty = match &any {
        Ok(value) => named_type(value, input),
        Err(_) => chosen_type(input),
    };
    match decode_json(input, ty, &DecodeOptions::strict()) {
        Ok(decoded) => comes_back(&decoded.value, ty),
        Err(_) => Ok(()),
    }
}

fn yaml(input: &[u8]) -> Result<(), String> {
    if let Ok(documents) = decode_yaml_documents(input) {
        for document in documents {
            let text = encode_yaml(&document);
            let again = decode_yaml_documents(text.as_bytes())
                .map_err(|error| format!("our own YAML is refused: {error}"))?;
            // NaN is not itself.
            if !text.contains(".nan") && again.len() == 1 && again[0] != document {
                return Err(format!("a document changes on its way: {text}"));
            }
        }
    }
    drop(decode_yaml(
        input,
        Some(chosen_type(input)),
        &DecodeOptions::strict(),
    ));
    Ok(())
}

fn protobuf(input: &[u8]) -> Result<(), String> {
    let (ty, raw) = match envelope::unwrap(input) {
        Ok(unknown) => {
            let api_version = unknown.api_version;
            let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
            let ty =
                TypeId::by_gvk(group, version, unknown.kind).unwrap_or_else(|| chosen_type(input));
            (ty, unknown.raw.to_vec())
        }
        Err(_) => (chosen_type(input), input.to_vec()),
    };
    if let Ok(value) = decode_protobuf(&raw, ty) {
        let mut json = Vec::new();
        encode_json(&value, ty, &mut json);
        let mut bytes = Vec::new();
        encode_protobuf(&value, ty, &mut bytes);
        decode_protobuf(&bytes, ty).map_err(|error| format!("our own bytes: {error}"))?;
    }
    Ok(())
}

fn label_selector(input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    if let Ok(selector) = labels::Selector::parse(&text) {
        let shown = selector.to_string();
        let again = labels::Selector::parse(&shown).map_err(|error| format!("{shown}: {error}"))?;
        if again.to_string() != shown {
            return Err(format!("{shown} becomes {again}"));
        }
    }
    Ok(())
}

fn field_selector(input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    if let Ok(selector) = fields::Selector::parse(&text) {
        selector.matches(|field| field.to_owned());
    }
    Ok(())
}

fn continue_token(input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    if let Ok(token) = ContinueToken::decode(&text) {
        ContinueToken::decode(&token.encode()).map_err(|error| format!("our own: {error}"))?;
    }
    Ok(())
}

fn scalars(input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    if let Ok(quantity) = text.parse::<Quantity>() {
        let shown = quantity.to_string();
        shown
            .parse::<Quantity>()
            .map_err(|error| format!("{shown}: {error}"))?;
    }
    drop(text.parse::<Time>());
    drop(text.parse::<MicroTime>());
    drop(text.parse::<skeg_meta::Duration>());
    Ok(())
}

/// An expression: parsed, checked, estimated, and evaluated within a budget.
fn cel(input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    let env = Env::new(EnvOptions::stored()).declare("self", DeclType::dynamic());
    let Ok(program) = env.compile(&text) else {
        return Ok(());
    };
    let value = skeg_schema::json!({"a": 1, "b": "x", "c": [1, 2, 3], "d": {"e": null}});
    let activation = Activation::new().with("self", Val::tree(&value, None));
    let estimate = program.estimate();
    if estimate.min > estimate.max {
        return Err("it is estimated to cost more than at most".to_owned());
    }
    drop(program.eval(&activation, limits::PER_CALL));
    Ok(())
}

fn kubeconfig(input: &[u8]) -> Result<(), String> {
    if let Ok(config) = Kubeconfig::parse(input, Path::new("/nowhere")) {
        drop(config.config(None));
    }
    Ok(())
}
