import { integer, pgTable, type PgTable } from "drizzle-orm/pg-core";

const registry: Record<string, PgTable> = {};
function register<T extends PgTable>(name: string, table: T): T {
  registry[name] = table;
  return table;
}

export const users = register("users", pgTable("users", { id: integer("id").primaryKey() }));
export const posts = register(
  "posts",
  pgTable("posts", { user: integer("user").references(() => (registry.users as typeof users).id) }),
);
