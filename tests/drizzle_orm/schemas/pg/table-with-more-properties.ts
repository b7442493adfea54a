import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = Object.assign(pgTable("users", { id: integer("id").primaryKey() }), { label: "Users" });
export const posts = pgTable("posts", { user: integer("user").references(() => users.id) });
export const caption = users.label;
