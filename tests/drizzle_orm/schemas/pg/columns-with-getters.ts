import { integer, pgTable } from "drizzle-orm/pg-core";

export const a = pgTable("a", { id: integer("id").primaryKey() });
export const b = pgTable("b", {
  get x() {
    return integer("x_id").references(() => a.id);
  },
});
