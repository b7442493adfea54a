-- # 2.51 names fold, quotes keep
create table "Users" (id int primary key, "Id" int unique);
create table USERS (ID int primary key);
create table c (A int references "Users", "B" int references Users, "C" int references "Users" ("Id"), "d""e" int references "users" ("id"));
alter table C drop constraint "c_B_fkey";
alter table c drop constraint C_A_fkey;
alter table "C" add x int;

-- # 2.51 words that begin types, columns and constraints
create table p (id int primary key, no int, restrict int, match int unique, "not" int, valid int, enforced int, period int unique, partition int, of int, like_ int, inherits int, include int, index int unique, comment int, storage int, compression int, visible int);
create table c (period int references p (period), index int references p (index), match int references p (match), action int references p on update no action, restrict int);
alter table c add foreign key (period) references p (period);
alter table c rename column index to column_;
alter table c rename column column_ to constraint_;
alter table p drop column restrict, drop if_exists;
alter table p drop column if exists no;

-- # 2.51 letters that are not of ASCII
create table "Größe" (id int primary key);
create table größe2 (ÄB int references "Größe", "ñ" int references "Größe", 日本 int references "Größe");
create table ÀB (x int);
create table "àB" (x int);
alter table ÄÖ rename to x;

-- # 2.51 spaces, dots and quotes in names
create schema "my schema";
create table "my schema"."my.table" ("my id" int primary key, """" int unique);
create table "c.d" ("a b" int references "my schema"."my.table", "x,y" int references "my schema"."my.table" (""""));
alter table "c.d" rename constraint "c.d_a b_fkey" to "x ""y"" z";

-- # 2.51 comments and newlines between all words
create/**/table p(id/* int */int primary/*
*/key);
create table c (a--x
int references-- y
p--z
on/*;*/delete/* restrict */cascade);
alter table/* c */only c add/**/foreign/* key */key(a)references p;

-- # 2.52 the first schema that has it
create schema a;
create schema b;
create table b.p (id int primary key);
create table public.q (id int primary key);
set search_path = nowhere, a, b, public;
create table c (x int references p, y int references q);
create table a.p (id int primary key);
create table d (x int references p);
create schema nowhere;
create table e (x int references p);
alter table c add foreign key (y) references p;
drop table p;
create table f (x int references p);

-- # 2.53 settings of the database and of roles are for later
create schema s;
alter database postgres set search_path = s;
alter role drift set search_path = s;
create table a (x int);
alter role drift reset search_path;
alter database postgres reset search_path;
set local search_path_nope = s;
create table b (x int);

-- # 2.54 the referenced table is looked up on the path
create schema s;
create table s.p (id int primary key);
create table p (id int primary key);
create table s.c (a int references p, b int references s.p);
create table s.only_there (id int primary key);
create table s.d (a int references only_there);
alter table s.c add foreign key (a) references s.only_there;
alter table c add foreign key (a) references s.p;

-- # 2.54 the name of the database
create table postgres.public.p (id int primary key);
create table c (a int references postgres.public.p);
alter table postgres.public.c rename to d;

-- # 2.54 indexes are found on the path
create schema s;
create table s.p (id int primary key);
create unique index i on s.p (id);
drop index i;
drop index s.i;
create table p (id int);
create unique index i on p (id);
create unique index if not exists i on s.p (id);
alter index s.i rename to j;
set search_path = s, public;
drop index j;
drop index i;

-- # catalogs of the system
create table c (a oid);
alter table c add foreign key (a) references pg_class;
alter table c add foreign key (a) references pg_catalog.pg_class (oid);
create table pg_catalog.x (a int);
