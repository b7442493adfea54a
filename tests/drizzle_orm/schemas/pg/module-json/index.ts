import { integer, pgTable } from "drizzle-orm/pg-core";
import names from "./names.json";

export const users = pgTable(names.users, { id: integer(names.columns[0]).primaryKey() });
export const posts = pgTable(names.posts, { user: integer(names.columns[1]).references(() => users.id) });
