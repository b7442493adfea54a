import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

export const t = pgTable("t", { owner: integer(String.raw`owner_${1}`).references(() => users.id) });
