//! The clothes of other programs: called by the name of one of them, by a link
//! or as the first argument, `skeg` takes that program's flags.

mod admission;
mod apiserver;
mod audit;
pub mod beside;
mod checks;
pub mod choices;
mod ciphers;
mod flags;
mod metrics;
mod ranges;
mod settings;
mod table;
mod table_access;
pub mod tls_files;

use std::ffi::OsString;
use std::process::ExitCode;

/// The names, and what runs under them.
const NAMES: &[(&str, fn(Vec<OsString>) -> ExitCode)] = &[
    ("kube-apiserver", apiserver::main),
    ("etcd", crate::etcd::main),
];

/// Runs the program that this process was called as; `None` if it was called
/// by no such name.
pub fn dispatch() -> Option<ExitCode> {
    let mut args = std::env::args_os();
    let called = args.next().unwrap_or_default();
    let called = called.to_string_lossy();
    let own = called.rsplit('/').next().unwrap_or_default();
    if let Some((_, run)) = NAMES.iter().find(|(name, _)| *name == own) {
        return Some(run(args.collect()));
    }
    let first = args.next()?;
    let (_, run) = NAMES.iter().find(|(name, _)| first == *name)?;
    Some(run(args.collect()))
}
