//! Lists, maps and messages.

use super::{Broken, FIRST, Parsed, Parser};
use crate::ast::{Entry, Expr, Field, Kind};
use crate::lexer::{Token, TokenSet};

impl Parser<'_> {
    pub(super) fn message(&mut self, start: usize, end: usize) -> Parsed<Expr> {
        const NEXT: TokenSet = TokenSet::of(&[Token::RightBrace, Token::Comma]);
        let mut name = String::new();
        if start == 1 {
            name.push('.');
        }
        for at in 0..end {
            let lexeme = self.take();
            if at >= start {
                name.push_str(&self.text(lexeme));
            }
        }
        let open = self.take().start;
        let mut fields = Vec::new();
        self.sync(NEXT.or(TokenSet::of(&[
            Token::Question,
            Token::Ident,
            Token::EscapedIdent,
        ])))?;
        while matches!(
            self.peek(),
            Token::Question | Token::Ident | Token::EscapedIdent
        ) {
            self.follow.push(NEXT);
            let field = self.initializer();
            self.follow.pop();
            match field {
                Ok(field) => fields.push(field),
                // The rule of the list ends here; the braces are looked for behind.
                Err(Broken) => {
                    self.follow.push(NEXT);
                    self.recover();
                    self.follow.pop();
                    break;
                }
            }
            if self.peek() != Token::Comma {
                break;
            }
            self.take();
        }
        if self.recovering && self.peek() == Token::Comma {
            self.advance();
        }
        self.close(Token::RightBrace)?;
        Ok(self.new_expr(
            open,
            Kind::Struct {
                name: name.into(),
                fields,
            },
        ))
    }

    fn initializer(&mut self) -> Parsed<Field> {
        let optional = self.peek() == Token::Question;
        if optional {
            let at = self.take().start;
            if !self.syntax.optionals {
                self.error(at, "unsupported syntax '?'");
            }
        }
        let lexeme = if self.peek() == Token::EscapedIdent {
            self.take()
        } else {
            self.expect(Token::Ident, TokenSet::of(&[Token::Colon]))?
        };
        let name = self.field_name(lexeme);
        let at = self.expect(Token::Colon, FIRST)?.start;
        let value = self.expr_until(TokenSet::of(&[Token::RightBrace, Token::Comma]));
        Ok(Field {
            at,
            name: name.into(),
            value,
            optional,
        })
    }

    fn optional_mark(&mut self) -> bool {
        if self.peek() != Token::Question {
            return false;
        }
        let at = self.take().start;
        if !self.syntax.optionals {
            self.error(at, "unsupported syntax '?'");
        }
        true
    }

    pub(super) fn list(&mut self) -> Parsed<Expr> {
        const NEXT: TokenSet = TokenSet::of(&[Token::RightBracket, Token::Comma]);
        let at = self.take().start;
        self.sync(FIRST.or(NEXT).or(TokenSet::of(&[Token::Question])))?;
        let mut items = Vec::new();
        let mut optional = Vec::new();
        let mut ended = false;
        while !NEXT.has(self.peek()) && self.peek() != Token::End {
            if self.optional_mark() {
                optional.push(items.len());
            }
            items.push(self.expr_until(NEXT));
            // Behind what was skipped no item is read.
            ended = self.sync(NEXT)?;
            if ended || self.peek() != Token::Comma {
                break;
            }
            self.take();
        }
        if (items.is_empty() || ended) && self.peek() == Token::Comma {
            self.take();
        }
        self.close(Token::RightBracket)?;
        Ok(self.new_expr(at, Kind::List { items, optional }))
    }

    pub(super) fn map(&mut self) -> Parsed<Expr> {
        const NEXT: TokenSet = TokenSet::of(&[Token::RightBrace, Token::Comma]);
        const COLON: TokenSet = TokenSet::of(&[Token::Colon]);
        let at = self.take().start;
        self.sync(FIRST.or(NEXT).or(TokenSet::of(&[Token::Question])))?;
        let mut entries = Vec::new();
        let mut ended = false;
        while !NEXT.has(self.peek()) && self.peek() != Token::End {
            let optional = self.optional_mark();
            let key = self.expr_until(COLON);
            if self.expect(Token::Colon, FIRST).is_err() {
                self.follow.push(NEXT);
                self.recover();
                self.follow.pop();
                break;
            }
            let value = self.expr_until(NEXT);
            entries.push(Entry {
                key,
                value,
                optional,
            });
            ended = self.sync(NEXT)?;
            if ended || self.peek() != Token::Comma {
                break;
            }
            self.take();
        }
        if (entries.is_empty() || ended) && self.peek() == Token::Comma {
            self.take();
        }
        self.close(Token::RightBrace)?;
        Ok(self.new_expr(at, Kind::Map(entries)))
    }
}
