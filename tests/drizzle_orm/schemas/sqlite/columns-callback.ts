import { sqliteTable } from "drizzle-orm/sqlite-core";

export const users = sqliteTable("users", (t) => ({ id: t.text().primaryKey() }));
export const posts = sqliteTable("posts", (t) => ({ user: t.text("user_id").references(() => users.id) }));
