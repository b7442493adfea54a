// drizzle: 1.0
import { integer, pgTable, snakeCase } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const shared = { ownerId: integer().references(() => users.id) };

export const first = pgTable("first", { ...shared });
export const second = snakeCase.table("second", { ...shared });
