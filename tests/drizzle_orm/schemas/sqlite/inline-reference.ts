import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const authors = sqliteTable("authors", { id: integer("id").primaryKey({ autoIncrement: true }) });

export const books = sqliteTable("books", {
  isbn: text("isbn").primaryKey(),
  authorId: integer("author_id").references(() => authors.id, { onDelete: "set null" }),
});
