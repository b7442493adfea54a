//! The entries of `ignore` in the settings.

use std::path::Path;

use drift_model::{Date, Finding, NamePattern, SourceMap, Span};
use drift_project::IgnoreSetting;

use crate::rule_name::RuleName;

/// The entries, and which of them were needed.
pub(crate) struct IgnoreList<'a> {
    pub(crate) entries: Vec<IgnoreEntry<'a>>,
    /// Where paths start from.
    folder: &'a Path,
}

/// Findings that are accepted for a reason.
pub(crate) struct IgnoreEntry<'a> {
    pub(crate) rules: &'a [RuleName],
    setting: &'a IgnoreSetting,
    /// Whether it had something to accept.
    pub(crate) is_needed: bool,
    /// Whether its last day is over, so that it does not count.
    pub(crate) is_expired: bool,
}

impl<'a> IgnoreList<'a> {
    /// The list of settings in `folder`, with the rules of each entry.
    pub(crate) fn new(
        entries: &'a [(Vec<RuleName>, IgnoreSetting)],
        folder: &'a Path,
        today: Date,
    ) -> Self {
        let entries = entries.iter().map(|(rules, setting)| {
            let is_expired = setting.until.is_some_and(|it| it < today);
            IgnoreEntry { rules, setting, is_needed: false, is_expired }
        });
        Self { entries: entries.collect(), folder }
    }

    /// Whether an entry accepts the finding.
    pub(crate) fn accept(&mut self, finding: &Finding, sources: &SourceMap) -> bool {
        let mut is_accepted = false;
        for entry in self.entries.iter_mut().filter(|it| !it.is_expired) {
            if entry.means(finding, sources, self.folder) {
                entry.is_needed = true;
                is_accepted = true;
            }
        }
        is_accepted
    }
}

impl IgnoreEntry<'_> {
    /// Where it is written.
    pub(crate) fn span(&self) -> Span {
        self.setting.span
    }

    /// The last day on which it counts.
    pub(crate) fn until(&self) -> Option<Date> {
        self.setting.until
    }

    /// The rules as they are written: `a`, `b`.
    pub(crate) fn rule_names(&self) -> String {
        let names: Vec<String> = self.rules.iter().map(|it| format!("`{}`", it.as_str())).collect();
        names.join(", ")
    }

    fn means(&self, finding: &Finding, sources: &SourceMap, folder: &Path) -> bool {
        let IgnoreSetting { table, columns, file, .. } = self.setting;
        let subject = &finding.subject;
        let has_columns = || {
            // Several things told at once are in no order of their own.
            let is_named = |column| columns.iter().any(|it: &NamePattern| it.matches(column));
            if !finding.parts.is_empty() {
                return !subject.columns.is_empty()
                    && subject.columns.iter().all(|it| is_named(it));
            }
            columns.len() == subject.columns.len()
                && columns.iter().zip(&subject.columns).all(|(it, column)| it.matches(column))
        };
        let points_at = |file: &NamePattern| {
            let is_in_it = |span: &Span| {
                let path = &sources.file(span.file).path;
                let path = path.strip_prefix(folder).unwrap_or(path);
                file.matches(&path.to_string_lossy().replace('\\', "/"))
            };
            let mut labels = finding.labels.iter().map(|it| &it.span);
            match &finding.parts[..] {
                [] => labels.any(is_in_it),
                parts => {
                    parts.iter().all(is_in_it)
                        || labels.any(|it| !parts.contains(it) && is_in_it(it))
                }
            }
        };
        self.rules.iter().any(|it| it.is(finding.rule))
            && table.as_ref().is_none_or(|it| {
                subject.table.as_ref().is_some_and(|table| it.matches_table(table))
            })
            && (columns.is_empty() || has_columns())
            && file.as_ref().is_none_or(points_at)
    }
}

#[cfg(test)]
mod tests {
    use drift_model::{Level, TableName};

    use super::*;

    fn setting(sources: &SourceMap) -> IgnoreSetting {
        IgnoreSetting {
            rules: Vec::new(),
            table: None,
            columns: Vec::new(),
            file: None,
            reason: "why".to_owned(),
            until: None,
            span: Span::new(sources.add("/repo/drizzle-drift.json".into(), String::new()).id, 0, 0),
        }
    }

    fn accepts(change: impl FnOnce(&mut IgnoreSetting)) -> bool {
        let sources = SourceMap::default();
        let file = sources.add("/repo/sql/0.sql".into(), "x".to_owned()).id;
        let columns = ["org_id".to_owned(), "author_id".to_owned()];
        let finding = Finding::new("missing-table", Level::Error, "")
            .about_columns(&TableName::with_namespace("app", "legacy_posts"), &columns)
            .label(Span::new(file, 0, 1), "");
        let mut setting = setting(&sources);
        change(&mut setting);
        let rules = vec![RuleName::parse("missing-table").unwrap()];
        let today = Date::parse("2027-01-01").unwrap();
        let entries = [(rules, setting)];
        let mut list = IgnoreList::new(&entries, Path::new("/repo"), today);
        let is_accepted = list.accept(&finding, &sources);
        assert_eq!(list.entries[0].is_needed, is_accepted);
        is_accepted
    }

    #[test]
    fn all_that_an_entry_says_has_to_be_so() {
        let pattern = |text: &str| Some(NamePattern::new(text));
        let columns = |names: &[&str]| names.iter().map(|it| NamePattern::new(*it)).collect();
        assert!(accepts(|_| {}));
        assert!(accepts(|it| it.table = pattern("legacy_*")));
        assert!(accepts(|it| it.table = pattern("app.*")));
        assert!(!accepts(|it| it.table = pattern("legacy")));
        assert!(accepts(|it| it.columns = columns(&["org_id", "*_id"])));
        assert!(!accepts(|it| it.columns = columns(&["author_id", "org_id"])));
        assert!(!accepts(|it| it.columns = columns(&["org_id"])));
        assert!(accepts(|it| it.file = pattern("sql/*.sql")));
        assert!(!accepts(|it| it.file = pattern("*.ts")));
        assert!(!accepts(|it| {
            it.table = pattern("legacy_*");
            it.file = pattern("*.ts");
        }));
    }

    #[test]
    fn the_last_day_counts() {
        assert!(accepts(|it| it.until = Date::parse("2027-01-01")));
        assert!(!accepts(|it| it.until = Date::parse("2026-12-31")));
    }

    #[test]
    fn of_several_things_each_has_to_be_meant() {
        let sources = SourceMap::default();
        let add = |path: &str| sources.add(path.into(), "x".repeat(9)).id;
        let (schema, other, sql) = (add("/repo/a.ts"), add("/repo/b.ts"), add("/repo/0.sql"));
        let accepts = |columns: &[&str], file: Option<&str>, parts: [Span; 2]| {
            let names = ["org_id".to_owned(), "author_id".to_owned()];
            let mut finding = Finding::new("missing-column", Level::Error, "")
                .about_columns(&TableName::new("posts"), &names)
                .label(Span::new(sql, 0, 1), "the table")
                .parts(parts);
            for part in parts {
                finding = finding.label(part, "a column");
            }
            let mut setting = setting(&sources);
            setting.columns = columns.iter().map(|it| NamePattern::new(*it)).collect();
            setting.file = file.map(NamePattern::new);
            let rules = vec![RuleName::parse("missing-column").unwrap()];
            let entries = [(rules, setting)];
            let today = Date::parse("2027-01-01").unwrap();
            IgnoreList::new(&entries, Path::new("/repo"), today).accept(&finding, &sources)
        };
        let one_file = [Span::new(schema, 0, 1), Span::new(schema, 2, 3)];
        let two_files = [Span::new(schema, 0, 1), Span::new(other, 2, 3)];
        // In any order, and by patterns; but all of them.
        assert!(accepts(&["author_id", "org_id"], None, one_file));
        assert!(accepts(&["*_id"], None, one_file));
        assert!(!accepts(&["org_id"], None, one_file));
        // A file has all of them, or what they have in common.
        assert!(accepts(&[], Some("a.ts"), one_file));
        assert!(!accepts(&[], Some("a.ts"), two_files));
        assert!(accepts(&[], Some("0.sql"), two_files));
        assert!(!accepts(&[], Some("c.ts"), one_file));
    }
}
