-- The lines of `describe` in comparison.rs.
rollback;
reset all;
\o described
with relation as (
  select c.oid, concat(nullif(n.nspname, 'public') || '.', c.relname) as name
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p') and c.relpersistence <> 't'
    and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
), one_key as (
  select c.*, (
    select string_agg(a.attname, ', ' order by k.at)
    from unnest(c.conkey) with ordinality k(number, at)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number
  ) as columns
  from pg_constraint c
)
select format(
  '%s: %s(%s) -> %s(%s)%s%s%s%s',
  c.conname, child.name, c.columns, parent.name,
  (
    select string_agg(a.attname, ', ' order by k.at)
    from unnest(c.confkey) with ordinality k(number, at)
    join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.number
  ),
  ' on delete ' || case c.confdeltype
    when 'r' then 'restrict' when 'c' then 'cascade'
    when 'n' then 'set null' when 'd' then 'set default' end,
  ' on update ' || case c.confupdtype
    when 'r' then 'restrict' when 'c' then 'cascade'
    when 'n' then 'set null' when 'd' then 'set default' end,
  ' set (' || (
    select string_agg(a.attname, ', ' order by k.at)
    from unnest(c.confdelsetcols) with ordinality k(number, at)
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number
  ) || ')',
  case when not c.convalidated then ' not valid' end
)
from one_key c
join relation child on child.oid = c.conrelid
join relation parent on parent.oid = c.confrelid
where c.contype = 'f'
  -- One for each partition of the referenced table, which is no foreign key of its own.
  and not exists (
    select from pg_constraint p where p.oid = c.conparentid and p.conrelid = c.conrelid
  )
union all
select format('%s: %s', r.name, (
  select string_agg(
    a.attname || case when a.attnotnull then ' not null' else '' end, ', ' order by a.attnum
  )
  from pg_attribute a
  where a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
))
from relation r
union all
select format('primary key %s(%s)', r.name, c.columns)
from one_key c join relation r on r.oid = c.conrelid
where c.contype = 'p'
union all
select distinct format('unique %s(%s)', r.name, (
  select string_agg(a.attname, ', ' order by k.at)
  from unnest(i.indkey) with ordinality k(number, at)
  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
  where k.at <= i.indnkeyatts
))
from pg_index i
join relation r on r.oid = i.indrelid
where i.indisunique and not i.indisprimary and i.indpred is null and i.indexprs is null;
\o
