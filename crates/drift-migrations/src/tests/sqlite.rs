//! The sequences that ran on the engine, and further facts.

use insta::assert_snapshot;

use super::check;

// S1: lazy and by name
//   => books(author_id) -> authors(-) CASCADE
#[test]
fn references_are_lazy_and_by_name() {
    assert_snapshot!(check("sqlite-3.40", r#"
create table books (id integer primary key, author_id integer references authors on delete cascade);
create table authors (id integer primary key);
"#), @"books(author_id) -> authors(id) on delete cascade");
}

// S2: right order
//   => books(author_id) -> authors(id) SET NULL; reviews(book_id) -> books(id) CASCADE
#[test]
fn a_rebuild_in_the_right_order() {
    assert_snapshot!(check("sqlite-3.40", r#"
create table authors (id int primary key);
create table books (id integer primary key, author_id integer references authors (id));
create table reviews (book_id integer references books (id) on delete cascade);
pragma foreign_keys = off;
create table __new_books (id integer primary key, author_id integer, foreign key (author_id) references authors (id) on delete set null);
insert into __new_books select * from books;
drop table books;
alter table __new_books rename to books;
"#), @r"
    reviews(book_id) -> books(id) on delete cascade
    books(author_id) -> authors(id) on delete set null
    ");
}

// S3: wrong order: reviews is left behind
//   => reviews(book_id) -> books_old(id) CASCADE
#[test]
fn a_rebuild_in_the_wrong_order() {
    assert_snapshot!(check("sqlite-3.40", r#"
create table authors (id int primary key);
create table books (id integer primary key);
create table reviews (book_id integer references books (id) on delete cascade);
alter table books rename to books_old;
create table books (id integer primary key, title text);
drop table books_old;
"#), @"reviews(book_id) -> books_old(id) on delete cascade");
}

// S4: the same with legacy_alter_table
//   => reviews(book_id) -> books(id) CASCADE
#[test]
fn a_rebuild_with_legacy_alter_table() {
    assert_snapshot!(check("sqlite-3.40", r#"
create table authors (id int primary key);
pragma legacy_alter_table = on;
create table books (id integer primary key);
create table reviews (book_id integer references books (id) on delete cascade);
alter table books rename to books_old;
create table books (id integer primary key, title text);
drop table books_old;
"#), @"reviews(book_id) -> books(id) on delete cascade");
}

// S5: drop column
//   => books(b) -> authors(id); statement 3 fails
#[test]
fn drop_column() {
    assert_snapshot!(check("sqlite-3.40", r#"
create table authors (id int primary key);
create table books (id integer primary key, a integer references authors, b integer, foreign key (b) references authors (id));
alter table books drop column a;
alter table books drop column b;
"#), @r"
    books(b) -> authors(id)
    unparsed-statement in line 5: a foreign key of `books` needs `b`
    ");
}

// S6: rename column on both sides
//   => books(editor_id) -> authors(-); books(writer) -> authors(author_no)
#[test]
fn rename_column_on_both_sides() {
    assert_snapshot!(check("sqlite-3.40", r#"
create table authors (id int primary key);
create table books (author_id integer references authors (id), editor_id integer references authors);
alter table authors rename column id to author_no;
alter table books rename column author_id to writer;
"#), @r"
    books(writer) -> authors(author_no)
    books(editor_id) -> authors(author_no)
    ");
}

// S7: last action wins, MATCH and ON INSERT are noise
//   => books(author_id) -> authors(-) RESTRICT
#[test]
fn the_last_action_wins() {
    assert_snapshot!(check("sqlite-3.40", r#"
create table authors (id int primary key);
create table books (author_id integer references authors match full on insert cascade on delete cascade on delete restrict deferrable);
"#), @"books(author_id) -> authors(id) on delete restrict deferrable");
}

// S8: unsupported statements
//   => no FK; statement 2 fails; statement 3 fails
#[test]
fn statements_that_sqlite_has_not() {
    assert_snapshot!(check("sqlite-3.40", r#"
create table authors (id int primary key);
create table books (author_id integer);
alter table books add constraint f foreign key (author_id) references authors (id);
drop table authors, books;
"#), @r"
    no foreign keys
    unparsed-statement in line 4: SQLite cannot add a constraint to a table
    unparsed-statement in line 5: SQLite drops one table at a time
    ");
}

// S9: DROP CONSTRAINT: 3.54+ only
//   => [3.40] books(author_id) -> authors(id); statement 2 fails
//   => [3.54] no FK
#[test]
fn drop_constraint_since_3_54() {
    let fixture = r#"
create table authors (id int primary key);
create table books (author_id integer constraint books_author references authors (id));
alter table books drop constraint books_author;
"#;
    assert_snapshot!(check("sqlite-3.40", fixture), @r"
    books(author_id) -> authors(id)
    unparsed-statement in line 4: the engine knows no `DROP CONSTRAINT`
    ");
    assert_snapshot!(check("sqlite-3.54", fixture), @"no foreign keys");
}

// 4.4, 4.5, 4.6
#[test]
fn what_sqlite_lets_pass() {
    assert_snapshot!(check("sqlite", r#"
create table 'c' ([a] integer, "b" integer, `d` integer constraint nothing,
  foreign key (a) references p (id) foreign key (B) references 'q' (id) on delete cascade
  constraint named foreign key (d) references "p" match anything on insert cascade);
"#), @r"
    c(a) -> p(id)
    c(b) -> q(id) on delete cascade
    c(d) -> p()
    ");
}

// 4.9, 4.12, 4.13, 4.14
#[test]
fn columns_and_tables_come_and_go() {
    assert_snapshot!(check("sqlite", r#"
create table p (id integer primary key);
create table c (id integer primary key);
alter table c add column a integer references p on delete cascade;
alter table c add b integer default 1 references P (ID);
alter table c add d integer unique references p (id);
alter table p rename column id to pid;
drop table p;
alter table c drop a;
create table p (key text primary key);
"#), @r"
    c(b) -> P(pid)
    unparsed-statement in line 6: SQLite adds no column with a key of its own
    ");
}

// 4.10, 4.11
#[test]
fn renames_rewrite_references() {
    assert_snapshot!(check("sqlite", r#"
create table c (a integer references p (id), b integer references q (id));
create table x (id integer primary key, up integer references x (id));
alter table x rename to p;
alter table P rename to r;
"#), @r"
    c(a) -> r(id)
    c(b) -> q(id)
    r(up) -> r(id)
    ");
}

// 4.16
#[test]
fn a_rebuild_with_a_self_reference() {
    let fixture = r#"
create table t (id integer primary key, up integer references t (id));
create table u (t integer references __new_t (id));
create table __new_t (id integer primary key, up integer references __new_t (id), x integer references t (id));
drop table t;
alter table __new_t rename to t;
"#;
    assert_snapshot!(check("sqlite", fixture), @r"
    u(t) -> t(id)
    t(up) -> t(id)
    t(x) -> t(id)
    ");
    let legacy = format!("pragma legacy_alter_table = on;{fixture}");
    assert_snapshot!(check("sqlite", &legacy), @r"
    u(t) -> __new_t(id)
    t(up) -> __new_t(id)
    t(x) -> t(id)
    ");
}

// 4.18
#[test]
fn an_error_does_not_end_the_transaction() {
    assert_snapshot!(check("sqlite", r#"
begin;
create table c (a integer references p);
alter table nowhere rename to somewhere;
create table d (a integer references p);
commit;
begin;
create table e (a integer references p);
"#), @r"
    c(a) -> p()
    d(a) -> p()
    unparsed-statement in line 4: `nowhere` does not exist here
    ");
}

// 4.15, 4.20
#[test]
fn triggers_and_virtual_tables() {
    assert_snapshot!(check("sqlite", r#"
create virtual table search using fts5(title, content='posts');
create trigger t after insert on posts begin
  insert into search (rowid, title) values (new.id, case when new.a then 'x;' else 'y' end);
  update posts set a = 1;
end;
create table posts (id integer primary key, s integer references search (rowid));
"#), @"posts(s) -> search(rowid)");
}

// 4.21
#[test]
fn libsql_alters_columns() {
    let fixture = r#"
create table p (id integer primary key);
create table c (a integer references p (id), b integer);
ALTER TABLE `c` ALTER COLUMN "a" TO "a" integer REFERENCES p(id) ON DELETE cascade ON UPDATE no action;
ALTER TABLE `c` ALTER COLUMN "b" TO "b" integer REFERENCES p(id) ON DELETE set null;
"#;
    assert_snapshot!(check("libsql", fixture), @r"
    c(a) -> p(id) on delete cascade
    c(b) -> p(id) on delete set null
    ");
}

#[test]
fn a_rebuild_continues_the_history() {
    assert_snapshot!(super::check_history("sqlite", r#"
//- 0000.sql
CREATE TABLE `users` (`id` integer PRIMARY KEY);
CREATE TABLE `posts` (`uid` integer, FOREIGN KEY (`uid`) REFERENCES `users`(`id`));
//- 0001.sql
PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE `__new_posts` (`uid` integer, FOREIGN KEY (`uid`) REFERENCES `users`(`id`) ON DELETE cascade);
--> statement-breakpoint
INSERT INTO `__new_posts`("uid") SELECT "uid" FROM `posts`;--> statement-breakpoint
DROP TABLE `posts`;--> statement-breakpoint
ALTER TABLE `__new_posts` RENAME TO `posts`;--> statement-breakpoint
PRAGMA foreign_keys=ON;
//- 0002.sql
DROP TABLE `posts`;
"#), @"-posts(uid) -> users(id) on delete cascade: Created 0000.sql:2, Altered 0001.sql:2, DroppedAlong 0002.sql:1");
}

// 4.3, 4.5
#[test]
fn match_is_noise_and_deferrable_is_not() {
    assert_snapshot!(check("sqlite", "
create table c (a int references p match full deferrable initially deferred, b int references p match nonsense);
"), @"
    c(a) -> p() initially deferred
    c(b) -> p()
    ");
}
