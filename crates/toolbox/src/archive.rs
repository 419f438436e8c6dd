//! `tar`: what `kubectl cp` needs of it.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::output;

#[derive(Debug, Default, PartialEq)]
struct Job {
    action: Option<char>,
    file: Option<PathBuf>,
    folder: Option<PathBuf>,
    verbose: bool,
    keep_times: bool,
    names: Vec<PathBuf>,
}

fn job(args: &[String]) -> Result<Job, String> {
    let mut job = Job {
        keep_times: true,
        ..Job::default()
    };
    let mut rest = args.iter();
    let mut first = true;
    while let Some(arg) = rest.next() {
        let letters = match arg.strip_prefix('-') {
            Some("-directory") => "C",
            Some("-file") => "f",
            Some(long) if long.starts_with('-') => return Err(format!("unknown option {arg}")),
            Some(letters) => letters,
            // The dash before the first letters may be left out.
            None if first => arg.as_str(),
            None => {
                job.names.push(PathBuf::from(arg));
                continue;
            }
        };
        first = false;
        for letter in letters.chars() {
            let mut value = || {
                rest.next()
                    .map(PathBuf::from)
                    .ok_or(format!("-{letter} needs a value"))
            };
            match letter {
                'c' | 'x' | 't' => job.action = Some(letter),
                'f' => job.file = Some(value()?),
                'C' => job.folder = Some(value()?),
                'v' => job.verbose = true,
                'm' => job.keep_times = false,
                'p' | 'o' => {}
                other => return Err(format!("unknown option -{other}")),
            }
        }
    }
    Ok(job)
}

/// `tar c|x|t [-f FILE] [-C FOLDER] [-v] [-m] [NAME…]`, unpacked archives only.
pub(crate) fn tar(args: &[String]) -> i32 {
    let job = match job(args) {
        Ok(job) => job,
        Err(message) => {
            eprintln!("tar: {message}");
            return 2;
        }
    };
    let done = match job.action {
        Some('c') => create(&job),
        Some('x') => extract(&job),
        Some(_) => list(&job),
        None => {
            eprintln!("usage: tar c|x|t [-f FILE] [-C FOLDER] [-v] [-m] [NAME…]");
            return 2;
        }
    };
    match done {
        Ok(()) => 0,
        Err(error) => output::fail("tar", "archive", &error),
    }
}

fn input(job: &Job) -> io::Result<Box<dyn Read>> {
    Ok(match job.file.as_deref() {
        None => Box::new(io::stdin()),
        Some(path) if path == Path::new("-") => Box::new(io::stdin()),
        Some(path) => Box::new(File::open(path)?),
    })
}

fn create(job: &Job) -> io::Result<()> {
    let target: Box<dyn Write> = match job.file.as_deref() {
        None => Box::new(io::stdout()),
        Some(path) if path == Path::new("-") => Box::new(io::stdout()),
        Some(path) => Box::new(File::create(path)?),
    };
    let mut builder = tar::Builder::new(target);
    builder.follow_symlinks(false);
    let folder = job.folder.clone().unwrap_or_default();
    for name in &job.names {
        let path = folder.join(name);
        // Names in archives are relative.
        let inside = name.strip_prefix("/").unwrap_or(name);
        let metadata = std::fs::symlink_metadata(&path).map_err(|error| {
            io::Error::new(error.kind(), format!("{}: {error}", path.display()))
        })?;
        if metadata.is_dir() {
            builder.append_dir_all(inside, &path)?;
        } else {
            builder.append_path_with_name(&path, inside)?;
        }
        if job.verbose {
            eprintln!("{}", inside.display());
        }
    }
    builder.into_inner()?.flush()
}

fn extract(job: &Job) -> io::Result<()> {
    let mut archive = tar::Archive::new(input(job)?);
    archive.set_preserve_mtime(job.keep_times);
    archive.set_overwrite(true);
    let folder = job.folder.clone().unwrap_or_else(|| PathBuf::from("."));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if job.verbose {
            eprintln!("{}", entry.path()?.display());
        }
        entry.unpack_in(&folder)?;
    }
    Ok(())
}

fn list(job: &Job) -> io::Result<()> {
    let mut archive = tar::Archive::new(input(job)?);
    for entry in archive.entries()? {
        output::print(&format!("{}\n", entry?.path()?.display()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read() {
        let parse = |text: &str| job(&text.split(' ').map(str::to_owned).collect::<Vec<_>>());
        // What kubectl cp runs, both ways.
        let made = parse("cf - /a/b").unwrap();
        assert_eq!(
            (made.action, made.names),
            (Some('c'), vec![PathBuf::from("/a/b")])
        );
        let made = parse("-xmf - -C /dest").unwrap();
        assert_eq!((made.action, made.keep_times), (Some('x'), false));
        assert_eq!(made.folder, Some(PathBuf::from("/dest")));
        assert!(parse("xq").is_err() && parse("xf").is_err());
    }

    #[test]
    fn what_goes_in_comes_out() {
        let folder = std::env::temp_dir().join(format!("skeg-tar-{}", std::process::id()));
        std::fs::create_dir_all(folder.join("a/b")).unwrap();
        std::fs::create_dir_all(folder.join("out")).unwrap();
        std::fs::write(folder.join("a/b/c"), "content").unwrap();
        std::os::unix::fs::symlink("b/c", folder.join("a/link")).unwrap();
        let base = folder.display().to_string();
        let run = |text: String| tar(&text.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(run(format!("cf {base}/x.tar -C {base} a")), 0);
        assert_eq!(run(format!("xf {base}/x.tar -C {base}/out")), 0);
        assert_eq!(
            std::fs::read_to_string(folder.join("out/a/b/c")).unwrap(),
            "content"
        );
        assert!(folder.join("out/a/link").is_symlink());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
