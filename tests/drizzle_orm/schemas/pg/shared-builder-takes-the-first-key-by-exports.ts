import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

const owner = integer().references(() => users.id);

// The order of the statements decides, not that of the names.
export const zebra = pgTable("zebras", { first: owner });
export const ant = pgTable("ants", { second: owner });
