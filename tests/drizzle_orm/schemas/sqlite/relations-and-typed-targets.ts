// drizzle: 0.x
import { relations } from "drizzle-orm";
import { type AnySQLiteColumn, integer, sqliteTable } from "drizzle-orm/sqlite-core";

export const nodes = sqliteTable("nodes", { id: integer().primaryKey(), parentId: integer("parent_id").references((): AnySQLiteColumn => nodes.id) });

export const nodesRelations = relations(nodes, ({ one, many }) => ({
  parent: one(nodes, { fields: [nodes.parentId], references: [nodes.id], relationName: "tree" }),
  children: many(nodes, { relationName: "tree" }),
}));
