import { int, mysqlTable } from "drizzle-orm/mysql-core";
import * as schema from "./users";

export const posts = mysqlTable("posts", { id: int().primaryKey(), user: int().references(() => schema.users.id) });
