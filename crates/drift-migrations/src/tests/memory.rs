//! What is remembered beside the foreign keys that there are.

use insta::assert_snapshot;

use super::run;

/// Former names, drops that missed and foreign keys that were not made, each with the text of the
/// statement.
fn check(engine: &str, fixture: &str) -> String {
    let (replay, sources) = run(engine, fixture, false);
    let catalog = &replay.catalog;
    let mut lines = Vec::new();
    for it in &catalog.former_tables {
        let became = it.became.as_ref().map_or("nothing".to_owned(), ToString::to_string);
        lines.push(format!("{} became {became}: {}", it.name, sources.snippet(it.span)));
    }
    for it in &catalog.former_columns {
        let became = it.became.as_deref().unwrap_or("nothing");
        let text = sources.snippet(it.span);
        lines.push(format!("{}.{} became {became}: {text}", it.table, it.name));
    }
    for it in &catalog.missed_drops {
        lines.push(format!("{} has no {}: {}", it.table, it.name, sources.snippet(it.span)));
    }
    for it in &catalog.skipped_foreign_keys {
        let existing = it.existing.map(|it| sources.snippet(it)).unwrap_or_default();
        let (reason, key) = (it.reason, drift_model::notation::format(&it.foreign_key));
        lines.push(format!("{key} is not made, {reason:?}: {existing}"));
    }
    lines.join("\n")
}

#[test]
fn former_names_lead_to_the_last_ones() {
    let found = check(
        "postgresql",
        "create table a (x int, y int, z int);
         alter table a rename column x to x2;
         alter table a rename column x2 to x3;
         alter table a rename to b;
         alter table b drop column y;
         create table c (q int);
         alter table c drop column q;
         drop table c;
         alter table b set schema s;
         begin; alter table s.b rename column z to z2; rollback;",
    );
    assert_snapshot!(found, @"
    a became s.b: rename to b
    c became nothing: drop table c
    b became s.b: set schema s
    s.b.x became x3: rename column x to x2
    s.b.x2 became x3: rename column x2 to x3
    s.b.y became nothing: drop column y
    ");
}

#[test]
fn rebuilt_tables_keep_their_names() {
    let found = check(
        "sqlite",
        "create table p (id integer primary key);
         create table __new_p (id integer primary key);
         drop table p;
         alter table __new_p rename to p;",
    );
    assert_snapshot!(found, @"
    p became nothing: drop table p
    __new_p became p: rename to p
    ");
}

#[test]
fn names_that_were_taken() {
    let found = check(
        "postgresql",
        "create table p (id int primary key);
         create table c (a int references p, b int);
         alter table c add constraint f foreign key (a) references p (id);
         do $$ begin
           alter table c add constraint f foreign key (a) references p (id) on delete cascade;
         exception when duplicate_object then null; end $$;
         do $$ begin
           if not exists (select 1 from pg_constraint where conname = 'f') then
             alter table c add constraint f foreign key (b) references p (id);
           end if;
         end $$;
         create table if not exists c (a int references p on delete set null);
         alter table c add column if not exists b int references p;
         alter table c drop constraint if exists c_b_fkey;
         do $$ begin
           alter table c add constraint g foreign key (b) references p (id);
         exception when duplicate_object then null; end $$;",
    );
    assert_snapshot!(found, @"
    c has no c_b_fkey: drop constraint if exists c_b_fkey
    c(a) -> p(id) on delete cascade as f is not made, NameTaken: constraint f foreign key (a) references p (id)
    c(b) -> p(id) as f is not made, NameTaken: constraint f foreign key (a) references p (id)
    c(a) -> p(id) on delete set null is not made, TableExists: create table c (a int references p, b int)
    c(b) -> p(id) is not made, ColumnExists: b int
    ");
}

#[test]
fn what_another_table_has_taken() {
    let found = check(
        "postgresql",
        "create table p (id int primary key);
         create table c (a int constraint f references p);
         create table d (a int);
         do $$ begin
           if not exists (select 1 from pg_constraint where conname = 'f') then
             alter table d add constraint f foreign key (a) references p (id);
           end if;
         end $$;",
    );
    assert_snapshot!(found, @"d(a) -> p(id) as f is not made, NameTaken: constraint f references p");
}
