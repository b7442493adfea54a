import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const names = ["owner", "editor", "reader", "dropped"];
names.pop();
names.unshift("first");
names.reverse();
const taken = names.shift()!;

export const t = pgTable("t", {
  [taken]: integer(`taken_${taken}`),
  ...Object.fromEntries(names.map((name) => [name, integer(name).references(() => users.id)])),
});
