// differs: instances are not evaluated
import { integer, pgTable } from "drizzle-orm/pg-core";

const made = new Proxy({} as Record<string, any>, { get: (_, name) => integer(String(name)).references(() => users.id) });

export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { user: made.user_id });
