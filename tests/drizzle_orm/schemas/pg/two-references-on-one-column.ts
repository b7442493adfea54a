import { integer, pgTable } from "drizzle-orm/pg-core";

export const people = pgTable("people", { id: integer("id").primaryKey() });
export const staff = pgTable("staff", { id: integer("id").primaryKey() });

export const badges = pgTable("badges", {
  holder: integer("holder")
    .references(() => people.id)
    .references(() => staff.id, { onDelete: "cascade" }),
});
