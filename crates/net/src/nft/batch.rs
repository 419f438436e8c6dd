//! Batches: what is changed together.

use std::time::Duration;

use super::{Family, Hook, Verdict, types};
use crate::{
    Error,
    netlink::{
        self, Message, NLM_F_ACK, NLM_F_APPEND, NLM_F_CREATE, NLM_F_REQUEST, NetlinkError, Socket,
        Writer,
    },
};

const SUBSYSTEM: u16 = 10;
const BATCH_BEGIN: u16 = 0x10;
const BATCH_END: u16 = 0x11;
const NEWTABLE: u16 = 0;
const DELTABLE: u16 = 2;
const NEWCHAIN: u16 = 3;
const DELCHAIN: u16 = 5;
const NEWRULE: u16 = 6;
const DELRULE: u16 = 8;
const NEWSET: u16 = 9;
const NEWSETELEM: u16 = 12;
const DELSETELEM: u16 = 14;

const TABLE_NAME: u16 = 1;
const CHAIN_TABLE: u16 = 1;
const CHAIN_NAME: u16 = 3;
const CHAIN_HOOK: u16 = 4;
const CHAIN_POLICY: u16 = 5;
const CHAIN_TYPE: u16 = 7;
const HOOK_NUMBER: u16 = 1;
const HOOK_PRIORITY: u16 = 2;
const RULE_TABLE: u16 = 1;
const RULE_CHAIN: u16 = 2;
const RULE_EXPRESSIONS: u16 = 4;
const SET_TABLE: u16 = 1;
const SET_NAME: u16 = 2;
const SET_FLAGS: u16 = 3;
const SET_KEY_TYPE: u16 = 4;
const SET_KEY_LEN: u16 = 5;
const SET_DATA_TYPE: u16 = 6;
const SET_DATA_LEN: u16 = 7;
const SET_DESC: u16 = 9;
const SET_ID: u16 = 10;
const SET_TIMEOUT: u16 = 11;
const SET_DESC_SIZE: u16 = 1;
const SET_DESC_CONCAT: u16 = 2;
const SET_FIELD_LEN: u16 = 1;
const ELEM_LIST_TABLE: u16 = 1;
const ELEM_LIST_SET: u16 = 2;
const ELEM_LIST_ELEMENTS: u16 = 3;
const LIST_ELEM: u16 = 1;
const ELEM_KEY: u16 = 1;
const ELEM_DATA: u16 = 2;
const ELEM_KEY_END: u16 = 10;

const SET_F_INTERVAL: u32 = 0x4;
const SET_F_MAP: u32 = 0x8;
const SET_F_TIMEOUT: u32 = 0x10;
const SET_F_EVAL: u32 = 0x20;
const SET_F_CONCAT: u32 = 0x80;

const NF_ACCEPT: u32 = 1;

/// A list of elements stays below the length that an attribute can have.
const LIST_BYTES_MAX: usize = 48 * 1024;

/// A chain that sees packets by itself.
#[derive(Clone, Copy, Debug)]
pub struct BaseChain<'a> {
    /// Its name.
    pub name: &'a str,
    /// `filter` or `nat`.
    pub ty: &'a str,
    /// Where it hangs.
    pub hook: Hook,
    /// Lower numbers come first.
    pub priority: i32,
}

/// A set, or a map when it has a data type.
#[derive(Clone, Copy, Debug)]
pub struct Set<'a> {
    /// Its name.
    pub name: &'a str,
    /// Type of its keys (see [`types`]) and their length in bytes.
    pub key: (u32, u32),
    /// Type of its data and their length; none is a set.
    pub data: Option<(u32, u32)>,
    /// Filled by rules, with timeouts, up to this many elements.
    pub dynamic_size: Option<u32>,
    /// Its elements are ranges in every field of a concatenation, whose lengths in bytes
    /// (without padding) these are. Empty for a set of single keys.
    pub range_fields: &'a [u32],
}

/// An element of a set (no data) or a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Element<'a> {
    /// A member of a set.
    Key(&'a [u8]),
    /// A member of a set of ranges: first and last key.
    Range(&'a [u8], &'a [u8]),
    /// Key and data of a map.
    Pair(&'a [u8], &'a [u8]),
    /// Key and verdict of a verdict map.
    Verdict(&'a [u8], &'a Verdict),
}

/// Changes of one table that are applied together.
#[derive(Debug)]
pub struct Batch {
    family: Family,
    table: String,
    w: Writer,
    messages: u32,
    sets: u32,
}

impl Batch {
    /// An empty batch for one table.
    pub fn new(family: Family, table: &str) -> Self {
        let mut batch = Self {
            family,
            table: table.to_owned(),
            w: Writer::with_capacity(4096),
            messages: 0,
            sets: 0,
        };
        batch.bracket(BATCH_BEGIN);
        batch
    }

    /// How many changes it holds.
    pub fn messages(&self) -> u32 {
        self.messages - 1
    }

    /// Its length in bytes.
    pub fn bytes(&self) -> usize {
        self.w.len()
    }

    /// Makes the table unless it exists.
    pub fn add_table(&mut self) {
        let table = self.table.clone();
        self.change(NEWTABLE, NLM_F_CREATE, |w| w.attr_str(TABLE_NAME, &table));
    }

    /// Removes the table and all in it; it must exist.
    pub fn delete_table(&mut self) {
        let table = self.table.clone();
        self.change(DELTABLE, 0, |w| w.attr_str(TABLE_NAME, &table));
    }

    /// Makes the table anew, empty, whether it existed or not.
    pub fn replace_table(&mut self) {
        self.add_table();
        self.delete_table();
        self.add_table();
    }

    /// Makes a chain that only other chains lead to.
    pub fn add_chain(&mut self, name: &str) {
        let table = self.table.clone();
        self.change(NEWCHAIN, NLM_F_CREATE, |w| {
            w.attr_str(CHAIN_TABLE, &table);
            w.attr_str(CHAIN_NAME, name);
        });
    }

    /// Makes a base chain.
    pub fn add_base_chain(&mut self, chain: BaseChain<'_>) {
        let table = self.table.clone();
        self.change(NEWCHAIN, NLM_F_CREATE, |w| {
            w.attr_str(CHAIN_TABLE, &table);
            w.attr_str(CHAIN_NAME, chain.name);
            w.nested(CHAIN_HOOK, |w| {
                w.attr_be32(HOOK_NUMBER, chain.hook.number());
                w.attr(HOOK_PRIORITY, &chain.priority.to_be_bytes());
            });
            w.attr_be32(CHAIN_POLICY, NF_ACCEPT);
            w.attr_str(CHAIN_TYPE, chain.ty);
        });
    }

    /// Removes a chain and its rules; nothing may lead to it any more.
    pub fn delete_chain(&mut self, name: &str) {
        let table = self.table.clone();
        self.change(DELRULE, 0, |w| {
            w.attr_str(RULE_TABLE, &table);
            w.attr_str(RULE_CHAIN, name);
        });
        self.change(DELCHAIN, 0, |w| {
            w.attr_str(CHAIN_TABLE, &table);
            w.attr_str(CHAIN_NAME, name);
        });
    }

    /// Adds a rule to the end of a chain.
    pub fn add_rule(&mut self, chain: &str, expressions: impl FnOnce(&mut Writer)) {
        let table = self.table.clone();
        self.change(NEWRULE, NLM_F_CREATE | NLM_F_APPEND, |w| {
            w.attr_str(RULE_TABLE, &table);
            w.attr_str(RULE_CHAIN, chain);
            w.nested(RULE_EXPRESSIONS, expressions);
        });
    }

    /// Makes a set or a map.
    pub fn add_set(&mut self, set: Set<'_>) {
        let table = self.table.clone();
        self.sets += 1;
        let id = self.sets;
        let mut flags = if set.data.is_some() { SET_F_MAP } else { 0 };
        if set.dynamic_size.is_some() {
            flags |= SET_F_TIMEOUT | SET_F_EVAL;
        }
        if !set.range_fields.is_empty() {
            flags |= SET_F_INTERVAL | SET_F_CONCAT;
        }
        self.change(NEWSET, NLM_F_CREATE, |w| {
            w.attr_str(SET_TABLE, &table);
            w.attr_str(SET_NAME, set.name);
            w.attr_be32(SET_ID, id);
            w.attr_be32(SET_FLAGS, flags);
            w.attr_be32(SET_KEY_TYPE, set.key.0);
            w.attr_be32(SET_KEY_LEN, set.key.1);
            if let Some((ty, len)) = set.data {
                w.attr_be32(SET_DATA_TYPE, ty);
                if ty != types::VERDICT {
                    w.attr_be32(SET_DATA_LEN, len);
                }
            }
            if !set.range_fields.is_empty() {
                w.nested(SET_DESC, |w| {
                    w.nested(SET_DESC_CONCAT, |w| {
                        for len in set.range_fields {
                            w.nested(LIST_ELEM, |w| w.attr_be32(SET_FIELD_LEN, *len));
                        }
                    });
                });
            }
            if let Some(size) = set.dynamic_size {
                w.nested(SET_DESC, |w| w.attr_be32(SET_DESC_SIZE, size));
                let day = Duration::from_secs(24 * 3600).as_millis() as u64;
                w.attr(SET_TIMEOUT, &day.to_be_bytes());
            }
        });
    }

    /// Adds elements to a set or a map.
    pub fn add_elements<'a>(&mut self, set: &str, elements: impl IntoIterator<Item = Element<'a>>) {
        self.elements(NEWSETELEM, NLM_F_CREATE, set, elements);
    }

    /// Removes elements, which must exist; only their keys matter.
    pub fn delete_elements<'a>(
        &mut self,
        set: &str,
        elements: impl IntoIterator<Item = Element<'a>>,
    ) {
        self.elements(DELSETELEM, 0, set, elements);
    }

    fn elements<'a>(
        &mut self,
        ty: u16,
        flags: u16,
        set: &str,
        elements: impl IntoIterator<Item = Element<'a>>,
    ) {
        let table = self.table.clone();
        let mut elements = elements.into_iter().peekable();
        while elements.peek().is_some() {
            self.change(ty, flags, |w| {
                w.attr_str(ELEM_LIST_TABLE, &table);
                w.attr_str(ELEM_LIST_SET, set);
                w.nested(ELEM_LIST_ELEMENTS, |w| {
                    let start = w.len();
                    while w.len() - start < LIST_BYTES_MAX {
                        let Some(element) = elements.next() else {
                            break;
                        };
                        w.nested(LIST_ELEM, |w| write_element(w, &element));
                    }
                });
            });
        }
    }

    fn change(&mut self, ty: u16, flags: u16, body: impl FnOnce(&mut Writer)) {
        let family = self.family.number();
        self.w.message(
            (SUBSYSTEM << 8) | ty,
            flags | NLM_F_REQUEST,
            self.messages,
            |w| {
                w.raw(&[family, 0, 0, 0]);
                body(w);
            },
        );
        self.messages += 1;
    }

    fn bracket(&mut self, ty: u16) {
        self.w.message(ty, NLM_F_REQUEST, self.messages, |w| {
            let [high, low] = SUBSYSTEM.to_be_bytes();
            w.raw(&[libc::AF_UNSPEC as u8, 0, high, low]);
        });
        self.messages += 1;
    }
}

fn write_element(w: &mut Writer, element: &Element<'_>) {
    let (Element::Key(key)
    | Element::Range(key, _)
    | Element::Pair(key, _)
    | Element::Verdict(key, _)) = element;
    w.nested(ELEM_KEY, |w| w.attr(super::expr::DATA_VALUE, key));
    match element {
        Element::Key(_) => {}
        Element::Range(_, last) => {
            w.nested(ELEM_KEY_END, |w| w.attr(super::expr::DATA_VALUE, last));
        }
        Element::Pair(_, data) => {
            w.nested(ELEM_DATA, |w| w.attr(super::expr::DATA_VALUE, data));
        }
        Element::Verdict(_, verdict) => {
            w.nested(ELEM_DATA, |w| super::expr::write_verdict(w, verdict));
        }
    }
}

/// A conversation with nf_tables in one network namespace.
#[derive(Debug)]
pub struct NftSocket(Socket);

impl NftSocket {
    /// Opens it in this thread's network namespace.
    pub fn open() -> Result<Self, Error> {
        Ok(Self(Socket::open(netlink::Family::Netfilter)?))
    }

    /// Applies a batch: all of it, or nothing and the first refusal.
    pub fn apply(&mut self, mut batch: Batch) -> Result<(), Error> {
        if batch.messages() == 0 {
            return Ok(());
        }
        // An acknowledgement of the last change comes after the whole batch is committed.
        let table = batch.table.clone();
        let family = batch.family.number();
        let first = self.0.take_seq(batch.messages + 2);
        let last = batch.messages;
        batch.w.message(
            (SUBSYSTEM << 8) | NEWTABLE,
            NLM_F_REQUEST | NLM_F_ACK,
            last,
            |w| {
                w.raw(&[family, 0, 0, 0]);
                w.attr_str(TABLE_NAME, &table);
            },
        );
        batch.messages += 1;
        batch.bracket(BATCH_END);
        batch.w.shift_sequence(first);
        self.0
            .batch(batch.w.as_bytes(), first, first + last)
            .map_err(|source| Error::Nft { table, source })
    }

    /// Removes a table; answers whether there was one.
    pub fn delete_table(&mut self, family: Family, table: &str) -> Result<bool, Error> {
        let mut w = Writer::new();
        let first = self.0.take_seq(3);
        let begin = |w: &mut Writer, ty, seq| {
            w.message(ty, NLM_F_REQUEST, seq, |w| {
                let [high, low] = SUBSYSTEM.to_be_bytes();
                w.raw(&[libc::AF_UNSPEC as u8, 0, high, low]);
            });
        };
        begin(&mut w, BATCH_BEGIN, first);
        w.message(
            (SUBSYSTEM << 8) | DELTABLE,
            NLM_F_REQUEST | NLM_F_ACK,
            first + 1,
            |w| {
                w.raw(&[family.number(), 0, 0, 0]);
                w.attr_str(TABLE_NAME, table);
            },
        );
        begin(&mut w, BATCH_END, first + 2);
        match self.0.batch(w.as_bytes(), first, first + 1) {
            Ok(()) => Ok(true),
            Err(error) if error.is_absent() || error.is_unsupported() => Ok(false),
            Err(source) => Err(Error::Nft {
                table: table.to_owned(),
                source,
            }),
        }
    }

    pub(crate) fn dump(
        &mut self,
        message: u16,
        family: u8,
        attrs: impl FnOnce(&mut Writer),
        each: impl FnMut(Message<'_>),
    ) -> Result<(), NetlinkError> {
        self.0.query(
            (SUBSYSTEM << 8) | message,
            true,
            |w| {
                w.raw(&[family, 0, 0, 0]);
                attrs(w);
            },
            each,
        )
    }
}
