import { pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", ({ uuid, ...columns }) => ({ id: uuid().primaryKey(), age: columns.integer() }));
export const posts = pgTable("posts", ({ integer: int, ...columns }) => ({
  id: int("post_id").primaryKey(),
  userId: columns.uuid().references(() => users.id),
}));
