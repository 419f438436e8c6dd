//! Whether a server's watches keep what is promised: a checker that runs
//! against any client, of this kit's clusters or of others.
//!
//! The names are etcd's: *ordered* (versions only rise), *unique* (no event
//! comes twice), *atomic* (what was written at once is told at once: a change
//! never shows in two halves), *reliable* (no change is left out), *resumable*
//! (a watch from any version that was seen goes on from there) and
//! *bookmarkable* (a bookmark says that everything up to its version has come).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::time::Duration;

use futures::{FutureExt, StreamExt, stream};
use skeg_api::core::v1::ConfigMap;
use skeg_client::{
    Api, Client, DeleteOptions, DynamicApi, Error, ListOptions, Patch, PatchOptions, SharedEvent,
    WatchOptions,
};
use skeg_schema::json;

/// How long a watch may say nothing while something is still to come.
const PATIENCE: Duration = Duration::from_secs(30);
const LABEL: &str = "testkit.skeg.dev/guarantees";

/// What a watch promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guarantee {
    /// Versions only rise.
    Ordered,
    /// No event comes twice.
    Unique,
    /// What was written at once is told at once.
    Atomic,
    /// No change is left out.
    Reliable,
    /// A watch goes on from any version that was seen.
    Resumable,
    /// After a bookmark nothing comes that is not newer.
    Bookmarkable,
}

/// A promise that was not kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub guarantee: Guarantee,
    /// By which watch, and how.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.guarantee, self.what)
    }
}

/// What a check found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// Writes that were made.
    pub writes: usize,
    /// Events that were checked, over all watches.
    pub events: usize,
    /// Bookmarks that came.
    pub bookmarks: usize,
    /// Watches that were resumed.
    pub resumed: usize,
    /// Promises that were not kept.
    pub violations: Vec<Violation>,
}

impl Report {
    /// # Panics
    /// A promise was not kept.
    #[track_caller]
    pub fn assert_kept(&self) {
        let told: Vec<String> = self.violations.iter().map(ToString::to_string).collect();
        assert!(told.is_empty(), "{}", told.join("\n"));
    }
}

/// One thing that a watch told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A change of an object, with the state that it tells.
    Change {
        /// The version.
        version: u64,
        /// The object's name.
        name: String,
        /// Its state, as the writer numbered it; `None`: it is gone.
        state: Option<String>,
        /// Whether the object's two halves agree.
        whole: bool,
    },
    /// A bookmark.
    Bookmark {
        /// The version.
        version: u64,
    },
}

/// Checks what one watch told against all changes there were, which began after
/// version `from`.
#[must_use]
pub fn check(
    watch: &str,
    from: u64,
    told: &[Told],
    all: &BTreeMap<u64, (String, Option<String>)>,
) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut broken = |guarantee, what: String| {
        found.push(Violation {
            guarantee,
            what: format!("{watch}: {what}"),
        });
    };
    let mut last = from;
    let mut bookmarked = from;
    let mut seen = BTreeSet::new();
    for one in told {
        match one {
            Told::Bookmark { version } => {
                if *version < last {
                    broken(
                        Guarantee::Ordered,
                        format!("a bookmark at {version} after {last}"),
                    );
                }
                let missing = all
                    .range(from + 1..=*version)
                    .find(|(version, _)| !seen.contains(*version));
                if let Some((missing, (name, _))) = missing {
                    let what = format!("bookmark {version} came before {name} at {missing}");
                    broken(Guarantee::Bookmarkable, what);
                }
                bookmarked = bookmarked.max(*version);
                last = last.max(*version);
            }
            Told::Change {
                version,
                name,
                state,
                whole,
            } => {
                if !seen.insert(*version) {
                    broken(Guarantee::Unique, format!("{name} at {version} came twice"));
                } else if *version <= bookmarked && *version > from {
                    let what = format!("{name} at {version} came after bookmark {bookmarked}");
                    broken(Guarantee::Bookmarkable, what);
                } else if *version <= last {
                    broken(
                        Guarantee::Ordered,
                        format!("{name} at {version} came after {last}"),
                    );
                }
                if *version <= from {
                    let what = format!("{name} at {version} came again after {from}");
                    broken(Guarantee::Resumable, what);
                }
                if !whole {
                    broken(
                        Guarantee::Atomic,
                        format!("{name} at {version} is half a change"),
                    );
                }
                match all.get(version) {
                    Some((other, wanted)) if other == name && wanted == state => {}
                    Some((other, wanted)) => {
                        let what = format!(
                            "{version} is {other} {wanted:?}, and was told as {name} {state:?}"
                        );
                        broken(Guarantee::Atomic, what);
                    }
                    None => {
                        let what = format!("{name} at {version} was never written");
                        broken(Guarantee::Reliable, what);
                    }
                }
                last = last.max(*version);
            }
        }
    }
    let end = told.iter().map(|one| match one {
        Told::Change { version, .. } | Told::Bookmark { version } => *version,
    });
    let end = end.max().unwrap_or(from);
    for (version, (name, _)) in all.range(from + 1..=end.max(from + 1)) {
        if *version <= end && !seen.contains(version) {
            broken(
                Guarantee::Reliable,
                format!("{name} at {version} never came"),
            );
        }
    }
    found
}

fn read(event: &SharedEvent) -> Option<Told> {
    let (object, gone) = match event {
        SharedEvent::Added(object) | SharedEvent::Modified(object) => (object, false),
        SharedEvent::Deleted(object) => (object, true),
        SharedEvent::Bookmark {
            resource_version, ..
        } => {
            return Some(Told::Bookmark {
                version: resource_version.parse().ok()?,
            });
        }
        SharedEvent::Error(_) => return None,
    };
    let tree = object.value();
    let half = |key: &str| tree["data"][key].as_str().map(str::to_owned);
    Some(Told::Change {
        version: object.resource_version().parse().ok()?,
        name: object.name().to_owned(),
        state: if gone { None } else { half("one") },
        whole: half("one") == half("other"),
    })
}

/// How much a check does.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Objects that are written.
    pub objects: usize,
    /// Changes of each.
    pub rounds: usize,
    /// Watches beside each other.
    pub watches: usize,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            objects: 16,
            rounds: 20,
            watches: 4,
        }
    }
}

/// Checks a server: writes config maps in a namespace that must be there, and
/// watches them from the beginning, from versions in between and with breaks.
///
/// # Errors
/// The server refuses something.
pub async fn check_server(
    client: &Client,
    namespace: &str,
    effort: Effort,
) -> Result<Report, Error> {
    let maps = Api::<ConfigMap>::namespaced(client.clone(), namespace);
    let run = format!("{:08x}", fastrand::u32(..));
    let selector = format!("{LABEL}={run}");
    let options = ListOptions::default().labels(selector.as_str());
    let begin = maps.list(&options).await?.resource_version;
    let begin: u64 = begin.parse().unwrap_or_default();
    let live: Vec<_> = (0..effort.watches)
        .map(|number| {
            let (client, selector, namespace) =
                (client.clone(), selector.clone(), namespace.to_owned());
            // Every other one breaks off again and again.
            let breaks = (number % 2 == 1).then_some(3 + number);
            async move {
                let mut watcher = Watcher::new(client, &namespace, selector, begin);
                watcher.until_quiet(breaks, effort).await.map(|()| watcher)
            }
        })
        .collect();
    let (written, watched) = futures::join!(
        write_all(&maps, &run, effort),
        futures::future::try_join_all(live)
    );
    let (mut all, deleted) = written?;
    let watched = watched?;
    let mut report = Report {
        writes: all.len() + deleted.len(),
        violations: learn_deletions(&mut all, &deleted, &watched),
        ..Report::default()
    };
    for (number, watcher) in watched.into_iter().enumerate() {
        let name = format!("watch {number}");
        report.add(&name, begin, &watcher.told, &all);
        report.resumed += watcher.resumed;
    }
    // From versions in between, now that all is over.
    let versions: Vec<u64> = all.keys().copied().collect();
    for from in versions.iter().step_by((versions.len() / 8).max(1)) {
        let left = all.range(from + 1..).count();
        let mut late = Watcher::new(client.clone(), namespace, selector.clone(), *from);
        late.read(left).await?;
        report.add(&format!("watch from {from}"), *from, &late.told, &all);
    }
    Ok(report)
}

impl Report {
    fn add(&mut self, name: &str, from: u64, told: &[Told], all: &All) {
        let is_bookmark = |one: &&Told| matches!(one, Told::Bookmark { .. });
        self.bookmarks += told.iter().filter(is_bookmark).count();
        self.events += told.len();
        self.violations.extend(check(name, from, told, all));
        let last = all.keys().next_back().copied().unwrap_or(from);
        let reached = told.iter().any(|one| match one {
            Told::Change { version, .. } | Told::Bookmark { version } => *version >= last,
        });
        if !reached && last > from {
            self.violations.push(Violation {
                guarantee: Guarantee::Reliable,
                what: format!("{name}: the last change, at {last}, never came"),
            });
        }
    }
}

/// The answer to a deletion tells no version: all watches must tell the same.
fn learn_deletions(all: &mut All, deleted: &[String], watched: &[Watcher]) -> Vec<Violation> {
    let mut versions: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    for told in watched.iter().flat_map(|watcher| &watcher.told) {
        if let Told::Change {
            version,
            name,
            state: None,
            ..
        } = told
        {
            versions.entry(name).or_default().insert(*version);
        }
    }
    let mut found = Vec::new();
    for name in deleted {
        let told = versions.remove(name.as_str()).unwrap_or_default();
        let guarantee = match told.len() {
            1 => {
                all.extend(
                    told.into_iter()
                        .map(|version| (version, (name.clone(), None))),
                );
                continue;
            }
            0 => Guarantee::Reliable,
            _ => Guarantee::Unique,
        };
        let what = format!("the end of {name} was told at the versions {told:?}");
        found.push(Violation { guarantee, what });
    }
    found
}

/// Versions with the object and its state.
type All = BTreeMap<u64, (String, Option<String>)>;

/// Writes everything there is to write; the versions with what they are, and
/// what was deleted at the end.
async fn write_all(
    maps: &Api<ConfigMap>,
    run: &str,
    effort: Effort,
) -> Result<(All, Vec<String>), Error> {
    let writers = (0..effort.objects).map(|number| {
        let name = format!("guarantee-{run}-{number}");
        async move {
            let mut made = Vec::new();
            let version = |map: &ConfigMap| {
                let version = map.metadata.resource_version.as_str();
                version.parse::<u64>().unwrap_or_default()
            };
            let mut map = ConfigMap::default();
            map.metadata.name.clone_from(&name);
            map.metadata.labels.insert(LABEL.to_owned(), run.to_owned());
            let state = |round: usize| format!("{number}-{round}");
            for half in ["one", "other"] {
                map.data.insert(half.to_owned(), state(0));
            }
            let created = maps.create(map).await?;
            made.push((version(&created), name.clone(), Some(state(0))));
            for round in 1..=effort.rounds {
                let state = state(round);
                let patch =
                    Patch::Merge(json!({"data": {"one": state.as_str(), "other": state.as_str()}}));
                let patched = maps.patch(&name, &patch, &PatchOptions::default()).await?;
                made.push((version(&patched), name.clone(), Some(state)));
            }
            maps.delete(&name, &DeleteOptions::default()).await?;
            Ok::<_, Error>((name, made))
        }
    });
    let made: Vec<_> = stream::iter(writers)
        .buffer_unordered(8)
        .collect::<Vec<_>>()
        .await;
    let mut all = BTreeMap::new();
    let mut deleted = Vec::new();
    for made in made {
        let (name, made) = made?;
        deleted.push(name);
        for (version, name, state) in made {
            all.insert(version, (name, state));
        }
    }
    Ok((all, deleted))
}

/// One watch that notes what it is told.
struct Watcher {
    api: DynamicApi,
    selector: String,
    version: u64,
    told: Vec<Told>,
    resumed: usize,
}

impl Watcher {
    fn new(client: Client, namespace: &str, selector: String, from: u64) -> Self {
        let resource = skeg_client::ApiResource::of::<ConfigMap>();
        Self {
            api: DynamicApi::namespaced(client, resource, namespace),
            selector,
            version: from,
            told: Vec::new(),
            resumed: 0,
        }
    }

    /// Reads until every object that was made has gone.
    async fn until_quiet(&mut self, breaks: Option<usize>, effort: Effort) -> Result<(), Error> {
        let mut gone = HashMap::new();
        while gone.len() < effort.objects {
            let count = self.told.len();
            self.read_some(breaks, &mut gone, effort.objects).await?;
            if self.told.len() == count {
                // Nothing came for a long time: what is missing is told later.
                return Ok(());
            }
            self.resumed += 1;
        }
        Ok(())
    }

    /// Reads what is left, and what comes with it.
    async fn read(&mut self, left: usize) -> Result<(), Error> {
        let mut none = HashMap::new();
        let mut events = self.open().await?;
        let changes = |told: &[Told]| {
            let is_change = |one: &&Told| matches!(one, Told::Change { .. });
            told.iter().filter(is_change).count()
        };
        while changes(&self.told) < left {
            match tokio::time::timeout(PATIENCE, events.next()).await {
                Ok(Some(Ok(event))) => self.note(&event, &mut none),
                // It broke off: go on from there.
                Ok(_) => {
                    events = self.open().await?;
                    self.resumed += 1;
                }
                Err(_) => return Ok(()),
            }
        }
        while let Some(Some(Ok(event))) = events.next().now_or_never() {
            self.note(&event, &mut none);
        }
        Ok(())
    }

    async fn open(&self) -> Result<stream::BoxStream<'static, Result<SharedEvent, Error>>, Error> {
        let options = WatchOptions {
            bookmarks: true,
            ..WatchOptions::from_version(self.version.to_string())
        };
        let options = options.labels(self.selector.as_str());
        self.api.watch(&options).await
    }

    async fn read_some(
        &mut self,
        breaks: Option<usize>,
        gone: &mut HashMap<String, ()>,
        objects: usize,
    ) -> Result<(), Error> {
        let mut events = self.open().await?;
        let mut read = 0;
        while gone.len() < objects && breaks.is_none_or(|most| read < most) {
            match tokio::time::timeout(PATIENCE, events.next()).await {
                Ok(Some(Ok(event))) => self.note(&event, gone),
                _ => return Ok(()),
            }
            read += 1;
        }
        Ok(())
    }

    fn note(&mut self, event: &SharedEvent, gone: &mut HashMap<String, ()>) {
        let Some(told) = read(event) else { return };
        match &told {
            Told::Change {
                version,
                name,
                state,
                ..
            } => {
                self.version = *version;
                if state.is_none() {
                    gone.insert(name.clone(), ());
                }
            }
            Told::Bookmark { version } => self.version = *version,
        }
        self.told.push(told);
    }
}
