import { integer, sqliteTable } from "drizzle-orm/sqlite-core";

export const a = sqliteTable("a", { id: integer("id").primaryKey() });
export const b = sqliteTable("b", {
  x: integer("x").references(() => a.id, { onDelete: undefined }),
  y: integer("y").references(() => a.id, { onUpdate: "" as any, onDelete: "no action" }),
});
