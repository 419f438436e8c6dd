//! A crate's source as a tree of modules.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use syn::{Attribute, Item, ItemMod};

/// A module, with its items in the order of the source.
#[derive(Default)]
pub struct Module {
    pub items: Vec<Item>,
    pub children: BTreeMap<String, Module>,
}

/// A crate.
pub struct Crate {
    /// As it stands in paths: `skeg_client`.
    pub name: String,
    pub root: Module,
}

/// The version of all crates.
pub fn workspace_version(root: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(root.join("Cargo.toml"))?;
    text.lines()
        .find_map(|line| line.strip_prefix("version = \""))
        .and_then(|rest| rest.split('"').next())
        .map(str::to_owned)
        .context("the workspace has a version")
}

/// Whether an item is only there for tests, or not meant for users.
pub fn is_hidden(attrs: &[Attribute]) -> bool {
    attrs.iter().any(|attr| {
        let text = quote::ToTokens::to_token_stream(&attr.meta).to_string();
        let text: String = text.split_whitespace().collect();
        matches!(
            text.as_str(),
            "cfg(test)" | "cfg(doctest)" | "doc(hidden)" | "test"
        )
    })
}

impl Crate {
    /// Reads the source in a crate's folder.
    pub fn read(folder: &Path, name: &str) -> anyhow::Result<Self> {
        let source = folder.join("src");
        Ok(Self {
            name: name.replace('-', "_"),
            root: read_file(&source.join("lib.rs"), &source)?,
        })
    }
}

fn read_file(path: &Path, folder: &Path) -> anyhow::Result<Module> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let file = syn::parse_file(&text).with_context(|| path.display().to_string())?;
    module(file.items, folder)
}

/// The module of these items, whose files stand in a folder.
pub fn module(items: Vec<Item>, folder: &Path) -> anyhow::Result<Module> {
    let mut made = Module::default();
    for item in items {
        if let Item::Mod(inner) = &item {
            if is_hidden(&inner.attrs) {
                continue;
            }
            let name = inner.ident.to_string();
            let child = child(inner, folder)?;
            made.children.insert(name, child);
        }
        made.items.push(item);
    }
    Ok(made)
}

fn child(inner: &ItemMod, folder: &Path) -> anyhow::Result<Module> {
    let name = inner.ident.to_string();
    let below: PathBuf = folder.join(&name);
    match &inner.content {
        Some((_, items)) => module(items.clone(), &below),
        None => {
            let file = folder.join(format!("{name}.rs"));
            let file = if file.exists() {
                file
            } else {
                below.join("mod.rs")
            };
            read_file(&file, &below)
        }
    }
}
