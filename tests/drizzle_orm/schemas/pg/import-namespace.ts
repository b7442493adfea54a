import * as pg from "drizzle-orm/pg-core";

export const kinds = pg.pgTable("kinds", { id: pg.integer("id").primaryKey() });

export const items = pg.pgTable("items", {
  kindId: pg.integer("kind_id").notNull().references(() => kinds.id),
});
