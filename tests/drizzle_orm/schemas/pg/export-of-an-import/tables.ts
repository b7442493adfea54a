import { integer, pgTable } from "drizzle-orm/pg-core";

const people = pgTable("people", { id: integer("id").primaryKey() });

export const pets = pgTable("pets", { owner: integer("owner").references(() => people.id) });

export default people;
