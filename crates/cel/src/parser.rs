//! From text to tree.
//!
//! The grammar is CEL's. Messages of syntax errors, and how reading goes on
//! behind one, are those of the generated LL parser that upstream uses: a
//! token too many is skipped, a missing one is thought of, and otherwise
//! everything is skipped up to a token that some rule under way waits for.

mod braces;
mod literals;
mod recovery;
mod tree;

use crate::ast::{Expr, Id, Kind, op};
use crate::lexer::{Lexeme, Token, TokenSet, tokens};
use crate::macros;
use crate::source::{CompileErrors, Source};
use crate::value::Val;

/// How long an expression may be, in code points.
const MAX_CODE_POINTS: usize = 100_000;
/// How deep expressions may nest.
const MAX_DEPTH: usize = 250;
/// How many nodes the tree may have: macros copy some, so that a short text could make many.
const MAX_NODES: u32 = 200_000;
/// After how many syntax errors reading ends.
const MAX_SYNTAX_ERRORS: usize = 30;

/// What begins an operand.
const FIRST: TokenSet = TokenSet::of(&[
    Token::LeftBracket,
    Token::LeftBrace,
    Token::LeftParen,
    Token::Dot,
    Token::Minus,
    Token::Not,
    Token::True,
    Token::False,
    Token::Null,
    Token::Float,
    Token::Int,
    Token::Uint,
    Token::Str,
    Token::Bytes,
    Token::Ident,
]);
/// What may begin the operand of `!` and `-`.
const MEMBER_FIRST: TokenSet = TokenSet::of(&[
    Token::LeftBracket,
    Token::LeftBrace,
    Token::LeftParen,
    Token::Dot,
    Token::Minus,
    Token::True,
    Token::False,
    Token::Null,
    Token::Float,
    Token::Int,
    Token::Uint,
    Token::Str,
    Token::Bytes,
    Token::Ident,
]);
/// What may follow an operand inside of an expression.
const OPERATORS: TokenSet = TokenSet::of(&[
    Token::Equals,
    Token::NotEquals,
    Token::In,
    Token::Less,
    Token::LessEquals,
    Token::GreaterEquals,
    Token::Greater,
    Token::And,
    Token::Or,
    Token::LeftBracket,
    Token::Dot,
    Token::Minus,
    Token::Question,
    Token::Plus,
    Token::Star,
    Token::Slash,
    Token::Percent,
]);

const RESERVED: &[&str] = &[
    "as",
    "break",
    "const",
    "continue",
    "else",
    "false",
    "for",
    "function",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "package",
    "namespace",
    "null",
    "return",
    "true",
    "var",
    "void",
    "while",
];

/// Whether a name can be declared as a variable: the form of an identifier, and
/// no word that the grammar keeps for itself.
pub fn is_identifier(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !RESERVED.contains(&name)
}

/// What the parser is to know besides the grammar.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Syntax {
    /// `.?`, `[?` and optional entries, and the macros that go with them.
    pub(crate) optionals: bool,
    /// Macros with two variables.
    pub(crate) two_variables: bool,
    /// `sortBy`.
    pub(crate) sort_by: bool,
    /// `cel.bind`.
    pub(crate) bindings: bool,
}

/// A rule could not go on; it has been told, or will be where the rule ends.
struct Broken;

type Parsed<T> = Result<T, Broken>;

pub(crate) struct Parser<'s> {
    source: &'s Source,
    lexemes: Vec<Lexeme>,
    pos: usize,
    follow: Vec<TokenSet>,
    recovering: bool,
    stopped: bool,
    depth: usize,
    next_id: Id,
    pub(crate) syntax: Syntax,
    pub(crate) errors: CompileErrors,
    syntax_errors: usize,
    expected: Option<(usize, TokenSet)>,
}

/// Reads an expression; gives the tree and the number of its nodes.
pub(crate) fn parse(source: &Source, syntax: Syntax) -> Result<(Expr, Id), CompileErrors> {
    let mut errors = CompileErrors::default();
    if source.text.len() > MAX_CODE_POINTS {
        errors.add_without_place(format!(
            "expression code point size exceeds limit: size: {}, limit {MAX_CODE_POINTS}",
            source.text.len()
        ));
        return Err(errors);
    }
    let (lexemes, unreadable) = tokens(&source.text);
    for error in unreadable {
        errors.add(
            source,
            error.at,
            format!(
                "Syntax error: token recognition error at: '{}'",
                escape_white(&error.text)
            ),
        );
    }
    let mut parser = Parser {
        source,
        lexemes,
        pos: 0,
        follow: Vec::new(),
        recovering: false,
        stopped: false,
        depth: 0,
        next_id: 0,
        syntax,
        errors,
        syntax_errors: 0,
        expected: None,
    };
    let expr = parser.expr_until(TokenSet::of(&[Token::End]));
    if !parser.stopped {
        let _ = parser.expect(Token::End, TokenSet::default()).map_err(|_| {
            parser.report_pending();
        });
    }
    if parser.errors.is_empty() && tree::depth(&expr) > MAX_DEPTH {
        parser.too_deep();
    }
    if parser.errors.is_empty() {
        Ok((expr, parser.next_id))
    } else {
        Err(parser.errors)
    }
}

fn escape_white(text: &str) -> String {
    text.replace('\t', "\\t")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
}

impl Parser<'_> {
    fn peek(&self) -> Token {
        self.lexemes[self.pos].token
    }

    fn peek_at(&self, ahead: usize) -> Token {
        self.lexemes
            .get(self.pos + ahead)
            .map_or(Token::End, |lexeme| lexeme.token)
    }

    fn here(&self) -> Lexeme {
        self.lexemes[self.pos]
    }

    fn advance(&mut self) -> Lexeme {
        let lexeme = self.lexemes[self.pos];
        if self.pos + 1 < self.lexemes.len() {
            self.pos += 1;
        }
        lexeme
    }

    /// Takes a token that is known to be there.
    fn take(&mut self) -> Lexeme {
        self.recovering = false;
        self.advance()
    }

    fn text(&self, lexeme: Lexeme) -> String {
        self.source.text[lexeme.start as usize..lexeme.end as usize]
            .iter()
            .collect()
    }

    fn shown(&self, lexeme: Lexeme) -> String {
        if lexeme.token == Token::End {
            "'<EOF>'".to_owned()
        } else {
            format!("'{}'", escape_white(&self.text(lexeme)))
        }
    }

    /// An expression behind which one of these is expected.
    fn expr_until(&mut self, follow: TokenSet) -> Expr {
        if self.stopped {
            return self.nothing(0);
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            self.too_deep();
            self.depth -= 1;
            return self.nothing(0);
        }
        self.follow.push(follow);
        let expr = self.expr();
        self.follow.pop();
        self.depth -= 1;
        expr
    }

    fn expr(&mut self) -> Expr {
        let condition = self.logic(true);
        if self.peek() != Token::Question {
            return condition;
        }
        let at = self.take().start;
        self.follow.push(TokenSet::of(&[Token::Colon]));
        let yes = self.logic(true);
        self.follow.pop();
        if self.expect(Token::Colon, FIRST).is_err() {
            self.recover();
            return condition;
        }
        let no = self.expr_until(TokenSet::default());
        self.call(at, op::CONDITIONAL, vec![condition, yes, no])
    }

    /// `a || b || c` or `a && b && c`, as a balanced tree.
    fn logic(&mut self, or: bool) -> Expr {
        let (token, function) = if or {
            (Token::Or, op::OR)
        } else {
            (Token::And, op::AND)
        };
        let first = if or {
            self.logic(false)
        } else {
            self.binary(0)
        };
        if self.peek() != token {
            return first;
        }
        let mut terms = vec![Some(first)];
        let mut places = Vec::new();
        while self.peek() == token {
            places.push(self.take().start);
            let term = if or {
                self.logic(false)
            } else {
                self.binary(0)
            };
            terms.push(Some(term));
        }
        self.balance(function, &mut terms, &places, 0, places.len() - 1)
    }

    fn balance(
        &mut self,
        function: &str,
        terms: &mut [Option<Expr>],
        places: &[u32],
        low: usize,
        high: usize,
    ) -> Expr {
        let middle = (low + high).div_ceil(2);
        let left = if middle == low {
            terms[middle].take()
        } else {
            Some(self.balance(function, terms, places, low, middle - 1))
        };
        let right = if middle == high {
            terms[middle + 1].take()
        } else {
            Some(self.balance(function, terms, places, middle + 1, high))
        };
        let args = vec![
            left.expect("each term is taken once"),
            right.expect("each term is taken once"),
        ];
        self.call(places[middle], function, args)
    }

    /// Comparisons (level 0), sums (1), products (2).
    fn binary(&mut self, level: u8) -> Expr {
        let mut left = if level == 2 {
            self.unary()
        } else {
            self.binary(level + 1)
        };
        let mut chain = 0;
        loop {
            let function = match (level, self.peek()) {
                (0, Token::Less) => op::LESS,
                (0, Token::LessEquals) => op::LESS_EQUALS,
                (0, Token::Greater) => op::GREATER,
                (0, Token::GreaterEquals) => op::GREATER_EQUALS,
                (0, Token::Equals) => op::EQUALS,
                (0, Token::NotEquals) => op::NOT_EQUALS,
                (0, Token::In) => op::IN,
                (1, Token::Plus) => op::ADD,
                (1, Token::Minus) => op::SUBTRACT,
                (2, Token::Star) => op::MULTIPLY,
                (2, Token::Slash) => op::DIVIDE,
                (2, Token::Percent) => op::MODULO,
                _ => return left,
            };
            chain += 1;
            if chain > MAX_DEPTH {
                self.too_deep();
                return left;
            }
            let at = self.take().start;
            let right = if level == 2 {
                self.unary()
            } else {
                self.binary(level + 1)
            };
            left = self.call(at, function, vec![left, right]);
        }
    }

    fn unary(&mut self) -> Expr {
        let at = self.here().start;
        if self.sync(FIRST).is_err() {
            self.recover();
            return self.nothing(at);
        }
        let (token, function) = match self.peek() {
            Token::Not => (Token::Not, op::NOT),
            // A sign belongs to the number behind it.
            Token::Minus if !matches!(self.peek_at(1), Token::Int | Token::Float) => {
                (Token::Minus, op::NEGATE)
            }
            _ => return self.member(),
        };
        let at = self.here().start;
        let mut count = 0;
        let mut last = self.here();
        while self.peek() == token {
            last = self.take();
            count += 1;
        }
        if !MEMBER_FIRST.has(self.peek()) {
            if token == Token::Minus {
                self.no_way_from(last);
                self.recovering = false;
                return self.unary();
            }
            if self.skip_one(FIRST).is_none() {
                let here = self.here();
                let message = format!("extraneous input {} expecting {FIRST}", self.shown(here));
                self.syntax_error(here.start, &message);
                self.recover();
                return self.nothing(at);
            }
        }
        let operand = self.member();
        if count % 2 == 0 {
            return operand;
        }
        self.call(at, function, vec![operand])
    }

    fn member(&mut self) -> Expr {
        let mut operand = self.primary();
        let mut chain = 0;
        loop {
            chain += 1;
            if chain > MAX_DEPTH {
                self.too_deep();
                return operand;
            }
            match self.peek() {
                Token::Dot => match self.select(operand) {
                    Ok(expr) => operand = expr,
                    Err(expr) => return expr,
                },
                Token::LeftBracket => {
                    let at = self.take().start;
                    let mut function = op::INDEX;
                    if self
                        .sync(FIRST.or(TokenSet::of(&[Token::Question])))
                        .is_err()
                    {
                        self.recover();
                        return operand;
                    }
                    if self.peek() == Token::Question {
                        self.take();
                        function = op::OPT_INDEX;
                        if !self.syntax.optionals {
                            self.error(at, "unsupported syntax '[?'");
                        }
                    }
                    let index = self.expr_until(TokenSet::of(&[Token::RightBracket]));
                    let closed = self.close(Token::RightBracket);
                    if closed.is_err() {
                        self.recover();
                        return operand;
                    }
                    operand = self.call(at, function, vec![operand, index]);
                }
                _ => return operand,
            }
        }
    }

    /// `.field`, `.?field` and `.method(…)`; the error is what to go on with.
    fn select(&mut self, operand: Expr) -> Result<Expr, Expr> {
        let dot = self.here();
        let (question, name_at) = match self.peek_at(1) {
            Token::Question => (true, 2),
            _ => (false, 1),
        };
        let name = self.lexemes.get(self.pos + name_at).copied();
        let Some(name) = name.filter(|n| matches!(n.token, Token::Ident | Token::EscapedIdent))
        else {
            // No way to go on fits.
            let offending = name.unwrap_or(self.lexemes[self.lexemes.len() - 1]);
            let words = format!(
                ".{}{}",
                if question { "?" } else { "" },
                if offending.token == Token::End {
                    String::new()
                } else {
                    self.text(offending)
                }
            );
            let message = match offending.token {
                Token::True | Token::False | Token::Null if !question => format!(
                    "mismatched input '{}' expecting IDENTIFIER",
                    self.text(offending)
                ),
                _ => format!("no viable alternative at input '{}'", escape_white(&words)),
            };
            self.syntax_error(offending.start, &message);
            self.advance();
            self.recover();
            return Err(operand);
        };
        self.take();
        if question {
            self.take();
        }
        self.take();
        if name.token == Token::Ident && !question && self.peek() == Token::LeftParen {
            let open = self.take().start;
            let Ok(args) = self.arguments() else {
                self.recover();
                return Err(operand);
            };
            let function = self.text(name);
            return Ok(macros::member(self, open, &function, operand, args));
        }
        let field = self.field_name(name);
        if question {
            if !self.syntax.optionals {
                self.error(dot.start, "unsupported syntax '.?'");
            }
            let literal = self.new_expr(name.start, Kind::Literal(Val::from(field)));
            return Ok(self.call(dot.start, op::OPT_SELECT, vec![operand, literal]));
        }
        Ok(self.new_expr(
            dot.start,
            Kind::Select {
                operand: Box::new(operand),
                field: field.into(),
                test: false,
            },
        ))
    }

    fn field_name(&mut self, lexeme: Lexeme) -> String {
        let text = self.text(lexeme);
        if lexeme.token == Token::EscapedIdent {
            text[1..text.len() - 1].to_owned()
        } else {
            text
        }
    }

    fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        const CLOSE: TokenSet = TokenSet::of(&[Token::RightParen]);
        const NEXT: TokenSet = TokenSet::of(&[Token::RightParen, Token::Comma]);
        self.sync(FIRST.or(CLOSE))?;
        let mut args = Vec::new();
        if self.peek() != Token::RightParen {
            args.push(self.expr_until(NEXT));
            while self.peek() == Token::Comma {
                self.take();
                args.push(self.expr_until(NEXT));
            }
        }
        self.close(Token::RightParen)?;
        Ok(args)
    }

    fn primary(&mut self) -> Expr {
        let here = self.here();
        match here.token {
            Token::LeftParen => {
                self.take();
                let inner = self.expr_until(TokenSet::of(&[Token::RightParen]));
                if self.close(Token::RightParen).is_err() {
                    self.recover();
                }
                inner
            }
            Token::LeftBracket => self.list().unwrap_or_else(|_| {
                self.recover();
                self.nothing(here.start)
            }),
            Token::LeftBrace => self.map().unwrap_or_else(|_| {
                self.recover();
                self.nothing(here.start)
            }),
            Token::Dot | Token::Ident => self.named(),
            _ => self.literal(),
        }
    }

    /// A variable, a call or a message: `a`, `.a`, `f(x)`, `a.b.C{…}`.
    fn named(&mut self) -> Expr {
        let first = self.here();
        let dotted = first.token == Token::Dot;
        let start = usize::from(dotted);
        if self.peek_at(start) != Token::Ident {
            let offending = self.lexemes[(self.pos + start).min(self.lexemes.len() - 1)];
            let behind = if offending.token == Token::End {
                String::new()
            } else {
                self.text(offending)
            };
            let message = format!(
                "no viable alternative at input '.{}'",
                escape_white(&behind)
            );
            self.syntax_error(offending.start, &message);
            self.advance();
            self.recover();
            return self.nothing(first.start);
        }
        let mut end = start + 1;
        while self.peek_at(end) == Token::Dot && self.peek_at(end + 1) == Token::Ident {
            end += 2;
        }
        if self.peek_at(end) == Token::LeftBrace {
            return self.message(start, end).unwrap_or_else(|_| {
                self.recover();
                self.nothing(first.start)
            });
        }
        if dotted {
            self.take();
        }
        let name = self.take();
        let text = self.text(name);
        let called = self.peek() == Token::LeftParen;
        if RESERVED.contains(&text.as_str()) {
            self.error(first.start, format!("reserved identifier: {text}"));
        }
        let full = if dotted { format!(".{text}") } else { text };
        if !called {
            return self.new_expr(name.start, Kind::Ident(full.into()));
        }
        let open = self.take().start;
        match self.arguments() {
            Ok(args) => macros::global(self, open, &full, args),
            Err(Broken) => {
                self.recover();
                self.nothing(first.start)
            }
        }
    }
}
