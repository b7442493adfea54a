// drizzle: 1.0
import { camelCase, integer, pgTable, snakeCase } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const shared = { ownerId: integer().references(() => users.id) };

export const first = snakeCase.table("first", { ...shared });
export const second = pgTable("second", { ...shared });
export const third = camelCase.table("third", { ...shared });
