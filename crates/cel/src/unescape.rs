//! What a string or bytes literal stands for.

/// The text between the quotes of a literal, escapes resolved; bytes for `bytes` literals.
pub(crate) fn unescape(literal: &[char], bytes: bool) -> Result<Vec<u8>, &'static str> {
    const FAILED: &str = "unable to unescape string";
    let mut text: Vec<char> = Vec::with_capacity(literal.len());
    // All line ends are \n.
    let mut chars = literal.iter().copied().peekable();
    while let Some(c) = chars.next() {
        if c == '\r' {
            if chars.peek() == Some(&'\n') {
                chars.next();
            }
            text.push('\n');
        } else {
            text.push(c);
        }
    }
    let mut body: &[char] = &text;
    let raw = matches!(body.first(), Some('r' | 'R'));
    if raw {
        body = &body[1..];
    }
    let quote = *body.first().ok_or(FAILED)?;
    let triple = body.len() >= 6 && body[..3].iter().all(|c| *c == quote);
    let cut = if triple { 3 } else { 1 };
    if body.len() < 2 * cut {
        return Err(FAILED);
    }
    body = &body[cut..body.len() - cut];
    let mut out = Vec::with_capacity(body.len());
    if raw {
        return Ok(body.iter().collect::<String>().into_bytes());
    }
    let mut at = 0;
    while at < body.len() {
        let c = body[at];
        if c != '\\' {
            push(&mut out, c);
            at += 1;
            continue;
        }
        let kind = *body
            .get(at + 1)
            .ok_or("unable to unescape string, found '\\' as last character")?;
        at += 2;
        let simple = match kind {
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            '\\' | '\'' | '"' | '`' | '?' => Some(kind),
            _ => None,
        };
        if let Some(c) = simple {
            push(&mut out, c);
            continue;
        }
        let (digits, radix) = match kind {
            'x' | 'X' => (2, 16),
            'u' => (4, 16),
            'U' => (8, 16),
            '0'..='3' => {
                at -= 1;
                (3, 8)
            }
            _ => return Err(FAILED),
        };
        let mut code: u32 = 0;
        for _ in 0..digits {
            let digit = body
                .get(at)
                .and_then(|c| c.to_digit(radix))
                .ok_or(if radix == 8 {
                    "unable to unescape octal sequence in string"
                } else {
                    FAILED
                })?;
            code = code * radix + digit;
            at += 1;
        }
        if matches!(kind, 'u' | 'U') {
            if bytes {
                return Err(FAILED);
            }
            push(
                &mut out,
                char::from_u32(code).ok_or("invalid unicode code point")?,
            );
        } else if bytes {
            out.push(u8::try_from(code).map_err(|_| FAILED)?);
        } else {
            push(
                &mut out,
                char::from_u32(code).ok_or("invalid unicode code point")?,
            );
        }
    }
    Ok(out)
}

fn push(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}
