//! nftables, spoken directly: tables, chains, rules, sets and maps as netlink messages.
//!
//! A [`Batch`] is applied whole or not at all. The expressions of a rule are written by the
//! functions in [`expr`]; the values of registers, keys and data are the bytes that the kernel
//! compares: network order for addresses and ports, the machine's order for plain numbers,
//! every field of a concatenation padded to four bytes.

mod batch;
pub mod expr;
mod list;

pub use batch::{BaseChain, Batch, Element, NftSocket, Set};
pub use list::{ChainInfo, ElementData, list_chains, list_elements, list_tables};

/// Address family of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// IPv4.
    Ip,
    /// IPv6.
    Ip6,
}

impl Family {
    pub(crate) fn number(self) -> u8 {
        match self {
            Self::Ip => libc::NFPROTO_IPV4 as u8,
            Self::Ip6 => libc::NFPROTO_IPV6 as u8,
        }
    }

    /// Bytes of an address.
    pub fn address_len(self) -> u32 {
        match self {
            Self::Ip => 4,
            Self::Ip6 => 16,
        }
    }

    /// Four-byte registers of an address.
    pub fn address_registers(self) -> u32 {
        self.address_len() / 4
    }

    /// Offset of the source address in the network header.
    pub fn source_offset(self) -> u32 {
        match self {
            Self::Ip => 12,
            Self::Ip6 => 8,
        }
    }

    /// Offset of the destination address in the network header.
    pub fn destination_offset(self) -> u32 {
        match self {
            Self::Ip => 16,
            Self::Ip6 => 24,
        }
    }
}

/// Where a base chain hangs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// Packets that arrive.
    Prerouting,
    /// Packets for the machine itself.
    Input,
    /// Packets that pass through.
    Forward,
    /// Packets of the machine's own.
    Output,
    /// Packets that leave.
    Postrouting,
}

impl Hook {
    pub(crate) fn number(self) -> u32 {
        match self {
            Self::Prerouting => 0,
            Self::Input => 1,
            Self::Forward => 2,
            Self::Output => 3,
            Self::Postrouting => 4,
        }
    }
}

/// What an element of a verdict map, or a rule, decides.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Drop the packet.
    Drop,
    /// Accept it as far as this hook's chain goes.
    Accept,
    /// Go to another chain and come back.
    Jump(String),
    /// Go to another chain for good.
    Goto(String),
    /// Go back to the calling chain.
    Return,
}

/// Types of keys and data, which the kernel does not look at; programs that print rule sets do.
pub mod types {
    /// A verdict.
    pub const VERDICT: u32 = 0xffff_ff00;
    /// IPv4 address.
    pub const IPV4: u32 = 7;
    /// IPv6 address.
    pub const IPV6: u32 = 8;
    /// Transport protocol.
    pub const PROTOCOL: u32 = 12;
    /// Port.
    pub const PORT: u32 = 13;
    /// A plain number, in the machine's order.
    pub const NUMBER: u32 = 19;

    /// The type of a concatenation.
    pub fn concat(types: &[u32]) -> u32 {
        types.iter().fold(0, |all, ty| (all << 6) | ty)
    }
}
