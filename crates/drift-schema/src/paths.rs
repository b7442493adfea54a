//! The functions of `path`, as they are on POSIX.
//!
//! The working directory is `.`: where it lies is found out later, by what is there. A path may so
//! differ from the one that Node gives, as long as it leads to the same file.

use crate::drizzle::CallSite;
use crate::evaluate::Evaluator;
use crate::value::Value;

const NO_DIRECTORY: &str = "the working directory is not known";

impl<'a> Evaluator<'a> {
    /// `path.join(..)`, `path.resolve(..)`, `path.dirname(..)`
    pub(crate) fn call_path(
        &mut self,
        function: &str,
        arguments: &[Value<'a>],
        site: CallSite,
    ) -> Value<'a> {
        if function == "format" {
            return self.format_path(arguments.first().unwrap_or(&Value::Undefined), site);
        }
        let mut parts = Vec::new();
        for argument in arguments {
            match argument {
                Value::String(part) => parts.push(&**part),
                Value::Unknown(unknown) => return Value::Unknown(unknown),
                _ => return self.arena.unknown("a part of this path is not known", site.span),
            }
        }
        let first = parts.first().copied().unwrap_or_default();
        match function {
            "join" | "normalize" => {
                parts.retain(|it| !it.is_empty());
                Value::string(normalize(&parts.join("/")))
            }
            "resolve" => {
                // The last absolute part wins.
                let start = parts.iter().rposition(|part| part.starts_with('/')).unwrap_or(0);
                parts.drain(..start);
                parts.retain(|it| !it.is_empty());
                Value::string(without_slash(&normalize(&parts.join("/"))))
            }
            "relative" => match relative(first, parts.get(1).copied().unwrap_or_default()) {
                Some(path) => Value::string(path),
                None => self.arena.unknown(NO_DIRECTORY, site.span),
            },
            "dirname" => Value::string(folder_of(first).unwrap_or(".")),
            "basename" => {
                let name = name_of(first);
                let suffix = parts.get(1).copied().unwrap_or_default();
                // A name is left whole, unless the path is nothing else.
                let stem = name.strip_suffix(suffix).filter(|it| !it.is_empty() || first == suffix);
                Value::string(stem.unwrap_or(name))
            }
            "extname" => Value::string(split_extension(name_of(first)).1),
            "isAbsolute" => Value::Bool(first.starts_with('/')),
            "parse" => {
                let name = name_of(first);
                let (stem, extension) = split_extension(name);
                let texts = [
                    ("root", if first.starts_with('/') { "/" } else { "" }),
                    ("dir", folder_of(first).unwrap_or_default()),
                    ("base", name),
                    ("ext", extension),
                    ("name", stem),
                ];
                Value::Object(self.object_of_texts(&texts, site.span))
            }
            _ => self.arena.unknown(format!("the result of `{function}` is not known"), site.span),
        }
    }

    /// `path.format({ dir, base })`
    fn format_path(&mut self, parts: &Value<'a>, site: CallSite) -> Value<'a> {
        let mut part = |key: &str| match self.option(parts, key, site.span) {
            Value::Undefined => Ok(String::new()),
            Value::String(text) => Ok(text.to_string()),
            Value::Unknown(unknown) => Err(Value::Unknown(unknown)),
            _ => Err(self.arena.unknown("a part of this path is not known", site.span)),
        };
        let mut texts = Vec::new();
        for key in ["root", "dir", "base", "name", "ext"] {
            match part(key) {
                Ok(text) => texts.push(text),
                Err(unknown) => return unknown,
            }
        }
        let [root, folder, base, name, extension] = &texts[..] else { return Value::Undefined };
        let dot = if extension.is_empty() || extension.starts_with('.') { "" } else { "." };
        let base = if base.is_empty() { format!("{name}{dot}{extension}") } else { base.clone() };
        Value::string(match (folder.is_empty(), folder == root) {
            (true, _) => format!("{root}{base}"),
            (_, true) => format!("{folder}{base}"),
            _ => format!("{folder}/{base}"),
        })
    }

    /// `__dirname`, `__filename` of a module.
    pub(crate) fn file_global(&self, path: &std::path::Path, name: &str) -> Option<Value<'a>> {
        let path = match name {
            "__filename" => path,
            "__dirname" => path.parent()?,
            _ => return None,
        };
        let text = path.to_str()?;
        Some(Value::string(if text.is_empty() { "." } else { text }))
    }
}

/// A path without `.`, `..` and doubled slashes, as `path.normalize` gives it.
pub(crate) fn normalize(path: &str) -> String {
    let is_absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if is_absolute => {}
            part => parts.push(part),
        }
    }
    let joined = parts.join("/");
    let slash = if path.ends_with('/') && !joined.is_empty() { "/" } else { "" };
    match (is_absolute, joined.is_empty()) {
        (true, _) => format!("/{joined}{slash}"),
        (false, true) => ".".to_owned(),
        (false, false) => format!("{joined}{slash}"),
    }
}

/// The way from one folder to a file, which from the working directory is the file itself; `None`
/// where it leads through folders whose names are not known.
fn relative(from: &str, to: &str) -> Option<String> {
    let (from, to) = (normalize(from), normalize(to));
    let (from, to) = (without_slash(&from), without_slash(&to));
    if from == to {
        return Some(String::new());
    }
    if from == "." {
        return Some(to.to_owned());
    }
    if from.starts_with('/') != to.starts_with('/') {
        return None;
    }
    let parts = |path: &str| -> Vec<String> {
        path.split('/').filter(|it| !matches!(*it, "" | ".")).map(str::to_owned).collect()
    };
    let (from, to) = (parts(from), parts(to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = &from[common..];
    if up.iter().any(|it| it == "..") {
        return None;
    }
    let steps = up.iter().map(|_| "..").chain(to[common..].iter().map(String::as_str));
    Some(steps.collect::<Vec<_>>().join("/"))
}

fn without_slash(path: &str) -> &str {
    if path == "/" { path } else { path.strip_suffix('/').unwrap_or(path) }
}

/// The folder of a path, unless it names none.
fn folder_of(path: &str) -> Option<&str> {
    match path.trim_end_matches('/').rsplit_once('/') {
        Some((folder, _)) => {
            let folder = folder.trim_end_matches('/');
            Some(if folder.is_empty() { "/" } else { folder })
        }
        None if path.starts_with('/') => Some("/"),
        None => None,
    }
}

fn name_of(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// `b.c` and `.ts` of `b.c.ts`
fn split_extension(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name != ".." => name.split_at(at),
        _ => (name, ""),
    }
}
