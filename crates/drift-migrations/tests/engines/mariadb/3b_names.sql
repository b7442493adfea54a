-- # 3.21 numbers of a new table
create table p (id int primary key);
create table c (a int, b int, d int, foreign key (a) references p (id), constraint named foreign key (b) references p (id), foreign key (d) references p (id));

-- # 3.21 an explicit name that is a generated one as well
create table p (id int primary key);
create table c (a int, b int, constraint c_ibfk_1 foreign key (a) references p (id), foreign key (b) references p (id));
create table c (a int, b int, foreign key (b) references p (id), constraint c_ibfk_2 foreign key (a) references p (id));
create table d (a int, b int, foreign key (a) references p (id), constraint d_ibfk_1 foreign key (b) references p (id));

-- # 3.21 the highest number counts from before the drops
create table p (id int primary key);
create table c (a int, b int, foreign key (a) references p (id));
alter table c drop foreign key c_ibfk_1, add foreign key (b) references p (id);
alter table c drop foreign key c_ibfk_2;
alter table c add foreign key (a) references p (id);

-- # 3.21 inline and table constraints count together
create table p (id int primary key);
create table c (a int references p (id), foreign key (b) references p (id), b int, d int references p (id));
alter table c add column e int references p (id), add foreign key (a) references p (id) on delete cascade, add g int references p (id);

-- # 3.22 which names have a number
create table p (id int primary key);
create table c1 (a int, constraint c1_ibfk_7 foreign key (a) references p (id));
alter table c1 add foreign key (a) references p (id) on delete cascade;
create table c2 (a int, constraint c2_ibfk_007 foreign key (a) references p (id));
alter table c2 add foreign key (a) references p (id) on delete cascade;
create table c3 (a int, constraint c3_ibfk_x foreign key (a) references p (id));
alter table c3 add foreign key (a) references p (id) on delete cascade;
create table c4 (a int, constraint C4_IBFK_9 foreign key (a) references p (id));
alter table c4 add foreign key (a) references p (id) on delete cascade;
create table c5 (a int, constraint c5_ibfk_9b foreign key (a) references p (id));
alter table c5 add foreign key (a) references p (id) on delete cascade;
create table c6 (a int, constraint c6_ibfk_0 foreign key (a) references p (id));
alter table c6 add foreign key (a) references p (id) on delete cascade;
create table c7 (a int, constraint c7_ibfk_ foreign key (a) references p (id));
alter table c7 add foreign key (a) references p (id) on delete cascade;

-- # 3.22 gaps stay, the highest is freed
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id), foreign key (a) references p (id), foreign key (a) references p (id));
alter table c drop foreign key c_ibfk_2;
alter table c add foreign key (a) references p (id) on delete cascade;
alter table c drop foreign key c_ibfk_4;
alter table c add foreign key (a) references p (id) on delete set null;
alter table c drop foreign key c_ibfk_4, drop foreign key c_ibfk_3, drop foreign key c_ibfk_1;
alter table c add foreign key (a) references p (id);

-- # 3.22 several without a name in one ALTER
create table p (id int primary key);
create table c (a int, b int, d int);
alter table c add foreign key (a) references p (id), add constraint x foreign key (b) references p (id), add foreign key (d) references p (id);
alter table c add foreign key (a) references p (id) on delete cascade, drop foreign key c_ibfk_2;

-- # 3.23 names are unique in a database
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
create table d (a int, constraint f foreign key (a) references p (id));
create table d (a int, constraint F foreign key (a) references p (id));
create table e (a int);
alter table e add constraint f foreign key (a) references p (id);
alter table c add constraint f foreign key (a) references p (id) on delete cascade;
alter table c drop foreign key F;
alter table e add constraint f foreign key (a) references p (id);

-- # 3.23 a name may be that of an index
create table p (id int primary key);
create table c (a int, b int, key f (b), constraint f foreign key (a) references p (id));
create table d (a int, key g (a), constraint g foreign key (a) references p (id));
create table e (a int unique, constraint a foreign key (a) references p (id));

-- # 3.23 a name may not be that of a check
create table p (id int primary key);
create table c (a int, constraint f check (a > 0), constraint f foreign key (a) references p (id));
create table d (a int, constraint g check (a > 0));
alter table d add constraint g foreign key (a) references p (id);
create table e (a int, constraint g foreign key (a) references p (id));

-- # 3.23 a generated name that is taken
create table p (id int primary key);
create table other_table (a int, constraint c_ibfk_1 foreign key (a) references p (id));
create table c (a int, foreign key (a) references p (id));
create table c (a int);
alter table c add foreign key (a) references p (id);
alter table c add constraint mine foreign key (a) references p (id);

-- # 3.23 other databases have names of their own
create database other;
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
create table other.p (id int primary key);
create table other.c (a int, constraint f foreign key (a) references other.p (id));
create table other.d (a int, constraint f foreign key (a) references other.p (id));

-- # 3.23 the name goes with its table
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
drop table c;
create table d (a int, constraint f foreign key (a) references p (id) on delete cascade);

-- # 3.25 names of 64 characters and more
create table p (id int primary key);
create table c (a int, constraint a234567890123456789012345678901234567890123456789012345678901234 foreign key (a) references p (id));
create table d (a int, constraint a2345678901234567890123456789012345678901234567890123456789012345 foreign key (a) references p (id));
create table e (a int);
alter table e add constraint b2345678901234567890123456789012345678901234567890123456789012345 foreign key (a) references p (id);
alter table e add foreign key b2345678901234567890123456789012345678901234567890123456789012345 (a) references p (id);

-- # 3.25 a generated name that is too long
create table p (id int primary key);
create table t2345678901234567890123456789012345678901234567890123456 (a int, foreign key (a) references p (id));
create table t23456789012345678901234567890123456789012345678901234567 (a int, foreign key (a) references p (id));
create table t234567890123456789012345678901234567890123456789012345678 (a int, foreign key (a) references p (id));
create table t234567890123456789012345678901234567890123456789012345678 (a int, constraint f foreign key (a) references p (id));
alter table t234567890123456789012345678901234567890123456789012345678 add foreign key (a) references p (id);
alter table t234567890123456789012345678901234567890123456789012345678 drop foreign key t234567890123456789012345678901234567890123456789012345678_ibfk_1;
create table t23456789012345678901234567890123456789012345678901234567890123 (a int);
create table t234567890123456789012345678901234567890123456789012345678901234 (a int);

-- # 3.25 characters are counted, not bytes
create table p (id int primary key);
create table c (a int, constraint `ééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééééé` foreign key (a) references p (id));

-- # 3.26 renaming the table renames generated names
create table p (id int primary key);
create table c (a int, b int, d int, e int, foreign key (a) references p (id), constraint c_ibfk_x foreign key (b) references p (id), constraint c_ibfk_3b foreign key (d) references p (id), constraint c_fk foreign key (e) references p (id));
rename table c to d;
alter table d rename to e;
alter table e add foreign key (a) references p (id);

-- # 3.26 the case of the prefix
create table p (id int primary key);
create table c (a int, constraint C_ibfk_1 foreign key (a) references p (id), constraint c_IBFK_2 foreign key (a) references p (id));
rename table c to d;

-- # 3.26 a name that is taken stops the rename
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id));
create table x (a int, constraint d_ibfk_1 foreign key (a) references p (id));
rename table c to d;
alter table c rename to d;
rename table c to e;

-- # 3.26 swaps
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id));
create table c_new (a int, foreign key (a) references p (id) on delete cascade);
rename table c to c_old, c_new to c;
drop table c_old;
alter table c add foreign key (a) references p (id);

-- # 3.26 a table whose name begins like another
create table p (id int primary key);
create table c (a int, constraint c_ibfk_1_ibfk_2 foreign key (a) references p (id), constraint cc_ibfk_1 foreign key (a) references p (id));
rename table c to z;

-- # 3.26 into another database
create database other;
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id), constraint f foreign key (a) references p (id));
rename table c to other.c;
rename table other.c to other.d;
rename table p to other.p;

-- # 3.26 too long after the rename
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id));
rename table c to t234567890123456789012345678901234567890123456789012345678;
rename table t234567890123456789012345678901234567890123456789012345678 to d;

-- # 3.27 case of names
create table P (Id int primary key);
create table C (A int, B int, constraint Fk foreign key (a) references P (ID));
create table c (x int, foreign key (X) references p (id));
alter table C drop foreign key fK;
alter table C add constraint Fk foreign key (b) references P (iD);
alter table C rename column B to b;
alter table c add foreign key (a) references P (id);

-- # 3.27 MODIFY in another case
create table p (Id int primary key);
create table c (PId int, constraint f foreign key (pid) references p (id));
alter table c modify pid int not null;
alter table p modify ID int;
