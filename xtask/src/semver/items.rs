//! The public items of a crate, one a line.

use std::collections::{BTreeMap, BTreeSet};

use quote::ToTokens;
use syn::{ImplItem, Item, TraitItem, UseTree, Visibility};

use super::crates::{Crate, Module, is_hidden};

type Path = Vec<String>;

/// What can be reached from outside.
struct Walk<'a> {
    krate: &'a Crate,
    lines: BTreeSet<String>,
    /// Where a definition (its module and name) is to be found from outside;
    /// the shortest way.
    public: BTreeMap<(Path, String), String>,
    seen: BTreeSet<(Path, String)>,
}

/// All lines of a crate.
pub fn list(krate: &Crate) -> BTreeSet<String> {
    let mut walk = Walk {
        krate,
        lines: BTreeSet::new(),
        public: BTreeMap::new(),
        seen: BTreeSet::new(),
    };
    walk.module(&Vec::new(), &krate.name);
    walk.macros(&krate.root);
    walk.impls(&krate.root, &Vec::new());
    walk.lines
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Tokens as one would write them.
fn tidy(tokens: &impl ToTokens) -> String {
    let raw = tokens.to_token_stream().to_string();
    let mut text = raw.split_whitespace().collect::<Vec<_>>().join(" ");
    for (from, to) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" < ", "<"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        ("& ", "&"),
        (" :", ":"),
        (" ;", ";"),
        (" [", "["),
        ("[ ", "["),
        (" ]", "]"),
        ("' ", "'"),
        ("->", " -> "),
        (" ?", "?"),
        (" . . ", ".."),
    ] {
        text = text.replace(from, to);
    }
    text.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .replace("fn(", "fn (")
        .replace(",)", ")")
}

fn fields(fields: &syn::Fields) -> String {
    let mut private = false;
    let mut said = Vec::new();
    for field in fields {
        if !is_public(&field.vis) {
            private = true;
            continue;
        }
        let ty = tidy(&field.ty);
        said.push(match &field.ident {
            Some(name) => format!("{name}: {ty}"),
            None => ty,
        });
    }
    if private {
        said.push("..".to_owned());
    }
    said.join(", ")
}

/// Fields of a variant, which are as public as the enum.
fn variant(variant: &syn::Variant) -> String {
    let inner: Vec<String> = variant
        .fields
        .iter()
        .map(|field| match &field.ident {
            Some(name) => format!("{name}: {}", tidy(&field.ty)),
            None => tidy(&field.ty),
        })
        .collect();
    if inner.is_empty() {
        variant.ident.to_string()
    } else {
        format!("{}({})", variant.ident, inner.join(", "))
    }
}

fn is_exhaustive(attrs: &[syn::Attribute]) -> bool {
    !attrs
        .iter()
        .any(|attr| attr.path().is_ident("non_exhaustive"))
}

impl<'a> Walk<'a> {
    fn find(&self, path: &[String]) -> Option<&'a Module> {
        path.iter()
            .try_fold(&self.krate.root, |module, name| module.children.get(name))
    }

    /// Everything public in a module that is known outside by a name.
    fn module(&mut self, at: &Path, known: &str) {
        if !self.seen.insert((at.clone(), known.to_owned())) {
            return;
        }
        let Some(module) = self.find(at) else { return };
        for item in &module.items {
            match item {
                Item::Mod(inner) if is_public(&inner.vis) && !is_hidden(&inner.attrs) => {
                    let name = inner.ident.to_string();
                    let mut below = at.clone();
                    below.push(name.clone());
                    self.lines.insert(format!("mod {known}::{name}"));
                    self.module(&below, &format!("{known}::{name}"));
                }
                Item::Use(inner) if is_public(&inner.vis) && !is_hidden(&inner.attrs) => {
                    self.reexport(at, known, &inner.tree, &mut Vec::new());
                }
                other => {
                    if let Some(name) = name_of(other)
                        && visibility(other).is_some_and(is_public)
                    {
                        self.item(at, other, &name, &format!("{known}::{name}"));
                    }
                }
            }
        }
    }

    fn reexport(&mut self, at: &Path, known: &str, tree: &UseTree, prefix: &mut Path) {
        match tree {
            UseTree::Path(inner) => {
                prefix.push(inner.ident.to_string());
                self.reexport(at, known, &inner.tree, prefix);
                prefix.pop();
            }
            UseTree::Group(inner) => {
                for tree in &inner.items {
                    self.reexport(at, known, tree, prefix);
                }
            }
            UseTree::Name(inner) => {
                let name = inner.ident.to_string();
                self.named(at, known, prefix, &name, &name);
            }
            UseTree::Rename(inner) => {
                let (name, new) = (inner.ident.to_string(), inner.rename.to_string());
                self.named(at, known, prefix, &name, &new);
            }
            UseTree::Glob(_) => match self.absolute(at, prefix) {
                Some(module) => self.module(&module, known),
                None => {
                    self.lines
                        .insert(format!("use {known}::* = {}::*", prefix.join("::")));
                }
            },
        }
    }

    /// The module that a path names, seen from another.
    fn absolute(&self, from: &Path, path: &[String]) -> Option<Path> {
        let mut here = from.clone();
        let mut rest = path;
        match path.first().map(String::as_str) {
            Some("crate") => {
                here.clear();
                rest = &path[1..];
            }
            Some("self") => rest = &path[1..],
            _ => {}
        }
        while rest.first().is_some_and(|name| name == "super") {
            here.pop()?;
            rest = &rest[1..];
        }
        here.extend(rest.iter().cloned());
        self.find(&here).map(|_| here)
    }

    fn named(&mut self, at: &Path, known: &str, prefix: &[String], name: &str, new: &str) {
        let outside = format!("{known}::{new}");
        if name == "self" {
            if let Some(module) = self.absolute(at, prefix) {
                self.lines.insert(format!(
                    "mod {known}::{}",
                    module.last().cloned().unwrap_or_default()
                ));
            }
            return;
        }
        let Some(module) = self.absolute(at, prefix) else {
            let mut whole = prefix.to_vec();
            whole.push(name.to_owned());
            self.lines
                .insert(format!("use {outside} = {}", whole.join("::")));
            return;
        };
        let mut below = module.clone();
        below.push(name.to_owned());
        if self.find(&below).is_some() {
            self.lines.insert(format!("mod {outside}"));
            self.module(&below, &outside);
            return;
        }
        self.definition(&module, name, &outside, 0);
    }

    /// An item of a module, or one that the module has from elsewhere.
    fn definition(&mut self, module: &Path, name: &str, outside: &str, depth: usize) {
        let Some(found) = self.find(module) else {
            return;
        };
        let mut any = false;
        for item in &found.items {
            if name_of(item).as_deref() == Some(name) {
                self.item(module, item, name, outside);
                any = true;
            }
        }
        if any || depth > 8 {
            return;
        }
        for item in &found.items {
            let Item::Use(inner) = item else { continue };
            for (path, as_name) in leaves(&inner.tree) {
                if as_name == name {
                    let (parent, last) = path.split_at(path.len() - 1);
                    match self.absolute(module, parent) {
                        Some(target) => self.definition(&target, &last[0], outside, depth + 1),
                        None => {
                            self.lines
                                .insert(format!("use {outside} = {}", path.join("::")));
                        }
                    }
                } else if as_name == "*"
                    && let Some(target) = self.absolute(module, &path)
                    && target != *module
                {
                    self.definition(&target, name, outside, depth + 1);
                }
            }
        }
    }

    fn item(&mut self, at: &Path, item: &Item, name: &str, outside: &str) {
        let attrs = attributes(item);
        if is_hidden(attrs) {
            return;
        }
        let known = self
            .public
            .entry((at.clone(), name.to_owned()))
            .or_insert_with(|| outside.to_owned());
        if outside.len() < known.len() {
            outside.clone_into(known);
        }
        let line = match item {
            Item::Struct(inner) => {
                let open = if is_exhaustive(&inner.attrs) {
                    ""
                } else {
                    " (non-exhaustive)"
                };
                format!(
                    "struct {outside}{}{open} {{ {} }}",
                    tidy(&inner.generics),
                    fields(&inner.fields)
                )
            }
            Item::Enum(inner) => {
                let open = if is_exhaustive(&inner.attrs) {
                    ""
                } else {
                    " (non-exhaustive)"
                };
                for one in &inner.variants {
                    self.lines
                        .insert(format!("variant {outside}::{}", variant(one)));
                }
                format!("enum {outside}{}{open}", tidy(&inner.generics))
            }
            Item::Fn(inner) => format!("fn {outside}: {}", tidy(&inner.sig)),
            Item::Const(inner) => format!("const {outside}: {}", tidy(&inner.ty)),
            Item::Static(inner) => format!("static {outside}: {}", tidy(&inner.ty)),
            Item::Type(inner) => {
                format!(
                    "type {outside}{} = {}",
                    tidy(&inner.generics),
                    tidy(&inner.ty)
                )
            }
            Item::Trait(inner) => {
                self.trait_items(inner, outside);
                let bounds = tidy(&inner.supertraits);
                format!("trait {outside}{}: {bounds}", tidy(&inner.generics))
            }
            _ => return,
        };
        self.lines.insert(line);
    }

    fn trait_items(&mut self, inner: &syn::ItemTrait, outside: &str) {
        for item in &inner.items {
            let line = match item {
                TraitItem::Fn(inner) if !is_hidden(&inner.attrs) => {
                    let provided = if inner.default.is_some() {
                        " { .. }"
                    } else {
                        ""
                    };
                    format!(
                        "fn {outside}::{}: {}{provided}",
                        inner.sig.ident,
                        tidy(&inner.sig)
                    )
                }
                TraitItem::Const(inner) => {
                    format!("const {outside}::{}: {}", inner.ident, tidy(&inner.ty))
                }
                TraitItem::Type(inner) => format!("type {outside}::{}", inner.ident),
                _ => continue,
            };
            self.lines.insert(line);
        }
    }

    fn macros(&mut self, module: &Module) {
        for item in &module.items {
            if let Item::Macro(inner) = item
                && let Some(name) = &inner.ident
                && inner
                    .attrs
                    .iter()
                    .any(|attr| attr.path().is_ident("macro_export"))
                && !is_hidden(&inner.attrs)
            {
                self.lines
                    .insert(format!("macro {}::{name}!", self.krate.name));
            }
            if let Item::Fn(inner) = item {
                for attr in &inner.attrs {
                    if attr.path().is_ident("proc_macro_derive") {
                        self.lines.insert(format!("derive {}", tidy(&attr.meta)));
                    }
                }
            }
        }
        for child in module.children.values() {
            self.macros(child);
        }
    }

    /// What is implemented for types that can be reached.
    fn impls(&mut self, module: &Module, at: &Path) {
        for item in &module.items {
            if let Item::Impl(inner) = item
                && !is_hidden(&inner.attrs)
            {
                self.implementation(inner, at);
            }
        }
        for (name, child) in &module.children {
            let mut below = at.clone();
            below.push(name.clone());
            self.impls(child, &below);
        }
    }

    fn implementation(&mut self, inner: &syn::ItemImpl, at: &Path) {
        let syn::Type::Path(ty) = &*inner.self_ty else {
            return;
        };
        let Some(last) = ty.path.segments.last() else {
            return;
        };
        let Some(known) = self.known(&last.ident.to_string(), at) else {
            return;
        };
        if let Some((_, path, _)) = &inner.trait_ {
            let arguments = tidy(&last.arguments);
            self.lines
                .insert(format!("impl {} for {known}{arguments}", tidy(path)));
            return;
        }
        for item in &inner.items {
            let line = match item {
                ImplItem::Fn(inner) if is_public(&inner.vis) && !is_hidden(&inner.attrs) => {
                    format!("fn {known}::{}: {}", inner.sig.ident, tidy(&inner.sig))
                }
                ImplItem::Const(inner) if is_public(&inner.vis) => {
                    format!("const {known}::{}: {}", inner.ident, tidy(&inner.ty))
                }
                _ => continue,
            };
            self.lines.insert(line);
        }
    }

    /// How a type is known outside: one of the same module, or else the only
    /// one of that name.
    fn known(&self, name: &str, at: &Path) -> Option<String> {
        if let Some(known) = self.public.get(&(at.clone(), name.to_owned())) {
            return Some(known.clone());
        }
        let mut found = self
            .public
            .iter()
            .filter(|((_, candidate), _)| candidate == name)
            .map(|(_, known)| known);
        let first = found.next()?;
        found.next().is_none().then(|| first.clone())
    }
}

/// Every name that a `use` brings, with its path; `*` for all names of a path.
fn leaves(tree: &UseTree) -> Vec<(Path, String)> {
    fn walk(tree: &UseTree, prefix: &mut Path, out: &mut Vec<(Path, String)>) {
        match tree {
            UseTree::Path(inner) => {
                prefix.push(inner.ident.to_string());
                walk(&inner.tree, prefix, out);
                prefix.pop();
            }
            UseTree::Group(inner) => inner.items.iter().for_each(|tree| walk(tree, prefix, out)),
            UseTree::Name(inner) => {
                let name = inner.ident.to_string();
                let mut path = prefix.clone();
                path.push(name.clone());
                out.push((path, name));
            }
            UseTree::Rename(inner) => {
                let mut path = prefix.clone();
                path.push(inner.ident.to_string());
                out.push((path, inner.rename.to_string()));
            }
            UseTree::Glob(_) => out.push((prefix.clone(), "*".to_owned())),
        }
    }
    let mut out = Vec::new();
    walk(tree, &mut Vec::new(), &mut out);
    out
}

fn name_of(item: &Item) -> Option<String> {
    Some(match item {
        Item::Struct(inner) => inner.ident.to_string(),
        Item::Enum(inner) => inner.ident.to_string(),
        Item::Fn(inner) => inner.sig.ident.to_string(),
        Item::Const(inner) => inner.ident.to_string(),
        Item::Static(inner) => inner.ident.to_string(),
        Item::Type(inner) => inner.ident.to_string(),
        Item::Trait(inner) => inner.ident.to_string(),
        _ => return None,
    })
}

fn visibility(item: &Item) -> Option<&Visibility> {
    Some(match item {
        Item::Struct(inner) => &inner.vis,
        Item::Enum(inner) => &inner.vis,
        Item::Fn(inner) => &inner.vis,
        Item::Const(inner) => &inner.vis,
        Item::Static(inner) => &inner.vis,
        Item::Type(inner) => &inner.vis,
        Item::Trait(inner) => &inner.vis,
        _ => return None,
    })
}

fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Struct(inner) => &inner.attrs,
        Item::Enum(inner) => &inner.attrs,
        Item::Fn(inner) => &inner.attrs,
        Item::Const(inner) => &inner.attrs,
        Item::Static(inner) => &inner.attrs,
        Item::Type(inner) => &inner.attrs,
        Item::Trait(inner) => &inner.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::semver::crates::module;

    #[test]
    fn what_can_be_reached_is_listed() {
        let source = r#"
            mod inner {
                mod deep {
                    /// A thing.
                    pub struct Thing<T> { pub a: Vec<T>, b: u8 }
                    impl<T> Thing<T> {
                        pub fn new(a: &str, f: impl Fn(u8) -> bool) -> Result<Self, ()> { loop {} }
                        fn hidden(&self) {}
                        pub(crate) fn inside(&self) {}
                    }
                    impl<T> Clone for Thing<T> { fn clone(&self) -> Self { loop {} } }
                    pub struct Unreached;
                    impl Unreached { pub fn no() {} }
                }
                pub use deep::Thing;
                #[non_exhaustive]
                pub enum Choice { One, Two(u8), Three { x: i8 } }
            }
            pub use inner::{Choice, Thing as Object};
            pub use other::External;
            pub trait Does: Send { const X: u8; fn must(&self); fn may(&self) {} }
            #[doc(hidden)]
            pub fn secret() {}
            #[cfg(test)]
            mod tests { pub fn no() {} }
            pub mod open { pub use super::inner::*; pub const C: u8 = 1; }
            #[macro_export]
            macro_rules! make { () => {} }
        "#;
        let file = syn::parse_file(source).expect("Rust");
        let root = module(file.items, std::path::Path::new("/nowhere")).expect("all inline");
        let krate = Crate {
            name: "x".to_owned(),
            root,
        };
        let lines: Vec<String> = list(&krate).into_iter().collect();
        assert_eq!(
            lines,
            [
                "const x::Does::X: u8",
                "const x::open::C: u8",
                "enum x::Choice (non-exhaustive)",
                "enum x::open::Choice (non-exhaustive)",
                "fn x::Does::may: fn may(&self) { .. }",
                "fn x::Does::must: fn must(&self)",
                "fn x::Object::new: fn new(a: &str, f: impl Fn(u8) -> bool) -> Result<Self,()>",
                "impl Clone for x::Object<T>",
                "macro x::make!",
                "mod x::open",
                "struct x::Object<T> { a: Vec<T>, .. }",
                "struct x::open::Thing<T> { a: Vec<T>, .. }",
                "trait x::Does: Send",
                "use x::External = other::External",
                "variant x::Choice::One",
                "variant x::Choice::Three(x: i8)",
                "variant x::Choice::Two(u8)",
                "variant x::open::Choice::One",
                "variant x::open::Choice::Three(x: i8)",
                "variant x::open::Choice::Two(u8)",
            ]
        );
    }
}
