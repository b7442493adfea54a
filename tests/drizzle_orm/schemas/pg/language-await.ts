// drizzle: 1.0
import { integer, pgTable } from "drizzle-orm/pg-core";

const prefix = await Promise.resolve("async_");

export const users = pgTable("users", { id: integer("id").primaryKey() });
export const t = pgTable("t", { user: integer("user").references(() => users.id) });
export const length = prefix.length;
