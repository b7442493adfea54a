import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const names = new Map([["owner", "owner_id"]]);

export const t = pgTable("t", { owner: integer(names.get("owner")!).references(() => users.id) });
