import { integer, sqliteTable } from "drizzle-orm/sqlite-core";

export const users = sqliteTable("users", { id: integer("id").primaryKey() });
const made = (["likes", "follows"] as const).map((name) =>
  sqliteTable(name, { user: integer("user_id").references(() => users.id, { onDelete: "cascade" }) }),
);
export const [likes, follows] = made;
