//! Output of which no line is ever half there, whenever the command is interrupted.

use std::io::{self, Write};

/// As much as a pipe takes at once or not at all.
///
/// Source: `PIPE_BUF` in pipe(7) of Linux.
const AT_ONCE: usize = 4096;

/// Writes whole lines, each in one piece.
pub(super) struct Lines<'a> {
    out: &'a mut dyn Write,
}

impl<'a> Lines<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Self {
        Self { out }
    }

    /// Writes a line.
    ///
    /// # Errors
    /// Those of the output.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        self.lines(format!("{text}\n").as_bytes())
    }

    /// Writes lines, of which the last one may lack its end.
    ///
    /// # Errors
    /// Those of the output.
    pub(super) fn lines(&mut self, text: &[u8]) -> io::Result<()> {
        pieces(text).try_for_each(|it| {
            self.out.write_all(it)?;
            self.out.flush()
        })
    }
}

/// Pieces that end with a line, as long as can be written at once, if no line is longer than that.
fn pieces(mut text: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let end_of_line = |text: &[u8]| memchr::memchr(b'\n', text).map(|it| it + 1);
        let fitting = text.len().min(AT_ONCE);
        let end = match memchr::memrchr(b'\n', &text[..fitting]) {
            _ if text.len() <= AT_ONCE => text.len(),
            Some(end) => end + 1,
            None => end_of_line(text).unwrap_or(text.len()),
        };
        let (piece, rest) = text.split_at(end);
        text = rest;
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_piece_ends_within_a_line() {
        let long = "x".repeat(AT_ONCE);
        let text = format!("{}{long}\n{}", "a line\n".repeat(2000), "b\n".repeat(3000));
        let found: Vec<&[u8]> = pieces(text.as_bytes()).collect();
        assert_eq!(found.concat(), text.as_bytes());
        assert!(found.iter().all(|it| it.ends_with(b"\n")));
        let long = found.iter().filter(|it| it.len() > AT_ONCE);
        assert_eq!(long.map(|it| it.len()).collect::<Vec<_>>(), [AT_ONCE + 1]);
        assert!(found.len() < 10, "{}", found.len());
        assert_eq!(pieces(b"").count(), 0);
        assert_eq!(pieces(b"no end").collect::<Vec<_>>(), [b"no end"]);
    }
}
