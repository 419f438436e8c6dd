//! Constants.

use std::sync::Arc;

use super::{FIRST, Parser};
use crate::ast::{Expr, Kind};
use crate::lexer::{Lexeme, Token};
use crate::unescape::unescape;
use crate::value::Val;

impl Parser<'_> {
    pub(super) fn literal(&mut self) -> Expr {
        let start = self.here().start;
        let negative = self.peek() == Token::Minus;
        if negative {
            let minus = self.take();
            let here = self.here();
            match here.token {
                Token::Int | Token::Float => {}
                Token::True | Token::False | Token::Null => {
                    let message = format!(
                        "mismatched input '{}' expecting IDENTIFIER",
                        self.text(here)
                    );
                    self.syntax_error(here.start, &message);
                    self.recover();
                    return self.nothing(start);
                }
                _ => {
                    self.no_way_from(minus);
                    self.recover();
                    return self.nothing(start);
                }
            }
        }
        let lexeme = self.here();
        let text = self.text(lexeme);
        let value = match lexeme.token {
            Token::True => Some(Val::Bool(true)),
            Token::False => Some(Val::Bool(false)),
            Token::Null => Some(Val::Null),
            Token::Int => {
                let parsed = match text.strip_prefix("0x") {
                    Some(hex) => i128::from_str_radix(hex, 16),
                    None => text.parse(),
                };
                let value = parsed
                    .ok()
                    .and_then(|n| i64::try_from(if negative { -n } else { n }).ok());
                self.number(start, value.map(Val::Int), "invalid int literal")
            }
            Token::Uint => {
                let digits = &text[..text.len() - 1];
                let parsed = match digits.strip_prefix("0x") {
                    Some(hex) => u64::from_str_radix(hex, 16),
                    None => digits.parse(),
                };
                self.number(start, parsed.ok().map(Val::Uint), "invalid uint literal")
            }
            Token::Float => {
                let parsed = text.parse::<f64>().ok().filter(|n| n.is_finite());
                let value = parsed.map(|n| Val::Double(if negative { -n } else { n }));
                self.number(start, value, "invalid double literal")
            }
            Token::Str | Token::Bytes => Some(self.text_literal(lexeme)),
            _ => None,
        };
        let Some(value) = value else {
            self.expected = Some((self.pos, FIRST));
            self.recover();
            return self.nothing(start);
        };
        self.take();
        self.new_expr(start, Kind::Literal(value))
    }

    fn number(
        &mut self,
        at: u32,
        value: Option<Val<'static>>,
        complaint: &str,
    ) -> Option<Val<'static>> {
        if value.is_none() {
            self.error(at, complaint);
        }
        Some(value.unwrap_or(Val::Null))
    }

    fn text_literal(&mut self, lexeme: Lexeme) -> Val<'static> {
        let bytes = lexeme.token == Token::Bytes;
        let start = lexeme.start as usize + usize::from(bytes);
        match unescape(&self.source.text[start..lexeme.end as usize], bytes) {
            Ok(content) if bytes => Val::Bytes(Arc::from(content)),
            Ok(content) => Val::from(String::from_utf8_lossy(&content).into_owned()),
            Err(message) => {
                self.error(lexeme.start, message);
                Val::Null
            }
        }
    }
}
