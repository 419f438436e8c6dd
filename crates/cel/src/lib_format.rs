//! Named formats.

use base64::Engine as _;
use skeg_meta::names;

use crate::error::EvalError;
use crate::functions::{Row, function as f, method as m, text};
use crate::time;
use crate::url::Url;
use crate::value::Val;

/// A named format.
#[derive(Debug)]
pub struct Format {
    /// Its name in expressions.
    pub name: &'static str,
    /// How long its regular expression is thought to be, for the cost.
    pub regex_size: u64,
    complaints: fn(&str) -> Vec<String>,
}

const OF: &str = "kubernetes.NamedFormat";

macro_rules! formats {
    ($($constant:ident, $make:ident, $name:literal, $size:literal, $complaints:expr;)*) => {
        $(
            static $constant: Format = Format {
                name: $name,
                regex_size: $size,
                complaints: $complaints,
            };

            fn $make<'a>(_: &[Val<'a>]) -> Out<'a> {
                Ok(Val::Format(&$constant))
            }
        )*

        const ALL: &[&Format] = &[$(&$constant),*];

        pub(crate) const ROWS: &[Row] = &[
            $(
                f(concat!("format.", $name), concat!("format.", $name), "", OF, $make).since(31),
            )*
            f("format.named", "format-named", "string", "optional(kubernetes.NamedFormat)", named)
                .since(31),
            m(
                "validate",
                "format-validate",
                "kubernetes.NamedFormat string",
                "optional(list(string))",
                validate,
            )
            .since(31),
        ];
    };
}

type Out<'a> = Result<Val<'a>, EvalError>;

formats! {
    DNS1123_LABEL, make_dns1123_label, "dns1123Label", 30, label;
    DNS1123_SUBDOMAIN, make_dns1123_subdomain, "dns1123Subdomain", 60, names::dns1123_subdomain;
    DNS1035_LABEL, make_dns1035_label, "dns1035Label", 30, names::dns1035_label;
    QUALIFIED_NAME, make_qualified_name, "qualifiedName", 60, names::qualified_name;
    DNS1123_LABEL_PREFIX, make_dns1123_label_prefix, "dns1123LabelPrefix", 30,
        |text| label(&without_dash(text));
    DNS1123_SUBDOMAIN_PREFIX, make_dns1123_subdomain_prefix, "dns1123SubdomainPrefix", 60,
        |text| names::dns1123_subdomain(&without_dash(text));
    DNS1035_LABEL_PREFIX, make_dns1035_label_prefix, "dns1035LabelPrefix", 30,
        |text| names::dns1035_label(&without_dash(text));
    LABEL_VALUE, make_label_value, "labelValue", 40, names::label_value;
    URI, make_uri, "uri", 1103, uri;
    UUID, make_uuid, "uuid", 72, uuid;
    BYTE, make_byte, "byte", 84, byte;
    DATE, make_date, "date", 72, date;
    DATETIME, make_datetime, "datetime", 72, datetime;
}

/// What a name begins with may end with a dash, as something follows.
fn without_dash(text: &str) -> String {
    match text.strip_suffix('-') {
        Some(start) => format!("{start}a"),
        None => text.to_owned(),
    }
}

/// A label of RFC 1123; of a subdomain only its dots are too much.
fn label(text: &str) -> Vec<String> {
    let mut complaints = names::dns1123_label(text);
    if text.contains('.')
        && names::dns1123_subdomain(text).is_empty()
        && let Some(form) = complaints.last_mut()
    {
        "must not contain dots".clone_into(form);
    }
    complaints
}

fn unless(fine: bool, words: &str) -> Vec<String> {
    if fine {
        Vec::new()
    } else {
        vec![words.to_owned()]
    }
}

fn uri(text: &str) -> Vec<String> {
    Url::parse_request(text).err().into_iter().collect()
}

fn uuid(text: &str) -> Vec<String> {
    let hex: String = text.chars().filter(|c| *c != '-').collect();
    let dashes: Vec<usize> = text.match_indices('-').map(|(at, _)| at).collect();
    let placed = dashes
        .iter()
        .all(|at| *at < text.len() && text[..*at].chars().any(|c| c != '-'));
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    let shaped = matches!(
        parts.as_slice(),
        [8, 4, 4, 4, 12] | [32] | [8, 24] | [12, 20] | [16, 16] | [20, 12]
    ) || parts.iter().sum::<usize>() == 32 && parts.len() <= 5;
    unless(
        placed && shaped && hex.len() == 32 && hex.bytes().all(|b| b.is_ascii_hexdigit()),
        "does not match the UUID format",
    )
}

fn byte(text: &str) -> Vec<String> {
    let engine = base64::engine::general_purpose::STANDARD;
    let fine = !text.is_empty() && engine.decode(text).is_ok();
    unless(fine, "invalid base64")
}

fn date(text: &str) -> Vec<String> {
    unless(time::parse_date(text).is_some(), "invalid date")
}

fn datetime(text: &str) -> Vec<String> {
    unless(time::parse_date_time(text).is_some(), "invalid datetime")
}

fn named<'a>(args: &[Val<'a>]) -> Out<'a> {
    let name = text(args, 0)?;
    Ok(match ALL.iter().find(|format| format.name == name) {
        Some(format) => Val::some(Val::Format(format)),
        None => Val::none(),
    })
}

fn validate<'a>(args: &[Val<'a>]) -> Out<'a> {
    let Some(Val::Format(format)) = args.first() else {
        return Err(EvalError::no_such_overload());
    };
    let complaints = (format.complaints)(text(args, 1)?);
    if complaints.is_empty() {
        return Ok(Val::none());
    }
    let complaints: Vec<Val<'a>> = complaints.into_iter().map(Val::from).collect();
    Ok(Val::some(Val::from(complaints)))
}
