//! What happened to a foreign key, and why it is not what its declaration says, where that can be
//! told for certain.

use std::sync::OnceLock;

use foldhash::{HashMap, HashMapExt};

use drift_model::{
    Change, ChangeKind, Dialect, Finding, ForeignKey, Label, MissedDrop, SkipReason,
    SkippedForeignKey, Span, TableName,
};

use crate::comparison::{Comparison, Sources};
use crate::names::{Names, Place};

/// How many changes are told: the first one and the last.
const TOLD_AT_MOST: usize = 6;

/// What the replay remembers, by what it is about.
pub(crate) struct Memories<'a> {
    skipped: HashMap<Place, Vec<&'a SkippedForeignKey>>,
    missed_drops: HashMap<TableName, Vec<&'a MissedDrop>>,
    /// What a statement did to names, by its place.
    renames: HashMap<Span, String>,
    dropped_tables: HashMap<TableName, Span>,
    dropped_columns: HashMap<(TableName, String), Span>,
    /// The foreign keys that the migrations dropped, in their order; found out when it is first asked for.
    dropped: OnceLock<HashMap<Place, Vec<&'a ForeignKey>>>,
}

impl<'a> Memories<'a> {
    pub(crate) fn new(sources: &Sources<'a>, names: &Names) -> Self {
        let mut memories = Self {
            skipped: HashMap::new(),
            missed_drops: HashMap::new(),
            renames: HashMap::new(),
            dropped_tables: HashMap::new(),
            dropped_columns: HashMap::new(),
            dropped: OnceLock::new(),
        };
        let Some(migrations) = sources.migrations else { return memories };
        for skipped in &migrations.skipped_foreign_keys {
            let place = names.place(&skipped.foreign_key);
            memories.skipped.entry(place).or_default().push(skipped);
        }
        for missed in &migrations.missed_drops {
            memories
                .missed_drops
                .entry(names.table(&missed.table).into_owned())
                .or_default()
                .push(missed);
        }
        for former in &migrations.former_tables {
            let name = former.name.to_string();
            let now = former.became.as_ref().map(ToString::to_string);
            if now.is_none() {
                memories.dropped_tables.insert(names.table(&former.name).into_owned(), former.span);
            }
            memories.renames.insert(former.span, what_became(&name, now.as_deref()));
        }
        for former in &migrations.former_columns {
            if former.became.is_none() {
                let table = names.table(&former.table);
                let column = names.column(&table, &former.name);
                memories
                    .dropped_columns
                    .insert((table.into_owned(), column.into_owned()), former.span);
            }
            let said = what_became(&former.name, former.became.as_deref());
            memories.renames.insert(former.span, said);
        }
        memories
    }

    /// The foreign key as the migrations once had it, and dropped it last.
    pub(crate) fn last_dropped(
        &self,
        comparison: &Comparison<'a>,
        foreign_key: &ForeignKey,
    ) -> Option<&'a ForeignKey> {
        let names = &comparison.names;
        let dropped = self.dropped.get_or_init(|| {
            let migrations = comparison.sources.migrations.iter();
            let mut by_place: HashMap<Place, Vec<&'a ForeignKey>> = HashMap::new();
            for foreign_key in migrations.flat_map(|it| &it.dropped_foreign_keys) {
                by_place.entry(names.place(foreign_key)).or_default().push(foreign_key);
            }
            by_place
        });
        let here = dropped.get(&names.place(foreign_key))?;
        here.iter().rev().find(|it| names.have_same_target(it, foreign_key)).copied()
    }

    /// The statement that dropped a table of that name, the last one.
    pub(crate) fn dropped_table(&self, names: &Names, name: &TableName) -> Option<Span> {
        self.dropped_tables.get(&names.table(name)).copied()
    }

    /// The statement that dropped a column of that name, the last one.
    pub(crate) fn dropped_column(
        &self,
        names: &Names,
        table: &TableName,
        name: &str,
    ) -> Option<Span> {
        let table = names.table(table);
        let column = names.column(&table, name);
        self.dropped_columns.get(&(table.into_owned(), column.into_owned())).copied()
    }
}

/// What became of a name, in a few words.
fn what_became(name: &str, now: Option<&str>) -> String {
    match now {
        Some(now) => format!("`{name}` became `{now}`"),
        None => format!("dropped with `{name}`"),
    }
}

impl<'a> Comparison<'a> {
    /// Tells what happened to a foreign key of the migrations, if that is more than that it was made.
    pub(crate) fn with_history(&self, mut finding: Finding, foreign_key: &ForeignKey) -> Finding {
        let was_only_made =
            matches!(&foreign_key.history[..], [only] if only.kind == ChangeKind::Created);
        if !was_only_made {
            finding.history = self.deeds(foreign_key);
        }
        finding
    }

    /// What the statements did that made a foreign key of the migrations what it is, oldest first, in
    /// a few words each: of many the first one and the last.
    pub fn deeds(&self, foreign_key: &ForeignKey) -> Vec<Label> {
        let changes = &foreign_key.history;
        let mut told: Vec<Label> = Vec::with_capacity(changes.len());
        for (at, change) in changes.iter().enumerate() {
            if changes.get(at + 1).is_some_and(|next| is_remade(change, next)) {
                continue;
            }
            let before = at.checked_sub(1).map(|at| &changes[at]);
            let message = match before.is_some_and(|before| is_remade(before, change)) {
                true => "dropped and made again".to_owned(),
                false => self.deed(change, at == 0),
            };
            told.push(Label { span: change.span, message });
        }
        if told.len() > TOLD_AT_MOST {
            told.drain(1..told.len() - (TOLD_AT_MOST - 1));
        }
        told
    }

    /// What a statement did, in a few words.
    fn deed(&self, change: &Change, is_first: bool) -> String {
        let renames = &self.memories.renames;
        match change.kind {
            ChangeKind::Created if is_first => "made".to_owned(),
            ChangeKind::Created => "made again".to_owned(),
            ChangeKind::Altered if self.sources.dialect == Dialect::Sqlite => {
                "made anew with its table".to_owned()
            }
            ChangeKind::Altered => "changed".to_owned(),
            ChangeKind::Dropped => "dropped".to_owned(),
            ChangeKind::Renamed => {
                renames.get(&change.span).cloned().unwrap_or_else(|| "renamed".to_owned())
            }
            ChangeKind::DroppedAlong => {
                let said = renames.get(&change.span).cloned();
                said.unwrap_or_else(|| "dropped with what it needs".to_owned())
            }
        }
    }

    /// Names the statement that would have made what the schema declares, and did nothing.
    pub(crate) fn with_skipped(&self, finding: Finding, declared: &ForeignKey) -> Finding {
        let candidates = self.memories.skipped.get(&self.names.place(declared));
        let skipped = candidates.into_iter().flatten().rev().find(|it| {
            let it = &it.foreign_key;
            self.names.have_same_target(it, declared)
                && (it.on_delete, it.on_update) == (declared.on_delete, declared.on_update)
        });
        let Some(skipped) = skipped else { return finding };
        let name = skipped.foreign_key.name.as_deref().unwrap_or_default();
        let (why, existing) = match skipped.reason {
            SkipReason::NameTaken => (
                format!("did nothing: `{name}` was there already"),
                format!("`{name}` was made here"),
            ),
            SkipReason::TableExists => (
                "did nothing: the table was there already".to_owned(),
                "the table was made here".to_owned(),
            ),
            SkipReason::ColumnExists => (
                "did nothing: the column was there already".to_owned(),
                "the column was made here".to_owned(),
            ),
            SkipReason::Refused => {
                (format!("{} refuses it", self.sources.engine.product_name()), String::new())
            }
        };
        let did = format!("this would have made it so, but {why}");
        let is_new = |span: &Span| !finding.labels.iter().any(|it| it.span == *span);
        let existing = skipped.existing.filter(is_new).map(|span| (span, existing));
        let finding = finding.label(skipped.foreign_key.span, did);
        match existing {
            Some((span, message)) => finding.label(span, message),
            None => finding,
        }
    }

    /// Names the drop that was to take one of several foreign keys on the same columns away before
    /// another one was made, and that missed it by its name. They come in the order in which they were
    /// made.
    pub(crate) fn with_missed_drop(&self, finding: Finding, twins: &[&ForeignKey]) -> Finding {
        let Some(first) = twins.first() else { return finding };
        let missed = self.memories.missed_drops.get(&self.names.table(&first.referencing_table));
        let Some(missed) = missed else { return finding };
        for (at, made) in twins.iter().enumerate() {
            let before = |it: &&&MissedDrop| {
                it.span.file == made.span.file
                    && it.span.start < made.span.start
                    && Some(&it.name) == made.name.as_ref()
            };
            let mut left = twins[..at].iter().filter_map(|it| it.name.as_ref());
            let name = left.find(|it| Some(*it) != made.name.as_ref());
            if let (Some(missed), Some(name)) = (missed.iter().rev().find(before), name) {
                let message = format!("this was to drop it, and missed it: it is called `{name}`");
                return finding.label(missed.span, message);
            }
        }
        finding
    }

    /// Says which fault of drizzle-kit wrote other actions than the schema and its snapshot have.
    pub(crate) fn with_known_fault(
        &self,
        finding: Finding,
        declared: &ForeignKey,
        migrated: &ForeignKey,
    ) -> Finding {
        let is_silent = migrated.on_delete_span.is_none() && migrated.on_update_span.is_none();
        let is_generated = self.is_in_snapshot(declared) && is_silent;
        let dialect = self.sources.dialect;
        let is_old = self.sources.compares_generated_names;
        if dialect == Dialect::Sqlite && is_generated && is_old && migrated.comes_with_column {
            return finding.note(
                "drizzle-kit 0.x leaves the actions out where it adds a column in SQLite, \
                 though its snapshot has them",
            );
        }
        let refers_to_itself = migrated.referencing_table == migrated.referenced_table;
        let is_in_create = self
            .migrated_table(&migrated.referencing_table)
            .is_some_and(|it| it.span.file == migrated.span.file && covers(it.span, migrated.span));
        if dialect == Dialect::MySql && is_generated && !is_old && refers_to_itself && is_in_create
        {
            return finding.note(
                "drizzle-kit 1.0.0-rc leaves the actions out where a new MySQL table references \
                 itself, though its snapshot has them",
            );
        }
        match self.changed_sibling(migrated) {
            Some(sibling) if self.is_in_snapshot(declared) => finding
                .label(sibling.span, format!("this changed {sibling}, of the same table"))
                .note(
                    "drizzle-kit 0.18 to 0.21 wrote only the first of several changes of a table",
                ),
            _ => finding,
        }
    }

    /// Whether drizzle-kit's snapshot has a foreign key as the schema declares it.
    pub(crate) fn is_in_snapshot(&self, declared: &ForeignKey) -> bool {
        self.snapshot.about(&self.names, declared).found().is_some_and(|it| {
            self.names.have_same_target(it, declared)
                && (it.on_delete, it.on_update) == (declared.on_delete, declared.on_update)
        })
    }

    /// Another foreign key of the table that a migration after this one dropped and made again.
    fn changed_sibling(&self, migrated: &ForeignKey) -> Option<&'a ForeignKey> {
        if self.sources.dialect == Dialect::Sqlite || !self.sources.compares_generated_names {
            return None;
        }
        let is_changed = |it: &&&ForeignKey| match &it.history[..] {
            [.., dropped, made] => is_remade(dropped, made) && made.span.file != migrated.span.file,
            _ => false,
        };
        let siblings = self.migrated_of.get(&self.names.table(&migrated.referencing_table))?;
        siblings.iter().find(is_changed).copied()
    }
}

/// Whether one migration drops and makes again, and so changes.
fn is_remade(dropped: &Change, made: &Change) -> bool {
    (dropped.kind, made.kind) == (ChangeKind::Dropped, ChangeKind::Created)
        && dropped.span.file == made.span.file
}

fn covers(outer: Span, inner: Span) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, FileId, FormerColumn, SourceMap, notation};
    use insta::assert_snapshot;

    use super::*;
    use crate::Sources;
    use crate::rules::RULES;
    use crate::testing::sources;

    /// Places in migrations, by the number of the migration and the byte.
    struct Places(Vec<FileId>);

    impl Places {
        fn new() -> Self {
            let map = SourceMap::default();
            let text = " ".repeat(100);
            Self((0..9).map(|it| map.add(format!("{it}.sql").into(), text.clone()).id).collect())
        }

        fn at(&self, migration: usize, start: u32) -> Span {
            Span::new(self.0[migration], start, start + 1)
        }
    }

    fn read(lines: &[&str]) -> Catalog {
        notation::parse(&SourceMap::default(), "catalog", lines).unwrap()
    }

    /// What a rule says of a schema and migrations: what its labels tell beyond the declarations, and its
    /// notes.
    fn said(rule: &str, sources: Sources<'_>) -> String {
        let rule = RULES.iter().find(|it| it.name == rule).unwrap();
        let mut findings = Vec::new();
        (rule.check)(&Comparison::new(sources), &mut findings);
        let [finding] = &findings[..] else { panic!("{} findings", findings.len()) };
        let labels = finding.labels.iter().skip(2).map(|it| it.message.as_str());
        labels.chain(finding.notes.iter().map(String::as_str)).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn tells_what_happened_in_a_few_words() {
        use ChangeKind::{Altered, Created, Dropped, DroppedAlong, Renamed};
        let places = Places::new();
        let mut migrations = read(&["posts(a) -> users(id)"]);
        let column = |name: &str, became: Option<&str>, migration| FormerColumn {
            table: TableName::new("posts"),
            name: name.to_owned(),
            became: became.map(str::to_owned),
            span: places.at(migration, 0),
        };
        migrations.former_columns = vec![column("b", Some("a"), 7), column("c", None, 8)];
        let tell = |dialect, changes: &[(ChangeKind, usize)]| {
            let mut migrations = migrations.clone();
            let history = changes.iter();
            let history = history.map(|(kind, at)| Change { kind: *kind, span: places.at(*at, 0) });
            migrations.foreign_keys[0].history = history.collect();
            let comparison =
                Comparison::new(Sources { migrations: Some(&migrations), ..sources(dialect) });
            let finding = Finding::new("a-rule", drift_model::Level::Info, "it");
            let finding = comparison.with_history(finding, &migrations.foreign_keys[0]);
            let deeds = finding.history.iter().map(|it| it.message.as_str());
            deeds.collect::<Vec<_>>().join(", ")
        };
        let told = |changes: &[(ChangeKind, usize)]| tell(Dialect::PostgreSql, changes);
        // That it was made goes without saying.
        assert_snapshot!(told(&[(Created, 0)]), @"");
        assert_snapshot!(told(&[(Dropped, 0)]), @"dropped");
        assert_snapshot!(told(&[(Created, 0), (Altered, 1)]), @"made, changed");
        assert_snapshot!(tell(Dialect::Sqlite, &[(Created, 0), (Altered, 1)]), @"made, made anew with its table");
        assert_snapshot!(told(&[(Created, 0), (Renamed, 1)]), @"made, renamed");
        assert_snapshot!(told(&[(Created, 0), (Renamed, 7)]), @"made, `b` became `a`");
        assert_snapshot!(told(&[(Created, 0), (DroppedAlong, 1), (Created, 2)]), @"made, dropped with what it needs, made again");
        assert_snapshot!(told(&[(Created, 0), (DroppedAlong, 8), (Created, 8)]), @"made, dropped with `c`, made again");
        assert_snapshot!(told(&[(Created, 0), (Dropped, 1), (Created, 2)]), @"made, dropped, made again");
        // What one migration drops and makes again, it changes.
        assert_snapshot!(told(&[(Created, 0), (Dropped, 1), (Created, 1)]), @"made, dropped and made again");
        // Of many the first one and the last.
        let six =
            [(Created, 0), (Renamed, 1), (Renamed, 7), (Dropped, 2), (Created, 3), (Altered, 4)];
        assert_snapshot!(told(&six), @"made, renamed, `b` became `a`, dropped, made again, changed");
        let seven: Vec<_> = six.iter().copied().chain([(Renamed, 5)]).collect();
        assert_snapshot!(told(&seven), @"made, `b` became `a`, dropped, made again, changed, renamed");
    }

    #[test]
    fn names_the_statement_that_did_nothing() {
        let places = Places::new();
        let schema = read(&["posts(a) -> users(id) on delete cascade as fk"]);
        let mut migrations = read(&["posts(a) -> users(id)"]);
        let skipped = places.at(1, 0);
        let mut said = |declaration: &str, reason, existing| {
            let mut foreign_key = read(&[declaration]).foreign_keys.remove(0);
            foreign_key.span = skipped;
            migrations.skipped_foreign_keys =
                vec![SkippedForeignKey { foreign_key, reason, existing }];
            let catalogs = Sources {
                schema: Some(&schema),
                migrations: Some(&migrations),
                ..sources(Dialect::PostgreSql)
            };
            said("on-delete-mismatch", catalogs).lines().next().unwrap().to_owned()
        };
        let same = "posts(a) -> users(id) on delete cascade as fk";
        use SkipReason::{ColumnExists, NameTaken, Refused, TableExists};
        assert_snapshot!(said(same, NameTaken, None), @"this would have made it so, but did nothing: `fk` was there already");
        assert_snapshot!(said(same, TableExists, None), @"this would have made it so, but did nothing: the table was there already");
        assert_snapshot!(said(same, ColumnExists, None), @"this would have made it so, but did nothing: the column was there already");
        assert_snapshot!(said(same, Refused, None), @"this would have made it so, but PostgreSQL refuses it");
        // One that does something else would not have made it so.
        let other = "in the database, deleting a referenced row fails";
        assert_eq!(said("posts(a) -> users(id)", NameTaken, None), other);
        assert_eq!(
            said("posts(a) -> users(id) on delete cascade on update cascade", NameTaken, None),
            other
        );
        assert_eq!(said("posts(a) -> tags(id) on delete cascade", NameTaken, None), other);
    }

    #[test]
    fn shows_what_was_in_its_way_once() {
        let places = Places::new();
        let schema = read(&["posts(a) -> users(id) on delete cascade as fk"]);
        let mut migrations = read(&["posts(a) -> users(id)"]);
        let mut foreign_key = schema.foreign_keys[0].clone();
        foreign_key.span = places.at(1, 0);
        let made = migrations.foreign_keys[0].span;
        let mut labels = |existing| {
            let reason = SkipReason::NameTaken;
            let foreign_key = foreign_key.clone();
            migrations.skipped_foreign_keys =
                vec![SkippedForeignKey { foreign_key, reason, existing: Some(existing) }];
            let catalogs = Sources {
                schema: Some(&schema),
                migrations: Some(&migrations),
                ..sources(Dialect::PostgreSql)
            };
            said("on-delete-mismatch", catalogs).contains("`fk` was made here")
        };
        assert!(labels(places.at(2, 0)));
        assert!(!labels(made), "its place has a label already");
    }

    #[test]
    fn names_the_drop_that_missed() {
        let places = Places::new();
        let keys =
            ["posts(a) -> users(id) as old", "posts(a) -> users(id) on delete cascade as new"];
        let schema = read(&keys[1..]);
        let said = |name: &str, migration, start, first: &str| {
            let mut migrations = read(&[first, keys[1]]);
            for (at, foreign_key) in migrations.foreign_keys.iter_mut().enumerate() {
                foreign_key.span = places.at(at, 50);
            }
            let table = TableName::new("posts");
            let span = places.at(migration, start);
            migrations.missed_drops = vec![MissedDrop { table, name: name.to_owned(), span }];
            let catalogs = Sources {
                schema: Some(&schema),
                migrations: Some(&migrations),
                ..sources(Dialect::PostgreSql)
            };
            let said = said("conflicting-foreign-keys", catalogs);
            let line = said.lines().find(|it| it.contains("this was to drop it"));
            line.unwrap_or_default().to_owned()
        };
        assert_snapshot!(said("new", 1, 10, keys[0]), @"this was to drop it, and missed it: it is called `old`");
        // It comes before, in the same migration, and has the name that is made next.
        assert_eq!(said("new", 1, 60, keys[0]), "");
        assert_eq!(said("new", 0, 10, keys[0]), "");
        assert_eq!(said("other", 1, 10, keys[0]), "");
        assert_eq!(said("new", 1, 10, "posts(a) -> users(id)"), "");
    }

    /// What is said of an action that only the schema and its snapshot have.
    struct Silent {
        dialect: Dialect,
        schema: &'static str,
        snapshot: &'static str,
        migrations: Vec<&'static str>,
        is_old: bool,
    }

    impl Silent {
        fn new(dialect: Dialect) -> Self {
            let declared = "posts(a) -> users(id) on delete cascade";
            let migrations = vec!["posts(a) -> users(id)"];
            Self { dialect, schema: declared, snapshot: declared, migrations, is_old: true }
        }

        fn said(&self, adjust: impl FnOnce(&mut Catalog)) -> String {
            let (schema, snapshot) = (read(&[self.schema]), read(&[self.snapshot]));
            let mut migrations = read(&self.migrations);
            adjust(&mut migrations);
            let said = said(
                "on-delete-mismatch",
                Sources {
                    schema: Some(&schema),
                    migrations: Some(&migrations),
                    snapshot: Some(crate::testing::snapshot(&snapshot)),
                    compares_generated_names: self.is_old,
                    ..sources(self.dialect)
                },
            );
            let of_kit = |it: &&str| {
                it.contains("leaves") || it.contains("wrote only") || it.contains("changed")
            };
            said.lines().filter(of_kit).collect::<Vec<_>>().join("\n")
        }
    }

    #[test]
    fn knows_what_drizzle_kit_forgets_of_added_columns() {
        let silent = Silent::new(Dialect::Sqlite);
        let add = |it: &mut Catalog| it.foreign_keys[0].comes_with_column = true;
        assert_snapshot!(silent.said(add), @"drizzle-kit 0.x leaves the actions out where it adds a column in SQLite, though its snapshot has them");
        assert_eq!(silent.said(|_| {}), "");
        assert_eq!(Silent { is_old: false, ..Silent::new(Dialect::Sqlite) }.said(add), "");
        assert_eq!(Silent::new(Dialect::PostgreSql).said(add), "");
        // Where somebody wrote an action, or the snapshot has none, that was not it.
        let written = |it: &mut Catalog| {
            add(it);
            it.foreign_keys[0].on_delete_span = Some(it.foreign_keys[0].span);
        };
        assert_eq!(silent.said(written), "");
        for snapshot in [
            "posts(a) -> users(id)",
            "posts(a) -> tags(id) on delete cascade",
            "posts(a) -> users(id) on delete cascade on update cascade",
        ] {
            assert_eq!(Silent { snapshot, ..Silent::new(Dialect::Sqlite) }.said(add), "");
        }
    }

    #[test]
    fn knows_what_drizzle_kit_forgets_of_tables_that_reference_themselves() {
        let itself = || {
            let declared = "posts(a) -> posts(id) on delete cascade";
            let migrations = vec!["posts(a) -> posts(id)"];
            let silent = Silent::new(Dialect::MySql);
            Silent { schema: declared, snapshot: declared, migrations, is_old: false, ..silent }
        };
        let none = |_: &mut Catalog| {};
        assert_snapshot!(itself().said(none), @"drizzle-kit 1.0.0-rc leaves the actions out where a new MySQL table references itself, though its snapshot has them");
        assert_eq!(Silent { is_old: false, ..Silent::new(Dialect::MySql) }.said(none), "");
        assert_eq!(Silent { is_old: true, ..itself() }.said(none), "");
        assert_eq!(Silent { dialect: Dialect::PostgreSql, ..itself() }.said(none), "");
        assert_eq!(Silent { snapshot: "posts(a) -> posts(id)", ..itself() }.said(none), "");
        // Only where it comes with the table.
        let places = Places::new();
        assert_eq!(itself().said(|it| it.foreign_keys[0].span = places.at(1, 0)), "");
        for (start, end) in [(0, 5), (10, 40), (0, 40)] {
            let outside = |it: &mut Catalog| {
                it.tables[0].span = Span::new(places.0[0], 5, 30);
                it.foreign_keys[0].span = Span::new(places.0[0], start, end);
            };
            assert_eq!(itself().said(outside), "", "{start}..{end}");
        }
    }

    #[test]
    fn knows_that_drizzle_kit_wrote_only_one_of_several_changes() {
        use ChangeKind::{Altered, Created, Dropped};
        let places = Places::new();
        let sibling = |history: [(ChangeKind, usize); 2]| {
            let history = history.map(|(kind, at)| Change { kind, span: places.at(at, 0) });
            let file = places.0[0];
            move |it: &mut Catalog| {
                it.foreign_keys[0].span = Span::new(file, 0, 1);
                it.foreign_keys[1].history = history.to_vec();
            }
        };
        let two = || Silent {
            migrations: vec!["posts(a) -> users(id)", "posts(b) -> users(id) on delete cascade"],
            ..Silent::new(Dialect::PostgreSql)
        };
        let changed = || sibling([(Dropped, 1), (Created, 1)]);
        assert_snapshot!(two().said(changed()), @"
        this changed posts.b → users.id, of the same table
        drizzle-kit 0.18 to 0.21 wrote only the first of several changes of a table
        ");
        for history in [
            [(Dropped, 1), (Created, 2)],
            [(Dropped, 0), (Created, 0)],
            [(Altered, 1), (Created, 1)],
            [(Dropped, 1), (Altered, 1)],
        ] {
            assert_eq!(two().said(sibling(history)), "");
        }
        assert_eq!(Silent { is_old: false, ..two() }.said(changed()), "");
        assert_eq!(Silent { dialect: Dialect::Sqlite, ..two() }.said(changed()), "");
        assert_eq!(Silent { snapshot: "posts(a) -> users(id)", ..two() }.said(changed()), "");
    }
}
