// differs: which branch runs is known when the schema runs
import { existsSync } from "node:fs";
import { integer, pgTable, type AnyPgColumn } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });
export const people = pgTable("people", { id: integer("id").primaryKey() });

let target: () => AnyPgColumn = () => missing.id;
const missing = pgTable("missing", { id: integer("id") });
if (existsSync("nowhere.txt")) target = () => users.id;
else target = () => people.id;

export const t = pgTable("t", { owner: integer("owner").references(() => target()) });
