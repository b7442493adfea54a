// drizzle: 0.x
import { integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";

export const users = pgTable("user", { id: text("id").primaryKey() });

// As samples of an authentication library wrote it: the primary key never exists.
export const accounts = pgTable(
  "account",
  {
    userId: text("userId").notNull().references(() => users.id, { onDelete: "cascade" }),
    provider: text("provider"),
    expires: integer("expires_at"),
  },
  (account) => [{ compoundKey: primaryKey({ columns: [account.provider, account.expires] }) }] as any,
);
