-- # 2.55 bodies of functions are not executed
create table p (id int primary key);
create table c (a int);
create function f() returns void language plpgsql as $f$ begin alter table c add foreign key (a) references p; end; $f$;
create or replace function g() returns int as 'select 1; select 2' language sql;
create function h(x int default 1) returns int language sql begin atomic select case when x > 1 then 1 else 2 end; select 3; end;
create function i() returns int language sql return case when true then 1 else 2 end;
create procedure k() language sql as $$ drop table c; $$;
create table d (a int references p);

-- # 2.55 triggers, rules and policies
create table p (id int primary key);
create table c (a int references p);
create function f() returns trigger language plpgsql as $$ begin drop table c; return new; end $$;
create trigger t after insert or update of a on c referencing new table as n for each statement execute function f();
create constraint trigger u after insert on c from p deferrable for each row execute function f();
create rule r as on delete to c do also (delete from p; delete from p where id = 1);
create policy q on c for select to public using (a in (select id from p));
create event trigger nope on ddl_command_start execute function f();
create table d (a int references p);

-- # 2.56 DO in every form
create table p (id int primary key);
create table c (a int);
do $$ begin alter table c add constraint f1 foreign key (a) references p; end $$;
do language plpgsql $$ begin alter table c add constraint f2 foreign key (a) references p; end $$;
do $x$ begin alter table c add constraint f3 foreign key (a) references p; end; $x$ language plpgsql;
do 'begin alter table c add constraint f4 foreign key (a) references p; end';
do E'begin\nalter table c add constraint f5 foreign key (a) references p;\nend';
DO $$DECLARE x int := 1; BEGIN ALTER TABLE c ADD CONSTRAINT f6 FOREIGN KEY (a) REFERENCES p; END$$;
do $$ <<label>> begin alter table c add constraint f7 foreign key (a) references p; end label $$;

-- # 2.56 a failing block has no effect
create table p (id int primary key);
create table c (a int);
do $$ begin
  alter table c add constraint f foreign key (a) references p;
  alter table c add constraint g foreign key (nope) references p;
end $$;
do $$ begin
  alter table c add constraint h foreign key (a) references p;
  raise exception 'no';
end $$;
do $$ begin
  alter table c add constraint i foreign key (a) references p;
  raise notice 'yes %', 1;
end $$;

-- # 2.57 what a handler catches
create table p (id int primary key);
create table c (a int constraint f references p);
do $$ begin
  create table d (a int references p);
  alter table c add constraint f foreign key (a) references p on delete cascade;
exception when duplicate_object then null; end $$;
do $$ begin
  create table e (a int references p);
  create table p (id int);
exception when duplicate_table then alter table c add constraint g foreign key (a) references p; end $$;
do $$ begin alter table c add column a int; exception when duplicate_column then alter table c add column b int; end $$;
do $$ begin drop table nope; exception when undefined_table then alter table c add column d int; end $$;
do $$ begin alter table c drop constraint nope; exception when undefined_object then alter table c add column e int; end $$;
do $$ begin alter table c drop column nope; exception when undefined_column then alter table c add column h int; end $$;
do $$ begin create schema public; exception when duplicate_schema then alter table c add column i int; end $$;
do $$ begin create table nope.x (a int); exception when invalid_schema_name then alter table c add column j int; end $$;

-- # 2.57 what a handler does not catch
create table p (id int primary key);
create table c (a int constraint f references p);
do $$ begin
  alter table c add column b int;
  alter table c add constraint f foreign key (a) references p on delete cascade;
exception when duplicate_table or duplicate_column then null; end $$;
do $$ begin
  alter table c add column d int;
  alter table c add constraint f foreign key (a) references p on delete cascade;
exception when duplicate_table then null; when sqlstate '42710' then null; when others then drop table c; end $$;
do $$ begin
  alter table c add column e int;
  begin
    alter table c add column g int;
    alter table c add constraint f foreign key (a) references p on delete cascade;
  exception when others then alter table c add column h int;
  end;
end $$;

-- # 2.57 conditions by many names
create table p (id int primary key, x int);
create table c (a int constraint f references p);
create view v as select 1 as id;
do $$ begin alter table c add foreign key (a) references p (x); exception when invalid_foreign_key then alter table c add column b int; end $$;
do $$ begin drop table p; exception when dependent_objects_still_exist then alter table c add column e int; end $$;
do $$ begin alter table p add primary key (x); exception when invalid_table_definition then alter table c add column g int; end $$;
do $$ begin alter table c add column t text references p; exception when datatype_mismatch then alter table c add column h int; end $$;
do $$ begin create unique index p_pkey on p (x); exception when duplicate_table then alter table c add column i int; end $$;

-- # 2.58 the classical guard
create table p (id int primary key);
create table c (a int, b int);
DO $$ BEGIN
 ALTER TABLE "c" ADD CONSTRAINT "c_a_p_id_fk" FOREIGN KEY ("a") REFERENCES "public"."p"("id") ON DELETE no action ON UPDATE no action;
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
--> statement-breakpoint
DO $$ BEGIN
 ALTER TABLE "c" ADD CONSTRAINT "c_a_p_id_fk" FOREIGN KEY ("a") REFERENCES "public"."p"("id") ON DELETE cascade ON UPDATE no action;
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;
--> statement-breakpoint
DO $$ BEGIN
 ALTER TABLE "c" ADD CONSTRAINT "c_b_p_id_fk" FOREIGN KEY ("b") REFERENCES "p"("id") ON DELETE set null;
EXCEPTION
 WHEN duplicate_object THEN null;
END $$;

-- # 2.58 a guarded type and its column
DO $$ BEGIN CREATE TYPE "mood" AS ENUM('a', 'b'); EXCEPTION WHEN duplicate_object THEN null; END $$;
DO $$ BEGIN CREATE TYPE "mood" AS ENUM('a', 'b'); ALTER TABLE nope ADD x int; EXCEPTION WHEN duplicate_object THEN null; END $$;
create table c (m "mood" not null);

-- # 2.59 conditions over the catalog
create table p (id int primary key);
create table other (a int constraint f references p);
create table c (a int);
do $$ begin
  if not exists (select 1 from pg_constraint where conname = 'f') then
    alter table c add constraint f foreign key (a) references p;
  end if;
end $$;
do $$ begin
  if not exists (select 1 from pg_constraint where conname = 'f' and conrelid = 'c'::regclass) then
    alter table c add constraint f foreign key (a) references p on delete cascade;
  end if;
end $$;
do $$ begin
  if exists (select 1 from information_schema.table_constraints where constraint_name = 'f' and table_name = 'other') then
    alter table other drop constraint f;
  end if;
  if not exists (select from information_schema.columns where table_schema = 'public' and table_name = 'c' and column_name = 'b') then
    alter table c add column b int references p;
  end if;
  if to_regclass('public.nope') is null then
    create table nope (a int references p);
  end if;
  if exists (select 1 from pg_class where relname = 'nope') then
    alter table nope add column b int;
  end if;
end $$;

-- # 2.60 statements that are put together
create table p (id int primary key);
create table c (a int, b int);
do $$ begin execute 'alter table c add constraint f foreign key (a) references p'; end $$;
do $$ begin execute $q$alter table c add constraint g foreign key (a) references p on delete cascade$q$; end $$;
do $$ begin execute format('alter table %I add constraint %I foreign key (%s) references p on delete set null', 'c', 'H h', 'a'); end $$;
do $$ declare x text; begin
  foreach x in array array['a', 'b'] loop
    execute format('alter table c add constraint %I foreign key (%I) references p', 'loop_' || x, x);
  end loop;
end $$;

-- # 2.57 a name that is taken is noticed before anything else that is wrong
create table users (id int primary key, name text);
create table posts (user_id int, constraint posts_users unique (user_id));
do $$ begin
  alter table posts add constraint posts_users foreign key (user_id) references people (id);
exception when duplicate_object then null; end $$;
do $$ begin
  alter table posts add column other int constraint posts_users references users (name);
exception when duplicate_object then null; end $$;
do $$ begin
  alter table posts add constraint posts_users_2 foreign key (user_id) references people (id);
exception when undefined_table then null; end $$;
