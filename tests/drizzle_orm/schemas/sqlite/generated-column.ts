import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { sql } from "drizzle-orm";

export const users = sqliteTable("users", { name: text("name").primaryKey() });
export const posts = sqliteTable("posts", {
  id: integer("id").primaryKey(),
  slug: text("slug").generatedAlwaysAs(sql`lower(name)`, { mode: "stored" }).references(() => users.name),
});
