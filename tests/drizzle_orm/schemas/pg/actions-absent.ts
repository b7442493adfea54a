import { integer, pgTable } from "drizzle-orm/pg-core";

export const t = pgTable("t", { id: integer("id").primaryKey() });

export const all = pgTable("all", {
  a: integer("a").references(() => t.id, undefined),
  b: integer("b").references(() => t.id, {}),
  c: integer("c").references(() => t.id, { onDelete: undefined, onUpdate: null as any }),
  d: integer("d").references(() => t.id, { onDelete: "" as any }),
  e: integer("e").references(() => t.id, { ondelete: "cascade" } as any),
});
