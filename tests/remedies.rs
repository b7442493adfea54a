//! What findings offer does what it says: an edit of the schema, and the statements of a migration, each
//! make the finding go away and bring no other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use drift_migrations::{ReplayInput, ReplaySettings};
use drift_model::{Engine, Finding, Language, Level, SourceMap};
use drift_project::Disk;
use drift_rules::{Comparison, RuleLevels, RuleOptions, Sources};
use drift_schema::{DrizzleLine, SchemaInput};

/// A project as texts.
#[derive(Clone)]
struct Project {
    engine: Engine,
    line: DrizzleLine,
    schema: String,
    migrations: Vec<String>,
}

impl Project {
    fn new(engine: &str, schema: &str, migrations: &str) -> Self {
        let engine = Engine::parse(engine).unwrap();
        let (schema, migrations) = (schema.to_owned(), vec![migrations.to_owned()]);
        Self { engine, line: DrizzleLine::V0, schema, migrations }
    }

    /// What the rules say about it, with the offset of each edit into the schema.
    fn findings(&self) -> Vec<Finding> {
        let folder = tempfile::tempdir().unwrap();
        let sql = folder.path().join("sql");
        fs::create_dir(&sql).unwrap();
        let schema = folder.path().join("schema.ts");
        fs::write(&schema, &self.schema).unwrap();
        for (number, text) in self.migrations.iter().enumerate() {
            fs::write(sql.join(format!("{number:04}_x.sql")), text).unwrap();
        }
        self.check(folder.path(), schema, &sql)
    }

    fn check(&self, folder: &Path, schema: PathBuf, sql: &Path) -> Vec<Finding> {
        let (disk, texts) = (Disk::new(folder), SourceMap::default());
        let (dialect, env) = (self.engine.dialect(), BTreeMap::new());
        let extraction = drift_schema::extract(&SchemaInput {
            files: &disk,
            resolver: &disk,
            sources: &texts,
            entries: &[schema],
            dialect,
            line: self.line,
            casing: None,
            env: &env,
        });
        let found = drift_migrations::discover(&disk, &texts, sql).unwrap();
        let input = ReplayInput {
            files: &disk,
            sources: &texts,
            migrations: &found.files,
            layout: found.layout,
            dialect,
        };
        let settings = ReplaySettings { engine: self.engine, ..ReplaySettings::new(dialect) };
        let replay = drift_migrations::replay_with(&input, &settings);
        let journal = drift_migrations::journal_faults(&disk, &texts, &found, &self.engine);
        let options = RuleOptions::default();
        let unresolved = [&extraction.unresolved[..], &replay.unresolved[..]].concat();
        let comparison = Comparison::new(Sources {
            schema: Some(&extraction.catalog),
            migrations: Some(&replay.catalog),
            relations: &extraction.relations,
            lost: &extraction.lost,
            unresolved: &unresolved,
            opaque_exports: &extraction.opaque_exports,
            rebuilds: &replay.rebuilds,
            compares_generated_names: self.line == DrizzleLine::V0,
            texts: Some(&texts),
            ..Sources::new(self.engine, &journal, &options)
        });
        drift_rules::check(&comparison, &RuleLevels::default())
    }

    /// Applies everything that is offered, each to the project as it is, and looks again. Gives how many
    /// edits and how many migrations there were.
    fn mend(&self) -> (usize, usize) {
        let findings = self.findings();
        let before = subjects(&findings);
        let (mut edits, mut migrations) = (0, 0);
        for finding in &findings {
            for remedy in &finding.remedies {
                let mut mended = self.clone();
                match (&remedy.edit, remedy.language) {
                    (Some(edit), Language::TypeScript) => {
                        let range = edit.span.start as usize..edit.span.end as usize;
                        mended.schema.replace_range(range, &edit.text);
                        edits += 1;
                    }
                    (_, Language::Sql) if !remedy.text.starts_with("SELECT") => {
                        mended.migrations.push(remedy.text.clone());
                        migrations += 1;
                    }
                    _ => continue,
                }
                let after = mended.findings();
                let left: Vec<_> = subjects(&after).difference(&before).cloned().collect();
                let is_gone = !after.iter().any(|it| {
                    it.rule == finding.rule
                        && it.subject.columns == finding.subject.columns
                        && it.subject.table == finding.subject.table
                });
                assert!(
                    is_gone && left.is_empty(),
                    "{}\n{}: {}\nleft: {left:?}\n{}\n{}",
                    finding.message,
                    remedy.title,
                    remedy.text,
                    mended.schema,
                    mended.migrations.join("\n-- next\n"),
                );
            }
        }
        (edits, migrations)
    }
}

/// What the findings are about that are more than information, such as the name of what is declared anew,
fn subjects(findings: &[Finding]) -> BTreeSet<String> {
    let counted = findings.iter().filter(|it| it.level > Level::Info);
    counted.map(|it| format!("{} {:?} {:?}", it.rule, it.subject, it.message)).collect()
}

/// The parts of a schema that differ from dialect to dialect.
struct Words {
    engine: &'static str,
    module: &'static str,
    table: &'static str,
    integer: &'static str,
    column: &'static str,
}

const WORDS: [Words; 5] = [
    Words {
        engine: "postgresql-17",
        module: "pg-core",
        table: "pgTable",
        integer: "integer",
        column: "AnyPgColumn",
    },
    Words {
        engine: "cockroachdb",
        module: "pg-core",
        table: "pgTable",
        integer: "integer",
        column: "AnyPgColumn",
    },
    Words {
        engine: "mysql-8.4",
        module: "mysql-core",
        table: "mysqlTable",
        integer: "int",
        column: "AnyMySqlColumn",
    },
    Words {
        engine: "mariadb-10.11",
        module: "mysql-core",
        table: "mysqlTable",
        integer: "int",
        column: "AnyMySqlColumn",
    },
    Words {
        engine: "sqlite",
        module: "sqlite-core",
        table: "sqliteTable",
        integer: "integer",
        column: "AnySQLiteColumn",
    },
];

impl Words {
    /// A schema in which `posts.author_id` has something behind it and the table has something behind
    /// its columns.
    fn schema(&self, column: &str, extras: &str) -> String {
        let Words { module, table, integer, column: any, .. } = self;
        format!(
            "import {{ foreignKey, {integer} as integer, {table} as table, type {any} }} from \"drizzle-orm/{module}\";
const actions = {{ onDelete: \"restrict\" }} as const;
export const users = table(\"users\", {{ id: integer(\"id\").primaryKey(), \"other-id\": integer(\"other_id\").unique() }});
export const posts = table(\"posts\", {{
  id: integer(\"id\").primaryKey(),
  authorId: integer(\"author_id\"){column},
  parentId: integer(\"parent_id\"),
}}{extras});
export const used = actions;
"
        )
    }

    /// Migrations in which a foreign key is written at the end of `posts`.
    fn migrations(&self, foreign_key: &str) -> String {
        let foreign_key = match foreign_key {
            "" => String::new(),
            text => format!(",\n  {text}"),
        };
        format!(
            "CREATE TABLE users (id integer PRIMARY KEY, other_id integer UNIQUE);\nCREATE TABLE posts (\n  id integer PRIMARY KEY,\n  author_id integer,\n  parent_id integer{foreign_key}\n);\nCREATE TABLE comments (post_id integer, CONSTRAINT unrelated FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE CASCADE);\n"
        )
    }

    fn project(&self, schema: &str, foreign_key: &str) -> Project {
        let comments = "export const comments = table(\"comments\", { postId: integer(\"post_id\") }, (t) => [
  foreignKey({ columns: [t.postId], foreignColumns: [posts.id], name: \"unrelated\" }).onDelete(\"cascade\"),
]);
";
        Project::new(self.engine, &format!("{schema}{comments}"), &self.migrations(foreign_key))
    }
}

/// `CONSTRAINT posts_fk FOREIGN KEY ...` with what stands behind it.
fn constraint(rest: &str) -> String {
    format!("CONSTRAINT posts_fk FOREIGN KEY (author_id) REFERENCES users (id){rest}")
}

#[test]
fn what_is_offered_for_other_actions_mends_them() {
    let columns = [
        ".references(() => users.id)",
        ".notNull().references(() => users.id, {})",
        ".references(() => users.id, { onDelete: \"cascade\" })",
        ".references(() => users.id, { onDelete: 'cascade', onUpdate: \"cascade\", }).default(1)",
        ".references((): any => users.id, { ...actions, onUpdate: \"set null\" })",
        "\n    // who wrote it\n    .references(\n      () => users.id,\n      {\n        onUpdate: \"restrict\", // never\n      },\n    )",
    ];
    let key = "foreignKey({ columns: [t.authorId], foreignColumns: [users.id] })";
    let extras = [
        format!(", (t) => [{key}]"),
        format!(", (t) => ({{ author: {key}.onDelete(\"cascade\") }})"),
        format!(", (t) => [\n  {key}\n    .onUpdate('restrict')\n    .onDelete(\"restrict\"),\n]"),
    ];
    let migrated =
        ["", " ON DELETE CASCADE", " ON UPDATE CASCADE", " ON DELETE SET NULL ON UPDATE RESTRICT"];
    let (mut edits, mut migrations) = (0, 0);
    for words in &WORDS {
        let schemas = columns.iter().map(|it| words.schema(it, ""));
        let schemas = schemas.chain(extras.iter().map(|it| words.schema("", it)));
        for (schema, rest) in schemas.flat_map(|it| migrated.map(|rest| (it.clone(), rest))) {
            let mended = words.project(&schema, &constraint(rest)).mend();
            edits += mended.0;
            migrations += mended.1;
        }
    }
    assert!(edits > 150 && migrations > 150, "{edits} edits, {migrations} migrations");
}

#[test]
fn what_is_offered_for_one_side_alone_mends_it() {
    let (mut edits, mut migrations) = (0, 0);
    for words in &WORDS {
        for rest in ["", " ON DELETE CASCADE", " ON DELETE SET NULL ON UPDATE CASCADE"] {
            let undeclared = words.project(&words.schema("", ""), &constraint(rest));
            let (some_edits, some_migrations) = undeclared.mend();
            let own = "CONSTRAINT own FOREIGN KEY (parent_id) REFERENCES posts (id)";
            let (own_edits, _) = words.project(&words.schema("", ""), own).mend();
            let counts = (some_edits, some_migrations, own_edits);
            assert!(
                some_edits > 0 && some_migrations > 0 && own_edits > 0,
                "{} {counts:?}",
                words.engine
            );
            edits += some_edits;
        }
        for column in [
            ".references(() => users.id)",
            "\n    .references(() => users[\"other-id\"], { onDelete: \"set null\" })\n    .unique()",
        ] {
            let missing = words.project(&words.schema(column, ""), "");
            let (some_edits, some_migrations) = missing.mend();
            edits += some_edits;
            migrations += some_migrations;
        }
        let redirected = words.schema(".references(() => users.id, { onDelete: \"cascade\" })", "");
        let key = "CONSTRAINT posts_fk FOREIGN KEY (author_id) REFERENCES users (other_id)";
        let (some_edits, some_migrations) = words.project(&redirected, key).mend();
        assert!(some_edits > 0 && some_migrations > 0, "{}", words.engine);
    }
    assert!(edits >= 25 && migrations >= 10, "{edits} edits, {migrations} migrations");
}

#[test]
fn nothing_is_edited_that_others_use() {
    for words in &WORDS {
        let schema = format!(
            "import {{ {0} as integer, {1} as table }} from \"drizzle-orm/{2}\";
const author = () => integer(\"author_id\").references(() => users.id, {{ onDelete: \"cascade\" }});
export const users = table(\"users\", {{ id: integer(\"id\").primaryKey() }});
export const posts = table(\"posts\", {{ author: author() }});
export const notes = table(\"notes\", {{ author: author() }});
",
            words.integer, words.table, words.module
        );
        let migrations = "CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (author_id integer, FOREIGN KEY (author_id) REFERENCES users (id));
CREATE TABLE notes (author_id integer, FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE);
";
        let project = Project::new(words.engine, &schema, migrations);
        let findings = project.findings();
        let mismatch = findings.iter().find(|it| it.rule == "on-delete-mismatch").unwrap();
        let offered: Vec<_> = mismatch.remedies.iter().map(|it| it.edit.is_some()).collect();
        assert_eq!(offered, [false, false], "{}", words.engine);
        project.mend();
    }
}

/// What the first finding of a rule offers as SQL.
fn sql_of(project: &Project, rule: &str) -> Vec<(String, String)> {
    let findings = project.findings();
    let finding = findings.iter().find(|it| it.rule == rule).expect("it is reported");
    let sql = finding.remedies.iter().filter(|it| it.language == Language::Sql);
    sql.map(|it| (it.title.clone(), it.text.clone())).collect()
}

#[test]
fn partitioned_tables_are_validated_at_once_before_postgresql_18() {
    let schema = WORDS[0].schema(".references(() => users.id, { onDelete: \"cascade\" })", "");
    for (engine, validates_later) in [("postgresql-15", false), ("postgresql-18", true)] {
        let migrations = "CREATE TABLE users (id integer PRIMARY KEY, other_id integer UNIQUE);
CREATE TABLE posts (id integer, author_id integer REFERENCES users (id), parent_id integer) PARTITION BY RANGE (id);";
        let project = Project::new(engine, &schema, migrations);
        let sql = sql_of(&project, "on-delete-mismatch");
        assert_eq!(sql[0].1.contains("NOT VALID"), validates_later, "{engine}: {sql:?}");
    }
}

// SQLite 3.40: within a transaction that enforces foreign keys, `DROP TABLE` of a table whose own rows
// reference each other with RESTRICT fails; with any other action no row is lost that was copied.
#[test]
fn tables_of_sqlite_are_rebuilt_in_a_migration_only_where_no_row_goes() {
    let words = &WORDS[4];
    let schema = words.schema(".references(() => users.id, { onDelete: \"cascade\" })", "");
    let author = constraint("");
    let own = |action: &str| {
        format!("{author},\n  FOREIGN KEY (parent_id) REFERENCES posts (id) ON DELETE {action}")
    };
    for (action, is_migration) in [("CASCADE", true), ("SET NULL", true), ("RESTRICT", false)] {
        let sql = sql_of(&words.project(&schema, &own(action)), "on-delete-mismatch");
        assert_eq!(sql[0].0.contains("add a migration"), is_migration, "{sql:?}");
        assert_eq!(sql[0].1.contains("PRAGMA foreign_keys = OFF"), !is_migration, "{sql:?}");
    }
    let mut with_trigger = words.project(&schema, &author);
    with_trigger.migrations[0]
        .push_str("CREATE TRIGGER t AFTER DELETE ON posts BEGIN SELECT 1; END;\n");
    assert!(sql_of(&with_trigger, "on-delete-mismatch").is_empty());
}

#[test]
fn names_that_mysql_refuses_are_not_taken_from_the_schema() {
    let table = "t".repeat(50);
    let schema = WORDS[2].schema(".references(() => users.id, { onDelete: \"cascade\" })", "");
    let schema = schema.replace("\"posts\"", &format!("\"{table}\""));
    let migrations = format!(
        "CREATE TABLE users (id int PRIMARY KEY, other_id int UNIQUE);\nCREATE TABLE {table} (id int PRIMARY KEY, author_id int, parent_id int, {});\n",
        constraint("")
    );
    let sql = sql_of(&Project::new("mysql-8.4", &schema, &migrations), "on-delete-mismatch");
    assert!(sql[0].1.contains("ADD CONSTRAINT `posts_fk`"), "{sql:?}");
}
