//! Which address is next.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use crate::Error;

/// The gateway: the first address behind the network's own.
pub(super) fn gateway(cidr: Ipv4Net) -> Result<Ipv4Addr, Error> {
    if cidr.prefix_len() > 30 {
        return Err(Error::CidrTooSmall(cidr));
    }
    Ok(Ipv4Addr::from_bits(cidr.network().to_bits() + 1))
}

/// The first free address after `last`, going round: an address that came free rests as long
/// as possible. Network, gateway and broadcast address are nobody's.
pub(super) fn next(
    cidr: Ipv4Net,
    last: Ipv4Addr,
    taken: impl Fn(Ipv4Addr) -> bool,
) -> Option<Ipv4Addr> {
    let first = cidr.network().to_bits().checked_add(2)?;
    let end = cidr.broadcast().to_bits();
    let count = end.checked_sub(first)?;
    let start = match last.to_bits().checked_sub(first) {
        Some(offset) if offset < count => offset + 1,
        _ => 0,
    };
    (0..count)
        .map(|step| Ipv4Addr::from_bits(first + (start + step) % count))
        .find(|address| !taken(*address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_round_and_ends() {
        let cidr: Ipv4Net = "10.244.0.0/29".parse().unwrap();
        assert_eq!(gateway(cidr).unwrap(), Ipv4Addr::new(10, 244, 0, 1));
        let address = |last| Ipv4Addr::new(10, 244, 0, last);
        let mut taken = vec![];
        let mut last = cidr.network();
        for expect in 2..=6 {
            last = next(cidr, last, |a| taken.contains(&a)).unwrap();
            assert_eq!(last, address(expect));
            taken.push(last);
        }
        assert_eq!(next(cidr, last, |a| taken.contains(&a)), None);
        taken.retain(|a| *a != address(3) && *a != address(6));
        assert_eq!(
            next(cidr, address(4), |a| taken.contains(&a)),
            Some(address(6))
        );
        assert_eq!(
            next(cidr, address(6), |a| taken.contains(&a)),
            Some(address(3))
        );
        // A range of other days.
        assert_eq!(
            next(cidr, Ipv4Addr::new(192, 0, 2, 1), |_| false),
            Some(address(2))
        );
    }

    #[test]
    fn small_ranges_are_refused() {
        assert!(gateway("10.0.0.0/31".parse().unwrap()).is_err());
        assert!(gateway("10.0.0.4/32".parse().unwrap()).is_err());
        let smallest: Ipv4Net = "10.0.0.4/30".parse().unwrap();
        assert_eq!(
            next(smallest, smallest.network(), |_| false),
            Some([10, 0, 0, 6].into())
        );
    }
}
