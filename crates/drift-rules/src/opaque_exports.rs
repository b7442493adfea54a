//! Exported values that could not be read, and the migrated tables that they seem to be.

use foldhash::{HashMap, HashSet};

use drift_model::{Catalog, Dialect, OpaqueExport, Span, TableName, Unresolved, UnresolvedKind};

use crate::comparison::is_bookkeeping;

/// Finds, for each migrated table that the schema lacks, the export that could not be evaluated and
/// by its name or its arguments is that table. What is found is reported as unresolved, and the
/// table counts as declared.
pub fn claim_tables(
    dialect: Dialect,
    schema: &Catalog,
    migrations: &Catalog,
    exports: &[OpaqueExport],
    unresolved: &mut Vec<Unresolved>,
) {
    if exports.is_empty() {
        return;
    }
    let declared: HashSet<_> = schema.tables.iter().map(|it| dialect.table_key(&it.name)).collect();
    let likely = Likely::new(exports);
    for table in &migrations.tables {
        if is_bookkeeping(&table.name) || declared.contains(&dialect.table_key(&table.name)) {
            continue;
        }
        if let Some(position) = likely.find(&table.name.name) {
            claim(&exports[position], &table.name, unresolved);
        }
    }
}

/// How much speaks for an export being a table, most first, and the position of the export.
type Likeness = (u8, usize);

/// Exports by the names of the tables that they may be.
#[derive(Default)]
struct Likely {
    /// By the arguments as they are written, in lower case.
    by_argument: HashMap<String, Likeness>,
    /// By plain names.
    by_name: HashMap<String, Likeness>,
}

impl Likely {
    fn new(exports: &[OpaqueExport]) -> Self {
        let mut likely = Self::default();
        for (position, export) in exports.iter().enumerate() {
            for argument in &export.arguments {
                let written = argument.to_lowercase();
                likely.by_argument.entry(written).or_insert((0, position));
                for name in numbers(&plain(argument)) {
                    likely.add(name, (2, position));
                }
            }
            for name in std::iter::once(&export.name).chain(&export.other_names) {
                let name = plain(name);
                let before_table = name.strip_suffix("table").filter(|it| !it.is_empty());
                let bare = before_table.unwrap_or(&name).to_owned();
                // `session = auth()` beside a table `sessions` is more often something else: a table
                // takes its name from a text.
                if before_table.is_some() || !export.arguments.is_empty() {
                    for other in numbers(&bare) {
                        likely.add(other, (3, position));
                    }
                }
                likely.add(bare, (1, position));
                likely.add(name, (1, position));
            }
        }
        likely
    }

    fn add(&mut self, name: String, likeness: Likeness) {
        let known = self.by_name.entry(name).or_insert(likeness);
        *known = (*known).min(likeness);
    }

    /// The position of the export that is most likely a table of this name.
    fn find(&self, table: &str) -> Option<usize> {
        let by_argument = self.by_argument.get(&table.to_lowercase());
        let found = by_argument.or_else(|| self.by_name.get(&plain(table)));
        found.map(|it| it.1)
    }
}

/// What is reported already, for the columns in it, is not reported again.
fn claim(export: &OpaqueExport, table: &TableName, unresolved: &mut Vec<Unresolved>) {
    let known = unresolved.iter_mut().find(|it| {
        it.kind == UnresolvedKind::Expression
            && (contains(export.span, it.span) || contains(it.span, export.span))
    });
    if let Some(known) = known {
        known.may_declare.push(table.clone());
        return;
    }
    unresolved.push(Unresolved {
        missing_module: export.missing_module.clone(),
        may_declare: vec![table.clone()],
        ..Unresolved::new(UnresolvedKind::Expression, &export.reason, export.span)
    });
}

fn contains(outer: Span, inner: Span) -> bool {
    outer.file == inner.file && outer.start <= inner.start && inner.end <= outer.end
}

/// A name without what differs between ways to write it: `user_roles` and `userRoles`.
fn plain(name: &str) -> String {
    name.chars().filter(|it| !matches!(it, '_' | '-')).collect::<String>().to_lowercase()
}

/// A name, and what may be its plural or singular.
fn numbers(name: &str) -> Vec<String> {
    let mut names = vec![name.to_owned()];
    // `a` and `as` say nothing.
    let mut add = |it: String, singular: &str| {
        if singular.len() > 1 {
            names.push(it);
        }
    };
    add(format!("{name}s"), name);
    add(format!("{name}es"), name);
    if let Some(stem) = name.strip_suffix('y') {
        add(format!("{stem}ies"), name);
    }
    for singular in [name.strip_suffix('s'), name.strip_suffix("es")].into_iter().flatten() {
        add(singular.to_owned(), singular);
    }
    if let Some(stem) = name.strip_suffix("ies") {
        let singular = format!("{stem}y");
        add(singular.clone(), &singular);
    }
    names
}

#[cfg(test)]
mod tests {
    use drift_model::{SourceMap, notation};
    use insta::assert_snapshot;

    use super::*;

    /// Which tables the exports are said to be; `users = a, b` is an export and its
    /// arguments, `users = ()` one without, `users = x.members` one that is called otherwise where it comes from.
    fn check(schema: &[&str], migrations: &[&str], exports: &str) -> String {
        let sources = SourceMap::default();
        let schema = notation::parse(&sources, "schema", schema).unwrap();
        let migrations = notation::parse(&sources, "migrations", migrations).unwrap();
        let file = sources.add("schema.ts".into(), exports.to_owned());
        let mut start = 0;
        let exports: Vec<OpaqueExport> = exports
            .lines()
            .map(|line| {
                let (name, rest) = line.split_once(" = ").unwrap();
                let span = Span::new(file.id, start, start + line.len() as u32);
                start = span.end + 1;
                OpaqueExport {
                    name: name.to_owned(),
                    other_names: rest
                        .split_once('.')
                        .map(|it| it.1.to_owned())
                        .into_iter()
                        .collect(),
                    arguments: match rest {
                        "()" => Vec::new(),
                        rest => rest.split(", ").map(str::to_owned).collect(),
                    },
                    reason: format!("{name} is not known"),
                    missing_module: Some("@acme/db".to_owned()),
                    span,
                }
            })
            .collect();
        let mut unresolved = Vec::new();
        claim_tables(Dialect::PostgreSql, &schema, &migrations, &exports, &mut unresolved);
        let lines = unresolved.iter().map(|it| {
            let tables: Vec<String> = it.may_declare.iter().map(ToString::to_string).collect();
            format!("{}: {}", it.reason, tables.join(", "))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn finds_tables_by_arguments_and_names() {
        let migrations = [
            "audit(id)",
            "user_roles(id)",
            "posts(id)",
            "categories(id)",
            "auth.keys(id)",
            "t(id)",
        ];
        let exports =
            "log = audit\nuserRoles = x\npostTable = x\ncategory = x\nmore = Keys\nit = x.t";
        assert_snapshot!(check(&[], &migrations, exports), @"
        log is not known: audit
        userRoles is not known: user_roles
        postTable is not known: posts
        category is not known: categories
        more is not known: auth.keys
        it is not known: t
        ");
    }

    #[test]
    fn without_a_text_only_the_same_name_counts() {
        let migrations = ["sessions(id)", "user(id)", "user_roles(id)", "posts(id)", "keys(id)"];
        let exports = "session = ()\nusers = ()\nuserRoles = ()\npostTable = ()\nkeys = ()";
        assert_snapshot!(check(&[], &migrations, exports), @"
        userRoles is not known: user_roles
        postTable is not known: posts
        keys is not known: keys
        ");
        let exports = "session = secret\nmake = session";
        assert_snapshot!(check(&[], &migrations, exports), @"make is not known: sessions");
    }

    #[test]
    fn adds_to_what_is_reported_already() {
        let map = SourceMap::default();
        let file = map.add("schema.ts".into(), "export const audit = make(x.y);".to_owned());
        let other = map.add("other.ts".into(), String::new());
        let export = |start, end| OpaqueExport {
            name: "audit".to_owned(),
            other_names: Vec::new(),
            arguments: Vec::new(),
            reason: "`make` is not known".to_owned(),
            missing_module: Some("@acme/db".to_owned()),
            span: Span::new(file.id, start, end),
        };
        let migrations = notation::parse(&map, "migrations", &["audit(id)"]).unwrap();
        let claimed = |kind, span| {
            let mut unresolved = vec![Unresolved::new(kind, "`x` is not known", span)];
            let exports = [export(13, 30)];
            let schema = Catalog::default();
            claim_tables(Dialect::PostgreSql, &schema, &migrations, &exports, &mut unresolved);
            unresolved
        };
        let expression = UnresolvedKind::Expression;
        // Inside of the export, around it, and what is neither.
        for (start, end) in [(26, 29), (0, 31), (13, 30)] {
            let unresolved = claimed(expression, Span::new(file.id, start, end));
            assert_eq!((unresolved.len(), unresolved[0].may_declare.len()), (1, 1), "{start}");
        }
        let elsewhere = [
            claimed(expression, Span::new(other.id, 26, 29)),
            claimed(expression, Span::new(file.id, 0, 20)),
            claimed(expression, Span::new(file.id, 20, 31)),
            claimed(UnresolvedKind::Statement, Span::new(file.id, 26, 29)),
        ];
        for unresolved in elsewhere {
            assert_eq!((unresolved.len(), unresolved[0].may_declare.len()), (2, 0));
            assert_eq!(unresolved[1].missing_module.as_deref(), Some("@acme/db"));
        }
    }

    #[test]
    fn prefers_the_argument_to_the_name() {
        let exports = "audit = other\nlog = audit";
        assert_snapshot!(check(&[], &["audit(id)"], exports), @"log is not known: audit");
    }

    #[test]
    fn leaves_out_what_is_declared_and_what_is_something_else() {
        let migrations = ["audit(id)", "drizzle.__drizzle_migrations(id)", "y(id)"];
        let exports = "audit = audit\nmigrations = __drizzle_migrations\ntable = x\nies = x";
        assert_snapshot!(check(&["audit(id)"], &migrations, exports), @"");
    }
}
