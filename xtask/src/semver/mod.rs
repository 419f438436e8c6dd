//! `cargo xtask semver`: what the published crates offer, written down.
//!
//! The public items of each crate stand in `docs/api/CRATE.txt`, one a line,
//! as read from its source. A line that goes or changes is a break, for which
//! the version must change once that version has been released; a new line is
//! no break, and has to be written down. Tools that do this from rustdoc need
//! a nightly compiler; this needs none, and sees what they see but for types
//! that are inferred and items that macros make.

mod crates;
mod items;
mod names;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, bail};

/// The crates that are published.
const PUBLISHED: &[&str] = &[
    "schema", "meta", "derive", "api", "cel", "client", "runtime", "testkit",
];
/// Tables of names whose right-hand side must be true.
const GUIDES: &[&str] = &["docs/from-kube.md", "docs/from-client-go.md"];

#[derive(clap::Args, Default)]
pub struct Options {
    /// Write down what is there. Refuses to lose what has been released.
    #[arg(long)]
    write: bool,
    /// Write down, and say that this version is released.
    #[arg(long)]
    release: bool,
}

/// What is written down of a crate.
struct Listing {
    version: String,
    released: bool,
    items: BTreeSet<String>,
}

impl Listing {
    fn parse(text: &str) -> anyhow::Result<Self> {
        let mut lines = text.lines();
        let head = lines.next().unwrap_or_default();
        let mut words = head.trim_start_matches("# ").split(' ');
        let (Some(_), Some(version), Some(state)) = (words.next(), words.next(), words.next())
        else {
            bail!("the first line is not `# CRATE VERSION STATE`: {head}");
        };
        Ok(Self {
            version: version.to_owned(),
            released: state == "released",
            items: lines.map(str::to_owned).collect(),
        })
    }

    fn text(&self, name: &str) -> String {
        let state = if self.released {
            "released"
        } else {
            "unreleased"
        };
        let mut text = format!("# {name} {} {state}\n", self.version);
        for item in &self.items {
            text.push_str(item);
            text.push('\n');
        }
        text
    }
}

/// Whether code for one version must work with another: the part that may not change.
fn series(version: &str) -> &str {
    let mut dots = version.match_indices('.').map(|(at, _)| at);
    let end = if version.starts_with("0.") {
        dots.nth(1)
    } else {
        dots.next()
    };
    &version[..end.unwrap_or(version.len())]
}

/// What is wrong, by comparison of what was written down with what is there.
fn compare(name: &str, old: &Listing, new: &Listing) -> Vec<String> {
    let gone: Vec<&String> = old.items.difference(&new.items).collect();
    let added: Vec<&String> = new.items.difference(&old.items).collect();
    let may_break = !old.released || series(&old.version) != series(&new.version);
    let mut faults = Vec::new();
    if !may_break {
        for item in &gone {
            faults.push(format!("{name} {}: breaks: {item}", new.version));
        }
    } else if !gone.is_empty() {
        faults.push(format!(
            "{name}: {} items are written down and gone, such as: {}",
            gone.len(),
            gone[0]
        ));
    }
    if !added.is_empty() {
        faults.push(format!(
            "{name}: {} items are not written down, such as: {}",
            added.len(),
            added[0]
        ));
    }
    if old.version != new.version && faults.is_empty() {
        faults.push(format!("{name}: {} is not written down", new.version));
    }
    faults
}

pub fn run(options: &Options) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .context("xtask stands in the repository")?;
    let version = crates::workspace_version(root)?;
    let folder = root.join("docs/api");
    let mut faults = Vec::new();
    let mut all = BTreeSet::new();
    for folder_name in PUBLISHED {
        let name = format!("skeg-{folder_name}");
        let tree = crates::Crate::read(&root.join("crates").join(folder_name), &name)?;
        let path = folder.join(format!("{name}.txt"));
        let old = match std::fs::read_to_string(&path) {
            Ok(text) => Some(Listing::parse(&text).with_context(|| path.display().to_string())?),
            Err(_) => None,
        };
        let new = Listing {
            version: version.clone(),
            released: options.release
                || old
                    .as_ref()
                    .is_some_and(|old| old.released && old.version == version),
            items: items::list(&tree),
        };
        all.extend(new.items.iter().cloned());
        let found = match &old {
            Some(old) => compare(&name, old, &new),
            None => vec![format!("{name}: is not written down")],
        };
        let breaks = found.iter().any(|fault| fault.contains(": breaks: "));
        if (options.write || options.release) && !breaks {
            std::fs::create_dir_all(&folder)?;
            // Who reads it meanwhile, or whoever ends us, finds it whole.
            let written = path.with_extension("new");
            std::fs::write(&written, new.text(&name))?;
            std::fs::rename(&written, &path)?;
            println!("{name} {version}: {} items", new.items.len());
        } else {
            faults.extend(found);
        }
    }
    for guide in GUIDES {
        let text = std::fs::read_to_string(root.join(guide))?;
        faults.extend(
            names::unknown(&text, &all)
                .into_iter()
                .map(|name| format!("{guide}: there is no `{name}`")),
        );
    }
    if faults.is_empty() {
        return Ok(());
    }
    for fault in &faults {
        eprintln!("{fault}");
    }
    bail!(
        "{} faults; new items are written down by `cargo xtask semver --write`, a break needs another version",
        faults.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(version: &str, released: bool, items: &[&str]) -> Listing {
        Listing {
            version: version.to_owned(),
            released,
            items: items.iter().map(|item| (*item).to_owned()).collect(),
        }
    }

    #[test]
    fn a_break_needs_a_version() {
        let old = listing("0.1.0", true, &["a", "b"]);
        for (new, faults) in [
            (listing("0.1.0", true, &["a", "b"]), 0),
            (listing("0.1.0", true, &["a", "b", "c"]), 1),
            (listing("0.1.1", true, &["a"]), 1),
            (listing("0.2.0", true, &["a", "b"]), 1),
        ] {
            assert_eq!(compare("x", &old, &new).len(), faults);
        }
        assert_eq!(
            compare("x", &old, &listing("0.1.1", true, &["a", "c"]))[0],
            "x 0.1.1: breaks: b"
        );
        let unreleased = listing("0.1.0", false, &["a", "b"]);
        let fault = &compare("x", &unreleased, &listing("0.1.0", false, &["a"]))[0];
        assert!(!fault.contains("breaks"), "{fault}");
        let text = old.text("x");
        let back = Listing::parse(&text).expect("as written");
        assert_eq!(back.items, old.items);
        assert!(back.released && back.version == "0.1.0");
    }

    #[test]
    fn series_of_versions() {
        for (version, expect) in [
            ("0.1.0", "0.1"),
            ("0.12.3", "0.12"),
            ("1.2.3", "1"),
            ("10.0.0", "10"),
        ] {
            assert_eq!(series(version), expect);
        }
    }
}
