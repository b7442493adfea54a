// differs: the file is read when the schema runs
import { existsSync } from "node:fs";
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });
const columns: Record<string, any> = { id: integer("id") };
if (!existsSync("/no/such/file")) columns.user = integer("user").references(() => users.id);

export const posts = pgTable("posts", columns);
