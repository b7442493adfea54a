import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const columns: Record<string, any> = {};
const on = true;
on && (columns.a = integer("a").references(() => users.id));
on ? Object.assign(columns, { b: integer("b").references(() => users.id) }) : undefined;
void (columns.c = integer("c").references(() => users.id));
(columns.d = integer("d").references(() => users.id)), (columns.e = integer("e"));
(() => {
  columns.f = integer("f").references(() => users.id);
})();
(function () {
  columns.g = integer("g").references(() => users.id);
})();
["h", "i"].forEach((name) => (columns[name] = integer(name).references(() => users.id)));
["j"].map(function (name) {
  columns[name] = integer(name).references(() => users.id);
});

export const t = pgTable("t", columns);
