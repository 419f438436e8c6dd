//! Printing that ends quietly when nobody reads.

use std::io::Write as _;

/// Prints text; a reader that has gone ends the program.
pub(crate) fn print(text: &str) {
    bytes(text.as_bytes());
}

/// Prints bytes; a reader that has gone ends the program.
pub(crate) fn bytes(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    if stdout
        .write_all(bytes)
        .and_then(|()| stdout.flush())
        .is_err()
    {
        std::process::exit(1);
    }
}

/// Says what failed, and answers the code for it.
pub(crate) fn fail(program: &str, what: &str, error: &std::io::Error) -> i32 {
    let reason = match error.raw_os_error() {
        Some(number) => nix::errno::Errno::from_raw(number).desc().to_owned(),
        None => error.to_string(),
    };
    eprintln!("{program}: {what}: {reason}");
    1
}
