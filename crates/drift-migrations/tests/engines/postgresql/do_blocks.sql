-- # repoint: foreign keys of old parents moved to new ones by a loop over pg_constraint
create table profiles (id int primary key);
create table person (id int primary key);
create table accounts (id int primary key);
create table organization (id int primary key);
create table notes (id int, profile_id int constraint notes_profile_id_profiles_id_fk references profiles on delete cascade, org int references accounts on update cascade on delete set null);
create table family (a int references profiles, b int references accounts);
do $$
declare r record;
begin
  if to_regclass('public.accounts') is not null then
    if exists (select 1 from pg_constraint c where c.contype = 'f' and c.confrelid = 'accounts'::regclass and c.conrelid not in ('notes'::regclass, 'family'::regclass)) then
      raise exception 'more than expected';
    end if;
  end if;
  for r in
    with target_map(legacy, new) as (values ('profiles', 'person'), ('accounts', 'organization'), ('gone', 'person')),
    drop_list(t) as (values ('family'), ('profiles'), ('never'))
    select c.conrelid::regclass::text as child, c.conname as old_name,
      regexp_replace(c.conname, '_' || m.legacy || '_id_fk$', '_' || m.new || '_id_fk') as new_name,
      replace(pg_get_constraintdef(c.oid), 'REFERENCES ' || m.legacy || '(', 'REFERENCES ' || m.new || '(') as new_def
    from pg_constraint c
    join target_map m on to_regclass('public.' || m.legacy) is not null and c.confrelid = to_regclass('public.' || m.legacy)
    where c.contype = 'f' and c.conrelid not in (select to_regclass('public.' || t) from drop_list where to_regclass('public.' || t) is not null)
    order by 1, 2
  loop
    execute format('ALTER TABLE %s DROP CONSTRAINT %I, ADD CONSTRAINT %I %s', r.child, r.old_name, r.new_name, r.new_def);
  end loop;
end $$;
do $$
declare offending text; oids oid[];
begin
  select array_agg(reg) into oids from (select to_regclass('public.' || t) as reg from (values ('profiles'), ('accounts'), ('nowhere')) as d(t)) s where reg is not null;
  if oids is not null then
    select string_agg(format('%s.%s -> %s', c.conrelid::regclass, c.conname, c.confrelid::regclass), '; ') into offending
    from pg_constraint c where c.contype = 'f' and c.confrelid = any(oids) and not (c.conrelid = any(oids));
    if offending is not null then
      alter table family rename to offenders;
    end if;
  end if;
end $$;

-- # a guard on the name alone is fooled by another table
create table p (id int primary key);
create table c (a int constraint f references p);
create table d (a int);
do $$ begin
  if not exists (select 1 from pg_constraint where conname = 'f') then
    alter table d add constraint f foreign key (a) references p;
  end if;
end $$;

-- # a guard on name and table is not
create table p (id int primary key);
create table c (a int constraint f references p);
create table d (a int);
do $$ begin
  if not exists (select 1 from pg_constraint where conname = 'f' and conrelid = 'd'::regclass) then
    alter table d add constraint f foreign key (a) references p;
  end if;
  if not exists (select 1 from pg_constraint where conname = 'f' and conrelid = 'public.d'::regclass and contype = 'f') then
    drop table d;
  end if;
end $$;

-- # a guard on a table that is not there fails
create table p (id int primary key);
do $$ begin
  alter table p add column a int references p;
  if not exists (select 1 from pg_constraint where conrelid = 'nowhere'::regclass) then
    alter table p add column b int references p;
  end if;
end $$;
do $$ begin
  perform 'nowhere'::regclass;
exception when undefined_table then
  alter table p add column c int references p;
end $$;

-- # a long name in a guard is cut like any name
create table p (id int primary key);
create table c (a int, constraint a_very_long_name_for_a_foreign_key_which_is_more_than_sixty_three_bytes foreign key (a) references p);
do $$ begin
  if not exists (select 1 from pg_constraint where conname = 'a_very_long_name_for_a_foreign_key_which_is_more_than_sixty_three_bytes') then
    alter table c add foreign key (a) references p on delete cascade;
  end if;
end $$;

-- # table_constraints with the columns of a key
create table p (id int primary key);
create table c (a int constraint f references p, b int);
do $$ begin
  if not exists (select 1 from information_schema.table_constraints tc join information_schema.key_column_usage k on k.constraint_name = tc.constraint_name and k.table_schema = tc.table_schema where tc.table_name = 'c' and tc.constraint_type = 'FOREIGN KEY' and k.column_name = 'a') then
    alter table c drop column a;
  end if;
  if not exists (select 1 from information_schema.table_constraints tc join information_schema.key_column_usage k using (constraint_name) where tc.table_name = 'c' and tc.constraint_type = 'FOREIGN KEY' and k.column_name = 'b') then
    alter table c add constraint g foreign key (b) references p;
  end if;
end $$;

-- # the referenced side of a constraint
create table p (id int primary key);
create table q (id int primary key);
create table c (a int references p, b int references q);
do $$ declare r record; begin
  for r in select tc.table_name, tc.constraint_name from information_schema.table_constraints tc
    join information_schema.constraint_column_usage u on u.constraint_name = tc.constraint_name
    where tc.constraint_type = 'FOREIGN KEY' and u.table_name = 'q' loop
    execute 'alter table ' || quote_ident(r.table_name) || ' drop constraint ' || quote_ident(r.constraint_name);
  end loop;
end $$;

-- # delete rules from referential_constraints
create table p (id int primary key);
create table c (a int references p on delete cascade, b int references p on delete set null, d int references p);
do $$ declare name text; begin
  for name in select rc.constraint_name from information_schema.referential_constraints rc where rc.delete_rule in ('CASCADE', 'NO ACTION') order by 1 loop
    execute format('alter table c drop constraint %I', name);
  end loop;
end $$;

-- # every foreign key of a table
create table p (id int primary key);
create table "C" (a int references p, b int references p on delete cascade, unique (a));
create table d (a int references p);
do $$ declare r record; begin
  for r in (select conname from pg_constraint where conrelid = '"C"'::regclass and contype = 'f') loop
    execute 'ALTER TABLE "C" DROP CONSTRAINT "' || r.conname || '"';
  end loop;
end $$;

-- # the constraint that contains a column
create table p (id int primary key);
create table c (a int references p, b int references p, x int, foreign key (x) references p);
alter table c drop column b, add column e int references p;
do $$ declare fk text; begin
  select con.conname into fk from pg_constraint con
    inner join pg_class rel on rel.oid = con.conrelid
    inner join pg_namespace n on n.oid = rel.relnamespace
    inner join pg_attribute att on att.attrelid = con.conrelid and att.attnum = any(con.conkey)
    where rel.relname = 'c' and n.nspname = 'public' and att.attname = 'x' and con.contype = 'f';
  if fk is not null then
    execute format('alter table c drop constraint %I', fk);
  end if;
end $$;

-- # a key of one column by subscript
create table p (id int primary key);
create table c (a int references p, b int, foreign key (b) references p on delete cascade);
do $$ declare fk name; begin
  select conname into strict fk from pg_constraint where conrelid = 'c'::regclass and contype = 'f' and array_length(conkey, 1) = 1
    and conkey[1] = (select attnum from pg_attribute where attrelid = 'c'::regclass and attname = 'b');
  execute format('alter table c drop constraint %I', fk);
  execute format('alter table c add constraint %I foreign key (b) references p on delete %s', fk || '_new', 'set null');
end $$;

-- # a key as a list of columns
create table p (x int, y int, primary key (x, y));
create table c (a int, b int, foreign key (a, b) references p, foreign key (b, a) references p on delete cascade);
do $$ declare r record; begin
  for r in select c.conname, array(select a.attname from unnest(c.conkey) with ordinality k(attnum, nth) join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.attnum order by k.nth)::text[] as columns
    from pg_constraint c where c.conrelid = 'c'::regclass and c.contype = 'f' order by c.conname loop
    if r.columns = array['b', 'a'] then
      execute format('alter table c drop constraint %I', r.conname);
    end if;
  end loop;
end $$;

-- # columns as one text
create table p (x int, y int, primary key (x, y));
create table c (a int, b int, foreign key (a, b) references p);
do $$ declare r record; begin
  for r in select c.conname, string_agg(a.attname, ',' order by array_position(c.conkey, a.attnum)) as columns, count(*) as n
    from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
    where c.contype = 'f' and c.connamespace = 'public'::regnamespace group by c.conname having count(*) > 1 loop
    execute format('alter table c rename constraint %I to %I', r.conname, 'fk_' || replace(r.columns, ',', '_') || r.n);
  end loop;
end $$;

-- # renamed to the names of another tool
create table users (id int primary key);
create table posts (id int primary key, author_id int references users on delete cascade, editor_id int references users);
do $$ declare r record; begin
  for r in select c.conname, t.relname, a.attname, f.relname as target, fa.attname as target_column
    from pg_constraint c
    join pg_class t on t.oid = c.conrelid join pg_class f on f.oid = c.confrelid
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    join pg_attribute fa on fa.attrelid = c.confrelid and fa.attnum = c.confkey[1]
    where c.contype = 'f' and c.conname like '%\_fkey' loop
    execute format('alter table %I rename constraint %I to %I', r.relname, r.conname, concat_ws('_', r.relname, r.attname, r.target, r.target_column, 'fk'));
  end loop;
end $$;

-- # all tables of a namespace
create table a (id int primary key);
create table b (id int primary key, a_id int references a);
create schema s;
create table s.c (id int primary key, b_id int references b);
do $$ declare t record; begin
  for t in select schemaname, tablename from pg_tables where schemaname = 's' loop
    execute format('drop table if exists %I.%I cascade', t.schemaname, t.tablename);
  end loop;
  for t in select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' loop
    execute format('alter table %I add column owner int', t.table_name);
  end loop;
end $$;

-- # drop everything
create table a (id int primary key);
create table b (id int primary key, a_id int references a);
do $$ declare r record; begin
  for r in (select tablename from pg_tables where schemaname = current_schema()) loop
    execute 'DROP TABLE IF EXISTS ' || quote_ident(r.tablename) || ' CASCADE';
  end loop;
end $$;
create table a (id int primary key);

-- # tables that have a column
create table p (id int primary key);
create table a (id int primary key, tenant_id int);
create table b (id int primary key, tenant_id int);
create table c (id int primary key);
do $$ declare t text; begin
  for t in select table_name from information_schema.columns where column_name = 'tenant_id' and table_schema = 'public' loop
    execute format('alter table %I add constraint %I foreign key (tenant_id) references p (id) on delete cascade', t, t || '_tenant_id_fk');
  end loop;
end $$;

-- # tables that lack a foreign key
create table p (id int primary key);
create table a (id int primary key, tenant_id int references p);
create table b (id int primary key, tenant_id int);
do $$ declare t text; begin
  for t in select c.table_name from information_schema.columns c where c.column_name = 'tenant_id' and not exists (
    select 1 from information_schema.key_column_usage k join information_schema.table_constraints tc on tc.constraint_name = k.constraint_name
    where tc.constraint_type = 'FOREIGN KEY' and k.table_name = c.table_name and k.column_name = c.column_name) loop
    execute format('alter table %I add foreign key (tenant_id) references p', t);
  end loop;
end $$;

-- # lists of tables
create table p (id int primary key);
create table a (p_id int);
create table b (p_id int);
do $$
declare
  t text;
  tables text[] := array['a', 'b', 'nowhere'];
begin
  foreach t in array tables loop
    if to_regclass('public.' || t) is null then continue; end if;
    execute format('alter table public.%I add constraint %I foreign key (p_id) references public.p (id)', t, t || '_p_id_fkey');
  end loop;
  for t in select unnest(array['a', 'b']) loop
    execute format('alter table %s alter column p_id set not null', t);
  end loop;
  for t in select * from unnest(array['b', 'a']) as names(n) where n <> 'a' loop
    execute 'alter table ' || t || ' add column more int';
  end loop;
  foreach t in array string_to_array('a,b', ',') loop
    execute format('create index on %I (p_id)', t);
  end loop;
end $$;

-- # lists of rows
create table p (id int primary key);
create table q (id int primary key);
create table a (p_id int, q_id int);
do $$ declare spec record; tbl text; col text; begin
  for spec in select * from (values ('a', 'p_id', 'p'), ('a', 'q_id', 'q'), ('z', 'q_id', 'q')) as t(tbl, col, parent) loop
    if to_regclass('public.' || spec.tbl) is not null then
      execute format('alter table %I add constraint %I foreign key (%I) references %I (id)', spec.tbl, spec.tbl || '_' || spec.col || '_fk', spec.col, spec.parent);
    end if;
  end loop;
  for tbl, col in values ('a', 'r_id'), ('p', 'r_id') loop
    execute format('alter table %I add column %I int references q', tbl, col);
  end loop;
end $$;

-- # numbers
create table p (id int primary key);
do $$ declare i int; begin
  for i in 1..3 loop
    execute format('create table part_%s (id int references p)', i);
  end loop;
  for i in reverse 3..2 loop
    execute 'drop table part_' || i;
  end loop;
  for n in 1..10 by 5 loop
    execute 'create table even_' || n || ' (id int references part_' || n || ')';
  end loop;
end $$;
do $$ declare i int := 0; begin
  create table keyed (id int primary key);
  while i < 3 loop
    i := i + 1;
    if i = 2 then continue; end if;
    execute format('alter table keyed add column k%s int references p', i);
  end loop;
  loop
    exit when i >= 5;
    i := i + 1;
    execute format('alter table keyed add column k%s int references keyed', i);
  end loop;
end $$;

-- # labels
create table p (id int primary key);
do $$ begin
  <<outer>>
  for i in 1..3 loop
    for j in 1..3 loop
      continue outer when j = 2;
      exit outer when i = 3;
      execute format('create table t_%s_%s (id int references p)', i, j);
    end loop;
  end loop;
end $$;

-- # a column that is there
create table p (id int primary key);
create table c (old_id int references p);
do $$ begin
  if exists (select 1 from information_schema.columns where table_name = 'c' and column_name = 'old_id') and not exists (select 1 from information_schema.columns where table_name = 'c' and column_name = 'new_id') then
    alter table c rename column old_id to new_id;
  end if;
  if exists (select 1 from information_schema.columns where table_schema = 'public' and table_name = 'c' and column_name = 'old_id') then
    alter table c drop column old_id;
  end if;
  if exists (select from pg_attribute where attrelid = 'public.c'::regclass and attname = 'new_id' and not attisdropped and attnum > 0) then
    alter table c add column other_id int references p;
  end if;
end $$;

-- # nullable columns
create table p (id int primary key);
create table c (id int primary key, a int not null references p, b int references p);
do $$ begin
  if exists (select 1 from information_schema.columns where table_name = 'c' and column_name = 'b' and is_nullable = 'YES') then
    alter table c alter column b set not null;
  end if;
  if exists (select 1 from pg_attribute where attrelid = 'c'::regclass and attname = 'id' and not attnotnull) then
    drop table c;
  end if;
end $$;

-- # types of columns
create table p (id int primary key);
create table c (id serial primary key, a int, b varchar(20), d timestamptz, e text[]);
do $$ begin
  if (select data_type from information_schema.columns where table_name = 'c' and column_name = 'a') = 'integer' then
    alter table c add constraint f foreign key (a) references p;
  end if;
  if exists (select 1 from information_schema.columns where table_name = 'c' and column_name = 'b' and data_type = 'character varying') and exists (select 1 from information_schema.columns where table_name = 'c' and column_name = 'e' and data_type = 'ARRAY') then
    alter table c drop column b;
  end if;
end $$;

-- # constraints that are not valid
create table p (id int primary key);
create table c (a int, b int);
alter table c add constraint f foreign key (a) references p not valid;
alter table c add constraint g foreign key (b) references p;
do $$ declare r record; begin
  if exists (select 1 from pg_constraint where conname = 'f' and not convalidated) then
    alter table c validate constraint f;
  end if;
  if exists (select 1 from pg_constraint where conname = 'g' and not convalidated) then
    alter table c drop constraint g;
  end if;
  for r in select conname from pg_constraint where convalidated is false loop
    execute format('alter table c validate constraint %I', r.conname);
  end loop;
end $$;

-- # state of a foreign key in variables
create table p (id int primary key);
create table c (a int);
alter table c add constraint f foreign key (a) references p on delete cascade not valid;
do $$
declare fk_exists boolean; fk_validated boolean; action "char";
begin
  select true, convalidated, confdeltype into fk_exists, fk_validated, action from pg_constraint where conname = 'f' and conrelid = 'c'::regclass;
  if fk_exists is not true then raise exception 'it is gone'; end if;
  if fk_validated then return; end if;
  if action = 'c' then
    alter table c drop constraint f;
    alter table c add constraint f foreign key (a) references p on delete set null;
  end if;
end $$;
do $$
declare fk_exists boolean; fk_validated boolean;
begin
  select true, convalidated into fk_exists, fk_validated from pg_constraint where conname = 'f' and conrelid = 'c'::regclass;
  if fk_validated then return; end if;
  alter table c drop constraint f;
end $$;

-- # found and not found
create table p (id int primary key);
create table c (a int constraint f references p, b int);
do $$ declare name text; begin
  select conname into name from pg_constraint where conname = 'f' and conrelid = 'c'::regclass;
  if found then
    execute 'alter table c rename constraint f to g';
  end if;
  perform 1 from pg_constraint where conname = 'f';
  if not found then
    alter table c add constraint f foreign key (b) references p;
  end if;
end $$;

-- # counts
create table p (id int primary key);
create table c (a int references p, b int references p);
do $$ declare n int; begin
  select count(*) into n from pg_constraint where conrelid = 'c'::regclass and contype = 'f';
  if n = 2 then
    alter table c add column d int references p;
  end if;
  if (select count(*) from information_schema.table_constraints where table_name = 'c' and constraint_type = 'FOREIGN KEY') > 3 then
    drop table c;
  end if;
  if (select count(*) from pg_constraint where conname = 'nope') = 0 then
    alter table c add column e int references p;
  end if;
  select count(*) filter (where confdeltype = 'c') into n from pg_constraint where contype = 'f';
  if n > 0 then drop table c; end if;
end $$;

-- # into a boolean
create table p (id int primary key);
create table c (a int);
do $$ declare has_it boolean; begin
  select exists (select 1 from information_schema.table_constraints where constraint_name = 'f' and table_name = 'c') into has_it;
  if not has_it then
    alter table c add constraint f foreign key (a) references p;
  end if;
  has_it := exists (select 1 from pg_constraint where conname = 'f');
  if has_it then
    alter table c add constraint g foreign key (a) references p;
  end if;
  has_it := (select count(*) > 5 from pg_constraint);
end $$;

-- # changed where the action differs
create table p (id int primary key);
create table c (a int constraint f references p, b int constraint g references p on delete cascade);
do $$ begin
  if exists (select 1 from pg_constraint where conname = 'f' and confdeltype <> 'c') then
    alter table c drop constraint f;
    alter table c add constraint f foreign key (a) references p on delete cascade;
  end if;
  if exists (select 1 from pg_constraint where conname = 'g' and confdeltype not in ('c', 'n')) then
    alter table c drop constraint g;
  end if;
end $$;

-- # by the text of the definition
create table p (id int primary key);
create table "user" (id int primary key, "Name" int unique);
create table c (a int references p on delete set null, b int references "user" ("Name"), d int);
alter table c add foreign key (d) references p on update cascade on delete cascade not valid;
do $$ declare r record; begin
  for r in select conname from pg_constraint where contype = 'f' and pg_get_constraintdef(oid) like '%ON DELETE SET NULL%' loop
    execute format('alter table c drop constraint %I', r.conname);
  end loop;
  for r in select conname, pg_get_constraintdef(oid) as def from pg_constraint where conrelid = 'c'::regclass and contype = 'f' loop
    execute format('alter table c drop constraint %I', r.conname);
    execute format('alter table c add constraint %I %s', r.conname || '_2', r.def);
  end loop;
end $$;

-- # definitions of other namespaces
create schema s;
create table s.p (id int primary key);
create table c (a int references s.p);
create table s.c (a int references s.p);
do $$ declare r record; begin
  for r in select conrelid::regclass as tbl, conname, pg_get_constraintdef(oid) as def from pg_constraint where contype = 'f' order by conrelid::regclass::text loop
    execute format('alter table %s drop constraint %I', r.tbl, r.conname);
    execute format('alter table %s add constraint %I %s on delete cascade', r.tbl, r.conname || 'x', r.def);
  end loop;
end $$;

-- # the search path of a block
create schema s;
create table s.p (id int primary key);
create table p (id int primary key);
do $$ begin
  perform set_config('search_path', 's', false);
  create table c (a int references p);
  if to_regclass('c') is not null then
    alter table c add column b int references p;
  end if;
  if current_schema() = 's' then
    execute format('create table %I.d (a int references p)', current_schema());
  end if;
end $$;

-- # exceptions in a loop
create table p (id int primary key);
create table c (a int constraint f references p, b int);
do $$ declare x text; begin
  foreach x in array array['f', 'g', 'h'] loop
    begin
      execute format('alter table c add constraint %I foreign key (b) references p', x);
    exception when duplicate_object then
      raise notice 'skipped %', x;
    end;
  end loop;
  begin
    alter table nowhere add constraint f foreign key (a) references p;
  exception when undefined_table or undefined_object then null;
    when others then raise;
  end;
end $$;

-- # case
create table p (id int primary key);
create table c (a int references p);
do $$ declare kind text := 'second'; begin
  case kind
    when 'first', 'zeroth' then drop table c;
    when 'second' then alter table c add column b int references p;
    else drop table p;
  end case;
  case
    when to_regclass('c') is null then null;
    when exists (select 1 from pg_constraint where contype = 'f') then alter table c add column d int references p;
  end case;
  alter table c add column e int references p;
  case kind when 'third' then null; end case;
exception when case_not_found then
  alter table p add column z int;
end $$;

-- # case in an expression
create table p (id int primary key);
create table c (a int references p on delete cascade, b int references p on delete restrict, d int references p on update set default);
do $$ declare r record; begin
  for r in select conname, case confdeltype when 'a' then 'NO ACTION' when 'c' then 'CASCADE' when 'r' then 'RESTRICT' else 'SET NULL' end as rule from pg_constraint where contype = 'f' loop
    execute format('alter table c rename constraint %I to %I', r.conname, lower(replace(r.rule, ' ', '_')) || '_key');
  end loop;
end $$;

-- # null in a text
create table p (id int primary key);
create table c (a int);
do $$ declare missing text; begin
  if 'alter table c ' || missing is null then
    alter table c add foreign key (a) references p;
  end if;
  execute 'alter table c add column ' || coalesce(missing, 'b') || ' int references p';
  execute concat('alter table c add column d', missing, ' int references p');
  execute format('alter table c add column e%s int references p', missing);
end $$;

-- # EXECUTE of nothing fails
create table p (id int primary key);
do $$ declare missing text; begin
  alter table p add column a int references p;
  execute missing;
end $$;

-- # EXECUTE in all forms
create table p (id int primary key);
create table c (a int);
do $$ declare sql text; begin
  execute 'alter table c add constraint f1 foreign key (a) references p';
  execute $q$alter table c add constraint f2 foreign key (a) references p$q$;
  execute E'alter table c add constraint f3\nforeign key (a) references p';
  sql := 'alter table c add constraint f4 foreign key (a) references p';
  execute sql;
  sql := sql || ' on delete cascade';
  sql := replace(sql, 'f4', 'f5');
  execute (sql);
  execute format($f$alter table %1$I add constraint %2$s foreign key (%3$I) references p$f$, 'c', 'f6', 'a');
  execute 'do $i$ begin execute ''alter table c add constraint f7 foreign key (a) references p''; end $i$';
  execute 'alter table c add constraint f8 foreign key (a) references p; alter table c add constraint f9 foreign key (a) references p';
end $$;

-- # EXECUTE INTO
create table p (id int primary key);
create table c (a int constraint f references p);
do $$ declare n int; name text; begin
  execute 'select count(*) from pg_constraint where contype = $1 and conrelid = $2::regclass' into n using 'f', 'c';
  if n = 1 then
    execute format('select conname from pg_constraint where conrelid = %L::regclass', 'c') into name;
    execute format('alter table c rename constraint %I to %I', name, name || n);
  end if;
  for name in execute 'select conname from pg_constraint where conname like $1' using 'f%' loop
    execute format('alter table c rename constraint %I to %I', name, upper(name));
  end loop;
end $$;

-- # a quoted name in every place
create table "P x" (id int primary key);
create table "C" ("A b" int constraint "F" references "P x", "order" int);
do $$ begin
  if exists (select 1 from pg_constraint where conname = 'F' and conrelid = '"C"'::regclass) and to_regclass('C') is null and to_regclass('"P x"') is not null then
    execute format('alter table %I add constraint %I foreign key (%I) references %I', 'C', 'G', 'order', 'P x');
  end if;
  execute 'alter table ' || '"C"'::regclass || ' rename column ' || quote_ident('order') || ' to "Order"';
end $$;

-- # indexes
create table p (id int primary key);
create table c (a int, constraint c_u unique (a));
create index old_idx on c (a);
do $$ begin
  if exists (select 1 from pg_indexes where schemaname = 'public' and indexname = 'old_idx') then
    execute 'alter index old_idx rename to new_idx';
  end if;
  if to_regclass('public.new_idx') is not null and exists (select 1 from pg_class where relname = 'new_idx' and relkind = 'i') then
    alter table c add foreign key (a) references p;
  end if;
  if not exists (select 1 from pg_indexes where tablename = 'c' and indexname = 'c_u') then
    drop table c;
  end if;
  if not exists (select 1 from pg_index i join pg_class t on t.oid = i.indrelid join pg_class x on x.oid = i.indexrelid where t.relname = 'p' and i.indisprimary and x.relname = 'p_pkey') then
    drop table p;
  end if;
end $$;

-- # renames from a list
create table p (id int primary key);
create table c (id int primary key, a int constraint old_a references p, b int constraint new_b references p);
create index old_i on c (a);
do $$ declare names record; begin
  for names in select * from (values ('old_a', 'new_a'), ('old_b', 'new_b'), ('old_c', 'new_c')) as n(old_name, new_name) loop
    if exists (select 1 from pg_constraint where conrelid = 'public.c'::regclass and conname = names.old_name)
      and not exists (select 1 from pg_constraint where conrelid = 'public.c'::regclass and conname = names.new_name) then
      execute format('alter table c rename constraint %I to %I', names.old_name, names.new_name);
    end if;
  end loop;
  for names in select * from (values ('old_i', 'new_i')) as n(old_name, new_name) loop
    if to_regclass(format('public.%I', names.old_name)) is not null and to_regclass(format('public.%I', names.new_name)) is null then
      execute format('alter index public.%I rename to %I', names.old_name, names.new_name);
    end if;
  end loop;
end $$;

-- # columns that are missing
create table p (id int primary key, a int);
do $$ declare missing_cols text[]; begin
  select array_agg(column_name) into missing_cols from (values ('a'), ('b'), ('c')) as required(column_name)
    where not exists (select 1 from information_schema.columns where table_name = 'p' and columns.column_name = required.column_name);
  if missing_cols is not null then
    execute format('alter table p add column %s int', array_to_string(missing_cols, ' int, add column '));
  end if;
end $$;

-- # a variable that is a column too
create table p (id int primary key);
do $$ declare table_name text; begin
  alter table p add column a int references p;
  for table_name in select table_name from information_schema.tables where table_schema = 'public' loop
    execute format('alter table %I add column b int', table_name);
  end loop;
end $$;

-- # children of a table by a left join
create table p (id int primary key);
create table q (id int primary key);
create table c (a int references p);
do $$ declare r record; begin
  for r in select t.relname, c.conname from pg_class t left join pg_constraint c on c.confrelid = t.oid and c.contype = 'f' where t.relkind = 'r' and t.relnamespace = 'public'::regnamespace order by t.relname loop
    if r.conname is null then
      execute format('alter table %I add column childless int', r.relname);
    end if;
  end loop;
end $$;

-- # duplicates: all but the first of each
create table p (id int primary key);
create table c (a int references p, b int references p);
alter table c add constraint again foreign key (a) references p;
do $$ declare r record; begin
  for r in select min(conname::text) as keep, array_agg(conname order by conname) as all_names from pg_constraint where contype = 'f' group by conrelid, conkey, confrelid having count(*) > 1 loop
    for i in 1..array_length(r.all_names, 1) loop
      if r.all_names[i] <> r.keep then
        execute format('alter table c drop constraint %I', r.all_names[i]);
      end if;
    end loop;
  end loop;
end $$;

-- # union, distinct, limit and offset
create table p (id int primary key);
create table c (a int constraint fa references p, b int constraint fb references p, d int constraint fd references p);
do $$ declare r record; begin
  for r in select conname from pg_constraint where conname = 'fa' union select 'fb' union all select conname from pg_constraint where conname = 'never' order by 1 limit 1 loop
    execute format('alter table c drop constraint %I', r.conname);
  end loop;
  for r in select distinct conrelid::regclass as t, left(conname, 1) as l from pg_constraint where contype = 'f' loop
    execute format('alter table %s add column %s int', r.t, r.l);
  end loop;
  for r in select conname from pg_constraint where contype = 'f' order by conname desc offset 1 loop
    execute format('alter table c drop constraint %I', r.conname);
  end loop;
end $$;

-- # in, any, all, between, is distinct from
create table p (id int primary key);
create table c (a int constraint f1 references p, b int constraint f2 references p, d int constraint f3 references p);
do $$ declare r record; keep text[] := '{f1,f9}'; begin
  for r in select conname from pg_constraint where conrelid = 'c'::regclass and conname <> all (keep) and conname between 'f2' and 'f2z' and contype is not distinct from 'f' loop
    execute format('alter table c drop constraint %I', r.conname);
  end loop;
  if 'f3' = any (array(select conname::text from pg_constraint)) and 'f2' not in (select conname from pg_constraint) then
    alter table c add column e int references p;
  end if;
  if null or true then
    alter table c add column g int references p;
  end if;
  if null and true then
    drop table c;
  end if;
  if 'f1' not in ('f2', null) then
    drop table p;
  end if;
end $$;

-- # what an exception undoes
create table p (id int primary key);
create table c (a int);
do $$ begin
  alter table c add constraint f foreign key (a) references p;
  if exists (select 1 from pg_constraint where conname = 'f') then
    raise exception 'stop';
  end if;
exception when raise_exception then
  if not exists (select 1 from pg_constraint where conname = 'f') then
    alter table c add constraint g foreign key (a) references p;
  end if;
end $$;

-- # blocks in blocks, with variables of their own
create table p (id int primary key);
create table c (a int);
do $$
<<whole>>
declare t text := 'c';
begin
  declare suffix text default '_x';
  begin
    execute format('alter table %I add constraint %I foreign key (a) references p', t, t || suffix);
  end;
  begin
    alter table c add constraint c_x foreign key (a) references p;
  exception when duplicate_object then
    execute format('alter table %I add constraint c_y foreign key (a) references p', t);
  end;
end whole $$;

-- # namespaces
create schema s;
create table s.p (id int primary key);
do $$ declare n text; begin
  if not exists (select 1 from information_schema.schemata where schema_name = 't') then
    create schema t;
    create table t.c (a int references s.p);
  end if;
  for n in select nspname from pg_namespace where nspname not like 'pg_%' and nspname <> 'information_schema' and nspname <> 'public' loop
    execute format('create table %I.extra (id int references s.p)', n);
  end loop;
  if not exists (select from pg_namespace where nspname = 's') then drop schema t cascade; end if;
end $$;

-- # pg_class joined in the old way
create table p (id int primary key);
create table c (a int references p);
do $$ declare r record; begin
  for r in select c.relname as child, p.relname as parent, con.conname as fk from pg_constraint con, pg_class c, pg_class p, pg_namespace n
    where con.conrelid = c.oid and con.confrelid = p.oid and n.oid = c.relnamespace and n.nspname = 'public' and p.relname = 'p' loop
    execute 'alter table ' || r.child || ' drop constraint ' || r.fk || ', add constraint ' || r.child || '_' || r.parent || ' foreign key (a) references ' || r.parent || ' on delete cascade';
  end loop;
end $$;

-- # a regular expression on names
create table p (id int primary key);
create table c (a int constraint c_a_fkey references p, b int constraint c_b_fk references p, d int constraint c_d_fkey1 references p);
do $$ declare r record; begin
  for r in select conname, regexp_replace(conname, '_fkey[0-9]*$', '_fk') as wanted from pg_constraint where contype = 'f' and conname ~ '_fkey[0-9]*$' loop
    execute format('alter table c rename constraint %I to %I', r.conname, r.wanted);
  end loop;
  if exists (select 1 from pg_constraint where conname !~ '^c_' and contype = 'f') or exists (select 1 from pg_constraint where conname ilike 'C\_A\_%' and conname ~* '_FKEY') then
    drop table c;
  end if;
end $$;

-- # strings
create table p (id int primary key);
create table c (a int);
do $$ declare t text := 'schema.c'; begin
  t := split_part(t, '.', 2);
  execute format('alter table %I add constraint %I foreign key (a) references p', t, left('abcdef', 2) || right('abcdef', -4) || substring('hello' from 2 for 3) || substr('xyz', 2) || length('four'));
  if starts_with('posts_fk', 'posts') and strpos('abc', 'c') = 3 and trim('  x ') = 'x' and upper('a') || lower('B') = 'Ab' then
    execute format('alter table c add constraint %s foreign key (a) references p', quote_ident('Quoted Name'));
  end if;
end $$;

-- # DO in a string
create table p (id int primary key);
create table c (a int);
do 'begin if not exists (select 1 from pg_constraint where conname = ''f'') then alter table c add constraint f foreign key (a) references p; end if; end';

-- # the same column dropped and made again
create table p (id int primary key);
create table c (x int, a int references p);
do $$ declare r record; begin
  if (select count(*) from pg_constraint where confrelid = 'p'::regclass) = 1 then
    alter table c drop column a;
    alter table c add column a int references p on delete cascade;
  end if;
  for r in select a.attname, c.conname from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1] where c.contype = 'f' loop
    execute format('alter table c rename constraint %I to %I', r.conname, r.attname || '_key');
  end loop;
end $$;

-- # partitions
create table p (id int primary key);
create table c (id int, a int references p) partition by range (id);
create table c1 partition of c for values from (0) to (10);
do $$ declare r record; begin
  for r in select conname, conrelid::regclass as t from pg_constraint where contype = 'f' and confrelid = 'p'::regclass and conparentid = 0 loop
    execute format('alter table %s drop constraint %I', r.t, r.conname);
  end loop;
  if exists (select 1 from pg_class where relname = 'c' and relkind = 'p') then
    alter table c add column b int references p on delete cascade;
  end if;
end $$;

-- # primary and unique keys
create table p (id int primary key, code int, constraint p_code unique (code));
create table c (a int, b int);
do $$ declare pk text; begin
  select conname into pk from pg_constraint where conrelid = 'p'::regclass and contype = 'p';
  execute format('alter table p rename constraint %I to %I', pk, 'pk_' || pk);
  if exists (select 1 from pg_constraint where conrelid = 'p'::regclass and contype = 'u' and pg_get_constraintdef(oid) = 'UNIQUE (code)') then
    alter table c add foreign key (a) references p (code);
  end if;
  if pg_get_constraintdef((select oid from pg_constraint where conname = 'pk_p_pkey')) = 'PRIMARY KEY (id)' then
    alter table c add foreign key (b) references p;
  end if;
end $$;

-- # ASSERT and RETURN
create table p (id int primary key);
do $$ begin
  assert exists (select 1 from pg_class where relname = 'p'), 'no p';
  alter table p add column a int references p;
  if to_regclass('q') is null then return; end if;
  drop table p;
end $$;
do $$ begin
  alter table p add column b int references p;
  assert to_regclass('q') is not null;
end $$;

-- # foreign keys onto a table before it is dropped
create table old (id int primary key);
create table c (a int references old);
create table d (a int references old, b int);
do $$ declare k record; begin
  for k in select kcu.table_name, kcu.constraint_name from information_schema.referential_constraints rc
    join information_schema.key_column_usage kcu on kcu.constraint_name = rc.constraint_name and kcu.constraint_schema = rc.constraint_schema
    join information_schema.table_constraints tc on tc.constraint_name = rc.unique_constraint_name
    where tc.table_name = 'old' loop
    execute format('ALTER TABLE %I DROP CONSTRAINT IF EXISTS %I', k.table_name, k.constraint_name);
  end loop;
  drop table old;
end $$;
