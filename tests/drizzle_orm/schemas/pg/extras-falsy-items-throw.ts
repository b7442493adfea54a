// drizzle: 1.0
// throws
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const ports = pgTable("ports", { id: integer("id").primaryKey() });

export const cables = pgTable("cables", { a: integer("a"), b: integer("b") }, (t) => [
  undefined as any,
  foreignKey({ columns: [t.b], foreignColumns: [ports.id] }),
]);
