//! Quantities of the library, with how they came about.

use std::fmt;
use std::ops::Deref;

use skeg_meta::{Format, Quantity};

/// A quantity. Some that are whole numbers are none to the library, as upstream
/// holds them as decimal fractions: what is written with too many digits, with
/// a fraction that its suffix does not make up for, or of a size from 100Ti.
#[derive(Clone, Copy, Debug)]
pub struct Amount {
    quantity: Quantity,
    whole: bool,
    computed: bool,
}

/// Digits of a decimal number that is held as one whole number.
const DECIMAL_DIGITS: usize = 18;
/// The same of a number with a binary suffix, whose own digits count too.
const BINARY_DIGITS: usize = 14;

impl Amount {
    /// The quantity of a text.
    ///
    /// # Errors
    ///
    /// It is none; what is wrong.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let quantity: Quantity = text.parse().map_err(|error| format!("{error}"))?;
        Ok(Self {
            quantity,
            whole: is_whole(text) && fits(quantity),
            computed: false,
        })
    }

    /// A sum or a difference of two.
    pub(crate) fn combined(&self, other: &Self, quantity: Quantity) -> Self {
        Self {
            quantity,
            whole: self.whole && other.whole && fits(quantity),
            computed: true,
        }
    }

    /// The whole number that it is, if it is one of 64 bits.
    pub(crate) fn whole(&self) -> Option<i64> {
        self.whole.then(|| self.quantity.value())
    }

    /// Whether it is a sum or a difference, which nothing is compared with.
    pub(crate) fn is_computed(&self) -> bool {
        self.computed
    }
}

impl From<Quantity> for Amount {
    fn from(quantity: Quantity) -> Self {
        Self {
            quantity,
            whole: is_whole(&quantity.to_string()) && fits(quantity),
            computed: false,
        }
    }
}

impl Deref for Amount {
    type Target = Quantity;

    fn deref(&self) -> &Quantity {
        &self.quantity
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.quantity.fmt(f)
    }
}

fn fits(quantity: Quantity) -> bool {
    Quantity::new(quantity.value(), Format::DecimalSi) == quantity
}

/// Whether the text of a quantity is held as one whole number.
fn is_whole(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (digits, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = digits.trim_start_matches('0').len().max(1);
    let binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    if let Some(power) = binary.iter().position(|name| *name == suffix) {
        return fraction.is_empty() && digits + (power + 1) * 3 <= BINARY_DIGITS;
    }
    let exponent = match suffix {
        "n" => -9,
        "u" => -6,
        "m" => -3,
        "" => 0,
        "k" => 3,
        "M" => 6,
        "G" => 9,
        "T" => 12,
        "P" => 15,
        "E" => 18,
        other => other[1..].parse().unwrap_or(i64::MIN),
    };
    digits + fraction.len() <= DECIMAL_DIGITS
        && usize::try_from(exponent).is_ok_and(|exponent| exponent >= fraction.len())
}
