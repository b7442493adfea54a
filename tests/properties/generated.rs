//! Projects that nobody wrote: tables with foreign keys, and migrations that agree with them, nearly.

use std::fmt::Write;
use std::path::Path;

use fastrand::Rng;

use super::projects::Project;
use super::random;

const ENGINES: [&str; 6] =
    ["postgresql-17", "cockroachdb", "mysql-8.4", "mariadb-10.11", "sqlite-3.45", "d1"];
const NAMES: [&str; 12] = [
    "users",
    "posts",
    "teams",
    "orders_2",
    "audit_events",
    "Comments",
    "invoices",
    "tags",
    "accounts",
    "memberships",
    "order",
    "projects",
];
const ACTIONS: [&str; 5] = ["cascade", "set null", "restrict", "no action", "set default"];

struct Table {
    name: &'static str,
    foreign_keys: Vec<ForeignKey>,
}

#[derive(Clone)]
struct ForeignKey {
    column: String,
    references: &'static str,
    on_delete: Option<&'static str>,
    is_not_null: bool,
    has_index: bool,
}

/// A project that is the same for the same number and seed.
pub(super) fn project(root: &Path, number: usize) -> Project {
    let random = &mut random(&format!("generated {number}"));
    let engine = *random.choice(&ENGINES).expect("there are engines");
    let tables = tables(random);
    let files = [
        ("src/schema.ts".to_owned(), schema(engine, &tables, random)),
        ("drizzle/0000_init.sql".to_owned(), init(engine, &tables, random)),
        ("drizzle/0001_next.sql".to_owned(), next(engine, &tables, random)),
    ];
    Project::write(root, format!("generated-{number}"), engine, &files)
}

fn tables(random: &mut Rng) -> Vec<Table> {
    let mut names = NAMES.to_vec();
    random.shuffle(&mut names);
    names.truncate(random.usize(2..=8));
    let tables = names.iter().map(|name| {
        let count = random.usize(0..4);
        let foreign_keys = (0..count).map(|position| {
            let references = *random.choice(&names).expect("there are tables");
            ForeignKey {
                column: format!("{}_{position}_id", references.to_lowercase()),
                references,
                on_delete: random.choice(&ACTIONS).copied().filter(|_| random.bool()),
                is_not_null: random.bool(),
                has_index: random.bool(),
            }
        });
        Table { name, foreign_keys: foreign_keys.collect() }
    });
    tables.collect()
}

fn schema(engine: &str, tables: &[Table], random: &mut Rng) -> String {
    let (module, make, integer) = match engine {
        "postgresql-17" | "cockroachdb" => ("pg-core", "pgTable", "integer"),
        "mysql-8.4" | "mariadb-10.11" => ("mysql-core", "mysqlTable", "int"),
        _ => ("sqlite-core", "sqliteTable", "integer"),
    };
    let imports = format!("{make}, {integer}, text, foreignKey, index");
    let mut text = format!("import {{ {imports} }} from \"drizzle-orm/{module}\";\n\n");
    for Table { name, foreign_keys } in tables {
        let lower = name.to_lowercase();
        let _ = writeln!(
            text,
            "export const {lower} = {make}(\"{name}\", {{\n  id: {integer}(\"id\").primaryKey(),"
        );
        let _ = writeln!(text, "  title: text(\"title\"),");
        let (mut extras, in_extras) = (String::new(), random.bool());
        for it in foreign_keys {
            let (column, references) = (&it.column, it.references.to_lowercase());
            let not_null = if it.is_not_null { ".notNull()" } else { "" };
            let action = it.on_delete.map(|it| format!("{{ onDelete: \"{it}\" }}"));
            let inline = match &action {
                _ if in_extras => String::new(),
                Some(action) => format!(".references(() => {references}.id, {action})"),
                None => format!(".references(() => {references}.id)"),
            };
            let _ = writeln!(text, "  {column}: {integer}(\"{column}\"){not_null}{inline},");
            if in_extras {
                let on_delete =
                    it.on_delete.map_or(String::new(), |it| format!(".onDelete(\"{it}\")"));
                let _ = writeln!(
                    extras,
                    "  foreignKey({{ columns: [table.{column}], foreignColumns: [{references}.id] }}){on_delete},"
                );
            }
            if it.has_index {
                let _ = writeln!(extras, "  index(\"{lower}_{column}_index\").on(table.{column}),");
            }
        }
        let _ = writeln!(text, "}}, (table) => [\n{extras}]);\n");
    }
    text
}

/// All tables, and their foreign keys within or behind them.
fn init(engine: &str, tables: &[Table], random: &mut Rng) -> String {
    let (mut text, mut later) = (String::new(), String::new());
    let is_sqlite = matches!(engine, "sqlite-3.45" | "d1");
    for Table { name, foreign_keys } in tables {
        let table = quoted(engine, name);
        let key =
            if engine.starts_with("my") || engine.starts_with("maria") { "int" } else { "integer" };
        let _ = write!(
            text,
            "CREATE TABLE {table} (\n\t{} {key} PRIMARY KEY NOT NULL",
            quoted(engine, "id")
        );
        if random.u8(..) > 10 {
            let _ = write!(text, ",\n\t{} text", quoted(engine, "title"));
        }
        for it in foreign_keys {
            let column = quoted(engine, &it.column);
            let not_null = if it.is_not_null { " NOT NULL" } else { "" };
            let _ = write!(text, ",\n\t{column} {key}{not_null}");
            // One in seven is missing, and one in seven is another.
            let fault = random.u8(..7);
            let action = if fault == 1 { random.choice(&ACTIONS).copied() } else { it.on_delete };
            let action = action.map_or(String::new(), |it| format!(" ON DELETE {it}"));
            let references = quoted(engine, it.references);
            let target = format!("REFERENCES {references}({}){action}", quoted(engine, "id"));
            match random.u8(..3) {
                _ if fault == 0 => {}
                0 if is_sqlite => _ = write!(text, " {target}"),
                1 if is_sqlite => {
                    _ = write!(
                        text,
                        " CONSTRAINT {} {target}",
                        quoted(engine, &format!("{}_fk", it.column))
                    )
                }
                _ if is_sqlite => _ = write!(text, " /* where it is */ {target}"),
                _ => {
                    let name = format!("{name}_{}_{}_id_fk", it.column, it.references);
                    let name = quoted(engine, &name);
                    let _ = writeln!(
                        later,
                        "ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}) {target};--> statement-breakpoint"
                    );
                }
            }
            if it.has_index && random.u8(..5) > 0 {
                let index = quoted(engine, &format!("{}_{}_index", name.to_lowercase(), it.column));
                let _ = writeln!(
                    later,
                    "CREATE INDEX {index} ON {table} ({column});--> statement-breakpoint"
                );
            }
        }
        text.push_str("\n);\n--> statement-breakpoint\n");
    }
    text + &later
}

/// A few changes.
fn next(engine: &str, tables: &[Table], random: &mut Rng) -> String {
    let mut text = String::from("-- what came later\n");
    for Table { name, foreign_keys } in tables {
        let table = quoted(engine, name);
        match random.u8(..8) {
            0 => {
                _ = writeln!(
                    text,
                    "ALTER TABLE {table} ADD COLUMN {} text;",
                    quoted(engine, "note")
                )
            }
            1 => {
                _ = writeln!(
                    text,
                    "UPDATE {table} SET title = 'it''s; -- no comment' WHERE id = 1;"
                )
            }
            2 => {
                let _ = writeln!(
                    text,
                    "ALTER TABLE {table} RENAME TO {};\nALTER TABLE {} RENAME TO {table};",
                    quoted(engine, "elsewhere"),
                    quoted(engine, "elsewhere")
                );
            }
            3 => {
                if let Some(it) = foreign_keys.first() {
                    let name =
                        quoted(engine, &format!("{name}_{}_{}_id_fk", it.column, it.references));
                    let _ = writeln!(text, "ALTER TABLE {table} DROP CONSTRAINT {name};");
                }
            }
            _ => {}
        }
    }
    text
}

fn quoted(engine: &str, name: &str) -> String {
    match engine {
        "postgresql-17" | "cockroachdb" => format!("\"{name}\""),
        _ => format!("`{name}`"),
    }
}
