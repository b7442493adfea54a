//! What the language and Node provide: objects, arrays, strings, paths, the environment.

use drift_model::Span;
use swc_atoms::Atom;

use crate::collections::is_same_key;
use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::numbers::{math, parse_float, parse_int, to_number};
use crate::texts::{code_at, compare_locale, padded, search_from, substr};
use crate::value::{Array, Global, Properties, Property, Unknown, Value};

impl<'a> Evaluator<'a> {
    pub(crate) fn global_property(&mut self, global: Global, key: &Atom, span: Span) -> Value<'a> {
        match global {
            Global::Process if *key == *"env" => Value::Global(Global::Environment),
            Global::Environment => self.environment_variable(key, span),
            Global::ModuleObject if *key == *"exports" => {
                self.arena.unknown("`module.exports` is read here", span)
            }
            Global::Math | Global::Number if let Some(number) = constant(global, key) => {
                Value::Number(number)
            }
            Global::ParseInt | Global::ParseFloat | Global::IsNan | Global::IsFinite => {
                Value::Undefined
            }
            Global::Object
            | Global::Array
            | Global::String
            | Global::Number
            | Global::Math
            | Global::Json
            | Global::Map
            | Global::Set
            | Global::RegExp
            | Global::Promise => Value::Method(self.arena.methods.alloc(crate::value::Method {
                receiver: Value::Global(global),
                name: key.clone(),
            })),
            _ => self.arena.unknown(format!("`{key}` is not evaluated"), span),
        }
    }

    /// `String(x)`, `Number(x)`, `Boolean(x)`, `Object(x)`
    pub(crate) fn call_global(
        &mut self,
        global: Global,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let known = match global {
            Global::String if arguments.is_empty() => Some(Value::string("")),
            Global::String => self.text_of(&first).map(Value::String),
            Global::Boolean => first.truthiness().map(Value::Bool),
            Global::Number if arguments.is_empty() => Some(Value::Number(0.0)),
            Global::Number => to_number(&first).map(Value::Number),
            Global::ParseInt => parsed_int(arguments).map(Value::Number),
            Global::ParseFloat => first.to_text().map(|it| Value::Number(parse_float(&it))),
            Global::IsNan => to_number(&first).map(|it| Value::Bool(it.is_nan())),
            Global::IsFinite => to_number(&first).map(|it| Value::Bool(it.is_finite())),
            Global::RegExp => Some(self.pattern_of(&first, arguments.get(1), site)),
            Global::Error => Some(self.error(&first, site)),
            Global::Array => match (&first, arguments.len()) {
                (Value::Number(length), 1) => self.array_of_length(*length, site),
                _ => Some(self.arena.array(arguments.to_vec())),
            },
            Global::Object if first.is_nullish() == Some(true) => {
                Some(Value::Object(self.arena.object(Properties::default())))
            }
            Global::Object => Some(first.clone()),
            _ => None,
        };
        match (known, &first) {
            (Some(known), _) => known,
            (None, Value::Unknown(unknown)) if global != Global::Object => {
                self.arena.unknown(unknown.reason.clone(), unknown.span)
            }
            _ => self.arena.unknown("the result of this call is not known", site.span),
        }
    }

    /// `Array(3)`
    fn array_of_length(&mut self, length: f64, site: CallSite) -> Option<Value<'a>> {
        if length < 0.0 || length.fract() != 0.0 || length > f64::from(u32::MAX) {
            return None;
        }
        self.spend(length as u64, site.span).ok()?;
        let items = vec![Value::Undefined; length as usize];
        Some(Value::Array(self.arena.new_array(items, true)))
    }

    /// `Object.assign(..)`, `Array.from(..)`, `process.cwd()`
    pub(crate) fn global_method(
        &mut self,
        global: Global,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        match (global, method) {
            (Global::Object, "freeze" | "seal" | "preventExtensions") => first,
            (Global::Math, _) => match math(method, arguments) {
                Some(number) => Value::Number(number),
                None => self.no_method(method, site),
            },
            (Global::Json, _) => self.call_json(method, arguments, site),
            (Global::Promise, _) => self.promise_function(method, &first, site),
            (Global::String, "raw") => self.raw_text(arguments, site),
            (Global::String, "fromCharCode" | "fromCodePoint") => {
                text_of_codes(arguments).unwrap_or_else(|| self.no_method(method, site))
            }
            (Global::Number, "isInteger" | "isNaN" | "isFinite" | "isSafeInteger") => {
                match &first {
                    Value::Unknown(unknown) => Value::Unknown(unknown),
                    Value::Number(number) => Value::Bool(match method {
                        "isNaN" => number.is_nan(),
                        "isFinite" => number.is_finite(),
                        _ => number.is_finite() && number.fract() == 0.0,
                    }),
                    _ => Value::Bool(false),
                }
            }
            (Global::Number, "parseInt") => self.call_global(Global::ParseInt, arguments, site),
            (Global::Number, "parseFloat") => self.call_global(Global::ParseFloat, arguments, site),
            (Global::Object | Global::Map, "groupBy") => {
                self.grouped(global, &first, arguments, site)
            }
            (Global::Object, _) if let Some(known) = self.reflect(method, arguments, site) => known,
            (Global::Object, "assign") => {
                self.object_assign(&first, &arguments[1.min(arguments.len())..], site)
            }
            (Global::Object, "keys" | "values" | "entries") => {
                self.object_listing(method, &first, site)
            }
            (Global::Object, "fromEntries") => self.object_of_entries(&first, site),
            (Global::Array, "isArray") => match first {
                Value::Unknown(unknown) => Value::Unknown(unknown),
                Value::Either(_) | Value::Opaque => {
                    self.arena.unknown("whether this is an array is not known", site.span)
                }
                _ => Value::Bool(matches!(first, Value::Array(_))),
            },
            (Global::Array, "of") => self.arena.array(arguments.to_vec()),
            (Global::Array, "from") => match self.listable(&first, site) {
                Value::Array(array) => {
                    let items = array.items.borrow().clone();
                    match arguments.get(1) {
                        Some(function) => self.map(&items, None, &function.clone(), site),
                        None => self.arena.array(items),
                    }
                }
                _ => self.arena.unknown("`Array.from` of this is not known", site.span),
            },
            (Global::Environment, _) => self.environment_method(method, &first, site),
            (Global::Process, "cwd") => Value::string("."),
            _ => {
                let reason = format!("the result of `{method}` is not known");
                self.arena.unknown(reason, site.span)
            }
        }
    }

    /// `{ length: 2 }` as the array of as many undefined items; anything else as it is.
    fn listable(&mut self, value: &Value<'a>, site: CallSite) -> Value<'a> {
        if let Value::String(_) | Value::Native(_) = value
            && let Some(items) = self.items_of(value)
        {
            return self.arena.array(items);
        }
        if !matches!(value, Value::Object(_)) {
            return value.clone();
        }
        let Value::Number(length) = self.option(value, "length", site.span) else {
            return value.clone();
        };
        let length = length.max(0.0) as u64;
        match self.spend(length, site.span) {
            Ok(()) => self.arena.array(vec![Value::Undefined; length as usize]),
            Err(unknown) => unknown,
        }
    }

    fn object_assign(
        &mut self,
        target: &Value<'a>,
        sources: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        match target {
            Value::Object(object) => {
                for source in sources {
                    if let Err(unknown) = self.spread_into(object, source, site.span) {
                        return unknown;
                    }
                }
                Value::Object(object)
            }
            Value::Table(table) => {
                for source in sources {
                    for (key, value) in self.entries(source) {
                        self.set_table_property(table, key, value, site.span);
                    }
                }
                target.clone()
            }
            // Properties put on a function do not change what it is.
            other => other.clone(),
        }
    }

    fn object_listing(&mut self, method: &str, object: &Value<'a>, site: CallSite) -> Value<'a> {
        match object {
            Value::Unknown(unknown) => return Value::Unknown(unknown),
            Value::Object(it) => {
                if let Some(unknown) = it.unknown_part.get() {
                    return Value::Unknown(unknown);
                }
            }
            Value::Array(_) | Value::Table(_) | Value::Module(_) | Value::String(_) => {}
            Value::Function(_) | Value::Number(_) | Value::Bool(_) => {}
            _ => return self.arena.unknown("the properties of this are not known", site.span),
        }
        let entries = self.entries(object);
        if let Err(unknown) = self.spend(entries.len() as u64, site.span) {
            return unknown;
        }
        let items = entries
            .into_iter()
            .map(|(key, value)| match method {
                "keys" => Value::String(key),
                "values" => value,
                _ => self.arena.array(vec![Value::String(key), value]),
            })
            .collect();
        self.arena.array(items)
    }

    fn object_of_entries(&mut self, entries: &Value<'a>, site: CallSite) -> Value<'a> {
        let listed = match entries {
            Value::Native(_) => self.items_of(entries).map(|items| self.arena.array(items)),
            _ => None,
        };
        let Value::Array(entries) = listed.as_ref().unwrap_or(entries) else {
            return match entries {
                Value::Unknown(unknown) => Value::Unknown(unknown),
                _ => self.arena.unknown("these entries are not known", site.span),
            };
        };
        let mut properties = Properties::default();
        let mut unknown_part = None;
        for entry in entries.items.borrow().iter() {
            let pair = match entry {
                Value::Array(pair) => pair.items.borrow().clone(),
                _ => Vec::new(),
            };
            match (pair.first().and_then(Value::to_text), pair.get(1)) {
                (Some(key), Some(value)) => {
                    let property =
                        Property { value: value.clone(), is_getter: false, span: site.span };
                    properties.insert(key, property);
                }
                _ => {
                    let reason = "the key of an entry is not known".to_owned();
                    unknown_part =
                        Some(&*self.arena.unknowns.alloc(Unknown::new(reason, site.span)));
                }
            }
        }
        let object = self.arena.object(properties);
        object.unknown_part.set(unknown_part);
        Value::Object(object)
    }

    fn map(
        &mut self,
        items: &[Value<'a>],
        array: Option<&'a Array<'a>>,
        function: &Value<'a>,
        site: CallSite,
    ) -> Value<'a> {
        let mapped = items
            .iter()
            .enumerate()
            .map(|(index, item)| match array {
                Some(array) if array.is_hole(item) => Value::Undefined,
                _ => self.call_item(function, item, (index, array), site),
            })
            .collect();
        let has_holes = array.is_some_and(|it| it.has_holes.get());
        Value::Array(self.arena.new_array(mapped, has_holes))
    }

    fn call_item(
        &mut self,
        function: &Value<'a>,
        item: &Value<'a>,
        (index, array): (usize, Option<&'a Array<'a>>),
        site: CallSite,
    ) -> Value<'a> {
        let mut arguments = Vec::with_capacity(3);
        arguments.extend([item.clone(), Value::Number(index as f64)]);
        arguments.extend(array.map(Value::Array));
        self.call(function, arguments, site)
    }

    pub(crate) fn array_method(
        &mut self,
        array: &'a Array<'a>,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        let items = array.items.borrow().clone();
        if let Err(unknown) = self.spend(items.len() as u64, site.span) {
            return unknown;
        }
        let first = arguments.first().cloned().unwrap_or(Value::Undefined);
        let is_there = |item: &Value<'a>| !array.is_hole(item);
        match method {
            "map" => self.map(&items, Some(array), &first, site),
            "flatMap" => match self.map(&items, Some(array), &first, site) {
                Value::Array(mapped) => {
                    let mut mapped = mapped.items.borrow().clone();
                    mapped.retain(is_there);
                    self.flatten(&mapped, 1)
                }
                other => other,
            },
            "flat" => {
                let depth = match first {
                    Value::Number(depth) => depth.clamp(0.0, 16.0) as u32,
                    _ => 1,
                };
                let there: Vec<Value<'a>> = items.into_iter().filter(is_there).collect();
                self.flatten(&there, depth)
            }
            "forEach" => {
                for (index, item) in items.iter().enumerate().filter(|(_, it)| is_there(it)) {
                    self.call_item(&first, item, (index, Some(array)), site);
                }
                Value::Undefined
            }
            "filter" => self.filter(&items, array, &first, site),
            "some" | "every" => {
                let there = items.iter().enumerate().filter(|(_, it)| is_there(it));
                self.search(there, method, &first, site)
            }
            "find" | "findIndex" => self.search(items.iter().enumerate(), method, &first, site),
            "findLast" | "findLastIndex" => {
                let reversed = items.iter().enumerate().rev();
                self.search(reversed, &method.replace("Last", ""), &first, site)
            }
            "reduceRight" => {
                let reversed: Vec<Value<'a>> = items.into_iter().rev().collect();
                let reversed = self.arena.new_array(reversed, array.has_holes.get());
                self.array_method(reversed, "reduce", arguments, site)
            }
            "reduce" => {
                let mut rest = items.iter().enumerate().filter(|(_, it)| is_there(it));
                let mut result = match arguments.get(1) {
                    Some(initial) => initial.clone(),
                    None => match rest.next() {
                        Some((_, item)) => item.clone(),
                        None => return self.arena.unknown("nothing is reduced here", site.span),
                    },
                };
                for (index, item) in rest {
                    let index = Value::Number(index as f64);
                    result = self.call(&first, vec![result, item.clone(), index], site);
                }
                result
            }
            "concat" => {
                let mut all = items;
                for argument in arguments {
                    match argument {
                        Value::Array(other) => {
                            let other = other.items.borrow();
                            if let Err(unknown) = self.spend(other.len() as u64, site.span) {
                                return unknown;
                            }
                            all.extend(other.iter().cloned());
                        }
                        other => all.push(other.clone()),
                    }
                }
                self.arena.array(all)
            }
            "push" => {
                let pushed = arguments.iter().map(|it| match self.doubt.anywhere {
                    0 => it.clone(),
                    _ => self.either(it.clone(), Value::Undefined, site.span),
                });
                array.items.borrow_mut().extend(pushed);
                Value::Number((items.len() + arguments.len()) as f64)
            }
            "slice" => self.arena.array(slice(&items, arguments)),
            "indexOf" | "lastIndexOf" if items.iter().chain([&first]).all(is_plain) => {
                let is_first = |it: &Value<'a>| it.is_same(&first);
                let found = match (method, arguments.len()) {
                    ("indexOf", 1) => items.iter().position(is_first),
                    (_, 1) => items.iter().rposition(is_first),
                    _ => return self.no_method(method, site),
                };
                Value::Number(found.map_or(-1.0, |it| it as f64))
            }
            "toSorted" | "toSpliced" | "with" => {
                let copy = self.arena.new_array(items, false);
                match (method, &first) {
                    ("with", Value::Number(index)) => {
                        let mut items = copy.items.borrow_mut();
                        let index = if *index < 0.0 { index + items.len() as f64 } else { *index };
                        if let Some(item) = items.get_mut(index as usize) {
                            *item = arguments.get(1).cloned().unwrap_or(Value::Undefined);
                        }
                    }
                    _ => {
                        let method = if method == "toSorted" { "sort" } else { "splice" };
                        self.array_method(copy, method, arguments, site);
                    }
                }
                Value::Array(copy)
            }
            "sort" | "splice" | "fill"
                if self.doubt.anywhere == 0
                    && let Some(result) = self.rearrange(array, method, arguments, site) =>
            {
                result
            }
            "toString" => match self.text_of(&Value::Array(array)) {
                Some(text) => Value::String(text),
                None => self.arena.unknown("this text is not known", site.span),
            },
            "toReversed" => self.arena.array(items.into_iter().rev().collect()),
            "reverse" | "pop" | "shift" | "unshift" if self.doubt.anywhere == 0 => {
                change_array(array, method, arguments)
            }
            "reverse" | "pop" | "shift" | "unshift" | "splice" | "sort" | "fill" | "copyWithin" => {
                let reason = format!("what `{method}` makes of this list is not known");
                let unknown = self.arena.unknown(reason, site.span);
                array.items.borrow_mut().push(unknown.clone());
                unknown
            }
            "includes" => Value::Bool(items.iter().any(|it| is_same_key(it, &first))),
            "join" => {
                let separator = first.as_str().unwrap_or(",").to_owned();
                match self.joined(&items, &separator) {
                    Some(text) => Value::String(text),
                    None => self.arena.unknown("this text is not known", site.span),
                }
            }
            "at" => match first {
                Value::Number(index) => {
                    let index = if index < 0.0 { index + items.len() as f64 } else { index };
                    items.get(index as usize).cloned().unwrap_or(Value::Undefined)
                }
                _ => self.arena.unknown("which item this takes is not known", site.span),
            },
            "entries" | "values" | "keys" => {
                let listed = items
                    .into_iter()
                    .enumerate()
                    .map(|(index, item)| match method {
                        "entries" => self.arena.array(vec![Value::Number(index as f64), item]),
                        "values" => item,
                        _ => Value::Number(index as f64),
                    })
                    .collect();
                self.arena.array(listed)
            }
            // `makers[0](..)`
            _ if let Ok(index) = method.parse::<usize>() => match items.get(index) {
                Some(item) => self.call(&item.clone(), arguments.to_vec(), site),
                None => self.arena.unknown("what is called here is not a function", site.span),
            },
            _ => {
                let reason = format!("the result of `{method}` is not known");
                self.arena.unknown(reason, site.span)
            }
        }
    }

    fn flatten(&mut self, items: &[Value<'a>], depth: u32) -> Value<'a> {
        let mut items = items.to_vec();
        for _ in 0..depth {
            let mut flat = Vec::with_capacity(items.len());
            for item in items {
                match item {
                    Value::Array(inner) => flat.extend(inner.items.borrow().iter().cloned()),
                    item => flat.push(item),
                }
            }
            items = flat;
        }
        self.arena.array(items)
    }

    fn filter(
        &mut self,
        items: &[Value<'a>],
        array: &'a Array<'a>,
        function: &Value<'a>,
        site: CallSite,
    ) -> Value<'a> {
        let mut kept = Vec::new();
        let there = items.iter().enumerate().filter(|(_, item)| !array.is_hole(item));
        for (index, item) in there {
            match self.call_item(function, item, (index, Some(array)), site).truthiness() {
                Some(true) => kept.push(item.clone()),
                Some(false) => {}
                None => kept.push(self.either(item.clone(), Value::Undefined, site.span)),
            }
        }
        self.arena.array(kept)
    }

    fn search<'i>(
        &mut self,
        items: impl Iterator<Item = (usize, &'i Value<'a>)>,
        method: &str,
        function: &Value<'a>,
        site: CallSite,
    ) -> Value<'a>
    where
        'a: 'i,
    {
        for (index, item) in items {
            let Some(holds) = self.call_item(function, item, (index, None), site).truthiness()
            else {
                return self.arena.unknown("which item this finds is not known", site.span);
            };
            match (method, holds) {
                ("find", true) => return item.clone(),
                ("findIndex", true) => return Value::Number(index as f64),
                ("some", true) => return Value::Bool(true),
                ("every", false) => return Value::Bool(false),
                _ => {}
            }
        }
        match method {
            "find" => Value::Undefined,
            "findIndex" => Value::Number(-1.0),
            method => Value::Bool(method == "every"),
        }
    }

    pub(crate) fn string_method(
        &mut self,
        text: &Atom,
        method: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        if let Err(unknown) = self.spend(text.len() as u64 / 64, site.span) {
            return unknown;
        }
        if matches!(method, "replace" | "replaceAll" | "match" | "matchAll" | "search")
            || method == "split" && matches!(arguments.first(), Some(Value::Native(_)))
        {
            let unknown = arguments.iter().find(|it| matches!(it, Value::Unknown(_)));
            return match (self.replacing_method(text, method, arguments, site), unknown) {
                (Some(value), _) => value,
                (None, Some(unknown)) => unknown.clone(),
                (None, None) => self.no_method(method, site),
            };
        }
        let first = arguments.first().and_then(Value::as_str);
        let second = arguments.get(1).and_then(Value::as_str);
        let known = match (method, first, second) {
            ("toLowerCase" | "toLocaleLowerCase", ..) => Some(Value::string(text.to_lowercase())),
            ("toUpperCase" | "toLocaleUpperCase", ..) => Some(Value::string(text.to_uppercase())),
            ("toString" | "valueOf", ..) => Some(Value::String(text.clone())),
            ("repeat", ..) => match arguments.first() {
                Some(Value::Number(times))
                    if (0.0..1024.0).contains(times) && text.len() < 1024 =>
                {
                    Some(Value::string(text.repeat(*times as usize)))
                }
                _ => None,
            },
            ("trimStart", ..) => Some(Value::string(text.trim_start())),
            ("trimEnd", ..) => Some(Value::string(text.trim_end())),
            ("trim", ..) => Some(Value::string(text.trim())),
            ("concat", ..) => {
                let texts = texts(arguments);
                texts.map(|texts| Value::string(format!("{text}{}", texts.concat())))
            }
            ("startsWith", Some(start), _) if arguments.len() == 1 => {
                Some(Value::Bool(text.starts_with(start)))
            }
            ("endsWith", Some(end), _) if arguments.len() == 1 => {
                Some(Value::Bool(text.ends_with(end)))
            }
            ("includes", Some(part), _) if arguments.len() == 1 => {
                Some(Value::Bool(text.contains(part)))
            }
            ("split", ..) => self.split(text, arguments),
            ("padStart" | "padEnd", ..) => padded(text, method == "padStart", arguments),
            ("charCodeAt" | "codePointAt", ..) => code_at(text, method, arguments.first()),
            ("localeCompare", Some(other), _) if arguments.len() == 1 => {
                compare_locale(text, other).map(Value::Number)
            }
            ("normalize", ..) if text.is_ascii() => Some(Value::String(text.clone())),
            ("startsWith" | "includes" | "indexOf", Some(part), _) if text.is_ascii() => {
                search_from(text, method, part, arguments.get(1))
            }
            ("substr", ..) if text.is_ascii() => substr(text, arguments),
            ("slice", ..) if text.is_ascii() => {
                let letters: Vec<char> = text.chars().collect();
                Some(Value::string(slice(&letters, arguments).into_iter().collect::<String>()))
            }
            ("substring", ..) if text.is_ascii() => Some(Value::string(substring(text, arguments))),
            ("at" | "charAt", ..) if text.is_ascii() => {
                Some(letter(text, method == "at", arguments.first()))
            }
            ("indexOf", Some(part), _) if text.is_ascii() && arguments.len() == 1 => {
                Some(Value::Number(text.find(part).map_or(-1.0, |at| at as f64)))
            }
            ("lastIndexOf", Some(part), _) if text.is_ascii() && arguments.len() == 1 => {
                Some(Value::Number(text.rfind(part).map_or(-1.0, |at| at as f64)))
            }
            _ => None,
        };
        known.unwrap_or_else(|| {
            self.arena.unknown(format!("the result of `{method}` is not known"), site.span)
        })
    }
}

/// `Math.PI`, `Number.MAX_SAFE_INTEGER`
fn constant(global: Global, name: &str) -> Option<f64> {
    Some(match (global, name) {
        (Global::Math, "PI") => std::f64::consts::PI,
        (Global::Math, "E") => std::f64::consts::E,
        (Global::Number, "MAX_SAFE_INTEGER") => 9_007_199_254_740_991.0,
        (Global::Number, "MIN_SAFE_INTEGER") => -9_007_199_254_740_991.0,
        (Global::Number, "MAX_VALUE") => f64::MAX,
        (Global::Number, "POSITIVE_INFINITY") => f64::INFINITY,
        (Global::Number, "NEGATIVE_INFINITY") => f64::NEG_INFINITY,
        (Global::Number, "NaN") => f64::NAN,
        _ => return None,
    })
}

fn parsed_int(arguments: &[Value<'_>]) -> Option<f64> {
    let text = arguments.first()?.to_text()?;
    let base = match arguments.get(1) {
        None | Some(Value::Undefined) => 0,
        Some(base) => to_number(base)? as u32,
    };
    Some(parse_int(&text, base))
}

fn text_of_codes<'a>(codes: &[Value<'_>]) -> Option<Value<'a>> {
    let letters: Option<String> =
        codes.iter().map(|code| char::from_u32(to_number(code)? as u32)).collect();
    letters.map(Value::string)
}

/// Whether a value is equal to itself alone, and known to be.
fn is_plain(value: &Value<'_>) -> bool {
    !matches!(value, Value::Unknown(_) | Value::Either(_) | Value::Opaque)
}

/// Values as text, where all of them are known.
fn texts(values: &[Value<'_>]) -> Option<Vec<String>> {
    values.iter().map(|value| value.to_text().map(|it| it.to_string())).collect()
}

/// The methods that change an array and say something simple.
fn change_array<'a>(array: &'a Array<'a>, method: &str, arguments: &[Value<'a>]) -> Value<'a> {
    let mut items = array.items.borrow_mut();
    match method {
        "pop" => items.pop().unwrap_or(Value::Undefined),
        "shift" if items.is_empty() => Value::Undefined,
        "shift" => items.remove(0),
        "unshift" => {
            items.splice(0..0, arguments.iter().cloned());
            Value::Number(items.len() as f64)
        }
        _ => {
            items.reverse();
            Value::Array(array)
        }
    }
}

/// `substring(start, end)`, which takes its positions in either order, of ASCII text.
fn substring<'t>(text: &'t str, arguments: &[Value<'_>]) -> &'t str {
    let position = |index: usize, default: usize| match arguments.get(index) {
        Some(Value::Number(number)) => (number.max(0.0) as usize).min(text.len()),
        _ => default,
    };
    let (a, b) = (position(0, 0), position(1, text.len()));
    &text[a.min(b)..a.max(b)]
}

/// `at(position)` or `charAt(position)` of ASCII text.
fn letter<'a>(text: &str, is_at: bool, position: Option<&Value<'_>>) -> Value<'a> {
    let position = match position {
        Some(Value::Number(number)) if is_at && *number < 0.0 => number + text.len() as f64,
        Some(Value::Number(number)) => *number,
        _ => 0.0,
    };
    let letter = if position < 0.0 { None } else { text.chars().nth(position as usize) };
    match letter {
        Some(letter) => Value::string(letter.to_string()),
        None if is_at => Value::Undefined,
        None => Value::string(""),
    }
}

/// `slice(start, end)` with negative positions counted from the end.
fn slice<T: Clone>(items: &[T], arguments: &[Value<'_>]) -> Vec<T> {
    let position = |index: usize, default: usize| match arguments.get(index) {
        Some(Value::Number(number)) if *number < 0.0 => {
            items.len().saturating_sub(number.abs() as usize)
        }
        Some(Value::Number(number)) => (*number as usize).min(items.len()),
        _ => default,
    };
    let start = position(0, 0);
    let end = position(1, items.len()).max(start);
    items[start..end].to_vec()
}
