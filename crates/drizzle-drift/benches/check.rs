//! How long a check takes, whole and by stage, on generated projects: `cargo bench --bench check`.
//!
//! `command` is everything that `drizzle-drift check` does, files on the disk included, except for
//! starting a process. The stages read from memory; `bare_parse` is the floor under `extract` and
//! `replay`, on one thread.

#[path = "bare_parse/mod.rs"]
mod bare_parse;
mod generator;

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::{fs, io};

use clap::Parser as _;
use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use drift_check::{CheckOptions, ProjectOptions, Session};
use drift_migrations::{Layout, Replay, ReplayInput};
use drift_model::{
    Date, Dialect, Engine, FileSystem as _, ForeignKey, JournalFaults, MemoryFileSystem, SourceMap,
};
use drift_rules::{Comparison, RuleLevels, RuleOptions, Sources};
use drift_schema::{DrizzleLine, Extraction, ModuleResolver, Resolution, SchemaInput};
use drizzle_drift::{Args, Environment};
use sqlparser::dialect::PostgreSqlDialect;
use tempfile::TempDir;

/// As in the command.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const TABLES: [usize; 4] = [10, 100, 1000, 10_000];

const STATEMENTS: [usize; 4] = [100, 1000, 10_000, 100_000];

fn main() {
    Project::new(100).assert_is_understood();
    divan::main();
}

/// The whole command, on the disk, with one line per finding.
#[divan::bench(args = TABLES, max_time = 5)]
fn command(bencher: Bencher<'_, '_>, tables: usize) {
    let directory = Directory::new(tables);
    let arguments = Args::parse_from(["drizzle-drift", "check", "--format", "concise"]);
    let environment = Environment::new(directory.root.path().to_owned());
    bencher.counter(directory.bytes).bench(|| {
        drizzle_drift::run(&arguments, &environment, &mut io::sink()).expect("the check runs")
    });
}

/// What an editor waits for behind a key: a table of the schema has changed, nothing else.
#[divan::bench(args = [100, 300, 1000], max_time = 5)]
fn session_after_a_change(bencher: Bencher<'_, '_>, tables: usize) {
    let directory = Directory::new(tables);
    let root = directory.root.path().canonicalize().expect("the project is there");
    let options = CheckOptions::new(Date::from_unix_seconds(0));
    let mut session = Session::new(ProjectOptions::default(), &root, &[]);
    session.check(|_| options.clone()).expect("the check runs");
    let files = session.sources().files();
    let is_schema = |path: &Path| path.parent().is_some_and(|it| it.ends_with("schema"));
    let file = files.iter().find(|it| is_schema(&it.path)).expect("there is a schema");
    let (path, text) = (file.path.clone(), file.text.clone());
    let mut count = 0;
    bencher.bench_local(|| {
        count += 1;
        session.set_buffer(&path, format!("{text}\n// {count}"));
        session.check(|_| options.clone()).expect("the check runs").projects.len()
    });
}

/// TypeScript to a catalog.
#[divan::bench(args = TABLES, max_time = 5)]
fn extract(bencher: Bencher<'_, '_>, tables: usize) {
    let project = Project::new(tables);
    bencher.counter(project.bytes("ts")).bench(|| project.extract());
}

/// SQL to a catalog.
#[divan::bench(args = TABLES, max_time = 5)]
fn replay(bencher: Bencher<'_, '_>, tables: usize) {
    let project = Project::new(tables);
    bencher.counter(project.bytes("sql")).bench(|| project.replay());
}

/// Both catalogs to findings.
#[divan::bench(args = TABLES, max_time = 5)]
fn compare_and_check(bencher: Bencher<'_, '_>, tables: usize) {
    let project = Project::new(tables);
    let sources = SourceMap::default();
    let (extraction, replay) = (project.extract_with(&sources), project.replay_with(&sources));
    let (journal, options) = (JournalFaults::default(), RuleOptions::default());
    let engine = Engine::new(Dialect::PostgreSql);
    let compared = Sources {
        schema: Some(&extraction.catalog),
        migrations: Some(&replay.catalog),
        relations: &extraction.relations,
        unresolved: &[],
        texts: Some(&sources),
        ..Sources::new(engine, &journal, &options)
    };
    let levels = RuleLevels::default();
    bencher
        .counter(ItemsCount::new(tables))
        .bench(|| drift_rules::check(&Comparison::new(compared), &levels));
}

/// As `replay`, on one thread: to be held against `bare_parse_of_migrations`.
#[divan::bench(args = STATEMENTS, max_time = 5)]
fn replay_on_one_thread(bencher: Bencher<'_, '_>, statements: usize) {
    let project = Project::of_statements(statements);
    let one_thread = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    bencher.counter(project.bytes("sql")).bench(|| one_thread.install(|| project.replay()));
}

/// Many statements of one kind about one table: with ten times as many, one takes as long as before.
#[divan::bench(args = kinds_and_counts(), max_time = 5)]
fn replay_many_of_one_kind(bencher: Bencher<'_, '_>, (kind, count): (&str, usize)) {
    let mut text = String::from("create table p (id int primary key); create table c (a int);\n");
    for at in 0..count {
        text.push_str(&kind.replace('#', &at.to_string()));
        text.push_str(";\n");
    }
    let project = Project::of_migration(&text);
    bencher.counter(ItemsCount::new(count)).bench(|| project.replay());
}

/// Each kind with the numbers of its statements; `#` is the number of the statement.
fn kinds_and_counts() -> Vec<(&'static str, usize)> {
    let kinds = [
        "create table t# (p_id int references p (id))",
        "alter table c add c# int",
        "alter table c add foreign key (a) references p (id)",
        "alter table c add constraint f# foreign key (a) references p (id)",
        "alter table c add check (a > 0)",
        "create index i# on c (a)",
        "create schema s#; create table s#.t (a int); drop schema s# cascade",
        "alter table p add c# int; alter table p drop c#",
    ];
    kinds.into_iter().flat_map(|kind| [1000, 10_000].map(|count| (kind, count))).collect()
}

/// The SQL through its parser, once: the floor under `replay`.
#[divan::bench(args = STATEMENTS, max_time = 5)]
fn bare_parse_of_migrations(bencher: Bencher<'_, '_>, statements: usize) {
    let project = Project::of_statements(statements);
    let texts = project.texts("sql");
    bencher.counter(project.bytes("sql")).bench(|| {
        for text in &texts {
            black_box(bare_parse::sql(text, &PostgreSqlDialect {}));
        }
    });
}

/// The TypeScript through its parser, once: the floor under `extract`.
#[divan::bench(args = TABLES, max_time = 5)]
fn bare_parse_of_schema(bencher: Bencher<'_, '_>, tables: usize) {
    let project = Project::new(tables);
    let texts = project.texts("ts");
    bencher.counter(project.bytes("ts")).bench(|| {
        for text in &texts {
            black_box(bare_parse::typescript(text));
        }
    });
}

/// The same text through both parsers, once.
#[divan::bench(args = TABLES, max_time = 5)]
fn bare_parse(bencher: Bencher<'_, '_>, tables: usize) {
    let project = Project::new(tables);
    let (typescript, sql) = (project.texts("ts"), project.texts("sql"));
    let bytes = typescript.iter().chain(&sql).map(String::len).sum::<usize>();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        for text in &typescript {
            black_box(bare_parse::typescript(text));
        }
        for text in &sql {
            black_box(bare_parse::sql(text, &PostgreSqlDialect {}));
        }
    });
}

/// A generated project in memory.
struct Project {
    files: MemoryFileSystem,
    entries: Vec<PathBuf>,
    migrations: Vec<PathBuf>,
    foreign_keys: usize,
    wrong_actions: usize,
    missing: usize,
}

impl Project {
    fn new(tables: usize) -> Self {
        let generator::Project { files: texts, foreign_keys, wrong_actions, missing } =
            generator::generate(tables);
        let mut files = MemoryFileSystem::default();
        for (path, text) in &texts {
            files.insert(path, text);
        }
        let folder =
            drift_migrations::discover(&files, &SourceMap::default(), Path::new("drizzle"))
                .expect("the folder of migrations is listed");
        let entries = vec![PathBuf::from("src/schema/index.ts")];
        let migrations = folder.files;
        Self { files, entries, migrations, foreign_keys, wrong_actions, missing }
    }

    /// A project of one migration and nothing else.
    fn of_migration(text: &str) -> Self {
        let path = Path::new("drizzle/0000_init.sql");
        let mut files = MemoryFileSystem::default();
        files.insert(path, text);
        let migrations = vec![path.to_owned()];
        Self { files, entries: vec![], migrations, foreign_keys: 0, wrong_actions: 0, missing: 0 }
    }

    /// A project whose migrations have about so many statements.
    fn of_statements(statements: usize) -> Self {
        const SAMPLE: usize = 100;
        let for_sample = Self::new(SAMPLE).replay().statements;
        Self::new((statements * SAMPLE).div_ceil(for_sample))
    }

    fn extract(&self) -> Extraction {
        self.extract_with(&SourceMap::default())
    }

    fn extract_with(&self, sources: &SourceMap) -> Extraction {
        drift_schema::extract(&SchemaInput {
            files: &self.files,
            resolver: &Relative(&self.files),
            sources,
            entries: &self.entries,
            dialect: Dialect::PostgreSql,
            line: DrizzleLine::V0,
            casing: None,
            env: &BTreeMap::new(),
        })
    }

    fn replay(&self) -> Replay {
        self.replay_with(&SourceMap::default())
    }

    fn replay_with(&self, sources: &SourceMap) -> Replay {
        drift_migrations::replay(&ReplayInput {
            files: &self.files,
            sources,
            migrations: &self.migrations,
            layout: Layout::Journal,
            dialect: Dialect::PostgreSql,
        })
    }

    /// A fast reader that misses something is not fast.
    fn assert_is_understood(&self) {
        let declared = self.extract().catalog.foreign_keys;
        let migrated = self.replay().catalog.foreign_keys;
        let has_other_action = |key: &&ForeignKey| {
            migrated.iter().any(|other| other.name == key.name && other.on_delete != key.on_delete)
        };
        assert_eq!(declared.len(), self.foreign_keys, "foreign keys of the schema");
        assert_eq!(migrated.len() + self.missing, self.foreign_keys, "those of the migrations");
        let wrong_actions = declared.iter().filter(has_other_action).count();
        assert_eq!(wrong_actions, self.wrong_actions, "foreign keys with another action");
    }

    fn texts(&self, extension: &str) -> Vec<String> {
        self.files
            .paths()
            .filter(|path| path.extension().is_some_and(|it| it == extension))
            .map(|path| self.files.read(path).expect("a path of the file system itself"))
            .collect()
    }

    fn bytes(&self, extension: &str) -> BytesCount {
        BytesCount::new(self.texts(extension).iter().map(String::len).sum::<usize>())
    }
}

/// Resolves `./part_001` next to the importer; packages are not there.
struct Relative<'a>(&'a MemoryFileSystem);

impl ModuleResolver for Relative<'_> {
    fn resolve(&self, specifier: &str, importer: &Path) -> Resolution {
        let mut path = importer.parent().unwrap_or(Path::new("")).to_path_buf();
        for part in Path::new(specifier).components() {
            match part {
                Component::Normal(name) => path.push(name),
                Component::ParentDir => _ = path.pop(),
                _ => {}
            }
        }
        path.set_extension("ts");
        match specifier.starts_with('.') && self.0.is_file(&path) {
            true => Resolution::File(path),
            false => Resolution::NotFound(format!("no file for {specifier}")),
        }
    }
}

/// A generated project on the disk, gone when dropped.
struct Directory {
    root: TempDir,
    bytes: BytesCount,
}

impl Directory {
    fn new(tables: usize) -> Self {
        let root = TempDir::new().expect("a temporary directory can be made");
        let files = generator::generate(tables).files;
        for (name, text) in &files {
            let path = root.path().join(name);
            let parent = path.parent().expect("a path below the project's directory");
            fs::create_dir_all(parent).expect("the temporary directory can be written to");
            fs::write(path, text).expect("the temporary directory can be written to");
        }
        let is_read = |name: &str| name.ends_with(".ts") || name.ends_with(".sql");
        let texts = files.iter().filter(|(name, _)| is_read(name));
        let bytes = BytesCount::new(texts.map(|(_, text)| text.len()).sum::<usize>());
        Self { root, bytes }
    }
}
