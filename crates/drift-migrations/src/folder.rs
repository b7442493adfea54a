//! Finds the migrations of a folder and the order in which they are applied.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use drift_model::{
    Dialect, DirEntry, FileSystem, ListedMigration, MigrationOrder, MigrationSelection,
    SourceError, SourceMap,
};

use crate::journal::{self, JournalEntry, JournalRead};
use crate::order::{locale_order, natural_order};
use crate::plain::{self, Texts, is_rollback};
use crate::{dump, selection, sqitch};

/// How a folder of migrations is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// `meta/_journal.json` names the files; drizzle-kit 0.x.
    Journal,
    /// `<time>_<name>/migration.sql`; drizzle-kit 1.0, and Prisma.
    Folders,
    /// `.sql` files that another runner applies: by their names, or by a plan of its own.
    Plain,
}

/// A folder of migrations, as it lies on the disk.
#[derive(Debug)]
pub struct MigrationFolder {
    /// How it is laid out.
    pub layout: Layout,
    /// The files in the order in which they are applied.
    pub files: Vec<PathBuf>,
    /// The other `.sql` files, in natural order.
    pub left_out: Vec<LeftOut>,
    /// What the journal lists, in its order; empty without one.
    pub entries: Vec<JournalEntry>,
    /// What a journal or plan lists and is not there.
    pub missing: Vec<ListedMigration>,
    /// The dialect that the journal or the lock file of Prisma names.
    pub dialect: Option<Dialect>,
    /// A journal that cannot be read, files that the settings name and that are not there.
    pub errors: Vec<SourceError>,
}

/// A `.sql` file that is not applied.
#[derive(Debug, Clone)]
pub struct LeftOut {
    /// The file.
    pub path: PathBuf,
    /// Why it is not applied.
    pub why: WhyNot,
}

/// Why a `.sql` file is not applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum WhyNot {
    /// The journal, the plan or the settings list what is applied, and do not list it.
    Unlisted,
    /// It leads back.
    Rollback,
    /// The settings say so.
    Skipped,
    /// It looks whether a migration has worked.
    Verification,
    /// It is a dump of what the migrations lead to.
    Dump,
    /// A baseline comes in its place.
    Superseded,
    /// What applies the other files does not take it for a migration.
    Stray,
    /// It lies in a folder of its own.
    Nested,
}

impl WhyNot {
    /// All of them, in the order in which they are listed.
    pub const ALL: [WhyNot; 8] = [
        WhyNot::Unlisted,
        WhyNot::Rollback,
        WhyNot::Skipped,
        WhyNot::Verification,
        WhyNot::Dump,
        WhyNot::Superseded,
        WhyNot::Stray,
        WhyNot::Nested,
    ];

    /// The reason in words.
    pub fn as_str(self) -> &'static str {
        match self {
            WhyNot::Unlisted => "not listed",
            WhyNot::Rollback => "a way back",
            WhyNot::Skipped => "skipped by the settings",
            WhyNot::Verification => "a verification",
            WhyNot::Dump => "a dump",
            WhyNot::Superseded => "replaced by a baseline",
            WhyNot::Stray => "not named like the migrations",
            WhyNot::Nested => "in a folder of its own",
        }
    }
}

impl MigrationFolder {
    fn new(layout: Layout) -> Self {
        Self {
            layout,
            files: Vec::new(),
            left_out: Vec::new(),
            entries: Vec::new(),
            missing: Vec::new(),
            dialect: None,
            errors: Vec::new(),
        }
    }

    fn leave_out(&mut self, why: WhyNot, paths: impl IntoIterator<Item = PathBuf>) {
        self.left_out.extend(paths.into_iter().map(|path| LeftOut { path, why }));
    }

    /// The files that were left out for a reason.
    pub fn left_out_as(&self, why: WhyNot) -> impl Iterator<Item = &Path> {
        self.left_out.iter().filter(move |it| it.why == why).map(|it| it.path.as_path())
    }
}

/// Looks at a folder of migrations (or takes a single `.sql` file as the only one).
///
/// # Errors
/// The folder cannot be listed.
pub fn discover(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: &Path,
) -> Result<MigrationFolder, SourceError> {
    discover_with(files, sources, path, &MigrationSelection::default())
}

/// As [`discover`], with what the settings say about the files.
///
/// # Errors
/// The folder cannot be listed, or has no journal where the settings ask for one.
pub fn discover_with(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: &Path,
    selection: &MigrationSelection,
) -> Result<MigrationFolder, SourceError> {
    if files.is_file(path) {
        let mut folder = MigrationFolder::new(Layout::Plain);
        folder.files.push(path.to_path_buf());
        selection::apply(files, path.parent().unwrap_or(path), selection, &mut folder);
        return Ok(folder);
    }
    let listing = Listing::read(files, path)?;
    let mut folder = find(files, sources, path, &listing, &selection.order)?;
    let holders: HashSet<&Path> = folder.files.iter().filter_map(|it| it.parent()).collect();
    let below = listing.folders.iter().map(|name| path.join(name));
    let below: Vec<PathBuf> = below.filter(|it| !holders.contains(it.as_path())).collect();
    let mut nested = scripts_below(files, below);
    let known: HashSet<&PathBuf> =
        folder.left_out.iter().map(|it| &it.path).chain(&folder.files).collect();
    nested.retain(|it| !known.contains(it));
    folder.leave_out(WhyNot::Nested, nested);
    selection::apply(files, path, selection, &mut folder);
    folder.left_out.sort_by(|one, other| {
        natural_order(&one.path.to_string_lossy(), &other.path.to_string_lossy())
    });
    Ok(folder)
}

/// Reads the folder by its journal, if it has one that counts, else by what lies in it.
fn find(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: &Path,
    listing: &Listing,
    order: &MigrationOrder,
) -> Result<MigrationFolder, SourceError> {
    let journal = journal::journal_path(path);
    // A folder in its place is no journal, which reading it will say.
    if !files.is_file(&journal) && !files.is_dir(&journal) {
        return match order {
            MigrationOrder::Journal => {
                Err(error(path, "the settings ask for the order of a journal, and there is none"))
            }
            _ => Ok(by_layout(files, sources, path, listing)),
        };
    }
    let read = journal::read(files, sources, &journal);
    // A journal that lists nothing is a remnant, and one with the marks of a merge is not to be
    // read; the names still tell the order.
    let is_telling = read.errors.is_empty() && !read.entries.is_empty();
    let counts = match order {
        MigrationOrder::Name => false,
        MigrationOrder::Journal => true,
        _ => is_telling || listing.scripts.is_empty(),
    };
    if counts {
        return Ok(by_journal(files, path, read, &listing.scripts));
    }
    let mut folder = by_layout(files, sources, path, listing);
    folder.dialect = read.dialect;
    if *order != MigrationOrder::Name && !read.errors.is_empty() {
        folder.layout = Layout::Journal;
        folder.errors.extend(read.errors);
    }
    Ok(folder)
}

fn error(path: &Path, message: impl Into<String>) -> SourceError {
    SourceError { path: path.to_path_buf(), span: None, message: message.into() }
}

/// What lies directly in a folder of migrations.
struct Listing {
    /// The names of `.sql` files.
    scripts: Vec<String>,
    /// The names of folders, without those in which no migration can lie.
    folders: Vec<String>,
}

impl Listing {
    fn read(files: &dyn FileSystem, path: &Path) -> Result<Self, SourceError> {
        let entries = files.read_dir(path).map_err(|cause| match cause.kind() {
            io::ErrorKind::NotFound => error(path, "there is no such folder"),
            _ => error(path, format!("the folder cannot be listed: {cause}")),
        })?;
        let (folders, scripts): (Vec<DirEntry>, Vec<DirEntry>) =
            entries.into_iter().partition(|it| it.is_dir);
        let scripts = scripts.into_iter().map(|it| it.name).filter(|it| is_script(it));
        let folders = folders.into_iter().map(|it| it.name).filter(|it| may_hold_scripts(it));
        Ok(Self { scripts: scripts.collect(), folders: folders.collect() })
    }
}

fn is_script(name: &str) -> bool {
    let extension = Path::new(name).extension();
    extension.is_some_and(|it| it.eq_ignore_ascii_case("sql"))
}

fn may_hold_scripts(folder: &str) -> bool {
    folder != "meta" && folder != "node_modules" && !folder.starts_with('.')
}

/// How deep folders below one of migrations are looked into.
const NESTING_LIMIT: usize = 4;

/// How many of them.
const FOLDER_LIMIT: usize = 1_000;

/// The `.sql` files in and below folders that are none of migrations by themselves.
fn scripts_below(files: &dyn FileSystem, folders: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open: Vec<(PathBuf, usize)> = folders.into_iter().map(|it| (it, 1)).collect();
    let mut left = FOLDER_LIMIT;
    while let Some((folder, depth)) = open.pop()
        && left > 0
    {
        left -= 1;
        if files.is_file(&journal::journal_path(&folder)) {
            continue;
        }
        let Ok(listing) = Listing::read(files, &folder) else { continue };
        found.extend(listing.scripts.iter().map(|name| folder.join(name)));
        if depth < NESTING_LIMIT {
            open.extend(listing.folders.iter().map(|name| (folder.join(name), depth + 1)));
        }
    }
    found
}

fn by_layout(
    files: &dyn FileSystem,
    sources: &SourceMap,
    path: &Path,
    listing: &Listing,
) -> MigrationFolder {
    if let Some(plan) = sqitch::plan_path(files, path) {
        return by_plan(files, sources, &plan);
    }
    let with = |script: &str| -> Vec<&str> {
        let folders = listing.folders.iter().map(String::as_str);
        folders.filter(|name| files.is_file(&path.join(name).join(script))).collect()
    };
    let texts = Texts { files, sources, folder: path };
    let scripts: Vec<&str> = listing.scripts.iter().map(String::as_str).collect();
    let folders = with("migration.sql");
    // drizzle-kit leaves no files beside its folders. Where a project keeps them, a runner of its
    // own applies what there is more of.
    if folders.len() >= scripts.len() && !folders.is_empty() {
        let mut folder = by_folders(path, folders, &scripts);
        folder.dialect = prisma_dialect(files, path);
        return folder;
    }
    if scripts.is_empty() {
        return by_up_folders(files, path, with("up.sql"));
    }
    let mut folder = by_names(&texts, scripts);
    let folders = folders.iter().map(|it| path.join(it).join("migration.sql"));
    folder.leave_out(WhyNot::Stray, folders);
    folder
}

fn by_journal(
    files: &dyn FileSystem,
    path: &Path,
    read: JournalRead,
    scripts: &[String],
) -> MigrationFolder {
    let mut folder = MigrationFolder::new(Layout::Journal);
    folder.dialect = read.dialect;
    folder.errors = read.errors;
    let there: HashSet<&String> = scripts.iter().collect();
    let mut listed = HashSet::new();
    for entry in &read.entries {
        let name = format!("{}.sql", entry.tag);
        let file = path.join(&name);
        if there.contains(&name) || files.is_file(&file) {
            folder.files.push(file);
        } else {
            folder.missing.push(entry.listed());
        }
        listed.insert(name);
    }
    for name in scripts.iter().filter(|name| !listed.contains(*name)) {
        let why = if is_rollback(name, scripts.iter().map(String::as_str)) {
            WhyNot::Rollback
        } else if dump::has_dump_name(name) {
            WhyNot::Dump
        } else {
            WhyNot::Unlisted
        };
        folder.leave_out(why, [path.join(name)]);
    }
    folder.entries = read.entries;
    folder
}

fn by_plan(files: &dyn FileSystem, sources: &SourceMap, path: &Path) -> MigrationFolder {
    let plan = sqitch::read(files, sources, path);
    let mut folder = MigrationFolder::new(Layout::Plain);
    for (name, why) in [
        ("deploy", WhyNot::Unlisted),
        ("revert", WhyNot::Rollback),
        ("verify", WhyNot::Verification),
    ] {
        let mut scripts = scripts_below(files, vec![path.with_file_name(name)]);
        scripts.retain(|it| !plan.files.contains(it));
        folder.leave_out(why, scripts);
    }
    folder.files = plan.files;
    folder.missing = plan.missing;
    folder.errors = plan.errors;
    folder
}

fn by_folders(path: &Path, mut folders: Vec<&str>, scripts: &[&str]) -> MigrationFolder {
    folders.sort_by(|one, other| locale_order(one, other));
    let mut folder = MigrationFolder::new(Layout::Folders);
    folder.files = folders.iter().map(|name| path.join(name).join("migration.sql")).collect();
    for name in scripts {
        let is_rollback = is_rollback(name, scripts.iter().copied());
        let why = if is_rollback { WhyNot::Rollback } else { WhyNot::Stray };
        folder.leave_out(why, [path.join(name)]);
    }
    folder
}

/// The dialect that Prisma writes beside its folders.
fn prisma_dialect(files: &dyn FileSystem, path: &Path) -> Option<Dialect> {
    let lock = files.read(&path.join("migration_lock.toml")).ok()?;
    let provider = lock.lines().find_map(|it| it.trim_start().strip_prefix("provider"))?;
    match provider.trim_start().strip_prefix('=')?.trim().trim_matches('"') {
        "postgresql" | "cockroachdb" => Some(Dialect::PostgreSql),
        "mysql" => Some(Dialect::MySql),
        "sqlite" => Some(Dialect::Sqlite),
        _ => None,
    }
}

/// Diesel and Hasura: `<time>_<name>/up.sql`.
fn by_up_folders(files: &dyn FileSystem, path: &Path, mut folders: Vec<&str>) -> MigrationFolder {
    folders.sort_by(|one, other| natural_order(one, other));
    let mut folder = MigrationFolder::new(Layout::Plain);
    let of = |script: &'static str| folders.iter().map(move |name| path.join(name).join(script));
    folder.files = of("up.sql").collect();
    folder.leave_out(WhyNot::Rollback, of("down.sql").filter(|it| files.is_file(it)));
    folder
}

fn by_names(texts: &Texts<'_>, scripts: Vec<&str>) -> MigrationFolder {
    let arrangement = plain::arrange(scripts, texts);
    let mut folder = MigrationFolder::new(Layout::Plain);
    folder.files = arrangement.applied.iter().map(|name| texts.folder.join(name)).collect();
    for (name, why) in arrangement.left_out {
        folder.leave_out(why, [texts.folder.join(name)]);
    }
    folder
}
