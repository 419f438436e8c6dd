//! Profiles in the OCI's JSON form, with the conditions that container engines add.

use std::collections::BTreeMap;

use seccompiler::{
    SeccompAction, SeccompCmpArgLen as Len, SeccompCmpOp as Op, SeccompCondition, SeccompRule,
};
use serde::Deserialize;

use super::{Programs, Rules, SeccompError, program, table};
use crate::capability;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    default_action: String,
    default_errno_ret: Option<u32>,
    #[serde(default)]
    syscalls: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default)]
    names: Vec<String>,
    action: String,
    errno_ret: Option<u32>,
    args: Option<Vec<Argument>>,
    includes: Option<Condition>,
    excludes: Option<Condition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Argument {
    index: u8,
    value: u64,
    #[serde(default)]
    value_two: u64,
    op: String,
}

#[derive(Default, Deserialize)]
struct Condition {
    #[serde(default)]
    caps: Vec<String>,
    #[serde(default)]
    arches: Vec<String>,
}

pub(super) fn compile(text: &str, capabilities: u64) -> Result<Programs, SeccompError> {
    let bad = |message: String| SeccompError::Profile(message);
    let profile: Profile = serde_json::from_str(text).map_err(|e| bad(e.to_string()))?;
    let otherwise = action(&profile.default_action, profile.default_errno_ret)?;
    // One program for each action that differs from the default, so that each entry keeps its
    // own. A call without an entry has to pass the programs that only refuse.
    let mut allowed = Rules::new();
    let mut refused: BTreeMap<String, (SeccompAction, Rules)> = BTreeMap::new();
    for entry in &profile.syscalls {
        let applies = entry
            .includes
            .as_ref()
            .is_none_or(|c| c.holds(capabilities, true))
            && entry
                .excludes
                .as_ref()
                .is_none_or(|c| !c.holds(capabilities, false));
        if !applies {
            continue;
        }
        let action = action(&entry.action, entry.errno_ret)?;
        if action == otherwise {
            continue;
        }
        let rule = rule_of(entry)?;
        let is_allow = action == SeccompAction::Allow;
        // A name that this architecture does not have is no error, as in libseccomp.
        for number in entry.names.iter().filter_map(|name| number_of(name)) {
            if !is_allow {
                let slot = refused.entry(format!("{action:?}"));
                let slot = slot.or_insert_with(|| (action.clone(), Rules::new()));
                add(&mut slot.1, number, rule.clone());
            }
            if is_allow || otherwise != SeccompAction::Allow {
                add(&mut allowed, number, rule.clone());
            }
        }
    }
    let mut programs = Programs::new();
    if otherwise != SeccompAction::Allow {
        programs.push(program(allowed, otherwise, SeccompAction::Allow)?);
    }
    for (action, rules) in refused.into_values() {
        programs.push(program(rules, SeccompAction::Allow, action)?);
    }
    Ok(programs)
}

/// An empty list of rules stands for the call with any arguments.
fn add(rules: &mut Rules, number: i64, rule: Option<SeccompRule>) {
    match (rules.get_mut(&number), rule) {
        (None, None) => drop(rules.insert(number, Vec::new())),
        (None, Some(rule)) => drop(rules.insert(number, vec![rule])),
        (Some(list), None) => list.clear(),
        (Some(list), Some(rule)) => {
            if !list.is_empty() {
                list.push(rule);
            }
        }
    }
}

impl Condition {
    /// Includes ask for all capabilities, excludes for any.
    fn holds(&self, capabilities: u64, all: bool) -> bool {
        let held = |name: &String| capability::bit(name).is_ok_and(|bit| capabilities & bit != 0);
        let caps = match (self.caps.is_empty(), all) {
            (true, _) => None,
            (false, true) => Some(self.caps.iter().all(held)),
            (false, false) => Some(self.caps.iter().any(held)),
        };
        let arches = (!self.arches.is_empty()).then(|| {
            let own = if cfg!(target_arch = "x86_64") {
                "amd64"
            } else {
                "arm64"
            };
            self.arches.iter().any(|arch| arch == own)
        });
        match (caps, arches) {
            (Some(caps), Some(arches)) => caps && arches,
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => all,
        }
    }
}

fn number_of(name: &str) -> Option<i64> {
    let tables = [
        table::ALLOWED,
        table::ALLOWED_NEW,
        table::ALLOWED_OLD,
        table::BY_ARGUMENT,
        table::DENIED,
    ];
    let by_capability = table::BY_CAPABILITY.iter().map(|(_, calls)| *calls);
    let mut calls = tables.into_iter().chain(by_capability).flatten();
    calls
        .find(|(known, _)| *known == name)
        .map(|(_, number)| *number)
}

fn action(name: &str, errno: Option<u32>) -> Result<SeccompAction, SeccompError> {
    Ok(match name {
        "SCMP_ACT_ALLOW" => SeccompAction::Allow,
        "SCMP_ACT_ERRNO" => SeccompAction::Errno(errno.unwrap_or(libc::EPERM as u32)),
        "SCMP_ACT_KILL" | "SCMP_ACT_KILL_THREAD" => SeccompAction::KillThread,
        "SCMP_ACT_KILL_PROCESS" => SeccompAction::KillProcess,
        "SCMP_ACT_LOG" => SeccompAction::Log,
        "SCMP_ACT_TRAP" => SeccompAction::Trap,
        "SCMP_ACT_TRACE" => SeccompAction::Trace(errno.unwrap_or(libc::EPERM as u32)),
        other => return Err(SeccompError::Profile(format!("unknown action {other:?}"))),
    })
}

fn rule_of(entry: &Entry) -> Result<Option<SeccompRule>, SeccompError> {
    let Some(arguments) = entry.args.as_ref().filter(|list| !list.is_empty()) else {
        return Ok(None);
    };
    let mut conditions = Vec::with_capacity(arguments.len());
    for argument in arguments {
        let (op, value) = match argument.op.as_str() {
            "SCMP_CMP_EQ" => (Op::Eq, argument.value),
            "SCMP_CMP_NE" => (Op::Ne, argument.value),
            "SCMP_CMP_LT" => (Op::Lt, argument.value),
            "SCMP_CMP_LE" => (Op::Le, argument.value),
            "SCMP_CMP_GT" => (Op::Gt, argument.value),
            "SCMP_CMP_GE" => (Op::Ge, argument.value),
            "SCMP_CMP_MASKED_EQ" => (Op::MaskedEq(argument.value), argument.value_two),
            other => {
                return Err(SeccompError::Profile(format!(
                    "unknown comparison {other:?}"
                )));
            }
        };
        let condition = SeccompCondition::new(argument.index, Len::Qword, op, value)
            .map_err(|e| SeccompError::Compile(seccompiler::Error::Backend(e)))?;
        conditions.push(condition);
    }
    let rule = SeccompRule::new(conditions).map_err(seccompiler::Error::Backend);
    rule.map(Some).map_err(SeccompError::Compile)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_compile_or_fail_closed() {
        let good = r#"{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
            {"names": ["read", "write", "no_such_call"], "action": "SCMP_ACT_ALLOW"},
            {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38,
             "excludes": {"caps": ["CAP_SYS_ADMIN"]}}]}"#;
        assert_eq!(compile(good, 0).unwrap().len(), 2);
        assert_eq!(compile(good, capability::all()).unwrap().len(), 1);
        for bad in [
            "",
            "{}",
            r#"{"defaultAction": "SCMP_ACT_MAYBE"}"#,
            r#"{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["read"], "action": "?"}]}"#,
        ] {
            assert!(compile(bad, 0).is_err(), "{bad}");
        }
    }
}
