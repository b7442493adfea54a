import { integer, pgTable, text, varchar } from "drizzle-orm/pg-core";

export const forms = pgTable("forms", {
  a: integer("col_a").primaryKey(),
  camelKey: integer(),
  limited: varchar({ length: 3 }).notNull(),
  empty: text("", { enum: ["x"] }),
  "quoted-key": text(),
  7: integer(),
  [`computed_${1 + 1}`]: integer(),
  refers: integer().references(() => forms.a),
});
