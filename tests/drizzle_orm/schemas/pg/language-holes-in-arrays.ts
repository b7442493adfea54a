import { foreignKey, integer, pgTable, type AnyPgColumn } from "drizzle-orm/pg-core";

// Most methods with a callback pass over the holes of an array, the others see `undefined` in them.
export const users = pgTable("users", { id: integer("id").primaryKey() });

const reference = (key: string) => integer(key).references((): AnyPgColumn => users.id);
const holed = [, "first", , "second"] as string[];

export const reduced = pgTable(
  "reduced",
  holed.reduce((found, key) => ({ ...found, [key]: reference(key) }), {} as Record<string, any>),
);

export const reducedFromTheRight = pgTable(
  "reduced_from_the_right",
  holed.reduceRight((found, key) => ({ [key]: reference(key), ...found }), {} as Record<string, any>),
);

const visited: Record<string, any> = {};
holed.forEach((key) => {
  visited[String(key)] = reference(String(key));
});
export const visits = pgTable("visits", visited);

const iterated: Record<string, any> = {};
for (const key of holed) {
  iterated[String(key)] = reference(String(key));
}
export const iterations = pgTable("iterations", iterated);

export const mapped = pgTable(
  "mapped",
  Object.fromEntries(Object.values(holed.map((key) => [String(key), reference(String(key))]))),
);

export const filtered = pgTable(
  "filtered",
  Object.fromEntries(holed.filter(() => true).map((key) => [String(key), reference(String(key))])),
);

export const flat = pgTable(
  "flat",
  Object.fromEntries(holed.flatMap((key) => [[String(key), reference(String(key))]])),
);

export const spread = pgTable(
  "spread",
  Object.fromEntries([...holed].map((key) => [String(key), reference(String(key))])),
);

export const counted = pgTable("counted", {
  ...(Array(2).map(() => 1).some(() => true) ? { never: reference("never") } : {}),
  ...(holed.every((key) => typeof key === "string") ? { always: reference("always") } : {}),
  ...(holed.find((key) => key === undefined) === undefined && { found: reference("found") }),
  ...Object.fromEntries(
    Array(2).fill(undefined).map((_, at) => [`filled${at}`, reference(`filled${at}`)]),
  ),
  ...Object.fromEntries(Object.keys(holed).map((at) => [`at${at}`, reference(`at${at}`)])),
});

const grown: string[] = [];
grown[2] = "third";
export const growing = pgTable(
  "growing",
  Object.fromEntries(grown.flatMap((key) => [[String(key), reference(String(key))]])),
);

export const extras = pgTable(
  "extras",
  { a: integer("a"), b: integer("b") },
  (t) => [, foreignKey({ columns: [t.a], foreignColumns: [users.id] })] as any,
);
