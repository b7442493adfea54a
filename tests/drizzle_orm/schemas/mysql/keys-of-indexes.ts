import { sql } from "drizzle-orm";
import { index, int, mysqlTable, uniqueIndex, varchar } from "drizzle-orm/mysql-core";

export const rows = mysqlTable(
  "rows",
  { id: int().primaryKey(), a: varchar({ length: 20 }), b: int() },
  (t) => [
    index("plain").on(t.a, t.b),
    index("with_method").on(t.a).using("btree"),
    uniqueIndex("by_expression").on(sql`(lower(${t.a}))`),
    uniqueIndex("whole").on(t.b),
  ],
);
