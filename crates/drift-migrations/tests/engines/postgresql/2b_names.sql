-- # 2.21 long tables and short columns, and the reverse
create table p (id int primary key, b int, d int, unique (id, b, d));
create table a_table_with_a_name_that_is_itself_nearly_as_long_as_can_be_x (a int references p);
create table t (a_column_with_a_name_that_is_itself_nearly_as_long_as_can_be int references p);
create table u (first_long_column_name_of_three int, second_long_column_name_of_three int, third_long_column_name_of_three int, foreign key (first_long_column_name_of_three, second_long_column_name_of_three, third_long_column_name_of_three) references p (id, b, d));
create table abcdefghijklmnopqrstuvwxyzabc (abcdefghijklmnopqrstuvwxyzabcd int references p, abcdefghijklmnopqrstuvwxyzabc int references p);

-- # 2.21 long names that collide
create table p (id int primary key);
create table editorial_board_member_assignments (editorial_board_member_identifier int references p, editorial_board_member_identity int references p);
alter table editorial_board_member_assignments add foreign key (editorial_board_member_identifier) references p;
create table editorial_board_member_assignees (editorial_board_member_identifier int references p);

-- # 2.21 characters of several bytes
create table p (id int primary key);
create table "ääääääääääääääääääääääääääääää" ("öööööööööööööööööööööööööööööö" int references p, "xöööööööööööööööööööööööööööööö" int references p);
create table "xääääääääääääääääääääääääääääää" ("öööööööööööööööööööööööööööööö" int references p, "日本語日本語日本語日本語日本語日本語" int references p);

-- # 2.21 eleven of a kind
create table p (id int primary key);
create table a_table_whose_name_has_about_forty_bytes (a_column_of_thirty_bytes_length int references p references p references p references p references p references p references p references p references p references p references p references p);

-- # 2.21 names of keys and checks
create table a_table_with_a_name_that_is_itself_nearly_as_long_as_can_be_x (
  a_column_with_a_name_that_is_itself_nearly_as_long_as_can_be_xx int primary key unique check (a_column_with_a_name_that_is_itself_nearly_as_long_as_can_be_xx > 0),
  b int unique
);
alter table a_table_with_a_name_that_is_itself_nearly_as_long_as_can_be_x drop constraint a_table_with_a_name_that_is_itself_nearly_as_long_as_can_b_pkey;
alter table a_table_with_a_name_that_is_itself_nearly_as_long_as_can_be_x drop constraint a_table_with_a_name_that_is_a_column_with_a_name_that_is_key;
alter table a_table_with_a_name_that_is_itself_nearly_as_long_as_can_be_x drop constraint a_table_with_a_name_that_is_itself_nearly_as_long_as_can__b_key;

-- # 2.22 tables of one schema collide
create table p (id int primary key);
create table t_a (b int references p);
create table t (a_b int references p, a int, b int, foreign key (a, b) references p (id, id));
create table q (a int, b int, unique (a, b));
create table t_a_b (x int);
alter table t add foreign key (a, b) references q;

-- # 2.22 checks, uniques and primary keys take names
create table p (id int primary key, b int constraint c_a_fkey unique);
create table x (a int constraint c_b_fkey check (a > 0), constraint c_d_fkey primary key (a));
create table c (a int references p, b int references p, d int references p);

-- # 2.22 a domain's constraints come and go
create table p (id int primary key);
create domain d as int;
alter domain d add constraint c_a_fkey check (value > 0);
create table c (a int references p);
alter domain d drop constraint c_a_fkey;
create table c2 (a int);
alter table c add foreign key (a) references p;
alter domain d add constraint c_b_fkey check (value > 1) not valid;
drop domain d;
alter table c add b int references p;

-- # 2.22 relations and indexes take none
create table p (id int primary key);
create table c_a_fkey (id int);
create index c_b_fkey on p (id);
create unique index c_d_fkey on p (id);
create sequence c_e_fkey;
create view c_f_fkey as select 1 as x;
create table c (a int references p, b int references p, d int references p, e int references p, f int references p);

-- # 2.22 other schemas take none
create table p (id int primary key);
create schema s;
create table s.c (a int references p);
create table c (a int references p);
alter table s.c rename to d;
alter table s.d set schema public;
alter table c add foreign key (a) references p;
create table s.c (a int references p);

-- # 2.22 the lowest free number
create table p (id int primary key);
create table c (a int references p references p references p references p);
alter table c drop constraint c_a_fkey1;
alter table c add foreign key (a) references p on delete cascade;
alter table c drop constraint c_a_fkey, add foreign key (a) references p on delete set null;
alter table c add foreign key (a) references p on delete restrict;

-- # 2.22 a name that was rolled back is free
create table p (id int primary key);
create table c (a int);
begin;
alter table c add foreign key (a) references p;
savepoint s;
alter table c add foreign key (a) references p on delete cascade;
rollback to s;
alter table c add foreign key (a) references p on delete set null;
rollback;
alter table c add foreign key (a) references p on delete restrict;

-- # 2.22 the names of a dropped table are free
create table p (id int primary key);
create table c (a int references p);
drop table c;
create table c (a int references p, unique (a));
alter table c rename to old;
create table c (a int references p, unique (a));
drop table old;
alter table c add foreign key (a) references p;
alter table c drop constraint c_a_key1;

-- # 2.22 a temporary table has another namespace
create table p (id int primary key);
create temp table q (id int primary key);
create temp table c (a int references q);
create table d (a int references p);
create table public.c (a int references p);

-- # 2.23 in the order of the text
create table p (id int primary key);
create table c (a int references p on delete cascade, foreign key (a) references p on delete set null, b int references p, a_b int, foreign key (a) references p on delete restrict);
create table c2 (foreign key (a) references p on delete set null, a int references p on delete cascade);

-- # 2.23 an explicit name that equals a generated one
create table p (id int primary key);
create table c (a int references p, b int constraint c_a_fkey references p);
create table d (a int constraint d_b_fkey references p, b int references p);
create table e (a int references p, constraint e_a_fkey check (a > 0));
create table f (a int references p, constraint f_a_fkey unique (a));

-- # 2.23 keys are named when the written names are taken
create table c (a int unique, b int, constraint c_a_key unique (b));
create table d (a int unique, constraint d_a_key check (a > 0));
create table e (a int primary key, b int constraint e_pkey unique);
create table f (a int check (a > 0), b int constraint f_a_check check (b > 0));
create table g (a int check (a > 0), constraint g_a_check check (a > 1), check (a > 2));

-- # 2.24 a name is one of its table
create table p (id int primary key);
create table c (a int constraint f references p, b int constraint g check (b > 0), constraint h primary key (a));
alter table c add constraint f foreign key (a) references p;
alter table c add constraint g foreign key (a) references p;
alter table c add constraint h foreign key (a) references p;
create table d (a int constraint f references p, b int constraint g references p, x int constraint i unique);
create table e (a int constraint f references p constraint f references p);
create table e2 (a int constraint h references p, constraint i foreign key (a) references p);
create table e3 (a int constraint h unique);

-- # 2.25 identifiers of more than 63 bytes
create table p (id int primary key);
create table c (a int, constraint posts_author_identifier_reviewers_reviewer_identifier_authors_id_fk foreign key (a) references p);
alter table c drop constraint posts_author_identifier_reviewers_reviewer_identifier_authors_id_other;
alter table c add constraint posts_author_identifier_reviewers_reviewer_identifier_authors_id_1 foreign key (a) references p;
alter table c add constraint posts_author_identifier_reviewers_reviewer_identifier_authors_id_2 foreign key (a) references p;
alter table c rename constraint posts_author_identifier_reviewers_reviewer_identifier_authors_id_3 to a_very_long_name_that_has_more_than_sixty_three_bytes_whichever_way;

-- # 2.25 tables, columns and schemas too
create schema a_very_long_name_of_a_schema_that_has_more_than_sixty_three_bytes_1;
create table a_very_long_name_of_a_schema_that_has_more_than_sixty_three_bytes_2.a_very_long_name_of_a_table_that_has_more_than_sixty_three_bytes_x1 (a_very_long_name_of_a_column_that_has_more_than_sixty_three_bytes int primary key);
create table a_very_long_name_of_a_table_that_has_more_than_sixty_three_bytes_x2 (x int references a_very_long_name_of_a_schema_that_has_more_than_sixty_three_bytes_3.a_very_long_name_of_a_table_that_has_more_than_sixty_three_bytes_x3 (a_very_long_name_of_a_column_that_has_more_than_sixty_three_bytes));
create table "a_very_long_name_of_a_table_that_has_more_than_sixty_three_bytes_x4" (y int);

-- # 2.25 the cut lies between characters
create table p (id int primary key);
create table c (a int constraint "ääääääääääääääääääääääääääääääääää" references p, constraint "xääääääääääääääääääääääääääääääääää" foreign key (a) references p);
alter table c drop constraint "äääääääääääääääääääääääääääääääääääääää";

-- # 2.26 names outlive what they were made of
create table p (id int primary key, code text unique, check (id > 0));
create table c (a int references p);
alter table c rename to d;
alter table d rename column a to b;
alter table d add foreign key (b) references p;
create schema s;
alter table d set schema s;
alter table p rename to q;
alter table q rename column code to kode;
alter table q drop constraint p_code_key;
alter table q drop constraint q_pkey;
create table c (a int references q);

-- # 2.27 renaming an index renames its constraint
create table p (id int primary key, code text unique);
alter index p_pkey rename to x;
alter index if exists p_code_key rename to y;
alter index if exists nope rename to z;
alter table p add constraint p_pkey check (id > 0);
create table c (a int references p, b text references p (code));
alter table p drop constraint x;
alter table p rename constraint x to w;
drop index w;
alter table p drop constraint y cascade;
alter table p drop constraint w cascade;

-- # 2.27 an equal unique is merged into the primary key
create table p (id int primary key, constraint u unique (id));
create table c (a int references p);
alter table p drop constraint p_pkey;
alter table p drop constraint u;
create table q (id int unique primary key);
create table r (id int constraint k primary key, constraint u unique (id));
alter table q drop constraint q_id_key;
alter table q drop constraint q_pkey;
alter table r drop constraint k;
alter table r drop constraint u;

-- # 2.27 equal uniques are merged too
create table q (id int unique, unique (id));
create table r (id int unique, constraint u unique (id));
create table s (id int constraint u unique, constraint v unique (id));
create table t (a int, b int, unique (a, b), unique (b, a), primary key (a, b));
alter table q drop constraint q_id_key1;
alter table r drop constraint r_id_key;
alter table s drop constraint v;
alter table t drop constraint t_pkey;
alter table t drop constraint t_a_b_key;
alter table t drop constraint t_b_a_key;

-- # 2.27 other options keep keys apart
create table p (id int primary key, constraint u unique (id) deferrable);
create table q (id int primary key, constraint v unique (id) include (id));
create table r (id int, constraint w unique nulls not distinct (id), primary key (id));
alter table p drop constraint p_pkey;
alter table q drop constraint q_pkey;
alter table r drop constraint r_pkey;

-- # 2.27 no merging in ALTER TABLE
create table p (id int unique);
alter table p add primary key (id);
create table c (a int references p, b int references p (id));
alter table p drop constraint p_id_key;
alter table p drop constraint p_pkey;

-- # names of unnamed indexes
create table p (a int, b int);
create unique index on p (a);
create unique index on p (a);
create index on p (a, b);
create index on p (lower(a::text), b);
create table c (x int references p (a));
drop index p_a_idx1;
drop index p_a_idx;
drop index p_a_b_idx;
drop index p_a_idx cascade;

-- # names of checks
create table c (a int, b int, check (a > 0), check (a > b), check (a > 1), check (true), x int check (a < 0), y int check (y is not null and y > 0));
alter table c drop constraint c_a_check;
alter table c drop constraint c_check;
alter table c drop constraint c_a_check1;
alter table c drop constraint c_check1;
alter table c drop constraint c_a_check2;
alter table c drop constraint c_y_check;
alter table c add check (b > 0);
alter table c drop constraint c_b_check;
alter table c add column z int check (z > 0);
alter table c drop constraint c_z_check;

-- # names of exclusion constraints
create table c (a int, b int, exclude using btree (a with =), constraint x exclude (b with =) where (b > 0), exclude using btree (a with =, b with =));
alter table c drop constraint c_a_excl;
alter table c drop constraint c_a_b_excl;
create table c_b_excl (a int);
create table x (a int);
create table p (a int primary key);
alter table c add constraint y foreign key (a) references p, add constraint z exclude using btree (b with =);
alter table c drop constraint z;

-- # indexes and tables share their names
create table p (id int primary key);
create table c (a int);
create index c_pkey on c (a);
alter table c add primary key (a);
create index p_a_key on c (a);
alter table p add a int unique;
create table p_pkey1 (x int);
create table p_b_key (x int);
alter table p add b int unique, add constraint p_pkey check (true);
alter table p drop constraint p_a_key1;
alter table p drop constraint p_b_key1;
alter table p rename to c_pkey;
alter table p rename to c_pkey2;

-- # copies of indexes are named for what the columns were called when the indexes were made
create table t (x int, y int, z int);
create unique index i on t (x, y);
create unique index j on t (x) include (z);
alter table t add unique (y, z), add unique (z) include (x);
alter table t rename x to a;
alter table t rename z to c;
create table u (like t including indexes);
alter table u rename y to b;
create table v (like u including all);
alter table u add foreign key (a, b) references t (a, y), add foreign key (b, c) references t (y, c);
drop index u_x_y_idx;
drop index u_x_z_idx;
alter table v add constraint promoted unique using index v_x_y_idx;
alter table v rename b to bb;
create table w (like v including indexes);
alter table w drop constraint w_x_y_key;
alter table w drop constraint w_y_z_key;
alter table w drop constraint w_z_x_key;

-- # and for what they are called when a type changes, which makes the indexes anew
create table t (x int, y int, z int);
create unique index i on t (x, y);
create unique index j on t (x) include (z);
alter table t add unique (y, z), add unique (z) include (y);
alter table t rename x to a;
alter table t rename y to b;
alter table t rename z to c;
alter table t alter b type bigint;
create table u (like t including indexes);
alter table t alter c type bigint;
create table v (like t including indexes);
begin;
alter table u rename a to aa;
rollback;
create table w (like u including indexes);
drop index u_a_b_idx;
drop index u_x_z_idx;
alter table u drop constraint u_b_c_key;
alter table u drop constraint u_c_b_key;
drop index v_a_b_idx;
drop index v_a_c_idx;
drop index w_a_b_idx;

-- # partitions get parts of indexes with such names too
create table r (k int, x int, y int) partition by list (k);
alter table r add unique (k, x);
create unique index on r (k, y) include (x);
alter table r rename x to a;
create table r1 partition of r for values in (1);
create table r2 (k int, a int, y int);
alter table r attach partition r2 for values in (2);
alter table r rename y to b;
create unique index on r (k, b, a);
alter table r alter b type bigint;
create table r3 partition of r for values in (3);
create table r4 (like r2 including indexes);
drop index r4_k_b_a_idx;
alter table r4 drop constraint r4_k_x_key;
alter table r detach partition r3;
drop index r3_k_b_a_idx;
drop index r3_k_b_a_idx1;
alter table r3 drop constraint r3_k_x_key;

-- # a column of INCLUDE takes its key along
create table p (a int, b int, c int, d int, primary key (a) include (b));
create unique index i on p (c) include (d);
create table q (a int references p, c int references p (c));
alter table p rename b to bb;
alter table p rename d to dd;
alter table p drop column bb;
alter table p drop column dd;
alter table p drop column bb cascade;
alter table p drop column dd cascade;
alter table p add unique (a) include (c);
alter table q add foreign key (a) references p (a);
alter table p drop column c cascade;
