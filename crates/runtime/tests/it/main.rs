//! The runtime against the fake server.

mod controllers;
mod events;
mod helpers;
mod informers;
mod leader;
mod manager;
mod unreadable;
mod watcher;
