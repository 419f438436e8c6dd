//! The trace context of W3C (<https://www.w3.org/TR/trace-context/>).

use std::fmt;
use std::str::FromStr;

use http::{HeaderMap, HeaderValue};

tokio::task_local! {
    static CURRENT: TraceContext;
}

/// The longest `tracestate` that is passed on.
const STATE_LEN_MAX: usize = 512;

/// To which trace a request belongs, and who is its parent there.
///
/// ```
/// use skeg_client::telemetry::TraceContext;
///
/// let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
/// let context: TraceContext = text.parse().unwrap();
/// assert!(context.is_sampled());
/// assert_eq!(context.to_string(), text);
/// // A request below has the same trace and another parent.
/// assert_eq!(context.child().trace_id(), context.trace_id());
/// assert_ne!(context.child().parent_id(), context.parent_id());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    parent_id: u64,
    flags: u8,
    state: String,
}

/// A text is no `traceparent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a traceparent of W3C: 00-TRACE(32 hex digits)-PARENT(16)-FLAGS(2)")]
pub struct TraceContextError;

impl TraceContext {
    /// A new trace.
    #[must_use]
    pub fn root(is_sampled: bool) -> Self {
        Self {
            trace_id: fastrand::u128(1..),
            parent_id: fastrand::u64(1..),
            flags: u8::from(is_sampled),
            state: String::new(),
        }
    }

    /// The context of something below: the same trace, another parent.
    #[must_use]
    pub fn child(&self) -> Self {
        Self {
            parent_id: fastrand::u64(1..),
            ..self.clone()
        }
    }

    /// With what the makers of tracing systems pass on to themselves. What is
    /// too long to be passed on is left out.
    #[must_use]
    pub fn with_state(mut self, state: &str) -> Self {
        state
            .get(..state.len().min(STATE_LEN_MAX + 1))
            .filter(|state| state.len() <= STATE_LEN_MAX)
            .unwrap_or_default()
            .clone_into(&mut self.state);
        self
    }

    /// The trace.
    #[must_use]
    pub fn trace_id(&self) -> u128 {
        self.trace_id
    }

    /// The parent within the trace.
    #[must_use]
    pub fn parent_id(&self) -> u64 {
        self.parent_id
    }

    /// Whether the caller records the trace.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        self.flags & 1 == 1
    }

    /// The `tracestate`, or empty.
    #[must_use]
    pub fn state(&self) -> &str {
        &self.state
    }

    /// From the headers of a request that came in; none when it has none, or
    /// a broken one.
    #[must_use]
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let context: Self = headers.get("traceparent")?.to_str().ok()?.parse().ok()?;
        let states: Vec<&str> = headers
            .get_all("tracestate")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect();
        Some(context.with_state(&states.join(",")))
    }

    /// Into the headers of a request that goes out.
    pub fn write(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.to_string()) {
            headers.insert("traceparent", value);
        }
        if !self.state.is_empty()
            && let Ok(value) = HeaderValue::from_str(&self.state)
        {
            headers.insert("tracestate", value);
        }
    }

    /// Runs a future whose requests belong to this trace. Tasks that it spawns
    /// do not inherit it.
    pub async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    /// The context that is around the caller.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.try_with(Clone::clone).ok()
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "00-{:032x}-{:016x}-{:02x}",
            self.trace_id, self.parent_id, self.flags
        )
    }
}

impl FromStr for TraceContext {
    type Err = TraceContextError;

    fn from_str(text: &str) -> Result<Self, TraceContextError> {
        let mut parts = text.trim().split('-');
        let mut part = |digits: usize| {
            parts
                .next()
                .filter(|part| part.len() == digits)
                .filter(|part| part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
                .and_then(|part| u128::from_str_radix(part, 16).ok())
                .ok_or(TraceContextError)
        };
        let version = part(2)?;
        let (trace_id, parent_id, flags) = (part(32)?, part(16)?, part(2)?);
        // Later versions may add parts; 00 has none, and ff is no version.
        let more = parts.next().is_some();
        if version == 0xff || (version == 0 && more) || trace_id == 0 || parent_id == 0 {
            return Err(TraceContextError);
        }
        Ok(Self {
            trace_id,
            parent_id: u64::try_from(parent_id).map_err(|_| TraceContextError)?,
            flags: u8::try_from(flags).map_err(|_| TraceContextError)?,
            state: String::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_traceparent_is_refused() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let parent = "00f067aa0ba902b7";
        for (text, expect) in [
            (format!("00-{trace}-{parent}-00"), true),
            (format!("01-{trace}-{parent}-00-more"), true),
            (format!("00-{trace}-{parent}-00-more"), false),
            (format!("ff-{trace}-{parent}-00"), false),
            (format!("00-{}-{parent}-00", "0".repeat(32)), false),
            (format!("00-{trace}-{}-00", "0".repeat(16)), false),
            (format!("00-{}-{parent}-00", trace.to_uppercase()), false),
            (format!("00-{trace}-{parent}"), false),
            (String::new(), false),
        ] {
            assert_eq!(text.parse::<TraceContext>().is_ok(), expect, "{text}");
        }
    }

    #[test]
    fn headers_both_ways() {
        let context = TraceContext::root(true).with_state("a=1,b=2");
        let mut headers = HeaderMap::new();
        context.write(&mut headers);
        assert_eq!(TraceContext::from_headers(&headers), Some(context));
        assert_eq!(TraceContext::from_headers(&HeaderMap::new()), None);
        assert_eq!(
            TraceContext::root(false)
                .with_state(&"x".repeat(600))
                .state(),
            ""
        );
    }
}
