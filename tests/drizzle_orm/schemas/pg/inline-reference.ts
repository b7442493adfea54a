import { integer, pgTable, serial, text } from "drizzle-orm/pg-core";

export const authors = pgTable("authors", { id: serial("id").primaryKey(), pen: text("pen_name").notNull() });

export const books = pgTable("books", {
  id: serial("id").primaryKey(),
  authorId: integer("author_id").notNull().references(() => authors.id, { onDelete: "cascade" }),
});
