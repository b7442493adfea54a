// drizzle: 0.x
import { foreignKey, integer, sqliteTable } from "drizzle-orm/sqlite-core";

export const a = sqliteTable("a", { id: integer("id").primaryKey() });
export const b = sqliteTable("b", { x: integer("x").references(() => a.id, { onDelete: "cascade" }) }, (t) => [
  foreignKey({ columns: [t.x], foreignColumns: [a.id] }).onDelete("restrict"),
]);
