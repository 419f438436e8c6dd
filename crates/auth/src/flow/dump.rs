//! The state of flow control as tables for people: what `/debug/…` answers.

use skeg_meta::MicroTime;
use std::fmt::Write as _;

use super::{Distinguisher, FlowControl, Level, Mode, Rejection};
use crate::authz::Attributes;

/// What is told of a request that waits.
#[derive(Clone, Debug)]
pub(super) struct Asker {
    schema: String,
    flow: String,
    arrived: MicroTime,
    user: String,
    verb: String,
    path: String,
    namespace: String,
    name: String,
    version: String,
    resource: String,
    subresource: String,
}

impl Asker {
    pub(super) fn new(schema: &str, by: Distinguisher, asked: &Attributes<'_>) -> Self {
        let flow = match by {
            Distinguisher::Nothing => "",
            Distinguisher::User => &asked.user.name,
            Distinguisher::Namespace => asked.namespace,
        };
        let version = match asked.group {
            "" => asked.version.to_owned(),
            group => format!("{group}/{}", asked.version),
        };
        Self {
            schema: schema.to_owned(),
            flow: flow.to_owned(),
            arrived: MicroTime::now(),
            user: asked.user.name.clone(),
            verb: asked.verb.to_owned(),
            path: asked.path.to_owned(),
            namespace: asked.namespace.to_owned(),
            name: asked.name.to_owned(),
            version,
            resource: asked.resource.to_owned(),
            subresource: asked.subresource.to_owned(),
        }
    }
}

/// A queue at a moment.
#[derive(Clone, Debug, Default)]
pub(super) struct QueueState {
    pub(super) index: u32,
    pub(super) waiting: usize,
    pub(super) running: u32,
    /// Seats of what runs of it.
    pub(super) seats: u32,
    pub(super) next_start: f64,
    /// Seats of what waits: to begin with, and at most.
    pub(super) first_seats: u32,
    pub(super) most_seats: u32,
    /// Seat-seconds that what waits is thought to take.
    pub(super) work: f64,
}

/// Columns of even width, as wide as their longest cell; each but the last
/// ends in a comma.
fn table(rows: &[Vec<String>]) -> String {
    const CELL_LEN_MIN: usize = 8;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|at| {
            let cells = rows.iter().filter_map(|row| row.get(at));
            let longest = cells.map(|cell| cell.chars().count() + 2).max();
            longest.unwrap_or(0).max(CELL_LEN_MIN)
        })
        .collect();
    let mut out = String::new();
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            if at + 1 == row.len() {
                out.push_str(cell);
            } else {
                let width = widths[at];
                let _ = write!(out, "{:width$}", format!("{cell},"));
            }
        }
        out.push('\n');
    }
    out
}

fn heads(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Seat-seconds.
fn work(value: f64) -> String {
    format!("{value:.8}ss")
}

impl FlowControl {
    /// `dump_priority_levels`: each level, what waits and runs there, and what
    /// became of its requests since the start.
    pub fn dump_levels(&self) -> String {
        let mut rows = vec![heads(&[
            "PriorityLevelName",
            "ActiveQueues",
            "IsIdle",
            "IsQuiescing",
            "WaitingRequests",
            "ExecutingRequests",
            "DispatchedRequests",
            "RejectedRequests",
            "TimedoutRequests",
            "CancelledRequests",
        ])];
        let configured = self.configured.lock();
        for (name, live) in &configured.live {
            let stats = || {
                let of = configured.stats.iter();
                of.filter(move |((level, _), _)| level == name)
                    .map(|(_, s)| s)
            };
            let dispatched: u64 = stats().map(|s| s.dispatched()).sum();
            let refused = |why: &[Rejection]| -> u64 {
                let each = stats().map(|s| why.iter().map(|w| s.refused(*w)).sum::<u64>());
                each.sum()
            };
            let queues = live.level.queues.lock();
            let active = queues.states().iter().filter(|q| q.waiting > 0).count();
            rows.push(vec![
                name.clone(),
                active.to_string(),
                (queues.waiting == 0 && queues.running == 0).to_string(),
                "false".to_owned(),
                queues.waiting.to_string(),
                queues.running.to_string(),
                dispatched.to_string(),
                refused(&[Rejection::QueueFull, Rejection::ConcurrencyLimit]).to_string(),
                refused(&[Rejection::TimeOut]).to_string(),
                refused(&[Rejection::Cancelled]).to_string(),
            ]);
        }
        table(&rows)
    }

    /// `dump_queues`: each queue of each level.
    pub fn dump_queues(&self) -> String {
        let mut rows = vec![heads(&[
            "PriorityLevelName",
            "Index",
            "PendingRequests",
            "ExecutingRequests",
            "SeatsInUse",
            "NextDispatchR",
            "InitialSeatsSum",
            "MaxSeatsSum",
            "TotalWorkSum",
        ])];
        for level in self.live_levels() {
            let queues = level.queues.lock();
            let Mode::Queue { queues: count, .. } = queues.mode() else {
                continue;
            };
            let busy = queues.states();
            drop(queues);
            let mut busy = busy.into_iter().peekable();
            for index in 0..count {
                let state = busy.next_if(|q| q.index == index).unwrap_or_default();
                rows.push(vec![
                    level.name.clone(),
                    index.to_string(),
                    state.waiting.to_string(),
                    state.running.to_string(),
                    state.seats.to_string(),
                    work(state.next_start),
                    state.first_seats.to_string(),
                    state.most_seats.to_string(),
                    work(state.work),
                ]);
            }
        }
        table(&rows)
    }

    /// `dump_requests`: each request that waits; with `details`, what it asks
    /// for.
    pub fn dump_requests(&self, details: bool) -> String {
        let mut names = vec![
            "PriorityLevelName",
            "FlowSchemaName",
            "QueueIndex",
            "RequestIndexInQueue",
            "FlowDistingsher",
            "ArriveTime",
            "InitialSeats",
            "FinalSeats",
            "AdditionalLatency",
            "StartTime",
        ];
        if details {
            names.extend([
                "UserName",
                "Verb",
                "APIPath",
                "Namespace",
                "Name",
                "APIVersion",
                "Resource",
                "SubResource",
            ]);
        }
        let mut rows = vec![heads(&names)];
        for level in self.live_levels() {
            let queues = level.queues.lock();
            queues.each_waiting(|queue, place, width, waker| {
                let asker = &waker.asker;
                let mut row = vec![
                    level.name.clone(),
                    asker.schema.clone(),
                    queue.to_string(),
                    place.to_string(),
                    asker.flow.clone(),
                    asker.arrived.to_string(),
                    width.seats.to_string(),
                    width.seats_after.to_string(),
                    format!("{}s", width.after.as_secs_f64()),
                    "0001-01-01T00:00:00Z".to_owned(),
                ];
                if details {
                    row.extend(
                        [
                            &asker.user,
                            &asker.verb,
                            &asker.path,
                            &asker.namespace,
                            &asker.name,
                            &asker.version,
                            &asker.resource,
                            &asker.subresource,
                        ]
                        .map(String::clone),
                    );
                }
                rows.push(row);
            });
        }
        table(&rows)
    }

    fn live_levels(&self) -> Vec<std::sync::Arc<Level>> {
        let configured = self.configured.lock();
        let levels = configured.live.values().map(|live| live.level.clone());
        levels.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_even() {
        let rows = [
            heads(&["Name", "LongerName", "C"]),
            heads(&["abcdefgh", "1", "2"]),
        ];
        assert_eq!(
            table(&rows),
            "Name,     LongerName, C\nabcdefgh, 1,          2\n"
        );
    }
}
