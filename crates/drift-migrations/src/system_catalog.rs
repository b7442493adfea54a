//! Answers what blocks ask of `pg_constraint`, `information_schema` and the like.

use drift_model::{Dialect, ReferentialAction};

use crate::apply::Applier;
use crate::apply_block::{Value, Variables};
use crate::engine::Engine;
use crate::lex::{Lexer, TokenKind, unquote};
use crate::state::{Column, TableId, Target};
use crate::statement::{Expression, Filter, Name, QualifiedName, Query};

/// A row of the joined system catalogs: columns in lower case, and what they hold.
#[derive(Debug, Clone)]
pub(crate) struct Row(Vec<(&'static str, String)>);

impl Row {
    fn get(&self, column: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| *name == column).map(|(_, value)| value.as_str())
    }

    /// The value of the first column that the query returns.
    pub(crate) fn first_value(&self, query: &Query<'_>) -> Value {
        let value = query.columns.first().and_then(|column| self.get(column));
        value.map_or(Value::Unknown, |value| Value::Text(value.to_owned()))
    }
}

/// What the system catalogs of a query are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Subject {
    Constraints,
    ConstraintColumns,
    Tables,
    Columns,
    Indexes,
    Namespaces,
}

const TABLE_FILTERS: [&str; 6] =
    ["conrelid", "attrelid", "relname", "table_name", "tablename", "indrelid"];
const CONSTRAINT_FILTERS: [&str; 2] = ["conname", "constraint_name"];

impl<'a> Applier<'a> {
    /// The rows that a query returns. `None` if the migrations do not say.
    pub(crate) fn rows(&self, query: &Query<'a>, variables: &Variables) -> Option<Vec<Row>> {
        if query.is_unknown {
            return None;
        }
        let subject = subject(&query.relations)?;
        let mut filters = Vec::new();
        for filter in &query.filters {
            filters.push((filter, self.values(filter, variables)?));
        }
        let candidates = self.candidates(subject, &filters)?;
        let mut rows = Vec::new();
        for row in candidates {
            if self.is_selected(&row, &filters)? {
                rows.push(row);
            }
        }
        Some(rows)
    }

    /// Whether all filters match; one that does not settles it, whatever is unknown of the others.
    fn is_selected(&self, row: &Row, filters: &[(&Filter<'a>, Vec<String>)]) -> Option<bool> {
        let mut is_known = true;
        for (filter, values) in filters {
            match self.matches(row, filter, values) {
                Some(false) => return Some(false),
                Some(true) => {}
                None => is_known = false,
            }
        }
        is_known.then_some(true)
    }

    /// Whether a name in a string, as `to_regclass` takes it, is that of a table or index.
    pub(crate) fn is_relation(&self, text: &str) -> bool {
        let name = relation_name(text, self.state.engine);
        self.state.lookup(&name).is_some() || self.state.lookup_index(&name).is_some()
    }

    fn values(&self, filter: &Filter<'a>, variables: &Variables) -> Option<Vec<String>> {
        let mut values = Vec::new();
        for value in &filter.values {
            // A literal takes the type of what it is compared with, and is cut like any name.
            let is_literal = matches!(value, Expression::Text { .. });
            match self.evaluate(value, variables) {
                Value::Text(value) if is_literal => {
                    values.push(self.state.dialect().truncate(&value).to_owned());
                }
                Value::Text(value) => values.push(value),
                Value::List(items) => {
                    for item in items {
                        let Value::Text(item) = item else { return None };
                        values.push(item);
                    }
                }
                Value::Null => {}
                Value::Unknown if is_database(&filter.column) => return Some(Vec::new()),
                Value::Unknown => return None,
            }
        }
        Some(values)
    }

    fn matches(&self, row: &Row, filter: &Filter<'a>, values: &[String]) -> Option<bool> {
        if is_database(&filter.column) {
            return Some(true);
        }
        let held = row.get(&filter.column)?;
        let is_among = match filter.column.as_str() {
            "conrelid" | "confrelid" | "attrelid" | "indrelid" => values.iter().any(|value| {
                let name = relation_name(value, self.state.engine);
                self.state.lookup(&name).is_some_and(|id| self.full_name(id) == held)
            }),
            _ => values.iter().any(|value| value == held),
        };
        Some(is_among != filter.is_negated)
    }

    /// Namespace and name of a table.
    fn full_name(&self, id: TableId) -> String {
        let table = self.state.table(id);
        format!("{}.{}", table.namespace, table.name)
    }

    /// The rows among which those that are asked for must be.
    fn candidates(
        &self,
        subject: Subject,
        filters: &[(&Filter<'a>, Vec<String>)],
    ) -> Option<Vec<Row>> {
        if subject == Subject::Namespaces {
            let asked = filters.iter().find(|(it, _)| it.column.ends_with("name"))?;
            let found = asked.1.iter().filter(|it| self.state.has_namespace(&owned(it)));
            return Some(
                found
                    .map(|it| Row(vec![("nspname", it.clone()), ("schema_name", it.clone())]))
                    .collect(),
            );
        }
        if subject == Subject::Indexes {
            return self.index_candidates(filters);
        }
        let tables = self.asked_tables(subject, filters)?;
        let asked = |columns: &[&str]| {
            let is_it = |it: &Filter<'a>| !it.is_negated && columns.contains(&it.column.as_str());
            filters.iter().find(|(it, _)| is_it(it)).map(|(_, values)| values.as_slice())
        };
        let mut rows = Vec::new();
        for id in tables {
            match subject {
                Subject::Tables => rows.push(Row(self.table_row(id))),
                Subject::Columns => {
                    self.column_rows(id, asked(&["column_name", "attname"]), &mut rows);
                }
                _ => self.constraint_rows(id, subject, asked(&CONSTRAINT_FILTERS), &mut rows),
            }
        }
        Some(rows)
    }

    /// The tables that the filters leave; most questions cost no walk over the database.
    fn asked_tables(
        &self,
        subject: Subject,
        filters: &[(&Filter<'a>, Vec<String>)],
    ) -> Option<Vec<TableId>> {
        let by_table = filters
            .iter()
            .find(|(it, _)| TABLE_FILTERS.contains(&it.column.as_str()) && !it.is_negated);
        if let Some((filter, values)) = by_table {
            return Some(self.named_tables(&filter.column, values));
        }
        let by_constraint = filters
            .iter()
            .find(|(it, _)| CONSTRAINT_FILTERS.contains(&it.column.as_str()) && !it.is_negated);
        if let Some((_, values)) = by_constraint.filter(|_| subject != Subject::Tables) {
            let names = values.iter().map(|it| owned(self.state.dialect().truncate(it)));
            let mut tables: Vec<TableId> =
                names.flat_map(|name| self.state.tables_with_constraint(&name)).collect();
            tables.sort_unstable();
            tables.dedup();
            return Some(tables);
        }
        Some(self.state.tables().map(|(id, _)| id).collect())
    }

    fn named_tables(&self, column: &str, values: &[String]) -> Vec<TableId> {
        let mut found: Vec<TableId> = Vec::new();
        for value in values {
            if column.ends_with("relid") {
                found.extend(self.state.lookup(&relation_name(value, self.state.engine)));
            } else {
                let name = owned(value);
                found.extend(self.state.lookup_in_any_namespace(&name));
            }
        }
        found
    }

    fn table_row(&self, id: TableId) -> Vec<(&'static str, String)> {
        let table = self.state.table(id);
        let namespace = table.namespace.to_string();
        let name = table.name.to_string();
        let mut row = vec![("oid", self.full_name(id))];
        for column in ["relname", "table_name", "tablename"] {
            row.push((column, name.clone()));
        }
        for column in [
            "nspname",
            "table_schema",
            "schemaname",
            "constraint_schema",
            "relnamespace",
            "connamespace",
        ] {
            row.push((column, namespace.clone()));
        }
        row.push(("relkind", if table.is_partitioned { "p" } else { "r" }.to_owned()));
        row.push(("table_type", "BASE TABLE".to_owned()));
        row
    }

    /// The columns of a table, or those that are asked for.
    fn column_rows(&self, id: TableId, asked: Option<&[String]>, rows: &mut Vec<Row>) {
        let columns = self.state.table(id).columns();
        let found: Vec<&Column<'a>> = match asked {
            Some(names) => names.iter().filter_map(|name| columns.find(name)).collect(),
            None => columns.iter().collect(),
        };
        for column in found {
            let mut row = self.table_row(id);
            row.push(("attrelid", self.full_name(id)));
            row.push(("column_name", column.name.to_string()));
            row.push(("attname", column.name.to_string()));
            row.push(("is_nullable", if column.is_not_null { "NO" } else { "YES" }.to_owned()));
            if let Some(data_type) = column.data_type.as_deref().and_then(standard_type) {
                let data_type = if column.is_array { "ARRAY" } else { data_type };
                row.push(("data_type", data_type.to_owned()));
            }
            rows.push(Row(row));
        }
    }

    /// The constraints of a table; only those that are asked for have to be among them.
    fn constraint_rows(
        &self,
        id: TableId,
        subject: Subject,
        asked: Option<&[String]>,
        rows: &mut Vec<Row>,
    ) {
        let table = self.state.table(id);
        let mut push = |name: Option<&Name<'a>>, kind: char, columns: &[Name<'a>], more: Vec<_>| {
            let Some(name) = name else { return };
            let mut row = self.table_row(id);
            row.push(("conrelid", self.full_name(id)));
            row.push(("conname", name.to_string()));
            row.push(("constraint_name", name.to_string()));
            row.push(("contype", kind.to_string()));
            row.push(("constraint_type", constraint_type(kind).to_owned()));
            row.extend(more);
            if subject == Subject::Constraints {
                rows.push(Row(row));
                return;
            }
            for column in columns {
                let mut row = row.clone();
                row.push(("column_name", column.to_string()));
                row.push(("attname", column.to_string()));
                rows.push(Row(row));
            }
        };
        if let Some(key) = &table.primary_key {
            push(key.name.as_ref(), 'p', &key.columns, Vec::new());
        }
        let names = asked.map(|names| {
            let truncated = names.iter().map(|it| owned(self.state.dialect().truncate(it)));
            truncated.collect::<Vec<Name<'a>>>()
        });
        let (uniques, others) = (table.uniques(), table.other_constraints());
        let (uniques, others, foreign_keys): (Vec<_>, Vec<_>, Vec<_>) = match &names {
            Some(names) => (
                names.iter().filter_map(|name| uniques.find(name)).collect(),
                names.iter().filter_map(|name| others.find(name)).collect(),
                names.iter().filter_map(|name| self.state.own_by_name(id, name)).collect(),
            ),
            None => {
                (uniques.iter().collect(), others.iter().collect(), self.state.own_foreign_keys(id))
            }
        };
        for key in uniques {
            push(key.name.as_ref(), 'u', &key.columns, Vec::new());
        }
        for name in others {
            push(Some(name), 'c', &[], Vec::new());
        }
        for own in foreign_keys {
            let own = self.state.foreign_key(own);
            let mut more = vec![
                ("confdeltype", action_letter(own.on_delete).to_owned()),
                ("confupdtype", action_letter(own.on_update).to_owned()),
                ("delete_rule", own.on_delete.as_str().to_ascii_uppercase()),
                ("update_rule", own.on_update.as_str().to_ascii_uppercase()),
                ("convalidated", own.is_validated.to_string()),
            ];
            if let Target::Table(target) = own.target {
                more.push(("confrelid", self.full_name(target)));
            }
            push(own.name.as_ref(), 'f', &own.columns, more);
        }
    }

    fn index_candidates(&self, filters: &[(&Filter<'a>, Vec<String>)]) -> Option<Vec<Row>> {
        let asked = filters.iter().find(|(it, _)| it.column == "indexname" && !it.is_negated)?;
        let mut rows = Vec::new();
        for name in &asked.1 {
            if let Some(id) = self.state.lookup_index_in_any_namespace(&owned(name)) {
                let mut row = self.table_row(id);
                row.push(("indexname", name.clone()));
                rows.push(Row(row));
            }
        }
        Some(rows)
    }
}

fn subject(relations: &[String]) -> Option<Subject> {
    let has = |names: &[&str]| relations.iter().any(|it| names.contains(&it.as_str()));
    let is_known = relations.iter().all(|it| {
        [
            "pg_constraint",
            "table_constraints",
            "referential_constraints",
            "key_column_usage",
            "pg_class",
            "tables",
            "pg_tables",
            "columns",
            "pg_attribute",
            "pg_indexes",
            "pg_namespace",
            "schemata",
        ]
        .contains(&it.as_str())
    });
    if !is_known || relations.is_empty() {
        None
    } else if has(&["pg_constraint", "table_constraints", "referential_constraints"]) {
        let with_columns = has(&["key_column_usage", "pg_attribute"]);
        Some(if with_columns { Subject::ConstraintColumns } else { Subject::Constraints })
    } else if has(&["key_column_usage"]) {
        Some(Subject::ConstraintColumns)
    } else if has(&["columns", "pg_attribute"]) {
        Some(Subject::Columns)
    } else if has(&["pg_indexes"]) {
        Some(Subject::Indexes)
    } else if has(&["pg_class", "tables", "pg_tables"]) {
        Some(Subject::Tables)
    } else {
        Some(Subject::Namespaces)
    }
}

/// Columns that name the database, which is the one that migrations run in.
fn is_database(column: &str) -> bool {
    matches!(column, "table_catalog" | "constraint_catalog" | "catalog_name")
}

fn constraint_type(kind: char) -> &'static str {
    match kind {
        'f' => "FOREIGN KEY",
        'p' => "PRIMARY KEY",
        'u' => "UNIQUE",
        _ => "CHECK",
    }
}

fn action_letter(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "a",
        ReferentialAction::Restrict => "r",
        ReferentialAction::Cascade => "c",
        ReferentialAction::SetNull => "n",
        ReferentialAction::SetDefault => "d",
    }
}

/// The name that `information_schema.columns.data_type` has for a type.
fn standard_type(data_type: &str) -> Option<&'static str> {
    let base = data_type.split('(').next().unwrap_or(data_type).trim_end();
    Some(match base {
        "int" | "int4" | "integer" | "serial" => "integer",
        "bigint" | "int8" | "bigserial" => "bigint",
        "smallint" | "int2" | "smallserial" => "smallint",
        "text" => "text",
        "uuid" => "uuid",
        "varchar" | "character varying" => "character varying",
        "bool" | "boolean" => "boolean",
        "json" => "json",
        "jsonb" => "jsonb",
        "numeric" | "decimal" => "numeric",
        "date" => "date",
        "timestamptz" | "timestamp with time zone" => "timestamp with time zone",
        "timestamp" | "timestamp without time zone" => "timestamp without time zone",
        _ => return None,
    })
}

fn owned<'a>(text: &str) -> Name<'a> {
    Name::Owned(text.to_owned())
}

/// A name in a string, as `'auth."Users"'::regclass` reads it.
fn relation_name<'a>(text: &str, engine: &Engine) -> QualifiedName<'a> {
    let dialect = Dialect::PostgreSql;
    let mut names: Vec<Name<'a>> = Lexer::new(text, 0, text.len(), engine)
        .filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Quoted))
        .map(|token| {
            let text = token.text(text);
            let name = match token.kind {
                TokenKind::Quoted => unquote(text),
                _ => dialect.fold(text),
            };
            Name::Owned(dialect.truncate(&name).to_owned())
        })
        .collect();
    let name = names.pop().unwrap_or_default();
    QualifiedName { namespace: names.pop(), name }
}
