// drizzle: 1.0
import { integer, snakeCase, sqliteTableCreator } from "drizzle-orm/sqlite-core";

const create = sqliteTableCreator((name) => name.toUpperCase(), "snake_case");

export const users = snakeCase.table("users", { userId: integer().primaryKey() });
export const posts = create("posts", { authorId: integer().references(() => users.userId) });
