-- # M1: inline, named, index name
create table authors (id int primary key);
create table books (id int primary key, author_id int references authors (id), editor_id int, reader_id int, foreign key ed_idx (editor_id) references authors (id) on delete cascade, constraint books_reader foreign key (reader_id) references authors (id));

-- # M2: numbers and renames
create table authors (id int primary key);
create table books (a int, b int, e int, foreign key (a) references authors (id), constraint books_ibfk_5 foreign key (b) references authors (id));
alter table books add foreign key (e) references authors (id) on delete set null;
alter table books drop foreign key books_ibfk_1;
rename table books to volumes;

-- # M3: drop and add of one name in one statement fails, two statements work
create table authors (id int primary key);
create table books (author_id int, constraint books_author foreign key (author_id) references authors (id));
alter table books drop foreign key books_author, add constraint books_author foreign key (author_id) references authors (id) on delete cascade;
alter table books drop foreign key books_author;
alter table books add constraint books_author foreign key (author_id) references authors (id) on delete set null;

-- # M4: checks off: drop and re-create the parent
create table authors (id int primary key);
create table books (author_id int, constraint books_author foreign key (author_id) references authors (id) on delete cascade);
set foreign_key_checks = 0;
create table authors_new (id int primary key, bio text);
drop table authors;
rename table authors_new to authors;
set foreign_key_checks = 1;

-- # M5: one ALTER with ADD FOREIGN KEY and RENAME
create table authors (id int primary key);
create table books (author_id int, editor_id int, constraint books_author foreign key (author_id) references authors (id));
alter table books add constraint books_editor foreign key (editor_id) references authors (id), rename to volumes;

-- # M6: no list
create table authors (id int primary key, author_id int not null unique);
create table books (author_id int, foreign key (author_id) references authors);

-- # M7: executable comments
create table authors (id int primary key);
create table books (a int, b int /*!50000 , constraint x foreign key (a) references authors (id) */ /*!80000 , constraint y foreign key (b) references authors (id) */ /*M! , constraint z foreign key (a) references authors (id) on delete cascade */);

-- # M8: DDL survives ROLLBACK
create table authors (id int primary key);
start transaction;
create table books (author_id int, constraint books_author foreign key (author_id) references authors (id));
rollback;

-- # M9: MyISAM
create table authors (id int primary key);
create table books (author_id int, constraint books_author foreign key (author_id) references authors (id)) engine=MyISAM;
alter table books engine=InnoDB;
