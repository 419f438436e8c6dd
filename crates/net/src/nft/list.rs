//! What is there.

use super::{Family, NftSocket};
use crate::{Error, netlink::Attrs};

const GETTABLE: u16 = 1;
const GETCHAIN: u16 = 4;
const GETSETELEM: u16 = 13;
const NFGENMSG_LEN: usize = 4;

/// A base chain of any table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainInfo {
    /// Its table.
    pub table: String,
    /// Its name.
    pub name: String,
    /// Number of its hook (2 is forward).
    pub hook: u32,
    /// Whether packets that no rule decides on are dropped.
    pub drops: bool,
}

/// Names of a family's tables.
pub fn list_tables(socket: &mut NftSocket, family: Family) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    socket
        .dump(
            GETTABLE,
            family.number(),
            |_| (),
            |message| {
                let attrs = Attrs::after(message.payload, NFGENMSG_LEN);
                names.extend(attrs.text(1).map(str::to_owned));
            },
        )
        .map_err(|source| Error::Nft {
            table: "(all)".into(),
            source,
        })?;
    Ok(names)
}

/// The base chains of a family.
pub fn list_chains(socket: &mut NftSocket, family: Family) -> Result<Vec<ChainInfo>, Error> {
    let mut chains = Vec::new();
    socket
        .dump(
            GETCHAIN,
            family.number(),
            |_| (),
            |message| {
                let attrs = Attrs::after(message.payload, NFGENMSG_LEN);
                if let (Some(table), Some(name), Some(hook)) =
                    (attrs.text(1), attrs.text(3), attrs.nested(4).be32(1))
                {
                    chains.push(ChainInfo {
                        table: table.to_owned(),
                        name: name.to_owned(),
                        hook,
                        drops: attrs.be32(5) == Some(0),
                    });
                }
            },
        )
        .map_err(|source| Error::Nft {
            table: "(all)".into(),
            source,
        })?;
    Ok(chains)
}

/// What an element of a set or a map holds beside its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElementData {
    /// Nothing, or nothing that is understood.
    None,
    /// Plain data.
    Value(Vec<u8>),
    /// A verdict that leads to a chain.
    Chain(String),
}

/// Keys and data of a set's or a map's elements.
pub fn list_elements(
    socket: &mut NftSocket,
    family: Family,
    table: &str,
    set: &str,
) -> Result<Vec<(Vec<u8>, ElementData)>, Error> {
    let mut out = Vec::new();
    socket
        .dump(
            GETSETELEM,
            family.number(),
            |w| {
                w.attr_str(1, table);
                w.attr_str(2, set);
            },
            |message| {
                let list = Attrs::after(message.payload, NFGENMSG_LEN).nested(3);
                for (_, element) in list {
                    let element = Attrs::new(element);
                    let Some(key) = element.nested(1).find(1) else {
                        continue;
                    };
                    let data = element.nested(2);
                    let data = match (data.find(1), data.nested(2).text(2)) {
                        (Some(value), _) => ElementData::Value(value.to_vec()),
                        (None, Some(chain)) => ElementData::Chain(chain.to_owned()),
                        (None, None) => ElementData::None,
                    };
                    out.push((key.to_vec(), data));
                }
            },
        )
        .map_err(|source| Error::Nft {
            table: table.to_owned(),
            source,
        })?;
    Ok(out)
}
