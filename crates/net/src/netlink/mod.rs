//! Netlink: messages, attributes, and a blocking socket.
//!
//! Small on purpose. Messages are written straight into one buffer ([`Writer`]) and read in
//! place ([`Attrs`]); the kernel's answers come within microseconds, so the socket blocks.

mod read;
mod socket;
mod write;

pub use read::{Attrs, Message, Messages};
pub use socket::{Family, NetlinkError, Socket};
pub use write::Writer;

/// The message asks for an acknowledgement or an answer.
pub const NLM_F_REQUEST: u16 = 0x01;
/// The message asks for an acknowledgement.
pub const NLM_F_ACK: u16 = 0x04;
/// The message asks for all objects.
pub const NLM_F_DUMP: u16 = 0x300;
/// Replace an object that exists.
pub const NLM_F_REPLACE: u16 = 0x100;
/// Fail when the object exists.
pub const NLM_F_EXCL: u16 = 0x200;
/// Make the object when it does not exist.
pub const NLM_F_CREATE: u16 = 0x400;
/// Add to the end of a list.
pub const NLM_F_APPEND: u16 = 0x800;

pub(crate) const HEADER_LEN: usize = 16;
pub(crate) const NLMSG_ERROR: u16 = 2;
pub(crate) const NLMSG_DONE: u16 = 3;
pub(crate) const NLA_F_NESTED: u16 = 0x8000;
pub(crate) const NLA_TYPE_MASK: u16 = 0x3fff;

pub(crate) const fn align4(len: usize) -> usize {
    (len + 3) & !3
}
