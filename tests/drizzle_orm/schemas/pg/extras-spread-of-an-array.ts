import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

export const posts = pgTable("posts", { a: integer("a"), b: integer("b") }, (t) => ({
  ...[
    foreignKey({ columns: [t.a], foreignColumns: [users.id] }),
    foreignKey({ columns: [t.b], foreignColumns: [users.id] }).onDelete("cascade"),
  ],
}));
