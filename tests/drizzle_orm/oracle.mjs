// Loads schemas with real drizzle-orm and says which tables and foreign keys drizzle-kit would see,
// which relations drizzle-orm reads, and what drizzle-kit itself makes of the schema.
//
//   node oracle.mjs LINE QUESTIONS
//
// LINE is `0.x` or `1.0`, QUESTIONS a file with `[{ name, path, dialect, casing, env }]`; the answers
// are `[{ name, throws, tables, relations, kit, snapshot, migration, refusal }]`. Paths lie below this script's folder,
// where `drizzle-orm` means that line.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { kit } from "./kit.mjs";
import { relationsOf } from "./relations.mjs";

const line = process.argv[2];
const isV0 = line === "0.x";
const here = createRequire(import.meta.url);
const drizzle = createRequire(join(dirname(fileURLToPath(import.meta.url)), line, "schemas", "index.js"));
const load = loader();
const snapshot = kit(line, drizzle);
const { is, Table } = drizzle("drizzle-orm");
const { toSnakeCase, toCamelCase } = drizzle("drizzle-orm/casing");

const CORES = { pg: "PgTable", mysql: "MySqlTable", sqlite: "SQLiteTable", cockroach: "CockroachTable" };

// Nothing that a schema prints may end in the answer.
console.log = () => {};
// Nor is a promise that it leaves behind the end of the others.
process.on("unhandledRejection", () => {});
const answers = [];
for (const schema of JSON.parse(readFileSync(process.argv[3], "utf8"))) {
  answers.push(written(await answer(schema)));
}
process.stdout.write(`[${answers.join()}]`);

/** The loader that drizzle-kit of this line uses: they differ in interop and in export order. */
function loader() {
  if (isV0) {
    const tsx = here("tsx/cjs/api");
    return (path) => tsx.require(path, import.meta.url);
  }
  const jiti = here("jiti").createJiti(import.meta.url, { fsCache: false });
  return (path) => jiti.import(path);
}

/** What has a whole column for a name cannot be written down, and means nothing. */
function written(made) {
  try {
    return JSON.stringify(made);
  } catch (error) {
    return JSON.stringify(thrown(made.name, error));
  }
}

function thrown(name, error) {
  return { name, throws: String(error?.message ?? error), tables: [], relations: [] };
}

async function answer({ name, path, dialect, casing, env }) {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    const core = drizzle(`drizzle-orm/${dialect}-core`);
    const loaded = await load(path);
    const exported = Object.values(loaded);
    const tables = new Set(exported.filter((it) => is(it, core[CORES[dialect]])));
    return {
      name,
      throws: null,
      tables: describe([...tables], core, dialect, casing),
      relations: relationsOf(loaded, drizzle),
      ...(await ofKit(loaded, dialect, casing)),
    };
  } catch (error) {
    return thrown(name, error);
  } finally {
    process.env = before;
  }
}

async function ofKit(loaded, dialect, casing) {
  try {
    return { ...(await snapshot(loaded, dialect, casing)), refusal: null };
  } catch (error) {
    return { kit: null, snapshot: null, migration: null, refusal: String(error?.message ?? error) };
  }
}

/** Of several tables of one name the last one wins; tables of a MySQL schema are passed over. */
function describe(tables, core, dialect, casing) {
  const byName = new Map();
  for (const table of tables) {
    const config = core.getTableConfig(table);
    if (dialect === "mysql" && config.schema !== undefined) continue;
    byName.set(`${config.schema ?? ""}.${config.name}`, describeTable(config, casing));
  }
  return [...byName.values()];
}

function describeTable(config, casing) {
  const inKey = new Set(config.primaryKeys.flatMap((key) => key.columns.map((it) => it.name)));
  // Columns and foreign keys of one name overwrite each other in the snapshots of 0.x.
  const columns = new Map();
  for (const column of config.columns) {
    const primary = column.primary || inKey.has(column.name);
    const name = cased(column, casing);
    columns.set(name, { name, primary, notNull: column.notNull || primary });
  }
  const foreignKeys = new Map();
  for (const [position, key] of config.foreignKeys.entries()) {
    const name = nameOf(key, casing);
    foreignKeys.set(isV0 ? name : position, describeForeignKey(key, name, casing));
  }
  return {
    namespace: config.schema ?? null,
    name: config.name,
    columns: [...columns.values()],
    foreignKeys: [...foreignKeys.values()],
  };
}

function describeForeignKey(key, name, casing) {
  const { columns, foreignColumns } = key.reference();
  const target = foreignColumns[0].table;
  return {
    name,
    columns: columns.map((it) => cased(it, casing)),
    foreignNamespace: target[Table.Symbol.Schema] ?? null,
    foreignTable: target[Table.Symbol.Name],
    foreignColumns: foreignColumns.map((it) => cased(it, casing)),
    onDelete: key.onDelete || "no action",
    onUpdate: key.onUpdate || "no action",
  };
}

/** The casing of the drizzle config, which concerns names made from keys in 0.x alone. */
function cased(column, casing) {
  if (!isV0 || !casing || !column.keyAsName) return column.name;
  return casing === "snake_case" ? toSnakeCase(column.name) : toCamelCase(column.name);
}

/** As drizzle-kit 0.x names a foreign key; in 1.0 only explicit names are compared. */
function nameOf(key, casing) {
  if (!isV0) return key.isNameExplicit() ? key.getName() : null;
  const { columns, foreignColumns } = key.reference();
  const replace = (name, column) => name.replace(column.name, cased(column, casing));
  return casing ? [...columns, ...foreignColumns].reduce(replace, key.getName()) : key.getName();
}
