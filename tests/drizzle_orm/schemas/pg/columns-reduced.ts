import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const columns = ["first", "second"].reduce(
  (found, key) => ({ ...found, [key]: integer(key).references(() => users.id) }),
  {} as Record<string, any>,
);

export const duels = pgTable("duels", columns);
