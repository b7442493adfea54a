// kit refuses: 1.0
import { integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { id: integer("id").primaryKey() });
const shared = integer("shared").references(() => p.id);

// drizzle-orm keeps both keys, and they are one column of the database.
export const q = pgTable("q", { a: shared, b: shared });
