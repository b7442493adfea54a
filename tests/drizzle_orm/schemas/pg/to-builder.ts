// drizzle: 1.0
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { authorId: integer("author_id").notNull().references(() => users.id) });

export const drafts = pgTable("drafts", { authorId: (posts.authorId as any).toBuilder() });
