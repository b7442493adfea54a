// drizzle: 0.x
import { integer, pgTable, text } from "drizzle-orm/pg-core";

// The last column of a name is the one that is made, with the key or without it.
export const lost = pgTable("lost", { a: integer("id").primaryKey(), b: integer("id") });
export const won = pgTable("won", { a: text("id"), b: integer("id").primaryKey() });
