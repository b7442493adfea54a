import { int, mysqlTable, varchar } from "drizzle-orm/mysql-core";

const shared = { code: varchar({ length: 9 }).unique(), label: varchar("label_name", { length: 9 }).unique(), named: varchar({ length: 9 }).unique() };

// In 0.x the first table is in the names that the second one gets.
export const first = mysqlTable("first", { id: int().primaryKey(), ...shared });
export const second = mysqlTable("second", { id: int().primaryKey(), ...shared, named: varchar({ length: 9 }) });
