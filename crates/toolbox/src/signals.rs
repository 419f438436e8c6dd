//! `signal`: shows what signals come, and ends by them or does not.

use std::thread;

use nix::sys::signal::{SigSet, Signal};

use crate::output;

/// A signal by name (with or without `SIG`) or number.
pub(crate) fn signal_of(name: &str) -> Option<Signal> {
    if let Ok(number) = name.parse::<i32>() {
        return Signal::try_from(number).ok();
    }
    let upper = name.to_ascii_uppercase();
    let full = if upper.starts_with("SIG") {
        upper
    } else {
        format!("SIG{upper}")
    };
    full.parse().ok()
}

/// Blocks the signals that ask a program to end, in this thread and those it starts from now
/// on, so that one can wait for them. Call it before any thread is started.
pub(crate) fn block_ending() -> SigSet {
    let mut mask = SigSet::empty();
    for signal in [
        Signal::SIGTERM,
        Signal::SIGINT,
        Signal::SIGQUIT,
        Signal::SIGHUP,
    ] {
        mask.add(signal);
    }
    // The set is of valid signals: nothing can fail.
    let _ = mask.thread_block();
    mask
}

/// Lets TERM end this process also when it is the first of its container, for which the kernel
/// leaves signals without a handler out: a sleeper is not worth a grace period. Call it before
/// any thread is started.
pub(crate) fn end_by_term() {
    if std::process::id() != 1 {
        return;
    }
    let mut mask = SigSet::empty();
    mask.add(Signal::SIGTERM);
    // The set is of valid signals: nothing can fail.
    let _ = mask.thread_block();
    thread::spawn(move || {
        if let Ok(signal) = mask.wait() {
            std::process::exit(128 + signal as i32);
        }
    });
}

/// `signal [--ignore] [--exit-code N] [--delay SECONDS]`: prints each signal; ends at the first
/// unless it is to ignore them.
pub(crate) fn applet(args: &[String]) -> i32 {
    let ignore = args.iter().any(|arg| arg == "--ignore");
    let value = |name: &str| {
        let at = args.iter().position(|arg| arg == name)?;
        args.get(at + 1)
    };
    let code = value("--exit-code")
        .and_then(|code| code.parse().ok())
        .unwrap_or(0);
    let mut mask = block_ending();
    for signal in [Signal::SIGUSR1, Signal::SIGUSR2, Signal::SIGWINCH] {
        mask.add(signal);
    }
    let _ = mask.thread_block();
    output::print("waiting for signals\n");
    loop {
        let Ok(signal) = mask.wait() else { return 1 };
        output::print(&format!("got {}\n", signal.as_str()));
        let asks = !matches!(signal, Signal::SIGUSR1 | Signal::SIGUSR2 | Signal::SIGWINCH);
        if asks && !ignore {
            if let Some(delay) = value("--delay")
                && let Ok(Some(delay)) = crate::text::duration(std::slice::from_ref(delay))
            {
                thread::sleep(delay);
            }
            return code;
        }
    }
}
