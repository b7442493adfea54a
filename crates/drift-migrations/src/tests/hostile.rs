//! Input that nobody would write, or only to harm.

use std::fmt::Write;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use insta::assert_snapshot;
use proptest::prelude::*;

use super::{check, check_in_use, run};

const ENGINES: [&str; 5] = ["postgresql", "mysql", "mariadb", "sqlite", "cockroachdb"];

/// Replays a text on every engine; all places must lie in the text, between characters.
fn check_places(text: &str) {
    for engine in ENGINES {
        let (replay, sources) = run(engine, text, false);
        let catalog = &replay.catalog;
        let mut spans: Vec<_> = replay.unresolved.iter().map(|it| it.span).collect();
        spans.extend(catalog.ignored_foreign_keys.iter().map(|it| it.span));
        for foreign_key in catalog.foreign_keys.iter().chain(&catalog.dropped_foreign_keys) {
            spans.push(foreign_key.span);
            spans.extend(foreign_key.on_delete_span);
            spans.extend(foreign_key.on_update_span);
            spans.extend(foreign_key.history.iter().map(|it| it.span));
        }
        for table in &catalog.tables {
            spans.push(table.span);
            spans.extend(table.columns.iter().map(|it| it.span));
        }
        for span in spans {
            let file = sources.file(span.file);
            let range = span.start as usize..span.end as usize;
            assert!(file.text.get(range).is_some(), "{engine}: {span:?} in {text:?}");
        }
    }
}

/// Runs what must come to an end. How long it takes is for the benchmarks to say: the limit is far above
/// what a busy machine needs, and only there so that a test fails where it would hang.
fn check_ends(what: &str, run: impl FnOnce() + Send + 'static) {
    const LIMIT: Duration = Duration::from_secs(300);
    let (done, is_done) = channel();
    let running = thread::spawn(move || {
        run();
        done.send(()).expect("somebody waits");
    });
    match is_done.recv_timeout(LIMIT) {
        Err(RecvTimeoutError::Timeout) => panic!("does not end: {what:.200}"),
        // A panic closes the channel, and is told by the thread itself.
        Ok(()) | Err(RecvTimeoutError::Disconnected) => running.join().expect("it ends well"),
    }
}

/// Replays a text on every engine, which must come to an end.
fn check_places_ends(text: &str) {
    let owned = text.to_owned();
    check_ends(text, move || check_places(&owned));
}

#[test]
fn survives_depth() {
    let many = 100_000;
    for (open, close) in [("(", ")"), ("/*", "*/"), ("begin ", "end "), ("case ", "end ")] {
        check_places_ends(&format!("create table t (a int check {}", open.repeat(many)));
        check_places_ends(&format!(
            "create table t (a int default {}1{});",
            open.repeat(many),
            close.repeat(many)
        ));
        check_places_ends(&format!(
            "do $$ begin if {}1{} then",
            open.repeat(many),
            close.repeat(many)
        ));
        check_places_ends(&format!(
            "do $$ begin execute {}1{};",
            open.repeat(many),
            close.repeat(many)
        ));
        check_places_ends(&format!(
            "do $$ begin {} alter table t add a int; $$",
            open.repeat(many)
        ));
    }
    check_places_ends(&format!("do $$ begin if {} exists (select 1) then", "not ".repeat(many)));
    let nested = "exists (select 1 from pg_class where oid = (select oid from pg_class where ";
    check_places_ends(&format!("do $$ begin if {} then", nested.repeat(2000)));
    check_places_ends(&format!("do $$ begin {} end $$", "if true then ".repeat(many)));
    check_places_ends(&format!("do $$ begin {} end $$", "loop ".repeat(many)));
    check_places_ends(&format!("create schema a {}", "create schema b ".repeat(many)));
}

#[test]
fn survives_blocks_in_blocks() {
    let mut text = String::new();
    for level in 0..500 {
        write!(text, "do $a{level}$ begin execute $b{level}$ ").unwrap();
    }
    check_places_ends(&text);
    let doubling = "do $$ begin foreach a in array array['x','y'] loop foreach b in array \
                    array['x','y'] loop execute format('create table %s%s (i int)', a, b); \
                    end loop; end loop; end $$;";
    check_places_ends(&doubling.repeat(2000));
}

#[test]
fn survives_what_does_not_end() {
    for open in ["'", "\"", "`", "[", "$$", "$a$", "/*", "/*!50000", "e'\\", "U&\"", "--", "#"] {
        for before in ["", "create table t (a int references ", "do ", "do $x$ begin execute "] {
            check_places(&format!("{before}{open}é;\nalter table t drop constraint x"));
        }
    }
}

#[test]
fn survives_length() {
    let mut text = String::from("create table p (id int primary key);");
    for at in 0..5000 {
        write!(text, "create table t{at} (id int primary key, p_id int references p (id));")
            .unwrap();
        write!(
            text,
            "alter table t{at} add constraint f{at} foreign key (p_id) references p (id);"
        )
        .unwrap();
    }
    check_places_ends(&text);
    check_places_ends(&"x".repeat(1_000_000));
    check_places_ends(&";".repeat(1_000_000));
    check_places_ends(&"--> statement-breakpoint\n".repeat(100_000));
    check_places_ends(&"-- +goose Up\n-- +goose Down\n".repeat(50_000));
    check_places_ends(&format!("create table t ({}a int)", "a int,".repeat(50_000)));
}

/// Makes a text of many repetitions and replays it on one engine, which must come to an end. The
/// benchmark `replay_many_of_one_kind` shows whether the last of them takes as long as the first.
fn check_many(engine: &str, before: &str, line: impl Fn(usize) -> String, after: &str) {
    const MANY: usize = 10_000;
    let lines: String = (0..MANY).map(line).collect();
    let (engine, text) = (engine.to_owned(), format!("{before}{lines}{after}"));
    check_ends(&format!("{engine}: {lines:.100}"), move || {
        run(&engine, &text, true);
    });
}

#[test]
fn survives_many_of_one_kind() {
    let p = "create table p (id int primary key); create table c (a int);";
    let columns = format!("{p} alter table c add b int");
    let many_columns: String = (0..10_000).map(|at| format!(", add c{at} int")).collect();
    let columns = &format!("{columns}{many_columns};");
    for engine in ["postgresql", "mariadb"] {
        let key = |at| format!("add constraint f{at} foreign key (c{at}) references p (id)");
        check_many(engine, columns, |at| format!("alter table c {};", key(at)), "");
        let key = |_| "alter table c add foreign key (a) references p (id);".to_owned();
        check_many(engine, p, key, "");
    }
    check_many("postgresql", p, |at| format!("alter table c add c{at} int;"), "");
    check_many("postgresql", columns, |at| format!("alter table c drop c{at};"), "");
    check_many("postgresql", columns, |at| format!("alter table c rename c{at} to d{at};"), "");
    check_many("postgresql", columns, |at| format!("alter table c add unique (c{at});"), "");
    check_many("postgresql", p, |_| "alter table c add check (a > 0);".to_owned(), "");
    check_many("postgresql", p, |at| format!("create index i{at} on c (a);"), "");
    let again = "alter table c add constraint f foreign key (a) references p; \
                 alter table c drop constraint f;";
    check_many("postgresql", p, |_| again.to_owned(), "");
    check_many("postgresql", "begin;", |at| format!("savepoint s{at}; release x;"), "");
    let namespace = |at| format!("create schema s{at}; create table s{at}.t (a int);");
    check_many("postgresql", "", |at| namespace(at) + &format!("drop schema s{at} cascade;"), "");
    let partition = |at| format!("create table r{at} partition of r for values in ({at});");
    let partitioned = "create table r (id int) partition by list (id);";
    check_many("postgresql", partitioned, partition, "drop table r;");
}

#[test]
fn survives_many_changes_of_what_many_reference() {
    let p = "create table p (id int primary key, x int);";
    let tables: String =
        (0..10_000).map(|at| format!("create table t{at} (p_id int references p (id));")).collect();
    let hub = &format!("{p}{tables}");
    let altered = |at| format!("alter table p add c{at} int; alter table p drop c{at};");
    check_many("postgresql", hub, altered, "");
    let typed = |_| "alter table p alter x type bigint; alter table p alter x type int;".to_owned();
    check_many("postgresql", hub, typed, "");
    check_many("postgresql", hub, |at| format!("drop table t{at};"), "drop table p;");
    let renamed = |at| format!("alter table p rename to q{at}; alter table q{at} rename to p;");
    check_many("postgresql", hub, renamed, "");
}

#[test]
fn says_where_it_gives_up() {
    let tables: String = (0..2_000)
        .map(|at| format!("create table t{at} (p_id int references p (id));\n"))
        .collect();
    let renames: String = (0..2_000)
        .map(|_| "alter table p rename id to i; alter table p rename i to id;\n")
        .collect();
    let text = format!("create table p (id int primary key);\n{tables}{renames}");
    let report = check("postgresql", &text);
    assert_eq!(report.lines().count(), 2_001);
    assert_snapshot!(report.lines().last().unwrap(), @"dynamic-sql in line 2252: what comes before concerns too many foreign keys to be followed (any table)");
}

#[test]
fn refuses_a_partition_of_itself() {
    assert_snapshot!(check(
        "postgresql",
        "
create table p (id int primary key);
create table a (p_id int references p) partition by list (p_id);
create table b (p_id int references p) partition by list (p_id);
alter table a attach partition b for values in (1);
alter table b attach partition a for values in (1);
alter table a attach partition a for values in (1);
"
    ), @"
    a(p_id) -> p(id) as a_p_id_fkey
    b(p_id) -> p(id) as b_p_id_fkey
    unparsed-statement in line 6: `a` cannot be a partition of itself
    unparsed-statement in line 7: `a` cannot be a partition of itself
    ");
}

#[test]
fn says_where_a_quote_has_no_end() {
    assert_snapshot!(check("postgresql", "create table p (id int primary key);\nalter table 'p"), @r"
    no foreign keys
    unparsed-statement in line 2: the quote or comment that begins here does not end
    ");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn survives_any_text(text in any::<String>()) {
        check_places(&text);
    }

    #[test]
    fn survives_any_words(words in proptest::collection::vec(0..WORDS.len(), 0..80)) {
        let words: Vec<&str> = words.into_iter().map(|at| WORDS[at]).collect();
        check_places(&words.join(" "));
        check_places(&format!("do $$ begin {} end $$;", words.join(" ")));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn survives_any_query(words in proptest::collection::vec(0..QUERY_WORDS.len(), 0..60)) {
        let words: Vec<&str> = words.into_iter().map(|at| QUERY_WORDS[at]).collect();
        let query = words.join(" ");
        let made = "create table p (id int primary key); create table c (a int references p);";
        let block = "declare x text; r record; begin";
        let changed = "execute format('alter table c drop constraint %I', r)";
        check_places(&format!(
            "{made} do $$ {block} if {query} then {changed}; end if; end $$;\n\
             do $$ {block} for r in select {query} loop {changed}; end loop; end $$;\n\
             do $$ {block} select {query} into x; execute x; end $$;"
        ));
    }
}

/// The words of queries.
const QUERY_WORDS: [&str; 72] = [
    "select",
    "from",
    "where",
    "with",
    "values",
    "as",
    "(",
    ")",
    "(",
    ")",
    ",",
    "=",
    "<>",
    "~",
    "||",
    "::",
    "regclass",
    "text",
    "[1]",
    "[",
    "]",
    ".",
    "..",
    "*",
    "-",
    "+",
    "and",
    "or",
    "not",
    "in",
    "any",
    "all",
    "is",
    "null",
    "true",
    "between",
    "like",
    "exists",
    "case",
    "when",
    "then",
    "else",
    "end",
    "array",
    "'c'",
    "'%'",
    "1",
    "c",
    "r",
    "conname",
    "conrelid",
    "conkey",
    "attnum",
    "oid",
    "pg_constraint",
    "pg_attribute a",
    "pg_class",
    "information_schema.columns",
    "join",
    "left join",
    "on",
    "using (oid)",
    "group by",
    "having",
    "order by",
    "limit",
    "union",
    "unnest(",
    "count(*)",
    "array_agg(",
    "format('%I',",
    "pg_get_constraintdef(",
];

#[test]
fn survives_queries_that_grow() {
    let mut made = String::from("create table p (id int primary key);");
    for at in 0..300 {
        write!(made, "create table t{at} (id int primary key, a int references p);").unwrap();
    }
    let changed = "execute 'alter table t0 drop constraint ' || coalesce(x, 'x')";
    let run = |body: &str| {
        check_places_ends(&format!(
            "{made} do $$ declare x text := 'x'; r record; begin {body} end $$;"
        ));
    };
    // PostgreSQL has rows without columns.
    run(&format!("select from pg_class into x; {changed};"));
    let all = "pg_attribute a, pg_attribute b, pg_attribute c, pg_attribute d";
    run(&format!("for r in select 1 from {all} loop {changed}; end loop;"));
    run(&format!(
        "if exists (select 1 from {all} where a.attname = 'x' || d.attname) then {changed}; end if;"
    ));
    run(&format!("for i in 1..9000 loop x := x || x; {changed}; end loop;"));
    run(&format!("while true loop x := format('%s%s', x, x); {changed}; end loop;"));
    run(&format!("loop x := replace(x, 'x', x); {changed}; end loop;"));
    run(&format!("for i in 1..9223372036854775807 loop {changed}; end loop;"));
    run(&format!("for r in select generate_series(1, 100000000) loop {changed}; end loop;"));
    run(&format!("x := repeat('x', 100000000); {changed};"));
    run(&format!("if repeat('a', 9000) like repeat('%a', 900) then {changed}; end if;"));
    let nested = "(select max(oid) from pg_class where oid = ".repeat(500);
    run(&format!("if {nested} then {changed}; end if;"));
    let tables: Vec<String> = (0..5000).map(|at| format!("w{at} as (select 1)")).collect();
    run(&format!("for r in with {} select 1 loop {changed}; end loop;", tables.join(",")));
    run(&format!("if {} then {changed}; end if;", vec!["x = 'y'"; 50_000].join(" or ")));
    run(&format!("x := {}; {changed};", vec!["x"; 50_000].join(" || ")));
    run(&format!("x := {}1; {changed};", "- ".repeat(50_000)));
    run(&format!("x := x{}; {changed};", "::text".repeat(50_000)));
    run(&format!("x := {}x; {changed};", "not ".repeat(50_000)));
    run(&format!("x := {}; {changed};", vec!["1"; 50_000].join(" + ")));
    run(&format!("x := {}; {changed};", "case when ".repeat(50_000)));
}

/// The words of every statement that is read, and what stands between them.
const WORDS: [&str; 122] = [
    "set @s =",
    "@s",
    "prepare st from",
    "execute st",
    "create",
    "alter",
    "drop",
    "rename",
    "table",
    "if",
    "not",
    "exists",
    "a",
    "b",
    "t",
    "u",
    "(",
    ")",
    ",",
    ";",
    ".",
    "references",
    "foreign",
    "key",
    "primary",
    "unique",
    "constraint",
    "on",
    "delete",
    "update",
    "set",
    "null",
    "default",
    "cascade",
    "restrict",
    "no",
    "action",
    "add",
    "column",
    "to",
    "type",
    "int",
    "text",
    "[]",
    "'x'",
    "\"é\"",
    "`y`",
    "[z]",
    "$$",
    "$$;",
    "do",
    "begin",
    "end",
    "then",
    "else",
    "elsif",
    "exception",
    "when",
    "duplicate_object",
    "execute",
    "format",
    "for",
    "foreach",
    "in",
    "array",
    "loop",
    "select",
    "1",
    "from",
    "pg_constraint",
    "where",
    "conname",
    "=",
    "and",
    "or",
    "conrelid",
    "::regclass",
    "to_regclass('t')",
    "is",
    "index",
    "schema",
    "search_path",
    "commit",
    "rollback",
    "savepoint",
    "release",
    "like",
    "inherits",
    "partition",
    "of",
    "attach",
    "detach",
    "modify",
    "change",
    "check",
    "generated",
    "always",
    "as",
    "identity",
    "valid",
    "validate",
    "deferrable",
    "initially",
    "match",
    "full",
    "using",
    "pragma",
    "foreign_keys",
    "off",
    "use",
    "into",
    "returns",
    "||",
    ":=",
    "declare",
    "return",
    "raise",
    "notice",
    "/*",
    "*/",
    "--\n",
    "--> statement-breakpoint\n",
];

#[test]
fn keeps_what_was_read_of_a_broken_table() {
    // What comes after concerns a table that is known by name, so only its own statement is told.
    assert_snapshot!(check_in_use("postgresql", "
        create table clients (id int primary key);
        create table invoices (
            client_id int references clients (id),
            total numeric(12, 2 not null,
            currency_id int references currencies (id)
        );
        alter table invoices add constraint invoices_payer foreign key (payer_id) references clients (id);
        "), @"
    invoices(client_id) -> clients(id) as invoices_client_id_fkey
    invoices(payer_id) -> clients(id) as invoices_payer
    unparsed-statement in line 3: expected `)` and found the end (invoices)
    ");
}

#[test]
fn knows_whether_dynamic_sql_may_add_foreign_keys() {
    let may_add = |body: &str| {
        let fixture = format!(
            "do $$ declare r record; begin for r in select t from unknown loop {body} end loop; end $$;"
        );
        let (replay, _) = run("postgresql", &fixture, true);
        replay.unresolved.iter().map(|it| it.may_add).collect::<Vec<_>>()
    };
    assert_eq!(may_add("execute format('alter table %s add constraint %s', r.t, r.d);"), [true]);
    assert_eq!(may_add("execute format('drop table %I', r.t);"), [false]);
    // What it runs stands elsewhere.
    assert_eq!(may_add("execute r.t;"), [true]);
}

#[test]
fn reports_an_action_that_is_about_foreign_keys_and_not_understood() {
    assert_snapshot!(check("postgresql", "
        create table users (id int primary key);
        create table p (u int);
        alter table p ad constraint z foreign key (u) references users (id);
        alter table p enable row level security;
        "), @"
    no foreign keys
    unparsed-statement in line 4: expected an action and found `ad` (p)
    ");
}

#[test]
fn reports_a_comment_that_hides_statements() {
    let fixture = "create table a (id int primary key);\n/* open\ncreate table b (id int);\n";
    assert_snapshot!(check("postgresql", fixture), @"
    no foreign keys
    unparsed-statement in line 2: the quote or comment that begins here does not end
    ");
    // SQLite ends a comment with the file.
    assert_snapshot!(check("sqlite", fixture), @"no foreign keys");
}

#[test]
fn survives_a_parenthesis_at_the_end_of_a_block() {
    for body in ["x := (", "if (", "execute (", "x := array[("] {
        check_places(&format!("do $$ begin {body} $$;"));
        check_places(&format!("do $$ begin {body} /* end $$;"));
        check_places(&format!("do $$ begin {body}; end $$;"));
    }
}
