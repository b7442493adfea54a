import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { id: integer("id").primaryKey() });

const columns = { a: integer("a"), b: integer("b"), c: integer("c"), d: integer("d") };
export const q = pgTable("q", columns, (t) => [
  foreignKey({ columns: [t.a], foreignColumns: [p.id] }).onUpdate("cascade").onDelete("set null"),
  foreignKey({ columns: [t.b], foreignColumns: [p.id] }).onDelete("cascade").onDelete("restrict"),
  foreignKey({ columns: [t.c], foreignColumns: [p.id] }).onDelete("cascade").onDelete(undefined as any),
  // Actions inside the object count nowhere.
  foreignKey({ columns: [t.d], foreignColumns: [p.id], onDelete: "cascade" } as any),
]);
