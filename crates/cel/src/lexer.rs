//! Words of an expression.

use std::fmt;

/// The kinds of tokens, in the order in which the grammar lists them, which
/// is the order of names in "expecting {…}".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Token {
    Equals = 1,
    NotEquals,
    In,
    Less,
    LessEquals,
    GreaterEquals,
    Greater,
    And,
    Or,
    LeftBracket,
    RightBracket,
    LeftBrace,
    RightBrace,
    LeftParen,
    RightParen,
    Dot,
    Comma,
    Minus,
    Not,
    Question,
    Colon,
    Plus,
    Star,
    Slash,
    Percent,
    True,
    False,
    Null,
    Float,
    Int,
    Uint,
    Str,
    Bytes,
    Ident,
    EscapedIdent,
    End = 63,
}

impl Token {
    /// How the token is named in a message.
    fn name(self) -> &'static str {
        match self {
            Self::Equals => "'=='",
            Self::NotEquals => "'!='",
            Self::In => "'in'",
            Self::Less => "'<'",
            Self::LessEquals => "'<='",
            Self::GreaterEquals => "'>='",
            Self::Greater => "'>'",
            Self::And => "'&&'",
            Self::Or => "'||'",
            Self::LeftBracket => "'['",
            Self::RightBracket => "']'",
            Self::LeftBrace => "'{'",
            Self::RightBrace => "'}'",
            Self::LeftParen => "'('",
            Self::RightParen => "')'",
            Self::Dot => "'.'",
            Self::Comma => "','",
            Self::Minus => "'-'",
            Self::Not => "'!'",
            Self::Question => "'?'",
            Self::Colon => "':'",
            Self::Plus => "'+'",
            Self::Star => "'*'",
            Self::Slash => "'/'",
            Self::Percent => "'%'",
            Self::True => "'true'",
            Self::False => "'false'",
            Self::Null => "'null'",
            Self::Float => "NUM_FLOAT",
            Self::Int => "NUM_INT",
            Self::Uint => "NUM_UINT",
            Self::Str => "STRING",
            Self::Bytes => "BYTES",
            Self::Ident => "IDENTIFIER",
            Self::EscapedIdent => "ESC_IDENTIFIER",
            Self::End => "<EOF>",
        }
    }
}

/// A set of token kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TokenSet(u64);

impl TokenSet {
    pub(crate) const fn of(tokens: &[Token]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < tokens.len() {
            bits |= 1 << tokens[at] as u8;
            at += 1;
        }
        Self(bits)
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn has(self, token: Token) -> bool {
        self.0 & (1 << token as u8) != 0
    }
}

const ALL: &[Token] = &[
    Token::End,
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
    Token::RightBracket,
    Token::LeftBrace,
    Token::RightBrace,
    Token::LeftParen,
    Token::RightParen,
    Token::Dot,
    Token::Comma,
    Token::Minus,
    Token::Not,
    Token::Question,
    Token::Colon,
    Token::Plus,
    Token::Star,
    Token::Slash,
    Token::Percent,
    Token::True,
    Token::False,
    Token::Null,
    Token::Float,
    Token::Int,
    Token::Uint,
    Token::Str,
    Token::Bytes,
    Token::Ident,
    Token::EscapedIdent,
];

impl fmt::Display for TokenSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = ALL
            .iter()
            .filter(|token| self.has(**token))
            .map(|token| token.name())
            .collect();
        match names.as_slice() {
            [one] => f.write_str(one),
            many => write!(f, "{{{}}}", many.join(", ")),
        }
    }
}

/// A token: its kind and where it stands, in code points.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexeme {
    pub(crate) token: Token,
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// What could not be read: where, and the text.
pub(crate) struct LexError {
    pub(crate) at: u32,
    pub(crate) text: String,
}

/// Reads the tokens of a text. What is no token is left out and reported.
pub(crate) fn tokens(text: &[char]) -> (Vec<Lexeme>, Vec<LexError>) {
    let mut lexer = Lexer {
        text,
        at: 0,
        out: Vec::new(),
        errors: Vec::new(),
    };
    while lexer.at < text.len() {
        lexer.next();
    }
    let end = index(text.len());
    lexer.out.push(Lexeme {
        token: Token::End,
        start: end,
        end,
    });
    (lexer.out, lexer.errors)
}

fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

struct Lexer<'t> {
    text: &'t [char],
    at: usize,
    out: Vec<Lexeme>,
    errors: Vec<LexError>,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn push(&mut self, token: Token, length: usize) {
        self.out.push(Lexeme {
            token,
            start: index(self.at),
            end: index(self.at + length),
        });
        self.at += length;
    }

    fn error(&mut self, length: usize) {
        let end = (self.at + length).min(self.text.len());
        self.errors.push(LexError {
            at: index(self.at),
            text: self.text[self.at..end].iter().collect(),
        });
        self.at = end;
    }

    fn next(&mut self) {
        let c = self.text[self.at];
        match c {
            '\t' | ' ' | '\r' | '\n' | '\u{c}' => self.at += 1,
            '/' if self.peek(1) == Some('/') => {
                while self.peek(0).is_some_and(|c| c != '\n') {
                    self.at += 1;
                }
            }
            '0'..='9' => self.number(),
            '.' if self.peek(1).is_some_and(|c| c.is_ascii_digit()) => self.number(),
            '"' | '\'' => self.string(0, false, Token::Str),
            'r' | 'R' if self.quote_at(1) => self.string(1, true, Token::Str),
            'b' | 'B' if self.quote_at(1) => self.string(1, false, Token::Bytes),
            'b' | 'B' if matches!(self.peek(1), Some('r' | 'R')) && self.quote_at(2) => {
                self.string(2, true, Token::Bytes);
            }
            'a'..='z' | 'A'..='Z' | '_' => self.word(),
            '`' => self.escaped(),
            _ => self.operator(c),
        }
    }

    fn quote_at(&self, ahead: usize) -> bool {
        matches!(self.peek(ahead), Some('"' | '\''))
    }

    fn operator(&mut self, c: char) {
        let two = self.peek(1);
        let (token, length) = match (c, two) {
            ('=', Some('=')) => (Token::Equals, 2),
            ('!', Some('=')) => (Token::NotEquals, 2),
            ('<', Some('=')) => (Token::LessEquals, 2),
            ('>', Some('=')) => (Token::GreaterEquals, 2),
            ('&', Some('&')) => (Token::And, 2),
            ('|', Some('|')) => (Token::Or, 2),
            ('<', _) => (Token::Less, 1),
            ('>', _) => (Token::Greater, 1),
            ('[', _) => (Token::LeftBracket, 1),
            (']', _) => (Token::RightBracket, 1),
            ('{', _) => (Token::LeftBrace, 1),
            ('}', _) => (Token::RightBrace, 1),
            ('(', _) => (Token::LeftParen, 1),
            (')', _) => (Token::RightParen, 1),
            ('.', _) => (Token::Dot, 1),
            (',', _) => (Token::Comma, 1),
            ('-', _) => (Token::Minus, 1),
            ('!', _) => (Token::Not, 1),
            ('?', _) => (Token::Question, 1),
            (':', _) => (Token::Colon, 1),
            ('+', _) => (Token::Plus, 1),
            ('*', _) => (Token::Star, 1),
            ('/', _) => (Token::Slash, 1),
            ('%', _) => (Token::Percent, 1),
            // What begins a token of two characters is reported with its neighbour.
            ('=' | '&' | '|', Some(_)) => return self.error(2),
            _ => return self.error(1),
        };
        self.push(token, length);
    }

    fn digits(&self, mut ahead: usize) -> usize {
        while self.peek(ahead).is_some_and(|c| c.is_ascii_digit()) {
            ahead += 1;
        }
        ahead
    }

    fn exponent(&self, ahead: usize) -> Option<usize> {
        if !matches!(self.peek(ahead), Some('e' | 'E')) {
            return None;
        }
        let sign = usize::from(matches!(self.peek(ahead + 1), Some('+' | '-')));
        let end = self.digits(ahead + 1 + sign);
        (end > ahead + 1 + sign).then_some(end)
    }

    fn number(&mut self) {
        if self.peek(0) == Some('0')
            && self.peek(1) == Some('x')
            && self.peek(2).is_some_and(|c| c.is_ascii_hexdigit())
        {
            let mut end = 2;
            while self.peek(end).is_some_and(|c| c.is_ascii_hexdigit()) {
                end += 1;
            }
            return if matches!(self.peek(end), Some('u' | 'U')) {
                self.push(Token::Uint, end + 1);
            } else {
                self.push(Token::Int, end);
            };
        }
        let whole = self.digits(0);
        let mut end = whole;
        let mut float = false;
        if self.peek(whole) == Some('.') && self.peek(whole + 1).is_some_and(|c| c.is_ascii_digit())
        {
            end = self.digits(whole + 1);
            float = true;
        }
        if let Some(behind) = self.exponent(end) {
            end = behind;
            float = true;
        }
        if float {
            self.push(Token::Float, end);
        } else if matches!(self.peek(end), Some('u' | 'U')) {
            self.push(Token::Uint, end + 1);
        } else {
            self.push(Token::Int, end);
        }
    }

    fn word(&mut self) {
        let mut end = 1;
        while self
            .peek(end)
            .is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
        {
            end += 1;
        }
        let text: String = self.text[self.at..self.at + end].iter().collect();
        let token = match text.as_str() {
            "in" => Token::In,
            "true" => Token::True,
            "false" => Token::False,
            "null" => Token::Null,
            _ => Token::Ident,
        };
        self.push(token, end);
    }

    fn escaped(&mut self) {
        let mut end = 1;
        while self
            .peek(end)
            .is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '/' | ' '))
        {
            end += 1;
        }
        if end > 1 && self.peek(end) == Some('`') {
            self.push(Token::EscapedIdent, end + 1);
        } else {
            // With what ended it, if anything did.
            self.error(end + 1);
        }
    }

    /// A string whose prefix has `prefix` characters.
    fn string(&mut self, prefix: usize, raw: bool, token: Token) {
        let quote = self.text[self.at + prefix];
        let triple = self.peek(prefix + 1) == Some(quote) && self.peek(prefix + 2) == Some(quote);
        if triple && let Some(end) = self.string_end(prefix + 3, quote, raw, true) {
            return self.push(token, end);
        }
        match self.string_end(prefix + 1, quote, raw, false) {
            Some(end) => self.push(token, end),
            // The prefix is a name where no string can be read behind it.
            None if prefix > 0 => {
                self.push(Token::Ident, prefix);
                self.string(0, false, Token::Str);
            }
            None => self.error(self.string_failure(triple)),
        }
    }

    /// How much of what begins like a string is told as unreadable: up to the
    /// end of the line, or with what fits no escape.
    fn string_failure(&self, triple: bool) -> usize {
        let mut at = 1;
        while let Some(c) = self.peek(at).filter(|c| *c != '\n' && *c != '\r') {
            at = match c {
                '\\' if !triple => match self.escape_end(at) {
                    Some(end) => end,
                    None => return self.escape_failure(at),
                },
                _ => at + 1,
            };
        }
        at
    }

    /// Where an escape that does not fit stops fitting.
    fn escape_failure(&self, at: usize) -> usize {
        let digits: fn(char) -> bool = match self.peek(at + 1) {
            Some('x' | 'X' | 'u' | 'U') => |c| c.is_ascii_hexdigit(),
            Some('0'..='3') => |c| matches!(c, '0'..='7'),
            _ => return at + 2,
        };
        let mut end = at + 2;
        while self.peek(end).is_some_and(digits) {
            end += 1;
        }
        end + 1
    }

    fn string_end(&self, mut at: usize, quote: char, raw: bool, triple: bool) -> Option<usize> {
        loop {
            let c = self.peek(at)?;
            if c == quote {
                if !triple {
                    return Some(at + 1);
                }
                if self.peek(at + 1) == Some(quote) && self.peek(at + 2) == Some(quote) {
                    return Some(at + 3);
                }
            } else if c == '\\' && !raw {
                at = self.escape_end(at)?;
                continue;
            } else if !triple && (c == '\n' || c == '\r') {
                return None;
            }
            at += 1;
        }
    }

    /// Where an escape that starts with a backslash ends.
    fn escape_end(&self, at: usize) -> Option<usize> {
        let hex = |count: usize| {
            (0..count)
                .all(|i| self.peek(at + 2 + i).is_some_and(|c| c.is_ascii_hexdigit()))
                .then_some(at + 2 + count)
        };
        match self.peek(at + 1)? {
            'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '"' | '\'' | '\\' | '?' | '`' => Some(at + 2),
            'x' | 'X' => hex(2),
            'u' => hex(4),
            'U' => hex(8),
            '0'..='3' => (matches!(self.peek(at + 2), Some('0'..='7'))
                && matches!(self.peek(at + 3), Some('0'..='7')))
            .then_some(at + 4),
            _ => None,
        }
    }
}
