import { integer, pgTable } from "drizzle-orm/pg-core";

export const t = pgTable("t", { id: integer("id").primaryKey() });

export const all = pgTable("all", {
  a: integer("a").references(() => t.id, { onDelete: "cascade", onUpdate: "set default" }),
  b: integer("b").references(() => t.id, { onDelete: "restrict", onUpdate: "set null" }),
  c: integer("c").references(() => t.id, { onDelete: "set null", onUpdate: "restrict" }),
  d: integer("d").references(() => t.id, { onDelete: "set default", onUpdate: "no action" }),
  e: integer("e").references(() => t.id, { onDelete: "no action", onUpdate: "cascade" }),
});
