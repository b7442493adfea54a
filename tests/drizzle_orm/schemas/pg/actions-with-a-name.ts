import { integer, pgTable } from "drizzle-orm/pg-core";

export const t = pgTable("t", { id: integer("id").primaryKey() });

// 1.0 takes the name, 0.x ignores it.
export const uses = pgTable("uses", {
  a: integer("a").references(() => t.id, { name: "my_fk", onDelete: "cascade" } as any),
  b: integer("b").references(() => t.id, { name: "" } as any),
});
