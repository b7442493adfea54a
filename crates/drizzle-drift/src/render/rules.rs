//! The rules and their documentation.

use std::io::{self, Write};

use drift_rules::Rule;

/// Prints name, level and summary of each rule.
pub(crate) fn list(rules: &[&Rule], out: &mut dyn Write) -> io::Result<()> {
    let width = rules.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    for rule in rules {
        writeln!(out, "{:width$}  {:5}  {}", rule.name, rule.default_level.as_str(), rule.summary)?;
    }
    Ok(())
}

/// Prints the documentation of one rule.
pub(crate) fn explain(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} ({})\n\n{}", rule.name, rule.default_level, rule.doc.trim())
}
