import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const early = pgTable("early", { a: integer("a").references(() => late.id), b: integer("b") }, (t) => [
  foreignKey({ columns: [t.b], foreignColumns: [late.id], name: "early_late" }),
]);

export const late = pgTable("late", { id: integer("id").primaryKey() });
