import { foreignKey, index, integer, primaryKey, sqliteTable, uniqueIndex } from "drizzle-orm/sqlite-core";

export const a = sqliteTable("a", { x: integer("x"), y: integer("y") }, (t) => [primaryKey({ columns: [t.x, t.y] })]);
export const b = sqliteTable("b", { x: integer("bx"), y: integer("by") }, (t) => [
  index("bx").on(t.x),
  uniqueIndex("bxy").on(t.x, t.y),
  foreignKey({ columns: [t.x, t.y], foreignColumns: [a.x, a.y], name: "b_to_a" }).onDelete("cascade"),
]);
