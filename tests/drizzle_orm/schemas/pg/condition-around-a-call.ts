// differs: which branch runs is known when the schema runs
import { existsSync } from "node:fs";
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const columns: Record<string, any> = { id: integer("id").primaryKey() };
const column = integer("later");
function addOwner() {
  columns.owner = integer("owner").references(() => users.id);
}
if (existsSync("/no/such/file")) addOwner();
existsSync("/no/such/file") && Object.assign(columns, { editor: integer("editor").references(() => users.id) });

export const t = pgTable("t", columns);
