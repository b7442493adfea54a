import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });
const name = "outer";

function make(users: any, name = "inner") {
  const integer2 = integer;
  {
    const name = "innermost";
    return pgTable(name, { x: integer2(`${name}_x`).references(() => users.id) });
  }
}
export const other = pgTable("other", { id: integer("other_id").primaryKey() });
export const made = make(other);
export const plain = pgTable(name, { x: integer("x").references(() => users.id) });
