import { integer, pgTable } from "drizzle-orm/pg-core";

export const things = pgTable("base_things", { id: integer("id").primaryKey() });
export const parts = pgTable("parts", { thing: integer("thing").references(() => things.id) });
