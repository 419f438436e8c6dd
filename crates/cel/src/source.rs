//! The text of an expression, and what is wrong with it.

use std::fmt;

/// How many errors of one expression are told.
const MAX_ERRORS: usize = 100;
/// The longest line that is shown with an error, in bytes.
const MAX_SNIPPET: usize = 16_384;

/// The text of an expression as code points.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    pub(crate) text: Vec<char>,
}

impl Source {
    pub(crate) fn new(text: &str) -> Self {
        Self {
            text: text.chars().collect(),
        }
    }

    /// Line, from 1, and column, from 0, of a place.
    fn position(&self, at: u32) -> (usize, usize) {
        let at = (at as usize).min(self.text.len());
        let before = &self.text[..at];
        let line = before.iter().filter(|c| **c == '\n').count() + 1;
        let column = before.iter().rev().take_while(|c| **c != '\n').count();
        (line, column)
    }

    fn line(&self, number: usize) -> Option<String> {
        self.text
            .split(|c| *c == '\n')
            .nth(number - 1)
            .map(|line| line.iter().collect())
    }
}

/// One thing that is wrong with an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// Line, from 1.
    pub line: usize,
    /// Column, from 0, in code points.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    snippet: Option<String>,
    /// There is no text, and no column in it.
    empty: bool,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ERROR: <input>:{}:{}: {}",
            self.line,
            self.column + usize::from(!self.empty),
            self.message
        )?;
        let Some(snippet) = &self.snippet else {
            return Ok(());
        };
        let snippet = snippet.replace('\t', " ");
        let mut pointer = String::new();
        let mut wide = snippet.chars().map(|c| c.len_utf8() > 1);
        for wide in wide.by_ref().take(self.column) {
            pointer.push(if wide { '\u{ff0e}' } else { '.' });
        }
        pointer.push(if wide.next().unwrap_or(false) {
            '\u{ff3e}'
        } else {
            '^'
        });
        write!(f, "\n | {snippet}\n | {pointer}")
    }
}

/// Everything that is wrong with an expression.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompileErrors {
    errors: Vec<CompileError>,
    more: usize,
}

impl CompileErrors {
    /// The errors, by their place.
    #[must_use]
    pub fn errors(&self) -> &[CompileError] {
        &self.errors
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Adds an error at a place.
    pub(crate) fn add(&mut self, source: &Source, at: u32, message: String) {
        if self.errors.len() == MAX_ERRORS {
            self.more += 1;
            return;
        }
        let (line, column) = source.position(at);
        let empty = source.text.is_empty();
        let snippet = source
            .line(line)
            .filter(|_| !empty)
            .filter(|line| line.len() <= MAX_SNIPPET);
        let error = CompileError {
            line,
            column,
            message,
            snippet,
            empty,
        };
        let behind = self
            .errors
            .partition_point(|held| (held.line, held.column) <= (line, column));
        self.errors.insert(behind, error);
    }

    /// Adds an error that has no place.
    pub(crate) fn add_without_place(&mut self, message: String) {
        self.errors.insert(
            0,
            CompileError {
                line: 0,
                column: 0,
                message,
                snippet: None,
                empty: false,
            },
        );
    }
}

impl fmt::Display for CompileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, error) in self.errors.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            // What has no place is shown at -1:0, as cel-go shows it.
            if error.line == 0 {
                write!(f, "ERROR: <input>:-1:0: {}", error.message)?;
            } else {
                error.fmt(f)?;
            }
        }
        if self.more > 0 {
            write!(f, "\n{} more errors were truncated", self.more)?;
        }
        Ok(())
    }
}

impl std::error::Error for CompileErrors {}
