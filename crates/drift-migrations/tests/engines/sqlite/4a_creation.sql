-- # 4.1 nothing is checked of the referenced table
create table c (a integer references nowhere (id), b text references c2 (x, y), d integer, foreign key (d) references c (nope));
create table c2 (x integer references c (a), y text, foreign key (x, y) references c (a));
create table c3 (x integer, y text, foreign key (x, y) references c (a, nope));

-- # 4.1 child columns must be there
create table p (id integer primary key);
create table c (a integer, foreign key (b) references p (id));
create table d (a integer, foreign key (a, a) references p (id, id));
create table e (foreign key (a) references p (id), a integer);
create table f (a integer, foreign key (A) references p (ID));

-- # 4.1 an inline foreign key has one referenced column
create table p (a integer, b integer, primary key (a, b));
create table c (x integer references p (a, b));
create table d (x integer references p);
create table e (x integer, y integer, foreign key (x, y) references p);
create table f (x integer, foreign key (x) references p);

-- # 4.2 no list, and the primary key comes later or changes
create table c (x integer references p, y integer references q on delete cascade, z integer references r);
create table p (code text primary key);
create table q (a integer, b integer, primary key (b));
create table r (a integer);
drop table p;
create table p (other integer primary key);

-- # 4.2 no list and a composite primary key
create table p (a integer, b integer, primary key (b, a));
create table c (x integer, y integer, foreign key (x, y) references p);

-- # 4.2 no list and the primary key renamed
create table p (id integer primary key);
create table c (x integer references p);
alter table p rename column id to pid;
alter table p rename to q;

-- # 4.3 what is reported
create table p (id integer primary key);
create table c (a integer, b integer, d integer, constraint f1 foreign key (a) references p (id) deferrable initially deferred, constraint f2 foreign key (b) references p (id) match full on update set default, foreign key (d) references p (id) on delete no action on update restrict not deferrable initially immediate);

-- # 4.4 constraint names may stand twice, and alone
create table p (id integer primary key);
create table c (a integer constraint n references p (id), b integer constraint n references p (id), constraint n foreign key (a) references p (id) on delete cascade, constraint n unique (b));
create table d (a integer constraint foo, b integer constraint foo constraint bar references p (id));
create table e (a integer, constraint foo);
create table f (a integer, constraint foo constraint bar foreign key (a) references p (id));
create table g (a integer constraint foo not null constraint bar);

-- # 4.4 a name alone in front of a comma
create table p (id integer primary key);
create table c (a integer, b integer, constraint foo, foreign key (a) references p (id));
create table d (a integer, b integer, constraint foo, constraint bar, foreign key (b) references p (id));

-- # 4.5 the last action wins
create table p (id integer primary key);
create table c (a integer references p on delete cascade on delete set null, b integer references p (id) on update cascade on delete restrict on update set default on update no action);
create table d (a integer, foreign key (a) references p (id) on delete cascade on delete no action);

-- # 4.5 noise
create table p (id integer primary key);
create table c (a integer references p (id) on insert cascade match partial on insert set null, b integer references p match whatever on delete cascade match "other", d integer references p not deferrable deferrable initially deferred);

-- # 4.5 commas between table constraints are optional
create table p (id integer primary key);
create table c (a integer, b integer, foreign key (a) references p (id) foreign key (b) references p (id) on delete cascade unique (a) check (b > 0));
create table d (a integer, b integer constraint x foreign key (a) references p (id) constraint y foreign key (b) references p (id), primary key (a));
create table e (a integer primary key, b integer unique (a, b) foreign key (b) references p (id));
create table f (a integer, b integer, primary key (a) foreign key (b) references p (id));
create table g (a integer check (a > 0) foreign key (a) references p (id));

-- # 4.5 columns come before table constraints
create table p (id integer primary key);
create table c (a integer, foreign key (a) references p (id), b integer);
create table d (a integer, foreign key (a) references p (id), unique (a), b integer references p (id));
create table e (a integer, constraint x, b integer);

-- # 4.5 inline references twice on one column
create table p (id integer primary key);
create table q (id integer primary key);
create table c (a integer references p (id) references q (id) on delete cascade);
create table d (a integer references p (id) not null references q default 1 unique);

-- # 4.5 types and defaults around references
create table p (id integer primary key);
create table c (a references p (id), b unsigned big int(10, 2) not null default (1 + (2)) references p (id), d integer default -1 references p, e text default 'references q' references p (id), f default current_timestamp references p (id), g integer as (1) references p (id), h integer generated always as (a) stored references p (id));

-- # 4.5 names that are keywords
create table "order" ("group" integer primary key, "references" text);
create table c ("foreign" integer references "order" ("group"), "key" integer, "check" integer, foreign key ("key") references "order" ("references"));
create table d (key integer references "order", no integer, cascade integer, action integer, foreign key (no) references "order" ("group") on delete no action);

-- # 4.6 quoted identifiers of all four kinds
create table "p" (`id` integer primary key, [x y] text, 'z' text);
create table [c] ("a" integer references [p] ([id]), `b` text references 'p' ('x y'), 'd' text references `p` (`z`), [e""f] integer, "g""h" integer, `i``j` integer, 'k''l' integer,
  foreign key ('a', "b") references "p" (`id`, [x y]),
  constraint 'n' foreign key ("g""h") references "p" ("id"),
  foreign key (`i``j`) references p (id), foreign key ('k''l') references p (id), foreign key ([e""f]) references p (id));

-- # 4.6 names are compared without regard to the case of ASCII letters
create table Parents (Id integer primary key, "É" integer);
create table Children (ParentId integer references parents (ID), X integer, foreign key (parentid) references PARENTS (iD), foreign key (x) references Parents (é));
alter table CHILDREN rename column PARENTID to pid;
alter table parents rename to Folks;
drop table CHILDREN;
create table children (a integer references folks);

-- # 4.6 no database in front of the referenced table
create table p (id integer primary key);
create table c (a integer references main.p (id));
create table main.d (a integer references p (id));
create table e (a integer, foreign key (a) references main.p (id));
alter table main.d rename to d2;
drop table main.d2;

-- # 4.6 names with dots and blanks
create table "main.p" (id integer primary key);
create table " c " ("a.b" integer references "main.p" (id), "" integer);

-- # 4.6 temporary tables
create table p (id integer primary key);
create temp table c (a integer references p (id));
create temporary table t (id integer primary key);
create table temp.u (a integer references t (id));
create table d (a integer references t (id));
drop table t;
alter table d rename to e;

-- # 4.6 a temporary table hides another
create table p (id integer primary key, x integer);
create temp table p (id integer primary key);
create table c (a integer references p (id));
alter table p rename to q;
alter table p rename to r;

-- # 4.6 a temporary table dropped in front of another
create table c (a integer references p (id));
create temp table c (b integer references p (id));
drop table c;
create table d (a integer references c (a));
drop table c;

-- # 4.6 attached databases
attach ':memory:' as other;
create table p (id integer primary key);
create table other.p (id integer primary key);
create table other.c (a integer references p (id));
create table c (a integer references p (id));
alter table other.p rename to q;
drop table other.c;
drop table other.q;

-- # 4.7 what ALTER TABLE has not
create table p (id integer primary key);
create table c (a integer, b integer);
alter table c add constraint f foreign key (a) references p (id);
alter table c add foreign key (a) references p (id);
alter table c add column d integer, add column e integer references p (id);
alter table c alter column a type text;
alter table c modify a integer references p (id);
alter table c drop foreign key f;
alter table c add column if not exists d integer references p (id);
alter table c add (d integer references p (id));
alter table if exists c add column d integer references p (id);
alter table c drop column if exists a;
alter table c add primary key (a);
alter table c rename constraint a to b;
alter table c alter column a set default 1;

-- # 4.7 what DROP TABLE and CREATE TABLE have not
create table p (id integer primary key);
create table c (a integer references p (id));
drop table p, c;
drop table p cascade;
drop table c restrict;
create table d (like c);
create or replace table e (a integer references p (id));
create table g (a integer references p (id)) inherits (c);
truncate table c;
rename table c to d;

-- # 4.9 ADD COLUMN with references
create table p (id integer primary key);
create table c (id integer primary key);
alter table c add column a integer references p (id) on delete cascade;
alter table c add b integer not null default 1 references p;
alter table c add column d integer constraint fd references p (id) on update set null default null;
alter table c add column a integer references p (id);
alter table c add column e integer primary key references p (id);
alter table c add column f integer unique references p (id);
alter table c add column g integer not null references p (id);
alter table c add column h integer check (h > 0) references p (id) deferrable initially deferred;
alter table c add 'i' integer references 'p' ('id');
alter table nowhere add column a integer references p (id);
alter table c add column j integer default (1 + 1) references p (id);
alter table c add column k integer generated always as (1) stored references p (id);
alter table c add column l integer generated always as (1) virtual references p (id);
alter table c add column m text default current_timestamp references p (id);

-- # 4.9 ADD COLUMN with foreign_keys=ON
pragma foreign_keys = on;
create table p (id integer primary key);
create table c (id integer primary key);
alter table c add column a integer default 1 references p (id);
insert into p values (1), (2);
insert into c values (1, null);
alter table c add column d integer references p (id);
alter table c add column e integer not null default 0;

-- # 4.9 a foreign key behind ADD COLUMN
create table p (id integer primary key);
create table c (a integer);
alter table c add column b integer, foreign key (b) references p (id);
alter table c add column b integer foreign key (b) references p (id);
alter table c add column d integer constraint x references p (id) constraint y check (d > 0);

-- # 4.15 CREATE TABLE AS and IF NOT EXISTS
create table p (id integer primary key, x integer references q (id));
create table c as select * from p;
create table d as select id, x as y from p where 0;
create table if not exists p (id integer primary key, y integer references r (id));
create table if not exists e (id integer primary key, y integer references r (id));
create table e (z integer references p (id));
create table E (z integer references p (id));

-- # 4.15 virtual tables and views
create virtual table v using fts5(title, body);
create view w as select 1 as id;
create table c (a integer references v (rowid), b integer references w (id));
create virtual table if not exists v using fts5(x);
drop view w;
drop table v;
alter table c rename column a to x;

-- # 4.15 a virtual table renamed
create virtual table v using fts5(title);
create table c (a integer references v (rowid));
alter table v rename to w;

-- # 4.15 EXPLAIN does nothing
create table p (id integer primary key);
explain create table c (a integer references p (id));
explain query plan drop table p;

-- # 4.15 a table under the name of an index
create table d (a integer);
create index i on d (a);
create table i (a integer references p (id));
drop index i;
create table i (a integer references p (id));

-- # 4.15 STRICT and WITHOUT ROWID
create table p (id text primary key, b int unique) without rowid;
create table c (a int, b text references p (id), primary key (b, a)) strict, without rowid;
create table g (a int primary key not null, b integer primary key references p);

-- # 4.15 what a primary key says of NOT NULL
create table a (id integer primary key);
create table b (id text primary key);
create table c (id text primary key) without rowid;
create table d (x text, y text, primary key (x, y));
create table e (x text, y text, primary key (x, y)) without rowid;
create table f (id integer primary key autoincrement not null);
create table g (id int primary key desc, x integer unique on conflict replace not null on conflict ignore);

-- # 4.15 keys in all their forms
create table p (a integer, b text collate nocase unique, c integer, unique (a, c), unique (c desc, a), primary key (a collate nocase asc));
create unique index u on p (b, c);
create unique index if not exists u on p (a);
create unique index w on p (c) where c > 0;
create unique index x on p (lower(b));
create index y on p (c);
create table q (x integer references p (b));
drop index u;
drop index if exists nope;
drop index nope;
