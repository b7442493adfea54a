import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const roles = ["author", "editor", "reviewer"] as const;

export const articles = pgTable(
  "articles",
  Object.fromEntries(roles.map((role) => [role, integer(`${role}_id`).references(() => users.id)])),
);
