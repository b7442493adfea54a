// drizzle: 0.x
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const pens = pgTable("pens", { id: integer("id").primaryKey() });

// The values of an object are not flattened.
export const caps = pgTable("caps", { a: integer("a"), b: integer("b") }, (t) => ({
  lost: [foreignKey({ columns: [t.a], foreignColumns: [pens.id] })] as any,
  kept: foreignKey({ columns: [t.b], foreignColumns: [pens.id] }),
}));
