import * as my from "drizzle-orm/mysql-core";

const options = { unsigned: true } as const;

export const numbers = my.mysqlTable("numbers", {
  id: my.serial().primaryKey(),
  a: my.int(),
  b: my.int({ unsigned: true }),
  c: my.int("c", options).notNull(),
  d: my.bigint({ mode: "number" }),
  e: my.bigint("e", { mode: "bigint", unsigned: true }),
  f: my.tinyint({ unsigned: false }),
  g: my.smallint("g", { unsigned: true }),
  h: my.mediumint({ unsigned: true }),
  i: my.boolean().notNull(),
  j: my.year(),
  k: my.json("k"),
  l: my.int().autoincrement(),
});
