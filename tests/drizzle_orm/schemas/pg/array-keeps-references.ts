// drizzle: 1.0
import { integer, pgTable } from "drizzle-orm/pg-core";

export const tags = pgTable("tags", { id: integer("id").primaryKey() });

export const posts = pgTable("posts", {
  before: integer("before").references(() => tags.id).array(),
  after: integer("after").array().references(() => tags.id),
});
