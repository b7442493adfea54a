import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { sql } from "drizzle-orm";

const id = () => text("id").primaryKey().$defaultFn(() => crypto.randomUUID());
const now = sql`(strftime('%s', 'now'))`;
const timestamps = { createdAt: integer("created_at", { mode: "timestamp" }).notNull().default(now) };

export const users = sqliteTable("users", { id: id(), ...timestamps });
export const notes = sqliteTable("notes", {
  id: id(),
  ...timestamps,
  owner: text("owner").notNull().references(() => users.id, { onDelete: "cascade" }),
});
