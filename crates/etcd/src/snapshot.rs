//! The content of a store as an etcd database file, so that etcd's own tools
//! restore it. The file is a bbolt database (a copy-on-write B+tree): made in
//! one go, it needs the page layout only, not the changing of it.

use bytes::Bytes;
use prost::Message;
use skeg_store::dump::Dump;

use crate::proto::{KeyValue, signed};
use crate::server::CLUSTER_VERSION;

const PAGE: usize = 4096;
const PAGE_HEADER: usize = 16;
const ELEMENT: usize = 16;

const IS_BRANCH: u16 = 0x01;
const IS_LEAF: u16 = 0x02;
const IS_META: u16 = 0x04;
const IS_FREELIST: u16 = 0x10;

/// Set on a leaf's element that is a bucket.
const BUCKET: u32 = 0x01;

/// The first pages: two copies of the meta page, and the list of free pages.
const PAGES_FIXED: u64 = 3;

/// A lease as etcd keeps it.
#[derive(Clone, PartialEq, Message)]
struct SavedLease {
    #[prost(int64, tag = "1")]
    id: i64,
    #[prost(int64, tag = "2")]
    ttl: i64,
    #[prost(int64, tag = "3")]
    remaining_ttl: i64,
}

/// What `etcdctl snapshot save` would write of an etcd that holds what the dump
/// holds: `etcdutl snapshot restore` makes an etcd of it, with the same
/// revisions.
pub fn snapshot_file(dump: &Dump) -> Vec<u8> {
    let mut file = database(dump);
    let sum = checksum(&file);
    file.extend_from_slice(&sum);
    file
}

/// The database of an etcd that holds these keys and leases. Older revisions
/// count as compacted.
pub(crate) fn database(found: &Dump) -> Vec<u8> {
    let version = CLUSTER_VERSION;
    let revision = signed(found.revision);
    let mut file = File::new();
    let mut keys: Vec<Item> = Vec::with_capacity(found.kvs.len() + 1);
    let mut by_revision: Vec<_> = found.kvs.iter().collect();
    by_revision.sort_by_key(|kv| kv.mod_revision);
    let mut before = (0, 0);
    for kv in by_revision {
        let sub = if before.0 == kv.mod_revision {
            before.1 + 1
        } else {
            0
        };
        before = (kv.mod_revision, sub);
        keys.push(Item {
            key: revision_key(signed(kv.mod_revision), sub),
            value: KeyValue::from(&**kv).encode_to_vec(),
            flags: 0,
        });
    }
    if before.0 != found.revision {
        // etcd takes its revision from the last key. This one, deleted and never
        // seen, stands for what was deleted last.
        let mut key = revision_key(revision, 0);
        key.push(b't');
        let gone = KeyValue {
            key: Bytes::from_static(b"\0skeg"),
            ..KeyValue::default()
        };
        keys.push(Item {
            key,
            value: gone.encode_to_vec(),
            flags: 0,
        });
    }
    let mut saved: Vec<Item> = found
        .leases
        .iter()
        .map(|lease| Item {
            key: lease.id.to_be_bytes().to_vec(),
            value: SavedLease {
                id: lease.id.cast_signed(),
                ttl: signed(lease.ttl.as_secs()),
                remaining_ttl: signed(lease.remaining.as_secs()),
            }
            .encode_to_vec(),
            flags: 0,
        })
        .collect();
    saved.sort_by(|a, b| a.key.cmp(&b.key));
    let compacted = revision_key(revision, 0);
    let meta = vec![
        Item::new("consistent_index", &1_u64.to_be_bytes()),
        Item::new("finishedCompactRev", &compacted),
        Item::new("scheduledCompactRev", &compacted),
        Item::new("storageVersion", version.as_bytes()),
        Item::new("term", &1_u64.to_be_bytes()),
    ];
    let cluster = vec![Item::new("clusterVersion", version.as_bytes())];
    // In the order of their names.
    let buckets = [
        ("alarm", Vec::new()),
        ("auth", Vec::new()),
        ("authRoles", Vec::new()),
        ("authUsers", Vec::new()),
        ("cluster", cluster),
        ("key", keys),
        ("lease", saved),
        ("members", Vec::new()),
        ("members_removed", Vec::new()),
        ("meta", meta),
    ];
    let roots = buckets
        .into_iter()
        .map(|(name, items)| file.bucket(name, &items))
        .collect::<Vec<_>>();
    let root = file.tree(&roots);
    file.finish(root)
}

/// What stands behind the database, so that a copy that was cut is noticed.
pub(crate) fn checksum(file: &[u8]) -> Bytes {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, file);
    Bytes::copy_from_slice(digest.as_ref())
}

/// How etcd orders versions: by revision, and by operation within it.
fn revision_key(main: i64, sub: i64) -> Vec<u8> {
    let mut key = Vec::with_capacity(18);
    key.extend_from_slice(&main.to_be_bytes());
    key.push(b'_');
    key.extend_from_slice(&sub.to_be_bytes());
    key
}

/// An element of a leaf.
struct Item {
    key: Vec<u8>,
    value: Vec<u8>,
    flags: u32,
}

impl Item {
    fn new(key: &str, value: &[u8]) -> Item {
        Item {
            key: key.into(),
            value: value.into(),
            flags: 0,
        }
    }

    fn len(&self) -> usize {
        ELEMENT + self.key.len() + self.value.len()
    }
}

/// The pages so far; the fixed ones are filled in last.
struct File {
    data: Vec<u8>,
}

impl File {
    fn new() -> File {
        File {
            data: vec![0; PAGES_FIXED as usize * PAGE],
        }
    }

    /// A bucket as an element of the root: its tree's root, or, when there is
    /// nothing in it, an empty page in place.
    fn bucket(&mut self, name: &str, items: &[Item]) -> Item {
        let root = if items.is_empty() {
            0
        } else {
            self.tree(items)
        };
        let mut value = root.to_le_bytes().to_vec();
        value.extend_from_slice(&0_u64.to_le_bytes());
        if items.is_empty() {
            value.extend_from_slice(&header(0, IS_LEAF, 0, 0));
        }
        Item {
            key: name.into(),
            value,
            flags: BUCKET,
        }
    }

    /// Writes a tree bottom up; its root's page.
    fn tree(&mut self, items: &[Item]) -> u64 {
        let mut level: Vec<(&[u8], u64)> = Vec::new();
        for page in filled(items, Item::len) {
            let id = self.leaf(page);
            level.push((&page[0].key, id));
        }
        while level.len() > 1 {
            let mut above = Vec::new();
            for page in filled(&level, |(key, _)| ELEMENT + key.len()) {
                let id = self.branch(page);
                above.push((page[0].0, id));
            }
            level = above;
        }
        level.first().map_or(0, |(_, id)| *id)
    }

    fn leaf(&mut self, items: &[Item]) -> u64 {
        let mut elements = Vec::new();
        let mut data = Vec::new();
        for (i, item) in items.iter().enumerate() {
            elements.extend_from_slice(&item.flags.to_le_bytes());
            let position = (items.len() - i) * ELEMENT + data.len();
            for number in [position, item.key.len(), item.value.len()] {
                elements.extend_from_slice(&narrow(number).to_le_bytes());
            }
            data.extend_from_slice(&item.key);
            data.extend_from_slice(&item.value);
        }
        self.page(IS_LEAF, items.len(), &[elements, data].concat())
    }

    fn branch(&mut self, children: &[(&[u8], u64)]) -> u64 {
        let mut elements = Vec::new();
        let mut data = Vec::new();
        for (i, (key, id)) in children.iter().enumerate() {
            let position = (children.len() - i) * ELEMENT + data.len();
            for number in [position, key.len()] {
                elements.extend_from_slice(&narrow(number).to_le_bytes());
            }
            elements.extend_from_slice(&id.to_le_bytes());
            data.extend_from_slice(key);
        }
        self.page(IS_BRANCH, children.len(), &[elements, data].concat())
    }

    /// Appends a page, which is as many of the file's as it needs.
    fn page(&mut self, flags: u16, count: usize, content: &[u8]) -> u64 {
        let id = (self.data.len() / PAGE) as u64;
        let overflow = (PAGE_HEADER + content.len()).div_ceil(PAGE) - 1;
        self.data
            .extend_from_slice(&header(id, flags, count, overflow));
        self.data.extend_from_slice(content);
        self.data.resize(self.data.len().next_multiple_of(PAGE), 0);
        id
    }

    fn finish(mut self, root: u64) -> Vec<u8> {
        let pages = (self.data.len() / PAGE) as u64;
        for id in [0, 1] {
            let page = &mut self.data[id as usize * PAGE..][..PAGE];
            page[..PAGE_HEADER].copy_from_slice(&header(id, IS_META, 0, 0));
            let mut meta = Vec::new();
            for number in [0xED0C_DAED_u32, 2, PAGE as u32, 0] {
                meta.extend_from_slice(&number.to_le_bytes());
            }
            // Root bucket, its sequence, free list, number of pages, transaction.
            for number in [root, 0, PAGES_FIXED - 1, pages, id] {
                meta.extend_from_slice(&number.to_le_bytes());
            }
            let sum = fnv1a(&meta);
            meta.extend_from_slice(&sum.to_le_bytes());
            page[PAGE_HEADER..PAGE_HEADER + meta.len()].copy_from_slice(&meta);
        }
        let free = header(PAGES_FIXED - 1, IS_FREELIST, 0, 0);
        self.data[2 * PAGE..][..PAGE_HEADER].copy_from_slice(&free);
        self.data
    }
}

/// Runs of elements of which each fills a page. No run is empty, so that what is
/// larger than a page gets one that is larger.
fn filled<T>(items: &[T], len: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    let mut rest = items;
    std::iter::from_fn(move || {
        let mut bytes = PAGE_HEADER;
        let mut count = 0;
        for item in rest {
            bytes += len(item);
            if count > 0 && bytes > PAGE {
                break;
            }
            count += 1;
        }
        let (page, after) = rest.split_at(count);
        rest = after;
        (!page.is_empty()).then_some(page)
    })
}

fn header(id: u64, flags: u16, count: usize, overflow: usize) -> [u8; PAGE_HEADER] {
    let mut header = [0; PAGE_HEADER];
    header[..8].copy_from_slice(&id.to_le_bytes());
    header[8..10].copy_from_slice(&flags.to_le_bytes());
    // A page of at most 4 KiB has at most 256 elements.
    header[10..12].copy_from_slice(&(count as u16).to_le_bytes());
    header[12..].copy_from_slice(&narrow(overflow).to_le_bytes());
    header
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("keys and values are bounded by a request's size")
}

fn fnv1a(data: &[u8]) -> u64 {
    data.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_filled_and_never_empty() {
        let sizes = |items: &[usize]| -> Vec<usize> {
            filled(items, |len| *len).map(<[usize]>::len).collect()
        };
        assert_eq!(sizes(&[]), Vec::<usize>::new());
        assert_eq!(sizes(&[10_000, 10, 10_000]), [1, 1, 1]);
        assert_eq!(sizes(&[2040, 2040, 1]), [2, 1]);
    }

    #[test]
    fn meta_pages_have_their_checksum() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
