import { integer, pgTable } from "drizzle-orm/pg-core";
import { people } from "./people";

export const pets = pgTable("pets", {
  id: integer("id").primaryKey(),
  ownerId: integer("owner_id").references(() => people.id, { onDelete: "cascade" }),
});
