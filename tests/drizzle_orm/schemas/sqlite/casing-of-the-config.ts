// drizzle: 0.x
// casing: snake_case
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const users = sqliteTable("users", { userId: integer().primaryKey(), displayName: text("displayName").notNull() });
export const posts = sqliteTable("posts", { authorId: integer().references(() => users.userId) });
