//! Comments of sources.

use std::ops::Range;

/// A comment and the code that it stands above. Both count bytes from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The comment with its signs.
    pub range: Range<u32>,
    /// What begins behind it, to its end: a statement, or one of several things between commas.
    /// Empty where nothing does.
    pub next: Range<u32>,
}
