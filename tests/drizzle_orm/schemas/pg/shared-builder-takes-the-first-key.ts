import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const owner = integer().references(() => users.id);

export const boats = pgTable("boats", { firstOwner: owner });
export const cars = pgTable("cars", { secondOwner: owner });
