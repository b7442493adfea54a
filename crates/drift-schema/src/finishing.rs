//! Makes the tables of the catalog from drafts, on other threads.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use rayon::{Scope, Yield};

use crate::draft::{Finished, Rules, TableDraft};

/// A number that an evaluation gives to a table, to know it again.
pub(crate) type Slot = usize;

/// How many drafts are worth the trouble of another thread.
pub(crate) const BATCH: usize = 32;

/// The drafts that were handed over, and what became of them.
pub(crate) struct Finishing {
    rules: Rules,
    finished: Mutex<Vec<(Slot, Finished)>>,
    /// Batches that are not finished.
    pending: AtomicUsize,
}

impl Finishing {
    pub(crate) fn new(rules: Rules) -> Self {
        Self { rules, finished: Mutex::default(), pending: AtomicUsize::new(0) }
    }

    /// Has drafts finished by the threads of `scope`; a few of them, at once.
    pub(crate) fn hand_over<'s>(&'s self, drafts: Vec<(Slot, TableDraft)>, scope: &Scope<'s>) {
        if drafts.len() < BATCH {
            return self.finish(drafts);
        }
        self.pending.fetch_add(1, Ordering::Relaxed);
        scope.spawn(|_| {
            let _done = OnDrop(&self.pending);
            self.finish(drafts);
        });
    }

    fn finish(&self, drafts: Vec<(Slot, TableDraft)>) {
        let finished: Vec<_> =
            drafts.into_iter().map(|(slot, draft)| (slot, draft.finish(self.rules))).collect();
        self.finished().extend(finished);
    }

    /// All tables, as soon as they are finished, sorted by their slots.
    pub(crate) fn wait(&self) -> Vec<(Slot, Finished)> {
        // This thread may be the only one.
        while self.pending.load(Ordering::Acquire) > 0 {
            if rayon::yield_now() != Some(Yield::Executed) {
                thread::yield_now();
            }
        }
        let mut finished = std::mem::take(&mut *self.finished());
        finished.sort_unstable_by_key(|(slot, _)| *slot);
        finished
    }

    /// Nothing is left half done where a thread panics.
    fn finished(&self) -> MutexGuard<'_, Vec<(Slot, Finished)>> {
        self.finished.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts down, even where a thread panics.
struct OnDrop<'c>(&'c AtomicUsize);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Release);
    }
}
