import { integer, pgTable, serial } from "drizzle-orm/pg-core";

const made: any[] = [];
for (let index = 0; index < 3; index++) {
  const previous = () => made[index - 1]?.id ?? made[index].id;
  made.push(pgTable(`t${index}`, { id: serial().primaryKey(), previous: integer().references(previous) }));
}
export const [first, second, third] = made;
export const letters = pgTable("letters", { id: serial("ab"[-1] ?? "letter_id").primaryKey() });
