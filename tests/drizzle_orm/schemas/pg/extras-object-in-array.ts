// drizzle: 0.x
import { foreignKey, integer, pgTable, primaryKey } from "drizzle-orm/pg-core";

export const shelves = pgTable("shelves", { id: integer("id").primaryKey() });

// 0.x ignores an object inside the array, and with it both constraints.
export const slots = pgTable(
  "slots",
  { shelf: integer("shelf_id"), place: integer("place") },
  (t) => [
    {
      pk: primaryKey({ columns: [t.shelf, t.place] }),
      fk: foreignKey({ columns: [t.shelf], foreignColumns: [shelves.id] }),
    } as any,
  ],
);
