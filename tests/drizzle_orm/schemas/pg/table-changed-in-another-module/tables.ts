import { foreignKey, integer, pgTable, serial } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: serial().primaryKey(), other: integer(), third: integer() });
export const posts = pgTable(
  "posts",
  { userId: integer().references(() => users.id), owner: integer(), by: integer().references(() => (users as any).alias) },
  (t) => [foreignKey({ columns: [t.owner], foreignColumns: [users.third] })],
);
Object.assign(posts, { owner: posts.userId });
export const notes = pgTable("notes", { post: integer().references(() => posts.owner) });
