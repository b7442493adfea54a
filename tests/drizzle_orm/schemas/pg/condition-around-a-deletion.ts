// differs: which branch runs is known when the schema runs
import { existsSync } from "node:fs";
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const columns: Record<string, any> = { owner: integer("owner").references(() => users.id), n: integer("n") };
if (!existsSync("/no/such/file")) delete columns.owner;

export const t = pgTable("t", columns);
