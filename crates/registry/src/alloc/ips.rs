//! The addresses of one range.

use super::held::Holdings;
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
/// address. Who has them is known for all ranges together: they may overlap.
#[derive(Debug)]
pub(super) struct IpRange {
    base: u128,
    /// Addresses that may be handed out, from offset 1 on.
    count: u128,
    /// The lower part of the range, left to those who ask for an address of
    /// it as long as there are others (KEP-3070).
    reserved: u128,
    v4: bool,
    next: u128,
}

/// One number line for both families: IPv4 lies where IPv6 maps it to, which no
/// range of IPv6 may be.
pub(super) fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(a) => u128::from(a.to_ipv6_mapped()),
        IpAddr::V6(a) => u128::from(a),
    }
}

impl IpRange {
    pub(super) fn new(ip: IpAddr, len: u8) -> Self {
        let v4 = ip.is_ipv4();
        let bits = if v4 { 32 } else { 128 } - u32::from(len);
        let size = 1u128.checked_shl(bits).unwrap_or(u128::MAX);
        let base = number(crate::validation::names::network(ip, len));
        // The network address never, the broadcast address not for IPv4; nothing of
        // a range of IPv6 that is larger than a /64, as upstream does.
        let count = match size.saturating_sub(if v4 { 2 } else { 1 }) {
            n if n > u128::from(u64::MAX) => 0,
            n => n,
        };
        Self {
            base,
            count,
            reserved: reserved(size.min(1 << 20)),
            v4,
            next: 0,
        }
    }

    /// The address of the network itself, which nobody gets.
    pub(super) fn network(&self) -> IpAddr {
        self.address(0)
    }

    fn address(&self, offset: u128) -> IpAddr {
        let n = self.base + offset;
        if self.v4 {
            let mapped = Ipv6Addr::from(n);
            mapped
                .to_ipv4_mapped()
                .unwrap_or(Ipv4Addr::BROADCAST)
                .into()
        } else {
            Ipv6Addr::from(n).into()
        }
    }

    /// The first address.
    pub(super) fn first(&self) -> IpAddr {
        self.address(1)
    }

    /// May this address be handed out at all?
    pub(super) fn contains(&self, ip: IpAddr) -> bool {
        ip.is_ipv4() == self.v4
            && number(ip)
                .checked_sub(self.base)
                .is_some_and(|offset| (1..=self.count).contains(&offset))
    }

    pub(super) fn is_v4(&self) -> bool {
        self.v4
    }

    /// Takes one of the upper part, or of the lower when that is full. Goes
    /// round, so that an address is not used again at once.
    pub(super) fn take_next(&mut self, taken: &mut Holdings<u128>) -> Result<IpAddr, IpError> {
        let (used, all) = self.usage(taken);
        if used >= all {
            return Err(IpError::Full);
        }
        let upper_first = self.reserved + 1;
        let upper_len = self.count.saturating_sub(self.reserved);
        for n in 0..upper_len {
            let offset = upper_first + (self.next + n) % upper_len;
            if taken.take(self.base + offset) {
                self.next = (offset - upper_first + 1) % upper_len;
                return Ok(self.address(offset));
            }
        }
        for offset in 1..=self.reserved.min(self.count) {
            if taken.take(self.base + offset) {
                return Ok(self.address(offset));
            }
        }
        Err(IpError::Full)
    }

    /// How many are taken, and how many there are.
    pub(super) fn usage(&self, taken: &Holdings<u128>) -> (u64, u64) {
        let all = u64::try_from(self.count).unwrap_or(u64::MAX);
        let used = match self.count {
            0 => 0,
            count => taken.count(self.base + 1..=self.base + count),
        };
        (used, all)
    }
}

// min(max(16, size/16), 256), and nothing of the smallest ranges.
fn reserved(size: u128) -> u128 {
    if size <= 16 {
        return 0;
    }
    (size / 16).clamp(16, 256)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_but_the_ends_is_given_once() {
        let mut a = IpRange::new("10.0.0.0".parse().unwrap(), 29);
        let mut taken = Holdings::default();
        let mut all: Vec<String> = (0..6)
            .map(|_| a.take_next(&mut taken).unwrap().to_string())
            .collect();
        assert_eq!(a.take_next(&mut taken), Err(IpError::Full));
        all.sort();
        assert_eq!(
            all,
            [
                "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"
            ]
        );
    }

    #[test]
    fn the_lower_part_is_kept_for_those_who_ask() {
        let mut a = IpRange::new("10.96.0.0".parse().unwrap(), 16);
        let mut taken = Holdings::default();
        assert_eq!(a.take_next(&mut taken).unwrap().to_string(), "10.96.1.1");
        assert_eq!(a.first().to_string(), "10.96.0.1");
    }

    #[test]
    fn ranges_of_ipv6_end_with_their_last_address() {
        let mut taken = Holdings::default();
        let mut a = IpRange::new("2001:db8::".parse().unwrap(), 126);
        let all: Vec<String> = (0..3)
            .map(|_| a.take_next(&mut taken).unwrap().to_string())
            .collect();
        assert_eq!(all, ["2001:db8::1", "2001:db8::2", "2001:db8::3"]);
        assert_eq!(a.take_next(&mut taken), Err(IpError::Full));
        let mut a = IpRange::new("2001:db8:1::".parse().unwrap(), 64);
        assert!(a.contains("2001:db8:1:0:ffff::".parse().unwrap()));
        assert_eq!(
            a.take_next(&mut taken).unwrap().to_string(),
            "2001:db8:1::101"
        );
        let mut large = IpRange::new("2001:db8::".parse().unwrap(), 48);
        assert!(!large.contains("2001:db8::1".parse().unwrap()));
        assert_eq!(large.take_next(&mut taken), Err(IpError::Full));
    }
}
