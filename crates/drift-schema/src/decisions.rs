//! Conditions that are not known, tried both ways.
//!
//! A drizzle config may choose its dialect, schema and folder of migrations by the same condition, so
//! that no field can be told alone. Such a module is evaluated once for each way in which its
//! conditions may turn out, where equal conditions are equal texts. A schema is not: a condition
//! there gives two values, of which it is enough that they agree.

use drift_model::Span;

use crate::evaluate::Evaluator;
use crate::value::Value;

/// More conditions than this are not tried both ways.
const DECISION_LIMIT: usize = 5;

/// What conditions are taken to be, in the order in which they were met.
#[derive(Debug, Default)]
pub(crate) struct Decisions {
    made: Vec<(Condition, bool)>,
    /// Whether something was thrown and not caught.
    pub(crate) has_thrown: bool,
}

/// The text of a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Condition {
    /// `left === right`, or a case of a `switch`.
    Equality(String, String),
    Other(String),
}

impl Decisions {
    /// The next way in which the conditions may turn out; `None` after the last one.
    pub(crate) fn next(mut self) -> Option<Self> {
        while let Some((condition, holds)) = self.made.pop() {
            if holds {
                self.made.push((condition, false));
                self.has_thrown = false;
                return Some(self);
            }
        }
        None
    }

    /// Whether nothing depended on a condition that is not known.
    pub(crate) fn is_empty(&self) -> bool {
        self.made.is_empty()
    }

    fn decide(&mut self, condition: Condition) -> Option<bool> {
        if let Some((_, holds)) = self.made.iter().find(|(made, _)| *made == condition) {
            return Some(*holds);
        }
        let is_excluded = self.made.iter().any(|(made, holds)| *holds && made.excludes(&condition));
        if is_excluded {
            return Some(false);
        }
        (self.made.len() < DECISION_LIMIT).then(|| {
            self.made.push((condition, true));
            true
        })
    }
}

impl Condition {
    /// The condition that a text stands for, and whether it stands for the contrary of it.
    fn parse(text: &str) -> (Self, bool) {
        let mut text = text.trim();
        let mut is_negated = false;
        while let Some(rest) = text.strip_prefix('!').filter(|rest| is_operand(rest)) {
            (text, is_negated) = (rest.trim(), !is_negated);
        }
        // Of several comparisons none is the whole condition.
        let is_one = !text.contains("&&") && !text.contains("||") && !text.contains('?');
        for (operator, negates) in [("!==", true), ("===", false), ("!=", true), ("==", false)] {
            if let (Some((left, right)), true) = (text.split_once(operator), is_one) {
                return (Self::equality(left, right), is_negated != negates);
            }
        }
        (Self::Other(without_blanks(text)), is_negated)
    }

    fn equality(left: &str, right: &str) -> Self {
        let (left, right) = (without_blanks(left), without_blanks(right));
        if is_text(&left) { Self::Equality(right, left) } else { Self::Equality(left, right) }
    }

    /// Whether both cannot hold.
    fn excludes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Equality(value, text), Self::Equality(other, other_text)) => {
                value == other && text != other_text && is_text(text) && is_text(other_text)
            }
            _ => false,
        }
    }
}

/// Whether `!` stands before all of the text: `!isProd`, but not `!a && b`.
fn is_operand(text: &str) -> bool {
    text.chars().all(|it| it.is_alphanumeric() || "_$.!".contains(it))
}

fn is_text(text: &str) -> bool {
    text.starts_with(['"', '\''])
}

/// One spelling for all of `"a"`, `'a'` and blanks.
fn without_blanks(text: &str) -> String {
    let text = text.chars().filter(|it| !it.is_whitespace());
    text.map(|it| if it == '\'' { '"' } else { it }).collect()
}

impl<'a> Evaluator<'a> {
    /// Whether the condition at `span` holds, or is taken to hold, where such are tried both ways.
    pub(crate) fn decide(&mut self, value: &Value<'a>, span: Span) -> Option<bool> {
        if let Some(known) = value.truthiness() {
            return Some(known);
        }
        let text = self.text(span)?;
        let (condition, is_negated) = Condition::parse(text);
        self.decisions.as_mut()?.decide(condition).map(|holds| holds != is_negated)
    }

    /// As [`Self::decide`], for a `switch` over `value` that comes to the case `case`.
    pub(crate) fn decide_case(&mut self, value: Span, case: Span) -> Option<bool> {
        let condition = Condition::equality(self.text(value)?, self.text(case)?);
        self.decisions.as_mut()?.decide(condition)
    }

    fn text(&self, span: Span) -> Option<&'a str> {
        self.decisions.as_ref()?;
        let module = self.modules.iter().find(|it| it.file == span.file)?;
        module.text.get(span.start as usize..span.end as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_equal_conditions() {
        let parse = Condition::parse;
        assert_eq!(parse("env.DB === 'pg'"), parse("\"pg\" === env.DB"));
        assert_eq!(parse("env.DB !== 'pg'"), (parse("env.DB == 'pg'").0, true));
        assert_eq!(parse("!!isProd"), parse("isProd"));
        assert_eq!(parse("!isProd").0, parse("isProd").0);
        assert_ne!(parse("!a && b").0, parse("a && b").0);
        assert!(!parse("a === 'x' || b === 'y'").1);
    }

    #[test]
    fn tries_each_way_once() {
        let mut decisions = Decisions::default();
        let mut ways = Vec::new();
        loop {
            let mut way = String::new();
            for text in ["a === 'x'", "a === 'y'", "a === 'x'", "b"] {
                let holds = decisions.decide(Condition::parse(text).0).unwrap();
                way.push(if holds { '1' } else { '0' });
            }
            ways.push(way);
            match decisions.next() {
                Some(next) => decisions = next,
                None => break,
            }
        }
        assert_eq!(ways, ["1011", "1010", "0101", "0100", "0001", "0000"]);
    }

    #[test]
    fn gives_up_on_many() {
        let mut decisions = Decisions::default();
        let mut decide = |text: &str| decisions.decide(Condition::parse(text).0);
        for text in ["a", "b", "c", "d", "e"] {
            assert_eq!(decide(text), Some(true));
        }
        assert_eq!(decide("f"), None);
        assert_eq!(decide("a"), Some(true));
    }
}
