//! Which files of a folder without a list are migrations, and in which order, as their names and
//! markers tell: the conventions of golang-migrate, goose, dbmate, Flyway and others.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use drift_model::{FileSystem, SourceFile, SourceMap};

use crate::dump;
use crate::folder::WhyNot;
use crate::order::{natural_order, version_order};

/// The scripts of a folder, told apart.
#[derive(Debug, Default)]
pub(crate) struct Arrangement<'a> {
    /// In the order in which they are applied.
    pub(crate) applied: Vec<&'a str>,
    pub(crate) left_out: Vec<(&'a str, WhyNot)>,
}

/// Looks into scripts where their names do not tell.
pub(crate) struct Texts<'a> {
    pub(crate) files: &'a dyn FileSystem,
    pub(crate) sources: &'a SourceMap,
    pub(crate) folder: &'a Path,
}

impl Texts<'_> {
    pub(crate) fn load(&self, name: &str) -> Option<Arc<SourceFile>> {
        self.sources.load(self.files, &self.folder.join(name)).ok()
    }
}

/// Tells the scripts of a folder apart by the convention that they follow.
pub(crate) fn arrange<'a>(scripts: Vec<&'a str>, texts: &Texts<'_>) -> Arrangement<'a> {
    let has_versions = scripts.iter().any(|it| matches!(flyway(it), Some(Flyway::Versioned(_))));
    if has_versions { arrange_flyway(scripts) } else { arrange_plain(scripts, texts) }
}

fn arrange_plain<'a>(scripts: Vec<&'a str>, texts: &Texts<'_>) -> Arrangement<'a> {
    let mut arrangement = Arrangement::default();
    let (rollbacks, mut scripts): (Vec<&str>, Vec<&str>) =
        scripts.iter().partition(|name| is_rollback(name, scripts.iter().copied()));
    arrangement.left_out.extend(rollbacks.iter().map(|name| (*name, WhyNot::Rollback)));
    let mut baselines = Vec::new();
    if let Some(first) = scripts.iter().find(|it| is_numbered(it)).copied() {
        let convention = Convention::find(first, &scripts, texts);
        let dumps: Vec<&str> = scripts
            .extract_if(.., |it| convention != Convention::Atlas && is_dump(it, texts))
            .collect();
        let strays = scripts.extract_if(.., |it| !convention.applies(it));
        arrangement.left_out.extend(strays.map(|name| (name, WhyNot::Stray)));
        let made = tables_of(&scripts, &dumps, texts);
        for dump in dumps {
            let dumped = tables_of(&[dump], &[dump], texts);
            // A dump may be older than the last migration, or than a renaming.
            let is_result =
                !dumped.is_empty() && 2 * made.intersection(&dumped).count() >= dumped.len();
            if is_result {
                arrangement.left_out.push((dump, WhyNot::Dump));
            } else {
                baselines.push(dump);
            }
        }
        scripts.sort_by(|one, other| convention.order(one, other));
        if let Some(checkpoint) = convention.checkpoint(&scripts, texts) {
            let before = scripts.drain(..checkpoint);
            arrangement.left_out.extend(before.map(|name| (name, WhyNot::Superseded)));
        }
    } else {
        (baselines, scripts) = scripts.into_iter().partition(|it| is_dump(it, texts));
        scripts.sort_by(|one, other| natural_order(one, other));
    }
    baselines.sort_by(|one, other| natural_order(one, other));
    arrangement.applied = baselines;
    arrangement.applied.append(&mut scripts);
    arrangement
}

/// What runs the numbered scripts of a folder, as far as that decides which it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Convention {
    /// Every `.sql` file, in natural order.
    Any,
    /// golang-migrate and others with `.up.sql`: nothing else is taken.
    UpFiles,
    /// goose: files with a number in front, by number.
    Numbered,
    /// dbmate: files with a number in front, as texts.
    DbMate,
    /// Atlas: all files, as texts.
    Atlas,
}

impl Convention {
    /// The convention of a folder, of which one numbered script is known.
    fn find(first: &str, scripts: &[&str], texts: &Texts<'_>) -> Self {
        let mut numbered = scripts.iter().filter(|it| is_numbered(it));
        if texts.files.is_file(&texts.folder.join("atlas.sum")) {
            return Self::Atlas;
        }
        if numbered.all(|it| is_up(it)) {
            return Self::UpFiles;
        }
        let file = texts.load(first);
        let text = file.as_ref().map_or("", |it| it.text.as_str());
        let has_line = |marker: &str| {
            text.lines().filter_map(|line| line.trim().strip_prefix("--")).any(|comment| {
                let comment = comment.trim_start();
                let start = comment.get(..marker.len());
                start.is_some_and(|it| it.eq_ignore_ascii_case(marker))
            })
        };
        if has_line("+goose up") {
            Self::Numbered
        } else if has_line("migrate:up") {
            Self::DbMate
        } else {
            Self::Any
        }
    }

    fn applies(self, name: &str) -> bool {
        match self {
            Self::Any | Self::Atlas => true,
            Self::UpFiles => is_up(name),
            Self::Numbered | Self::DbMate => is_numbered(name),
        }
    }

    fn order(self, one: &str, other: &str) -> Ordering {
        match self {
            Self::Any | Self::UpFiles | Self::Numbered => natural_order(one, other),
            Self::DbMate | Self::Atlas => one.cmp(other),
        }
    }

    /// The last checkpoint of Atlas among sorted scripts, which a new database starts from.
    ///
    /// Source: <https://atlasgo.io/versioned/checkpoint>
    fn checkpoint(self, scripts: &[&str], texts: &Texts<'_>) -> Option<usize> {
        let is_checkpoint = |name: &&str| {
            texts.load(name).is_some_and(|file| {
                let comments = file.text.lines().take_while(|it| it.starts_with("--"));
                comments
                    .filter_map(|it| it.strip_prefix("-- atlas:"))
                    .any(|it| it.split_whitespace().next().is_some_and(|word| word == "checkpoint"))
            })
        };
        if self == Self::Atlas { scripts.iter().rposition(is_checkpoint) } else { None }
    }
}

/// Whether the file, which has no number, holds a whole database.
fn is_dump(name: &str, texts: &Texts<'_>) -> bool {
    !is_numbered(name)
        && (dump::has_dump_name(name)
            || texts.load(name).is_some_and(|file| dump::has_dump_head(&file.text)))
}

/// The tables that scripts create; nothing if there is no dump to hold them against.
fn tables_of(scripts: &[&str], dumps: &[&str], texts: &Texts<'_>) -> HashSet<String> {
    let scripts = if dumps.is_empty() { &[] } else { scripts };
    let files = scripts.iter().filter_map(|name| texts.load(name));
    files.flat_map(|file| dump::created_tables(&file.text)).collect()
}

fn is_numbered(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_digit())
}

fn is_up(name: &str) -> bool {
    stem(name).rsplit_once('.').is_some_and(|(_, word)| word.eq_ignore_ascii_case("up"))
}

fn stem(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// Whether the name of a file says that it leads back: `0001_x.down.sql`, `rollback_0001.sql`,
/// Flyway's `U1__x.sql`; `0001_x_down.sql` where there is another `0001`. `0007_scale_down.sql` alone
/// is a migration, and so is `0008_add_rollback_reason.sql`.
pub(crate) fn is_rollback<'a>(name: &str, mut scripts: impl Iterator<Item = &'a str>) -> bool {
    match rollback_name(name) {
        RollbackName::Certain => true,
        RollbackName::None => false,
        RollbackName::WithPartner => scripts.any(|other| {
            let has = |word: &str| words(other).any(|it| it.eq_ignore_ascii_case(word));
            let is_way_there = rollback_name(other) == RollbackName::None;
            is_way_there
                && number(other) == number(name)
                && words(name).skip(1).all(|it| leads_back(it) || has(it))
        }),
    }
}

#[derive(Debug, PartialEq, Eq)]
enum RollbackName {
    None,
    /// It leads back if there is a way there of the same number and name.
    WithPartner,
    Certain,
}

fn rollback_name(name: &str) -> RollbackName {
    let has_suffix = stem(name).rsplit_once('.').is_some_and(|(_, suffix)| leads_back(suffix));
    if has_suffix || matches!(flyway(name), Some(Flyway::Undo)) {
        return RollbackName::Certain;
    }
    let is_numbered = is_numbered(name);
    let mut words = words(name).skip(usize::from(is_numbered));
    let has_word = words.next().is_some_and(leads_back) || words.last().is_some_and(leads_back);
    match (has_word, is_numbered) {
        (false, _) => RollbackName::None,
        (true, true) => RollbackName::WithPartner,
        (true, false) => RollbackName::Certain,
    }
}

fn leads_back(word: &str) -> bool {
    let words = ["down", "rollback", "undo", "revert"];
    words.iter().any(|it| word.eq_ignore_ascii_case(it))
}

/// The words of a name, without its extension.
fn words(name: &str) -> impl Iterator<Item = &str> {
    stem(name).split(|it: char| !it.is_ascii_alphanumeric()).filter(|it| !it.is_empty())
}

/// The number in front of a name, without the zeros in front of it.
fn number(name: &str) -> &str {
    let end = name.find(|it: char| !it.is_ascii_digit()).unwrap_or(name.len());
    name[..end].trim_start_matches('0')
}

/// What Flyway takes a file for.
#[derive(Debug, PartialEq, Eq)]
enum Flyway<'a> {
    Versioned(&'a str),
    Baseline(&'a str),
    Undo,
    Repeatable(&'a str),
}

/// Reads a name such as `V1.2__users.sql`.
///
/// Source: <https://documentation.red-gate.com/flyway/flyway-concepts/migrations>
fn flyway(name: &str) -> Option<Flyway<'_>> {
    let (head, description) = stem(name).split_once("__")?;
    if head == "R" {
        return Some(Flyway::Repeatable(description));
    }
    let version = head.get(1..)?;
    let is_version = version.starts_with(|it: char| it.is_ascii_digit())
        && version.bytes().all(|it| it.is_ascii_digit() || it == b'.' || it == b'_');
    match head.as_bytes()[0] {
        b'V' if is_version => Some(Flyway::Versioned(version)),
        b'B' if is_version => Some(Flyway::Baseline(version)),
        b'U' if is_version => Some(Flyway::Undo),
        _ => None,
    }
}

/// On a new database the newest baseline comes first, then the versions behind it, then what is
/// repeatable, by its description.
fn arrange_flyway(scripts: Vec<&str>) -> Arrangement<'_> {
    let mut arrangement = Arrangement::default();
    let (mut versions, mut baselines, mut repeatables) = (Vec::new(), Vec::new(), Vec::new());
    for name in scripts {
        match flyway(name) {
            Some(Flyway::Versioned(version)) => versions.push((version, name)),
            Some(Flyway::Baseline(version)) => baselines.push((version, name)),
            Some(Flyway::Repeatable(description)) => repeatables.push((description, name)),
            Some(Flyway::Undo) => arrangement.left_out.push((name, WhyNot::Rollback)),
            None => arrangement.left_out.push((name, WhyNot::Stray)),
        }
    }
    baselines.sort_by(|one, other| version_order(one.0, other.0));
    versions.sort_by(|one, other| version_order(one.0, other.0).then_with(|| one.1.cmp(other.1)));
    repeatables.sort_unstable();
    if let Some((version, name)) = baselines.pop() {
        arrangement.applied.push(name);
        let is_behind = |it: &&(&str, &str)| version_order(it.0, version) == Ordering::Greater;
        let (later, earlier): (Vec<_>, Vec<_>) = versions.iter().partition(is_behind);
        let superseded = earlier.iter().chain(&baselines);
        arrangement.left_out.extend(superseded.map(|it| (it.1, WhyNot::Superseded)));
        versions = later;
    }
    arrangement.applied.extend(versions.iter().map(|it| it.1));
    arrangement.applied.extend(repeatables.iter().map(|it| it.1));
    arrangement
}
