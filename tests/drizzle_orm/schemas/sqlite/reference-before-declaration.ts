import { integer, sqliteTable } from "drizzle-orm/sqlite-core";

export const early = sqliteTable("early", { late: integer("late").references(() => late.id) });
export const late = sqliteTable("late", { id: integer("id").primaryKey(), early: integer("early") });
