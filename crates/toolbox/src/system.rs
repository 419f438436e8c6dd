//! Programs about the process and the machine.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::{conditions, output, text};

pub(crate) fn echo(args: &[String]) -> i32 {
    output::print(&text::echo(args));
    0
}

pub(crate) fn printf(args: &[String]) -> i32 {
    match text::printf(args) {
        Ok(text) => {
            output::print(&text);
            0
        }
        Err(message) => {
            eprintln!("printf: {message}");
            1
        }
    }
}

pub(crate) fn test(args: &[String]) -> i32 {
    let cwd = std::env::current_dir().unwrap_or_else(|_| "/".into());
    match conditions::test(args, &cwd) {
        Ok(holds) => i32::from(!holds),
        Err(message) => {
            eprintln!("test: {message}");
            2
        }
    }
}

pub(crate) fn bracket(args: &[String]) -> i32 {
    match args.split_last() {
        Some((last, operands)) if last == "]" => test(operands),
        _ => {
            eprintln!("[: missing ]");
            2
        }
    }
}

pub(crate) fn sleep(args: &[String]) -> i32 {
    crate::signals::end_by_term();
    match text::duration(args) {
        Ok(Some(duration)) => std::thread::sleep(duration),
        Ok(None) => loop {
            std::thread::park();
        },
        Err(message) => {
            eprintln!("sleep: {message}");
            return 1;
        }
    }
    0
}

/// `exit-code N [SECONDS]`: ends with a code, perhaps later.
pub(crate) fn exit_code(args: &[String]) -> i32 {
    let Some(code) = args.first().and_then(|code| code.parse().ok()) else {
        eprintln!("usage: exit-code N [SECONDS]");
        return 2;
    };
    if args.len() > 1 {
        let slept = sleep(&args[1..]);
        if slept != 0 {
            return slept;
        }
    }
    code
}

pub(crate) fn env(args: &[String]) -> i32 {
    if let Some(name) = args.first() {
        return match std::env::var_os(name) {
            Some(value) => {
                output::print(&format!("{}\n", value.to_string_lossy()));
                0
            }
            None => 1,
        };
    }
    let pairs = std::env::vars_os();
    let lines: String = pairs
        .map(|(name, value)| format!("{}={}\n", name.to_string_lossy(), value.to_string_lossy()))
        .collect();
    output::print(&lines);
    0
}

pub(crate) fn hostname(_: &[String]) -> i32 {
    output::print(&format!("{}\n", host_name()));
    0
}

pub(crate) fn host_name() -> String {
    nix::unistd::gethostname()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn name_of(file: &str, id: u32) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text
        .lines()
        .find(|line| line.split(':').nth(2) == Some(&id.to_string()))?;
    line.split(':').next().map(str::to_owned)
}

pub(crate) fn id(args: &[String]) -> i32 {
    let uid = nix::unistd::geteuid().as_raw();
    let gid = nix::unistd::getegid().as_raw();
    let groups: Vec<u32> = nix::unistd::getgroups()
        .map(|groups| groups.into_iter().map(nix::unistd::Gid::as_raw).collect())
        .unwrap_or_default();
    let named = |file: &str, id: u32| match name_of(file, id) {
        Some(name) => format!("{id}({name})"),
        None => id.to_string(),
    };
    let joined = |separator: &str, named: &dyn Fn(u32) -> String| {
        groups
            .iter()
            .map(|gid| named(*gid))
            .collect::<Vec<_>>()
            .join(separator)
    };
    let line = match args.first().map(String::as_str) {
        Some("-u") => uid.to_string(),
        Some("-g") => gid.to_string(),
        Some("-G") => joined(" ", &|gid| gid.to_string()),
        _ => format!(
            "uid={} gid={} groups={}",
            named("/etc/passwd", uid),
            named("/etc/group", gid),
            joined(",", &|gid| named("/etc/group", gid))
        ),
    };
    output::print(&format!("{line}\n"));
    0
}

pub(crate) fn whoami(_: &[String]) -> i32 {
    let uid = nix::unistd::geteuid().as_raw();
    output::print(&format!(
        "{}\n",
        name_of("/etc/passwd", uid).unwrap_or(uid.to_string())
    ));
    0
}

pub(crate) fn pwd(_: &[String]) -> i32 {
    match std::env::current_dir() {
        Ok(path) => output::print(&format!("{}\n", path.display())),
        Err(error) => return output::fail("pwd", ".", &error),
    }
    0
}

pub(crate) fn tty(_: &[String]) -> i32 {
    match nix::unistd::ttyname(std::io::stdin()) {
        Ok(name) => {
            output::print(&format!("{}\n", name.display()));
            0
        }
        Err(_) => {
            output::print("not a tty\n");
            1
        }
    }
}

pub(crate) fn uname(args: &[String]) -> i32 {
    let Ok(name) = nix::sys::utsname::uname() else {
        return 1;
    };
    let all = args.first().is_some_and(|arg| arg == "-a");
    let fields = [
        name.sysname(),
        name.nodename(),
        name.release(),
        name.version(),
        name.machine(),
    ];
    let fields = fields.map(|field| field.to_string_lossy().into_owned());
    let line = match args.first().map(String::as_str) {
        _ if all => fields.join(" "),
        Some("-r") => fields[2].clone(),
        Some("-n") => fields[1].clone(),
        Some("-m") => fields[4].clone(),
        _ => fields[0].clone(),
    };
    output::print(&format!("{line}\n"));
    0
}

/// `date [+%s]`: now, in UTC.
pub(crate) fn date(args: &[String]) -> i32 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let seconds = since.as_secs();
    let line = match args.first().map(String::as_str) {
        Some("+%s") => seconds.to_string(),
        Some("+%s%N") => since.as_nanos().to_string(),
        _ => {
            let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
            let (year, month, day) = date_of(seconds / 86_400);
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
        }
    };
    output::print(&format!("{line}\n"));
    0
}

/// The date that is a number of days after 1970-01-01.
fn date_of(mut days: u64) -> (u64, u64, u64) {
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let lengths = [
        31,
        28 + u64::from(leap(year)),
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let mut month = 1;
    for length in lengths {
        if days < length {
            break;
        }
        days -= length;
        month += 1;
    }
    (year, month, days + 1)
}

pub(crate) fn seq(args: &[String]) -> i32 {
    let numbers: Option<Vec<i64>> = args.iter().map(|arg| arg.parse().ok()).collect();
    let (first, step, last) = match numbers.as_deref() {
        Some([last]) => (1, 1, *last),
        Some([first, last]) => (*first, 1, *last),
        Some([first, step, last]) if *step != 0 => (*first, *step, *last),
        _ => {
            eprintln!("usage: seq [FIRST [STEP]] LAST");
            return 2;
        }
    };
    let mut at = first;
    while (step > 0 && at <= last) || (step < 0 && at >= last) {
        output::print(&format!("{at}\n"));
        at += step;
    }
    0
}

pub(crate) fn kill(args: &[String]) -> i32 {
    let (mut signal, mut rest) = (nix::sys::signal::Signal::SIGTERM, args);
    if let [first, more @ ..] = args
        && let Some(name) = first.strip_prefix('-')
    {
        let Some(named) = crate::signals::signal_of(name) else {
            eprintln!("kill: {name}: bad signal");
            return 2;
        };
        (signal, rest) = (named, more);
    }
    let mut code = 0;
    for pid in rest {
        let sent = pid.parse().ok().map(nix::unistd::Pid::from_raw);
        let sent = sent
            .ok_or(nix::errno::Errno::EINVAL)
            .and_then(|pid| nix::sys::signal::kill(pid, signal));
        if let Err(error) = sent {
            code = output::fail("kill", pid, &error.into());
        }
    }
    code
}

pub(crate) fn ps(_: &[String]) -> i32 {
    output::print("  PID USER COMMAND\n");
    let mut rows = Vec::new();
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let words = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let words = String::from_utf8_lossy(&words).replace('\0', " ");
        let comm = std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default();
        let shown = if words.is_empty() {
            format!("[{}]", comm.trim())
        } else {
            words.trim().to_owned()
        };
        let uid = {
            use std::os::unix::fs::MetadataExt as _;
            entry
                .metadata()
                .map(|metadata| metadata.uid())
                .unwrap_or_default()
        };
        rows.push((pid, uid, shown));
    }
    rows.sort();
    for (pid, uid, shown) in rows {
        output::print(&format!("{pid:5} {uid:4} {shown}\n"));
    }
    0
}
