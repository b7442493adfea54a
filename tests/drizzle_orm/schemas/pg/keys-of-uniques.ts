import { integer, pgTable, text, unique } from "drizzle-orm/pg-core";

export const rows = pgTable(
  "rows",
  { id: integer().primaryKey(), a: text().unique("a_key", { nulls: "not distinct" }), b: text(), c: text().unique(undefined) },
  (t) => [
    unique().on(t.a, t.b).nullsNotDistinct(),
    unique("named").on(t.b),
  ],
);
