//! Reads the snapshots of drizzle-kit, which say what it believes the migrations leave behind.
//!
//! | form | written by | read by |
//! |---|---|---|
//! | tables with everything they have | 0.x | `snapshot_tables` |
//! | a flat list of entities, `ddl` | 1.0 | `snapshot_entities` |
//! | changes to the snapshot before, `deltas` | 1.0 for PostgreSQL, from version 9 on | `snapshot_deltas` |

use std::path::Path;
use std::sync::Arc;

use drift_model::{
    Catalog, Dialect, FileSystem, ForeignKey, Key, ReferentialAction, Scope, SourceError,
    SourceFile, SourceMap, Span, Table, TableName, Unresolved, UnresolvedKind,
};
use foldhash::{HashMap, HashSet};
use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::{Range, Ranged};

use crate::journal;
use crate::snapshot_deltas;
use crate::snapshot_entities::{self, Entities};
use crate::snapshot_fragments::{self, Fragment, Outline};
use crate::snapshot_json::{self as json, Read, Wrong};
use crate::snapshot_tables;

/// What a snapshot says.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The database as drizzle-kit believes it to be.
    pub catalog: Catalog,
    /// The beginning of its file, unless that cannot be read.
    pub place: Option<Span>,
    /// The dialect that it is of.
    pub dialect: Option<Dialect>,
    /// Entries that are not as drizzle-kit writes them.
    pub unresolved: Vec<Unresolved>,
    /// A file that cannot be read, or is no snapshot that is known here.
    pub errors: Vec<SourceError>,
}

/// Reads the snapshot at `path`, and those that it builds on.
pub fn read_snapshot(files: &dyn FileSystem, sources: &SourceMap, path: &Path) -> Snapshot {
    let mut snapshot = Snapshot::default();
    if let Err(error) = read(files, sources, path, &mut snapshot) {
        snapshot.errors.push(error);
    }
    fill_in_primary_keys(&mut snapshot.catalog);
    snapshot
}

/// `REFERENCES users` means the primary key of `users`, and so does a list without columns, which
/// drizzle-kit makes of it when it reads a database.
fn fill_in_primary_keys(catalog: &mut Catalog) {
    let Catalog { tables, foreign_keys, .. } = catalog;
    let mut open = foreign_keys.iter_mut().filter(|it| it.referenced_columns.is_empty()).peekable();
    if open.peek().is_none() {
        return;
    }
    let keys = tables.iter().filter_map(|it| Some((&it.name, it.primary_key.as_ref()?)));
    let keys: HashMap<&TableName, &Key> = keys.collect();
    for foreign_key in open {
        if let Some(key) = keys.get(&foreign_key.referenced_table)
            && key.columns.len() == foreign_key.referencing_columns.len()
        {
            foreign_key.referenced_columns.clone_from(&key.columns);
        }
    }
}

fn read(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: &Path,
    snapshot: &mut Snapshot,
) -> Result<(), SourceError> {
    let file = load(files, sources, path)?;
    snapshot.place = Some(Span::new(file.id, 0, 0));
    let whole = Fragment::whole(&file);
    let error = |wrong| source_error(&file, wrong);
    let not_json = || error(snapshot_fragments::fault(whole));
    let outline = Outline::new(whole).ok_or_else(not_json)?;
    let parsed = json::parse(&outline.text).map_err(|_| not_json())?;
    let error_in_outline = |wrong| error(outline.in_file(wrong));
    let root = json::as_object(&parsed, "the snapshot").map_err(error_in_outline)?;
    let header = Header::read(root).map_err(error_in_outline)?;
    let dialect = header.dialect;
    snapshot.dialect = Some(dialect);
    match header.form {
        Form::Tables => {
            let value = json::required(root, "tables").map_err(error_in_outline)?;
            json::as_object(value, "tables").map_err(error_in_outline)?;
            let tables =
                outline.tables.as_deref().and_then(|it| snapshot_tables::read(it, dialect));
            let tables = tables.ok_or_else(not_json)?;
            (snapshot.catalog, snapshot.unresolved) = tables;
        }
        Form::Entities => {
            let value = json::required(root, "ddl").map_err(error_in_outline)?;
            json::as_list(value, "ddl").map_err(error_in_outline)?;
            let entities = outline.entities.as_deref().and_then(|it| Entities::read(it, dialect));
            let entities = entities.ok_or_else(not_json)?;
            let (entities, mut unresolved) = entities;
            snapshot.catalog = snapshot_entities::catalog(entities, dialect, &mut unresolved);
            snapshot.unresolved = unresolved;
        }
        Form::Deltas => {
            let folder = snapshot_deltas::load_folder(files, sources, path, &mut snapshot.errors);
            return snapshot_deltas::read(&folder, path, snapshot);
        }
    }
    Ok(())
}

/// Loads a snapshot.
pub(crate) fn load(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: &Path,
) -> Result<Arc<SourceFile>, SourceError> {
    sources.load(files, path).map_err(|error| {
        // There is no place in it that could be pointed at.
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let message = format!("the snapshot `{name}` cannot be read: {error}");
        SourceError { path: path.to_path_buf(), span: None, message }
    })
}

/// What is wrong with a snapshot as a whole.
pub(crate) fn source_error(file: &SourceFile, wrong: Wrong) -> SourceError {
    SourceError {
        path: file.path.clone(),
        span: Some(Fragment::whole(file).span(wrong.range)),
        message: format!("the snapshot cannot be understood: {}", wrong.reason),
    }
}

/// How a snapshot says what there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Tables,
    Entities,
    Deltas,
}

/// What stands at the head of a snapshot.
pub(crate) struct Header {
    pub(crate) dialect: Dialect,
    pub(crate) form: Form,
}

/// The first and the last version that are known, by what a snapshot calls its dialect. Versions 1 and 2
/// of the first one have no dialect, and a form of their own.
const VERSIONS: [(&str, u32, u32); 7] = [
    ("pg", 3, 5),
    ("postgresql", 6, 7),
    ("postgres", 8, 9),
    ("cockroach", 1, 1),
    ("mysql", 3, 6),
    ("singlestore", 1, 2),
    ("sqlite", 3, 7),
];

impl Header {
    pub(crate) fn read(root: &Object<'_>) -> Read<Self> {
        let name_value = json::required(root, "dialect")?;
        let name = json::as_text(name_value, "dialect")?;
        let known = VERSIONS.iter().find(|(known, ..)| *known == name);
        let (Some((_, first, last)), Some(dialect)) = (known, journal::dialect(name)) else {
            return Err(Wrong::new(name_value, format!("the dialect `{name}` is not supported")));
        };
        let version_value = json::required(root, "version")?;
        let version = json::as_text(version_value, "version")?;
        if !version.parse().is_ok_and(|version: u32| (*first..=*last).contains(&version)) {
            let reason = format!("version `{version}` for `{name}` is not known");
            return Err(Wrong::new(version_value, reason));
        }
        let form = match json::text(root, "type")? {
            Some("diff") => Form::Deltas,
            _ if json::value(root, "ddl").is_some() => Form::Entities,
            _ => Form::Tables,
        };
        Ok(Self { dialect, form })
    }
}

/// What the readers of all forms need.
pub(crate) struct Reader<'a> {
    pub(crate) fragment: Fragment<'a>,
    pub(crate) dialect: Dialect,
    pub(crate) unresolved: Vec<Unresolved>,
}

impl Reader<'_> {
    pub(crate) fn span(&self, range: Range) -> Span {
        self.fragment.span(range)
    }

    /// Reports an entry of a table that cannot be read; of any, where it is not known of which.
    pub(crate) fn report(&mut self, what: &str, wrong: &Wrong, table: Option<TableName>) {
        let span = self.span(wrong.range);
        self.unresolved.push(unresolved(what, &wrong.reason, span, table));
    }

    /// A table, by what a snapshot has for its namespace and its name.
    pub(crate) fn table_name(&self, namespace: Option<&str>, name: &str) -> TableName {
        table_name(self.dialect, namespace, name)
    }
}

/// An entry of a table that could not be read; of any, where it is not known of which.
pub(crate) fn unresolved(
    what: &str,
    reason: &str,
    span: Span,
    table: Option<TableName>,
) -> Unresolved {
    let reason = format!("{what} could not be read: {reason}");
    let open = Unresolved::open(UnresolvedKind::SnapshotEntry, reason, span);
    let scope = table.map_or(Scope::Any, |table| Scope::Tables(vec![table]));
    Unresolved { scope, ..open }
}

/// Snapshots have an empty name for the default namespace, or its own.
pub(crate) fn table_name(dialect: Dialect, namespace: Option<&str>, name: &str) -> TableName {
    let namespace =
        namespace.filter(|it| !it.is_empty() && Some(*it) != dialect.default_namespace());
    TableName { namespace: namespace.map(str::to_owned), name: name.to_owned() }
}

/// An action and where it stands.
pub(crate) type PlacedAction = Option<(ReferentialAction, Span)>;

/// The parts of a foreign key, as all forms have them.
pub(crate) struct ForeignKeyParts {
    pub(crate) name: String,
    pub(crate) has_explicit_name: bool,
    pub(crate) referencing_table: TableName,
    pub(crate) referencing_columns: Vec<String>,
    pub(crate) referenced_table: TableName,
    pub(crate) referenced_columns: Vec<String>,
    pub(crate) on_delete: PlacedAction,
    pub(crate) on_update: PlacedAction,
    pub(crate) span: Span,
}

impl ForeignKeyParts {
    /// The foreign key; the reason where the columns do not pair.
    pub(crate) fn build(self, dialect: Dialect) -> Result<ForeignKey, String> {
        let (from, to) = (self.referencing_columns.len(), self.referenced_columns.len());
        if from == 0 || (to != 0 && from != to) {
            return Err(format!("{from} referencing and {to} referenced columns make no pairs"));
        }
        let keeps_name = dialect.keeps_constraint_names();
        Ok(ForeignKey {
            name: keeps_name.then(|| dialect.truncate(&self.name).to_owned()),
            has_explicit_name: self.has_explicit_name,
            on_delete: self.on_delete.map(|it| it.0).unwrap_or_default(),
            on_update: self.on_update.map(|it| it.0).unwrap_or_default(),
            on_delete_span: self.on_delete.map(|it| it.1),
            on_update_span: self.on_update.map(|it| it.1),
            ..ForeignKey::new(
                self.referencing_table,
                self.referencing_columns,
                self.referenced_table,
                self.referenced_columns,
                self.span,
            )
        })
    }
}

/// Reads an action; an empty one is none.
pub(crate) fn action(fragment: Fragment<'_>, value: &Value<'_>, key: &str) -> Read<PlacedAction> {
    let words = json::as_text(value, key)?;
    if words.is_empty() {
        return Ok(None);
    }
    let Some(action) = ReferentialAction::parse(words) else {
        return Err(Wrong::new(value, format!("`{words}` is no referential action")));
    };
    Ok(Some((action, fragment.span(value.range()))))
}

/// The columns of a primary key refuse NULL, whether that is said of them or not.
pub(crate) fn refuse_null_in_key(table: &mut Table) {
    let key: HashSet<&String> = table.primary_key.iter().flat_map(|it| &it.columns).collect();
    for column in &mut table.columns {
        column.is_not_null |= key.contains(&column.name);
    }
}
