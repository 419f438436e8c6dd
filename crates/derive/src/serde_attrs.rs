//! What serde's own attributes say of the form in JSON.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::{Attribute, LitStr, Path, Result, Token, token};

use crate::attrs::{name_of, pass_over, text};
use crate::case::Case;

/// Of a struct or an enum.
#[derive(Default)]
pub(crate) struct Container {
    pub(crate) rename_all: Case,
    pub(crate) rename_all_fields: Case,
    pub(crate) tag: Option<LitStr>,
    pub(crate) content: Option<LitStr>,
    pub(crate) untagged: bool,
    pub(crate) transparent: bool,
    /// Every field has a default.
    pub(crate) default: bool,
    /// The type that stands for this one.
    pub(crate) into: Option<syn::Type>,
}

/// Of a variant.
#[derive(Default)]
pub(crate) struct Variant {
    pub(crate) rename: Option<String>,
    pub(crate) rename_all: Option<Case>,
    pub(crate) skip: bool,
    pub(crate) untagged: bool,
}

/// Of a field.
#[derive(Default)]
pub(crate) struct Field {
    pub(crate) rename: Option<String>,
    pub(crate) skip: bool,
    pub(crate) flatten: bool,
    /// The field may be left out.
    pub(crate) default: bool,
    /// The function that makes its default.
    pub(crate) default_fn: Option<TokenStream>,
}

fn each(
    attrs: &[Attribute],
    mut read: impl FnMut(&ParseNestedMeta<'_>) -> Result<()>,
) -> Result<()> {
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
        attr.parse_nested_meta(|meta| read(&meta))?;
    }
    Ok(())
}

/// `rename = "x"` or `rename(serialize = "x", deserialize = "y")`, of which the first counts.
fn renamed(meta: &ParseNestedMeta<'_>) -> Result<Option<LitStr>> {
    if !meta.input.peek(token::Paren) {
        return text(meta).map(Some);
    }
    let mut name = None;
    meta.parse_nested_meta(|meta| {
        if meta.path.is_ident("serialize") {
            name = Some(text(&meta)?);
            Ok(())
        } else {
            pass_over(&meta)
        }
    })?;
    Ok(name)
}

fn case(meta: &ParseNestedMeta<'_>) -> Result<Case> {
    let Some(name) = renamed(meta)? else {
        return Ok(Case::AsIs);
    };
    Case::parse(&name.value())
        .ok_or_else(|| syn::Error::new(name.span(), "serde does not know this case"))
}

impl Container {
    pub(crate) fn read(attrs: &[Attribute]) -> Result<Self> {
        let mut read = Self::default();
        each(attrs, |meta| {
            match name_of(meta).as_str() {
                "rename_all" => read.rename_all = case(meta)?,
                "rename_all_fields" => read.rename_all_fields = case(meta)?,
                "tag" => read.tag = Some(text(meta)?),
                "content" => read.content = Some(text(meta)?),
                "untagged" => read.untagged = true,
                "transparent" => read.transparent = true,
                "into" => read.into = Some(text(meta)?.parse()?),
                "default" => {
                    read.default = true;
                    pass_over(meta)?;
                }
                _ => pass_over(meta)?,
            }
            Ok(())
        })?;
        Ok(read)
    }
}

impl Variant {
    pub(crate) fn read(attrs: &[Attribute]) -> Result<Self> {
        let mut read = Self::default();
        each(attrs, |meta| {
            match name_of(meta).as_str() {
                "rename" => read.rename = renamed(meta)?.map(|name| name.value()),
                "rename_all" => read.rename_all = Some(case(meta)?),
                "skip" | "skip_serializing" => read.skip = true,
                "untagged" => read.untagged = true,
                _ => pass_over(meta)?,
            }
            Ok(())
        })?;
        Ok(read)
    }
}

impl Field {
    pub(crate) fn read(attrs: &[Attribute]) -> Result<Self> {
        let mut read = Self::default();
        each(attrs, |meta| {
            match name_of(meta).as_str() {
                "rename" => read.rename = renamed(meta)?.map(|name| name.value()),
                "skip" => read.skip = true,
                "flatten" => read.flatten = true,
                "default" => {
                    read.default = true;
                    if meta.input.peek(Token![=]) {
                        let path: Path = text(meta)?.parse()?;
                        read.default_fn = Some(quote!(#path()));
                    }
                }
                _ => pass_over(meta)?,
            }
            Ok(())
        })?;
        Ok(read)
    }
}
