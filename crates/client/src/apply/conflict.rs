//! Conflicts of an apply, as data.

use crate::error::Error;

/// A field that an apply wanted to change and another manager owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldConflict {
    /// The field, as the server writes it: `.spec.replicas`.
    pub field: String,
    /// Who owns it.
    pub manager: String,
    /// Through which subresource; empty where through none.
    pub subresource: String,
    /// In which version it was written, where the owner wrote it by an update;
    /// empty where by an apply.
    pub api_version: String,
    /// When it was written, where the server says so.
    pub time: String,
}

impl FieldConflict {
    /// From a cause in a Status: `conflict with "kubectl" with subresource
    /// "scale" using apps/v1 at 2026-01-02T03:04:05Z`.
    fn parse(field: &str, message: &str) -> Option<Self> {
        let rest = message.strip_prefix("conflict with ")?;
        let (manager, mut rest) = quoted(rest)?;
        let mut conflict = Self {
            field: field.to_owned(),
            manager,
            subresource: String::new(),
            api_version: String::new(),
            time: String::new(),
        };
        if let Some(after) = rest.strip_prefix(" with subresource ") {
            (conflict.subresource, rest) = quoted(after)?;
        }
        if let Some(after) = rest.strip_prefix(" using ") {
            let (version, time) = after.split_once(" at ").unwrap_or((after, ""));
            conflict.api_version = version.to_owned();
            conflict.time = time.to_owned();
        }
        Some(conflict)
    }
}

/// A text in Go's quotes, and what follows.
fn quoted(text: &str) -> Option<(String, &str)> {
    let rest = text.strip_prefix('"')?;
    let mut plain = String::new();
    let mut letters = rest.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some((plain, &rest[at + 1..])),
            '\\' => match letters.next()?.1 {
                'n' => plain.push('\n'),
                't' => plain.push('\t'),
                other => plain.push(other),
            },
            letter => plain.push(letter),
        }
    }
    None
}

impl Error {
    /// The fields over which an apply failed, and who owns them; empty for
    /// every other error.
    ///
    /// ```no_run
    /// # async fn f(api: skeg_client::Api<skeg_api::core::v1::ConfigMap>) -> Result<(), skeg_client::Error> {
    /// # let config = skeg_client::Apply::new("settings");
    /// if let Err(error) = api.apply(&config, "my-controller").await {
    ///     for conflict in error.apply_conflicts() {
    ///         eprintln!("{} belongs to {}", conflict.field, conflict.manager);
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn apply_conflicts(&self) -> Vec<FieldConflict> {
        let details = self.status().and_then(|status| status.details.as_ref());
        let causes = details.map(|details| &*details.causes).unwrap_or_default();
        causes
            .iter()
            .filter(|cause| cause.reason == "FieldManagerConflict")
            .filter_map(|cause| FieldConflict::parse(&cause.field, &cause.message))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use skeg_meta::{Status, StatusCause, StatusDetails};

    #[test]
    fn causes_are_read() {
        let cause = |message: &str| StatusCause {
            reason: "FieldManagerConflict".to_owned(),
            message: message.to_owned(),
            field: ".spec.replicas".to_owned(),
        };
        let error = Error::from(Status {
            code: 409,
            reason: "Conflict".to_owned(),
            details: Some(StatusDetails {
                causes: vec![
                    cause("conflict with \"hpa\""),
                    cause("conflict with \"a \\\"b\\\"\" with subresource \"scale\" using apps/v1"),
                    cause("conflict with \"kubectl\" using v1 at 2026-01-02T03:04:05Z"),
                    cause("something else"),
                ],
                ..StatusDetails::default()
            }),
            ..Status::default()
        });
        let found = error.apply_conflicts();
        let read: Vec<[&str; 4]> = found
            .iter()
            .map(|c| [&*c.manager, &*c.subresource, &*c.api_version, &*c.time])
            .collect();
        assert_eq!(
            read,
            [
                ["hpa", "", "", ""],
                ["a \"b\"", "scale", "apps/v1", ""],
                ["kubectl", "", "v1", "2026-01-02T03:04:05Z"],
            ]
        );
        assert!(error.is_conflict());
        assert_eq!(found[0].field, ".spec.replicas");
    }
}
