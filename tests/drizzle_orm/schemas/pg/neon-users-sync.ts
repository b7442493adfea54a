import { pgTable, text } from "drizzle-orm/pg-core";
import { usersSync } from "drizzle-orm/neon";

export const todos = pgTable("todos", { ownerId: text("owner_id").references(() => usersSync.id) });
