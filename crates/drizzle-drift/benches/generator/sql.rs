//! The migrations, their journal and the snapshot of the last one, as drizzle-kit 0.31 writes them.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{Action, Fate, ForeignKey, TABLES_PER_FILE, TABLES_PER_MIGRATION, Table};

/// The first of January 2025, and a day, in milliseconds.
const FIRST_MIGRATION: usize = 1_735_689_600_000;
const DAY: usize = 86_400_000;

const BREAKPOINT: &str = "--> statement-breakpoint\n";

pub(super) fn files(model: &[Table]) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut entries = Vec::new();
    for (number, tables) in model.chunks(TABLES_PER_MIGRATION).enumerate() {
        let tag = format!("{number:04}_{}", tables[0].name);
        entries.push(json!({
            "idx": number, "version": "7", "when": FIRST_MIGRATION + number * DAY,
            "tag": tag, "breakpoints": true,
        }));
        files.push((format!("drizzle/{tag}.sql"), migration(tables, model)));
    }
    if let Some(last) = files.len().checked_sub(1) {
        files.push((format!("drizzle/meta/{last:04}_snapshot.json"), pretty(&snapshot(model))));
    }
    let journal = json!({ "version": "7", "dialect": "postgresql", "entries": entries });
    files.push(("drizzle/meta/_journal.json".to_owned(), pretty(&journal)));
    files
}

fn pretty(value: &Value) -> String {
    format!("{value:#}")
}

/// Enums, tables, foreign keys, indexes: the order of drizzle-kit. The last statement has no
/// breakpoint after it, and the file no newline.
fn migration(tables: &[Table], model: &[Table]) -> String {
    let mut text = String::new();
    for table in tables.iter().filter(|table| table.index.is_multiple_of(TABLES_PER_FILE)) {
        let _ = write!(
            text,
            "CREATE TYPE \"public\".\"state_{:03}\" AS ENUM('draft', 'open', 'done');{BREAKPOINT}",
            table.file()
        );
    }
    for table in tables {
        text.push_str(&create_table(table));
        text.push_str(BREAKPOINT);
    }
    for (table, key) in keys(tables).filter(|(_, key)| key.fate != Fate::Missing) {
        text.push_str(&add_constraint(table, key, model));
        text.push_str(BREAKPOINT);
    }
    for (table, key) in keys(tables).filter(|(_, key)| key.indexed) {
        let (name, column) = (&table.name, key.column());
        let _ = write!(
            text,
            "CREATE INDEX \"{name}_{column}_idx\" ON \"{name}\" USING btree (\"{column}\");{BREAKPOINT}"
        );
    }
    text.truncate(text.trim_end().trim_end_matches(BREAKPOINT.trim_end()).len());
    text
}

fn keys(tables: &[Table]) -> impl Iterator<Item = (&Table, &ForeignKey)> {
    tables.iter().flat_map(|table| table.foreign_keys.iter().map(move |key| (table, key)))
}

fn create_table(table: &Table) -> String {
    let mut text = format!("CREATE TABLE \"{}\" (\n", table.name);
    for (number, column) in columns(table).iter().enumerate() {
        let (key, null) = (column.primary_key, column.not_null);
        let _ = write!(
            text,
            "{}\t\"{}\" {}",
            if number > 0 { ",\n" } else { "" },
            column.name,
            column.sql_type()
        );
        text.push_str(if key { " PRIMARY KEY" } else { "" });
        if let Some(default) = &column.default {
            let _ = write!(
                text,
                " DEFAULT {}",
                default.as_str().map_or(default.to_string(), str::to_owned)
            );
        }
        text.push_str(if null { " NOT NULL" } else { "" });
    }
    if table.has_code {
        let _ = write!(text, ",\n\tCONSTRAINT \"{}_code_unique\" UNIQUE(\"code\")", table.name);
    }
    text.push_str("\n);\n");
    text
}

fn add_constraint(table: &Table, key: &ForeignKey, model: &[Table]) -> String {
    let target = &model[key.target].name;
    let on_delete =
        if key.fate == Fate::WrongAction { another(key.on_delete) } else { key.on_delete };
    format!(
        "ALTER TABLE \"{}\" ADD CONSTRAINT \"{}\" FOREIGN KEY (\"{}\") REFERENCES \"public\".\"{target}\"(\"id\") ON DELETE {} ON UPDATE {};",
        table.name,
        key.name(table, target),
        key.column(),
        on_delete.as_str(),
        on_update(key),
    )
}

/// What somebody may have put in its place.
fn another(action: Action) -> Action {
    if action == Action::Cascade { Action::NoAction } else { Action::Cascade }
}

fn on_update(key: &ForeignKey) -> &'static str {
    if key.cascades_updates { Action::Cascade.as_str() } else { Action::NoAction.as_str() }
}

struct Column {
    name: String,
    /// As the snapshot has it; an enum is quoted in SQL.
    kind: String,
    is_enum: bool,
    primary_key: bool,
    not_null: bool,
    default: Option<Value>,
}

impl Column {
    fn new(name: &str, kind: &str, not_null: bool, default: Option<Value>) -> Self {
        let (name, kind) = (name.to_owned(), kind.to_owned());
        Self { name, kind, is_enum: false, primary_key: false, not_null, default }
    }

    fn sql_type(&self) -> String {
        if self.is_enum { format!("\"{}\"", self.kind) } else { self.kind.clone() }
    }
}

/// The columns of a table, in the order of the schema.
fn columns(table: &Table) -> Vec<Column> {
    let mut columns = vec![Column {
        primary_key: true,
        ..Column::new("id", "uuid", true, Some(json!("gen_random_uuid()")))
    }];
    columns.extend(
        table.foreign_keys.iter().map(|key| Column::new(&key.column(), "uuid", key.not_null, None)),
    );
    columns.push(Column::new("name", "text", true, None));
    if table.has_code {
        columns.push(Column::new("code", "varchar(32)", true, None));
    }
    if table.has_state {
        let kind = format!("state_{:03}", table.file());
        let column = Column::new("state", &kind, true, Some(json!("'draft'")));
        columns.push(Column { is_enum: true, ..column });
    }
    columns.extend([
        Column::new("amount", "numeric(12, 2)", true, Some(json!("'0'"))),
        Column::new("position", "integer", true, Some(json!(0))),
        Column::new("is_active", "boolean", true, Some(json!(true))),
        Column::new("payload", "jsonb", false, None),
        Column::new("created_at", "timestamp with time zone", true, Some(json!("now()"))),
    ]);
    columns
}

/// What drizzle-kit 0.31 keeps beside the newest migration; it says what the schema says.
fn snapshot(model: &[Table]) -> Value {
    let tables: Map<String, Value> = model
        .iter()
        .map(|table| (format!("public.{}", table.name), snapshot_table(table, model)))
        .collect();
    let enums: Map<String, Value> = (0..model.len().div_ceil(TABLES_PER_FILE))
        .map(|file| {
            let name = format!("state_{file:03}");
            let value =
                json!({ "name": name, "schema": "public", "values": ["draft", "open", "done"] });
            (format!("public.{name}"), value)
        })
        .collect();
    json!({
        "id": "6f1c2a34-5b7d-4e89-9a0b-1c2d3e4f5a6b",
        "prevId": "00000000-0000-0000-0000-000000000000",
        "version": "7", "dialect": "postgresql", "tables": tables, "enums": enums,
        "schemas": {}, "sequences": {}, "roles": {}, "policies": {}, "views": {},
        "_meta": { "columns": {}, "schemas": {}, "tables": {} },
    })
}

fn snapshot_table(table: &Table, model: &[Table]) -> Value {
    let columns: Map<String, Value> = columns(table)
        .into_iter()
        .map(|column| (column.name.clone(), snapshot_column(&column)))
        .collect();
    let foreign_keys: Map<String, Value> = table
        .foreign_keys
        .iter()
        .map(|key| {
            let name = key.name(table, &model[key.target].name);
            (name.clone(), snapshot_key(&name, table, key, model))
        })
        .collect();
    let indexes: Map<String, Value> = table
        .foreign_keys
        .iter()
        .filter(|key| key.indexed)
        .map(|key| {
            let name = format!("{}_{}_idx", table.name, key.column());
            (name.clone(), snapshot_index(&name, &key.column()))
        })
        .collect();
    json!({
        "name": table.name, "schema": "", "columns": columns, "indexes": indexes,
        "foreignKeys": foreign_keys, "compositePrimaryKeys": {},
        "uniqueConstraints": snapshot_uniques(table),
        "policies": {}, "checkConstraints": {}, "isRLSEnabled": false,
    })
}

fn snapshot_column(column: &Column) -> Value {
    let mut value = json!({
        "name": column.name, "type": column.kind,
        "primaryKey": column.primary_key, "notNull": column.not_null,
    });
    if let Some(default) = &column.default {
        value["default"] = default.clone();
    }
    if column.is_enum {
        value["typeSchema"] = json!("public");
    }
    value
}

fn snapshot_key(name: &str, table: &Table, key: &ForeignKey, model: &[Table]) -> Value {
    json!({
        "name": name, "tableFrom": table.name, "tableTo": model[key.target].name,
        "columnsFrom": [key.column()], "columnsTo": ["id"],
        "onDelete": key.on_delete.as_str(), "onUpdate": on_update(key),
    })
}

fn snapshot_index(name: &str, column: &str) -> Value {
    json!({
        "name": name,
        "columns": [{ "expression": column, "isExpression": false, "asc": true, "nulls": "last" }],
        "isUnique": false, "concurrently": false, "method": "btree", "with": {},
    })
}

fn snapshot_uniques(table: &Table) -> Value {
    if !table.has_code {
        return json!({});
    }
    let name = format!("{}_code_unique", table.name);
    json!({ &name: { "name": name, "nullsNotDistinct": false, "columns": ["code"] } })
}
