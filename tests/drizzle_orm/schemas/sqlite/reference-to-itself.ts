import { integer, sqliteTable, type AnySQLiteColumn } from "drizzle-orm/sqlite-core";

export const tree = sqliteTable("tree", {
  id: integer("id").primaryKey(),
  parent: integer("parent").references((): AnySQLiteColumn => tree.id, { onDelete: "cascade" }),
});
