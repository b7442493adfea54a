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
drop table r cascade;

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
create table s.r (a int references p);
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

