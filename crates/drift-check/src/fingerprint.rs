//! What a finding is called from run to run: by baselines, and by the services that compare the report
//! of one commit with that of another.
//!
//! A fingerprint is made of the project, the rule and the [`Subject`], never of lines, prose or levels.
//! Baselines keep fingerprints, so what goes into one, and in which order, can't change any more.

use std::collections::HashMap;
use std::path::Path;

use drift_model::{Finding, Subject, TableName};

/// The fingerprints of all findings of a project, in their order: 16 hexadecimal digits each.
///
/// Where several have one subject, the second ends in `-2` and so on; `findings` should be in the order
/// of the report, which is always the same.
pub fn fingerprints(project: &str, findings: &[Finding]) -> Vec<String> {
    let mut seen: HashMap<u64, u32> = HashMap::new();
    let fingerprint = |finding: &Finding| {
        let hash = hash(project, finding.rule, &finding.subject);
        let count = seen.entry(hash).or_default();
        *count += 1;
        if *count == 1 { format!("{hash:016x}") } else { format!("{hash:016x}-{count}") }
    };
    findings.iter().map(fingerprint).collect()
}

/// The fingerprint of a source that could not be read.
pub fn of_error(path: &str, message: &str) -> String {
    let mut hash = Fnv::default();
    hash.text(path);
    hash.text(message);
    format!("{:016x}", hash.0)
}

/// What a project is called wherever in its repository the command is run. `name` is how it is called
/// in `current_directory`.
pub fn project_identity(root: &Path, current_directory: &Path, name: &str) -> String {
    let path = if name == "." { current_directory } else { &current_directory.join(name) };
    let identity = path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    if identity.is_empty() { ".".to_owned() } else { identity }
}

fn hash(project: &str, rule: &str, subject: &Subject) -> u64 {
    let Subject { table, columns, referenced_table, says, detail } = subject;
    let mut says: Vec<_> = says.iter().collect();
    says.sort();
    let mut hash = Fnv::default();
    hash.text(project);
    hash.text(rule);
    hash.table(table.as_ref());
    hash.number(columns.len());
    columns.iter().for_each(|it| hash.text(it));
    hash.table(referenced_table.as_ref());
    hash.number(says.len());
    for (source, what) in says {
        hash.text(source);
        hash.text(what);
    }
    hash.optional(detail.as_deref());
    hash.0
}

/// FNV-1a with 64 bits, of which nobody will change the output.
///
/// Source: draft-eastlake-fnv.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn number(&mut self, number: usize) {
        self.bytes(&(number as u64).to_le_bytes());
    }

    /// With its length in front, so that no two rows of texts give the same bytes.
    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.bytes(text.as_bytes());
    }

    fn optional(&mut self, text: Option<&str>) {
        self.number(usize::from(text.is_some()));
        text.into_iter().for_each(|it| self.text(it));
    }

    fn table(&mut self, table: Option<&TableName>) {
        self.optional(table.and_then(|it| it.namespace.as_deref()));
        self.optional(table.map(|it| it.name.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use drift_model::Level;

    use super::*;

    fn finding(columns: &[&str]) -> Finding {
        let columns: Vec<String> = columns.iter().map(|it| (*it).to_owned()).collect();
        Finding::new("on-delete-mismatch", Level::Error, "a message")
            .about_columns(&TableName::new("posts"), &columns)
            .says("schema", "cascade")
            .says("migrations", "no action")
    }

    fn one(finding: &Finding) -> String {
        fingerprints(".", std::slice::from_ref(finding)).remove(0)
    }

    #[test]
    fn known_texts_have_known_hashes() {
        let hash = |text: &str| {
            let mut hash = Fnv::default();
            hash.bytes(text.as_bytes());
            hash.0
        };
        // From the test vectors of the draft.
        assert_eq!(hash(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash("a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(hash("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn a_fingerprint_stays_what_it_is() {
        // Baselines of users hold it: this line must never change.
        assert_eq!(one(&finding(&["author_id"])), "b28c712013ae6583");
    }

    #[test]
    fn a_file_that_cannot_be_read_has_one_too() {
        assert_eq!(of_error("a.ts", "it is gone"), of_error("a.ts", "it is gone"));
        assert_ne!(of_error("a.ts", "it is gone"), of_error("b.ts", "it is gone"));
        assert_ne!(of_error("a.ts", "it is gone"), of_error("a.ts", "it is a folder"));
    }

    #[test]
    fn words_and_levels_do_not_matter() {
        let first = finding(&["author_id"]);
        let mut other = finding(&["author_id"]).note("a note").help("some help");
        other.message = "another message".to_owned();
        other.level = Level::Info;
        other.subject.says.reverse();
        assert_eq!(one(&first), one(&other));
    }

    #[test]
    fn everything_that_a_finding_is_about_matters() {
        let all = [
            finding(&["a", "b"]),
            finding(&["b", "a"]),
            finding(&["ab"]),
            finding(&["a", "b"]).about_table(&TableName::with_namespace("auth", "posts")),
            finding(&["a", "b"]).detail("x"),
            finding(&["a", "b"]).detail(""),
            finding(&["a", "b"]).says("snapshot", "cascade"),
            Finding { rule: "on-update-mismatch", ..finding(&["a", "b"]) },
        ];
        let mut distinct: Vec<String> = all.iter().map(one).collect();
        distinct.push(fingerprints("packages/db", &all[..1]).remove(0));
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), all.len() + 1);
    }

    #[test]
    fn findings_with_one_subject_are_counted() {
        let findings = [finding(&["a"]), finding(&["b"]), finding(&["a"]), finding(&["a"])];
        let found = fingerprints(".", &findings);
        assert_eq!(found[2], format!("{}-2", found[0]));
        assert_eq!(found[3], format!("{}-3", found[0]));
        assert!(!found[1].contains('-'));
    }

    #[test]
    fn a_project_is_called_the_same_from_everywhere() {
        let identity =
            |from: &str, name| project_identity(Path::new("/repo"), Path::new(from), name);
        assert_eq!(identity("/repo", "packages/db"), "packages/db");
        assert_eq!(identity("/repo/packages/db", "."), "packages/db");
        assert_eq!(identity("/repo/packages", "db#generate"), "packages/db#generate");
        assert_eq!(identity("/repo/apps", "/repo/packages/db"), "packages/db");
        assert_eq!(identity("/repo", "."), ".");
    }
}
