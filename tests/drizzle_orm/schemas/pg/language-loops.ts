import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const columns: Record<string, any> = {};
const add = (key: string) => (columns[key] = integer(key).references(() => users.id));
for (let at = 0; at < 3; at++) add(`for_${at}`);
let left = 2;
while (left > 0) {
  add(`while_${left}`);
  left -= 1;
}
do add(`do_${left++}`);
while (left < 2);
for (const key in { x: 1, y: 2 }) add(`in_${key}`);
for (const a of ["a", "b", "c", "d"]) {
  if (a === "b") continue;
  if (a === "d") break;
  add(`of_${a}`);
}

export const t = pgTable("t", columns);
