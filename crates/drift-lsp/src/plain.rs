//! Markdown for clients that show none.

/// The text without its markup: that of this crate, which has no links and no lists in lists.
pub(crate) fn text(markdown: &str) -> String {
    let is_rule = |line: &&str| {
        line.starts_with("```")
            || line.starts_with('|') && line.chars().all(|it| "|- :".contains(it))
    };
    let lines: Vec<String> =
        markdown.lines().filter(|line| !is_rule(line)).map(line_text).collect();
    lines.join("\n")
}

fn line_text(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(char) = rest.chars().next() {
        let ticks = rest.len() - rest.trim_start_matches('`').len();
        if ticks > 0 {
            let (fence, behind) = rest.split_at(ticks);
            if let Some((code, behind)) = behind.split_once(fence) {
                text.push_str(code.trim_matches(' '));
                rest = behind;
                continue;
            }
        }
        let entity = [("&lt;", '<'), ("&gt;", '>'), ("&amp;", '&')];
        let entity = entity.into_iter().find(|(name, _)| rest.starts_with(name));
        if let Some((name, char)) = entity {
            text.push(char);
            rest = &rest[name.len()..];
            continue;
        }
        if let Some(behind) = rest.strip_prefix("**") {
            rest = behind;
            continue;
        }
        let escaped = rest.strip_prefix('\\').and_then(|it| it.chars().next());
        match escaped.filter(char::is_ascii_punctuation) {
            Some(escaped) => {
                text.push(escaped);
                rest = &rest[2..];
            }
            None => {
                text.push(char);
                rest = &rest[char.len_utf8()..];
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn markup_is_left_out() {
        let markdown = "**foreign key** `posts(a_b) -> users(id)`\n\n| | ON DELETE |\n| --- | --- |\n\
            | schema | `cascade` |\n\n- **error**: it is \\*odd\\* &lt;b&gt; \\`x\\` ``a`b``, 2 \\ 3 é";
        assert_eq!(
            super::text(markdown),
            "foreign key posts(a_b) -> users(id)\n\n| | ON DELETE |\n| schema | cascade |\n\n\
             - error: it is *odd* <b> `x` a`b, 2 \\ 3 é"
        );
    }
}
