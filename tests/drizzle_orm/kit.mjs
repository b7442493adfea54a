// What drizzle-kit makes of a schema: the types, keys, indexes and names that end in its statements.

/**
 * A function from what a schema exports to the snapshot and the statements that drizzle-kit would write,
 * and to its tables, by the entry points that `drizzle-kit` has; `null` for CockroachDB, for which it has none.
 */
export function kit(line, require) {
  if (line === "0.x") {
    const api = require("drizzle-kit/api");
    const snapshots = {
      pg: (exported, casing) => api.generateDrizzleJson(exported, undefined, undefined, casing),
      mysql: (exported, casing) => api.generateMySQLDrizzleJson(exported, undefined, casing),
      sqlite: (exported, casing) => api.generateSQLiteDrizzleJson(exported, undefined, casing),
    };
    const migrations = {
      pg: api.generateMigration,
      mysql: api.generateMySQLMigration,
      sqlite: api.generateSQLiteMigration,
    };
    return async (exported, dialect, casing) => {
      const read = (exported) => quietly(() => snapshots[dialect](exported, casing ?? undefined));
      const snapshot = await read(exported);
      const empty = await read({});
      // It refuses more snapshots than it writes.
      const migration = await quietly(() => migrations[dialect](empty, snapshot)).catch(() => null);
      return { kit: ofTables(snapshot.tables, dialect), snapshot, migration };
    };
  }
  const api = {};
  for (const [dialect, name] of [["pg", "postgres"], ["mysql", "mysql"], ["sqlite", "sqlite"]]) {
    api[dialect] = require(`drizzle-kit/payload/${name}`);
  }
  return async (exported, dialect) => {
    if (!api[dialect]) return { kit: null, snapshot: null, migration: null };
    const { generateDrizzleJson, generateMigration } = api[dialect];
    const written = await quietly(() => generateDrizzleJson(exported));
    const empty = await quietly(() => generateDrizzleJson({}));
    const migration = await quietly(() => generateMigration(empty, written)).catch(() => null);
    return {
      kit: ofEntities(written.ddl, dialect),
      snapshot: written,
      migration,
    };
  };
}

/** drizzle-kit prints what it refuses, and ends the process. */
async function quietly(action) {
  const { exit } = process;
  const write = process.stdout.write;
  let printed = "";
  process.exit = () => {
    throw new Error(`drizzle-kit ends: ${printed}`);
  };
  process.stdout.write = (text) => {
    printed += text;
    return true;
  };
  try {
    return await action();
  } finally {
    process.exit = exit;
    process.stdout.write = write;
  }
}

/** The snapshot of 0.x. */
function ofTables(tables, dialect) {
  return Object.values(tables).map((table) => {
    const all = (key) => Object.values(table[key] ?? {});
    const columns = all("columns");
    const keys = all("compositePrimaryKeys");
    // MySQL and SQLite have expressions as text among the columns.
    const plain = (value) => ({ value, isExpression: !columns.some((it) => it.name === value) });
    const inline = columns.filter((it) => it.primaryKey).map((it) => it.name);
    const indexes = all("indexes").map((it) => ({
      name: it.name,
      ...indexed(it.columns.map((it) => (typeof it === "string" ? plain(it) : { ...it, value: it.expression }))),
      isUnique: it.isUnique,
      isPartial: it.where !== undefined,
    }));
    return {
      namespace: table.schema || null,
      name: table.name,
      types: Object.fromEntries(columns.map((it) => [it.name, it.type])),
      primaryKey: keys[0] ?? (inline.length > 0 ? { name: null, columns: inline } : null),
      ...uniques(all("uniqueConstraints"), indexes, dialect),
      foreignKeys: all("foreignKeys").map((it) => ({ name: it.name, columns: it.columnsFrom })),
    };
  });
}

/** The list of entities of 1.0. */
function ofEntities(entities, dialect) {
  const of = (type, table) =>
    entities.filter(
      (it) => it.entityType === type && it.table === table.name && it.schema === table.schema,
    );
  return entities
    .filter((it) => it.entityType === "tables")
    .map((table) => {
      const key = of("pks", table)[0];
      const indexes = of("indexes", table).map((it) => ({
        name: it.name,
        ...indexed(it.columns),
        isUnique: it.isUnique,
        isPartial: Boolean(it.where),
      }));
      return {
        namespace: table.schema === "public" ? null : (table.schema ?? null),
        name: table.name,
        types: Object.fromEntries(
          of("columns", table).map((it) => [it.name, it.type + (it.dimensions ? "[]" : "")]),
        ),
        // One of a single column that nobody named is written beside the column, without a name.
        primaryKey: key ? { ...key, name: isNamed(key) ? key.name : null } : null,
        ...uniques(of("uniques", table), indexes, dialect),
        foreignKeys: of("fks", table).map(({ name, columns }) => ({ name, columns })),
      };
    });
}

function isNamed(key) {
  return key.nameExplicit || key.columns.length > 1;
}

/** The columns up to the first expression, and whether there is one. */
function indexed(columns) {
  const position = columns.findIndex((it) => it.isExpression);
  const plain = position < 0 ? columns : columns.slice(0, position);
  return { columns: plain.map((it) => it.value), hasExpressions: position >= 0 };
}

/** MySQL and SQLite make no difference between a unique constraint and a unique index. */
function uniques(constraints, indexes, dialect) {
  const isConstraint = (it) =>
    dialect !== "pg" && it.isUnique && !it.isPartial && !it.hasExpressions;
  return {
    uniques: [...constraints, ...indexes.filter(isConstraint)],
    indexes: indexes.filter((it) => !isConstraint(it)),
  };
}
