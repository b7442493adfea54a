//! Where things are after a text was edited.

use std::ops::Range;

/// The one part in which two texts differ.
#[derive(Debug, Clone)]
pub(crate) struct Moved {
    old: Range<usize>,
    new: Range<usize>,
}

impl Moved {
    /// What has to be replaced in one text to make it the other.
    pub(crate) fn between(old: &str, new: &str) -> Self {
        let (old_bytes, new_bytes) = (old.as_bytes(), new.as_bytes());
        let same = |(one, other): &(&u8, &u8)| one == other;
        let start = std::iter::zip(old_bytes, new_bytes).take_while(same).count();
        let rests = (old_bytes[start..].iter().rev(), new_bytes[start..].iter().rev());
        let end = std::iter::zip(rests.0, rests.1).take_while(same).count();
        Self { old: start..old.len() - end, new: start..new.len() - end }
    }

    /// Where in the new text is what was at a place of the old one. What was replaced is where that is
    /// which replaced it.
    pub(crate) fn range(&self, range: Range<usize>) -> Range<usize> {
        let Self { old, new } = self;
        let start = match range.start {
            it if it >= old.end => it - old.end + new.end,
            it => {
                if it <= old.start {
                    it
                } else {
                    new.start
                }
            }
        };
        let end = match range.end {
            it if it <= old.start => it,
            it => {
                if it >= old.end {
                    it - old.end + new.end
                } else {
                    new.end
                }
            }
        };
        start..end.max(start)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moved<'n>(old: &str, new: &'n str, what: &str) -> &'n str {
        let start = old.find(what).unwrap();
        &new[Moved::between(old, new).range(start..start + what.len())]
    }

    #[test]
    fn things_stay_what_they_are() {
        let old = "a(b); c(d);";
        assert_eq!(moved(old, "a(b); new(); c(d);", "c(d)"), "c(d)");
        assert_eq!(moved(old, "a(b.); c(d);", "c(d)"), "c(d)");
        assert_eq!(moved(old, "a(b.); c(d);", "a(b)"), "a(b.)");
        assert_eq!(moved(old, "c(d);", "c(d)"), "c(d)");
        assert_eq!(moved(old, "", "c(d)"), "");
        assert_eq!(moved(old, old, "c(d)"), "c(d)");
    }

    proptest! {
        #[test]
        fn places_stay_in_the_text(old in "[ab𝄞é]{0,9}", new in "[ab𝄞é]{0,9}", a in 0usize..40, b in 0usize..40) {
            let (start, end) = (a.min(b).min(old.len()), a.max(b).min(old.len()));
            let range = Moved::between(&old, &new).range(start..end);
            prop_assert!(range.start <= range.end && range.end <= new.len());
        }
    }
}
