//! What went wrong, why, and what to do about it.

use std::fmt;

/// An error for people at a terminal.
#[derive(Debug)]
pub struct Failure {
    /// What could not be done: `cannot listen on 0.0.0.0:6443`.
    pub what: String,
    /// The remedy; one sentence a line.
    pub remedy: String,
}

impl Failure {
    /// Both parts. The cause comes as the source, by [`OrFail::or_fail`] or
    /// `anyhow`'s context.
    pub fn new(what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            remedy: remedy.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

impl std::error::Error for Failure {}

/// Turns a cause into a [`Failure`].
pub trait OrFail<T> {
    /// Names what failed and what to do.
    fn or_fail(self, what: impl Into<String>, remedy: impl Into<String>) -> anyhow::Result<T>;
}

impl<T, E> OrFail<T> for Result<T, E>
where
    Result<T, E>: anyhow::Context<T, E>,
{
    fn or_fail(self, what: impl Into<String>, remedy: impl Into<String>) -> anyhow::Result<T> {
        anyhow::Context::context(self, Failure::new(what, remedy))
    }
}

/// The message for standard error: what, why, remedy.
pub fn render(error: &anyhow::Error) -> String {
    let mut out = format!("error: {error}\n");
    let mut last = error.to_string();
    for cause in error.chain().skip(1) {
        let text = cause.to_string();
        // Libraries often repeat their cause in their own text.
        if !last.contains(&text) {
            out.push_str(&format!("  why     {text}\n"));
        }
        last = text;
    }
    let remedy = error
        .chain()
        .find_map(|cause| cause.downcast_ref::<Failure>());
    let remedy = remedy.or_else(|| error.downcast_ref::<Failure>());
    for line in remedy.map(|f| f.remedy.lines()).into_iter().flatten() {
        out.push_str(&format!("  remedy  {line}\n"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_why_and_remedy() {
        let cause = std::io::Error::other("address in use");
        let error = Err::<(), _>(cause)
            .or_fail("cannot listen on :1", "take another port")
            .unwrap_err();
        assert_eq!(
            render(&error),
            "error: cannot listen on :1\n  why     address in use\n  remedy  take another port\n"
        );
    }
}
