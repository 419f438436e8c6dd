//! Addresses, and what Go says of a text that is none.

use std::net::IpAddr;

use skeg_schema::go::quote;

/// An address, and whether a zone stands behind it.
///
/// # Errors
///
/// The text is no address; what is wrong, in the words of Go's `netip`.
pub(crate) fn parse(text: &str) -> Result<(IpAddr, bool), String> {
    complain(text).map_err(|(why, at)| {
        let shown = quote(text);
        match at {
            Some(at) => format!("ParseAddr({shown}): {why} (at {})", quote(at)),
            None => format!("ParseAddr({shown}): {why}"),
        }
    })
}

/// What is wrong, and where.
type Complaint<'a> = (&'static str, Option<&'a str>);

fn complain(text: &str) -> Result<(IpAddr, bool), Complaint<'_>> {
    match text.find(['.', ':', '%']).map(|at| text.as_bytes()[at]) {
        Some(b'.') => dotted(text)?,
        Some(b':') => {
            let (body, zone) = match text.split_once('%') {
                Some((body, zone)) => (body, Some(zone)),
                None => (text, None),
            };
            if zone == Some("") {
                return Err(("zone must be a non-empty string", None));
            }
            colons(body)?;
            let address = body.parse().map_err(|_| ("unable to parse IP", None))?;
            return Ok((address, zone.is_some()));
        }
        Some(_) => return Err(("missing IPv6 address", None)),
        None => {}
    }
    match text.parse() {
        Ok(address) => Ok((address, false)),
        Err(_) => Err(("unable to parse IP", None)),
    }
}

/// Four numbers with dots between them.
fn dotted(text: &str) -> Result<(), Complaint<'_>> {
    let (mut dots, mut digits, mut value) = (0, 0, 0);
    for (at, c) in text.char_indices() {
        let rest = &text[at..];
        match c {
            '0'..='9' => {
                if digits == 1 && value == 0 {
                    return Err(("IPv4 field has octet with leading zero", None));
                }
                value = value * 10 + u32::from(c) - u32::from('0');
                digits += 1;
                if value > 255 {
                    return Err(("IPv4 field has value >255", None));
                }
            }
            '.' => {
                if digits == 0 || rest.len() == 1 {
                    return Err(("IPv4 field must have at least one digit", Some(rest)));
                }
                if dots == 3 {
                    return Err(("IPv4 address too long", None));
                }
                (dots, digits, value) = (dots + 1, 0, 0);
            }
            _ => return Err(("unexpected character", Some(rest))),
        }
    }
    if dots < 3 {
        return Err(("IPv4 address too short", None));
    }
    Ok(())
}

/// Eight groups with colons between them, of which `::` stands for some; the
/// last two may be written as four numbers.
fn colons(text: &str) -> Result<(), Complaint<'_>> {
    const GROUPS: u32 = 8;
    let mut rest = text;
    let mut groups = 0;
    let mut shortened = false;
    if let Some(behind) = rest.strip_prefix("::") {
        shortened = true;
        rest = behind;
    }
    while groups < GROUPS && !rest.is_empty() {
        let length = rest
            .find(|c: char| !c.is_ascii_hexdigit())
            .unwrap_or(rest.len());
        if length > 4 {
            return Err(("each group must have 4 or less digits", Some(rest)));
        }
        if length == 0 {
            let why = "each colon-separated field must have at least one digit";
            return Err((why, Some(rest)));
        }
        if rest[length..].starts_with('.') {
            if !shortened && groups != GROUPS - 2 {
                let why = "embedded IPv4 address must replace the final 2 fields of the address";
                return Err((why, Some(rest)));
            }
            if groups + 2 > GROUPS {
                let why = "too many hex fields to fit an embedded IPv4 at the end of the address";
                return Err((why, Some(rest)));
            }
            dotted(rest)?;
            groups += 2;
            rest = "";
            break;
        }
        groups += 1;
        rest = &rest[length..];
        if rest.is_empty() {
            break;
        }
        let Some(behind) = rest.strip_prefix(':') else {
            return Err(("unexpected character, want colon", Some(rest)));
        };
        if behind.is_empty() {
            let why = "colon must be followed by more characters";
            return Err((why, Some(rest)));
        }
        rest = behind;
        if let Some(behind) = rest.strip_prefix(':') {
            if shortened {
                return Err(("multiple :: in address", Some(rest)));
            }
            shortened = true;
            rest = behind;
        }
    }
    match (rest.is_empty(), groups < GROUPS, shortened) {
        (false, ..) => Err(("trailing garbage after address", Some(rest))),
        (_, true, false) => Err(("address string too short", None)),
        (_, false, true) => {
            let why = "the :: must expand to at least one field of zeros";
            Err((why, None))
        }
        _ => Ok(()),
    }
}
