//! The sequences that ran on the engine, and further facts.

use insta::assert_snapshot;

use super::{check, check_in_use};

// M1: inline, named, index name
//   => [Ma] books_ibfk_1: books(author_id) -> authors(id); books_reader: books(reader_id) -> authors(id); ed_idx: books(editor_id) -> authors(id) CASCADE
//   => [5.7, 8.4] books_ibfk_1: books(editor_id) -> authors(id) CASCADE; books_reader: books(reader_id) -> authors(id)
//   => [9.7] books_ibfk_1: books(author_id) -> authors(id); books_ibfk_2: books(editor_id) -> authors(id) CASCADE; books_reader: books(reader_id) -> authors(id)
#[test]
fn inline_named_and_index_name() {
    let fixture = r#"
create table authors (id int primary key);
create table books (id int primary key, author_id int references authors (id), editor_id int, reader_id int, foreign key ed_idx (editor_id) references authors (id) on delete cascade, constraint books_reader foreign key (reader_id) references authors (id));
"#;
    assert_snapshot!(check("mysql-8.4", fixture), @r"
    books(editor_id) -> authors(id) on delete cascade as books_ibfk_1
    books(reader_id) -> authors(id) as books_reader
    ignored: references authors (id)
    ");
    assert_snapshot!(check("mysql-5.7", fixture), @r"
    books(editor_id) -> authors(id) on delete cascade as books_ibfk_1
    books(reader_id) -> authors(id) as books_reader
    ignored: references authors (id)
    ");
    assert_snapshot!(check("mysql-9.7", fixture), @r"
    books(author_id) -> authors(id) as books_ibfk_1
    books(editor_id) -> authors(id) on delete cascade as books_ibfk_2
    books(reader_id) -> authors(id) as books_reader
    ");
    assert_snapshot!(check("mariadb-10.11", fixture), @r"
    books(author_id) -> authors(id) as books_ibfk_1
    books(editor_id) -> authors(id) on delete cascade as ed_idx
    books(reader_id) -> authors(id) as books_reader
    ");
}

// M2: numbers and renames
//   => volumes_ibfk_5: volumes(b) -> authors(id); volumes_ibfk_6: volumes(e) -> authors(id) SET NULL
#[test]
fn numbers_and_renames() {
    assert_snapshot!(check("mysql-8.4", r#"
create table authors (id int primary key);
create table books (a int, b int, e int, foreign key (a) references authors (id), constraint books_ibfk_5 foreign key (b) references authors (id));
alter table books add foreign key (e) references authors (id) on delete set null;
alter table books drop foreign key books_ibfk_1;
rename table books to volumes;
"#), @r"
    volumes(b) -> authors(id) as volumes_ibfk_5
    volumes(e) -> authors(id) on delete set null as volumes_ibfk_6
    ");
}

// M3: drop and add of one name in one statement fails, two statements work
//   => [Ma] books_author: books(author_id) -> authors(id) SET NULL; statement 2 fails 1005
//   => [5.7] books_author: books(author_id) -> authors(id) SET NULL; statement 2 fails 1022
//   => [8.4, 9.7] books_author: books(author_id) -> authors(id) SET NULL; statement 2 fails 1826
#[test]
fn drop_and_add_of_one_name() {
    let fixture = r#"
create table authors (id int primary key);
create table books (author_id int, constraint books_author foreign key (author_id) references authors (id));
alter table books drop foreign key books_author, add constraint books_author foreign key (author_id) references authors (id) on delete cascade;
alter table books drop foreign key books_author;
alter table books add constraint books_author foreign key (author_id) references authors (id) on delete set null;
"#;
    assert_snapshot!(check("mysql-8.4", fixture), @r"
    books(author_id) -> authors(id) on delete set null as books_author
    unparsed-statement in line 4: there is a foreign key `books_author` already
    ");
    assert_snapshot!(check("mysql-5.7", fixture), @r"
    books(author_id) -> authors(id) on delete set null as books_author
    unparsed-statement in line 4: there is a foreign key `books_author` already
    ");
    assert_snapshot!(check("mysql-9.7", fixture), @r"
    books(author_id) -> authors(id) on delete set null as books_author
    unparsed-statement in line 4: there is a foreign key `books_author` already
    ");
    assert_snapshot!(check("mariadb-10.11", fixture), @r"
    books(author_id) -> authors(id) on delete set null as books_author
    unparsed-statement in line 4: there is a foreign key `books_author` already
    ");
}

// M4: checks off: drop and re-create the parent
//   => books_author: books(author_id) -> authors(id) CASCADE
#[test]
fn the_referenced_table_is_made_again() {
    assert_snapshot!(check("mysql-8.4", r#"
create table authors (id int primary key);
create table books (author_id int, constraint books_author foreign key (author_id) references authors (id) on delete cascade);
set foreign_key_checks = 0;
create table authors_new (id int primary key, bio text);
drop table authors;
rename table authors_new to authors;
set foreign_key_checks = 1;
"#), @"books(author_id) -> authors(id) on delete cascade as books_author");
}

// M5: one ALTER with ADD FOREIGN KEY and RENAME
//   => [Ma, 5.7] books_editor: volumes(editor_id) -> authors(id)
//   => [8.4, 9.7] books_author: volumes(author_id) -> authors(id); books_editor: volumes(editor_id) -> authors(id)
#[test]
fn add_and_rename_in_one_statement() {
    let fixture = r#"
create table authors (id int primary key);
create table books (author_id int, editor_id int, constraint books_author foreign key (author_id) references authors (id));
alter table books add constraint books_editor foreign key (editor_id) references authors (id), rename to volumes;
"#;
    assert_snapshot!(check("mysql-8.4", fixture), @r"
    volumes(author_id) -> authors(id) as books_author
    volumes(editor_id) -> authors(id) as books_editor
    ");
    assert_snapshot!(check("mysql-5.7", fixture), @"volumes(editor_id) -> authors(id) as books_editor");
    assert_snapshot!(check("mysql-9.7", fixture), @r"
    volumes(author_id) -> authors(id) as books_author
    volumes(editor_id) -> authors(id) as books_editor
    ");
    assert_snapshot!(check("mariadb-10.11", fixture), @"volumes(editor_id) -> authors(id) as books_editor");
}

// M6: no list
//   => [Ma] books_ibfk_1: books(author_id) -> authors(author_id)
//   => [5.7] no FK; statement 2 fails 1215
//   => [8.4] no FK; statement 2 fails 1239
//   => [9.7] books_ibfk_1: books(author_id) -> authors(id)
#[test]
fn references_without_columns() {
    let fixture = r#"
create table authors (id int primary key, author_id int not null unique);
create table books (author_id int, foreign key (author_id) references authors);
"#;
    assert_snapshot!(check("mysql-8.4", fixture), @r"
    no foreign keys
    unparsed-statement in line 3: the engine wants the referenced columns to be written
    ");
    assert_snapshot!(check("mysql-5.7", fixture), @r"
    no foreign keys
    unparsed-statement in line 3: the engine wants the referenced columns to be written
    ");
    assert_snapshot!(check("mysql-9.7", fixture), @"books(author_id) -> authors(id) as books_ibfk_1");
    assert_snapshot!(check("mariadb-10.11", fixture), @"books(author_id) -> authors(author_id) as books_ibfk_1");
}

// M7: executable comments
//   => [Ma] x: books(a) -> authors(id); z: books(a) -> authors(id) CASCADE
//   => [5.7] no FK
//   => [8.4, 9.7] x: books(a) -> authors(id); y: books(b) -> authors(id)
#[test]
fn executable_comments() {
    let fixture = r#"
create table authors (id int primary key);
create table books (a int, b int /*!50000 , constraint x foreign key (a) references authors (id) */ /*!80000 , constraint y foreign key (b) references authors (id) */ /*M! , constraint z foreign key (a) references authors (id) on delete cascade */);
"#;
    assert_snapshot!(check("mysql-8.4", fixture), @r"
    books(a) -> authors(id) as x
    books(b) -> authors(id) as y
    ");
    assert_snapshot!(check("mysql-5.7", fixture), @"no foreign keys");
    assert_snapshot!(check("mysql-9.7", fixture), @r"
    books(a) -> authors(id) as x
    books(b) -> authors(id) as y
    ");
    assert_snapshot!(check("mariadb-10.11", fixture), @r"
    books(a) -> authors(id) as x
    books(a) -> authors(id) on delete cascade as z
    ");
}

// M8: DDL survives ROLLBACK
//   => books_author: books(author_id) -> authors(id)
#[test]
fn ddl_survives_rollback() {
    assert_snapshot!(check("mysql-8.4", r#"
create table authors (id int primary key);
start transaction;
create table books (author_id int, constraint books_author foreign key (author_id) references authors (id));
rollback;
"#), @"books(author_id) -> authors(id) as books_author");
}

// M9: MyISAM
//   => no FK
#[test]
fn storage_engines_without_foreign_keys() {
    assert_snapshot!(check("mysql-8.4", r#"
create table authors (id int primary key);
create table books (author_id int, constraint books_author foreign key (author_id) references authors (id)) engine=MyISAM;
alter table books engine=InnoDB;
"#), @"no foreign keys");
}

// 3.5, 3.8
#[test]
fn what_is_referenced_needs_an_index() {
    let fixture = r#"
create table p (a int, b bigint, c int, primary key (a, b), key by_c (c));
create table c1 (x int, foreign key (x) references p (a));
create table c2 (x int, foreign key (x) references p (c));
create table c3 (x int, foreign key (x) references p (b));
create table c4 (x int, y bigint, foreign key (x, y) references p (a, b));
create table c5 (x int unsigned, y bigint, foreign key (x, y) references p (a, b));
"#;
    assert_snapshot!(check("mysql-8.4", fixture), @r"
    c4(x, y) -> p(a, b) as c4_ibfk_1
    unparsed-statement in line 3: no primary key or unique constraint of `p` covers `a`
    unparsed-statement in line 4: no primary key or unique constraint of `p` covers `c`
    unparsed-statement in line 5: `x` is `int` and cannot reference `b`, which is `bigint`
    unparsed-statement in line 7: `x` is `int unsigned` and cannot reference `a`, which is `int`
    ");
    assert_snapshot!(check("mysql-8.0", fixture), @r"
    c1(x) -> p(a) as c1_ibfk_1
    c2(x) -> p(c) as c2_ibfk_1
    c4(x, y) -> p(a, b) as c4_ibfk_1
    unparsed-statement in line 5: `x` is `int` and cannot reference `b`, which is `bigint`
    unparsed-statement in line 7: `x` is `int unsigned` and cannot reference `a`, which is `int`
    ");
}

// 3.7, 3.30
#[test]
fn checks_off_lets_foreign_keys_wait() {
    assert_snapshot!(check("mysql", r#"
create table c0 (a int, foreign key (a) references p (id));
/*!40014 SET @OLD_FOREIGN_KEY_CHECKS=@@FOREIGN_KEY_CHECKS, FOREIGN_KEY_CHECKS=0 */;
create table c (a int, foreign key (a) references p (id));
create table p (id int primary key);
/*!40014 SET FOREIGN_KEY_CHECKS=@OLD_FOREIGN_KEY_CHECKS */;
alter table p rename to q;
drop table q;
"#), @r"
    c(a) -> q(id) as c_ibfk_1
    unparsed-statement in line 2: `p` does not exist here
    unparsed-statement in line 8: `q` is still referenced by `c`
    ");
}

// 3.17, 3.18
#[test]
fn forms_of_alter_table() {
    let fixture = r#"
create table p (id int primary key);
create table c (a int);
alter table c add column (b int, d int, constraint f foreign key (b) references p (id)), add key by_d (d);
alter table c add column if not exists e int;
alter table c drop foreign key if exists nope;
alter table c modify a int not null comment 'foreign key (a) references p (id)', change b bb int;
alter table c drop foreign key F, drop column bb;
"#;
    assert_snapshot!(check("mysql", fixture), @r"
    no foreign keys
    unparsed-statement in line 6: the engine knows no `IF EXISTS` in `ALTER TABLE`
    ");
    assert_snapshot!(check("mariadb", fixture), @"no foreign keys");
}

// 3.4, 3.21, 3.22
#[test]
fn names_of_indexes_and_numbers() {
    let fixture = r#"
create table p (id int primary key);
create table c (a int, b int, constraint f foreign key i (a) references p (id), foreign key j (b) references p (id));
alter table c add constraint g foreign key k (a) references p (id), add column d int, add foreign key (d) references p (id);
"#;
    assert_snapshot!(check("mysql", fixture), @r"
    c(a) -> p(id) as f
    c(b) -> p(id) as c_ibfk_1
    c(a) -> p(id) as g
    c(d) -> p(id) as c_ibfk_2
    ");
    assert_snapshot!(check("mariadb-10.11", fixture), @r"
    c(a) -> p(id) as f
    c(b) -> p(id) as j
    c(a) -> p(id) as g
    c(d) -> p(id) as c_ibfk_1
    ");
}

// 3.28
#[test]
fn mariadb_drops_what_it_can() {
    let fixture = r#"
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
drop table c, nowhere;
"#;
    assert_snapshot!(check("mysql", fixture), @r"
    c(a) -> p(id) as f
    unparsed-statement in line 4: `nowhere` does not exist here
    ");
    assert_snapshot!(check("mariadb", fixture), @r"
    no foreign keys
    unparsed-statement in line 4: `nowhere` does not exist here
    ");
}

// 3.23, 3.25
#[test]
fn names_are_unique_in_the_database() {
    assert_snapshot!(check("mysql", r#"
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
create table d (a int, constraint F foreign key (a) references p (id));
create table e (a int, constraint a_name_of_sixty_five_characters_which_is_one_more_than_it_allows_ foreign key (a) references p (id));
"#), @r"
    c(a) -> p(id) as f
    unparsed-statement in line 4: there is a foreign key `F` already
    unparsed-statement in line 5: the name `a_name_of_sixty_five_characters_which_is_one_more_than_it_allows_` is too long for the engine
    ");
}

// 3.28, 3.31, 3.33
#[test]
fn drops() {
    assert_snapshot!(check("mysql", r#"
create table p (id int primary key);
create table c (a int, b int, constraint f foreign key (a) references p (id), constraint g foreign key (b) references p (id));
drop table p;
alter table c drop column a;
alter table c drop foreign key f, drop column a;
alter table c drop constraint g;
drop table p, c;
"#), @r"
    no foreign keys
    unparsed-statement in line 4: `p` is still referenced by `c`
    unparsed-statement in line 5: a foreign key of `c` needs `a`
    ");
}

// 3.35, 3.37
#[test]
fn renames() {
    assert_snapshot!(check("mysql", r#"
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id));
alter table c rename column a to b;
alter table p change id pid int;
rename table p to q, c to d;
alter table d rename e;
"#), @"e(b) -> q(pid) as e_ibfk_1");
}

// 3.42
#[test]
fn the_current_database_has_no_name() {
    assert_snapshot!(check("mysql", r#"
use app;
create table p (id int primary key);
create table app.c (a int, foreign key (a) references p (id));
"#), @"c(a) -> p(id) as c_ibfk_1");
}

// 3.37, 3.42
#[test]
fn a_database_may_be_written_and_left_out() {
    assert_snapshot!(check("mysql", "
create table app.p (id int primary key);
create table c (a int, b int);
alter table app.c add constraint f foreign key (a) references p (id);
alter table c add constraint g foreign key (b) references app.p (id);
alter table p rename column id to key_of_p;
create table other.p (id int primary key);
alter table p add x int;
"), @"
    c(a) -> app.p(key_of_p) as f
    c(b) -> app.p(key_of_p) as g
    ");
    assert_snapshot!(check("mysql", "
use app;
create table p (id int primary key);
create table other.c (a int, foreign key (a) references p (id));
alter table c add b int, add foreign key (b) references p (id);
"), @"
    no foreign keys
    unparsed-statement in line 4: `p` does not exist here
    unparsed-statement in line 5: `c` does not exist here
    ");
}

// 3.46, 3.47
#[test]
fn what_is_put_together_is_reported() {
    assert_snapshot!(check("mysql", r#"
DELIMITER //
create procedure add_keys() begin alter table c add constraint f foreign key (a) references p (id); end//
DELIMITER ;
call add_keys();
set @s = 'alter table c drop foreign key f';
prepare st from @s;
execute st;
"#), @"
    no foreign keys
    dynamic-sql in line 5: `add_keys` may change foreign keys when it is called
    unparsed-statement in line 7: `c` does not exist here
    ");
}

// 3.47
#[test]
fn what_the_data_decide_is_reported_with_its_tables() {
    assert_snapshot!(check("mysql", r#"
create table p (id int primary key);
create table c (a int);
create table d (a int);
set @n = (select count(*) from p);
set @s = if(@n = 0, 'alter table c add constraint f foreign key (a) references p (id)', 'do 0');
prepare st from @s;
execute st;
set @s = if(@n = 0, 'alter table d add column b int', 'do 0');
prepare st from @s;
execute st;
set @s = concat('alter table ', (select name from p), ' drop foreign key f');
prepare st from @s;
execute st;
select @t := 'c';
prepare st from @t;
set @s = if((select count(*) from information_schema.tables where table_schema = 'app' and table_name = 'd') = 1, 'drop table d, c', 'do 0');
prepare st from @s;
"#), @"
    no foreign keys
    dynamic-sql in line 7: the statement is put together when it runs (c)
    dynamic-sql in line 13: the statement is put together when it runs (any table)
    dynamic-sql in line 18: the statement is put together when it runs (c, d)
    ");
}

// The forms of drizzle-kit.
#[test]
fn forms_of_drizzle_kit() {
    assert_snapshot!(check("mysql", r#"
CREATE TABLE `users` (
	`id` varchar(64) NOT NULL,
	`email` varchar(255),
	CONSTRAINT `users_id` PRIMARY KEY(`id`),
	CONSTRAINT `users_email_unique` UNIQUE(`email`)
);
--> statement-breakpoint
CREATE TABLE `posts` (`id` int AUTO_INCREMENT NOT NULL, `uid` varchar(64), `at` timestamp DEFAULT (now()) ON UPDATE CURRENT_TIMESTAMP, CONSTRAINT PRIMARY KEY(`id`), CONSTRAINT `x` UNIQUE INDEX(`uid`));
--> statement-breakpoint
ALTER TABLE `posts` ADD CONSTRAINT `posts_uid_users_id_fk` FOREIGN KEY (`uid`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `posts` DROP FOREIGN KEY `posts_uid_users_id_fk`;
--> statement-breakpoint
ALTER TABLE `posts` ADD CONSTRAINT `posts_uid_users_id_fkey` FOREIGN KEY (`uid`) REFERENCES `users`(`id`) ON DELETE SET NULL
"#), @"posts(uid) -> users(id) on delete set null as posts_uid_users_id_fkey");
}

// 3.11, 3.12
#[test]
fn words_about_checking() {
    let sequence = "
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id) match full on delete cascade);
create table d (a int, foreign key (a) references p (id) deferrable);
create table e (a int, foreign key (a) references p (id) not enforced);
";
    assert_snapshot!(check("mysql", sequence), @"
    c(a) -> p(id) on delete cascade as c_ibfk_1
    unparsed-statement in line 4: MySQL checks foreign keys at once, and knows no words about that
    unparsed-statement in line 5: MySQL checks foreign keys at once, and knows no words about that
    ");
    assert_snapshot!(check("mysql-5.7", sequence), @"
    c(a) -> p(id) as c_ibfk_1
    unparsed-statement in line 4: MySQL checks foreign keys at once, and knows no words about that
    unparsed-statement in line 5: MySQL checks foreign keys at once, and knows no words about that
    ");
}

// 3.1
#[test]
fn inline_references_that_are_refused() {
    let sequence = "
create table p (id int primary key);
create table c (a int, b int);
alter table c modify a int references p (id);
alter table c add d int constraint f references p (id);
";
    assert_snapshot!(check("mysql-9.0", sequence), @"
    no foreign keys
    unparsed-statement in line 4: a column cannot be changed with `REFERENCES`
    unparsed-statement in line 5: the engine knows no name for `REFERENCES` after a column
    ");
    assert_snapshot!(check("mariadb", sequence), @"
    c(d) -> p(id) as f
    unparsed-statement in line 4: a column cannot be changed with `REFERENCES`
    ");
}

// 3.1
#[test]
fn forgotten_references_follow_their_column() {
    assert_snapshot!(check("mysql", "
create table p (id int primary key);
create table c (a int references p (id), b int references p (id), d int references p (id));
alter table c rename column a to x;
alter table c modify x int not null;
alter table c drop column b;
alter table c add d int references q (id);
rename table c to e;
"), @"
    no foreign keys
    unparsed-statement in line 7: `c` has a column `d` already
    ignored: references p (id)
    ignored: references p (id)
    ");
}

// 3.9, 3.36
#[test]
fn set_null_needs_columns_that_take_null() {
    let sequence = "
create table p (id int primary key, x int, unique (id, x));
create table c (a int not null, b int, key_of_c int primary key);
alter table c add foreign key (a) references p (id) on delete set null;
alter table c add foreign key (a) references p (id) on update set null;
alter table c add foreign key (key_of_c) references p (id) on delete set null;
alter table c add foreign key (b, a) references p (id, x) on delete set null;
alter table c add foreign key (b) references p (id) on delete set null;
alter table c modify b int not null;
alter table c modify b int comment 'still null';
";
    for engine in ["mysql", "mariadb"] {
        insta::allow_duplicates! {
            assert_snapshot!(check(engine, sequence), @"
            c(b) -> p(id) on delete set null as c_ibfk_1
            unparsed-statement in line 4: `SET NULL` needs `a`, which is `NOT NULL`, to take NULL
            unparsed-statement in line 5: `SET NULL` needs `a`, which is `NOT NULL`, to take NULL
            unparsed-statement in line 6: `SET NULL` needs `key_of_c`, which is `NOT NULL`, to take NULL
            unparsed-statement in line 7: `SET NULL` needs `a`, which is `NOT NULL`, to take NULL
            ");
        }
    }
}

// 3.24
#[test]
fn mariadb_names_foreign_keys_by_table_since_12_1() {
    let fixture = "
create table p (id int primary key);
create table c (a int, b int, foreign key (a) references p (id), constraint f foreign key (b) references p (id));
create table d (a int, constraint f foreign key (a) references p (id), foreign key (a) references p (id));
alter table c add foreign key (b) references p (id), add constraint f foreign key (a) references p (id);
alter table c add foreign key (b) references p (id) on delete cascade;
rename table c to e;
";
    assert_snapshot!(check("mariadb-12.1", fixture), @"
    e(a) -> p(id) as 1
    e(b) -> p(id) as f
    d(a) -> p(id) as f
    d(a) -> p(id) as 1
    e(b) -> p(id) on delete cascade as 2
    unparsed-statement in line 5: there is a foreign key `f` already
    ");
    assert_snapshot!(check("mariadb-12.0", fixture), @"
    e(a) -> p(id) as e_ibfk_1
    e(b) -> p(id) as f
    e(b) -> p(id) on delete cascade as e_ibfk_2
    unparsed-statement in line 4: there is a foreign key `f` already
    unparsed-statement in line 5: there is a foreign key `f` already
    ");
}

// 3.10, 3.16
#[test]
fn actions_and_generated_columns() {
    let fixture = "
create table p (id int primary key);
create table c (a int default 1, foreign key (a) references p (id) on delete set default);
create table d (a int, g int as (a) virtual, foreign key (g) references p (id));
create table e (a int, g int as (a) stored, foreign key (g) references p (id) on delete cascade);
create table f (a int, g int as (a) stored, foreign key (g) references p (id) on delete set null);
";
    assert_snapshot!(check("mysql-5.7", fixture), @"
    e(g) -> p(id) on delete cascade as e_ibfk_1
    unparsed-statement in line 3: the engine knows no `SET DEFAULT`
    unparsed-statement in line 4: `g` is a generated column
    unparsed-statement in line 6: `g` is a generated column
    ");
    assert_snapshot!(check("mysql-8.0", fixture), @"
    c(a) -> p(id) on delete set default as c_ibfk_1
    e(g) -> p(id) on delete cascade as e_ibfk_1
    unparsed-statement in line 4: `g` is a generated column
    unparsed-statement in line 6: `g` is a generated column
    ");
    assert_snapshot!(check("mariadb-10.11", fixture), @"
    c(a) -> p(id) on delete restrict as c_ibfk_1
    d(g) -> p(id) as d_ibfk_1
    e(g) -> p(id) on delete cascade as e_ibfk_1
    unparsed-statement in line 6: `g` is a generated column
    ");
}

// 3.18, 3.31, 3.35
#[test]
fn what_mysql_has_not() {
    let fixture = "
create table p (id int primary key);
create table c (a int, b int, constraint f foreign key (a) references p (id));
alter table if exists c add constraint g foreign key (b) references p (id);
alter table c drop constraint if exists f;
alter table c rename column a to x;
alter table c drop constraint f;
rename table if exists c to d;
";
    assert_snapshot!(check("mysql-5.7", fixture), @"
    c(a) -> p(id) as f
    unparsed-statement in line 4: the engine knows no `IF EXISTS` in `ALTER TABLE`
    unparsed-statement in line 5: the engine knows no `IF EXISTS` in `ALTER TABLE`
    unparsed-statement in line 7: the engine knows no `DROP CONSTRAINT`
    unparsed-statement in line 8: the engine knows no `IF EXISTS` in `RENAME TABLE`
    ");
    assert_snapshot!(check("mysql-8.4", fixture), @"
    no foreign keys
    unparsed-statement in line 4: the engine knows no `IF EXISTS` in `ALTER TABLE`
    unparsed-statement in line 5: the engine knows no `IF EXISTS` in `ALTER TABLE`
    unparsed-statement in line 8: the engine knows no `IF EXISTS` in `RENAME TABLE`
    ");
    assert_snapshot!(check("mariadb-10.11", fixture), @"
    d(b) -> p(id) as g
    unparsed-statement in line 7: `c` has no constraint `f` here
    ");
}

// 3.20, 3.23, 3.38
#[test]
fn what_mysql_does_otherwise() {
    let fixture = "
create table p (id int primary key);
create table t (id int primary key, foreign key (id) references t (id));
create table c (a int, b int, constraint f check (a > 0), constraint f foreign key (a) references p (id), foreign key (a) references p (id));
alter table c add foreign key (b) references p (id), rename to d;
";
    assert_snapshot!(check("mysql-5.7", fixture), @"
    d(b) -> p(id) as d_ibfk_1
    unparsed-statement in line 3: `id` would reference itself
    ");
    assert_snapshot!(check("mysql-8.4", fixture), @"
    d(a) -> p(id) as f
    d(a) -> p(id) as d_ibfk_1
    d(b) -> p(id) as d_ibfk_2
    unparsed-statement in line 3: `id` would reference itself
    ");
    assert_snapshot!(check("mariadb-10.11", fixture), @"
    t(id) -> t(id) as t_ibfk_1
    unparsed-statement in line 4: there is a check `f` already
    unparsed-statement in line 5: `c` does not exist here
    ");
}

// 3.35
#[test]
fn types_stay_under_foreign_keys() {
    let sequence = "
create table p (id int primary key, x int);
create table c (a int, b int, foreign key (a) references p (id));
set foreign_key_checks = 0;
alter table c modify a bigint, add foreign key (b) references p (id);
alter table p modify id int unsigned, add foreign key (x) references c (a);
alter table c modify a integer not null;
alter table c change a z int;
alter table c drop foreign key c_ibfk_1, modify z bigint, add unique (z);
alter table p add foreign key (x) references c (z);
";
    for engine in ["mysql-5.7", "mysql", "mariadb-10.11"] {
        insta::allow_duplicates! {
            assert_snapshot!(check(engine, sequence), @"
            no foreign keys
            unparsed-statement in line 5: `a` takes part in a foreign key and keeps its type
            unparsed-statement in line 6: `id` takes part in a foreign key and keeps its type
            unparsed-statement in line 10: `x` is `int` and cannot reference `z`, which is `bigint`
            ");
        }
    }
}

#[test]
fn one_statement_names_a_column_once() {
    let sequence = "
create table p (id int primary key);
create table c (a int, b int, foreign key (a) references p (id), constraint f foreign key (b) references p (id));
alter table c rename column a to b, rename column B to a;
alter table c modify a int, rename column a to x, drop foreign key f;
alter table c drop column b, drop foreign key c_ibfk_1;
drop table c, c;
";
    for engine in ["mysql", "mariadb"] {
        insta::allow_duplicates! {
            assert_snapshot!(check(engine, sequence), @"
            c(a) -> p(id) as f
            unparsed-statement in line 5: two actions concern the column `a`
            unparsed-statement in line 7: `c` stands twice in the list
            ");
        }
    }
}

// 3.32
#[test]
fn indexes_stay_for_foreign_keys() {
    let sequence = "
create table p (id int primary key, x int, unique u (x));
create table c (a int, key k (a), foreign key (a) references p (id), b int, constraint f foreign key (b) references p (x));
alter table p drop primary key;
drop index u on p;
alter table c drop index k, add constraint h foreign key (b) references p (id);
alter table c drop index k, add key l (a), add constraint i foreign key (b) references p (id);
alter table p add unique v (x), drop index u;
set foreign_key_checks = 0;
alter table p drop primary key, add constraint j foreign key (id) references p (x);
";
    for engine in ["mysql", "mariadb"] {
        insta::allow_duplicates! {
            assert_snapshot!(check(engine, sequence), @"
            c(a) -> p(id) as c_ibfk_1
            c(b) -> p(x) as f
            c(b) -> p(id) as i
            p(id) -> p(x) as j
            unparsed-statement in line 4: a foreign key of `c` needs `id` as it is
            unparsed-statement in line 5: a foreign key of `c` needs `x` as it is
            unparsed-statement in line 6: a foreign key of `c` needs `a` as it is
            ");
        }
    }
}

// 3.7
#[test]
fn names_that_foreign_keys_wait_for_go_to_tables_that_fit() {
    let sequence = "
set foreign_key_checks = 0;
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id));
drop table p;
create table q (id bigint primary key);
rename table q to p;
create table r (other int primary key);
alter table r rename to p;
create table p (id bigint primary key);
create table d (b bigint, foreign key (b) references p (id));
";
    assert_snapshot!(check("mysql", sequence), @"
    c(a) -> p(id) as c_ibfk_1
    d(b) -> p(id) as d_ibfk_1
    unparsed-statement in line 9: `p` exists already
    ");
    assert_snapshot!(check("mariadb", sequence), @"
    c(a) -> p(id) as c_ibfk_1
    d(b) -> p(id) as d_ibfk_1
    unparsed-statement in line 7: `a` is `int` and cannot reference `id`, which is `bigint`
    unparsed-statement in line 9: no primary key or unique constraint of `p` covers `id`
    ");
}

#[test]
fn mariadb_copies_what_drop_constraint_drops() {
    let sequence = "
create table p (id int primary key);
create table c (a int, b int, constraint f foreign key (a) references p (id));
alter table c drop constraint f, add constraint g foreign key (b) references p (id);
alter table c drop foreign key g, add constraint h foreign key (b) references p (id);
";
    assert_snapshot!(check("mysql", sequence), @"c(b) -> p(id) as h");
    assert_snapshot!(check("mariadb-10.11", sequence), @"
    c(a) -> p(id) as f
    c(b) -> p(id) as h
    ");
}

#[test]
fn mariadb_lets_no_null_cascade_to_columns_that_take_none() {
    let sequence = "
create table p (id int unique, x int not null unique);
create table c (a int not null, b int);
alter table c add constraint f foreign key (a) references p (id) on update cascade;
alter table c add constraint g foreign key (a) references p (id) on update cascade on delete no action;
alter table c add constraint h foreign key (a) references p (x) on update cascade;
alter table p modify x int, add constraint i foreign key (x) references p (id);
";
    assert_snapshot!(check("mysql", sequence), @"
    c(a) -> p(id) on update cascade as f
    c(a) -> p(id) on update cascade as g
    c(a) -> p(x) on update cascade as h
    p(x) -> p(id) as i
    ");
    assert_snapshot!(check("mariadb-10.11.19", sequence), @"
    c(a) -> p(id) on update cascade as g
    c(a) -> p(x) on update cascade as h
    unparsed-statement in line 4: `a` takes no NULL, which `id` may get
    unparsed-statement in line 7: a foreign key of `c` needs `x` as it is
    ");
}

#[test]
fn mariadb_keeps_the_parts_of_keys() {
    let sequence = "
create table p (id int primary key);
create table c (a int, b int, d int, unique u (a, b));
alter table c drop column a, add constraint f foreign key (b) references p (id);
alter table c drop column a, drop index u, add constraint g foreign key (b) references p (id);
";
    assert_snapshot!(check("mysql", sequence), @"
    c(b) -> p(id) as f
    unparsed-statement in line 5: `c` has no column `a` here
    ");
    assert_snapshot!(check("mariadb", sequence), @"
    c(b) -> p(id) as g
    unparsed-statement in line 4: a key of `c` needs `a`
    ");
}

#[test]
fn foreign_keys_of_one_alter_are_counted_as_written() {
    assert_snapshot!(check("mariadb", "
create table p (id int primary key);
create table c (a int);
alter table c add foreign key (a) references p (id), add column b int references p (id);
"), @"
    c(a) -> p(id) as c_ibfk_1
    c(b) -> p(id) as c_ibfk_2
    ");
}

// 3.7
#[test]
fn mysql_makes_no_table_that_foreign_keys_wait_for_in_vain() {
    let sequence = "
set foreign_key_checks = 0;
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id));
drop table p;
create table p (id bigint primary key);
set foreign_key_checks = 1;
create table d (a bigint, foreign key (a) references p (id));
";
    assert_snapshot!(check("mysql", sequence), @"
    c(a) -> p(id) as c_ibfk_1
    unparsed-statement in line 8: `p` does not exist here
    ");
    assert_snapshot!(check("mariadb", sequence), @"
    c(a) -> p(id) as c_ibfk_1
    d(a) -> p(id) as d_ibfk_1
    ");
}

// MariaDB looks at the other column as it was, and at `ON DELETE` unless it copies the table.
#[test]
fn cascades_of_null_are_refused_where_a_column_changes() {
    assert_snapshot!(check("mariadb-10.11.14", "
create table r (x int, foreign key (x) references r (x) on update cascade);
alter table r modify x int not null;
create table p (id int primary key, a int not null unique);
create table c (x int not null, foreign key (x) references p (a) on delete cascade on update cascade);
alter table p modify a int null, algorithm=copy;
alter table p modify a int null;
create table q (a int not null unique);
create table d (x int not null, foreign key (x) references q (a) on delete cascade on update cascade);
alter table q modify a int null;
"), @"
    r(x) -> r(x) on update cascade as r_ibfk_1
    c(x) -> p(a) on delete cascade on update cascade as c_ibfk_1
    d(x) -> q(a) on delete cascade on update cascade as d_ibfk_1
    unparsed-statement in line 3: a foreign key of `r` needs `x` as it is
    unparsed-statement in line 6: a foreign key of `c` needs `a` as it is
    unparsed-statement in line 10: a foreign key of `d` needs `a` as it is
    ");
}

// The index that is made for a foreign key takes the place of an older one on the same columns.
#[test]
fn an_index_made_for_a_foreign_key_replaces_another() {
    let fixture = "
create table p (x int, y int, key (x, y));
create table c (a int, b int, constraint f foreign key (a) references p (x));
";
    let wider = "alter table c drop foreign key f;
alter table c add constraint f foreign key (a, b) references p (x, y);
";
    assert_snapshot!(check("mariadb", &format!("{fixture}{wider}")), @"c(a, b) -> p(x, y) as f");
    let equal = "alter table c add constraint g foreign key (a) references p (x);
";
    let taken = "alter table c drop foreign key f;
alter table c add constraint f foreign key (b) references p (x);
";
    assert_snapshot!(check("mariadb", &format!("{fixture}{taken}")), @"
    no foreign keys
    unparsed-statement in line 5: there is an index `f` already
    ");
    assert_snapshot!(check("mariadb", &format!("{fixture}{equal}{taken}")), @"
    c(a) -> p(x) as g
    c(b) -> p(x) as f
    ");
}

// A copy cannot take the place of a table that lacks what foreign keys point at.
#[test]
fn a_table_that_lacks_referenced_columns_is_not_copied() {
    let fixture = "
set foreign_key_checks = 0;
create table t (a int primary key);
create table u (x int, foreign key (x) references t (a));
drop table t;
create table t (b int primary key, c int, key (c));
alter table t rename column c to d;
alter table t modify d bigint;
create table v (d bigint, e int, foreign key (d) references t (d), foreign key (e) references t (d));
";
    assert_snapshot!(check("mariadb", fixture), @"
    u(x) -> t(a) as u_ibfk_1
    unparsed-statement in line 8: a foreign key of `u` needs `a` as it is
    unparsed-statement in line 9: `d` is `bigint` and cannot reference `d`, which is `int`
    ");
    assert_snapshot!(check_in_use("mariadb", fixture), @"
    u(x) -> t(a) as u_ibfk_1
    unparsed-statement in line 9: `e` is `int` and cannot reference `d`, which is `bigint`
    ");
}
