// drizzle: 1.0
import { cockroachTable, foreignKey, int4, int8, primaryKey, string, uuid, type AnyCockroachColumn } from "drizzle-orm/cockroach-core";

export const users = cockroachTable("users", { id: uuid("id").primaryKey().defaultRandom(), bossId: uuid().references((): AnyCockroachColumn => users.id) });

export const posts = cockroachTable(
  "posts",
  {
    id: int8({ mode: "number" }).primaryKey(),
    authorId: uuid("author_id").notNull().references(() => users.id, { onDelete: "cascade", name: "posts_author" }),
    title: string({ length: 20 }),
  },
);

export const likes = cockroachTable("likes", { post: int8({ mode: "number" }), user: uuid(), count: int4() }, (t) => [
  primaryKey({ columns: [t.post, t.user] }),
  foreignKey({ columns: [t.post], foreignColumns: [posts.id], name: "likes_post" }).onUpdate("cascade"),
  foreignKey({ columns: [t.user], foreignColumns: [users.id] }).onDelete("set null"),
]);
