-- # 3.1 inline references make foreign keys
create table p (id int primary key);
create table c (id int primary key, a int references p (id), b int not null references p (id) on delete cascade on update cascade, d int references p (id) on delete set null on update no action);

-- # 3.1 inline references in ADD COLUMN
create table p (id int primary key);
create table c (id int primary key);
alter table c add column a int references p (id), add b int null references p(id) on delete cascade first;

-- # 3.1 inline references without a list mean the column of the same name
create table p (id int primary key, a int, key (a));
create table c (a int references p);
create table d (b int references p);
create table e (id int references p on delete cascade);

-- # 3.1 a name in front of inline references
create table p (id int primary key);
create table c (a int constraint f references p (id) on delete cascade, b int constraint references p (id));
create table d (a int constraint g references p (id) on delete cascade);

-- # 3.1 MODIFY and CHANGE take no references
create table p (id int primary key);
create table c (a int);
alter table c modify a int references p (id);
alter table c change a b int references p (id);
alter table c modify a int not null;

-- # 3.1 several references on one column
create table p (id int primary key);
create table q (id int primary key);
create table c (a int references p (id) references q (id));

-- # 3.1 attributes in any order around inline references
create table p (id int primary key);
create table c (a int not null default 1 references p (id) on update cascade comment 'x references q (id)', b int references p (id) default null, d int unique references p (id));
create table c2 (a int not null default 1 comment 'x references q (id)' references p (id) on update cascade, d int unique references p (id));
alter table c2 add column e int default 2 references p (id) after a, add column g int references p (id) first;
alter table c2 add column h int references p (id) default 3;

-- # 3.1 inline references of drizzle-like quoting
create table `p` (`id` varchar(36) character set utf8mb4 collate utf8mb4_bin primary key);
create table `c` (`p_id` varchar(36) character set utf8mb4 collate utf8mb4_bin not null references `p`(`id`) on delete cascade);

-- # 3.2 a table constraint without a list means columns of the same names
create table p (a int, b int, id int primary key, key (a, b));
create table c (a int, b int, foreign key (a, b) references p);
create table d (x int, foreign key (x) references p);
create table e (id int, constraint e_id foreign key (id) references p on delete cascade);

-- # 3.3 all forms of a table constraint
create table p (id int primary key);
create table c (a int, b int, d int, e int,
  constraint f1 foreign key (a) references p (id),
  constraint foreign key (b) references p (id) on delete cascade,
  foreign key (d) references p(id) on update cascade on delete set null,
  CONSTRAINT `f4` FOREIGN KEY `i4` (`e`) REFERENCES `p`(`id`) MATCH FULL ON DELETE NO ACTION ON UPDATE RESTRICT);

-- # 3.3 the table constraint may stand before its columns
create table p (id int primary key);
create table c (foreign key (a) references p (id), a int, constraint u unique (a), constraint g foreign key (b) references p (id), b int);

-- # 3.3 actions of either order, and twice
create table p (id int primary key);
create table c (a int, b int, constraint f foreign key (a) references p (id) on update set null on delete cascade);
create table d (a int, constraint g foreign key (a) references p (id) on delete cascade on delete set null);

-- # 3.4 the name of the index is the name of the foreign key
create table p (id int primary key);
create table c (a int, b int, foreign key my_idx (a) references p (id), constraint s foreign key other_idx (b) references p (id));
alter table c drop foreign key my_idx;
alter table c drop foreign key other_idx;
alter table c add foreign key again (a) references p (id) on delete cascade;

-- # 3.4 constraint without a symbol and with an index
create table p (id int primary key);
create table c (a int, constraint foreign key i (a) references p (id));

-- # 3.5 any index that begins with the columns will do
create table p (a int, b int, c int, d int, primary key (a, b), key by_c (c), key by_dc (d, c));
create table c1 (x int, foreign key (x) references p (a));
create table c2 (x int, foreign key (x) references p (b));
create table c3 (x int, foreign key (x) references p (c));
create table c4 (x int, y int, foreign key (x, y) references p (a, b));
create table c5 (x int, y int, foreign key (x, y) references p (b, a));
create table c6 (x int, y int, foreign key (x, y) references p (d, c));
create table c7 (x int, foreign key (x) references p (d));
create table c8 (x int, y int, foreign key (x, y) references p (c, d));

-- # 3.5 indexes of CREATE INDEX and ALTER TABLE
create table p (id int primary key, a int, b int);
create table c (x int, y int);
alter table c add constraint f foreign key (x) references p (a);
create index pa on p (a);
alter table c add constraint f foreign key (x) references p (a);
alter table c add constraint g foreign key (y) references p (b);
alter table p add unique pb (b), add key (a, b);
alter table c add constraint g foreign key (y) references p (b);

-- # 3.5 the index of a foreign key may be referenced
create table p (id int primary key);
create table c (id int primary key, a int, foreign key (a) references p (id));
create table d (x int, foreign key (x) references c (a));

-- # 3.5 an index on a prefix of a text does not serve
create table p (id int primary key, name varchar(100), key (name(10)));
create table c (n varchar(100), foreign key (n) references p (name));
create table q (a int, t text, name varchar(100), key (a, name(10)), unique (name(5)), primary key (t(20)));
create table d (x int, foreign key (x) references q (a));
create table e (x int, n varchar(100), foreign key (x, n) references q (a, name));
create table f (n varchar(100), foreign key (n) references q (name));

-- # 3.6 what is missing
create table p (id int primary key);
create table c (a int, foreign key (a) references nowhere (id));
create table c (a int, foreign key (b) references p (id));
create table c (a int, foreign key (a) references p (nope));
create table c (a int, foreign key (a) references p (id, id));
create table c (a int);
alter table c add foreign key (a) references nowhere (id);
alter table c add foreign key (b) references p (id);
alter table c add foreign key (a) references p (nope);
alter table nowhere add foreign key (a) references p (id);

-- # 3.7 a dangling foreign key is bound when the table comes
set foreign_key_checks = 0;
create table c (a int, b int, constraint f foreign key (a) references p (id) on delete cascade, foreign key (b) references other_p (code));
create table p (id int primary key);
rename table p to q;

-- # 3.7 an existing table must fit even then
set foreign_key_checks = 0;
create table p (id int primary key, a int);
create table c (x int, foreign key (x) references p (a));
create table d (x bigint, foreign key (x) references p (id));
create table e (x int, foreign key (x) references p (nope));

-- # 3.7 MariaDB takes a table that does not fit those that wait for it
set foreign_key_checks = 0;
create table c (a int, constraint f foreign key (a) references p (id));
create table p (id varchar(10) primary key);

-- # 3.7 dangling, and the referenced column renamed later
set foreign_key_checks = 0;
create table c (a int, constraint f foreign key (a) references p (id));
create table p (id int primary key);
set foreign_key_checks = 1;
alter table p rename column id to pid;
alter table c change a p_id int;

-- # 3.8 what may differ in a type
create table p (id varchar(10) character set utf8mb4 primary key, d decimal(10, 2) unique, e enum('a', 'b') unique, t datetime unique, n int(11) unique, i integer unique);
create table c (a varchar(255) character set utf8mb4, b char(10) character set utf8mb4, d decimal(5), e enum('x'), t datetime(3), n int(5), i int4,
  foreign key (a) references p (id), foreign key (b) references p (id), foreign key (d) references p (d),
  foreign key (e) references p (e), foreign key (t) references p (t), foreign key (n) references p (n), foreign key (i) references p (i));

-- # 3.8 serial is bigint unsigned
create table p (id serial primary key);
create table c (a bigint unsigned, foreign key (a) references p (id));
create table d (a int, foreign key (a) references p (id));

-- # 3.10 SET DEFAULT is kept as RESTRICT
create table p (id int primary key);
create table c (a int default 1, constraint f foreign key (a) references p (id) on delete set default on update set default);

-- # 3.11 MATCH has no effect
create table p (id int primary key);
create table c (a int, b int, d int, foreign key (a) references p (id) match full on delete cascade, foreign key (b) references p (id) match partial on delete set null, foreign key (d) references p (id) match simple on update cascade);

-- # 3.12 neither DEFERRABLE nor NOT ENFORCED
create table p (id int primary key);
create table c1 (a int, foreign key (a) references p (id) deferrable);
create table c2 (a int, foreign key (a) references p (id) not enforced);
create table c3 (a int, foreign key (a) references p (id) initially deferred);
create table c4 (a int, foreign key (a) references p (id) on delete cascade not deferrable);
create table c5 (a int references p (id) deferrable);
create table c6 (a int);
alter table c6 add constraint f foreign key (a) references p (id) not valid;

-- # 3.14 storage engines
create table p (id int primary key);
create table c1 (a int, foreign key (a) references p (id)) engine=MyISAM;
create table c2 (a int, foreign key (a) references p (id)) engine = memory;
create table c3 (a int, foreign key (a) references p (id)) default charset utf8mb4, engine=aria;
create table c4 (a int, foreign key (a) references p (id)) ENGINE Aria;
create table c5 (a int, foreign key (a) references nowhere (id)) engine=MyISAM;
create table m (id int primary key) engine=MyISAM;
create table c6 (a int, foreign key (a) references m (id));
alter table c1 engine=innodb;
alter table c1 add constraint f foreign key (a) references p (id);
alter table m engine=InnoDB;
alter table c6 add foreign key (a) references m (id);

-- # 3.14 default_storage_engine
create table p (id int primary key);
set default_storage_engine = MyISAM;
create table c (a int, foreign key (a) references p (id));
create table d (a int, foreign key (a) references p (id)) engine=InnoDB;
set session default_storage_engine = innodb;
create table e (a int, foreign key (a) references p (id));

-- # 3.14 the engine of a table with foreign keys stays
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
alter table c engine=MyISAM;
alter table p engine=MyISAM;
alter table c engine=InnoDB;

-- # 3.14 partitioned and temporary tables
create table p (id int primary key);
create table c1 (a int, foreign key (a) references p (id)) partition by hash (a) partitions 4;
create table pp (id int primary key) partition by key (id) partitions 2;
create table c2 (a int, foreign key (a) references pp (id));
create temporary table c3 (a int, foreign key (a) references p (id));
create temporary table tp (id int primary key);
create table c4 (a int, foreign key (a) references tp (id));

-- # 3.15 LIKE and AS SELECT copy no foreign key
create table p (id int primary key);
create table c (id int primary key, a int unique, foreign key (a) references p (id));
create table d like c;
create table e (like c);
create table f as select id from p;
create table d2 like p;
create table c2 (a int, constraint x foreign key (a) references d2 (id));

-- # 3.15 a foreign key in front of a SELECT
create table p (id int primary key);
create table d (a int, constraint f foreign key (a) references p (id)) select id as a from p;
create table e (a int, constraint g foreign key (a) references p (id) on delete cascade) as select id as a from p;

-- # 3.15 CREATE OR REPLACE TABLE
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
create or replace table c (b int, constraint f foreign key (b) references p (id) on delete cascade);
create or replace table p (id int primary key, x int);
create or replace table c (b int);
create or replace table p (id int primary key, x int);

-- # 3.15 CREATE OR REPLACE with checks off
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
set foreign_key_checks = 0;
create or replace table p (id int primary key, x int);
create or replace table c (a int);

-- # 3.15 CREATE TABLE IF NOT EXISTS
create table p (id int primary key);
create table c (a int);
create table if not exists c (a int, constraint f foreign key (a) references p (id));
create table if not exists d (a int, constraint f foreign key (a) references p (id));
create table d (a int, constraint g foreign key (a) references p (id));

-- # 3.16 generated columns
create table p (id int primary key);
create table c1 (a int, g int generated always as (a + 1) stored, foreign key (g) references p (id));
create table c2 (a int, g int as (a + 1) persistent, constraint f foreign key (g) references p (id));
create table c3 (a int, g int as (a + 1) virtual, constraint v foreign key (g) references p (id));
create table c4 (a int, g int as (a + 1) stored, foreign key (g) references p (id) on delete set null);
create table c5 (a int, g int as (a + 1) stored, foreign key (g) references p (id) on update cascade);
create table c6 (a int, g int as (a + 1) stored, foreign key (g) references p (id) on delete cascade);

-- # 3.17 lists of additions
create table p (id int primary key);
create table c (id int);
alter table c add column (a int, b int, constraint f foreign key (a) references p (id)), add foreign key (b) references p (id);
alter table c add (d int, e int references p (id) on delete cascade);
alter table c add column g int, add constraint gg foreign key (g) references p (id), add key (g), add h int not null after id;
alter table c add constraint hh foreign key (nw) references p (id), add column nw int;

-- # 3.17 an addition that fails takes all others back
create table p (id int primary key);
create table c (a int);
alter table c add column b int, add constraint f foreign key (a) references p (id), add constraint g foreign key (nope) references p (id);
alter table c add constraint f foreign key (a) references p (id), add constraint g foreign key (a) references nowhere (id);
alter table c add constraint f foreign key (a) references p (id), add column a int;

-- # 3.18 IF EXISTS and IF NOT EXISTS
create table p (id int primary key);
create table c (a int, b int);
alter table if exists nowhere add constraint f foreign key (a) references p (id);
alter table if exists c add constraint f foreign key (a) references p (id);
alter table c add column if not exists a int references p (id);
alter table c add column if not exists d int references p (id);
alter table c drop foreign key if exists nope, drop constraint if exists nope, drop column if exists nope, drop index if exists nope;
alter table c drop foreign key if exists f, drop column if exists b;

-- # 3.18 FOREIGN KEY IF NOT EXISTS tests the name behind it
create table p (id int primary key);
create table c (a int, b int);
alter table c add constraint f foreign key if not exists (a) references p (id);
alter table c add constraint f foreign key if not exists (a) references p (id) on delete cascade;
alter table c add foreign key if not exists g (b) references p (id);
alter table c add foreign key if not exists g (b) references p (id) on delete cascade;
alter table c add foreign key if not exists (b) references p (id);

-- # 3.18 a symbol and an index with IF NOT EXISTS
create table p (id int primary key);
create table c (a int);
alter table c add constraint f foreign key if not exists i (a) references p (id);
alter table c add constraint f foreign key if not exists i (a) references p (id) on delete cascade;
alter table c add constraint h foreign key if not exists i (a) references p (id);

-- # 3.18 no ADD CONSTRAINT IF NOT EXISTS
create table p (id int primary key);
create table c (a int);
alter table c add constraint if not exists f foreign key (a) references p (id);
alter table c add constraint f foreign key (a) references p (id);

-- # 3.19 two foreign keys on the same columns
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id), foreign key (a) references p (id) on delete cascade, constraint x foreign key (a) references p (id));
alter table c add foreign key (a) references p (id);

-- # 3.20 self references
create table t (id int primary key, up int, constraint t_up foreign key (up) references t (id) on delete cascade);
create table t1 (id int primary key, foreign key (id) references t1 (id));
create table t2 (id int primary key, up int references t2 (id));
alter table t add column top int, add constraint t_top foreign key (top) references t (id);

-- # 3.20 a self reference onto a column of the same statement
create table t (id int primary key);
alter table t add column a int, add column b int, add key (b), add constraint f foreign key (a) references t (b);
create table s (a int, b int, foreign key (a) references s (b));
create table s2 (a int, b int, foreign key (a) references s2 (b), key (b));

-- # 3.20 mutual references
create table a (id int primary key, b_id int);
create table b (id int primary key, a_id int, constraint b_a foreign key (a_id) references a (id));
alter table a add constraint a_b foreign key (b_id) references b (id);
drop table a;
alter table a drop foreign key a_b;
drop table b;
drop table a;

-- # 3.8 what may not differ
create table p (id int primary key, u int unsigned unique, b bigint unique, s varchar(10) character set utf8mb4 unique);
create table c1 (x int unsigned, foreign key (x) references p (id));
create table c2 (x bigint, foreign key (x) references p (id));
create table c3 (x int, foreign key (x) references p (b));
create table c4 (x int, foreign key (x) references p (u));
create table c6 (x varchar(10), foreign key (x) references p (id));

-- # 3.9 SET NULL on a column that is not null
create table p (id int primary key, b int, key (id, b));
create table c1 (x int not null, foreign key (x) references p (id) on delete set null);
create table c2 (x int primary key, foreign key (x) references p (id) on delete set null);
create table c3 (x int, y int not null, foreign key (x, y) references p (id, b) on update set null);
create table c4 (x int, y int, foreign key (x, y) references p (id, b) on update set null);
