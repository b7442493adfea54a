// migration differs: 0.x
import { integer, pgTable, text } from "drizzle-orm/pg-core";

const shared = { code: text().unique(), label: text("label_name").unique(), named: text().unique("by_hand") };

// In 0.x the first table is in the names that the second one gets.
export const first = pgTable("first", { id: integer().primaryKey(), ...shared });
export const second = pgTable("second", { id: integer().primaryKey(), ...shared, named: text() });
