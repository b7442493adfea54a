//! The file of findings that were accepted once, so that only new ones fail.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use drift_model::FileSystem;
use serde::{Deserialize, Serialize};

use crate::report::{ProjectReport, Reported};

/// What the file is called, unless the settings or a flag say otherwise.
pub(crate) const FILE: &str = "drizzle-drift-baseline.json";

const VERSION: u32 = 1;

/// The findings that were accepted, and which of them are still there.
pub(crate) struct Baseline {
    entries: BTreeMap<String, (Entry, bool)>,
}

/// One finding. All but the fingerprint is for people.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) project: String,
    pub(crate) rule: String,
    /// The foreign key or the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) about: Option<String>,
    /// See [`crate::fingerprint`].
    pub(crate) fingerprint: String,
}

impl Entry {
    /// The entries of the findings of a project.
    pub(crate) fn all(project: &ProjectReport) -> impl Iterator<Item = Self> {
        project.findings.iter().map(|Reported { finding, fingerprint, .. }| {
            let table = || finding.subject.table.as_ref().map(ToString::to_string);
            Self {
                project: project.identity.clone(),
                rule: finding.rule.to_owned(),
                about: finding.foreign_key.clone().or_else(table),
                fingerprint: fingerprint.clone(),
            }
        })
    }
}

#[derive(Deserialize)]
struct File {
    version: u32,
    findings: Vec<Entry>,
}

impl Baseline {
    /// Reads a baseline; `None` where there is no such file.
    ///
    /// # Errors
    /// The file cannot be read, or is no baseline.
    pub(crate) fn read(
        files: &dyn FileSystem,
        path: &Path,
        shown: &str,
    ) -> anyhow::Result<Option<Self>> {
        let text = match files.read(path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                return Err(error).with_context(|| format!("cannot read the baseline {shown}"));
            }
        };
        let is_no_baseline =
            || format!("{shown} is no baseline; `drizzle-drift baseline` writes one");
        let file: File = serde_json::from_str(&text).with_context(is_no_baseline)?;
        if file.version != VERSION {
            bail!("{shown} is a baseline of version {}, which is not known", file.version);
        }
        let entries = file.findings.into_iter();
        let entries = entries.map(|it| (it.fingerprint.clone(), (it, false))).collect();
        Ok(Some(Self { entries }))
    }

    /// Whether the finding was accepted.
    pub(crate) fn accept(&mut self, fingerprint: &str) -> bool {
        match self.entries.get_mut(fingerprint) {
            Some((_, is_there)) => {
                *is_there = true;
                true
            }
            None => false,
        }
    }

    /// Says that these are still there.
    pub(crate) fn keep(&mut self, found: &[Entry]) {
        for entry in found {
            self.accept(&entry.fingerprint);
        }
    }

    /// How many findings of which that is known are gone, and all entries but those.
    pub(crate) fn split(&self, is_known: impl Fn(&Entry) -> bool) -> (usize, Vec<Entry>) {
        let entries = self.entries.values();
        let kept = entries.filter(|(it, is_there)| *is_there || !is_known(it));
        let mut kept: Vec<Entry> = kept.map(|(it, _)| it.clone()).collect();
        kept.sort();
        (self.entries.len() - kept.len(), kept)
    }
}

/// The file as it is written: one entry per line, in their order, so that branches merge.
fn render(mut entries: Vec<Entry>) -> anyhow::Result<String> {
    entries.sort();
    entries.dedup();
    let lines: Result<Vec<String>, _> = entries.iter().map(serde_json::to_string).collect();
    let lines = lines?.iter().map(|it| format!("\n    {it}")).collect::<Vec<_>>().join(",");
    let end = if lines.is_empty() { "" } else { "\n  " };
    Ok(format!("{{\n  \"version\": {VERSION},\n  \"findings\": [{lines}{end}]\n}}\n"))
}

/// Writes a baseline in place of the one that is there, if it is another; the old one stays where that
/// goes wrong.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn write(
    files: &dyn FileSystem,
    path: &Path,
    shown: &str,
    entries: Vec<Entry>,
) -> anyhow::Result<()> {
    let text = render(entries)?;
    if files.read(path).is_ok_and(|it| it == text) {
        return Ok(());
    }
    drift_project::replace_file(path, text.as_bytes())
        .with_context(|| format!("cannot write the baseline {shown}"))
}

/// Where the baseline is, or would be: beside the settings, else in the nearest folder from the current
/// directory up to the root of the repository that has one, else in the current directory.
pub(crate) fn find(
    files: &dyn FileSystem,
    root: &Path,
    current_directory: &Path,
    settings: Option<&Path>,
) -> PathBuf {
    if let Some(settings) = settings {
        return settings.join(FILE);
    }
    let folders = current_directory.ancestors().take_while(|it| it.starts_with(root));
    let found = folders.map(|it| it.join(FILE)).find(|it| files.is_file(it));
    found.unwrap_or_else(|| current_directory.join(FILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(project: &str, rule: &str, fingerprint: &str) -> Entry {
        let about = (rule != "dynamic-sql").then(|| "posts.author_id → users.id".to_owned());
        Entry {
            project: project.to_owned(),
            rule: rule.to_owned(),
            about,
            fingerprint: fingerprint.to_owned(),
        }
    }

    #[test]
    fn has_one_sorted_line_per_finding() {
        let entries = vec![
            entry("packages/db", "on-delete-mismatch", "2"),
            entry(".", "dynamic-sql", "3"),
            entry("packages/db", "on-delete-mismatch", "1"),
            entry("packages/db", "on-delete-mismatch", "2"),
        ];
        insta::assert_snapshot!(render(entries).unwrap(), @r#"
        {
          "version": 1,
          "findings": [
            {"project":".","rule":"dynamic-sql","fingerprint":"3"},
            {"project":"packages/db","rule":"on-delete-mismatch","about":"posts.author_id → users.id","fingerprint":"1"},
            {"project":"packages/db","rule":"on-delete-mismatch","about":"posts.author_id → users.id","fingerprint":"2"}
          ]
        }
        "#);
        insta::assert_snapshot!(render(Vec::new()).unwrap(), @r#"
        {
          "version": 1,
          "findings": []
        }
        "#);
    }

    #[test]
    fn reads_what_it_writes() {
        let files = drift_model::MemoryFileSystem::parse(
            "a.json",
            &render(vec![entry(".", "dynamic-sql", "1"), entry(".", "policy", "2")]).unwrap(),
        );
        let read = |name: &str| Baseline::read(&files, Path::new(name), name).unwrap();
        assert!(read("b.json").is_none());
        let mut baseline = read("a.json").unwrap();
        assert!(baseline.accept("2") && !baseline.accept("3"));
        let kept = |is_known| {
            let (gone, kept) = baseline.split(|_| is_known);
            (gone, kept.iter().map(|it| it.fingerprint.clone()).collect::<String>())
        };
        assert_eq!((kept(true), kept(false)), ((1, "2".to_owned()), (0, "12".to_owned())));
    }

    #[test]
    fn refuses_what_is_no_baseline() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{ "version": 2, "findings": [] }"#,
            r#"{ "version": 1, "findings": [{}] }"#,
        ] {
            let files = drift_model::MemoryFileSystem::parse("a.json", &format!("{text}\n"));
            let refused = Baseline::read(&files, Path::new("a.json"), "a.json");
            assert!(refused.is_err_and(|it| it.to_string().contains("a.json")), "{text}");
        }
    }

    #[test]
    fn says_what_it_cannot_read() {
        let folder = tempfile::tempdir().unwrap();
        let disk = drift_project::Disk::new(folder.path());
        let refused = Baseline::read(&disk, folder.path(), "base.json");
        assert!(refused.is_err_and(|it| it.to_string() == "cannot read the baseline base.json"));
    }

    #[test]
    fn keeps_what_is_still_there() {
        let text = render(vec![entry(".", "policy", "1"), entry(".", "policy", "2")]).unwrap();
        let files = drift_model::MemoryFileSystem::parse("a.json", &text);
        let read = Baseline::read(&files, Path::new("a.json"), "a.json");
        let mut baseline = read.unwrap().unwrap();
        baseline.keep(&[entry(".", "policy", "2"), entry(".", "policy", "3")]);
        let (gone, kept) = baseline.split(|_| true);
        assert_eq!((gone, kept), (1, vec![entry(".", "policy", "2")]));
    }

    #[test]
    fn writes_what_is_not_there_yet() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        let disk = drift_project::Disk::new(folder.path());
        // What is there is not touched.
        let text = render(vec![entry(".", "policy", "1")]).unwrap();
        let there = drift_model::MemoryFileSystem::parse(&path.to_string_lossy(), &text);
        write(&there, &path, FILE, vec![entry(".", "policy", "1")]).unwrap();
        assert!(!disk.is_file(&path));
        write(&there, &path, FILE, vec![entry(".", "policy", "2")]).unwrap();
        assert_eq!(disk.read(&path).unwrap(), text.replace("\"1\"", "\"2\""));
    }

    #[test]
    fn lies_beside_the_settings_or_above() {
        let files = drift_model::MemoryFileSystem::parse("/repo/drizzle-drift-baseline.json", "{}");
        let found = |from: &str, settings: Option<&str>| {
            let (root, settings) = (Path::new("/repo"), settings.map(Path::new));
            find(&files, root, Path::new(from), settings).to_string_lossy().replace('\\', "/")
        };
        assert_eq!(found("/repo/a/b", None), "/repo/drizzle-drift-baseline.json");
        assert_eq!(found("/repo/a", Some("/repo/b")), "/repo/b/drizzle-drift-baseline.json");
        assert_eq!(found("/other/a", None), "/other/a/drizzle-drift-baseline.json");
    }
}
