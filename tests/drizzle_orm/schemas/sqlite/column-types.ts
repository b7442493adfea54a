import * as lite from "drizzle-orm/sqlite-core";

const money = lite.customType<{ data: number }>({ dataType: () => "numeric" });

export const wide = lite.sqliteTable("wide", {
  a: lite.integer("a", { mode: "number" }).primaryKey({ autoIncrement: true }),
  b: lite.integer({ mode: "boolean" }).notNull().default(false),
  c: lite.integer("c", { mode: "timestamp" }).$defaultFn(() => new Date()),
  d: lite.text("d", { enum: ["x", "y"] }).notNull(),
  e: lite.text({ mode: "json" }).$type<string[]>(),
  f: lite.blob("f", { mode: "buffer" }),
  g: lite.real(),
  h: lite.numeric("h"),
  i: money("i").notNull(),
  j: lite.int(),
});
