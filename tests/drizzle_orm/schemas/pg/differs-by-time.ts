// differs: the name has the time in it
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable(`users_${Date.now()}`, { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { user: integer("user").references(() => users.id) });
