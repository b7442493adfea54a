import { integer, pgTable } from "drizzle-orm/pg-core";

let name = "none";
export const users = pgTable("users", { id: integer("id").primaryKey() }),
  t = pgTable("t", { a: integer((name = "assigned", name)).references(() => users.id) }),
  u = pgTable("u", { b: integer(name) });
