import { int, mysqlTable, mysqlView } from "drizzle-orm/mysql-core";

export const users = mysqlTable("users", { id: int("id").primaryKey() });
export const all = mysqlView("all_users").as((qb) => qb.select().from(users));
