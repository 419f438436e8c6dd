//! The facts as they are read, and what follows from them.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

/// A type as the facts describe it.
#[derive(Deserialize)]
pub(super) struct RawType {
    pub group: String,
    pub version: String,
    #[serde(rename = "apiGroup", default)]
    pub api_group: String,
    pub name: String,
    #[serde(default)]
    pub root: bool,
    #[serde(rename = "registeredAsOption", default)]
    pub option: bool,
    #[serde(default)]
    pub protobuf: String,
    pub alias: Option<String>,
    #[serde(default)]
    pub values: Vec<serde_json::Value>,
    #[serde(default)]
    pub markers: Vec<String>,
    pub fields: Option<Vec<RawField>>,
}

/// A field as the facts describe it.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "camelCase")]
pub(super) struct RawField {
    pub go: String,
    pub json: Option<String>,
    #[serde(default)]
    pub inline: bool,
    #[serde(default)]
    pub omit: String,
    #[serde(default)]
    pub pb: u32,
    #[serde(rename = "type")]
    pub ty: String,
    #[serde(default)]
    pub patch_strategy: String,
    #[serde(default)]
    pub patch_merge_key: String,
    #[serde(default)]
    pub markers: Vec<String>,
}

/// The type of a field, worked out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Ty {
    Scalar(&'static str),
    Message(usize),
    List(Box<Ty>),
    Map(Box<Ty>),
}

/// A field with inlined structs put in their place.
#[derive(Clone)]
pub(super) struct Field {
    pub raw: RawField,
    pub json: String,
    pub ty: Ty,
    pub go_type: String,
    pub pointer: bool,
    pub enum_values: Vec<String>,
    /// Whether the named type of the field says it is atomic.
    pub type_meta: bool,
}

/// A message's protobuf layout.
pub(super) enum Wire {
    Field(u32, usize),
    Embed(u32, Vec<Wire>),
}

/// A message type.
pub(super) struct Message {
    pub name: String,
    pub raw: usize,
    pub fields: Vec<Field>,
    pub wire: Vec<Wire>,
    pub type_meta: bool,
}

/// A line of the resource table.
pub(super) struct Resource {
    pub columns: Vec<String>,
}

/// A line of the printer table.
#[derive(Deserialize)]
pub(super) struct Printer {
    pub group: String,
    pub version: String,
    pub resource: String,
    pub columns: Vec<Column>,
}

#[derive(Deserialize)]
pub(super) struct Column {
    pub name: String,
    #[serde(rename = "type")]
    pub ty: String,
    pub format: String,
    pub priority: i32,
}

/// All facts.
pub(super) struct Facts {
    pub types: Vec<RawType>,
    pub messages: Vec<Message>,
    pub resources: Vec<Resource>,
    pub printers: Vec<Printer>,
    by_name: HashMap<String, usize>,
    message_of: BTreeMap<usize, usize>,
}

/// Types that the codec knows by itself, and what stands for them in the tables.
const SPECIAL: &[(&str, &str)] = &[
    ("meta/v1.Time", "Time"),
    ("meta/v1.MicroTime", "MicroTime"),
    ("resource/-.Quantity", "Quantity"),
    ("intstr/-.IntOrString", "IntOrString"),
    ("runtime/-.RawExtension", "RawExtension"),
    ("meta/v1.FieldsV1", "FieldsV1"),
    ("apiextensions/v1.JSON", "Json"),
    ("apiextensions/v1.JSONSchemaPropsOrArray", "SchemaOrArray"),
    ("apiextensions/v1.JSONSchemaPropsOrBool", "SchemaOrBool"),
    (
        "apiextensions/v1.JSONSchemaPropsOrStringArray",
        "SchemaOrStrings",
    ),
];

/// Types that no kind holds and nothing needs a table of.
const LEFT_OUT: &[&str] = &[
    "meta/v1.Duration",
    "meta/v1.Timestamp",
    "meta/v1.TypeMeta",
    "runtime/-.TypeMeta",
    "runtime/-.Unknown",
];

impl Facts {
    pub(super) fn load(folder: &Path) -> Result<Self> {
        let read = |name: &str| -> Result<String> {
            let path = folder.join(name);
            let bytes = std::fs::read(&path).with_context(|| format!("read {}", path.display()))?;
            let bytes = if name.ends_with(".zst") {
                zstd::decode_all(&bytes[..])?
            } else {
                bytes
            };
            Ok(String::from_utf8(bytes)?)
        };
        let mut types: Vec<RawType> = Vec::new();
        for name in ["types.jsonl.zst", "snapshot.jsonl"] {
            for line in read(name)?.lines() {
                types.push(serde_json::from_str(line).with_context(|| line.to_owned())?);
            }
        }
        let printers = read("printers.jsonl.zst")?
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()?;
        let resources = read("resources.tsv.zst")?
            .lines()
            .skip(1)
            .map(|line| Resource {
                columns: line.split('\t').map(str::to_owned).collect(),
            })
            .collect();
        let by_name = types
            .iter()
            .enumerate()
            .map(|(at, ty)| (format!("{}/{}.{}", ty.group, ty.version, ty.name), at))
            .collect();
        let mut facts = Self {
            types,
            messages: Vec::new(),
            resources,
            printers,
            by_name,
            message_of: BTreeMap::new(),
        };
        facts.work_out()?;
        Ok(facts)
    }

    fn work_out(&mut self) -> Result<()> {
        let mut order: Vec<(String, usize)> = Vec::new();
        for (at, ty) in self.types.iter().enumerate() {
            let name = format!("{}/{}.{}", ty.group, ty.version, ty.name);
            let special = SPECIAL.iter().any(|(special, _)| *special == name);
            if ty.fields.is_some() && !special && !LEFT_OUT.contains(&name.as_str()) {
                order.push((name, at));
            }
        }
        order.sort();
        for (at, (_, raw)) in order.iter().enumerate() {
            self.message_of.insert(*raw, at);
        }
        for (name, raw) in order {
            let mut fields = Vec::new();
            let wire = self
                .flatten(raw, &mut fields)
                .with_context(|| name.clone())?;
            let type_meta = fields.first().is_some_and(|field| field.type_meta);
            self.messages.push(Message {
                name,
                raw,
                fields,
                wire,
                type_meta,
            });
        }
        Ok(())
    }

    fn lookup(&self, from: usize, name: &str) -> Option<usize> {
        let key = if name.contains('/') {
            name.to_owned()
        } else {
            format!(
                "{}/{}.{name}",
                self.types[from].group, self.types[from].version
            )
        };
        self.by_name.get(&key).copied()
    }

    fn flatten(&self, raw: usize, into: &mut Vec<Field>) -> Result<Vec<Wire>> {
        let mut wire = Vec::new();
        for field in self.types[raw].fields.as_deref().unwrap_or_default() {
            if field.inline && field.json.is_none() {
                if field.ty.ends_with("TypeMeta") {
                    for (go, json) in [("Kind", "kind"), ("APIVersion", "apiVersion")] {
                        let raw = RawField {
                            go: go.to_owned(),
                            json: Some(json.to_owned()),
                            inline: false,
                            omit: "empty".to_owned(),
                            pb: 0,
                            ty: "string".to_owned(),
                            patch_strategy: String::new(),
                            patch_merge_key: String::new(),
                            markers: vec!["optional".to_owned()],
                        };
                        into.push(Field {
                            raw,
                            json: json.to_owned(),
                            ty: Ty::Scalar("String"),
                            go_type: "string".to_owned(),
                            pointer: false,
                            enum_values: Vec::new(),
                            type_meta: true,
                        });
                    }
                    continue;
                }
                let mut inner = self
                    .lookup(raw, &field.ty)
                    .with_context(|| field.ty.clone())?;
                if let Some(alias) = &self.types[inner].alias {
                    inner = self.lookup(inner, alias).with_context(|| alias.clone())?;
                }
                let layout = self.flatten(inner, into)?;
                wire.push(Wire::Embed(field.pb, layout));
                continue;
            }
            let Some(json) = field.json.clone().filter(|json| json != "-") else {
                continue;
            };
            let pointer = field.ty.starts_with('*');
            let mut enum_values = Vec::new();
            let ty = self.resolve(raw, field.ty.trim_start_matches('*'), &mut enum_values)?;
            if field.pb != 0 {
                wire.push(Wire::Field(field.pb, into.len()));
            }
            let go_type = self.go_type(raw, field.ty.trim_start_matches('*'));
            into.push(Field {
                raw: field.clone(),
                json,
                ty,
                go_type,
                pointer,
                enum_values,
                type_meta: false,
            });
        }
        wire.sort_by_key(|entry| match entry {
            Wire::Field(number, _) | Wire::Embed(number, _) => *number,
        });
        Ok(wire)
    }

    /// A type as Go's messages name it.
    fn go_type(&self, from: usize, text: &str) -> String {
        if let Some(rest) = text.strip_prefix("[]") {
            return if rest == "byte" {
                "[]uint8".to_owned()
            } else {
                format!("[]{}", self.go_type(from, rest))
            };
        }
        if let Some((key, value)) = text
            .strip_prefix("map[")
            .and_then(|rest| rest.split_once(']'))
        {
            return format!(
                "map[{}]{}",
                self.go_type(from, key),
                self.go_type(from, value)
            );
        }
        if let Some(rest) = text.strip_prefix('*') {
            return format!("*{}", self.go_type(from, rest));
        }
        let package = |group: &str, version: &str| {
            if version == "-" {
                group.to_owned()
            } else {
                version.to_owned()
            }
        };
        match (text, text.split_once('/')) {
            ("string" | "bool" | "int32" | "int64" | "float64", _) => text.to_owned(),
            ("interface", _) => "interface {}".to_owned(),
            (_, Some((group, rest))) => {
                let (version, name) = rest.split_once('.').unwrap_or((rest, ""));
                format!("{}.{name}", package(group, version))
            }
            _ => format!(
                "{}.{text}",
                package(&self.types[from].group, &self.types[from].version)
            ),
        }
    }

    fn resolve(&self, from: usize, text: &str, values: &mut Vec<String>) -> Result<Ty> {
        Ok(match text {
            "string" => Ty::Scalar("String"),
            "bool" => Ty::Scalar("Bool"),
            "int32" => Ty::Scalar("Int32"),
            "int64" => Ty::Scalar("Int64"),
            "float64" => Ty::Scalar("Double"),
            "[]byte" => Ty::Scalar("Bytes"),
            "interface" => Ty::Scalar("Any"),
            _ if text.starts_with("[]") => {
                Ty::List(Box::new(self.resolve(from, &text[2..], values)?))
            }
            _ if text.starts_with("map[") => {
                let (_, value) = text.split_once(']').context("a map type")?;
                Ty::Map(Box::new(self.resolve(from, value, values)?))
            }
            _ => {
                let at = self
                    .lookup(from, text)
                    .with_context(|| format!("no type {text}"))?;
                let raw = &self.types[at];
                let name = format!("{}/{}.{}", raw.group, raw.version, raw.name);
                if let Some((_, special)) = SPECIAL.iter().find(|(known, _)| *known == name) {
                    return Ok(Ty::Scalar(special));
                }
                match raw.alias.as_deref() {
                    Some("[]string") => Ty::Scalar("Strings"),
                    Some(alias) => {
                        if raw.markers.iter().any(|marker| marker == "enum") {
                            values.extend(
                                raw.values
                                    .iter()
                                    .filter_map(|value| value.as_str())
                                    .map(str::to_owned),
                            );
                        }
                        self.resolve(at, alias, values)?
                    }
                    None => match self.message_of.get(&at) {
                        Some(at) => Ty::Message(*at),
                        None => bail!("no table for {name}"),
                    },
                }
            }
        })
    }

    /// Whether a message's own type says that it is atomic.
    pub(super) fn atomic(&self, message: usize) -> bool {
        self.types[self.messages[message].raw]
            .markers
            .iter()
            .any(|marker| marker == "structType=atomic")
    }

    pub(super) fn raw(&self, message: &Message) -> &RawType {
        &self.types[message.raw]
    }

    /// The message of a kind.
    pub(super) fn kind(&self, api_group: &str, version: &str, kind: &str) -> Option<usize> {
        self.messages.iter().position(|message| {
            let raw = self.raw(message);
            raw.api_group == api_group
                && raw.version == version
                && raw.name == kind
                && raw.group != "meta"
        })
    }
}
