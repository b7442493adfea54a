// drizzle: 0.x
// casing: snake_case
import { foreignKey, int, mysqlTable } from "drizzle-orm/mysql-core";

export const users = mysqlTable("appUsers", { userId: int().primaryKey() });
export const posts = mysqlTable("posts", { userId: int().references(() => users.userId), editorId: int() }, (t) => [
  foreignKey({ name: "posts_editorId", columns: [t.editorId], foreignColumns: [users.userId] }),
]);
