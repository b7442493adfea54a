import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

const shared = { code: text().unique(), label: text("label_name").unique(), named: text().unique("by_hand") };

// In 0.x the first table is in the names that the second one gets.
export const first = sqliteTable("first", { id: integer().primaryKey(), ...shared });
export const second = sqliteTable("second", { id: integer().primaryKey(), ...shared, named: text() });
