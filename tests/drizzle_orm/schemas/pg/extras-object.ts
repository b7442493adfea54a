import { foreignKey, index, integer, pgTable } from "drizzle-orm/pg-core";

export const farms = pgTable("farms", { id: integer("id").primaryKey() });

export const cows = pgTable("cows", { farmId: integer("farm_id") }, (table) => ({
  byFarm: index().on(table.farmId),
  farm: foreignKey({ columns: [table.farmId], foreignColumns: [farms.id] }).onDelete("set null"),
}));
