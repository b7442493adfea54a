// drizzle: 0.x
import { integer, pgTable } from "drizzle-orm/pg-core";

export const tags = pgTable("tags", { id: integer("id").primaryKey() });

// `.array()` makes a new builder in 0.x, without what was declared before.
export const posts = pgTable("posts", {
  lost: integer("lost").notNull().references(() => tags.id).array(),
  kept: integer("kept").array().references(() => tags.id).notNull(),
});
