-- # 2.44 partitions that exist, that come later, and below
create table p (id int primary key);
create table r (a int, b int) partition by range (a);
create table r1 partition of r for values from (0) to (10);
alter table r add constraint f foreign key (a) references p on delete cascade;
create table r2 partition of r for values from (10) to (20) partition by list (b);
create table r2a partition of r2 for values in (1);
create table r3 partition of r default;
alter table r add foreign key (b) references p;

-- # 2.44 a column with a foreign key
create table p (id int primary key);
create table r (a int) partition by range (a);
create table r1 partition of r for values from (0) to (10) partition by range (a);
create table r1a partition of r1 for values from (0) to (5);
alter table r add column b int not null references p on delete set null;
alter table r add column d int constraint named references p;

-- # 2.44 a partition that is made with more
create table p (id int primary key);
create table r (a int references p, b int) partition by range (a);
create table r1 partition of r (b not null references p, constraint k primary key (a), a with options default 3) for values from (0) to (10);
create table r2 partition of r (foreign key (b) references p on delete cascade, unique (a, b)) for values from (10) to (20);
create table r3 partition of r (b check (b > 0) default 7) default;

-- # 2.44 keys of the whole are those of its partitions
create table r (a int primary key, b int, constraint u unique (a, b)) partition by range (a);
create table r1 partition of r for values from (0) to (10);
create table c (x int references r, y int references r1, z int references r1 (a));
create table d (x int, y int, foreign key (x, y) references r1 (b, a));
alter table r1 drop constraint r1_pkey;
alter table r drop constraint u;
alter table r drop constraint r_pkey;
alter table r drop constraint u cascade;

-- # 2.44 keys that are added to the whole
create table r (a int, b int) partition by range (a);
create table r1 partition of r for values from (0) to (10);
create table r2 partition of r (constraint r2_own primary key (a)) for values from (10) to (20);
alter table r add primary key (a);
alter table r add unique (a, b);
create unique index i on r (b, a);
create table c (x int, y int, foreign key (x, y) references r1 (a, b));
alter table r drop constraint r_pkey;
alter table r drop constraint r_a_b_key cascade;
drop index i;

-- # 2.45 what is refused on a partitioned table
create table p (id int primary key);
create table r (a int) partition by range (a);
create table r1 partition of r for values from (0) to (10);
alter table only r add foreign key (a) references p;
alter table only r add column b int;
alter table r1 add column b int references p;
alter table r1 add foreign key (a) references p;

-- # 2.46 the root leads
create table p (id int primary key);
create table r (a int constraint f references p, b int) partition by range (a);
create table r1 partition of r for values from (0) to (10) partition by range (a);
create table r1a partition of r1 for values from (0) to (5);
alter table r rename column b to bb;
alter table r alter column bb set not null;
alter table r alter column bb type bigint;
alter table r rename constraint f to g;
alter table r1 rename constraint f to h;
alter table r1 drop constraint f;
alter table r1a drop constraint f;
alter table r1 drop column bb;
alter table r1 rename column bb to x;
alter table r drop column bb;
alter table r drop constraint g;

-- # 2.46 a column of a partition alone
create table r (a int, b int, d int) partition by range (a);
create table r1 (a int, b int, d int, x int);
alter table r attach partition r1 for values from (0) to (10);
create table r2 (d int, b int, a int);
alter table r attach partition r2 for values from (10) to (20);
alter table r1 alter column b set not null;
alter table r alter column b drop not null;
alter table r drop column d;

-- # 2.46 dropping the root
create table p (id int primary key);
create table r (a int primary key references p) partition by range (a);
create table r1 partition of r for values from (0) to (10);
create table c (x int references r1);
drop table r;
drop table c;
drop table r;
drop table p;

-- # 2.46 dropping a partition
create table p (id int primary key);
create table r (a int references p) partition by range (a);
create table r1 partition of r for values from (0) to (10);
create table r2 partition of r for values from (10) to (20) partition by range (a);
create table r2a partition of r2 for values from (10) to (15);
drop table r1;
drop table r2;
alter table r drop constraint r_a_fkey;

-- # 2.47 ATTACH takes equal foreign keys over
create table p (id int primary key);
create table r (a int constraint f references p on delete cascade, b int) partition by range (a);
create table r1 (a int constraint mine references p on delete cascade, b int);
create table r2 (a int constraint f references p on delete set null, b int);
create table r3 (b int, a int constraint f references p on delete cascade);
create table r4 (a int, b int constraint f references p);
create table r5 (a int constraint f check (a > 0), b int);
alter table r attach partition r1 for values from (0) to (10);
alter table r attach partition r2 for values from (10) to (20);
alter table r attach partition r3 for values from (20) to (30);
alter table r attach partition r4 for values from (30) to (40);
alter table r attach partition r5 for values from (40) to (50);
alter table r1 drop constraint mine;
alter table r drop constraint f;

-- # 2.47 equal in all but one thing
create table p (id int primary key);
create table r (a int references p deferrable, b int) partition by range (a);
create table r1 (a int constraint one references p, b int);
create table r2 (a int constraint one references p match full deferrable, b int);
create table r3 (a int, b int);
alter table r3 add constraint one foreign key (a) references p deferrable not valid;
create table r4 (a int constraint one references p on update cascade deferrable, b int);
alter table r attach partition r1 for values from (0) to (10);
alter table r attach partition r2 for values from (10) to (20);
alter table r attach partition r3 for values from (20) to (30);
alter table r attach partition r4 for values from (30) to (40);

-- # 2.47 DETACH makes it its own
create table p (id int primary key);
create table r (a int constraint f references p, b int) partition by range (a);
create table r1 partition of r for values from (0) to (10);
create table r2 partition of r for values from (10) to (20);
alter table r detach partition r1;
alter table r1 drop constraint f;
alter table r detach partition r2 concurrently;
alter table r drop constraint f;
drop table r;

-- # 2.47 keys when a partition comes and goes
create table r (a int, b int, primary key (a)) partition by range (a);
create table r1 (a int not null, b int);
create table r2 (a int constraint own primary key, b int);
alter table r attach partition r1 for values from (0) to (10);
alter table r attach partition r2 for values from (10) to (20);
alter table r detach partition r1;
create table c (x int references r1, y int references r2);
alter table r1 drop constraint r1_pkey cascade;

-- # 2.47 what cannot be attached
create table p (id int primary key);
create table r (a int not null, b int) partition by range (a);
create table r1 (a int, b int);
create table r2 (a int not null);
create table r3 (a int not null, b int, d int);
create table r4 (a int not null, b text);
create table r5 (a int not null, b int);
alter table r attach partition r1 for values from (0) to (10);
alter table r attach partition r2 for values from (10) to (20);
alter table r attach partition r3 for values from (20) to (30);
alter table r attach partition r4 for values from (20) to (30);
alter table p attach partition r5 for values from (20) to (30);
alter table r attach partition r5 for values from (20) to (30);
alter table r attach partition r5 for values from (20) to (30);
alter table r detach partition r1;

-- # 2.48 a foreign key onto a partitioned table
create table r (a int primary key) partition by range (a);
create table r1 partition of r for values from (0) to (10);
create table c (x int references r on delete cascade);
create table r2 partition of r for values from (10) to (20);
drop table r1;
alter table r detach partition r1;
drop table r1;
drop table r;
drop table r2;
drop table r cascade;

-- # 2.48 its partitions stay while they are referenced
create table r (a int primary key) partition by range (a);
create table r1 partition of r for values from (0) to (10);
create table c (x int references r on delete cascade);
drop table r1;
drop table c, r1;

-- # 2.48 partitioned on both sides, and onto itself
create table r (a int primary key, up int references r) partition by range (a);
create table r1 partition of r for values from (0) to (10);
create table s (x int references r on delete cascade) partition by range (x);
create table s1 partition of s for values from (0) to (10);
create table r2 partition of r for values from (10) to (20);
create table s2 partition of s for values from (10) to (20);
alter table s detach partition s2;

-- # partitions in schemas have names of their own
create table p (id int primary key);
create schema s;
create table r (a int references p) partition by range (a);
create table s.r1 partition of r for values from (0) to (10);
create table s.r_a_fkey (a int references p);
alter table r add foreign key (a) references p;
alter table s.r1 set schema public;

-- # names of partitions collide
create table p (id int primary key);
create table r (a int) partition by range (a);
create table r1 partition of r (constraint r_a_fkey check (a > 0)) for values from (0) to (10);
create table r2 partition of r for values from (10) to (20);
alter table r2 add foreign key (a) references p on delete cascade;
alter table r add foreign key (a) references p;
create table r3 (a int, constraint r_a_fkey unique (a));
alter table r attach partition r3 for values from (20) to (30);

-- # partitions by hash and list, in one statement
create table p (id int primary key);
create table r (id int not null references p on delete cascade, at timestamptz not null default now(), primary key (id, at)) partition by hash (id);
create table r0 partition of r for values with (modulus 2, remainder 0);
create table r1 partition of r for values with (modulus 2, remainder 1);
create table l (id int, kind text) partition by list (kind);
create table l_a partition of l for values in ('a', 'b');
create table l_b partition of only l for values in ('x');
create table if not exists l_c partition of l for values in ('c');
create table if not exists l_c partition of l for values in ('c');
alter table l add constraint f foreign key (id) references p;

-- # a partition that fails
create table p (id int primary key);
create table r (a int references p) partition by range (a);
create table r1 partition of p for values from (0) to (10);
create table r2 partition of nowhere for values from (0) to (10);
create table r3 partition of r (b int) for values from (0) to (10);
create table r4 partition of r for values from (10) to (20);

-- # a partition is inherited from as no other table is
create table r (a int) partition by range (a);
create table r1 partition of r for values from (0) to (10);
create table h () inherits (r);
create table h2 () inherits (r1);
alter table r1 no inherit r;

-- # the copies of a foreign key are made anew where the type of a column changes
create table u (id smallint primary key);
create table r (k int not null, a int, b int) partition by list (k);
alter table r add constraint f foreign key (a) references u;
create table r1 partition of r for values in (1);
create table r2 partition of r for values in (2) partition by list (k);
create table r3 partition of r2 for values in (2);
alter table r rename constraint f to g;
alter table u alter id type bigint;
alter table r1 rename constraint g to own;
alter table r2 rename constraint g to own2;
alter table r3 rename constraint g to own3;
alter table r alter a type bigint;
alter table r1 rename constraint g to own;
alter table r alter b type bigint;

-- # copies that are made anew where their names are taken
create table u (id smallint primary key);
create table r (k int not null, a int, b int) partition by list (k);
create table r1 partition of r for values in (1);
alter table r add foreign key (a) references u, add foreign key (a) references u;
alter table r1 rename constraint r_a_fkey to own;
alter table r1 add constraint r_a_fkey check (b > 0);
create table r2 (k int not null, a int, b int, constraint theirs foreign key (a) references u, constraint r_a_fkey1 check (b > 0));
alter table r attach partition r2 for values in (2);
alter table u alter id type int;
alter table r1 rename constraint r1_a_fkey to r1_a_fkey9;
alter table r1 drop constraint r_a_fkey;
alter table r2 drop constraint r_a_fkey1;
alter table u alter id type bigint;
create table other (x int, constraint r1_a_fkey check (x > 0));
alter table r1 add constraint temporary check (b > 0);
alter table r1 rename constraint r_a_fkey to own;
alter table r1 rename constraint temporary to r_a_fkey;
alter table r alter a type bigint;

-- # a partition that was taken off keeps its foreign keys under their names
create table u (id smallint primary key);
create table r (k int not null, a int) partition by list (k);
alter table r add constraint f foreign key (a) references u;
create table r1 partition of r for values in (1);
create table r2 partition of r for values in (2);
alter table r detach partition r1;
alter table r rename constraint f to g;
alter table u alter id type bigint;
begin;
alter table r rename constraint g to h;
alter table u alter id type int;
rollback;
