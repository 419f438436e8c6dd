//! Node ports.

use super::held::Holdings;
use parking_lot::Mutex;

/// Why a port could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PortError {
    /// Outside of the range.
    #[error("provided port is not in the valid range. The range of valid ports is {0}-{1}")]
    NotInRange(u16, u16),
    /// Someone has it.
    #[error("provided port is already allocated")]
    Allocated,
    /// All are taken.
    #[error("range is full")]
    Full,
}

/// The ports of a range.
pub struct PortAllocator {
    first: u16,
    last: u16,
    state: Mutex<State>,
}

struct State {
    taken: Holdings<u16>,
    next: u16,
}

impl PortAllocator {
    /// A range without allocations, both ends included.
    pub fn new(first: u16, last: u16) -> Self {
        Self {
            first,
            last: last.max(first),
            state: Mutex::new(State {
                taken: Holdings::default(),
                next: 0,
            }),
        }
    }

    // The lower part, left to those who ask for a port of it (KEP-3668).
    fn reserved(&self) -> u16 {
        let size = self.last - self.first + 1;
        if size < 16 {
            0
        } else {
            (size / 32).clamp(16, 128).min(size / 2)
        }
    }

    /// Takes this one.
    pub fn take(&self, port: u16) -> Result<(), PortError> {
        if !(self.first..=self.last).contains(&port) {
            return Err(PortError::NotInRange(self.first, self.last));
        }
        if self.state.lock().taken.take(port) {
            Ok(())
        } else {
            Err(PortError::Allocated)
        }
    }

    /// Is it taken?
    pub fn has(&self, port: u16) -> bool {
        self.state.lock().taken.has(port)
    }

    /// Takes any.
    pub fn take_next(&self) -> Result<u16, PortError> {
        let mut state = self.state.lock();
        let low = self.first + self.reserved();
        let len = self.last - low + 1;
        for n in 0..len {
            let port = low + ((u32::from(state.next) + u32::from(n)) % u32::from(len)) as u16;
            if state.taken.take(port) {
                state.next = (port - low + 1) % len;
                return Ok(port);
            }
        }
        for port in self.first..low {
            if state.taken.take(port) {
                return Ok(port);
            }
        }
        Err(PortError::Full)
    }

    /// Gives it back.
    pub fn release(&self, port: u16) {
        self.state.lock().taken.release(port);
    }

    /// The number of the holding, while it lasts.
    pub(super) fn number(&self, port: u16) -> Option<u64> {
        self.state.lock().taken.number(port)
    }

    /// Gives it back unless it was taken anew since.
    pub(super) fn release_numbered(&self, port: u16, number: u64) {
        self.state.lock().taken.release_numbered(port, number);
    }

    /// How many are taken, and how many there are.
    pub fn usage(&self) -> (u64, u64) {
        let all = u64::from(self.last - self.first) + 1;
        (self.state.lock().taken.count(..), all)
    }

    /// Exactly these are taken.
    pub fn reset(&self, ports: &[u16]) {
        self.state.lock().taken.reset(ports.iter().copied());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_given_once() {
        let a = PortAllocator::new(1, 3);
        assert_eq!(a.take(2), Ok(()));
        assert_eq!(a.take(2), Err(PortError::Allocated));
        assert_eq!(a.take(9), Err(PortError::NotInRange(1, 3)));
        assert_eq!((a.take_next(), a.take_next()), (Ok(1), Ok(3)));
        assert_eq!(a.take_next(), Err(PortError::Full));
        a.release(3);
        assert_eq!(a.take_next(), Ok(3));
    }
}
