// differs: which branch runs is known when the schema runs
import { existsSync } from "node:fs";
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const a = pgTable("a", { id: integer("id").primaryKey() });
export const b = pgTable("b", { id: integer("id").primaryKey() });

let target = a;
if (existsSync("/no/such/file")) target = b;

export const t = pgTable("t", { x: integer("x"), y: integer("y").references(() => target.id) }, (self) => {
  const all = [];
  if (!existsSync("/no/such/file")) all.push(foreignKey({ columns: [self.x], foreignColumns: [a.id] }));
  return all;
});
