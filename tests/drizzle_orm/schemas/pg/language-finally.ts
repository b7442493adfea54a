import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const columns: Record<string, any> = {};
try {
  columns.tried = integer("tried").references(() => users.id);
} finally {
  columns.last = integer("last").references(() => users.id);
}

export const t = pgTable("t", columns);
