//! Whether the peer of a connection lives.

use std::time::Duration;

use parking_lot::Mutex;

/// How often the peer is asked for a sign of life; so often does client-go.
/// Proxies on the way take a connection for alive by that, too.
pub(super) const PING_INTERVAL: Duration = Duration::from_secs(5);
/// How long the peer may give none.
pub(super) const SILENCE_MAX: Duration = Duration::from_secs(60);

/// What was asked and answered.
#[derive(Default)]
pub(super) struct Pulse(Mutex<Beat>);

#[derive(Default)]
struct Beat {
    pings: u32,
    /// How many pieces of content have gone out.
    written: u64,
    /// How many of them the peer has certainly read.
    taken: u64,
    /// A ping that is not answered yet, and how many pieces went before it.
    asked: Option<(u32, u64)>,
}

impl Pulse {
    /// A piece of content goes out.
    pub(super) fn writes(&self) {
        self.0.lock().written += 1;
    }

    /// The number of the next ping. Those of the side that has opened the
    /// connection are odd.
    pub(super) fn ping(&self) -> u32 {
        let mut beat = self.0.lock();
        let id = beat.pings.wrapping_mul(2).wrapping_add(1);
        beat.pings = beat.pings.wrapping_add(1);
        let written = beat.written;
        beat.asked.get_or_insert((id, written));
        id
    }

    /// The peer has answered a ping, and so has read what went before it.
    pub(super) fn answered(&self, id: u32) {
        let mut beat = self.0.lock();
        if let Some((asked, written)) = beat.asked
            && id >= asked
        {
            beat.taken = beat.taken.max(written);
            beat.asked = None;
        }
    }

    /// Whether content is on its way, behind which pings have to wait: whoever
    /// it is for may take it as slowly as they like. Whether such a connection
    /// is still one TCP alone can tell.
    pub(super) fn is_excused(&self) -> bool {
        let beat = self.0.lock();
        beat.written > beat.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_excuses_silence_until_a_later_ping_is_answered() {
        let pulse = Pulse::default();
        assert!(!pulse.is_excused());
        let early = pulse.ping();
        pulse.writes();
        pulse.answered(early);
        assert!(pulse.is_excused(), "the ping went before the content");
        let late = pulse.ping();
        assert_eq!((early, late), (1, 3));
        pulse.answered(late);
        assert!(!pulse.is_excused());
        // An answer that is lost does no harm once a later one has come.
        pulse.writes();
        let (_lost, next) = (pulse.ping(), pulse.ping());
        pulse.answered(next);
        assert!(!pulse.is_excused());
    }
}
