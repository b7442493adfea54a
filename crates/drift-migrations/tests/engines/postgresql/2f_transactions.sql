-- # 2.49 every way to begin and end
create table p (id int primary key);
begin; create table a1 (x int references p); commit;
begin work; create table a2 (x int references p); commit work;
begin transaction isolation level serializable, read write; create table a3 (x int references p); end;
start transaction read write; create table a4 (x int references p); end transaction;
begin; create table a5 (x int references p); rollback;
begin; create table a6 (x int references p); rollback work;
begin; create table a7 (x int references p); abort;
begin; create table a8 (x int references p); abort transaction;

-- # 2.49 chains
create table p (id int primary key);
begin;
create table a1 (x int references p);
commit and chain;
create table a2 (x int references p);
rollback and chain;
create table a3 (x int references p);
commit and no chain;
create table a4 (x int references p);
rollback;

-- # 2.49 savepoints
create table p (id int primary key);
begin;
create table a1 (x int references p);
savepoint s;
create table a2 (x int references p);
savepoint t;
create table a3 (x int references p);
rollback to s;
create table a4 (x int references p);
rollback to savepoint s;
release savepoint s;
rollback to s;
create table a5 (x int references p);
commit;

-- # 2.49 savepoints of one name
create table p (id int primary key);
begin;
savepoint s;
create table a1 (x int references p);
savepoint s;
create table a2 (x int references p);
rollback to s;
release s;
create table a3 (x int references p);
rollback work to savepoint s;
create table a4 (x int references p);
release s;
commit;

-- # 2.49 a savepoint after an error
create table p (id int primary key);
create table c (a int constraint f references p);
begin;
savepoint s;
alter table c drop constraint nope;
alter table c drop constraint f;
rollback to s;
alter table c add constraint g foreign key (a) references p;
savepoint t;
create table p (id int);
rollback transaction to t;
alter table c rename to d;
commit;

-- # 2.49 an error inside is the end of all
create table p (id int primary key);
create table c (a int constraint f references p);
begin;
alter table c drop constraint f;
alter table nowhere add x int;
alter table c add constraint g foreign key (a) references p;
savepoint s;
rollback to s;
commit;
alter table c add constraint h foreign key (a) references p;

-- # 2.49 errors of statements that make no tables
create table p (id int primary key);
begin;
create table a (x int references p);
create unique index on nowhere (a);
commit;
begin;
create table b (x int references p);
create unique index p_pkey on p (id);
end;
begin;
create table c (x int references p);
release nope;
create table d (x int references p);
commit;

-- # 2.49 BEGIN in a transaction, COMMIT outside of one
create table p (id int primary key);
commit;
begin;
create table a (x int references p);
begin;
create table b (x int references p);
commit;
create table c (x int references p);
rollback;
savepoint s;
rollback to s;
create table d (x int references p);

-- # 2.49 a transaction that is left open
create table p (id int primary key);
begin;
create table a (x int references p);
drop table p cascade;

-- # 2.49 drops and renames are undone
create table p (id int primary key, code int unique);
create table c (a int constraint f references p, b int references p (code));
begin;
drop table p cascade;
create table p (id int primary key);
alter table c rename to d;
alter table d rename column a to x;
create index i on d (x);
rollback;
create index i on c (a);
begin;
alter table c rename constraint f to g;
alter table p rename to q;
create schema s;
alter table q set schema s;
drop index i;
rollback;
alter table p drop constraint p_code_key cascade;

-- # 2.50 CREATE INDEX CONCURRENTLY
create table p (id int, code int);
begin;
alter table p add primary key (id);
create unique index concurrently i on p (code);
commit;
create unique index concurrently i on p (code);
create table c (a int references p (code));
create table d (a int references p);

-- # 2.50 SET in a transaction
create schema s;
create table p (id int primary key);
create table s.p (id int primary key);
begin;
set search_path = s;
create table a (x int references p);
rollback;
create table b (x int references p);
begin;
set local search_path to s;
create table c (x int references p);
commit;
create table d (x int references p);
begin;
set search_path = s, public;
commit;
create table e (x int references p);

-- # 2.50 SET LOCAL, then SET
create schema s;
create schema t;
begin;
set local search_path = s;
create table a (id int primary key);
set search_path = t;
create table b (id int primary key);
commit;
create table c (id int primary key);
begin;
set search_path = s;
set local search_path = public;
create table d (id int primary key);
commit;
create table e (id int primary key);

-- # 2.50 a path and a savepoint
create schema s;
begin;
savepoint x;
set search_path = s;
create table a (id int primary key);
rollback to x;
create table b (id int primary key);
savepoint y;
set local search_path = s;
release y;
create table c (id int primary key);
commit;
create table d (id int primary key);

-- # 2.50 set_config, local or not
create schema s;
begin;
select set_config('search_path', 's', true);
create table a (id int);
commit;
create table b (id int);
select set_config('search_path', 's,public', false);
create table c (id int);
select pg_catalog.set_config('search_path', 'public', 'f');
create table d (id int);

-- # what cannot be undone by an error alone
create table p (id int primary key);
create table c (a int);
alter table c add constraint f foreign key (a) references p;
alter table c add constraint f foreign key (a) references p on delete cascade;
alter table c drop constraint f, add constraint f foreign key (a) references nowhere;
alter table c add constraint g foreign key (a) references p;

-- # prepared transactions and the like
create table p (id int primary key);
begin;
create table a (x int references p);
prepare transaction 'x';
rollback;
create table b (x int references p);
