-- # 4.10 RENAME TABLE rewrites the references of all tables
create table p (id integer primary key, up integer references p (id));
create table c (a integer references p (id), b integer references "P" (id), d integer references [p], e integer references pp (id), foreign key (a) references 'p' (id));
alter table p rename to q;
alter table q rename to "r s";

-- # 4.10 a name that only dangles is renamed by nothing
create table c (a integer references p (id));
alter table p rename to q;
create table p2 (id integer primary key);
alter table p2 rename to p;
alter table p rename to q;

-- # 4.10 legacy_alter_table
pragma legacy_alter_table = on;
create table p (id integer primary key, up integer references p (id));
create table c (a integer references p (id));
alter table p rename to q;
create table p (id integer primary key, x text);

-- # 4.10 legacy_alter_table with foreign_keys=ON
pragma foreign_keys = on;
pragma legacy_alter_table = on;
create table p (id integer primary key, up integer references p (id));
create table c (a integer references p (id));
alter table p rename to q;

-- # 4.10 spellings of the pragma
PRAGMA legacy_alter_table=1;
create table p (id integer primary key);
create table c (a integer references p (id));
alter table p rename to p1;
PRAGMA legacy_alter_table(OFF);
create table p (id integer primary key);
alter table p rename to p2;
pragma main.legacy_alter_table = 'yes';
create table p (id integer primary key);
create table d (a integer references p (id));
alter table p rename to p3;
pragma legacy_alter_table = no;
alter table p3 rename to p;
alter table p rename to p4;
pragma legacy_alter_table;
pragma legacy_alter_table = true;
create table e (a integer references p4 (id));
alter table p4 rename to p5;

-- # 4.11 a rename into a name that dangles
create table c (a integer references p, b integer references p (code));
create table x (id integer primary key, code text);
alter table x rename to p;

-- # 4.11 renames that fail
create table p (id integer primary key);
create table q (id integer primary key);
create table c (a integer references p (id));
create index i on q (id);
alter table p rename to P;
alter table p rename to q;
alter table p rename to Q;
alter table p rename to i;
alter table nowhere rename to x;
alter table p rename to main.x;

-- # 4.12 RENAME COLUMN on both sides
create table p (id integer primary key, code text, up integer references p (code), foreign key (up) references p (id));
create table c (a integer references p (id), b text references P (CODE), d integer references p, foreign key (a, b) references p (id, code));
alter table p rename column id to pid;
alter table p rename code to "p code";
alter table c rename column a to 'x';
alter table c rename column [b] to `y`;
alter table p rename column up to above;

-- # 4.12 a dangling reference follows no column
create table c (a integer references p (id));
alter table c rename column a to b;
create table p (id integer primary key, x integer);
alter table p rename column x to id2;
alter table p rename column id to pid;

-- # 4.12 renames of columns that fail
create table p (id integer primary key, x integer);
create table c (a integer references p (id), b integer);
alter table p rename column id to x;
alter table p rename column nope to y;
alter table c rename column a to B;
alter table c rename column a to A;
alter table nowhere rename column a to b;

-- # 4.12 a referenced column that is not there
create table p (id integer primary key);
create table c (a integer references p (code));
alter table p rename column id to code2;
alter table p add column code text;
alter table p rename column code to slug;

-- # 4.12 keys and indexes follow
create table p (a integer, b integer, primary key (b));
create unique index i on p (a, b);
create table c (x integer references p);
alter table p rename column b to id;
alter table p rename column a to aa;

-- # 4.13 DROP COLUMN
create table p (id integer primary key, code text, x text, u integer unique, g integer as (u), w integer, h integer as (w * 2));
create table c (id integer primary key, a integer references p (id), b integer, d integer, e integer, f integer check (f > 0), foreign key (b) references p (id), foreign key (d, e) references p (id, code));
create index i on c (e);
alter table c drop column a;
alter table c drop column b;
alter table c drop column d;
alter table c drop column e;
alter table c drop column f;
alter table c drop column id;
alter table c drop column nope;
alter table p drop column code;
alter table p drop u;
alter table p drop w;
alter table p drop column h;
alter table p drop column w;
alter table p drop column x;

-- # 4.13 a column of an index goes when the index is gone
create table c (id integer primary key, a integer references p (id), b integer);
create index i on c (a);
create unique index j on c (b) where a > 0;
alter table c drop column a;
drop index i;
alter table c drop column a;
drop index j;
alter table c drop column a;
alter table c drop column b;

-- # 4.13 a column with two foreign keys, one of the table
create table p (id integer primary key);
create table c (a integer references p (id), b integer, foreign key (a) references p (id) on delete cascade);
alter table c drop column a;
alter table c drop column b;

-- # 4.13 a referenced column goes and children dangle
create table p (id integer primary key, code text);
create table c (a text references p (code), b integer references p);
alter table p drop column code;
alter table p drop column id;

-- # 4.13 the last column stays
create table c (a integer references p (id));
alter table c drop column a;

-- # 4.13 a self reference
create table t (id integer primary key, code text, up text references t (code));
alter table t drop column code;
alter table t drop column up;

-- # 4.14 DROP TABLE leaves the references of others
create table p (id integer primary key);
create table c (a integer references p (id) on delete cascade);
drop table p;
drop table if exists p;
drop table p;
create table p (code text primary key);

-- # 4.14 DROP TABLE with foreign_keys=ON
pragma foreign_keys = on;
create table p (id integer primary key);
create table c (a integer references p (id) on delete cascade);
insert into p values (1);
insert into c values (1);
drop table p;
create table p (id integer primary key, x text);

-- # 4.14 DROP TABLE that rows stop
pragma foreign_keys = on;
create table p (id integer primary key);
create table c (a integer references p (id));
drop table p;

-- # 4.14 DROP VIEW and DROP TABLE
create table p (id integer primary key);
create view v as select * from p;
create table c (a integer references v (id));
drop table v;
drop view p;
drop view v;
drop table p;

-- # 4.17 PRAGMA foreign_keys does nothing in a transaction
pragma legacy_alter_table = on;
begin;
pragma foreign_keys = on;
create table p (id integer primary key);
create table c (a integer references p (id));
alter table p rename to q;
commit;

-- # 4.17 and stays on in one
pragma foreign_keys = on;
pragma legacy_alter_table = on;
begin;
pragma foreign_keys = off;
create table p (id integer primary key);
create table c (a integer references p (id));
alter table p rename to q;
commit;

-- # 4.17 foreign_keys in a savepoint
pragma legacy_alter_table = on;
savepoint s;
pragma foreign_keys = on;
create table p (id integer primary key);
create table c (a integer references p (id));
alter table p rename to q;
release s;

-- # 4.17 what libraries write
PRAGMA foreign_keys=OFF;--> statement-breakpoint
BEGIN TRANSACTION;
CREATE TABLE `__new_c` (`id` integer PRIMARY KEY NOT NULL, `a` integer, FOREIGN KEY (`a`) REFERENCES `p`(`id`) ON UPDATE no action ON DELETE cascade);
--> statement-breakpoint
ALTER TABLE `__new_c` RENAME TO `c`;
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_key_check;
COMMIT;
PRAGMA foreign_keys=ON;

-- # 4.18 transactions
create table p (id integer primary key);
begin;
create table c (a integer references p (id));
rollback;
begin immediate transaction;
create table d (a integer references p (id));
alter table p rename to q;
end transaction;
begin exclusive;
drop table d;
rollback transaction;

-- # 4.18 savepoints
create table p (id integer primary key);
begin;
create table a (x integer references p (id));
savepoint one;
create table b (x integer references p (id));
savepoint two;
create table c (x integer references p (id));
rollback to one;
create table d (x integer references p (id));
rollback to savepoint one;
create table e (x integer references p (id));
release one;
commit;

-- # 4.18 a savepoint outside of a transaction
create table p (id integer primary key);
savepoint s;
create table a (x integer references p (id));
rollback to s;
create table b (x integer references p (id));
release savepoint s;
savepoint S;
create table c (x integer references p (id));
savepoint s;
drop table c;
rollback to S;
release s;
rollback;

-- # 4.18 names of savepoints are found without regard to case
begin;
savepoint Outer_One;
create table a (x integer references p (id));
rollback to outer_one;
release OUTER_ONE;
create table b (x integer references p (id));
commit;

-- # 4.18 an error aborts nothing
begin;
create table a (x integer references p (id));
create table a (y integer references q (id));
create table b (x integer references p (id));
begin;
commit;
commit;
rollback;

-- # 4.18 an open transaction is lost
create table a (x integer references p (id));
begin;
create table b (x integer references p (id));
alter table a rename to c;

-- # 4.18 pragmas are not rolled back
begin;
pragma legacy_alter_table = on;
rollback;
create table p (id integer primary key);
create table c (a integer references p (id));
alter table p rename to q;

-- # 4.20 comments and strings
create table p (id integer primary key); -- create table q (id integer);
/* create table r (id integer); /* not nested */ create table c (a integer /* references x (id) */ default 'it''s; references y (id)' -- references z (id)
  references p (id), b blob default x'00' /**/, d text default "a;b");
--comment without a blank
create table--x
  d (a integer--y
  references p (id));
create table e (a integer references p (id) on delete/**/cascade on/* ; */update set null);

-- # 4.20 a comment that does not end
create table p (id integer primary key);
create table c (a integer references p (id)); /* drop table c;

-- # 4.20 triggers
create table p (id integer primary key);
create table c (a integer references p (id), n integer);
create trigger t1 after insert on c begin
  update c set n = case when new.n then 1 else case new.a when 1 then 2 end end;
  delete from p where id = old_id(1);
 end;
create trigger if not exists t2 instead of delete on c when old.a = 1 begin
  select 1;
 end;
create temp trigger t3 before update of a, n on c for each row when (select case 1 when 1 then 2 end) begin
  select raise(abort, 'x; create table y (a)');
 end;
create table d (a integer references c (n));

-- # 4.20 words that are names
create table begin (end integer);
create table c (id integer primary key, "end" integer references p (id));
create trigger trg after insert on c begin update c set "end" = 1; end;
create table d (a integer references c (id));

-- # 4.20 numbers, blobs and operators in defaults
create table c (a integer default 1e3 references p, b integer default -1.5 references p, d integer default +1 references p, e integer default 0xff references p, g integer default true references p, h integer default null references p);
create table d (i text default ('a' || 'b') references p, j text default abc references p, k text default "abc" references p, l default(1)references p);

-- # 4.20 statements without blanks
create table p(id integer primary key);
create table c(a integer references p(id)on delete cascade,b integer,foreign key(b)references p(id)on update set null,unique(a));
alter table c rename to"d";
alter table"d"rename column"a"to"x";

-- # 4.21 libSQL's ALTER COLUMN is none of SQLite's
create table p (id integer primary key);
create table c (a integer);
alter table c alter column a to a integer references p (id);

-- # an index on a column that is not there is refused, and one on a text is one on an expression
create table a (x int, y int);
alter table a rename column x to w;
create unique index i on a ([x]);
create unique index j on a (x);
create unique index k on a ("x");
create unique index l on a ('z', y);
create unique index m on a (w);
