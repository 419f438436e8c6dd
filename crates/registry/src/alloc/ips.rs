//! The addresses of one range.

use parking_lot::Mutex;
use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IpError {
    /// It is outside of every range.
    #[error("the provided network does not match the current range")]
    NotInRange,
    /// Someone has it.
    #[error("provided IP is already allocated")]
    Allocated,
    /// All are taken.
    #[error("range is full")]
    Full,
}

/// The addresses of one range, without its network and (IPv4) broadcast
/// address. Bits are kept as a set: ranges are large and mostly free.
pub struct IpAllocator {
    base: u128,
    /// Addresses that may be handed out, from offset 1 on.
    count: u128,
    /// The lower part of the range, left to those who ask for an address of
    /// it as long as there are others (KEP-3070).
    reserved: u128,
    v4: bool,
    state: Mutex<State>,
}

struct State {
    taken: BTreeSet<u128>,
    next: u128,
}

fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(a) => u128::from(u32::from(a)),
        IpAddr::V6(a) => u128::from(a),
    }
}

impl IpAllocator {
    /// A range without allocations.
    pub fn new(ip: IpAddr, len: u8) -> Self {
        let v4 = ip.is_ipv4();
        let bits = if v4 { 32 } else { 128 } - u32::from(len);
        let size = 1u128.checked_shl(bits).unwrap_or(u128::MAX);
        let base = number(crate::validation::names::network(ip, len));
        // The network address never, the broadcast address not for IPv4; of a
        // huge IPv6 range only the first 2^16 are used, as upstream does.
        let count = match size.saturating_sub(if v4 { 2 } else { 1 }) {
            n if n > 65_536 && !v4 => 65_535,
            n => n,
        };
        let reserved = reserved(size.min(1 << 20));
        Self {
            base,
            count,
            reserved,
            v4,
            state: Mutex::new(State {
                taken: BTreeSet::new(),
                next: 0,
            }),
        }
    }

    fn address(&self, offset: u128) -> IpAddr {
        let n = self.base + offset;
        if self.v4 {
            Ipv4Addr::from(u32::try_from(n).unwrap_or(u32::MAX)).into()
        } else {
            Ipv6Addr::from(n).into()
        }
    }

    fn offset(&self, ip: IpAddr) -> Option<u128> {
        if ip.is_ipv4() != self.v4 {
            return None;
        }
        let offset = number(ip).checked_sub(self.base)?;
        (1..=self.count).contains(&offset).then_some(offset)
    }

    /// The first address.
    pub fn first(&self) -> IpAddr {
        self.address(1)
    }

    /// May this address be handed out at all?
    pub fn contains(&self, ip: IpAddr) -> bool {
        self.offset(ip).is_some()
    }

    /// Is it taken?
    pub fn has(&self, ip: IpAddr) -> bool {
        self.offset(ip)
            .is_some_and(|o| self.state.lock().taken.contains(&o))
    }

    /// Takes this one.
    pub fn take(&self, ip: IpAddr) -> Result<(), IpError> {
        let offset = self.offset(ip).ok_or(IpError::NotInRange)?;
        if self.state.lock().taken.insert(offset) {
            Ok(())
        } else {
            Err(IpError::Allocated)
        }
    }

    /// Takes one of the upper part, or of the lower when that is full. Goes
    /// round, so that an address is not used again at once.
    pub fn take_next(&self) -> Result<IpAddr, IpError> {
        let mut state = self.state.lock();
        if state.taken.len() as u128 >= self.count {
            return Err(IpError::Full);
        }
        let upper_first = self.reserved + 1;
        let upper_len = self.count.saturating_sub(self.reserved);
        for n in 0..upper_len {
            let offset = upper_first + (state.next + n) % upper_len;
            if state.taken.insert(offset) {
                state.next = (offset - upper_first + 1) % upper_len;
                return Ok(self.address(offset));
            }
        }
        for offset in 1..=self.reserved.min(self.count) {
            if state.taken.insert(offset) {
                return Ok(self.address(offset));
            }
        }
        Err(IpError::Full)
    }

    /// Gives it back; nothing happens when it was free.
    pub fn release(&self, ip: IpAddr) {
        if let Some(offset) = self.offset(ip) {
            self.state.lock().taken.remove(&offset);
        }
    }

    /// How many are taken, and how many there are.
    pub fn usage(&self) -> (u64, u64) {
        let all = u64::try_from(self.count).unwrap_or(u64::MAX);
        (self.state.lock().taken.len() as u64, all)
    }

    /// Exactly these are taken.
    pub fn reset(&self, ips: &[IpAddr]) {
        let taken: BTreeSet<u128> = ips.iter().filter_map(|ip| self.offset(*ip)).collect();
        self.state.lock().taken = taken;
    }
}

// min(max(16, size/16), 256), and nothing of ranges below 16.
fn reserved(size: u128) -> u128 {
    if size < 16 {
        return 0;
    }
    (size / 16).clamp(16, 256).min(size / 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> IpAllocator {
        IpAllocator::new("10.0.0.0".parse().unwrap(), 29)
    }

    #[test]
    fn every_address_but_the_ends_is_given_once() {
        let a = small();
        let mut all: Vec<String> = (0..6).map(|_| a.take_next().unwrap().to_string()).collect();
        assert_eq!(a.take_next(), Err(IpError::Full));
        all.sort();
        assert_eq!(
            all,
            [
                "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"
            ]
        );
    }

    #[test]
    fn a_named_address_is_had_once_and_comes_back() {
        let a = small();
        let ip = "10.0.0.3".parse().unwrap();
        assert_eq!(a.take(ip), Ok(()));
        assert_eq!(a.take(ip), Err(IpError::Allocated));
        assert_eq!(
            a.take("10.0.0.0".parse().unwrap()),
            Err(IpError::NotInRange)
        );
        assert_eq!(
            a.take("10.1.0.1".parse().unwrap()),
            Err(IpError::NotInRange)
        );
        a.release(ip);
        assert_eq!(a.take(ip), Ok(()));
    }

    #[test]
    fn the_lower_part_is_kept_for_those_who_ask() {
        let a = IpAllocator::new("10.96.0.0".parse().unwrap(), 16);
        assert_eq!(a.take_next().unwrap().to_string(), "10.96.1.1");
        assert_eq!(a.first().to_string(), "10.96.0.1");
    }
}
