// differs: an alias of a table is a query, and no table to reference
import { alias, integer, pgTable } from "drizzle-orm/pg-core";

export const nodes = pgTable("nodes", { id: integer("id").primaryKey() });
const parents = alias(nodes, "parents");

export const edges = pgTable("edges", { parent: integer("parent").references(() => parents.id) });
