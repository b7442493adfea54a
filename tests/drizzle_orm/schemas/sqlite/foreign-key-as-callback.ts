import { foreignKey, integer, sqliteTable } from "drizzle-orm/sqlite-core";

export const a = sqliteTable("a", { id: integer("id").primaryKey() });
export const b = sqliteTable("b", { a: integer("a") }, (t) => ({
  fk: foreignKey(() => ({ columns: [t.a], foreignColumns: [a.id] })).onDelete("set null"),
}));
