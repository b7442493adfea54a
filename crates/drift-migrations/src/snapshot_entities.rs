//! Snapshots of drizzle-kit 1.0: a flat list of entities that name the table they belong to.

use drift_model::{Catalog, Column, Dialect, Index, Key, Span, Table, TableName, Unresolved};
use foldhash::{HashMap, HashMapExt};
use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;
use rayon::prelude::*;

use crate::snapshot::{
    ForeignKeyParts, PlacedAction, Reader, action, refuse_null_in_key, table_name, unresolved,
};
use crate::snapshot_fragments::Fragment;
use crate::snapshot_json::{self as json, Read, Wrong};

/// What an entity is; the others bear on no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Schema,
    Enum,
    Table,
    Column,
    PrimaryKey,
    Unique,
    Index,
    ForeignKey,
}

impl Kind {
    /// Reads `entityType`.
    pub(crate) fn parse(entity_type: &str) -> Option<Self> {
        Some(match entity_type {
            "schemas" => Kind::Schema,
            "enums" => Kind::Enum,
            "tables" => Kind::Table,
            "columns" => Kind::Column,
            "pks" => Kind::PrimaryKey,
            "uniques" => Kind::Unique,
            "indexes" => Kind::Index,
            "fks" => Kind::ForeignKey,
            _ => return None,
        })
    }

    /// Whether it belongs to a table that it names.
    fn has_table(self) -> bool {
        !matches!(self, Kind::Schema | Kind::Enum | Kind::Table)
    }
}

/// A part of an index, or a column of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) is_expression: bool,
}

/// An entity, with what matters of all kinds.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entity {
    pub(crate) kind: Kind,
    pub(crate) schema: String,
    pub(crate) table: String,
    pub(crate) name: String,
    pub(crate) columns: Vec<Part>,
    pub(crate) schema_to: String,
    pub(crate) table_to: String,
    pub(crate) columns_to: Vec<String>,
    pub(crate) data_type: Option<String>,
    pub(crate) type_schema: Option<String>,
    has_explicit_name: bool,
    is_array: bool,
    is_not_null: bool,
    is_unique: bool,
    is_partial: bool,
    default: Option<String>,
    on_delete: PlacedAction,
    on_update: PlacedAction,
    pub(crate) span: Span,
}

impl Entity {
    /// Reads an entity; `None` for one that bears on no table.
    pub(crate) fn read(fragment: Fragment<'_>, value: &Value<'_>) -> Read<Option<Self>> {
        let object = json::as_object(value, "an entity")?;
        let entity_type = json::as_text(json::required(object, "entityType")?, "entityType")?;
        let Some(kind) = Kind::parse(entity_type) else { return Ok(None) };
        let mut entity = Self {
            kind,
            schema: String::new(),
            table: String::new(),
            name: String::new(),
            columns: Vec::new(),
            schema_to: String::new(),
            table_to: String::new(),
            columns_to: Vec::new(),
            data_type: None,
            type_schema: None,
            has_explicit_name: false,
            is_array: false,
            is_not_null: false,
            is_unique: false,
            is_partial: false,
            default: None,
            on_delete: None,
            on_update: None,
            span: fragment.span(value.range()),
        };
        entity.set_all(fragment, object)?;
        json::required(object, "name")?;
        if kind.has_table() {
            json::required(object, "table")?;
        }
        if kind == Kind::ForeignKey {
            json::required(object, "tableTo")?;
        }
        Ok(Some(entity))
    }

    /// Takes over what an object says about the entity.
    pub(crate) fn set_all(&mut self, fragment: Fragment<'_>, object: &Object<'_>) -> Read<()> {
        for property in &object.properties {
            let key = property.name.as_str();
            match &property.value {
                Value::NullKeyword(_) => self.clear(key),
                value => self.set(fragment, key, value)?,
            }
        }
        Ok(())
    }

    fn set(&mut self, fragment: Fragment<'_>, key: &str, value: &Value<'_>) -> Read<()> {
        let text = || json::as_text(value, key).map(str::to_owned);
        match key {
            "schema" => self.schema = text()?,
            "table" => self.table = text()?,
            "name" => self.name = text()?,
            "columns" if self.kind.has_table() => self.columns = parts(value)?,
            "schemaTo" => self.schema_to = text()?,
            "tableTo" => self.table_to = text()?,
            "columnsTo" => self.columns_to = json::as_texts(value, key)?,
            "type" if self.kind == Kind::Column => self.data_type = Some(text()?),
            "typeSchema" => self.type_schema = Some(text()?),
            "nameExplicit" => self.has_explicit_name = json::as_flag(value, key)?,
            "dimensions" => {
                let dimensions = value.as_number_lit().map(|it| it.value);
                self.is_array = dimensions.is_none_or(|it| it != "0");
            }
            "notNull" => self.is_not_null = json::as_flag(value, key)?,
            "isUnique" => self.is_unique = json::as_flag(value, key)?,
            "where" => self.is_partial = !text()?.is_empty(),
            "default" => self.default = json::default(value, fragment.text),
            "onDelete" => self.on_delete = action(fragment, value, key)?,
            "onUpdate" if self.kind == Kind::ForeignKey => {
                self.on_update = action(fragment, value, key)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Forgets what null stands for.
    fn clear(&mut self, key: &str) {
        match key {
            "typeSchema" => self.type_schema = None,
            "where" => self.is_partial = false,
            "default" => self.default = None,
            "onDelete" => self.on_delete = None,
            "onUpdate" => self.on_update = None,
            _ => {}
        }
    }

    /// What tells it from others of its kind.
    ///
    /// Source: `createDDL` in drizzle-kit 1.0, `src/dialects/postgres/ddl.ts`.
    pub(crate) fn identity(&self) -> Vec<String> {
        let parts: &[&String] = match self.kind {
            Kind::Schema => &[&self.name],
            Kind::Enum | Kind::Table | Kind::Index => &[&self.schema, &self.name],
            _ => &[&self.schema, &self.table, &self.name],
        };
        parts.iter().map(|it| (*it).clone()).collect()
    }

    /// Whether another one says the same in another place.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        let actions = |it: &Self| (it.on_delete.map(|it| it.0), it.on_update.map(|it| it.0));
        let (on_delete, on_update) = (self.on_delete, self.on_update);
        let elsewhere = Self { span: self.span, on_delete, on_update, ..other.clone() };
        *self == elsewhere && actions(self) == actions(other)
    }

    fn table_name(&self, dialect: Dialect) -> TableName {
        let name = if self.kind == Kind::Table { &self.name } else { &self.table };
        table_name(dialect, Some(&self.schema), name)
    }

    fn put_into(self, table: &mut Table, dialect: Dialect) {
        match self.kind {
            Kind::Column => table.columns.push(self.column()),
            Kind::PrimaryKey => table.primary_key = Some(self.constraint(dialect)),
            Kind::Unique => table.uniques.push(self.constraint(dialect)),
            Kind::Index => table.indexes.push(self.index(dialect)),
            Kind::Schema | Kind::Enum | Kind::Table | Kind::ForeignKey => {}
        }
    }

    fn column(self) -> Column {
        let (data_type, has_brackets) = match &self.data_type {
            Some(written) => {
                let (data_type, has_brackets) = json::data_type(written);
                (Some(data_type), has_brackets)
            }
            None => (None, false),
        };
        Column {
            data_type,
            is_array: self.is_array || has_brackets,
            is_not_null: self.is_not_null,
            default: self.default,
            ..Column::new(self.name, self.span)
        }
    }

    /// The constraint, with the name that it has in statements.
    fn constraint(self, dialect: Dialect) -> Key {
        // A primary key that nobody named is written without a name, unless PostgreSQL has to be told
        // of its columns; that of MySQL never has one.
        let is_named = match (self.kind, dialect) {
            (Kind::PrimaryKey, Dialect::MySql) => false,
            (Kind::PrimaryKey, Dialect::PostgreSql) => {
                self.has_explicit_name || self.columns.len() > 1
            }
            (Kind::PrimaryKey, Dialect::Sqlite) => self.has_explicit_name,
            _ => true,
        };
        Key {
            name: is_named.then(|| dialect.truncate(&self.name).to_owned()),
            columns: self.columns.into_iter().map(|it| it.name).collect(),
            span: self.span,
        }
    }

    fn foreign_key(self, dialect: Dialect) -> ForeignKeyParts {
        ForeignKeyParts {
            referencing_table: self.table_name(dialect),
            referenced_table: table_name(dialect, Some(&self.schema_to), &self.table_to),
            name: self.name,
            has_explicit_name: self.has_explicit_name,
            referencing_columns: self.columns.into_iter().map(|it| it.name).collect(),
            referenced_columns: self.columns_to,
            on_delete: self.on_delete,
            on_update: self.on_update,
            span: self.span,
        }
    }

    fn index(self, dialect: Dialect) -> Index {
        let has_expressions = self.columns.iter().any(|it| it.is_expression);
        let columns = self.columns.into_iter().take_while(|it| !it.is_expression);
        Index {
            name: Some(dialect.truncate(&self.name).to_owned()),
            columns: columns.map(|it| it.name).collect(),
            has_expressions,
            is_unique: self.is_unique,
            is_partial: self.is_partial,
            covers_not_null: false,
            span: self.span,
        }
    }
}

/// The columns of a key, which are texts, or of an index, which are objects.
fn parts(value: &Value<'_>) -> Read<Vec<Part>> {
    let part = |value: &Value<'_>| match value {
        Value::StringLit(name) => Ok(Part { name: name.value.to_string(), is_expression: false }),
        Value::Object(part) => Ok(Part {
            name: json::as_text(json::required(part, "value")?, "value")?.to_owned(),
            is_expression: json::flag(part, "isExpression")?,
        }),
        value => Err(Wrong::new(value, "this is neither a column nor an expression")),
    };
    json::as_list(value, "columns")?.iter().map(part).collect()
}

/// The entities of a snapshot in their order.
#[derive(Debug, Default)]
pub(crate) struct Entities {
    pub(crate) all: Vec<Entity>,
    /// Tables of which an entity could not be read.
    pub(crate) incomplete: Vec<TableName>,
}

impl Entities {
    /// Reads those of a `ddl` list, side by side, and says which could not be read; `None` where it is not
    /// JSON.
    pub(crate) fn read(list: &[Fragment<'_>], dialect: Dialect) -> Option<(Self, Vec<Unresolved>)> {
        let read = |fragments: &[Fragment<'_>]| {
            let (mut entities, mut unread) = (Self::default(), Vec::new());
            for &fragment in fragments {
                let mut reader = Reader { fragment, dialect, unresolved: Vec::new() };
                entities.add(&mut reader, &fragment.parse().ok()?);
                unread.append(&mut reader.unresolved);
            }
            Some((entities, unread))
        };
        let chunks: Option<Vec<_>> = list.par_chunks(CHUNK).map(read).collect();
        let (mut entities, mut unread) = (Self::default(), Vec::new());
        for (chunk, unresolved) in chunks? {
            entities.all.extend(chunk.all);
            entities.incomplete.extend(chunk.incomplete);
            unread.extend(unresolved);
        }
        Some((entities, unread))
    }

    /// Adds one, or reports it.
    pub(crate) fn add(&mut self, reader: &mut Reader<'_>, value: &Value<'_>) {
        match Entity::read(reader.fragment, value) {
            Ok(entity) => self.all.extend(entity),
            Err(wrong) => {
                let table = table_of(reader.dialect, value);
                reader.report("entity", &wrong, table.clone());
                self.incomplete.extend(table);
            }
        }
    }
}

/// How many entities make it worth handing them over to another thread.
const CHUNK: usize = 64;

/// The table that an entity seems to be of.
pub(crate) fn table_of(dialect: Dialect, value: &Value<'_>) -> Option<TableName> {
    let object = value.as_object()?;
    let text = |key| json::text(object, key).ok().flatten();
    Some(table_name(dialect, text("schema"), text("table")?))
}

/// The catalog that entities describe.
pub(crate) fn catalog(
    entities: Entities,
    dialect: Dialect,
    unread: &mut Vec<Unresolved>,
) -> Catalog {
    let mut catalog = Catalog::default();
    let mut places: HashMap<TableName, usize> = HashMap::new();
    for entity in entities.all.iter().filter(|it| it.kind == Kind::Table) {
        let name = entity.table_name(dialect);
        places.entry(name.clone()).or_insert_with(|| {
            catalog.tables.push(Table::new(name, entity.span));
            catalog.tables.len() - 1
        });
    }
    for table in &entities.incomplete {
        if let Some(&at) = places.get(table) {
            catalog.tables[at].is_incomplete = true;
        }
    }
    for entity in entities.all.into_iter().filter(|it| it.kind.has_table()) {
        let table = places.get(&entity.table_name(dialect)).map(|&at| &mut catalog.tables[at]);
        if entity.kind != Kind::ForeignKey {
            if let Some(table) = table {
                entity.put_into(table, dialect);
            }
            continue;
        }
        let (span, name) = (entity.span, entity.table_name(dialect));
        match entity.foreign_key(dialect).build(dialect) {
            Ok(foreign_key) => catalog.foreign_keys.push(foreign_key),
            Err(reason) => {
                table.into_iter().for_each(|table| table.is_incomplete = true);
                unread.push(unresolved("foreign key", &reason, span, Some(name)));
            }
        }
    }
    catalog.tables.iter_mut().for_each(refuse_null_in_key);
    catalog
}
