//! Which release a server is, and what it can do.

use std::collections::BTreeMap;

use super::text;
use crate::client::Client;
use crate::error::Error;

/// What a server says of its release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerVersion {
    /// The major number.
    pub major: u32,
    /// The minor number, without the plus sign that some distributions add.
    pub minor: u32,
    /// The whole version: `v1.37.1`, `v1.33.4-gke.1134000`.
    pub git_version: String,
    /// The operating system and processor: `linux/amd64`.
    pub platform: String,
    /// The oldest version that the server can stand in for, where it says so.
    pub emulation: Option<(u32, u32)>,
}

fn number(text: &str) -> u32 {
    let digits = text
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(text.len());
    text[..digits].parse().unwrap_or_default()
}

impl ServerVersion {
    /// Whether the server is of this release or a later one.
    ///
    /// ```
    /// # use skeg_client::ServerVersion;
    /// # let version = ServerVersion { major: 1, minor: 33, git_version: String::new(), platform: String::new(), emulation: None };
    /// assert!(version.at_least(1, 33) && !version.at_least(1, 34));
    /// ```
    #[must_use]
    pub fn at_least(&self, major: u32, minor: u32) -> bool {
        (self.major, self.minor) >= (major, minor)
    }
}

impl Client {
    /// The server's release, in parts.
    ///
    /// # Errors
    /// As for every request.
    pub async fn server_release(&self) -> Result<ServerVersion, Error> {
        let version = self.get_json("/version").await?;
        let git_version = text(&version["gitVersion"]);
        let mut numbers = git_version.trim_start_matches('v').split('.');
        // Some servers leave the numbers out.
        let part = |key: &str, from: Option<&str>| match text(&version[key]) {
            said if !said.is_empty() => number(&said),
            _ => from.map_or(0, number),
        };
        let emulated = text(&version["emulationMajor"]);
        Ok(ServerVersion {
            major: part("major", numbers.next()),
            minor: part("minor", numbers.next()),
            platform: text(&version["platform"]),
            emulation: (!emulated.is_empty())
                .then(|| (number(&emulated), number(&text(&version["emulationMinor"])))),
            git_version,
        })
    }

    /// The server's feature gates, by name: whether each is on. From its
    /// metrics, which not everybody may read.
    ///
    /// # Errors
    /// As for every request; `is_forbidden()` without the right to metrics.
    pub async fn feature_gates(&self) -> Result<BTreeMap<String, bool>, Error> {
        Ok(parse_gates(&self.get_text("/metrics").await?))
    }
}

fn parse_gates(metrics: &str) -> BTreeMap<String, bool> {
    metrics
        .lines()
        .filter_map(|line| {
            let labels = line.strip_prefix("kubernetes_feature_enabled{")?;
            let (labels, value) = labels.split_once('}')?;
            let (_, name) = labels.split_once("name=\"")?;
            let (name, _) = name.split_once('"')?;
            Some((name.to_owned(), value.trim() == "1"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_are_read_from_metrics() {
        let gates = parse_gates(
            "# TYPE kubernetes_feature_enabled gauge\n\
             kubernetes_feature_enabled{name=\"A\",stage=\"BETA\"} 1\n\
             kubernetes_feature_enabled{stage=\"\",name=\"B\"} 0\nother{name=\"C\"} 1\n",
        );
        assert_eq!(
            gates,
            [("A".to_owned(), true), ("B".to_owned(), false)].into()
        );
        assert_eq!((number("33+"), number("x")), (33, 0));
    }
}
