import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { id: integer("id").primaryKey(), other: integer("other") });

// The column of another table counts by its name.
export const q = pgTable("q", { other: integer("other") }, () => [
  foreignKey({ columns: [p.other] as any, foreignColumns: [p.id] as any }),
]);
