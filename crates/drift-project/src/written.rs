//! What drizzle-kit has written beside the migrations: the dialect that it made them for.

use std::path::Path;

use drift_model::{Dialect, FileSystem};

use crate::disk::Disk;

/// The dialect of a folder of migrations, by its journal, else by the snapshot of its newest migration.
///
/// Source: `meta/_journal.json` of drizzle-kit 0.x, `<migration>/snapshot.json` of 1.0.
pub(crate) fn dialect(disk: &Disk, migrations: &Path) -> Option<Dialect> {
    read(disk, &migrations.join("meta").join("_journal.json")).or_else(|| {
        let entries = disk.read_dir(migrations).ok()?;
        let newest = entries.iter().rev().find(|it| it.is_dir)?;
        read(disk, &migrations.join(&newest.name).join("snapshot.json"))
    })
}

fn read(disk: &Disk, path: &Path) -> Option<Dialect> {
    let json: serde_json::Value = serde_json::from_str(&disk.read(path).ok()?).ok()?;
    match json["dialect"].as_str()? {
        "postgresql" | "postgres" | "pg" | "cockroach" | "cockroachdb" => Some(Dialect::PostgreSql),
        "mysql" => Some(Dialect::MySql),
        "sqlite" | "turso" => Some(Dialect::Sqlite),
        _ => None,
    }
}
