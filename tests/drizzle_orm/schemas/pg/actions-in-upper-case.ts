// kit refuses: 1.0
import { integer, pgTable } from "drizzle-orm/pg-core";

export const t = pgTable("t", { id: integer("id").primaryKey() });

export const all = pgTable("all", { a: integer("a").references(() => t.id, { onDelete: "CASCADE" as any }) });
