//! The files that an entry of `schema` means.
//!
//! drizzle-kit hands each entry to the npm package `glob`. `globset` reads the same patterns but
//! for extended globs, of which `@(a|b)`, `?(a|b)` and `!(a|b)` are put in its terms here.

use std::path::{Component, Path, PathBuf};

use drift_model::FileSystem;
use globset::{GlobBuilder, GlobMatcher};

/// Directories below the fixed part of a pattern that are looked into, at most.
const DEPTH_LIMIT: usize = 32;

/// Whether a schema entry is a pattern rather than a path.
pub(crate) fn is_pattern(entry: &str) -> bool {
    entry.contains(['*', '?', '[', '{']) || entry.contains("!(") || entry.contains("@(")
}

/// The files and directories below `base` that match `pattern`, sorted.
///
/// As in `glob`, a name that starts with a dot is matched only where the pattern writes the dot.
///
/// # Errors
/// What is wrong with the pattern.
pub(crate) fn expand(
    files: &dyn FileSystem,
    base: &Path,
    pattern: &str,
) -> Result<Vec<PathBuf>, String> {
    let pattern = pattern.trim_start_matches("./");
    let parts: Vec<&str> = pattern.split('/').collect();
    let fixed = parts.iter().take_while(|part| !is_pattern(part)).count();
    let root = normalize(&base.join(parts[..fixed].join("/")));
    let matcher = Matcher::new(&parts[fixed..].join("/"))?;
    let mut found = Vec::new();
    let depth = if pattern.contains("**") { DEPTH_LIMIT } else { parts.len() - fixed };
    walk(files, &root, Path::new(""), depth, &matcher, &mut found);
    Ok(found)
}

fn walk(
    files: &dyn FileSystem,
    root: &Path,
    below: &Path,
    depth: usize,
    matcher: &Matcher,
    found: &mut Vec<PathBuf>,
) {
    let Ok(entries) = files.read_dir(&root.join(below)) else { return };
    for entry in entries {
        if entry.name == "node_modules" || entry.name.starts_with('.') && !matcher.has_dots {
            continue;
        }
        let path = below.join(&entry.name);
        if matcher.is_match(&path) {
            found.push(root.join(&path));
        }
        if entry.is_dir && depth > 1 {
            walk(files, root, &path, depth - 1, matcher, found);
        }
    }
}

struct Matcher {
    includes: GlobMatcher,
    excludes: Vec<GlobMatcher>,
    has_dots: bool,
}

impl Matcher {
    fn new(pattern: &str) -> Result<Self, String> {
        let (includes, excludes) = without_extended_globs(pattern)?;
        let compile = |pattern: &str| {
            let glob =
                GlobBuilder::new(pattern).literal_separator(true).empty_alternates(true).build();
            glob.map(|it| it.compile_matcher()).map_err(|error| error.to_string())
        };
        Ok(Self {
            includes: compile(&includes)?,
            excludes: excludes.iter().map(|it| compile(it)).collect::<Result<_, _>>()?,
            has_dots: pattern.starts_with('.') || pattern.contains("/."),
        })
    }

    fn is_match(&self, path: &Path) -> bool {
        self.includes.is_match(path) && !self.excludes.iter().any(|it| it.is_match(path))
    }
}

/// Rewrites extended globs: `!(a|b).ts` includes `*.ts` and excludes `{a,b}.ts`.
fn without_extended_globs(pattern: &str) -> Result<(String, Vec<String>), String> {
    let mut includes = String::new();
    let mut excludes: Vec<String> = Vec::new();
    let mut rest = pattern;
    while let Some(at) = rest.find('(') {
        let kind = rest[..at].chars().next_back();
        let Some(kind) = kind.filter(|kind| "!@?+*".contains(*kind)) else {
            append(&mut includes, &mut excludes, &rest[..=at]);
            rest = &rest[at + 1..];
            continue;
        };
        let end = at + rest[at..].find(')').ok_or("a parenthesis is not closed")?;
        let choices = rest[at + 1..end].replace('|', ",");
        append(&mut includes, &mut excludes, &rest[..at - 1]);
        match kind {
            '@' => append(&mut includes, &mut excludes, &format!("{{{choices}}}")),
            '?' => append(&mut includes, &mut excludes, &format!("{{,{choices}}}")),
            '!' => {
                let exclude = format!("{includes}{{{choices}}}");
                append(&mut includes, &mut excludes, "*");
                excludes.push(exclude);
            }
            _ => return Err(format!("`{}` is not supported in a pattern", &rest[at - 1..=end])),
        }
        rest = &rest[end + 1..];
    }
    append(&mut includes, &mut excludes, rest);
    Ok((includes, excludes))
}

fn append(includes: &mut String, excludes: &mut [String], text: &str) {
    includes.push_str(text);
    for exclude in excludes {
        exclude.push_str(text);
    }
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
        for path in
            ["users.ts", "users.test.ts", "posts.ts", "deep/a.ts", "deep/er/b.ts", ".hidden.ts"]
        {
            files.insert(format!("p/src/{path}"), "");
        }
        let found = expand(&files, Path::new("p"), pattern).unwrap();
        let names: Vec<_> = found.iter().map(|it| it.strip_prefix("p/src").unwrap()).collect();
        assert_eq!(names, expected.iter().map(Path::new).collect::<Vec<_>>(), "{pattern}");
    }

    #[test]
    fn expands_as_the_glob_package_does() {
        check("./src/*.ts", &["posts.ts", "users.test.ts", "users.ts"]);
        check("src/!(*.test).ts", &["posts.ts", "users.ts"]);
        check("src/@(users|posts).ts", &["posts.ts", "users.ts"]);
        check("src/users?(.test).ts", &["users.test.ts", "users.ts"]);
        check("src/{users,posts}.ts", &["posts.ts", "users.ts"]);
        check("src/**/?.ts", &["deep/a.ts", "deep/er/b.ts"]);
        check("src/*", &["deep", "posts.ts", "users.test.ts", "users.ts"]);
        check("./src/../src/.*.ts", &[".hidden.ts"]);
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        assert!(without_extended_globs("+(a|b).ts").is_err());
        assert!(without_extended_globs("!(a").is_err());
        assert!(without_extended_globs("(group)/*.ts").is_ok());
    }
}
