// differs: which branch runs is known when the schema runs
import { existsSync } from "node:fs";
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

export const t = pgTable("t", { owner: integer("owner") }, (self) => {
  const key = foreignKey({ columns: [self.owner], foreignColumns: [users.id] });
  if (existsSync("/no/such/file")) key.onDelete("cascade");
  return [key];
});
