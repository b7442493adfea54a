//! What a rule is.

use foldhash::HashMap;

use drift_model::{Dialect, Finding, ForeignKey, Level};

use crate::Comparison;

/// A check, with everything that people may want to know about it.
#[derive(Debug)]
pub struct Rule {
    /// What the fault is called, in kebab case.
    pub name: &'static str,
    /// The fault in one line.
    pub summary: &'static str,
    /// How bad it is, unless settings or a finding say otherwise.
    pub default_level: Level,
    /// Where the fault can be.
    pub dialects: &'static [Dialect],
    /// Looks for the fault.
    pub(crate) check: fn(&Comparison<'_>, &mut Vec<Finding>),
    /// The documentation in Markdown. Its first `ts` block and its first `sql` block are a schema
    /// and its migrations on which the rule reports, with `json` blocks for their journal and their
    /// snapshot; a comment that names a file begins another migration.
    pub doc: &'static str,
}

impl Rule {
    pub(crate) fn finding(&self, message: impl Into<String>) -> Finding {
        Finding::new(self.name, self.default_level, message)
    }

    pub(crate) fn finding_about(
        &self,
        foreign_key: &ForeignKey,
        message: impl Into<String>,
    ) -> Finding {
        self.finding(message).about(foreign_key)
    }
}

/// What the user says about rules: `None` switches one off, a level replaces its own.
#[derive(Debug, Clone, Default)]
pub struct RuleLevels {
    levels: HashMap<&'static str, Option<Level>>,
    /// Of the rules that are not in there.
    others: Option<Option<Level>>,
}

impl RuleLevels {
    /// Sets the level of a rule; a later call replaces an earlier one.
    pub fn set(&mut self, rule: &Rule, level: Option<Level>) {
        self.levels.insert(rule.name, level);
    }

    /// Sets the level of all rules.
    pub fn set_all(&mut self, level: Option<Level>) {
        self.levels.clear();
        self.others = Some(level);
    }

    /// Whether every rule has its own level.
    pub(crate) fn is_empty(&self) -> bool {
        self.levels.is_empty() && self.others.is_none()
    }

    /// The level of a rule; `None` where it is switched off.
    pub fn level_of(&self, rule: &Rule) -> Option<Level> {
        self.get(rule.name).unwrap_or(Some(rule.default_level))
    }

    pub(crate) fn get(&self, rule: &str) -> Option<Option<Level>> {
        self.levels.get(rule).copied().or(self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RULES;

    #[test]
    fn levels_are_those_of_the_rules_unless_they_are_set() {
        let [one, other] = [RULES[0], RULES[1]];
        let mut levels = RuleLevels::default();
        assert_eq!(levels.level_of(one), Some(one.default_level));
        levels.set(one, Some(Level::Info));
        assert_eq!(levels.level_of(one), Some(Level::Info));
        assert_eq!(levels.level_of(other), Some(other.default_level));
        levels.set_all(None);
        assert_eq!((levels.level_of(one), levels.level_of(other)), (None, None));
        levels.set(one, Some(Level::Warn));
        assert_eq!((levels.level_of(one), levels.level_of(other)), (Some(Level::Warn), None));
    }
}
