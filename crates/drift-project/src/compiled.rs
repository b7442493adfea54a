//! From compiled output back to the source: a config may list `./dist/db/schema.js`.

use std::path::{Component, Path, PathBuf};

use drift_model::FileSystem;

const OUTPUT_FOLDERS: [&str; 4] = ["dist", "build", "out", "lib"];

/// Whether the file holds types only.
pub(crate) fn is_declaration(path: &Path) -> bool {
    let name = path.file_name().map(|it| it.to_string_lossy()).unwrap_or_default();
    [".d.ts", ".d.mts", ".d.cts"].iter().any(|suffix| name.ends_with(suffix))
}

/// The source of a compiled file that is not there, such as `src/db/schema.ts` below `base` for
/// `dist/apps/api/src/db/schema.js`: compilers repeat the path of the source behind the output
/// folder, from the package or from the root of the workspace on.
pub(crate) fn source_of(files: &dyn FileSystem, base: &Path, pattern: &str) -> Option<PathBuf> {
    let compiled = Path::new(pattern);
    let parts: Vec<&str> = compiled
        .components()
        .filter(|part| !matches!(part, Component::CurDir))
        .map(|part| part.as_os_str().to_str())
        .collect::<Option<_>>()?;
    if !OUTPUT_FOLDERS.contains(parts.first()?) {
        return None;
    }
    let extensions: &[&str] = match compiled.extension()?.to_str()? {
        "js" => &["ts", "tsx"],
        "mjs" => &["mts"],
        "cjs" => &["cts"],
        _ => return None,
    };
    (1..parts.len()).find_map(|skipped| {
        let below: PathBuf = parts[skipped..].iter().collect();
        let candidates = [base.join(&below), base.join("src").join(&below)];
        candidates.iter().find_map(|candidate| {
            let sources = extensions.iter().map(|extension| candidate.with_extension(extension));
            sources.into_iter().find(|path| files.is_file(path))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use drift_model::MemoryFileSystem;

    #[test]
    fn finds_the_source_behind_the_output_folder() {
        let files = MemoryFileSystem::parse("p/src/db/schema.ts", "export {}");
        let find = |pattern: &str| source_of(&files, Path::new("p"), pattern);
        let source = Some(PathBuf::from("p/src/db/schema.ts"));
        assert_eq!(find("./dist/db/schema.js"), source);
        assert_eq!(find("./dist/apps/api/src/db/schema.js"), source);
        assert_eq!(find("./src/db/schema.js"), None);
        assert_eq!(find("./dist/db/other.js"), None);
    }
}
