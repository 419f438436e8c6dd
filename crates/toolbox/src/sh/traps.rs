//! What a shell does when a signal comes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use nix::sys::signal::{SigSet, Signal};

use crate::signals::signal_of;

/// The traps of a shell. Trapped signals are blocked, and a thread waits for them.
#[derive(Default)]
pub(super) struct Traps {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    /// Signals that a thread waits for.
    watched: BTreeSet<i32>,
    commands: BTreeMap<i32, String>,
    exit: Option<String>,
    pending: Vec<i32>,
}

impl Traps {
    /// Sets what happens at a signal or (`EXIT`, `0`) at the end. An empty command ignores it.
    pub fn set(self: &Arc<Self>, name: &str, command: &str) -> Result<(), String> {
        if matches!(name, "EXIT" | "0") {
            self.lock().exit = Some(command.to_owned());
            return Ok(());
        }
        let signal = signal_of(name).ok_or_else(|| format!("trap: {name}: bad signal"))?;
        self.watch(signal)
            .map_err(|error| format!("trap: {error}"))?;
        let mut state = self.lock();
        state.commands.insert(signal as i32, command.to_owned());
        Ok(())
    }

    /// Lets TERM end a shell that is the first process of its container, unless a trap says
    /// otherwise: the kernel would leave the signal out.
    pub fn end_by_term(self: &Arc<Self>) {
        if std::process::id() == 1 {
            // Without it the shell ends when it is killed.
            let _ = self.watch(Signal::SIGTERM);
        }
    }

    /// Blocks a signal, and waits for it in a thread that ends with the process.
    fn watch(self: &Arc<Self>, signal: Signal) -> nix::Result<()> {
        let mut mask = SigSet::empty();
        mask.add(signal);
        mask.thread_block()?;
        if !self.lock().watched.insert(signal as i32) {
            return Ok(());
        }
        let traps = self.clone();
        thread::spawn(move || {
            while let Ok(signal) = mask.wait() {
                let mut state = traps.lock();
                if !state.commands.contains_key(&(signal as i32)) {
                    std::process::exit(128 + signal as i32);
                }
                state.pending.push(signal as i32);
                drop(state);
                traps.arrived.notify_all();
            }
        });
        Ok(())
    }

    /// The command of the next signal that came.
    pub fn take_pending(&self) -> Option<String> {
        let mut state = self.lock();
        while !state.pending.is_empty() {
            let signal = state.pending.remove(0);
            if let Some(command) = state.commands.get(&signal).filter(|c| !c.is_empty()) {
                return Some(command.clone());
            }
        }
        None
    }

    /// Whether a trapped signal came that was not answered yet.
    pub fn is_pending(&self) -> bool {
        !self.lock().pending.is_empty()
    }

    /// The command for the end, once.
    pub fn take_exit(&self) -> Option<String> {
        self.lock().exit.take()
    }

    /// Sleeps, or until a trapped signal comes.
    pub fn sleep(&self, duration: Duration) {
        let end = Instant::now().checked_add(duration);
        let mut state = self.lock();
        while state.pending.is_empty() {
            let left = match end {
                Some(end) => end.checked_duration_since(Instant::now()),
                None => Some(duration),
            };
            let Some(left) = left else { return };
            let waited = self.arrived.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
