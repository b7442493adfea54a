import { pgTable, uuid, type PgTable } from "drizzle-orm/pg-core";

const makeComments = ({ users, posts }: { users: any; posts: any }) =>
  pgTable("comments", {
    author: uuid("author_id").references(() => users.id, { onDelete: "set null" }),
    post: uuid("post_id").references(() => posts.id, { onDelete: "cascade" }),
  });

export const users = pgTable("users", { id: uuid("id").primaryKey() });
export const posts = pgTable("posts", { id: uuid("id").primaryKey() });
export const comments = makeComments({ users, posts });
