//! Folders of migrations: which files are applied, in which order, and why the others are not.

use std::path::{Path, PathBuf};

use drift_model::{MemoryFileSystem, MigrationOrder, MigrationSelection, SourceMap};
use insta::assert_snapshot;

use super::check_in_use;
use crate::{Engine, WhyNot, discover, discover_with, journal_faults};

fn check(fixture: &str) -> String {
    check_selected(fixture, &MigrationSelection::default())
}

/// The files of the folder `sql`.
fn check_selected(fixture: &str, selection: &MigrationSelection) -> String {
    // A fixture leaves out files without text.
    let fixture = fixture.replace(".sql\n", ".sql\nselect 1;\n");
    check_in(&fixture, "sql", selection)
}

/// The files of a folder whose fixture says what is in them.
fn check_in(fixture: &str, path: &str, selection: &MigrationSelection) -> String {
    let files = MemoryFileSystem::parse("unused", fixture);
    let sources = SourceMap::default();
    let folder = match discover_with(&files, &sources, Path::new(path), selection) {
        Ok(folder) => folder,
        Err(error) => return error.message,
    };
    let list = |paths: Vec<&Path>| {
        let names: Vec<String> = paths
            .iter()
            .map(|it| it.strip_prefix(path).unwrap_or(it).display().to_string())
            .collect();
        names.join(" ")
    };
    let applied = folder.files.iter().map(PathBuf::as_path).collect();
    let mut lines = vec![format!("{:?}: {}", folder.layout, list(applied))];
    if let Some(dialect) = folder.dialect {
        lines.push(format!("dialect: {}", dialect.name()));
    }
    for why in WhyNot::ALL {
        let left_out: Vec<&Path> = folder.left_out_as(why).collect();
        if !left_out.is_empty() {
            lines.push(format!("{}: {}", why.as_str(), list(left_out)));
        }
    }
    for missing in &folder.missing {
        lines.push(format!("missing: {} {}", missing.name, sources.snippet(missing.span)));
    }
    for error in &folder.errors {
        let snippet = error.span.map(|span| sources.snippet(span));
        lines.push(format!("{} {}", error.message, snippet.unwrap_or_default()));
    }
    lines.join("\n")
}

/// A journal that lists tags at increasing times, or at those behind a `@`.
fn journal(tags: &[&str]) -> String {
    let entries: Vec<String> = tags
        .iter()
        .enumerate()
        .map(|(at, tag)| {
            let (tag, when) = tag.split_once('@').unwrap_or((tag, ""));
            let when = if when.is_empty() { (at + 1).to_string() } else { when.to_owned() };
            format!(r#"{{ "idx": {at}, "when": {when}, "tag": "{tag}", "breakpoints": true }}"#)
        })
        .collect();
    let entries = entries.join(",\n");
    format!(
        "//- sql/meta/_journal.json\n\
         {{ \"version\": \"7\", \"dialect\": \"postgresql\", \"entries\": [{entries}] }}\n"
    )
}

/// What is wrong with the journal of the folder `sql`.
fn faults(fixture: &str) -> String {
    let files = MemoryFileSystem::parse("unused", fixture);
    let sources = SourceMap::default();
    let folder = discover(&files, &sources, Path::new("sql")).unwrap();
    let engine = Engine::parse("postgresql").unwrap();
    let faults = journal_faults(&files, &sources, &folder, &engine);
    let mut lines = Vec::new();
    for it in &faults.unlisted {
        let mut line = format!("unlisted {}: {:?}", it.name, sources.snippet(it.span));
        for (table, column) in &it.tables {
            line.push_str(&format!(
                " +{table}{}",
                column.iter().map(|it| format!(".{it}")).collect::<String>()
            ));
        }
        for foreign_key in &it.foreign_keys {
            line.push_str(&format!(" {foreign_key}"));
        }
        line.push_str(if it.only_makes { "" } else { " and more" });
        lines.push(line);
    }
    for it in &faults.missing {
        lines.push(format!("missing {} {}", it.name, sources.snippet(it.span)));
    }
    for it in &faults.out_of_order {
        let names: Vec<&str> = it.entries.iter().map(|it| it.name.as_str()).collect();
        lines.push(format!("{} behind {}", names.join(" "), it.behind.name));
    }
    lines.join("\n")
}

// 6.1
#[test]
fn follows_the_journal() {
    let scripts = "//- sql/0000_a.sql\n//- sql/0001_b.sql\n//- sql/0002_c.sql\n";
    let rest = "//- sql/rollback_0001.sql\n//- sql/schema.sql\n//- sql/manual/fix.sql\n";
    let journal = journal(&["0001_b", "0000_a", "0009_gone"]);
    assert_snapshot!(check(&format!("{scripts}{rest}{journal}")), @r#"
    Journal: 0001_b.sql 0000_a.sql
    dialect: postgresql
    not listed: 0002_c.sql
    a way back: rollback_0001.sql
    a dump: schema.sql
    in a folder of its own: manual/fix.sql
    missing: 0009_gone.sql "0009_gone"
    "#);
}

#[test]
fn says_what_is_wrong_with_a_journal() {
    let merged = "//- sql/10_a.sql\n//- sql/9_b.sql\n//- sql/meta/_journal.json\n\
        { \"entries\": [\n<<<<<<< HEAD\n";
    assert_snapshot!(check(merged), @"
    Journal: 9_b.sql 10_a.sql
    the journal is not what drizzle-kit writes: expected value at line 2 column 1
    ");
    let files = "//- sql/0000_a.sql\n";
    assert_snapshot!(check(&format!("{files}{}", journal(&[]))), @"
    Plain: 0000_a.sql
    dialect: postgresql
    ");
    assert_eq!(check("//- elsewhere/0_a.sql\n"), "there is no such folder");
}

// 6.1
#[test]
fn knows_what_the_journal_does_not_list() {
    let journal = journal(&["0000_a"]);
    let fixture = "//- sql/0000_a.sql\nselect 1;\n\
        //- sql/0001_made.sql\n-- A comment.\nCREATE EXTENSION x;\nCREATE TABLE t (id int, \
        u int REFERENCES users ON DELETE CASCADE);\nALTER TABLE public.v ADD COLUMN w int;\n\
        //- sql/0002_block.sql\nDO $$ BEGIN ALTER TABLE a ADD CONSTRAINT x FOREIGN KEY (b) \
        REFERENCES auth.c (d); EXCEPTION WHEN duplicate_object THEN null; END $$;\n\
        //- sql/0003_drop.sql\nDROP TABLE t;\n\
        //- sql/0004_data.sql\nINSERT INTO t VALUES ('create table x ()');\n\
        //- sql/0005_policies.sql\nALTER TABLE t ENABLE ROW LEVEL SECURITY;\n\
        CREATE POLICY p ON t USING (true);\n\
        //- sql/0006_indexes.sql\nCREATE INDEX i ON t (id);\n\
        //- sql/0007_comments.sql\n-- ALTER TABLE t ADD COLUMN x int;\n\
        //- sql/0008_broken.sql\nALTER TABLE t ADD COLUMN (;\n\
        //- sql/rollback.sql\nDROP TABLE a;\n";
    assert_snapshot!(faults(&format!("{fixture}{journal}")), @r#"
    unlisted 0001_made.sql: "CREATE TABLE t (id int, u int REFERENCES users ON DELETE CASCADE)" +t +v.w t.u → users
    unlisted 0002_block.sql: "ALTER TABLE a ADD CONSTRAINT x FOREIGN KEY (b) REFERENCES auth.c (d)" a.b → auth.c.d
    unlisted 0003_drop.sql: "DROP TABLE t" and more
    "#);
}

// 6.1
#[test]
fn knows_entries_that_a_database_in_use_passes_over() {
    let all = |tags: &[&str]| {
        let files: String = tags
            .iter()
            .map(|it| format!("//- sql/{}.sql\nselect 1;\n", it.split('@').next().unwrap()))
            .collect();
        faults(&format!("{files}{}", journal(tags)))
    };
    assert_snapshot!(all(&["a@1", "b@2", "c@9"]), @"");
    assert_snapshot!(all(&["a@1", "b@9", "c@3", "d@9", "e@10", "f@2"]), @"
    c.sql d.sql behind b.sql
    f.sql behind e.sql
    ");
}

// 6.2
#[test]
fn sorts_folders_as_the_migrator_does() {
    assert_snapshot!(check(
        "//- sql/20250101000000_B/migration.sql\n//- sql/20250101000000_a/migration.sql\n\
         //- sql/20240101000000_z/migration.sql\n//- sql/20240101000000_z/snapshot.json\n\
         //- sql/seed.sql\n//- sql/undo.sql\n",
    ), @"
    Folders: 20240101000000_z/migration.sql 20250101000000_a/migration.sql 20250101000000_B/migration.sql
    a way back: undo.sql
    not named like the migrations: seed.sql
    ");
}

#[test]
fn takes_what_there_is_more_of() {
    assert_snapshot!(check(
        "//- sql/0000_a.sql\n//- sql/0001_b.sql\n//- sql/20260820113338_baseline/migration.sql\n",
    ), @"
    Plain: 0000_a.sql 0001_b.sql
    not named like the migrations: 20260820113338_baseline/migration.sql
    ");
}

// 6.3
#[test]
fn sorts_goose_by_number() {
    assert_snapshot!(check_in(
        "//- sql/10_c.sql\n-- +goose Up\n-- +goose StatementBegin\nselect 1;\n\
         //- sql/9_b.sql\n-- +goose Up\nselect 1;\n//- sql/seed.sql\nselect 1;\n",
        "sql", &MigrationSelection::default()
    ), @"
    Plain: 9_b.sql 10_c.sql
    not named like the migrations: seed.sql
    ");
}

// 6.4
#[test]
fn sorts_dbmate_as_text() {
    assert_snapshot!(check_in(
        "//- sql/10_c.sql\n-- migrate:up transaction:false\nselect 1;\n-- migrate:down\n\
         //- sql/9_b.sql\n--migrate:up\nselect 1;\n//- sql/schema.sql\ncreate table a (id int);\n\
         //- sql/11_d.sql\n-- migrate:up\ncreate table a (id int);\n",
        "sql", &MigrationSelection::default()
    ), @"
    Plain: 10_c.sql 11_d.sql 9_b.sql
    a dump: schema.sql
    ");
}

// 6.5, 6.13
#[test]
fn takes_the_up_files_of_golang_migrate() {
    assert_snapshot!(check(
        "//- sql/10_c.up.sql\n//- sql/10_c.down.sql\n//- sql/9_b.up.sql\n//- sql/9_b.down.sql\n\
         //- sql/queries.sql\n",
    ), @"
    Plain: 9_b.up.sql 10_c.up.sql
    a way back: 9_b.down.sql 10_c.down.sql
    not named like the migrations: queries.sql
    ");
}

// 6.6, 6.12
#[test]
fn compares_the_versions_of_flyway() {
    assert_snapshot!(check(
        "//- sql/V2__b.sql\n//- sql/V10__c.sql\n//- sql/R__views.sql\n//- sql/R__audit.sql\n\
         //- sql/V1_10__a.sql\n//- sql/V1.2__a.sql\n//- sql/U2__b.sql\n//- sql/beforeMigrate.sql\n",
    ), @"
    Plain: V1.2__a.sql V1_10__a.sql V2__b.sql V10__c.sql R__audit.sql R__views.sql
    a way back: U2__b.sql
    not named like the migrations: beforeMigrate.sql
    ");
    assert_snapshot!(check(
        "//- sql/V1__a.sql\n//- sql/V2__b.sql\n//- sql/B2__base.sql\n//- sql/V3__c.sql\n\
         //- sql/B1__base.sql\n",
    ), @"
    Plain: B2__base.sql V3__c.sql
    replaced by a baseline: B1__base.sql V1__a.sql V2__b.sql
    ");
}

// 6.7
#[test]
fn follows_the_plan_of_sqitch() {
    let plan = "//- sql/sqitch.plan\n%syntax-version=1.0.0\n%project=shop\n\n\
        zebra 2026-01-01T00:00:00Z A <a@b.c> # first\n\
        users [zebra] 2026-01-01T00:00:00Z A <a@b.c>\n\
        @v1 2026-01-02T00:00:00Z A <a@b.c>\n\
        users [users@v1] 2026-01-03T00:00:00Z A <a@b.c>\n\
        # gone\n\
        +sub/posts 2026-01-03T00:00:00Z A <a@b.c>\n\
        lost 2026-01-03T00:00:00Z A <a@b.c>\n";
    let scripts = "//- sql/deploy/zebra.sql\n//- sql/deploy/users.sql\n\
        //- sql/deploy/users@v1.sql\n//- sql/deploy/sub/posts.sql\n//- sql/deploy/draft.sql\n\
        //- sql/revert/users.sql\n//- sql/verify/users.sql\n";
    assert_snapshot!(check(&format!("{scripts}{plan}")), @"
    Plain: deploy/zebra.sql deploy/users@v1.sql deploy/users.sql deploy/sub/posts.sql
    not listed: deploy/draft.sql
    a way back: revert/users.sql
    a verification: verify/users.sql
    missing: deploy/lost.sql lost
    ");
    let fixture = format!("{scripts}{plan}").replace(".sql\n", ".sql\nselect 1;\n");
    let configured =
        format!("{fixture}//- sqitch.conf\n[core]\n\t# top_dir = x\n\ttop_dir = ./sql\n");
    let found = check_in(&configured, "", &MigrationSelection::default());
    assert!(found.starts_with("Plain: sql/deploy/zebra.sql sql/deploy/users@v1.sql"), "{found}");
    assert_snapshot!(check_in(&fixture, "sql/deploy", &MigrationSelection::default()), @"
    Plain: zebra.sql users@v1.sql users.sql sub/posts.sql
    not listed: draft.sql
    a way back: sql/revert/users.sql
    a verification: sql/verify/users.sql
    missing: deploy/lost.sql lost
    ");
}

// 6.8
#[test]
fn sorts_supabase_by_name() {
    assert_snapshot!(check(
        "//- sql/20250102000000_b.sql\n//- sql/20250101000000_a.sql\n",
    ), @"Plain: 20250101000000_a.sql 20250102000000_b.sql");
}

// 6.9
#[test]
fn sorts_the_folders_of_prisma() {
    assert_snapshot!(check(
        "//- sql/20250102000000_b/migration.sql\n//- sql/20250101000000_a/migration.sql\n\
         //- sql/migration_lock.toml\nprovider = \"postgresql\"\n",
    ), @"
    Folders: 20250101000000_a/migration.sql 20250102000000_b/migration.sql
    dialect: postgresql
    ");
}

// 6.10
#[test]
fn starts_from_the_last_checkpoint_of_atlas() {
    assert_snapshot!(check_in(
        "//- sql/atlas.sum\nh1:x\n//- sql/1_a.sql\nselect 1;\n\
         //- sql/2_b.sql\n-- atlas:txmode none\n-- atlas:checkpoint\n\nselect 1;\n\
         //- sql/3_c.sql\n-- atlas:nolint\nselect 1;\n//- sql/10_z.sql\nselect 1;\n",
        "sql", &MigrationSelection::default()
    ), @"
    Plain: 2_b.sql 3_c.sql
    replaced by a baseline: 1_a.sql 10_z.sql
    ");
}

// 6.11
#[test]
fn sorts_node_pg_migrate_by_time() {
    assert_snapshot!(check(
        "//- sql/1700000000001_b.sql\n//- sql/1600000000000_a.sql\n//- sql/1800000000000_c.js\n",
    ), @"Plain: 1600000000000_a.sql 1700000000001_b.sql");
}

// 6.12
#[test]
fn takes_the_folders_of_diesel_and_hasura() {
    assert_snapshot!(check(
        "//- sql/2025-01-02-000000_b/up.sql\n//- sql/2025-01-02-000000_b/down.sql\n\
         //- sql/2025-01-01-000000_a/up.sql\n//- sql/1700000000000_c/up.sql\n",
    ), @"
    Plain: 2025-01-01-000000_a/up.sql 2025-01-02-000000_b/up.sql 1700000000000_c/up.sql
    a way back: 2025-01-02-000000_b/down.sql
    ");
}

// 6.12, 6.13
#[test]
fn leaves_out_the_way_back() {
    assert_snapshot!(check(
        "//- sql/10_c.sql\n//- sql/9_b.sql\n//- sql/9_b.rollback.sql\n//- sql/rollback-9.sql\n\
         //- sql/001_shutdown.sql\n//- sql/notes.md\n//- sql/meta/0000_snapshot.json\n",
    ), @"
    Plain: 001_shutdown.sql 9_b.sql 10_c.sql
    a way back: 9_b.rollback.sql rollback-9.sql
    ");
}

// 6.13
#[test]
fn takes_a_migration_for_one_whatever_its_name_speaks_of() {
    assert_snapshot!(check(
        "//- sql/0001_a_up.sql\n//- sql/0001_a_down.sql\n//- sql/0002_rollback.sql\n\
         //- sql/0002_b.sql\n//- sql/0003_scale_down.sql\n//- sql/0003_c.sql\n//- sql/0004_add_rollback_reason.sql\n\
         //- sql/0005_undo_log.sql\n//- sql/0006_x.undo.sql\n//- sql/undo_0004.sql\n\
         //- sql/countdown.sql\n",
    ), @"
    Plain: 0001_a_up.sql 0002_b.sql 0003_c.sql 0003_scale_down.sql 0004_add_rollback_reason.sql 0005_undo_log.sql countdown.sql
    a way back: 0001_a_down.sql 0002_rollback.sql 0006_x.undo.sql undo_0004.sql
    ");
}

// 6.4, 6.12
#[test]
fn tells_a_dump_of_the_result_from_a_baseline() {
    let migration = "//- sql/0001_a.sql\nCREATE TABLE users (id int);\n\
        //- sql/0002_b.sql\nALTER TABLE posts ADD x int;\n";
    let with =
        |file: &str| check_in(&format!("{migration}{file}"), "sql", &MigrationSelection::default());
    let result = "//- sql/structure.sql\nCREATE TABLE public.users (id int);\n";
    assert_snapshot!(with(result), @"
    Plain: 0001_a.sql 0002_b.sql
    a dump: structure.sql
    ");
    let baseline = "//- sql/schema.sql\nCREATE TABLE IF NOT EXISTS \"posts\" (id int);\n";
    assert_snapshot!(with(baseline), @"Plain: schema.sql 0001_a.sql 0002_b.sql");
    let headed = "//- sql/production.sql\n-- MySQL dump 10.13\nCREATE TABLE `posts` (id int);\n";
    assert_snapshot!(with(headed), @"Plain: production.sql 0001_a.sql 0002_b.sql");
    assert_snapshot!(check("//- sql/functions.sql\n//- sql/schema.sql\n"), @"Plain: schema.sql functions.sql");
}

#[test]
fn takes_names_of_any_shape() {
    let names = [
        "V.sql",
        "V1.sql",
        "V1__.sql",
        "__.sql",
        "U__x.sql",
        "é__é.sql",
        "1.sql",
        "1.down.sql",
        ".sql",
        "-.sql",
        "down.sql",
        "99999999999999999999999999_x.sql",
        "V1._2__x.sql",
        "R__.sql",
        "ß.SQL",
    ];
    // Each alone, each with the one before it, and all together.
    let files = |names: &[&str]| -> String {
        names.iter().map(|it| format!("//- sql/{it}\nCREATE TABLE é (\n")).collect()
    };
    for at in 0..names.len() {
        for first in [at, at.saturating_sub(1), 0] {
            let fixture = files(&names[first..=at]);
            let found = check_in(&fixture, "sql", &MigrationSelection::default());
            assert!(found.starts_with("Plain:"), "{found}");
        }
    }
    for plan in ["@", "+", "@a\n@a\nb\nb", "%", "a/../../b", "é @\né"] {
        let fixture = format!("//- sql/sqitch.plan\n{plan}\n//- sql/sqitch.conf\ntop_dir =\n");
        check_in(&fixture, "sql", &MigrationSelection::default());
    }
}

#[test]
fn takes_a_single_file() {
    let fixture = "//- sql/dump.sql\nselect 1;\n";
    let selection = MigrationSelection::default();
    assert_eq!(check_in(fixture, "sql/dump.sql", &selection), "Plain: ");
}

#[test]
fn knows_of_files_in_folders() {
    assert_snapshot!(check(
        "//- sql/0001_a.sql\n//- sql/old/2024/0000_z.sql\n//- sql/.cache/x.sql\n\
         //- sql/mysql/0000_m.sql\n//- sql/mysql/meta/_journal.json\n{}\n",
    ), @"
    Plain: 0001_a.sql
    in a folder of its own: old/2024/0000_z.sql
    ");
}

#[test]
fn does_what_the_settings_say() {
    let paths = |names: &[&str]| names.iter().map(|it| Path::new("sql").join(it)).collect();
    let fixture = format!(
        "//- sql/0000_a.sql\n//- sql/0001_b.sql\n//- sql/0001_manual.sql\n//- sql/0003_c.sql\n\
         //- sql/baseline.sql\n//- sql/0004_old.sql\n{}",
        journal(&["0000_a", "0001_b", "0003_c", "0009_gone"])
    );
    let named = MigrationSelection { order: MigrationOrder::Name, ..Default::default() };
    assert_snapshot!(check_selected(&fixture, &named), @"
    Plain: baseline.sql 0000_a.sql 0001_b.sql 0001_manual.sql 0003_c.sql 0004_old.sql
    dialect: postgresql
    ");
    let changed = MigrationSelection {
        apply: paths(&["0001_manual.sql", "baseline.sql", "../init.sql", "0003_c.sql"]),
        skip: paths(&["0001_b.sql", "0004_old.sql", "0009_gone.sql"]),
        ..Default::default()
    };
    assert_snapshot!(check_selected(&fixture, &changed), @"
    Journal: baseline.sql ../init.sql 0000_a.sql 0001_manual.sql 0003_c.sql
    dialect: postgresql
    skipped by the settings: 0001_b.sql 0004_old.sql
    ");
    let order = MigrationOrder::Listed(paths(&["0003_c.sql", "0000_a.sql", "nowhere.sql"]));
    let listed = MigrationSelection { order, apply: paths(&["0001_b.sql"]), ..Default::default() };
    assert_snapshot!(check_selected(&fixture, &listed), @"
    Plain: 0003_c.sql 0000_a.sql 0001_b.sql
    dialect: postgresql
    not listed: 0001_manual.sql 0004_old.sql
    a dump: baseline.sql
    `order` of the settings names it, and it is not there
    ");
    let journal = MigrationSelection { order: MigrationOrder::Journal, ..Default::default() };
    assert_snapshot!(check_selected("//- sql/0000_a.sql\n", &journal), @"the settings ask for the order of a journal, and there is none");
}

// 6.8
#[test]
fn lets_tables_of_supabase_be_referenced() {
    let fixture = "CREATE TABLE profiles (id uuid PRIMARY KEY REFERENCES auth.users (id) \
        ON DELETE CASCADE, avatar uuid, bucket text REFERENCES storage.buckets);\n\
        ALTER TABLE profiles ADD FOREIGN KEY (avatar) REFERENCES storage.objects (id);\n\
        ALTER TABLE storage.objects ENABLE ROW LEVEL SECURITY;\n\
        CREATE SCHEMA IF NOT EXISTS extensions;";
    assert_snapshot!(check_in_use("postgresql", fixture), @"
    profiles(id) -> auth.users(id) on delete cascade as profiles_id_fkey
    profiles(bucket) -> storage.buckets() as profiles_bucket_fkey
    profiles(avatar) -> storage.objects(id) as profiles_avatar_fkey
    ");
}
