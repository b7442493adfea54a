//! Catalogs in a line each, for tests: `posts(author_id) -> users(id) on delete cascade`.
//!
//! | line | declares |
//! |---|---|
//! | `posts(id, title)` | a table and its columns |
//! | `posts(id: uuid!, tags: text[])` | types; `!` is `NOT NULL`, `[]` an array |
//! | `posts(a, b) -> users(x, y)` | a foreign key; tables and columns it names are made as needed, and the referenced ones unique |
//! | `... on delete set null on update cascade` | its actions |
//! | `... as posts_author_fk` | its name |
//! | `auth.users(id)` | a table of the namespace `auth` |
//! | `*_users(id)` | a table of whose name a part is not known |
//! | `-posts(author_id) -> users(id)` | a foreign key that was dropped again |
//! | `~posts(author_id) -> users(id)` | a foreign key that the engine reads and forgets |

use std::path::PathBuf;

use crate::{
    Catalog, Change, ChangeKind, Column, ForeignKey, Key, ReferentialAction, SourceMap, Span,
    Table, TableName,
};

/// Reads a catalog from one declaration per line; places lie in a file `path` of `sources`, which
/// holds just these lines.
///
/// # Errors
/// The first line that is not in this notation.
pub fn parse(sources: &SourceMap, path: &str, lines: &[&str]) -> Result<Catalog, String> {
    let file = sources.add(PathBuf::from(path), lines.join("\n"));
    let mut catalog = Catalog::default();
    let mut start = 0;
    for line in lines {
        let span = Span::new(file.id, start, start + line.len() as u32);
        start = span.end + 1;
        read_line(&mut catalog, line, span).ok_or_else(|| format!("not a declaration: {line}"))?;
    }
    Ok(catalog)
}

fn read_line(catalog: &mut Catalog, line: &str, span: Span) -> Option<()> {
    let is_dropped = line.starts_with('-');
    let is_ignored = line.starts_with('~');
    let line = if is_dropped || is_ignored { &line[1..] } else { line };
    let Some((referencing, rest)) = line.split_once("->") else {
        let (table, columns, rest) = read_side(line)?;
        let columns: Vec<Column> = columns.iter().map(|it| read_column(it, span)).collect();
        declare(catalog, &table, &columns, span);
        return rest.is_empty().then_some(());
    };
    let (referencing_table, referencing_columns, blank) = read_side(referencing)?;
    let (referenced_table, referenced_columns, clauses) = read_side(rest)?;
    if !blank.is_empty() {
        return None;
    }
    let named = |names: &[String]| -> Vec<Column> {
        names.iter().map(|it| Column::new(it.clone(), span)).collect()
    };
    declare(catalog, &referencing_table, &named(&referencing_columns), span);
    declare(catalog, &referenced_table, &named(&referenced_columns), span);
    let mut foreign_key = ForeignKey::new(
        referencing_table,
        referencing_columns,
        referenced_table,
        referenced_columns,
        span,
    );
    read_clauses(&mut foreign_key, clauses)?;
    identify(catalog, &foreign_key, span);
    if is_dropped {
        foreign_key.history.push(Change { kind: ChangeKind::Dropped, span });
        catalog.dropped_foreign_keys.push(foreign_key);
    } else if is_ignored {
        catalog.ignored_foreign_keys.push(foreign_key);
    } else {
        catalog.foreign_keys.push(foreign_key);
    }
    Some(())
}

/// `auth.users(id, name) rest` as table, columns and the trimmed rest.
fn read_side(text: &str) -> Option<(TableName, Vec<String>, &str)> {
    let (table, rest) = text.split_once('(')?;
    let (columns, rest) = rest.split_once(')')?;
    let table = table.trim().replace('*', &TableName::UNKNOWN_PART.to_string());
    let table = match table.split_once('.') {
        Some((namespace, name)) => TableName::with_namespace(namespace, name),
        None => TableName::new(table),
    };
    let columns = columns.split(',').map(str::trim).filter(|it| !it.is_empty());
    Some((table, columns.map(str::to_owned).collect(), rest.trim()))
}

fn read_clauses(foreign_key: &mut ForeignKey, clauses: &str) -> Option<()> {
    let (clauses, name) = match clauses.split_once("as ") {
        Some((clauses, name)) => (clauses, Some(name.trim().to_owned())),
        None => (clauses, None),
    };
    foreign_key.has_explicit_name = name.is_some();
    foreign_key.name = name;
    for clause in clauses.split("on ").map(str::trim).filter(|it| !it.is_empty()) {
        let (event, action) = clause.split_once(' ')?;
        let action = ReferentialAction::parse(action)?;
        match event {
            "delete" => foreign_key.on_delete = action,
            "update" => foreign_key.on_update = action,
            _ => return None,
        }
    }
    Some(())
}

/// `tags: text[]!` as a column.
fn read_column(text: &str, span: Span) -> Column {
    let (name, data_type) = text.split_once(':').map_or((text, None), |(a, b)| (a, Some(b.trim())));
    let bare = data_type.map(|it| it.trim_end_matches(['!', '[', ']']));
    Column {
        data_type: bare.map(str::to_owned),
        is_not_null: data_type.is_some_and(|it| it.ends_with('!')),
        is_array: data_type.is_some_and(|it| it.contains("[]")),
        ..Column::new(name.trim(), span)
    }
}

fn declare(catalog: &mut Catalog, name: &TableName, columns: &[Column], span: Span) {
    let position = catalog.tables.iter().position(|table| table.name == *name);
    let position = position.unwrap_or_else(|| {
        catalog.tables.push(Table::new(name.clone(), span));
        catalog.tables.len() - 1
    });
    let table = &mut catalog.tables[position];
    for column in columns {
        if !table.columns.iter().any(|it| it.name == column.name) {
            table.columns.push(column.clone());
        }
    }
}

/// Makes the referenced columns unique, as a foreign key wants them.
fn identify(catalog: &mut Catalog, foreign_key: &ForeignKey, span: Span) {
    let columns = &foreign_key.referenced_columns;
    let table = catalog.tables.iter_mut().find(|it| it.name == foreign_key.referenced_table);
    let table = table.filter(|it| !it.uniques.iter().any(|key| key.columns == *columns));
    if let Some(table) = table {
        table.uniques.push(Key { name: None, columns: columns.clone(), span });
    }
}

/// Writes a foreign key as a line that [`parse`] reads.
pub fn format(foreign_key: &ForeignKey) -> String {
    let mut line = format!(
        "{}({}) -> {}({})",
        foreign_key.referencing_table,
        foreign_key.referencing_columns.join(", "),
        foreign_key.referenced_table,
        foreign_key.referenced_columns.join(", "),
    );
    for (event, action) in [("delete", foreign_key.on_delete), ("update", foreign_key.on_update)] {
        if action != ReferentialAction::NoAction {
            line.push_str(&format!(" on {event} {action}"));
        }
    }
    if let Some(name) = &foreign_key.name {
        line.push_str(&format!(" as {name}"));
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let lines = [
            "posts(author_id) -> users(id)",
            "posts(a, b) -> auth.users(x, y) on delete set null on update cascade as posts_fk",
            "*_posts(a) -> app_*(b)",
        ];
        let catalog = parse(&SourceMap::default(), "schema", &lines).unwrap();
        let written: Vec<String> = catalog.foreign_keys.iter().map(format).collect();
        assert_eq!(written, lines);
        assert_eq!(catalog.tables.len(), 5);
        assert_eq!(catalog.tables[0].columns.len(), 3);
        assert!(catalog.tables[3].name.has_unknown_part());
        assert!(!catalog.tables[0].name.has_unknown_part());
    }

    #[test]
    fn reads_the_types_of_columns() {
        let catalog =
            parse(&SourceMap::default(), "a", &["posts(id: uuid!, tags: text[], a)"]).unwrap();
        let [id, tags, a] = &catalog.tables[0].columns[..] else { panic!("three columns") };
        assert!(id.is_not_null && id.data_type.as_deref() == Some("uuid"));
        assert!(tags.is_array && !tags.is_not_null && tags.data_type.as_deref() == Some("text"));
        assert!(a.data_type.is_none());
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for line in ["posts", "posts(a) -> users(id) on delete explode", "posts(a) users(id)"] {
            assert!(parse(&SourceMap::default(), "schema", &[line]).is_err(), "{line}");
        }
    }
}
