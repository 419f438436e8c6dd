//! Templates as text.

use super::{Bound, JsonPathError, Node, Piece};

/// Ranges within ranges.
const DEPTH_MAX: usize = 64;

fn wrong<T>(message: impl Into<String>) -> Result<T, JsonPathError> {
    Err(JsonPathError(message.into()))
}

/// A piece of a template, before ranges are put together.
enum Part {
    Path(Vec<Node>),
    Range(Vec<Node>),
    End,
}

pub(super) fn template(text: &str) -> Result<Vec<Piece>, JsonPathError> {
    let mut parser = Parser::new(text);
    // What is open: the path of a range, and the pieces in it.
    let mut open: Vec<(Vec<Node>, Vec<Piece>)> = Vec::new();
    let mut pieces = Vec::new();
    while let Some(part) = parser.part()? {
        match part {
            Part::Path(path) => pieces.push(Piece::Path(path)),
            Part::Range(_) if open.len() >= DEPTH_MAX => {
                return wrong("too many ranges in one another");
            }
            Part::Range(path) => open.push((path, std::mem::take(&mut pieces))),
            Part::End => {
                let Some((path, before)) = open.pop() else {
                    return wrong("not in range, nothing to end");
                };
                let inside = std::mem::replace(&mut pieces, before);
                pieces.push(Piece::Range(path, inside));
            }
        }
    }
    if !open.is_empty() {
        return wrong("a range has no end");
    }
    Ok(pieces)
}

/// What stands between braces, without them.
fn action(text: &str) -> Result<Vec<Node>, JsonPathError> {
    let text = format!("{text}}}");
    let mut parser = Parser::new(&text);
    match parser.inside()? {
        Part::Path(path) => Ok(path),
        Part::Range(_) | Part::End => wrong("a range within a path"),
    }
}

struct Parser {
    text: Vec<char>,
    at: usize,
}

fn is_terminator(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\r' | '\n' | '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}'
    )
}

impl Parser {
    fn new(text: &str) -> Self {
        Self {
            text: text.chars().collect(),
            at: 0,
        }
    }

    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    /// Passes these characters, if they come next.
    fn passes(&mut self, start: &str) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let mut chars = rest.iter();
        let is_next = start.chars().all(|wanted| chars.next() == Some(&wanted));
        if is_next {
            self.at += start.chars().count();
        }
        is_next
    }

    fn since(&self, start: usize) -> String {
        self.text[start..self.at].iter().collect()
    }

    /// Text up to a brace, or what stands between two.
    fn part(&mut self) -> Result<Option<Part>, JsonPathError> {
        let start = self.at;
        while self.peek().is_some_and(|c| c != '{') {
            self.at += 1;
        }
        if self.at > start {
            let text = Node::Text(self.since(start));
            return Ok(Some(Part::Path(vec![text])));
        }
        match self.next() {
            Some(_) => self.inside().map(Some),
            None => Ok(None),
        }
    }

    /// A path up to its closing brace.
    fn inside(&mut self) -> Result<Part, JsonPathError> {
        let mut path = Vec::new();
        let mut is_range = false;
        loop {
            if self.passes("}") {
                return Ok(if is_range {
                    Part::Range(path)
                } else {
                    Part::Path(path)
                });
            }
            if self.passes("[?(") {
                path.push(self.filter()?);
                continue;
            }
            if self.passes("..") {
                if path.last() == Some(&Node::Recursive) {
                    return wrong("invalid multiple recursive descent");
                }
                path.push(Node::Recursive);
                if self.peek().is_some_and(|c| c == '_' || c.is_alphanumeric()) {
                    path.push(self.field());
                }
                continue;
            }
            match self.next() {
                None | Some('\n' | '\r') => return wrong("unclosed action"),
                Some(' ' | '@' | '$') => {}
                Some('[') => self.array(&mut path)?,
                Some(quote @ ('"' | '\'')) => path.push(Node::Text(self.quoted(quote)?)),
                Some('.') => path.push(self.field()),
                Some(c) if c == '+' || c == '-' || c.is_ascii_digit() => {
                    path.push(self.number()?);
                }
                Some(c) if c == '_' || c.is_alphanumeric() => {
                    let start = self.at - 1;
                    while self.peek().is_some_and(|c| !is_terminator(c)) {
                        self.at += 1;
                    }
                    match &*self.since(start) {
                        "true" => path.push(Node::Bool(true)),
                        "false" => path.push(Node::Bool(false)),
                        "range" if path.is_empty() && !is_range => is_range = true,
                        "end" if path.is_empty() && !is_range => {
                            return match self.next() {
                                Some('}') => Ok(Part::End),
                                _ => wrong("unclosed action"),
                            };
                        }
                        word => return wrong(format!("unrecognized identifier {word}")),
                    }
                }
                Some(c) => {
                    return wrong(format!(
                        "unrecognized character in action: U+{:04X} '{c}'",
                        u32::from(c)
                    ));
                }
            }
        }
    }

    /// A field, after its dot.
    fn field(&mut self) -> Node {
        let mut name = String::new();
        while let Some(c) = self.peek() {
            if c == '\\' {
                self.at += 1;
                name.extend(self.next().filter(|c| *c != '\\'));
            } else if is_terminator(c) {
                break;
            } else {
                name.push(c);
                self.at += 1;
            }
        }
        match &*name {
            "*" => Node::Wildcard,
            _ => Node::Field(name),
        }
    }

    fn number(&mut self) -> Result<Node, JsonPathError> {
        let start = self.at - 1;
        while self.peek().is_some_and(|c| c == '.' || c.is_ascii_digit()) {
            self.at += 1;
        }
        let text = self.since(start);
        if let Ok(number) = text.parse() {
            return Ok(Node::Int(number));
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Node::Float(number)),
            _ => wrong(format!("cannot parse number {text}")),
        }
    }

    /// Text up to its closing quote, with Go's escapes.
    fn quoted(&mut self, quote: char) -> Result<String, JsonPathError> {
        let start = self.at;
        loop {
            match self.next() {
                None | Some('\n') => return wrong("unterminated quoted string"),
                Some('\\') => self.at = (self.at + 1).min(self.text.len()),
                Some(c) if c == quote => break,
                Some(_) => {}
            }
        }
        let end = std::mem::replace(&mut self.at, start);
        let mut text = String::new();
        while self.at + 1 < end {
            match self.next() {
                Some('\\') => match self.escaped(quote) {
                    Some(c) if self.at < end => text.push(c),
                    _ => {
                        let whole: String = self.text[start - 1..end].iter().collect();
                        return wrong(format!("unquote string {whole} error invalid syntax"));
                    }
                },
                c => text.extend(c),
            }
        }
        self.at = end;
        Ok(text)
    }

    fn escaped(&mut self, quote: char) -> Option<char> {
        let digits = match self.next() {
            Some('n') => return Some('\n'),
            Some('t') => return Some('\t'),
            Some('r') => return Some('\r'),
            Some('a') => return Some('\u{7}'),
            Some('b') => return Some('\u{8}'),
            Some('f') => return Some('\u{c}'),
            Some('v') => return Some('\u{b}'),
            Some('\\') => return Some('\\'),
            Some(c) if c == quote => return Some(c),
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            _ => return None,
        };
        let mut code = 0u32;
        for _ in 0..digits {
            let digit = self.next().and_then(|c| c.to_digit(16))?;
            code = code.wrapping_mul(16).wrapping_add(digit);
        }
        char::from_u32(code)
    }

    /// Elements, after their bracket.
    fn array(&mut self, path: &mut Vec<Node>) -> Result<(), JsonPathError> {
        let start = self.at;
        loop {
            match self.next() {
                None | Some('\n') => return wrong("unterminated array"),
                Some(']') => break,
                Some(_) => {}
            }
        }
        let text = self.since(start);
        let text = text.strip_suffix(']').unwrap_or(&text);
        if text == "*" {
            path.push(Node::Slice([Bound::default(); 3]));
            return Ok(());
        }
        if text.contains(',') {
            let several = text
                .split(',')
                .map(|one| action(&format!("[{}]", one.trim_matches(' '))));
            path.push(Node::Union(several.collect::<Result<_, _>>()?));
            return Ok(());
        }
        let key = text
            .strip_prefix('\'')
            .and_then(|text| text.strip_suffix('\''));
        if let Some(key) = key.filter(|key| !key.contains('\'')) {
            path.extend(action(&format!(".{key}"))?);
            return Ok(());
        }
        path.push(slice(text)?);
        Ok(())
    }

    /// A condition on elements, after `[?(`.
    fn filter(&mut self) -> Result<Node, JsonPathError> {
        let start = self.at;
        let (mut quote, mut is_closed) = (None, false);
        loop {
            match self.next() {
                None | Some('\n') => return wrong("unterminated filter"),
                Some(c @ ('"' | '\'')) => match quote {
                    None => quote = Some(c),
                    Some(quote) if quote == c && self.text[self.at - 2] != '\\' => {
                        is_closed = true;
                    }
                    Some(_) => {}
                },
                Some(')') if quote.is_some() == is_closed => break,
                Some(_) => {}
            }
        }
        let text: String = self.text[start..self.at - 1].iter().collect();
        if self.next() != Some(']') {
            return wrong("unclosed array expect ]");
        }
        let is_operator = |c: char| matches!(c, '!' | '<' | '>' | '=');
        let Some(at) = text.find(is_operator).filter(|at| *at > 0) else {
            return Ok(Node::Filter {
                left: action(&text)?,
                right: Vec::new(),
                operator: "exists".to_owned(),
            });
        };
        let (left, rest) = text.split_at(at);
        let end = rest.find(|c| !is_operator(c)).unwrap_or(rest.len());
        let (operator, right) = rest.split_at(end);
        if !matches!(operator, "==" | "!=" | "<" | "<=" | ">" | ">=") {
            return wrong(format!("unrecognized filter operator {operator}"));
        }
        if right.is_empty() {
            return wrong(format!("nothing stands after {operator}"));
        }
        Ok(Node::Filter {
            left: action(left)?,
            right: action(right)?,
            operator: operator.to_owned(),
        })
    }
}

/// `from:to:step`, or one index.
fn slice(text: &str) -> Result<Node, JsonPathError> {
    let invalid = || JsonPathError(format!("invalid array index {text}"));
    let parts: Vec<&str> = text.split(':').collect();
    let is_number = |part: &&str| {
        let digits = part.strip_prefix('-').unwrap_or(part);
        digits.chars().all(|c| c.is_ascii_digit())
    };
    if parts.len() > 3 || !parts.iter().all(is_number) {
        return Err(invalid());
    }
    let mut bounds = [Bound::default(); 3];
    for (bound, part) in bounds.iter_mut().zip(&parts) {
        if !part.is_empty() {
            let number = part.parse();
            let number =
                number.map_err(|_| JsonPathError(format!("array index {part} is not a number")))?;
            bound.value = Some(number);
        }
    }
    if parts.len() == 1 {
        bounds[1] = Bound {
            value: Some(bounds[0].value.unwrap_or(0).saturating_add(1)),
            derived: true,
        };
    }
    Ok(Node::Slice(bounds))
}
