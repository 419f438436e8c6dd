//! Commands that are part of the shell.

use std::{
    io::Read as _,
    path::{Component, PathBuf},
    sync::PoisonError,
    time::Duration,
};

use super::{
    Io, Shell,
    eval::{Jump, Outcome, reason, status_code},
};
use crate::{conditions, signals::signal_of, text};

/// A command that changes the shell, or is too common to start a program for.
pub(super) type Builtin = fn(&mut Shell, &[String], &Io) -> Outcome;

const ALL: &[(&str, Builtin)] = &[
    (":", |_, _, _| Ok(0)),
    ("true", |_, _, _| Ok(0)),
    ("false", |_, _, _| Ok(1)),
    (".", source),
    ("[", test),
    ("break", |_, args, _| Err(Jump::Break(count(args)))),
    ("cd", cd),
    ("command", command),
    ("continue", |_, args, _| Err(Jump::Continue(count(args)))),
    ("echo", echo),
    ("eval", |shell, args, io| {
        shell.run_text(&args[1..].join(" "), io)
    }),
    ("exit", |shell, args, _| {
        Err(Jump::Exit(status(shell, args)))
    }),
    ("export", export),
    ("kill", kill),
    ("local", local),
    ("printf", printf),
    ("pwd", |shell, _, io| {
        Ok(done(io, &format!("{}\n", shell.cwd.display())))
    }),
    ("read", read),
    ("return", |shell, args, _| {
        Err(Jump::Return(status(shell, args)))
    }),
    ("set", set),
    ("shift", shift),
    ("sleep", sleep),
    ("source", source),
    ("test", test),
    ("trap", trap),
    ("type", command),
    ("umask", |_, _, _| Ok(0)),
    ("unset", unset),
    ("wait", wait),
];

/// A builtin by name.
pub(super) fn find(name: &str) -> Option<Builtin> {
    ALL.iter()
        .find(|(known, _)| *known == name)
        .map(|(_, builtin)| *builtin)
}

fn done(io: &Io, text: &str) -> i32 {
    i32::from(!io.write(1, text))
}

fn count(args: &[String]) -> u32 {
    args.get(1)
        .and_then(|number| number.parse().ok())
        .unwrap_or(1)
}

fn status(shell: &Shell, args: &[String]) -> i32 {
    args.get(1).map_or(shell.last, |number| {
        number.parse::<i32>().map_or(2, |code| code & 0xff)
    })
}

fn echo(_: &mut Shell, args: &[String], io: &Io) -> Outcome {
    Ok(done(io, &text::echo(&args[1..])))
}

fn printf(_: &mut Shell, args: &[String], io: &Io) -> Outcome {
    match text::printf(&args[1..]) {
        Ok(text) => Ok(done(io, &text)),
        Err(message) => {
            io.error(&format!("printf: {message}"));
            Ok(1)
        }
    }
}

fn test(shell: &mut Shell, args: &[String], io: &Io) -> Outcome {
    let operands = match (args[0].as_str(), args[1..].split_last()) {
        ("[", Some((last, operands))) if last == "]" => operands,
        ("[", _) => {
            io.error("[: missing ]");
            return Ok(2);
        }
        _ => &args[1..],
    };
    match conditions::test(operands, &shell.cwd) {
        Ok(holds) => Ok(i32::from(!holds)),
        Err(message) => {
            io.error(&format!("test: {message}"));
            Ok(2)
        }
    }
}

fn cd(shell: &mut Shell, args: &[String], io: &Io) -> Outcome {
    let target = match args.get(1).map(String::as_str) {
        None => shell.value("HOME"),
        Some("-") => shell.value("OLDPWD"),
        Some(other) => other.to_owned(),
    };
    let mut clean = PathBuf::new();
    for component in shell.cwd.join(&target).components() {
        match component {
            Component::ParentDir => drop(clean.pop()),
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    match clean.read_dir() {
        Ok(_) => {
            let old = shell.cwd.display().to_string();
            shell.set("OLDPWD", old);
            shell.cwd = clean;
            Ok(0)
        }
        Err(error) => {
            io.error(&format!("cd: {target}: {}", reason(&error)));
            Ok(1)
        }
    }
}

fn command(shell: &mut Shell, args: &[String], io: &Io) -> Outcome {
    let names = args[1..].iter().filter(|arg| !arg.starts_with('-'));
    let asks = args[0] == "type" || args.get(1).is_some_and(|arg| arg == "-v" || arg == "-V");
    if !asks {
        // `command NAME …` leaves functions out.
        let functions = std::mem::take(&mut shell.functions);
        let quoted: Vec<String> = args[1..]
            .iter()
            .map(|arg| format!("'{}'", arg.replace('\'', "'\\''")))
            .collect();
        let outcome = shell.run_text(&quoted.join(" "), io);
        shell.functions.extend(functions);
        return outcome;
    }
    let mut code = 0;
    for name in names {
        if find(name).is_some() || shell.functions.contains_key(name) {
            io.write(1, &format!("{name}\n"));
        } else if let Some(path) = shell.find(name).filter(|path| path.exists()) {
            io.write(1, &format!("{}\n", path.display()));
        } else {
            code = 127;
        }
    }
    Ok(code)
}

fn export(shell: &mut Shell, args: &[String], io: &Io) -> Outcome {
    if args.len() == 1 {
        let exported = shell
            .variables
            .iter()
            .filter(|(_, (_, exported))| *exported);
        let lines: String = exported
            .map(|(name, (value, _))| format!("export {name}='{value}'\n"))
            .collect();
        return Ok(done(io, &lines));
    }
    for arg in &args[1..] {
        let (name, value) = match arg.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (arg.as_str(), None),
        };
        let slot = shell.variables.entry(name.to_owned()).or_default();
        slot.1 = true;
        if let Some(value) = value {
            slot.0 = value;
        }
    }
    Ok(0)
}

fn local(shell: &mut Shell, args: &[String], _: &Io) -> Outcome {
    // Variables live as long as the shell; a function's do not vanish with it.
    for arg in &args[1..] {
        let (name, value) = arg.split_once('=').unwrap_or((arg, ""));
        shell.set(name, value.to_owned());
    }
    Ok(0)
}

fn unset(shell: &mut Shell, args: &[String], _: &Io) -> Outcome {
    for name in &args[1..] {
        shell.variables.remove(name);
        shell.functions.remove(name);
    }
    Ok(0)
}

fn set(shell: &mut Shell, args: &[String], io: &Io) -> Outcome {
    let mut rest = &args[1..];
    while let [first, more @ ..] = rest {
        let Some(on) = first
            .strip_prefix(['-', '+'])
            .map(|_| first.starts_with('-'))
        else {
            break;
        };
        rest = more;
        if first == "--" {
            shell.args = rest.to_vec();
            return Ok(0);
        }
        for letter in first[1..].chars() {
            match letter {
                'e' => shell.options.exit_on_error = on,
                'x' => shell.options.trace = on,
                'u' => shell.options.unset_is_error = on,
                'o' => {
                    if rest.first().is_some_and(|name| name == "errexit") {
                        shell.options.exit_on_error = on;
                    }
                    rest = rest.get(1..).unwrap_or_default();
                }
                other => {
                    io.error(&format!("set: unknown option {other}"));
                    return Ok(2);
                }
            }
        }
    }
    if !rest.is_empty() {
        shell.args = rest.to_vec();
    }
    Ok(0)
}

fn shift(shell: &mut Shell, args: &[String], _: &Io) -> Outcome {
    let number = count(args) as usize;
    if number > shell.args.len() {
        return Ok(1);
    }
    shell.args.drain(..number);
    Ok(0)
}

fn source(shell: &mut Shell, args: &[String], io: &Io) -> Outcome {
    let Some(name) = args.get(1) else {
        io.error(".: missing file");
        return Ok(2);
    };
    match std::fs::read_to_string(shell.cwd.join(name)) {
        Ok(text) => match shell.run_text(&text, io) {
            Err(Jump::Return(code)) => Ok(code),
            other => other,
        },
        Err(error) => {
            io.error(&format!(".: {name}: {}", reason(&error)));
            Ok(1)
        }
    }
}

fn read(shell: &mut Shell, args: &[String], io: &Io) -> Outcome {
    let names: Vec<_> = args[1..]
        .iter()
        .filter(|arg| !arg.starts_with('-'))
        .collect();
    let Some(input) = io.0[0].as_ref().and_then(|fd| fd.try_clone().ok()) else {
        return Ok(1);
    };
    let mut input = std::fs::File::from(input);
    let (mut line, mut byte) = (Vec::new(), [0]);
    // Byte by byte: what follows the line belongs to others.
    let ended = loop {
        match input.read(&mut byte) {
            Ok(1) if byte[0] == b'\n' => break true,
            Ok(1) => line.push(byte[0]),
            Ok(_) | Err(_) => break false,
        }
    };
    let line = String::from_utf8_lossy(&line).into_owned();
    let mut rest = line.trim_matches([' ', '\t']);
    for (index, name) in names.iter().enumerate() {
        let value = if index + 1 == names.len() {
            std::mem::take(&mut rest)
        } else {
            let (first, more) = rest.split_once([' ', '\t']).unwrap_or((rest, ""));
            rest = more.trim_start_matches([' ', '\t']);
            first
        };
        shell.set(name, value.to_owned());
    }
    if names.is_empty() {
        shell.set("REPLY", line.clone());
    }
    Ok(i32::from(!ended && line.is_empty()))
}

fn sleep(shell: &mut Shell, args: &[String], io: &Io) -> Outcome {
    match text::duration(&args[1..]) {
        Ok(duration) => {
            shell
                .traps
                .sleep(duration.unwrap_or(Duration::MAX.min(Duration::from_secs(1 << 40))));
            Ok(0)
        }
        Err(message) => {
            io.error(&format!("sleep: {message}"));
            Ok(1)
        }
    }
}

fn trap(shell: &mut Shell, args: &[String], io: &Io) -> Outcome {
    let [_, command, signals @ ..] = args else {
        return Ok(0);
    };
    for signal in signals {
        if let Err(message) = shell
            .traps
            .set(signal, if command == "-" { "" } else { command })
        {
            io.error(&message);
            return Ok(1);
        }
    }
    Ok(0)
}

fn kill(_: &mut Shell, args: &[String], io: &Io) -> Outcome {
    let (mut signal, mut rest) = (Some(nix::sys::signal::Signal::SIGTERM), &args[1..]);
    if let [first, more @ ..] = rest
        && let Some(name) = first.strip_prefix('-')
    {
        let (name, more) = match (name, more) {
            ("s" | "n", [name, more @ ..]) => (name.as_str(), more),
            _ => (name, more),
        };
        rest = more;
        signal = match name {
            "0" => None,
            name => match signal_of(name) {
                Some(signal) => Some(signal),
                None => {
                    io.error(&format!("kill: {name}: bad signal"));
                    return Ok(2);
                }
            },
        };
    }
    let mut code = 0;
    for pid in rest {
        let sent = pid
            .parse()
            .map_err(|_| "bad process id".to_owned())
            .and_then(|number| {
                let pid = nix::unistd::Pid::from_raw(number);
                nix::sys::signal::kill(pid, signal).map_err(|error| error.desc().to_owned())
            });
        if let Err(message) = sent {
            io.error(&format!("kill: {pid}: {message}"));
            code = 1;
        }
    }
    Ok(code)
}

fn wait(shell: &mut Shell, args: &[String], _: &Io) -> Outcome {
    let wanted: Option<u32> = args.get(1).and_then(|pid| pid.parse().ok());
    let mut code = 0;
    loop {
        let mut children = shell
            .background
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut waiting = false;
        children.retain_mut(|child| {
            let own = wanted.is_none_or(|pid| pid == child.id());
            if !own {
                return true;
            }
            match child.try_wait() {
                Ok(None) => {
                    waiting = true;
                    true
                }
                Ok(Some(status)) => {
                    code = status_code(status);
                    false
                }
                Err(_) => false,
            }
        });
        drop(children);
        if !waiting {
            return Ok(if wanted.is_some() { code } else { 0 });
        }
        // A trapped signal ends the waiting at once.
        if shell.traps.is_pending() {
            return Ok(128 + 15);
        }
        shell.traps.sleep(Duration::from_millis(50));
    }
}
