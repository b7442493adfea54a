//! SQL and TypeScript that findings offer for pasting.

use drift_model::{Dialect, ForeignKey, ReferentialAction, TableName};

/// `ALTER TABLE ... ADD CONSTRAINT` for a foreign key; `None` where the engine has no such
/// statement and a table must be rebuilt.
pub(crate) fn add_foreign_key(dialect: Dialect, foreign_key: &ForeignKey) -> Option<String> {
    if dialect == Dialect::Sqlite {
        return None;
    }
    let mut sql = format!("ALTER TABLE {} ADD ", table(dialect, &foreign_key.referencing_table));
    if let Some(name) = &foreign_key.name {
        sql.push_str(&format!("CONSTRAINT {} ", identifier(dialect, name)));
    }
    sql.push_str(&format!(
        "FOREIGN KEY ({}) REFERENCES {} ({})",
        columns(dialect, &foreign_key.referencing_columns),
        table(dialect, &foreign_key.referenced_table),
        columns(dialect, &foreign_key.referenced_columns),
    ));
    for (event, action) in [("DELETE", foreign_key.on_delete), ("UPDATE", foreign_key.on_update)] {
        if action != ReferentialAction::NoAction {
            sql.push_str(&format!(" ON {event} {}", action.as_str().to_uppercase()));
        }
    }
    sql.push(';');
    Some(sql)
}

/// The statement that drops a named foreign key; `None` as for [`add_foreign_key`].
pub(crate) fn drop_foreign_key(dialect: Dialect, foreign_key: &ForeignKey) -> Option<String> {
    let what = match dialect {
        Dialect::PostgreSql => "CONSTRAINT",
        Dialect::MySql => "FOREIGN KEY",
        Dialect::Sqlite => return None,
    };
    let name = identifier(dialect, foreign_key.name.as_deref()?);
    Some(format!(
        "ALTER TABLE {} DROP {what} {name};",
        table(dialect, &foreign_key.referencing_table)
    ))
}

/// The second argument of `.references(...)`, or the empty string where the defaults do.
pub(crate) fn drizzle_actions(foreign_key: &ForeignKey) -> String {
    let actions = [("onDelete", foreign_key.on_delete), ("onUpdate", foreign_key.on_update)];
    let given: Vec<String> = actions
        .iter()
        .filter(|(_, action)| *action != ReferentialAction::NoAction)
        .map(|(key, action)| format!("{key}: \"{action}\""))
        .collect();
    if given.is_empty() { String::new() } else { format!("{{ {} }}", given.join(", ")) }
}

fn identifier(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::MySql => format!("`{}`", name.replace('`', "``")),
        Dialect::PostgreSql | Dialect::Sqlite => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

fn table(dialect: Dialect, table: &TableName) -> String {
    let namespace = table.namespace.as_deref().map(|it| identifier(dialect, it) + ".");
    namespace.unwrap_or_default() + &identifier(dialect, &table.name)
}

fn columns(dialect: Dialect, columns: &[String]) -> String {
    columns.iter().map(|it| identifier(dialect, it)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use drift_model::{SourceMap, notation};

    use super::*;

    #[test]
    fn quotes_as_the_engine_reads() {
        let line = "auth.po\"sts(a, b) -> users(x, y) on delete set null as fk";
        let catalog = notation::parse(&SourceMap::default(), "schema", &[line]).unwrap();
        let foreign_key = &catalog.foreign_keys[0];
        assert_eq!(
            add_foreign_key(Dialect::PostgreSql, foreign_key).unwrap(),
            r#"ALTER TABLE "auth"."po""sts" ADD CONSTRAINT "fk" FOREIGN KEY ("a", "b") REFERENCES "users" ("x", "y") ON DELETE SET NULL;"#
        );
        assert_eq!(
            drop_foreign_key(Dialect::MySql, foreign_key).unwrap(),
            "ALTER TABLE `auth`.`po\"sts` DROP FOREIGN KEY `fk`;"
        );
        assert_eq!(drop_foreign_key(Dialect::Sqlite, foreign_key), None);
        assert_eq!(drizzle_actions(foreign_key), r#"{ onDelete: "set null" }"#);
    }
}
