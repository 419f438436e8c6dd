//! How serde renames.

/// A rule of `rename_all`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) enum Case {
    #[default]
    AsIs,
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

/// The rules by their names.
const CASES: &[(&str, Case)] = &[
    ("lowercase", Case::Lower),
    ("UPPERCASE", Case::Upper),
    ("PascalCase", Case::Pascal),
    ("camelCase", Case::Camel),
    ("snake_case", Case::Snake),
    ("SCREAMING_SNAKE_CASE", Case::ScreamingSnake),
    ("kebab-case", Case::Kebab),
    ("SCREAMING-KEBAB-CASE", Case::ScreamingKebab),
];

impl Case {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        CASES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, case)| *case)
    }

    /// The name of a field, which is in snake case.
    pub(crate) fn field(self, name: &str) -> String {
        self.join(name.split('_').map(str::to_owned).collect(), name)
    }

    /// The name of a variant, which is in Pascal case.
    pub(crate) fn variant(self, name: &str) -> String {
        let mut words: Vec<String> = Vec::new();
        for letter in name.chars() {
            match words.last_mut() {
                Some(word) if !letter.is_uppercase() => word.push(letter),
                _ => words.push(letter.to_lowercase().to_string()),
            }
        }
        match self {
            Case::Pascal => name.to_owned(),
            // serde only changes the first letter.
            Case::Camel => uncapitalized(name),
            Case::Lower => name.to_ascii_lowercase(),
            Case::Upper => name.to_ascii_uppercase(),
            other => other.join(words, name),
        }
    }

    fn join(self, words: Vec<String>, plain: &str) -> String {
        match self {
            Case::AsIs => plain.to_owned(),
            Case::Lower | Case::Snake => words.join("_"),
            Case::Upper | Case::ScreamingSnake => words.join("_").to_ascii_uppercase(),
            Case::Kebab => words.join("-"),
            Case::ScreamingKebab => words.join("-").to_ascii_uppercase(),
            Case::Pascal => words.iter().map(|word| capitalized(word)).collect(),
            Case::Camel => uncapitalized(
                &words
                    .iter()
                    .map(|word| capitalized(word))
                    .collect::<String>(),
            ),
        }
    }
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
        .unwrap_or_default()
}

fn uncapitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_ascii_lowercase().to_string() + letters.as_str())
        .unwrap_or_default()
}

/// The plural of a kind in lower case, as English has it.
pub(crate) fn plural(singular: &str) -> String {
    let ends = |endings: &[&str]| endings.iter().any(|ending| singular.ends_with(ending));
    match singular.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if ends(&["s", "x", "z", "ch", "sh"]) => format!("{singular}es"),
        _ => format!("{singular}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_variants() {
        for (case, field, variant) in [
            ("camelCase", "minReadySeconds", "veryTasty"),
            ("PascalCase", "MinReadySeconds", "VeryTasty"),
            ("snake_case", "min_ready_seconds", "very_tasty"),
            ("SCREAMING_SNAKE_CASE", "MIN_READY_SECONDS", "VERY_TASTY"),
            ("kebab-case", "min-ready-seconds", "very-tasty"),
            ("SCREAMING-KEBAB-CASE", "MIN-READY-SECONDS", "VERY-TASTY"),
            ("lowercase", "min_ready_seconds", "verytasty"),
            ("UPPERCASE", "MIN_READY_SECONDS", "VERYTASTY"),
        ] {
            let rule = Case::parse(case).expect("known");
            assert_eq!(rule.field("min_ready_seconds"), field, "{case}");
            assert_eq!(rule.variant("VeryTasty"), variant, "{case}");
        }
        assert_eq!(Case::AsIs.field("a_b"), "a_b");
        assert_eq!(Case::AsIs.variant("AB"), "AB");
    }

    #[test]
    fn plurals() {
        for (one, many) in [
            ("foo", "foos"),
            ("policy", "policies"),
            ("gateway", "gateways"),
            ("ingress", "ingresses"),
            ("box", "boxes"),
            ("batch", "batches"),
        ] {
            assert_eq!(plural(one), many);
        }
    }
}
