import { integer, pgSchema, pgTable } from "drizzle-orm/pg-core";

const auth = pgSchema("auth");

export const accounts = auth.table("accounts", { id: integer("id").primaryKey() });

export const tokens = auth.table("tokens", {
  accountId: integer("account_id").references(() => accounts.id, { onDelete: "cascade" }),
});

export const profiles = pgTable("profiles", { accountId: integer().references(() => accounts.id) });
