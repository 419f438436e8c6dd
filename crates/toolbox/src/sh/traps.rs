//! What a shell does when a signal comes.

use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use nix::sys::signal::SigSet;

use crate::signals::signal_of;

/// The traps of a shell. Trapped signals are blocked, and a thread waits for them.
#[derive(Default)]
pub(super) struct Traps {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    commands: BTreeMap<i32, String>,
    exit: Option<String>,
    pending: Vec<i32>,
}

impl Traps {
    /// Sets what happens at a signal or (`EXIT`, `0`) at the end. An empty command ignores it.
    pub fn set(self: &std::sync::Arc<Self>, name: &str, command: &str) -> Result<(), String> {
        if matches!(name, "EXIT" | "0") {
            self.lock().exit = Some(command.to_owned());
            return Ok(());
        }
        let signal = signal_of(name).ok_or_else(|| format!("trap: {name}: bad signal"))?;
        let mut mask = SigSet::empty();
        mask.add(signal);
        mask.thread_block()
            .map_err(|error| format!("trap: {error}"))?;
        let known = self
            .lock()
            .commands
            .insert(signal as i32, command.to_owned())
            .is_some();
        if !known {
            let traps = self.clone();
            // Ends with the process.
            thread::spawn(move || {
                while let Ok(signal) = mask.wait() {
                    traps.lock().pending.push(signal as i32);
                    traps.arrived.notify_all();
                }
            });
        }
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
