//! Label selectors as text.

use super::{Operator, Requirement, key_errors};
use crate::FieldPath;

/// The requirements that a text lists.
pub(super) fn requirements(text: &str) -> Result<Vec<Requirement>, String> {
    Parser {
        tokens: scan(text),
        at: 0,
    }
    .parse()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token {
    End,
    Error,
    Close,
    Comma,
    Not,
    DoubleEquals,
    Equals,
    Greater,
    Word,
    In,
    Less,
    NotEquals,
    NotIn,
    Open,
}

const SPECIAL: &[char] = &['=', '!', '(', ')', '>', '<', ','];

fn symbol(text: &str) -> Option<Token> {
    Some(match text {
        ")" => Token::Close,
        "," => Token::Comma,
        "!" => Token::Not,
        "==" => Token::DoubleEquals,
        "=" => Token::Equals,
        ">" => Token::Greater,
        "<" => Token::Less,
        "!=" => Token::NotEquals,
        "(" => Token::Open,
        _ => return None,
    })
}

fn scan(text: &str) -> Vec<(Token, String)> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let Some(first) = rest.chars().next() else {
            tokens.push((Token::End, String::new()));
            return tokens;
        };
        if SPECIAL.contains(&first) {
            // The longest that is a symbol, begun at the first character; none has three.
            let run = rest.chars().take(2).take_while(|c| SPECIAL.contains(c));
            let length = (1..=run.count())
                .rev()
                .find(|length| symbol(&rest[..*length]).is_some());
            let length = length.unwrap_or(1);
            let word = &rest[..length];
            tokens.push((symbol(word).unwrap_or(Token::Error), word.to_owned()));
            rest = &rest[length..];
        } else {
            let length = rest
                .find(|c: char| SPECIAL.contains(&c) || matches!(c, ' ' | '\t' | '\r' | '\n'))
                .unwrap_or(rest.len());
            let word = &rest[..length];
            let token = match word {
                "in" => Token::In,
                "notin" => Token::NotIn,
                _ => Token::Word,
            };
            tokens.push((token, word.to_owned()));
            rest = &rest[length..];
        }
    }
}

struct Parser {
    tokens: Vec<(Token, String)>,
    at: usize,
}

impl Parser {
    /// The next token; keywords are words where a value is meant.
    fn look(&self, values: bool) -> (Token, &str) {
        let (token, text) = &self.tokens[self.at.min(self.tokens.len() - 1)];
        let token = match token {
            Token::In | Token::NotIn if values => Token::Word,
            other => *other,
        };
        (token, text)
    }

    fn take(&mut self, values: bool) -> (Token, String) {
        let (token, text) = self.look(values);
        let taken = (token, text.to_owned());
        self.at += 1;
        taken
    }

    fn parse(mut self) -> Result<Vec<Requirement>, String> {
        let mut requirements = Vec::new();
        loop {
            match self.look(true) {
                (Token::Word | Token::Not, _) => {
                    let requirement = self
                        .requirement()
                        .map_err(|error| format!("unable to parse requirement: {error}"))?;
                    requirements.push(requirement);
                    match self.take(true) {
                        (Token::End, _) => return Ok(requirements),
                        (Token::Comma, _) => {
                            let (token, text) = self.look(true);
                            if !matches!(token, Token::Word | Token::Not) {
                                return Err(format!(
                                    "found '{text}', expected: identifier after ','"
                                ));
                            }
                        }
                        (_, text) => {
                            return Err(format!(
                                "found '{text}', expected: ',' or 'end of string'"
                            ));
                        }
                    }
                }
                (Token::End, _) => return Ok(requirements),
                (_, text) => {
                    return Err(format!(
                        "found '{text}', expected: !, identifier, or 'end of string'"
                    ));
                }
            }
        }
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let (mut token, mut key) = self.take(true);
        let absent = token == Token::Not;
        if absent {
            (token, key) = self.take(true);
        }
        if token != Token::Word {
            return Err(format!("found '{key}', expected: identifier"));
        }
        if let Some(error) = key_errors(&key, &FieldPath::default()) {
            return Err(error.to_string());
        }
        if absent {
            return Requirement::new(key, Operator::DoesNotExist, [""; 0]);
        }
        if let (Token::End | Token::Comma, _) = self.look(true) {
            return Requirement::new(key, Operator::Exists, [""; 0]);
        }
        let operator = match self.take(false) {
            (Token::In, _) => Operator::In,
            (Token::NotIn, _) => Operator::NotIn,
            (Token::Equals, _) => Operator::Equals,
            (Token::DoubleEquals, _) => Operator::DoubleEquals,
            (Token::NotEquals, _) => Operator::NotEquals,
            (Token::Greater, _) => Operator::GreaterThan,
            (Token::Less, _) => Operator::LessThan,
            (_, text) => {
                return Err(format!(
                    "found '{text}', expected: in, notin, =, ==, !=, gt, lt"
                ));
            }
        };
        let values = match operator {
            Operator::In | Operator::NotIn => self.values()?,
            _ => self.exact()?,
        };
        Requirement::new(key, operator, values)
    }

    fn values(&mut self) -> Result<Vec<String>, String> {
        let (token, text) = self.take(true);
        if token != Token::Open {
            return Err(format!("found '{text}' expected: '('"));
        }
        let mut values = Vec::new();
        match self.look(true) {
            (Token::Close, _) => {
                self.take(true);
                return Ok(vec![String::new()]);
            }
            (Token::Word | Token::Comma, _) => {}
            (_, text) => return Err(format!("found '{text}', expected: ',', ')' or identifier")),
        }
        loop {
            match self.take(true) {
                (Token::Word, text) => {
                    values.push(text);
                    match self.look(true) {
                        (Token::Comma, _) => {}
                        (Token::Close, _) => break,
                        (_, text) => return Err(format!("found '{text}', expected: ',' or ')'")),
                    }
                }
                (Token::Comma, _) => {
                    if values.is_empty() {
                        values.push(String::new());
                    }
                    match self.look(true).0 {
                        Token::Close => {
                            values.push(String::new());
                            break;
                        }
                        Token::Comma => {
                            self.take(true);
                            values.push(String::new());
                        }
                        _ => {}
                    }
                }
                (_, text) => return Err(format!("found '{text}', expected: ',', or identifier")),
            }
        }
        self.take(true);
        Ok(values)
    }

    fn exact(&mut self) -> Result<Vec<String>, String> {
        if let (Token::End | Token::Comma, _) = self.look(true) {
            return Ok(vec![String::new()]);
        }
        match self.take(true) {
            (Token::Word, text) => Ok(vec![text]),
            (_, text) => Err(format!("found '{text}', expected: identifier")),
        }
    }
}
