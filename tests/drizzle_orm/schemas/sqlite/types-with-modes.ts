import { blob, customType, int, integer, numeric, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

const loud = customType<{ data: string }>({ dataType: () => "TEXT" });
const length = 40;

export const modes = sqliteTable("modes", {
  a: integer({ mode: "timestamp_ms" }),
  b: int("b", { mode: "boolean" }),
  c: text({ length: 20 }),
  d: text("d", { length, enum: ["a", "b"] }),
  e: text({ mode: "json" }),
  f: text({ length: 0 }),
  g: blob({ mode: "bigint" }),
  h: blob("h", { mode: "json" }),
  i: numeric({ mode: "number" }),
  j: real("j"),
  k: loud("k"),
  l: integer({ mode: "number" }).primaryKey({ autoIncrement: true }),
});
