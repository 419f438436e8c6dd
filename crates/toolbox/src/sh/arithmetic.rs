//! Integer expressions: `$((…))`.

/// Computes an expression; names stand for variables.
pub(super) fn evaluate(text: &str, lookup: impl Fn(&str) -> String) -> Result<i64, String> {
    let mut parser = Parser {
        text: text.as_bytes(),
        at: 0,
        depth: 0,
        lookup: &lookup,
    };
    let value = parser.binary(0)?;
    parser.blank();
    if parser.at < parser.text.len() {
        return Err(format!("arithmetic: syntax error in {text:?}"));
    }
    Ok(value)
}

const DEPTH_MAX: usize = 100;

/// Operators by rank; longer ones first within a rank.
const RANKS: &[&[&str]] = &[
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
    lookup: &'a dyn Fn(&str) -> String,
}

impl Parser<'_> {
    fn blank(&mut self) {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn operator(&mut self, rank: usize) -> Option<&'static str> {
        self.blank();
        let rest = &self.text[self.at..];
        let found = RANKS[rank].iter().find(|operator| {
            let bytes = operator.as_bytes();
            // `|` is no half of `||`, `<` none of `<<`.
            rest.starts_with(bytes)
                && !(bytes.len() == 1
                    && rest.get(1) == Some(&bytes[0])
                    && matches!(bytes[0], b'|' | b'&' | b'<' | b'>'))
        })?;
        self.at += found.len();
        Some(found)
    }

    fn binary(&mut self, rank: usize) -> Result<i64, String> {
        if rank == RANKS.len() {
            return self.unary();
        }
        let mut left = self.binary(rank + 1)?;
        while let Some(operator) = self.operator(rank) {
            let right = self.binary(rank + 1)?;
            left = apply(operator, left, right)?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<i64, String> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("arithmetic: too deep".into());
        }
        self.blank();
        let value = match self.text.get(self.at) {
            Some(b'-') => {
                self.at += 1;
                self.unary()?.wrapping_neg()
            }
            Some(b'+') => {
                self.at += 1;
                self.unary()?
            }
            Some(b'!') => {
                self.at += 1;
                i64::from(self.unary()? == 0)
            }
            Some(b'~') => {
                self.at += 1;
                !self.unary()?
            }
            Some(b'(') => {
                self.at += 1;
                let value = self.binary(0)?;
                self.blank();
                if self.text.get(self.at) != Some(&b')') {
                    return Err("arithmetic: missing )".into());
                }
                self.at += 1;
                value
            }
            Some(_) => self.operand()?,
            None => 0,
        };
        self.depth -= 1;
        Ok(value)
    }

    fn operand(&mut self) -> Result<i64, String> {
        let start = self.at;
        let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        while self.text.get(self.at).is_some_and(is_word) {
            self.at += 1;
        }
        let word = String::from_utf8_lossy(&self.text[start..self.at]).into_owned();
        let number = if word.starts_with(|c: char| c.is_ascii_digit()) {
            word
        } else if word.is_empty() {
            return Err("arithmetic: syntax error".into());
        } else {
            (self.lookup)(&word)
        };
        let number = number.trim();
        let parsed = match number.strip_prefix("0x") {
            Some(hex) => i64::from_str_radix(hex, 16),
            None if number.is_empty() => Ok(0),
            None => number.parse(),
        };
        parsed.map_err(|_| format!("arithmetic: bad number {number:?}"))
    }
}

fn apply(operator: &str, left: i64, right: i64) -> Result<i64, String> {
    let shift = || u32::try_from(right).unwrap_or(0);
    Ok(match operator {
        "||" => i64::from(left != 0 || right != 0),
        "&&" => i64::from(left != 0 && right != 0),
        "|" => left | right,
        "^" => left ^ right,
        "&" => left & right,
        "==" => i64::from(left == right),
        "!=" => i64::from(left != right),
        "<=" => i64::from(left <= right),
        ">=" => i64::from(left >= right),
        "<" => i64::from(left < right),
        ">" => i64::from(left > right),
        "<<" => left.wrapping_shl(shift()),
        ">>" => left.wrapping_shr(shift()),
        "+" => left.wrapping_add(right),
        "-" => left.wrapping_sub(right),
        "*" => left.wrapping_mul(right),
        _ if right == 0 => return Err("arithmetic: division by zero".into()),
        "/" => left.wrapping_div(right),
        _ => left.wrapping_rem(right),
    })
}

#[cfg(test)]
mod tests {
    use super::evaluate;

    #[test]
    fn expressions_are_computed() {
        let lookup = |name: &str| {
            if name == "x" {
                "7".to_owned()
            } else {
                String::new()
            }
        };
        for (text, expect) in [
            ("1 + 2 * 3", 7),
            ("(1+2)*3", 9),
            ("x % 4 - -1", 4),
            ("1 << 4 | 1", 17),
            ("x > 3 && y == 0", 1),
            ("!x", 0),
            ("10 / 3 - 3", 0),
            ("0x10", 16),
            ("", 0),
        ] {
            assert_eq!(evaluate(text, lookup), Ok(expect), "{text}");
        }
        for bad in ["1 +* 2", "1/0", "(1", "1 2", &"(".repeat(5000)] {
            assert!(evaluate(bad, lookup).is_err(), "{bad}");
        }
    }
}
