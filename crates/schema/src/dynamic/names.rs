//! Names that live as long as the process, each distinct one once.

use std::collections::HashSet;
use std::sync::{Mutex, OnceLock, PoisonError};

/// The one copy of a text that lives as long as the process. For names of
/// kinds, resources and fields: however often a definition comes and goes, each
/// distinct text takes its memory once.
#[must_use]
pub fn intern(text: &str) -> &'static str {
    static NAMES: OnceLock<Mutex<HashSet<&'static str>>> = OnceLock::new();
    let mut names = NAMES
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(text) {
        return known;
    }
    let made: &'static str = Box::leak(text.to_owned().into_boxed_str());
    names.insert(made);
    made
}

/// The same for a list of names.
#[must_use]
pub fn intern_list(names: &[&str]) -> &'static [&'static str] {
    static LISTS: OnceLock<Mutex<HashSet<&'static [&'static str]>>> = OnceLock::new();
    let names: Vec<&'static str> = names.iter().map(|name| intern(name)).collect();
    let mut lists = LISTS
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = lists.get(names.as_slice()) {
        return known;
    }
    let made: &'static [&'static str] = Box::leak(names.into_boxed_slice());
    lists.insert(made);
    made
}

#[cfg(test)]
mod tests {
    #[test]
    fn once_each() {
        let first = super::intern(&format!("wid{}", "get"));
        assert!(std::ptr::eq(first, super::intern("widget")));
    }
}
