//! Regular expressions as ECMAScript has them, with a bound on the steps of a match: patterns come
//! from the schema, and one such as `(a+)+b` makes a backtracking matcher run for years.

mod matcher;
mod syntax;

pub(crate) use self::matcher::Groups;
#[cfg(test)]
use self::matcher::OutOfSteps;
use self::syntax::Instruction;

/// A pattern that can be matched.
pub(crate) struct Pattern {
    program: Vec<Instruction>,
    /// How many groups there are, the whole match included.
    group_count: usize,
    /// How many registers a match needs: two for each group, and one for each loop.
    register_count: usize,
    /// The names of groups and their numbers.
    pub(crate) names: Vec<(String, usize)>,
    flags: Flags,
}

/// The flags that change what is matched, and where.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Flags {
    pub(crate) is_global: bool,
    pub(crate) is_sticky: bool,
    ignores_case: bool,
    is_multiline: bool,
    dot_matches_all: bool,
    is_unicode: bool,
}

impl Flags {
    /// Reads `gi` and the like; `None` for what is no flag, or not known here.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut flags = Self::default();
        for letter in text.chars() {
            match letter {
                'g' => flags.is_global = true,
                'y' => flags.is_sticky = true,
                'i' => flags.ignores_case = true,
                'm' => flags.is_multiline = true,
                's' => flags.dot_matches_all = true,
                'u' => flags.is_unicode = true,
                'd' => {}
                _ => return None,
            }
        }
        Some(flags)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The groups of the first match, `-` for those that take no part.
    fn check(source: &str, flags: &str, subject: &str) -> String {
        let Some(pattern) = Pattern::new(source, Flags::parse(flags).unwrap()) else {
            return "not read".to_owned();
        };
        let subject: Vec<char> = subject.chars().collect();
        match pattern.find(&subject, 0, &mut 10_000) {
            Ok(None) => "no match".to_owned(),
            Ok(Some(groups)) => {
                let text = |group: &Option<(usize, usize)>| match group {
                    Some((start, end)) => subject[*start..*end].iter().collect(),
                    None => "-".to_owned(),
                };
                groups.iter().map(text).collect::<Vec<_>>().join("|")
            }
            Err(OutOfSteps) => "too many steps".to_owned(),
        }
    }

    #[test]
    fn matches_as_ecmascript_does() {
        assert_eq!(check("([A-Z])", "g", "helloWorld"), "W|W");
        assert_eq!(check("a|ab", "", "ab"), "a");
        assert_eq!(check("(a)|(b)", "", "b"), "b|-|b");
        assert_eq!(check("(?:(a)|b)*", "", "ab"), "ab|-");
        assert_eq!(check("(z)((a+)?(b+)?(c))*", "", "zaacbbbcac"), "zaacbbbcac|z|ac|a|-|c");
        assert_eq!(check("a{2,3}?b", "", "aaab"), "aaab");
        assert_eq!(check("a{2,3}?", "", "aaaa"), "aa");
        assert_eq!(check("x{0}y{,2}", "", "y{,2}"), "y{,2}");
        assert_eq!(check("(?<=[a-z])(?=[A-Z])", "", "aB"), "");
        assert_eq!(check("(?<=(\\d+)(\\d+))$", "", "1053"), "|1|053");
        assert_eq!(check("(?<!^)B(?!C)", "", "BCBD"), "B");
        assert_eq!(check("(\\w)\\1", "", "abccd"), "cc|c");
        assert_eq!(check("\\k<x>(?<x>a)", "", "a"), "a|a");
        assert_eq!(check("^b$", "m", "a\nb"), "b");
        assert_eq!(check("a.b", "", "a\nb"), "no match");
        assert_eq!(check("a.b", "s", "a\nb"), "a\nb");
        assert_eq!(check("ÄB[^x]", "i", "äbC"), "äbC");
        assert_eq!(check("[\\w-]+\\b", "", "a-b c"), "a-b");
        assert_eq!(check("[^]\\x41\\u0042\\cJ\\/", "", "-AB\n/"), "-AB\n/");
        assert_eq!(check("()*(?:a?)*", "", "b"), "|-");
        assert_eq!(check("\\p{Lu}", "u", "aÉ"), "É");
        assert_eq!(check("[]|[^\\d\\s]", "", "1 x"), "x");
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        for source in
            ["(", ")", "[", "*", "a**", "(?<a", "(?<a>)(?<a>)", "\\p{Script=Latin}", "(?i:a)"]
        {
            assert_eq!(check(source, "u", "a"), "not read", "{source}");
        }
        assert_eq!(
            check(&"(a{9}){9}{9}".replace("}{", "}){").replace("(a", "((a").repeat(99), "", "a"),
            "not read"
        );
        assert_eq!(check(&"(".repeat(9_000), "", "a"), "not read");
        assert!(Flags::parse("q").is_none());
    }

    #[test]
    fn gives_up_on_patterns_that_never_end() {
        assert_eq!(check("(a+)+b", "", &"a".repeat(50)), "too many steps");
        assert_eq!(check("(a|a)*b", "", &"a".repeat(50)), "too many steps");
        assert_eq!(check("(?=(a*)*b)c", "", &"a".repeat(50)), "too many steps");
    }
}
