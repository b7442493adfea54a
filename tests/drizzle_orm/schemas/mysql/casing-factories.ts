// drizzle: 1.0
import { camelCase, int, snakeCase } from "drizzle-orm/mysql-core";

export const users = snakeCase.table("users", { userId: int().primaryKey() });
export const posts = camelCase.table("posts", { user_id: int().references(() => users.userId) });
