//! What happened in a cluster, told so that a person can follow it: every write
//! in order, with who made it, and what it changed.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::io::IsTerminal;

use jiff::Timestamp;
use skeg_schema::Value;

use crate::cluster::Cluster;
use crate::error::Error;
use crate::history::{Change, ChangeKind};
use crate::traffic::Entry;

/// Lines of a timeline; earlier ones are only counted.
const LINES_MAX: usize = 120;
/// Changed fields that a line tells.
const FIELDS_MAX: usize = 6;

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    /// When, by the cluster's clock.
    pub at: Option<Timestamp>,
    /// The revision that was made; 0 for a request that was refused.
    pub revision: u64,
    /// The program or controller that asked.
    pub who: String,
    /// `create`, `patch`, …
    pub verb: String,
    /// `Deployment default/web`.
    pub subject: String,
    /// What changed, or what a refusal said.
    pub what: String,
    kind: Look,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    Plain,
    Event,
    Refusal,
}

/// Everything that was written to a cluster, and what was refused.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The lines, in the order of what happened.
    pub lines: Vec<Line>,
}

/// `deployment-controller` for its service account, else the program.
fn who(entry: &Entry) -> String {
    const CONTROLLERS: &str = "system:serviceaccount:kube-system:";
    if let Some(controller) = entry.user.strip_prefix(CONTROLLERS) {
        return controller.to_owned();
    }
    if let Some(node) = entry.user.strip_prefix("system:node:") {
        return format!("kubelet {node}");
    }
    let program = entry.about.program();
    match entry.user.as_str() {
        "" | "admin" => program.to_owned(),
        user if user.starts_with("system:kube-") => program.to_owned(),
        user => format!("{program} as {user}"),
    }
}

fn is_noise(change: &Change) -> bool {
    change
        .object()
        .is_none_or(|object| object.gvk().kind == "Lease")
}

fn what(change: &Change) -> (String, Look) {
    let Some(object) = change.object() else {
        return (String::new(), Look::Plain);
    };
    if object.gvk().kind == "Event" {
        let tree = object.value();
        let text = |path: &[&str]| tree.at(path).and_then(Value::as_str).unwrap_or_default();
        let about = if tree["involvedObject"].is_null() {
            "regarding"
        } else {
            "involvedObject"
        };
        let message = match text(&["message"]) {
            "" => text(&["note"]),
            message => message,
        };
        let told = format!(
            "{} on {} {}: {message}",
            text(&["reason"]),
            text(&[about, "kind"]),
            text(&[about, "name"]),
        );
        return (told, Look::Event);
    }
    if change.kind != ChangeKind::Updated {
        return (String::new(), Look::Plain);
    }
    let fields = change.fields();
    let mut told: Vec<String> = fields
        .iter()
        .take(FIELDS_MAX)
        .map(ToString::to_string)
        .collect();
    if fields.len() > FIELDS_MAX {
        told.push(format!("and {} more", fields.len() - FIELDS_MAX));
    }
    (told.join(", "), Look::Plain)
}

impl Cluster {
    /// What happened since the test began.
    ///
    /// # Errors
    /// The history does not reach back so far.
    pub async fn timeline(&self) -> Result<Timeline, Error> {
        self.timeline_after(self.begun()).await
    }

    /// What happened after a revision.
    ///
    /// # Errors
    /// The history does not reach back so far.
    pub async fn timeline_after(&self, revision: u64) -> Result<Timeline, Error> {
        let changes = self.changes(revision).await?;
        let mut by_revision: HashMap<u64, Entry> = HashMap::new();
        // Answers without a version, by what they were about.
        let mut others: HashMap<(String, String, String), VecDeque<Entry>> = HashMap::new();
        let mut refused: VecDeque<Entry> = VecDeque::new();
        for entry in self.inner.traffic.entries() {
            if !entry.about.writes() {
                continue;
            }
            if entry.code >= 400 {
                refused.push_back(entry);
            } else if entry.revision > 0 && entry.about.verb != "delete" {
                by_revision.entry(entry.revision).or_insert(entry);
            } else {
                let about = &entry.about;
                let key = (
                    about.resource.clone(),
                    about.namespace.clone(),
                    about.name.clone(),
                );
                others.entry(key).or_default().push_back(entry);
            }
        }
        let mut lines = Vec::new();
        for change in &changes {
            if is_noise(change) {
                continue;
            }
            let entry = by_revision
                .remove(&change.revision)
                .or_else(|| asked_without_version(change, &mut others));
            while let Some(refusal) = refused.front()
                && entry
                    .as_ref()
                    .is_some_and(|entry| refusal.number < entry.number)
                && let Some(refusal) = refused.pop_front()
            {
                lines.push(of_refusal(&refusal));
            }
            lines.push(of_change(change, entry.as_ref()));
        }
        lines.extend(refused.iter().map(of_refusal));
        Ok(Timeline { lines })
    }
}

/// The request behind a change whose answer told no version: a deletion.
fn asked_without_version(
    change: &Change,
    others: &mut HashMap<(String, String, String), VecDeque<Entry>>,
) -> Option<Entry> {
    let object = change.object()?;
    let plural = skeg_client::ApiResource::built_in(
        &object.gvk().group,
        &object.gvk().version,
        &object.gvk().kind,
    )
    .map_or_else(
        || format!("{}s", object.gvk().kind.to_lowercase()),
        |resource| resource.plural.into_owned(),
    );
    let mut key = (
        plural,
        object.namespace().to_owned(),
        object.name().to_owned(),
    );
    if let Some(entry) = others.get_mut(&key).and_then(VecDeque::pop_front) {
        return Some(entry);
    }
    key.2.clear();
    others.get(&key).and_then(|all| all.front()).cloned()
}

fn of_change(change: &Change, entry: Option<&Entry>) -> Line {
    let (mut what, look) = what(change);
    if change.kind == ChangeKind::Updated && what.is_empty() {
        what.push_str("(only who manages which fields)");
    }
    let verb = match (entry, change.kind) {
        (Some(entry), _) if entry.about.subresource.is_empty() => entry.about.verb.to_owned(),
        (Some(entry), _) => format!("{} {}", entry.about.verb, entry.about.subresource),
        (None, ChangeKind::Created) => "create".to_owned(),
        (None, ChangeKind::Updated) => "update".to_owned(),
        (None, ChangeKind::Deleted) => "gone".to_owned(),
    };
    let verb = match change.kind {
        ChangeKind::Deleted if !verb.starts_with("delete") && verb != "gone" => {
            format!("{verb} (gone)")
        }
        _ => verb,
    };
    Line {
        at: entry.map(|entry| entry.at),
        revision: change.revision,
        who: entry.map_or_else(|| "the server".to_owned(), who),
        verb,
        subject: change.subject(),
        what,
        kind: look,
    }
}

fn of_refusal(entry: &Entry) -> Line {
    let injected = if entry.injected { " (injected)" } else { "" };
    Line {
        at: Some(entry.at),
        revision: 0,
        who: who(entry),
        verb: entry.about.verb.to_owned(),
        subject: entry
            .about
            .to_string()
            .split_once(' ')
            .map_or_else(String::new, |(_, rest)| rest.to_owned()),
        what: format!("refused with {}{injected}: {}", entry.code, entry.message),
        kind: Look::Refusal,
    }
}

/// Whether the reader sees colours: a terminal, and no CI.
fn coloured() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    std::io::stderr().is_terminal() && !is_set("NO_COLOR") && !is_set("CI")
}

impl Timeline {
    /// Only what is about objects whose subject contains a text, in whatever case; a resource
    /// (`webapps`) stands for its kind.
    #[must_use]
    pub fn about(mut self, text: &str) -> Self {
        let text = text.to_lowercase();
        let singular = text.strip_suffix('s').filter(|kind| !kind.is_empty());
        self.lines.retain(|line| {
            let (subject, what) = (line.subject.to_lowercase(), line.what.to_lowercase());
            let mut wanted = [Some(text.as_str()), singular].into_iter().flatten();
            wanted.any(|wanted| subject.contains(wanted)) || what.contains(&text)
        });
        self
    }

    /// As text, with colours or without.
    #[must_use]
    pub fn render(&self, colours: bool) -> String {
        let paint = |text: &str, code: &str| {
            if colours {
                format!("\x1b[{code}m{text}\x1b[0m")
            } else {
                text.to_owned()
            }
        };
        let mut out = String::new();
        if self.lines.is_empty() {
            out.push_str("  nothing\n");
        }
        let left_out = self.lines.len().saturating_sub(LINES_MAX);
        if left_out > 0 {
            let _ = writeln!(out, "  … {left_out} earlier lines");
        }
        // Who asked first is not always served first.
        let start = self.lines.iter().filter_map(|line| line.at).min();
        let lines = &self.lines[left_out..];
        let widest = |of: fn(&Line) -> &str, most: usize| {
            let widths = lines.iter().map(|line| of(line).chars().count());
            widths.max().unwrap_or(0).min(most)
        };
        let who_width = widest(|line| &line.who, 32);
        let verb_width = widest(|line| &line.verb, 16);
        for line in lines {
            let since = match (line.at, start) {
                (Some(at), Some(start)) => {
                    format!("{:>10.3}s", at.duration_since(start).as_secs_f64())
                }
                _ => " ".repeat(11),
            };
            let revision = match line.revision {
                0 => String::new(),
                revision => revision.to_string(),
            };
            let head = format!(
                "{since} {revision:>6}  {:<who_width$}  {:<verb_width$}",
                line.who, line.verb
            );
            let (subject, what) = match line.kind {
                Look::Plain => (paint(&line.subject, "1"), line.what.clone()),
                Look::Event => (paint(&line.subject, "2"), paint(&line.what, "36")),
                Look::Refusal => (paint(&line.subject, "31"), paint(&line.what, "31")),
            };
            let _ = writeln!(out, "{}  {subject}  {what}", paint(&head, "2"));
        }
        out
    }

    /// As text, with colours where the reader sees them.
    #[must_use]
    pub fn text(&self) -> String {
        self.render(coloured())
    }
}

impl std::fmt::Display for Timeline {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.render(false))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_before_the_beginning() {
        let line = |millis: i64, revision: u64| Line {
            at: Timestamp::from_millisecond(millis).ok(),
            revision,
            who: "test".to_owned(),
            verb: "create".to_owned(),
            subject: "ConfigMap default/m".to_owned(),
            what: String::new(),
            kind: Look::Plain,
        };
        let timeline = Timeline {
            lines: vec![line(1001, 7), line(1000, 8)],
        };
        let text = timeline.render(false);
        let times: Vec<&str> = text
            .split_whitespace()
            .filter(|w| w.ends_with('s'))
            .collect();
        assert_eq!(times, ["0.001s", "0.000s"], "{text}");
        for (about, count) in [("configmaps", 2), ("DEFAULT/M", 2), ("pods", 0)] {
            let found = timeline.clone().about(about);
            assert_eq!(found.lines.len(), count, "{about}");
        }
        let none = timeline.about("pods").render(false);
        assert_eq!(none.trim(), "nothing");
    }
}
