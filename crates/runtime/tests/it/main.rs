//! The runtime against the fake server.

mod events;
mod informers;
mod leader;
mod watcher;
