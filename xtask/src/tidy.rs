//! `cargo xtask tidy`: the rules of the house that a compiler does not hold.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;

/// The crates in the order in which data flows. A crate may only use those before it.
const ORDER: &[&str] = &[
    "skeg-schema",
    "skeg-meta",
    "skeg-cel",
    "skeg-derive",
    "skeg-api",
    "skeg-client",
    "skeg-runtime",
    "skeg-grpc",
    "skeg-store",
    "skeg-etcd",
    "skeg-auth",
    "skeg-registry",
    "skeg-apiserver",
    "skeg-scheduler",
    "skeg-controllers",
    "skeg-testkit",
    "skeg-oci",
    "skeg-cri",
    "skeg-kubelet",
    "skeg-net",
    "skeg-dns",
    "skeg-toolbox",
    "skeg",
    "skeg-examples",
    "skeg-e2e",
    "skeg-fuzz",
    "xtask",
];

/// What a crate must not know although the order would let it: (crate, dependency).
const MUST_NOT_KNOW: &[(&str, &[&str])] = &[
    (
        "skeg-store",
        &[
            "skeg-schema",
            "skeg-meta",
            "skeg-api",
            "skeg-client",
            "skeg-runtime",
        ],
    ),
    (
        "skeg-etcd",
        &[
            "skeg-schema",
            "skeg-meta",
            "skeg-api",
            "skeg-client",
            "skeg-runtime",
        ],
    ),
    ("skeg-registry", &["skeg-store", "hyper", "http"]),
    (
        "skeg-scheduler",
        &[
            "skeg-store",
            "skeg-apiserver",
            "skeg-registry",
            "hyper",
            "http",
        ],
    ),
    (
        "skeg-controllers",
        &["skeg-store", "skeg-apiserver", "skeg-registry"],
    ),
    (
        "skeg-oci",
        &["skeg-schema", "skeg-meta", "skeg-api", "skeg-client"],
    ),
    (
        "skeg-cri",
        &["skeg-schema", "skeg-meta", "skeg-api", "skeg-client"],
    ),
    (
        "skeg-kubelet",
        &["skeg-store", "skeg-apiserver", "skeg-registry"],
    ),
    ("skeg-net", &["skeg-kubelet"]),
];

/// Licences that may be linked into a binary under Apache-2.0.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "OpenSSL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Crates that would bring a second TLS provider or a system library.
const BANNED: &[&str] = &["ring", "openssl-sys", "native-tls"];

/// No file of source is longer, generated tables aside.
const FILE_LINES_MAX: usize = 1_000;

/// What no file of ours may say, and why. Written in halves, so that this file may pass.
const FORBIDDEN: &[(&str, &str, &str)] = &[
    (
        "todo",
        "!(",
        "build it, or leave it out whole and say so in docs/gaps.md",
    ),
    (
        "unimplemented",
        "!(",
        "build it, or leave it out whole and say so in docs/gaps.md",
    ),
    ("allow(dead", "_code)", "remove what nothing uses"),
    ("#[ign", "ore", "a test that does not run shows nothing"),
    (
        "/wo",
        "rk/",
        "the repository does not know anybody's machine",
    ),
];

pub fn run() -> Result<()> {
    let mut faults = Vec::new();
    files(&mut faults)?;
    packages(&mut faults)?;
    if faults.is_empty() {
        println!("tidy: nothing to say");
        return Ok(());
    }
    for fault in &faults {
        println!("tidy: {fault}");
    }
    bail!("{} things are untidy", faults.len())
}

fn files(faults: &mut Vec<String>) -> Result<()> {
    for name in shell::output(
        "git",
        &["ls-files", "--cached", "--others", "--exclude-standard"],
    )?
    .lines()
    {
        let path = shell::root().join(name);
        let source = name.ends_with(".rs");
        let prose = name.ends_with(".md") || name.ends_with(".toml") || name.ends_with(".sh");
        if !source && !prose || !path.is_file() {
            continue;
        }
        let text = std::fs::read_to_string(&path).with_context(|| format!("read {name}"))?;
        let generated = text.starts_with("// Written by `cargo xtask codegen`");
        let lines = text.lines().count();
        if source && !generated && lines > FILE_LINES_MAX {
            faults.push(format!(
                "{name}: {lines} lines; split it by what it does (at most {FILE_LINES_MAX})"
            ));
        }
        for (head, tail, why) in FORBIDDEN {
            let word = format!("{head}{tail}");
            if let Some(at) = text.lines().position(|line| line.contains(&word)) {
                faults.push(format!("{name}:{}: `{word}`: {why}", at + 1));
            }
        }
        if source {
            unwraps(name, &text, faults);
        }
    }
    Ok(())
}

/// `unwrap` may stand in tests, benchmarks and examples only.
fn unwraps(name: &str, text: &str, faults: &mut Vec<String>) {
    let test_file = Path::new(name).components().any(|part| {
        matches!(
            part.as_os_str().to_str(),
            Some("tests" | "tests.rs" | "testing" | "testing.rs" | "benches" | "examples")
        )
    });
    if test_file {
        return;
    }
    let word = format!(".unwrap{}", "()");
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("#[cfg(test)]")
            || line.trim_start().starts_with("#![cfg(test)]")
        {
            return;
        }
        if line.contains(&word) && !line.trim_start().starts_with("//") {
            faults.push(format!(
                "{name}:{}: `{word}` outside tests: return the error, or `expect` the invariant",
                index + 1
            ));
        }
    }
}

fn packages(faults: &mut Vec<String>) -> Result<()> {
    let metadata: Value = serde_json::from_str(&shell::output(
        "cargo",
        &["metadata", "--format-version", "1", "--locked"],
    )?)?;
    let packages = metadata["packages"]
        .as_array()
        .context("cargo metadata lists packages")?;
    for package in packages {
        let name = text(package, "name");
        if package["source"].is_null() {
            layering(name, package, faults);
            continue;
        }
        if !text(package, "source").starts_with("registry+") {
            faults.push(format!(
                "{name}: comes from {}, not from the registry",
                text(package, "source")
            ));
        }
        let licence = text(package, "license");
        if !licensed(licence) {
            faults.push(format!("{name}: its licence is `{licence}`"));
        }
    }
    banned(faults)
}

/// The lock file names crates of features that nobody switched on; what is really built decides.
fn banned(faults: &mut Vec<String>) -> Result<()> {
    let tree = shell::output(
        "cargo",
        &[
            "tree",
            "--workspace",
            "--locked",
            "--target",
            "all",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ],
    )?;
    for name in BANNED {
        if tree
            .lines()
            .any(|line| line.split(' ').next() == Some(name))
        {
            faults.push(format!("{name}: the one TLS provider is aws-lc-rs"));
        }
    }
    Ok(())
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn layering(name: &str, package: &Value, faults: &mut Vec<String>) {
    let Some(rank) = ORDER.iter().position(|known| *known == name) else {
        faults.push(format!(
            "{name}: not in the order of crates in xtask/src/tidy.rs"
        ));
        return;
    };
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        let other = text(dependency, "name");
        let for_tests = text(dependency, "kind") == "dev";
        if let Some(other_rank) = ORDER.iter().position(|known| *known == other)
            && other_rank >= rank
            && !for_tests
        {
            faults.push(format!(
                "{name}: must not depend on {other}, which comes after it"
            ));
        }
        if !for_tests
            && MUST_NOT_KNOW
                .iter()
                .any(|(who, what)| *who == name && what.contains(&other))
        {
            faults.push(format!(
                "{name}: must not know {other} (see ARCHITECTURE.md)"
            ));
        }
    }
}

/// Whether an SPDX expression can be satisfied with allowed licences.
fn licensed(expression: &str) -> bool {
    let allowed = |licence: &str| {
        let licence = licence.trim_matches(['(', ')', ' ']);
        LICENCES.contains(&licence.split(" WITH ").next().unwrap_or_default().trim())
    };
    expression
        .replace('/', " OR ")
        .split(" AND ")
        .all(|part| part.split(" OR ").any(allowed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_weighed_as_expressions() {
        assert!(licensed("MIT OR GPL-3.0"));
        assert!(licensed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(licensed("Apache-2.0 WITH LLVM-exception"));
        assert!(!licensed("GPL-3.0"));
        assert!(!licensed("MIT AND GPL-3.0"));
        assert!(!licensed(""));
    }

    #[test]
    fn unwraps_count_outside_tests_only() {
        let mut faults = Vec::new();
        let text = format!(
            "fn f() {{ x.unwrap{0}; }}\n#[cfg(test)]\nmod tests {{ fn g() {{ y.unwrap{0}; }} }}\n",
            "()"
        );
        unwraps("crates/a/src/lib.rs", &text, &mut faults);
        assert_eq!(faults.len(), 1);
        unwraps("crates/a/tests/it/main.rs", &text, &mut faults);
        assert_eq!(faults.len(), 1);
    }
}
