import { integer, sqliteTableCreator } from "drizzle-orm/sqlite-core";

const sqliteTable = sqliteTableCreator((name) => `app_${name}`);

export const users = sqliteTable("users", { id: integer("id").primaryKey() });
export const posts = sqliteTable("posts", { user: integer("user_id").references(() => users.id, { onDelete: "cascade" }) });
