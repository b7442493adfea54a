import { integer, pgTable } from "drizzle-orm/pg-core";

export const a = pgTable("a", { id: integer("id").primaryKey() });
export const b = pgTable("b", { id: integer("id").primaryKey() });

const base = { ref: integer("ref").references(() => a.id), kind: integer("kind") };

export const over = pgTable("over", { ...base, ref: integer("ref_b").references(() => b.id) });
export const under = pgTable("under", { ref: integer("ref_b").references(() => b.id), ...base });
