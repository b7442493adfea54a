import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { id: integer("id").primaryKey() });
export const q = pgTable("q", { a: integer("a"), b: integer("b") }, (t) => [
  foreignKey({ name: undefined, columns: [t.a], foreignColumns: [p.id] }),
  foreignKey({ name: null as any, columns: [t.b], foreignColumns: [p.id] }),
]);
