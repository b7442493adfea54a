//! The documentation of all rules as one page.

use drift_model::Dialect;

use crate::{RULES, Rule};

/// `RULES.md`.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Rules\n\nWritten from `crates/drift-rules/src/rules/`; \
         `drizzle-drift explain RULE` prints the same text.\n\n| rule | level | fault |\n|---|---|---|\n",
    );
    for rule in RULES {
        let (name, level, summary) = (rule.name, rule.default_level, rule.summary);
        page.push_str(&format!("| [`{name}`](#{name}) | {level} | {summary} |\n"));
    }
    for rule in RULES {
        let (name, level, doc) = (rule.name, rule.default_level, rule.doc.trim());
        let concerns = concerns(rule);
        page.push_str(&format!("\n## {name}\n\nDefault level: {level}.{concerns}\n\n{doc}\n"));
    }
    page
}

/// The dialects that a rule concerns, where these are not all.
fn concerns(rule: &Rule) -> String {
    if rule.dialects.len() == Dialect::ALL.len() {
        return String::new();
    }
    let names: Vec<&str> = rule.dialects.iter().map(|it| it.name()).collect();
    format!(" Concerns {} only.", names.join(" and "))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;

    #[test]
    fn lists_each_rule_and_the_dialects_that_it_concerns() {
        let page = markdown();
        let lines = |name: &str| {
            let begins = |it: &&str| it.starts_with(&format!("| [`{name}`](#{name}) |"));
            let row = page.lines().find(begins).unwrap_or_default().to_owned();
            let (_, section) = page.split_once(&format!("\n## {name}\n\n")).unwrap_or_default();
            row + "\n" + section.lines().next().unwrap_or_default()
        };
        assert_snapshot!(lines("array-column-reference"), @"
        | [`array-column-reference`](#array-column-reference) | error | an array column references a single value, which no engine can enforce |
        Default level: error. Concerns postgresql only.
        ");
        assert_snapshot!(lines("on-delete-mismatch"), @"
        | [`on-delete-mismatch`](#on-delete-mismatch) | error | `ON DELETE` differs between the schema and the migrations |
        Default level: error.
        ");
        assert_eq!(page.matches("\nDefault level: ").count(), RULES.len());
    }
}
