//! The JSON of objects, kept for the next one who asks, as long as there is
//! room: what has not been asked for the longest gives way.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, Weak};

use bytes::Bytes;

/// Bytes that the kept JSON of all objects of the process may take.
const HELD_LEN_MAX: usize = 48 * 1024 * 1024;
/// Objects that are looked at when one is added, so that those that are gone
/// do not pile up.
const LOOKED_AT: usize = 3;

/// Bytes that are kept just now.
static HELD: AtomicUsize = AtomicUsize::new(0);
/// Who keeps some, in the order in which they are looked at.
static QUEUE: Mutex<VecDeque<Weak<dyn Keeper>>> = Mutex::new(VecDeque::new());

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What has a [`Kept`].
pub(crate) trait Keeper: Send + Sync {
    /// It.
    fn kept(&self) -> &Kept;
}

/// The JSON of one object, if it is kept.
#[derive(Default)]
pub(crate) struct Kept {
    bytes: Mutex<Option<Bytes>>,
    used: AtomicBool,
}

impl Kept {
    /// What is kept.
    pub(crate) fn get(&self) -> Option<Bytes> {
        self.with(Bytes::clone)
    }

    /// Reads what is kept.
    pub(crate) fn with<R>(&self, read: impl FnOnce(&Bytes) -> R) -> Option<R> {
        let held = locked(&self.bytes);
        let out = read(held.as_ref()?);
        // Who lists much would write to much memory otherwise.
        if !self.used.load(Ordering::Relaxed) {
            self.used.store(true, Ordering::Relaxed);
        }
        Some(out)
    }

    /// Lets go of it.
    fn forget(&self) {
        if let Some(bytes) = locked(&self.bytes).take() {
            HELD.fetch_sub(bytes.len(), Ordering::Relaxed);
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.forget();
    }
}

/// Keeps bytes until others need the room.
pub(crate) fn keep<K: Keeper + 'static>(keeper: &std::sync::Arc<K>, bytes: &Bytes) {
    {
        let mut held = locked(&keeper.kept().bytes);
        if held.is_some() {
            return;
        }
        *held = Some(bytes.clone());
    }
    HELD.fetch_add(bytes.len(), Ordering::Relaxed);
    let weak: Weak<K> = std::sync::Arc::downgrade(keeper);
    let mut queue = locked(&QUEUE);
    queue.push_back(weak);
    make_room(&mut queue, HELD_LEN_MAX);
}

/// Goes through the queue until less than `len_max` is held; who was asked
/// since the last time gets another round.
fn make_room(queue: &mut VecDeque<Weak<dyn Keeper>>, len_max: usize) {
    // Nobody stays through two rounds.
    let rounds = 2 * queue.len() + LOOKED_AT;
    for looked in 0..rounds {
        let over = HELD.load(Ordering::Relaxed) > len_max;
        if looked >= LOOKED_AT && !over {
            return;
        }
        let Some(weak) = queue.pop_front() else {
            return;
        };
        let Some(keeper) = weak.upgrade() else {
            continue;
        };
        if over && !keeper.kept().used.swap(false, Ordering::Relaxed) {
            keeper.kept().forget();
        } else {
            queue.push_back(weak);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[derive(Default)]
    struct One(Kept);

    impl Keeper for One {
        fn kept(&self) -> &Kept {
            &self.0
        }
    }

    fn one(len: usize) -> Arc<One> {
        let one = Arc::new(One::default());
        *locked(&one.0.bytes) = Some(Bytes::from(vec![b'x'; len]));
        HELD.fetch_add(len, Ordering::Relaxed);
        one
    }

    #[test]
    fn who_was_not_asked_gives_way() {
        // Far more than other tests hold at the same time.
        const LEN: usize = 1 << 24;
        let all: Vec<Arc<One>> = (0..4).map(|_| one(LEN)).collect();
        let mut queue: VecDeque<Weak<dyn Keeper>> = VecDeque::new();
        for keeper in &all {
            let weak: Weak<One> = Arc::downgrade(keeper);
            queue.push_back(weak);
        }
        assert!(all[0].0.get().is_some());
        assert!(all[2].0.get().is_some());
        make_room(&mut queue, 5 * LEN / 2);
        let kept: Vec<bool> = all.iter().map(|one| one.0.get().is_some()).collect();
        assert_eq!(kept, [true, false, true, false]);
        assert_eq!(queue.len(), 2);
        drop(all);
        make_room(&mut queue, 5 * LEN / 2);
        assert!(queue.is_empty(), "those that are gone leave the queue");
    }
}
