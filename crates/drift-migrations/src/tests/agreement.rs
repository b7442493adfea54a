//! Where `sqlparser` reads a statement too, both read the same foreign keys.

use std::fmt::Write;

use drift_model::{Dialect, ForeignKey};
use sqlparser::ast::{
    AlterTableOperation, ColumnOption, ForeignKeyConstraint, Ident, ObjectName, Statement,
    TableConstraint,
};
use sqlparser::dialect::{MySqlDialect, PostgreSqlDialect, SQLiteDialect};
use sqlparser::parser::Parser;

use super::run;

/// Tables that statements may reference.
const SETUP: &str = "create table p (id int primary key, a int, b int, unique (a), unique (a, b));
    create table c (x int, y int);";

/// Replays the statements one by one, and compares each with what `sqlparser` makes of it.
fn check(engine: &str, statements: &[&str]) {
    for statement in statements {
        let (replay, _) = run(engine, &format!("{SETUP}{statement}"), true);
        assert!(replay.unresolved.is_empty(), "{statement}: {:?}", replay.unresolved);
        let mut ours = String::new();
        for foreign_key in &replay.catalog.foreign_keys {
            write_ours(&mut ours, foreign_key);
        }
        assert_eq!(ours, read_by_sqlparser(engine, statement), "{statement}");
    }
}

fn write_ours(lines: &mut String, foreign_key: &ForeignKey) {
    let name = foreign_key.name.as_deref().filter(|_| foreign_key.has_explicit_name);
    writeln!(
        lines,
        "{} ({}) {} ({}) {} {}",
        name.unwrap_or("-"),
        foreign_key.referencing_columns.join(", "),
        foreign_key.referenced_table,
        foreign_key.referenced_columns.join(", "),
        foreign_key.on_delete,
        foreign_key.on_update,
    )
    .unwrap();
}

fn read_by_sqlparser(engine: &str, statement: &str) -> String {
    let parsed = match engine {
        "mysql" => Parser::parse_sql(&MySqlDialect {}, statement),
        "sqlite" => Parser::parse_sql(&SQLiteDialect {}, statement),
        _ => Parser::parse_sql(&PostgreSqlDialect {}, statement),
    };
    let keeps_names = engine != "sqlite";
    let is_mysql = engine == Dialect::MySql.name();
    let mut lines = String::new();
    for statement in parsed.expect("a statement that sqlparser reads") {
        match statement {
            Statement::CreateTable(table) => {
                for column in &table.columns {
                    for option in &column.options {
                        if let ColumnOption::ForeignKey(key) = &option.option
                            && !is_mysql
                        {
                            let name = option.name.as_ref().filter(|_| keeps_names);
                            write_theirs(&mut lines, name, std::slice::from_ref(&column.name), key);
                        }
                    }
                }
                for constraint in &table.constraints {
                    write_constraint(&mut lines, constraint, keeps_names);
                }
            }
            Statement::AlterTable(table) => {
                for operation in &table.operations {
                    if let AlterTableOperation::AddConstraint { constraint, .. } = operation {
                        write_constraint(&mut lines, constraint, keeps_names);
                    }
                }
            }
            _ => {}
        }
    }
    lines
}

fn write_constraint(lines: &mut String, constraint: &TableConstraint, keeps_names: bool) {
    if let TableConstraint::ForeignKey(key) = constraint {
        write_theirs(lines, key.name.as_ref().filter(|_| keeps_names), &key.columns, key);
    }
}

fn write_theirs(
    lines: &mut String,
    name: Option<&Ident>,
    columns: &[Ident],
    key: &ForeignKeyConstraint,
) {
    let list =
        |idents: &[Ident]| idents.iter().map(|it| it.value.clone()).collect::<Vec<_>>().join(", ");
    let table = |name: &ObjectName| {
        let last = name.0.last().and_then(|part| part.as_ident());
        last.map_or_else(String::new, |ident| ident.value.clone())
    };
    let action = |action: &Option<sqlparser::ast::ReferentialAction>| {
        action.map_or("no action".to_owned(), |it| it.to_string().to_ascii_lowercase())
    };
    writeln!(
        lines,
        "{} ({}) {} ({}) {} {}",
        name.map_or("-", |it| &it.value),
        list(columns),
        table(&key.foreign_table),
        list(&key.referred_columns),
        action(&key.on_delete),
        action(&key.on_update),
    )
    .unwrap();
}

#[test]
fn agrees_on_postgresql() {
    check(
        "postgresql",
        &[
            "create table t (a int references p (id) on delete cascade, b text)",
            "create table t (a int constraint f references public.p (id) on update set null not null)",
            "create table t (a int not null default 1 references p (id) on delete restrict, b int)",
            "create table t (\"a b\" int, constraint \"F\" foreign key (\"a b\") references \"p\" (id))",
            "create table t (a int, b int, foreign key (a, b) references p (a, b) on delete set default)",
            "create table if not exists t (a int check (a > 0), unique (a), foreign key (a) references p (id))",
            "alter table only c add constraint f foreign key (x) references p (id) on delete no action",
            "alter table c add foreign key (x) references p (a), add foreign key (y) references p (id)",
            "alter table c add constraint f foreign key (x) references p (id) deferrable initially deferred",
            "create index i on c (x)",
        ],
    );
}

#[test]
fn agrees_on_mysql() {
    check(
        "mysql",
        &[
            "create table t (a int, key (a), constraint f foreign key (a) references p (id) on delete cascade) engine=InnoDB",
            "create table t (`a` int comment 'x', foreign key (`a`) references `p` (`id`) on update restrict)",
            "create table t (a int references p (id))",
            "alter table c add constraint `f` foreign key (`x`) references `p` (`id`) on delete set null on update no action",
        ],
    );
}

#[test]
fn agrees_on_sqlite() {
    check(
        "sqlite",
        &[
            "create table t (id integer primary key autoincrement, a integer references p (id) on delete cascade)",
            "create table t (a integer, constraint f foreign key (a) references p (id) on delete set null on update cascade)",
            "create table t (a text default 'x, y' not null references p (a), check (a <> ''))",
        ],
    );
}
