import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const columns: Record<string, any> = {};
Object.defineProperty(columns, "owner", { value: integer("owner").references(() => users.id), enumerable: true });

export const t = pgTable("t", columns);
