// drizzle: 0.x
import { integer, pgTable } from "drizzle-orm/pg-core";

export const people = pgTable("people", { id: integer("id").primaryKey() });

// Both have one name, so the last one stays.
export const badges = pgTable("badges", {
  holder: integer("holder")
    .references(() => people.id, { onDelete: "cascade" })
    .references(() => people.id, { onDelete: "set null" }),
});
