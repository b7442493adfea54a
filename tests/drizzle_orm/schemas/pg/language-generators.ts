import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

function* names() {
  yield "owner";
  yield* ["editor", "reader"];
}
function* numbers() {
  for (let number = 0; ; number++) yield number;
}
const columns = Object.fromEntries([...names()].map((name) => [name, integer(name).references(() => users.id)]));
for (const number of numbers()) {
  if (number === 2) break;
  columns[`n${number}`] = integer(`n${number}`).references(() => users.id);
}
export const t = pgTable("t", columns);
