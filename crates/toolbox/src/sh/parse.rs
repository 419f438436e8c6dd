//! From text to [`Node`]s.

mod words;

use std::sync::{Arc, OnceLock};

use super::syntax::{Join, Node, Part, Redirect, Word};

/// How deep commands may lie in each other.
const DEPTH_MAX: usize = 200;

/// Why a script is not one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum ParseError {
    /// It ends in the middle; an interactive shell asks for more.
    Incomplete,
    /// It is wrong.
    Bad(String),
}

type Result<T> = std::result::Result<T, ParseError>;

/// Parses a whole script.
pub(super) fn parse(text: &str) -> Result<Node> {
    let mut parser = Parser {
        text: text.chars().collect(),
        at: 0,
        depth: 0,
        here: Vec::new(),
    };
    let node = parser.sequence(&[])?;
    parser.blank();
    match parser.peek() {
        None => Ok(node),
        Some(other) => Err(ParseError::Bad(format!("syntax error near {other:?}"))),
    }
}

struct Parser {
    text: Vec<char>,
    at: usize,
    depth: usize,
    /// Texts that follow the line: delimiter, whether to expand, whether to strip tabs.
    here: Vec<PendingHere>,
}

struct PendingHere {
    delimiter: String,
    expand: bool,
    strip: bool,
    /// Where its text goes, filled when the line ends.
    place: Arc<OnceLock<Word>>,
}

const RESERVED: &[&str] = &[
    "then", "else", "elif", "fi", "do", "done", "esac", "}", "in",
];

impl Parser {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn peek_at(&self, offset: usize) -> Option<char> {
        self.text.get(self.at + offset).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        Some(c)
    }

    fn eat(&mut self, text: &str) -> bool {
        let fits = text
            .chars()
            .enumerate()
            .all(|(i, c)| self.peek_at(i) == Some(c));
        if fits {
            self.at += text.chars().count();
        }
        fits
    }

    /// Skips blanks and comments, not line ends.
    fn blank(&mut self) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\\') if self.peek_at(1) == Some('\n') => self.at += 2,
                Some('#') => {
                    while self.peek().is_some_and(|c| c != '\n') {
                        self.at += 1;
                    }
                }
                _ => return,
            }
        }
    }

    /// Skips blanks and line ends.
    fn lines(&mut self) -> Result<()> {
        loop {
            self.blank();
            if self.peek() != Some('\n') {
                return Ok(());
            }
            self.line_end()?;
        }
    }

    fn line_end(&mut self) -> Result<()> {
        self.at += 1;
        let pending: Vec<_> = self.here.drain(..).collect();
        if pending.is_empty() {
            return Ok(());
        }
        for here in pending {
            let mut text = String::new();
            loop {
                let mut line = String::new();
                let mut ended = false;
                while let Some(c) = self.next() {
                    if c == '\n' {
                        ended = true;
                        break;
                    }
                    line.push(c);
                }
                let shown = if here.strip {
                    line.trim_start_matches('\t')
                } else {
                    &line
                };
                if shown == here.delimiter {
                    break;
                }
                if !ended && self.peek().is_none() {
                    return Err(ParseError::Incomplete);
                }
                text.push_str(shown);
                text.push('\n');
            }
            let mut parts = Vec::new();
            if here.expand {
                let text = text.chars().collect();
                let depth = self.depth + 1;
                Parser {
                    text,
                    at: 0,
                    depth,
                    here: Vec::new(),
                }
                .quoted(&mut parts, None)?;
            } else {
                parts.push(Part::Text(text, true));
            }
            // Each place is filled once, by the line that ends here.
            let _ = here.place.set(Word(parts));
        }
        Ok(())
    }

    fn word_ahead(&self) -> String {
        let mut word = String::new();
        let mut at = self.at;
        while let Some(c) = self.text.get(at) {
            if c.is_whitespace() || ";&|()<>\"'$`\\".contains(*c) {
                break;
            }
            word.push(*c);
            at += 1;
        }
        word
    }

    fn keyword(&mut self, word: &str) -> bool {
        self.blank();
        let fits = self.word_ahead() == word;
        if fits {
            self.at += word.chars().count();
        }
        fits
    }

    fn expect(&mut self, word: &str) -> Result<()> {
        self.lines()?;
        if self.keyword(word) {
            return Ok(());
        }
        match self.peek() {
            None => Err(ParseError::Incomplete),
            Some(c) => Err(ParseError::Bad(format!("expected {word:?} near {c:?}"))),
        }
    }

    fn sequence(&mut self, ends: &[&str]) -> Result<Node> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(ParseError::Bad("commands too deep in each other".into()));
        }
        let mut nodes = Vec::new();
        loop {
            self.lines()?;
            let ahead = self.word_ahead();
            let closes = matches!(self.peek(), None | Some(')'))
                || (self.peek() == Some(';') && self.peek_at(1) == Some(';'));
            if closes || ends.contains(&ahead.as_str()) {
                break;
            }
            if RESERVED.contains(&ahead.as_str()) && ahead != "in" {
                return Err(ParseError::Bad(format!("unexpected {ahead:?}")));
            }
            let node = self.chain()?;
            self.blank();
            let background = match self.peek() {
                Some('&') => {
                    self.at += 1;
                    true
                }
                Some(';') if self.peek_at(1) != Some(';') => {
                    self.at += 1;
                    false
                }
                Some('\n') => {
                    self.line_end()?;
                    false
                }
                _ => false,
            };
            nodes.push((node, background));
        }
        self.depth -= 1;
        if !self.here.is_empty() && self.peek().is_none() && self.depth == 0 {
            return Err(ParseError::Incomplete);
        }
        Ok(Node::Sequence(nodes))
    }

    fn chain(&mut self) -> Result<Node> {
        let first = self.pipeline()?;
        let mut rest = Vec::new();
        loop {
            self.blank();
            let join = if self.eat("&&") {
                Join::And
            } else if self.eat("||") {
                Join::Or
            } else {
                break;
            };
            self.lines()?;
            if self.peek().is_none() {
                return Err(ParseError::Incomplete);
            }
            rest.push((join, self.pipeline()?));
        }
        Ok(if rest.is_empty() {
            first
        } else {
            Node::Chain(Box::new(first), rest)
        })
    }

    fn pipeline(&mut self) -> Result<Node> {
        let negated = self.keyword("!");
        let mut stages = vec![self.command()?];
        loop {
            self.blank();
            if self.peek() != Some('|') || self.peek_at(1) == Some('|') {
                break;
            }
            self.at += 1;
            self.lines()?;
            if self.peek().is_none() {
                return Err(ParseError::Incomplete);
            }
            stages.push(self.command()?);
        }
        let node = match stages.len() {
            1 => stages.remove(0),
            _ => Node::Pipeline(stages),
        };
        Ok(if negated {
            Node::Not(Box::new(node))
        } else {
            node
        })
    }

    fn command(&mut self) -> Result<Node> {
        self.blank();
        if self.peek() == Some('(') {
            self.at += 1;
            let body = self.sequence(&[])?;
            self.close(')')?;
            return Ok(Node::Subshell(Box::new(body), self.redirects()?));
        }
        match self.word_ahead().as_str() {
            "{" => {
                self.at += 1;
                let body = self.sequence(&["}"])?;
                self.expect("}")?;
                Ok(Node::Group(Box::new(body), self.redirects()?))
            }
            "if" => self.conditional(),
            "while" | "until" => {
                let until = self.keyword("until");
                if !until {
                    self.expect("while")?;
                }
                let condition = Box::new(self.sequence(&["do"])?);
                let body = Box::new(self.body()?);
                Ok(Node::Loop {
                    condition,
                    until,
                    body,
                    redirects: self.redirects()?,
                })
            }
            "for" => self.for_loop(),
            "case" => self.case(),
            _ => self.simple(),
        }
    }

    fn close(&mut self, close: char) -> Result<()> {
        self.lines()?;
        match self.next() {
            Some(c) if c == close => Ok(()),
            None => Err(ParseError::Incomplete),
            Some(c) => Err(ParseError::Bad(format!("expected {close:?}, found {c:?}"))),
        }
    }

    fn conditional(&mut self) -> Result<Node> {
        self.expect("if")?;
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            let condition = self.sequence(&["then"])?;
            self.expect("then")?;
            let body = self.sequence(&["elif", "else", "fi"])?;
            branches.push((condition, body));
            if self.keyword("elif") {
                continue;
            }
            if self.keyword("else") {
                otherwise = Some(Box::new(self.sequence(&["fi"])?));
            }
            self.expect("fi")?;
            break;
        }
        Ok(Node::If {
            branches,
            otherwise,
            redirects: self.redirects()?,
        })
    }

    fn body(&mut self) -> Result<Node> {
        self.expect("do")?;
        let body = self.sequence(&["done"])?;
        self.expect("done")?;
        Ok(body)
    }

    fn for_loop(&mut self) -> Result<Node> {
        self.expect("for")?;
        self.blank();
        let name = self.word_ahead();
        if name.is_empty() {
            return Err(ParseError::Incomplete);
        }
        self.at += name.chars().count();
        self.lines()?;
        let mut words = None;
        if self.keyword("in") {
            let list = words.insert(Vec::new());
            loop {
                self.blank();
                match self.peek() {
                    None => return Err(ParseError::Incomplete),
                    Some(';' | '\n') => break,
                    Some(_) => list.push(self.word()?),
                }
            }
        }
        self.blank();
        if self.peek() == Some(';') {
            self.at += 1;
        }
        let body = Box::new(self.body()?);
        Ok(Node::For {
            name,
            words,
            body,
            redirects: self.redirects()?,
        })
    }

    fn case(&mut self) -> Result<Node> {
        self.expect("case")?;
        self.blank();
        let word = self.word()?;
        self.expect("in")?;
        let mut arms = Vec::new();
        loop {
            self.lines()?;
            if self.keyword("esac") {
                break;
            }
            if self.peek() == Some('(') {
                self.at += 1;
            }
            let mut patterns = Vec::new();
            loop {
                self.blank();
                patterns.push(self.word()?);
                self.blank();
                match self.next() {
                    Some('|') => {}
                    Some(')') => break,
                    None => return Err(ParseError::Incomplete),
                    Some(c) => return Err(ParseError::Bad(format!("in case: {c:?}"))),
                }
            }
            let body = self.sequence(&["esac"])?;
            arms.push((patterns, body));
            self.lines()?;
            self.eat(";;");
        }
        Ok(Node::Case {
            word,
            arms,
            redirects: self.redirects()?,
        })
    }

    fn redirects(&mut self) -> Result<Vec<Redirect>> {
        let mut found = Vec::new();
        while let Some(redirect) = self.redirect()? {
            found.push(redirect);
        }
        Ok(found)
    }

    fn redirect(&mut self) -> Result<Option<Redirect>> {
        self.blank();
        let start = self.at;
        let mut number = None;
        if let Some(digit) = self.peek().and_then(|c| c.to_digit(10))
            && matches!(self.peek_at(1), Some('<' | '>'))
        {
            number = u8::try_from(digit).ok();
            self.at += 1;
        }
        let both = self.peek() == Some('&') && self.peek_at(1) == Some('>');
        if both {
            self.at += 1;
        }
        let operator = ["<<-", "<<", "<&", "<", ">>", ">&", ">|", ">"];
        let Some(operator) = operator.into_iter().find(|operator| self.eat(operator)) else {
            self.at = start;
            return Ok(None);
        };
        self.blank();
        let word = self.word()?;
        let number = number.unwrap_or(u8::from(operator.starts_with('>')));
        Ok(Some(match operator {
            "<" => Redirect::Read(number, word),
            "<&" | ">&" => Redirect::Copy(number, word),
            ">>" => Redirect::Append(number, word),
            "<<" | "<<-" => {
                let expand = word
                    .0
                    .iter()
                    .all(|part| matches!(part, Part::Text(_, false)));
                let text = word.0.iter().map(|part| match part {
                    Part::Text(text, _) => text.as_str(),
                    _ => "",
                });
                let place = Arc::new(OnceLock::new());
                self.here.push(PendingHere {
                    delimiter: text.collect(),
                    expand,
                    strip: operator == "<<-",
                    place: place.clone(),
                });
                Redirect::Here(number, place)
            }
            // `&>` sends both outputs; a second entry follows in the same place.
            _ if both => Redirect::Write(u8::MAX, word),
            _ => Redirect::Write(number, word),
        }))
    }

    fn simple(&mut self) -> Result<Node> {
        let (mut assignments, mut words, mut redirects) = (Vec::new(), Vec::new(), Vec::new());
        loop {
            if let Some(redirect) = self.redirect()? {
                redirects.push(redirect);
                continue;
            }
            match self.peek() {
                None | Some('\n' | ';' | '&' | '|' | ')') => break,
                Some('(') if words.len() == 1 && self.peek_at(1) == Some(')') => {
                    self.at += 2;
                    self.lines()?;
                    let name: &Word = &words[0];
                    let name = name.plain().unwrap_or_default().to_owned();
                    return Ok(Node::Function(name, Box::new(self.command()?)));
                }
                Some('(') => return Err(ParseError::Bad("unexpected \"(\"".into())),
                Some(_) => {}
            }
            let word = self.word()?;
            match assignment(&word) {
                Some(pair) if words.is_empty() => assignments.push(pair),
                _ => words.push(word),
            }
        }
        if assignments.is_empty() && words.is_empty() && redirects.is_empty() {
            let near = self.peek().map_or("end".to_owned(), |c| format!("{c:?}"));
            return Err(ParseError::Bad(format!("syntax error near {near}")));
        }
        Ok(Node::Simple {
            assignments,
            words,
            redirects,
        })
    }
}

fn assignment(word: &Word) -> Option<(String, Word)> {
    let Some(Part::Text(text, false)) = word.0.first() else {
        return None;
    };
    let (name, value) = text.split_once('=')?;
    let mut letters = name.chars();
    let good = letters
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && letters.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !good {
        return None;
    }
    let mut parts = word.0.clone();
    parts[0] = Part::Text(value.to_owned(), false);
    Some((name.to_owned(), Word(parts)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_scripts_ask_for_more() {
        for text in [
            "if true",
            "echo 'a",
            "a &&",
            "a |",
            "for x in 1",
            "$(",
            "cat <<E\nx",
            "{ a",
        ] {
            assert_eq!(parse(text), Err(ParseError::Incomplete), "{text}");
        }
    }

    #[test]
    fn wrong_scripts_are_refused() {
        for text in [")", "fi", "| a", "; ;", "a )", "&& b"] {
            assert!(matches!(parse(text), Err(ParseError::Bad(_))), "{text}");
        }
        let deep = "(".repeat(100_000);
        assert!(matches!(parse(&deep), Err(ParseError::Bad(_))));
    }
}
