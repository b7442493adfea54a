//! The rules and their documentation.

use std::io::{self, Write};

use drift_rules::Rule;

use super::pretty::PROSE_WIDTH;
use super::text::wrap;

/// Prints name, level and summary of each rule.
pub(crate) fn list(rules: &[&Rule], out: &mut dyn Write) -> io::Result<()> {
    let width = rules.iter().map(|rule| rule.name.len()).max().unwrap_or(0);
    for rule in rules {
        writeln!(out, "{:width$}  {:5}  {}", rule.name, rule.default_level.as_str(), rule.summary)?;
    }
    Ok(())
}

/// Prints the documentation of one rule, with its prose broken to fit a terminal.
pub(crate) fn explain(rule: &Rule, width: Option<usize>, out: &mut dyn Write) -> io::Result<()> {
    let doc = rule.doc.trim();
    writeln!(out, "{} ({})\n", rule.name, rule.default_level)?;
    match width {
        Some(width) => writeln!(out, "{}", reflow(doc, width.min(PROSE_WIDTH))),
        None => writeln!(out, "{doc}"),
    }
}

/// Breaks paragraphs and the items of lists anew; code and tables stay as they are.
fn reflow(doc: &str, width: usize) -> String {
    let mut lines = Vec::new();
    let mut prose = String::new();
    let mut is_code = false;
    for line in doc.lines() {
        let is_fence = line.starts_with("```");
        let stays = is_code || is_fence || line.is_empty() || line.starts_with('|');
        is_code ^= is_fence;
        if stays || line.starts_with("- ") {
            lines.extend(broken(&std::mem::take(&mut prose), width));
        }
        if stays {
            lines.push(line.to_owned());
        } else {
            prose.push_str(line);
            prose.push(' ');
        }
    }
    lines.extend(broken(&prose, width));
    lines.join("\n")
}

/// A paragraph or an item of a list in lines, if there is one.
fn broken(prose: &str, width: usize) -> Option<String> {
    let indent = if prose.starts_with("- ") { "  " } else { "" };
    (!prose.is_empty()).then(|| wrap(prose, Some(width), 0, indent))
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::reflow;

    #[test]
    fn breaks_prose_anew_and_nothing_else() {
        let doc = "one two three\nfour five:\n- six seven eight\n  nine\n\n```sql\nselect 1,  2\nfrom a_long_name\n```\n\n| a | b | c | d | e |\nend";
        assert_snapshot!(reflow(doc, 14), @"
        one two three
        four five:
        - six seven
          eight nine

        ```sql
        select 1,  2
        from a_long_name
        ```

        | a | b | c | d | e |
        end
        ");
    }
}
