import { integer, pgTable } from "drizzle-orm/pg-core";

export const a = pgTable("a", { id: integer("id").primaryKey() });
export const b = pgTable("b", { id: integer("id").primaryKey() });
const tables = { list: [a, b], get last() { return this.list[this.list.length - 1]; } };

export const c = pgTable("c", {
  first: integer("first").references(() => tables.list[0].id),
  last: integer("last").references(() => tables.list.at(-1)!.id),
});
