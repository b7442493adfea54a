//! drizzle-kit's newest snapshot as a third witness: which side it agrees with, and what the next
//! `drizzle-kit generate` will make of that.

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use drift_model::{Catalog, ForeignKey, Table, TableName};

use crate::comparison::Sources;
use crate::names::{Names, Place};

/// What a snapshot says about foreign keys and tables, ready to be asked.
pub(crate) struct Snapshot<'a> {
    catalog: Option<&'a Catalog>,
    foreign_keys: HashMap<Place, Vec<&'a ForeignKey>>,
    tables: HashMap<TableName, &'a Table>,
    /// Tables of which an entry could not be read.
    unread: HashSet<TableName>,
}

/// What a snapshot says about a foreign key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Testimony<'a> {
    /// There is no snapshot, or its part about this could not be read.
    None,
    /// It does not have it.
    Lacks,
    /// It has it, perhaps with another target or other actions.
    Has(&'a ForeignKey),
}

impl<'a> Testimony<'a> {
    /// The foreign key, if the snapshot has it.
    pub(crate) fn found(self) -> Option<&'a ForeignKey> {
        match self {
            Testimony::Has(foreign_key) => Some(foreign_key),
            Testimony::None | Testimony::Lacks => None,
        }
    }
}

impl<'a> Snapshot<'a> {
    pub(crate) fn new(sources: &Sources<'a>, names: &Names) -> Self {
        let mut snapshot = Self {
            catalog: sources.snapshot.filter(|it| it.errors.is_empty()).map(|it| it.catalog),
            foreign_keys: HashMap::new(),
            tables: HashMap::new(),
            unread: HashSet::new(),
        };
        let Some(catalog) = snapshot.catalog else { return snapshot };
        for foreign_key in &catalog.foreign_keys {
            snapshot.foreign_keys.entry(names.place(foreign_key)).or_default().push(foreign_key);
        }
        for table in &catalog.tables {
            let key = names.table(&table.name);
            if table.is_incomplete {
                snapshot.unread.insert(key.clone().into_owned());
            }
            snapshot.tables.insert(key.into_owned(), table);
        }
        snapshot
    }

    /// The snapshot, unless there is none or it could not be read.
    pub(crate) fn catalog(&self) -> Option<&'a Catalog> {
        self.catalog
    }

    /// Whether it has a column; `None` where nothing follows from it.
    pub(crate) fn column(&self, names: &Names, table: &TableName, column: &str) -> Option<bool> {
        self.catalog?;
        let key = names.table(table);
        let Some(found) = self.tables.get(&key) else { return Some(false) };
        let column = names.column(&key, column);
        let has_it = found.columns.iter().any(|it| names.column(&key, &it.name) == column);
        (has_it || !found.is_incomplete).then_some(has_it)
    }

    /// Whether it has a table; `None` where nothing follows from it.
    pub(crate) fn has_table(&self, names: &Names, table: &TableName) -> Option<bool> {
        self.catalog?;
        Some(self.tables.contains_key(&names.table(table)))
    }

    /// What it says about a foreign key on the same columns: of several the one that is most like it.
    pub(crate) fn about(&self, names: &Names, foreign_key: &ForeignKey) -> Testimony<'a> {
        if self.catalog.is_none() {
            return Testimony::None;
        }
        let found = self.foreign_keys.get(&names.place(foreign_key));
        let likeness = |it: &&&ForeignKey| {
            let has_same_actions =
                (it.on_delete, it.on_update) == (foreign_key.on_delete, foreign_key.on_update);
            (names.have_same_target(it, foreign_key), it.name == foreign_key.name, has_same_actions)
        };
        match found.and_then(|all| all.iter().rev().max_by_key(likeness)) {
            Some(found) => Testimony::Has(found),
            None if self.unread.contains(&names.table(&foreign_key.referencing_table)) => {
                Testimony::None
            }
            None => Testimony::Lacks,
        }
    }
}

/// What a foreign key does, for [`drift_model::Subject::says`].
pub(crate) fn on_delete_of(testimony: Testimony<'_>) -> Option<String> {
    match testimony {
        Testimony::None => None,
        Testimony::Lacks => Some(NOTHING.to_owned()),
        Testimony::Has(foreign_key) => Some(foreign_key.on_delete.to_string()),
    }
}

/// What a source says about something that it does not have.
pub(crate) const NOTHING: &str = "nothing";

#[cfg(test)]
mod tests {
    use drift_model::{Dialect, SourceMap, TableName, notation};

    use super::*;
    use crate::testing::sources;
    use crate::{Comparison, RuleLevels};

    /// What is reported where schema, migrations and snapshot each say one of these: nothing, or a
    /// foreign key with an action. The rules, each with what it says of drizzle-kit.
    fn check(said: [Option<&str>; 3]) -> String {
        let map = SourceMap::default();
        let parse = |name: &str, action: Option<&str>| {
            let key = action.map(|it| format!("posts(a) -> users(id) on delete {it}"));
            let lines = ["posts(a)", "users(id)"].into_iter().chain(key.as_deref());
            notation::parse(&map, name, &lines.collect::<Vec<_>>()).unwrap()
        };
        let [schema, migrations, snapshot] = said;
        let schema = parse("schema", schema);
        let migrations = parse("migrations", migrations);
        let snapshot = parse("snapshot", snapshot);
        let comparison = Comparison::new(Sources {
            schema: Some(&schema),
            migrations: Some(&migrations),
            snapshot: Some(crate::testing::snapshot(&snapshot)),
            ..sources(Dialect::PostgreSql)
        });
        let found = crate::check(&comparison, &RuleLevels::default());
        let told = found.iter().filter(|it| {
            [
                "missing-foreign-key",
                "undeclared-foreign-key",
                "on-delete-mismatch",
                "snapshot-mismatch",
            ]
            .contains(&it.rule)
        });
        let told = told.map(|it| {
            let of_kit = it.notes.iter().filter(|note| note.contains("drizzle-kit"));
            let says: Vec<String> =
                it.subject.says.iter().map(|(source, what)| format!("{source} {what}")).collect();
            let notes: Vec<&str> = of_kit.map(String::as_str).collect();
            format!("{} ({}): {}", it.rule, says.join(", "), notes.join("; "))
        });
        told.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn tells_what_drizzle_kit_will_make_of_it() {
        let (no, a, b, c) = (None, Some("cascade"), Some("no action"), Some("set null"));
        let rows = [
            [a, a, a],
            [a, a, no],
            [a, no, a],
            [a, no, no],
            [no, a, a],
            [no, a, no],
            [no, no, a],
            [no, no, no],
            [a, a, b],
            [a, b, a],
            [a, b, b],
            [a, b, c],
            [a, b, no],
        ];
        let mut table = String::new();
        for row in rows {
            let words = row.map(|it| it.unwrap_or("-"));
            table.push_str(&format!("{} | {} | {}\n", words[0], words[1], words[2]));
            for line in check(row).lines() {
                table.push_str(&format!("    {line}\n"));
            }
        }
        insta::assert_snapshot!(table, @"
        cascade | cascade | cascade
        cascade | cascade | -
            snapshot-mismatch (schema cascade, migrations cascade, snapshot nothing): the next `drizzle-kit generate` will create it once more
        cascade | - | cascade
            missing-foreign-key (schema cascade, migrations nothing, snapshot cascade): drizzle-kit's snapshot has it, so `drizzle-kit generate` takes it for done and never creates it
        cascade | - | -
            missing-foreign-key (schema cascade, migrations nothing, snapshot nothing): drizzle-kit's snapshot does not have it either, so `drizzle-kit generate` would create it
        - | cascade | cascade
            undeclared-foreign-key (schema nothing, migrations cascade, snapshot cascade): drizzle-kit's snapshot has it, so the next `drizzle-kit generate` will drop it unless the schema declares it
        - | cascade | -
            undeclared-foreign-key (schema nothing, migrations cascade, snapshot nothing): drizzle-kit's snapshot does not have it either, so `drizzle-kit generate` never drops it
        - | - | cascade
            snapshot-mismatch (schema nothing, migrations nothing, snapshot cascade): the next `drizzle-kit generate` will drop it, although it is not there
        - | - | -
        cascade | cascade | no action
            snapshot-mismatch (schema cascade, migrations cascade, snapshot no action): the next `drizzle-kit generate` will write a change that the migrations already make
        cascade | no action | cascade
            on-delete-mismatch (schema cascade, migrations no action, snapshot cascade): drizzle-kit's snapshot agrees with the schema, so `drizzle-kit generate` takes the change for done and never writes it
        cascade | no action | no action
            on-delete-mismatch (schema cascade, migrations no action, snapshot no action): drizzle-kit's snapshot agrees with the migrations, so the next `drizzle-kit generate` will write what the schema says
        cascade | no action | set null
            on-delete-mismatch (schema cascade, migrations no action, snapshot set null): drizzle-kit's snapshot says set null, so the next `drizzle-kit generate` will write what the schema says
        cascade | no action | -
            on-delete-mismatch (schema cascade, migrations no action, snapshot nothing): drizzle-kit's snapshot does not have this foreign key: the next `drizzle-kit generate` will add it, although the migrations already do
        ");
    }

    fn read(lines: &[&str]) -> Catalog {
        notation::parse(&SourceMap::default(), "snapshot", lines).unwrap()
    }

    /// What a snapshot says about a foreign key.
    fn about(snapshot: &Catalog, line: &str) -> String {
        let sources = Sources {
            snapshot: Some(crate::testing::snapshot(snapshot)),
            ..sources(Dialect::PostgreSql)
        };
        let names = Names::new(Dialect::PostgreSql);
        match Snapshot::new(&sources, &names).about(&names, &read(&[line]).foreign_keys[0]) {
            Testimony::None => "nothing".to_owned(),
            Testimony::Lacks => "lacks it".to_owned(),
            Testimony::Has(found) => notation::format(found),
        }
    }

    #[test]
    fn of_several_the_one_that_is_most_alike_counts() {
        let lines = [
            "a(x) -> c(id) on delete cascade as one",
            "a(x) -> b(id) on delete cascade as two",
            "a(x) -> b(id) on update cascade as three",
            "a(x) -> b(id) as four",
        ];
        let snapshot = read(&lines);
        for line in lines {
            assert_eq!(about(&snapshot, line), line);
        }
        // The target counts for more than the name, the name for more than the actions.
        assert_eq!(about(&snapshot, "a(x) -> b(id) on delete cascade as one"), lines[1]);
        assert_eq!(about(&snapshot, "a(x) -> b(id) on delete cascade as four"), lines[3]);
        assert_eq!(about(&snapshot, "a(x) -> b(id) on update cascade as five"), lines[2]);
        assert_eq!(about(&snapshot, "a(y) -> b(id)"), "lacks it");
    }

    #[test]
    fn says_nothing_of_what_was_not_read() {
        let mut snapshot = read(&["a(x) -> b(id)", "c(x)"]);
        snapshot.tables[0].is_incomplete = true;
        assert_eq!(about(&snapshot, "a(x) -> b(id)"), "a(x) -> b(id)");
        assert_eq!(about(&snapshot, "a(y) -> b(id)"), "nothing");
        assert_eq!(about(&snapshot, "c(x) -> b(id)"), "lacks it");
        let sources = Sources {
            snapshot: Some(crate::testing::snapshot(&snapshot)),
            ..sources(Dialect::PostgreSql)
        };
        let names = Names::new(Dialect::PostgreSql);
        let has = |table: &str, column: &str| {
            Snapshot::new(&sources, &names).column(&names, &TableName::new(table), column)
        };
        assert_eq!((has("a", "x"), has("a", "y")), (Some(true), None));
        assert_eq!(
            (has("c", "x"), has("c", "y"), has("d", "x")),
            (Some(true), Some(false), Some(false))
        );
    }
}
