// drizzle: 0.x
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const docks = pgTable("docks", { id: integer("id").primaryKey() });

// 0.x flattens one level and drops what is deeper.
export const boats = pgTable("boats", { dock: integer("dock"), berth: integer("berth") }, (t) => [
  [[foreignKey({ columns: [t.dock], foreignColumns: [docks.id] })]] as any,
  foreignKey({ columns: [t.berth], foreignColumns: [docks.id] }),
]);
