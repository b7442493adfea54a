//! SQLite, which changes no foreign key of a table that is there: the table is made anew.
//!
//! `DROP TABLE` deletes the rows first where foreign keys are enforced, and with them those that
//! reference them. `PRAGMA foreign_keys = OFF` does nothing within a transaction, and drizzle's migrators run
//! in one. So every table that references the rebuilt one, at whatever distance, is rebuilt with it,
//! and dropped before it: then no row is deleted that has not been copied.
//!
//! Source: <https://www.sqlite.org/lang_altertable.html#otheralter> and
//! <https://www.sqlite.org/foreignkeys.html#fk_schemacommands>

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
use std::ops::Range;
use std::path::Path;

use drift_model::{
    Column, Dialect, ForeignKey, ReferentialAction, SourceMap, Span, Table, TableName,
};

use super::tokens::{Kind, Tokens};
use super::{Script, Step, columns, identifier, references};
use crate::comparison::Comparison;

const DIALECT: Dialect = Dialect::Sqlite;

/// More tables than this are not rebuilt together.
const TOGETHER_LIMIT: usize = 4;

pub(super) fn script(comparison: &Comparison<'_>, step: Step<'_>) -> Result<Script, String> {
    let sources = &comparison.sources;
    let texts = sources.texts.ok_or("its text is not at hand")?;
    let catalog = sources.migrations.ok_or("there are no migrations")?;
    if step.table().namespace.is_some() {
        return Err("it lies in another database file".to_owned());
    }
    let first = comparison.migrated_table(step.table()).ok_or("no migration creates it")?;
    let together = referencing(comparison, first);
    let tables = if together.len() <= TOGETHER_LIMIT { &together[..] } else { &together[..1] };
    let mut rebuild = Rebuild { comparison, texts, tables, step };
    for table in tables {
        if catalog.tables.iter().filter(|it| it.name.name == temporary(&table.name)).count() > 0 {
            return Err(format!("`{}` is there already", temporary(&table.name)));
        }
    }
    rebuild.refuse_what_depends()?;
    let statements = rebuild.statements()?;
    let is_whole = tables.len() == together.len() && !rebuild.has_cycle();
    if is_whole {
        return Ok(Script { statements, by_hand: None });
    }
    // Outside of a transaction enforcement can be switched off, so that no other table need be touched.
    rebuild.tables = &together[..1];
    let mut alone = vec!["PRAGMA foreign_keys = OFF".to_owned(), "BEGIN".to_owned()];
    alone.extend(rebuild.statements()?);
    alone.extend(["PRAGMA foreign_key_check".to_owned(), "COMMIT".to_owned()]);
    alone.push("PRAGMA foreign_keys = ON".to_owned());
    let by_hand = format!(
        "in a migrator's transaction, dropping `{}` would delete or block rows that reference it",
        first.name
    );
    Ok(Script { statements: alone, by_hand: Some(by_hand) })
}

/// A table and those that reference it, directly or not, each after what it references unless they
/// reference each other.
fn referencing<'a>(comparison: &Comparison<'a>, first: &'a Table) -> Vec<&'a Table> {
    let key = |name: &TableName| DIALECT.table_key(name).into_owned();
    let foreign_keys = comparison.sources.migrations.map_or(&[][..], |it| &it.foreign_keys);
    let mut by_target: HashMap<TableName, Vec<TableName>> = HashMap::new();
    for it in foreign_keys {
        by_target.entry(key(&it.referenced_table)).or_default().push(key(&it.referencing_table));
    }
    // The distance from the first table, the longest where there are no circles.
    let (mut order, mut seen) = (Vec::new(), HashSet::new());
    visit(&key(&first.name), &by_target, &mut seen, &mut order);
    order.reverse();
    let tables = order.iter().filter_map(|it| comparison.migrated_table(it));
    tables.collect()
}

/// Adds a table after all that reference it.
fn visit(
    start: &TableName,
    by_target: &HashMap<TableName, Vec<TableName>>,
    seen: &mut HashSet<TableName>,
    order: &mut Vec<TableName>,
) {
    let nothing = Vec::new();
    let next_of = |it: &TableName| by_target.get(it).unwrap_or(&nothing).iter();
    seen.insert(start.clone());
    let mut open = vec![(start.clone(), next_of(start))];
    while let Some((table, next)) = open.last_mut() {
        match next.find(|it| !seen.contains(*it)) {
            Some(next) => {
                seen.insert(next.clone());
                open.push((next.clone(), next_of(next)));
            }
            None => {
                order.push(table.clone());
                open.pop();
            }
        }
    }
}

fn temporary(table: &TableName) -> String {
    format!("__new_{}", table.name)
}

struct Rebuild<'r, 'a> {
    comparison: &'r Comparison<'a>,
    texts: &'a SourceMap,
    /// The one of the step first, each after what it references.
    tables: &'r [&'a Table],
    step: Step<'r>,
}

/// A table as it is to be made.
struct Copy {
    /// Its columns and constraints.
    lines: Vec<String>,
    /// What stands behind the bracket, such as `STRICT`.
    options: String,
    /// The columns that hold what is written to them.
    written: Vec<String>,
}

impl Rebuild<'_, '_> {
    fn statements(&self) -> Result<Vec<String>, String> {
        let mut statements = Vec::new();
        let mut copies = Vec::new();
        for table in self.tables {
            copies.push(self.copy(table)?);
        }
        let new_name = |it: &Table| identifier(DIALECT, &temporary(&it.name));
        for (table, copy) in self.tables.iter().zip(&copies) {
            statements.push(format!(
                "CREATE TABLE {} (\n  {}\n){}",
                new_name(table),
                copy.lines.join(",\n  "),
                copy.options
            ));
        }
        for (table, copy) in self.tables.iter().zip(&copies) {
            let (columns, name) =
                (columns(DIALECT, &copy.written), identifier(DIALECT, &table.name.name));
            statements.push(format!(
                "INSERT INTO {} ({columns}) SELECT {columns} FROM {name}",
                new_name(table)
            ));
        }
        for table in self.tables.iter().rev() {
            statements.push(format!("DROP TABLE {}", identifier(DIALECT, &table.name.name)));
        }
        for table in self.tables {
            let name = identifier(DIALECT, &table.name.name);
            statements.push(format!("ALTER TABLE {} RENAME TO {name}", new_name(table)));
        }
        for table in self.tables {
            statements.extend(self.indexes(table)?);
        }
        Ok(statements)
    }

    /// Whether rebuilt tables reference each other, so that none can be filled first, or one keeps its own
    /// rows from being deleted.
    fn has_cycle(&self) -> bool {
        let position: HashMap<TableName, usize> = (0..)
            .zip(self.tables)
            .map(|(at, it)| (DIALECT.table_key(&it.name).into_owned(), at))
            .collect();
        let migrated = self.comparison.sources.migrations.map_or(&[][..], |it| &it.foreign_keys);
        let new = match self.step {
            Step::Add(new) | Step::Replace { new, .. } => Some(new),
            Step::Drop(_) => None,
        };
        migrated.iter().chain(new).any(|it| {
            let from = position.get(&DIALECT.table_key(&it.referencing_table));
            let to = position.get(&DIALECT.table_key(&it.referenced_table));
            from.zip(to).is_some_and(|(from, to)| {
                to > from || to == from && it.on_delete == ReferentialAction::Restrict
            })
        })
    }

    /// Triggers and views go with a table, or keep it from being renamed, and are not in the catalog.
    fn refuse_what_depends(&self) -> Result<(), String> {
        let is_one = |text: &str| {
            let text = text.to_ascii_lowercase();
            ["trigger", "view"].into_iter().any(|what| {
                text.match_indices(what).any(|(at, _)| {
                    let before = text[..at].trim_end();
                    ["create", "temp", "temporary"].iter().any(|it| before.ends_with(it))
                })
            })
        };
        let is_sql = |path: &Path| path.extension().is_some_and(|it| it == "sql");
        let has_one = || {
            let files = self.texts.files();
            files.iter().any(|file| is_sql(&file.path) && is_one(&file.text))
        };
        match *self.comparison.known.has_dependants.get_or_init(has_one) {
            true => Err("triggers and views may depend on it".to_owned()),
            false => Ok(()),
        }
    }

    /// A table as its statements made it, with the foreign keys that it should have.
    fn copy(&self, table: &Table) -> Result<Copy, String> {
        let text = self.texts.snippet(table.span);
        let odd = || format!("`{}` is not made by a plain `CREATE TABLE`", table.name);
        let tokens = Tokens::read(text.trim_end().trim_end_matches(';')).ok_or_else(odd)?;
        let is_plain = tokens.is(0, "create") && (tokens.is(1, "table"));
        let open = (0..tokens.len()).find(|it| tokens.kind(*it) == Some(Kind::Open));
        let open = open.filter(|_| is_plain).ok_or_else(odd)?;
        let close = tokens.close_of(open).ok_or_else(odd)?;
        if table.is_incomplete || (2..open).any(|it| tokens.is(it, "as")) {
            return Err(odd());
        }
        let mut names = vec![table.name.name.clone()];
        names.extend(tokens.name(open - 1));
        let mut copy = Copy {
            lines: Vec::new(),
            options: tokens.text[tokens.range(close).end..].to_owned(),
            written: Vec::new(),
        };
        let mut constraints = Vec::new();
        let mut columns_there: HashSet<Span> = HashSet::new();
        for part in tokens.parts(open + 1..close) {
            let start = table.span.start + tokens.range(part.start).start as u32;
            let column = table
                .columns
                .iter()
                .find(|it| it.span.file == table.span.file && it.span.start == start);
            match column {
                Some(column) => drop(columns_there.insert(column.span)),
                None => constraints.extend(kept_constraint(&tokens, &part, &table.columns)?),
            }
        }
        for column in &table.columns {
            let text = self.texts.snippet(column.span);
            let (text, is_computed) = column_without_reference(&text, column)
                .ok_or_else(|| format!("`{}` is not declared where it is named so", column.name))?;
            copy.lines.push(self.with_new_names(&text, &names, table).ok_or_else(odd)?);
            if !is_computed {
                copy.written.push(column.name.clone());
            }
        }
        for constraint in constraints {
            copy.lines.push(self.with_new_names(&constraint, &names, table).ok_or_else(odd)?);
        }
        copy.lines.extend(self.foreign_keys(table));
        Ok(copy)
    }

    /// The foreign keys that a table should have.
    fn foreign_keys(&self, table: &Table) -> Vec<String> {
        let all = self.comparison.sources.migrations.map_or(&[][..], |it| &it.foreign_keys);
        let key = DIALECT.table_key(&table.name);
        let own = all.iter().filter(|it| DIALECT.table_key(&it.referencing_table) == key);
        let is_stepped = DIALECT.table_key(self.step.table()) == key;
        let mut wanted: Vec<&ForeignKey> = Vec::new();
        for foreign_key in own {
            match self.step {
                Step::Drop(old) if std::ptr::eq(old, foreign_key) => {}
                Step::Replace { old, new } if std::ptr::eq(old, foreign_key) => wanted.push(new),
                _ => wanted.push(foreign_key),
            }
        }
        if let (Step::Add(new), true) = (self.step, is_stepped) {
            wanted.push(new);
        }
        wanted.into_iter().map(|it| self.foreign_key(it)).collect()
    }

    /// A foreign key that references what is rebuilt under its new name, which the renaming rewrites.
    fn foreign_key(&self, foreign_key: &ForeignKey) -> String {
        let target = DIALECT.table_key(&foreign_key.referenced_table);
        let is_rebuilt = self.tables.iter().any(|it| DIALECT.table_key(&it.name) == target);
        let referenced = match is_rebuilt {
            true => temporary(&foreign_key.referenced_table),
            false => foreign_key.referenced_table.name.clone(),
        };
        format!(
            "FOREIGN KEY ({}) {}",
            columns(DIALECT, &foreign_key.referencing_columns),
            references(DIALECT, foreign_key, &identifier(DIALECT, &referenced))
        )
    }

    /// A piece of a definition in which the table is called by the name it is made under: `"users"."age"`.
    fn with_new_names(&self, text: &str, names: &[String], table: &Table) -> Option<String> {
        let tokens = Tokens::read(text)?;
        let mut changed = String::new();
        let mut from = 0;
        for at in 0..tokens.len() {
            let is_own = tokens.kind(at + 1) == Some(Kind::Dot)
                && tokens
                    .name(at)
                    .is_some_and(|it| names.iter().any(|name| name.eq_ignore_ascii_case(&it)));
            if is_own {
                changed.push_str(&text[from..tokens.range(at).start]);
                changed.push_str(&identifier(DIALECT, &temporary(&table.name)));
                from = tokens.range(at).end;
            }
        }
        Some(changed + &text[from..])
    }

    /// The statements that made the indexes of a table.
    fn indexes(&self, table: &Table) -> Result<Vec<String>, String> {
        let mut statements = Vec::new();
        for index in &table.indexes {
            let text = self.texts.snippet(index.span);
            let text = text.trim_end().trim_end_matches(';');
            let tokens = Tokens::read(text).filter(|it| it.is(0, "create"));
            // The others belong to keys.
            let Some(tokens) = tokens else { continue };
            let on = (0..tokens.len()).find(|it| tokens.is(*it, "on")).map(|at| at + 1);
            let is_named = on
                .and_then(|at| tokens.name(at))
                .is_some_and(|it| it.eq_ignore_ascii_case(&table.name.name));
            if !is_named || (0..tokens.len()).any(|it| tokens.kind(it) == Some(Kind::Dot)) {
                return Err(format!("an index of `{}` was made under another name", table.name));
            }
            statements.push(text.to_owned());
        }
        Ok(statements)
    }
}

/// A table constraint that is no foreign key; nothing for what declares a column that is gone.
fn kept_constraint(
    tokens: &Tokens<'_>,
    part: &Range<usize>,
    columns: &[Column],
) -> Result<Option<String>, String> {
    let mut at = part.start;
    if tokens.is(at, "constraint") {
        at += 2;
    }
    let is_foreign = tokens.is(at, "foreign");
    let is_kept = ["primary", "unique", "check"].iter().any(|it| tokens.is(at, it));
    let further = tokens.find(at + 1..part.end, "foreign");
    if further.is_some() {
        return Err("its constraints are not parted by commas".to_owned());
    }
    if is_kept {
        let bytes = tokens.range(part.start).start..tokens.range(part.end - 1).end;
        return Ok(Some(tokens.text[bytes].to_owned()));
    }
    let name = tokens.name(part.start);
    let is_there = columns
        .iter()
        .any(|it| name.as_ref().is_some_and(|name| it.name.eq_ignore_ascii_case(name)));
    match is_foreign || !is_there {
        true => Ok(None),
        false => Err("a column was made anew".to_owned()),
    }
}

/// What declares a column, without its foreign keys, and whether it is computed; `None` where it
/// declares another name.
fn column_without_reference(text: &str, column: &Column) -> Option<(String, bool)> {
    let tokens = Tokens::read(text)?;
    if !tokens.name(0)?.eq_ignore_ascii_case(&column.name) {
        return None;
    }
    let all = 0..tokens.len();
    let is_computed =
        tokens.find(all.clone(), "generated").or_else(|| tokens.find(all.clone(), "as")).is_some();
    let mut kept = String::new();
    let mut from = 0;
    let mut at = 1;
    while let Some(clause) = tokens.find(at..tokens.len(), "references") {
        let is_named = clause >= 3 && tokens.is(clause - 2, "constraint");
        let start = tokens.range(if is_named { clause - 2 } else { clause }).start;
        kept.push_str(text[from..start].trim_end());
        at = end_of_references(&tokens, clause);
        from = tokens.range(at - 1).end;
    }
    kept.push_str(&text[from..]);
    Some((kept.trim_end().to_owned(), is_computed))
}

/// The token behind `REFERENCES p (id) ON DELETE SET NULL NOT DEFERRABLE INITIALLY DEFERRED`.
fn end_of_references(tokens: &Tokens<'_>, start: usize) -> usize {
    let mut at = start + 2;
    if tokens.kind(at) == Some(Kind::Open) {
        at = tokens.close_of(at).map_or(tokens.len(), |it| it + 1);
    }
    loop {
        let is_negated = tokens.is(at, "not") && tokens.is(at + 1, "deferrable");
        let length = if tokens.is(at, "on") {
            let is_long = tokens.is(at + 2, "set") || tokens.is(at + 2, "no");
            if is_long { 4 } else { 3 }
        } else if tokens.is(at, "match") || tokens.is(at, "initially") || is_negated {
            2
        } else if tokens.is(at, "deferrable") {
            1
        } else {
            return at.min(tokens.len());
        };
        at += length;
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{Catalog, Engine, Index, notation};
    use insta::assert_snapshot;

    use super::*;
    use crate::Sources;

    /// What statements make, with foreign keys in the notation.
    fn read(map: &SourceMap, sql: &str, keys: &[&str]) -> Catalog {
        let mut catalog = notation::parse(map, "keys", keys).unwrap();
        catalog.tables.clear();
        let file = map.add("0000_init.sql".into(), sql.to_owned()).id;
        let mut end = 0;
        for statement in sql.split_inclusive(';') {
            end += statement.len();
            let text = statement.trim();
            let begin = end - text.len();
            let span = Span::new(file, begin as u32, end as u32);
            let tokens = Tokens::read(text.trim_end_matches(';')).unwrap();
            if tokens.is(0, "alter") {
                let old = tokens.name(2).unwrap();
                let table = catalog.tables.iter_mut().find(|it| it.name.name == old);
                table.unwrap().name.name = tokens.name(5).unwrap();
                continue;
            }
            if let Some(on) = tokens.find(0..tokens.len(), "on") {
                let named = tokens.name(on + 1).unwrap();
                let table = catalog.tables.iter_mut().find(|it| named.ends_with(&it.name.name));
                table.unwrap().indexes.push(Index {
                    name: None,
                    columns: Vec::new(),
                    has_expressions: false,
                    is_unique: false,
                    is_partial: false,
                    covers_not_null: false,
                    span,
                });
                continue;
            }
            let open = (0..tokens.len()).find(|it| tokens.kind(*it) == Some(Kind::Open)).unwrap();
            let name = tokens.name(if tokens.is(3, "as") { 2 } else { open - 1 }).unwrap();
            let mut table = Table::new(TableName::new(name), span);
            for part in tokens.parts(open + 1..tokens.close_of(open).unwrap()) {
                let words = ["constraint", "primary", "unique", "check", "foreign"];
                if !words.iter().any(|it| tokens.is(part.start, it)) {
                    let range = tokens.range(part.start).start..tokens.range(part.end - 1).end;
                    let name = tokens.name(part.start).unwrap();
                    table.columns.push(Column::new(name, within(&span, range)));
                }
            }
            catalog.tables.push(table);
        }
        catalog
    }

    fn within(outer: &Span, range: Range<usize>) -> Span {
        let start = outer.start;
        Span::new(outer.file, start + range.start as u32, start + range.end as u32)
    }

    /// The script that brings the foreign keys of such tables to what is wanted of the first.
    fn script_of(sql: &str, keys: &[&str], wanted: &str) -> String {
        let map = SourceMap::default();
        let old = read(&map, sql, keys);
        let lines: Vec<_> = [wanted].into_iter().filter(|it| !it.is_empty()).collect();
        let new = notation::parse(&map, "wanted", &lines).unwrap();
        let step = match (old.foreign_keys.first(), new.foreign_keys.first()) {
            (Some(old), Some(new)) if old.referencing_columns == new.referencing_columns => {
                Step::Replace { old, new }
            }
            (_, Some(new)) => Step::Add(new),
            (Some(old), None) => Step::Drop(old),
            (None, None) => panic!("no foreign key"),
        };
        let sources = Sources {
            engine: Engine::new(DIALECT),
            migrations: Some(&old),
            texts: Some(&map),
            ..crate::testing::sources(DIALECT)
        };
        match script(&Comparison::new(sources), step) {
            Ok(Script { statements, by_hand: None }) => statements.join(";\n"),
            Ok(Script { statements, by_hand }) => {
                format!("{}\n{}", by_hand.unwrap(), statements.join(";\n"))
            }
            Err(reason) => reason,
        }
    }

    const USERS: &str = "CREATE TABLE users (id integer PRIMARY KEY);";

    #[test]
    fn makes_a_table_anew_with_all_that_it_has() {
        let sql = "CREATE TABLE users (id integer PRIMARY KEY);
            CREATE TABLE `posts` (
              id integer PRIMARY KEY, -- its key, always
              author integer CHECK (`posts`.`author` > 0),
              twice integer GENERATED ALWAYS AS (author * 2),
              CONSTRAINT named UNIQUE (author, id),
              FOREIGN KEY (twice) REFERENCES users (id),
              CHECK (posts.id <> other.author)
            ) STRICT;
            CREATE INDEX by_author ON posts (author) WHERE author > 1;";
        assert_snapshot!(script_of(sql, &["posts(twice) -> users(id) as fk"], "posts(author) -> users(id) on delete cascade as x"), @"
        CREATE TABLE `__new_posts` (
          id integer PRIMARY KEY,
          author integer CHECK (`__new_posts`.`author` > 0),
          twice integer GENERATED ALWAYS AS (author * 2),
          CONSTRAINT named UNIQUE (author, id),
          CHECK (`__new_posts`.id <> other.author),
          FOREIGN KEY (`twice`) REFERENCES `users` (`id`),
          FOREIGN KEY (`author`) REFERENCES `users` (`id`) ON DELETE CASCADE
        ) STRICT;
        INSERT INTO `__new_posts` (`id`, `author`) SELECT `id`, `author` FROM `posts`;
        DROP TABLE `posts`;
        ALTER TABLE `__new_posts` RENAME TO `posts`;
        CREATE INDEX by_author ON posts (author) WHERE author > 1
        ");
        assert_snapshot!(script_of(sql, &["posts(twice) -> users(id)"], ""), @"
        CREATE TABLE `__new_posts` (
          id integer PRIMARY KEY,
          author integer CHECK (`__new_posts`.`author` > 0),
          twice integer GENERATED ALWAYS AS (author * 2),
          CONSTRAINT named UNIQUE (author, id),
          CHECK (`__new_posts`.id <> other.author)
        ) STRICT;
        INSERT INTO `__new_posts` (`id`, `author`) SELECT `id`, `author` FROM `posts`;
        DROP TABLE `posts`;
        ALTER TABLE `__new_posts` RENAME TO `posts`;
        CREATE INDEX by_author ON posts (author) WHERE author > 1
        ");
    }

    #[test]
    fn takes_references_out_of_columns() {
        let column = |definition: &str| {
            let sql = format!("{USERS} CREATE TABLE posts (a {definition}, b integer);");
            let script = script_of(&sql, &["posts(a) -> users(id)"], "");
            script.lines().nth(1).unwrap().trim().to_owned()
        };
        assert_snapshot!(column("integer REFERENCES users"), @"a integer,");
        assert_snapshot!(column("REFERENCES users (id)"), @"a,");
        assert_snapshot!(column("integer NOT NULL CONSTRAINT fk REFERENCES users (id) UNIQUE"), @"a integer NOT NULL UNIQUE,");
        assert_snapshot!(column("integer REFERENCES users (id) ON DELETE SET NULL ON UPDATE CASCADE DEFAULT 1"), @"a integer DEFAULT 1,");
        assert_snapshot!(column("integer REFERENCES users ON DELETE NO ACTION ON UPDATE SET DEFAULT NOT NULL"), @"a integer NOT NULL,");
        assert_snapshot!(column("integer REFERENCES users (id) MATCH FULL NOT DEFERRABLE INITIALLY IMMEDIATE NOT NULL"), @"a integer NOT NULL,");
        assert_snapshot!(column("integer REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED NOT NULL"), @"a integer NOT NULL,");
        assert_snapshot!(column("integer REFERENCES users (id) ON DELETE RESTRICT REFERENCES users (id) UNIQUE"), @"a integer UNIQUE,");
        assert_snapshot!(column("text CONSTRAINT c NOT NULL REFERENCES users (id)"), @"a text CONSTRAINT c NOT NULL,");
    }

    #[test]
    fn keeps_the_other_foreign_keys() {
        let sql = format!("{USERS} CREATE TABLE posts (a integer, b integer);");
        let keys = ["posts(a) -> users(id)", "posts(b) -> users(id)"];
        let script = script_of(&sql, &keys, "");
        assert_snapshot!(script.lines().filter(|it| it.contains("FOREIGN")).collect::<String>(), @"  FOREIGN KEY (`b`) REFERENCES `users` (`id`)");
    }

    #[test]
    fn calls_a_renamed_table_by_its_new_name() {
        let sql = format!(
            "{USERS} CREATE TABLE old (a integer CHECK (old.a > 0)); ALTER TABLE old RENAME TO posts;"
        );
        let script = script_of(&sql, &["posts(a) -> users(id)"], "");
        assert_snapshot!(script.lines().take(2).collect::<String>(), @"CREATE TABLE `__new_posts` (  a integer CHECK (`__new_posts`.a > 0)");
    }

    #[test]
    fn makes_what_references_it_anew_as_well() {
        let sql = "CREATE TABLE users (id integer, boss integer);
            CREATE TABLE posts (id integer, author integer);
            CREATE TABLE notes (post integer, author integer);
            CREATE TABLE tags (id integer);";
        let keys = [
            "users(boss) -> tags(id)",
            "posts(author) -> users(id)",
            "notes(post) -> posts(id)",
            "notes(author) -> users(id)",
        ];
        assert_snapshot!(script_of(sql, &keys, "users(boss) -> tags(id) on delete cascade"), @"
        CREATE TABLE `__new_users` (
          id integer,
          boss integer,
          FOREIGN KEY (`boss`) REFERENCES `tags` (`id`) ON DELETE CASCADE
        );
        CREATE TABLE `__new_posts` (
          id integer,
          author integer,
          FOREIGN KEY (`author`) REFERENCES `__new_users` (`id`)
        );
        CREATE TABLE `__new_notes` (
          post integer,
          author integer,
          FOREIGN KEY (`post`) REFERENCES `__new_posts` (`id`),
          FOREIGN KEY (`author`) REFERENCES `__new_users` (`id`)
        );
        INSERT INTO `__new_users` (`id`, `boss`) SELECT `id`, `boss` FROM `users`;
        INSERT INTO `__new_posts` (`id`, `author`) SELECT `id`, `author` FROM `posts`;
        INSERT INTO `__new_notes` (`post`, `author`) SELECT `post`, `author` FROM `notes`;
        DROP TABLE `notes`;
        DROP TABLE `posts`;
        DROP TABLE `users`;
        ALTER TABLE `__new_users` RENAME TO `users`;
        ALTER TABLE `__new_posts` RENAME TO `posts`;
        ALTER TABLE `__new_notes` RENAME TO `notes`
        ");
    }

    #[test]
    fn switches_enforcement_off_where_no_order_serves() {
        let sql = "CREATE TABLE users (id integer, post integer); CREATE TABLE posts (id integer, author integer);";
        let keys = ["users(post) -> posts(id)", "posts(author) -> users(id)"];
        assert_snapshot!(script_of(sql, &keys, "users(post) -> posts(id) on delete cascade"), @"
        in a migrator's transaction, dropping `users` would delete or block rows that reference it
        PRAGMA foreign_keys = OFF;
        BEGIN;
        CREATE TABLE `__new_users` (
          id integer,
          post integer,
          FOREIGN KEY (`post`) REFERENCES `posts` (`id`) ON DELETE CASCADE
        );
        INSERT INTO `__new_users` (`id`, `post`) SELECT `id`, `post` FROM `users`;
        DROP TABLE `users`;
        ALTER TABLE `__new_users` RENAME TO `users`;
        PRAGMA foreign_key_check;
        COMMIT;
        PRAGMA foreign_keys = ON
        ");
        let is_by_hand = |sql: &str, keys: &[&str], wanted: &str| {
            script_of(sql, keys, wanted).starts_with("in a migrator's transaction")
        };
        let own = ["posts(author) -> posts(id)"];
        assert!(!is_by_hand(sql, &own, "posts(author) -> posts(id) on delete cascade"));
        assert!(is_by_hand(sql, &own, "posts(author) -> posts(id) on delete restrict"));
        assert!(is_by_hand(sql, &["posts(author) -> users(id)"], "users(post) -> posts(id)"));
        assert!(!is_by_hand(sql, &keys[..1], ""));
        assert!(!is_by_hand(sql, &[], "posts(author) -> users(id) on delete restrict"));
        let chain = |length: usize| {
            let sql: String = (0..=length)
                .map(|at| format!("CREATE TABLE t{at} (id integer, x integer);"))
                .collect();
            let keys: Vec<String> = (0..length)
                .map(|at| format!("t{at}(x) -> t{}(id)", (at + length) % (length + 1)))
                .collect();
            let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
            is_by_hand(&sql, &keys[1..], "t1(x) -> t0(id) on delete cascade")
        };
        assert!(!chain(5));
        assert!(chain(6));
    }

    #[test]
    fn leaves_alone_what_it_cannot_copy() {
        let drop = |sql: &str| script_of(&format!("{USERS} {sql}"), &["posts(a) -> users(id)"], "");
        let plain = "CREATE TABLE posts (a integer);";
        assert_snapshot!(drop("CREATE TEMP TABLE posts (a integer);"), @"`posts` is not made by a plain `CREATE TABLE`");
        assert_snapshot!(drop("CREATE TABLE posts AS SELECT (a) FROM users;"), @"`posts` is not made by a plain `CREATE TABLE`");
        assert_snapshot!(drop("CREATE TABLE posts (a integer); CREATE TABLE __new_posts (a integer);"), @"`__new_posts` is there already");
        assert_snapshot!(drop(&format!("{plain} CREATE INDEX i ON old_posts (a);")), @"an index of `posts` was made under another name");
        assert_snapshot!(drop(&format!("{plain} CREATE INDEX i ON posts (posts.a);")), @"an index of `posts` was made under another name");
        assert_snapshot!(drop("CREATE TABLE posts (a integer, UNIQUE (a) FOREIGN KEY (a) REFERENCES users (id));"), @"its constraints are not parted by commas");
        let with = |path: &str, text: &str| {
            let map = SourceMap::default();
            map.add(path.into(), text.to_owned());
            let old = read(&map, &format!("{USERS} {plain}"), &["posts(a) -> users(id)"]);
            let sources = Sources {
                migrations: Some(&old),
                texts: Some(&map),
                ..crate::testing::sources(DIALECT)
            };
            let step = Step::Drop(&old.foreign_keys[0]);
            script(&Comparison::new(sources), step).err().unwrap_or_default()
        };
        assert_snapshot!(with("a.sql", "CREATE TRIGGER t AFTER INSERT ON users BEGIN SELECT 1; END"), @"triggers and views may depend on it");
        assert_snapshot!(with("a.sql", "CREATE TEMP  VIEW v AS SELECT 1"), @"triggers and views may depend on it");
        assert_snapshot!(with("a.sql", "INSERT INTO reviews (a) VALUES (1)"), @"");
        assert_snapshot!(with("a.ts", "// create trigger"), @"");
    }

    #[test]
    fn a_column_that_was_made_anew_is_none_of_the_statement() {
        let kept = |text: &str, there: &str| {
            let map = SourceMap::default();
            let catalog = notation::parse(&map, "a", &[there]).unwrap();
            let tokens = Tokens::read(text).unwrap();
            kept_constraint(&tokens, &(0..tokens.len()), &catalog.tables[0].columns)
        };
        assert_eq!(kept("a integer", "posts(A)"), Err("a column was made anew".to_owned()));
        assert_eq!(kept("a integer", "posts(b)"), Ok(None));
        assert_eq!(kept("FOREIGN KEY (a) REFERENCES b", "posts(foreign)"), Ok(None));
    }
}
