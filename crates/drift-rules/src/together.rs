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
