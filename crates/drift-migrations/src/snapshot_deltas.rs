//! Snapshots of drizzle-kit 1.0 for PostgreSQL that say what has changed since the ones before.
//!
//! Source: `src/dialects/postgres/reconstruct.ts` and `src/dialects/dialect.ts` in drizzle-kit 1.0.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use drift_model::{
    Dialect, FileSystem, SourceError, SourceFile, SourceMap, TableName, Unresolved, UnresolvedKind,
};
use jsonc_parser::ast::{Object, Value};

use crate::snapshot::{Reader, Snapshot, load, source_error, unresolved};
use crate::snapshot_entities::{self, Entities, Entity, Kind, Part, table_of};
use crate::snapshot_fragments::Fragment;
use crate::snapshot_json::{self as json, Read, Wrong};

/// How many entities may be looked at for the sake of renames.
const WORK: usize = 20_000_000;

/// Loads the snapshots of all migrations of the folder that one is in, in the order in which
/// drizzle-kit reads them.
pub(crate) fn load_folder(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: &Path,
    errors: &mut Vec<SourceError>,
) -> Vec<Arc<SourceFile>> {
    let folder = path.parent().and_then(Path::parent).unwrap_or(Path::new(""));
    let entries = files.read_dir(folder).unwrap_or_default();
    let folders = entries.iter().filter(|it| it.is_dir);
    let paths = folders.map(|it| folder.join(&it.name).join("snapshot.json"));
    let mut paths: Vec<_> = paths.filter(|it| files.is_file(it)).collect();
    paths.sort_by(|one, other| one.as_os_str().cmp(other.as_os_str()));
    let mut loaded = Vec::with_capacity(paths.len());
    for path in paths {
        match load(files, sources, &path) {
            Ok(file) => loaded.push(file),
            Err(error) => errors.push(error),
        }
    }
    loaded
}

/// Reads the snapshot at `path`, which is one of `files`.
///
/// # Errors
/// Its history does not lead back to one that has everything.
pub(crate) fn read(
    files: &[Arc<SourceFile>],
    path: &Path,
    snapshot: &mut Snapshot,
) -> Result<(), SourceError> {
    let mut parsed = Vec::with_capacity(files.len());
    for file in files {
        match json::parse(&file.text) {
            Ok(value) => parsed.push((&**file, value)),
            Err(wrong) => snapshot.errors.push(source_error(file, wrong)),
        }
    }
    let mut nodes = Vec::with_capacity(parsed.len());
    for (file, value) in &parsed {
        match Node::read(file, value) {
            Ok(node) => nodes.push(node),
            Err(wrong) => snapshot.errors.push(source_error(file, wrong)),
        }
    }
    let history = History::new(&nodes);
    let Some(newest) = nodes.iter().find(|it| it.file.path == path) else {
        return Ok(());
    };
    let mut state = history.state(newest).map_err(|(file, wrong)| source_error(file, wrong))?;
    state.unresolved.extend(history.other_branches(newest));
    let catalog = snapshot_entities::catalog(
        Entities { all: state.rows.into_iter().flatten().collect(), incomplete: state.incomplete },
        Dialect::PostgreSql,
        &mut state.unresolved,
    );
    (snapshot.catalog, snapshot.unresolved) = (catalog, state.unresolved);
    Ok(())
}

/// A snapshot in the history of a folder.
struct Node<'v, 't> {
    file: &'v SourceFile,
    root: &'v Object<'t>,
    id: &'v str,
    /// Those that it builds on; none for the first one.
    parents: Vec<&'v str>,
    is_diff: bool,
}

/// What the first snapshot names as the one before.
const ORIGIN: &str = "00000000-0000-0000-0000-000000000000";

impl<'v, 't> Node<'v, 't> {
    fn read(file: &'v SourceFile, value: &'v Value<'t>) -> Read<Self> {
        let root = json::as_object(value, "the snapshot")?;
        let mut parents = Vec::new();
        if let Some(ids) = json::value(root, "prevIds") {
            for id in json::as_list(ids, "prevIds")? {
                parents.push(json::as_text(id, "prevIds")?);
            }
        }
        parents.retain(|id| *id != ORIGIN);
        let is_diff = json::text(root, "type")? == Some("diff");
        let id = json::as_text(json::required(root, "id")?, "id")?;
        Ok(Self { file, root, id, parents, is_diff })
    }

    fn fragment(&self) -> Fragment<'v> {
        Fragment::whole(self.file)
    }
}

/// What is wrong, and in which file.
type Fault<'v> = (&'v SourceFile, Wrong);

/// The snapshots of a folder, in the order of their folders.
struct History<'n, 'v, 't> {
    nodes: &'n [Node<'v, 't>],
    by_id: HashMap<&'v str, &'n Node<'v, 't>>,
}

impl<'n, 'v, 't> History<'n, 'v, 't> {
    fn new(nodes: &'n [Node<'v, 't>]) -> Self {
        Self { nodes, by_id: nodes.iter().map(|it| (it.id, it)).collect() }
    }

    /// Everything there is after a snapshot: what the first one in the line of its first parents has,
    /// and what has changed since.
    fn state(&self, newest: &'n Node<'v, 't>) -> Result<State, Fault<'v>> {
        let mut line = vec![newest];
        let mut seen = HashSet::from([newest.id]);
        let mut first = newest;
        while first.is_diff {
            let missing = |reason| (first.file, Wrong::new(first.root, reason));
            let Some(id) = first.parents.first() else {
                return Err(missing("it builds on no other snapshot".to_owned()));
            };
            let Some(parent) = self.by_id.get(id).filter(|it| seen.insert(it.id)) else {
                return Err(missing(format!(
                    "it builds on the snapshot `{id}`, which is not there"
                )));
            };
            line.push(parent);
            first = parent;
        }
        let mut state = State::new(first).map_err(|wrong| (first.file, wrong))?;
        for node in line.into_iter().rev().filter(|it| it.is_diff) {
            if node.parents.len() > 1 {
                for other in self.merged(node) {
                    state.apply(other).map_err(|wrong| (other.file, wrong))?;
                }
            }
            state.apply(node).map_err(|wrong| (node.file, wrong))?;
        }
        Ok(state)
    }

    /// The snapshots of the branches that one brings together with the line of its first parent.
    fn merged(&self, node: &Node<'v, 't>) -> impl Iterator<Item = &'n Node<'v, 't>> {
        let (first, others) = node.parents.split_at(1);
        let (known, all) = (self.ancestors(first), self.ancestors(others));
        self.nodes
            .iter()
            .filter(move |it| it.is_diff && all.contains(it.id) && !known.contains(it.id))
    }

    /// Some snapshots and all that they build on.
    fn ancestors(&self, ids: &[&'v str]) -> HashSet<&'v str> {
        let mut found = HashSet::new();
        let mut open = ids.to_vec();
        while let Some(id) = open.pop() {
            if found.insert(id) {
                open.extend(self.by_id.get(id).into_iter().flat_map(|it| &it.parents));
            }
        }
        found
    }

    /// Reports the ends of branches that a snapshot does not build on.
    fn other_branches(&self, newest: &Node<'v, 't>) -> Vec<Unresolved> {
        let parents: HashSet<&str> =
            self.nodes.iter().flat_map(|it| &it.parents).copied().collect();
        let is_end = |it: &&Node<'v, 't>| it.id != newest.id && !parents.contains(it.id);
        let ends = self.nodes.iter().filter(is_end);
        let report = |it: &Node<'v, 't>| {
            let span = it.fragment().span(it.root.range);
            let reason = "this snapshot is left out: the newest one does not build on it";
            Unresolved::open(UnresolvedKind::SnapshotEntry, reason, span)
        };
        ends.map(report).collect()
    }
}

/// A kind, and what tells an entity from others of it.
type RowKey = (Kind, Vec<String>);

/// The entities after some snapshots.
struct State {
    /// In their order; those that were dropped are left out.
    rows: Vec<Option<Entity>>,
    places: HashMap<RowKey, usize>,
    incomplete: Vec<TableName>,
    unresolved: Vec<Unresolved>,
    work: usize,
}

impl State {
    fn new(base: &Node<'_, '_>) -> Read<Self> {
        let mut entities = Entities::default();
        let mut reader = Reader {
            fragment: base.fragment(),
            dialect: Dialect::PostgreSql,
            unresolved: Vec::new(),
        };
        for value in json::as_list(json::required(base.root, "ddl")?, "ddl")? {
            entities.add(&mut reader, value);
        }
        let places = entities.all.iter().enumerate().map(|(at, row)| (row.key(), at)).collect();
        Ok(Self {
            rows: entities.all.into_iter().map(Some).collect(),
            places,
            incomplete: entities.incomplete,
            unresolved: reader.unresolved,
            work: 0,
        })
    }

    /// Applies the changes of a snapshot.
    fn apply(&mut self, node: &Node<'_, '_>) -> Read<()> {
        for delta in json::as_list(json::required(node.root, "deltas")?, "deltas")? {
            if self.work > WORK {
                return Err(Wrong::new(delta, "too much is renamed from here on"));
            }
            if let Err(wrong) = self.apply_delta(node.fragment(), delta) {
                let row = delta.as_object().and_then(|it| json::value(it, "row"));
                let table = row.and_then(|row| table_of(Dialect::PostgreSql, row));
                let span = node.fragment().span(wrong.range);
                self.unresolved.push(unresolved("change", &wrong.reason, span, table.clone()));
                self.incomplete.extend(table);
            }
        }
        Ok(())
    }

    fn apply_delta(&mut self, fragment: Fragment<'_>, delta: &Value<'_>) -> Read<()> {
        let object = json::as_object(delta, "a change")?;
        let op = json::required(object, "op")?;
        match json::as_text(op, "op")? {
            "create" => self.create(fragment, json::required(object, "row")?),
            "drop" => {
                let place = key(object)?.and_then(|key| self.places.remove(&key));
                if let Some(place) = place {
                    self.rows[place] = None;
                }
                Ok(())
            }
            "alter" | "rename" => {
                let set = json::as_object(json::required(object, "set")?, "set")?;
                let place = key(object)?.and_then(|key| self.places.get(&key).copied());
                place.map_or(Ok(()), |place| self.change(fragment, delta, place, set))
            }
            other => Err(Wrong::new(op, format!("`{other}` is no change that is known"))),
        }
    }

    fn create(&mut self, fragment: Fragment<'_>, row: &Value<'_>) -> Read<()> {
        let Some(entity) = Entity::read(fragment, row)? else { return Ok(()) };
        let key = entity.key();
        let present = self.places.get(&key).and_then(|&place| self.rows[place].as_ref());
        match present {
            Some(present) if present.says_the_same(&entity) => {}
            Some(_) => return Err(Wrong::new(row, "another entity has this name already")),
            None => {
                self.places.insert(key, self.rows.len());
                self.rows.push(Some(entity));
            }
        }
        Ok(())
    }

    fn change(
        &mut self,
        fragment: Fragment<'_>,
        delta: &Value<'_>,
        place: usize,
        set: &Object<'_>,
    ) -> Read<()> {
        let Some(old) = self.rows[place].clone() else { return Ok(()) };
        let mut new = old.clone();
        new.set_all(fragment, set)?;
        new.span = fragment.span(jsonc_parser::common::Ranged::range(delta));
        let is_renamed = new.identity() != old.identity();
        if is_renamed && self.places.contains_key(&new.key()) {
            return Err(Wrong::new(delta, "another entity has this name already"));
        }
        self.put(place, new.clone());
        if is_renamed {
            self.follow(&old, &new);
        }
        Ok(())
    }

    /// Puts an entity in the place of what it was before.
    fn put(&mut self, place: usize, entity: Entity) {
        let key = entity.key();
        let before = self.rows[place].replace(entity).map(|it| it.key());
        if before.as_ref() == Some(&key) {
            return;
        }
        if let Some(before) = before.filter(|it| self.places.get(it) == Some(&place)) {
            self.places.remove(&before);
        }
        self.places.insert(key, place);
    }

    /// Renames what names an entity that has a new name.
    fn follow(&mut self, old: &Entity, new: &Entity) {
        self.work += self.rows.len();
        for place in 0..self.rows.len() {
            if let Some(row) = self.rows[place].as_ref().filter(|row| row.names(old)) {
                let mut row = row.clone();
                row.follow(old, new);
                self.put(place, row);
            }
        }
    }
}

impl Entity {
    fn key(&self) -> RowKey {
        (self.kind, self.identity())
    }

    /// Whether it may have to follow when another entity is renamed.
    fn names(&self, other: &Entity) -> bool {
        let of = |name: &String| {
            let (here, there) = ((&self.schema, &self.table), (&self.schema_to, &self.table_to));
            here == (&other.schema, name) || there == (&other.schema, name)
        };
        match other.kind {
            Kind::Schema => {
                self.schema == other.name
                    || self.schema_to == other.name
                    || self.type_schema.as_ref() == Some(&other.name)
            }
            Kind::Enum => {
                self.type_schema.as_ref() == Some(&other.schema)
                    && self.data_type.as_ref() == Some(&other.name)
            }
            Kind::Table => of(&other.name),
            Kind::Column => of(&other.table),
            Kind::PrimaryKey | Kind::Unique | Kind::Index | Kind::ForeignKey => false,
        }
    }

    /// Calls an entity that has a new name by that.
    fn follow(&mut self, old: &Entity, new: &Entity) {
        match old.kind {
            // Everything that names a table of the namespace follows along with the table.
            Kind::Schema => {
                let type_schema = self.type_schema.as_mut();
                for name in [&mut self.schema, &mut self.schema_to].into_iter().chain(type_schema) {
                    if *name == old.name {
                        name.clone_from(&new.name);
                    }
                }
            }
            Kind::Enum => {
                self.type_schema = Some(new.schema.clone());
                self.data_type = Some(new.name.clone());
            }
            Kind::Table => self.follow_table(old, new),
            Kind::Column => self.follow_column(old, new),
            Kind::PrimaryKey | Kind::Unique | Kind::Index | Kind::ForeignKey => {}
        }
    }

    fn follow_table(&mut self, old: &Entity, new: &Entity) {
        if self.schema == old.schema && self.table == old.name {
            self.schema.clone_from(&new.schema);
            self.table.clone_from(&new.name);
        }
        if self.schema_to == old.schema && self.table_to == old.name {
            self.schema_to.clone_from(&new.schema);
            self.table_to.clone_from(&new.name);
        }
    }

    fn follow_column(&mut self, old: &Entity, new: &Entity) {
        if self.schema == old.schema && self.table == old.table {
            let columns = self.columns.iter_mut().filter(|it| !it.is_expression);
            for Part { name, .. } in columns.filter(|it| it.name == old.name) {
                name.clone_from(&new.name);
            }
        }
        if self.schema_to == old.schema && self.table_to == old.table {
            for name in self.columns_to.iter_mut().filter(|it| **it == old.name) {
                name.clone_from(&new.name);
            }
        }
    }
}

/// The entity that a change names; `None` for one that bears on no table.
fn key(delta: &Object<'_>) -> Read<Option<RowKey>> {
    let value = json::required(delta, "key")?;
    let text = json::as_text(value, "key")?;
    let key = text.split_once('\0').and_then(|(entity_type, identity)| {
        Some((entity_type, serde_json::from_str::<Vec<String>>(identity).ok()?))
    });
    let (entity_type, identity) =
        key.ok_or_else(|| Wrong::new(value, "this is the key of no entity"))?;
    Ok(Kind::parse(entity_type).map(|kind| (kind, identity)))
}
