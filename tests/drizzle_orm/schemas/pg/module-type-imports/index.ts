import type { users as Users } from "./users";
import { integer, pgTable, type PgColumn } from "drizzle-orm/pg-core";

export type { users } from "./users";
export type Ref = PgColumn;
export type Row = typeof Users.$inferSelect;
export const posts = pgTable("posts", { user: integer("user") });
