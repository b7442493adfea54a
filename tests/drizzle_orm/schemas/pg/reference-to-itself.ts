import { foreignKey, integer, pgTable, type AnyPgColumn } from "drizzle-orm/pg-core";

export const categories = pgTable("categories", {
  id: integer("id").primaryKey(),
  parentId: integer("parent_id").references((): AnyPgColumn => categories.id, { onDelete: "cascade" }),
});

export const folders = pgTable("folders", { id: integer("id").primaryKey(), parentId: integer("parent_id") }, (table) => [
  foreignKey({ columns: [table.parentId], foreignColumns: [table.id], name: "folders_parent_id_folders_id_fk" }),
]);
