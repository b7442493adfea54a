import { pgTable } from "drizzle-orm/pg-core";

export const cities = pgTable("cities", (t) => ({
  id: t.integer().primaryKey(),
  name: t.varchar("city_name", { length: 80 }).notNull(),
}));

export const parks = pgTable("parks", (t) => ({
  cityId: t.integer("city_id").references(() => cities.id, { onDelete: "restrict" }),
}));
