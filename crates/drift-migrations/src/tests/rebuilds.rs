//! Which rebuilds set off `ON DELETE`. Each ran on better-sqlite3 with the migrator of drizzle-orm.

use std::path::PathBuf;

use drift_model::{Engine, MemoryFileSystem, SourceMap, notation};
use insta::assert_snapshot;

use crate::{Layout, ReplayInput, ReplaySettings, replay_with};

/// What an earlier migration made.
const BEFORE: &str = "
CREATE TABLE users (id integer primary key);
CREATE TABLE posts (id integer primary key, user_id integer references users (id) on delete cascade);
";

const REBUILD: &str = "
PRAGMA foreign_keys=OFF;
CREATE TABLE __new_users (id integer primary key, name text);
INSERT INTO __new_users (id) SELECT id FROM users;
DROP TABLE users;
ALTER TABLE __new_users RENAME TO users;
PRAGMA foreign_keys=ON;
";

fn check(migrations: &[&str]) -> String {
    check_in("sqlite", Layout::Journal, migrations)
}

fn check_in(engine: &str, layout: Layout, migrations: &[&str]) -> String {
    let engine = Engine::parse(engine).expect("a known engine");
    let mut files = MemoryFileSystem::default();
    let mut paths = Vec::new();
    for (number, text) in migrations.iter().enumerate() {
        let path = match layout {
            Layout::Folders => format!("m/{number}_x/migration.sql"),
            _ => format!("m/{number}.sql"),
        };
        files.insert(&path, text);
        paths.push(PathBuf::from(path));
    }
    files.insert("m/1_x/snapshot.json", "{}");
    let (sources, dialect) = (SourceMap::default(), engine.dialect());
    let input =
        ReplayInput { files: &files, sources: &sources, migrations: &paths, layout, dialect };
    let replay = replay_with(&input, &ReplaySettings { engine, starts_empty: false });
    let mut lines = Vec::new();
    for rebuild in replay.rebuilds {
        let newest = if rebuild.is_newest { " (newest)" } else { "" };
        let place = sources.snippet(rebuild.span);
        lines.push(format!("{} in {}{newest}: {place}", rebuild.table, rebuild.migration));
        lines.extend(rebuild.acting.iter().map(|it| format!("  {}", notation::format(it))));
        lines.extend(rebuild.blocking.iter().map(|it| format!("  or {}", notation::format(it))));
    }
    lines.join("\n")
}

#[test]
fn notes_what_the_drop_sets_off() {
    let before = format!(
        "{BEFORE}
        CREATE TABLE comments (post_id integer references posts on delete cascade);
        CREATE TABLE likes (user_id integer references users on delete set null);
        CREATE TABLE logs (user_id integer references users);
        CREATE TABLE tags (post_id integer references posts on delete restrict);
        ALTER TABLE users ADD COLUMN parent_id integer references users (id) on delete cascade;"
    );
    assert_snapshot!(check(&[&before, REBUILD, "SELECT 1"]), @"
    users in 1.sql: DROP TABLE users
      posts(user_id) -> users(id) on delete cascade
      likes(user_id) -> users(id) on delete set null
      comments(post_id) -> posts(id) on delete cascade
      or logs(user_id) -> users(id)
      or tags(post_id) -> posts(id) on delete restrict
    ");
    assert_snapshot!(check(&[BEFORE, REBUILD]), @"
    users in 1.sql (newest): DROP TABLE users
      posts(user_id) -> users(id) on delete cascade
    ");
}

#[test]
fn knows_other_ways_to_rebuild() {
    let with_backup = "
        CREATE TABLE backup AS SELECT * FROM users;
        DROP TABLE users;
        CREATE TABLE users (id integer primary key, name text);
        INSERT OR IGNORE INTO users SELECT id, NULL FROM backup;
        DROP TABLE backup;";
    assert_snapshot!(check(&[BEFORE, with_backup]), @"
    users in 1.sql (newest): DROP TABLE users
      posts(user_id) -> users(id) on delete cascade
    ");
    let old_aside = "
        ALTER TABLE users RENAME TO users_old;
        CREATE TABLE users (id integer primary key, name text);
        INSERT INTO users (id) SELECT id FROM users_old;
        DROP TABLE users_old;";
    assert_snapshot!(check(&[BEFORE, old_aside]), @"
    users in 1.sql (newest): DROP TABLE users_old
      posts(user_id) -> users_old(id) on delete cascade
    ");
    let both_at_once = "
        CREATE TABLE __new_posts (id integer primary key, user_id integer references users (id) on delete cascade);
        INSERT INTO __new_posts SELECT * FROM posts;
        DROP TABLE posts;
        ALTER TABLE __new_posts RENAME TO posts;";
    assert_snapshot!(check(&[BEFORE, &format!("{both_at_once}{REBUILD}")]), @"
    users in 1.sql (newest): DROP TABLE users
      posts(user_id) -> users(id) on delete cascade
    ");
    assert_snapshot!(check(&[BEFORE, &format!("{REBUILD}{both_at_once}")]), @"
    users in 1.sql (newest): DROP TABLE users
      posts(user_id) -> users(id) on delete cascade
    ");
}

#[test]
fn knows_rows_that_reference_their_own_table() {
    let before =
        "CREATE TABLE c (id integer primary key, p integer references c (id) on delete cascade);";
    let rebuild = "
        CREATE TABLE __new_c (id integer primary key, p integer references c (id) on delete cascade);
        INSERT INTO __new_c SELECT * FROM c;
        DROP TABLE c;
        ALTER TABLE __new_c RENAME TO c;";
    assert_snapshot!(check(&[before, rebuild]), @"
    c in 1.sql (newest): DROP TABLE c
      c(p) -> c(id) on delete cascade
    ");
    let own_name = rebuild.replace("references c", "references __new_c");
    assert_eq!(check(&[before, &own_name]), "");
}

#[test]
fn passes_over_what_loses_nothing() {
    // All tables are empty.
    assert_eq!(check(&[&format!("{BEFORE}{REBUILD}")]), "");
    // So is the one that references.
    let users = "CREATE TABLE users (id integer primary key);";
    let posts = "CREATE TABLE posts (user_id integer references users on delete cascade);";
    assert_eq!(check(&[users, &format!("{posts}{REBUILD}")]), "");
    // The migration ends the transaction, so that the pragma works.
    assert_eq!(check(&[BEFORE, &format!("COMMIT;{REBUILD}BEGIN;")]), "");
    // What references is rebuilt without the foreign key before.
    let apart = "
        CREATE TABLE __new_posts (id integer primary key, user_id integer);
        INSERT INTO __new_posts SELECT * FROM posts;
        DROP TABLE posts;
        ALTER TABLE __new_posts RENAME TO posts;";
    assert_eq!(check(&[BEFORE, &format!("{apart}{REBUILD}")]), "");
    // The rows are put back.
    let aside = "CREATE TABLE kept AS SELECT * FROM posts;";
    let back = "INSERT INTO posts SELECT * FROM kept; DROP TABLE kept;";
    assert_eq!(check(&[BEFORE, &format!("{aside}{REBUILD}{back}")]), "");
    // Both tables are meant to go, or all of their rows.
    assert_eq!(check(&[BEFORE, "DROP TABLE users; DROP TABLE posts;"]), "");
    assert_eq!(check(&[BEFORE, "DROP TABLE users; CREATE TABLE users (id integer);"]), "");
}

#[test]
fn knows_who_turns_foreign_keys_off() {
    let rebuild = [BEFORE, REBUILD];
    assert_eq!(check_in("libsql", Layout::Journal, &rebuild), "");
    assert_eq!(check_in("sqlite", Layout::Plain, &rebuild), "");
    assert_snapshot!(check_in("d1", Layout::Plain, &rebuild), @"
    users in 1.sql (newest): DROP TABLE users
      posts(user_id) -> users(id) on delete cascade
    ");
    assert_snapshot!(check_in("sqlite", Layout::Folders, &rebuild), @"
    users in 1_x (newest): DROP TABLE users
      posts(user_id) -> users(id) on delete cascade
    ");
    // Prisma has no snapshots.
    assert_eq!(check_in("sqlite", Layout::Folders, &[BEFORE, "", REBUILD]), "");
}
