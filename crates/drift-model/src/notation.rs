//! Catalogs in a line each, for tests: `posts(author_id) -> users(id) on delete cascade`.
//!
//! | line | declares |
//! |---|---|
//! | `posts(id, title)` | a table and its columns |
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
        declare(catalog, &table, &columns, span);
        return rest.is_empty().then_some(());
    };
    let (referencing_table, referencing_columns, blank) = read_side(referencing)?;
    let (referenced_table, referenced_columns, clauses) = read_side(rest)?;
    if !blank.is_empty() {
        return None;
    }
    declare(catalog, &referencing_table, &referencing_columns, span);
    declare(catalog, &referenced_table, &referenced_columns, span);
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

fn declare(catalog: &mut Catalog, name: &TableName, columns: &[String], span: Span) {
    let position = catalog.tables.iter().position(|table| table.name == *name);
    let position = position.unwrap_or_else(|| {
        catalog.tables.push(Table::new(name.clone(), span));
        catalog.tables.len() - 1
    });
    let table = &mut catalog.tables[position];
    for column in columns {
        if !table.columns.iter().any(|it| it.name == *column) {
            table.columns.push(Column::new(column.clone(), span));
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
    fn refuses_what_it_cannot_read() {
        for line in ["posts", "posts(a) -> users(id) on delete explode", "posts(a) users(id)"] {
            assert!(parse(&SourceMap::default(), "schema", &[line]).is_err(), "{line}");
        }
    }
}
