// drizzle: 1.0
// throws
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const docks = pgTable("docks", { id: integer("id").primaryKey() });

export const boats = pgTable("boats", { dock: integer("dock") }, (t) => [
  [[foreignKey({ columns: [t.dock], foreignColumns: [docks.id] })]] as any,
]);
