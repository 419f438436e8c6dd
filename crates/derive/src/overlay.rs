//! `#[schema(…)]`: what is said of a schema beside its type.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, Expr, LitStr, Result, Token, Type};

use crate::attrs::{self, data, docs, flag, name_of, number, rule, text, texts, unknown};

/// Where generated code finds the pieces it is made of.
pub(crate) struct Paths {
    /// `…::structural`
    pub(crate) structural: TokenStream,
    /// `…::structural::build`
    pub(crate) build: TokenStream,
    /// The crate of trees.
    pub(crate) schema: TokenStream,
}

impl Paths {
    /// Below a module that has `schema`, the crate of trees.
    pub(crate) fn below(module: &TokenStream) -> Self {
        let schema = quote!(#module::schema);
        Self {
            structural: quote!(#schema::structural),
            build: quote!(#schema::structural::build),
            schema,
        }
    }
}

/// Changes of one schema.
#[derive(Default)]
pub(crate) struct Overlay {
    /// Members, and code that makes their trees.
    members: Vec<(&'static str, TokenStream)>,
    rules: Vec<TokenStream>,
    items: Option<Box<Overlay>>,
    values: Option<Box<Overlay>>,
    /// What the field is instead of its type.
    pub(crate) as_type: Option<Type>,
    /// A function that makes the schema.
    pub(crate) with: Option<syn::Path>,
    pub(crate) skip: bool,
    pub(crate) required: Option<bool>,
    /// What stands in place of the doc comment; empty for nothing.
    description: Option<String>,
    pub(crate) has_default: bool,
    /// It is an object of some kind.
    embedded: bool,
}

const FIELD: &[&str] = &[
    "min",
    "max",
    "exclusive_min",
    "exclusive_max",
    "multiple_of",
    "min_length",
    "max_length",
    "pattern",
    "format",
    "min_items",
    "max_items",
    "min_properties",
    "max_properties",
    "enum",
    "default",
    "example",
    "title",
    "description",
    "nullable",
    "required",
    "optional",
    "skip",
    "as",
    "with",
    "int_or_string",
    "preserve_unknown_fields",
    "embedded_resource",
    "list_type",
    "list_map_keys",
    "map_type",
    "rule",
    "items",
    "values",
];

const LIST_TYPES: &[&str] = &["atomic", "set", "map"];
const MAP_TYPES: &[&str] = &["atomic", "granular"];
/// Formats that the server checks; it warns of every other.
const FORMATS: &[&str] = &[
    "bsonobjectid",
    "byte",
    "cidr",
    "creditcard",
    "date",
    "date-time",
    "datetime",
    "double",
    "duration",
    "email",
    "float",
    "hexcolor",
    "hostname",
    "int32",
    "int64",
    "ipv4",
    "ipv6",
    "isbn",
    "isbn10",
    "isbn13",
    "k8s-long-name",
    "k8s-short-name",
    "mac",
    "password",
    "rgbcolor",
    "ssn",
    "uri",
    "uuid",
    "uuid3",
    "uuid4",
    "uuid5",
];

fn one_of(value: &LitStr, name: &str, known: &[&str]) -> Result<()> {
    if known.contains(&value.value().as_str()) {
        return Ok(());
    }
    Err(syn::Error::new(
        value.span(),
        format!("`{name}` is one of {}", known.join(", ")),
    ))
}

impl Overlay {
    /// What the attributes of a field or a type say.
    pub(crate) fn read(attrs: &[Attribute], paths: &Paths) -> Result<Self> {
        let mut read = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("schema")) {
            attr.parse_nested_meta(|meta| {
                // The crate's place is read before anything else.
                if meta.path.is_ident("crate") {
                    return attrs::pass_over(&meta);
                }
                read.one(&meta, paths)
            })?;
        }
        if read.description.is_none() {
            read.description = docs(attrs);
        }
        Ok(read)
    }

    fn add(&mut self, key: &'static str, value: TokenStream) {
        self.members.push((key, value));
    }

    fn one(&mut self, meta: &ParseNestedMeta<'_>, paths: &Paths) -> Result<()> {
        let build = &paths.build;
        let truth = |truth: bool| quote!(#build::value(&#truth));
        let words = |words: &[LitStr]| quote!(#build::value(&[#(#words),*]));
        let name = name_of(meta);
        match name.as_str() {
            "min" | "minimum" | "exclusive_min" | "exclusive_minimum" => {
                let bound = number(meta, build)?;
                self.add("minimum", bound);
                if name.starts_with("exclusive") {
                    self.add("exclusiveMinimum", truth(true));
                }
            }
            "max" | "maximum" | "exclusive_max" | "exclusive_maximum" => {
                let bound = number(meta, build)?;
                self.add("maximum", bound);
                if name.starts_with("exclusive") {
                    self.add("exclusiveMaximum", truth(true));
                }
            }
            "multiple_of" => self.add("multipleOf", number(meta, build)?),
            "min_length" => self.add("minLength", number(meta, build)?),
            "max_length" => self.add("maxLength", number(meta, build)?),
            "min_items" => self.add("minItems", number(meta, build)?),
            "max_items" => self.add("maxItems", number(meta, build)?),
            "min_properties" => self.add("minProperties", number(meta, build)?),
            "max_properties" => self.add("maxProperties", number(meta, build)?),
            "pattern" => {
                let pattern = text(meta)?;
                self.add("pattern", quote!(#build::value(#pattern)));
            }
            "format" => {
                let format = text(meta)?;
                one_of(&format, "format", FORMATS)?;
                self.add("format", quote!(#build::value(#format)));
            }
            "enum" => {
                let allowed: Expr = meta
                    .value()
                    .and_then(|value| value.parse())
                    .map_err(|_| meta.error("write `enum = [\"a\", \"b\"]`"))?;
                if !matches!(allowed, Expr::Array(_)) {
                    return Err(meta.error("write `enum = [\"a\", \"b\"]`"));
                }
                self.add("enum", quote!(#build::value(&(#allowed))));
            }
            "default" => {
                let default = data(meta, build)
                    .map_err(|error| syn::Error::new(error.span(), "write `default = 3`, `default = \"text\"` or `default = Type::default()`; for serde's default write `#[serde(default)]`"))?;
                self.has_default = true;
                self.add("default", default);
            }
            "example" => {
                let example = data(meta, build)?;
                self.add("example", example);
            }
            "title" => {
                let title = text(meta)?;
                self.add("title", quote!(#build::value(#title)));
            }
            "description" => self.description = Some(text(meta)?.value()),
            "nullable" => {
                let nullable = flag(meta)?;
                self.add("nullable", truth(nullable));
            }
            "required" => self.required = Some(flag(meta)?),
            "optional" => self.required = Some(!flag(meta)?),
            "skip" => self.skip = flag(meta)?,
            "as" => self.as_type = Some(meta.value()?.parse()?),
            "with" => {
                self.with = Some(meta.value()?.parse().map_err(|error: syn::Error| {
                    syn::Error::new(
                        error.span(),
                        "write `with = path::of::function`, a function that returns a `Value`",
                    )
                })?)
            }
            "int_or_string" => {
                let structural = &paths.structural;
                if flag(meta)? {
                    self.as_type = Some(syn::parse_quote!(#structural::IntOrText));
                }
            }
            "preserve_unknown_fields" => {
                let preserve = flag(meta)?;
                self.add("x-kubernetes-preserve-unknown-fields", truth(preserve));
            }
            "embedded_resource" => {
                let embedded = flag(meta)?;
                self.add("x-kubernetes-embedded-resource", truth(embedded));
                self.embedded = embedded;
            }
            "list_type" => {
                let list = text(meta)?;
                one_of(&list, "list_type", LIST_TYPES)?;
                self.add("x-kubernetes-list-type", quote!(#build::value(#list)));
            }
            "list_map_keys" => {
                let keys = texts(meta)?;
                if keys.is_empty() {
                    return Err(meta.error("a list of objects needs at least one key"));
                }
                let listed = words(&keys);
                self.add("x-kubernetes-list-type", quote!(#build::value("map")));
                self.add("x-kubernetes-list-map-keys", listed);
            }
            "map_type" => {
                let map = text(meta)?;
                one_of(&map, "map_type", MAP_TYPES)?;
                self.add("x-kubernetes-map-type", quote!(#build::value(#map)));
            }
            "rule" => {
                let schema = &paths.schema;
                self.rules.push(rule(meta, &quote!(#schema::json))?);
            }
            "items" => {
                let inner = self.items.get_or_insert_default();
                meta.parse_nested_meta(|meta| inner.one(&meta, paths))?;
            }
            "values" => {
                let inner = self.values.get_or_insert_default();
                meta.parse_nested_meta(|meta| inner.one(&meta, paths))?;
            }
            _ => return Err(unknown(meta, "schema", FIELD)),
        }
        if meta.input.peek(Token![=]) {
            return Err(meta.error(format!("`{name}` takes no value")));
        }
        Ok(())
    }

    /// Code that changes `schema: &mut Value`.
    pub(crate) fn code(&self, paths: &Paths) -> TokenStream {
        let build = &paths.build;
        let mut code = TokenStream::new();
        if let Some(text) = self.description.as_ref().filter(|text| !text.is_empty()) {
            code.extend(quote!(#build::set(schema, "description", #build::value(#text));));
        }
        for (key, value) in &self.members {
            code.extend(quote!(#build::set(schema, #key, #value);));
        }
        if self.embedded {
            code.extend(quote!(#build::object_by_default(schema);));
        }
        if !self.rules.is_empty() {
            let rules = &self.rules;
            code.extend(quote!(#build::rules(schema, ::std::vec![#(#rules),*]);));
        }
        for (key, inner) in [
            ("items", &self.items),
            ("additionalProperties", &self.values),
        ] {
            if let Some(inner) = inner {
                let changes = inner.code(paths);
                code.extend(quote!(#build::inner(schema, #key, |schema| { #changes });));
            }
        }
        code
    }

    /// The same, with a default that serde makes.
    pub(crate) fn with_default(mut self, make: Option<&TokenStream>, paths: &Paths) -> Self {
        if let Some(make) = make.filter(|_| !self.has_default) {
            let build = &paths.build;
            self.add("default", quote!(#build::value(&(#make))));
            self.has_default = true;
        }
        self
    }
}
