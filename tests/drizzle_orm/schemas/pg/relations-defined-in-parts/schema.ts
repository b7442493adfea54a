import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("people", { id: integer().primaryKey() });
export const posts = pgTable("posts", { authorId: integer("author_id").references(() => users.id) });
export const notes = pgTable("notes", { userId: integer("user_id") });
