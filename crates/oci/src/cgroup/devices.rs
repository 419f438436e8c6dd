//! Which devices a group's processes can make and open.

use std::{fs::File, os::unix::fs::MetadataExt as _, path::Path};

use rustix::fs::{major, minor};

use super::{Result, file, write};
use crate::sys::{DeviceRule, attach_device_filter};

/// What is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DevicePolicy {
    /// Everything: privileged containers.
    All,
    /// The harmless ones, and these.
    Default(Vec<DeviceRule>),
}

impl DevicePolicy {
    /// The harmless devices and the given ones of the machine.
    pub fn with_devices<'a>(paths: impl IntoIterator<Item = &'a Path>) -> std::io::Result<Self> {
        let mut rules = Vec::new();
        for path in paths {
            let metadata = std::fs::metadata(path)?;
            let kind = match metadata.mode() & libc::S_IFMT {
                libc::S_IFBLK => b'b',
                libc::S_IFCHR => b'c',
                _ => {
                    let message = format!("{} is not a device", path.display());
                    return Err(std::io::Error::new(
                        std::io::ErrorKind::InvalidInput,
                        message,
                    ));
                }
            };
            let number = metadata.rdev();
            let (major, minor) = (Some(major(number)), Some(minor(number)));
            rules.push(DeviceRule {
                kind,
                major,
                minor,
                access: 7,
            });
        }
        Ok(Self::Default(rules))
    }

    fn rules(&self) -> Option<Vec<DeviceRule>> {
        let Self::Default(more) = self else {
            return None;
        };
        let char = |major, minor| DeviceRule {
            kind: b'c',
            major: Some(major),
            minor,
            access: 7,
        };
        // Nodes may be made for anything (the capability decides), but not opened.
        let mut rules = vec![
            DeviceRule {
                kind: b'c',
                major: None,
                minor: None,
                access: 1,
            },
            DeviceRule {
                kind: b'b',
                major: None,
                minor: None,
                access: 1,
            },
            char(1, Some(3)),
            char(1, Some(5)),
            char(1, Some(7)),
            char(1, Some(8)),
            char(1, Some(9)),
            char(5, Some(0)),
            char(5, Some(2)),
            char(136, None),
        ];
        rules.extend(more);
        Some(rules)
    }
}

pub(super) fn restrict_v1(folder: &Path, policy: &DevicePolicy) -> Result<()> {
    let Some(rules) = policy.rules() else {
        return Ok(());
    };
    write(folder, "devices.deny", "a")?;
    for rule in rules {
        let number = |n: Option<u32>| n.map_or("*".to_owned(), |n| n.to_string());
        let mut access = String::new();
        for (bit, letter) in [(2, 'r'), (4, 'w'), (1, 'm')] {
            if rule.access & bit != 0 {
                access.push(letter);
            }
        }
        let kind = char::from(rule.kind);
        let line = format!(
            "{kind} {}:{} {access}",
            number(rule.major),
            number(rule.minor)
        );
        write(folder, "devices.allow", &line)?;
    }
    Ok(())
}

pub(super) fn restrict_v2(folder: &Path, policy: &DevicePolicy) -> Result<()> {
    let Some(rules) = policy.rules() else {
        return Ok(());
    };
    let cgroup = File::open(folder).map_err(|source| file("open", folder, source))?;
    attach_device_filter(&cgroup, &rules)
        .map_err(|source| file("restrict the devices of", folder, source))
}
