//! Items of a long list, decoded by several threads while others still arrive.

use std::collections::VecDeque;
use std::sync::Arc;

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::JoinHandle;

use crate::codec::{self, Decoder, Format};
use crate::payload::BoxError;

/// Bytes of items that are decoded where they are read, before it is worth
/// having others help.
const ALONE_LEN: usize = 256 << 10;
/// Bytes of items that are handed on together.
const BATCH_LEN: usize = 128 << 10;
/// Batches that others have; more wait until the first of them is done, so
/// that what is held of the bytes stays bounded.
const BATCHES_MAX: usize = 4;

/// Takes the bytes of items, and gives the items in their order.
pub(crate) struct Items<T> {
    decoder: Arc<dyn Decoder<T>>,
    format: Format,
    /// Those that are done, up to the first that others have.
    done: Vec<T>,
    /// Where others run; `None`: there are none.
    others: Option<Handle>,
    /// Bytes decoded here.
    alone: usize,
    batch: Batch,
    handed: VecDeque<JoinHandle<Result<Vec<T>, BoxError>>>,
}

/// Items as they came, one behind the other.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    /// Where each ends.
    ends: Vec<usize>,
}

impl Batch {
    fn decode<T>(&self, decoder: &dyn Decoder<T>, format: Format) -> Result<Vec<T>, BoxError> {
        let mut begin = 0;
        let mut items = Vec::with_capacity(self.ends.len());
        for &end in &self.ends {
            let item = self.bytes.get(begin..end).unwrap_or_default();
            items.push(decode(decoder, format, item)?);
            begin = end;
        }
        Ok(items)
    }
}

fn decode<T>(decoder: &dyn Decoder<T>, format: Format, item: &[u8]) -> Result<T, BoxError> {
    match format {
        Format::Protobuf => decoder.protobuf(item),
        Format::Json => decoder
            .json(item)
            .or_else(|error| codec::unfit(decoder, codec::tree_of(item).ok(), error)),
    }
}

impl<T: Send + 'static> Items<T> {
    /// Decodes with the help of the runtime that this is called in, if it has
    /// more than one thread.
    pub(crate) fn new(format: Format, decoder: Arc<dyn Decoder<T>>) -> Self {
        let several = |handle: &Handle| {
            handle.runtime_flavor() == RuntimeFlavor::MultiThread
                && handle.metrics().num_workers() > 1
        };
        Self {
            decoder,
            format,
            done: Vec::new(),
            others: Handle::try_current().ok().filter(several),
            alone: 0,
            batch: Batch::default(),
            handed: VecDeque::new(),
        }
    }

    /// Takes the bytes of an item.
    ///
    /// # Errors
    /// It was decoded here, and is none.
    pub(crate) fn push(&mut self, item: &[u8]) -> Result<(), BoxError> {
        let Some(others) = self.others.as_ref().filter(|_| self.alone >= ALONE_LEN) else {
            self.alone += item.len();
            self.done.push(decode(&*self.decoder, self.format, item)?);
            return Ok(());
        };
        self.batch.bytes.extend_from_slice(item);
        self.batch.ends.push(self.batch.bytes.len());
        if self.batch.bytes.len() >= BATCH_LEN {
            let batch = std::mem::take(&mut self.batch);
            let (decoder, format) = (Arc::clone(&self.decoder), self.format);
            let task = others.spawn(async move { batch.decode(&*decoder, format) });
            self.handed.push_back(task);
        }
        Ok(())
    }

    /// Waits until others have no more to do than is allowed to wait.
    ///
    /// # Errors
    /// What they decoded is no item.
    pub(crate) async fn caught_up(&mut self) -> Result<(), BoxError> {
        self.left(BATCHES_MAX).await
    }

    async fn left(&mut self, most: usize) -> Result<(), BoxError> {
        while self.handed.len() > most {
            if let Some(first) = self.handed.pop_front() {
                self.done.extend(first.await??);
            }
        }
        Ok(())
    }

    /// All items.
    ///
    /// # Errors
    /// One of those that were not decoded yet is none.
    pub(crate) async fn finish(mut self) -> Result<Vec<T>, BoxError> {
        let last = self.batch.decode(&*self.decoder, self.format)?;
        self.left(0).await?;
        self.done.extend(last);
        Ok(self.done)
    }
}
