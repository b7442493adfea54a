-- # P1: inline, table level, self reference
create table authors (id bigint generated always as identity primary key, mentor_id bigint references authors on delete set null);
create table books (id int primary key, author_id bigint not null references authors, editor_id bigint, constraint books_editor foreign key (editor_id) references authors (id) on delete cascade on update restrict);

-- # P2: name collision across tables of the schema
create table authors (id int primary key);
create table book_author (id int references authors);
create table book (author_id int references authors);

-- # P3: 63-byte names
create table authors (id int primary key);
create table editorial_board_member_assignments (editorial_board_member_identifier int references authors, check (true));

-- # P4: passes of one ALTER TABLE
create table authors (id int primary key);
create table books (id int primary key, author_id int constraint books_author references authors);
alter table books add constraint books_author foreign key (author_id) references authors on delete cascade, drop constraint books_author, add constraint books_reader foreign key (reader_id) references authors, add column reader_id int;

-- # P5: DROP IF EXISTS with the ORM's name, the database has another: two FKs now
create table authors (id int primary key);
create table books (id int primary key, author_id int references authors);
alter table books drop constraint if exists books_author_id_authors_id_fk;
alter table books add constraint books_author_id_authors_id_fk foreign key (author_id) references authors (id) on delete cascade;

-- # P6: the guarded ADD does not change an existing one
create table authors (id int primary key);
create table books (id int primary key, author_id int, constraint books_author foreign key (author_id) references authors);
do $$ begin
  alter table books add constraint books_author foreign key (author_id) references authors on delete cascade;
exception when duplicate_object then null; end $$;

-- # P7: renames: the FK follows, its name does not
create table authors (id int primary key);
create table books (id int primary key, author_id int references authors on delete cascade);
alter table authors rename to people;
alter table people rename column id to person_id;
alter table books rename column author_id to person_id;
alter table books rename to volumes;

-- # P8: swap
create table authors (id int primary key);
create table authors_v2 (id int primary key);
create table books (author_id int references authors);
alter table authors rename to authors_old;
alter table authors_v2 rename to authors;

-- # P9: cascade goes one level
create table authors (id int primary key);
create table books (id int primary key, author_id int references authors);
create table pages (book_id int references books);
drop table authors cascade;

-- # P10: partitions
create table authors (id int primary key);
create table sales (author_id int constraint sales_author references authors on delete cascade, day date not null) partition by range (day);
create table sales_2024 partition of sales for values from ('2024-01-01') to ('2025-01-01');
create table sales_old (author_id int constraint mine references authors on delete cascade, day date not null);
alter table sales attach partition sales_old for values from ('2020-01-01') to ('2024-01-01');
alter table sales detach partition sales_2024;

-- # P11: search_path
create schema shop;
create table authors (id int primary key);
create table shop.authors (id int primary key);
set search_path = shop, public;
create table books (author_id int references authors, reviewer_id int references public.authors);

-- # P12: transaction with an error
create table authors (id int primary key);
create table books (author_id int references authors);
begin;
alter table books drop constraint books_author_id_fkey;
alter table books add constraint books_author_id_fkey foreign key (author_id) references authorz;
commit;

-- # P13: column list, NOT VALID, type change
create table authors (id int primary key);
create table tenants (t int, id int, primary key (t, id));
create table notes (t int not null, owner int);
alter table notes add constraint notes_owner foreign key (t, owner) references tenants on delete set null (owner) not valid;
alter table notes rename column owner to owner_id;
alter table notes alter column owner_id type bigint;

-- # P14: pg_dump with COPY data
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.authors (id integer NOT NULL, bio text);
CREATE TABLE public.books (author_id integer);
COPY public.authors (id, bio) FROM stdin;
1	x; ALTER TABLE public.books DROP CONSTRAINT b; $$
\.
ALTER TABLE ONLY public.authors ADD CONSTRAINT authors_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.books
    ADD CONSTRAINT books_author_id_fkey FOREIGN KEY (author_id) REFERENCES public.authors(id) ON DELETE CASCADE;
