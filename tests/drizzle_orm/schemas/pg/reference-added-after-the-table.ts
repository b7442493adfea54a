import { integer, pgTable } from "drizzle-orm/pg-core";

export const a = pgTable("a", { id: integer("id").primaryKey() });
const column = integer("x");
export const b = pgTable("b", { x: column });

// Too late for `b`.
column.references(() => a.id);
