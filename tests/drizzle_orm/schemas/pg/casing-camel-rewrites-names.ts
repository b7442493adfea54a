// drizzle: 0.x
// casing: camelCase
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("all_users", { user_id: integer().primaryKey() });

export const posts = pgTable("user_posts", { user_id: integer().references(() => users.user_id) });
