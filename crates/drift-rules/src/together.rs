//! Telling of several faults of a kind in one finding.

use foldhash::{HashMap, HashMapExt};

use drift_model::{Column, Finding, Table, TableName, UnlistedMigration};

use crate::comparison::Comparison;
use crate::names::Names;

/// How many things get a place of their own, and a name in the message.
pub(crate) const FEW: usize = 3;

/// From how many findings on one asks whether the migrations are the whole.
const MANY: usize = 10;

/// `a`, `b`, `c` and 4 more.
pub(crate) fn first_few(names: &[&str]) -> String {
    let quoted = |names: &[&str], last: &str| {
        let names: Vec<String> = names.iter().map(|it| format!("`{it}`")).collect();
        match names.split_last() {
            Some((end, names)) if last.is_empty() && !names.is_empty() => {
                format!("{} and {end}", names.join(", "))
            }
            _ => format!("{}{last}", names.join(", ")),
        }
    };
    match names.len().checked_sub(FEW) {
        Some(more @ 1..) => quoted(&names[..FEW], &format!(" and {more} more")),
        _ => quoted(names, ""),
    }
}

/// A list of which the first few are named and the rest is counted.
pub(crate) fn named<T: ToString>(items: impl Iterator<Item = T>) -> String {
    const NAMED_AT_MOST: usize = 6;
    let mut names: Vec<String> = items.map(|it| it.to_string()).collect();
    if names.len() > NAMED_AT_MOST {
        let more = names.split_off(NAMED_AT_MOST).len();
        names.push(format!("{more} more"));
    }
    names.join(", ")
}

/// Names what [`first_few`] counted.
pub(crate) fn with_the_rest(finding: Finding, names: &[&str]) -> Finding {
    match names.get(FEW..) {
        Some([other]) => finding.note(format!("the other is `{other}`")),
        Some(rest @ [_, _, ..]) => {
            let rest: Vec<String> = rest.iter().map(|it| format!("`{it}`")).collect();
            finding.note(format!("the others are {}", rest.join(", ")))
        }
        _ => finding,
    }
}

/// Names some of what [`first_few`] counted, where the rest goes without saying.
pub(crate) fn with_some_of_the_rest(finding: Finding, names: &[&str]) -> Finding {
    const SOME: usize = 12;
    match names.len().checked_sub(FEW + SOME) {
        Some(more @ 1..) => {
            let some: Vec<String> =
                names[FEW..FEW + SOME].iter().map(|it| format!("`{it}`")).collect();
            finding.note(format!("the others are {} and {more} more", some.join(", ")))
        }
        _ => with_the_rest(finding, names),
    }
}

/// The columns of each table, which come one after the other.
pub(crate) fn by_table<'c, 'a>(
    columns: &'c [(&'a Table, &'a Column)],
) -> impl Iterator<Item = &'c [(&'a Table, &'a Column)]> {
    columns.chunk_by(|one, other| std::ptr::eq(one.0, other.0))
}

/// The names of columns, sorted: a subject that stays the same when lines move.
pub(crate) fn sorted_names(columns: &[(&Table, &Column)]) -> Vec<String> {
    let mut names: Vec<String> = columns.iter().map(|it| it.1.name.clone()).collect();
    names.sort_unstable();
    names
}

/// Whether so many faults follow from migrations that are obviously not the whole.
pub(crate) fn are_told_once(comparison: &Comparison<'_>, count: usize) -> bool {
    count > MANY && lacks_most(comparison)
}

/// Whether the migrations lack half of what the schema declares: its tables, or the columns of those
/// that they have.
fn lacks_most(comparison: &Comparison<'_>) -> bool {
    let Some(schema) = comparison.sources.schema else { return false };
    let is_most = |missing: usize, all: usize| missing > MANY && missing * 2 >= all;
    let common = schema.tables.iter().filter(|it| comparison.migrated_table(&it.name).is_some());
    is_most(comparison.missing_tables.len(), schema.tables.len())
        || is_most(comparison.missing_columns.len(), common.map(|it| it.columns.len()).sum())
}

/// What to do about migrations that are not the whole.
pub(crate) const NOT_THE_WHOLE: &str = "if the migrations are elsewhere, name their folder in the settings under `projects`; if \
     `drizzle-kit push` makes the database, delete these, or generate them anew";

/// What to do where something else than the journal says which files are applied.
pub(crate) const NOT_BY_THE_JOURNAL: &str = "if something else applies the files, put `\"order\": \"name\"` into the settings, or list them \
     under `apply`";

/// What files make that the journal does not list.
pub(crate) struct Unlisted<'c> {
    names: &'c Names,
    by_name: HashMap<(TableName, Option<String>), &'c UnlistedMigration>,
    /// Whether there are more of them than of those that it lists, so that something else seems to
    /// apply them.
    pub(crate) outnumber: bool,
}

impl<'c> Unlisted<'c> {
    pub(crate) fn new(comparison: &'c Comparison<'_>) -> Self {
        let names = &comparison.names;
        let journal = comparison.sources.journal;
        let mut by_name = HashMap::new();
        for file in &journal.unlisted {
            for (table, column) in &file.tables {
                let table = names.table(table).into_owned();
                let column = column.as_deref().map(|it| names.column(&table, it).into_owned());
                by_name.entry((table, column)).or_insert(file);
            }
        }
        let count = journal.unlisted.len();
        Self { names, by_name, outnumber: count > 1 && count > journal.listed }
    }

    pub(crate) fn table(&self, table: &TableName) -> Option<&'c UnlistedMigration> {
        self.by_name.get(&(self.names.table(table).into_owned(), None)).copied()
    }

    pub(crate) fn column(&self, table: &TableName, column: &str) -> Option<&'c UnlistedMigration> {
        let table = self.names.table(table).into_owned();
        let column = self.names.column(&table, column).into_owned();
        self.by_name.get(&(table, Some(column))).copied()
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{Dialect, JournalFaults, Level, SourceMap, Span, notation};
    use insta::assert_snapshot;

    use super::*;
    use crate::Sources;
    use crate::testing::sources;

    const LETTERS: [&str; 17] =
        ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q"];

    #[test]
    fn counts_what_it_does_not_name() {
        let few = |count: usize| first_few(&LETTERS[..count]);
        assert_snapshot!(few(1), @"`a`");
        assert_snapshot!(few(2), @"`a` and `b`");
        assert_snapshot!(few(3), @"`a`, `b` and `c`");
        assert_snapshot!(few(4), @"`a`, `b`, `c` and 1 more");
        let list = |count: usize| named(LETTERS[..count].iter());
        assert_snapshot!(list(6), @"a, b, c, d, e, f");
        assert_snapshot!(list(8), @"a, b, c, d, e, f, 2 more");
        let some = |count: usize| {
            let finding = Finding::new("a-rule", Level::Info, "it");
            with_some_of_the_rest(finding, &LETTERS[..count]).notes.join("; ")
        };
        assert_snapshot!(some(3), @"");
        assert_snapshot!(some(4), @"the other is `d`");
        assert_snapshot!(some(5), @"the others are `d`, `e`");
        assert_snapshot!(some(15), @"the others are `d`, `e`, `f`, `g`, `h`, `i`, `j`, `k`, `l`, `m`, `n`, `o`");
        assert_snapshot!(some(17), @"the others are `d`, `e`, `f`, `g`, `h`, `i`, `j`, `k`, `l`, `m`, `n`, `o` and 2 more");
    }

    #[test]
    fn names_of_columns_do_not_depend_on_their_order() {
        let catalog =
            notation::parse(&SourceMap::default(), "schema", &["posts(b, a, c)"]).unwrap();
        let table = &catalog.tables[0];
        let columns: Vec<_> = table.columns.iter().map(|it| (table, it)).collect();
        assert_eq!(sorted_names(&columns), ["a", "b", "c"]);
    }

    #[test]
    fn half_of_many_is_most() {
        let told_once_of = |all: usize, made: usize, count: usize| {
            let lines: Vec<String> = (0..all).map(|it| format!("t{it}(a)")).collect();
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let read =
                |lines: &[&str]| notation::parse(&SourceMap::default(), "catalog", lines).unwrap();
            let (schema, migrations) = (read(&lines), read(&lines[..made]));
            let comparison = Comparison::new(Sources {
                schema: Some(&schema),
                migrations: Some(&migrations),
                ..sources(Dialect::PostgreSql)
            });
            are_told_once(&comparison, count)
        };
        let told_once = |all: usize, made: usize| told_once_of(all, made, all - made);
        assert!(told_once(11, 0) && told_once(22, 11));
        assert!(!told_once(23, 12), "less than half");
        assert!(!told_once(10, 0), "not many");
        // The tables may be most where the columns are few, and the other way round.
        assert!(!told_once_of(12, 1, 10) && !told_once_of(10, 0, 11));
    }

    #[test]
    fn finds_what_a_file_outside_of_the_journal_makes() {
        let map = SourceMap::default();
        let span = Span::new(map.add("1.sql".into(), String::new()).id, 0, 0);
        let file = |name: &str, tables: &[(&str, Option<&str>)]| UnlistedMigration {
            name: name.to_owned(),
            span,
            tables: tables
                .iter()
                .map(|it| (TableName::new(it.0), it.1.map(str::to_owned)))
                .collect(),
            foreign_keys: Vec::new(),
            only_makes: true,
        };
        let first = file("1.sql", &[("posts", Some("Author_ID")), ("tags", None)]);
        let check = |dialect, listed, files: &[UnlistedMigration]| {
            let journal =
                JournalFaults { listed, unlisted: files.to_vec(), ..JournalFaults::default() };
            let comparison = Comparison::new(Sources { journal: &journal, ..sources(dialect) });
            let unlisted = Unlisted::new(&comparison);
            let name = |it: Option<&UnlistedMigration>| it.map(|it| it.name.clone());
            let (posts, tags) = (TableName::new("posts"), TableName::new("tags"));
            let column = name(unlisted.column(&posts, "author_id"));
            assert_eq!(name(unlisted.column(&tags, "author_id")), None);
            assert_eq!(name(unlisted.table(&posts)), None);
            assert_eq!(name(unlisted.table(&tags)).as_deref(), Some("1.sql"));
            (column, unlisted.outnumber)
        };
        let one = std::slice::from_ref(&first);
        assert_eq!(check(Dialect::Sqlite, 0, one), (Some("1.sql".to_owned()), false));
        assert_eq!(check(Dialect::PostgreSql, 0, one).0, None);
        // The first of several is named.
        let two = [first.clone(), file("2.sql", &[("posts", Some("author_id")), ("tags", None)])];
        assert_eq!(check(Dialect::Sqlite, 1, &two), (Some("1.sql".to_owned()), true));
        assert!(!check(Dialect::Sqlite, 2, &two).1);
    }
}
