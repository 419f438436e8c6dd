//! The contract, against the engine in memory, on a real disk, and on one in
//! memory with segments so small that every test crosses many.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use skeg_store::contract::Subject;
use skeg_store::testing::{ManualClock, MemoryDisk};
use skeg_store::{Embedded, Options, Store};

struct Engine {
    clock: ManualClock,
    options: Options,
    dir: Option<PathBuf>,
    _temporary: Option<tempfile::TempDir>,
}

impl Engine {
    fn new(dir: Option<PathBuf>, temporary: Option<tempfile::TempDir>, options: Options) -> Engine {
        let clock = ManualClock::new();
        let options = Options {
            clock: Arc::new(clock.clone()),
            ..options
        };
        Engine {
            clock,
            options,
            dir,
            _temporary: temporary,
        }
    }

    fn open(&self) -> Arc<dyn Store> {
        Arc::new(match &self.dir {
            Some(dir) => Embedded::open(dir, self.options.clone()).unwrap(),
            None => Embedded::in_memory_with(self.options.clone()),
        })
    }
}

impl Subject for Engine {
    fn fresh(&self) -> BoxFuture<'_, Arc<dyn Store>> {
        async { self.open() }.boxed()
    }

    fn advance(&self, by: Duration) -> BoxFuture<'_, ()> {
        async move { self.clock.advance(by) }.boxed()
    }

    fn restart(&self, store: Arc<dyn Store>) -> BoxFuture<'_, Option<Arc<dyn Store>>> {
        async move {
            self.dir.as_ref()?;
            store.close().await.unwrap();
            Some(self.open())
        }
        .boxed()
    }
}

mod in_memory {
    use super::*;
    skeg_store::contract_tests!(Engine::new(None, None, Options::default()));
}

mod on_disk {
    use super::*;

    fn engine() -> Engine {
        let temporary = tempfile::tempdir().unwrap();
        let dir = temporary.path().join("store");
        let options = Options {
            segment_bytes: 1 << 20,
            ..Options::default()
        };
        Engine::new(Some(dir), Some(temporary), options)
    }

    skeg_store::contract_tests!(engine());
}

mod with_tiny_segments {
    use super::*;

    fn engine() -> Engine {
        let options = Options {
            segment_bytes: 16 << 10,
            snapshot_after_bytes: 32 << 10,
            disk: Arc::new(MemoryDisk::new()),
            ..Options::default()
        };
        Engine::new(Some(PathBuf::from("/store")), None, options)
    }

    skeg_store::contract_tests!(engine());
}
