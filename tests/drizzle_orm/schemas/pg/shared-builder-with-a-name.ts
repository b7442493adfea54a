import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const common = { ownerId: integer("owner_id").notNull().references(() => users.id, { onDelete: "cascade" }) };

export const boats = pgTable("boats", { ...common, length: integer("length") });
export const cars = pgTable("cars", { wheels: integer("wheels"), ...common });
