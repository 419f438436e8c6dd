//! Tokens from a file: `token,user,uid[,"group1,group2"]` a line.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};

use super::{AuthenticatedUser, AuthnError, TokenAuthenticator};
use crate::user::UserInfo;

/// The tokens of a file. They are kept as digests, so that a lookup takes the
/// same time whatever was guessed right.
pub struct StaticTokens {
    users: HashMap<Vec<u8>, Arc<UserInfo>>,
    audiences: Vec<String>,
}

/// A token file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StaticTokenError {
    /// The file cannot be read.
    #[error("cannot read the token file {path}")]
    Read {
        /// Which file.
        path: String,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A line is not a record of at least three columns.
    #[error(
        "line {line} of the token file: {why}; each line is token,user,uid[,\"group1,group2\"]"
    )]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        why: &'static str,
    },
}

impl StaticTokens {
    /// Reads `path`; the tokens are good for `audiences` (the API server's).
    ///
    /// # Errors
    /// The file cannot be read or a line is malformed.
    pub fn from_file(path: &Path, audiences: Vec<String>) -> Result<Self, StaticTokenError> {
        let text = std::fs::read_to_string(path).map_err(|source| StaticTokenError::Read {
            path: path.display().to_string(),
            source,
        })?;
        Self::parse(&text, audiences)
    }

    /// The same from text.
    ///
    /// # Errors
    /// A line is malformed.
    pub fn parse(text: &str, audiences: Vec<String>) -> Result<Self, StaticTokenError> {
        let mut users = HashMap::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let wrong = |why| StaticTokenError::Line {
                line: index + 1,
                why,
            };
            let record = csv_record(line).ok_or_else(|| wrong("a quote is not closed"))?;
            let [token, name, uid, rest @ ..] = record.as_slice() else {
                return Err(wrong("fewer than three columns"));
            };
            if token.is_empty() {
                tracing::warn!(
                    line = index + 1,
                    "an empty token in the token file is left out"
                );
                continue;
            }
            // One empty column still is one (empty) group, as upstream has it.
            let groups = rest
                .first()
                .map(|g| g.split(',').map(str::to_owned).collect());
            let user = UserInfo {
                name: name.clone(),
                uid: uid.clone(),
                groups: groups.unwrap_or_default(),
                extra: Default::default(),
            };
            let user = Arc::new(user.with_authenticated_group());
            if users.insert(digest_of(token), user).is_some() {
                tracing::warn!(
                    line = index + 1,
                    "a token stands in the token file twice; the last counts"
                );
            }
        }
        Ok(Self { users, audiences })
    }
}

#[async_trait]
impl TokenAuthenticator for StaticTokens {
    async fn authenticate_token(
        &self,
        token: &str,
        audiences: &[String],
    ) -> Result<Option<AuthenticatedUser>, AuthnError> {
        let Some(user) = self.users.get(&digest_of(token)) else {
            return Ok(None);
        };
        let audiences: Vec<String> = audiences
            .iter()
            .filter(|a| self.audiences.contains(a))
            .cloned()
            .collect();
        if audiences.is_empty() && !self.audiences.is_empty() {
            return Ok(None);
        }
        Ok(Some(AuthenticatedUser {
            user: user.clone(),
            audiences,
        }))
    }
}

fn digest_of(token: &str) -> Vec<u8> {
    digest(&SHA256, token.as_bytes()).as_ref().to_vec()
}

/// The columns of one line of CSV (RFC 4180, white space before a column is
/// dropped).
fn csv_record(line: &str) -> Option<Vec<String>> {
    let mut columns = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        if let Some(mut quoted) = rest.strip_prefix('"') {
            let mut column = String::new();
            loop {
                let end = quoted.find('"')?;
                column.push_str(&quoted[..end]);
                quoted = &quoted[end + 1..];
                match quoted.strip_prefix('"') {
                    Some(after) => {
                        column.push('"');
                        quoted = after;
                    }
                    None => break,
                }
            }
            columns.push(column);
            rest = quoted.trim_start();
            match rest.strip_prefix(',') {
                Some(after) => rest = after,
                None if rest.is_empty() => return Some(columns),
                None => return None,
            }
        } else {
            match rest.split_once(',') {
                Some((column, after)) => {
                    columns.push(column.to_owned());
                    rest = after;
                }
                None => {
                    columns.push(rest.trim_end().to_owned());
                    return Some(columns);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records() {
        let check = |line: &str, expect: Option<&[&str]>| {
            let got = csv_record(line);
            let expect = expect.map(|e| e.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>());
            assert_eq!(got, expect, "{line}");
        };
        check("a,b,c", Some(&["a", "b", "c"]));
        check("a,b,c,\"x,y\"", Some(&["a", "b", "c", "x,y"]));
        check("a, b,c,\"x\"\"y\"", Some(&["a", "b", "c", "x\"y"]));
        check("a,b,c,", Some(&["a", "b", "c", ""]));
        check("a,b,c,\"x", None);
        check("a,b,c,\"x\"y", None);
    }

    #[test]
    fn errors_name_the_line() {
        let error = StaticTokens::parse("a,b,c\nx,y\n", vec![]).err().unwrap();
        assert!(
            error
                .to_string()
                .starts_with("line 2 of the token file: fewer than three")
        );
    }
}
