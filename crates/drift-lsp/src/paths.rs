//! Files as clients call them, and as the disk knows them.

use std::path::{Path, PathBuf};

use gen_lsp_types::Uri;
use url::Url;

/// The file that a URI names; `None` where it names none, as `untitled:` does.
pub(crate) fn path_of(uri: &Uri) -> Option<PathBuf> {
    let url = Url::parse(&uri.0).ok()?;
    (url.scheme() == "file").then(|| url.to_file_path().ok()).flatten()
}

/// What a file is called in a URI; `None` for a path that is not absolute.
pub(crate) fn uri_of(path: &Path) -> Option<Uri> {
    let mut uri: String = Url::from_file_path(path).ok()?.into();
    // Browsers take these as they are, and RFC 3986 does not.
    for (character, encoded) in [('[', "%5B"), (']', "%5D"), ('^', "%5E"), ('|', "%7C")] {
        uri = uri.replace(character, encoded);
    }
    Some(Uri(uri))
}

/// A path without symbolic links. Of a file that is not there, the folder is looked at.
pub(crate) fn real(path: &Path) -> PathBuf {
    if let Ok(real) = path.canonicalize() {
        return real;
    }
    match (path.parent().map(Path::canonicalize), path.file_name()) {
        (Some(Ok(folder)), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}

/// A folder that projects are looked for in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Folder {
    /// As the client calls it.
    pub(crate) named: PathBuf,
    /// Without symbolic links.
    pub(crate) real: PathBuf,
}

impl Folder {
    pub(crate) fn new(named: PathBuf) -> Self {
        Self { real: real(&named), named }
    }

    /// What the client calls a file of the folder.
    pub(crate) fn named(&self, path: &Path) -> Option<PathBuf> {
        let rest = path.strip_prefix(&self.real).ok()?;
        Some(if rest.as_os_str().is_empty() { self.named.clone() } else { self.named.join(rest) })
    }

    /// Where to look for projects when somebody opens a file and no folder: its repository, else the next
    /// folder above it that has a config or a manifest, else its own.
    pub(crate) fn around(file: &Path) -> Option<Self> {
        const CONFIGS: [&str; 5] = [
            "drizzle.config.ts",
            "drizzle.config.js",
            "drizzle.config.mts",
            "drizzle.config.mjs",
            "package.json",
        ];
        let own = file.parent()?;
        let is_project = |it: &&Path| CONFIGS.iter().any(|name| it.join(name).is_file());
        let repository = own.ancestors().find(|it| it.join(".git").exists());
        let project = || own.ancestors().find(is_project);
        Some(Self::new(repository.or_else(project).unwrap_or(own).to_path_buf()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(uri: &str) -> Option<PathBuf> {
        path_of(&Uri(uri.to_owned()))
    }

    #[test]
    #[cfg(unix)]
    fn uris_are_decoded() {
        assert_eq!(path("file:///a%20b/%C3%A9%23.ts"), Some("/a b/é#.ts".into()));
        assert_eq!(path("file:///a b/(x)/[id].ts"), Some("/a b/(x)/[id].ts".into()));
        assert_eq!(path("file://localhost/a.ts"), Some("/a.ts".into()));
        assert_eq!(path("untitled:Untitled-1"), None);
        assert_eq!(path("git:/a.ts?ref=main"), None);
        assert_eq!(path("a.ts"), None);
        assert_eq!(path(""), None);
    }

    #[test]
    #[cfg(windows)]
    fn drive_letters_are_understood() {
        assert_eq!(path("file:///c%3A/a%20b.ts"), Some("c:\\a b.ts".into()));
        assert_eq!(path("file:///C:/a.ts"), Some("C:\\a.ts".into()));
    }

    #[test]
    #[cfg(unix)]
    fn paths_lead_back() {
        for name in ["/a b/é#?.ts", "/x/%41.ts", "/[id]/(y)/@z.ts"] {
            let uri = uri_of(Path::new(name)).unwrap();
            assert_eq!(path_of(&uri), Some(name.into()), "{}", uri.0);
        }
        assert!(uri_of(Path::new("a.ts")).is_none());
    }

    #[test]
    #[cfg(unix)]
    fn what_uris_must_not_contain_is_encoded() {
        let uri = uri_of(Path::new("/app/[id]/a b/é^|#.ts")).unwrap();
        assert_eq!(uri.0, "file:///app/%5Bid%5D/a%20b/%C3%A9%5E%7C%23.ts");
    }

    #[test]
    #[cfg(unix)]
    fn a_folder_behind_a_link_keeps_its_name() {
        let place = tempfile::tempdir().unwrap();
        let (real, link) = (place.path().join("real"), place.path().join("link"));
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let folder = Folder::new(link.clone());
        let file = super::real(&link.join("new.ts"));
        assert_eq!(file, real.canonicalize().unwrap().join("new.ts"));
        assert_eq!(folder.named(&file), Some(link.join("new.ts")));
        assert_eq!(folder.named(&folder.real), Some(link));
        assert_eq!(folder.named(Path::new("/elsewhere/a.ts")), None);
    }

    #[test]
    fn a_file_alone_is_looked_at_in_its_repository() {
        let place = tempfile::tempdir().unwrap();
        let package = place.path().join("packages/db");
        std::fs::create_dir_all(package.join("src")).unwrap();
        let around = || Folder::around(&package.join("src/schema.ts")).unwrap().named;
        assert_eq!(around(), package.join("src"));
        std::fs::write(package.join("drizzle.config.ts"), "").unwrap();
        assert_eq!(around(), package);
        std::fs::create_dir(place.path().join(".git")).unwrap();
        assert_eq!(around(), place.path());
    }
}
