import { integer, pgTable } from "drizzle-orm/pg-core";

export const user = pgTable("user", { id: integer("id").primaryKey() });

export const order = pgTable("Order Lines", { "user id": integer("User Id").references(() => user.id) });
