import { mysqlTable } from "drizzle-orm/mysql-core";

export const users = mysqlTable("users", (t) => ({ id: t.bigint({ mode: "number" }).primaryKey().autoincrement() }));
export const posts = mysqlTable("posts", (t) => ({
  author: t.bigint("author_id", { mode: "number" }).references(() => users.id),
}));
