//! Which findings a team has accepted, and which of them a run is not about: comments, settings, the
//! baseline and `--since` take some out, one after the other, and what they take is counted.

use drift_model::{Finding, SourceMap};
use drift_rules::{RuleLevels, UNUSED_SUPPRESSION};

use crate::baseline::Baseline;
use crate::changes::Changes;
use crate::ignore::IgnoreList;
use crate::report::{ProjectReport, Reported};
use crate::rule_name::RuleName;
use crate::suppressions::Suppressions;

/// How many findings were taken out of a report, by what took them.
#[derive(Debug, Default, Clone, Copy)]
pub struct Accepted {
    /// Comments in the text.
    pub suppressed: usize,
    /// `ignore` in the settings.
    pub ignored: usize,
    /// The baseline.
    pub baselined: usize,
    /// `--since`: they have nothing to do with what changed.
    pub unchanged: usize,
}

impl std::iter::Sum for Accepted {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, it| Self {
            suppressed: sum.suppressed + it.suppressed,
            ignored: sum.ignored + it.ignored,
            baselined: sum.baselined + it.baselined,
            unchanged: sum.unchanged + it.unchanged,
        })
    }
}

/// Everything that takes findings out of a report.
pub(crate) struct Acceptance<'a> {
    pub(crate) suppressions: Suppressions,
    pub(crate) ignore: IgnoreList<'a>,
    pub(crate) baseline: Option<Baseline>,
    pub(crate) changes: Option<Changes>,
    pub(crate) sources: &'a SourceMap,
}

impl Acceptance<'_> {
    /// Takes out what is accepted. A finding counts for the first that takes it, but is there for all.
    pub(crate) fn apply(&mut self, project: &mut ProjectReport) {
        let mut accepted = Accepted::default();
        project.findings.retain(|reported| {
            let Reported { finding, fingerprint, .. } = reported;
            let is_suppressed = self.suppressions.accept(finding);
            let is_ignored = self.ignore.accept(finding, self.sources);
            let is_baselined = self.baseline.as_mut().is_some_and(|it| it.accept(fingerprint));
            let count = if is_suppressed {
                &mut accepted.suppressed
            } else if is_ignored {
                &mut accepted.ignored
            } else if is_baselined {
                &mut accepted.baselined
            } else if self.is_unchanged(reported) {
                &mut accepted.unchanged
            } else {
                return true;
            };
            *count += 1;
            false
        });
        project.accepted = accepted;
    }

    fn is_unchanged(&self, reported: &Reported) -> bool {
        let Reported { finding, tables, .. } = reported;
        self.changes.as_ref().is_some_and(|it| !it.concern(finding, tables, self.sources))
    }

    /// Reports what accepts nothing, as far as that is known.
    pub(crate) fn unused(&self, levels: &RuleLevels, known: Known) -> Vec<Finding> {
        let Some(level) = levels.level_of(&UNUSED_SUPPRESSION) else { return Vec::new() };
        let finding = |span, message: String, label: &str, help: &str| {
            let place = self.sources.snippet(span);
            Finding::new(UNUSED_SUPPRESSION.name, level, message)
                .detail(place.split_whitespace().collect::<Vec<_>>().join(" "))
                .label(span, label)
                .help(help)
        };
        let mut findings = Vec::new();
        for fault in &self.suppressions.faults {
            let message = fault.message.clone();
            findings.push(finding(fault.span, message, "this accepts nothing", &fault.help));
        }
        let runs = |rule: RuleName| match rule {
            RuleName::All => true,
            RuleName::One(rule) => levels.level_of(rule).is_some(),
        };
        for (rule, span) in self.suppressions.unneeded() {
            if known.in_files && runs(rule) {
                let message = format!("no finding of `{}` is left to suppress", rule.as_str());
                findings.push(finding(span, message, "this matches nothing", "remove the comment"));
            }
        }
        for entry in &self.ignore.entries {
            let (rules, span) = (entry.rule_names(), entry.span());
            if let (true, Some(until)) = (entry.is_expired, entry.until()) {
                let message = format!("the `ignore` entry of {rules} held until {until}");
                let help = "mend what it accepted, or say until when to accept it";
                findings.push(finding(span, message, "this accepts nothing any more", help));
            } else if known.everywhere && !entry.is_needed && entry.rules.iter().any(|it| runs(*it))
            {
                let message = format!("no finding of {rules} is left to ignore");
                findings.push(finding(span, message, "this matches nothing", "remove the entry"));
            }
        }
        findings
    }
}

/// Where it is known that what matches no finding never will.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    /// In the files that were read.
    pub(crate) in_files: bool,
    /// In what holds for every project.
    pub(crate) everywhere: bool,
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::path::Path;

    use drift_model::{Date, Level, NamePattern, Span, TableName};
    use drift_project::IgnoreSetting;
    use insta::assert_snapshot;

    use super::*;
    use crate::suppressions::marked_files;

    /// A file of which a comment accepts `missing-table` at `a`, and settings that accept it of a table.
    struct Case {
        sources: SourceMap,
        file: drift_model::FileId,
        ignored: Vec<(Vec<RuleName>, IgnoreSetting)>,
    }

    impl Case {
        fn new(comment: &str, ignored_rule: &str, until: Option<&str>) -> Self {
            let sources = SourceMap::default();
            let text = format!("// drizzle-drift-ignore {comment}\na\nb");
            let file = sources.add("/repo/a.ts".into(), text).id;
            let settings = sources.add("/repo/settings".into(), "{ an entry }".to_owned()).id;
            let setting = IgnoreSetting {
                rules: Vec::new(),
                table: Some(NamePattern::new("ignored")),
                columns: Vec::new(),
                file: None,
                reason: "why".to_owned(),
                until: until.and_then(Date::parse),
                span: Span::new(settings, 0, 12),
            };
            let ignored = vec![(vec![RuleName::parse(ignored_rule).unwrap()], setting)];
            Self { sources, file, ignored }
        }

        fn acceptance(&self, changes: Option<Changes>) -> Acceptance<'_> {
            let files = drift_model::MemoryFileSystem::parse(
                "baseline",
                r#"{"version":1,"findings":[{"project":".","rule":"missing-table","fingerprint":"old"}]}"#,
            );
            let today = Date::parse("2027-01-01").unwrap();
            Acceptance {
                suppressions: Suppressions::read(marked_files(&self.sources), &HashMap::new()),
                ignore: IgnoreList::new(&self.ignored, Path::new("/repo"), today),
                baseline: Baseline::read(&files, Path::new("baseline"), "baseline").unwrap(),
                changes,
                sources: &self.sources,
            }
        }

        /// A finding of `missing-table` at a letter of the file.
        fn finding(&self, letter: &str, table: &str, fingerprint: &str) -> Reported {
            let at = self.sources.file(self.file).text.rfind(letter).unwrap() as u32;
            let finding = Finding::new("missing-table", Level::Error, "")
                .about_table(&TableName::new(table))
                .label(Span::new(self.file, at, at + 1), "");
            Reported { finding, fingerprint: fingerprint.to_owned(), tables: Vec::new() }
        }

        /// What is reported of what accepts nothing, where these findings are there.
        fn unused(&self, findings: Vec<Reported>, levels: &RuleLevels, known: Known) -> String {
            let mut acceptance = self.acceptance(None);
            acceptance.apply(&mut ProjectReport { findings, ..ProjectReport::default() });
            let unused = acceptance.unused(levels, known);
            unused.iter().map(|it| format!("{}: {}\n", it.level, it.message)).collect()
        }
    }

    const KNOWN: Known = Known { in_files: true, everywhere: true };

    #[test]
    fn a_finding_counts_for_the_first_that_takes_it() {
        let case = Case::new("missing-table: why", "missing-table", None);
        let findings = || {
            vec![
                case.finding("a", "ignored", "old"),
                case.finding("a", "other", "new"),
                case.finding("b", "ignored", "old"),
                case.finding("b", "other", "old"),
                case.finding("b", "other", "new"),
                case.finding("b", "other", "new"),
            ]
        };
        let accepted = |difference: Option<&str>| {
            let changes = difference.map(|it| Changes::read(Path::new("/repo"), it));
            let mut project = ProjectReport { findings: findings(), ..ProjectReport::default() };
            case.acceptance(changes).apply(&mut project);
            let Accepted { suppressed, ignored, baselined, unchanged } = project.accepted;
            (suppressed, ignored, baselined, unchanged, project.findings.len())
        };
        assert_eq!(accepted(None), (2, 1, 1, 0, 2));
        assert_eq!(accepted(Some("")), (2, 1, 1, 2, 0));
        let changed = "--- a/a.ts\n+++ b/a.ts\n@@ -3 +3 @@\n-c\n+b\n";
        assert_eq!(accepted(Some(changed)), (2, 1, 1, 0, 2));
    }

    #[test]
    fn what_is_accepted_adds_up() {
        let one = Accepted { suppressed: 1, ignored: 2, baselined: 3, unchanged: 4 };
        let other = Accepted { suppressed: 10, ignored: 20, baselined: 30, unchanged: 40 };
        let Accepted { suppressed, ignored, baselined, unchanged } = [one, other].into_iter().sum();
        assert_eq!((suppressed, ignored, baselined, unchanged), (11, 22, 33, 44));
    }

    #[test]
    fn what_accepts_nothing_is_reported() {
        let case = Case::new("missing-table: why", "missing-table", None);
        let levels = RuleLevels::default();
        assert_snapshot!(case.unused(Vec::new(), &levels, KNOWN), @"
        warn: no finding of `missing-table` is left to suppress
        warn: no finding of `missing-table` is left to ignore
        ");
        let both = || vec![case.finding("a", "other", ""), case.finding("b", "ignored", "")];
        assert_snapshot!(case.unused(both(), &levels, KNOWN), @"");
        // What was not read may hold what they accept.
        let known = |in_files, everywhere| Known { in_files, everywhere };
        assert_snapshot!(case.unused(Vec::new(), &levels, known(true, false)), @"warn: no finding of `missing-table` is left to suppress");
        assert_snapshot!(case.unused(Vec::new(), &levels, known(false, true)), @"warn: no finding of `missing-table` is left to ignore");
    }

    #[test]
    fn what_is_wrong_or_over_is_reported_whatever_was_read() {
        let nothing_known = Known { in_files: false, everywhere: false };
        let levels = RuleLevels::default();
        let wrong = Case::new("missing-table", "all", Some("2026-12-31"));
        assert_snapshot!(wrong.unused(Vec::new(), &levels, nothing_known), @"
        warn: the suppression of `missing-table` gives no reason
        warn: the `ignore` entry of `all` held until 2026-12-31
        ");
    }

    #[test]
    fn rules_that_do_not_run_need_nothing_to_accept() {
        let case = Case::new("missing-table: why", "missing-table", None);
        let mut levels = RuleLevels::default();
        levels.set_all(None);
        assert_eq!(case.unused(Vec::new(), &levels, KNOWN), "");
        levels.set(&UNUSED_SUPPRESSION, Some(Level::Info));
        assert_eq!(case.unused(Vec::new(), &levels, KNOWN), "");
        let all = Case::new("all: why", "all", None);
        assert_snapshot!(all.unused(Vec::new(), &levels, KNOWN), @"
        info: no finding of `all` is left to suppress
        info: no finding of `all` is left to ignore
        ");
    }
}
