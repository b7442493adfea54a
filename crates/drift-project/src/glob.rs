//! The files that an entry of `schema` means.
//!
//! drizzle-kit hands each entry to the npm package `glob`; the patterns here are its own: braces, `**`,
//! classes and extended globs. What they match was compared with drizzle-kit 0.31.11 and 1.0.0-rc.5.

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};

use drift_model::{DirEntry, FileSystem};

use crate::walk::PACKAGES;

/// Directories below the fixed part of a pattern that are looked into, at most.
const DEPTH_LIMIT: usize = 32;

/// How many directories are looked into for one pattern.
const DIRECTORY_LIMIT: u32 = 100_000;

/// The longest pattern that is read, in bytes.
const LENGTH_LIMIT: usize = 1_000;

/// How many patterns braces may stand for.
const BRACE_LIMIT: usize = 256;

/// How many steps are taken to match one name.
const STEP_LIMIT: u32 = 10_000;

/// Whether a schema entry is a pattern rather than a path. One that starts with `!` is none to
/// drizzle-kit, which looks for a file of that name and, as with a pattern, passes over what is not there.
pub(crate) fn is_pattern(entry: &str) -> bool {
    entry.contains(['*', '?', '[', '{'])
        || entry.starts_with('!')
        || ["!(", "@(", "+("].iter().any(|it| entry.contains(it))
}

/// The files and directories below `base` that match `pattern`, sorted.
///
/// As in `glob`, a name that starts with a dot is matched only where the pattern writes the dot, and
/// `**` stands for the directory before it, too.
///
/// # Errors
/// What is wrong with the pattern.
pub(crate) fn expand(
    files: &dyn FileSystem,
    base: &Path,
    pattern: &str,
) -> Result<Vec<PathBuf>, String> {
    if pattern.len() > LENGTH_LIMIT {
        return Err("it is too long".to_owned());
    }
    let mut patterns = Vec::new();
    expand_braces(pattern, &mut patterns)?;
    let mut walk = Walk {
        files,
        found: Vec::new(),
        linked: Vec::new(),
        is_linked: false,
        directories: DIRECTORY_LIMIT,
    };
    for pattern in &patterns {
        let parts = pattern.split('/').filter(|it| !it.is_empty());
        let mut segments: Vec<Segment> = parts.map(Segment::parse).collect();
        segments
            .dedup_by(|a, b| matches!((a, b), (Segment::AnyDirectories, Segment::AnyDirectories)));
        let root = if pattern.starts_with('/') { Path::new("/") } else { base };
        walk.enter(root.to_path_buf(), &segments, DEPTH_LIMIT);
    }
    if walk.directories == 0 {
        return Err("it makes one look into too many directories".to_owned());
    }
    let mut found = walk.found;
    if !walk.linked.is_empty() {
        // To node a file is one module, whatever links lead to it.
        let real = |it: &PathBuf| it.canonicalize().unwrap_or_else(|_| it.clone());
        let mut known: HashSet<PathBuf> = found.iter().map(real).collect();
        found.extend(walk.linked.into_iter().filter(|it| known.insert(real(it))));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

struct Walk<'f> {
    files: &'f dyn FileSystem,
    found: Vec<PathBuf>,
    /// What was found behind links.
    linked: Vec<PathBuf>,
    /// Whether `**` came through a link.
    is_linked: bool,
    /// How many more directories are looked into.
    directories: u32,
}

impl Walk<'_> {
    /// Looks for what matches `segments` below `place`.
    fn enter(&mut self, place: PathBuf, segments: &[Segment], depth: usize) {
        let Some((segment, rest)) = segments.split_first() else {
            self.add(place);
            return;
        };
        let Some(depth) = depth.checked_sub(1) else { return };
        match segment {
            Segment::Name(name) => {
                let place = normalize(&place.join(name));
                if !rest.is_empty() || self.files.is_file(&place) || self.files.is_dir(&place) {
                    self.enter(place, rest, depth);
                }
            }
            Segment::AnyDirectories => {
                self.enter(place.clone(), rest, depth);
                for entry in self.entries(&place) {
                    if entry.name.starts_with('.') || entry.name == PACKAGES {
                        continue;
                    }
                    if entry.is_dir && entry.is_link {
                        // As in `glob`: `**` goes through no link, so that none leads back, but the rest
                        // of the pattern may match behind one.
                        let was_linked = std::mem::replace(&mut self.is_linked, true);
                        self.enter(place.join(&entry.name), rest, depth);
                        self.is_linked = was_linked;
                    } else if entry.is_dir {
                        self.enter(place.join(&entry.name), segments, depth);
                    } else if rest.is_empty() {
                        self.add(place.join(&entry.name));
                    }
                }
            }
            Segment::Pattern(pattern) => {
                for entry in self.entries(&place) {
                    if (rest.is_empty() || entry.is_dir) && is_match(pattern, &entry.name) {
                        self.enter(place.join(&entry.name), rest, depth);
                    }
                }
            }
        }
    }

    fn add(&mut self, path: PathBuf) {
        if self.is_linked { &mut self.linked } else { &mut self.found }.push(path);
    }

    fn entries(&mut self, place: &Path) -> Vec<DirEntry> {
        self.directories = self.directories.saturating_sub(1);
        if self.directories == 0 {
            return Vec::new();
        }
        self.files.read_dir(place).unwrap_or_default()
    }
}

/// A pattern between two slashes.
enum Segment {
    Name(String),
    /// `**`
    AnyDirectories,
    Pattern(Vec<Part>),
}

#[derive(Debug)]
enum Part {
    Letter(char),
    /// `?`
    AnyLetter,
    /// `*`
    AnyLetters,
    /// `[a-z]` or `[!a-z]`
    Class {
        ranges: Vec<(char, char)>,
        is_negated: bool,
    },
    /// `!(a|b)` and its siblings.
    Choice {
        kind: char,
        choices: Vec<Vec<Part>>,
    },
}

impl Segment {
    fn parse(text: &str) -> Self {
        if text == "**" {
            return Self::AnyDirectories;
        }
        let is_name = !text.contains(['*', '?', '[', '(', '\\']);
        if is_name {
            return Self::Name(text.to_owned());
        }
        let letters: Vec<char> = text.chars().collect();
        Self::Pattern(parts(&letters))
    }
}

fn parts(letters: &[char]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(&letter) = letters.get(at) {
        let rest = &letters[at + 1..];
        at += 1;
        if "!@?+*".contains(letter)
            && rest.first() == Some(&'(')
            && let Some((choices, length)) = choices(&rest[1..])
        {
            parts.push(Part::Choice { kind: letter, choices });
            at += 1 + length;
            continue;
        }
        match letter {
            '*' => parts.push(Part::AnyLetters),
            '?' => parts.push(Part::AnyLetter),
            '\\' if !rest.is_empty() => {
                parts.push(Part::Letter(rest[0]));
                at += 1;
            }
            '[' => match class(rest) {
                Some((class, length)) => {
                    parts.push(class);
                    at += length;
                }
                None => parts.push(Part::Letter('[')),
            },
            letter => parts.push(Part::Letter(letter)),
        }
    }
    parts
}

/// What stands between parentheses, and how long it is with the closing one.
fn choices(letters: &[char]) -> Option<(Vec<Vec<Part>>, usize)> {
    let mut choices = Vec::new();
    let (mut depth, mut start) = (0, 0);
    for (at, letter) in letters.iter().enumerate() {
        match letter {
            '(' => depth += 1,
            '|' if depth == 0 => {
                choices.push(parts(&letters[start..at]));
                start = at + 1;
            }
            ')' if depth == 0 => {
                choices.push(parts(&letters[start..at]));
                return Some((choices, at + 1));
            }
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// A class behind its `[`, and how long it is with the closing bracket.
fn class(letters: &[char]) -> Option<(Part, usize)> {
    let is_negated = matches!(letters.first(), Some('!' | '^'));
    let start = usize::from(is_negated);
    // A `]` at the beginning stands for itself.
    let end = start + 1 + letters.get(start + 1..)?.iter().position(|it| *it == ']')?;
    let (mut ranges, mut at) = (Vec::new(), start);
    while at < end {
        if at + 2 < end && letters[at + 1] == '-' {
            ranges.push((letters[at], letters[at + 2]));
            at += 3;
        } else {
            ranges.push((letters[at], letters[at]));
            at += 1;
        }
    }
    Some((Part::Class { ranges, is_negated }, end + 1))
}

fn is_match(pattern: &[Part], name: &str) -> bool {
    let writes_dot = matches!(pattern.first(), Some(Part::Letter('.')));
    if name.starts_with('.') && !writes_dot {
        return false;
    }
    let letters: Vec<char> = name.chars().collect();
    let pattern: Vec<&Part> = pattern.iter().collect();
    matches_letters(&pattern, &letters, &mut { STEP_LIMIT })
}

/// Whether parts match all letters; false where that takes too many steps.
fn matches_letters(parts: &[&Part], letters: &[char], steps: &mut u32) -> bool {
    let Some(left) = steps.checked_sub(1) else { return false };
    *steps = left;
    let Some((part, rest)) = parts.split_first() else { return letters.is_empty() };
    let mut then = |from: usize| matches_letters(rest, &letters[from..], steps);
    match part {
        Part::Letter(letter) => letters.first() == Some(letter) && then(1),
        Part::AnyLetter => !letters.is_empty() && then(1),
        Part::AnyLetters => (0..=letters.len()).any(then),
        Part::Class { ranges, is_negated } => match letters.first() {
            Some(it) => ranges.iter().any(|(a, b)| (a..=b).contains(&it)) != *is_negated && then(1),
            None => false,
        },
        Part::Choice { kind: '!', choices } => (0..=letters.len()).any(|end| {
            let is_one = choices.iter().any(|choice| {
                // `!(a).ts` looks at the whole name: `a.ts` is not `` and `a.ts`.
                let whole: Vec<&Part> = choice.iter().chain(rest.iter().copied()).collect();
                matches_letters(&whole, letters, steps)
            });
            !is_one && matches_letters(rest, &letters[end..], steps)
        }),
        Part::Choice { kind, choices } => {
            let may_be_none = matches!(kind, '?' | '*');
            if may_be_none && matches_letters(rest, letters, steps) {
                return true;
            }
            let may_repeat = matches!(kind, '+' | '*');
            choices.iter().any(|choice| {
                (usize::from(may_repeat)..=letters.len()).any(|end| {
                    let choice: Vec<&Part> = choice.iter().collect();
                    if !matches_letters(&choice, &letters[..end], steps) {
                        return false;
                    }
                    let again = may_repeat && {
                        let again: Vec<&Part> = parts.to_vec();
                        end > 0 && matches_letters(&again, &letters[end..], steps)
                    };
                    again || matches_letters(rest, &letters[end..], steps)
                })
            })
        }
    }
}

/// The patterns that a pattern with braces stands for: `{a,b}`, `{1..3}`.
fn expand_braces(pattern: &str, patterns: &mut Vec<String>) -> Result<(), String> {
    let Some((start, end, choices)) = first_braces(pattern) else {
        if patterns.len() == BRACE_LIMIT {
            return Err(format!("braces stand for more than {BRACE_LIMIT} patterns"));
        }
        patterns.push(pattern.to_owned());
        return Ok(());
    };
    let (before, after) = (&pattern[..start], &pattern[end..]);
    choices.iter().try_for_each(|it| expand_braces(&format!("{before}{it}{after}"), patterns))
}

/// Where the first braces that hold choices begin and end, and the choices.
fn first_braces(pattern: &str) -> Option<(usize, usize, Vec<String>)> {
    pattern.match_indices('{').find_map(|(start, _)| {
        let (mut depth, mut from, mut choices) = (0, start + 1, Vec::new());
        for (at, letter) in pattern[start + 1..].char_indices() {
            let at = start + 1 + at;
            match letter {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' if depth == 0 => {
                    choices.push(pattern[from..at].to_owned());
                    from = at + 1;
                }
                '}' => {
                    if choices.is_empty() {
                        return Some((start, at + 1, numbers(&pattern[from..at])?));
                    }
                    choices.push(pattern[from..at].to_owned());
                    return Some((start, at + 1, choices));
                }
                _ => {}
            }
        }
        None
    })
}

/// `1..3`
fn numbers(range: &str) -> Option<Vec<String>> {
    let (first, last) = range.split_once("..")?;
    let (first, last) = (first.parse::<i32>().ok()?, last.parse::<i32>().ok()?);
    let numbers = (first.min(last)..=first.max(last)).take(BRACE_LIMIT + 1);
    Some(numbers.map(|it| it.to_string()).collect())
}

/// A path without `.` and `..`, by its text alone.
pub(crate) fn normalize(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                normal.pop();
            }
            part => normal.push(part),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    use super::*;
    use drift_model::MemoryFileSystem;

    fn check(pattern: &str, expected: &[&str]) {
        let mut files = MemoryFileSystem::default();
        for path in [
            "users.ts",
            "users.test.ts",
            "posts.ts",
            "a1.ts",
            "a2.ts",
            "deep/a.ts",
            "deep/er/b.ts",
            "(group)/g.ts",
            ".hidden.ts",
            ".hid/h.ts",
            "node_modules/n.ts",
        ] {
            files.insert(format!("p/src/{path}"), "");
        }
        let found = expand(&files, Path::new("p"), pattern).unwrap();
        let names: Vec<_> = found
            .iter()
            .map(|it| it.strip_prefix("p/src").unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, expected, "{pattern}");
    }

    #[test]
    fn expands_as_the_glob_package_does() {
        check("./src/*.ts", &["a1.ts", "a2.ts", "posts.ts", "users.test.ts", "users.ts"]);
        check("src/!(*.test).ts", &["a1.ts", "a2.ts", "posts.ts", "users.ts"]);
        check("src/!(users|*.test).ts", &["a1.ts", "a2.ts", "posts.ts"]);
        check("src/@(users|posts).ts", &["posts.ts", "users.ts"]);
        check("src/@(users|@(a1|a2)).ts", &["a1.ts", "a2.ts", "users.ts"]);
        check("src/users?(.test).ts", &["users.test.ts", "users.ts"]);
        check("src/+(a1|a2|users).ts", &["a1.ts", "a2.ts", "users.ts"]);
        check("src/*(a|1|2).ts", &["a1.ts", "a2.ts"]);
        // A slash ends a segment, also within parentheses.
        check("src/@(users|deep/a).ts", &[]);
        check("src/{users,posts}.ts", &["posts.ts", "users.ts"]);
        check("src/{users,{a1,deep/*}}.ts", &["a1.ts", "deep/a.ts", "users.ts"]);
        check("src/{a1,deep/**}.ts", &["a1.ts", "deep/a.ts"]);
        check("src/a{1..2}.ts", &["a1.ts", "a2.ts"]);
        check("src/a[12].ts", &["a1.ts", "a2.ts"]);
        check("src/[!a]*.ts", &["posts.ts", "users.test.ts", "users.ts"]);
        check("src/[^a-o]*.ts", &["posts.ts", "users.test.ts", "users.ts"]);
        check("src/**/?.ts", &["(group)/g.ts", "deep/a.ts", "deep/er/b.ts"]);
        check("src/(group)/*.ts", &["(group)/g.ts"]);
        check("src/deep/**", &["deep", "deep/a.ts", "deep/er", "deep/er/b.ts"]);
        check("src/d*", &["deep"]);
        check("./src/../src/.*.ts", &[".hidden.ts"]);
        check("src/**/h.ts", &[]);
        check("!./src/users.ts", &[]);
        check("src/{users}.ts", &[]);
    }

    #[test]
    fn ends_with_any_pattern() {
        check(&format!("src/{}x", "*".repeat(900)), &[]);
        check(&format!("src/{}x", "*(a|1|*)".repeat(50)), &[]);
        check(&format!("src/{}", "!(".repeat(400)), &[]);
        check(&format!("src/{}a{}", "@(".repeat(300), ")".repeat(300)), &[]);
        let files = MemoryFileSystem::parse("p/a.ts", "");
        assert!(expand(&files, Path::new("p"), &"**/*/".repeat(30)).is_ok());
        assert!(expand(&files, Path::new("p"), &"*".repeat(2_000)).is_err());
        assert!(expand(&files, Path::new("p"), &"{a,b}".repeat(20)).is_err());
        assert!(expand(&files, Path::new("p"), "{1..100000000}").is_err());
    }
}
