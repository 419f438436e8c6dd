//! When a certificate is valid, read from its DER.

use rustls_pki_types::CertificateDer;

/// Seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Validity {
    pub(super) not_before: i64,
    pub(super) not_after: i64,
}

const INTEGER: u8 = 0x02;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;

/// The validity of a certificate; none when it is no certificate.
pub(super) fn of(certificate: &CertificateDer<'_>) -> Option<Validity> {
    let mut outer = Der(certificate);
    let mut body = Der(Der(outer.take(SEQUENCE)?).take(SEQUENCE)?);
    if body.peek() == Some(VERSION) {
        body.take(VERSION)?;
    }
    body.take(INTEGER)?; // serial number
    body.take(SEQUENCE)?; // signature algorithm
    body.take(SEQUENCE)?; // issuer
    let mut times = Der(body.take(SEQUENCE)?);
    Some(Validity {
        not_before: times.time()?,
        not_after: times.time()?,
    })
}

struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The content of the next element, which must have this tag.
    fn take(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&found, rest) = self.0.split_first()?;
        if found != tag {
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        let (len, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let count = usize::from(first & 0x7f);
            if !(1..=4).contains(&count) {
                return None;
            }
            let (bytes, rest) = rest.split_at_checked(count)?;
            let len = bytes
                .iter()
                .fold(0usize, |len, &byte| (len << 8) | usize::from(byte));
            (len, rest)
        };
        let (content, rest) = rest.split_at_checked(len)?;
        self.0 = rest;
        Some(content)
    }

    fn time(&mut self) -> Option<i64> {
        let tag = self.peek()?;
        let text = self.take(tag)?;
        let digits: Vec<i64> = text
            .strip_suffix(b"Z")?
            .iter()
            .map(|byte| byte.is_ascii_digit().then(|| i64::from(byte - b'0')))
            .collect::<Option<_>>()?;
        let pair = |at: usize| Some(digits.get(at)? * 10 + digits.get(at + 1)?);
        let (year, at) = match tag {
            // RFC 5280: 50 to 99 are of the twentieth century.
            UTC_TIME => match pair(0)? {
                year @ 50.. => (1900 + year, 2),
                year => (2000 + year, 2),
            },
            GENERALIZED_TIME => (pair(0)? * 100 + pair(2)?, 4),
            _ => return None,
        };
        let days = days_since_1970(year, pair(at)?, pair(at + 2)?);
        Some(((days * 24 + pair(at + 4)?) * 60 + pair(at + 6)?) * 60 + pair(at + 8)?)
    }
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, counted in years
/// that begin with March so that the leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_become_days() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(days_since_1970(2000, 2, 29), 11_016);
        assert_eq!(days_since_1970(2026, 11, 21), 20_778);
    }

    #[test]
    fn a_certificate_tells_its_validity() {
        let key = rcgen::KeyPair::generate().expect("key");
        let mut params = rcgen::CertificateParams::new(vec!["a".to_owned()]).expect("parameters");
        params.not_before = rcgen::date_time_ymd(2020, 1, 2);
        params.not_after = rcgen::date_time_ymd(2055, 3, 4);
        let certificate = params.self_signed(&key).expect("certificate");
        assert_eq!(
            of(certificate.der()),
            Some(Validity {
                not_before: 1_577_923_200,
                not_after: 2_687_731_200,
            })
        );
        assert_eq!(of(&CertificateDer::from(&[0x30, 0x84, 1][..])), None);
    }
}
