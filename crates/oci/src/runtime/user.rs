//! Users and groups, as the container's own files name them.

use super::{Credentials, Result, StartError, UserSpec};

/// The most that is read of passwd and group.
const FILE_BYTES_MAX: u64 = 8 << 20;

/// A line of passwd.
#[derive(Clone, Debug, PartialEq, Eq)]
struct PasswdEntry<'a> {
    name: &'a str,
    uid: u32,
    gid: u32,
    home: &'a str,
}

fn passwd(text: &str) -> impl Iterator<Item = PasswdEntry<'_>> {
    text.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        let home = fields.nth(1).unwrap_or("");
        Some(PasswdEntry {
            name,
            uid,
            gid,
            home,
        })
    })
}

/// Lines of group: name, number, members.
fn groups(text: &str) -> impl Iterator<Item = (&str, u32, &str)> {
    text.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        let gid = fields.nth(1)?.parse().ok()?;
        Some((name, gid, fields.next().unwrap_or("")))
    })
}

/// Reads a file of this root file system as text; an absent one is empty.
pub(super) fn read(path: &str) -> String {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    if let Ok(file) = std::fs::File::open(path) {
        // What cannot be read names nobody.
        let _ = file.take(FILE_BYTES_MAX).read_to_end(&mut bytes);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Looks a user up. Answers the credentials and the home folder.
pub(super) fn resolve(
    spec: &UserSpec,
    passwd_text: &str,
    group_text: &str,
) -> Result<(Credentials, String)> {
    let (user, group) = match spec.user.split_once(':') {
        Some((user, group)) => (user, Some(group).filter(|g| !g.is_empty())),
        None => (spec.user.as_str(), None),
    };
    let user = if user.is_empty() { "0" } else { user };
    let entry = match user.parse::<u32>() {
        Ok(uid) => {
            let known = passwd(passwd_text).find(|entry| entry.uid == uid);
            known.unwrap_or(PasswdEntry {
                name: "",
                uid,
                gid: 0,
                home: "",
            })
        }
        Err(_) => passwd(passwd_text)
            .find(|entry| entry.name == user)
            .ok_or_else(|| {
                let message = "no matching entries in passwd file";
                StartError::Invalid(format!("unable to find user {user}: {message}"))
            })?,
    };
    let gid = match (spec.gid, group) {
        (Some(gid), _) => gid,
        (None, None) => entry.gid,
        (None, Some(group)) => match group.parse() {
            Ok(gid) => gid,
            Err(_) => groups(group_text)
                .find(|(name, ..)| *name == group)
                .map(|(_, gid, _)| gid)
                .ok_or_else(|| {
                    let message = "no matching entries in group file";
                    StartError::Invalid(format!("unable to find group {group}: {message}"))
                })?,
        },
    };
    let mut all = vec![gid];
    let mut add = |gid| {
        if !all.contains(&gid) {
            all.push(gid);
        }
    };
    if !spec.strict && !entry.name.is_empty() {
        for (_, gid, members) in groups(group_text) {
            if members.split(',').any(|member| member == entry.name) {
                add(gid);
            }
        }
    }
    spec.supplemental.iter().copied().for_each(add);
    let home = if entry.home.is_empty() {
        "/"
    } else {
        entry.home
    };
    Ok((
        Credentials {
            uid: entry.uid,
            gid,
            groups: all,
        },
        home.to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/sh\nbroken\napp:x:1000:1001::/home/app:\n";
    const GROUP: &str = "root:x:0:\nwheel:x:10:root,app\napp:x:1001:\nvideo:x:44:other,app\n";

    fn check(user: &str, gid: Option<u32>, strict: bool, expect: (u32, u32, &[u32], &str)) {
        let spec = UserSpec {
            user: user.into(),
            gid,
            supplemental: vec![7, 10],
            strict,
        };
        let (found, home) = resolve(&spec, PASSWD, GROUP).unwrap();
        assert_eq!(
            (found.uid, found.gid, &found.groups[..], home.as_str()),
            expect,
            "{user}"
        );
    }

    #[test]
    fn users_are_looked_up() {
        check("", None, false, (0, 0, &[0, 10, 7], "/root"));
        check(
            "app",
            None,
            false,
            (1000, 1001, &[1001, 10, 44, 7], "/home/app"),
        );
        check("app", None, true, (1000, 1001, &[1001, 7, 10], "/home/app"));
        check(
            "1000:video",
            None,
            true,
            (1000, 44, &[44, 7, 10], "/home/app"),
        );
        check(
            "1000:video",
            Some(5),
            true,
            (1000, 5, &[5, 7, 10], "/home/app"),
        );
        check("4711", None, false, (4711, 0, &[0, 7, 10], "/"));
        for bad in ["nobody", "app:nogroup"] {
            let spec = UserSpec {
                user: bad.into(),
                ..UserSpec::default()
            };
            assert!(resolve(&spec, PASSWD, GROUP).is_err(), "{bad}");
        }
    }
}
