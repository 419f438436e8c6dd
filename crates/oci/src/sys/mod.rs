//! System calls that the safe wrappers of `rustix` and `nix` leave out, and the allocator.
//!
//! The only module of this crate with `unsafe` in it.
#![allow(unsafe_code)]

mod allocator;
mod bpf;
mod exec;
mod mount;
mod process;
mod tty;

pub use allocator::Allocator;
pub use bpf::{DeviceRule, attach_device_filter};
pub use exec::execve;
pub use mount::{mount_setattr_read_only, set_link_up};
pub use process::{
    Forked, fork_single_threaded, install_seccomp, pause_forever, reset_signals,
    return_free_memory, set_close_on_exec_from, setgroups,
};
pub use tty::{Pty, open_pty, set_controlling_terminal, set_size};
