import { int, mysqlTable } from "drizzle-orm/mysql-core";

export const users = mysqlTable("users", { id: int().primaryKey() });
const by = int().references(() => users.id);
export const a = mysqlTable("a", { createdBy: by });
export const b = mysqlTable("b", { updatedBy: by });
