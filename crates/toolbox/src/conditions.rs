//! `test` and `[`.

use std::{
    fs,
    os::unix::fs::{FileTypeExt as _, PermissionsExt as _},
    path::Path,
};

/// Whether a condition holds. Paths are relative to `cwd`.
pub(crate) fn test(operands: &[String], cwd: &Path) -> Result<bool, String> {
    let mut parser = Parser {
        operands,
        at: 0,
        cwd,
    };
    if operands.is_empty() {
        return Ok(false);
    }
    let holds = parser.any()?;
    match operands.get(parser.at) {
        None => Ok(holds),
        Some(other) => Err(format!("unexpected {other:?}")),
    }
}

struct Parser<'a> {
    operands: &'a [String],
    at: usize,
    cwd: &'a Path,
}

impl<'a> Parser<'a> {
    fn next(&mut self) -> Result<&'a str, String> {
        let operand = self.operands.get(self.at).ok_or("missing operand")?;
        self.at += 1;
        Ok(operand)
    }

    fn is_next(&self, text: &str) -> bool {
        self.operands
            .get(self.at)
            .is_some_and(|operand| operand == text)
    }

    fn any(&mut self) -> Result<bool, String> {
        let mut holds = self.all()?;
        while self.is_next("-o") {
            self.at += 1;
            holds |= self.all()?;
        }
        Ok(holds)
    }

    fn all(&mut self) -> Result<bool, String> {
        let mut holds = self.one()?;
        while self.is_next("-a") {
            self.at += 1;
            holds &= self.one()?;
        }
        Ok(holds)
    }

    fn one(&mut self) -> Result<bool, String> {
        let left = self.operands.len() - self.at;
        let operator = self.operands.get(self.at + 1).map(String::as_str);
        if left >= 3 && operator.is_some_and(is_binary) {
            return self.binary();
        }
        let first = self.next()?;
        match first {
            "!" if left > 1 => return Ok(!self.one()?),
            "(" if left > 1 => {
                let holds = self.any()?;
                return if self.next()? == ")" {
                    Ok(holds)
                } else {
                    Err("missing )".into())
                };
            }
            _ => {}
        }
        if left == 1 || !(first.len() == 2 && first.starts_with('-')) {
            return Ok(!first.is_empty());
        }
        let operand = self.next()?;
        self.unary(first, operand)
    }

    fn unary(&self, operator: &str, operand: &str) -> Result<bool, String> {
        let path = self.cwd.join(operand);
        let metadata = || fs::metadata(&path);
        Ok(match operator {
            "-n" => !operand.is_empty(),
            "-z" => operand.is_empty(),
            "-e" => metadata().is_ok(),
            "-f" => metadata().is_ok_and(|m| m.is_file()),
            "-d" => metadata().is_ok_and(|m| m.is_dir()),
            "-s" => metadata().is_ok_and(|m| m.len() > 0),
            "-L" | "-h" => fs::symlink_metadata(&path).is_ok_and(|m| m.is_symlink()),
            "-p" => metadata().is_ok_and(|m| m.file_type().is_fifo()),
            "-S" => metadata().is_ok_and(|m| m.file_type().is_socket()),
            "-b" => metadata().is_ok_and(|m| m.file_type().is_block_device()),
            "-c" => metadata().is_ok_and(|m| m.file_type().is_char_device()),
            "-x" => metadata().is_ok_and(|m| m.permissions().mode() & 0o111 != 0),
            "-r" => access(&path, nix::unistd::AccessFlags::R_OK),
            "-w" => access(&path, nix::unistd::AccessFlags::W_OK),
            "-t" => is_terminal(operand),
            other => return Err(format!("unknown operator {other}")),
        })
    }

    fn binary(&mut self) -> Result<bool, String> {
        let (left, operator, right) = (self.next()?, self.next()?, self.next()?);
        let numbers = || -> Result<(i64, i64), String> {
            let number = |text: &str| {
                text.trim()
                    .parse()
                    .map_err(|_| format!("{text}: not a number"))
            };
            Ok((number(left)?, number(right)?))
        };
        Ok(match operator {
            "=" | "==" => left == right,
            "!=" => left != right,
            "-eq" => numbers().map(|(a, b)| a == b)?,
            "-ne" => numbers().map(|(a, b)| a != b)?,
            "-lt" => numbers().map(|(a, b)| a < b)?,
            "-le" => numbers().map(|(a, b)| a <= b)?,
            "-gt" => numbers().map(|(a, b)| a > b)?,
            _ => numbers().map(|(a, b)| a >= b)?,
        })
    }
}

fn is_binary(text: &str) -> bool {
    ["=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"].contains(&text)
}

fn access(path: &Path, flags: nix::unistd::AccessFlags) -> bool {
    nix::unistd::access(path, flags).is_ok()
}

fn is_terminal(number: &str) -> bool {
    use std::io::IsTerminal as _;
    match number {
        "0" => std::io::stdin().is_terminal(),
        "1" => std::io::stdout().is_terminal(),
        "2" => std::io::stderr().is_terminal(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_tested() {
        let check = |text: &str, expect: bool| {
            let operands: Vec<_> = text.split(' ').map(str::to_owned).collect();
            assert_eq!(test(&operands, Path::new("/")), Ok(expect), "{text}");
        };
        check("a = a", true);
        check("a != a", false);
        check("2 -gt 10", false);
        check("! -e /none", true);
        check("-d / -a -n x", true);
        check("-f / -o -z x", false);
        check("( a = b ) -o c", true);
        check("-n", true);
        assert!(test(&["a".into(), "-eq".into(), "1".into()], Path::new("/")).is_err());
        assert_eq!(test(&[], Path::new("/")), Ok(false));
    }
}
