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
