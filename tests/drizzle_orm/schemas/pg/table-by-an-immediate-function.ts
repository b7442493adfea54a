import { integer, pgTable } from "drizzle-orm/pg-core";

export const { a, b } = (() => {
  const a = pgTable("a", { id: integer("id").primaryKey() });
  const b = pgTable("b", { x: integer("x").references(() => a.id) });
  return { a, b };
})();
