-- # S1: lazy and by name
create table books (id integer primary key, author_id integer references authors on delete cascade);
create table authors (id integer primary key);

-- # S2: right order
create table authors (id integer primary key);
create table books (id integer primary key, author_id integer references authors (id));
create table reviews (book_id integer references books (id) on delete cascade);
pragma foreign_keys = off;
create table __new_books (id integer primary key, author_id integer, foreign key (author_id) references authors (id) on delete set null);
insert into __new_books select * from books;
drop table books;
alter table __new_books rename to books;

-- # S3: wrong order: reviews is left behind
create table authors (id integer primary key);
create table books (id integer primary key);
create table reviews (book_id integer references books (id) on delete cascade);
alter table books rename to books_old;
create table books (id integer primary key, title text);
drop table books_old;

-- # S4: the same with legacy_alter_table
create table authors (id integer primary key);
pragma legacy_alter_table = on;
create table books (id integer primary key);
create table reviews (book_id integer references books (id) on delete cascade);
alter table books rename to books_old;
create table books (id integer primary key, title text);
drop table books_old;

-- # S5: drop column
create table authors (id integer primary key);
create table books (id integer primary key, a integer references authors, b integer, foreign key (b) references authors (id));
alter table books drop column a;
alter table books drop column b;

-- # S6: rename column on both sides
create table authors (id integer primary key);
create table books (author_id integer references authors (id), editor_id integer references authors);
alter table authors rename column id to author_no;
alter table books rename column author_id to writer;

-- # S7: last action wins, MATCH and ON INSERT are noise
create table authors (id integer primary key);
create table books (author_id integer references authors match full on insert cascade on delete cascade on delete restrict deferrable);

-- # S8: unsupported statements
create table authors (id integer primary key);
create table books (author_id integer);
alter table books add constraint f foreign key (author_id) references authors (id);
drop table authors, books;

-- # S9: DROP CONSTRAINT: 3.54+ only
create table authors (id integer primary key);
create table books (author_id integer constraint books_author references authors (id));
alter table books drop constraint books_author;
