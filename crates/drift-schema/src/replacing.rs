//! What strings do with regular expressions: `replace`, `match`, `split`, `test` and their siblings.

use drift_model::Span;
use swc_atoms::Atom;

use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::natives::{Native, PatternObject};
use crate::regex::{Flags, Groups, Pattern};
use crate::value::{Properties, Property, Value};

/// How many steps the matches of one call may take.
const STEP_LIMIT: u64 = 200_000;

/// How many steps of a match count as one of the evaluation.
const STEPS_PER_FUEL: u64 = 16;

/// Longer texts are not searched, and longer ones are not made.
const LENGTH_LIMIT: usize = 1 << 14;

/// A text in the units that JavaScript counts in, and its matches.
struct Subject<'t> {
    text: &'t str,
    letters: Vec<char>,
}

impl<'t> Subject<'t> {
    /// `None` where the text is too long, or has letters of more than one unit.
    fn new(text: &'t str) -> Option<Self> {
        let is_plain = text.len() <= LENGTH_LIMIT && text.chars().all(|it| it.len_utf16() == 1);
        is_plain.then(|| Self { text, letters: text.chars().collect() })
    }

    fn part(&self, (start, end): (usize, usize)) -> String {
        self.letters[start..end].iter().collect()
    }
}

impl<'a> Evaluator<'a> {
    /// A method of a string that may take a pattern, or a function; `None` where that is not so, or
    /// the result is not known.
    pub(crate) fn replacing_method(
        &mut self,
        text: &Atom,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Option<Value<'a>> {
        let first = arguments.first()?;
        let subject = Subject::new(text)?;
        match (method, first) {
            ("replace" | "replaceAll", Value::Native(Native::Pattern(object))) => {
                let flags = Flags::parse(&object.flags)?;
                let matches = self.matches(object, &subject, flags.is_global, site)?;
                self.replaced(
                    &subject,
                    &matches,
                    object.pattern.get()?.as_ref(),
                    arguments.get(1)?,
                    site,
                )
            }
            ("replace" | "replaceAll", Value::String(old)) => {
                let old = Subject::new(old)?;
                let steps = subject.letters.len() * old.letters.len();
                self.spend(steps as u64 / STEPS_PER_FUEL, site.span).ok()?;
                let matches = plain_matches(&subject, &old, method == "replaceAll");
                self.replaced(&subject, &matches, None, arguments.get(1)?, site)
            }
            ("match" | "matchAll" | "search", Value::String(source)) => {
                let flags = if method == "matchAll" { "g" } else { "" };
                let pattern = self.pattern(source.clone(), Atom::from(flags));
                self.replacing_method(text, method, &[pattern], site)
            }
            ("match", Value::Native(Native::Pattern(object))) => {
                let flags = Flags::parse(&object.flags)?;
                let matches = self.matches(object, &subject, flags.is_global, site)?;
                Some(match (matches.first(), flags.is_global) {
                    (None, _) => Value::Null,
                    (Some(_), true) => {
                        let whole = matches.iter().filter_map(|it| it[0]);
                        let items = whole.map(|it| Value::string(subject.part(it))).collect();
                        self.arena.array(items)
                    }
                    (Some(groups), false) => self.match_of(&subject, groups, object, site.span)?,
                })
            }
            ("matchAll", Value::Native(Native::Pattern(object))) => {
                let matches = self.matches(object, &subject, true, site)?;
                let all: Option<Vec<Value<'a>>> = matches
                    .iter()
                    .map(|groups| self.match_of(&subject, groups, object, site.span))
                    .collect();
                Some(self.arena.array(all?))
            }
            ("search", Value::Native(Native::Pattern(object))) => {
                let matches = self.matches(object, &subject, false, site)?;
                let start = matches.first().and_then(|it| it[0]).map(|(start, _)| start as f64);
                Some(Value::Number(start.unwrap_or(-1.0)))
            }
            ("split", Value::Native(Native::Pattern(object))) => {
                self.split_by(&subject, object, arguments.get(1), site)
            }
            _ => None,
        }
    }

    /// A method of a pattern: `test`, `exec`.
    pub(crate) fn pattern_method(
        &mut self,
        object: &'a PatternObject,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let known = match (method, arguments.first()) {
            ("toString", _) => Some(pattern_text(object)),
            ("test" | "exec", Some(argument)) => argument
                .to_text()
                .and_then(|text| self.executed(object, &text, method == "test", site)),
            _ => None,
        };
        match (known, arguments.first()) {
            (Some(known), _) => known,
            (None, Some(Value::Unknown(unknown))) => Value::Unknown(unknown),
            _ => self.no_method(method, site),
        }
    }

    /// The next match, from where a global pattern has come to.
    fn executed(
        &mut self,
        object: &'a PatternObject,
        text: &str,
        is_test: bool,
        site: CallSite,
    ) -> Option<Value<'a>> {
        let subject = Subject::new(text)?;
        let flags = Flags::parse(&object.flags)?;
        let keeps_place = flags.is_global || flags.is_sticky;
        let start = if keeps_place { object.last_index.get() } else { 0 };
        let mut steps = STEP_LIMIT;
        let groups = match start > subject.letters.len() {
            true => None,
            false => self.found_from(compiled(object)?, &subject, start, &mut steps, site)?,
        };
        if keeps_place {
            object.last_index.set(groups.as_ref().and_then(|it| it[0]).map_or(0, |(_, end)| end));
        }
        match groups {
            groups if is_test => Some(Value::Bool(groups.is_some())),
            Some(groups) => self.match_of(&subject, &groups, object, site.span),
            None => Some(Value::Null),
        }
    }

    /// The next match at `start` or behind it; `None` where that takes too many steps.
    fn found_from(
        &mut self,
        pattern: &Pattern,
        subject: &Subject<'_>,
        start: usize,
        steps: &mut u64,
        site: CallSite,
    ) -> Option<Option<Groups>> {
        let before = *steps;
        let found = pattern.find(&subject.letters, start, steps);
        // Steps count where they lead to nothing as well.
        self.spend(1 + (before - *steps) / STEPS_PER_FUEL, site.span).ok()?;
        found.ok()
    }

    /// The first match, or all of them; `None` where they are not known.
    fn matches(
        &mut self,
        object: &'a PatternObject,
        subject: &Subject<'_>,
        all: bool,
        site: CallSite,
    ) -> Option<Vec<Groups>> {
        let pattern = compiled(object)?;
        let (mut matches, mut start, mut steps) = (Vec::new(), 0, STEP_LIMIT);
        while start <= subject.letters.len() {
            let Some(groups) = self.found_from(pattern, subject, start, &mut steps, site)? else {
                break;
            };
            let (first, end) = groups[0]?;
            // An empty match would be found at its place for ever.
            start = if first == end { end + 1 } else { end };
            matches.push(groups);
            if !all {
                break;
            }
        }
        let kept: usize = matches.iter().map(Vec::len).sum();
        self.spend(kept as u64, site.span).ok()?;
        Some(matches)
    }

    /// The text with its matches replaced.
    fn replaced(
        &mut self,
        subject: &Subject<'_>,
        matches: &[Groups],
        pattern: Option<&Pattern>,
        replacement: &Value<'a>,
        site: CallSite,
    ) -> Option<Value<'a>> {
        let (mut text, mut rest) = (String::new(), 0);
        for groups in matches {
            let (start, end) = groups[0]?;
            text.push_str(&subject.part((rest, start)));
            rest = end;
            match replacement {
                Value::Function(_) | Value::Method(_) | Value::Global(_) | Value::Native(_) => {
                    let arguments = self.replacer_arguments(subject, groups, pattern, site.span);
                    text.push_str(&self.call(replacement, arguments, site).to_text()?);
                }
                replacement => {
                    let template = replacement.to_text()?;
                    expand(&template, subject, groups, pattern, &mut text);
                }
            }
            if text.len() > LENGTH_LIMIT {
                return None;
            }
        }
        text.push_str(&subject.part((rest, subject.letters.len())));
        Some(Value::string(text))
    }

    /// What a replacing function gets: the match, its groups, its place, the text, and the named
    /// groups where there are any.
    fn replacer_arguments(
        &mut self,
        subject: &Subject<'_>,
        groups: &Groups,
        pattern: Option<&Pattern>,
        span: Span,
    ) -> Vec<Value<'a>> {
        let mut arguments: Vec<Value<'a>> = groups.iter().map(|it| text_of(subject, *it)).collect();
        let start = groups[0].map_or(0, |(start, _)| start);
        arguments.push(Value::Number(start as f64));
        arguments.push(Value::string(subject.text));
        if let Some(named) = pattern.and_then(|it| self.named_groups(subject, groups, it, span)) {
            arguments.push(named);
        }
        arguments
    }

    fn named_groups(
        &mut self,
        subject: &Subject<'_>,
        groups: &Groups,
        pattern: &Pattern,
        span: Span,
    ) -> Option<Value<'a>> {
        if pattern.names.is_empty() {
            return None;
        }
        let named = pattern.names.iter().map(|(name, group)| {
            let value = text_of(subject, groups[*group]);
            (Atom::from(&**name), Property { value, is_getter: false, span })
        });
        let properties: Properties<'a> = named.collect();
        Some(Value::Object(self.arena.object(properties)))
    }

    /// What `exec` gives: an array of the groups that has `index`, `input` and `groups` as well.
    fn match_of(
        &mut self,
        subject: &Subject<'_>,
        groups: &Groups,
        object: &'a PatternObject,
        span: Span,
    ) -> Option<Value<'a>> {
        let pattern = compiled(object)?;
        let named = self.named_groups(subject, groups, pattern, span).unwrap_or(Value::Undefined);
        let index = Value::Number(groups[0]?.0 as f64);
        let items = groups.iter().map(|it| text_of(subject, *it)).collect();
        let array = self.arena.array(items);
        let extras = [("index", index), ("input", Value::string(subject.text)), ("groups", named)];
        let properties = extras
            .into_iter()
            .map(|(key, value)| (Atom::from(key), Property { value, is_getter: false, span }));
        let properties = self.arena.object(properties.collect());
        if let Value::Array(array) = &array {
            self.rare.of_arrays.insert(std::ptr::from_ref(*array), properties);
        }
        Some(array)
    }

    /// `text.split(pattern, limit)`
    ///
    /// Source: `RegExp.prototype[Symbol.split]` in ECMA-262, 22.2.6.14.
    fn split_by(
        &mut self,
        subject: &Subject<'_>,
        object: &'a PatternObject,
        limit: Option<&Value<'a>>,
        site: CallSite,
    ) -> Option<Value<'a>> {
        let pattern = compiled(object)?;
        let length = subject.letters.len();
        let (mut parts, mut steps, mut rest, mut at) = (Vec::new(), STEP_LIMIT, 0, 0);
        if length == 0 {
            let is_match = self.found_from(pattern, subject, 0, &mut steps, site)?.is_some();
            parts.extend((!is_match).then(|| Value::string("")));
            return Some(self.arena.array(parts));
        }
        while at < length {
            let Some(groups) = self.found_from(pattern, subject, at, &mut steps, site)? else {
                break;
            };
            let (start, end) = groups[0]?;
            if start >= length {
                break;
            }
            if end == rest || start == end && start == rest {
                at = start.max(at) + 1;
                continue;
            }
            parts.push(Value::string(subject.part((rest, start))));
            parts.extend(groups[1..].iter().map(|it| text_of(subject, *it)));
            rest = end;
            at = if start == end { end + 1 } else { end };
        }
        parts.push(Value::string(subject.part((rest, length))));
        self.spend(parts.len() as u64, site.span).ok()?;
        match limit {
            None | Some(Value::Undefined) => {}
            Some(Value::Number(limit)) => parts.truncate(limit.max(0.0) as usize),
            Some(_) => return None,
        }
        Some(self.arena.array(parts))
    }
}

/// A pattern as text: `/a/g`.
pub(crate) fn pattern_text<'a>(object: &PatternObject) -> Value<'a> {
    Value::string(format!("/{}/{}", object.source, object.flags))
}

fn compiled(object: &PatternObject) -> Option<&Pattern> {
    let compile = || Pattern::new(&object.source, Flags::parse(&object.flags)?);
    object.pattern.get_or_init(compile).as_ref()
}

fn text_of<'a>(subject: &Subject<'_>, group: Option<(usize, usize)>) -> Value<'a> {
    group.map_or(Value::Undefined, |it| Value::string(subject.part(it)))
}

/// Where a text occurs, once or everywhere.
fn plain_matches(subject: &Subject<'_>, old: &Subject<'_>, all: bool) -> Vec<Groups> {
    let (mut matches, mut start) = (Vec::new(), 0);
    let length = old.letters.len();
    while start + length <= subject.letters.len() {
        if subject.letters[start..].starts_with(&old.letters) {
            matches.push(vec![Some((start, start + length))]);
            if !all {
                break;
            }
            start += length.max(1);
        } else {
            start += 1;
        }
    }
    matches
}

/// Writes a replacement, in which `$1`, `$<name>` and `$&` stand for what was matched.
///
/// Source: `GetSubstitution` in ECMA-262, 22.1.3.19.1.
fn expand(
    template: &str,
    subject: &Subject<'_>,
    groups: &Groups,
    pattern: Option<&Pattern>,
    text: &mut String,
) {
    let (start, end) = groups[0].unwrap_or_default();
    let mut rest = template;
    while let Some(dollar) = rest.find('$')
        && text.len() <= LENGTH_LIMIT
    {
        text.push_str(&rest[..dollar]);
        rest = &rest[dollar + 1..];
        let next = rest.chars().next().unwrap_or('\0');
        let digits = rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let number = |length: usize| {
            let number = rest.get(..length)?.parse::<usize>().ok()?;
            (length > 0 && number > 0 && number < groups.len()).then_some((number, length))
        };
        let named = pattern.filter(|it| !it.names.is_empty() && next == '<').and_then(|pattern| {
            let (name, _) = rest[1..].split_once('>')?;
            let group = pattern.names.iter().find(|(it, _)| it == name).map(|(_, group)| *group);
            Some((group, name.len() + 2))
        });
        if let Some((number, length)) = number(digits).or_else(|| number(digits.min(1))) {
            text.push_str(&groups[number].map(|it| subject.part(it)).unwrap_or_default());
            rest = &rest[length..];
        } else if let Some((group, length)) = named {
            let group = group.and_then(|group| groups[group]);
            text.push_str(&group.map(|it| subject.part(it)).unwrap_or_default());
            rest = &rest[length..];
        } else {
            match next {
                '$' => text.push('$'),
                '&' => text.push_str(&subject.part((start, end))),
                '`' => text.push_str(&subject.part((0, start))),
                '\'' => text.push_str(&subject.part((end, subject.letters.len()))),
                _ => {
                    text.push('$');
                    continue;
                }
            }
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
}
