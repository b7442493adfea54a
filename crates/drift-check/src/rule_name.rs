//! The names by which flags, settings and comments call rules.

use drift_model::Level;
use drift_rules::{RULES, Rule, RuleLevels};

/// One rule, or every one.
#[derive(Debug, Clone, Copy)]
pub enum RuleName {
    /// `all`
    All,
    /// The name of a rule.
    One(&'static Rule),
}

/// What stands for every rule.
const ALL: &str = "all";

impl RuleName {
    /// Reads the name of a rule, or `all`.
    ///
    /// # Errors
    /// There is no such rule: with the nearest.
    pub fn parse(name: &str) -> Result<Self, String> {
        if name == ALL { Ok(Self::All) } else { parse_rule(name).map(Self::One) }
    }

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => ALL,
            Self::One(rule) => rule.name,
        }
    }

    /// Whether it stands for the rule of that name.
    pub fn is(self, rule: &str) -> bool {
        match self {
            Self::All => true,
            Self::One(one) => one.name == rule,
        }
    }
}

/// The rule of that name.
///
/// # Errors
/// There is none: with the nearest.
pub fn parse_rule(name: &str) -> Result<&'static Rule, String> {
    if let Some(rule) = RULES.iter().find(|rule| rule.name == name) {
        return Ok(rule);
    }
    let nearest = RULES.iter().max_by(|a, b| {
        strsim::jaro_winkler(a.name, name).total_cmp(&strsim::jaro_winkler(b.name, name))
    });
    let hint = nearest.map(|rule| format!("; did you mean `{}`?", rule.name)).unwrap_or_default();
    Err(format!("there is no such rule{hint}"))
}

/// Sets levels, `None` for off: first those of all rules, then those of single ones, the last of which
/// wins.
pub(crate) fn set_levels(levels: &mut RuleLevels, wishes: &[(RuleName, Option<Level>)]) {
    let (all, single): (Vec<_>, Vec<_>) =
        wishes.iter().copied().partition(|(rule, _)| matches!(rule, RuleName::All));
    for (rule, level) in all.into_iter().chain(single) {
        match rule {
            RuleName::All => levels.set_all(level),
            RuleName::One(rule) => levels.set(rule, level),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_rule_is_answered_with_the_nearest() {
        let error = parse_rule("on-delete-missmatch").unwrap_err();
        assert!(error.contains("`on-delete-mismatch`"), "{error}");
    }

    #[test]
    fn all_stands_for_every_rule() {
        let all = RuleName::parse("all").unwrap();
        assert!(RULES.iter().all(|it| all.is(it.name)));
        let one = RuleName::parse(RULES[0].name).unwrap();
        assert_eq!(RULES.iter().filter(|it| one.is(it.name)).count(), 1);
    }
}
