import { integer, pgTable } from "drizzle-orm/pg-core";

export const visible = pgTable("visible", { id: integer("id").primaryKey() });

export const tables = { inner: pgTable("inner", { v: integer("v").references(() => visible.id) }) };

export class Tables {
  static held = pgTable("held", { v: integer("v").references(() => visible.id) });
}
