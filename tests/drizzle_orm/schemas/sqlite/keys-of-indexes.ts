import { sql } from "drizzle-orm";
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

export const rows = sqliteTable(
  "rows",
  { id: integer().primaryKey(), a: text(), b: integer() },
  (t) => [
    index("plain").on(t.a, t.b),
    uniqueIndex("partial").on(t.a).where(sql`${t.b} is null`),
    uniqueIndex("by_expression").on(sql`lower(${t.a})`),
    uniqueIndex("whole").on(t.b),
  ],
);
