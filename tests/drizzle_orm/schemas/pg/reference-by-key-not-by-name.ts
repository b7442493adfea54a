import { integer, pgTable } from "drizzle-orm/pg-core";

// Key and name are swapped on purpose.
export const pairs = pgTable("pairs", { left: integer("right").primaryKey(), right: integer("left").unique() });

export const uses = pgTable("uses", {
  l: integer("l").references(() => pairs.left),
  r: integer("r").references(() => pairs.right),
});
