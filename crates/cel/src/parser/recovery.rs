//! Syntax errors, and how reading goes on behind them.

use super::{Broken, MAX_DEPTH, MAX_SYNTAX_ERRORS, OPERATORS, Parsed, Parser};
use crate::lexer::{Lexeme, Token, TokenSet};

impl Parser<'_> {
    pub(super) fn syntax_error(&mut self, at: u32, message: &str) {
        if self.recovering || self.stopped {
            return;
        }
        self.recovering = true;
        self.syntax_errors += 1;
        if self.syntax_errors > MAX_SYNTAX_ERRORS {
            self.stopped = true;
            self.pos = self.lexemes.len() - 1;
            self.errors.add(
                self.source,
                at,
                format!("Syntax error: More than {MAX_SYNTAX_ERRORS} syntax errors"),
            );
            return;
        }
        self.errors
            .add(self.source, at, format!("Syntax error: {message}"));
    }

    /// Tells that nothing begins with this token and the one that comes.
    pub(super) fn no_way_from(&mut self, first: Lexeme) {
        let here = self.here();
        let words: String = self.source.text[first.start as usize..here.end as usize]
            .iter()
            .collect();
        let message = format!(
            "no viable alternative at input '{}'",
            super::escape_white(&words)
        );
        self.syntax_error(here.start, &message);
    }

    pub(crate) fn error(&mut self, at: u32, message: impl Into<String>) {
        if !self.stopped {
            self.errors.add(self.source, at, message.into());
        }
    }

    pub(super) fn too_deep(&mut self) {
        self.stopped = true;
        self.pos = self.lexemes.len() - 1;
        self.errors
            .add_without_place(format!("expression recursion limit exceeded: {MAX_DEPTH}"));
    }

    /// Takes one token, or deals with its absence.
    pub(super) fn expect(&mut self, token: Token, behind: TokenSet) -> Parsed<Lexeme> {
        let here = self.here();
        if here.token == token {
            return Ok(self.take());
        }
        let expected = TokenSet::of(&[token]);
        if let Some(lexeme) = self.skip_one(expected) {
            self.take();
            return Ok(lexeme);
        }
        if behind.has(here.token) {
            let message = format!("missing {expected} at {}", self.shown(here));
            self.syntax_error(here.start, &message);
            return Ok(Lexeme {
                token,
                start: here.start,
                end: here.start,
            });
        }
        self.expected = Some((self.pos, expected));
        Err(Broken)
    }

    /// Takes a closing bracket, or deals with its absence. Behind it the
    /// expression may go on or end.
    pub(super) fn close(&mut self, token: Token) -> Parsed<Lexeme> {
        let outside = self.follow.iter().rev().find(|set| !set.is_empty());
        let behind = outside.map_or(OPERATORS, |set| OPERATORS.or(*set));
        self.expect(token, behind)
    }

    /// Skips a token behind which stands what is expected; gives the latter.
    pub(super) fn skip_one(&mut self, expected: TokenSet) -> Option<Lexeme> {
        let here = self.here();
        if here.token == Token::End || !expected.has(self.peek_at(1)) {
            return None;
        }
        let message = format!("extraneous input {} expecting {expected}", self.shown(here));
        self.syntax_error(here.start, &message);
        self.advance();
        self.recovering = false;
        Some(self.here())
    }

    /// Sees to it that what comes is one of these; true where a token was
    /// skipped for it.
    pub(super) fn sync(&mut self, expected: TokenSet) -> Parsed<bool> {
        if self.recovering || expected.has(self.peek()) {
            return Ok(false);
        }
        if self.skip_one(expected).is_some() {
            return Ok(true);
        }
        self.expected = Some((self.pos, expected));
        Err(Broken)
    }

    pub(super) fn report_pending(&mut self) {
        if let Some((at, expected)) = self.expected.take() {
            let lexeme = self.lexemes[at];
            let message = format!(
                "mismatched input {} expecting {expected}",
                self.shown(lexeme)
            );
            self.syntax_error(lexeme.start, &message);
        }
    }

    /// The end of a rule that could not go on.
    pub(super) fn recover(&mut self) {
        self.report_pending();
        self.recovering = true;
        let wanted = self
            .follow
            .iter()
            .fold(OPERATORS, |all, set| all.or(*set))
            .or(TokenSet::of(&[Token::End]));
        while !wanted.has(self.peek()) {
            self.advance();
        }
    }
}
