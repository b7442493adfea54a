//! The names that completion scripts offer where the command looks up a name by itself.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::{Arg, Command};
use drift_check::{RuleName, parse_engine, parse_rule};
use drift_model::Engine;
use drift_rules::{RULES, Rule};

/// The name of a rule.
pub(crate) const RULE: Names<&'static Rule> =
    Names { parse: parse_rule, names: || rules().collect() };

/// The name of a rule, or `all`.
pub(crate) const RULE_OR_ALL: Names<RuleName> = Names {
    parse: RuleName::parse,
    names: || rules().chain([PossibleValue::new("all").help("every rule")]).collect(),
};

/// The name of a server; a version may follow.
pub(crate) const ENGINE: Names<Engine> =
    Names { parse: parse_engine, names: || ENGINES.map(PossibleValue::new).to_vec() };

const ENGINES: [&str; 9] = [
    "postgresql",
    "cockroachdb",
    "mysql",
    "mariadb",
    "planetscale",
    "sqlite",
    "libsql",
    "turso",
    "d1",
];

fn rules() -> impl Iterator<Item = PossibleValue> {
    RULES.iter().map(|rule| PossibleValue::new(rule.name).help(rule.summary))
}

/// Reads names by a function, and tells which there are.
#[derive(Clone)]
pub(crate) struct Names<T> {
    parse: fn(&str) -> Result<T, String>,
    names: fn() -> Vec<PossibleValue>,
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Names<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<T, clap::Error> {
        self.parse.parse_ref(command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new((self.names)().into_iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_is_accepted() {
        fn check<T>(names: &Names<T>) {
            let offered = (names.names)();
            assert!(!offered.is_empty());
            for name in offered {
                assert!((names.parse)(name.get_name()).is_ok(), "{}", name.get_name());
            }
        }
        check(&RULE);
        check(&RULE_OR_ALL);
        check(&ENGINE);
    }
}
