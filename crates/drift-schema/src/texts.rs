//! Values as text, and what lists and strings do with it.

use swc_atoms::Atom;
use swc_ecma_ast::Ident;

use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::natives::Native;
use crate::numbers::{in_base, to_number};
use crate::replacing::pattern_text;
use crate::scope::Scope;
use crate::value::{Array, Object, Value, number_text};

/// Longer texts are not made by what multiplies them.
const LENGTH_LIMIT: usize = 1 << 16;

impl<'a> Evaluator<'a> {
    /// As string conversion gives it, where it is known.
    pub(crate) fn text_of(&mut self, value: &Value<'a>) -> Option<Atom> {
        match value {
            Value::Array(array) => {
                let items = array.items.borrow().clone();
                self.joined(&items, ",")
            }
            Value::Native(Native::Pattern(pattern)) => pattern_text(pattern).to_text(),
            Value::Native(native @ Native::Error(_)) => {
                let site = self.nowhere();
                self.native_method(native, &Atom::from("toString"), Vec::new(), site).to_text()
            }
            Value::Object(object) if object.unknown_part.get().is_none() => {
                self.object_text(object)
            }
            value => value.to_text(),
        }
    }

    fn object_text(&mut self, object: &'a Object<'a>) -> Option<Atom> {
        let this = Value::Object(object);
        for name in ["toString", "valueOf"] {
            let method = self.rare_or_own(object, &Atom::from(name), &this);
            if matches!(method, Value::Function(_) | Value::Native(_)) {
                let site = self.nowhere();
                return self.call_with_receiver(&method, this, Vec::new(), site).to_text();
            }
        }
        Some(Atom::from("[object Object]"))
    }

    /// The place of what belongs to no place.
    pub(crate) fn nowhere(&self) -> CallSite {
        let span = drift_model::Span::new(self.modules[0].file, 0, 0);
        CallSite { span, name: span, first_argument: None }
    }

    /// `items.join(separator)`
    pub(crate) fn joined(&mut self, items: &[Value<'a>], separator: &str) -> Option<Atom> {
        let span = self.nowhere().span;
        let mut text = String::new();
        for (position, item) in items.iter().enumerate() {
            self.spend(1, span).ok()?;
            if position > 0 {
                text.push_str(separator);
            }
            match item {
                Value::Undefined | Value::Null => {}
                Value::Array(inner) => {
                    // An array may hold itself.
                    let mut part = None;
                    self.nested(span, |this| {
                        let items = inner.items.borrow().clone();
                        part = this.joined(&items, ",");
                        Value::Undefined
                    });
                    text.push_str(&part?);
                }
                item => text.push_str(&self.text_of(item)?),
            }
            if text.len() > LENGTH_LIMIT * 16 {
                return None;
            }
        }
        Some(Atom::from(text))
    }

    /// `String.raw`, called as a tag.
    pub(crate) fn raw_text(&mut self, arguments: &[Value<'a>], site: CallSite) -> Value<'a> {
        let raw = match arguments.first() {
            Some(strings) => self.property(strings, &Atom::from("raw"), site.span),
            None => Value::Undefined,
        };
        let Some(parts) = self.items_of(&raw) else { return self.no_method("raw", site) };
        let mut pieces = Vec::new();
        for (position, part) in parts.iter().enumerate() {
            pieces.push(part.clone());
            if position + 1 < parts.len() {
                pieces.extend(arguments.get(position + 1).cloned());
            }
        }
        match self.joined(&pieces, "") {
            Some(text) => Value::String(text),
            None => match pieces.into_iter().find(|it| matches!(it, Value::Unknown(_))) {
                Some(unknown) => unknown,
                None => self.no_method("raw", site),
            },
        }
    }

    /// `text.split(separator, limit)` with a separator that is text.
    pub(crate) fn split(&mut self, text: &str, arguments: &[Value<'a>]) -> Option<Value<'a>> {
        let mut parts: Vec<Value<'a>> = match arguments.first() {
            None | Some(Value::Undefined) => vec![Value::string(text)],
            Some(Value::String(separator)) if separator.is_empty() => {
                if text.chars().any(|it| it.len_utf16() > 1) {
                    return None;
                }
                text.chars().map(|it| Value::string(it.encode_utf8(&mut [0; 4]))).collect()
            }
            Some(Value::String(separator)) => text.split(&**separator).map(Value::string).collect(),
            Some(_) => return None,
        };
        match arguments.get(1) {
            None | Some(Value::Undefined) => {}
            Some(Value::Number(limit)) => parts.truncate(limit.max(0.0) as usize),
            Some(_) => return None,
        }
        self.spend(parts.len() as u64, self.nowhere().span).ok()?;
        Some(self.arena.array(parts))
    }

    /// A method of a number.
    pub(crate) fn number_method(
        &mut self,
        number: f64,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let first = arguments.first().and_then(to_number);
        let text = match (method, first) {
            ("toString" | "toLocaleString", None)
                if number.abs() < 1_000.0 || method == "toString" =>
            {
                Some(number_text(number))
            }
            ("toString", Some(10.0)) => Some(number_text(number)),
            ("toString", Some(base)) => in_base(number, base as u32),
            ("toFixed", digits) if number.abs() < 1e15 => {
                Some(format!("{number:.*}", digits.unwrap_or(0.0).clamp(0.0, 100.0) as usize))
            }
            ("valueOf", _) => return Value::Number(number),
            _ => None,
        };
        text.map_or_else(|| self.no_method(method, site), Value::string)
    }

    /// Sorts, splices or fills a list in place; `None` where the result is not known.
    pub(crate) fn rearrange(
        &mut self,
        array: &'a Array<'a>,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Option<Value<'a>> {
        let items = array.items.borrow().clone();
        let length = items.len();
        let index = |position: usize, default: usize| match arguments.get(position) {
            None | Some(Value::Undefined) => Some(default),
            Some(index) => {
                let index = to_number(index)?;
                let index = if index < 0.0 { index + length as f64 } else { index };
                Some((index.max(0.0) as usize).min(length))
            }
        };
        match method {
            "splice" => {
                let start = index(0, 0)?;
                let count = match arguments.get(1) {
                    _ if arguments.is_empty() => 0,
                    None => length - start,
                    Some(count) => (to_number(count)?.max(0.0) as usize).min(length - start),
                };
                let new = arguments.get(2..).unwrap_or_default().iter().cloned();
                let removed: Vec<Value<'a>> =
                    array.items.borrow_mut().splice(start..start + count, new).collect();
                Some(self.arena.array(removed))
            }
            "fill" => {
                let (start, end) = (index(1, 0)?, index(2, length)?);
                let item = arguments.first().cloned().unwrap_or(Value::Undefined);
                array.items.borrow_mut()[start..end.max(start)].fill(item);
                if (start, end) == (0, length) {
                    array.has_holes.set(false);
                }
                Some(Value::Array(array))
            }
            _ => {
                let sorted = self.sorted(items, arguments.first(), site)?;
                *array.items.borrow_mut() = sorted;
                Some(Value::Array(array))
            }
        }
    }

    /// A merge sort, as a function of the schema may compare inconsistently.
    fn sorted(
        &mut self,
        items: Vec<Value<'a>>,
        compare: Option<&Value<'a>>,
        site: CallSite,
    ) -> Option<Vec<Value<'a>>> {
        let is_default = matches!(compare, None | Some(Value::Undefined));
        // `undefined` comes last, whatever the function says.
        let (mut items, last): (Vec<_>, Vec<_>) =
            items.into_iter().partition(|it| !matches!(it, Value::Undefined));
        if is_default {
            let mut keyed = Vec::with_capacity(items.len());
            for item in items {
                let key: Vec<u16> = self.text_of(&item)?.encode_utf16().collect();
                keyed.push((key, item));
            }
            keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
            items = keyed.into_iter().map(|(_, item)| item).collect();
        } else {
            items = self.merge_sorted(&items, compare?, site)?;
        }
        items.extend(last);
        Some(items)
    }

    fn merge_sorted(
        &mut self,
        items: &[Value<'a>],
        compare: &Value<'a>,
        site: CallSite,
    ) -> Option<Vec<Value<'a>>> {
        if items.len() < 2 {
            return Some(items.to_vec());
        }
        let (left, right) = items.split_at(items.len() / 2);
        let left = self.merge_sorted(left, compare, site)?;
        let right = self.merge_sorted(right, compare, site)?;
        let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
        let mut merged = Vec::with_capacity(items.len());
        while let (Some(first), Some(second)) = (left.peek(), right.peek()) {
            let order = self.call(compare, vec![first.clone(), second.clone()], site);
            let takes_second = to_number(&order)? > 0.0;
            merged.extend(if takes_second { right.next() } else { left.next() });
        }
        merged.extend(left.chain(right));
        Some(merged)
    }

    /// Whether a name is declared nowhere, and the runtimes of schemas do not provide it either.
    pub(crate) fn is_nowhere(&self, name: &Ident, scope: &Scope<'a>) -> bool {
        matches!(&*name.sym, "window" | "document")
            && scope.find(&name.sym).is_none()
            && !self.module(scope.module).bindings.contains_key(&name.sym)
    }
}

/// `padStart` and `padEnd`
pub(crate) fn padded<'a>(text: &str, is_start: bool, arguments: &[Value<'a>]) -> Option<Value<'a>> {
    let width = to_number(arguments.first()?)?.max(0.0) as usize;
    let filler = match arguments.get(1) {
        None | Some(Value::Undefined) => Atom::from(" "),
        Some(filler) => filler.to_text()?,
    };
    let length = text.encode_utf16().count();
    if width <= length || filler.is_empty() {
        return Some(Value::string(text));
    }
    if width > LENGTH_LIMIT || !filler.is_ascii() {
        return None;
    }
    let padding: String = filler.chars().cycle().take(width - length).collect();
    Some(Value::string(if is_start {
        format!("{padding}{text}")
    } else {
        format!("{text}{padding}")
    }))
}

/// `charCodeAt` and `codePointAt` of text whose letters are one unit each.
pub(crate) fn code_at<'a>(
    text: &str,
    method: &str,
    position: Option<&Value<'a>>,
) -> Option<Value<'a>> {
    if text.chars().any(|it| it.len_utf16() > 1) {
        return None;
    }
    let position = position.map_or(Some(0.0), to_number)?;
    let letter = if position < 0.0 { None } else { text.chars().nth(position as usize) };
    Some(match letter {
        Some(letter) => Value::Number(f64::from(u32::from(letter))),
        None if method == "codePointAt" => Value::Undefined,
        None => Value::Number(f64::NAN),
    })
}

/// `localeCompare` of words in lower case, which every locale sorts alike.
pub(crate) fn compare_locale(text: &str, other: &str) -> Option<f64> {
    let is_plain = |text: &str| text.bytes().all(|it| it.is_ascii_lowercase());
    if !is_plain(text) || !is_plain(other) {
        return None;
    }
    Some(match text.cmp(other) {
        std::cmp::Ordering::Less => -1.0,
        std::cmp::Ordering::Equal => 0.0,
        std::cmp::Ordering::Greater => 1.0,
    })
}

/// `startsWith`, `includes` and `indexOf` from a position on, of ASCII text.
pub(crate) fn search_from<'a>(
    text: &str,
    method: &str,
    part: &str,
    position: Option<&Value<'a>>,
) -> Option<Value<'a>> {
    let start = position.map_or(Some(0.0), to_number)?;
    let start = (start.max(0.0) as usize).min(text.len());
    let rest = &text[start..];
    Some(match method {
        "startsWith" => Value::Bool(rest.starts_with(part)),
        "includes" => Value::Bool(rest.contains(part)),
        _ => Value::Number(rest.find(part).map_or(-1.0, |at| (at + start) as f64)),
    })
}

/// `substr(start, length)` of ASCII text.
pub(crate) fn substr<'a>(text: &str, arguments: &[Value<'a>]) -> Option<Value<'a>> {
    let start = arguments.first().map_or(Some(0.0), to_number)?;
    let start = if start < 0.0 { (start + text.len() as f64).max(0.0) } else { start };
    let start = (start as usize).min(text.len());
    let length = match arguments.get(1) {
        None | Some(Value::Undefined) => text.len(),
        Some(length) => to_number(length)?.max(0.0) as usize,
    };
    Some(Value::string(&text[start..start.saturating_add(length).min(text.len())]))
}
