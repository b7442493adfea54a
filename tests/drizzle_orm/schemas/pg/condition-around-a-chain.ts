// differs: which branch runs is known when the schema runs
import { existsSync } from "node:fs";
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const column = integer("owner");
if (existsSync("/no/such/file")) column.references(() => users.id);

export const t = pgTable("t", { owner: column });
