// drizzle: 0.x
import { foreignKey, integer, sqliteTable } from "drizzle-orm/sqlite-core";

export const a = sqliteTable("a", { id: integer("id").primaryKey() });
export const b = sqliteTable("b", { x: integer("x"), y: integer("y") }, (t) => [
  foreignKey({ name: "same", columns: [t.x], foreignColumns: [a.id] }),
  foreignKey({ name: "same", columns: [t.y], foreignColumns: [a.id] }),
]);
