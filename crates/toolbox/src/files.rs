//! Programs about files.

use std::{
    fs,
    io::{self, BufRead as _, Read},
    os::unix::fs::{MetadataExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use crate::output;

/// Splits arguments into option letters and the rest.
fn options(args: &[String]) -> (String, Vec<&String>) {
    let (mut letters, mut rest, mut over) = (String::new(), Vec::new(), false);
    for arg in args {
        match arg.strip_prefix('-') {
            Some("-") if !over => over = true,
            Some(more) if !over && !more.is_empty() => letters.push_str(more),
            _ => rest.push(arg),
        }
    }
    (letters, rest)
}

fn open(name: &str) -> io::Result<Box<dyn Read>> {
    Ok(match name {
        "-" => Box::new(io::stdin()),
        name => Box::new(fs::File::open(name)?),
    })
}

/// Runs something on each input, standard input when none is named.
fn each(
    program: &str,
    names: &[&String],
    mut run: impl FnMut(&str, Box<dyn Read>) -> io::Result<()>,
) -> i32 {
    let dash = "-".to_owned();
    let names = if names.is_empty() {
        vec![&dash]
    } else {
        names.to_vec()
    };
    let mut code = 0;
    for name in names {
        if let Err(error) = open(name).and_then(|input| run(name, input)) {
            code = output::fail(program, name, &error);
        }
    }
    code
}

pub(crate) fn cat(args: &[String]) -> i32 {
    let (_, names) = options(args);
    each("cat", &names, |_, mut input| {
        let mut buffer = [0; 8192];
        loop {
            match input.read(&mut buffer)? {
                0 => return Ok(()),
                length => output::bytes(&buffer[..length]),
            }
        }
    })
}

/// `-n N`, `-N`: a number of lines; the other arguments.
fn lines_wanted(args: &[String]) -> (usize, Vec<&String>) {
    let (mut number, mut names) = (10, Vec::new());
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let digits = arg.strip_prefix("-n").or_else(|| arg.strip_prefix('-'));
        match digits {
            Some("") if arg == "-n" => {
                number = rest.next().and_then(|n| n.parse().ok()).unwrap_or(number);
            }
            Some(digits) if digits.parse::<usize>().is_ok() => {
                number = digits.parse().unwrap_or(number);
            }
            _ => names.push(arg),
        }
    }
    (number, names)
}

pub(crate) fn head(args: &[String]) -> i32 {
    let (number, names) = lines_wanted(args);
    each("head", &names, |_, input| {
        for line in io::BufReader::new(input).split(b'\n').take(number) {
            let mut line = line?;
            line.push(b'\n');
            output::bytes(&line);
        }
        Ok(())
    })
}

pub(crate) fn tail(args: &[String]) -> i32 {
    let (number, names) = lines_wanted(args);
    each("tail", &names, |_, input| {
        let mut last = std::collections::VecDeque::new();
        for line in io::BufReader::new(input).split(b'\n') {
            last.push_back(line?);
            if last.len() > number {
                last.pop_front();
            }
        }
        for mut line in last {
            line.push(b'\n');
            output::bytes(&line);
        }
        Ok(())
    })
}

pub(crate) fn wc(args: &[String]) -> i32 {
    let (letters, names) = options(args);
    each("wc", &names, |_, mut input| {
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        let lines = bytes.iter().filter(|byte| **byte == b'\n').count();
        let words = bytes
            .split(u8::is_ascii_whitespace)
            .filter(|word| !word.is_empty())
            .count();
        let line = match letters.as_str() {
            "l" => lines.to_string(),
            "w" => words.to_string(),
            "c" => bytes.len().to_string(),
            _ => format!("{lines} {words} {}", bytes.len()),
        };
        output::print(&format!("{line}\n"));
        Ok(())
    })
}

/// `grep [-v] [-q] [-i] [-c] TEXT [FILE…]`: lines that contain a text (no expressions).
pub(crate) fn grep(args: &[String]) -> i32 {
    let (letters, rest) = options(args);
    let Some((pattern, names)) = rest.split_first() else {
        eprintln!("usage: grep [-v] [-q] [-i] [-c] TEXT [FILE…]");
        return 2;
    };
    let has = |letter: char| letters.contains(letter);
    let fold = |text: &str| {
        if has('i') {
            text.to_lowercase()
        } else {
            text.to_owned()
        }
    };
    let pattern = fold(pattern);
    let (start, pattern) = match pattern.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, pattern.as_str()),
    };
    let mut found = 0;
    let code = each("grep", names, |_, input| {
        for line in io::BufReader::new(input).lines() {
            let line = line?;
            let folded = fold(&line);
            let hit = if start {
                folded.starts_with(pattern)
            } else {
                folded.contains(pattern)
            };
            if hit != has('v') {
                found += 1;
                if !has('q') && !has('c') {
                    output::print(&format!("{line}\n"));
                }
            }
        }
        Ok(())
    });
    if has('c') {
        output::print(&format!("{found}\n"));
    }
    if code != 0 { 2 } else { i32::from(found == 0) }
}

pub(crate) fn ls(args: &[String]) -> i32 {
    let (letters, names) = options(args);
    let here = ".".to_owned();
    let names = if names.is_empty() { vec![&here] } else { names };
    let mut code = 0;
    for name in &names {
        let listed = list(Path::new(name), &letters);
        match listed {
            Ok(lines) => {
                if names.len() > 1 {
                    output::print(&format!("{name}:\n"));
                }
                output::print(&lines);
            }
            Err(error) => code = output::fail("ls", name, &error),
        }
    }
    code
}

fn list(path: &Path, letters: &str) -> io::Result<String> {
    let metadata = fs::metadata(path)?;
    let mut entries: Vec<(String, PathBuf)> = Vec::new();
    if metadata.is_dir() && !letters.contains('d') {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if letters.contains('a') || !name.starts_with('.') {
                entries.push((name, entry.path()));
            }
        }
    } else {
        entries.push((path.display().to_string(), path.to_owned()));
    }
    entries.sort();
    let mut lines = String::new();
    for (name, path) in entries {
        if letters.contains('l') {
            let metadata = fs::symlink_metadata(&path)?;
            let target = fs::read_link(&path).map(|to| format!(" -> {}", to.display()));
            lines += &format!(
                "{} {:3} {:5} {:5} {:10} {name}{}\n",
                mode_text(&metadata),
                metadata.nlink(),
                metadata.uid(),
                metadata.gid(),
                metadata.len(),
                target.unwrap_or_default(),
            );
        } else {
            lines += &format!("{name}\n");
        }
    }
    Ok(lines)
}

fn mode_text(metadata: &fs::Metadata) -> String {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = metadata.file_type();
    let first = match () {
        () if kind.is_dir() => 'd',
        () if kind.is_symlink() => 'l',
        () if kind.is_char_device() => 'c',
        () if kind.is_block_device() => 'b',
        () if kind.is_fifo() => 'p',
        () if kind.is_socket() => 's',
        () => '-',
    };
    let mut text = String::from(first);
    for (index, letter) in "rwxrwxrwx".chars().enumerate() {
        text.push(if metadata.mode() & (0o400 >> index) != 0 {
            letter
        } else {
            '-'
        });
    }
    text
}

/// Does something to every named file.
fn on_all(program: &str, names: &[&String], run: impl Fn(&Path) -> io::Result<()>) -> i32 {
    let mut code = 0;
    for name in names {
        if let Err(error) = run(Path::new(name)) {
            code = output::fail(program, name, &error);
        }
    }
    code
}

pub(crate) fn mkdir(args: &[String]) -> i32 {
    let (letters, names) = options(args);
    let parents = letters.contains('p');
    on_all("mkdir", &names, |path| {
        if parents {
            fs::create_dir_all(path)
        } else {
            fs::create_dir(path)
        }
    })
}

pub(crate) fn rm(args: &[String]) -> i32 {
    let (letters, names) = options(args);
    let (recursive, force) = (letters.contains(['r', 'R']), letters.contains('f'));
    on_all("rm", &names, |path| {
        let removed = fs::symlink_metadata(path).and_then(|metadata| {
            if metadata.is_dir() && recursive {
                fs::remove_dir_all(path)
            } else {
                fs::remove_file(path)
            }
        });
        match removed {
            Err(error) if force && error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    })
}

pub(crate) fn touch(args: &[String]) -> i32 {
    let (_, names) = options(args);
    on_all("touch", &names, |path| {
        let file = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)?;
        file.set_modified(std::time::SystemTime::now())
    })
}

pub(crate) fn chmod(args: &[String]) -> i32 {
    let Some((mode, names)) = args.split_first() else {
        return 2;
    };
    let names: Vec<_> = names.iter().collect();
    let Ok(mode) = u32::from_str_radix(mode, 8) else {
        eprintln!("chmod: {mode}: only octal modes are known");
        return 2;
    };
    on_all("chmod", &names, |path| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode))
    })
}

/// The target of a copy or move: a folder takes the file under its own name.
fn target(from: &Path, to: &Path) -> PathBuf {
    match from.file_name() {
        Some(name) if to.is_dir() => to.join(name),
        _ => to.to_owned(),
    }
}

fn two(program: &str, args: &[String], run: impl Fn(&Path, &Path) -> io::Result<()>) -> i32 {
    let (_, names) = options(args);
    let [from, to] = names.as_slice() else {
        eprintln!("usage: {program} FROM TO");
        return 2;
    };
    match run(Path::new(from), Path::new(to)) {
        Ok(()) => 0,
        Err(error) => output::fail(program, from, &error),
    }
}

pub(crate) fn cp(args: &[String]) -> i32 {
    two("cp", args, |from, to| {
        fs::copy(from, target(from, to)).map(drop)
    })
}

pub(crate) fn mv(args: &[String]) -> i32 {
    two("mv", args, |from, to| {
        let to = target(from, to);
        match fs::rename(from, &to) {
            Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
                fs::copy(from, &to)?;
                fs::remove_file(from)
            }
            other => other,
        }
    })
}

pub(crate) fn ln(args: &[String]) -> i32 {
    let (letters, _) = options(args);
    let symbolic = letters.contains('s');
    two("ln", args, |from, to| {
        let to = target(from, to);
        if symbolic {
            std::os::unix::fs::symlink(from, to)
        } else {
            fs::hard_link(from, to)
        }
    })
}

pub(crate) fn basename(args: &[String]) -> i32 {
    let Some(path) = args.first() else { return 2 };
    let name = path
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    output::print(&format!("{name}\n"));
    0
}
