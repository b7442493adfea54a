import { foreignKey, integer, pgTable } from "drizzle-orm/pg-core";

export const p = pgTable("p", { a: integer("a"), b: integer("b") });

export const q = pgTable("q", { x: integer("col_x"), y: integer("col_y") }, (t) => [
  foreignKey({ columns: [t.x, t.y], foreignColumns: [p.a, p.b] }).onUpdate("cascade"),
]);
