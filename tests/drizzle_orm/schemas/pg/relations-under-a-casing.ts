// drizzle: 1.0
import { defineRelations } from "drizzle-orm";
import { integer, snakeCase } from "drizzle-orm/pg-core";

export const users = snakeCase.table("users", { userId: integer().primaryKey() });
export const posts = snakeCase.table("posts", { authorId: integer() });

export const links = defineRelations({ users, posts }, (r) => ({
  posts: { author: r.one.users({ from: r.posts.authorId, to: r.users.userId }) },
}));
