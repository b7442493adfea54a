import { int, mysqlTable, serial } from "drizzle-orm/mysql-core";

export const authors = mysqlTable("authors", { id: serial("id").primaryKey() });

export const books = mysqlTable("books", {
  id: int("id").autoincrement().primaryKey(),
  authorId: int("author_id").references(() => authors.id, { onUpdate: "cascade" }),
});
