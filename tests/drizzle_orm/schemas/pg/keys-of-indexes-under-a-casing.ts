// drizzle: 0.x
// casing: snake_case
import { sql } from "drizzle-orm";
import { index, integer, pgTable, text, uniqueIndex } from "drizzle-orm/pg-core";

export const rows = pgTable(
  "rows",
  { id: integer().primaryKey(), firstName: text(), b: integer(), deletedAt: integer("deleted_at") },
  (t) => [
    index().on(t.firstName),
    index().on(t.firstName.asc(), t.b.desc().nullsFirst()),
    uniqueIndex().on(t.b),
    uniqueIndex("partial").on(t.firstName).where(sql`${t.deletedAt} is null`),
    index("by_method").using("gin", t.firstName.op("gin_trgm_ops")),
    index("by_expression").on(sql`lower(${t.firstName})`),
    uniqueIndex("mixed").on(t.b, sql`lower(${t.firstName})`),
    index("with_options").on(t.b).with({ fillfactor: 70 }).concurrently(),
  ],
);
