// drizzle: 1.0
// throws
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const shelves = pgTable("shelves", { id: integer("id").primaryKey() });

export const slots = pgTable("slots", { shelf: integer("shelf_id") }, (t) => [
  { fk: foreignKey({ columns: [t.shelf], foreignColumns: [shelves.id] }) } as any,
]);
