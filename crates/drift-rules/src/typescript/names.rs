//! What tables and columns are called in a schema, and where a reference can be added.

use std::path::{Component, Path, PathBuf};

use drift_model::{Column, Edit, FileId, SourceMap, Span, Table};

use super::tokens::{Kind, Tokens};

/// How a file can name a table of the schema.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// By a name that it declares or imports.
    Named(String),
    /// By a name that it would have to import, from a module as it would be written.
    Import {
        /// What the table is exported as.
        name: String,
        /// `./users`
        module: String,
    },
}

impl Reach {
    /// The name, imported or not.
    pub(crate) fn name(&self) -> &str {
        match self {
            Reach::Named(name) | Reach::Import { name, .. } => name,
        }
    }

    /// How a file can name a table; `None` where the table has no name of its own at the top of its
    /// file.
    pub(crate) fn of(texts: &SourceMap, file: FileId, table: &Table) -> Option<Self> {
        let declared = texts.file(table.span.file);
        let name = binding(declared.text.get(..table.span.start as usize)?)?;
        if file == table.span.file {
            return Some(Reach::Named(name.to_owned()));
        }
        let there = texts.file(file);
        if let Some(alias) = imported_as(&there.text, name, &declared.path) {
            return Some(Reach::Named(alias));
        }
        let module = relative(&there.path, &declared.path)?;
        Some(Reach::Import { name: name.to_owned(), module })
    }
}

/// What a column is called among the properties of its table: `users.id`, `users["a-b"]`.
pub(crate) fn column_path(texts: &SourceMap, table: &str, column: &Column) -> Option<String> {
    let text = texts.snippet(column.span);
    let tokens = Tokens::read(&text)?;
    let key = tokens.word(0);
    match (tokens.kind(0)?, tokens.kind(1)) {
        (Kind::Word, None | Some(Kind::Colon)) => Some(format!("{table}.{key}")),
        (Kind::Text, Some(Kind::Colon)) => Some(format!("{table}[{key}]")),
        _ => None,
    }
}

/// An edit that adds a call to the end of what a column is made of; `None` where that is not a chain of
/// calls that stands in the table itself.
pub(crate) fn append_call(
    texts: &SourceMap,
    table: &Table,
    column: &Column,
    tables: &[Table],
    call: &str,
) -> Option<Edit> {
    let (inner, outer) = (column.span, table.span);
    let declared = texts.file(outer.file);
    let whole = Tokens::read_call(declared.text.get(outer.start as usize..)?)?;
    let whole = outer.start..outer.start + whole.text.len() as u32;
    let is_inside = inner.file == outer.file && whole.contains(&inner.start);
    if !is_inside || tables.iter().filter(|it| it.span == outer).count() != 1 {
        return None;
    }
    let text = texts.snippet(inner);
    let tokens = Tokens::read(&text)?;
    if tokens.kind(1) != Some(Kind::Colon) || tokens.kind(2) != Some(Kind::Word) {
        return None;
    }
    let mut at = 3;
    while at < tokens.all.len() {
        at = match tokens.kind(at)? {
            Kind::Open(b'(') => tokens.close_of(at)? + 1,
            // Behind it stands a name.
            Kind::Dot => at + 2,
            _ => return None,
        };
    }
    text.ends_with(')')
        .then(|| Edit { span: Span::new(inner.file, inner.end, inner.end), text: call.to_owned() })
}

/// Whether a file imports a name from anywhere.
pub(crate) fn imports(texts: &SourceMap, file: FileId, name: &str) -> bool {
    let text = &texts.file(file).text;
    clauses(text).any(|(clause, _)| names(clause).any(|(_, local)| local == name))
}

/// The name of a constant of the module to which what follows `before` is assigned.
fn binding(before: &str) -> Option<&str> {
    // `pgSchema.` in front of `table(...)`
    let is_path = |it: char| it.is_alphanumeric() || matches!(it, '_' | '$' | '.');
    let before = before.trim_end_matches(is_path).trim_end().strip_suffix('=')?;
    let line = &before[before.rfind('\n').map_or(0, |it| it + 1)..];
    let line = line.strip_prefix("export ").unwrap_or(line);
    let name = ["const ", "let ", "var "].iter().find_map(|it| line.strip_prefix(it))?;
    let name = name.split(':').next()?.trim();
    is_name(name).then_some(name)
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '$'))
        && !text.starts_with(|it: char| it.is_ascii_digit())
}

/// What a text imports `name` of the file at `path` as, as a value.
fn imported_as(text: &str, name: &str, path: &Path) -> Option<String> {
    let module = module_name(path)?;
    clauses(text).find_map(|(clause, from)| {
        let last = from.rsplit('/').next()?;
        let last = [".js", ".ts", ".mjs", ".mts"]
            .iter()
            .find_map(|it| last.strip_suffix(it))
            .unwrap_or(last);
        let found = names(clause).find(|(exported, _)| *exported == name && last == module)?;
        Some(found.1.to_owned())
    })
}

/// The last part of how modules name a file: a folder for its `index`.
fn module_name(path: &Path) -> Option<&str> {
    match path.file_stem()?.to_str()? {
        "index" => path.parent()?.file_name()?.to_str(),
        stem => Some(stem),
    }
}

/// What each `import` of a text stands between: `{ a, b as c }`, and the module.
fn clauses(text: &str) -> impl Iterator<Item = (&str, &str)> {
    let starts =
        text.match_indices("import").filter(|(at, _)| *at == 0 || text.as_bytes()[at - 1] == b'\n');
    starts.filter_map(|(at, word)| {
        let rest = &text[at + word.len()..];
        let (clause, rest) = rest.split_once("from")?;
        let quote = rest.trim_start().chars().next().filter(|it| matches!(it, '"' | '\''))?;
        let module = rest.trim_start().get(1..)?.split(quote).next()?;
        let is_clause = !clause.contains([';', '"', '\'', '(']);
        let is_of_values = !clause.trim_start().starts_with("type ");
        (is_clause && is_of_values).then_some((clause, module))
    })
}

/// The names of a clause: exported, local.
fn names(clause: &str) -> impl Iterator<Item = (&str, &str)> {
    let inner = clause.split_once('{').and_then(|(_, it)| it.split_once('}')).map_or("", |it| it.0);
    inner.split(',').map(|item| {
        let item = item.trim();
        let item = item.strip_prefix("type ").map_or(item, str::trim);
        item.split_once(" as ")
            .map_or((item, item), |(exported, local)| (exported.trim(), local.trim()))
    })
}

/// How a file imports another one: `./users`, `../auth/schema`.
fn relative(from: &Path, to: &Path) -> Option<String> {
    let folder: Vec<Component<'_>> = from.parent()?.components().collect();
    let target: Vec<Component<'_>> = to.parent()?.components().collect();
    let common = folder.iter().zip(&target).take_while(|(a, b)| a == b).count();
    let up = folder.len() - common;
    let start = if up == 0 { PathBuf::from(".") } else { (0..up).map(|_| "..").collect() };
    let inner: PathBuf = target[common..].iter().collect();
    let stem = to.file_stem()?;
    let path = start.join(inner).join(if stem == "index" { "".as_ref() } else { stem });
    let text = path.to_str()?.replace('\\', "/");
    Some(text.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use drift_model::TableName;

    use super::*;

    /// The one table `users` of a text, and a column of it at `marked`.
    fn table(texts: &SourceMap, path: &str, text: &str, marked: &str) -> (Table, Column) {
        let file = texts.add(path.into(), text.to_owned());
        let span = |part: &str| {
            let start = file.text.find(part).unwrap() as u32;
            Span::new(file.id, start, start + part.len() as u32)
        };
        let call = &text[text.find("pgTable").unwrap()..];
        let call = &call[..call.rfind(')').unwrap() + 1];
        (Table::new(TableName::new("users"), span(call)), Column::new("id", span(marked)))
    }

    #[test]
    fn names_what_is_declared_here_imported_or_to_be_imported() {
        let texts = SourceMap::default();
        let text = "export const users: X = pgTable(\"users\", { id: integer() });";
        let (users, id) = table(&texts, "src/db/users.ts", text, "id: integer()");
        let file = |path: &str, text: &str| texts.add(path.into(), text.to_owned()).id;
        let reach = |file| Reach::of(&texts, file, &users).unwrap();
        assert_eq!(reach(users.span.file), Reach::Named("users".to_owned()));
        let importing =
            file("src/db/a.ts", "import {\n  type X,\n  users as people,\n} from './users.js';");
        assert_eq!(reach(importing), Reach::Named("people".to_owned()));
        for (at, module, text) in [
            ("src/db/b.ts", "./users", "import type { users } from './users';"),
            ("src/db/auth/c.ts", "../users", "import { users } from './other';"),
            ("src/d.ts", "./db/users", "// import { users } from './db/users'"),
        ] {
            let Reach::Import { name, module: found } = reach(file(at, text)) else {
                panic!("{at}")
            };
            assert_eq!((name.as_str(), found.as_str()), ("users", module));
        }
        assert_eq!(column_path(&texts, "users", &id).unwrap(), "users.id");
        let in_schema = "const users = auth_1.pgTable(\"users\", {});";
        let (users, _) = table(&texts, "src/db/e.ts", in_schema, "{}");
        let named = Reach::of(&texts, users.span.file, &users);
        assert_eq!(named, Some(Reach::Named("users".to_owned())));
    }

    #[test]
    fn does_not_name_what_has_no_name() {
        let texts = SourceMap::default();
        for (path, text) in [
            ("a.ts", "  const users = pgTable(\"users\", {});"),
            ("b.ts", "export default pgTable(\"users\", {});"),
            ("c.ts", "const { users } = pgTable(\"users\", {});"),
            ("d.ts", "const users = wrap(pgTable(\"users\", {}));"),
        ] {
            let (users, _) = table(&texts, path, text, "users");
            assert_eq!(Reach::of(&texts, users.span.file, &users), None, "{text}");
        }
    }

    #[test]
    fn appends_to_a_chain_of_calls_alone() {
        let texts = SourceMap::default();
        for (path, column, is_chain) in [
            ("a.ts", "id: integer(\"id\")\n    .notNull()", true),
            ("b.ts", "id: t.integer()", true),
            ("c.ts", "id: x ? integer() : text()", false),
            ("d.ts", "id: integer().notNull", false),
            ("e.ts", "id", false),
            ("f.ts", "id = integer()", false),
            ("g.ts", "id: 'x'.integer()", false),
        ] {
            let text = format!("const users = pgTable(\"users\", {{ {column} }});");
            let (users, id) = table(&texts, path, &text, column);
            let edit = append_call(&texts, &users, &id, std::slice::from_ref(&users), ".x()");
            assert_eq!(edit.is_some(), is_chain, "{column}");
        }
    }

    #[test]
    fn appends_to_what_stands_in_the_one_table_alone() {
        let texts = SourceMap::default();
        let text = "const first = { id: integer() }\nconst users = pgTable(\"users\", { id: text() });\nconst last = { id: uuid() }";
        let (users, id) = table(&texts, "a.ts", text, "id: text()");
        let (_, elsewhere) = table(&texts, "b.ts", text, "id: text()");
        let at = |marked: &str| {
            let start = text.find(marked).unwrap() as u32;
            Column::new("id", Span::new(users.span.file, start, start + marked.len() as u32))
        };
        let is_appended = |column: &Column, tables: &[&Table]| {
            let tables: Vec<Table> = tables.iter().map(|it| (*it).clone()).collect();
            append_call(&texts, &users, column, &tables, ".x()").is_some()
        };
        assert!(is_appended(&id, &[&users]));
        assert!(!is_appended(&id, &[&users, &users]));
        for column in [at("id: integer()"), at("id: uuid()"), elsewhere] {
            assert!(!is_appended(&column, &[&users]), "{:?}", column.span);
        }
    }
}
