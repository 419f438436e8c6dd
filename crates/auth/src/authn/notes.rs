//! What authenticators want told about a request besides who makes it.

use std::cell::RefCell;
use std::future::Future;

/// Annotations of the audit event, and warnings to the client.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Notes {
    /// By name.
    pub annotations: Vec<(String, String)>,
    /// As they are told.
    pub warnings: Vec<String>,
}

tokio::task_local! {
    static CURRENT: RefCell<Notes>;
}

/// Runs `work`, and gives what was noted meanwhile.
pub async fn noted<F: Future>(work: F) -> (F::Output, Notes) {
    CURRENT
        .scope(RefCell::default(), async {
            let out = work.await;
            let notes = CURRENT.with(|notes| std::mem::take(&mut *notes.borrow_mut()));
            (out, notes)
        })
        .await
}

pub(super) fn annotate(name: &str, value: String) {
    // Nobody may want to know.
    let _ = CURRENT.try_with(|notes| {
        let pair = (name.to_owned(), value);
        notes.borrow_mut().annotations.push(pair);
    });
}

pub(super) fn warn(text: &str) {
    let _ = CURRENT.try_with(|notes| notes.borrow_mut().warnings.push(text.to_owned()));
}
