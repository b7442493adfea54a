use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use drift_check::ProjectOptions;
use drift_model::{Engine, Finding, Level, Span};
use insta::assert_snapshot;

use super::{Fixture, cut, project};
use crate::{Action, ActionKind, actions};

/// What tells one finding from others.
fn identity(finding: &Finding) -> String {
    format!("{} {:?}", finding.rule, finding.subject)
}

fn counts(fixture: &Fixture) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for finding in fixture.projects.iter().flat_map(|it| &it.findings) {
        *counts.entry(identity(&finding.finding)).or_default() += 1;
    }
    counts
}

fn suppressed(fixture: &Fixture) -> usize {
    fixture.projects.iter().map(|it| it.accepted.suppressed).sum()
}

/// Does what an action says, and looks whether the finding is gone and no other one has come.
fn apply(fixture: &Fixture, action: &Action) -> Fixture {
    let (project, position) = action.finding;
    let finding = &fixture.projects[project].findings[position].finding;
    let after = fixture.edited(&action.edits);
    let (before_counts, after_counts) = (counts(fixture), counts(&after));
    let name = identity(finding);
    let shown = || {
        let texts: Vec<String> =
            action.edits.iter().map(|it| after.text(&fixture.path(it.span)).to_owned()).collect();
        format!("{}\n{name}\n{}", action.title, texts.join("\n"))
    };
    let left = after_counts.get(&name).copied().unwrap_or(0);
    assert!(left < before_counts[&name], "it is still there: {}", shown());
    // What MySQL ignores in a migration stays there when it is taken out of the schema.
    let is_left = |it: &Finding| {
        it.rule == finding.rule && it.subject.says.iter().all(|(source, _)| *source != "schema")
    };
    let is_bad = |it: &&Finding| match action.kind {
        // What is declared anew waits for `drizzle-kit generate`.
        ActionKind::Mend if finding.subject.says.is_empty() => {
            it.level > Level::Info && it.rule != "missing-foreign-key"
        }
        ActionKind::Mend => it.level > Level::Info && !is_left(it),
        ActionKind::Suppress => true,
    };
    let new: BTreeSet<String> = after
        .projects
        .iter()
        .flat_map(|it| &it.findings)
        .map(|it| &it.finding)
        .filter(is_bad)
        .map(identity)
        .filter(|it| !before_counts.contains_key(it))
        .collect();
    assert!(new.is_empty(), "new: {new:?}\n{}", shown());
    if action.kind == ActionKind::Suppress {
        assert!(suppressed(&after) > suppressed(fixture), "not counted: {}", shown());
    }
    after
}

/// The actions at each of the places of all findings of a rule, or of all rules, in each of the files
/// that they point into.
fn all_actions(fixture: &Fixture, rule: Option<&str>) -> Vec<Action> {
    let findings = fixture.projects.iter().flat_map(|it| &it.findings).map(|it| &it.finding);
    let findings = findings.filter(|it| rule.is_none_or(|rule| it.rule == rule));
    let spans: BTreeSet<(String, u32)> = findings
        .flat_map(|it| &it.labels)
        .map(|it| (fixture.path(it.span), it.span.start))
        .collect();
    let mut found = Vec::new();
    for (path, at) in spans {
        for action in actions(&fixture.view(), fixture.file(&path), at..at) {
            let (project, position) = action.finding;
            let its = fixture.projects[project].findings[position].finding.rule;
            if rule.is_none_or(|rule| its == rule) {
                found.push(action);
            }
        }
    }
    found
}

/// A project of which a rule reports something.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Example {
    rule: String,
    engine: String,
    files: Vec<(String, String)>,
}

/// The examples of the rules.
fn examples() -> Vec<Example> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/rules");
    let mut examples = Vec::new();
    #[allow(clippy::disallowed_methods, reason = "these files are of this repository")]
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let rule = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        for block in text.split("=== reports in ").skip(1) {
            let block = block.split("=== ").next().unwrap();
            let (title, rest) = block.split_once('\n').unwrap();
            let engine = title.split(':').next().unwrap().to_owned();
            let kept = rest.split_inclusive('\n').filter(|it| !it.starts_with("> "));
            let files = cut(&kept.collect::<String>());
            examples.push(Example { rule: rule.clone(), engine, files });
        }
    }
    examples.sort();
    examples
}

#[test]
fn what_is_offered_for_the_examples_of_the_rules_does_what_it_says() {
    let (mut mended, mut suppressed) = (BTreeSet::new(), BTreeSet::new());
    for Example { rule, engine, files } in examples() {
        let engine = Engine::parse(&engine).unwrap();
        let options = ProjectOptions {
            schema: vec!["src/**/*.ts".to_owned()],
            migrations: Some("drizzle".into()),
            dialect: Some(engine.dialect()),
            engine: Some(engine),
            ..ProjectOptions::default()
        };
        let fixture = Fixture::of(files, Vec::new(), options);
        let mut seen: Vec<String> = Vec::new();
        for action in all_actions(&fixture, Some(&rule)) {
            // Several places of a finding may offer the same.
            let name = format!("{:?} {:?}", action.finding, action.edits);
            if !seen.contains(&name) {
                apply(&fixture, &action);
                seen.push(name);
            }
            match action.kind {
                ActionKind::Mend => mended.insert(rule.clone()),
                ActionKind::Suppress => suppressed.insert(rule.clone()),
            };
        }
    }
    let all: BTreeSet<String> = drift_rules::RULES.iter().map(|it| it.name.to_owned()).collect();
    let never: Vec<&String> = all.difference(&suppressed).collect();
    assert_snapshot!(format!("{never:?}"), @r#"["missing-migration-file", "out-of-order-migration", "unused-suppression"]"#);
    assert_snapshot!(format!("{mended:?}"), @r#"{"constraint-name-mismatch", "ineffective-references", "missing-foreign-key", "on-delete-mismatch", "on-update-mismatch", "probable-foreign-key", "reference-mismatch", "relation-without-foreign-key", "undeclared-foreign-key"}"#);
}

/// The actions at the cursors, each with the lines that it changes.
fn check(text: &str) -> String {
    let fixture = Fixture::new(text);
    let mut told = String::new();
    for (file, offset) in fixture.cursors() {
        for action in actions(&fixture.view(), file, offset..offset) {
            let after = apply(&fixture, &action);
            let preferred = if action.is_preferred { " (preferred)" } else { "" };
            told.push_str(&format!("{}{preferred}\n", action.title));
            for edit in &action.edits {
                let path = fixture.path(edit.span);
                let (before, now) = (fixture.text(&path), after.text(&path));
                for line in now.split('\n').filter(|it| !before.split('\n').any(|old| old == *it)) {
                    let line = line.replace('\t', "→").replace('\r', "␍");
                    told.push_str(&format!("  {path}: {line}\n"));
                }
            }
        }
    }
    told
}

const USERS: &str = r#"export const users = pgTable("users", { id: integer("id").primaryKey() });"#;

const POSTS: &str = "CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (id integer PRIMARY KEY, author_id integer);
CREATE INDEX a ON posts (author_id);
ALTER TABLE posts ADD CONSTRAINT posts_author_id_users_id_fk FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE set null;";

#[test]
fn offers_the_edit_and_a_comment() {
    let schema = format!(
        r#"{USERS}
export const posts = pgTable("posts", {{
  id: integer("id").primaryKey(),
  authorId: integer("author_id")
    .references(() => users.id, {{ onDelete: "casc$0ade" }}),
}});"#
    );
    assert_snapshot!(check(&project("postgresql", &schema, &[POSTS])), @r#"
    Change the schema, if the migrations are right (preferred)
      schema.ts:     .references(() => users.id, { onDelete: "set null" }),
    Accept on-delete-mismatch here with a comment
      schema.ts:     // drizzle-drift-ignore on-delete-mismatch: TODO say why
    "#);
}

#[test]
fn offers_the_edit_of_the_schema_from_sql() {
    let schema = format!(
        r#"{USERS}
export const posts = pgTable("posts", {{ id: integer("id").primaryKey(), authorId: integer("author_id").references(() => users.id) }});"#
    );
    let sql = POSTS.replace("ON DELETE set", "ON DELETE se$0t");
    assert_snapshot!(check(&project("postgresql", &schema, &[&sql])), @r#"
    Change the schema, if the migrations are right (schema.ts:3) (preferred)
      schema.ts: export const posts = pgTable("posts", { id: integer("id").primaryKey(), authorId: integer("author_id").references(() => users.id, { onDelete: "set null" }) });
    Accept on-delete-mismatch here with a comment
      sql/0000_x.sql: -- drizzle-drift-ignore on-delete-mismatch: TODO say why
    "#);
}

#[test]
fn keeps_line_breaks_and_tabs() {
    let schema = format!(
        "{USERS}\nexport const posts = pgTable(\"posts\", {{\n\tid: integer(\"id\").primaryKey(),\n\tauthorId: integer(\"author_id\").refer$0ences(() => users.id),\n}});"
    );
    let text = project("postgresql", &schema, &[POSTS]);
    let text = text.replace('\n', "\r\n");
    // The lines that cut the text into files end alike.
    assert_snapshot!(check(&text), @r#"
    Change the schema, if the migrations are right (preferred)
      schema.ts: →authorId: integer("author_id").references(() => users.id, { onDelete: "set null" }),␍
    Accept on-delete-mismatch here with a comment
      schema.ts: →// drizzle-drift-ignore on-delete-mismatch: TODO say why␍
    "#);
}

#[test]
fn offers_a_comment_where_only_sql_has_it() {
    let schema = format!(
        r#"{USERS}
export const posts = pgTable("posts", {{ id: integer("id").primaryKey(), authorId: integer("author_id") }});"#
    );
    let sql = POSTS.replace("FOREIGN", "FOR$0EIGN");
    assert_snapshot!(check(&project("postgresql", &schema, &[&sql])), @r#"
    Declare it on 'author_id', if the migrations are right (schema.ts:3) (preferred)
      schema.ts: export const posts = pgTable("posts", { id: integer("id").primaryKey(), authorId: integer("author_id").references(() => users.id, { onDelete: "set null" }) });
    Accept undeclared-foreign-key here with a comment
      sql/0000_x.sql: -- drizzle-drift-ignore undeclared-foreign-key: TODO say why
    "#);
}

#[test]
fn a_comment_joins_those_that_are_there() {
    let schema = format!(
        r#"{USERS}
export const posts = pgTable("posts", {{
  id: integer("id").primaryKey(),
  // drizzle-drift-ignore constraint-name-mismatch: it is old
  authorId: integer("author_id").refer$0ences(() => users.id),
}});"#
    );
    let sql = POSTS.replace("posts_author_id_users_id_fk", "old");
    assert_snapshot!(check(&project("postgresql", &schema, &[&sql])), @r#"
    Change the schema, if the migrations are right (preferred)
      schema.ts:   authorId: integer("author_id").references(() => users.id, { onDelete: "set null" }),
    Accept on-delete-mismatch here with a comment
      schema.ts:   // drizzle-drift-ignore on-delete-mismatch: TODO say why
    "#);
}

#[test]
fn tells_actions_of_one_line_from_each_other() {
    let schema = format!(
        r#"{USERS}
export const posts = pgTable("posts", {{ a: integer("a").references(() => users.id, {{ onDelete: "restrict" }}), b: integer("b").references(() => users.id) }});"#
    );
    let sql = "CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE posts (a integer, b integer);
CREATE INDEX x ON posts (a); CREATE INDEX y ON posts (b);
ALTER TABLE posts ADD CONST$0RAINT posts_a_users_id_fk FOREIGN KEY (a) REFERENCES users (id) ON DELETE CASCADE, ADD CONSTRAINT posts_b_users_id_fk FOREIGN KEY (b) REFERENCES users (id) ON DELETE CASCADE;";
    let fixture = Fixture::new(&project("postgresql", &schema, &[sql]));
    let (file, _) = fixture.cursors()[0];
    let length = fixture.text("sql/0000_x.sql").len() as u32;
    let offered = actions(&fixture.view(), file, 0..length);
    let titles: Vec<&str> = offered.iter().map(|it| it.title.as_str()).collect();
    assert_snapshot!(titles.join("\n"), @"
    Change the schema, if the migrations are right (schema.ts:3): posts.a → users.id
    Change the schema, if the migrations are right (schema.ts:3): posts.b → users.id
    Accept on-delete-mismatch here with a comment
    ");
    for action in &offered {
        apply(&fixture, action);
    }
}

#[test]
fn a_comment_stands_above_a_line_of_several_columns() {
    let schema = format!(
        r#"/* 🦀 */ {USERS}
export const posts = pgTable("posts", {{
  id: integer("id").primaryKey(), "ü🦀": text(), authorId: integer("author_id").refer$0ences(() => users.id), more: text(),
}});"#
    );
    let sql = POSTS.replace("author_id integer", "author_id integer, \"ü🦀\" text, more text");
    assert_snapshot!(check(&project("postgresql", &schema, &[&sql])), @r#"
    Change the schema, if the migrations are right (preferred)
      schema.ts:   id: integer("id").primaryKey(), "ü🦀": text(), authorId: integer("author_id").references(() => users.id, { onDelete: "set null" }), more: text(),
    Accept on-delete-mismatch here with a comment
      schema.ts:   // drizzle-drift-ignore on-delete-mismatch: TODO say why
    "#);
}

#[test]
fn projects_that_share_a_file_offer_things_once() {
    let config =
        r#"export default { dialect: "postgresql", schema: "../schema.ts", out: "./sql" };"#;
    let text = format!(
        r#"//- a/drizzle.config.ts
{config}
//- b/drizzle.config.ts
{config}
//- schema.ts
import {{ integer, pgTable }} from "drizzle-orm/pg-core";
{USERS}
export const posts = pgTable("posts", {{ id: integer("id").primaryKey(), authorId: integer("author_id").refer$0ences(() => users.id) }});
//- a/sql/0000_x.sql
{POSTS}
//- b/sql/0000_x.sql
{POSTS}
"#
    );
    assert_eq!(Fixture::new(&text).projects.len(), 2);
    assert_snapshot!(check(&text), @r#"
    Change the schema, if the migrations are right (preferred)
      schema.ts: export const posts = pgTable("posts", { id: integer("id").primaryKey(), authorId: integer("author_id").references(() => users.id, { onDelete: "set null" }) });
    Accept on-delete-mismatch here with a comment
      schema.ts: // drizzle-drift-ignore on-delete-mismatch: TODO say why
    "#);
}

#[test]
fn a_whole_file_is_not_accepted_finding_by_finding() {
    let columns: String = (0..60)
        .map(|at| format!("  c{at}: integer(\"c{at}\").references(() => users.id),\n"))
        .collect();
    let schema = format!("{USERS}\nexport const posts = pgTable(\"posts\", {{\n{columns}}});");
    let columns: String = (0..60).map(|at| format!(", c{at} integer")).collect();
    let sql = format!(
        "CREATE TABLE users (id integer PRIMARY KEY);\nCREATE TABLE posts (id integer{columns});"
    );
    let fixture = Fixture::new(&project("postgresql", &schema, &[&sql]));
    let length = fixture.text("schema.ts").len() as u32;
    let offered = actions(&fixture.view(), fixture.file("schema.ts"), 0..length);
    let count = |kind| offered.iter().filter(|it| it.kind == kind).count();
    assert_eq!((count(ActionKind::Mend), count(ActionKind::Suppress)), (60, 25));
}

#[test]
fn offers_nothing_in_files_without_comments() {
    let text = project("postgresql", USERS, &["CREATE TABLE users (id integer PRIMARY KEY);"])
        + "//- drizzle-drift.json\n{ \"policies\": [{ \"table\": \"no$0ne\", \"onDelete\": \"cascade\" }] }\n";
    let fixture = Fixture::new(&text);
    let labels = fixture.projects[0].findings.iter().flat_map(|it| &it.finding.labels);
    let places: Vec<Span> = labels.map(|it| it.span).collect();
    assert!(places.iter().any(|it| fixture.path(*it) == "drizzle-drift.json"), "{}", places.len());
    assert_eq!(all_actions(&fixture, None).len(), 0);
}
