// throws, reported
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

declare const users: any;

// As `pull` writes it where `users` lies in a schema that it was not told to read.
export const posts = pgTable("posts", { userId: integer("user_id") }, (table) => [
  foreignKey({ columns: [table.userId], foreignColumns: [users.id], name: "posts_user_id_fkey" }),
]);
