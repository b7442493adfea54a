// differs: which branch runs is known when the schema runs
import { existsSync } from "node:fs";
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const columns: Record<string, any> = { n: integer("n") };
function fill() {
  if (!existsSync("/no/such/file")) return;
  columns.owner = integer("owner").references(() => users.id);
}
fill();

export const t = pgTable("t", columns);
