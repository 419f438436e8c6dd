//! What there is to say of the process.

use skeg_auth::metrics::Text;
use std::fs;
use std::sync::OnceLock;

/// The kernel counts memory in pages of this many bytes.
const PAGE_LEN: f64 = 4096.0;
/// The kernel counts time in this part of a second.
const TICKS: f64 = 100.0;

/// A word of a table of the kernel, as a number.
fn word(words: &[&str], at: usize) -> f64 {
    words.get(at).and_then(|w| w.parse().ok()).unwrap_or(0.0)
}

/// Bytes received and sent, over all links but the loopback.
fn network(table: &str) -> (f64, f64) {
    let (mut received, mut sent) = (0.0, 0.0);
    for line in table.lines() {
        let Some((link, rest)) = line.split_once(':') else {
            continue;
        };
        if link.trim() == "lo" {
            continue;
        }
        let words: Vec<&str> = rest.split_ascii_whitespace().collect();
        received += word(&words, 0);
        sent += word(&words, 8);
    }
    (received, sent)
}

/// The soft limit of a line of `/proc/self/limits`.
fn limit(table: &str, name: &str) -> f64 {
    let line = table.lines().find(|line| line.starts_with(name));
    let first = line.and_then(|line| line[name.len()..].split_ascii_whitespace().next());
    match first {
        // As Prometheus' own library tells it.
        Some("unlimited") => u64::MAX as f64,
        Some(number) => number.parse().unwrap_or(0.0),
        None => 0.0,
    }
}

/// Fields of proc(5), after the name, which is in brackets.
fn fields(stat: &str) -> Vec<&str> {
    let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    rest.split_ascii_whitespace().collect()
}

fn started_at(fields: &[&str]) -> f64 {
    let boot = boot_seconds(&fs::read_to_string("/proc/stat").unwrap_or_default());
    boot + word(fields, 19) / TICKS
}

/// When this process was started, in whole seconds since 1970.
pub fn start_seconds() -> i64 {
    static START: OnceLock<i64> = OnceLock::new();
    *START.get_or_init(|| {
        let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
        started_at(&fields(&stat)) as i64
    })
}

/// Seconds since 1970 at which the machine was started.
fn boot_seconds(table: &str) -> f64 {
    table
        .lines()
        .find_map(|line| line.strip_prefix("btime "))
        .and_then(|number| number.trim().parse().ok())
        .unwrap_or(0.0)
}

/// Writes the lines.
pub(super) fn render(out: &mut Text) {
    let name = "kubernetes_build_info";
    let help = "What is running; always 1.";
    out.head(name, "gauge", "BETA", help);
    let labels = [
        (
            "build_date",
            option_env!("SKEG_BUILD_DATE").unwrap_or("1970-01-01T00:00:00Z"),
        ),
        ("compiler", "rustc"),
        (
            "git_commit",
            option_env!("SKEG_GIT_COMMIT").unwrap_or_default(),
        ),
        ("git_tree_state", "clean"),
        ("git_version", "v1.37.1"),
        ("go_version", ""),
        ("major", "1"),
        ("minor", "37"),
        ("platform", "linux/amd64"),
    ];
    out.sample(name, &labels, 1.0);
    let name = "version_info";
    let help = "Which versions of the API it is compatible with; always 1.";
    out.head(name, "gauge", "ALPHA", help);
    let labels = [
        ("binary", "1.37.1"),
        ("component", "kube"),
        ("emulation", "1.37"),
        ("min_compat", "1.36"),
    ];
    out.sample(name, &labels, 1.0);

    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = fields(&stat);
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let open = fs::read_dir("/proc/self/fd").map_or(0, |entries| entries.count());
    let links = fs::read_to_string("/proc/self/net/dev").unwrap_or_default();
    let (received, sent) = network(&links);
    for (name, kind, help, value) in [
        (
            "process_cpu_seconds_total",
            "counter",
            "CPU time, in seconds.",
            (word(&fields, 11) + word(&fields, 12)) / TICKS,
        ),
        (
            "process_max_fds",
            "gauge",
            "File descriptors that may be open.",
            limit(&limits, "Max open files"),
        ),
        (
            "process_network_receive_bytes_total",
            "counter",
            "Bytes that the links of its network received.",
            received,
        ),
        (
            "process_network_transmit_bytes_total",
            "counter",
            "Bytes that the links of its network sent.",
            sent,
        ),
        (
            "process_open_fds",
            "gauge",
            "Open file descriptors.",
            open as f64,
        ),
        (
            "process_resident_memory_bytes",
            "gauge",
            "Memory that is resident.",
            word(&fields, 21) * PAGE_LEN,
        ),
        (
            "process_start_time_seconds",
            "gauge",
            "When it was started, in seconds since 1970.",
            started_at(&fields),
        ),
        (
            "process_virtual_memory_bytes",
            "gauge",
            "Address space in use.",
            word(&fields, 20),
        ),
        (
            "process_virtual_memory_max_bytes",
            "gauge",
            "Address space that may be in use.",
            limit(&limits, "Max address space"),
        ),
    ] {
        out.head(name, kind, "ALPHA", help);
        out.sample(name, &[], value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_of_the_kernel() {
        let links = "Inter-| Receive\n face |bytes\n    lo: 5 0 0 0 0 0 0 0 5 0\n  eth0: 7 1 0 0 0 0 0 0 9 1\n";
        assert_eq!(network(links), (7.0, 9.0));
        let limits = "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 4096                 files\nMax address space         unlimited            unlimited            bytes\n";
        assert_eq!(limit(limits, "Max open files"), 1024.0);
        assert_eq!(limit(limits, "Max address space"), u64::MAX as f64);
        assert_eq!(boot_seconds("cpu 1\nbtime 17\n"), 17.0);
    }

    #[test]
    fn a_process_tells_of_itself() {
        let mut out = Text::default();
        render(&mut out);
        let text = out.finish();
        let value = |name: &str| -> f64 {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
                .unwrap_or(0.0)
        };
        assert!(value("process_start_time_seconds ") > 1e9);
        assert!(value("process_max_fds ") > 0.0);
        assert!(value("process_virtual_memory_bytes ") > 1e6);
    }
}
