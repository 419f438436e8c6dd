//! `#[derive(CustomResource)]`.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::meta::ParseNestedMeta;
use syn::parse::Parse as _;
use syn::{Data, DeriveInput, Ident, Lit, LitInt, LitStr, Path, Result, Token, Type, token};

use crate::attrs::{docs, flag, literals, name_of, rule, text, texts, unknown};
use crate::case::plural;

const KNOWN: &[&str] = &[
    "group",
    "version",
    "kind",
    "namespaced",
    "plural",
    "singular",
    "list_kind",
    "short_names",
    "categories",
    "status",
    "scale",
    "column",
    "selectable",
    "rule",
    "storage",
    "served",
    "deprecated",
    "doc",
    "struct",
    "derive",
    "label",
    "annotation",
    "schema",
    "crate",
];
const COLUMN: &[&str] = &[
    "name",
    "type",
    "json_path",
    "format",
    "description",
    "priority",
];
const COLUMN_TYPES: &[&str] = &["integer", "number", "string", "boolean", "date"];
const COLUMN_FORMATS: &[&str] = &[
    "int32",
    "int64",
    "float",
    "double",
    "byte",
    "date",
    "date-time",
    "password",
];
const SCALE: &[&str] = &["spec_replicas", "status_replicas", "label_selector"];

/// What `#[crd(…)]` says.
#[derive(Default)]
struct Said {
    group: Option<LitStr>,
    version: Option<LitStr>,
    kind: Option<LitStr>,
    namespaced: bool,
    plural: Option<LitStr>,
    singular: Option<LitStr>,
    list_kind: Option<LitStr>,
    short_names: Vec<LitStr>,
    categories: Vec<LitStr>,
    status: Option<Type>,
    scale: Option<TokenStream>,
    columns: Vec<TokenStream>,
    selectable: Vec<LitStr>,
    rules: Vec<TokenStream>,
    storage: Option<bool>,
    served: Option<bool>,
    deprecated: Option<TokenStream>,
    doc: Option<String>,
    name: Option<LitStr>,
    derives: Vec<Path>,
    labels: Vec<TokenStream>,
    annotations: Vec<TokenStream>,
    schema: Option<Path>,
    preserve: bool,
}

fn wrong<T>(at: &LitStr, message: impl std::fmt::Display) -> Result<T> {
    Err(syn::Error::new(at.span(), message))
}

/// A label as DNS has it.
fn is_label(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty()
        && text.len() <= 63
        && text.bytes().all(inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

/// A label that begins with a letter.
fn is_name(text: &str) -> bool {
    is_label(text) && text.starts_with(|first: char| first.is_ascii_lowercase())
}

fn json_path(path: &LitStr, what: &str) -> Result<()> {
    let text = path.value();
    if text.len() > 1 && text.starts_with('.') {
        Ok(())
    } else {
        wrong(
            path,
            format!("{what} begins with a dot: `.spec.replicas`, not `{text}`"),
        )
    }
}

/// `name = ".path"` of the scale subresource.
fn scale(meta: &ParseNestedMeta<'_>, json: &TokenStream) -> Result<TokenStream> {
    let ahead = meta.input.fork();
    let inside;
    syn::parenthesized!(inside in ahead);
    if inside.peek(syn::Lit) {
        return Err(inside.error(
            "the paths of `scale` have names: `scale(spec_replicas = \".spec.replicas\", status_replicas = \".status.replicas\")`",
        ));
    }
    let mut members = TokenStream::new();
    let mut said = Vec::new();
    meta.parse_nested_meta(|meta| {
        let name = name_of(&meta);
        let (key, under): (_, &[&str]) = match name.as_str() {
            "spec_replicas" => ("specReplicasPath", &[".spec."]),
            "status_replicas" => ("statusReplicasPath", &[".status."]),
            "label_selector" => ("labelSelectorPath", &[".status.", ".spec."]),
            _ => return Err(unknown(&meta, "scale", SCALE)),
        };
        let path = text(&meta)?;
        if !under.iter().any(|under| path.value().starts_with(under)) {
            return wrong(
                &path,
                format!("`{name}` is a path under `{}`", under.join("` or `")),
            );
        }
        if path.value().contains('[') {
            return wrong(&path, "a scale path has no lists in it");
        }
        said.push(name);
        members.extend(quote!(#key: #path,));
        Ok(())
    })?;
    for needed in ["spec_replicas", "status_replicas"] {
        if !said.iter().any(|said| said == needed) {
            return Err(meta.error(format!(
                "`scale` needs `{needed}`: `scale(spec_replicas = \".spec.replicas\", status_replicas = \".status.replicas\")`"
            )));
        }
    }
    Ok(quote!(#json!({#members})))
}

fn among(value: &LitStr, key: &str, known: &[&str]) -> Result<()> {
    if known.contains(&value.value().as_str()) {
        return Ok(());
    }
    wrong(
        value,
        format!("a column's {key} is one of {}", known.join(", ")),
    )
}

/// `column("Ready", "string", ".status.ready")`, perhaps with a priority and a
/// description, each a literal: clippy takes named items that two columns have
/// in common for attributes written twice.
fn short_column(
    meta: &ParseNestedMeta<'_>,
    said: &[Lit],
    json: &TokenStream,
) -> Result<TokenStream> {
    let [Lit::Str(name), Lit::Str(ty), Lit::Str(path), rest @ ..] = said else {
        return Err(meta.error(
            "a column has a name, a type and a path: `column(\"Ready\", \"string\", \".status.ready\")`",
        ));
    };
    among(ty, "type", COLUMN_TYPES)?;
    json_path(path, "a column's path")?;
    let mut members = quote!("name": #name, "type": #ty, "jsonPath": #path,);
    match rest {
        [] => {}
        [Lit::Int(priority)] => {
            let priority: i32 = priority.base10_parse()?;
            members.extend(quote!("priority": #priority,));
        }
        [Lit::Str(description)] => members.extend(quote!("description": #description,)),
        [Lit::Int(priority), Lit::Str(description)] => {
            let priority: i32 = priority.base10_parse()?;
            members.extend(quote!("priority": #priority, "description": #description,));
        }
        _ => {
            return Err(meta.error(
                "behind a column's path come its priority, a number, and its description, a text",
            ));
        }
    }
    Ok(quote!(#json!({#members})))
}

fn column(meta: &ParseNestedMeta<'_>, json: &TokenStream) -> Result<TokenStream> {
    const EXAMPLE: &str = "`column(\"Ready\", \"string\", \".status.ready\")`, or `column(name = \"Ready\", type = \"string\", json_path = \".status.ready\")`";
    if let Some(said) = literals(meta)? {
        return short_column(meta, &said, json);
    }
    let mut members = TokenStream::new();
    let mut said = Vec::new();
    meta.parse_nested_meta(|meta| {
        let name = name_of(&meta);
        let key = match name.as_str() {
            "priority" => {
                let priority: LitInt = meta.value()?.parse()?;
                let priority: i32 = priority.base10_parse()?;
                members.extend(quote!("priority": #priority,));
                return Ok(());
            }
            "name" => "name",
            "type" => "type",
            "json_path" => "jsonPath",
            "format" => "format",
            "description" => "description",
            _ => return Err(unknown(&meta, "column", COLUMN)),
        };
        let value = text(&meta)?;
        match key {
            "type" => among(&value, key, COLUMN_TYPES)?,
            "format" => among(&value, key, COLUMN_FORMATS)?,
            "jsonPath" => json_path(&value, "a column's path")?,
            _ => {}
        }
        said.push(name);
        members.extend(quote!(#key: #value,));
        Ok(())
    })?;
    for needed in ["name", "type", "json_path"] {
        if !said.iter().any(|said| said == needed) {
            return Err(meta.error(format!("a column needs its `{needed}`: {EXAMPLE}")));
        }
    }
    Ok(quote!(#json!({#members})))
}

/// `label("key", "value")`.
fn pair(meta: &ParseNestedMeta<'_>) -> Result<TokenStream> {
    let name = name_of(meta);
    if !meta.input.peek(token::Paren) {
        return Err(meta.error(format!("write `{name}(\"key\", \"value\")`")));
    }
    let inner;
    syn::parenthesized!(inner in meta.input);
    let key: LitStr = inner.parse()?;
    inner.parse::<Token![,]>()?;
    let value: LitStr = inner.parse()?;
    let _: Option<Token![,]> = inner.parse()?;
    Ok(quote!((#key, #value)))
}

impl Said {
    fn one(&mut self, meta: &ParseNestedMeta<'_>, json: &TokenStream) -> Result<()> {
        match name_of(meta).as_str() {
            "group" => self.group = Some(text(meta)?),
            "version" => self.version = Some(text(meta)?),
            "kind" => self.kind = Some(text(meta)?),
            "namespaced" => self.namespaced = flag(meta)?,
            "plural" => self.plural = Some(text(meta)?),
            "singular" => self.singular = Some(text(meta)?),
            "list_kind" => self.list_kind = Some(text(meta)?),
            "short_names" => self.short_names.extend(texts(meta)?),
            "categories" => self.categories.extend(texts(meta)?),
            "status" => {
                let value = meta.value()?;
                self.status = Some(if value.peek(LitStr) {
                    value.parse::<LitStr>()?.parse()?
                } else {
                    Type::parse(value)?
                });
            }
            "scale" => self.scale = Some(scale(meta, json)?),
            "column" => self.columns.push(column(meta, json)?),
            "selectable" => {
                for path in texts(meta)? {
                    json_path(&path, "a selectable field")?;
                    self.selectable.push(path);
                }
            }
            "rule" => self.rules.push(rule(meta, json)?),
            "storage" => self.storage = Some(flag(meta)?),
            "served" => self.served = Some(flag(meta)?),
            "deprecated" => {
                self.deprecated = Some(if meta.input.peek(Token![=]) {
                    let warning = text(meta)?;
                    quote!(::std::option::Option::Some(#warning))
                } else {
                    quote!(::std::option::Option::Some(""))
                });
            }
            "doc" => self.doc = Some(text(meta)?.value()),
            "struct" => self.name = Some(text(meta)?),
            "derive" => {
                if meta.input.peek(Token![=]) {
                    self.derives.push(text(meta)?.parse()?);
                } else {
                    let inner;
                    syn::parenthesized!(inner in meta.input);
                    self.derives
                        .extend(inner.parse_terminated(Path::parse_mod_style, Token![,])?);
                }
            }
            "label" => self.labels.push(pair(meta)?),
            "annotation" => self.annotations.push(pair(meta)?),
            "schema" => {
                let how = text(meta)?;
                match how.value().as_str() {
                    "derived" => {}
                    "any" => self.preserve = true,
                    _ => self.schema = Some(how.parse().map_err(|_| {
                        syn::Error::new(how.span(), "`schema` is \"derived\", \"any\", or the path of a function that returns the spec's schema")
                    })?),
                }
            }
            "crate" => drop(text(meta)?),
            _ => return Err(unknown(meta, "crd", KNOWN)),
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        let span = Span::call_site;
        let Some(group) = &self.group else {
            return Err(syn::Error::new(
                span(),
                "say which group the kind belongs to: `#[crd(group = \"example.com\", version = \"v1\", kind = \"Foo\")]`",
            ));
        };
        let name = group.value();
        if !name.contains('.') || !name.split('.').all(is_label) || name.len() > 253 {
            return wrong(
                group,
                format!(
                    "`{name}` is no group: a group is a domain name of yours, such as `example.com`"
                ),
            );
        }
        let Some(version) = &self.version else {
            return Err(syn::Error::new(
                span(),
                "say which version this is: `version = \"v1\"`",
            ));
        };
        if !is_name(&version.value()) {
            return wrong(
                version,
                format!(
                    "`{}` is no version: write `v1`, `v1beta1` or `v2alpha1`",
                    version.value()
                ),
            );
        }
        let Some(kind) = &self.kind else {
            return Err(syn::Error::new(
                span(),
                "say what the kind is called: `kind = \"Foo\"`",
            ));
        };
        let text = kind.value();
        if !is_name(&text.to_lowercase())
            || !text.starts_with(|first: char| first.is_ascii_uppercase())
        {
            return wrong(
                kind,
                format!(
                    "`{text}` is no kind: a kind is written as `CronTab` is, of letters and digits"
                ),
            );
        }
        for (name, what) in [(&self.plural, "plural"), (&self.singular, "singular")] {
            if let Some(name) = name
                && !is_name(&name.value())
            {
                return wrong(
                    name,
                    format!(
                        "`{what}` is in lower case: `{}`",
                        name.value().to_lowercase()
                    ),
                );
            }
        }
        for (names, what) in [
            (&self.short_names, "a short name"),
            (&self.categories, "a category"),
        ] {
            for name in names {
                if !is_name(&name.value()) {
                    return wrong(
                        name,
                        format!("{what} is in lower case, of letters, digits and `-`"),
                    );
                }
            }
        }
        if self.scale.is_some() && self.status.is_none() {
            return Err(syn::Error::new(
                span(),
                "`scale` reads the status: say what the status is, `status = FooStatus`",
            ));
        }
        if self.selectable.len() > 8 {
            return wrong(
                &self.selectable[8],
                "a version has eight selectable fields at most",
            );
        }
        Ok(())
    }
}

/// The struct of the kind, and what it implements.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    if !matches!(input.data, Data::Struct(_) | Data::Enum(_)) {
        return Err(syn::Error::new(
            input.ident.span(),
            "derive `CustomResource` on the struct of the spec",
        ));
    }
    if !input.generics.params.is_empty() {
        return Err(syn::Error::new(
            input.ident.span(),
            "the spec of a kind has one form: it cannot be generic",
        ));
    }
    let mut root = quote!(::skeg_client);
    for attr in input
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("crd"))
    {
        // The crate's place is needed to read all else; errors come below.
        let _ = attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("crate") {
                let path: Path = text(&meta)?.parse()?;
                root = quote!(#path);
                return Ok(());
            }
            while !meta.input.is_empty() && !meta.input.peek(Token![,]) {
                meta.input.parse::<proc_macro2::TokenTree>()?;
            }
            Ok(())
        });
    }
    let module = quote!(#root::__derive);
    let json = quote!(#module::schema::json);
    let mut said = Said::default();
    for attr in input
        .attrs
        .iter()
        .filter(|attr| attr.path().is_ident("crd"))
    {
        attr.parse_nested_meta(|meta| said.one(&meta, &json))?;
    }
    said.check()?;
    Ok(generate(input, &said, &root, &module))
}

fn generate(
    input: &DeriveInput,
    said: &Said,
    root: &TokenStream,
    module: &TokenStream,
) -> TokenStream {
    let text = |text: &Option<LitStr>| text.as_ref().map(LitStr::value).unwrap_or_default();
    let (group, version, kind) = (text(&said.group), text(&said.version), text(&said.kind));
    let spec = &input.ident;
    let visibility = &input.vis;
    let name = match &said.name {
        Some(name) => Ident::new(&name.value(), name.span()),
        None => format_ident!("{kind}"),
    };
    let lower = kind.to_lowercase();
    let singular = said
        .singular
        .as_ref()
        .map_or_else(|| lower.clone(), LitStr::value);
    let plural = said
        .plural
        .as_ref()
        .map_or_else(|| plural(&lower), LitStr::value);
    let list_kind = said
        .list_kind
        .as_ref()
        .map_or_else(|| format!("{kind}List"), LitStr::value);
    let crd_name = format!("{plural}.{group}");
    let namespaced = said.namespaced;
    let doc = said
        .doc
        .clone()
        .or_else(|| docs(&input.attrs))
        .unwrap_or_default();
    let struct_doc = format!("A `{kind}` of `{group}/{version}`.\n\n{doc}");
    let derives = &said.derives;
    let served = said.served.unwrap_or(true);
    let storage = said.storage.unwrap_or(true);
    let deprecated = said
        .deprecated
        .clone()
        .unwrap_or_else(|| quote!(::std::option::Option::None));
    let (short_names, categories) = (&said.short_names, &said.categories);
    let (columns, selectable, rules) = (&said.columns, &said.selectable, &said.rules);
    let (labels, annotations) = (&said.labels, &said.annotations);
    let option = |value: Option<TokenStream>| {
        value.map_or_else(
            || quote!(::std::option::Option::None),
            |value| quote!(::std::option::Option::Some(#value)),
        )
    };
    let scale = option(said.scale.clone());
    let schema = quote!(#module::schema);
    let spec_schema = match &said.schema {
        Some(function) => quote!(#function()),
        None if said.preserve => quote!(#schema::structural::build::any_object()),
        None => quote!(#schema::structural::schema_of::<#spec>()),
    };
    let status_schema = option(said.status.as_ref().map(|ty| {
        if said.preserve {
            quote!(#schema::structural::build::any_object())
        } else {
            quote!(#schema::structural::schema_of::<#ty>())
        }
    }));
    let status_type = said
        .status
        .as_ref()
        .map_or_else(|| quote!(()), |ty| quote!(#ty));
    let Status {
        field,
        empty,
        write,
        read,
        get,
        get_mut,
    } = status_parts(said.status.as_ref(), module);
    let meta = quote!(#module::meta);
    let mut subresources = TokenStream::new();
    if said.status.is_some() {
        subresources.extend(quote!(impl #meta::HasStatus for #name {}));
    }
    if said.scale.is_some() {
        subresources.extend(quote!(impl #meta::HasScale for #name {}));
    }
    quote! {
        #[doc = #struct_doc]
        #[derive(::std::clone::Clone, ::std::fmt::Debug #(, #derives)*)]
        #visibility struct #name {
            /// What all objects have.
            pub metadata: #meta::ObjectMeta,
            /// What is wanted.
            pub spec: #spec,
            #field
        }

        impl #name {
            /// An object of a name.
            #[must_use]
            pub fn new(name: impl ::std::convert::Into<::std::string::String>, spec: #spec) -> Self {
                let mut metadata = #meta::ObjectMeta::default();
                metadata.name = name.into();
                Self { metadata, spec, #empty }
            }

            /// The same object in a namespace.
            #[must_use]
            pub fn within(mut self, namespace: impl ::std::convert::Into<::std::string::String>) -> Self {
                self.metadata.namespace = namespace.into();
                self
            }

            /// The definition of the kind, with this version only.
            #[must_use]
            pub fn crd() -> #root::crd::CustomResourceDefinition {
                <Self as #root::crd::CustomResource>::crd()
            }
        }

        #[automatically_derived]
        impl #meta::Object for #name {
            const GVK: #meta::GroupVersionKind = #meta::GroupVersionKind::of(#group, #version, #kind);
            const PLURAL: &'static str = #plural;
            const NAMESPACED: bool = #namespaced;

            fn type_id() -> ::std::option::Option<#schema::TypeId> {
                ::std::option::Option::None
            }
            fn meta(&self) -> &#meta::ObjectMeta {
                &self.metadata
            }
            fn meta_mut(&mut self) -> &mut #meta::ObjectMeta {
                &mut self.metadata
            }
            fn to_tree(&self) -> #schema::Value {
                let mut tree = #module::head::<Self>(&self.metadata);
                #module::put(&mut tree, "spec", &self.spec);
                #write
                #schema::Value::Object(tree)
            }
            fn from_tree(tree: #schema::Value) -> ::std::result::Result<Self, #meta::ObjectError> {
                let mut tree = #module::members(tree)?;
                ::std::result::Result::Ok(Self {
                    metadata: #module::metadata(&mut tree)?,
                    spec: #module::spec(&mut tree)?,
                    #read
                })
            }
        }

        #[automatically_derived]
        impl #root::crd::CustomResource for #name {
            type Spec = #spec;
            type Status = #status_type;
            const CRD_NAME: &'static str = #crd_name;

            fn crd() -> #root::crd::CustomResourceDefinition {
                #root::crd::Definition {
                    group: #group,
                    version: #version,
                    kind: #kind,
                    plural: #plural,
                    singular: #singular,
                    list_kind: #list_kind,
                    namespaced: #namespaced,
                    short_names: &[#(#short_names),*],
                    categories: &[#(#categories),*],
                    served: #served,
                    storage: #storage,
                    deprecated: #deprecated,
                    description: #doc,
                    labels: &[#(#labels),*],
                    annotations: &[#(#annotations),*],
                    spec: #spec_schema,
                    status: #status_schema,
                    scale: #scale,
                    columns: ::std::vec![#(#columns),*],
                    selectable: &[#(#selectable),*],
                    rules: ::std::vec![#(#rules),*],
                }
                .build()
            }
            fn spec(&self) -> &#spec {
                &self.spec
            }
            fn spec_mut(&mut self) -> &mut #spec {
                &mut self.spec
            }
            fn status(&self) -> ::std::option::Option<&#status_type> {
                #get
            }
            fn set_status(&mut self, status: ::std::option::Option<#status_type>) {
                #get_mut
            }
        }

        #subresources

        #[automatically_derived]
        impl #module::serde::Serialize for #name {
            fn serialize<S: #module::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::std::result::Result<S::Ok, S::Error> {
                #module::serde::Serialize::serialize(&#meta::Object::to_tree(self), serializer)
            }
        }

        #[automatically_derived]
        impl<'de> #module::serde::Deserialize<'de> for #name {
            fn deserialize<D: #module::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::std::result::Result<Self, D::Error> {
                #module::deserialize::<Self, D>(deserializer)
            }
        }
    }
}

/// Code about the status, where there is one.
struct Status {
    field: TokenStream,
    empty: TokenStream,
    write: TokenStream,
    read: TokenStream,
    get: TokenStream,
    get_mut: TokenStream,
}

fn status_parts(ty: Option<&Type>, module: &TokenStream) -> Status {
    match ty {
        None => Status {
            field: quote!(),
            empty: quote!(),
            write: quote!(),
            read: quote!(),
            get: quote!(::std::option::Option::None),
            get_mut: quote!(
                let _ = status;
            ),
        },
        Some(ty) => Status {
            field: quote! {
                /// What is.
                pub status: ::std::option::Option<#ty>,
            },
            empty: quote!(status: ::std::option::Option::None,),
            write: quote! {
                if let ::std::option::Option::Some(status) = &self.status {
                    #module::put(&mut tree, "status", status);
                }
            },
            read: quote!(status: #module::status(&mut tree)?,),
            get: quote!(self.status.as_ref()),
            get_mut: quote!(self.status = status;),
        },
    }
}
