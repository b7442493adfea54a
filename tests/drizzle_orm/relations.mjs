// Which columns the relations of a schema join, as drizzle-orm reads them.

/**
 * The joins of everything that is exported, in both of its forms: `{ isDirected, from, to }`, where
 * a side is `{ namespace, table, columns }`. `isDirected` says that `from` is a junction table.
 */
export function relationsOf(exported, require) {
  const { is, Table, Column, ...orm } = require("drizzle-orm");
  const v1 = orm.Relations ? orm : require("drizzle-orm/_relations");
  const side = (columns) => ({
    namespace: columns[0].table[Table.Symbol.Schema] ?? null,
    table: columns[0].table[Table.Symbol.Name],
    columns: columns.map((it) => it.name),
  });
  const joins = [];
  const add = (isDirected, from, to) =>
    joins.push({ isDirected, from: side(from), to: side(to) });

  for (const value of Object.values(exported)) {
    if (is(value, v1.Relations)) {
      const relations = value.config(v1.createTableRelationsHelpers(value.table));
      for (const { config } of Object.values(relations)) {
        if (config?.fields) add(false, config.fields, config.references);
      }
    } else if (orm.defineRelations && isDefined(value)) {
      for (const { relations } of Object.values(value)) {
        for (const relation of Object.values(relations)) addDefined(relation, add);
      }
    }
  }
  return joins;
}

/** Whether it is what `defineRelations` gives. */
function isDefined(value) {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every((it) => it?.relations && it.table && it.name)
  );
}

/** A relation that only its reverse describes has the columns of that. */
function addDefined({ sourceColumns, targetColumns, through }, add) {
  const of = (columns) => columns.map((it) => it._.column);
  if (!through) return add(false, of(sourceColumns), of(targetColumns));
  add(true, of(through.source), of(sourceColumns));
  add(true, of(through.target), of(targetColumns));
}
