//! Holds the texts that blocks put together, for as long as what was read from them.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many texts a replay puts together before it stops; loops of migrations are short.
const LIMIT: usize = 4096;

/// Texts that stay where they are while more are added.
#[derive(Debug, Default)]
pub(crate) struct Generated {
    texts: OnceLock<Box<[OnceLock<String>]>>,
    count: AtomicUsize,
}

impl Generated {
    /// Keeps a text. `None` when there are too many.
    pub(crate) fn keep(&self, text: String) -> Option<&str> {
        let texts = self.texts.get_or_init(|| (0..LIMIT).map(|_| OnceLock::new()).collect());
        let slot = texts.get(self.count.fetch_add(1, Ordering::Relaxed))?;
        Some(slot.get_or_init(|| text))
    }
}
