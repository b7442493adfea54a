import { integer, pgTable } from "drizzle-orm/pg-core";

export class Tables {
  static users = pgTable("users", { id: integer("id").primaryKey() });
}

export const posts = pgTable("posts", { author: integer("author").references(() => Tables.users.id) });
