-- # 3.28 DROP TABLE while referenced
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
drop table p;
drop table p cascade;
drop table p restrict;
drop table if exists p;
drop table c;
drop table p;

-- # 3.28 lists go from left to right
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
create table x (id int);
drop table p, c, x;
drop table p;

-- # 3.28 lists in the right order
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
drop table c, p;

-- # 3.28 lists with unknown tables
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
drop table nowhere, c, elsewhere;
drop table if exists nowhere, p, elsewhere;

-- # 3.28 tables that reference each other
create table a (id int primary key, b_id int);
create table b (id int primary key, a_id int, constraint b_a foreign key (a_id) references a (id));
alter table a add constraint a_b foreign key (b_id) references b (id);
drop table a, b;
set foreign_key_checks = 0;
drop table a, b;

-- # 3.28 a self reference stands in nobody's way
create table t (id int primary key, up int, foreign key (up) references t (id));
drop table t;
create table t (id int primary key, up int, foreign key (up) references t (id) on delete cascade);

-- # 3.29 DROP DATABASE
create database other;
create table other.p (id int primary key);
create table c (a int, constraint f foreign key (a) references other.p (id));
drop database other;
set foreign_key_checks = 0;
drop database other;

-- # 3.30 dropped and made again
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id) on delete cascade);
set foreign_key_checks = 0;
drop table p;
create table p (id int primary key, name text);
set foreign_key_checks = 1;
rename table p to q;

-- # 3.30 dropped and renamed into
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
create table p_new (id int primary key, x int);
set foreign_key_checks = 0;
drop table p;
alter table p_new rename to p;
set foreign_key_checks = 1;
drop table p;

-- # 3.30 dropped and left
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
set foreign_key_checks = 0;
drop table p;
set foreign_key_checks = 1;
alter table c add constraint g foreign key (a) references p (id);
rename table c to d;
alter table d drop foreign key f;

-- # 3.30 the child is renamed while it dangles
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id));
set foreign_key_checks = 0;
drop table p;
rename table c to d;
alter table d change a b int;
create table p (id int primary key);

-- # 3.30 one dangling name, two referencing tables
set foreign_key_checks = 0;
create table c (a int, constraint f foreign key (a) references p (id));
create table d (a int, constraint g foreign key (a) references p (id) on delete set null);
create table q (id int primary key);
rename table q to p;
rename table p to r;
set foreign_key_checks = 1;
drop table r;

-- # 3.30 a self reference of a table that is made again
set foreign_key_checks = 0;
create table t (id int primary key, up int, constraint t_up foreign key (up) references t (id));
create table t_new (id int primary key, up int, constraint t_new_up foreign key (up) references t (id));
drop table t;
rename table t_new to t;

-- # 3.30 a self reference under the name of the new table
set foreign_key_checks = 0;
create table t (id int primary key, up int, constraint t_up foreign key (up) references t (id));
create table t_new (id int primary key, up int, constraint t_new_up foreign key (up) references t_new (id));
drop table t;
rename table t_new to t;

-- # 3.31 DROP FOREIGN KEY and DROP CONSTRAINT
create table p (id int primary key);
create table c (a int, b int, constraint f foreign key (a) references p (id), constraint g foreign key (b) references p (id), constraint u unique (b), constraint k check (a > 0));
alter table c drop foreign key f;
alter table c drop foreign key f;
alter table c drop constraint g;
alter table c drop foreign key u;
alter table c drop constraint u;
alter table c drop constraint k;
alter table c drop constraint nope;

-- # 3.31 a foreign key and a unique of one name
create table p (id int primary key);
create table c (a int, constraint f unique (a), constraint f foreign key (a) references p (id));
alter table c drop constraint f;

-- # 3.31 a drop of another table's foreign key
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
create table d (a int);
alter table d drop foreign key f;
alter table p drop foreign key f;
alter table c drop foreign key f, drop foreign key f;

-- # 3.31 a list with one that is missing drops nothing
create table p (id int primary key);
create table c (a int, b int, constraint f foreign key (a) references p (id), constraint g foreign key (b) references p (id));
alter table c drop foreign key f, drop foreign key nope;
alter table c drop foreign key f, drop column nope;
alter table c drop foreign key f, drop foreign key if exists nope, drop foreign key g;

-- # 3.33 DROP COLUMN of a foreign key's column
create table p (id int primary key, x int);
create table c (a int, b int, constraint f foreign key (a) references p (id));
alter table c drop column a;
alter table p drop column id;
set foreign_key_checks = 0;
alter table c drop column a;
alter table p drop column x;
alter table c drop column b;
alter table c add b int, drop a, drop foreign key f;

-- # 3.33 DROP COLUMN in both orders
create table p (id int primary key);
create table c (id int, a int, b int, constraint f foreign key (a) references p (id), constraint g foreign key (b) references p (id));
alter table c drop foreign key f, drop column a;
alter table c drop column b, drop foreign key g;

-- # 3.33 a column of a composite foreign key
create table p (a int, b int, primary key (a, b));
create table c (x int, y int, z int, constraint f foreign key (x, y) references p (a, b));
alter table c drop column y;
alter table c drop z;

-- # 3.34 one name dropped and added in one statement
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
alter table c drop foreign key f, add constraint f foreign key (a) references p (id) on delete cascade;
alter table c drop foreign key f, add constraint F foreign key (a) references p (id) on delete cascade, algorithm=inplace;
alter table c drop foreign key f, add constraint g foreign key (a) references p (id) on delete cascade;
alter table c drop foreign key g, add constraint f foreign key (a) references p (id) on delete set null;

-- # 3.34 MariaDB forgets DROP CONSTRAINT where it copies the table
create table p (id int primary key);
create table c (a int, b int, constraint g1 foreign key (a) references p (id));
alter table c drop constraint g1, add constraint f1 foreign key (a) references p (id) on delete cascade;
create table d (a int, b int, constraint g2 foreign key (a) references p (id));
alter table d drop constraint g2, algorithm=copy;
create table e (a int, b int, constraint g3 foreign key (a) references p (id), constraint u unique (b));
alter table e drop constraint if exists g3, modify b bigint, drop constraint u;
create table f (a int, constraint g4 foreign key (a) references p (id));
alter table f drop constraint g4, add column b int references p (id);
create table g (a int, b int, constraint g5 foreign key (a) references p (id), constraint h5 foreign key (a) references p (id));
alter table g drop constraint g5, modify b int not null, add column d int, drop column b;
alter table g drop constraint h5, engine=innodb;
create table h (a int, constraint g6 foreign key (a) references p (id));
set foreign_key_checks = 0;
alter table h drop constraint g6, add constraint f6 foreign key (a) references p (id) on delete cascade;

-- # 3.34 the two statements of drizzle-kit
create table `users` (`id` int primary key);
create table `posts` (`user_id` int);
ALTER TABLE `posts` ADD CONSTRAINT `posts_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE `posts` DROP FOREIGN KEY `posts_user_id_users_id_fk`;
--> statement-breakpoint
ALTER TABLE `posts` ADD CONSTRAINT `posts_user_id_users_id_fk` FOREIGN KEY (`user_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;

-- # 3.35 RENAME COLUMN on both sides
create table p (id int primary key, code int unique);
create table c (a int, b int, constraint f foreign key (a) references p (id), constraint g foreign key (b) references p (code));
alter table c rename column a to p_id;
alter table p rename column id to pid, rename column code to pcode;
alter table c rename column nope to x;
alter table c rename column b to p_id;

-- # 3.35 CHANGE keeps the foreign key
create table p (id int primary key);
create table c (a int, b int, constraint f foreign key (a) references p (id));
alter table c change a p_id int comment 'renamed';
alter table c change column `p_id` `P_Id` int null;
alter table p change id pid int not null;
alter table c change b a int;

-- # 3.35 swaps of columns
create table p (id int primary key);
create table c (a int, b int, constraint f foreign key (a) references p (id));
alter table c change a b int, change b a int;
alter table c rename column a to b, rename column b to a;
alter table c rename column a to x, rename column b to a;

-- # 3.35 swaps on the referenced side
create table p (a int, b int, unique (a), key (b));
create table c (x int, constraint f foreign key (x) references p (a));
alter table p rename column a to b, rename column b to a;

-- # 3.35 a column renamed and another one in its place
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
alter table c rename column a to old_a, add column a int;
alter table c add constraint g foreign key (a) references p (id);

-- # 3.35 MODIFY without a change of type
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
alter table c modify a int not null default 0 comment 'x';
alter table c modify column a int(5);
alter table p modify id int auto_increment;
alter table p modify id integer not null;

-- # 3.35 MODIFY moves columns
create table c (a int, b int, d int, e int);
alter table c modify d int first;
alter table c modify a int after e;
alter table c change b bb int not null after a;
alter table c add column x int after d, add y int after x, add z int first;
alter table c modify e int after e;

-- # 3.37 renames of both sides
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
rename table p to q, c to d;
alter table q rename r;
alter table r rename as s;
alter table s rename = t;
alter table d rename to e;

-- # 3.37 swaps of tables
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
create table p_new (id int primary key, x int);
rename table p to p_old, p_new to p;
drop table p_old;
drop table p;

-- # 3.37 a swap through a third name
create table a (id int primary key, only_a int);
create table b (id int primary key, only_b int);
create table c (x int, constraint f foreign key (x) references a (id), y int, constraint g foreign key (y) references b (id));
rename table a to tmp, b to a, tmp to b;

-- # 3.37 a list of renames is one statement
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
rename table p to q, nowhere to somewhere;
rename table p to c, c to d;
rename table c to d, p to c;

-- # 3.37 renames with checks off
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
set foreign_key_checks = 0;
rename table p to p_old;
create table p (id int primary key, x int);
drop table p_old;

-- # 3.37 a parent renamed away and its name waited for
set foreign_key_checks = 0;
create table c (a int, constraint f foreign key (a) references p (id));
create table x (id int primary key);
rename table x to p;
rename table p to y;
create table p (id int primary key);
create table d (a int, constraint g foreign key (a) references p (id));

-- # 3.37 renames that fail
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
rename table p to c;
alter table p rename to c;
alter table nowhere rename to p2;
alter table c rename to C;
alter table if exists nowhere rename to p2;
rename table if exists nowhere to p2;
rename table if exists nowhere to p2, p to p3;

-- # 3.38 ADD FOREIGN KEY and RENAME lose what was there
create table p (id int primary key);
create table c (a int, b int, foreign key (a) references p (id), constraint f foreign key (a) references p (id));
alter table c add foreign key (b) references p (id), rename to d;

-- # 3.38 ADD COLUMN and RENAME lose nothing
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id), constraint f foreign key (a) references p (id));
alter table c add column b int, rename to d;
alter table d drop foreign key f, rename to e;
alter table e add key (b), rename to g;

-- # 3.38 a column with a foreign key of its own and RENAME
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id), constraint f foreign key (a) references p (id));
alter table c add column b int references p (id), rename to d;

-- # 3.39 RENAME INDEX leaves the foreign key alone
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
alter table c rename index f to g;
alter table c rename key g to h;
alter table c rename constraint f to x;
alter table c add constraint g foreign key (a) references p (id) on delete cascade;

-- # 3.40 what has no effect
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id));
truncate table p;
truncate c;
alter table c engine=InnoDB, row_format=dynamic, comment='foreign key (a) references q (id)';
optimize table c;
analyze table c;
create view v as select * from c;
lock tables c write;
unlock tables;
alter table c algorithm=inplace, lock=none, add column b int;
alter table c add key by_b (b), algorithm=copy;
alter table c auto_increment = 5;
alter table c convert to character set utf8mb4;
alter table c disable keys;
alter table c order by a;
alter table c force;

-- # 3.41 DDL commits
create table p (id int primary key);
begin;
create table c (a int, constraint f foreign key (a) references p (id));
savepoint s;
alter table c drop foreign key f;
rollback to savepoint s;
rollback;
start transaction;
alter table c add constraint g foreign key (a) references p (id) on delete cascade;
rollback;

-- # 3.41 an error does not stop the file
create table p (id int primary key);
begin;
create table c (a int, constraint f foreign key (a) references nowhere (id));
create table d (a int, constraint f foreign key (a) references p (id));
commit;

-- # 3.42 what the current database has is not looked at
create database other;
create table p (id int primary key);
create table other.c (a int, constraint f foreign key (a) references p (id));

-- # 3.29 DROP DATABASE with the referencing tables
create database other;
create table p (id int primary key);
create table other.c (a int, constraint f foreign key (a) references app.p (id));
drop schema if exists other;
drop database if exists other;
drop table p;

-- # 3.35 the type of a foreign key's column stays
create table p (id int primary key, s varchar(10) unique);
create table c (a int, t varchar(10), constraint f foreign key (a) references p (id), constraint g foreign key (t) references p (s));
alter table c modify a bigint;
alter table p modify id bigint;
alter table c modify a int unsigned;
set foreign_key_checks = 0;
alter table c modify a bigint;
alter table p modify id bigint;
set foreign_key_checks = 1;
alter table c drop foreign key f;
alter table p modify id bigint;
alter table c add constraint f foreign key (a) references p (id);
alter table c modify a bigint;
alter table c add constraint f foreign key (a) references p (id);

-- # 3.36 MODIFY to NOT NULL under SET NULL
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id) on delete set null);
alter table c modify a int not null;
alter table c change a b int not null;
alter table c modify a int null;

-- # 3.36 a primary key under SET NULL
create table p (id int primary key);
create table c (a int, constraint f foreign key (a) references p (id) on delete set null);
alter table c add primary key (a);
alter table c add column id int primary key;

-- # 3.42 USE and the database of the child
create database other;
create table p (id int primary key);
create table other.p (id int primary key);
create table other.c (a int, constraint f foreign key (a) references p (id));
use other;
create table d (a int, constraint g foreign key (a) references p (id), constraint h foreign key (a) references app.p (id));
use app;
create table c (a int, constraint f foreign key (a) references p (id));
alter table other.d drop foreign key g;

-- # 3.42 ALTER TABLE in another database
create database other;
create table other.p (id int primary key);
create table other.c (a int, b int);
alter table other.c add constraint f foreign key (a) references p (id);
create table p (id int primary key);
alter table other.c add constraint g foreign key (b) references app.p (id) on delete cascade;
alter table other.c rename to c;
alter table c rename to other.d;
drop table p;
drop table other.p;

-- # 3.32 indexes without a name are called as their first column
create table p (a int unique, b int, key (a), key (b), key (b, a));
alter table p rename column a to c;
alter table p drop index a;
create table child (x int, foreign key (x) references p (c));
alter table p drop index b, drop index b_2;
alter table p add unique (b), add unique (b, c);
alter table p drop index b_2;

-- # 3.32 a primary key goes where another key takes its place, whatever needed it
create table users (id int primary key);
create table posts (code int not null references users (id), primary key (code));
alter table posts drop primary key;
create table notes (code int not null references users (id), n int not null unique, primary key (code));
alter table notes drop primary key;

-- # 3.32 an index that was made for a foreign key goes when another one serves as well, which is needed from then on
create table teams (p int unique);
create table u (c int, d int not null, constraint k foreign key (d) references teams (p));
create unique index i on u (d);
alter table u drop index i;
alter table u drop index k;
alter table u add index k (d, c);
alter table u drop index i;
alter table u drop index k;

-- # 3.32 the same for a constraint, a primary key, and tables that take each other's names
create table teams (p int unique);
create table u (c int, d int not null, constraint k foreign key (d) references teams (p));
create table s (id int references u (d) on delete set null);
create unique index i on u (d);
rename table u to x, s to u, x to s;
alter table s drop index i;
create table v (c int, d int not null, foreign key (d) references teams (p));
alter table v add unique key w (d, c);
alter table v drop index d;
alter table v drop index w;
create table y (c int not null, d int not null, foreign key (d) references teams (p));
alter table y add primary key (d, c);
alter table y drop index d;

-- # ON UPDATE CASCADE and a column that takes NULL, or no more
create table r (x int, foreign key (x) references r (x) on delete restrict on update cascade);
alter table r modify x int not null;
alter table r add primary key (x);
create table s (x int not null, key (x), foreign key (x) references s (x) on update cascade);
alter table s modify x int null;
create table t (x int, y int, key (y), foreign key (x) references t (y) on update cascade);
alter table t modify x int not null;
alter table t modify y int not null;
alter table t modify x int not null;
alter table t modify x int not null comment 'as it was';
alter table t modify y int null;

-- # ON UPDATE CASCADE and a column that takes NULL where ON DELETE says something else
create table p (id int primary key, a int not null unique, b int not null, key (b));
create table c (x int not null, foreign key (x) references p (a) on delete no action on update cascade);
alter table p modify a int null;
create table d (x int not null, foreign key (x) references p (b) on delete cascade on update cascade);
alter table p modify b int null, algorithm=copy;
alter table p modify b int null;
create table e (x int, foreign key (x) references p (b) on delete cascade on update cascade);
alter table e modify x int not null, algorithm=copy;
alter table e modify x int not null;

-- # ON UPDATE CASCADE and the column of the only key without NULL
create table p (a int not null unique, b int unique);
create table c (x int not null, foreign key (x) references p (a) on delete cascade on update cascade);
alter table p modify a int null;
alter table p modify b int not null;
alter table p modify a int null;
create table q (a int not null, b int not null, unique (a, b));
create table d (x int not null, foreign key (x) references q (a) on delete cascade on update cascade);
alter table q modify a int null;
create unique index i on q (b);
alter table q modify a int null;

-- # an index that was made for a foreign key gives its name to the next one, and its place
create table p (x int, y int, key (x, y), key (y));
create table c (a int, b int, constraint f foreign key (a) references p (x));
alter table c add constraint g foreign key (b) references p (y);
alter table c drop foreign key f;
alter table c add constraint f foreign key (b) references p (y);
alter table c add constraint f foreign key (a, b) references p (x, y);
alter table c add constraint h foreign key (a) references p (x);
create table d (a int, b int, key f (a));
alter table d add constraint f foreign key (a, b) references p (x, y);
alter table d add constraint f foreign key (a) references p (x);

-- # an index that was made for a foreign key goes for that of a later one on the same columns
create table p (x int, y int, key (x), key (y));
create table c (a int, b int, constraint f foreign key (a) references p (x));
alter table c add constraint g foreign key (a) references p (y);
alter table c add constraint h foreign key (b) references p (y);
create table d (a int, constraint i foreign key (a) references p (x), constraint j foreign key (a) references p (y));
alter table d drop index i;
alter table d drop index j;
create table e like c;
alter table e add constraint h foreign key (a) references p (y);
alter table e add constraint g foreign key (a) references p (y);
alter table e add constraint f foreign key (b) references p (y);
alter table e add constraint k foreign key (a) references p (x);
alter table e add key g (b);

-- # a table that lacks what foreign keys point at is not copied
set foreign_key_checks = 0;
create table t (a int primary key, b int);
create table u (x int, foreign key (x) references t (a));
drop table t;
create table t (c int primary key, d int, e int);
alter table t add f int;
alter table t drop e;
alter table t modify d bigint;
alter table t add g int, algorithm=copy;
set foreign_key_checks = 1;
create table v (c int primary key);
alter table t add foreign key (d) references v (c);
set foreign_key_checks = 0;
alter table t add foreign key (f) references v (c);
alter table t drop primary key;
rename table t to old;
alter table old modify d bigint;
alter table old rename column d to a;
alter table old modify c bigint;
alter table old rename column a to d;
drop table u;
alter table old modify d bigint;
