//! From words to arguments.

use std::{
    fs::File,
    io::{self, Read as _},
    sync::Arc,
    thread,
};

use super::{
    Io, Shell,
    syntax::{Node, Part, Word},
};

/// The most that a command's output may add to a word.
const OUTPUT_BYTES_MAX: u64 = 64 << 20;

/// A piece of an expanded word: text, and whether it was quoted.
struct Piece {
    text: String,
    quoted: bool,
    /// A new argument begins here (`"$@"`).
    breaks: bool,
}

type Result<T> = std::result::Result<T, String>;

impl Shell {
    /// Expands words to arguments: parameters, commands, splitting, file names.
    pub(super) fn expand_all(&mut self, words: &[Word], io: &Io) -> Result<Vec<String>> {
        let mut arguments = Vec::new();
        for word in words {
            let pieces = self.pieces(word, io)?;
            for field in split(pieces) {
                let pattern: String = field.iter().map(|(c, _)| *c).collect();
                let is_pattern = field
                    .iter()
                    .any(|(c, quoted)| !quoted && "*?[".contains(*c));
                let found = if is_pattern {
                    self.file_names(&field)
                } else {
                    Vec::new()
                };
                if found.is_empty() {
                    arguments.push(pattern);
                } else {
                    arguments.extend(found);
                }
            }
        }
        Ok(arguments)
    }

    /// Expands a word to one text.
    pub(super) fn expand_one(&mut self, word: &Word, io: &Io) -> Result<String> {
        let pieces = self.pieces(word, io)?;
        let mut text = String::new();
        for piece in pieces {
            if piece.breaks && !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&piece.text);
        }
        Ok(text)
    }

    /// Expands a word to a pattern, with what was quoted marked.
    pub(super) fn expand_pattern(&mut self, word: &Word, io: &Io) -> Result<Vec<(char, bool)>> {
        let pieces = self.pieces(word, io)?;
        let marked = pieces
            .iter()
            .flat_map(|p| p.text.chars().map(|c| (c, p.quoted)));
        Ok(marked.collect())
    }

    fn pieces(&mut self, word: &Word, io: &Io) -> Result<Vec<Piece>> {
        let mut pieces = Vec::new();
        let mut push = |text: String, quoted: bool| {
            pieces.push(Piece {
                text,
                quoted,
                breaks: false,
            });
        };
        for (index, part) in word.0.iter().enumerate() {
            match part {
                Part::Text(text, quoted) => {
                    let home = text.strip_prefix('~').filter(|rest| {
                        index == 0 && !quoted && (rest.is_empty() || rest.starts_with('/'))
                    });
                    match home {
                        Some(rest) => push(format!("{}{rest}", self.value("HOME")), true),
                        None => push(text.clone(), *quoted),
                    }
                }
                Part::Command(node, quoted) => {
                    let output = self.output_of(node, io)?;
                    push(output, *quoted);
                }
                Part::Arithmetic(expression, quoted) => {
                    let text = self.expand_one(expression, io)?;
                    let value = super::arithmetic::evaluate(&text, |name| self.value(name))?;
                    push(value.to_string(), *quoted);
                }
                Part::Parameter {
                    name,
                    operator: None,
                    quoted: true,
                } if name == "@" => {
                    for (index, text) in self.args.clone().into_iter().enumerate() {
                        pieces.push(Piece {
                            text,
                            quoted: true,
                            breaks: index > 0,
                        });
                    }
                    return self.rest(word, index + 1, pieces, io);
                }
                Part::Parameter {
                    name,
                    operator,
                    quoted,
                } => {
                    let text = self.parameter(name, operator.as_ref(), io)?;
                    push(text, *quoted);
                }
            }
        }
        Ok(pieces)
    }

    /// The rest of a word that `"$@"` is part of.
    fn rest(
        &mut self,
        word: &Word,
        from: usize,
        mut pieces: Vec<Piece>,
        io: &Io,
    ) -> Result<Vec<Piece>> {
        let rest = Word(word.0[from..].to_vec());
        pieces.extend(self.pieces(&rest, io)?);
        // Without arguments `"$@"` is no word at all, unless something stands beside it.
        let beside = |part: &Part| !matches!(part, Part::Text(text, true) if text.is_empty());
        let alone = !word
            .0
            .iter()
            .enumerate()
            .any(|(i, part)| i + 1 != from && beside(part));
        if self.args.is_empty() && alone {
            pieces.clear();
        }
        Ok(pieces)
    }

    fn parameter(
        &mut self,
        name: &str,
        operator: Option<&(String, Word)>,
        io: &Io,
    ) -> Result<String> {
        let value = self.lookup(name);
        let Some((operator, word)) = operator else {
            if value.is_none() && self.options.unset_is_error && !matches!(name, "@" | "*") {
                return Err(format!("{name}: parameter not set"));
            }
            return Ok(value.unwrap_or_default());
        };
        let is_set = match operator.strip_prefix(':') {
            Some(_) => value.as_ref().is_some_and(|value| !value.is_empty()),
            None => value.is_some(),
        };
        let value = value.unwrap_or_default();
        match operator.trim_start_matches(':') {
            "-" if is_set => Ok(value),
            "-" => self.expand_one(word, io),
            "=" if is_set => Ok(value),
            "=" => {
                let text = self.expand_one(word, io)?;
                self.set(name, text.clone());
                Ok(text)
            }
            "+" if is_set => self.expand_one(word, io),
            "+" => Ok(String::new()),
            "?" if is_set => Ok(value),
            "?" => {
                let text = self.expand_one(word, io)?;
                let text = if text.is_empty() {
                    "parameter not set".into()
                } else {
                    text
                };
                Err(format!("{name}: {text}"))
            }
            "#" if word.0.is_empty() => Ok(value.chars().count().to_string()),
            operator => {
                let pattern = self.expand_pattern(word, io)?;
                Ok(trim(&value, &pattern, operator))
            }
        }
    }

    /// What a command prints, without the line ends at its end.
    fn output_of(&mut self, node: &Node, io: &Io) -> Result<String> {
        let pipe = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC);
        let (read, write) = pipe.map_err(|error| format!("pipe: {error}"))?;
        let reader = thread::spawn(move || -> io::Result<Vec<u8>> {
            let mut bytes = Vec::new();
            File::from(read)
                .take(OUTPUT_BYTES_MAX)
                .read_to_end(&mut bytes)?;
            Ok(bytes)
        });
        let mut shell = self.clone();
        let mut inner = io.clone();
        inner.0[1] = Some(Arc::new(write));
        self.last = shell.run_to_end(node, &inner);
        drop((shell, inner));
        let bytes = reader.join().map_err(|_| "reader failed".to_owned())?;
        let bytes = bytes.map_err(|error| error.to_string())?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(text.trim_end_matches('\n').to_owned())
    }

    /// Files whose path matches, in order.
    fn file_names(&self, pattern: &[(char, bool)]) -> Vec<String> {
        let absolute = pattern.first().is_some_and(|(c, _)| *c == '/');
        let mut found = vec![if absolute {
            "/".to_owned()
        } else {
            String::new()
        }];
        for part in pattern
            .split(|(c, _)| *c == '/')
            .filter(|part| !part.is_empty())
        {
            let mut next = Vec::new();
            let literal = !part.iter().any(|(c, quoted)| !quoted && "*?[".contains(*c));
            for base in &found {
                let join = |name: &str| match base.as_str() {
                    "" => name.to_owned(),
                    base if base.ends_with('/') => format!("{base}{name}"),
                    base => format!("{base}/{name}"),
                };
                if literal {
                    let name: String = part.iter().map(|(c, _)| *c).collect();
                    let path = join(&name);
                    if self.cwd.join(&path).symlink_metadata().is_ok() {
                        next.push(path);
                    }
                    continue;
                }
                let folder = self.cwd.join(if base.is_empty() { "." } else { base });
                let hidden = part[0].0 == '.';
                for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    let letters: Vec<char> = name.chars().collect();
                    if (hidden || !name.starts_with('.')) && matches(part, &letters) {
                        next.push(join(&name));
                    }
                }
            }
            found = next;
        }
        found.sort();
        found
    }
}

/// Splits unquoted pieces at white space. Each field is its letters, marked where quoted.
fn split(pieces: Vec<Piece>) -> Vec<Vec<(char, bool)>> {
    let mut fields: Vec<Vec<(char, bool)>> = Vec::new();
    let mut open = false;
    for piece in pieces {
        if piece.breaks {
            open = false;
        }
        if piece.quoted {
            if !open {
                fields.push(Vec::new());
                open = true;
            }
            if let Some(field) = fields.last_mut() {
                field.extend(piece.text.chars().map(|c| (c, true)));
            }
            continue;
        }
        for c in piece.text.chars() {
            if matches!(c, ' ' | '\t' | '\n') {
                open = false;
                continue;
            }
            if !open {
                fields.push(Vec::new());
                open = true;
            }
            if let Some(field) = fields.last_mut() {
                field.push((c, false));
            }
        }
    }
    fields
}

/// Whether a text matches a pattern of `*`, `?` and `[…]`; quoted letters stand for themselves.
pub(super) fn matches(pattern: &[(char, bool)], text: &[char]) -> bool {
    // Where the last star began, to come back to with one letter more.
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        let step = match pattern.get(p) {
            Some(('*', false)) => {
                star = Some((p + 1, t));
                p += 1;
                continue;
            }
            Some(('?', false)) => Some(p + 1),
            Some(('[', false)) => class(pattern, p, text[t]),
            Some((c, _)) if *c == text[t] => Some(p + 1),
            _ => None,
        };
        match (step, star) {
            (Some(next), _) => (p, t) = (next, t + 1),
            (None, Some((after, from))) => {
                (p, t) = (after, from + 1);
                star = Some((after, from + 1));
            }
            (None, None) => return false,
        }
    }
    pattern[p..].iter().all(|letter| *letter == ('*', false))
}

/// Matches one letter with a `[…]`; answers where the pattern goes on.
fn class(pattern: &[(char, bool)], start: usize, letter: char) -> Option<usize> {
    let mut at = start + 1;
    let negated = matches!(pattern.get(at), Some(('!' | '^', _)));
    if negated {
        at += 1;
    }
    let (mut hit, first) = (false, at);
    loop {
        let (c, _) = *pattern.get(at)?;
        if c == ']' && at > first {
            break;
        }
        match (pattern.get(at + 1), pattern.get(at + 2)) {
            (Some(('-', _)), Some((to, _))) if *to != ']' => {
                hit |= (c..=*to).contains(&letter);
                at += 3;
            }
            _ => {
                hit |= c == letter;
                at += 1;
            }
        }
    }
    (hit != negated).then_some(at + 1)
}

/// Takes a matching beginning (`#`) or end (`%`) off; doubled, the longest one.
fn trim(value: &str, pattern: &[(char, bool)], operator: &str) -> String {
    let letters: Vec<char> = value.chars().collect();
    let count = letters.len();
    let longest = operator.len() == 2;
    let lengths: Box<dyn Iterator<Item = usize>> = if longest {
        Box::new((0..=count).rev())
    } else {
        Box::new(0..=count)
    };
    for length in lengths {
        if operator.starts_with('#') && matches(pattern, &letters[..length]) {
            return letters[length..].iter().collect();
        }
        if operator.starts_with('%') && matches(pattern, &letters[count - length..]) {
            return letters[..count - length].iter().collect();
        }
    }
    value.to_owned()
}
