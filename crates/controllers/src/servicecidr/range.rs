//! Ranges of addresses.

use std::net::IpAddr;

/// The addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    address: IpAddr,
    bits: u32,
}

impl Range {
    /// Reads `10.96.0.0/16`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let (address, bits): (IpAddr, u32) = (address.parse().ok()?, bits.parse().ok()?);
        (bits <= width(address)).then_some(Self { address, bits })
    }

    /// A single address.
    pub(super) fn host(text: &str) -> Option<Self> {
        let address: IpAddr = text.parse().ok()?;
        let bits = width(address);
        Some(Self { address, bits })
    }

    /// Whether all of the other lies in this one.
    pub(super) fn contains(&self, other: &Self) -> bool {
        width(self.address) == width(other.address)
            && self.bits <= other.bits
            && prefix(self.address, self.bits) == prefix(other.address, self.bits)
    }
}

fn width(address: IpAddr) -> u32 {
    if address.is_ipv4() { 32 } else { 128 }
}

fn prefix(address: IpAddr, bits: u32) -> u128 {
    let number = match address {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    };
    number.checked_shr(width(address) - bits).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_what() {
        for (outer, inner, expect) in [
            ("10.0.0.0/8", "10.1.0.0/16", true),
            ("10.1.0.0/16", "10.0.0.0/8", false),
            ("10.1.0.0/16", "10.2.0.0/16", false),
            ("0.0.0.0/0", "10.2.0.0/16", true),
            ("::/0", "10.2.0.0/16", false),
            ("2001:db8::/32", "2001:db8:77::/112", true),
        ] {
            let parse = |text| Range::parse(text).expect(text);
            assert_eq!(
                parse(outer).contains(&parse(inner)),
                expect,
                "{outer} {inner}"
            );
        }
        assert!(Range::parse("10.0.0.0/33").is_none());
        assert!(Range::host("fd00::1").is_some());
    }
}
