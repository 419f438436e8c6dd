//! The queues of one priority level: which request is let in now, which waits,
//! and who is next (KEP-1040, "Fair Queuing for Server Requests").
//!
//! Time is handed in. Queues exist while something waits or runs in them, so
//! that their number in the configuration costs nothing.

use std::collections::{BTreeMap, VecDeque};
use std::time::{Duration, Instant};

use super::borrow::Demand;
use super::dump::QueueState;
use super::utilization::{Use, Utilization};
use super::width::Width;

/// Requests of one level that wait, over all its queues.
const WAITING_LEN_MAX: usize = 10_000;
/// How long a request is thought to take before it is known.
const GUESS: Duration = Duration::from_millis(3);

/// How a level treats what it has no seats for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// It has seats for everything.
    Exempt,
    /// Refuses.
    Reject,
    /// Lets wait.
    Queue {
        queues: u32,
        hand: u32,
        queue_len_max: u32,
    },
}

/// A request's place among those running.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    queue: Option<u32>,
    width: Width,
    guess: f64,
}

/// What became of a request at its arrival.
#[derive(Debug)]
pub(super) enum Arrival {
    Running(Place),
    /// Under this ticket.
    Waiting(u64),
    /// The level lets none wait.
    NoSeats,
    /// Its queue has no place left.
    QueueFull,
}

#[derive(Debug)]
struct Waiting<W> {
    ticket: u64,
    width: Width,
    waker: W,
}

#[derive(Debug)]
struct Queue<W> {
    waiting: VecDeque<Waiting<W>>,
    /// The virtual time at which the next request of it would begin.
    next_start: f64,
    running: u32,
    /// Seats of what waits and runs.
    seats: u32,
}

/// The queues and seats of a level. `W` wakes a waiting request.
#[derive(Debug)]
pub(super) struct Queues<W> {
    mode: Mode,
    limit: u32,
    pub(super) seats_in_use: u32,
    pub(super) running: u32,
    pub(super) waiting: usize,
    waiting_seats: u32,
    queues: BTreeMap<u32, Queue<W>>,
    /// Virtual time: seat-seconds that each busy queue had since the beginning.
    virtual_now: f64,
    updated: Instant,
    next_ticket: u64,
    /// Seats that are given back at a time.
    lingering: BTreeMap<(Instant, u64), (Option<u32>, u32)>,
    /// When somebody will call [`Queues::dispatch`] for their sake.
    armed: Option<Instant>,
    pub(super) demand: Demand,
    pub(super) utilization: Utilization,
}

/// The cards of a hand: `hand` different numbers below `queues`, by `hash`.
fn deal(mut hash: u64, queues: u32, hand: u32, mut each: impl FnMut(u32)) {
    let mut dealt: [u32; 16] = [0; 16];
    let hand = hand.min(16).min(queues) as usize;
    for count in 0..hand {
        let left = u64::from(queues) - count as u64;
        let mut card = (hash % left) as u32;
        hash /= left;
        // Numbers that are dealt already are skipped; they are kept in order.
        let mut at = 0;
        while at < count && dealt[at] <= card {
            card += 1;
            at += 1;
        }
        dealt.copy_within(at..count, at + 1);
        dealt[at] = card;
        each(card);
    }
}

/// Seat-seconds that a request of this width is thought to take.
fn guess(width: Width) -> f64 {
    GUESS.as_secs_f64() * f64::from(width.seats)
        + width.after.as_secs_f64() * f64::from(width.seats_after)
}

impl Place {
    pub(super) fn seats(&self) -> u32 {
        self.width.most()
    }
}

impl<W> Queues<W> {
    pub(super) fn new(mode: Mode, limit: u32, now: Instant) -> Self {
        Self {
            mode,
            limit,
            seats_in_use: 0,
            running: 0,
            waiting: 0,
            waiting_seats: 0,
            queues: BTreeMap::new(),
            virtual_now: 0.0,
            updated: now,
            next_ticket: 0,
            lingering: BTreeMap::new(),
            armed: None,
            demand: Demand::new(now),
            utilization: Utilization::new(now),
        }
    }

    /// Another configuration; what waits goes on waiting. Call
    /// [`Queues::dispatch`] afterwards.
    pub(super) fn configure(&mut self, mode: Mode, limit: u32) {
        self.mode = mode;
        self.limit = limit;
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    pub(super) fn limit(&self) -> u32 {
        self.limit
    }

    /// Brings virtual time and lingering seats up to `now`.
    fn advance(&mut self, now: Instant) {
        while let Some(first) = self.lingering.first_entry() {
            if first.key().0 > now {
                break;
            }
            let (queue, seats) = first.remove();
            self.seats_in_use -= seats;
            self.leave(queue, seats);
        }
        let busy = self.queues.len();
        if busy > 0 {
            let passed = now.saturating_duration_since(self.updated).as_secs_f64();
            let wanted = (self.seats_in_use + self.waiting_seats).min(self.limit.max(1));
            self.virtual_now += passed * f64::from(wanted) / busy as f64;
        }
        self.updated = now;
    }

    fn leave(&mut self, queue: Option<u32>, seats: u32) {
        let Some(at) = queue else { return };
        if let Some(queue) = self.queues.get_mut(&at) {
            queue.seats -= seats;
            if queue.seats == 0 && queue.running == 0 && queue.waiting.is_empty() {
                self.queues.remove(&at);
            }
        }
    }

    fn note_demand(&mut self, now: Instant) {
        let seats = self.seats_in_use + self.waiting_seats;
        self.demand.set(f64::from(seats), now);
        let waiting_max = match self.mode {
            Mode::Queue {
                queues,
                queue_len_max,
                ..
            } => queues as usize * queue_len_max as usize,
            _ => 0,
        };
        let used = Use {
            seats: self.seats_in_use,
            limit: self.limit,
            running: self.running,
            waiting: self.waiting,
            waiting_max,
        };
        self.utilization.set(&used, now);
    }

    fn fits(&self, width: Width) -> bool {
        let seats = width.most();
        match self.mode {
            Mode::Exempt => true,
            // What is wider than the level may run alone.
            _ if seats > self.limit => self.seats_in_use == 0,
            _ => self.seats_in_use + seats <= self.limit,
        }
    }

    fn run(&mut self, queue: Option<u32>, width: Width) -> Place {
        self.seats_in_use += width.most();
        self.running += 1;
        let guess = guess(width);
        if let Some(queue) = queue.and_then(|at| self.queues.get_mut(&at)) {
            queue.running += 1;
            queue.next_start += guess;
        }
        Place {
            queue,
            width,
            guess,
        }
    }

    /// A request of the flow `hash` comes. `waker` is made if it has to wait.
    pub(super) fn arrive(
        &mut self,
        hash: u64,
        width: Width,
        now: Instant,
        waker: impl FnOnce() -> W,
    ) -> Arrival {
        self.advance(now);
        let fits = self.waiting == 0 && self.fits(width);
        let (queues, hand, queue_len_max) = match self.mode {
            Mode::Queue {
                queues,
                hand,
                queue_len_max,
            } => (queues, hand, queue_len_max),
            mode => {
                if !fits && mode == Mode::Reject {
                    return Arrival::NoSeats;
                }
                let place = self.run(None, width);
                self.note_demand(now);
                return Arrival::Running(place);
            }
        };
        let mut best: Option<(u32, u32)> = None;
        deal(hash, queues, hand, |card| {
            let load = self.queues.get(&card).map_or(0, |queue| queue.seats);
            if best.is_none_or(|(_, least)| load < least) {
                best = Some((card, load));
            }
        });
        let at = best.map_or(0, |(card, _)| card);
        let virtual_now = self.virtual_now;
        let queue = self.queues.entry(at).or_insert_with(|| Queue {
            waiting: VecDeque::new(),
            next_start: virtual_now,
            running: 0,
            seats: 0,
        });
        if !fits
            && (queue.waiting.len() >= queue_len_max as usize || self.waiting >= WAITING_LEN_MAX)
        {
            self.leave(Some(at), 0);
            return Arrival::QueueFull;
        }
        queue.seats += width.most();
        if fits {
            let place = self.run(Some(at), width);
            self.note_demand(now);
            return Arrival::Running(place);
        }
        self.next_ticket += 1;
        let ticket = self.next_ticket;
        queue.waiting.push_back(Waiting {
            ticket,
            width,
            waker: waker(),
        });
        self.waiting += 1;
        self.waiting_seats += width.most();
        self.note_demand(now);
        Arrival::Waiting(ticket)
    }

    /// A waiting request goes away. `false`: it does not wait any more.
    pub(super) fn withdraw(&mut self, ticket: u64, now: Instant) -> bool {
        self.advance(now);
        let found = self.queues.iter_mut().find_map(|(at, queue)| {
            let position = queue.waiting.iter().position(|w| w.ticket == ticket)?;
            let gone = queue.waiting.remove(position)?;
            Some((*at, gone.width.most()))
        });
        let Some((at, seats)) = found else {
            return false;
        };
        self.waiting -= 1;
        self.waiting_seats -= seats;
        self.leave(Some(at), seats);
        self.note_demand(now);
        true
    }

    /// A running request is through, after `took`. Returns until when seats
    /// are kept for its watchers, if they are.
    pub(super) fn finish(&mut self, place: Place, took: Duration, now: Instant) -> Option<Instant> {
        self.advance(now);
        let Place {
            queue,
            width,
            guess,
        } = place;
        self.running -= 1;
        if let Some(queue) = queue.and_then(|at| self.queues.get_mut(&at)) {
            queue.running -= 1;
            let work = took.as_secs_f64() * f64::from(width.seats)
                + width.after.as_secs_f64() * f64::from(width.seats_after);
            queue.next_start += work - guess;
        }
        let until = if width.seats_after > 0 && self.mode != Mode::Exempt {
            let freed = width.most() - width.seats_after;
            self.seats_in_use -= freed;
            self.leave(queue, freed);
            let until = now + width.after;
            self.next_ticket += 1;
            self.lingering
                .insert((until, self.next_ticket), (queue, width.seats_after));
            Some(until)
        } else {
            self.seats_in_use -= width.most();
            self.leave(queue, width.most());
            None
        };
        self.note_demand(now);
        until
    }

    /// The next waiting request that there are seats for: it runs now.
    pub(super) fn dispatch(&mut self, now: Instant) -> Option<(W, Place)> {
        if self.waiting == 0 {
            return None;
        }
        self.advance(now);
        let (at, width) = self
            .queues
            .iter()
            .filter_map(|(at, queue)| Some((*at, queue.next_start, queue.waiting.front()?.width)))
            .min_by(|a, b| {
                let end = |(_, start, width): &(u32, f64, Width)| {
                    start + GUESS.as_secs_f64() * f64::from(width.seats)
                };
                end(a).total_cmp(&end(b))
            })
            .map(|(at, _, width)| (at, width))?;
        if !self.fits(width) {
            return None;
        }
        let next = self.queues.get_mut(&at)?.waiting.pop_front()?;
        self.waiting -= 1;
        self.waiting_seats -= width.most();
        let place = self.run(Some(at), width);
        self.note_demand(now);
        Some((next.waker, place))
    }

    /// The queues in which something waits or runs, in order.
    pub(super) fn states(&self) -> Vec<QueueState> {
        let each = self.queues.iter().map(|(at, queue)| {
            let sum = |of: fn(&Width) -> u32| queue.waiting.iter().map(|w| of(&w.width)).sum();
            let most: u32 = sum(|w| w.most());
            let work = queue.waiting.iter().map(|w| guess(w.width)).sum();
            QueueState {
                index: *at,
                waiting: queue.waiting.len(),
                running: queue.running,
                seats: queue.seats - most,
                next_start: queue.next_start,
                first_seats: sum(|w| w.seats),
                most_seats: most,
                work,
            }
        });
        each.collect()
    }

    /// Shows each request that waits: its queue, its place there, its width.
    pub(super) fn each_waiting(&self, mut show: impl FnMut(u32, usize, Width, &W)) {
        for (at, queue) in &self.queues {
            for (place, waiting) in queue.waiting.iter().enumerate() {
                show(*at, place, waiting.width, &waiting.waker);
            }
        }
    }

    /// When lingering seats are given back that somebody waits for. The caller
    /// is to call [`Queues::dispatch`] then; nobody else is told of that time.
    pub(super) fn wake_at(&mut self, now: Instant) -> Option<Instant> {
        if self.waiting == 0 {
            return None;
        }
        let (until, _) = *self.lingering.keys().next()?;
        if self.armed.is_some_and(|at| at > now && at <= until) {
            return None;
        }
        self.armed = Some(until);
        Some(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUEUES: Mode = Mode::Queue {
        queues: 64,
        hand: 4,
        queue_len_max: 50,
    };

    fn running(arrival: Arrival) -> Place {
        match arrival {
            Arrival::Running(place) => place,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn hands_are_of_different_cards() {
        for hash in [0, 1, u64::MAX, 0x1234_5678_9abc_def0] {
            let mut cards = Vec::new();
            deal(hash, 8, 8, |card| cards.push(card));
            cards.sort_unstable();
            assert_eq!(cards, [0, 1, 2, 3, 4, 5, 6, 7]);
        }
    }

    #[test]
    fn who_asks_little_does_not_wait_behind_who_asks_much() {
        let start = Instant::now();
        let mut queues = Queues::new(QUEUES, 1, start);
        let mut place = running(queues.arrive(1, Width::ONE, start, || "first"));
        for _ in 0..40 {
            queues.arrive(1, Width::ONE, start, || "greedy");
        }
        queues.arrive(0x9999_1234_0000_7777, Width::ONE, start, || "modest");
        assert_eq!(queues.waiting, 41);
        let mut now = start;
        let mut turn = 0;
        loop {
            now += Duration::from_millis(10);
            queues.finish(place, Duration::from_millis(10), now);
            turn += 1;
            let (who, next) = queues.dispatch(now).unwrap();
            place = next;
            if who == "modest" {
                break;
            }
        }
        assert!(turn < 6, "waited for {turn} others");
    }

    #[test]
    fn queues_fill_up_and_empty() {
        let start = Instant::now();
        let mode = Mode::Queue {
            queues: 1,
            hand: 1,
            queue_len_max: 2,
        };
        let mut queues = Queues::new(mode, 1, start);
        let place = running(queues.arrive(1, Width::ONE, start, || ()));
        let Arrival::Waiting(ticket) = queues.arrive(1, Width::ONE, start, || ()) else {
            panic!("let in")
        };
        assert!(matches!(
            queues.arrive(2, Width::ONE, start, || ()),
            Arrival::Waiting(_)
        ));
        assert!(matches!(
            queues.arrive(3, Width::ONE, start, || ()),
            Arrival::QueueFull
        ));
        assert!(queues.withdraw(ticket, start));
        assert!(!queues.withdraw(ticket, start));
        queues.finish(place, Duration::ZERO, start);
        let (_, place) = queues.dispatch(start).unwrap();
        assert!(queues.dispatch(start).is_none());
        queues.finish(place, Duration::ZERO, start);
        assert!(queues.queues.is_empty());
        assert_eq!((queues.seats_in_use, queues.running), (0, 0));
    }

    #[test]
    fn without_queues_there_is_a_no() {
        let start = Instant::now();
        let mut queues = Queues::new(Mode::Reject, 1, start);
        let place = running(queues.arrive(1, Width::ONE, start, || ()));
        assert!(matches!(
            queues.arrive(1, Width::ONE, start, || ()),
            Arrival::NoSeats
        ));
        queues.finish(place, Duration::ZERO, start);
        let wide = Width {
            seats: 10,
            ..Width::ONE
        };
        let place = running(queues.arrive(1, wide, start, || ()));
        queues.finish(place, Duration::ZERO, start);
        queues.configure(Mode::Exempt, 0);
        running(queues.arrive(1, wide, start, || ()));
        running(queues.arrive(1, wide, start, || ()));
    }

    #[test]
    fn seats_linger_while_watchers_are_told() {
        let start = Instant::now();
        let mut queues = Queues::new(QUEUES, 10, start);
        let place = running(queues.arrive(1, Width::write(100, 10), start, || ()));
        let until = queues.finish(place, Duration::ZERO, start).unwrap();
        assert_eq!(queues.seats_in_use, 10);
        queues.arrive(2, Width::ONE, start, || ());
        assert_eq!(queues.wake_at(start), Some(until));
        assert_eq!(queues.wake_at(start), None);
        assert!(queues.dispatch(start).is_none());
        assert!(queues.dispatch(until).is_some());
        assert_eq!(queues.seats_in_use, 1);
    }
}
