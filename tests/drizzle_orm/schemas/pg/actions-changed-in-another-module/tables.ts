import { integer, pgTable, serial } from "drizzle-orm/pg-core";

export const actions: any = { onDelete: "cascade" };
export const users = pgTable("users", { id: serial().primaryKey() });
export const posts = pgTable("posts", { userId: integer().references(() => users.id, actions) });
actions.onUpdate = "cascade";
export const notes = pgTable("notes", { userId: integer().references(() => users.id, actions) });
