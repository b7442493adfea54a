import { int, mysqlTable } from "drizzle-orm/mysql-core";
import { integer, sqliteTable } from "drizzle-orm/sqlite-core";

export const users = mysqlTable("users", { id: int("id").primaryKey() });
export const usersLite = sqliteTable("users", { id: integer("id").primaryKey() });
export const posts = mysqlTable("posts", { user: int("user").references(() => users.id) });
