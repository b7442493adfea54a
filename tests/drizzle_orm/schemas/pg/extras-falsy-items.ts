// drizzle: 0.x
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

const isStrict = false;

export const ports = pgTable("ports", { id: integer("id").primaryKey() });

export const cables = pgTable("cables", { a: integer("a"), b: integer("b") }, (t) => [
  isStrict && foreignKey({ columns: [t.a], foreignColumns: [ports.id] }),
  undefined,
  null as any,
  foreignKey({ columns: [t.b], foreignColumns: [ports.id] }),
]);
