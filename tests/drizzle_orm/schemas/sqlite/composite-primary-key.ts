import { primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const users = sqliteTable("users", { id: text("id").primaryKey() });
export const accounts = sqliteTable(
  "accounts",
  { user: text("user_id").notNull().references(() => users.id, { onDelete: "cascade" }), provider: text("provider") },
  (account) => ({ pk: primaryKey({ columns: [account.provider, account.user] }) }),
);
export const grants = sqliteTable("grants", { a: text("a"), b: text("b") }, (t) => [(primaryKey as any)(t.a, t.b)]);
