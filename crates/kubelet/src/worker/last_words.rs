//! What a container left behind when it ended.

use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

use skeg_cri::ContainerStatus;

use crate::names;

/// How many bytes of a container's last words are told.
const BYTES_MAX: u64 = 4096;
/// How many bytes of its log are told instead.
const LOG_BYTES_MAX: usize = 2048;
/// How many lines of its log at most.
const LOG_LINES_MAX: usize = 80;
/// How much of the log's file is looked at for them.
const LOG_WINDOW_BYTES: u64 = 64 * 1024;

/// A container's termination file, or, if it asks for it, the end of its log.
pub(super) fn last_words(status: &ContainerStatus, logs: &Path) -> Option<String> {
    let file = status.annotations.get(names::TERMINATION_LOG)?;
    // As upstream: of a long one the end.
    let mut text = end_of_file(Path::new(file), BYTES_MAX).unwrap_or_default();
    let by_log = status
        .annotations
        .get(names::TERMINATION_POLICY)
        .is_some_and(|policy| policy == "FallbackToLogsOnError");
    if text.is_empty() && by_log && status.exit_code != Some(0) {
        text =
            tail(&end_of_file(&logs.join(&status.log_path), LOG_WINDOW_BYTES).unwrap_or_default());
    }
    (!text.is_empty()).then(|| String::from_utf8_lossy(&text).into_owned())
}

fn end_of_file(path: &Path, bytes_max: u64) -> std::io::Result<Vec<u8>> {
    let mut file = std::fs::File::open(path)?;
    let len = file.metadata()?.len();
    file.seek(SeekFrom::Start(len.saturating_sub(bytes_max)))?;
    let mut bytes = Vec::new();
    // It may grow meanwhile.
    file.take(bytes_max).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What the last entries of a log say, without what stands before each: `TIME STREAM TAG`.
fn tail(log: &[u8]) -> Vec<u8> {
    let entries: Vec<&[u8]> = log
        .split(|byte| *byte == b'\n')
        .filter(|entry| !entry.is_empty())
        .collect();
    let mut out = Vec::new();
    for entry in &entries[entries.len().saturating_sub(LOG_LINES_MAX)..] {
        let mut parts = entry.splitn(4, |byte| *byte == b' ').skip(2);
        let (Some(tag), Some(content)) = (parts.next(), parts.next()) else {
            continue;
        };
        out.extend_from_slice(content);
        // The line of a partial entry goes on, or never came to its end.
        if tag.split(|byte| *byte == b':').next() != Some(b"P") {
            out.push(b'\n');
        }
    }
    let surplus = out.len().saturating_sub(LOG_BYTES_MAX);
    out.split_off(surplus)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(log: &str, expect: &str) {
        assert_eq!(String::from_utf8_lossy(&tail(log.as_bytes())), expect);
    }

    #[test]
    fn a_line_that_did_not_end_stays_so() {
        check("", "");
        check("T stdout P DONE\n", "DONE");
        check("T stdout F DONE\n", "DONE\n");
        check("T stdout P a \nT stderr P:x b\nT stdout F c\n", "a bc\n");
        check("T stdout F \nT stdout F d\n", "\nd\n");
    }

    #[test]
    fn of_a_long_log_the_end_is_told() {
        let log: String = (0..100).map(|n| format!("T stdout F {n}\n")).collect();
        let expect: String = (20..100).map(|n| format!("{n}\n")).collect();
        check(&log, &expect);
        let long = "x".repeat(LOG_BYTES_MAX + 1);
        check(&format!("T stdout P {long}\n"), &long[1..]);
    }
}
