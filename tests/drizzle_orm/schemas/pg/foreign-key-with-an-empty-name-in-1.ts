// drizzle: 1.0
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { id: integer("id").primaryKey() });

export const q = pgTable("q", { a: integer("a").references(() => p.id, { name: "" }), b: integer("b") }, (t) => [
  foreignKey({ name: "", columns: [t.b], foreignColumns: [p.id] }),
]);
