//! How upstream writes a quantity that it has read: as it stood there where that is nearly
//! canonical, else in the canonical form. It computes in 64 bits where they are enough and in
//! decimal numbers of any length where not, and what it shows tells which.

use super::{Format, ParseQuantityError, is_canonical};

/// The last place that is kept: billionths.
const NANO: i64 = -9;
const MILLI: i64 = -3;
/// The digits that certainly fit in 64 bits.
const FACTORS_MAX: i64 = 18;
const MOST: &[u8] = b"9223372036854775807";

/// A quantity as it was read: `digits * 10^scale`.
pub(super) struct Read<'a> {
    pub negative: bool,
    /// ASCII digits without zeros before them.
    pub digits: Vec<u8>,
    pub scale: i64,
    pub format: Format,
    /// It was computed in 64 bits.
    short: bool,
    /// Shown as it stood.
    text: Option<&'a str>,
}

struct Parts<'a> {
    negative: bool,
    /// Digits before the point, without zeros before them; `0` if there are none.
    whole: &'a str,
    fraction: &'a str,
    /// Whether a digit was written.
    is_number: bool,
    suffix: &'a str,
}

fn parts(text: &str) -> Result<Parts<'_>, ParseQuantityError> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let (whole, rest) = unsigned.split_at(digits(unsigned));
    let (fraction, suffix) = match rest.strip_prefix('.') {
        Some(rest) => rest.split_at(digits(rest)),
        None => ("", rest),
    };
    let exponent =
        suffix.trim_start_matches(['e', 'E', 'i', 'n', 'u', 'm', 'k', 'K', 'M', 'G', 'T', 'P']);
    let exponent = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
    if exponent.bytes().any(|byte| !byte.is_ascii_digit()) {
        return Err(ParseQuantityError::Format);
    }
    let is_number = !(whole.is_empty() && fraction.is_empty());
    let mut whole = whole.trim_start_matches('0');
    if whole.is_empty() {
        whole = "0";
    }
    Ok(Parts {
        negative: text.starts_with('-'),
        whole,
        fraction,
        is_number,
        suffix,
    })
}

/// The base, the exponent and the form that a suffix means.
fn unit(suffix: &str) -> Option<(u32, i64, Format)> {
    let decimal = |exponent| Some((10, exponent, Format::DecimalSi));
    let binary = |exponent| Some((2, exponent, Format::BinarySi));
    match suffix {
        "" => decimal(0),
        "n" => decimal(-9),
        "u" => decimal(-6),
        "m" => decimal(-3),
        "k" => decimal(3),
        "M" => decimal(6),
        "G" => decimal(9),
        "T" => decimal(12),
        "P" => decimal(15),
        "E" => decimal(18),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        _ => {
            let exponent: i64 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            // Go cuts it off.
            Some((10, i64::from(exponent as i32), Format::DecimalExponent))
        }
    }
}

impl<'a> Read<'a> {
    /// # Errors
    ///
    /// The text is no quantity.
    pub fn parse(text: &'a str) -> Result<Self, ParseQuantityError> {
        if text.is_empty() {
            return Err(ParseQuantityError::Format);
        }
        let parts = parts(text)?;
        let (base, exponent, format) = unit(parts.suffix).ok_or(ParseQuantityError::Suffix)?;
        if let Some(short) = Self::in_64_bits(text, &parts, base, exponent, format) {
            return Ok(short);
        }
        if !parts.is_number {
            return Err(ParseQuantityError::Numeric);
        }
        let mut digits = without_zeros([parts.whole, parts.fraction].concat().into_bytes());
        let mut scale = -(parts.fraction.len() as i64);
        if base == 10 {
            scale += exponent;
        } else {
            digits = doubled(digits, exponent);
        }
        let mut read = Self {
            negative: parts.negative,
            digits,
            scale,
            format,
            short: false,
            text: None,
        };
        read.round_up(NANO);
        if format == Format::BinarySi {
            let whole = read.digits.len() as i64 + read.scale;
            let fits = match usize::try_from(whole) {
                Ok(whole) if whole == MOST.len() => {
                    let (whole, fraction) = read.digits.split_at(whole);
                    whole < MOST || (whole == MOST && fraction.iter().all(|digit| *digit == b'0'))
                }
                _ => whole < MOST.len() as i64,
            };
            if !fits {
                (read.digits, read.scale) = (MOST.to_vec(), 0);
            }
            // A binary unit makes no sense for less than one.
            if whole <= 0 && !read.digits.is_empty() {
                read.format = Format::DecimalSi;
            }
        }
        Ok(read)
    }

    fn in_64_bits(
        text: &'a str,
        parts: &Parts<'_>,
        base: u32,
        exponent: i64,
        format: Format,
    ) -> Option<Self> {
        let digits = (parts.whole.len() + parts.fraction.len()) as i64;
        let (precision, scale, factor) = match base {
            10 => (
                FACTORS_MAX - digits,
                exponent - parts.fraction.len() as i64,
                1,
            ),
            _ if parts.fraction.is_empty() => {
                (15 - digits - exponent * 3 / 10 - 1, 0, 1 << exponent)
            }
            _ => return None,
        };
        if precision < 0 || scale < NANO {
            return None;
        }
        let shifted = [parts.whole, parts.fraction].concat();
        let value: i64 = shifted.parse().ok()?;
        let result = value.checked_mul(factor)?;
        let as_it_stood = match format {
            Format::BinarySi => exponent % 10 == 0 && value & 7 != 0,
            _ => scale % 3 == 0 && !shifted.ends_with("000") && !shifted.starts_with('0'),
        };
        Some(Self {
            negative: parts.negative,
            digits: without_zeros(result.to_string().into_bytes()),
            scale,
            format,
            short: true,
            text: (as_it_stood || text == "0").then_some(text),
        })
    }

    /// Away from zero, to places of `10^scale`.
    fn round_up(&mut self, scale: i64) {
        if self.scale >= scale {
            return;
        }
        let finer = usize::try_from(scale - self.scale).unwrap_or(usize::MAX);
        let kept = self.digits.len().saturating_sub(finer);
        let rest = self.digits.split_off(kept);
        if rest.iter().any(|digit| *digit != b'0') {
            increment(&mut self.digits);
        }
        self.scale = scale;
    }

    fn has_fraction(&self) -> bool {
        let finer = usize::try_from(-self.scale).unwrap_or_default();
        let kept = self.digits.len().saturating_sub(finer);
        self.digits[kept..].iter().any(|digit| *digit != b'0')
    }

    /// As upstream writes it.
    fn shown(&self) -> String {
        match self.text {
            Some(text) => text.to_owned(),
            None => self.canonical(),
        }
    }

    fn canonical(&self) -> String {
        if self.digits.is_empty() {
            return "0".to_owned();
        }
        let sign = if self.negative { "-" } else { "" };
        if self.format == Format::BinarySi && !self.has_fraction() {
            let whole = self.whole().unwrap_or(i64::MAX as u64);
            if whole >= 1024 {
                let units = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
                let times = (whole.trailing_zeros() / 10).min(6);
                return format!("{sign}{}{}", whole >> (10 * times), units[times as usize]);
            }
        }
        let zeros = self
            .digits
            .iter()
            .rev()
            .take_while(|digit| **digit == b'0')
            .count();
        let mut number =
            String::from_utf8_lossy(&self.digits[..self.digits.len() - zeros]).into_owned();
        let mut exponent = self.scale + zeros as i64;
        while exponent % 3 != 0 {
            number.push('0');
            exponent -= 1;
        }
        let unit = match (self.format, exponent) {
            (_, 0) => String::new(),
            (Format::DecimalExponent, _) => format!("e{exponent}"),
            // Upstream knows no name for more, and leaves it out.
            _ => ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"]
                .get(usize::try_from((exponent - NANO) / 3).unwrap_or(usize::MAX))
                .copied()
                .unwrap_or_default()
                .to_owned(),
        };
        format!("{sign}{number}{unit}")
    }

    /// The whole units, if there are no more than fit.
    fn whole(&self) -> Option<u64> {
        let finer = usize::try_from(-self.scale).unwrap_or_default();
        let kept = self.digits.len().saturating_sub(finer);
        std::str::from_utf8(&self.digits[..kept]).ok()?.parse().ok()
    }
}

fn without_zeros(mut digits: Vec<u8>) -> Vec<u8> {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    digits.drain(..zeros);
    digits
}

fn increment(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit == b'9' {
            *digit = b'0';
        } else {
            *digit += 1;
            return;
        }
    }
    digits.insert(0, b'1');
}

/// Times `2^exponent`.
fn doubled(digits: Vec<u8>, exponent: i64) -> Vec<u8> {
    let mut made: Vec<u8> = digits.into_iter().rev().map(|digit| digit - b'0').collect();
    for _ in 0..exponent / 10 {
        let mut carry = 0u32;
        for digit in &mut made {
            carry += u32::from(*digit) * 1024;
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            made.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    made.iter().rev().map(|digit| digit + b'0').collect()
}

/// What upstream writes for the text of a quantity.
///
/// # Errors
///
/// The text is no quantity.
pub(crate) fn shown(text: &str) -> Result<String, ParseQuantityError> {
    if is_canonical(text) {
        return Ok(text.to_owned());
    }
    Ok(Read::parse(text)?.shown())
}

/// What upstream writes after it has rounded a quantity up to thousandths, as it
/// does with resource lists.
///
/// # Errors
///
/// The text is no quantity.
pub fn rounded_to_millis(text: &str) -> Result<String, ParseQuantityError> {
    let mut read = Read::parse(text)?;
    // What upstream holds in 64 bits and need not round is as it stood.
    if !(read.short && read.scale >= MILLI) {
        read.text = None;
        read.round_up(MILLI);
    }
    Ok(read.shown())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_upstream_writes_them() {
        for (text, plain, rounded) in [
            ("+452", "+452", "+452"),
            ("+.5", "500m", "500m"),
            ("5.", "5.", "5."),
            ("00487", "00487", "00487"),
            ("4000", "4k", "4k"),
            ("99825E3", "99825E3", "99825E3"),
            ("-9.907e3", "-9.907e3", "-9.907e3"),
            ("2.832e-12", "1e-9", "1e-3"),
            ("232.374419297815E3", "232.374419297815E3", "232374420e-3"),
            ("3.1e99", "3100e96", "3100e96"),
            ("1000E", "1", "1"),
            ("8971635361Ti", "9223372036854775807", "9223372036854775807"),
            ("0.5Ki", "512", "512"),
            ("1.5Gi", "1536Mi", "1536Mi"),
            (
                "0300937567.3488Gi",
                "323129252475223356211200u",
                "323129252475223356212m",
            ),
            ("1e-2000000000", "1e-9", "1e-3"),
            ("Ki", "0", "0"),
        ] {
            assert_eq!(shown(text).as_deref(), Ok(plain), "{text}");
            assert_eq!(rounded_to_millis(text).as_deref(), Ok(rounded), "{text}");
        }
        for text in ["Pi", "e-12", "+.e-12"] {
            assert_eq!(shown(text), Err(ParseQuantityError::Numeric), "{text}");
        }
    }
}
