// drizzle: 0.x
import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { id: integer("id").primaryKey() });

export const q = pgTable(
  "q",
  {
    a: integer("a").references(() => p.id, { onDelete: "cascade" }),
    b: integer("b").references(() => p.id, { onDelete: "cascade" }),
  },
  (t) => [
    foreignKey({ columns: [t.a], foreignColumns: [p.id] }).onDelete("set null"),
    foreignKey({ columns: [t.b], foreignColumns: [p.id], name: "q_b" }).onDelete("set null"),
  ],
);
