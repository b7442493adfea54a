//! Checking the same projects again and again, as an editor and `--watch` do: what has not changed is
//! neither read nor parsed nor replayed again.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use drift_model::{SourceError, SourceFile, SourceMap};
use drift_project::{Dependencies, Discovery, Disk, Memory, Project};
use drift_schema::{SyntaxTrees, with_large_stack};

use crate::analysis::{Analysis, Parts, Plan, Reading, share_schemas};
use crate::check::{CheckOptions, Checked, check};
use crate::prepare::{Prepared, ProjectOptions, Read, Wants};
use crate::report::ProjectReport;
use crate::side_by_side::side_by_side;

/// Projects that are checked more than once.
///
/// Texts are kept as long as their files stay as they are, and what was read of a schema, of migrations or
/// of a snapshot as long as the texts are the same that it was read from. Which projects there are, and
/// what imports mean, is found out again as soon as anything changes that it was found out from.
pub struct Session {
    project_options: ProjectOptions,
    folder: PathBuf,
    memory: Arc<Memory>,
    sources: SourceMap,
    trees: SyntaxTrees,
    known: Option<Known>,
    /// What was read of the projects before they were looked for again.
    former: Vec<(Project, Parts)>,
    state: Option<State>,
}

/// What a check found, and what it found it in.
pub struct State {
    /// What was read of each project.
    pub analyses: Vec<Analysis>,
    /// What was found in each project, in the same order.
    pub projects: Vec<ProjectReport>,
    /// Configs that could not be read, paths that are not there.
    pub errors: Vec<SourceError>,
    /// How many findings of the baseline are fixed.
    pub fixed: usize,
}

/// Which projects there are, and what was read of them.
struct Known {
    prepared: Prepared,
    projects: Vec<(Project, Parts)>,
    errors: Vec<SourceError>,
    /// What was read to find them.
    texts: Vec<Arc<SourceFile>>,
    /// Whether they were found just now.
    are_new: bool,
}

impl Session {
    /// A session in a folder, of which nothing is read yet. `own` are files that are written after each
    /// check, which never concern it.
    pub fn new(project_options: ProjectOptions, folder: &Path, own: &[PathBuf]) -> Self {
        Self {
            project_options,
            folder: folder.to_path_buf(),
            memory: Arc::new(Memory::without(own)),
            sources: SourceMap::default(),
            trees: SyntaxTrees::default(),
            known: None,
            former: Vec::new(),
            state: None,
        }
    }

    /// The files of the last check.
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// What the last check found, unless it failed.
    pub fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }

    /// As [`Self::state`], once.
    pub fn take_state(&mut self) -> Option<State> {
        self.state.take()
    }

    /// The settings of the last check, and where it looked.
    pub fn prepared(&self) -> Option<&Prepared> {
        self.known.as_ref().map(|it| &it.prepared)
    }

    /// Which changes concern the last check.
    pub fn dependencies(&self) -> Dependencies {
        Dependencies::new(&self.memory)
    }

    /// Has a file concern the checks that they do not ask for themselves.
    pub fn depend_on(&self, path: &Path) {
        self.memory.depend_on(path);
    }

    /// Whether a file or a folder was looked at.
    pub fn has_looked_at(&self, path: &Path) -> bool {
        self.memory.has(path)
    }

    /// Puts what an editor has in the place of a file. The path is the one that the disk knows, without
    /// symbolic links.
    pub fn set_buffer(&mut self, path: &Path, text: String) {
        let is_same = self.sources.get(path).is_some_and(|it| it.text == without_mark(&text));
        self.memory.set_buffer(path, text);
        if !is_same {
            self.forget(path);
        }
    }

    /// Lets the file count again.
    pub fn close_buffer(&mut self, path: &Path) {
        self.memory.close_buffer(path);
        self.forget(path);
    }

    /// Looks which files are not as they were when they were read; gives whether there are any.
    pub fn refresh(&mut self) -> bool {
        let changes = self.memory.changes();
        changes.texts.iter().for_each(|path| self.sources.forget(path));
        if changes.unsettle {
            self.rediscover();
        }
        changes.are_any
    }

    /// Looks for projects anew in the next check, as after a new config in a folder that nobody looked
    /// into.
    pub fn rediscover(&mut self) {
        if let Some(known) = self.known.take() {
            let parts = known.projects.into_iter().map(|(project, it)| (project, it.of_texts()));
            self.former = parts.collect();
        }
    }

    /// Reads what is not known any more, and checks everything, as the options say that follow from the
    /// settings.
    ///
    /// # Errors
    /// The folder is not there, the settings or the baseline cannot be understood, or `git` does not
    /// know what changed.
    pub fn check(
        &mut self,
        options: impl FnOnce(&Prepared) -> CheckOptions,
    ) -> anyhow::Result<&State> {
        self.state = None;
        self.sources.renew();
        let known = match self.known.take() {
            Some(known) => {
                // They belong to every run, and none of them has changed.
                for text in &known.texts {
                    let _ = self.sources.load(&known.prepared.disk, &text.path);
                }
                known
            }
            None => self.discover()?,
        };
        let Known { prepared, projects, errors, are_new, .. } = self.known.insert(known);
        let options = options(prepared);
        let wants = Wants { accounts: options.has_stats, snapshot: true };
        let sources = &self.sources;
        let reading = Reading { trees: Some(&self.trees), ..prepared.reading(wants) };
        let mut analyses = side_by_side(projects.iter_mut().collect(), |(project, parts)| {
            with_large_stack(|| {
                let plan = Plan::new(&prepared.disk, sources, reading, project);
                *parts = plan.read(std::mem::take(parts));
                plan.finish(parts)
            })
        });
        self.trees.retain(sources);
        share_schemas(&mut analyses);
        // An import may be the first to ask for the packages of the repository.
        self.memory.look_around();
        if std::mem::take(are_new) {
            // What nobody looks at any more may change unnoticed.
            self.memory.end().iter().for_each(|path| sources.forget(path));
        }
        let mut read = Read { analyses, errors: errors.clone(), trees: None };
        let Checked { projects, fixed } = check(prepared, sources, &mut read, &options)?;
        let Read { analyses, errors, .. } = read;
        Ok(self.state.insert(State { analyses, projects, errors, fixed }))
    }

    fn discover(&mut self) -> anyhow::Result<Known> {
        self.memory.begin();
        let folder = &self.folder;
        let folder =
            folder.canonicalize().with_context(|| format!("cannot enter {}", folder.display()))?;
        let disk = Disk::with_memory(&folder, Arc::clone(&self.memory));
        let prepared = Prepared::with_disk(&self.project_options, folder, disk, &self.sources)?;
        let Discovery { projects, errors } =
            drift_project::discover(&prepared.disk, &self.sources, &prepared.request);
        let mut former = std::mem::take(&mut self.former);
        let mut parts = |project: &Project| {
            let is_same = |(it, _): &(Project, Parts)| {
                (&it.config, &it.migrations) == (&project.config, &project.migrations)
            };
            former.iter().position(is_same).map(|at| former.swap_remove(at).1).unwrap_or_default()
        };
        let projects = projects.into_iter().map(|it| (parts(&it), it));
        let projects = projects.map(|(parts, project)| (project, parts)).collect();
        let texts = self.sources.files();
        Ok(Known { prepared, projects, errors, texts, are_new: true })
    }

    /// Forgets the text of a file, and what it decides about.
    fn forget(&mut self, path: &Path) {
        if self.memory.has(path) {
            self.sources.forget(path);
            if self.memory.settles(path) {
                self.rediscover();
            }
        }
    }
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::fs;

    use drift_model::Date;
    use tempfile::TempDir;

    use super::*;

    const FILES: [(&str, &str); 5] = [
        (
            "drizzle.config.ts",
            r#"import { defineConfig } from "drizzle-kit";
            export default defineConfig({ dialect: "postgresql", schema: "./src/schema", out: "./sql" });"#,
        ),
        (
            "src/schema/users.ts",
            r#"import { integer, pgTable } from "drizzle-orm/pg-core";
            export const users = pgTable("users", { id: integer("id").primaryKey() });"#,
        ),
        (
            "src/schema/posts.ts",
            r#"import { integer, pgTable } from "drizzle-orm/pg-core";
            import { users } from "./users";
            export const posts = pgTable("posts", {
                id: integer("id").primaryKey(),
                authorId: integer("author_id").references(() => users.id, { onDelete: "cascade" }),
            });"#,
        ),
        (
            "sql/0000_init.sql",
            "CREATE TABLE users (id integer PRIMARY KEY NOT NULL);
            CREATE TABLE posts (id integer PRIMARY KEY NOT NULL, author_id integer REFERENCES users (id));",
        ),
        ("src/button.ts", "export const label = 'Send';"),
    ];

    /// A folder with a project that has one fault, by its path without symbolic links.
    fn project() -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir(root.join(".git")).unwrap();
        for (path, text) in FILES {
            write(&root.join(path), text);
        }
        (folder, root)
    }

    fn write(path: &Path, text: &str) {
        let _ = fs::create_dir_all(path.parent().unwrap());
        fs::write(path, text).unwrap();
    }

    fn options() -> CheckOptions {
        CheckOptions::new(Date::from_unix_seconds(0))
    }

    fn session(root: &Path) -> Session {
        Session::new(ProjectOptions::default(), root, &[])
    }

    /// What a check says: a line for each error, finding and project that is not compared.
    fn told(state: &State, sources: &SourceMap, root: &Path) -> Vec<String> {
        let places = crate::Places { sources, current_directory: root };
        let mut lines: Vec<String> = state.errors.iter().map(|it| it.message.clone()).collect();
        for project in &state.projects {
            lines.extend(project.not_compared.iter().cloned());
            lines.extend(project.errors.iter().map(|it| it.message.clone()));
            for finding in project.findings.iter().map(|it| &it.finding) {
                let place = finding.labels.first().map(|it| places.place(it.span));
                let place = place.map(|it| format!("{}:{}:{}", it.file, it.line, it.column));
                let place = place.unwrap_or_default();
                lines.push(format!("{place} {}: {}", finding.rule, finding.message));
            }
        }
        lines
    }

    fn check(session: &mut Session, root: &Path) -> Vec<String> {
        match session.check(|_| options()) {
            Err(error) => vec![format!("{error:#}")],
            Ok(_) => told(session.state().unwrap(), session.sources(), root),
        }
    }

    fn rules(lines: &[String]) -> Vec<&str> {
        let rules = lines.iter().filter_map(|it| it.split_once(' ')?.1.split_once(':'));
        let rules = rules.map(|(rule, _)| rule);
        rules.filter(|it| *it == "on-delete-mismatch" || it.starts_with("missing")).collect()
    }

    #[test]
    fn a_buffer_counts_in_place_of_its_file() {
        let (_folder, root) = project();
        let mut session = session(&root);
        assert_eq!(rules(&check(&mut session, &root)), ["on-delete-mismatch"]);
        let path = root.join("src/schema/posts.ts");
        let text = FILES[2].1.replace(", { onDelete: \"cascade\" }", "");
        session.set_buffer(&path, text);
        assert_eq!(rules(&check(&mut session, &root)), [] as [&str; 0]);
        session.close_buffer(&path);
        assert_eq!(rules(&check(&mut session, &root)), ["on-delete-mismatch"]);
    }

    #[test]
    fn what_did_not_change_is_not_read_again() {
        let (_folder, root) = project();
        let mut session = session(&root);
        check(&mut session, &root);
        // Without a look at the disk, nobody can know of it.
        write(
            &root.join("sql/0000_init.sql"),
            "CREATE TABLE users (id integer PRIMARY KEY NOT NULL);",
        );
        let text = format!("// changed\n{}", FILES[2].1);
        session.set_buffer(&root.join("src/schema/posts.ts"), text);
        assert_eq!(rules(&check(&mut session, &root)), ["on-delete-mismatch"]);
        session.refresh();
        assert_eq!(rules(&check(&mut session, &root)), ["missing-table"]);
    }

    /// Whether the next check has the schema and the migrations of the last one.
    fn kept(session: &mut Session, root: &Path) -> [bool; 2] {
        let before = session.take_state().unwrap();
        check(session, root);
        let (_, parts) = &session.known.as_ref().unwrap().projects[0];
        parts.shared_with(&before.analyses[0])
    }

    #[test]
    fn what_is_read_again_depends_on_what_changed() {
        let (_folder, root) = project();
        write(&root.join("tsconfig.json"), "{}");
        settle();
        let mut session = session(&root);
        check(&mut session, &root);
        let changes: [(&str, &str, [bool; 2]); 6] = [
            ("src/schema/users.ts", FILES[1].1, [true, true]),
            ("src/schema/users.ts", FILES[2].1, [false, true]),
            ("sql/0000_init.sql", "CREATE TABLE users (id integer);", [true, false]),
            ("sql/0001_more.sql", "DROP TABLE users;", [true, false]),
            ("drizzle-drift.json", "{}", [false, true]),
            ("src/schema/more.ts", "", [false, true]),
        ];
        for (path, text, expected) in changes {
            write(&root.join(path), text);
            assert!(session.refresh(), "{path}");
            assert_eq!(kept(&mut session, &root), expected, "{path}");
            settle();
            session.refresh();
            check(&mut session, &root);
        }
        assert!(!session.refresh());
    }

    /// Waits until another change of a file would show.
    fn settle() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }

    #[test]
    fn files_that_nobody_looked_at_do_not_matter() {
        let (_folder, root) = project();
        let mut session = session(&root);
        check(&mut session, &root);
        assert!(!session.has_looked_at(&root.join("src/button.ts")));
        assert!(session.has_looked_at(&root.join("src/schema/users.ts")));
        session.set_buffer(&root.join("src/button.ts"), "export const users = (".to_owned());
        assert_eq!(kept(&mut session, &root), [true, true]);
    }

    #[test]
    fn broken_settings_are_an_error_until_they_are_mended() {
        let (_folder, root) = project();
        let settings = root.join("drizzle-drift.json");
        let mut session = session(&root);
        check(&mut session, &root);
        write(&settings, "{ \"rules\": ");
        session.refresh();
        assert!(session.check(|_| options()).is_err());
        assert!(session.check(|_| options()).is_err());
        write(&settings, r#"{ "rules": { "on-delete-mismatch": "off" } }"#);
        session.refresh();
        assert_eq!(rules(&check(&mut session, &root)), [] as [&str; 0]);
        write(&root.join("drizzle.config.ts"), &FILES[0].1.replace("./sql", "./nowhere"));
        session.refresh();
        assert!(
            check(&mut session, &root)[0].contains("there is no migration"),
            "{:?}",
            check(&mut session, &root)
        );
    }

    /// Whatever happens to files, folders, links and buffers, a session says what a new one would. More of
    /// it is tried where `DRIFT_SESSION_SEEDS` says so.
    #[test]
    #[allow(clippy::disallowed_methods, reason = "not what a schema sees")]
    fn says_what_a_new_session_says() {
        let seeds = std::env::var("DRIFT_SESSION_SEEDS").ok().and_then(|it| it.parse().ok());
        let seeds: u64 = seeds.unwrap_or(5);
        let outcomes: HashSet<Vec<String>> = (0..seeds).flat_map(random_changes).collect();
        assert!(outcomes.len() > 70, "{} different outcomes", outcomes.len());
    }

    /// What files may be, by their paths.
    fn random_files() -> Vec<(&'static str, Vec<String>)> {
        let [config, users, posts, init, _] = FILES.map(|(_, text)| text.to_owned());
        let more = "ALTER TABLE posts DROP COLUMN author_id;".to_owned();
        let aliased = posts.replace("\"./users\"", "\"@/users\"").replace("\"posts\"", "\"tags\"");
        let accepting = format!("// drizzle-drift-ignore on-delete-mismatch\n{posts}");
        let paths = |to: &str| {
            format!("{{ \"compilerOptions\": {{ \"paths\": {{ \"@/*\": [\"{to}/*\"] }} }} }}")
        };
        let journal =
            |entries: &str| format!("{{ \"dialect\": \"postgresql\", \"entries\": [{entries}] }}");
        let entry =
            |at: u8, tag: &str| format!("{{ \"idx\": {at}, \"when\": {at}, \"tag\": \"{tag}\" }}");
        let both = format!("{}, {}", entry(0, "0000_init"), entry(1, "0001_more"));
        let through = posts.replace("./users", "../linked/users");
        let set = |texts: &[&str]| texts.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
        vec![
            (
                "src/schema/users.ts",
                vec![users.clone(), users.replace("id", "uid"), posts.clone(), accepting.clone()],
            ),
            (
                "src/schema/posts.ts",
                vec![posts.clone(), posts.replace("cascade", "set null"), users.clone(), accepting],
            ),
            (
                "src/schema/index.ts",
                set(&["export * from './users';", "export * from '../other/users';", &posts, ""]),
            ),
            ("src/schema/tags.ts", vec![aliased, through, posts.clone()]),
            ("src/other/users.ts", vec![users.clone(), users.replace("id", "uid"), String::new()]),
            ("src/schema/deep/users.ts", vec![users.replace("users", "deep"), posts]),
            (
                "sql/0000_init.sql",
                vec![init.clone(), init.replace("TABLE posts", "TABLE p"), more.clone()],
            ),
            ("sql/0001_more.sql", set(&[&more, &init, "DROP TABLE posts;"])),
            (
                "sql/meta/_journal.json",
                vec![journal(&entry(0, "0000_init")), journal(&both), journal("")],
            ),
            (
                "drizzle.config.ts",
                vec![
                    config.clone(),
                    config.replace("./src/schema", "./src"),
                    config.replace("./src/schema", "./src/*/*.ts"),
                    config.replace("./sql", "./other"),
                    format!("import {{ label }} from './src/button';\n{config}")
                        .replace("\"./sql\"", "label"),
                ],
            ),
            ("drizzle-drift.json", set(&[r#"{ "level": "warn" }"#, "{}", "{ \"level\": "])),
            ("tsconfig.json", vec![paths("src/schema"), paths("src/other"), paths("./src/linked")]),
            ("package.json", set(&["{}", r#"{ "dependencies": { "drizzle-orm": "1.0.0" } }"#])),
            (".gitignore", set(&["packages", "", "drizzle.config.ts"])),
            ("packages/db/drizzle.config.ts", vec![config.replace("./src", "../../src")]),
            (
                "src/button.ts",
                set(&["export * from './schema/users';", "export const label = './sql';", ""]),
            ),
        ]
    }

    /// Everything that was found on the way.
    fn random_changes(seed: u64) -> HashSet<Vec<String>> {
        const STEPS: usize = 150;
        let (_folder, root) = project();
        let mut random = fastrand::Rng::with_seed(seed);
        let mut session = session(&root);
        let mut buffers: Vec<(PathBuf, String)> = Vec::new();
        let files = random_files();
        let mut outcomes = HashSet::new();
        for step in 0..STEPS {
            let (path, texts) = &files[random.usize(..files.len())];
            let path = root.join(path);
            let text = if random.u8(..12) == 0 {
                "export * from './users'; ("
            } else {
                &texts[random.usize(..texts.len())]
            };
            match random.u8(..12) {
                0 => drop(fs::remove_file(&path)),
                1 | 2 => {
                    buffers.retain(|(it, _)| *it != path);
                    buffers.push((path.clone(), text.to_owned()));
                    session.set_buffer(&path, text.to_owned());
                }
                3 | 4 => {
                    buffers.retain(|(it, _)| *it != path);
                    session.close_buffer(&path);
                }
                5 => {
                    let other = root.join(files[random.usize(..files.len())].0);
                    drop(fs::rename(&path, other));
                }
                6 => {
                    let folders = ["src/other", "src/moved", "src/schema/deep", "packages"];
                    let [from, to] = [0, 1].map(|_| folders[random.usize(..folders.len())]);
                    drop(fs::rename(root.join(from), root.join(to)));
                }
                7 => {
                    let (link, targets) = match random.bool() {
                        true => ("src/linked", ["schema", "other"]),
                        false => ("src/schema/link.ts", ["users.ts", "../other/users.ts"]),
                    };
                    point(&root.join(link), targets[random.usize(..2)]);
                }
                // As editors save, too: what replaces a file is another one.
                8 => {
                    write(&root.join("new~"), text);
                    drop(fs::rename(root.join("new~"), &path));
                }
                _ => write(&path, text),
            }
            // Sometimes several things have happened.
            if random.u8(..6) == 0 {
                continue;
            }
            session.refresh();
            let mut new = self::session(&root);
            for (path, text) in &buffers {
                new.set_buffer(path, text.clone());
            }
            let (found, expected) = (check(&mut session, &root), check(&mut new, &root));
            assert_eq!(found, expected, "seed {seed}, step {step}: {}", path.display());
            if session.state().is_some() {
                assert_eq!(
                    read(&session),
                    read(&new),
                    "seed {seed}, step {step}: {}",
                    path.display()
                );
            }
            outcomes.insert(found);
        }
        outcomes
    }

    /// The files that a check has read, or knew.
    fn read(session: &Session) -> Vec<PathBuf> {
        let files = session.sources().files();
        let mut paths: Vec<PathBuf> = files.iter().map(|it| it.path.clone()).collect();
        paths.sort_unstable();
        paths
    }

    /// Makes a symbolic link point somewhere else, where there are any.
    fn point(link: &Path, target: &str) {
        let _ = fs::remove_file(link);
        #[cfg(unix)]
        let _ = std::os::unix::fs::symlink(target, link);
        #[cfg(not(unix))]
        let _ = target;
    }
}
