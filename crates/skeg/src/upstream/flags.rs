//! Flags as upstream's programs take them: `--name=value`, `--name value`,
//! a bare `--name` for a switch, `-v4`; lists that grow with every mention;
//! words joined by `_` as well as by `-`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::IpAddr;

use crate::config::nearest;

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A switch.
    Bool,
    /// A whole number.
    Int,
    /// A number.
    Float,
    /// `1m30s`.
    Duration,
    /// Any text.
    Text,
    /// Texts joined by commas, or the flag given several times.
    List,
    /// The flag given several times; commas belong to the text.
    Array,
    /// `key=value` joined by commas.
    Map,
    /// An address.
    Ip,
    /// `30000-32767`.
    Ports,
}

/// What becomes of a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// It sets something.
    Sets,
    /// What it asks for holds in any case, whatever its value.
    Always,
    /// It is taken, and warned of unless it has this value: what it chooses is not to be chosen here.
    Fixed(&'static str),
    /// To go on without it would not be what was asked for.
    Refused(&'static str),
}

/// A flag.
#[derive(Debug)]
pub struct Flag {
    /// Its name, without dashes.
    pub name: &'static str,
    /// How its value reads.
    pub kind: Kind,
    /// What is so without it; empty: nothing, zero, false.
    pub default: &'static str,
    /// What becomes of it.
    pub becomes: Use,
    /// One line of help.
    pub help: &'static str,
}

/// Flags under a common heading.
pub struct Section {
    /// The heading.
    pub name: &'static str,
    /// The flags.
    pub flags: &'static [Flag],
}

/// The values given, checked.
#[derive(Debug, Default, PartialEq)]
pub struct Given {
    values: BTreeMap<&'static str, Vec<String>>,
    /// What is worth a warning.
    pub warnings: Vec<String>,
    /// `--help` was among them.
    pub help: bool,
    /// `--version` was among them.
    pub version: bool,
}

/// Reads a command line by a table.
///
/// # Errors
/// A flag is not known, a value is missing or does not parse, or a flag is refused by name.
pub fn parse(sections: &'static [Section], args: &[String]) -> Result<Given, String> {
    let mut given = Given::default();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let (name, value) = split(arg)?;
        match name.as_str() {
            "help" | "h" => {
                given.help = true;
                continue;
            }
            "version" => {
                given.version = value.as_deref() != Some("false");
                continue;
            }
            _ => {}
        }
        let flag = find(sections, &name).ok_or_else(|| unknown(sections, &name))?;
        let value = match value {
            Some(value) => value,
            None if flag.kind == Kind::Bool => "true".to_owned(),
            None => rest
                .next()
                .ok_or_else(|| format!("flag needs an argument: --{}", flag.name))?
                .clone(),
        };
        check(flag, &value)?;
        match flag.becomes {
            Use::Refused(why) => return Err(format!("--{} cannot be honoured: {why}", flag.name)),
            Use::Fixed(only) if value != only => given.warnings.push(format!(
                "--{} has no effect: {}",
                flag.name,
                if only.is_empty() {
                    "there is nothing of that kind here".to_owned()
                } else {
                    format!("it is always {only}")
                }
            )),
            _ => {}
        }
        let values = given.values.entry(flag.name).or_default();
        match flag.kind {
            Kind::List | Kind::Map => values.extend(
                value
                    .split(',')
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(str::to_owned),
            ),
            Kind::Array => values.push(value),
            // The last mention counts.
            _ => *values = vec![value],
        }
    }
    Ok(given)
}

/// `--name=value`, `--name`, `-v=4`, `-v4`, `-v`.
fn split(arg: &str) -> Result<(String, Option<String>), String> {
    let long = arg.strip_prefix("--").filter(|name| !name.is_empty());
    let Some(text) = long.or_else(|| arg.strip_prefix('-').filter(|name| !name.is_empty())) else {
        return Err(format!("unexpected argument {arg:?}: only flags are taken"));
    };
    if long.is_none() && text.len() > 1 && !text.starts_with(|c: char| !c.is_ascii_alphabetic()) {
        let (name, value) = text.split_at(1);
        let value = value.strip_prefix('=').unwrap_or(value);
        return Ok((name.to_owned(), Some(value.to_owned())));
    }
    Ok(match text.split_once('=') {
        Some((name, value)) => (name.replace('_', "-"), Some(value.to_owned())),
        None => (text.replace('_', "-"), None),
    })
}

fn all(sections: &'static [Section]) -> impl Iterator<Item = &'static Flag> {
    sections.iter().flat_map(|section| section.flags)
}

fn find(sections: &'static [Section], name: &str) -> Option<&'static Flag> {
    all(sections).find(|flag| flag.name == name)
}

fn unknown(sections: &'static [Section], name: &str) -> String {
    let names: Vec<&str> = all(sections).map(|flag| flag.name).collect();
    match nearest(name, &names) {
        Some(near) => format!("unknown flag: --{name}; did you mean --{near}?"),
        None => format!("unknown flag: --{name}"),
    }
}

fn check(flag: &Flag, value: &str) -> Result<(), String> {
    let good = match flag.kind {
        Kind::Bool => boolean(value).is_some(),
        Kind::Int => value.parse::<i64>().is_ok(),
        Kind::Float => value.parse::<f64>().is_ok(),
        Kind::Duration => value.parse::<skeg_meta::Duration>().is_ok(),
        Kind::Ip => value.parse::<IpAddr>().is_ok(),
        Kind::Ports => ports(value).is_some(),
        Kind::Map => value
            .split(',')
            .all(|pair| pair.is_empty() || pair.contains('=')),
        Kind::Text | Kind::List | Kind::Array => true,
    };
    if good {
        return Ok(());
    }
    Err(format!(
        "invalid argument {value:?} for \"--{}\" flag: expected {}",
        flag.name,
        match flag.kind {
            Kind::Bool => "true or false",
            Kind::Int => "a whole number",
            Kind::Float => "a number",
            Kind::Duration => "a duration such as 1m30s",
            Kind::Ip => "an IP address",
            Kind::Ports => "a range of ports such as 30000-32767",
            _ => "key=value pairs joined by commas",
        }
    ))
}

/// As Go's `strconv.ParseBool`.
fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// `FIRST-LAST` or `FIRST+COUNT`.
pub fn ports(text: &str) -> Option<(u16, u16)> {
    if let Some((first, last)) = text.split_once('-') {
        let (first, last) = (first.parse().ok()?, last.parse().ok()?);
        return (first <= last).then_some((first, last));
    }
    if let Some((first, more)) = text.split_once('+') {
        let first: u16 = first.parse().ok()?;
        return Some((first, first.checked_add(more.parse().ok()?)?));
    }
    let port = text.parse().ok()?;
    Some((port, port))
}

impl Given {
    /// The value given, as it was written.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values
            .get(name)?
            .last()
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }

    /// Whether the flag is there at all.
    pub fn is_given(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// A flag that is there whose name begins so.
    pub fn any_given(&self, prefix: &str) -> Option<&'static str> {
        self.values
            .keys()
            .copied()
            .find(|name| name.starts_with(prefix))
    }

    /// The values of a list.
    pub fn list(&self, name: &str) -> &[String] {
        self.values.get(name).map_or(&[], Vec::as_slice)
    }

    /// The pairs of a map; of two for one key the later.
    pub fn map(&self, name: &str) -> BTreeMap<String, String> {
        self.list(name)
            .iter()
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
            .collect()
    }

    /// A value of a type that the flag's kind has been checked for.
    pub fn parsed<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.text(name)?.parse().ok()
    }

    /// A switch.
    pub fn switch(&self, name: &str, default: bool) -> bool {
        self.text(name).and_then(boolean).unwrap_or(default)
    }

    /// A duration.
    pub fn duration(&self, name: &str) -> Option<std::time::Duration> {
        self.parsed::<skeg_meta::Duration>(name).map(|d| d.0)
    }

    /// A path.
    pub fn path(&self, name: &str) -> Option<std::path::PathBuf> {
        self.text(name).map(Into::into)
    }
}

/// What `--help` prints: each flag at the start of a line of its own.
pub fn help(program: &str, about: &str, sections: &'static [Section]) -> String {
    let mut out = format!("{about}\n\nUsage:\n  {program} [flags]\n");
    for section in sections {
        let _ = write!(out, "\n{} flags:\n\n", section.name);
        for flag in section.flags {
            if matches!(flag.becomes, Use::Refused(_)) {
                continue;
            }
            let dashes = if flag.name.len() == 1 { "-" } else { "--" };
            let kind = match flag.kind {
                Kind::Bool => "",
                Kind::Int => " int",
                Kind::Float => " float",
                Kind::Duration => " duration",
                Kind::Text => " string",
                Kind::List => " strings",
                Kind::Array => " stringArray",
                Kind::Map => " mapStringString",
                Kind::Ip => " ip",
                Kind::Ports => " portRange",
            };
            let mut text = flag.help.to_owned();
            if let Use::Fixed(only) = flag.becomes {
                text.push_str(if only.is_empty() {
                    " (no effect)"
                } else {
                    " (cannot be changed)"
                });
            }
            if !flag.default.is_empty() {
                let _ = write!(text, " (default {})", flag.default);
            }
            let _ = writeln!(out, "  {dashes}{}{kind}\n        {text}", flag.name);
        }
    }
    let _ = write!(
        out,
        "\nGlobal flags:\n\n  --help\n        this text\n  --version\n        the version\n"
    );
    let refused: Vec<&str> = all(sections)
        .filter(|flag| matches!(flag.becomes, Use::Refused(_)))
        .map(|flag| flag.name)
        .collect();
    if !refused.is_empty() {
        let _ = write!(
            out,
            "\nRefused, because going on without them would not be what was asked for: {}\n",
            refused.join(", ")
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &[Section] = &[Section {
        name: "Test",
        flags: &[
            row("secure-port", Kind::Int, Use::Sets),
            row("allow", Kind::Bool, Use::Sets),
            row("modes", Kind::List, Use::Sets),
            row("issuer", Kind::Array, Use::Sets),
            row("gates", Kind::Map, Use::Sets),
            row("wait", Kind::Duration, Use::Sets),
            row("media", Kind::Text, Use::Fixed("protobuf")),
            row("abac", Kind::Text, Use::Refused("there is no ABAC")),
            row("v", Kind::Int, Use::Sets),
        ],
    }];

    const fn row(name: &'static str, kind: Kind, becomes: Use) -> Flag {
        Flag {
            name,
            kind,
            default: "",
            becomes,
            help: "what it does",
        }
    }

    fn read(line: &str) -> Result<Given, String> {
        let args: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(TABLE, &args)
    }

    #[test]
    fn values_come_in_every_form() {
        let given = read(
            "--secure-port 7000 --secure_port=7001 --allow --modes=Node,RBAC --modes Webhook \
             --issuer a,b --issuer=c --gates=a=1,b=2 --gates=b=3 -v4 --wait=1m5s",
        )
        .unwrap();
        assert_eq!(given.parsed::<u16>("secure-port"), Some(7001));
        assert!(given.switch("allow", false));
        assert_eq!(given.list("modes"), ["Node", "RBAC", "Webhook"]);
        assert_eq!(given.list("issuer"), ["a,b", "c"]);
        assert_eq!(given.map("gates")["b"], "3");
        assert_eq!(given.text("v"), Some("4"));
        assert_eq!(given.duration("wait").unwrap().as_secs(), 65);
        assert!(!read("--allow=false").unwrap().switch("allow", true));
        assert!(read("--help").unwrap().help && read("-h").unwrap().help);
    }

    #[test]
    fn what_cannot_be_taken_is_named() {
        let check = |line: &str, expect: &str| {
            let said = read(line).unwrap_err();
            assert!(said.contains(expect), "{said}");
        };
        check("--secure-prt=1", "did you mean --secure-port?");
        check(
            "--secure-port=x",
            "invalid argument \"x\" for \"--secure-port\" flag",
        );
        check("--secure-port", "flag needs an argument: --secure-port");
        check("--abac=f", "--abac cannot be honoured: there is no ABAC");
        check("serve", "unexpected argument \"serve\"");
        check("--gates=a", "key=value");
        assert!(read("--media=protobuf").unwrap().warnings.is_empty());
        let warned = read("--media=json").unwrap().warnings;
        assert_eq!(warned, ["--media has no effect: it is always protobuf"]);
    }

    #[test]
    fn ranges_of_ports() {
        assert_eq!(ports("30000-32767"), Some((30000, 32767)));
        assert_eq!(ports("30000+9"), Some((30000, 30009)));
        assert_eq!(ports("80"), Some((80, 80)));
        assert_eq!(ports("9-1"), None);
    }

    #[test]
    fn help_has_each_flag_at_the_start_of_a_line() {
        let text = help("p", "about", TABLE);
        let listed = |name: &str| {
            text.lines()
                .any(|line| line.trim_start().starts_with(&format!("--{name}")))
        };
        assert!(listed("secure-port") && listed("media") && !listed("abac"));
        assert!(text.contains("Refused, because") && text.contains("abac"));
    }
}
