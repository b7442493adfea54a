import { integer, sqliteTable } from "drizzle-orm/sqlite-core";

export const users = sqliteTable("users", { id: integer().primaryKey() });
const by = integer().references(() => users.id);
export const a = sqliteTable("a", { createdBy: by });
export const b = sqliteTable("b", { updatedBy: by });
