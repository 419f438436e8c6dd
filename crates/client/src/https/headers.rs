//! The headers by which we are somebody else.

use http::header::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::config::{ConfigError, FrontProxyUser, Impersonation};

/// The characters of a token of HTTP (RFC 9110, 5.6.2) stay as they are, but
/// for the sign of the encoding itself.
const KEY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'*')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Who is somebody else, in the words of a family of headers.
struct User<'a> {
    user: &'a str,
    uid: &'a str,
    groups: &'a [String],
    extra: &'a [(String, Vec<String>)],
}

fn write(
    family: &'static [&'static str; 4],
    of: &User<'_>,
    headers: &mut HeaderMap,
) -> Result<(), ConfigError> {
    let [user, uid, group, extra] = *family;
    let value = |text: &str| {
        HeaderValue::from_str(text).map_err(|_| {
            ConfigError::invalid(format!("{user} {text:?}"), "cannot stand in a header")
        })
    };
    if of.user.is_empty() {
        return Err(ConfigError::invalid(user, "the user's name is missing"));
    }
    headers.insert(user, value(of.user)?);
    if !of.uid.is_empty() {
        headers.insert(uid, value(of.uid)?);
    }
    for name in of.groups {
        headers.append(group, value(name)?);
    }
    for (key, values) in of.extra {
        let key = utf8_percent_encode(key, KEY);
        let name = HeaderName::from_bytes(format!("{extra}{key}").to_ascii_lowercase().as_bytes())
            .map_err(|error| ConfigError::invalid(extra, error))?;
        for text in values {
            headers.append(name.clone(), value(text)?);
        }
    }
    Ok(())
}

/// `Impersonate-User` and the like.
pub(crate) fn impersonate(
    impersonation: &Impersonation,
    headers: &mut HeaderMap,
) -> Result<(), ConfigError> {
    const FAMILY: &[&str; 4] = &[
        "impersonate-user",
        "impersonate-uid",
        "impersonate-group",
        "impersonate-extra-",
    ];
    let of = User {
        user: &impersonation.user,
        uid: &impersonation.uid,
        groups: &impersonation.groups,
        extra: &impersonation.extra,
    };
    write(FAMILY, &of, headers)
}

/// `X-Remote-User` and the like.
pub(super) fn front_proxy(
    user: &FrontProxyUser,
    headers: &mut HeaderMap,
) -> Result<(), ConfigError> {
    const FAMILY: &[&str; 4] = &[
        "x-remote-user",
        "x-remote-uid",
        "x-remote-group",
        "x-remote-extra-",
    ];
    let of = User {
        user: &user.user,
        uid: &user.uid,
        groups: &user.groups,
        extra: &user.extra,
    };
    write(FAMILY, &of, headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_a_user() {
        let user = Impersonation::user("jane")
            .uid("7")
            .group("a")
            .group("b")
            .extra("example.com/ä%", vec!["x".to_owned(), "y".to_owned()]);
        let mut headers = HeaderMap::new();
        impersonate(&user, &mut headers).expect("headers");
        let mut found: Vec<_> = headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")))
            .collect();
        found.sort();
        assert_eq!(
            found,
            [
                "impersonate-extra-example.com%2f%c3%a4%25: x",
                "impersonate-extra-example.com%2f%c3%a4%25: y",
                "impersonate-group: a",
                "impersonate-group: b",
                "impersonate-uid: 7",
                "impersonate-user: jane",
            ]
        );
        let nobody = Impersonation::default().group("a");
        assert!(impersonate(&nobody, &mut HeaderMap::new()).is_err());
    }
}
