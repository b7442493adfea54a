//! The sequences that ran on the engine, and further facts.

use insta::assert_snapshot;

use super::{check, check_history};

// P1: inline, table level, self reference
//   => authors_mentor_id_fkey: authors(mentor_id) -> authors(id) SET NULL; books_author_id_fkey: books(author_id) -> authors(id); books_editor: books(editor_id) -> authors(id) CASCADE UPD RESTRICT
#[test]
fn inline_table_level_and_self_reference() {
    assert_snapshot!(check("postgresql-15", r#"
create table authors (id bigint generated always as identity primary key, mentor_id bigint references authors on delete set null);
create table books (id int primary key, author_id bigint not null references authors, editor_id bigint, constraint books_editor foreign key (editor_id) references authors (id) on delete cascade on update restrict);
"#), @r"
    authors(mentor_id) -> authors(id) on delete set null as authors_mentor_id_fkey
    books(author_id) -> authors(id) as books_author_id_fkey
    books(editor_id) -> authors(id) on delete cascade on update restrict as books_editor
    ");
}

// P2: name collision across tables of the schema
//   => book_author_id_fkey1: book(author_id) -> authors(id); book_author_id_fkey: book_author(id) -> authors(id)
#[test]
fn generated_names_collide_across_tables() {
    assert_snapshot!(check("postgresql-15", r#"
create table authors (id int primary key);
create table book_author (id int references authors);
create table book (author_id int references authors);
"#), @r"
    book_author(id) -> authors(id) as book_author_id_fkey
    book(author_id) -> authors(id) as book_author_id_fkey1
    ");
}

// P3: 63-byte names
//   => editorial_board_member_assign_editorial_board_member_ident_fkey: editorial_board_member_assignments(editorial_board_member_identifier) -> authors(id)
#[test]
fn generated_names_are_cut_to_63_bytes() {
    assert_snapshot!(check("postgresql-15", r#"
create table authors (id int primary key);
create table editorial_board_member_assignments (editorial_board_member_identifier int references authors, check (true));
"#), @"editorial_board_member_assignments(editorial_board_member_identifier) -> authors(id) as editorial_board_member_assign_editorial_board_member_ident_fkey");
}

// P4: passes of one ALTER TABLE
//   => books_author: books(author_id) -> authors(id) CASCADE; books_reader: books(reader_id) -> authors(id)
#[test]
fn one_alter_table_runs_in_passes() {
    assert_snapshot!(check("postgresql-15", r#"
create table authors (id int primary key);
create table books (id int primary key, author_id int constraint books_author references authors);
alter table books add constraint books_author foreign key (author_id) references authors on delete cascade, drop constraint books_author, add constraint books_reader foreign key (reader_id) references authors, add column reader_id int;
"#), @r"
    books(author_id) -> authors(id) on delete cascade as books_author
    books(reader_id) -> authors(id) as books_reader
    ");
}

// P5: DROP IF EXISTS with the ORM's name, the database has another: two FKs now
//   => books_author_id_authors_id_fk: books(author_id) -> authors(id) CASCADE; books_author_id_fkey: books(author_id) -> authors(id)
#[test]
fn drop_if_exists_misses_another_name() {
    assert_snapshot!(check("postgresql-15", r#"
create table authors (id int primary key);
create table books (id int primary key, author_id int references authors);
alter table books drop constraint if exists books_author_id_authors_id_fk;
alter table books add constraint books_author_id_authors_id_fk foreign key (author_id) references authors (id) on delete cascade;
"#), @r"
    books(author_id) -> authors(id) as books_author_id_fkey
    books(author_id) -> authors(id) on delete cascade as books_author_id_authors_id_fk
    ");
}

// P6: the guarded ADD does not change an existing one
//   => books_author: books(author_id) -> authors(id)
#[test]
fn a_guarded_add_does_not_change_what_is_there() {
    assert_snapshot!(check("postgresql-15", r#"
create table authors (id int primary key);
create table books (id int primary key, author_id int, constraint books_author foreign key (author_id) references authors);
do $$ begin
  alter table books add constraint books_author foreign key (author_id) references authors on delete cascade;
exception when duplicate_object then null; end $$;
"#), @"books(author_id) -> authors(id) as books_author");
}

// P7: renames: the FK follows, its name does not
//   => books_author_id_fkey: volumes(person_id) -> people(person_id) CASCADE
#[test]
fn foreign_keys_follow_renames() {
    assert_snapshot!(check("postgresql-15", r#"
create table authors (id int primary key);
create table books (id int primary key, author_id int references authors on delete cascade);
alter table authors rename to people;
alter table people rename column id to person_id;
alter table books rename column author_id to person_id;
alter table books rename to volumes;
"#), @"volumes(person_id) -> people(person_id) on delete cascade as books_author_id_fkey");
}

// P8: swap
//   => books_author_id_fkey: books(author_id) -> authors_old(id)
#[test]
fn a_swap_of_tables_is_followed() {
    assert_snapshot!(check("postgresql-15", r#"
create table authors (id int primary key);
create table authors_v2 (id int primary key);
create table books (author_id int references authors);
alter table authors rename to authors_old;
alter table authors_v2 rename to authors;
"#), @"books(author_id) -> authors_old(id) as books_author_id_fkey");
}

// P9: cascade goes one level
//   => pages_book_id_fkey: pages(book_id) -> books(id)
#[test]
fn drop_cascade_goes_one_level() {
    assert_snapshot!(check("postgresql-15", r#"
create table authors (id int primary key);
create table books (id int primary key, author_id int references authors);
create table pages (book_id int references books);
drop table authors cascade;
"#), @"pages(book_id) -> books(id) as pages_book_id_fkey");
}

// P10: partitions
//   => sales_author: sales(author_id) -> authors(id) CASCADE; sales_author: sales_2024(author_id) -> authors(id) CASCADE; mine: sales_old(author_id) -> authors(id) CASCADE inherited
#[test]
fn partitions_inherit_foreign_keys() {
    assert_snapshot!(check("postgresql-15", r#"
create table authors (id int primary key);
create table sales (author_id int constraint sales_author references authors on delete cascade, day date not null) partition by range (day);
create table sales_2024 partition of sales for values from ('2024-01-01') to ('2025-01-01');
create table sales_old (author_id int constraint mine references authors on delete cascade, day date not null);
alter table sales attach partition sales_old for values from ('2020-01-01') to ('2024-01-01');
alter table sales detach partition sales_2024;
"#), @r"
    sales(author_id) -> authors(id) on delete cascade as sales_author
    sales_2024(author_id) -> authors(id) on delete cascade as sales_author
    sales_old(author_id) -> authors(id) on delete cascade as mine
    ");
}

// P11: search_path
//   => books_author_id_fkey: shop.books(author_id) -> shop.authors(id); books_reviewer_id_fkey: shop.books(reviewer_id) -> authors(id)
#[test]
fn the_search_path_decides() {
    assert_snapshot!(check("postgresql-15", r#"
create schema shop;
create table authors (id int primary key);
create table shop.authors (id int primary key);
set search_path = shop, public;
create table books (author_id int references authors, reviewer_id int references public.authors);
"#), @r"
    shop.books(author_id) -> shop.authors(id) as books_author_id_fkey
    shop.books(reviewer_id) -> authors(id) as books_reviewer_id_fkey
    ");
}

// P12: transaction with an error
//   => books_author_id_fkey: books(author_id) -> authors(id); statement 4 fails 42P01
#[test]
fn a_failed_transaction_is_lost() {
    assert_snapshot!(check("postgresql-15", r#"
create table authors (id int primary key);
create table books (author_id int references authors);
begin;
alter table books drop constraint books_author_id_fkey;
alter table books add constraint books_author_id_fkey foreign key (author_id) references authorz;
commit;
"#), @r"
    books(author_id) -> authors(id) as books_author_id_fkey
    unparsed-statement in line 6: `authorz` does not exist here
    ");
}

// P13: column list, NOT VALID, type change
//   => notes_owner: notes(t, owner_id) -> tenants(t, id) SET NULL not valid set (owner_id)
#[test]
fn column_list_not_valid_and_type_change() {
    assert_snapshot!(check("postgresql-15", r#"
create table authors (id int primary key);
create table tenants (t int, id int, primary key (t, id));
create table notes (t int not null, owner int);
alter table notes add constraint notes_owner foreign key (t, owner) references tenants on delete set null (owner) not valid;
alter table notes rename column owner to owner_id;
alter table notes alter column owner_id type bigint;
"#), @"notes(t, owner_id) -> tenants(t, id) on delete set null as notes_owner not valid set (owner_id)");
}

// P14: pg_dump with COPY data
//   => books_author_id_fkey: books(author_id) -> authors(id) CASCADE
#[test]
fn a_dump_with_data() {
    assert_snapshot!(check("postgresql-15", r#"
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.authors (id integer NOT NULL, bio text);
CREATE TABLE public.books (author_id integer);
COPY public.authors (id, bio) FROM stdin;
1	x; ALTER TABLE public.books DROP CONSTRAINT b; $$
\.
ALTER TABLE ONLY public.authors ADD CONSTRAINT authors_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.books
    ADD CONSTRAINT books_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.authors(id) ON DELETE CASCADE;
"#), @"books(author_id) -> authors(id) on delete cascade as books_author_id_fkey");
}

// 2.1, 2.2, 2.3
#[test]
fn what_is_referenced_must_be_there_and_unique() {
    assert_snapshot!(check("postgresql", r#"
create table p (b int, a int, code text, part text, primary key (b, a), unique (a, code));
create unique index p_part on p (part) where part is not null;
create table c1 (x int, y int, foreign key (x, y) references p);
create table c2 (x text, y int, foreign key (x, y) references p (code, a));
create table c3 (x text references p (part));
create table c4 (x int references p (a));
create table c5 (x int references p);
create table c6 (x int references nowhere);
create table c7 (x int references p (nothing));
"#), @r"
    c1(x, y) -> p(b, a) as c1_x_y_fkey
    c2(x, y) -> p(code, a) as c2_x_y_fkey
    unparsed-statement in line 6: no primary key or unique constraint of `p` covers `part`
    unparsed-statement in line 7: no primary key or unique constraint of `p` covers `a`
    unparsed-statement in line 8: the numbers of referencing and referenced columns differ
    unparsed-statement in line 9: `nowhere` does not exist here
    unparsed-statement in line 10: `p` has no column `nothing` here
    ");
}

// 2.4, 2.5, 2.6
#[test]
fn inline_forms() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table q (id int primary key);
create table c (
  a int constraint f references p on update cascade on delete restrict deferrable initially deferred not null default 1,
  b int references p references q,
  d int constraint nn not null constraint fk references q (id) match full on delete set null,
  foreign key(a)references p(id)on delete cascade
);
"#), @"
    c(a) -> p(id) on delete restrict on update cascade as f initially deferred
    c(b) -> p(id) as c_b_fkey
    c(b) -> q(id) as c_b_fkey1
    c(d) -> q(id) on delete set null as fk match full
    c(a) -> p(id) on delete cascade as c_a_fkey
    ");
}

// 2.7, 2.9, 2.10
#[test]
fn if_not_exists_skips_everything() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table c (a int);
create table if not exists c (a int references p);
alter table only c add column if not exists a int references p;
alter table c add if not exists b int references p, add d int references p (id);
alter table if exists nowhere add foreign key (a) references p;
"#), @r"
    c(b) -> p(id) as c_b_fkey
    c(d) -> p(id) as c_d_fkey
    ");
}

// 2.8
#[test]
fn passes_of_alter_table() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table c (a int, b int);
alter table c add foreign key (b) references p on delete cascade, add column d int references p;
alter table c add constraint g foreign key (a) references p, drop column a;
alter table c add constraint f foreign key (b) references p not valid, validate constraint f;
alter table c add constraint h foreign key (b) references p not valid;
"#), @r"
    c(d) -> p(id) as c_d_fkey
    c(b) -> p(id) on delete cascade as c_b_fkey
    c(b) -> p(id) as f
    c(b) -> p(id) as h not valid
    unparsed-statement in line 5: `c` has no column `a` here
    ");
}

// 2.11, 2.12, 2.13
#[test]
fn copies_carry_no_foreign_keys() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table c (id int primary key, a int references p);
create table c_like (like c including all);
create table c_plain (like c);
create table c_heir () inherits (c);
create table c_copy as select * from c;
create table d (a int references c_like);
create table e (a int references c_plain);
create schema s create table p (id int primary key) create table c (a int references p);
"#), @r"
    c(a) -> p(id) as c_a_fkey
    d(a) -> c_like(id) as d_a_fkey
    s.c(a) -> s.p(id) as c_a_fkey
    unparsed-statement in line 9: `c_plain` has no primary key
    ");
}

// 2.14, 2.16, 2.17
#[test]
fn not_valid_and_column_lists() {
    assert_snapshot!(check("postgresql", r#"
create table p (a int, b int, primary key (a, b));
create table c (a int not null, b int, foreign key (a, b) references p on delete set null (b) not valid);
alter table c add constraint f foreign key (a, b) references p on delete set default (b) deferrable not valid;
alter table c rename column b to bb;
"#), @"
    c(a, bb) -> p(a, b) on delete set null as c_a_b_fkey set (bb)
    c(a, bb) -> p(a, b) on delete set default as f deferrable not valid set (bb)
    ");
}

// 2.20, 2.22, 2.24, 2.26
#[test]
fn names() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table c (a int references p, constraint x check (a > 0));
alter table c add foreign key (a) references p;
alter table c add constraint x foreign key (a) references p;
alter table c rename to d;
alter table d rename column a to b;
alter table d add foreign key (b) references p;
alter table d drop constraint c_a_fkey;
create table c (a int references p);
create schema s;
create table s.c (a int references p);
"#), @r"
    d(b) -> p(id) as c_a_fkey1
    d(b) -> p(id) as d_b_fkey
    c(a) -> p(id) as c_a_fkey
    s.c(a) -> p(id) as c_a_fkey
    unparsed-statement in line 5: `c` has a constraint `x` already
    ");
}

// 2.25
#[test]
fn long_names_are_cut_wherever_they_stand() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table c (a int);
alter table c add constraint a_name_that_is_very_much_longer_than_sixty_three_bytes_in_total_1 foreign key (a) references p;
alter table c drop constraint a_name_that_is_very_much_longer_than_sixty_three_bytes_in_total_2;
alter table c add constraint a_name_that_is_very_much_longer_than_sixty_three_bytes_in_total_3 foreign key (a) references p on delete cascade;
"#), @"c(a) -> p(id) on delete cascade as a_name_that_is_very_much_longer_than_sixty_three_bytes_in_total");
}

// 2.27, 2.32
#[test]
fn keys_hold_foreign_keys() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key, constraint u unique (id), code text unique);
create unique index p_code_too on p (code);
create table c (a int references p, b text references p (code));
alter table p drop constraint p_pkey;
alter table p drop constraint u;
drop index p_code_too;
alter index u rename to v;
alter table p drop constraint v cascade;
drop index p_code_key;
alter table p drop constraint p_code_key cascade;
"#), @r"
    no foreign keys
    unparsed-statement in line 5: `p` has no constraint `p_pkey` here
    unparsed-statement in line 6: a foreign key of `c` depends on `u`
    ");
}

// 2.30, 2.31, 2.33, 2.34
#[test]
fn drops() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key, x int unique);
create table c (a int, b int, d int, constraint f foreign key (a) references p, constraint g foreign key (b) references p (x));
alter table c drop constraint nope;
alter table c drop constraint if exists nope;
alter table c drop constraint f, drop constraint nope;
alter table p drop column x;
alter table p drop column x cascade;
alter table c drop column a;
alter table c add column a int;
"#), @r"
    no foreign keys
    unparsed-statement in line 4: `c` has no constraint `nope` here
    unparsed-statement in line 6: `c` has no constraint `nope` here
    unparsed-statement in line 7: `x` is still referenced by `c`
    ");
}

// 2.35, 2.36, 2.41
#[test]
fn drop_table_and_namespace() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table c (id int primary key, a int references p);
drop table p;
drop table p, nowhere;
drop table p, c;
create table p (id int primary key);
create schema s;
create table s.c (a int references p);
create table d (a int references p);
drop table if exists nowhere, p cascade;
create table p (id int primary key);
drop schema s;
drop schema s cascade;
create table e (a int references p);
drop schema public cascade;
create schema public;
"#), @r"
    no foreign keys
    unparsed-statement in line 4: `p` is still referenced by `c`
    unparsed-statement in line 5: `nowhere` does not exist here
    unparsed-statement in line 13: the namespace `s` is not empty
    ");
}

// 2.37, 2.38, 2.40
#[test]
fn renames_of_namespaces_and_constraints() {
    assert_snapshot!(check("postgresql", r#"
create schema s;
create table s.p (id int primary key);
create table c (a int constraint f references s.p, b int constraint g references s.p);
alter table s.p set schema public;
alter table public.p set schema s;
alter schema s rename to t;
alter table c rename constraint f to g;
alter table c rename constraint f to h;
alter table c alter constraint h deferrable initially deferred;
alter table c alter constraint h on delete cascade;
"#), @"
    c(a) -> t.p(id) as h initially deferred
    c(b) -> t.p(id) as g
    unparsed-statement in line 8: `c` has a constraint `g` already
    ");
}

// 2.44, 2.46, 2.48
#[test]
fn foreign_keys_of_partitioned_tables() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table r (a int, day date) partition by range (day);
create table r1 partition of r for values from ('2024-01-01') to ('2025-01-01');
alter table r add constraint f foreign key (a) references p;
alter table r1 drop constraint f;
alter table r add column b int references p;
alter table r rename column a to aa;
alter table r drop constraint f;
"#), @r"
    r(b) -> p(id) as r_b_fkey
    r1(b) -> p(id) as r_b_fkey
    unparsed-statement in line 6: `f` belongs to the partitioned table
    ");
}

// 2.49, 2.50
#[test]
fn transactions() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
begin;
create table a (x int references p);
savepoint one;
create table b (x int references p);
rollback to savepoint one;
create table c (x int references p);
commit;
start transaction;
create table d (x int references p);
rollback;
begin;
create table e (x int references p);
"#), @r"
    a(x) -> p(id) as a_x_fkey
    c(x) -> p(id) as c_x_fkey
    ");
}

// 2.51, 2.52, 2.53, 2.54
#[test]
fn names_fold_and_paths_are_followed() {
    assert_snapshot!(check("postgresql", r#"
create table "P" (id int primary key);
create table P (id int primary key);
create table c (A int references "P", "B" int references P, "d""d" int references U&"\0070");
create schema s;
set search_path to s;
create table p2 (id int primary key);
set search_path = default;
create table s.c (a int references p, b int references s.p2);
create table c2 (b int references p2);
"#), @r#"
    c(a) -> P(id) as c_a_fkey
    c(B) -> p(id) as c_B_fkey
    c(d"d) -> p(id) as c_d"d_fkey
    s.c(a) -> p(id) as c_a_fkey
    s.c(b) -> s.p2(id) as c_b_fkey
    unparsed-statement in line 10: `p2` does not exist here
    "#);
}

// 2.55, 2.56
#[test]
fn bodies_do_not_run_until_they_are_called() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table c (a int);
create function f() returns void as $$ begin alter table c add constraint f foreign key (a) references p; end $$ language plpgsql;
create function g() returns int as $$ select 1 $$ language sql;
select g();
do language plpgsql 'begin alter table c add constraint h foreign key (a) references p; end';
select f();
"#), @"
    c(a) -> p(id) as h
    dynamic-sql in line 8: `f` may change foreign keys when it is called (c)
    ");
}

// 2.57, 2.58
#[test]
fn exception_handlers_undo_their_block() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table c (a int constraint f references p);
do $$ begin
  alter table c add constraint g foreign key (a) references p;
  alter table c add constraint f foreign key (a) references p on delete cascade;
exception when duplicate_table or sqlstate '42710' then
  alter table c add constraint h foreign key (a) references p;
end $$;
do $$ begin
  begin
    alter table c add constraint f foreign key (a) references p;
  exception when others then null;
  end;
  alter table c add constraint i foreign key (a) references p;
end $$;
do $$ begin
  alter table c add constraint f foreign key (a) references p;
exception when duplicate_table then null;
end $$;
"#), @r"
    c(a) -> p(id) as f
    c(a) -> p(id) as h
    c(a) -> p(id) as i
    unparsed-statement in line 18: `c` has a constraint `f` already
    ");
}

// 2.59
#[test]
fn guards_are_answered_from_the_catalog() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table c (a int constraint f references p);
create table d (a int);
do $$ begin
  if not exists (select 1 from pg_constraint where conname = 'f') then
    alter table d add constraint f foreign key (a) references p;
  end if;
  if not exists (select 1 from pg_constraint where conname = 'f' and conrelid = 'public.d'::regclass and contype = 'f') then
    alter table d add constraint f foreign key (a) references p on delete cascade;
  end if;
  if not exists (
    select 1 from information_schema.table_constraints tc
    join information_schema.key_column_usage k on tc.constraint_name = k.constraint_name
    where tc.table_schema = current_schema() and tc.table_name = 'd' and k.column_name = 'nope'
  ) and exists (select from information_schema.columns where table_name = 'd' and column_name = 'a') then
    alter table d add constraint g foreign key (a) references p;
  elsif to_regclass('public.nowhere') is null then
    alter table d add constraint never foreign key (a) references p;
  else
    drop table d;
  end if;
  if to_regclass('public.d') is not null and to_regclass('nowhere') is null then
    alter table d add constraint h foreign key (a) references p;
  end if;
  if exists (select 1 from pg_class t join pg_namespace n on n.oid = t.relnamespace where t.relname = 'nowhere' and n.nspname = 'public') then
    drop table d;
  end if;
end $$;
"#), @r"
    c(a) -> p(id) as f
    d(a) -> p(id) on delete cascade as f
    d(a) -> p(id) as g
    d(a) -> p(id) as h
    ");
}

#[test]
fn guards_that_only_data_answer_are_reported() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table c (a int);
do $$ begin
  if (select count(*) from p) > 3 then
    alter table c add constraint f foreign key (a) references p;
  end if;
  if exists (select 1 from p where id is null) then
    raise exception 'stop';
  end if;
  if not exists (select 1 from pg_type where typname = 'mood') then
    create type mood as enum ('sad');
  end if;
end $$;
"#), @"
    c(a) -> p(id) as f
    dynamic-sql in line 5: the condition depends on more than the migrations (c)
    ");
}

// 2.60
#[test]
fn dynamic_statements_are_unrolled_where_all_is_known() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table c1 (a int);
create table c2 (a int);
do $$
declare
  t text;
  suffix constant text := '_fk';
  names text[] := array['c1', 'c2'];
begin
  foreach t in array names loop
    execute format('alter table %I add constraint %I foreign key (a) references p on delete %s', t, t || suffix, 'cascade');
    execute 'alter table ' || quote_ident(t) || ' enable row level security';
  end loop;
  execute 'alter table c1 add constraint plain foreign key (a) references p';
  execute $q$alter table c2 add constraint quoted foreign key (a) references p$q$;
end $$;
do $$ declare r record; begin
  for r in select conname from pg_constraint where conrelid = 'c1'::regclass and contype = 'f' loop
    execute format('alter table c1 drop constraint %I', r.conname);
  end loop;
  for r in select tablename from pg_tables where schemaname = 'public' loop
    execute format('alter table %I enable row level security', r.tablename);
  end loop;
  for r in select a from c2 loop
    execute 'alter table c2 drop constraint f' || r.a;
  end loop;
end $$;
"#), @"
    c2(a) -> p(id) on delete cascade as c2_fk
    c2(a) -> p(id) as quoted
    dynamic-sql in line 25: what the loop goes over is not known (c2)
    ");
}

// 2.61, 2.64, 9.11
#[test]
fn words_in_quotes_and_comments_are_no_keywords() {
    assert_snapshot!(check("postgresql", r#"
\restrict abc
create table "references" (id int primary key, "on" text default 'references q(id)' /* references r */);
create table c (
  "references" int references "references" ("id") -- on delete cascade
    on delete set null,
  note text default ', foreign key (x) references y (z)' check (note <> 'references p(id)')
);
"#), @"c(references) -> references(id) on delete set null as c_references_fkey");
}

// The forms of drizzle-kit, of which sqlparser refuses some.
#[test]
fn forms_of_drizzle_kit() {
    assert_snapshot!(check("postgresql", r#"
CREATE TABLE "users" (
	"id" integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "users_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 2147483647 START WITH 1 CACHE 1),
	"tags" text[] DEFAULT '{}'::text[] NOT NULL,
	CONSTRAINT "users_tags_unique" UNIQUE NULLS NOT DISTINCT("tags")
);
--> statement-breakpoint
CREATE TABLE IF NOT EXISTS "posts" ("id" serial PRIMARY KEY NOT NULL, "uid" integer);
--> statement-breakpoint
DO $$ BEGIN
 ALTER TABLE "posts" ADD CONSTRAINT "posts_uid_users_id_fk" FOREIGN KEY ("uid") REFERENCES "public"."users"("id") ON DELETE cascade ON UPDATE no action;
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
--> statement-breakpoint
ALTER TABLE "posts" DROP CONSTRAINT "posts_uid_users_id_fk", ADD CONSTRAINT "posts_uid_users_id_fk" FOREIGN KEY ("uid") REFERENCES "users"("id") ON DELETE SET NULL;
"#), @"posts(uid) -> users(id) on delete set null as posts_uid_users_id_fk");
}

#[test]
fn types_that_cannot_be_compared_are_refused() {
    assert_snapshot!(check("postgresql", r#"
create table p (id uuid primary key, n bigint unique, t text unique);
create table c (a text, b integer, d varchar(20), e int[]);
alter table c add constraint f foreign key (a) references p (id);
alter table c add constraint g foreign key (b) references p (n);
alter table c add constraint h foreign key (d) references p (t);
alter table c add constraint i foreign key (e) references p (n);
"#), @r"
    c(b) -> p(n) as g
    c(d) -> p(t) as h
    unparsed-statement in line 4: `a` is `text` and cannot reference `id`, which is `uuid`
    unparsed-statement in line 7: `e` is `int[]` and cannot reference `n`, which is `bigint`
    ");
}

#[test]
fn tables_made_elsewhere_are_taken_as_they_are_written() {
    assert_snapshot!(super::check_in_use("postgresql", r#"
create table profiles (id uuid primary key references auth.users (id) on delete cascade);
create table posts (id int, author int references people (id), editor int references people (id));
alter table nowhere add constraint f foreign key (a) references posts;
create table gone (id int primary key);
drop table gone;
alter table posts add constraint g foreign key (id) references gone (id);
"#), @"
    profiles(id) -> auth.users(id) on delete cascade as profiles_id_fkey
    posts(author) -> people(id) as posts_author_fkey
    posts(editor) -> people(id) as posts_editor_fkey
    unparsed-statement in line 3: `people` is referenced here, but nothing before creates it
    unparsed-statement in line 4: `nowhere` does not exist here
    unparsed-statement in line 7: `gone` does not exist here
    ");
}

#[test]
fn histories() {
    assert_snapshot!(super::check_history("postgresql", r#"
//- 0000.sql
create table p (id int primary key);
create table c (a int constraint f references p, b int constraint g references p, d int constraint h references p);
//- 0001.sql
alter table c drop constraint f;
alter table c rename constraint g to gg;
//- 0002.sql
alter table c add constraint f foreign key (a) references p on delete cascade;
alter table c drop column d;
"#), @r"
    c(b) -> p(id) as gg: Created 0000.sql:2, Renamed 0001.sql:2
    c(a) -> p(id) on delete cascade as f: Created 0000.sql:2, Dropped 0001.sql:1, Created 0002.sql:1
    -c(d) -> p(id) as h: Created 0000.sql:2, DroppedAlong 0002.sql:2
    ");
}

// 2.60
#[test]
fn loops_over_listed_rows_are_unrolled() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table c (a int constraint f references p, b int constraint g references p);
do $$ declare names record; old text; new text; begin
  for names in select * from (values ('f', 'ff'), ('nope', 'nn')) as pairs (old_name, new_name) loop
    if exists (select 1 from pg_constraint where conrelid = 'c'::regclass and conname = names.old_name) then
      execute format('alter table c rename constraint %I to %I', names.old_name, names.new_name);
    end if;
  end loop;
  for old, new in select * from (values ('g', 'gg')) as pairs (a, b) loop
    execute format('alter table c rename constraint %I to %I', old, new);
  end loop;
end $$;
"#), @r"
    c(a) -> p(id) as ff
    c(b) -> p(id) as gg
    ");
}

// 2.32
#[test]
fn what_a_lost_statement_dropped_is_taken_for_dropped() {
    let fixture = r#"
create table p (id int primary key);
create table c (a int constraint f references p);
do $$ declare r record; begin
  for r in select name from to_be_dropped loop
    execute format('alter table c drop constraint %I', r.name);
  end loop;
end $$;
drop table p;
"#;
    assert_snapshot!(super::check_in_use("postgresql", fixture), @"
    no foreign keys
    dynamic-sql in line 5: what the loop goes over is not known (c)
    ");
    assert_snapshot!(check("postgresql", fixture), @"
    c(a) -> p(id) as f
    dynamic-sql in line 5: what the loop goes over is not known (c)
    unparsed-statement in line 9: `p` is still referenced by `c`
    ");
}

#[test]
fn a_repetition_is_no_fault() {
    assert_snapshot!(check("postgresql", r#"
create table p (id int primary key);
create table c (a int);
alter table c add constraint f foreign key (a) references p (id) on delete cascade;
alter table c add constraint f foreign key (a) references public.p (id) on delete cascade;
alter table c add constraint f foreign key (a) references p (id);
"#), @r"
    c(a) -> p(id) on delete cascade as f
    unparsed-statement in line 6: `c` has a constraint `f` already
    ");
}

// 2.60
#[test]
fn dynamic_sql_says_which_tables_it_could_touch() {
    let scope = |body: &str| {
        let text = format!(
            "create table p (id int primary key); create table c (a int); create table d (a int);\n\
             create table names (name text);\n{body}\nalter table d rename to e;"
        );
        check("postgresql", &text).lines().skip(1).collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(
        scope("do $$ declare r record; begin for r in select name from names loop execute format('alter table c drop constraint %I', r.name); end loop; end $$;"),
        @"dynamic-sql in line 3: what the loop goes over is not known (c)"
    );
    assert_snapshot!(
        scope("do $$ declare r record; begin for r in select name from names loop execute format('drop table %I cascade', r.name); end loop; end $$;"),
        @"dynamic-sql in line 3: what the loop goes over is not known (any table)"
    );
    assert_snapshot!(
        scope("do $$ declare t text; begin foreach t in array array['c', 'd'] loop execute format('alter table %I drop constraint %s', t, (select name from names)); end loop; end $$;"),
        @"dynamic-sql in line 3: the statement is put together from what is not known (c, e)"
    );
    assert_snapshot!(
        scope("create function f(t text) returns void as $$ begin execute 'alter table ' || t || ' drop constraint f'; end $$ language plpgsql; select f('c');"),
        @"dynamic-sql in line 3: `f` may change foreign keys when it is called (any table)"
    );
    assert_snapshot!(scope("\\i more.sql"), @"dynamic-sql in line 3: a command of psql is not followed (any table)");
    assert_snapshot!(scope("drop owned by somebody; alter table d ad constraint f foreign key (a) references p;"), @"
    unparsed-statement in line 3: which tables a role owns is not known here
    unparsed-statement in line 3: expected an action and found `ad` (e)
    ");
}

// 2.5, 2.15, 2.19, 2.40
#[test]
fn when_and_whether_foreign_keys_are_checked() {
    assert_snapshot!(check("postgresql-18", "
create table p (id int primary key);
create table c (
    a int constraint a references p match full initially deferred,
    b int constraint b references p deferrable,
    d int constraint d references p deferrable initially immediate not enforced,
    e int constraint e references p match simple not deferrable,
    f int references p not deferrable initially deferred
);
create table c (
    a int constraint a references p match full initially deferred,
    b int constraint b references p deferrable,
    d int constraint d references p deferrable initially immediate not enforced,
    e int constraint e references p match simple not deferrable
);
create table f (a int constraint f references p);
alter table f add constraint g foreign key (a) references p deferrable initially deferred not valid;
alter table f add constraint h foreign key (a) references p match partial;
alter table c alter constraint a deferrable, alter constraint b not deferrable;
alter table c alter constraint d enforced;
alter table c alter constraint e not enforced;
alter table c alter column a type bigint;
alter table c alter constraint nope deferrable;
"), @"
    c(a) -> p(id) as a match full deferrable
    c(b) -> p(id) as b
    c(d) -> p(id) as d deferrable
    c(e) -> p(id) as e not enforced not valid
    f(a) -> p(id) as f
    f(a) -> p(id) as g initially deferred not valid
    unparsed-statement in line 3: `INITIALLY DEFERRED` needs `DEFERRABLE`
    unparsed-statement in line 18: PostgreSQL has no `MATCH PARTIAL`
    unparsed-statement in line 23: `c` has no constraint `nope` here
    ");
}

// 2.46
#[test]
fn partitions_are_checked_like_the_whole() {
    assert_snapshot!(check("postgresql", "
create table p (id int primary key);
create table r (a int constraint f references p initially deferred) partition by list (a);
create table r1 partition of r for values in (1);
create table r2 (a int constraint f references p);
create table r3 (a int constraint f references p deferrable initially deferred);
alter table r attach partition r2 for values in (2);
alter table r attach partition r3 for values in (3);
alter table r alter constraint f not deferrable;
"), @"
    r(a) -> p(id) as f
    r1(a) -> p(id) as f
    r2(a) -> p(id) as f
    r3(a) -> p(id) as f
    r2(a) -> p(id) as r2_a_fkey
    ");
}

#[test]
fn a_misspelt_clause_is_a_syntax_error() {
    for engine in ["postgresql", "mysql", "mariadb", "sqlite"] {
        let fixture = "create table p (id int primary key);\n\
                       create table c (a int, foreign key (a) references p (id) on delet cascade);";
        assert_eq!(
            check(engine, fixture),
            "no foreign keys\n\
             unparsed-statement in line 2: what follows a `REFERENCES` is no clause of it",
            "{engine}"
        );
    }
}

#[test]
fn views_and_sequences_are_there_for_all_that_is_known() {
    let report = |condition: &str| {
        let fixture = format!(
            "create table p (id serial primary key); create table c (a int);\n\
             create or replace view v as select 1; create materialized view if not exists m as select 1;\n\
             do $$ begin if {condition} then alter table c add constraint f foreign key (a) references p; end if; end $$;"
        );
        check("postgresql", &fixture)
    };
    for condition in [
        "to_regclass('public.v') is null",
        "exists (select 1 from pg_class where relname = 'm')",
        "exists (select 1 from information_schema.columns where table_name = 'v')",
        "to_regclass('p_id_seq') is not null",
    ] {
        assert_eq!(
            report(condition),
            "c(a) -> p(id) as f\n\
             dynamic-sql in line 3: the condition depends on more than the migrations (c)",
            "{condition}"
        );
    }
    assert_eq!(report("to_regclass('public.w') is null"), "c(a) -> p(id) as f");
    assert_eq!(report("to_regclass('public.w') is not null"), "no foreign keys");
}

// 5.1, 5.2, 5.4, 5.5
#[test]
fn cockroachdb_differs() {
    assert_snapshot!(check("cockroachdb", r#"
create table p (id int primary key, a int, b int, unique (a, b));
create table a_table_whose_name_is_long (a_column_whose_name_is_long_as_well_and_more int references p references p);
create table a_table_whose_name_is_long_too (x int, a_column_whose_name_is_long_as_well_and_more int references p);
create table c (a int not null references p on delete set null);
create table d (a int not null references p on delete set default);
create table e (a int not null default 1 references p on delete set default);
create table f (a int references p deferrable initially deferred);
create table g (a int, b int, foreign key (a, b) references p (a, b) match full);
create table h (a int, b int, foreign key (a, b) references p (a, b) match partial);
create table i (a int references p (a));
alter table g add constraint n foreign key (a) references p not valid;
alter table g validate constraint n;
alter table p drop constraint p_a_b_key cascade;
alter table g drop column a;
"#), @"
    a_table_whose_name_is_long(a_column_whose_name_is_long_as_well_and_more) -> p(id) as a_table_whose_name_is_long_a_column_whose_name_is_long_as_well_and_more_fkey
    a_table_whose_name_is_long(a_column_whose_name_is_long_as_well_and_more) -> p(id) as a_table_whose_name_is_long_a_column_whose_name_is_long_as_well_and_more_fkey_1
    a_table_whose_name_is_long_too(a_column_whose_name_is_long_as_well_and_more) -> p(id) as a_table_whose_name_is_long_too_a_column_whose_name_is_long_as_well_and_more_fkey
    e(a) -> p(id) on delete set default as e_a_fkey
    unparsed-statement in line 5: an action would set `a`, which is `NOT NULL`
    unparsed-statement in line 6: an action would set `a`, which is `NOT NULL`
    unparsed-statement in line 8: CockroachDB has no deferrable foreign keys
    unparsed-statement in line 10: PostgreSQL has no `MATCH PARTIAL`
    unparsed-statement in line 11: no primary key or unique constraint of `p` covers `a`
    ");
}

// 2.17, 2.19, 2.44, 2.45
#[test]
fn facts_of_postgresql_18() {
    let fixture = r#"
create table p (id int primary key);
create table r (a int) partition by range (a);
create table r1 (a int constraint f check (a > 0));
alter table r attach partition r1 for values from (0) to (10);
alter table r add constraint f foreign key (a) references p not valid;
create table c (a int);
alter table c add constraint g foreign key (a) references p not enforced;
"#;
    assert_snapshot!(check("postgresql-18", fixture), @"
    r(a) -> p(id) as f not valid
    r1(a) -> p(id) as f_1 not valid
    c(a) -> p(id) as g not enforced not valid
    ");
    assert_snapshot!(check("postgresql-17", fixture), @"
    c(a) -> p(id) as g not enforced not valid
    unparsed-statement in line 6: a foreign key of a partitioned table takes no `NOT VALID`
    ");
}

// A foreign key is made anew where the type of one of its columns changes, and its copies with it.
#[test]
fn copies_follow_the_name_of_their_foreign_key_when_a_type_changes() {
    let fixture = r#"
create table p (id smallint primary key);
create table r (k int not null, a int constraint f references p, b int) partition by list (k);
create table r1 partition of r for values in (1);
alter table r rename constraint f to g;
alter table r1 rename constraint f to own;
alter table r alter b type bigint;
"#;
    assert_snapshot!(check("postgresql-15", fixture), @"
    r(a) -> p(id) as g
    r1(a) -> p(id) as own
    ");
    let of_referencing = format!("{fixture}alter table r alter a type bigint;\n");
    assert_snapshot!(check_history("postgresql-15", &of_referencing), @"
    r(a) -> p(id) as g: Created 0000.sql:3, Renamed 0000.sql:5
    r1(a) -> p(id) as g: Created 0000.sql:3, Renamed 0000.sql:6, Renamed 0000.sql:8
    ");
    let taken =
        "alter table r1 add constraint g check (b > 0);\nalter table p alter id type int;\n";
    assert_snapshot!(check("postgresql-15", &format!("{fixture}{taken}")), @"
    r(a) -> p(id) as g
    r1(a) -> p(id) as r1_a_fkey
    ");
    assert_snapshot!(check("postgresql-18", &format!("{fixture}{taken}")), @"
    r(a) -> p(id) as g
    r1(a) -> p(id) as g_1
    ");
}

// An index keeps the names that its columns had when it was made, and copies are named for these.
#[test]
fn copies_of_indexes_are_named_for_former_columns() {
    let fixture = "create table t (x int, y int unique, z int);\n\
                   create unique index on t (x) include (z);\n\
                   alter table t rename x to a;\nalter table t rename y to b;\n";
    let rest = "create table u (like t including indexes);\n\
                create table c (a int references u (a), b int references u (b));\n\
                alter table u drop constraint u_b_key cascade;\ndrop index u_a_z_idx cascade;\n";
    assert_snapshot!(check("postgresql-15", &format!("{fixture}{rest}")), @"
    c(a) -> u(a) as c_a_fkey
    c(b) -> u(b) as c_b_fkey
    unparsed-statement in line 7: `u` has no constraint `u_b_key` here
    ");
    let fixture = format!(
        "{fixture}alter table t alter a type bigint;\nalter table t alter b type bigint;\n{rest}"
    );
    assert_snapshot!(check("postgresql-15", &fixture), @"no foreign keys");
}

// A key needs the columns of its `INCLUDE` too.
#[test]
fn an_included_column_takes_its_key_along() {
    assert_snapshot!(check("postgresql-15", r#"
create table p (a int, b int, c int unique, unique (a) include (b));
create table q (a int references p (a), c int references p (c));
alter table p rename b to d;
alter table p drop column d;
"#), @"
    q(a) -> p(a) as q_a_fkey
    q(c) -> p(c) as q_c_fkey
    unparsed-statement in line 5: a foreign key of `q` depends on `p_a_b_key`
    ");
    assert_snapshot!(check("postgresql-15", r#"
create table p (a int, b int, c int unique, unique (a) include (b));
create table q (a int references p (a), c int references p (c));
alter table p rename b to d;
alter table p drop column d cascade;
"#), @"q(c) -> p(c) as q_c_fkey");
}

// A foreign key is made anew on the oldest key when a type changes, and indexes behind constraints.
#[test]
fn foreign_keys_move_to_the_oldest_key_when_a_type_changes() {
    let fixture = "create table p (id int);\ncreate unique index i on p (id);\n\
                   alter table p add primary key (id);\n\
                   create table c (a int references p);\n";
    let drop = "drop index i;\n";
    assert_snapshot!(check("postgresql-15", &format!("{fixture}{drop}")), @"c(a) -> p(id) as c_a_fkey");
    let referencing = format!("{fixture}alter table c alter a type bigint;\n");
    assert_snapshot!(check("postgresql-15", &format!("{referencing}{drop}")), @"
    c(a) -> p(id) as c_a_fkey
    unparsed-statement in line 6: a foreign key of `c` depends on `i`
    ");
    let both = format!("{referencing}alter table p alter id type bigint;\n");
    assert_snapshot!(check("postgresql-15", &format!("{both}{drop}")), @"c(a) -> p(id) as c_a_fkey");
    let drop_key = "alter table p drop constraint p_pkey;\n";
    assert_snapshot!(check("postgresql-15", &format!("{both}{drop_key}")), @"
    c(a) -> p(id) as c_a_fkey
    unparsed-statement in line 7: a foreign key of `c` depends on `p_pkey`
    ");
    let included = "create table p (a int, b int, unique (a) include (b));\n\
                    create table c (a int references p (a));\n\
                    alter table p alter b type bigint;\n";
    assert_snapshot!(check("postgresql-15", included), @"
    c(a) -> p(a) as c_a_fkey
    unparsed-statement in line 3: a foreign key of `c` depends on `p_a_b_key`
    ");
}
