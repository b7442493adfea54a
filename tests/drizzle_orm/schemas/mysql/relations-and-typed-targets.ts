// drizzle: 0.x
import { relations } from "drizzle-orm";
import { type AnyMySqlColumn, int, mysqlTable } from "drizzle-orm/mysql-core";

export const nodes = mysqlTable("nodes", { id: int().primaryKey(), parentId: int("parent_id").references((): AnyMySqlColumn => nodes.id) });

export const nodesRelations = relations(nodes, ({ one, many }) => ({
  parent: one(nodes, { fields: [nodes.parentId], references: [nodes.id], relationName: "tree" }),
  children: many(nodes, { relationName: "tree" }),
}));
