//! A small shell: enough for `kubectl exec -it … -- sh`, probes, and scripts of examples.
//!
//! It never forks: what other shells do in a forked copy, this one does in a thread with a copy
//! of its state, where every command gets its streams as values.

mod arithmetic;
mod builtins;
mod eval;
mod expand;
mod parse;
mod syntax;
mod traps;

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{self, Read as _, Write as _},
    os::fd::OwnedFd,
    path::PathBuf,
    process::Child,
    sync::{Arc, Mutex},
};

use self::{parse::ParseError, syntax::Node, traps::Traps};

/// The standard streams of a command; an absent one is closed.
#[derive(Clone, Default)]
pub(crate) struct Io(pub [Option<Arc<OwnedFd>>; 3]);

impl Io {
    fn inherited() -> io::Result<Self> {
        let copy = |fd: io::Result<OwnedFd>| fd.map(|fd| Some(Arc::new(fd)));
        use std::os::fd::AsFd as _;
        let stdin = copy(io::stdin().as_fd().try_clone_to_owned())?;
        let stdout = copy(io::stdout().as_fd().try_clone_to_owned())?;
        let stderr = copy(io::stderr().as_fd().try_clone_to_owned())?;
        Ok(Self([stdin, stdout, stderr]))
    }

    /// Writes to standard output or error; who has gone does not hear it.
    fn write(&self, stream: usize, text: &str) -> bool {
        let Some(fd) = &self.0[stream] else {
            return false;
        };
        let Ok(fd) = fd.try_clone() else { return false };
        File::from(fd).write_all(text.as_bytes()).is_ok()
    }

    fn error(&self, text: &str) {
        self.write(2, &format!("sh: {text}\n"));
    }
}

#[derive(Clone, Copy, Default)]
struct Options {
    exit_on_error: bool,
    trace: bool,
    unset_is_error: bool,
    interactive: bool,
}

/// A shell's state. A copy is what a subshell has.
#[derive(Clone)]
struct Shell {
    /// Value, and whether programs see it.
    variables: BTreeMap<String, (String, bool)>,
    functions: HashMap<String, Arc<Node>>,
    name: String,
    args: Vec<String>,
    last: i32,
    last_background: Option<u32>,
    background: Arc<Mutex<Vec<Child>>>,
    cwd: PathBuf,
    options: Options,
    traps: Arc<Traps>,
    depth: usize,
    /// Within how many conditions: failures end no script there.
    tested: usize,
}

impl Shell {
    fn new(name: String) -> Self {
        let from_outside = std::env::vars_os().filter_map(|(name, value)| {
            Some((
                name.into_string().ok()?,
                (value.to_string_lossy().into_owned(), true),
            ))
        });
        Self {
            variables: from_outside.collect(),
            functions: HashMap::new(),
            name,
            args: Vec::new(),
            last: 0,
            last_background: None,
            background: Arc::default(),
            cwd: std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")),
            options: Options::default(),
            traps: Arc::default(),
            depth: 0,
            tested: 0,
        }
    }

    fn lookup(&self, name: &str) -> Option<String> {
        match name {
            "?" => Some(self.last.to_string()),
            "$" => Some(std::process::id().to_string()),
            "#" => Some(self.args.len().to_string()),
            "!" => self.last_background.map(|pid| pid.to_string()),
            "@" | "*" => Some(self.args.join(" ")),
            "0" => Some(self.name.clone()),
            "-" => Some(String::new()),
            "PWD" => Some(self.cwd.display().to_string()),
            _ => match name.parse::<usize>() {
                Ok(number) => self.args.get(number - 1).cloned(),
                Err(_) => self.variables.get(name).map(|(value, _)| value.clone()),
            },
        }
    }

    fn value(&self, name: &str) -> String {
        self.lookup(name).unwrap_or_default()
    }

    fn set(&mut self, name: &str, value: String) {
        self.variables.entry(name.to_owned()).or_default().0 = value;
    }

    /// Parses and runs a text.
    fn run_text(&mut self, text: &str, io: &Io) -> eval::Outcome {
        match parse::parse(text) {
            Ok(node) => self.run(&node, io),
            Err(error) => {
                io.error(&match error {
                    ParseError::Incomplete => "syntax error: unexpected end".to_owned(),
                    ParseError::Bad(message) => message,
                });
                Ok(2)
            }
        }
    }
}

/// The shell as a program.
pub(crate) fn main(name: &str, args: &[String]) -> i32 {
    let io = match Io::inherited() {
        Ok(io) => io,
        Err(error) => {
            eprintln!("sh: {error}");
            return 2;
        }
    };
    let mut shell = Shell::new(name.to_owned());
    let (mut command, mut force_interactive, mut from_stdin) = (false, false, false);
    let mut rest = args;
    while let [first, more @ ..] = rest
        && let Some(letters) = first.strip_prefix('-')
        && !letters.is_empty()
    {
        rest = more;
        if letters == "-" {
            break;
        }
        for letter in letters.chars() {
            match letter {
                'c' => command = true,
                'e' => shell.options.exit_on_error = true,
                'x' => shell.options.trace = true,
                'u' => shell.options.unset_is_error = true,
                'i' => force_interactive = true,
                's' => from_stdin = true,
                'l' => {}
                other => {
                    io.error(&format!("unknown option -{other}"));
                    return 2;
                }
            }
        }
    }
    if command {
        let [text, more @ ..] = rest else {
            io.error("-c needs a command");
            return 2;
        };
        if let [name, more @ ..] = more {
            shell.name = name.clone();
            shell.args = more.to_vec();
        }
        return shell.script(text, &io, true);
    }
    if let [file, more @ ..] = rest
        && !from_stdin
    {
        shell.name = file.clone();
        shell.args = more.to_vec();
        return match std::fs::read_to_string(file) {
            Ok(text) => shell.script(&text, &io, false),
            Err(error) => {
                io.error(&format!("{file}: {error}"));
                127
            }
        };
    }
    use std::io::IsTerminal as _;
    if force_interactive || io::stdin().is_terminal() {
        return shell.interactive(&io);
    }
    let mut text = String::new();
    if let Err(error) = io::stdin().read_to_string(&mut text) {
        io.error(&error.to_string());
        return 2;
    }
    shell.script(&text, &io, false)
}

impl Shell {
    fn script(&mut self, text: &str, io: &Io, may_replace: bool) -> i32 {
        if may_replace && let Ok(node) = parse::parse(text) {
            // A single command takes the shell's place: signals reach it then.
            self.replace_by(&node, io);
        }
        self.traps.end_by_term();
        let code = match self.run_text(text, io) {
            Ok(code) | Err(eval::Jump::Exit(code) | eval::Jump::Return(code)) => code,
            Err(_) => 0,
        };
        self.at_exit(code, io)
    }

    fn at_exit(&mut self, code: i32, io: &Io) -> i32 {
        let Some(text) = self.traps.take_exit() else {
            return code;
        };
        self.last = code;
        match self.run_text(&text, io) {
            Err(eval::Jump::Exit(code)) => code,
            _ => code,
        }
    }

    fn interactive(&mut self, io: &Io) -> i32 {
        self.options.interactive = true;
        self.traps.end_by_term();
        // The terminal sends INT to the whole foreground: the shell must not end by it. What
        // it starts gets a clean mask again.
        let mut mask = nix::sys::signal::SigSet::empty();
        for signal in [nix::sys::signal::SIGINT, nix::sys::signal::SIGQUIT] {
            mask.add(signal);
        }
        let _ = mask.thread_block();
        let mut pending = String::new();
        let mut input = io::stdin().lines();
        loop {
            let mark = if nix::unistd::geteuid().is_root() {
                "# "
            } else {
                "$ "
            };
            let prompt = match (pending.is_empty(), self.lookup("PS1")) {
                (false, _) => "> ".to_owned(),
                (true, Some(own)) => own,
                (true, None) => format!("{} {mark}", self.cwd.display()),
            };
            io.write(2, &prompt);
            let line = match input.next() {
                Some(Ok(line)) => line,
                Some(Err(_)) | None => {
                    io.write(2, "\n");
                    return self.at_exit(self.last, io);
                }
            };
            pending.push_str(&line);
            pending.push('\n');
            match parse::parse(&pending) {
                Err(ParseError::Incomplete) => continue,
                Err(ParseError::Bad(message)) => {
                    io.error(&message);
                    self.last = 2;
                }
                Ok(node) => match self.run(&node, io) {
                    Ok(code) => self.last = code,
                    Err(eval::Jump::Exit(code)) => return self.at_exit(code, io),
                    Err(_) => {}
                },
            }
            pending.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs a script and answers what it printed and its code.
    fn run(script: &str) -> (String, i32) {
        let (read, write) = nix::unistd::pipe2(nix::fcntl::OFlag::O_CLOEXEC).unwrap();
        let reader = std::thread::spawn(move || io::read_to_string(File::from(read)).unwrap());
        let write = Arc::new(write);
        let null = Arc::new(OwnedFd::from(File::open("/dev/null").unwrap()));
        let io = Io([Some(null), Some(write.clone()), Some(write)]);
        let mut shell = Shell::new("sh".into());
        let code = shell.script(script, &io, false);
        drop((shell, io));
        (reader.join().unwrap(), code)
    }

    fn check(script: &str, output: &str, code: i32) {
        assert_eq!(run(script), (output.to_owned(), code), "{script}");
    }

    #[test]
    fn lists_and_conditions() {
        check("echo a; echo b && echo c || echo d", "a\nb\nc\n", 0);
        check("false || exit 3; echo no", "", 3);
        check("! false && echo yes", "yes\n", 0);
        check(
            "if [ 1 -eq 2 ]; then echo a; elif true; then echo b; else echo c; fi",
            "b\n",
            0,
        );
        check(
            "case abc in x|a*) echo hit;; *) echo miss;; esac",
            "hit\n",
            0,
        );
        check("false; echo $?", "1\n", 0);
        check("nosuchprogram", "sh: nosuchprogram: not found\n", 127);
    }

    #[test]
    fn loops() {
        check(
            "for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done",
            "1\n3\n",
            0,
        );
        check(
            "i=0; while [ $i -lt 3 ]; do i=$((i+1)); done; echo $i",
            "3\n",
            0,
        );
        check(
            "while true; do break; done; until true; do echo no; done; echo $?",
            "0\n",
            0,
        );
        check(
            "for i in a b; do for j in 1 2; do break 2; done; done; echo $i$j",
            "a1\n",
            0,
        );
    }

    #[test]
    fn words() {
        check("a='x  y'; echo $a \"$a\" '$a' \\$a", "x y x  y $a $a\n", 0);
        check("echo ${u:-d} ${HOME:+h} ${#a} x", "d h 0 x\n", 0);
        check(
            "f=a/b.tar.gz; echo ${f##*/} ${f%.*} ${f%%.*}",
            "b.tar.gz a/b.tar a/b\n",
            0,
        );
        check("echo \"$(echo a; echo b)\" `echo c`", "a\nb c\n", 0);
        check(
            "set -- 'a b' c; for x in \"$@\"; do echo \"<$x>\"; done; echo $#",
            "<a b>\n<c>\n2\n",
            0,
        );
        check("set --; for x in \"$@\"; do echo no; done", "", 0);
        check("echo \"\" | wc -c", "1\n", 0);
        check("cd /; echo et[c] /pr[!x]?", "etc /proc\n", 0);
    }

    #[test]
    fn streams() {
        check("echo abc | cat | cat", "abc\n", 0);
        check("echo a | while read x; do echo \"<$x>\"; done", "<a>\n", 0);
        check("cat <<E\nx $((1+1))\nE\necho end", "x 2\nend\n", 0);
        check("cat <<'E'\n$x\nE\n", "$x\n", 0);
        check(
            "echo err >&2; { echo a; echo b; } > /dev/null; (exit 4)",
            "err\n",
            4,
        );
        check("exit 3 | exit 5", "", 5);
        let folder = std::env::temp_dir().join(format!("skeg-sh-{}", std::process::id()));
        let file = folder.display();
        check(
            &format!("echo hi > {file} && cat < {file}; echo x >> {file}; cat {file}; rm {file}"),
            "hi\nhi\nx\n",
            0,
        );
    }

    #[test]
    fn functions_variables_and_options() {
        check(
            "f() { echo \"$1-$#\"; return 7; }; f a b; echo $?",
            "a-2\n7\n",
            0,
        );
        check("x=1; (x=2; cd /tmp; echo $x); echo $x", "2\n1\n", 0);
        check("export A=1; sh_var=2; env | grep -c '^A=1'", "1\n", 0);
        check(
            "set -e; if false; then :; fi; false || true; false; echo no",
            "",
            1,
        );
        check("trap 'echo bye' EXIT; exit 2", "bye\n", 2);
        check("sleep 0.01 & wait $!; echo done", "done\n", 0);
        check("f() { f; }; f", "sh: too deep\n", 2);
        check("echo 'a", "sh: syntax error: unexpected end\n", 2);
    }
}
