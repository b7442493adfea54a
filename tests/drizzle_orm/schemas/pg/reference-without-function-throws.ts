// throws, reported
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

export const posts = pgTable("posts", { userId: integer("user_id").references(users.id as any) });
