//! The schema, the config and `package.json`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{Action, ForeignKey, TABLES_PER_FILE, Table, camel_case};

const CONFIG: &str = r#"import { defineConfig } from "drizzle-kit";

export default defineConfig({
  dialect: "postgresql",
  schema: "./src/schema/index.ts",
  out: "./drizzle",
});
"#;

const PACKAGE: &str = r#"{
  "name": "generated",
  "private": true,
  "type": "module",
  "dependencies": {
    "drizzle-orm": "^0.45.4"
  },
  "devDependencies": {
    "drizzle-kit": "^0.31.11"
  }
}
"#;

const COLUMN_BUILDERS: &str =
    "boolean, index, integer, jsonb, numeric, pgEnum, pgTable, text, timestamp, uuid, varchar";

pub(super) fn files(model: &[Table]) -> Vec<(String, String)> {
    let mut barrel = String::new();
    let mut files = vec![
        ("drizzle.config.ts".to_owned(), CONFIG.to_owned()),
        ("package.json".to_owned(), PACKAGE.to_owned()),
    ];
    for (number, tables) in model.chunks(TABLES_PER_FILE).enumerate() {
        let _ = writeln!(barrel, "export * from \"./part_{number:03}\";");
        files.push((format!("src/schema/part_{number:03}.ts"), part(number, tables, model)));
    }
    files.push(("src/schema/index.ts".to_owned(), barrel));
    files
}

/// One file of the schema: imports, an enum, tables.
fn part(number: usize, tables: &[Table], model: &[Table]) -> String {
    let mut text = imports(number, tables, model);
    let _ = writeln!(
        text,
        "\nexport const state{number:03} = pgEnum(\"state_{number:03}\", [\"draft\", \"open\", \"done\"]);"
    );
    for table in tables {
        text.push_str(&declaration(table, model));
    }
    text
}

fn imports(number: usize, tables: &[Table], model: &[Table]) -> String {
    let keys =
        || tables.iter().flat_map(|table| table.foreign_keys.iter().map(move |k| (table, k)));
    let mut text = format!("import {{ {COLUMN_BUILDERS}");
    if keys().any(|(_, key)| key.table_level) {
        text.push_str(", foreignKey");
    }
    if keys().any(|(table, key)| !key.table_level && key.target == table.index) {
        text.push_str(", type AnyPgColumn");
    }
    text.push_str(" } from \"drizzle-orm/pg-core\";\n");
    let mut others: BTreeMap<usize, BTreeSet<&str>> = BTreeMap::new();
    for (_, key) in keys() {
        let target = &model[key.target];
        if target.file() != number {
            others.entry(target.file()).or_default().insert(&target.export);
        }
    }
    for (file, exports) in others {
        let exports = exports.into_iter().collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "import {{ {exports} }} from \"./part_{file:03}\";");
    }
    text
}

fn declaration(table: &Table, model: &[Table]) -> String {
    let mut text = format!(
        "\nexport const {} = pgTable(\n  \"{}\",\n  {{\n    id: uuid(\"id\").primaryKey().defaultRandom(),\n",
        table.export, table.name
    );
    for key in &table.foreign_keys {
        text.push_str(&key_column(table, key, model));
    }
    text.push_str("    name: text(\"name\").notNull(),\n");
    if table.has_code {
        text.push_str("    code: varchar(\"code\", { length: 32 }).notNull().unique(),\n");
    }
    if table.has_state {
        let file = table.file();
        let _ =
            writeln!(text, "    state: state{file:03}(\"state\").notNull().default(\"draft\"),");
    }
    text.push_str(PLAIN_COLUMNS);
    text.push_str("  },\n");
    let extras: String = table.foreign_keys.iter().map(|key| extras(table, key, model)).collect();
    if !extras.is_empty() {
        let _ = write!(text, "  (table) => [\n{extras}  ],\n");
    }
    text.push_str(");\n");
    text
}

const PLAIN_COLUMNS: &str = r#"    amount: numeric("amount", { precision: 12, scale: 2 }).notNull().default("0"),
    position: integer("position").notNull().default(0),
    isActive: boolean("is_active").notNull().default(true),
    payload: jsonb("payload"),
    createdAt: timestamp("created_at", { withTimezone: true }).notNull().defaultNow(),
"#;

fn key_column(table: &Table, key: &ForeignKey, model: &[Table]) -> String {
    let column = key.column();
    let mut text = format!("    {}: uuid(\"{column}\")", camel_case(&column));
    if key.not_null {
        text.push_str("\n      .notNull()");
    }
    if !key.table_level {
        let typed = if key.target == table.index { "(): AnyPgColumn" } else { "()" };
        let _ = write!(text, "\n      .references({typed} => {}.id", model[key.target].export);
        text.push_str(&actions(key));
        text.push(')');
    }
    text.push_str(",\n");
    text
}

/// The second argument of `.references()`, with the comma before it.
fn actions(key: &ForeignKey) -> String {
    let mut actions = Vec::new();
    if key.on_delete != Action::NoAction {
        actions.push(format!("onDelete: \"{}\"", key.on_delete.as_str()));
    }
    if key.cascades_updates {
        actions.push("onUpdate: \"cascade\"".to_owned());
    }
    if actions.is_empty() { String::new() } else { format!(", {{ {} }}", actions.join(", ")) }
}

fn extras(table: &Table, key: &ForeignKey, model: &[Table]) -> String {
    let column = camel_case(&key.column());
    let target = &model[key.target];
    let mut text = String::new();
    if key.table_level {
        let referenced = if key.target == table.index {
            "table.id".to_owned()
        } else {
            format!("{}.id", target.export)
        };
        let _ = write!(
            text,
            "    foreignKey({{\n      name: \"{}\",\n      columns: [table.{column}],\n      foreignColumns: [{referenced}],\n    }})",
            key.name(table, &target.name)
        );
        if key.on_delete != Action::NoAction {
            let _ = write!(text, ".onDelete(\"{}\")", key.on_delete.as_str());
        }
        if key.cascades_updates {
            text.push_str(".onUpdate(\"cascade\")");
        }
        text.push_str(",\n");
    }
    if key.indexed {
        let name = format!("{}_{}_idx", table.name, key.column());
        let _ = writeln!(text, "    index(\"{name}\").on(table.{column}),");
    }
    text
}
