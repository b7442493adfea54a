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
