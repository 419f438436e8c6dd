//! Which paths and links stay within what is copied.

use std::path::{Component, Path, PathBuf};

/// The folder and the name of a path in a container. The name of `/` is `.`;
/// paths that end in `..` have none.
pub(super) fn split(path: &str) -> Option<(String, String)> {
    let trimmed = path.trim_end_matches('/');
    if path.is_empty() {
        return None;
    }
    if trimmed.is_empty() {
        return Some(("/".to_owned(), ".".to_owned()));
    }
    let (folder, name) = match trimmed.rsplit_once('/') {
        Some(("", name)) => ("/", name),
        Some((folder, name)) => (folder, name),
        None => (".", trimmed),
    };
    match name {
        ".." => None,
        "." => Some((trimmed.to_owned(), ".".to_owned())),
        name => Some((folder.to_owned(), name.to_owned())),
    }
}

/// A path in an archive without what means nothing; none when it climbs or is absolute.
pub(super) fn clean(path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(part) => clean.push(part),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(clean)
}

/// Whether a symbolic link at `at` (within what is copied) stays within it.
///
/// It may climb at its beginning only: `a/..` is elsewhere when `a` is a link.
pub(super) fn stays(at: &Path, target: &Path) -> bool {
    let mut depth = at.components().count().saturating_sub(1);
    let mut climbing = true;
    for part in target.components() {
        match part {
            Component::ParentDir if climbing && depth > 0 => depth -= 1,
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return false,
            Component::Normal(_) => climbing = false,
            Component::CurDir => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_a_folder_and_a_name() {
        let check = |path: &str, expect: Option<(&str, &str)>| {
            let expect = expect.map(|(a, b)| (a.to_owned(), b.to_owned()));
            assert_eq!(split(path), expect, "{path}");
        };
        check("/a/b", Some(("/a", "b")));
        check("/a/b/", Some(("/a", "b")));
        check("/a", Some(("/", "a")));
        check("a", Some((".", "a")));
        check("/", Some(("/", ".")));
        check("/a/.", Some(("/a/.", ".")));
        check("/a/..", None);
        check("", None);
    }

    #[test]
    fn paths_that_climb_are_none() {
        let clean =
            |path: &str| super::clean(Path::new(path)).map(|path| path.display().to_string());
        assert_eq!(clean("./a/./b").as_deref(), Some("a/b"));
        assert_eq!(clean("a/../b"), None);
        assert_eq!(clean("../a"), None);
        assert_eq!(clean("/etc/passwd"), None);
    }

    #[test]
    fn links_that_leave_are_known() {
        let check = |at: &str, target: &str, expect: bool| {
            assert_eq!(
                stays(Path::new(at), Path::new(target)),
                expect,
                "{at} -> {target}"
            );
        };
        check("a", "b", true);
        check("d/a", "../b", true);
        check("d/a", "../../b", false);
        check("a", "..", false);
        check("a", "/etc", false);
        check("d/e/a", "../../b/c", true);
        check("d/a", "x/../../b", false);
        check("d/a", "x/..", false);
    }
}
