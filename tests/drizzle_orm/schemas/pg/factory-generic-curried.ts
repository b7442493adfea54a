import { integer, pgTable } from "drizzle-orm/pg-core";

const owned =
  <T extends string>(owner: () => any) =>
  (name: T) =>
    pgTable(name, { ownerId: integer("owner_id").references(() => owner().id) });

export const owners = pgTable("owners", { id: integer("id").primaryKey() });
const table = owned(() => owners);
export const cars = table("cars");
export const bikes = table("bikes");
