import * as my from "drizzle-orm/mysql-core";

export const wide = my.mysqlTable("wide", {
  a: my.serial("a").primaryKey(),
  b: my.bigint("b", { mode: "number", unsigned: true }).notNull(),
  c: my.varchar("c", { length: 255 }),
  d: my.mysqlEnum("d", ["x", "y"]).notNull(),
  e: my.mysqlEnum(["x"]),
  f: my.timestamp("f").defaultNow().onUpdateNow().notNull(),
  g: my.json(),
  h: my.decimal("h", { precision: 8, scale: 2 }),
  i: my.year(),
  j: my.datetime({ mode: "string", fsp: 3 }),
  k: my.boolean("k").default(false),
  l: my.binary({ length: 16 }),
});
