//! What the operating system says of this process, under the names that
//! Prometheus' own clients use. Read from `/proc` when metrics are; elsewhere
//! than on Linux there is nothing to say.

use std::fmt::Write;
use std::fs;

/// The clock ticks of `/proc`, which have been hundredths of a second on every
/// architecture for as long as anybody can see them.
const TICKS_PER_SECOND: f64 = 100.0;
const KIB: f64 = 1024.0;

/// Fields of `/proc/self/stat`, counted from behind the name in brackets.
const USER_TICKS: usize = 11;
const SYSTEM_TICKS: usize = 12;
const START_TICKS: usize = 19;

/// The number that follows a name at a line's beginning.
fn number_after(text: &str, name: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// What is known of the process, as it stands in these files.
fn write_from(
    out: &mut String,
    [stat, status, limits, system]: [&str; 4],
    open_files: Option<usize>,
) {
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .map_or("", |(_, fields)| fields)
        .split_whitespace()
        .collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    let seconds = |ticks: f64| ticks / TICKS_PER_SECOND;
    let cpu = ticks(USER_TICKS).zip(ticks(SYSTEM_TICKS));
    let start = number_after(system, "btime").zip(ticks(START_TICKS));
    #[allow(clippy::cast_precision_loss, reason = "a count of files")]
    let open_files = open_files.map(|count| count as f64);
    let rows = [
        (
            "process_cpu_seconds_total",
            "counter",
            "CPU time that was spent, in seconds.",
            cpu.map(|(user, kernel)| seconds(user + kernel)),
        ),
        (
            "process_max_fds",
            "gauge",
            "How many files may be open.",
            number_after(limits, "Max open files"),
        ),
        (
            "process_open_fds",
            "gauge",
            "How many files are open.",
            open_files,
        ),
        (
            "process_resident_memory_bytes",
            "gauge",
            "Memory that is resident, in bytes.",
            number_after(status, "VmRSS:").map(|kib| kib * KIB),
        ),
        (
            "process_start_time_seconds",
            "gauge",
            "When the process began, in seconds since 1970.",
            start.map(|(boot, since)| boot + seconds(since)),
        ),
        (
            "process_virtual_memory_bytes",
            "gauge",
            "Memory that is addressed, in bytes.",
            number_after(status, "VmSize:").map(|kib| kib * KIB),
        ),
    ];
    for (name, kind, help, value) in rows {
        if let Some(value) = value {
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}"
            );
        }
    }
}

/// Writes what is known of this process now.
pub(super) fn write(out: &mut String) {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let stat = read("/proc/self/stat");
    let status = read("/proc/self/status");
    let limits = read("/proc/self/limits");
    let system = read("/proc/stat");
    let open_files = fs::read_dir("/proc/self/fd").ok().map(Iterator::count);
    write_from(out, [&stat, &status, &limits, &system], open_files);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_system_are_understood() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 4200 1000 20";
        let status = "Name:\ta\nVmSize:\t   2048 kB\nVmRSS:\t    1024 kB\n";
        let limits =
            "Limit   Soft Limit  Hard Limit  Units\nMax open files   1024   4096   files\n";
        let mut out = String::new();
        write_from(
            &mut out,
            [stat, status, limits, "cpu 1\nbtime 1700000000\n"],
            Some(9),
        );
        for line in [
            "# TYPE process_cpu_seconds_total counter",
            "process_cpu_seconds_total 3",
            "process_max_fds 1024",
            "process_open_fds 9",
            "process_resident_memory_bytes 1048576",
            "process_start_time_seconds 1700000042",
            "process_virtual_memory_bytes 2097152",
        ] {
            assert!(out.lines().any(|have| have == line), "{line} in\n{out}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_said() {
        let mut out = String::new();
        write_from(&mut out, ["", "", "Max open files   unlimited", ""], None);
        assert_eq!(out, "");
    }
}
