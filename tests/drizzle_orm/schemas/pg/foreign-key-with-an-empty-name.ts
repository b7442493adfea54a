// drizzle: 0.x
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { id: integer("id").primaryKey() });

// An empty name is a name for 0.x, so that the second foreign key replaces the first.
export const q = pgTable("q", { a: integer("a"), b: integer("b") }, (t) => [
  foreignKey({ name: "", columns: [t.a], foreignColumns: [p.id] }),
  foreignKey({ name: "", columns: [t.b], foreignColumns: [p.id] }),
]);
