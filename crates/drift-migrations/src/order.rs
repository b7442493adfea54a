//! How runners sort the names of migrations.

use std::cmp::Ordering;

/// Compares names so that numbers in them count as numbers: `9_x` before `10_x`.
pub(crate) fn natural_order(one: &str, other: &str) -> Ordering {
    let (mut one_rest, mut other_rest) = (one, other);
    loop {
        let (one_text, one_number, one_next) = next_part(one_rest);
        let (other_text, other_number, other_next) = next_part(other_rest);
        let order = one_text.cmp(other_text).then_with(|| number_order(one_number, other_number));
        if order != Ordering::Equal {
            return order;
        }
        if one_next.is_empty() || other_next.is_empty() {
            return one_next.len().cmp(&other_next.len()).then_with(|| one.cmp(other));
        }
        (one_rest, other_rest) = (one_next, other_next);
    }
}

/// The text up to the next number, the number, and what is behind it.
fn next_part(name: &str) -> (&str, &str, &str) {
    let start = name.find(|it: char| it.is_ascii_digit()).unwrap_or(name.len());
    let digits = name[start..].bytes().take_while(u8::is_ascii_digit).count();
    (&name[..start], &name[start..start + digits], &name[start + digits..])
}

fn number_order(one: &str, other: &str) -> Ordering {
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

/// Compares versions part by part: `1.2` before `1.10`, and `1` like `1.0`. `_` separates as `.` does.
///
/// Source: `MigrationVersion` of Flyway.
pub(crate) fn version_order(one: &str, other: &str) -> Ordering {
    let mut one = one.split(['.', '_']);
    let mut other = other.split(['.', '_']);
    loop {
        match (one.next(), other.next()) {
            (None, None) => return Ordering::Equal,
            (one, other) => {
                let order = number_order(one.unwrap_or(""), other.unwrap_or(""));
                if order != Ordering::Equal {
                    return order;
                }
            }
        }
    }
}

/// As `localeCompare` of JavaScript sorts names of folders: punctuation before digits before
/// letters, letters without regard to case first, lower case before upper.
pub(crate) fn locale_order(one: &str, other: &str) -> Ordering {
    fn class(character: char) -> (u8, char) {
        let lower = character.to_ascii_lowercase();
        if character.is_alphabetic() {
            (2, lower)
        } else if character.is_ascii_digit() {
            (1, lower)
        } else {
            (0, lower)
        }
    }
    one.chars().map(class).cmp(other.chars().map(class)).then_with(|| other.cmp(one))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut names: Vec<&str>, order: fn(&str, &str) -> Ordering) -> Vec<&str> {
        names.sort_by(|one, other| order(one, other));
        names
    }

    // 6.14
    #[test]
    fn counts_numbers_as_numbers() {
        let names = vec!["10_c", "9_b", "0008_a", "seed", "10_c2"];
        assert_eq!(sorted(names, natural_order), ["0008_a", "9_b", "10_c", "10_c2", "seed"]);
    }

    // 6.6
    #[test]
    fn compares_versions_part_by_part() {
        let names = vec!["1.10", "1_2", "2", "1.2.1", "20250101"];
        assert_eq!(sorted(names, version_order), ["1_2", "1.2.1", "1.10", "2", "20250101"]);
        assert_eq!(version_order("1", "1.0"), Ordering::Equal);
    }

    // 6.2
    #[test]
    fn compares_as_javascript_does() {
        let names = vec!["2025_B", "2025_a", "2025_Z", "2025a"];
        assert_eq!(sorted(names, locale_order), ["2025_a", "2025_B", "2025_Z", "2025a"]);
    }
}
