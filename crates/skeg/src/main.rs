//! `skeg`: a whole Kubernetes cluster in one binary.
//!
//! What it does: reads the command line and the configuration, starts the
//! roles that were asked for in one process, and ends them in order. Knows
//! every crate; no crate knows it.
//!
//! The same file is also the shim that holds a pod and the small programs of
//! the toolbox image. Those are told apart by the name and the first argument
//! before any thread exists, because they fork.

mod cli;
mod commands;
mod config;
mod control;
mod datadir;
mod etcd;
mod failure;
mod images;
mod logging;
mod supervisor;
mod up;
mod upstream;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Command};

/// A third of a write's CPU time went to the allocator of a static libc.
#[global_allocator]
static ALLOCATOR: skeg_oci::sys::Allocator = skeg_oci::sys::Allocator;

fn main() -> ExitCode {
    skeg_cri::shim::dispatch();
    skeg_toolbox::dispatch();
    if let Some(code) = upstream::dispatch() {
        return code;
    }
    spare_memory();
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprint!("{}", failure::render(&error));
            ExitCode::FAILURE
        }
    }
}

/// The allocator asks for huge pages, of which a server that mostly rests would
/// hold twice the memory that it uses. A shim, which inherits this, takes it
/// back for its pod.
fn spare_memory() {
    // Without it the process is larger, and no worse for that.
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let done = |()| ExitCode::SUCCESS;
    match command {
        Command::Up(args) => up::run(args).map(done),
        Command::Apiserver(args) => up::run_api_server(args).map(done),
        Command::Down(args) => commands::down::run(&args).map(done),
        Command::Status(args) => commands::status::run(&args),
        Command::Reset(args) => commands::reset::run(&args).map(done),
        Command::Store(command) => commands::store::run(command).map(done),
        Command::Logs(args) => commands::logs::run(&args).map(done),
        Command::Kubeconfig(args) => commands::kubeconfig::run(&args).map(done),
        Command::Config(command) => commands::config::run(command).map(done),
        Command::Version(args) => commands::version::run(args).map(done),
        Command::Envtest(args) => commands::envtest::run(&args).map(done),
        Command::Completion(args) => commands::completion::run(args).map(done),
        Command::Image(command) => commands::image::run(command).map(done),
        Command::Scheduler(args) => up::role::scheduler(&args).map(done),
        Command::ControllerManager(args) => up::role::controller_manager(&args).map(done),
        Command::Kubelet(args) => up::role::kubelet(&args).map(done),
        Command::Proxy(args) => up::role::proxy(&args).map(done),
        Command::Dns(args) => up::role::dns(&args).map(done),
    }
}
