import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

let name = "before";
try {
  name = "tried";
  throw new Error(name);
} catch {
  name = `caught_${name}`;
}

export const t = pgTable("t", { user: integer(name).references(() => users.id) });
