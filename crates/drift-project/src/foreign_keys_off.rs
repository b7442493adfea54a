//! Whether the code around SQLite migrations turns foreign keys off while they run.
//!
//! It is not evaluated: a file that speaks of migrations and has the pragma in it is taken at its
//! word. Nobody looks for it unless a migration would lose rows otherwise.

use std::path::Path;

use drift_model::FileSystem;

use crate::configs;

/// Extensions of code.
const EXTENSIONS: [&str; 8] = ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"];

/// Words in the paths of files outside of the package that may run its migrations.
const WORDS: [&str; 4] = ["migrat", "db", "database", "sqlite"];

/// No more files are looked at than these.
const FILES_LIMIT: usize = 20_000;

/// Whether the package that a folder of migrations is in, or another one below `root`, turns foreign
/// keys off to migrate, or migrates with libSQL, which does.
pub fn turns_foreign_keys_off(files: &dyn FileSystem, root: &Path, folder: &Path) -> bool {
    let mut above = folder.ancestors().take_while(|it| it.starts_with(root));
    let package = above.find(|it| files.is_file(&it.join("package.json"))).unwrap_or(folder);
    uses_libsql(files, package)
        || any_file(files, package, &|_| true)
        || package != root && any_file(files, root, &|path| is_likely(path, root))
}

fn uses_libsql(files: &dyn FileSystem, package: &Path) -> bool {
    let manifest = files.read(&package.join("package.json")).unwrap_or_default();
    manifest.contains("\"@libsql/client\"") && !manifest.contains("\"better-sqlite3\"")
}

fn is_likely(path: &Path, root: &Path) -> bool {
    let path = path.strip_prefix(root).unwrap_or(path).to_string_lossy().to_lowercase();
    WORDS.iter().any(|word| path.contains(word))
}

fn any_file(files: &dyn FileSystem, folder: &Path, is_meant: &dyn Fn(&Path) -> bool) -> bool {
    configs::walk(folder).build().take(FILES_LIMIT).flatten().any(|entry| {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy();
        let is_code =
            path.extension().is_some_and(|it| EXTENSIONS.iter().any(|known| it == *known));
        let is_test = name.contains(".test.") || name.contains(".spec.");
        is_code
            && !is_test
            && is_meant(path)
            && files.read(path).is_ok_and(|text| turns_off_to_migrate(&text))
    })
}

fn turns_off_to_migrate(text: &str) -> bool {
    let has_pragma = text.match_indices("foreign_keys").any(|(at, name)| {
        let rest = text[at + name.len()..].trim_start();
        rest.strip_prefix(['=', '(']).is_some_and(is_off)
    });
    let has_option = || {
        text.match_indices("enableForeignKeyConstraints").any(|(at, name)| {
            text[at + name.len()..].trim_start().strip_prefix(':').is_some_and(is_off)
        })
    };
    (has_pragma || has_option()) && (text.contains("migrat") || text.contains("Migrat"))
}

fn is_off(value: &str) -> bool {
    let value = value.trim_start().trim_start_matches(['"', '\'']);
    let end = value.find(|it: char| !it.is_ascii_alphanumeric()).unwrap_or(value.len());
    ["off", "0", "false", "no"].iter().any(|word| value[..end].eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_pragma_where_migrations_are_run() {
        for text in [
            "sqlite.pragma('foreign_keys = OFF'); migrate(db, {});",
            "db.exec(`PRAGMA foreign_keys=0`); runMigrations()",
            "db.run('PRAGMA foreign_keys(off)'); migrate(db)",
            "new DatabaseSync(path, { enableForeignKeyConstraints: false }); migrate(db)",
        ] {
            assert!(turns_off_to_migrate(text), "{text}");
        }
        for text in [
            "sqlite.pragma('foreign_keys = ON'); migrate(db, {});",
            "sqlite.pragma('foreign_keys = OFF'); seed(db);",
            "sqlite.pragma('foreign_keys'); migrate(db); // offline",
            "sqlite.pragma('foreign_keys = OFFLINE'); migrate(db)",
        ] {
            assert!(!turns_off_to_migrate(text), "{text}");
        }
    }

    #[test]
    fn looks_in_the_package_and_at_likely_files_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let write = |path: &str, text: &str| {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("packages/db/package.json", "{}");
        write("packages/db/drizzle/0000.sql", "PRAGMA foreign_keys=OFF; -- migrate");
        let disk = crate::Disk::new(root);
        let check = || turns_foreign_keys_off(&disk, root, &root.join("packages/db/drizzle"));
        assert!(!check());
        let code = "pragma('foreign_keys = OFF'); migrate(db)";
        write("apps/web/src/start.ts", code);
        write("apps/web/src/db.test.ts", code);
        assert!(!check());
        write("apps/web/src/database.ts", code);
        assert!(check());
        std::fs::remove_file(root.join("apps/web/src/database.ts")).unwrap();
        write("packages/db/src/start.ts", code);
        assert!(check());
        std::fs::remove_file(root.join("packages/db/src/start.ts")).unwrap();
        write("packages/db/package.json", "{ \"dependencies\": { \"@libsql/client\": \"1\" } }");
        assert!(check());
    }
}
