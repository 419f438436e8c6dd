//! `#[derive(JsonSchema)]`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ext::IdentExt as _;
use syn::spanned::Spanned as _;
use syn::{Attribute, Data, DataEnum, DeriveInput, Fields, FieldsNamed, Path, Result};

use crate::attrs::text;
use crate::case::Case;
use crate::overlay::{Overlay, Paths};
use crate::serde_attrs as serde;

/// The module that generated code finds everything below.
pub(crate) fn module(attrs: &[Attribute]) -> Result<TokenStream> {
    let mut module = quote!(::skeg_client::__derive);
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("schema")) {
        attr.parse_nested_meta(|meta| {
            if meta.path.is_ident("crate") {
                let path: Path = text(&meta)?.parse()?;
                module = quote!(#path::__derive);
                Ok(())
            } else {
                // Read in full later on.
                let _: TokenStream = skip(&meta)?;
                Ok(())
            }
        })?;
    }
    Ok(module)
}

/// Whatever follows up to the next comma.
fn skip(meta: &syn::meta::ParseNestedMeta<'_>) -> Result<TokenStream> {
    let mut over = TokenStream::new();
    while !meta.input.is_empty() && !meta.input.peek(syn::Token![,]) {
        over.extend([meta.input.parse::<proc_macro2::TokenTree>()?]);
    }
    Ok(over)
}

/// The implementation for a type.
pub(crate) fn derive(input: &DeriveInput) -> Result<TokenStream> {
    let paths = Paths::below(&module(&input.attrs)?);
    let container = serde::Container::read(&input.attrs)?;
    let overlay = Overlay::read(&input.attrs, &paths)?;
    let made = match (
        &container.into,
        &overlay.with,
        &overlay.as_type,
        &input.data,
    ) {
        (_, Some(with), _, _) => quote!(#with()),
        (Some(ty), None, None, _) | (_, None, Some(ty), _) => quote!(seen.schema::<#ty>()),
        (None, None, None, Data::Struct(data)) => {
            structure(&data.fields, &container, &paths, input)?
        }
        (None, None, None, Data::Enum(data)) => enumeration(data, &container, &paths, input)?,
        (None, None, None, Data::Union(data)) => {
            return Err(syn::Error::new(
                data.union_token.span(),
                "a union has no form in JSON; use a struct or an enum",
            ));
        }
    };
    let changes = overlay.code(&paths);
    let (structural, schema) = (&paths.structural, &paths.schema);
    let name = &input.ident;
    let mut generics = input.generics.clone();
    for parameter in generics.type_params_mut() {
        parameter
            .bounds
            .push(syn::parse_quote!(#structural::JsonSchema));
    }
    let (implement, types, conditions) = generics.split_for_impl();
    Ok(quote! {
        #[automatically_derived]
        impl #implement #structural::JsonSchema for #name #types #conditions {
            fn json_schema(seen: &mut #structural::Seen) -> #schema::Value {
                let _ = &seen;
                let mut made = #made;
                let schema = &mut made;
                #changes
                let _ = schema;
                made
            }
        }
    })
}

fn structure(
    fields: &Fields,
    container: &serde::Container,
    paths: &Paths,
    input: &DeriveInput,
) -> Result<TokenStream> {
    match fields {
        Fields::Named(fields) if container.transparent => {
            let inner = fields
                .named
                .iter()
                .find(|field| serde::Field::read(&field.attrs).is_ok_and(|read| !read.skip))
                .ok_or_else(|| {
                    syn::Error::new(input.ident.span(), "a transparent struct needs a field")
                })?;
            let ty = &inner.ty;
            Ok(quote!(seen.schema::<#ty>()))
        }
        Fields::Named(fields) => named(fields, container.rename_all, container.default, paths),
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => one(&fields.unnamed[0], paths),
        Fields::Unnamed(_) => Err(syn::Error::new(
            input.ident.span(),
            "serde writes a tuple struct as a list of different things, which a structural schema cannot describe; name the fields",
        )),
        Fields::Unit => {
            let build = &paths.build;
            Ok(quote!(#build::ObjectSchema::default().finish()))
        }
    }
}

/// The schema of what a newtype holds.
fn one(field: &syn::Field, paths: &Paths) -> Result<TokenStream> {
    let overlay = Overlay::read(&field.attrs, paths)?;
    let changes = overlay.code(paths);
    let made = match (&overlay.with, &overlay.as_type) {
        (Some(with), _) => quote!(#with()),
        (None, Some(ty)) => quote!(seen.schema::<#ty>()),
        (None, None) => {
            let ty = &field.ty;
            quote!(seen.schema::<#ty>())
        }
    };
    if changes.is_empty() {
        return Ok(made);
    }
    Ok(quote!({
        let mut made = #made;
        let schema = &mut made;
        #changes
        made
    }))
}

fn named(fields: &FieldsNamed, case: Case, default: bool, paths: &Paths) -> Result<TokenStream> {
    let build = &paths.build;
    let mut code = TokenStream::new();
    for field in &fields.named {
        let said = serde::Field::read(&field.attrs)?;
        let overlay = Overlay::read(&field.attrs, paths)?;
        if said.skip || overlay.skip {
            continue;
        }
        let Some(ident) = &field.ident else { continue };
        let ty = overlay.as_type.clone().unwrap_or_else(|| field.ty.clone());
        if said.flatten {
            code.extend(quote!(object.flatten::<#ty>(seen);));
            continue;
        }
        let name = said
            .rename
            .clone()
            .unwrap_or_else(|| case.field(&ident.unraw().to_string()));
        let optional = match overlay.required {
            Some(required) => !required,
            None => said.default || default,
        };
        let (required, with) = (overlay.required == Some(true), overlay.with.clone());
        let overlay = overlay.with_default(said.default_fn.as_ref(), paths);
        let changes = overlay.code(paths);
        let structural = &paths.structural;
        code.extend(match with {
            Some(with) => quote! {{
                let mut made = #with();
                let schema = &mut made;
                #changes
                let _ = schema;
                object.put(#name, #optional || <#ty as #structural::JsonSchema>::is_optional(), made);
            }},
            // A field that must be there although its type is an `Option`.
            None if required => quote! {{
                let mut made = seen.schema::<#ty>();
                let schema = &mut made;
                #changes
                let _ = schema;
                object.put(#name, false, made);
            }},
            None => quote! {
                object.field::<#ty>(seen, #name, #optional, |schema| {
                    let _ = &schema;
                    #changes
                });
            },
        });
    }
    Ok(quote!({
        let mut object = #build::ObjectSchema::default();
        #code
        object.finish()
    }))
}

struct Variant {
    name: String,
    /// `None` without data.
    data: Option<TokenStream>,
    changes: TokenStream,
    ident: syn::Ident,
}

fn enumeration(
    data: &DataEnum,
    container: &serde::Container,
    paths: &Paths,
    input: &DeriveInput,
) -> Result<TokenStream> {
    let mut variants = Vec::new();
    for variant in &data.variants {
        let said = serde::Variant::read(&variant.attrs)?;
        let overlay = Overlay::read(&variant.attrs, paths)?;
        if said.skip || overlay.skip {
            continue;
        }
        if said.untagged && !container.untagged {
            return Err(syn::Error::new(
                variant.ident.span(),
                "one untagged variant among tagged ones is no structural schema; give the enum `#[serde(untagged)]`, or the variant a name",
            ));
        }
        let case = said.rename_all.unwrap_or(container.rename_all_fields);
        let inner = match &variant.fields {
            Fields::Unit => None,
            Fields::Named(fields) => Some(named(fields, case, false, paths)?),
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                Some(one(&fields.unnamed[0], paths)?)
            }
            Fields::Unnamed(_) => {
                return Err(syn::Error::new(
                    variant.ident.span(),
                    "serde writes this variant as a list of different things, which a structural schema cannot describe; name its fields",
                ));
            }
        };
        variants.push(Variant {
            name: said.rename.unwrap_or_else(|| {
                container
                    .rename_all
                    .variant(&variant.ident.unraw().to_string())
            }),
            data: inner,
            changes: overlay.code(paths),
            ident: variant.ident.clone(),
        });
    }
    if variants.is_empty() {
        return Err(syn::Error::new(
            input.ident.span(),
            "an enum without variants has no value, and so no schema",
        ));
    }
    assemble(&variants, container, paths)
}

fn assemble(
    variants: &[Variant],
    container: &serde::Container,
    paths: &Paths,
) -> Result<TokenStream> {
    let build = &paths.build;
    let names = variants.iter().map(|variant| &variant.name);
    if container.untagged {
        let data = variants.iter().map(|variant| {
            variant
                .data
                .as_ref()
                .map_or_else(|| quote!(#build::anything()), |_| changed(variant))
        });
        return Ok(quote!(#build::untagged(::std::vec![#(#data),*])));
    }
    if variants.iter().all(|variant| variant.data.is_none()) && container.tag.is_none() {
        return Ok(quote!(#build::one_of_texts(&[#(#names),*])));
    }
    let optional = variants.iter().map(|variant| match &variant.data {
        Some(_) => {
            let data = changed(variant);
            quote!(::std::option::Option::Some(#data))
        }
        None => quote!(::std::option::Option::None),
    });
    Ok(match (&container.tag, &container.content) {
        (Some(tag), None) => {
            quote!(#build::internally_tagged(#tag, ::std::vec![#((#names, #optional)),*]))
        }
        (Some(tag), Some(content)) => {
            quote!(#build::adjacently_tagged(#tag, #content, ::std::vec![#((#names, #optional)),*]))
        }
        (None, _) => {
            if let Some(bare) = variants.iter().find(|variant| variant.data.is_none()) {
                return Err(syn::Error::new(
                    bare.ident.span(),
                    format!(
                        "serde writes `{}` as a text and the other variants as objects, which is no structural schema; give the enum `#[serde(tag = \"type\")]`, or this variant data: `{} {{}}`",
                        bare.ident, bare.ident
                    ),
                ));
            }
            let data = variants.iter().map(changed);
            quote!(#build::externally_tagged(::std::vec![#((#names, #data)),*]))
        }
    })
}

/// The schema of a variant's data, with what is said of the variant.
fn changed(variant: &Variant) -> TokenStream {
    let data = variant.data.as_ref();
    let changes = &variant.changes;
    if changes.is_empty() {
        return quote!(#data);
    }
    quote!({
        let mut made = #data;
        let schema = &mut made;
        #changes
        made
    })
}
