//! The documentation of all rules as one page.

use crate::RULES;

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
        page.push_str(&format!("\n## {name}\n\nDefault level: {level}.\n\n{doc}\n"));
    }
    page
}
