import { integer, pgTable } from "drizzle-orm/pg-core";
import { pets } from "./pets";

export const people = pgTable("people", {
  id: integer("id").primaryKey(),
  favourite: integer("favourite").references(() => pets.id, { onDelete: "set null" }),
});
