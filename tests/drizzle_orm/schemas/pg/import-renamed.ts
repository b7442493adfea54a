import { integer as int4, pgTable as table } from "drizzle-orm/pg-core";

export const roads = table("roads", { id: int4("id").primaryKey() });

export const signs = table("signs", { roadId: int4("road_id").references(() => roads.id) });
