//! System call filters: the default one, and profiles in the OCI's JSON form.
//!
//! A filter that cannot be built or installed fails the container (it fails closed).

mod profile;
mod table;

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition,
    SeccompFilter, SeccompRule, TargetArch,
};
use serde::{Deserialize, Serialize};

use crate::{capability, sys};

/// Which filter a container gets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Seccomp {
    /// None.
    #[default]
    Unconfined,
    /// The runtime's.
    RuntimeDefault,
    /// A profile's text.
    Profile(String),
}

/// Why a filter could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SeccompError {
    /// The processor's architecture has no filter.
    #[error("seccomp: architecture {0} is not supported")]
    Architecture(&'static str),
    /// The profile is not one.
    #[error("seccomp profile: {0}")]
    Profile(String),
    /// The filter's compiler refused it.
    #[error("compile the seccomp filter")]
    Compile(#[source] seccompiler::Error),
    /// The kernel refused it.
    #[error("install the seccomp filter")]
    Install(#[source] std::io::Error),
}

/// Programs to install in their order; the kernel obeys the strictest answer.
pub type Programs = Vec<BpfProgram>;

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

const CLONE_NEW_ANY: u64 = 0x7e02_0000;
const AF_VSOCK: u64 = 40;
const PERSONALITIES: [u64; 5] = [0x0, 0x0008, 0x2_0000, 0x2_0008, 0xffff_ffff];

/// Builds the filter for a container that holds `capabilities`.
pub fn compile(seccomp: &Seccomp, capabilities: u64) -> Result<Programs, SeccompError> {
    match seccomp {
        Seccomp::Unconfined => Ok(Programs::new()),
        Seccomp::RuntimeDefault => default_programs(capabilities),
        Seccomp::Profile(text) => profile::compile(text, capabilities),
    }
}

/// Installs a filter on this thread.
pub fn install(programs: &Programs) -> Result<(), SeccompError> {
    programs
        .iter()
        .try_for_each(|program| sys::install_seccomp(program))
        .map_err(SeccompError::Install)
}

fn arch() -> Result<TargetArch, SeccompError> {
    let name = std::env::consts::ARCH;
    TargetArch::try_from(name).map_err(|_| SeccompError::Architecture(name))
}

fn program(
    rules: Rules,
    otherwise: SeccompAction,
    matched: SeccompAction,
) -> Result<BpfProgram, SeccompError> {
    let compiled = SeccompFilter::new(rules, otherwise, matched, arch()?)
        .and_then(BpfProgram::try_from)
        .map_err(seccompiler::Error::Backend);
    compiled.map_err(SeccompError::Compile)
}

fn when(argument: u8, length: Len, op: Op, value: u64) -> Result<SeccompRule, SeccompError> {
    let rule = SeccompCondition::new(argument, length, op, value)
        .and_then(|condition| SeccompRule::new(vec![condition]))
        .map_err(seccompiler::Error::Backend);
    rule.map_err(SeccompError::Compile)
}

fn default_programs(capabilities: u64) -> Result<Programs, SeccompError> {
    let mut rules = Rules::new();
    let always = [table::ALLOWED, table::ALLOWED_NEW, table::ALLOWED_OLD];
    for (_, number) in always.into_iter().flatten() {
        rules.insert(*number, Vec::new());
    }
    for (name, calls) in table::BY_CAPABILITY {
        if capability::bit(name).is_ok_and(|bit| capabilities & bit != 0) {
            rules.extend(calls.iter().map(|(_, number)| (*number, Vec::new())));
        }
    }
    let admin = capability::bit("SYS_ADMIN").is_ok_and(|bit| capabilities & bit != 0);
    let clone = if admin {
        Vec::new()
    } else {
        vec![when(0, Len::Qword, Op::MaskedEq(CLONE_NEW_ANY), 0)?]
    };
    rules.insert(libc::SYS_clone, clone);
    let personalities = PERSONALITIES
        .iter()
        .map(|p| when(0, Len::Dword, Op::Eq, *p));
    rules.insert(
        libc::SYS_personality,
        personalities.collect::<Result<_, _>>()?,
    );
    rules.insert(
        libc::SYS_socket,
        vec![when(0, Len::Dword, Op::Ne, AF_VSOCK)?],
    );
    // The arguments of clone3 lie in memory, out of a filter's sight: it has to look absent,
    // so that libraries go back to clone. That answer needs a program of its own.
    rules.insert(libc::SYS_clone3, Vec::new());
    let refuse = SeccompAction::Errno(libc::EPERM as u32);
    let mut programs = vec![program(rules, refuse, SeccompAction::Allow)?];
    if !admin {
        let absent = Rules::from([(libc::SYS_clone3, Vec::new())]);
        let missing = SeccompAction::Errno(libc::ENOSYS as u32);
        programs.push(program(absent, SeccompAction::Allow, missing)?);
    }
    Ok(programs)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_call_is_in_two_tables() {
        let tables = [
            table::ALLOWED,
            table::ALLOWED_NEW,
            table::ALLOWED_OLD,
            table::BY_ARGUMENT,
            table::DENIED,
        ];
        let mut seen = BTreeSet::new();
        for (name, number) in tables.into_iter().flatten() {
            assert!(seen.insert(number), "{name}");
        }
        for (_, calls) in table::BY_CAPABILITY {
            for (name, number) in *calls {
                assert!(!seen.contains(number), "{name}");
            }
        }
        assert!(seen.contains(&libc::SYS_openat) && !seen.contains(&libc::SYS_mount));
    }

    #[test]
    fn the_default_filter_compiles_with_and_without_capabilities() {
        assert_eq!(compile(&Seccomp::RuntimeDefault, 0).unwrap().len(), 2);
        assert_eq!(
            compile(&Seccomp::RuntimeDefault, capability::all())
                .unwrap()
                .len(),
            1
        );
        assert!(compile(&Seccomp::Unconfined, 0).unwrap().is_empty());
    }
}
