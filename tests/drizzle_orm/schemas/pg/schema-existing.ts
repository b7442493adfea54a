// drizzle: 1.0
import { integer, pgSchema, pgTable } from "drizzle-orm/pg-core";

const auth = pgSchema("auth").existing();

export const people = auth.table("people", { id: integer("id").primaryKey() });

export const badges = pgTable("badges", { person: integer("person").references(() => people.id) });
