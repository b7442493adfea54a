import { integer, pgTable } from "drizzle-orm/pg-core";
import { prefix } from "./config.cjs";

export const users = pgTable(`${prefix}users`, { id: integer("id").primaryKey() });
export const posts = pgTable(`${prefix}posts`, { user: integer("user").references(() => users.id) });
