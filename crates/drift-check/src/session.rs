//! Checking the same projects again and again, as an editor and `--watch` do: what has not changed is
//! not read again.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use drift_model::{SourceError, SourceMap};
use drift_project::{Discovery, Disk, Project, Seen};

use crate::analysis::{Analysis, Parts, Plan, share_schemas};
use crate::check::{CheckOptions, Checked, check};
use crate::prepare::{Prepared, ProjectOptions, Read, Wants};
use crate::report::ProjectReport;
use crate::side_by_side::side_by_side;

/// Projects that are checked more than once.
///
/// Texts are kept as long as their files stay as they are, and so is what was read of the migrations of
/// a project while its schema changes, and the other way round. What projects there are is looked for
/// again as soon as anything else changes.
pub struct Session {
    project_options: ProjectOptions,
    check_options: CheckOptions,
    folder: PathBuf,
    seen: Arc<Seen>,
    sources: SourceMap,
    known: Option<Known>,
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
    /// Everything that was looked at to find them.
    basis: HashSet<PathBuf>,
}

impl Session {
    /// A session in a folder, of which nothing is read yet.
    pub fn new(
        project_options: ProjectOptions,
        check_options: CheckOptions,
        folder: &Path,
    ) -> Self {
        Self {
            project_options,
            check_options,
            folder: folder.to_path_buf(),
            seen: Arc::default(),
            sources: SourceMap::default(),
            known: None,
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

    /// The settings of the last check, and where it looked.
    pub fn prepared(&self) -> Option<&Prepared> {
        self.known.as_ref().map(|it| &it.prepared)
    }

    /// Every file and folder that was looked at, in no stable order: nothing else changes what is found,
    /// but for what is new in a folder.
    pub fn looked_at(&self) -> Vec<PathBuf> {
        self.seen.paths()
    }

    /// Whether a file or a folder was looked at.
    pub fn has_looked_at(&self, path: &Path) -> bool {
        self.seen.has(path)
    }

    /// Puts what an editor has in the place of a file. The path is the one that the disk knows, without
    /// symbolic links.
    pub fn set_buffer(&mut self, path: &Path, text: String) {
        let is_same = self.sources.get(path).is_some_and(|it| it.text == without_mark(&text));
        self.seen.set_buffer(path, text);
        if !is_same && self.seen.has(path) {
            self.forget(&[path.to_path_buf()]);
        }
    }

    /// Lets the file count again.
    pub fn close_buffer(&mut self, path: &Path) {
        self.seen.close_buffer(path);
        if self.seen.has(path) {
            self.forget(&[path.to_path_buf()]);
        }
    }

    /// Looks which files are not as they were when they were read; gives whether there are any.
    pub fn refresh(&mut self) -> bool {
        let changed = self.seen.changed();
        self.forget(&changed);
        !changed.is_empty()
    }

    /// Looks for projects anew in the next check, as after a new config in a folder that nobody looked
    /// into.
    pub fn rediscover(&mut self) {
        if let Some(known) = self.known.take() {
            // They are read again, so that it is known what the next discovery looks at.
            known.basis.iter().for_each(|path| self.sources.forget(path));
        }
    }

    /// Reads what is not known any more, and checks everything.
    ///
    /// # Errors
    /// The folder is not there, the settings or the baseline cannot be understood, or `git` does not
    /// know what changed.
    pub fn check(&mut self) -> anyhow::Result<&State> {
        self.state = None;
        let known = match self.known.take() {
            Some(known) => self.known.insert(known),
            None => {
                self.seen.take_recorded();
                let discovered = self.discover();
                let basis = self.seen.take_recorded();
                if discovered.is_err() {
                    basis.iter().for_each(|path| self.sources.forget(path));
                }
                self.known.insert(Known { basis, ..discovered? })
            }
        };
        let Known { prepared, projects, errors, .. } = known;
        let wants = Wants { accounts: self.check_options.has_stats, snapshot: true };
        let (sources, reading) = (&self.sources, prepared.reading(wants));
        let mut analyses = side_by_side(projects.iter_mut().collect(), |(project, parts)| {
            let plan = Plan::new(&prepared.disk, sources, reading, project);
            *parts = plan.read(std::mem::take(parts));
            plan.finish(parts.clone())
        });
        share_schemas(&mut analyses);
        let mut read = Read { analyses, errors: errors.clone() };
        let Checked { projects, fixed } = check(prepared, sources, &mut read, &self.check_options)?;
        let Read { analyses, errors } = read;
        Ok(self.state.insert(State { analyses, projects, errors, fixed }))
    }

    fn discover(&self) -> anyhow::Result<Known> {
        let folder = &self.folder;
        let folder =
            folder.canonicalize().with_context(|| format!("cannot enter {}", folder.display()))?;
        let disk = Disk::with_memory(&folder, Arc::clone(&self.seen));
        let prepared = Prepared::with_disk(&self.project_options, folder, disk, &self.sources)?;
        let Discovery { projects, errors } =
            drift_project::discover(&prepared.disk, &self.sources, &prepared.request);
        let projects = projects.into_iter().map(|it| (it, Parts::default())).collect();
        Ok(Known { prepared, projects, errors, basis: HashSet::new() })
    }

    /// Forgets files that changed, and everything that followed from them.
    fn forget(&mut self, changed: &[PathBuf]) {
        self.seen.forget(changed);
        changed.iter().for_each(|path| self.sources.forget(path));
        let Some(known) = &mut self.known else { return };
        let mut is_known = true;
        for path in changed {
            is_known &= known.forget(path);
        }
        if !is_known {
            self.rediscover();
        }
    }
}

impl Known {
    /// Forgets what followed from a file; gives whether the projects are the same all the same.
    fn forget(&mut self, path: &Path) -> bool {
        let mut is_migration = false;
        for (project, parts) in &mut self.projects {
            if project.migrations.as_deref().is_some_and(|folder| path.starts_with(folder)) {
                parts.forget_migrations();
                is_migration = true;
            }
        }
        if self.basis.contains(path) {
            return false;
        }
        if is_script(path) {
            self.projects.iter_mut().for_each(|(_, parts)| parts.forget_schema());
        }
        is_migration || is_script(path)
    }
}

fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

fn is_script(path: &Path) -> bool {
    const EXTENSIONS: [&str; 8] = ["ts", "mts", "cts", "tsx", "js", "mjs", "cjs", "jsx"];
    path.extension().and_then(OsStr::to_str).is_some_and(|it| EXTENSIONS.contains(&it))
}

#[cfg(test)]
mod tests {
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
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn options() -> CheckOptions {
        CheckOptions::new(Date::from_unix_seconds(0))
    }

    fn session(root: &Path) -> Session {
        Session::new(ProjectOptions::default(), options(), root)
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
        match session.check() {
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

    #[test]
    fn files_that_nobody_looked_at_do_not_matter() {
        let (_folder, root) = project();
        let mut session = session(&root);
        check(&mut session, &root);
        assert!(!session.has_looked_at(&root.join("src/button.ts")));
        assert!(session.has_looked_at(&root.join("src/schema/users.ts")));
        session.set_buffer(&root.join("src/button.ts"), "export const users = (".to_owned());
        let known = session.known.as_ref().unwrap();
        assert!(known.projects.iter().all(|(_, parts)| parts.has_schema()));
    }

    #[test]
    fn broken_settings_are_an_error_until_they_are_mended() {
        let (_folder, root) = project();
        let settings = root.join("drizzle-drift.json");
        let mut session = session(&root);
        check(&mut session, &root);
        write(&settings, "{ \"rules\": ");
        session.refresh();
        assert!(session.check().is_err());
        assert!(session.check().is_err());
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

    /// Whatever happens to files and buffers, a session says what a new one would.
    #[test]
    fn says_what_a_new_session_says() {
        let outcomes: HashSet<Vec<String>> = (0..5).flat_map(random_changes).collect();
        assert!(outcomes.len() > 50, "{} different outcomes", outcomes.len());
    }

    /// Everything that was found on the way.
    fn random_changes(seed: u64) -> HashSet<Vec<String>> {
        let (_folder, root) = project();
        let mut random = fastrand::Rng::with_seed(seed);
        let mut session = session(&root);
        let mut buffers: Vec<(PathBuf, String)> = Vec::new();
        let [config, users, posts, init, _] = FILES.map(|(_, text)| text.to_owned());
        let more = "ALTER TABLE posts DROP COLUMN author_id;".to_owned();
        let with_level = r#"{ "level": "warn" }"#.to_owned();
        let files = [
            ("src/schema/users.ts", [users.clone(), users.replace("id", "uid"), posts.clone()]),
            ("src/schema/posts.ts", [posts.clone(), posts.replace("cascade", "set null"), users]),
            ("src/schema/index.ts", ["export * from './users';".to_owned(), posts, String::new()]),
            (
                "sql/0000_init.sql",
                [init.clone(), init.replace("TABLE posts", "TABLE p"), more.clone()],
            ),
            ("sql/0001_more.sql", [more.clone(), init, "DROP TABLE posts;".to_owned()]),
            (
                "drizzle.config.ts",
                [config.clone(), config.replace("./src/schema", "./src"), config],
            ),
            ("drizzle-drift.json", [with_level, "{}".to_owned(), "{ \"level\": ".to_owned()]),
            ("src/button.ts", ["export * from './schema/users';".to_owned(), more, String::new()]),
        ];
        let mut outcomes = HashSet::new();
        for step in 0..150 {
            let (path, texts) = &files[random.usize(..files.len())];
            let path = root.join(path);
            let text = if random.u8(..12) == 0 {
                "export * from './users'; ("
            } else {
                &texts[random.usize(..3)]
            };
            match random.u8(..8) {
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
                _ => write(&path, text),
            }
            session.refresh();
            let mut new = self::session(&root);
            for (path, text) in &buffers {
                new.set_buffer(path, text.clone());
            }
            let (found, expected) = (check(&mut session, &root), check(&mut new, &root));
            assert_eq!(found, expected, "seed {seed}, step {step}: {}", path.display());
            outcomes.insert(found);
        }
        outcomes
    }
}
