//! Whether tables of names speak of what there is.

use std::collections::BTreeSet;

/// Words of such tables that are no items: of the language, of other crates,
/// of attributes, of examples.
const OTHERS: &[&str] = &[
    // Rust and its library.
    "async",
    "await",
    "Arc",
    "BTreeMap",
    "BTreeSet",
    "Option",
    "String",
    "Result",
    "Send",
    "From",
    "TryFrom",
    "Default",
    "PartialEq",
    "derive",
    "struct",
    "closure",
    "move",
    "tokio",
    "process",
    "Child",
    "parse",
    "serde",
    "tracing",
    "CancellationToken",
    "false",
    "Err",
    "ctx",
    "obj",
    "true",
    "drop",
    "std",
    // Kinds and names of examples.
    "Foo",
    "FooStatus",
    "Deployment",
    "Secret",
    "Pod",
    "PodTemplateSpec",
    "Hub",
    "Old",
    "Ctx",
    "secret",
    "deploy",
    "name",
    "path",
    "address",
    "client",
    "function",
    "context",
    "changed",
    "changed_object",
    "errors",
    "request",
    "cluster",
    "manager",
    "discovery",
    "mapper",
    "factory",
    "informer",
    "controller",
    "stored",
    "crds",
    "patch",
    "tree",
    "config",
    "user",
];

/// The words of the Skeg column that are part of no item. Attributes
/// (`#[crd(…)]` and their like) are the macros' own business.
pub fn unknown(table: &str, items: &BTreeSet<String>) -> BTreeSet<String> {
    let mut known: BTreeSet<&str> = OTHERS.iter().copied().collect();
    for item in items {
        known.extend(words(item));
    }
    let mut missing = BTreeSet::new();
    let mut attributes = false;
    for line in table.lines() {
        if line.starts_with("## ") {
            attributes = line.contains("Custom resources") || line.contains("Crates and features");
        }
        let line = line.replace("\\|", " ");
        let cells: Vec<&str> = line.split('|').collect();
        let (false, Some(cell)) = (attributes, cells.get(2)) else {
            continue;
        };
        for (at, code) in cell.split('`').enumerate() {
            if at % 2 == 0
                || code.starts_with("#[")
                || code.contains('"')
                || code.starts_with("skeg")
            {
                continue;
            }
            missing.extend(
                words(code)
                    .filter(|word| word.len() > 2 && !known.contains(word))
                    .map(str::to_owned),
            );
        }
    }
    missing
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| word.starts_with(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_gone_are_told() {
        let items = BTreeSet::from(["fn x::Api::get: fn get(&self)".to_owned()]);
        let table = "| a | b | |\n|---|---|---|\n| `Get` | `Api::get(name)`, `Api::fetch` | `Nothing` |\n\
            ## Custom resources\n| `x` | `column(format)` | |\n";
        assert_eq!(unknown(table, &items), BTreeSet::from(["fetch".to_owned()]));
    }
}
