-- # 2.51 names fold, quotes keep
create table "Users" (id int primary key, "Id" int unique);
create table USERS (ID int primary key);
create table c (A int references "Users", "B" int references Users, "C" int references "Users" ("Id"), "d""e" int references "users" ("id"));
alter table C drop constraint "c_B_fkey";
alter table c drop constraint C_A_fkey;
alter table "C" add x int;

-- # 2.51 U& names
create table U&"d\0061ta" (id int primary key);
create table c (U&"\0061b" int references data, U&"x!0061" uescape '!' int, U&"\+000062" int references data);
create table U&"a""b" (x int);

-- # 2.51 keywords as names
create table "user" (id int primary key, "order" int unique, "table" int);
create table "references" ("foreign" int references "user", "constraint" int references "user" ("order"), "primary" int, "unique" int, "check" int);
create table type (name text, key int primary key, value int references type, action int, cascade int, action2 int references type on delete set null);
create table session (id int primary key, user_id int references "user", at timestamp, role text, level int, date date, timestamp timestamp, "time" time);

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

-- # 2.52 nowhere to create
set search_path = nowhere;
create table c (a int);
set search_path = '';
create table d (a int);
create table public.e (a int);
create schema nowhere;
create table f (a int);
set search_path to nowhere;
create table g (a int);

-- # 2.53 every way to set the path
create schema s;
create schema "T";
set search_path = s;
create table a1 (x int);
set session search_path to "T", s;
create table a2 (x int);
set search_path = 's';
create table a3 (x int);
set search_path to 's, public';
create table a4 (x int);
set search_path to DEFAULT;
create table a5 (x int);
set schema 's';
create table a6 (x int);
reset search_path;
create table a7 (x int);
set search_path = S, PUBLIC;
create table a8 (x int);
reset all;
create table a9 (x int);
select pg_catalog.set_config('search_path', '', false);
create table a10 (x int);
create table s.a11 (x int);
discard all;
create table a12 (x int);

-- # 2.53 set_config with quotes and folding
create schema s;
create schema "T";
select set_config('search_path', '"T", public', false);
create table a1 (x int);
select set_config('search_path', 'S', false);
create table a2 (x int);
select set_config('search_path', '"$user",s', false), 1;
create table a3 (x int);
select set_config('statement_timeout', '0', false);
create table a4 (x int);

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

-- # a temporary schema on the path
create table p (id int primary key);
set search_path = pg_temp, public;
create table t (id int primary key);
create table p (id int primary key);
create table public.c (a int references public.p);
set search_path = public, pg_temp;
create table d (a int references p);

-- # catalogs of the system
create table c (a oid);
alter table c add foreign key (a) references pg_class;
alter table c add foreign key (a) references pg_catalog.pg_class (oid);
create table pg_catalog.x (a int);
