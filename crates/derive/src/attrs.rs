//! Reading attributes, with errors that say what would be right.

use proc_macro2::TokenStream;
use quote::quote;
use syn::meta::ParseNestedMeta;
use syn::spanned::Spanned as _;
use syn::{Attribute, Expr, ExprLit, Lit, LitBool, LitStr, Result, Token, UnOp, bracketed, token};

/// The text of doc comments, with line breaks as written.
pub(crate) fn docs(attrs: &[Attribute]) -> Option<String> {
    let mut lines = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("doc")) {
        let syn::Meta::NameValue(meta) = &attr.meta else {
            continue;
        };
        let Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) = &meta.value
        else {
            continue;
        };
        let text = text.value();
        // A comment without words is the line between two paragraphs.
        for line in text.split('\n') {
            lines.push(line.strip_prefix(' ').unwrap_or(line).trim_end().to_owned());
        }
    }
    let text = lines.join("\n").trim().to_owned();
    (!text.is_empty()).then_some(text)
}

/// An error about an attribute that is not known, with what is.
pub(crate) fn unknown(meta: &ParseNestedMeta<'_>, of: &str, known: &[&str]) -> syn::Error {
    let name = meta
        .path
        .segments
        .iter()
        .map(|segment| segment.ident.to_string())
        .collect::<Vec<_>>()
        .join("::");
    let near = |known: &str| nearness(&name, known);
    let near = known
        .iter()
        .filter_map(|known| Some((near(known)?, *known)))
        .min();
    match near {
        Some((_, near)) => meta.error(format!("`{of}` has no `{name}`; did you mean `{near}`?")),
        None => meta.error(format!(
            "`{of}` has no `{name}`; it has: {}",
            known.join(", ")
        )),
    }
}

/// How far a name is from a known one, if they are alike at all.
fn nearness(name: &str, known: &str) -> Option<usize> {
    let squeezed = |text: &str| text.replace('_', "").to_lowercase();
    let (name, known) = (squeezed(name), squeezed(known));
    let (short, long) = if name.len() < known.len() {
        (&name, &known)
    } else {
        (&known, &name)
    };
    let distance = distance(&name, &known);
    if distance <= known.len().max(4) / 3 {
        return Some(distance);
    }
    let within = short.len() > 2 && (long.starts_with(short) || long.ends_with(short));
    within.then_some(distance)
}

/// How many letters must be changed, added or left out.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, candidate) in other.iter().enumerate() {
            let cost = diagonal + usize::from(letter != *candidate);
            diagonal = row[column + 1];
            row[column + 1] = cost.min(row[column] + 1).min(diagonal + 1);
        }
    }
    row[other.len()]
}

/// `name = "text"`.
pub(crate) fn text(meta: &ParseNestedMeta<'_>) -> Result<LitStr> {
    let wrong = |error: syn::Error| {
        let name = name_of(meta);
        syn::Error::new(error.span(), format!("write `{name} = \"…\"`, with a text"))
    };
    meta.value().map_err(wrong)?.parse().map_err(wrong)
}

/// `name`, or `name = true`.
pub(crate) fn flag(meta: &ParseNestedMeta<'_>) -> Result<bool> {
    if meta.input.peek(Token![=]) {
        let literal: LitBool = meta.value()?.parse().map_err(|error: syn::Error| {
            let name = name_of(meta);
            syn::Error::new(error.span(), format!("write `{name}`, or `{name} = false`"))
        })?;
        Ok(literal.value)
    } else {
        Ok(true)
    }
}

/// `name = "text"` or `name = ["text", "text"]`.
pub(crate) fn texts(meta: &ParseNestedMeta<'_>) -> Result<Vec<LitStr>> {
    let value = meta
        .value()
        .map_err(|_| meta.error(format!("write `{} = [\"…\", \"…\"]`", name_of(meta))))?;
    if value.peek(token::Bracket) {
        let inner;
        bracketed!(inner in value);
        let list = inner.parse_terminated(<LitStr as syn::parse::Parse>::parse, Token![,])?;
        Ok(list.into_iter().collect())
    } else {
        Ok(vec![value.parse()?])
    }
}

/// `name = data`, as code that makes a tree of it.
pub(crate) fn data(meta: &ParseNestedMeta<'_>, build: &TokenStream) -> Result<TokenStream> {
    let expr: Expr = meta.value()?.parse()?;
    Ok(as_tree(&expr, build))
}

/// `name = 3`, as code that makes a tree of it.
pub(crate) fn number(meta: &ParseNestedMeta<'_>, build: &TokenStream) -> Result<TokenStream> {
    let expr: Expr = meta.value()?.parse()?;
    if let Expr::Lit(ExprLit { lit, .. }) = &expr
        && !matches!(lit, Lit::Int(_) | Lit::Float(_))
    {
        let name = name_of(meta);
        return Err(syn::Error::new(
            expr.span(),
            format!("`{name}` is a number: write `{name} = 1`"),
        ));
    }
    Ok(as_tree(&expr, build))
}

/// Code that makes a tree of an expression. Whole numbers are of 64 bits.
fn as_tree(expr: &Expr, build: &TokenStream) -> TokenStream {
    match expr {
        Expr::Lit(ExprLit {
            lit: Lit::Int(number),
            ..
        }) if number.suffix().is_empty() => {
            quote!(#build::value::<i64>(&(#expr)))
        }
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match &*unary.expr {
            Expr::Lit(ExprLit {
                lit: Lit::Int(number),
                ..
            }) if number.suffix().is_empty() => quote!(#build::value::<i64>(&(#expr))),
            _ => quote!(#build::value(&(#expr))),
        },
        _ => quote!(#build::value(&(#expr))),
    }
}

/// The attribute's own name.
pub(crate) fn name_of(meta: &ParseNestedMeta<'_>) -> String {
    meta.path
        .get_ident()
        .map(ToString::to_string)
        .unwrap_or_default()
}

/// Reads over whatever follows a name that does not matter here.
pub(crate) fn pass_over(meta: &ParseNestedMeta<'_>) -> Result<()> {
    if meta.input.peek(Token![=]) {
        let _: Expr = meta.value()?.parse()?;
    } else if meta.input.peek(token::Paren) {
        let inner;
        syn::parenthesized!(inner in meta.input);
        let _: TokenStream = inner.parse()?;
    }
    Ok(())
}

/// What stands in the brackets behind a name when it begins with a text.
pub(crate) fn literals(meta: &ParseNestedMeta<'_>) -> Result<Option<Vec<Lit>>> {
    if !meta.input.peek(token::Paren) {
        return Ok(None);
    }
    let begins_with_text = || {
        let ahead = meta.input.fork();
        let inner;
        syn::parenthesized!(inner in ahead);
        Ok::<_, syn::Error>(inner.peek(LitStr))
    };
    if !begins_with_text()? {
        return Ok(None);
    }
    let inner;
    syn::parenthesized!(inner in meta.input);
    let literals = inner.parse_terminated(<Lit as syn::parse::Parse>::parse, Token![,])?;
    Ok(Some(literals.into_iter().collect()))
}

/// One rule: `rule = "…"`, `rule("…", "message")`, or `rule(rule = "…", message = "…", …)`.
pub(crate) fn rule(meta: &ParseNestedMeta<'_>, json: &TokenStream) -> Result<TokenStream> {
    const KNOWN: &[&str] = &[
        "rule",
        "message",
        "message_expression",
        "reason",
        "field_path",
        "optional_old_self",
    ];
    const REASONS: &[&str] = &[
        "FieldValueInvalid",
        "FieldValueForbidden",
        "FieldValueRequired",
        "FieldValueDuplicate",
    ];
    if !meta.input.peek(token::Paren) {
        let rule = text(meta)?;
        nonempty(&rule, "rule")?;
        return Ok(quote!(#json!({"rule": #rule})));
    }
    if let Some(said) = literals(meta)? {
        let [Lit::Str(rule), Lit::Str(message)] = said.as_slice() else {
            return Err(meta.error(
                "write `rule(\"self.min <= self.max\", \"the message\")`; what else there is to say has names: `rule(rule = \"…\", reason = \"…\")`",
            ));
        };
        nonempty(rule, "rule")?;
        one_line(message)?;
        return Ok(quote!(#json!({"rule": #rule, "message": #message})));
    }
    let mut members = TokenStream::new();
    let mut said = false;
    meta.parse_nested_meta(|meta| {
        let name = name_of(&meta);
        let key = match name.as_str() {
            "rule" => {
                said = true;
                "rule"
            }
            "message" => "message",
            "message_expression" => "messageExpression",
            "reason" => "reason",
            "field_path" => "fieldPath",
            "optional_old_self" => {
                let optional = flag(&meta)?;
                members.extend(quote!("optionalOldSelf": #optional,));
                return Ok(());
            }
            _ => return Err(unknown(&meta, "rule", KNOWN)),
        };
        let value = text(&meta)?;
        nonempty(&value, &name)?;
        if key == "message" {
            one_line(&value)?;
        }
        if key == "reason" && !REASONS.contains(&value.value().as_str()) {
            return Err(syn::Error::new(
                value.span(),
                format!("a rule's reason is one of {}", REASONS.join(", ")),
            ));
        }
        if key == "fieldPath" && !value.value().starts_with(['.', '[']) {
            return Err(syn::Error::new(
                value.span(),
                "a rule's field path begins with a dot: `.spec.replicas`",
            ));
        }
        members.extend(quote!(#key: #value,));
        Ok(())
    })?;
    if !said {
        return Err(meta.error(
            "a rule needs its expression: `rule(rule = \"self.min <= self.max\", message = \"…\")`",
        ));
    }
    Ok(quote!(#json!({#members})))
}

fn one_line(message: &LitStr) -> Result<()> {
    nonempty(message, "message")?;
    if message.value().contains('\n') {
        return Err(syn::Error::new(
            message.span(),
            "a rule's message is one line",
        ));
    }
    Ok(())
}

fn nonempty(value: &LitStr, name: &str) -> Result<()> {
    if value.value().trim().is_empty() {
        return Err(syn::Error::new(value.span(), format!("`{name}` is empty")));
    }
    Ok(())
}
