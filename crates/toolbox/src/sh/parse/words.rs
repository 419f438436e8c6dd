//! The insides of words: quotes, parameters, commands, expressions.

use super::{ParseError, Parser, Result, parse};
use crate::sh::syntax::{Part, Word};

impl Parser {
    pub(super) fn word(&mut self) -> Result<Word> {
        let mut parts = Vec::new();
        let mut text = String::new();
        let flush = |text: &mut String, parts: &mut Vec<Part>| {
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(text), false));
            }
        };
        loop {
            match self.peek() {
                None => break,
                Some(c) if c.is_whitespace() || ";&|()<>".contains(c) => break,
                Some('\\') => {
                    self.at += 1;
                    match self.next() {
                        Some('\n') => {}
                        Some(c) => {
                            flush(&mut text, &mut parts);
                            parts.push(Part::Text(c.to_string(), true));
                        }
                        None => return Err(ParseError::Incomplete),
                    }
                }
                Some('\'') => {
                    flush(&mut text, &mut parts);
                    self.at += 1;
                    let mut quoted = String::new();
                    loop {
                        match self.next() {
                            Some('\'') => break,
                            Some(c) => quoted.push(c),
                            None => return Err(ParseError::Incomplete),
                        }
                    }
                    parts.push(Part::Text(quoted, true));
                }
                Some('"') => {
                    flush(&mut text, &mut parts);
                    self.at += 1;
                    self.quoted(&mut parts, Some('"'))?;
                }
                Some('$' | '`') => {
                    flush(&mut text, &mut parts);
                    match self.dollar(false)? {
                        Some(part) => parts.push(part),
                        None => text.push('$'),
                    }
                }
                Some(c) => {
                    text.push(c);
                    self.at += 1;
                }
            }
        }
        flush(&mut text, &mut parts);
        if parts.is_empty() && self.peek().is_none() {
            return Err(ParseError::Incomplete);
        }
        Ok(Word(parts))
    }

    /// What lies between double quotes, or up to the end.
    pub(super) fn quoted(&mut self, parts: &mut Vec<Part>, close: Option<char>) -> Result<()> {
        let mut text = String::new();
        loop {
            match self.peek() {
                None if close.is_none() => break,
                None => return Err(ParseError::Incomplete),
                Some(c) if Some(c) == close => {
                    self.at += 1;
                    break;
                }
                Some('\\') => {
                    self.at += 1;
                    match self.next() {
                        Some('\n') => {}
                        Some(c @ ('$' | '`' | '"' | '\\')) => text.push(c),
                        Some(c) => text.extend(['\\', c]),
                        None => text.push('\\'),
                    }
                }
                Some('$' | '`') => {
                    let part = self.dollar(true)?;
                    match part {
                        Some(part) => {
                            parts.push(Part::Text(std::mem::take(&mut text), true));
                            parts.push(part);
                        }
                        None => text.push('$'),
                    }
                }
                Some(c) => {
                    text.push(c);
                    self.at += 1;
                }
            }
        }
        // Even an empty pair of quotes is a word.
        parts.push(Part::Text(text, true));
        Ok(())
    }

    /// What a `$` or a backquote begins; `None` when it stands for itself.
    fn dollar(&mut self, quoted: bool) -> Result<Option<Part>> {
        if self.next() == Some('`') {
            let mut text = String::new();
            loop {
                match self.next() {
                    Some('`') => break,
                    Some('\\') if self.peek() == Some('`') => {
                        self.at += 1;
                        text.push('`');
                    }
                    Some(c) => text.push(c),
                    None => return Err(ParseError::Incomplete),
                }
            }
            return Ok(Some(Part::Command(Box::new(parse(&text)?), quoted)));
        }
        match self.peek() {
            Some('(') if self.peek_at(1) == Some('(') => {
                self.at += 2;
                let inner = self.until_double_close()?;
                let mut parts = Vec::new();
                let mut parser = Parser {
                    text: inner,
                    at: 0,
                    depth: self.depth + 1,
                    here: Vec::new(),
                };
                parser.quoted(&mut parts, None)?;
                Ok(Some(Part::Arithmetic(Word(parts), quoted)))
            }
            Some('(') => {
                self.at += 1;
                let body = self.sequence(&[])?;
                self.close(')')?;
                Ok(Some(Part::Command(Box::new(body), quoted)))
            }
            Some('{') => {
                self.at += 1;
                self.parameter(quoted).map(Some)
            }
            Some(c) if c.is_ascii_alphabetic() || c == '_' => {
                let mut name = String::new();
                while let Some(c) = self
                    .peek()
                    .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
                {
                    name.push(c);
                    self.at += 1;
                }
                Ok(Some(Part::Parameter {
                    name,
                    operator: None,
                    quoted,
                }))
            }
            Some(c) if c.is_ascii_digit() || "?$!#@*-".contains(c) => {
                self.at += 1;
                Ok(Some(Part::Parameter {
                    name: c.to_string(),
                    operator: None,
                    quoted,
                }))
            }
            _ => Ok(None),
        }
    }

    fn until_double_close(&mut self) -> Result<Vec<char>> {
        let (start, mut open) = (self.at, 0);
        while let Some(c) = self.next() {
            match c {
                '(' => open += 1,
                ')' if open == 0 && self.peek() == Some(')') => {
                    let inner = self.text[start..self.at - 1].to_vec();
                    self.at += 1;
                    return Ok(inner);
                }
                ')' => open -= 1,
                _ => {}
            }
        }
        Err(ParseError::Incomplete)
    }

    fn parameter(&mut self, quoted: bool) -> Result<Part> {
        if self.peek() == Some('#') && self.peek_at(1) != Some('}') {
            self.at += 1;
            let name = self.parameter_name();
            self.close('}')?;
            return Ok(Part::Parameter {
                name,
                operator: Some(("#".into(), Word::default())),
                quoted,
            });
        }
        let name = self.parameter_name();
        let operators = [
            ":-", ":=", ":+", ":?", "##", "%%", "-", "=", "+", "?", "#", "%",
        ];
        let Some(operator) = operators.into_iter().find(|operator| self.eat(operator)) else {
            self.close('}')?;
            return Ok(Part::Parameter {
                name,
                operator: None,
                quoted,
            });
        };
        let mut parts = Vec::new();
        let mut text = String::new();
        loop {
            match self.peek() {
                None => return Err(ParseError::Incomplete),
                Some('}') => {
                    self.at += 1;
                    break;
                }
                Some('$' | '`') => match self.dollar(quoted)? {
                    Some(part) => {
                        parts.push(Part::Text(std::mem::take(&mut text), quoted));
                        parts.push(part);
                    }
                    None => text.push('$'),
                },
                Some('"') => {
                    parts.push(Part::Text(std::mem::take(&mut text), quoted));
                    self.at += 1;
                    self.quoted(&mut parts, Some('"'))?;
                }
                Some('\'') if !quoted => {
                    self.at += 1;
                    while let Some(c) = self.next().filter(|c| *c != '\'') {
                        text.push(c);
                    }
                }
                Some('\\') => {
                    self.at += 1;
                    text.extend(self.next());
                }
                Some(c) => {
                    text.push(c);
                    self.at += 1;
                }
            }
        }
        if !text.is_empty() {
            parts.push(Part::Text(text, quoted));
        }
        Ok(Part::Parameter {
            name,
            operator: Some((operator.to_owned(), Word(parts))),
            quoted,
        })
    }

    fn parameter_name(&mut self) -> String {
        let mut name = String::new();
        while let Some(c) = self.peek() {
            let special = name.is_empty() && "?$!#@*-".contains(c);
            if !(c.is_ascii_alphanumeric() || c == '_' || special) {
                break;
            }
            name.push(c);
            self.at += 1;
            if special {
                break;
            }
        }
        name
    }
}
