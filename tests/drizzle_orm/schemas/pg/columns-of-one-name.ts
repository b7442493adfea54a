// drizzle: 0.x
import { integer, pgTable } from "drizzle-orm/pg-core";

export const a = pgTable("a", { id: integer("id").primaryKey() });

// Pasted, and the name forgotten: the last column of a name stays, and so do both foreign keys' one name.
export const b = pgTable("b", {
  x: integer("same").references(() => a.id, { onDelete: "cascade" }),
  y: integer("same").notNull().references(() => a.id),
});
