-- # 2.1 no list: the primary key in the order of its clause
create table p (a int, b int, primary key (b, a));
create table c (x int, y int, foreign key (x, y) references p);

-- # 2.1 no primary key to take
create table p (id int unique);
create table c (x int references p);
create table d (x int);
alter table d add foreign key (x) references p;

-- # 2.1 the primary key has more columns, or fewer
create table p (a int, b int, primary key (a, b));
create table q (id int primary key);
create table c (x int references p);
create table d (x int, y int, foreign key (x, y) references q);
create table e (x int, y int, foreign key (x, y) references p (a));

-- # 2.1 resolved at once: a later key changes nothing
create table p (id int primary key, other int unique);
create table c (x int references p);
alter table p drop constraint p_pkey cascade;
alter table p add primary key (other);
create table d (x int references p);

-- # 2.2 a unique constraint in another order
create table p (a int, b int, unique (a, b));
create table c (x int, y int, foreign key (x, y) references p (b, a));

-- # 2.2 a plain unique index will do
create table p (a int, b int);
create unique index on p (a);
create unique index p_both on p using btree (b desc nulls last, a);
create table c (x int references p (a), y int, foreign key (x, y) references p (a, b));

-- # 2.2 a partial index will not, nor one of an expression, nor one that is not unique
create table p (a int, b text);
create unique index p_a on p (a) where a > 0;
create unique index p_b on p (lower(b));
create index p_plain on p (a);
create table c (x int references p (a));
create table d (x text references p (b));

-- # 2.2 columns that an index only includes are none of its key
create table p (a int, b int);
create unique index p_a on p (a) include (b);
create table c (x int references p (a));
create table d (x int, y int, foreign key (x, y) references p (a, b));

-- # 2.2 a unique constraint with included columns
create table p (a int, b int, unique (a) include (b), constraint k primary key (b) include (a));
create table c (x int references p (a), y int references p);
create table d (x int, y int, foreign key (x, y) references p (a, b));

-- # 2.2 a deferrable key is no target
create table p (id int primary key deferrable, code int unique deferrable initially deferred, other int unique initially immediate);
create table c (x int references p);
create table d (x int references p (code));
create table e (x int references p (other));
create table f (x int references p (id));

-- # 2.2 a deferrable key beside one that is not
create table p (id int, constraint u unique (id) deferrable, constraint v unique (id));
create table c (x int references p (id));
alter table p drop constraint u;
alter table p drop constraint v;

-- # 2.2 not deferrable, written out
create table p (id int primary key not deferrable, code int, constraint u unique (code) not deferrable);
create table c (x int references p, y int references p (code));

-- # 2.2 a subset or a superset of a key
create table p (a int, b int, d int unique, primary key (a, b));
create table c (x int references p (a));
create table e (x int, y int, foreign key (x, y) references p (a, d));
create table f (x int, y int, foreign key (x, y) references p (a, b));

-- # 2.2 a view is no target
create table p (id int primary key);
create view v as select id from p;
create materialized view m as select id from p;
create table c (x int references v (id));
create table d (x int references m (id));
create table e (x int references v);

-- # 2.2 uniques with nulls not distinct
create table p (id int, unique nulls not distinct (id));
create unique index on p (id) nulls not distinct;
create table c (x int references p (id));

-- # 2.3 the referenced table must be there
create table c (id int, x int references p);
create table d (id int, x int);
alter table d add column y int references p (id), add column z int;
create table p (id int primary key);

-- # 2.3 a reference of a table onto itself
create table c (id int primary key, x int references c, y int, foreign key (y) references c (id) on delete cascade);
create table d (x int references d (k), k int unique);
create table e (x int references e);
create table f (a int, b int, c int, d int, primary key (a, b), foreign key (c, d) references f);

-- # 2.4 names of constraints in a column
create table p (id int primary key);
create table q (id int primary key);
create table c (
  a int constraint f references p constraint nn not null constraint g references q,
  b int references p references q,
  d int constraint k unique constraint l references p on delete cascade constraint m check (d > 0) default 3
);

-- # 2.4 a column has no FOREIGN KEY of its own
create table p (id int primary key);
create table c (a int foreign key references p);
create table d (a int);

-- # 2.5 attributes in any order
create table p (id int primary key);
create table c (
  a int references p on update cascade on delete restrict not null default 1 deferrable,
  b int not null references p (id) initially deferred on delete cascade,
  d int default 4 not null references p deferrable initially immediate,
  e int references p not deferrable,
  f int references p on delete set default default 5 check (f > 0)
);

-- # 2.5 an attribute twice
create table p (id int primary key);
create table c (a int references p on delete cascade on delete restrict);
create table d (a int references p on update cascade on update cascade);
create table e (a int references p match full match simple);
create table f (a int references p deferrable not deferrable);
create table g (a int references p initially deferred initially immediate);
create table h (a int references p on delete cascade match full);

-- # 2.5 not deferrable and initially deferred
create table p (id int primary key);
create table c (a int references p not deferrable initially deferred);
create table d (a int references p initially deferred);
create table e (a int);
alter table e add foreign key (a) references p not deferrable initially deferred;

-- # 2.6 table constraints before and after their columns
create table p (id int primary key);
create table c (
  foreign key(a)references p(id)on delete cascade,
  constraint f foreign key (b) references p,
  a int,
  b int,
  constraint "Some Name" foreign key (a, b) references p (id, id)
);
create table d (
  foreign key(a)references p(id)on delete cascade,
  constraint f foreign key (b) references p,
  a int,
  b int
);

-- # 2.6 a referencing column twice
create table p (a int, b int, primary key (a, b));
create table c (x int, foreign key (x, x) references p);
create table d (x int, foreign key (x, x) references p (b, a));
create table e (x int, y int, foreign key (x, y) references p (a, a));

-- # 2.7 every form of ALTER TABLE
create table p (id int primary key);
create table c (a int);
alter table c add foreign key (a) references p;
alter table only c add constraint f foreign key (a) references p;
alter table c * add constraint g foreign key (a) references p;
alter table if exists c add constraint h foreign key (a) references p, add constraint i foreign key (a) references p;
alter table if exists only c add column b int references p;
alter table if exists nowhere add column b int references p;
alter table c add d int constraint j references p, add column if not exists e int references p on delete set null;
alter table only (c) add constraint k foreign key (a) references p;

-- # 2.8 drops come first
create table p (id int primary key);
create table c (a int constraint f references p);
alter table c add constraint f foreign key (a) references p on delete cascade, drop constraint f;

-- # 2.8 columns come before constraints
create table p (id int primary key);
create table c (a int);
alter table c add constraint f foreign key (nw) references p, add column nw int;
alter table c add constraint g foreign key (a) references p, drop column a;

-- # 2.8 the foreign key of a column comes first
create table p (id int primary key);
create table c (b int);
alter table c add foreign key (a) references p on delete cascade, add column a int references p;

-- # 2.8 add and validate
create table p (id int primary key);
create table c (a int);
alter table c add constraint f foreign key (a) references p not valid, validate constraint f;
alter table c validate constraint g, add constraint g foreign key (a) references p not valid;

-- # 2.8 a key and a foreign key that needs it
create table c (id int, a int);
alter table c add foreign key (a) references c (id), add unique (id);
alter table c add column k int references c (l), add column l int unique;
create table d (id int, a int);
alter table d add constraint f foreign key (a) references d, add constraint d_pkey primary key (id);

-- # 2.8 a key is dropped and made anew
create table p (id int, constraint k primary key (id));
alter table p add constraint k primary key (id), drop constraint k;
create table c (a int references p);
alter table p drop constraint k, add constraint k primary key (id);
alter table p drop constraint k cascade, add constraint k primary key (id);

-- # 2.8 a column is dropped and made anew
create table p (id int primary key);
create table c (a int references p, b int);
alter table c add column a bigint references p on delete cascade, drop column a;
alter table c drop column b, add column b int not null;

-- # 2.8 a change of type and a foreign key
create table p (id bigint primary key);
create table c (a text);
alter table c add foreign key (a) references p;
alter table c add foreign key (a) references p, alter column a type bigint using a::bigint;
alter table c alter a set not null, alter a drop not null;
alter table c alter column a drop not null, alter column a set not null;

-- # 2.8 a check takes the name before the foreign key
create table p (id int primary key);
create table c (a int);
alter table c add constraint c_a_fkey foreign key (a) references p, add constraint c_a_fkey check (a > 0);
alter table c add foreign key (a) references p, add constraint c_a_fkey check (a > 0);

-- # 2.8 dropping not null and a primary key
create table c (a int, b int);
alter table c add primary key (a), alter column a drop not null;
alter table c add primary key (a);
alter table c alter column a drop not null;
alter table c drop constraint c_pkey;
alter table c alter column a drop not null;

-- # 2.9 a column that is there already
create table p (id int primary key);
create table c (a int);
alter table c add column if not exists a int references p;
alter table c add column if not exists a int not null unique references p, add column if not exists b int references p;
alter table c add column a int references p;

-- # 2.9 the same column twice in one statement
create table p (id int primary key);
create table c (x int);
alter table c add column if not exists a int references p, add column if not exists a bigint references p on delete cascade;
alter table c add column b int references p, add column b int references p;

-- # 2.10 a table that is there already
create table p (id int primary key);
create table c (a int);
create table if not exists c (a int references p, b int);
create table c (a int references p, b int);
create table if not exists d (a int references p);

-- # 2.10 an index that has the name
create table p (id int primary key);
create index i on p (id);
create table i (a int references p);
create table if not exists i (a int references p);
create table p_pkey (a int);

-- # 2.11 copies of a table have no foreign keys
create table p (id int primary key);
create table c (id int primary key, a int not null references p, b int unique, check (b > 0));
create table d (like c);
create table e (like c including all);
create table f (like c including indexes, x int references p);
create table g (x int, like c including constraints, y int not null);
create table h (like c including all excluding indexes);
create table i (like c including defaults including identity including generated);

-- # 2.11 only a copy with keys can be referenced
create table p (id int primary key, code text unique);
create table d (like p);
create table e (like p including indexes);
create table x (a int references d);
create table y (a int references e, b text references e (code));

-- # 2.11 a copy of indexes
create table p (a int, b int, d text);
create unique index p_a on p (a);
create unique index p_b on p (b) where b > 0;
create unique index p_d on p (lower(d));
create index p_plain on p (a, b);
create table e (like p including all);
create table x (a int references e (a));
create table y (a int references e (b));

-- # 2.11 the names of copied keys
create table p (id int constraint the_key primary key, a int constraint the_unique unique, constraint c check (a > 0));
create table d (like p including all);
alter table d drop constraint the_key;
alter table d drop constraint d_pkey;
alter table d drop constraint d_a_key;
alter table d drop constraint c;
create table e (d_c int, like p including constraints);
alter table e drop constraint c;

-- # 2.11 two copies in one table
create table p (id int primary key);
create table q (k int not null unique);
create table d (like p including all, like q including all);
create table e (like p, id int);
create table f (like nowhere);

-- # 2.11 a copy as a table that is dropped again
create table p (id int primary key);
create table d as select * from p;
drop table d;
select 1 as id into d;
create table y (a int references d);
drop table d;
create table d as table p;
drop table d;

-- # 2.12 heirs inherit no foreign key and no key
create table p (id int primary key);
create table c (id int primary key, a int not null references p, b int unique);
create table d () inherits (c);
create table e (x int references p) inherits (c);
alter table c add foreign key (b) references p;
create table f (a int references d);

-- # 2.12 a new column is inherited without its foreign key
create table p (id int primary key);
create table c (a int);
create table d (x int) inherits (c);
create table e (y int) inherits (d);
alter table c add column b int references p;
alter table c add column k int not null default 1 unique;
alter table only c add column nope int;
alter table d add column z int references p;

-- # 2.12 what else is inherited: drops, renames, types, not null
create table p (id int primary key);
create table c (a int, b int, e int);
create table d (x int references p, foreign key (b) references p) inherits (c);
alter table c drop column a;
alter table c rename column b to bb;
alter table c alter column e set not null;
alter table c alter column e type bigint;
alter table d alter column x set not null;
alter table d drop column e;
alter table d rename column e to ee;

-- # 2.12 ALTER TABLE ONLY and heirs
create table c (a int, b int);
create table d () inherits (c);
alter table only c alter column a set not null;
alter table only c drop column b;
alter table only c rename column a to aa;

-- # 2.12 a column that an heir declares itself
create table c (a int, b int);
create table d (a int not null, b int) inherits (c);
alter table c drop column a;
alter table c drop column b;
alter table c add column x int;

-- # 2.12 a column that the heir has already
create table c (a int);
create table d (z int) inherits (c);
alter table d add column b int;
alter table c add column b int not null;
alter table c drop column b;

-- # 2.12 two ancestors
create table a (id int not null, x int);
create table b (id int, y int);
create table d (z int) inherits (a, b);
alter table a drop column id;
alter table b drop column id;
drop table a;
drop table a cascade;

-- # 2.12 INHERIT and NO INHERIT
create table p (id int primary key);
create table c (a int);
create table d (a int references p, b int);
alter table d inherit c;
alter table c add column e int;
alter table d no inherit c;
alter table c drop column a;
drop table c;

-- # 2.12 heirs are dropped along
create table p (id int primary key);
create table c (a int references p);
create table d (b int primary key) inherits (c);
create table x (y int references d);
drop table c;
drop table c cascade;

-- # 2.13 elements of a schema
create schema s
  create table p (id int primary key)
  create table c (a int references p, b int constraint f references s.p on delete cascade)
  create unique index i on c (a)
  create view v as select 1 as x;
create table s.d (a int references s.c (a));

-- # 2.13 elements may come in any order
create schema s
  create table p (id int primary key)
  create index i on p (id)
  create sequence q
  create table c (a int references p)
  grant select on p to public;

-- # 2.13 an element that fails takes the schema along
create schema s create table c (a int references nowhere);
create table s.d (a int);
create schema if not exists t;
create schema t create table d (a int);
create schema if not exists u create table d (a int);

-- # 2.13 the owner's name is the schema's
create role facts_owner;
create schema authorization facts_owner;
create schema s authorization facts_owner create table p (id int primary key);
create table facts_owner.c (a int references s.p);
drop owned by facts_owner;
drop role facts_owner;

-- # 2.14 NOT VALID and VALIDATE
create table p (id int primary key);
create table c (a int, b int);
alter table c add constraint f foreign key (a) references p not valid;
alter table c add constraint g foreign key (a) references p not valid deferrable initially deferred;
alter table c add constraint h foreign key (a) references p deferrable initially deferred not valid;
alter table c add foreign key (b) references p on delete cascade not valid;
alter table c validate constraint g;
alter table c validate constraint nope;
alter table c validate constraint f, validate constraint f;

-- # 2.14 NOT VALID in CREATE TABLE
create table p (id int primary key);
create table c (a int, foreign key (a) references p not valid);
create table d (a int references p not valid);
create table e (a int);
alter table e add column b int references p not valid;
alter table e add check (a > 0) not valid;
alter table e validate constraint e_a_check;

-- # 2.15 MATCH
create table p (a int, b int, primary key (a, b));
create table c (a int, b int, foreign key (a, b) references p match full on delete cascade);
create table d (a int, b int, foreign key (a, b) references p match simple);
create table e (a int, b int, foreign key (a, b) references p match partial);

-- # 2.16 columns of SET NULL and SET DEFAULT
create table p (a int, b int, primary key (a, b));
create table c (x int, y int, foreign key (x, y) references p on delete set null (y));
create table d (x int, y int, foreign key (x, y) references p on delete set default (y, x) on update cascade);
create table q (id int primary key);
create table e (x int references q on delete set null (x));
alter table c rename column y to yy;
alter table d rename x to y2;

-- # 2.16 where they cannot stand
create table p (a int, b int, primary key (a, b));
create table c (x int, y int, z int, foreign key (x, y) references p on update set null (x));
create table d (x int, y int, z int, foreign key (x, y) references p on delete set null (z));
create table e (x int, y int, foreign key (x, y) references p on delete cascade (x));
create table f (x int, y int, foreign key (x, y) references p on delete set null (nope));

-- # 2.17 SET NULL on NOT NULL columns
create table p (id int primary key);
create table c (a int not null references p on delete set null, b int primary key references p on update set null);

-- # 2.17 generated columns
create table p (id int primary key);
create table c (a int, b int generated always as (a * 2) stored references p);
create table d (a int, b int generated always as (a * 2) stored references p on delete cascade on update restrict);
create table e (a int, b int generated always as (a * 2) stored references p on delete set null);
create table f (a int, b int generated always as (a * 2) stored references p on update cascade);
create table g (a int, b int generated always as (a * 2) stored references p on update set null);
create table h (a int, b int generated always as (a * 2) stored references p on delete set default);
create table i (a int, b int generated always as (a * 2) stored unique not null);
create table j (a int references i (b));

-- # 2.17 generated columns among others, in ALTER TABLE
create table p (a int, b int, primary key (a, b));
create table c (a int, b int generated always as (a * 2) stored);
alter table c add foreign key (a, b) references p on delete set null;
alter table c add foreign key (a, b) references p on delete set null (a);
alter table c add foreign key (a, b) references p on update cascade;
alter table c add foreign key (a, b) references p on update no action;

-- # 2.17 a column that a generated column is made of
create table c (a int, b int generated always as (a * 2) stored, d int);
alter table c drop column a;
alter table c drop column a cascade;
alter table c alter column d type bigint;

-- # 2.18 temporary tables
create table p (id int primary key);
create temp table tp (id int primary key);
create temporary table tc (a int references tp);
create temp table bad (a int references p);
create table c (a int references tp);
create table d (a int references p);

-- # 2.18 a temporary table hides another
create table p (id int primary key);
create temp table p (id int primary key);
create table c (a int references p);
create table d (a int references public.p);
drop table p;
create table e (a int references p);
drop table p;

-- # 2.18 temporary tables by other names
create local temporary table t1 (id int primary key);
create global temp table t2 (id int primary key);
create table pg_temp.t3 (id int primary key);
create temp table pg_temp.t4 (id int references t1 references t2);
create temp table public.t5 (id int);
create table c (a int);
alter table c add foreign key (a) references t3;

-- # 2.18 unlogged tables
create unlogged table u (id int primary key);
create table p (id int primary key);
create unlogged table c (a int references p, b int references u);
create table d (a int references u);
create table e (a int references p);
alter table p set unlogged;
alter table c set logged;
alter table u set logged;
alter table c set logged;
create table f (a int references u);

-- # 2.20 the same foreign key twice
create table p (id int primary key);
create table c (a int references p, foreign key (a) references p, constraint f foreign key (a) references p (id));
alter table c add foreign key (a) references p, add foreign key (a) references p on delete cascade;

-- # identity columns and serial types are NOT NULL
create table p (
  a int generated always as identity primary key,
  b int generated by default as identity (start with 10) unique,
  c serial,
  d bigserial,
  e smallserial not null,
  f serial8,
  g pg_catalog.int4,
  h "serial"
);
create table c (x int references p, y int references p (b));
alter table p alter column g add generated always as identity;
alter table p alter column g set not null, alter column g add generated always as identity;
alter table p alter column g drop identity;
alter table p alter column b drop not null;
alter table p alter column b drop identity, alter column b drop not null;
alter table p add column i serial;
alter table p add column j int generated always as identity;

-- # NULL is written out
create table q (id int null, b int not null not null, e int null default 3);
create table r (id int null, e text null unique);

-- # types that compare, and types that do not
create table p (i int primary key, b bigint unique, t text unique, v varchar(20) unique, u uuid unique, n numeric(10, 2) unique, ts timestamptz unique, d date unique, bl boolean unique, c char(5) unique, o oid unique, r real unique, ia int[] unique);
create table c1 (x bigint references p);
create table c2 (x smallint references p (b));
create table c3 (x numeric references p);
create table c4 (x text references p (u));
create table c5 (x varchar(3) references p (t), y text references p (v), z char(2) references p (t), n name references p (t));
create table c6 (x int references p (n), y bigint references p (r));
create table c7 (x numeric references p (r), y date references p (ts), z timestamp references p (ts));
create table c8 (x timestamp references p (d));
create table c9 (x int references p (bl));
create table c10 (x int references p (t));
create table c11 (x int[] references p (ia));
create table c12 (x int[] references p);
create table c13 (x oid references p (o));
create table c14 (x int references p (o));
create table c15 (x oid references p (b));
create table c16 (x uuid references p (u));
create table c17 (x float8 references p (r), y float4 references p (r), z double precision references p (r));
create table c18 (x real references p (n));
create table c19 (x text references p (c));
create table c20 (x character varying references p (c), y bpchar references p (t));

-- # domains compare by what they stand for
create domain id as int;
create domain email as text not null check (value ~ '@');
create table p (a id primary key, b email unique);
create table c (x int references p, y text references p (b), z id references p (a));

