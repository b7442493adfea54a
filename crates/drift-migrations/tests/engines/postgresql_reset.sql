alter database postgres reset all;
do $$
declare one text;
begin
  for one in
    select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'
  loop
    execute format('drop schema %I cascade', one);
  end loop;
end $$;
create schema public;
