//! Places: files, byte spans in them, and the lines and columns that people read.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, RwLock};

use crate::FileSystem;

/// A file of a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileId(u32);

/// A range of bytes in one file. `start` and `end` count UTF-8 bytes from 0; `end` is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// The file the range lies in.
    pub file: FileId,
    /// First byte.
    pub start: u32,
    /// Byte after the last one.
    pub end: u32,
}

impl Span {
    /// The bytes from `start` up to `end` of `file`.
    pub fn new(file: FileId, start: u32, end: u32) -> Self {
        Self { file, start, end }
    }

    /// The smallest span that holds both; `self` when `other` lies in another file.
    pub fn to(self, other: Span) -> Span {
        if self.file != other.file {
            return self;
        }
        Span::new(self.file, self.start.min(other.start), self.end.max(other.end))
    }
}

/// A place as editors show it: both count from 1, `column` in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in Unicode scalar values.
    pub column: u32,
}

/// One file as it was read. A leading byte order mark is not part of `text`.
#[derive(Debug)]
pub struct SourceFile {
    /// What spans call this file.
    pub id: FileId,
    /// Where it was read from.
    pub path: PathBuf,
    /// Its content; every [`Span`] counts bytes of this.
    pub text: String,
    lines: OnceLock<Lines>,
}

impl SourceFile {
    /// The line and column of a byte offset. An offset past the end gives the end of the file, one
    /// inside a character the place of that character. A line ends with `\n`, `\r\n` or `\r`, as for
    /// TypeScript and editors.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        // What is about all of a file has no better place; the lines of a snapshot are many.
        if offset == 0 {
            return LineColumn { line: 1, column: 1 };
        }
        let (bytes, lines) = (self.text.as_bytes(), self.lines());
        let offset = (offset as usize).min(bytes.len());
        let line = lines.line(offset);
        let start = lines.starts[line - 1] as usize;
        let column = offset - start - lines.continuations(bytes, start, offset);
        LineColumn { line: line as u32, column: column as u32 + 1 }
    }

    /// The line of a byte offset, as git counts lines: they end with `\n` alone.
    pub fn git_line(&self, offset: u32) -> u32 {
        let lines = self.lines();
        let line = lines.line(offset as usize) as u32;
        line - lines.returns.partition_point(|it| *it < line) as u32
    }

    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::new(&self.text))
    }
}

/// Where the lines of a text begin, and what it takes to count characters in a line of any length.
#[derive(Debug)]
struct Lines {
    starts: Vec<u32>,
    /// The lines that end with `\r` alone, from 1.
    returns: Vec<u32>,
    /// How many bytes before each [`STRIDE`] begin no character; empty where all do.
    continuations: Vec<u32>,
}

/// Bytes between two counts of characters.
const STRIDE: usize = 1024;

impl Lines {
    fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let (mut starts, mut returns) = (vec![0], Vec::new());
        let is_alone = |at: usize| bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n');
        if text.match_indices('\r').any(|(at, _)| is_alone(at)) {
            for (at, byte) in bytes.iter().enumerate() {
                if is_alone(at) {
                    returns.push(starts.len() as u32);
                }
                if is_alone(at) || *byte == b'\n' {
                    starts.push(at as u32 + 1);
                }
            }
        } else {
            // Many bytes at a time.
            starts.extend(text.match_indices('\n').map(|(at, _)| at as u32 + 1));
        }
        let count = |before: &mut usize, stride: &[u8]| {
            let here = *before as u32;
            *before += continuations(stride);
            Some(here)
        };
        let continuations = match bytes.is_ascii() {
            true => Vec::new(),
            false => bytes.chunks(STRIDE).scan(0, count).collect(),
        };
        Self { starts, returns, continuations }
    }

    /// The line of an offset, from 1.
    fn line(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start as usize <= offset)
    }

    /// How many bytes between two offsets begin no character.
    fn continuations(&self, bytes: &[u8], start: usize, end: usize) -> usize {
        let before = |offset: usize| {
            let stride = offset / STRIDE;
            // Behind the last one there is nothing where the length is a multiple.
            let from = stride.min(self.continuations.len() - 1);
            self.continuations[from] as usize + continuations(&bytes[from * STRIDE..offset])
        };
        match self.continuations.is_empty() {
            true => 0,
            false if end - start < STRIDE => continuations(&bytes[start..end]),
            false => before(end) - before(start),
        }
    }
}

/// Continuation bytes of UTF-8 start with 0b10 and begin no character.
fn continuations(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 == 0x80).count()
}

/// Every file a run has read, each of them once.
///
/// All sources share one map, so that a report can point into TypeScript and SQL alike. Files are
/// numbered in the order in which they happen to be read, which is not stable: sort by path.
#[derive(Debug, Default)]
pub struct SourceMap {
    inner: RwLock<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    files: Vec<Arc<SourceFile>>,
    by_path: HashMap<PathBuf, Arc<SourceFile>>,
    /// Files of earlier runs that nobody has asked for in this one.
    former: HashMap<PathBuf, Former>,
}

/// A file as it was in an earlier run.
#[derive(Debug)]
struct Former {
    file: Arc<SourceFile>,
    /// Whether nothing has happened to it since.
    is_current: bool,
}

impl SourceMap {
    /// The file at `path`, read through `files` unless it was read before.
    ///
    /// # Errors
    /// Those of [`FileSystem::read`], and [`io::ErrorKind::FileTooLarge`] from 4 GiB on, where
    /// offsets no longer fit a [`Span`].
    pub fn load(&self, files: &dyn FileSystem, path: &Path) -> io::Result<Arc<SourceFile>> {
        if let Some(file) = self.get(path).or_else(|| self.restore(path)) {
            files.reuse(path);
            return Ok(file);
        }
        let text = files.read(path)?;
        if u32::try_from(text.len()).is_err() {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        Ok(self.add(path.to_path_buf(), text))
    }

    /// Takes a text as the content of `path`; the one that is there already, if there is one.
    ///
    /// # Panics
    /// With more than `u32::MAX` files.
    pub fn add(&self, path: PathBuf, mut text: String) -> Arc<SourceFile> {
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let mut inner = self.inner.write().unwrap();
        if let Some(file) = inner.by_path.get(&path) {
            return Arc::clone(file);
        }
        let former = inner.former.remove(&path).map(|it| it.file);
        let file = match former {
            // Whoever has read it before need not do so again.
            Some(former) if former.text == text => former,
            former => {
                let next = || u32::try_from(inner.files.len()).expect("fewer than 2^32 files");
                let id = former.map_or_else(|| FileId(next()), |it| it.id);
                let (path, lines) = (path.clone(), OnceLock::new());
                Arc::new(SourceFile { id, path, text, lines })
            }
        };
        match inner.files.get_mut(file.id.0 as usize) {
            Some(slot) => *slot = Arc::clone(&file),
            None => inner.files.push(Arc::clone(&file)),
        }
        inner.by_path.insert(path, Arc::clone(&file));
        file
    }

    /// Begins another run: only files that are asked for from now on belong to it. What has not changed
    /// since it was read is not read again, and what was changed and changed back is the same file.
    pub fn renew(&self) {
        let mut inner = self.inner.write().unwrap();
        let Inner { by_path, former, .. } = &mut *inner;
        former
            .extend(by_path.drain().map(|(path, file)| (path, Former { file, is_current: true })));
    }

    /// Forgets the text of a file, so that it is read again when it is next needed. Spans into it hold
    /// no longer than until then.
    pub fn forget(&self, path: &Path) {
        let mut inner = self.inner.write().unwrap();
        if let Some(file) = inner.by_path.remove(path) {
            inner.former.insert(path.to_path_buf(), Former { file, is_current: false });
        } else if let Some(former) = inner.former.get_mut(path) {
            former.is_current = false;
        }
    }

    /// Whether a file that was read in an earlier run would be read as it was. It does not belong to this
    /// run for that.
    pub fn is_unchanged(&self, files: &dyn FileSystem, file: &Arc<SourceFile>) -> bool {
        let may_be_current = {
            let inner = self.inner.read().unwrap();
            match (inner.by_path.get(&file.path), inner.former.get(&file.path)) {
                (Some(now), _) => return Arc::ptr_eq(now, file),
                (None, Some(former)) if !Arc::ptr_eq(&former.file, file) => return false,
                (None, Some(former)) if former.is_current => return true,
                (None, former) => former.is_some(),
            }
        };
        let is_same = |text: &str| text.strip_prefix('\u{feff}').unwrap_or(text) == file.text;
        let is_current = may_be_current && files.read(&file.path).is_ok_and(|it| is_same(&it));
        if is_current && let Some(former) = self.inner.write().unwrap().former.get_mut(&file.path) {
            former.is_current = true;
        }
        is_current
    }

    /// A file of an earlier run that nothing has happened to.
    fn restore(&self, path: &Path) -> Option<Arc<SourceFile>> {
        let mut inner = self.inner.write().unwrap();
        if !inner.former.get(path)?.is_current {
            return None;
        }
        let (path, former) = inner.former.remove_entry(path)?;
        inner.by_path.insert(path, Arc::clone(&former.file));
        Some(former.file)
    }

    /// The file at `path`, if it was read.
    pub fn get(&self, path: &Path) -> Option<Arc<SourceFile>> {
        self.inner.read().unwrap().by_path.get(path).map(Arc::clone)
    }

    /// The file that `id` stands for.
    ///
    /// # Panics
    /// With an id of another map.
    pub fn file(&self, id: FileId) -> Arc<SourceFile> {
        Arc::clone(&self.inner.read().unwrap().files[id.0 as usize])
    }

    /// Every file of this run that is not forgotten, in no stable order.
    pub fn files(&self) -> Vec<Arc<SourceFile>> {
        self.inner.read().unwrap().by_path.values().cloned().collect()
    }

    /// The text a span covers.
    pub fn snippet(&self, span: Span) -> String {
        let file = self.file(span.file);
        file.text.get(span.start as usize..span.end as usize).unwrap_or_default().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_the_same_however_long_a_line_is() {
        let map = SourceMap::default();
        for line in ["abcd".repeat(1000), "aé😀 ".repeat(1000)] {
            let text = format!("{line}\n{line}\n");
            let file = map.add(format!("{}.sql", text.len()).into(), text.clone());
            for (offset, _) in text.char_indices().step_by(7) {
                let before = &text[..offset];
                let line = before.rfind('\n').map_or(before, |at| &before[at + 1..]);
                let lines = before.matches('\n').count() + 1;
                let place = file.line_column(offset as u32);
                assert_eq!(
                    (place.line, place.column),
                    (lines as u32, line.chars().count() as u32 + 1)
                );
            }
        }
    }

    #[test]
    fn counts_columns_in_characters_and_lines_from_one() {
        let map = SourceMap::default();
        let file = map.add("a.sql".into(), "é b\r\nc\n".to_owned());
        let at = |offset| {
            let place = file.line_column(offset);
            (place.line, place.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(3), (1, 3));
        assert_eq!(at(6), (2, 1));
        assert_eq!(at(8), (3, 1));
        assert_eq!(at(99), (3, 1));
    }

    #[test]
    fn a_carriage_return_ends_a_line_but_not_for_git() {
        let map = SourceMap::default();
        let file = map.add("a.sql".into(), "a\rb\r\nc\r\rd\ne".to_owned());
        let line = |it: &str| {
            let offset = file.text.find(it).unwrap() as u32;
            (file.line_column(offset).line, file.git_line(offset))
        };
        assert_eq!(["a", "b", "c", "d", "e"].map(line), [(1, 1), (2, 1), (3, 2), (5, 2), (6, 3)]);
    }

    #[test]
    fn counts_characters_in_a_line_of_any_length() {
        let text = "é1€\r".repeat(2 * STRIDE) + &"é1€".repeat(2 * STRIDE);
        let map = SourceMap::default();
        let file = map.add("a.sql".into(), text);
        let (mut line, mut column) = (1, 1);
        for (offset, character) in file.text.char_indices() {
            let place = file.line_column(offset as u32);
            assert_eq!((place.line, place.column), (line, column), "at {offset}");
            (line, column) = if character == '\r' { (line + 1, 1) } else { (line, column + 1) };
        }
    }

    #[test]
    fn a_forgotten_file_is_read_again_under_its_number() {
        let map = SourceMap::default();
        let old = map.add("a.ts".into(), "old".to_owned());
        map.add("b.ts".into(), "b".to_owned());
        map.forget(Path::new("a.ts"));
        assert_eq!(map.files().len(), 1);
        assert!(map.get(Path::new("a.ts")).is_none());
        let new = map.add("a.ts".into(), "new".to_owned());
        assert_eq!((new.id, new.text.as_str(), map.files().len()), (old.id, "new", 2));
        assert_eq!(map.snippet(Span::new(old.id, 0, 3)), "new");
    }

    #[test]
    fn another_run_has_the_files_that_it_asks_for() {
        let map = SourceMap::default();
        let mut files = crate::MemoryFileSystem::default();
        files.insert("a.ts", "a");
        files.insert("b.ts", "b");
        let first = map.load(&files, Path::new("a.ts")).unwrap();
        map.load(&files, Path::new("b.ts")).unwrap();
        map.renew();
        assert!(map.files().is_empty());
        files.insert("a.ts", "never read");
        assert!(Arc::ptr_eq(&map.load(&files, Path::new("a.ts")).unwrap(), &first));
        map.forget(Path::new("a.ts"));
        files.insert("a.ts", "a");
        assert!(Arc::ptr_eq(&map.load(&files, Path::new("a.ts")).unwrap(), &first));
        map.renew();
        assert!(map.is_unchanged(&files, &first));
        map.forget(Path::new("a.ts"));
        assert!(map.is_unchanged(&files, &first) && map.files().is_empty());
        map.forget(Path::new("a.ts"));
        files.insert("a.ts", "other");
        assert!(!map.is_unchanged(&files, &first));
        let other = map.load(&files, Path::new("a.ts")).unwrap();
        assert_eq!((other.id, other.text.as_str(), map.files().len()), (first.id, "other", 1));
    }

    #[test]
    fn drops_a_byte_order_mark_and_reads_a_path_once() {
        let map = SourceMap::default();
        let first = map.add("a.ts".into(), "\u{feff}x".to_owned());
        let again = map.add("a.ts".into(), "other".to_owned());
        assert_eq!((first.text.as_str(), again.text.as_str()), ("x", "x"));
    }
}
