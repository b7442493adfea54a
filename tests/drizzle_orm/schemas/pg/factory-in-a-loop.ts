import { integer, pgTable } from "drizzle-orm/pg-core";

export const hub = pgTable("hub", { id: integer("id").primaryKey() });

const byName: Record<string, any> = {};
for (const name of ["north", "south"]) {
  byName[name] = pgTable(`spoke_${name}`, { hub: integer("hub").references(() => hub.id) });
}

export const north = byName.north;
export const { south } = byName;
