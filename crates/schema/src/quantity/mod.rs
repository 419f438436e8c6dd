//! Quantities: exact decimal numbers with a unit, in upstream's canonical form.

mod text;

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

pub use text::rounded_to_millis;
pub(crate) use text::shown;

/// How a quantity likes to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Format {
    /// `12e6`.
    DecimalExponent,
    /// `12Mi`.
    BinarySi,
    /// `12M`.
    #[default]
    DecimalSi,
}

const NANO: i128 = 1_000_000_000;

/// A resource quantity such as `100m` or `1.5Gi`: exact to a billionth, as
/// upstream keeps it; what is finer is rounded away from zero.
///
/// Two quantities are equal when their amounts are: `1000m == 1`.
#[derive(Clone, Copy, Default)]
pub struct Quantity {
    /// Billionths, and below them the bits of the form: a map has room for
    /// eleven, however few are in it, and pods have several maps.
    packed: i128,
}

/// The bits of the form.
const FORM_LEN: u32 = 2;
/// The most billionths that there is room for above the form.
const ROOM: i128 = i128::MAX >> FORM_LEN;

/// Why a text is not a quantity; worded as upstream words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseQuantityError {
    /// It has not the form of one.
    Format,
    /// It has no such unit.
    Suffix,
    /// It has a unit and no digits.
    Numeric,
}

impl fmt::Display for ParseQuantityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Format => {
                "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
            }
            Self::Suffix => "unable to parse quantity's suffix",
            Self::Numeric => "unable to parse numeric part of quantity",
        })
    }
}

impl std::error::Error for ParseQuantityError {}

impl FromStr for Quantity {
    type Err = ParseQuantityError;

    fn from_str(text: &str) -> Result<Self, ParseQuantityError> {
        let bytes = text.as_bytes();
        if bytes.is_empty() {
            return Err(ParseQuantityError::Format);
        }
        if let Some(plain) = plain(bytes) {
            return Ok(plain);
        }
        let read = text::Read::parse(text)?;
        let nanos = nanos(&read.digits, read.scale);
        Ok(Self::of(
            if read.negative { -nanos } else { nanos },
            read.format,
        ))
    }
}

/// What most quantities are: a few digits, perhaps with a unit that machines are
/// measured in.
fn plain(bytes: &[u8]) -> Option<Quantity> {
    const DIGITS_MAX: usize = 9;
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit());
    let (number, suffix) = bytes.split_at_checked(digits.count())?;
    if number.is_empty() || number.len() > DIGITS_MAX {
        return None;
    }
    let (unit, format) = match suffix {
        b"" => (NANO, Format::DecimalSi),
        b"m" => (NANO / 1000, Format::DecimalSi),
        b"Ki" => (NANO << 10, Format::BinarySi),
        b"Mi" => (NANO << 20, Format::BinarySi),
        b"Gi" => (NANO << 30, Format::BinarySi),
        _ => return None,
    };
    let number = number
        .iter()
        .fold(0u32, |number, digit| number * 10 + u32::from(digit - b'0'));
    (number > 0).then(|| Quantity::of(i128::from(number) * unit, format))
}

/// The most that fits: upstream caps at 2^63-1.
const MOST: i128 = i64::MAX as i128 * NANO;

/// `digits * 10^scale` in billionths.
fn nanos(digits: &[u8], scale: i64) -> i128 {
    let mut number = 0i128;
    let zeros = usize::try_from(scale + 9).unwrap_or_default();
    let zeros = std::iter::repeat_n(&b'0', if digits.is_empty() { 0 } else { zeros });
    for digit in digits.iter().chain(zeros) {
        match number
            .checked_mul(10)
            .and_then(|number| number.checked_add(i128::from(digit - b'0')))
        {
            Some(next) => number = next,
            None => return MOST,
        }
    }
    number
}

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self { packed: 0 };

    /// An amount of billionths; the most that fits if there is no room for it.
    fn of(nanos: i128, format: Format) -> Self {
        let has_room = (-ROOM..=ROOM).contains(&nanos);
        let nanos = if has_room {
            nanos
        } else {
            MOST * nanos.signum()
        };
        let form = match format {
            Format::DecimalSi => 0,
            Format::BinarySi => 1,
            Format::DecimalExponent => 2,
        };
        Self {
            packed: nanos << FORM_LEN | form,
        }
    }

    /// A whole amount in a form.
    #[must_use]
    pub fn new(value: i64, format: Format) -> Self {
        Self::of(i128::from(value) * NANO, format)
    }

    /// An amount of thousandths.
    #[must_use]
    pub fn from_millis(millis: i64) -> Self {
        Self::of(i128::from(millis) * (NANO / 1000), Format::DecimalSi)
    }

    /// An amount of bytes.
    #[must_use]
    pub fn from_bytes(bytes: i64) -> Self {
        Self::new(bytes, Format::BinarySi)
    }

    /// The amount in billionths.
    #[must_use]
    pub const fn nanos(&self) -> i128 {
        self.packed >> FORM_LEN
    }

    /// The form it likes.
    #[must_use]
    pub const fn format(&self) -> Format {
        match self.packed & ((1 << FORM_LEN) - 1) {
            0 => Format::DecimalSi,
            1 => Format::BinarySi,
            _ => Format::DecimalExponent,
        }
    }

    fn scaled_up(&self, unit: i128) -> i64 {
        let (quotient, rest) = (self.nanos() / unit, self.nanos() % unit);
        let rounded = quotient + if rest == 0 { 0 } else { rest.signum() };
        i64::try_from(rounded).unwrap_or(if rounded > 0 { i64::MAX } else { i64::MIN })
    }

    /// The amount in whole units, rounded away from zero, as upstream's `Value`.
    #[must_use]
    pub fn value(&self) -> i64 {
        self.scaled_up(NANO)
    }

    /// The amount in thousandths, rounded away from zero, as upstream's `MilliValue`.
    #[must_use]
    pub fn milli_value(&self) -> i64 {
        self.scaled_up(NANO / 1000)
    }

    /// The amount as a float; not exact.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        self.nanos() as f64 / NANO as f64
    }

    /// Whether there is nothing.
    #[must_use]
    pub const fn is_zero(&self) -> bool {
        self.nanos() == 0
    }

    /// -1, 0 or 1.
    #[must_use]
    pub fn sign(&self) -> i32 {
        self.nanos().signum() as i32
    }

    /// Whether it is a whole number of units.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.nanos() % NANO == 0
    }

    fn with(&self, nanos: Option<i128>, other: &Self) -> Self {
        // As upstream: the form of the other one is taken over when this one is nothing.
        let format = if self.is_zero() {
            other.format()
        } else {
            self.format()
        };
        let most = if self.sign() < 0 { -MOST } else { MOST };
        Self::of(nanos.unwrap_or(most), format)
    }

    /// The sum.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        self.with(self.nanos().checked_add(other.nanos()), other)
    }

    /// The difference.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        self.with(self.nanos().checked_sub(other.nanos()), other)
    }

    /// The amount some times.
    #[must_use]
    pub fn times(&self, factor: i64) -> Self {
        self.with(self.nanos().checked_mul(i128::from(factor)), self)
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.nanos() == other.nanos()
    }
}

impl Eq for Quantity {}

impl std::hash::Hash for Quantity {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.nanos().hash(state);
    }
}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.nanos().cmp(&other.nanos())
    }
}

impl std::ops::Add for Quantity {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        self.plus(&other)
    }
}

impl std::ops::Sub for Quantity {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        self.minus(&other)
    }
}

impl std::ops::AddAssign for Quantity {
    fn add_assign(&mut self, other: Self) {
        *self = self.plus(&other);
    }
}

impl std::ops::SubAssign for Quantity {
    fn sub_assign(&mut self, other: Self) {
        *self = self.minus(&other);
    }
}

impl std::ops::Neg for Quantity {
    type Output = Self;

    fn neg(self) -> Self {
        Self::of(-self.nanos(), self.format())
    }
}

impl std::iter::Sum for Quantity {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::ZERO, |sum, next| sum.plus(&next))
    }
}

/// Upstream's canonical form: no fraction, the largest unit that needs none.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.nanos() == 0 {
            return f.write_str("0");
        }
        let small = self.nanos().abs() < 1024 * NANO;
        // What is no whole number has no binary form: 0.7Gi is 751619276800m.
        if self.format() == Format::BinarySi && !small && self.nanos() % NANO == 0 {
            let mut number = self.nanos() / NANO;
            let mut power = 0;
            while number % 1024 == 0 && power < 6 {
                number /= 1024;
                power += 1;
            }
            return write!(
                f,
                "{number}{}",
                ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][power]
            );
        }
        let mut number = self.nanos();
        let mut exponent = -9i32;
        let last = if self.format() == Format::DecimalExponent {
            i32::MAX
        } else {
            18
        };
        while number % 1000 == 0 && exponent < last {
            number /= 1000;
            exponent += 3;
        }
        match self.format() {
            Format::DecimalExponent if exponent == 0 => write!(f, "{number}"),
            Format::DecimalExponent => write!(f, "{number}e{exponent}"),
            _ => {
                let units = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
                write!(
                    f,
                    "{number}{}",
                    units[usize::try_from((exponent + 9) / 3).unwrap_or_default()]
                )
            }
        }
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Whether a text is certainly canonical: what is written mostly is.
pub(crate) fn is_canonical(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, suffix) = text.split_at(digits);
    if digits == 0 || digits > 15 || number.starts_with('0') {
        return text == "0";
    }
    match suffix {
        "" | "n" | "u" | "m" | "k" | "M" | "G" | "T" | "P" => !number.ends_with("000"),
        // More would not fit.
        "Ki" | "Mi" | "Gi" => {
            digits <= 9 && number.parse::<u64>().is_ok_and(|number| number % 1024 != 0)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, canonical: &str) {
        assert!(!is_canonical(text) || text == canonical, "{text}");
        assert_eq!(
            text.parse::<Quantity>()
                .map(|quantity| quantity.to_string())
                .as_deref(),
            Ok(canonical),
            "{text}"
        );
    }

    #[test]
    fn the_short_way_leads_where_the_long_one_does() {
        for text in [
            "0",
            "1",
            "100m",
            "999999999",
            "1000000000",
            "64Mi",
            "0Mi",
            "2Gi",
            "7Ki",
            "1m",
            "0m",
        ] {
            let short: Quantity = text.parse().expect("a quantity");
            let long: Quantity = format!("+{text}").parse().expect("a quantity");
            assert_eq!(short, long, "{text}");
            assert_eq!(short.format(), long.format(), "{text}");
        }
    }

    #[test]
    fn the_form_takes_no_room() {
        assert_eq!(size_of::<Quantity>(), 16);
        for format in [Format::DecimalExponent, Format::BinarySi, Format::DecimalSi] {
            for value in [0, 1, -1, i64::MAX, i64::MIN] {
                let quantity = Quantity::new(value, format);
                assert_eq!(quantity.nanos(), i128::from(value) * NANO);
                assert_eq!(quantity.format(), format);
            }
        }
        assert_eq!(Quantity::ZERO.format(), Format::DecimalSi);
        let most = Quantity::of(i128::MAX, Format::BinarySi);
        assert_eq!((most.nanos(), (-most).nanos()), (MOST, -MOST));
        assert_eq!(
            Quantity::new(i64::MIN, Format::DecimalSi)
                .times(i64::MAX)
                .nanos(),
            -MOST
        );
    }

    #[test]
    fn canonical_forms() {
        for (text, canonical) in [
            ("0", "0"),
            ("0n", "0"),
            ("-0", "0"),
            ("1", "1"),
            ("1000m", "1"),
            ("1500m", "1500m"),
            ("0.1", "100m"),
            (".5", "500m"),
            ("1.", "1"),
            ("1.Gi", "1Gi"),
            ("+5Ki", "5Ki"),
            ("-5Ki", "-5Ki"),
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("0.7Gi", "751619276800m"),
            ("-0.7Gi", "-751619276800m"),
            ("3.14159265358979Gi", "3373259426130501263n"),
            ("0.001Ki", "1024m"),
            ("0.5Mi", "512Ki"),
            ("1023", "1023"),
            ("1Ki", "1Ki"),
            ("0.5Ki", "512"),
            ("1000Ki", "1000Ki"),
            ("2000", "2k"),
            ("128974848", "128974848"),
            ("1e3", "1e3"),
            ("100e1", "1e3"),
            ("1E3", "1e3"),
            ("1E", "1E"),
            ("10E", "10E"),
            ("1e-3", "1e-3"),
            ("100u", "100u"),
            ("0.0000000001", "1n"),
            ("1.0000000001", "1000000001n"),
            ("-0.0000000001", "-1n"),
            ("0.3Ki", "307200m"),
            ("1.1Ki", "1126400m"),
            ("0.0001Ki", "102400u"),
            ("00100", "100"),
            ("9223372036854775807", "9223372036854775807"),
            ("m", "0"),
        ] {
            check(text, canonical);
        }
    }

    #[test]
    fn refusals() {
        for text in ["", "abc", "1.2.3", "1 Gi", "1x", "1Gi "] {
            assert_eq!(
                text.parse::<Quantity>(),
                Err(ParseQuantityError::Format),
                "{text}"
            );
        }
        for text in ["1KiB", "1Ki1", "1e", "1ei", "1mm", "1K", "--1"] {
            assert!(text.parse::<Quantity>().is_err(), "{text}");
        }
        assert_eq!("1mm".parse::<Quantity>(), Err(ParseQuantityError::Suffix));
    }

    #[test]
    fn arithmetic_and_rounding() {
        let quantity = |text: &str| text.parse::<Quantity>().unwrap();
        assert_eq!((quantity("1") + quantity("500m")).to_string(), "1500m");
        assert_eq!((quantity("0") + quantity("1Gi")).to_string(), "1Gi");
        assert_eq!((quantity("1Gi") - quantity("1Mi")).to_string(), "1023Mi");
        assert_eq!(quantity("1500m").value(), 2);
        assert_eq!(quantity("-1500m").value(), -2);
        assert_eq!(quantity("1u").milli_value(), 1);
        assert_eq!(quantity("1000m"), quantity("1"));
        assert!(quantity("999Ki") < quantity("1Mi"));
        assert_eq!(quantity("99999E").value(), i64::MAX);
        assert_eq!(quantity("1e40").value(), i64::MAX);
    }
}
