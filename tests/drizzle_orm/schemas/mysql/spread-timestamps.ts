import { int, mysqlTable, timestamp } from "drizzle-orm/mysql-core";

export const users = mysqlTable("users", { id: int().primaryKey() });
const audit = {
  createdAt: timestamp("created_at").notNull().defaultNow(),
  createdBy: int("created_by").references(() => users.id, { onDelete: "set null" }),
};
export const a = mysqlTable("a", { id: int().primaryKey(), ...audit });
export const b = mysqlTable("b", { ...audit, createdBy: int("author").notNull() });
