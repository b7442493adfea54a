// drizzle: 1.0
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { userId: integer().primaryKey() });

export const posts = pgTable("posts", { userId: integer().references(() => users.userId) });
