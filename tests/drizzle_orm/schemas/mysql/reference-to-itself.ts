// migration differs: 1.0
import { int, mysqlTable, type AnyMySqlColumn } from "drizzle-orm/mysql-core";

export const nodes = mysqlTable("nodes", {
  id: int("id").primaryKey().autoincrement(),
  parent: int("parent_id").references((): AnyMySqlColumn => nodes.id, { onDelete: "cascade", onUpdate: "no action" }),
});
