import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

export const columns: Record<string, any> = {};
const on = true;
on && (columns.a = integer("a").references(() => users.id));
on ? Object.assign(columns, { b: integer("b").references(() => users.id) }) : undefined;
(() => {
  columns.f = integer("f").references(() => users.id);
})();
["h", "i"].forEach(function (name) {
  columns[name] = integer(name).references(() => users.id);
});
