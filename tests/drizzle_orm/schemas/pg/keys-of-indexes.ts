import { sql } from "drizzle-orm";
import { index, integer, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";

export const rows = pgTable(
  "rows",
  { id: integer().primaryKey(), a: text(), b: integer(), deletedAt: integer("deleted_at") },
  (t) => [
    index().on(t.a),
    index().on(t.a.asc(), t.b.desc().nullsFirst()),
    uniqueIndex().on(t.b),
    uniqueIndex("partial").on(t.a).where(sql`${t.deletedAt} is null`),
    index("by_method").using("gin", t.a.op("gin_trgm_ops")),
    index("by_expression").on(sql`lower(${t.a})`),
    uniqueIndex("mixed").on(t.b, sql`lower(${t.a})`),
    index("with_options").on(t.b).with({ fillfactor: 70 }).concurrently(),
  ],
);
