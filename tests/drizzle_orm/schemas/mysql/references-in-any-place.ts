import { int, mysqlTable } from "drizzle-orm/mysql-core";

export const users = mysqlTable("users", { id: int("id").primaryKey() });
export const posts = mysqlTable("posts", {
  a: int("a").references(() => users.id).notNull().default(1),
  b: int("b").notNull().references(() => users.id).unique(),
  c: int("c").primaryKey().references(() => users.id),
});
