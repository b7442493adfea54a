import { foreignKey, integer, sqliteTable, unique } from "drizzle-orm/sqlite-core";

export const a = sqliteTable("a", { id: integer("id").primaryKey() });
export const b = sqliteTable("b", { a: integer("a") }, (t) => ({
  one: unique().on(t.a),
  fk: foreignKey({ columns: [t.a], foreignColumns: [a.id] }).onUpdate("set null"),
}));
