//! What `projects` of the settings makes of what is found.

use drift_model::{MigrationOrder, SourceMap};
use insta::assert_snapshot;

use super::Repository;
use crate::{Project, Request, discover, read_settings};

/// A repository with two configs, files of SQL, and `projects` as the settings have them.
fn check(projects: &str) -> String {
    check_request(projects, Request::default())
}

fn check_request(projects: &str, request: Request) -> String {
    let config = |dialect: &str| {
        format!(
            "{{ \"dialect\": \"{dialect}\", \"schema\": \"./schema.ts\", \"out\": \"./sql\" }}\n"
        )
    };
    let fixture = format!(
        "//- app/drizzle.config.json\n{}//- lite/drizzle.config.json\n{}\
         //- app/schema.ts\n//- lite/schema.ts\n//- other/a.ts\n//- other/b.ts\n\
         //- app/sql/0000_a.sql\n//- app/sql/0001_b.sql\n//- app/sql/base.sql\n\
         //- lite/sql/0000_a.sql\n//- other/sql/0000_a.sql\n\
         //- broken/drizzle.config.ts\nexport default nothing;\n\
         //- drizzle-drift.json\n{{ \"projects\": {projects} }}\n",
        config("postgresql"),
        config("turso"),
    );
    let repository = Repository::new(&fixture);
    let sources = SourceMap::default();
    let settings = match read_settings(&repository.disk(), &sources, &repository.root, None) {
        Ok(settings) => settings,
        Err(error) => return repository.show_error(&sources, &error),
    };
    let current_directory = repository.root.clone();
    let request = Request { current_directory, projects: settings.projects, ..request };
    let discovery = discover(&repository.disk(), &sources, &request);
    let mut lines: Vec<String> =
        discovery.projects.iter().map(|it| show(&repository, it)).collect();
    let of_projects = discovery.projects.iter().flat_map(|it| &it.errors);
    let errors = discovery.errors.iter().chain(of_projects);
    lines.extend(errors.map(|it| repository.show_error(&sources, it)));
    lines.join("\n")
}

/// The project, and what the settings say of it.
fn show(repository: &Repository, project: &Project) -> String {
    let mut line = repository.show_project(project);
    let selection = &project.selection;
    let list = |paths: &[std::path::PathBuf]| {
        paths.iter().map(|it| repository.show(it)).collect::<Vec<_>>().join(" ")
    };
    match &selection.order {
        MigrationOrder::Found => {}
        MigrationOrder::Listed(paths) => line.push_str(&format!(" order {}", list(paths))),
        order => line.push_str(&format!(" order {order:?}")),
    }
    for (what, paths) in [("apply", &selection.apply), ("skip", &selection.skip)] {
        if !paths.is_empty() {
            line.push_str(&format!(" {what} {}", list(paths)));
        }
    }
    if let Some(engine) = &project.engine {
        line.push_str(&format!(" on {}", engine.text));
    }
    line
}

#[test]
fn concerns_the_project_of_a_config() {
    assert_snapshot!(check("[]"), @"
    app: postgresql [app/schema.ts] -> app/sql
    lite: sqlite [lite/schema.ts] -> lite/sql
    broken/drizzle.config.ts:1:16: cannot tell what the config exports: `nothing` is not declared; --schema, --migrations and --dialect can stand in for the config
    ");
    assert_snapshot!(check(r#"[{ "config": "app/drizzle.config.json", "casing": "snake_case",
        "engine": "postgresql-15", "skip": ["0001_*"], "apply": "base.sql" }]"#), @"
    app: postgresql [app/schema.ts] -> app/sql SnakeCase apply app/sql/base.sql skip app/sql/0001_b.sql on postgresql-15
    lite: sqlite [lite/schema.ts] -> lite/sql
    broken/drizzle.config.ts:1:16: cannot tell what the config exports: `nothing` is not declared; --schema, --migrations and --dialect can stand in for the config
    ");
    assert_snapshot!(check(r#"[{ "config": "lite/drizzle.config.json", "schema": "other/*.ts",
        "migrations": "other/sql", "dialect": "mysql", "order": "name" }]"#), @"
    app: postgresql [app/schema.ts] -> app/sql
    lite: mysql [other/a.ts other/b.ts] -> other/sql order Name
    broken/drizzle.config.ts:1:16: cannot tell what the config exports: `nothing` is not declared; --schema, --migrations and --dialect can stand in for the config
    ");
    assert_snapshot!(check(r#"[{ "config": "nowhere.ts" }]"#), @"
    app: postgresql [app/schema.ts] -> app/sql
    lite: sqlite [lite/schema.ts] -> lite/sql
    broken/drizzle.config.ts:1:16: cannot tell what the config exports: `nothing` is not declared; --schema, --migrations and --dialect can stand in for the config
    drizzle-drift.json:1:28: there is no config `nowhere.ts`
    ");
}

#[test]
fn concerns_the_project_with_the_same_migrations_or_schema() {
    assert_snapshot!(check(r#"[{ "migrations": "app/sql", "order": ["0001_b.sql", "0009.sql"] },
        { "schema": ["lite/schema.ts"], "migrations": "other/sql" }]"#), @"
    app: postgresql [app/schema.ts] -> app/sql order app/sql/0001_b.sql
    lite: sqlite [lite/schema.ts] -> other/sql
    broken/drizzle.config.ts:1:16: cannot tell what the config exports: `nothing` is not declared; --schema, --migrations and --dialect can stand in for the config
    drizzle-drift.json:1:67: there is no file `app/sql/0009.sql`
    ");
}

#[test]
fn adds_a_project() {
    assert_snapshot!(check(r#"[{ "schema": ["other/*.ts"], "migrations": "other/sql",
        "dialect": "postgresql" }, { "schema": "gone.ts" }]"#), @"
    app: postgresql [app/schema.ts] -> app/sql
    lite: sqlite [lite/schema.ts] -> lite/sql
    other/sql: postgresql [other/a.ts other/b.ts] -> other/sql
    drizzle-drift.json: - [] -> -
    broken/drizzle.config.ts:1:16: cannot tell what the config exports: `nothing` is not declared; --schema, --migrations and --dialect can stand in for the config
    drizzle-drift.json:2:36: the schema `gone.ts` is not there
    ");
    let request = || Request { paths: vec!["app".into()], ..Request::default() };
    assert_snapshot!(check_request(r#"[{ "migrations": "other/sql" }]"#, request()), @"app: postgresql [app/schema.ts] -> app/sql");
    assert_snapshot!(check_request(r#"[{ "migrations": "app/old" }]"#, request()), @"
    app: postgresql [app/schema.ts] -> app/sql
    app/old: - [] -> app/old
    ");
}

#[test]
fn stands_in_for_a_config_that_cannot_be_read() {
    assert_snapshot!(check(r#"[{ "config": "broken/drizzle.config.ts", "schema": "other/a.ts",
        "migrations": "other/sql", "dialect": "sqlite" }]"#), @"
    app: postgresql [app/schema.ts] -> app/sql
    lite: sqlite [lite/schema.ts] -> lite/sql
    broken/drizzle.config.ts: sqlite [other/a.ts] -> other/sql
    ");
}

#[test]
fn flags_win() {
    let request = Request {
        schema: vec!["other/a.ts".to_owned()],
        migrations: Some("app/sql".into()),
        casing: Some(drift_schema::Casing::CamelCase),
        ..Request::default()
    };
    let projects = r#"[{ "migrations": "app/sql", "schema": "lite/schema.ts",
        "casing": "snake_case", "dialect": "sqlite", "skip": ["0000_a.sql"] },
        { "migrations": "lite/sql" }]"#;
    assert_snapshot!(check_request(projects, request), @".: sqlite [other/a.ts] -> app/sql CamelCase skip app/sql/0000_a.sql");
}

#[test]
fn refuses_what_is_wrong() {
    for (projects, expected) in [
        (r#"{}"#, "`projects` must be a list, not an object"),
        (r#"["app"]"#, "an entry of `projects` must be an object, not a string"),
        (r#"[{ "skip": [] }]"#, "it must say which project is meant"),
        (r#"[{ "migration": "sql" }]"#, "unknown key `migration`; did you mean `migrations`?"),
        (r#"[{ "dialect": "oracle" }]"#, "unknown dialect `oracle`"),
        (r#"[{ "casing": "kebab" }]"#, "unknown casing `kebab`"),
        (r#"[{ "order": "names" }]"#, "unknown order `names`; did you mean `name`?"),
        (r#"[{ "apply": [1] }]"#, "an entry of `apply` must be a string, not a number"),
        (r#"[{ "migrations": "app/sql", "apply": ["x.sql"] }]"#, "no file `app/sql/x.sql`"),
        (r#"[{ "migrations": "app/sql", "apply": ["x*.sql"] }]"#, "no file matches it"),
    ] {
        let found = check(projects);
        let line = found.lines().find(|it| it.contains(expected));
        assert!(line.is_some_and(|it| it.starts_with("drizzle-drift.json:1:")), "{found}");
    }
}
