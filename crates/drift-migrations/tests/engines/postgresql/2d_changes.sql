-- # 2.28 actions
create table p (id int primary key);
create table c (
  a int references p on delete no action on update no action,
  b int references p on delete restrict on update restrict,
  c int references p on delete cascade on update cascade,
  d int references p on delete set null on update set null,
  e int references p on delete set default on update set default,
  f int references p match full on update set null
);

-- # 2.30 DROP CONSTRAINT of what is not there
create table p (id int primary key);
create table c (a int references p);
alter table c drop constraint nope;
alter table c drop constraint if exists nope;
alter table nowhere drop constraint if exists nope;
alter table if exists nowhere drop constraint nope;
alter table c drop constraint if exists "C_A_FKEY";
alter table if exists c drop constraint if exists c_a_fkey restrict;

-- # 2.31 one failing action undoes all
create table p (id int primary key);
create table c (a int constraint f references p, b int);
alter table c drop constraint f, drop constraint nope, add constraint g foreign key (b) references p;
alter table c add constraint g foreign key (b) references p, add constraint h foreign key (nope) references p;
alter table c drop column b, drop constraint nope;
alter table c add column d int references p, alter column nope set not null;

-- # 2.32 the primary key is in use
create table p (id int primary key, code int unique);
create table c (a int references p);
create table d (a int references p (id));
create table e (a int references p (code));
alter table p drop constraint p_pkey;
alter table p drop constraint p_code_key restrict;
alter table p drop constraint p_pkey cascade;

-- # 2.32 which of several keys
create table p (id int, code int);
create unique index one on p (id);
alter table p add constraint two unique (id);
alter table p add constraint three primary key (id);
create table c (a int references p (id), b int references p);
drop index one;
alter table p drop constraint two;
alter table p drop constraint three;
drop index one cascade;
alter table p drop constraint three cascade;

-- # 2.32 the oldest is the one that is left
create table p (id int, constraint one unique (id), constraint two unique (id));
create table q (id int);
alter table q add constraint one_q unique (id);
alter table q add constraint two_q unique (id);
create table c (a int references q (id));
alter table q drop constraint two_q;
alter table q add constraint three_q unique (id);
alter table q drop constraint one_q;
create table d (a int references q (id));
alter table q drop constraint one_q cascade;
alter table q drop constraint three_q;

-- # 2.32 DROP INDEX
create table p (id int primary key, code int);
create unique index i on p (code);
create table c (a int references p (code));
drop index p_pkey;
drop index i;
drop index if exists nope;
drop index if exists nope, i cascade;
drop index concurrently if exists i;

-- # 2.32 a self reference holds its key
create table c (id int constraint k primary key, a int references c);
alter table c drop constraint k;
alter table c drop constraint k cascade;

-- # 2.33 a referencing column goes with its foreign keys
create table p (a int, b int, primary key (a, b));
create table c (x int, y int, z int references c (z2), z2 int unique, foreign key (x, y) references p on delete cascade, unique (x, z));
alter table c drop column x;
alter table c drop column if exists x;
alter table c drop column x;
alter table c add column x int;
alter table c drop y, drop if exists nope;

-- # 2.34 a referenced column
create table p (id int primary key, a int, b int, unique (a, b));
create table c (x int references p, y int, z int, foreign key (y, z) references p (b, a));
alter table p drop column id;
alter table p drop column a restrict;
alter table p drop column a cascade;
alter table p drop column id cascade;

-- # 2.34 in a self reference
create table c (id int primary key, a int references c);
alter table c drop column id;
alter table c drop column a;
alter table c add column a int references c;
alter table c drop column id cascade;
create table d (id int primary key, a int references d);
alter table d drop column id, drop column a;
alter table d drop column a, drop column id;

-- # 2.35 DROP TABLE
create table p (id int primary key);
create table c (id int primary key, a int references p);
create table d (a int references c);
drop table p;
drop table p, nowhere;
drop table if exists p, nowhere;
drop table c, p;
drop table p, d, c;

-- # 2.35 with CASCADE
create table p (id int primary key);
create table c (id int primary key, a int references p, b int references c);
create table d (a int references c);
drop table if exists nowhere, p cascade;
drop table c cascade;

-- # 2.35 and 2.36 a referenced table is made anew
create table p (id int primary key);
create table c (a int references p);
drop table p cascade;
create table p (id int primary key);
alter table c add foreign key (a) references p;
drop table c;
drop table p;

-- # 2.35 the same table twice
create table p (id int primary key);
create table q (id int primary key, a int references p);
drop table q, q;
drop table if exists p, p;

-- # 2.37 renames are followed
create schema s;
create table s.p (id int primary key, code int unique);
create table c (a int constraint f references s.p on delete cascade, b int references s.p (code));
alter table s.p rename to q;
alter table s.q rename id to id2;
alter table s.q rename column code to kode;
alter table s.q set schema public;
alter table q set schema s;
alter schema s rename to t;
alter table if exists c rename column if exists a to x;
alter table if exists c rename a to x;
alter table t.q rename id2 to id2;

-- # 2.37 a swap of tables
create table p (id int primary key);
create table p_new (id int primary key);
create table c (a int references p);
begin;
alter table p rename to p_old;
alter table p_new rename to p;
commit;
drop table p_old;
alter table c add foreign key (a) references p on delete cascade;
drop table p_old cascade;

-- # 2.37 a swap of columns
create table p (id int primary key, code int unique);
create table c (a int references p, b int references p (code));
alter table c rename a to tmp;
alter table c rename b to a;
alter table c rename tmp to b;
alter table p rename id to tmp;
alter table p rename code to id;
alter table p rename tmp to code;
create table d (a int references p, b int references p (id));

-- # 2.37 a rename that cannot be
create table p (id int primary key, code int);
create table q (id int primary key);
create schema s;
create table s.p (id int);
alter table p rename to q;
alter table p rename to p;
alter table p rename id to code;
alter table p rename nope to code2;
alter table p set schema s;
alter table p set schema nowhere;
alter table p set schema public;
alter table nowhere rename to r;
alter table if exists nowhere rename to r;
alter schema s rename to public;
alter schema nowhere rename to r;

-- # 2.37 schemas swap their names
create schema a;
create schema b;
create table a.p (id int primary key);
create table b.p (id int primary key);
create table c (x int references a.p, y int references b.p);
alter schema a rename to tmp;
alter schema b rename to a;
alter schema tmp rename to b;
create table a.c (x int references a.p);

-- # 2.38 RENAME CONSTRAINT
create table p (id int primary key);
create table c (a int constraint f references p, b int constraint g references p, check (a > 0));
alter table c rename constraint nope to x;
alter table c rename constraint f to g;
alter table c rename constraint f to c_a_fkey;
alter table c add foreign key (a) references p;
alter table c rename constraint c_a_check to h;
alter table c add constraint h foreign key (a) references p;
alter table p rename constraint p_pkey to c_pkey;
alter table c add primary key (a);
alter table p rename constraint c_pkey to c;

-- # 2.38 RENAME stands alone
create table p (id int primary key);
create table c (a int constraint f references p, b int);
alter table c rename constraint f to g, add constraint h foreign key (b) references p;
alter table c add constraint h foreign key (b) references p, rename to d;
alter table c rename column a to x, rename column b to y;
alter table c add column z int, set schema public;
alter table c drop constraint f, drop column b;

-- # 2.39 types change under a foreign key
create table p (id int primary key);
create table c (a int constraint f references p on delete set null not deferrable, b int);
alter table c add constraint g foreign key (b) references p on delete cascade not valid;
alter table c alter column a type bigint, alter b set data type smallint;
alter table p alter column id type bigint;
alter table c alter column a type text;
alter table p alter column id type text using id::text;
alter table c alter a type varchar(10) using a::varchar;

-- # 2.39 both sides in turn
create table p (id int primary key);
create table c (a int references p);
alter table c drop constraint c_a_fkey;
alter table p alter column id set data type uuid using gen_random_uuid();
alter table c alter column a set data type uuid using null;
alter table c add constraint f foreign key (a) references p on delete cascade;

-- # 2.39 a type change renews the key
create table p (id int primary key, constraint u unique (id));
create table q (id int);
alter table q add constraint one unique (id);
alter table q add constraint two unique (id);
create table c (a int references q (id));
alter table q alter column id type bigint;
alter table q drop constraint two;
alter table q drop constraint one;

-- # 2.40 ALTER CONSTRAINT
create table p (id int primary key, x int constraint u unique deferrable);
create table c (a int constraint f references p on delete cascade);
alter table c alter constraint f deferrable initially deferred;
alter table c alter constraint f not deferrable;
alter table c alter constraint f on delete set null;
alter table c alter constraint nope deferrable;
alter table p alter constraint u not deferrable;
alter table c add b int references p (x);
alter table c alter constraint f deferrable, drop constraint nope;

-- # 2.41 DROP SCHEMA
create schema s;
create schema t;
create schema u;
create table s.p (id int primary key);
create table s.c (a int references s.p);
create table c (a int references s.p);
create table t.c (a int references s.p);
drop schema s;
drop schema u;
drop schema s restrict;
drop schema if exists nowhere, t cascade;
drop schema nowhere cascade;
drop schema s cascade;
create table u.p (id int);

-- # 2.41 an empty start
create table p (id int primary key);
create type mood as enum ('a');
create table c (a int references p, m mood);
drop schema public cascade;
create table p (id int primary key);
create schema public;
create table p (id int primary key);
create table d (a int references p);

-- # 2.41 several schemas at once
create schema a;
create schema b;
create table a.p (id int primary key);
create table b.c (x int references a.p);
create table d (x int references a.p);
drop schema a, b;
drop table d;
drop schema a;
drop schema a, b cascade;

-- # 2.41 DROP TYPE and DROP DOMAIN
create type mood as enum ('a', 'b');
create domain id as int;
create table p (id int primary key, m mood unique, "Other" id unique);
create table c (a int references p, b mood references p (m), d id references p ("Other"), e mood[]);
drop type mood;
drop type if exists nope cascade;
drop type mood cascade;
drop domain id cascade;

-- # 2.41 types in schemas, quoted types
create schema s;
create type s."Mood" as enum ('a');
create type "Mood" as enum ('b');
create type mood as enum ('c');
create table c (a s."Mood", b "Mood", c public."Mood", d mood, e public.mood, f S."Mood"[]);
drop type "Mood" cascade;
drop type public.mood cascade;
drop type s."Mood" cascade;

-- # 2.41 types that were renamed or moved
create schema s;
create type mood as enum ('a');
create table c (a mood, b int);
alter type mood rename to old;
create type mood as enum ('b');
alter table c add column d public.mood;
alter type mood rename to newer;
create type mood as enum ('c');
drop type mood cascade;
drop type newer cascade;

-- # 2.41 a domain on a domain, an array of a domain, a column of a table's type
create domain one as int;
create table p (id int primary key);
create table c (a one references p, b one[], x int, r p);
drop domain one cascade;

-- # 2.41 an extension that is dropped
create table p (id int primary key);
create table c (a int references p);
drop extension if exists nope cascade;
drop extension plpgsql_nope cascade;

-- # 2.42 what has no effect
create table p (id int primary key);
create table c (a int references p, b int);
truncate p;
truncate p, c;
truncate p cascade;
alter table c disable trigger all;
alter table c enable trigger user;
set session_replication_role = replica;
alter table c owner to current_user;
alter table c enable row level security, force row level security;
create policy q on c using (true);
alter table p cluster on p_pkey, set without cluster;
alter table c replica identity full;
comment on constraint c_a_fkey on c is 'x';
comment on column c.a is 'references p';
create view v as select * from c;
create rule r as on insert to v do instead (insert into c values (1); delete from c);
alter table c set (fillfactor = 70), alter column a set statistics 10, alter column b set storage plain;
alter table c reset (fillfactor);
create sequence s owned by c.b;
alter table c alter column a set not null, alter column b set default 5;
alter table c alter column a drop not null, alter column b drop default;
grant all on c to public;
analyze c;
reindex table c;
lock table c;
create statistics st on a, b from c;
create trigger t before insert on c for each row execute function suppress_redundant_updates_trigger();
alter table c add column d int, disable row level security;

-- # 2.43 what is no PostgreSQL
create table p (id int primary key);
create table c (a int, b int constraint f references p);
alter table c add constraint if not exists g foreign key (a) references p;
alter table c drop foreign key f;
alter table c drop constraint f add constraint f foreign key (a) references p;
alter table c modify column a int references p;
alter table c add foreign key i (a) references p;
create table `f` (a int references p);
create or replace table h (a int references p);
create table i (a int references p,);
create table k (a int references p foreign key (a) references p);

-- # a unique index becomes a key
create table p (id int, code int not null);
create unique index i on p (id);
create unique index j on p (code);
create table c (a int references p (id));
alter table p add constraint k primary key using index i;
alter table p add constraint u unique using index j deferrable;
alter table c add b int references p, add d int references p (code);
drop index k;
alter table p drop constraint k;
alter table p drop constraint i cascade;
alter table p drop constraint k cascade;

-- # a key by the name of its index
create table p (id int, a int);
create unique index p_id_idx on p (id);
create unique index p_part on p (a) where a > 0;
create index p_plain on p (a);
alter table p add primary key using index p_id_idx;
alter table p add unique using index p_part;
alter table p add unique using index p_plain;
alter table p add unique using index nope;
create table c (a int references p);
alter table p drop constraint p_id_idx cascade;

-- # views and other things that depend on a table
create table p (id int primary key);
create table c (a int references p);
create view v as select a from c;
drop table c;
alter table c drop column a;
alter table c alter column a type bigint;
drop view v;
drop table c;

-- # DROP TABLE CASCADE with a view between
create table p (id int primary key);
create table c (a int references p);
create view v as select a from c join p on p.id = c.a;
drop table p cascade;
drop view if exists v;

-- # a foreign key is made anew on the oldest key when a type changes
create table u (id int);
create unique index i on u (id);
alter table u add primary key (id);
create table c (x int references u);
drop index i;
create unique index i on u (id);
create unique index j on u (id);
alter table c alter x type bigint;
drop index i;
alter table u drop constraint u_pkey;
drop index j;
alter table u drop constraint u_pkey cascade;
create unique index k on u (id);
alter table u add unique (id);
alter table c add foreign key (x) references u (id);
alter table u alter id type bigint;
drop index k;
drop index j;
alter table u drop constraint u_id_key;

-- # keys on the same columns are made anew in their order, those of constraints first
create table u (a int, b int, unique (a, b));
create unique index i on u (b, a);
alter table u add primary key (a, b);
create table c (x int, y int, foreign key (x, y) references u, foreign key (y, x) references u (b, a));
alter table c alter y type bigint;
alter table u drop constraint u_pkey;
alter table u drop constraint u_a_b_key;
alter table c drop constraint c_y_x_fkey;
alter table u drop constraint u_a_b_key;
alter table c drop constraint c_x_y_fkey, add foreign key (y, x) references u (b, a);
alter table u alter a type bigint;
drop index i;
alter table u drop constraint u_a_b_key;
alter table u add unique (a, b);
alter table u alter b type bigint;
alter table u drop constraint u_a_b_key;
alter table u drop constraint u_pkey;

-- # the type of a column of INCLUDE stays while a foreign key needs the index
create table a (x int, z int, unique (x) include (z));
create table r (x int references a (x));
alter table a alter z type bigint;
alter table a alter x type bigint;
alter table r drop constraint r_x_fkey;
alter table a alter z type bigint;
create table s (z int references a (x));
