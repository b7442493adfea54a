// drizzle: 0.x
import { int, mysqlTable } from "drizzle-orm/mysql-core";

export const p = mysqlTable("p", { id: int("id").primaryKey() });
export const q = mysqlTable("q", {
  a: int("a").references(() => p.id, { onDelete: "cascade" }).references(() => p.id, { onUpdate: "cascade" }),
});
