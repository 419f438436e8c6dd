//! The small programs of the toolbox image.
//!
//! What examples, probes and tests run in containers when a machine has no registry to pull
//! from. Each is a function of its arguments; which one is wanted shows by the name that the
//! program was called by, or by the first argument after `toolbox`. They know nothing of the
//! cluster, and use blocking calls and threads only.

mod archive;
mod conditions;
mod dns;
mod fetch;
mod files;
mod http_echo;
mod load;
mod netcat;
mod output;
mod servers;
mod sh;
mod signals;
mod system;
mod text;

type Applet = fn(&[String]) -> i32;

/// Every program: its name, and what it does with its arguments.
const TABLE: &[(&str, Applet)] = &[
    ("[", system::bracket),
    ("basename", files::basename),
    ("burn-cpu", load::burn_cpu),
    ("cat", files::cat),
    ("chmod", files::chmod),
    ("cp", files::cp),
    ("curl", fetch::curl),
    ("date", system::date),
    ("dns", dns::applet),
    ("eat-memory", load::eat_memory),
    ("echo", system::echo),
    ("env", system::env),
    ("exit-code", system::exit_code),
    ("false", |_| 1),
    ("flood", load::flood),
    ("fork-bomb", load::fork_bomb),
    ("grep", files::grep),
    ("head", files::head),
    ("hostname", system::hostname),
    ("http-echo", http_echo::applet),
    ("id", system::id),
    ("kill", system::kill),
    ("ln", files::ln),
    ("ls", files::ls),
    ("mkdir", files::mkdir),
    ("mv", files::mv),
    ("nc", netcat::applet),
    ("nslookup", dns::applet),
    ("printenv", system::env),
    ("printf", system::printf),
    ("ps", system::ps),
    ("pwd", system::pwd),
    ("rm", files::rm),
    ("seq", system::seq),
    ("sh", |args| sh::main("sh", args)),
    ("signal", signals::applet),
    ("sleep", system::sleep),
    ("tail", files::tail),
    ("tar", archive::tar),
    ("tcp-echo", servers::tcp_echo),
    ("test", system::test),
    ("touch", files::touch),
    ("true", |_| 0),
    ("tty", system::tty),
    ("udp-echo", servers::udp_echo),
    ("uname", system::uname),
    ("wc", files::wc),
    ("wget", fetch::wget),
    ("whoami", system::whoami),
    ("write-file", load::write_file),
];

const NAMES: [&str; TABLE.len()] = {
    let mut names = [""; TABLE.len()];
    let mut at = 0;
    while at < TABLE.len() {
        names[at] = TABLE[at].0;
        at += 1;
    }
    names
};

/// The names of all programs, in order: what the image has links for.
pub const APPLETS: &[&str] = &NAMES;

/// Runs the program that this process was started as, and ends with its code; returns at once
/// when the process was not started as one. Call it first thing in `main`.
pub fn dispatch() {
    let mut args = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned());
    let called = args.next().unwrap_or_default();
    let name = called.rsplit('/').next().unwrap_or_default();
    // A login shell is called `-sh`.
    let name = name.strip_prefix('-').unwrap_or(name);
    let rest: Vec<String> = args.collect();
    if name == "toolbox" {
        std::process::exit(toolbox(&rest));
    }
    if let Some(code) = run(name, &rest) {
        std::process::exit(code);
    }
}

/// Runs a program by name; `None` when there is none of that name.
pub fn run(name: &str, args: &[String]) -> Option<i32> {
    let (_, applet) = TABLE.iter().find(|(known, _)| *known == name)?;
    Some(applet(args))
}

/// The programs behind one name: the first argument says which.
pub fn toolbox(args: &[String]) -> i32 {
    match args {
        [] => {
            output::print(&format!(
                "usage: toolbox PROGRAM [ARGUMENT…]\n\n{}\n",
                NAMES.join(" ")
            ));
            0
        }
        [name, rest @ ..] => run(name, rest).unwrap_or_else(|| {
            eprintln!("toolbox: no program {name:?}; without arguments it lists all");
            127
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(APPLETS.is_sorted(), "{APPLETS:?}");
    }
}
