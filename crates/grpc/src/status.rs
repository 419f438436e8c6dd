//! How a call ended.

use std::borrow::Cow;
use std::fmt;

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

const STATUS: HeaderName = HeaderName::from_static("grpc-status");
const MESSAGE: HeaderName = HeaderName::from_static("grpc-message");

/// What a message in a header must not have as it is.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

/// gRPC's codes, as far as they are told apart here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Code {
    /// The caller gave up.
    Canceled = 1,
    /// No other code fits.
    Unknown = 2,
    /// The request is wrong whatever the state.
    InvalidArgument = 3,
    /// What it names is not there.
    NotFound = 5,
    /// A bound is reached.
    ResourceExhausted = 8,
    /// The state is not one for it.
    FailedPrecondition = 9,
    /// It reaches beyond what there is.
    OutOfRange = 11,
    /// There is no such method.
    Unimplemented = 12,
    /// An invariant does not hold.
    Internal = 13,
    /// The service is not there now.
    Unavailable = 14,
}

impl Code {
    fn from_number(number: u32) -> Code {
        match number {
            1 => Code::Canceled,
            3 => Code::InvalidArgument,
            5 => Code::NotFound,
            8 => Code::ResourceExhausted,
            9 => Code::FailedPrecondition,
            11 => Code::OutOfRange,
            12 => Code::Unimplemented,
            13 => Code::Internal,
            14 => Code::Unavailable,
            _ => Code::Unknown,
        }
    }
}

/// Why a call failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    /// What kind of failure it is.
    pub code: Code,
    /// For people, though some clients tell failures apart by it.
    pub message: Cow<'static, str>,
}

impl Status {
    /// A failure.
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Status {
        Status {
            code,
            message: message.into(),
        }
    }

    /// Writes a call's end into headers or trailers.
    pub fn put(result: Result<(), &Status>, headers: &mut HeaderMap) {
        let (code, message) = match result {
            Ok(()) => (0, ""),
            Err(status) => (status.code as u8, &*status.message),
        };
        headers.insert(STATUS, HeaderValue::from(u16::from(code)));
        if !message.is_empty() {
            let text = utf8_percent_encode(message, ESCAPED).to_string();
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(MESSAGE, value);
            }
        }
    }

    /// A call's end as it stands in headers or trailers; `None` if there is none.
    pub fn take(headers: &HeaderMap) -> Option<Result<(), Status>> {
        let number: u32 = headers.get(STATUS)?.to_str().ok()?.parse().ok()?;
        if number == 0 {
            return Some(Ok(()));
        }
        let message = headers
            .get(MESSAGE)
            .and_then(|value| value.to_str().ok())
            .map(|text| percent_decode_str(text).decode_utf8_lossy().into_owned())
            .unwrap_or_default();
        Some(Err(Status::new(Code::from_number(number), message)))
    }
}

impl std::error::Error for Status {}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_survives_its_headers() {
        for status in [
            Err(Status::new(Code::NotFound, "100 % größer\nals")),
            Err(Status::new(Code::Unavailable, "")),
            Ok(()),
        ] {
            let mut headers = HeaderMap::new();
            Status::put(status.as_ref().copied(), &mut headers);
            assert_eq!(Status::take(&headers), Some(status));
        }
        assert_eq!(Status::take(&HeaderMap::new()), None);
    }
}
