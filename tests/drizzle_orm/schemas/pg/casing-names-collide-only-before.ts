// drizzle: 0.x
// casing: snake_case
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { id: integer().primaryKey() });

// The names differ as written, and are one after the rewriting.
export const q = pgTable("q", { ownerId: integer(), b: integer() }, (t) => [
  foreignKey({ name: "fk_ownerId", columns: [t.ownerId], foreignColumns: [p.id] }),
  foreignKey({ name: "fk_owner_id", columns: [t.b], foreignColumns: [p.id] }),
]);
