-- The lines of `describe` in comparison.rs.
set group_concat_max_len = 1000000;
select concat(
  r.constraint_name, ': ',
  if(r.constraint_schema = 'app', '', concat(r.constraint_schema, '.')), r.table_name,
  '(', group_concat(k.column_name order by k.ordinal_position separator ', '), ') -> ',
  if(max(k.referenced_table_schema) = 'app', '', concat(max(k.referenced_table_schema), '.')),
  max(k.referenced_table_name),
  '(', group_concat(k.referenced_column_name order by k.ordinal_position separator ', '), ')',
  if(r.delete_rule in ('RESTRICT', 'NO ACTION'), '', concat(' on delete ', lower(r.delete_rule))),
  if(r.update_rule in ('RESTRICT', 'NO ACTION'), '', concat(' on update ', lower(r.update_rule)))
)
from information_schema.referential_constraints r
join information_schema.key_column_usage k
  on k.constraint_schema = r.constraint_schema and k.table_name = r.table_name
  and k.constraint_name = r.constraint_name and k.referenced_table_name is not null
group by r.constraint_schema, r.table_name, r.constraint_name
union all
select concat(
  if(c.table_schema = 'app', '', concat(c.table_schema, '.')), c.table_name, ': ',
  group_concat(
    c.column_name, if(c.is_nullable = 'NO', ' not null', '')
    order by binary concat(c.column_name, if(c.is_nullable = 'NO', ' not null', '')) separator ', '
  )
)
from information_schema.columns c
join information_schema.tables t
  on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
where c.table_schema not in ('mysql', 'sys', 'information_schema', 'performance_schema')
group by c.table_schema, c.table_name
union
select concat(
  if(s.index_name = 'PRIMARY', 'primary key ', 'unique '),
  if(s.table_schema = 'app', '', concat(s.table_schema, '.')), s.table_name,
  '(', group_concat(s.column_name order by s.seq_in_index separator ', '), ')'
)
from information_schema.statistics s
where s.non_unique = 0
  and s.table_schema not in ('mysql', 'sys', 'information_schema', 'performance_schema')
group by s.table_schema, s.table_name, s.index_name
having s.index_name = 'PRIMARY' or max(s.sub_part) is null;
