// drizzle: 0.x
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { id: integer("id").primaryKey() });

// Copied, and the name forgotten: the first one never reaches the database.
export const q = pgTable("q", { a: integer("a"), b: integer("b") }, (t) => [
  foreignKey({ name: "q_fk", columns: [t.a], foreignColumns: [p.id] }).onDelete("cascade"),
  foreignKey({ name: "q_fk", columns: [t.b], foreignColumns: [p.id] }),
]);
