import { integer, sqliteTable, sqliteView } from "drizzle-orm/sqlite-core";

export const users = sqliteTable("users", { id: integer("id").primaryKey() });
export const ids = sqliteView("ids", { id: integer("id") }).existing();
