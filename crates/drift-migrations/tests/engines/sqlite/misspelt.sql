-- # a misspelt clause after a column
create table p (id int primary key);
create table c (a int references p (id) on delet cascade, b int);
create table d (a int references p (id) on delete cascade not null, b int references p (id) default 1);

-- # a misspelt clause after a table constraint
create table p (id int primary key);
create table c (a int, foreign key (a) references p (id) on delet cascade, b int);
create table d (a int, foreign key (a) references p (id) cascade);
create table e (a int, foreign key (a) references p (id) on delete cascade restrict);
create table f (a int, foreign key (a) references p (id) on delete cascade on update set null);

-- # a misspelt clause after an added column
create table p (id int primary key);
create table c (a int);
alter table c add column b int references p (id) on delet cascade;
alter table c add column d int references p (id) on delete cascade;
