// drizzle: 0.x
import { integer, pgTable } from "drizzle-orm/pg-core";

export const users = pgTable("users", { id: integer("id").primaryKey() });

// The exports of a module come in alphabetical order, and the last table of a name wins.
export const zebra = pgTable("stripes", { z: integer("z").references(() => users.id) });
export const alpaca = pgTable("stripes", { a: integer("a").references(() => users.id) });
