import { integer, pgTable } from "drizzle-orm/pg-core";

const legacy = false;
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const old = legacy ? pgTable("old", { user: integer("user").references(() => users.id) }) : undefined;
export const fresh = legacy || pgTable("fresh", { user: integer("user").references(() => users.id) });
