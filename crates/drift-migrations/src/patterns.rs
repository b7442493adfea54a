//! Matches texts against patterns: all of `LIKE`, and as much of regular expressions as migrations
//! use on names.

use crate::value::LENGTH_LIMIT;

/// How many steps one match may take.
const STEP_LIMIT: usize = 200_000;

/// How long a pattern may be: each repetition in it nests.
const PART_LIMIT: usize = 1000;

/// Whether a text matches a pattern of `LIKE`; `None` where that takes too long.
pub(crate) fn is_like(text: &str, pattern: &str) -> Option<bool> {
    let parts = like_parts(pattern)?;
    Program { parts, is_anchored: true, ends_anchored: true }.find(text).map(|it| it.is_some())
}

fn like_parts(pattern: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        parts.push(match character {
            '%' => Part { set: Set::Any, least: 0, is_repeated: true },
            '_' => Part::once(Set::Any),
            '\\' => Part::once(Set::Only(characters.next()?)),
            other => Part::once(Set::Only(other)),
        });
    }
    Some(parts)
}

/// Whether a text matches a regular expression; `None` if it is one of the less simple ones.
pub(crate) fn is_match(text: &str, pattern: &str) -> Option<bool> {
    Program::read(pattern)?.find(text).map(|it| it.is_some())
}

/// `regexp_replace`; `None` if the pattern or the replacement is one of the less simple ones.
pub(crate) fn replace_match(
    text: &str,
    pattern: &str,
    replacement: &str,
    is_global: bool,
) -> Option<String> {
    if replacement.contains('\\') {
        return None;
    }
    let program = Program::read(pattern)?;
    let mut result = String::new();
    let mut rest = text;
    loop {
        let is_at_start = rest.len() == text.len();
        if program.is_anchored && !is_at_start {
            break;
        }
        let Some((start, end)) = program.find(rest)? else { break };
        if start == end {
            // What matches nothing matches between any two characters.
            return (!is_global)
                .then(|| format!("{}{replacement}{}", &text[..start], &text[start..]));
        }
        result.push_str(&rest[..start]);
        result.push_str(replacement);
        rest = &rest[end..];
        if !is_global || result.len() > LENGTH_LIMIT {
            break;
        }
    }
    result.push_str(rest);
    Some(result)
}

/// One character of a pattern, and how often.
#[derive(Debug)]
struct Part {
    set: Set,
    least: usize,
    /// Whether there may be more than `least`; otherwise one more is not there.
    is_repeated: bool,
}

impl Part {
    fn once(set: Set) -> Self {
        Self { set, least: 1, is_repeated: false }
    }
}

#[derive(Debug)]
enum Set {
    Any,
    Only(char),
    OneOf { ranges: Vec<(char, char)>, is_negated: bool },
}

impl Set {
    fn holds(&self, character: char) -> bool {
        match self {
            Set::Any => true,
            Set::Only(only) => *only == character,
            Set::OneOf { ranges, is_negated } => {
                ranges.iter().any(|(low, high)| (*low..=*high).contains(&character)) != *is_negated
            }
        }
    }
}

/// A pattern without alternatives and groups.
struct Program {
    parts: Vec<Part>,
    is_anchored: bool,
    ends_anchored: bool,
}

impl Program {
    fn read(pattern: &str) -> Option<Self> {
        let (is_anchored, pattern) = match pattern.strip_prefix('^') {
            Some(rest) => (true, rest),
            None => (false, pattern),
        };
        let mut parts: Vec<Part> = Vec::new();
        let mut characters = pattern.chars().peekable();
        let mut ends_anchored = false;
        while let Some(character) = characters.next() {
            let set = match character {
                '$' if characters.peek().is_none() => {
                    ends_anchored = true;
                    break;
                }
                '.' => Set::Any,
                '[' => read_set(&mut characters)?,
                '\\' => escaped(characters.next()?)?,
                '*' | '+' | '?' | '(' | ')' | '{' | '|' | '^' | '$' => return None,
                other => Set::Only(other),
            };
            let (least, is_repeated) = match characters.peek() {
                Some('*') => (0, true),
                Some('+') => (1, true),
                // At most one cannot be said by a part.
                Some('?' | '{') => return None,
                _ => (1, false),
            };
            if is_repeated {
                characters.next();
                // A lazy quantifier makes the whole pattern lazy.
                if characters.peek() == Some(&'?') {
                    return None;
                }
            }
            parts.push(Part { set, least, is_repeated });
        }
        Some(Self { parts, is_anchored, ends_anchored })
    }

    /// The first and longest match, in bytes. `None` if it takes too long.
    fn find(&self, text: &str) -> Option<Option<(usize, usize)>> {
        if self.parts.len() > PART_LIMIT {
            return None;
        }
        let mut steps = 0;
        let starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        for start in starts {
            if let Some(end) = self.match_from(&self.parts, text, start, &mut steps)? {
                return Some(Some((start, end)));
            }
            if self.is_anchored {
                break;
            }
        }
        Some(None)
    }

    fn match_from(
        &self,
        parts: &[Part],
        text: &str,
        start: usize,
        steps: &mut usize,
    ) -> Option<Option<usize>> {
        *steps += 1;
        if *steps > STEP_LIMIT {
            return None;
        }
        let mut at = start;
        let mut rest = parts;
        while let Some((part, behind)) = rest.split_first() {
            if part.is_repeated {
                return self.match_repeated(part, behind, text, at, steps);
            }
            match text[at..].chars().next().filter(|it| part.set.holds(*it)) {
                Some(character) => at += character.len_utf8(),
                None => return Some(None),
            }
            rest = behind;
        }
        Some((!self.ends_anchored || at == text.len()).then_some(at))
    }

    /// As often as possible, then less.
    fn match_repeated(
        &self,
        part: &Part,
        behind: &[Part],
        text: &str,
        start: usize,
        steps: &mut usize,
    ) -> Option<Option<usize>> {
        let mut ends = vec![start];
        for (at, character) in text[start..].char_indices() {
            if !part.set.holds(character) {
                break;
            }
            ends.push(start + at + character.len_utf8());
        }
        *steps += ends.len();
        for end in ends.into_iter().skip(part.least).rev() {
            if let Some(end) = self.match_from(behind, text, end, steps)? {
                return Some(Some(end));
            }
        }
        Some(None)
    }
}

fn escaped(character: char) -> Option<Set> {
    Some(match character {
        'd' => Set::OneOf { ranges: vec![('0', '9')], is_negated: false },
        'D' => Set::OneOf { ranges: vec![('0', '9')], is_negated: true },
        other if !other.is_alphanumeric() => Set::Only(other),
        _ => return None,
    })
}

/// Reads from behind `[`.
fn read_set(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Set> {
    let is_negated = characters.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let low = characters.next()?;
        match low {
            ']' if !ranges.is_empty() => return Some(Set::OneOf { ranges, is_negated }),
            '[' | '\\' => return None,
            _ => {}
        }
        if characters.next_if_eq(&'-').is_none() {
            ranges.push((low, low));
            continue;
        }
        match characters.next()? {
            ']' => {
                ranges.extend([(low, low), ('-', '-')]);
                return Some(Set::OneOf { ranges, is_negated });
            }
            high => ranges.push((low, high)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likes() {
        for (text, pattern, expected) in [
            ("posts_author_fk", "posts%", true),
            ("posts_author_fk", "%\\_fk", true),
            ("postsfk", "%\\_fk", false),
            ("a_b", "a_b", true),
            ("axb", "a_b", true),
            ("ab", "a_b", false),
            ("", "%", true),
            ("abc", "", false),
        ] {
            assert_eq!(is_like(text, pattern), Some(expected), "{text} {pattern}");
        }
        assert_eq!(is_like("a", "a\\"), None);
        assert_eq!(is_like(&"a".repeat(5000), &"%a".repeat(500)), None);
    }

    #[test]
    fn regular_expressions() {
        let replace = |text, pattern, by| replace_match(text, pattern, by, false);
        assert_eq!(replace("a_b_fk", "_b_fk$", "_c_fk").as_deref(), Some("a_c_fk"));
        assert_eq!(replace("a_b_fk", "_c$", "_x").as_deref(), Some("a_b_fk"));
        assert_eq!(replace("x12y3", "[0-9]+", "#").as_deref(), Some("x#y3"));
        assert_eq!(replace_match("x12y3", "\\d+", "#", true).as_deref(), Some("x#y#"));
        assert_eq!(replace_match("aaa", "^a", "b", true).as_deref(), Some("baa"));
        assert_eq!(replace("abc", "(a|b)", "x"), None);
        assert_eq!(replace("abc", "b", "\\1"), None);
        assert_eq!(is_match("users", "^u.*s$"), Some(true));
        assert_eq!(is_match("users", "^s"), Some(false));
        assert_eq!(is_match("users", "us{1}"), None);
    }
}
