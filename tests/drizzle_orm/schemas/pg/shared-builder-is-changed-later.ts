import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const author = integer("author");

export const before = pgTable("before", { author });
author.notNull().references(() => users.id);
export const after = pgTable("after", { author });
