//! Development tasks: `cargo xtask tidy|codegen|test|bench|picture|pack`.
//!
//! Everything that the repository needs beyond `cargo` itself is a subcommand
//! here, so that one program says how it is built, tested and measured.

mod bench;
mod clients;
mod codegen;
mod corpus;
mod fuzz;
mod http;
mod pack;
mod picture;
mod semver;
mod server;
mod setup;
mod shell;
mod test;
mod tidy;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Development tasks of Skeg", long_about = None)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Check the rules of the house: sizes, layering, licences, forbidden words.
    Tidy,
    /// Install what is missing, build, and run the test suites.
    Test(test::Options),
    /// Write the API's tables and typed structs from the facts.
    Codegen(codegen::Options),
    /// Measure, and print the figures.
    Bench(bench::Options),
    /// Install what the tests need from Debian's packages, and build the Go tools.
    Setup,
    /// Draw the README's picture of a terminal from what its commands print.
    Picture,
    /// Compare what the published crates offer with what is written down.
    Semver(semver::Options),
    /// Pack recorded conversations and golden encodings into `tests/data`.
    Pack(pack::Options),
}

fn main() -> anyhow::Result<()> {
    match Cli::parse().task {
        Task::Tidy => tidy::run(),
        Task::Codegen(options) => codegen::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Setup => setup::run(),
        Task::Picture => picture::run(),
        Task::Semver(options) => semver::run(&options),
        Task::Pack(options) => pack::run(&options),
    }
}
